#define G_LOG_DOMAIN "cnn-onnx"

/* Products of matrices: a linear layer where rows meet a constant, and whatever else
 * there is. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include "core/cnn-error.h"

/* Input i, a constant matrix, times alpha, with its dimensions swapped or not. */
static CnnTensor *
read_matrix (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             guint               i,
             gboolean            swap,
             float               alpha,
             GError            **error)
{
  CnnTensor *matrix = cnn_onnx_importer_get_tensor (self, node, i, error);
  gsize n_rows, n_columns;
  const float *source;
  CnnTensor *result;
  float *target;

  if (matrix == NULL)
    return NULL;

  if (cnn_tensor_get_shape (matrix)->n_dims != 2)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "input %u has %u dimensions, expected a matrix", i, cnn_tensor_get_shape (matrix)->n_dims);
      return NULL;
    }

  if (!swap && alpha == 1)
    return cnn_tensor_ref (matrix);

  n_rows = cnn_tensor_get_shape (matrix)->dims[swap ? 1 : 0];
  n_columns = cnn_tensor_get_shape (matrix)->dims[swap ? 0 : 1];
  result = cnn_number_source_allocate (&self->files.own, &CNN_SHAPE_2 (n_rows, n_columns), error);
  if (result == NULL)
    return NULL;

  source = cnn_tensor_get_data (matrix);
  target = cnn_tensor_get_mutable_data (result);
  for (gsize r = 0; r < n_rows; r++)
    for (gsize c = 0; c < n_columns; c++)
      target[r * n_columns + c] = alpha * source[swap ? c * n_rows + r : r * n_columns + c];

  return result;
}

/* A constant that is added to every row: n numbers, or one for all; times beta.
 * NULL without an error where it is something else. */
static CnnTensor *
read_row (CnnOnnxImporter    *self,
          const CnnOnnxNode  *node,
          guint               i,
          gsize               n,
          float               beta,
          GError            **error)
{
  CnnTensor *row = cnn_onnx_importer_get_tensor (self, node, i, error);
  const CnnShape *shape;
  gsize n_found;
  CnnTensor *bias;

  if (row == NULL)
    return NULL;

  shape = cnn_tensor_get_shape (row);
  n_found = cnn_tensor_get_n_elements (row);
  if (n_found != 1 && (n_found != n || shape->dims[shape->n_dims - 1] != n))
    {
      g_autofree char *text = cnn_shape_to_string (shape);

      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "input %u is %s, expected %" G_GSIZE_FORMAT, i, text, n);
      return NULL;
    }

  bias = cnn_number_source_allocate (&self->files.own, &CNN_SHAPE_1 (n), error);
  for (gsize k = 0; bias != NULL && k < n; k++)
    cnn_tensor_get_mutable_data (bias)[k] = beta * cnn_tensor_get_data (row)[n_found == 1 ? 0 : k];

  return bias;
}

/* Rows of numbers times a constant. */
static gboolean
is_linear (CnnOnnxImporter   *self,
           const CnnOnnxNode *node)
{
  CnnOnnxLayer layer;
  CnnTensor *matrix;

  if (cnn_onnx_importer_is_constant (self, node, 0) || !cnn_onnx_importer_is_constant (self, node, 1) ||
      !cnn_onnx_importer_get_layer (self, node, 0, &layer, NULL))
    return FALSE;

  matrix = cnn_onnx_importer_get_tensor (self, node, 1, NULL);

  return matrix != NULL && cnn_tensor_get_shape (matrix)->n_dims == 2 &&
         cnn_network_builder_get_shape (self->builder, layer.index)->n_dims >= 2;
}

static gboolean
emit_linear (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             CnnTensor          *weight,
             CnnTensor          *bias,
             GError            **error)
{
  CnnTensor *parameters[CNN_N_PARAMETERS] = {
    [CNN_PARAMETER_WEIGHT] = weight,
    [CNN_PARAMETER_BIAS] = bias,
  };
  CnnOnnxLayer layer;

  return cnn_onnx_importer_get_layer (self, node, 0, &layer, error) &&
         cnn_onnx_importer_emit (self, node, CNN_KIND_LINEAR, NULL, &layer, parameters, error);
}

static gboolean
import_linear_gemm (CnnOnnxImporter    *self,
                    const CnnOnnxNode  *node,
                    GError            **error)
{
  gboolean is_transposed = cnn_onnx_node_get_integer (node, "transB", 0) != 0;
  g_autoptr (CnnTensor) weight = NULL;
  g_autoptr (CnnTensor) bias = NULL;

  weight = read_matrix (self, node, 1, !is_transposed, cnn_onnx_node_get_number (node, "alpha", 1), error);
  if (weight == NULL)
    return FALSE;

  if (cnn_onnx_importer_has_input (node, 2))
    {
      bias = read_row (self, node, 2, cnn_tensor_get_shape (weight)->dims[0],
                       cnn_onnx_node_get_number (node, "beta", 1), error);
      if (bias == NULL)
        return FALSE;
    }

  return emit_linear (self, node, weight, bias, error);
}

