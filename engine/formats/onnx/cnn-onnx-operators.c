#define G_LOG_DOMAIN "cnn-onnx"

/* Operators that are layers without a window, and those that do nothing in a
 * network that is only run. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include <float.h>

#include "core/cnn-error.h"

static gboolean
import_simple (CnnOnnxImporter    *self,
               const CnnOnnxNode  *node,
               CnnKind             kind,
               guint               axis,
               GError            **error)
{
  CnnAttributes attributes;
  guint layer;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_attributes_init (&attributes);
  attributes.axis = axis;

  return cnn_onnx_importer_emit (self, node, kind, &attributes, &layer, 1, NULL, error);
}

static gboolean
import_relu (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             GError            **error)
{
  return import_simple (self, node, CNN_KIND_RELU, 0, error);
}

static gboolean
import_dropout (CnnOnnxImporter    *self,
                const CnnOnnxNode  *node,
                GError            **error)
{
  return import_simple (self, node, CNN_KIND_DROPOUT, 0, error);
}

static gboolean
import_identity (CnnOnnxImporter    *self,
                 const CnnOnnxNode  *node,
                 GError            **error)
{
  return cnn_onnx_importer_pass (self, node, 0, error);
}

/* A bound of Clip: an attribute, since opset 11 an input; either may be left out. */
static gboolean
read_bound (CnnOnnxImporter    *self,
            const CnnOnnxNode  *node,
            const char         *attribute,
            guint               input,
            float              *bound,
            GError            **error)
{
  CnnTensor *tensor;

  *bound = cnn_onnx_node_get_number (node, attribute, *bound);
  if (cnn_onnx_node_get_input (node, input) == NULL)
    return TRUE;

  tensor = cnn_onnx_importer_get_tensor (self, node, input, error);
  if (tensor == NULL)
    return FALSE;

  if (cnn_tensor_get_n_elements (tensor) != 1)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "%s has %" G_GSIZE_FORMAT " numbers, expected 1",
                   attribute, cnn_tensor_get_n_elements (tensor));
      return FALSE;
    }
  *bound = cnn_tensor_get_data (tensor)[0];

  return TRUE;
}

static gboolean
import_clip (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             GError            **error)
{
  CnnAttributes attributes;
  guint layer;

  cnn_attributes_init (&attributes);
  attributes.minimum = -FLT_MAX;
  attributes.maximum = FLT_MAX;
  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error) ||
      !read_bound (self, node, "min", 1, &attributes.minimum, error) ||
      !read_bound (self, node, "max", 2, &attributes.maximum, error))
    return FALSE;

  if (!(attributes.minimum <= attributes.maximum))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "clips to %g … %g", attributes.minimum, attributes.maximum);
      return FALSE;
    }

  return cnn_onnx_importer_emit (self, node, CNN_KIND_CLIP, &attributes, &layer, 1, NULL, error);
}

static gboolean
import_batch_norm (CnnOnnxImporter    *self,
                   const CnnOnnxNode  *node,
                   GError            **error)
{
  static const CnnParameter order[] = {
    CNN_PARAMETER_WEIGHT, CNN_PARAMETER_BIAS, CNN_PARAMETER_MEAN, CNN_PARAMETER_VARIANCE,
  };
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
  CnnAttributes attributes;
  guint layer;

  if (cnn_onnx_node_get_integer (node, "training_mode", 0) != 0 ||
      cnn_onnx_node_get_integer (node, "spatial", 1) != 1)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "is in training mode or not per channel: export the model after model.eval()");
      return FALSE;
    }

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      parameters[order[i]] = cnn_onnx_importer_get_tensor (self, node, i + 1, error);
      if (parameters[order[i]] == NULL)
        return FALSE;
    }

  cnn_attributes_init (&attributes);
  attributes.epsilon = cnn_onnx_node_get_number (node, "epsilon", 1e-5f);

  return cnn_onnx_importer_emit (self, node, CNN_KIND_BATCH_NORM, &attributes, &layer, 1, parameters, error);
}

