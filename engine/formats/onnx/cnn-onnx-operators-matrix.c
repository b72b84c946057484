#define G_LOG_DOMAIN "cnn-onnx"

/* Products of matrices: a linear layer where one row a picture meets a constant,
 * and whatever else there is. */

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

/* One row of numbers a picture times a constant. */
static gboolean
is_linear (CnnOnnxImporter   *self,
           const CnnOnnxNode *node)
{
  CnnOnnxLayer layer;
  CnnShape shape;
  CnnTensor *matrix;

  if (cnn_onnx_importer_is_constant (self, node, 0) || !cnn_onnx_importer_is_constant (self, node, 1) ||
      !cnn_onnx_importer_get_layer (self, node, 0, &layer, NULL))
    return FALSE;

  matrix = cnn_onnx_importer_get_tensor (self, node, 1, NULL);
  cnn_onnx_importer_get_shape (self, &layer, &shape);

  return matrix != NULL && cnn_tensor_get_shape (matrix)->n_dims == 2 && layer.lead == 0 && shape.n_dims == 2;
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

/* alpha·A·B + beta·C, A and B perhaps transposed. */
static gboolean
import_gemm (CnnOnnxImporter        *self,
             const CnnOnnxNode      *node,
             const CnnOnnxOperator  *operator,
             GError                **error)
{
  gboolean has_constant_sum = !cnn_onnx_importer_has_input (node, 2) || cnn_onnx_importer_is_constant (self, node, 2);

  if (is_linear (self, node) && has_constant_sum && cnn_onnx_node_get_integer (node, "transA", 0) == 0)
    return import_linear_gemm (self, node, error);

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "is no product of one row a picture and a constant");

  return FALSE;
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
  g_autoptr (CnnTensor) weight = NULL;
  g_autoptr (CnnTensor) bias = NULL;

  if (!is_linear (self, node))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "is no product of one row a picture and a constant");
      return FALSE;
    }

  weight = read_matrix (self, node, 1, TRUE, 1, error);
  if (weight == NULL)
    return FALSE;

  bias = absorb_bias (self, node, cnn_tensor_get_shape (weight)->dims[0]);

  return emit_linear (self, node, weight, bias, error);
}

const CnnOnnxOperator cnn_onnx_matrix_operators[] = {
  { "Gemm", "alpha beta transA transB", import_gemm },
  { "MatMul", "", import_mat_mul },
  { NULL }
};