/* Multiplies by one number, or does nothing. */
static guint
add_factor (CnnOnnxImporter    *self,
            const CnnOnnxNode  *node,
            const char         *suffix,
            guint               layer,
            float               factor,
            GError            **error)
{
  g_autoptr (CnnTensor) number = cnn_tensor_new_from_data (&(CnnShape) { 0 }, &factor);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { [CNN_PARAMETER_WEIGHT] = number };

  if (factor == 1 || layer == CNN_NO_LAYER)
    return layer;

  return cnn_onnx_importer_add_layer (self, node, suffix, CNN_KIND_MULTIPLY, NULL, &layer, 1, parameters, error);
}

/* Input i of Gemm as a layer that is free and as the product wants it. */
static guint
add_gemm_input (CnnOnnxImporter    *self,
                const CnnOnnxNode  *node,
                guint               i,
                GError            **error)
{
  const char *attribute = i == 0 ? "transA" : "transB";
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnShape shape;

  if (!cnn_onnx_importer_get_free_layer (self, node, i, &layer, error))
    return CNN_NO_LAYER;

  cnn_onnx_importer_get_shape (self, &layer, &shape);
  if (shape.n_dims != 2)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "input %u has %u dimensions, expected a matrix", i, shape.n_dims);
      return CNN_NO_LAYER;
    }

  if (cnn_onnx_node_get_integer (node, attribute, 0) == 0)
    return layer.index;

  cnn_attributes_init (&attributes);
  attributes.permutation[0] = 0;
  attributes.permutation[1] = 2;
  attributes.permutation[2] = 1;

  return cnn_onnx_importer_add_layer (self, node, i == 0 ? ".transA" : ".transB", CNN_KIND_TRANSPOSE, &attributes,
                                      &layer.index, 1, NULL, error);
}

/* A·B, of which one may be a constant. */
static guint
add_gemm_product (CnnOnnxImporter    *self,
                  const CnnOnnxNode  *node,
                  GError            **error)
{
  guint constant = cnn_onnx_importer_is_constant (self, node, 0) ? 0 : 1;
  guint inputs[2];

  if (cnn_onnx_importer_is_constant (self, node, constant))
    {
      gboolean swap = cnn_onnx_node_get_integer (node, constant == 0 ? "transA" : "transB", 0) != 0;
      g_autoptr (CnnTensor) matrix = read_matrix (self, node, constant, swap, 1, error);
      CnnTensor *parameters[CNN_N_PARAMETERS] = { [CNN_PARAMETER_WEIGHT] = matrix };
      CnnAttributes attributes;

      inputs[0] = matrix != NULL ? add_gemm_input (self, node, 1 - constant, error) : CNN_NO_LAYER;
      if (inputs[0] == CNN_NO_LAYER)
        return CNN_NO_LAYER;

      cnn_attributes_init (&attributes);
      attributes.constant_first = constant == 0;
      return cnn_onnx_importer_add_layer (self, node, ".product", CNN_KIND_MATMUL, &attributes,
                                          inputs, 1, parameters, error);
    }

  for (guint i = 0; i < 2; i++)
    {
      inputs[i] = add_gemm_input (self, node, i, error);
      if (inputs[i] == CNN_NO_LAYER)
        return CNN_NO_LAYER;
    }

  return cnn_onnx_importer_add_layer (self, node, ".product", CNN_KIND_MATMUL, NULL, inputs, 2, NULL, error);
}

/* Adds beta·C to the product, C having up to two dimensions. */
static guint
add_gemm_sum (CnnOnnxImporter    *self,
              const CnnOnnxNode  *node,
              guint               product,
              GError            **error)
{
  float beta = cnn_onnx_node_get_number (node, "beta", 1);
  CnnOnnxLayer layer;
  guint inputs[2] = { product };

  if (cnn_onnx_importer_is_constant (self, node, 2))
    {
      CnnTensor *tensor = cnn_onnx_importer_get_tensor (self, node, 2, error);
      CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
      g_autoptr (CnnTensor) scaled = NULL;

      if (tensor == NULL)
        return CNN_NO_LAYER;

      scaled = cnn_number_source_allocate (&self->files.own, cnn_tensor_get_shape (tensor), error);
      if (scaled == NULL)
        return CNN_NO_LAYER;

      for (gsize i = 0; i < cnn_tensor_get_n_elements (tensor); i++)
        cnn_tensor_get_mutable_data (scaled)[i] = beta * cnn_tensor_get_data (tensor)[i];
      parameters[CNN_PARAMETER_WEIGHT] = scaled;

      return cnn_onnx_importer_add_layer (self, node, "", CNN_KIND_ADD, NULL, &product, 1, parameters, error);
    }

  if (!cnn_onnx_importer_get_aligned_layer (self, node, 2, 2, 1, &layer, error))
    return CNN_NO_LAYER;

  inputs[1] = add_factor (self, node, ".beta", layer.index, beta, error);
  if (inputs[1] == CNN_NO_LAYER)
    return CNN_NO_LAYER;

  return cnn_onnx_importer_add_layer (self, node, "", CNN_KIND_ADD, NULL, inputs, 2, NULL, error);
}