/* Input 0 of a matrix product: one row of numbers a picture. */
static gboolean
get_row (CnnOnnxImporter    *self,
         const CnnOnnxNode  *node,
         guint              *layer,
         GError            **error)
{
  const CnnShape *shape;

  if (!cnn_onnx_importer_get_layer (self, node, 0, layer, error))
    return FALSE;

  shape = cnn_onnx_importer_get_shape (self, *layer);
  if (shape->n_dims != 2)
    {
      g_autofree char *text = cnn_shape_to_string (shape);

      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "input 0 is %s, expected one row a picture", text);
      return FALSE;
    }

  return TRUE;
}

/* Input 1 of a matrix product as a linear layer has it: O×I, times alpha. */
static CnnTensor *
read_matrix (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             gboolean            is_transposed,
             float               alpha,
             GError            **error)
{
  CnnTensor *matrix = cnn_onnx_importer_get_tensor (self, node, 1, error);
  const CnnShape *shape;
  gsize n_out, n_in;
  const float *source;
  CnnTensor *weight;
  float *target;

  if (matrix == NULL)
    return NULL;

  shape = cnn_tensor_get_shape (matrix);
  if (shape->n_dims != 2)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "input 1 has %u dimensions, expected a matrix", shape->n_dims);
      return NULL;
    }

  if (is_transposed && alpha == 1)
    return cnn_tensor_ref (matrix);

  n_out = shape->dims[is_transposed ? 0 : 1];
  n_in = shape->dims[is_transposed ? 1 : 0];
  weight = cnn_number_source_allocate (&self->source, &CNN_SHAPE_2 (n_out, n_in), error);
  if (weight == NULL)
    return NULL;

  source = cnn_tensor_get_data (matrix);
  target = cnn_tensor_get_mutable_data (weight);
  for (gsize o = 0; o < n_out; o++)
    for (gsize i = 0; i < n_in; i++)
      target[o * n_in + i] = alpha * source[is_transposed ? o * n_in + i : i * n_out + o];

  return weight;
}

/* A constant that is added to every row: n numbers, or one for all; times beta. */
static CnnTensor *
read_row_bias (CnnOnnxImporter    *self,
               const CnnOnnxNode  *node,
               guint               input,
               gsize               n,
               float               beta,
               GError            **error)
{
  CnnTensor *row = cnn_onnx_importer_get_tensor (self, node, input, error);
  const CnnShape *shape;
  gsize n_found;
  CnnTensor *bias;
  float *target;

  if (row == NULL)
    return NULL;

  shape = cnn_tensor_get_shape (row);
  n_found = cnn_tensor_get_n_elements (row);
  if (n_found != 1 && (n_found != n || shape->dims[shape->n_dims - 1] != n))
    {
      g_autofree char *text = cnn_shape_to_string (shape);

      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "input %u is %s, expected %" G_GSIZE_FORMAT, input, text, n);
      return NULL;
    }

  bias = cnn_number_source_allocate (&self->source, &CNN_SHAPE_1 (n), error);
  if (bias == NULL)
    return NULL;

  target = cnn_tensor_get_mutable_data (bias);
  for (gsize i = 0; i < n; i++)
    target[i] = beta * cnn_tensor_get_data (row)[n_found == 1 ? 0 : i];

  return bias;
}

static gboolean
emit_linear (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             guint               layer,
             CnnTensor          *weight,
             CnnTensor          *bias,
             GError            **error)
{
  CnnTensor *parameters[CNN_N_PARAMETERS] = {
    [CNN_PARAMETER_WEIGHT] = weight,
    [CNN_PARAMETER_BIAS] = bias,
  };

  return cnn_onnx_importer_emit (self, node, CNN_KIND_LINEAR, NULL, &layer, 1, parameters, error);
}

