#define G_LOG_DOMAIN "cnn-onnx"

/* Arithmetic on shapes, which exporters write where the batch size is open. With
 * N = 1 and the input's size known, all of it is worked out when a file is read. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include "core/cnn-error.h"

static GArray *
new_integers (void)
{
  return g_array_new (FALSE, FALSE, sizeof (gint64));
}

static gboolean
import_constant (CnnOnnxImporter    *self,
                 const CnnOnnxNode  *node,
                 GError            **error)
{
  const CnnOnnxAttribute *tensor = cnn_onnx_node_find_attribute (node, "value");
  const CnnOnnxAttribute *integer = cnn_onnx_node_find_attribute (node, "value_int");
  const CnnOnnxAttribute *integers = cnn_onnx_node_find_attribute (node, "value_ints");
  const CnnOnnxAttribute *number = cnn_onnx_node_find_attribute (node, "value_float");
  CnnOnnxValue value = { .layer = CNN_NO_LAYER };
  g_autoptr (CnnTensor) scalar = NULL;
  g_autoptr (GArray) array = NULL;

  if (tensor != NULL && tensor->tensor.start != NULL)
    value.constant = tensor->tensor;
  else if (integers != NULL && integers->integers != NULL)
    value.integers = integers->integers;
  else if (integer != NULL)
    {
      array = new_integers ();
      g_array_append_val (array, integer->integer);
      value.integers = array;
    }
  else if (number != NULL)
    {
      scalar = cnn_tensor_new_from_data (&(CnnShape) { 0 }, &number->number);
      value.tensor = scalar;
    }
  else
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "has no tensor, number or integers");
      return FALSE;
    }

  return cnn_onnx_importer_set_value (self, g_ptr_array_index (node->outputs, 0), &value, error);
}

static gboolean
import_shape (CnnOnnxImporter    *self,
              const CnnOnnxNode  *node,
              GError            **error)
{
  g_autoptr (GArray) extents = new_integers ();
  const CnnShape *shape;
  gint64 start, end;
  guint layer;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  shape = cnn_onnx_importer_get_shape (self, layer);
  start = cnn_onnx_node_get_integer (node, "start", 0);
  end = cnn_onnx_node_get_integer (node, "end", shape->n_dims);
  start += start < 0 ? shape->n_dims : 0;
  end += end < 0 ? shape->n_dims : 0;

  for (gint64 i = MAX (start, 0); i < MIN (end, (gint64) shape->n_dims); i++)
    {
      gint64 extent = shape->dims[i];

      g_array_append_val (extents, extent);
    }

  return cnn_onnx_importer_set_integers (self, node, extents, error);
}

static gboolean
import_gather (CnnOnnxImporter    *self,
               const CnnOnnxNode  *node,
               GError            **error)
{
  g_autoptr (GArray) gathered = new_integers ();
  GArray *source = cnn_onnx_importer_get_integers (self, node, 0, error);
  GArray *indices = source != NULL ? cnn_onnx_importer_get_integers (self, node, 1, error) : NULL;

  if (indices == NULL)
    return FALSE;

  for (guint i = 0; i < indices->len; i++)
    {
      guint index;

      if (!cnn_onnx_importer_get_axis (g_array_index (indices, gint64, i), source->len, &index, error))
        return FALSE;
      g_array_append_val (gathered, g_array_index (source, gint64, index));
    }

  return cnn_onnx_importer_set_integers (self, node, gathered, error);
}

static gboolean
import_concat (CnnOnnxImporter    *self,
               const CnnOnnxNode  *node,
               GError            **error)
{
  g_autoptr (GArray) joined = new_integers ();

  for (guint i = 0; i < node->inputs->len; i++)
    {
      GArray *part = cnn_onnx_importer_get_integers (self, node, i, error);

      if (part == NULL)
        return FALSE;

      if (joined->len + part->len > CNN_MAX_DIMS)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                       "makes a shape of more than %d dimensions", CNN_MAX_DIMS);
          return FALSE;
        }
      g_array_append_vals (joined, part->data, part->len);
    }

  return cnn_onnx_importer_set_integers (self, node, joined, error);
}

/* Between floating-point types, which all are float32 here, or of a constant,
 * which is read as whatever it is needed for. */
