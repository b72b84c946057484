#define G_LOG_DOMAIN "cnn-onnx"

/* What operators have in common that are worked out while a graph is read. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include "core/cnn-error.h"

/* More operands than any sum of constants has. */
#define MAX_OPERANDS 64

/* An axis as ONNX counts it, from the front or, below 0, from the back. */
gboolean
cnn_onnx_get_axis (gint64    axis,
                   guint     n_dims,
                   guint    *result,
                   GError  **error)
{
  gint64 from_front = axis < 0 ? axis + n_dims : axis;

  if (axis < -(gint64) n_dims || from_front >= n_dims)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "axis is %" G_GINT64_FORMAT ", the input has %u dimensions", axis, n_dims);
      return FALSE;
    }

  *result = from_front;

  return TRUE;
}

/* Grows shape to what it and the other are together by NumPy's rules: counted from
 * the last dimension, extents are equal, or 1 and repeated. */
gboolean
cnn_onnx_broadcast (CnnShape        *shape,
                    const CnnShape  *other,
                    GError         **error)
{
  CnnShape result = { .n_dims = MAX (shape->n_dims, other->n_dims) };

  for (guint i = 1; i <= result.n_dims; i++)
    {
      gsize a = i <= shape->n_dims ? shape->dims[shape->n_dims - i] : 1;
      gsize b = i <= other->n_dims ? other->dims[other->n_dims - i] : 1;

      if (a != b && a != 1 && b != 1)
        {
          g_autofree char *left = cnn_shape_to_string (shape);
          g_autofree char *right = cnn_shape_to_string (other);

          g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                       "inputs are %s and %s, expected equal extents, or 1", left, right);
          return FALSE;
        }
      result.dims[result.n_dims - i] = a == 1 ? b : a;
    }

  *shape = result;

  return TRUE;
}

/* The steps to take in a constant of shape for those in the result. */
void
cnn_onnx_get_broadcast_strides (const CnnShape *shape,
                                const CnnShape *result,
                                gssize         *strides)
{
  guint missing = result->n_dims - shape->n_dims;
  gsize own[CNN_MAX_DIMS];

  cnn_onnx_get_strides (shape, own);
  for (guint i = 0; i < result->n_dims; i++)
    strides[i] = i < missing || shape->dims[i - missing] == 1 ? 0 : (gssize) own[i - missing];
}

/* Reads what the operator's table says it can set: its defaults, then attributes
 * in the order in which it lists them. */
void
cnn_onnx_operator_get_settings (const CnnOnnxOperator *self,
                                const CnnOnnxNode     *node,
                                double                *settings)
{
  g_auto (GStrv) names = g_strsplit (self->attributes, " ", -1);

  for (guint i = 0, end = FALSE; i < CNN_ONNX_N_SETTINGS; i++)
    {
      const CnnOnnxAttribute *attribute;

      settings[i] = self->settings[i];
      end = end || names[i] == NULL;
      attribute = end ? NULL : cnn_onnx_node_find_attribute (node, names[i]);
      if (attribute != NULL)
        settings[i] = attribute->number != 0 ? attribute->number : attribute->integer;
    }
}

static gboolean
get_operands (CnnOnnxImporter    *self,
              const CnnOnnxNode  *node,
              CnnOnnxConstant   **operands,
              CnnShape           *shape,
              GError            **error)
{
  if (node->inputs->len == 0 || node->inputs->len > MAX_OPERANDS)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "has %u inputs, expected 1 to %d", node->inputs->len, MAX_OPERANDS);
      return FALSE;
    }

  *shape = (CnnShape) { 0 };
  for (guint i = 0; i < node->inputs->len; i++)
    {
      operands[i] = cnn_onnx_importer_get_constant (self, node, i, error);
      if (operands[i] == NULL || !cnn_onnx_broadcast (shape, &operands[i]->shape, error))
        return FALSE;
    }

  return TRUE;
}

/* Carries out the operator's function on each number of its inputs, which are
 * repeated where they need be. In double precision, rounded to the type that is
 * wanted; integers are cut towards 0. */
gboolean
cnn_onnx_fold_elements (CnnOnnxImporter        *self,
                        const CnnOnnxNode      *node,
                        const CnnOnnxOperator  *operator,
                        CnnOnnxType             type,
                        GError                **error)
{
  CnnOnnxConstant *operands[MAX_OPERANDS];
  gssize strides[MAX_OPERANDS][CNN_MAX_DIMS];
  gsize at[MAX_OPERANDS] = { 0 };
  gsize index[CNN_MAX_DIMS] = { 0 };
  double settings[CNN_ONNX_N_SETTINGS];
  CnnOnnxConstant *result;
  CnnShape shape;
  guint n = node->inputs->len;

  if (!get_operands (self, node, operands, &shape, error))
    return FALSE;

  result = cnn_onnx_constant_new (type, &shape, &self->files.own, error);
  if (result == NULL)
    return FALSE;

  cnn_onnx_operator_get_settings (operator, node, settings);
  for (guint k = 0; k < n; k++)
    cnn_onnx_get_broadcast_strides (&operands[k]->shape, &shape, strides[k]);

  for (gsize i = 0; i < cnn_onnx_constant_get_n (result); i++)
    {
      double x[MAX_OPERANDS];

      for (guint k = 0; k < n; k++)
        x[k] = cnn_onnx_constant_get (operands[k], at[k]);
      cnn_onnx_constant_set (result, i, operator->function (x, n, settings));

      for (guint d = shape.n_dims; d-- > 0;)
        {
          gboolean is_over = ++index[d] == shape.dims[d];

          for (guint k = 0; k < n; k++)
            at[k] += is_over ? strides[k][d] * (1 - (gssize) shape.dims[d]) : strides[k][d];
          if (!is_over)
            break;
          index[d] = 0;
        }
    }

  return cnn_onnx_importer_set_constant (self, node, 0, result, error);
}