static gboolean
import_gemm (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             GError            **error)
{
  float alpha = cnn_onnx_node_get_number (node, "alpha", 1);
  float beta = cnn_onnx_node_get_number (node, "beta", 1);
  g_autoptr (CnnTensor) weight = NULL;
  g_autoptr (CnnTensor) bias = NULL;
  guint layer;

  if (!get_row (self, node, &layer, error))
    return FALSE;

  if (cnn_onnx_node_get_integer (node, "transA", 0) != 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "has transA, expected one row a picture");
      return FALSE;
    }

  weight = read_matrix (self, node, cnn_onnx_node_get_integer (node, "transB", 0) != 0, alpha, error);
  if (weight == NULL)
    return FALSE;

  if (cnn_onnx_node_get_input (node, 2) != NULL)
    {
      bias = read_row_bias (self, node, 2, cnn_tensor_get_shape (weight)->dims[0], beta, error);
      if (bias == NULL)
        return FALSE;
    }

  return emit_linear (self, node, layer, weight, bias, error);
}

/* The Add after a matrix product and nothing else, with which input of it is the
 * constant: together they are one linear layer. */
static const CnnOnnxNode *
find_bias (CnnOnnxImporter   *self,
           const CnnOnnxNode *node,
           guint             *input)
{
  const char *output = g_ptr_array_index (node->outputs, 0);
  const CnnOnnxNode *next = g_hash_table_lookup (self->consumers, output);

  if (next == NULL || !g_str_equal (next->type, "Add") || next->inputs->len != 2 ||
      GPOINTER_TO_UINT (g_hash_table_lookup (self->n_consumers, output)) != 1)
    return NULL;

  for (*input = 0; *input < 2; (*input)++)
    {
      CnnOnnxValue *value = g_hash_table_lookup (self->values, g_ptr_array_index (next->inputs, *input));

      if (value != NULL && value->layer == CNN_NO_LAYER)
        return next;
    }

  return NULL;
}

static gboolean
import_mat_mul (CnnOnnxImporter    *self,
                const CnnOnnxNode  *node,
                GError            **error)
{
  g_autoptr (CnnTensor) weight = NULL;
  g_autoptr (CnnTensor) bias = NULL;
  const CnnOnnxNode *add;
  guint layer, input;

  if (!get_row (self, node, &layer, error))
    return FALSE;

  weight = read_matrix (self, node, FALSE, 1, error);
  if (weight == NULL)
    return FALSE;

  add = find_bias (self, node, &input);
  if (add != NULL)
    {
      bias = read_row_bias (self, add, input, cnn_tensor_get_shape (weight)->dims[0], 1, error);
      if (bias == NULL)
        return FALSE;
      g_hash_table_add (self->absorbed, (gpointer) add);
    }

  return emit_linear (self, node, layer, weight, bias, error);
}

/* Whether an input is arithmetic on shapes, not on pictures. */
static gboolean
is_constant (CnnOnnxImporter   *self,
             const CnnOnnxNode *node,
             guint              i)
{
  CnnOnnxValue *value = cnn_onnx_importer_get_value (self, node, i, NULL);

  return value != NULL && value->layer == CNN_NO_LAYER;
}

static gboolean
import_with_shape_operator (CnnOnnxImporter    *self,
                            const CnnOnnxNode  *node,
                            GError            **error)
{
  for (guint i = 0; cnn_onnx_shape_operators[i].type != NULL; i++)
    if (g_str_equal (cnn_onnx_shape_operators[i].type, node->type))
      return cnn_onnx_shape_operators[i].import (self, node, error);

  g_return_val_if_reached (FALSE);
}

/* All inputs as layers, to be joined. */
static guint *
get_layers (CnnOnnxImporter    *self,
            const CnnOnnxNode  *node,
            GError            **error)
{
  g_autofree guint *layers = g_new0 (guint, node->inputs->len + 1);

  for (guint i = 0; i < node->inputs->len; i++)
    if (!cnn_onnx_importer_get_layer (self, node, i, &layers[i], error))
      return NULL;

  return g_steal_pointer (&layers);
}

