#define G_LOG_DOMAIN "cnn-onnx"

/* Operators that make constants of nothing, or of the shape of something: with
 * N = 1 and the input's size known, shapes are constants. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include <math.h>
#include <string.h>

#include "core/cnn-error.h"

/* A list of n integers, in a shape of one dimension or none. */
static CnnOnnxConstant *
new_integers (CnnOnnxImporter  *self,
              const gint64     *integers,
              gsize             n,
              gboolean          is_scalar,
              GError          **error)
{
  CnnShape shape = { .n_dims = is_scalar ? 0 : 1, .dims = { n } };
  CnnOnnxConstant *constant = cnn_onnx_constant_new (CNN_ONNX_INT64, &shape, &self->files.own, error);

  if (constant != NULL && n > 0)
    memcpy (constant->integers, integers, n * sizeof (gint64));

  return constant;
}

static CnnOnnxConstant *
new_numbers (CnnOnnxImporter  *self,
             const float      *numbers,
             gsize             n,
             gboolean          is_scalar,
             GError          **error)
{
  CnnShape shape = { .n_dims = is_scalar ? 0 : 1, .dims = { n } };
  CnnOnnxConstant *constant = cnn_onnx_constant_new (CNN_ONNX_FLOAT, &shape, &self->files.own, error);

  for (gsize i = 0; constant != NULL && i < n; i++)
    cnn_onnx_constant_set (constant, i, numbers[i]);

  return constant;
}

static gboolean
fold_constant (CnnOnnxImporter        *self,
               const CnnOnnxNode      *node,
               const CnnOnnxOperator  *operator,
               GError                **error)
{
  const CnnOnnxAttribute *value = node->attributes->len == 1
    ? &g_array_index (node->attributes, CnnOnnxAttribute, 0) : NULL;
  CnnOnnxConstant *constant;

  if (value != NULL && g_str_equal (value->name, "value") && value->tensor.start != NULL)
    constant = cnn_onnx_tensor_read (&value->tensor, &self->files, error);
  else if (value != NULL && g_str_equal (value->name, "value_int"))
    constant = new_integers (self, &value->integer, 1, TRUE, error);
  else if (value != NULL && g_str_equal (value->name, "value_float"))
    constant = new_numbers (self, &value->number, 1, TRUE, error);
  else if (value != NULL && value->integers != NULL)
    constant = new_integers (self, (const gint64 *) value->integers->data, value->integers->len, FALSE, error);
  else if (value != NULL && value->numbers != NULL)
    constant = new_numbers (self, (const float *) value->numbers->data, value->numbers->len, FALSE, error);
  else
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "has no tensor, number or integers");
      return FALSE;
    }

  return constant != NULL && cnn_onnx_importer_set_constant (self, node, 0, constant, error);
}

/* The shape that a constant of integers asks for. */
static gboolean
shape_from_integers (const GArray  *integers,
                     CnnShape      *shape,
                     GError       **error)
{
  shape->n_dims = MIN (integers->len, CNN_MAX_DIMS);
  for (guint i = 0; i < integers->len; i++)
    {
      gint64 extent = g_array_index (integers, gint64, i);

      if (i >= CNN_MAX_DIMS || extent < 0)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                       "wants %u dimensions, number %u of them of %" G_GINT64_FORMAT ", expected up to %d, not below 0",
                       integers->len, i, extent, CNN_MAX_DIMS);
          return FALSE;
        }
      shape->dims[i] = extent;
    }

  return TRUE;
}

static gboolean
fold_constant_of_shape (CnnOnnxImporter        *self,
                        const CnnOnnxNode      *node,
                        const CnnOnnxOperator  *operator,
                        GError                **error)
{
  const CnnOnnxAttribute *value = cnn_onnx_node_find_attribute (node, "value");
  GArray *integers = cnn_onnx_importer_get_integers (self, node, 0, error);
  g_autoptr (CnnOnnxConstant) number = NULL;
  CnnOnnxType type = CNN_ONNX_FLOAT;
  CnnShape shape = { 0 };
  CnnOnnxConstant *constant;

  if (integers == NULL || !shape_from_integers (integers, &shape, error))
    return FALSE;

  if (value != NULL && value->tensor.start != NULL)
    {
      number = cnn_onnx_tensor_read (&value->tensor, &self->files, error);
      if (number == NULL)
        return FALSE;
      type = number->type;
    }

  constant = cnn_onnx_constant_new (type, &shape, &self->files.own, error);
  if (constant == NULL)
    return FALSE;

  for (gsize i = 0; i < cnn_onnx_constant_get_n (constant); i++)
    cnn_onnx_constant_set (constant, i, number != NULL && cnn_onnx_constant_get_n (number) > 0
                                        ? cnn_onnx_constant_get (number, 0) : 0);

  return cnn_onnx_importer_set_constant (self, node, 0, constant, error);
}