static gboolean
import_cast (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             GError            **error)
{
  enum { FLOAT = 1, FLOAT16 = 10, DOUBLE = 11, BFLOAT16 = 16 };
  CnnOnnxValue *value = cnn_onnx_importer_get_value (self, node, 0, error);
  gint64 to = cnn_onnx_node_get_integer (node, "to", 0);

  if (value == NULL)
    return FALSE;

  if (value->layer != CNN_NO_LAYER && to != FLOAT && to != FLOAT16 && to != DOUBLE && to != BFLOAT16)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "makes ONNX's type %" G_GINT64_FORMAT " of a layer's output, expected floating point", to);
      return FALSE;
    }

  return cnn_onnx_importer_pass (self, node, 0, error);
}

/* A scalar and a list of one integer are the same here. */
static gboolean
import_unsqueeze (CnnOnnxImporter    *self,
                  const CnnOnnxNode  *node,
                  GError            **error)
{
  GArray *integers = cnn_onnx_importer_get_integers (self, node, 0, error);

  return integers != NULL && cnn_onnx_importer_set_integers (self, node, integers, error);
}

static gboolean
add_integers (gint64  a,
              gint64  b,
              gint64 *result)
{
  return !__builtin_add_overflow (a, b, result);
}

static gboolean
subtract_integers (gint64  a,
                   gint64  b,
                   gint64 *result)
{
  return !__builtin_sub_overflow (a, b, result);
}

static gboolean
multiply_integers (gint64  a,
                   gint64  b,
                   gint64 *result)
{
  return !__builtin_mul_overflow (a, b, result);
}

static gboolean
divide_integers (gint64  a,
                 gint64  b,
                 gint64 *result)
{
  if (b == 0 || (a == G_MININT64 && b == -1))
    return FALSE;

  *result = a / b;

  return TRUE;
}

/* Element by element; one integer goes with all of the other list. */
static gboolean
import_binary (CnnOnnxImporter    *self,
               const CnnOnnxNode  *node,
               gboolean          (*operation) (gint64, gint64, gint64 *),
               GError            **error)
{
  g_autoptr (GArray) results = new_integers ();
  GArray *left = cnn_onnx_importer_get_integers (self, node, 0, error);
  GArray *right = left != NULL ? cnn_onnx_importer_get_integers (self, node, 1, error) : NULL;

  if (right == NULL)
    return FALSE;

  for (guint i = 0; i < MAX (left->len, right->len); i++)
    {
      guint l = left->len == 1 ? 0 : i;
      guint r = right->len == 1 ? 0 : i;
      gint64 result;

      if (l >= left->len || r >= right->len ||
          !operation (g_array_index (left, gint64, l), g_array_index (right, gint64, r), &result))
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                       "lists of %u and %u integers do not go together, or overflow", left->len, right->len);
          return FALSE;
        }
      g_array_append_val (results, result);
    }

  return cnn_onnx_importer_set_integers (self, node, results, error);
}

static gboolean
import_add (CnnOnnxImporter    *self,
            const CnnOnnxNode  *node,
            GError            **error)
{
  return import_binary (self, node, add_integers, error);
}

static gboolean
import_sub (CnnOnnxImporter    *self,
            const CnnOnnxNode  *node,
            GError            **error)
{
  return import_binary (self, node, subtract_integers, error);
}

static gboolean
import_mul (CnnOnnxImporter    *self,
            const CnnOnnxNode  *node,
            GError            **error)
{
  return import_binary (self, node, multiply_integers, error);
}

static gboolean
import_div (CnnOnnxImporter    *self,
            const CnnOnnxNode  *node,
            GError            **error)
{
  return import_binary (self, node, divide_integers, error);
}

const CnnOnnxOperator cnn_onnx_shape_operators[] = {
  { "Add", import_add, "" },
  { "Cast", import_cast, "saturate to" },
  { "Concat", import_concat, "axis" },
  { "Constant", import_constant, "value value_float value_int value_ints" },
  { "Div", import_div, "" },
  { "Gather", import_gather, "axis" },
  { "Mul", import_mul, "" },
  { "Shape", import_shape, "end start" },
  { "Sub", import_sub, "" },
  { "Unsqueeze", import_unsqueeze, "axes" },
  { NULL }
};