static gboolean
import_add (CnnOnnxImporter    *self,
            const CnnOnnxNode  *node,
            GError            **error)
{
  g_autofree guint *layers = NULL;

  if (is_constant (self, node, 0) && is_constant (self, node, 1))
    return import_with_shape_operator (self, node, error);

  /* A matrix product before has already added the constant. */
  if (g_hash_table_contains (self->absorbed, node))
    return cnn_onnx_importer_pass (self, node, is_constant (self, node, 0) ? 1 : 0, error);

  layers = get_layers (self, node, error);
  if (layers == NULL)
    return FALSE;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_ADD, NULL, layers, node->inputs->len, NULL, error);
}

static gboolean
import_concat (CnnOnnxImporter    *self,
               const CnnOnnxNode  *node,
               GError            **error)
{
  g_autofree guint *layers = NULL;
  CnnAttributes attributes;

  if (is_constant (self, node, 0))
    return import_with_shape_operator (self, node, error);

  layers = get_layers (self, node, error);
  if (layers == NULL)
    return FALSE;

  if (node->inputs->len == 1)
    return cnn_onnx_importer_pass (self, node, 0, error);

  cnn_attributes_init (&attributes);
  if (node->inputs->len == 0 ||
      !cnn_onnx_importer_get_axis (cnn_onnx_node_get_integer (node, "axis", 1),
                                   cnn_onnx_importer_get_shape (self, layers[0])->n_dims,
                                   &attributes.axis, error))
    return FALSE;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_CONCAT, &attributes,
                                 layers, node->inputs->len, NULL, error);
}

/* What follows makes one row a picture of all its numbers, or changes nothing. */
static gboolean
emit_row (CnnOnnxImporter    *self,
          const CnnOnnxNode  *node,
          guint               layer,
          GError            **error)
{
  if (cnn_onnx_importer_get_shape (self, layer)->n_dims == 2)
    return cnn_onnx_importer_pass (self, node, 0, error);

  return import_simple (self, node, CNN_KIND_FLATTEN, 1, error);
}

static gboolean
import_flatten (CnnOnnxImporter    *self,
                const CnnOnnxNode  *node,
                GError            **error)
{
  guint layer, axis;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error) ||
      !cnn_onnx_importer_get_axis (cnn_onnx_node_get_integer (node, "axis", 1),
                                   cnn_onnx_importer_get_shape (self, layer)->n_dims, &axis, error))
    return FALSE;

  if (axis != 1)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "axis is %u, expected 1", axis);
      return FALSE;
    }

  return emit_row (self, node, layer, error);
}

/* The shape that Reshape asks for, with 0 (as it is) and -1 (what is left) worked
 * out; a batch size that the graph was made for counts as 1. */
static gboolean
resolve_shape (CnnOnnxImporter    *self,
               const CnnShape     *input,
               const GArray       *wanted,
               CnnShape           *result,
               GError            **error)
{
  gsize n = cnn_shape_get_n_elements (input);
  gsize known = 1;
  gint open = -1;

  if (wanted->len == 0 || wanted->len > CNN_MAX_DIMS)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "wants %u dimensions, expected 1 to %d", wanted->len, CNN_MAX_DIMS);
      return FALSE;
    }

  result->n_dims = wanted->len;
  for (guint i = 0; i < wanted->len; i++)
    {
      gint64 extent = g_array_index (wanted, gint64, i);

      if (extent == 0 && i < input->n_dims)
        extent = input->dims[i];
      if (i == 0 && self->batch > 1 && extent == (gint64) self->batch)
        extent = 1;

      result->dims[i] = MAX (extent, 1);
      if (extent == -1 && open < 0)
        open = i;
      else if (extent < 1 || !g_size_checked_mul (&known, known, extent))
        known = 0;
    }

  if (open >= 0 && known > 0)
    result->dims[open] = n / known;

  if (known > 0 && known * (open >= 0 ? result->dims[open] : 1) == n)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "the shape that is wanted does not hold the %" G_GSIZE_FORMAT " numbers of the input", n);

  return FALSE;
}

