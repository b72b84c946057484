#define G_LOG_DOMAIN "cnn-onnx"

/* Operators that make one row of numbers a picture, and those that work on it:
 * Flatten, Reshape, Squeeze, Gemm and MatMul. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include "core/cnn-error.h"

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

/* What follows makes one row a picture of all its numbers, or changes nothing. */
static gboolean
emit_row (CnnOnnxImporter    *self,
          const CnnOnnxNode  *node,
          guint               layer,
          GError            **error)
{
  if (cnn_onnx_importer_get_shape (self, layer)->n_dims == 2)
    return cnn_onnx_importer_pass (self, node, 0, error);

  return cnn_onnx_importer_emit_simple (self, node, CNN_KIND_FLATTEN, 1, error);
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

  if (cnn_onnx_importer_is_constant (self, node, 0))
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

  if (cnn_onnx_importer_is_constant (self, node, 0))
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

const CnnOnnxOperator cnn_onnx_row_operators[] = {
  { "Flatten", import_flatten, "axis" },
  { "Gemm", import_gemm, "alpha beta transA transB" },
  { "MatMul", import_mat_mul, "" },
  { "Reshape", import_reshape, "allowzero shape" },
  { "Squeeze", import_squeeze, "axes" },
  { NULL }
};