/* alpha·A·B + beta·C, A and B perhaps transposed. */
static gboolean
import_gemm (CnnOnnxImporter        *self,
             const CnnOnnxNode      *node,
             const CnnOnnxOperator  *operator,
             GError                **error)
{
  gboolean has_constant_sum = !cnn_onnx_importer_has_input (node, 2) || cnn_onnx_importer_is_constant (self, node, 2);
  guint index;

  if (is_linear (self, node) && has_constant_sum && cnn_onnx_node_get_integer (node, "transA", 0) == 0)
    return import_linear_gemm (self, node, error);

  index = add_gemm_product (self, node, error);
  index = add_factor (self, node, ".alpha", index, cnn_onnx_node_get_number (node, "alpha", 1), error);
  if (index != CNN_NO_LAYER && cnn_onnx_importer_has_input (node, 2))
    index = add_gemm_sum (self, node, index, error);

  return index != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, 0, index, 1, error);
}

/* The Add after a product and nothing else, if it adds one number a column: with
 * it, the product is a linear layer. */
static CnnTensor *
absorb_bias (CnnOnnxImporter   *self,
             const CnnOnnxNode *node,
             gsize              n)
{
  const char *output = g_ptr_array_index (node->outputs, 0);
  const CnnOnnxNode *next = g_hash_table_lookup (self->consumers, output);

  if (next == NULL || !g_str_equal (next->type, "Add") || next->inputs->len != 2 ||
      GPOINTER_TO_UINT (g_hash_table_lookup (self->n_consumers, output)) != 1)
    return NULL;

  for (guint i = 0; i < 2; i++)
    if (cnn_onnx_importer_is_constant (self, next, i))
      {
        CnnTensor *bias = read_row (self, next, i, n, 1, NULL);

        if (bias != NULL)
          g_hash_table_add (self->absorbed, (gpointer) next);
        return bias;
      }

  return NULL;
}

static gboolean
import_mat_mul (CnnOnnxImporter        *self,
                const CnnOnnxNode      *node,
                const CnnOnnxOperator  *operator,
                GError                **error)
{
  guint constant = cnn_onnx_importer_is_constant (self, node, 0) ? 0 : 1;
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
  CnnOnnxLayer layers[2];
  CnnAttributes attributes;
  guint inputs[2];
  guint lead, index;

  if (is_linear (self, node))
    {
      g_autoptr (CnnTensor) weight = read_matrix (self, node, 1, TRUE, 1, error);
      g_autoptr (CnnTensor) bias = NULL;

      if (weight == NULL)
        return FALSE;

      bias = absorb_bias (self, node, cnn_tensor_get_shape (weight)->dims[0]);
      return emit_linear (self, node, weight, bias, error);
    }

  if (cnn_onnx_importer_is_constant (self, node, constant))
    {
      parameters[CNN_PARAMETER_WEIGHT] = cnn_onnx_importer_get_tensor (self, node, constant, error);
      if (parameters[CNN_PARAMETER_WEIGHT] == NULL ||
          !cnn_onnx_importer_get_layer (self, node, 1 - constant, &layers[0], error))
        return FALSE;

      cnn_attributes_init (&attributes);
      attributes.constant_first = constant == 0;
      return cnn_onnx_importer_emit (self, node, CNN_KIND_MATMUL, &attributes, &layers[0], parameters, error);
    }

  for (guint i = 0; i < 2; i++)
    if (!cnn_onnx_importer_get_layer (self, node, i, &layers[i], error))
      return FALSE;

  lead = layers[0].lead | layers[1].lead;
  for (guint i = 0; i < 2; i++)
    {
      if (lead > 0 && !cnn_onnx_importer_get_free_layer (self, node, i, &layers[i], error))
        return FALSE;
      inputs[i] = layers[i].index;
    }

  index = cnn_onnx_importer_add_layer (self, node, "", CNN_KIND_MATMUL, NULL, inputs, 2, NULL, error);

  return index != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, 0, index, lead, error);
}

const CnnOnnxOperator cnn_onnx_matrix_operators[] = {
  { "Gemm", "alpha beta transA transB", import_gemm },
  { "MatMul", "", import_mat_mul },
  { NULL }
};