static gboolean
import_reshape (CnnOnnxImporter    *self,
                const CnnOnnxNode  *node,
                GError            **error)
{
  const CnnOnnxAttribute *attribute = cnn_onnx_node_find_attribute (node, "shape");
  GArray *wanted = attribute != NULL ? attribute->integers : NULL;
  const CnnShape *input;
  CnnShape shape = { 0 };
  guint layer;

  if (is_constant (self, node, 0))
    return cnn_onnx_importer_pass (self, node, 0, error);

  if (wanted == NULL)
    wanted = cnn_onnx_importer_get_integers (self, node, 1, error);

  if (wanted == NULL || !cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  input = cnn_onnx_importer_get_shape (self, layer);
  if (!resolve_shape (self, input, wanted, &shape, error))
    return FALSE;

  if (cnn_shape_equal (input, &shape))
    return cnn_onnx_importer_pass (self, node, 0, error);

  if (shape.n_dims != 2 || shape.dims[0] != 1)
    {
      g_autofree char *from = cnn_shape_to_string (input);
      g_autofree char *to = cnn_shape_to_string (&shape);

      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "makes %s of %s, expected one row a picture", to, from);
      return FALSE;
    }

  return emit_row (self, node, layer, error);
}

/* Only as what it is after global pooling: N×C×1×1 to N×C. */
static gboolean
import_squeeze (CnnOnnxImporter    *self,
                const CnnOnnxNode  *node,
                GError            **error)
{
  const CnnShape *shape;
  guint layer;

  if (is_constant (self, node, 0))
    return cnn_onnx_importer_pass (self, node, 0, error);

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  shape = cnn_onnx_importer_get_shape (self, layer);
  if (shape->n_dims != 4 || shape->dims[2] != 1 || shape->dims[3] != 1)
    {
      g_autofree char *text = cnn_shape_to_string (shape);

      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "input is %s, expected 1×C×1×1", text);
      return FALSE;
    }

  return emit_row (self, node, layer, error);
}

/* Before opset 13, an axis in the middle means that all from there on are one. */
static gboolean
import_softmax (CnnOnnxImporter    *self,
                const CnnOnnxNode  *node,
                GError            **error)
{
  gint64 fallback = self->model->opset < 13 ? 1 : -1;
  const CnnShape *shape;
  guint layer, axis;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  shape = cnn_onnx_importer_get_shape (self, layer);
  if (!cnn_onnx_importer_get_axis (cnn_onnx_node_get_integer (node, "axis", fallback),
                                   shape->n_dims, &axis, error))
    return FALSE;

  for (guint i = axis + 1; i < shape->n_dims && self->model->opset < 13; i++)
    if (shape->dims[i] != 1)
      {
        g_autofree char *text = cnn_shape_to_string (shape);

        g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                     "goes over all axes of %s from %u on, expected one", text, axis);
        return FALSE;
      }

  return import_simple (self, node, CNN_KIND_SOFTMAX, axis, error);
}

const CnnOnnxOperator cnn_onnx_operators[] = {
  { "Add", import_add, "" },
  { "BatchNormalization", import_batch_norm, "epsilon momentum spatial training_mode" },
  { "Clip", import_clip, "max min" },
  { "Concat", import_concat, "axis" },
  { "Dropout", import_dropout, "is_test ratio seed" },
  { "Flatten", import_flatten, "axis" },
  { "Gemm", import_gemm, "alpha beta transA transB" },
  { "Identity", import_identity, "" },
  { "MatMul", import_mat_mul, "" },
  { "Relu", import_relu, "" },
  { "Reshape", import_reshape, "allowzero shape" },
  { "Softmax", import_softmax, "axis" },
  { "Squeeze", import_squeeze, "axes" },
  { "Sum", import_add, "" },
  { NULL }
};