static gboolean
fold_range (CnnOnnxImporter        *self,
            const CnnOnnxNode      *node,
            const CnnOnnxOperator  *operator,
            GError                **error)
{
  CnnOnnxConstant *first = cnn_onnx_importer_get_constant (self, node, 0, error);
  double start = 0, end = 0, step = 0, n;
  CnnOnnxConstant *constant;

  if (first == NULL ||
      !cnn_onnx_importer_get_number (self, node, 0, &start, error) ||
      !cnn_onnx_importer_get_number (self, node, 1, &end, error) ||
      !cnn_onnx_importer_get_number (self, node, 2, &step, error))
    return FALSE;

  n = ceil ((end - start) / step);
  if (!(n < G_MAXINT32))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "goes from %g to %g by %g", start, end, step);
      return FALSE;
    }

  constant = cnn_onnx_constant_new (first->type, &CNN_SHAPE_1 (MAX (n, 0)), &self->files.own, error);
  if (constant == NULL)
    return FALSE;

  for (gsize i = 0; i < cnn_onnx_constant_get_n (constant); i++)
    cnn_onnx_constant_set (constant, i, start + i * step);

  return cnn_onnx_importer_set_constant (self, node, 0, constant, error);
}

static gboolean
get_input_shape (CnnOnnxImporter    *self,
                 const CnnOnnxNode  *node,
                 CnnShape           *shape,
                 GError            **error)
{
  CnnOnnxConstant *constant;
  CnnOnnxLayer layer;

  if (!cnn_onnx_importer_is_constant (self, node, 0))
    {
      if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
        return FALSE;

      cnn_onnx_importer_get_shape (self, &layer, shape);
      return TRUE;
    }

  constant = cnn_onnx_importer_get_constant (self, node, 0, error);
  if (constant != NULL)
    *shape = constant->shape;

  return constant != NULL;
}

static gboolean
make_shape (CnnOnnxImporter        *self,
            const CnnOnnxNode      *node,
            const CnnOnnxOperator  *operator,
            GError                **error)
{
  gint64 extents[CNN_MAX_DIMS];
  CnnOnnxConstant *constant;
  CnnShape shape;
  gint64 start, end;
  guint n = 0;

  if (!get_input_shape (self, node, &shape, error))
    return FALSE;

  start = cnn_onnx_node_get_integer (node, "start", 0);
  end = cnn_onnx_node_get_integer (node, "end", shape.n_dims);
  start = CLAMP (start, -(gint64) shape.n_dims, (gint64) shape.n_dims);
  end = CLAMP (end, -(gint64) shape.n_dims, (gint64) shape.n_dims);
  start += start < 0 ? shape.n_dims : 0;
  end += end < 0 ? shape.n_dims : 0;

  for (gint64 i = start; i < end; i++)
    extents[n++] = shape.dims[i];

  constant = new_integers (self, extents, n, FALSE, error);

  return constant != NULL && cnn_onnx_importer_set_constant (self, node, 0, constant, error);
}

static gboolean
make_size (CnnOnnxImporter        *self,
           const CnnOnnxNode      *node,
           const CnnOnnxOperator  *operator,
           GError                **error)
{
  CnnOnnxConstant *constant;
  CnnShape shape;
  gint64 n;

  if (!get_input_shape (self, node, &shape, error))
    return FALSE;

  n = cnn_shape_get_n_elements (&shape);
  constant = new_integers (self, &n, 1, TRUE, error);

  return constant != NULL && cnn_onnx_importer_set_constant (self, node, 0, constant, error);
}

const CnnOnnxOperator cnn_onnx_constant_operators[] = {
  { "Constant", "value value_float value_floats value_int value_ints", NULL, fold_constant },
  { "ConstantOfShape", "value", NULL, fold_constant_of_shape },
  { "Range", "", NULL, fold_range },
  { "Shape", "end start", make_shape, make_shape },
  { "Size", "", make_size, make_size },
  { NULL }
};
