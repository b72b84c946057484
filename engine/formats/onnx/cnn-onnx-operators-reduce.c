#define G_LOG_DOMAIN "cnn-onnx"

/* Operators that make one number of many along some dimensions, and Softmax. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include <math.h>

#include "core/cnn-error.h"

/* What is reduced, and what is done to each number before and to the result after;
 * CNN_KIND_IDENTITY is nothing, and CNN_KIND_MULTIPLY by itself. */
typedef struct
{
  CnnKind before;
  CnnKind reduce;
  CnnKind after;
} Steps;

enum { MEAN, SUM, MAXIMUM, MINIMUM, L1, L2, SUM_OF_SQUARES, LOG_SUM, LOG_SUM_EXP };

static const Steps steps[] = {
  [MEAN] = { CNN_KIND_IDENTITY, CNN_KIND_REDUCE_MEAN, CNN_KIND_IDENTITY },
  [SUM] = { CNN_KIND_IDENTITY, CNN_KIND_REDUCE_SUM, CNN_KIND_IDENTITY },
  [MAXIMUM] = { CNN_KIND_IDENTITY, CNN_KIND_REDUCE_MAX, CNN_KIND_IDENTITY },
  [MINIMUM] = { CNN_KIND_IDENTITY, CNN_KIND_REDUCE_MIN, CNN_KIND_IDENTITY },
  [L1] = { CNN_KIND_ABS, CNN_KIND_REDUCE_SUM, CNN_KIND_IDENTITY },
  [L2] = { CNN_KIND_MULTIPLY, CNN_KIND_REDUCE_SUM, CNN_KIND_SQRT },
  [SUM_OF_SQUARES] = { CNN_KIND_MULTIPLY, CNN_KIND_REDUCE_SUM, CNN_KIND_IDENTITY },
  [LOG_SUM] = { CNN_KIND_IDENTITY, CNN_KIND_REDUCE_SUM, CNN_KIND_LOG },
  [LOG_SUM_EXP] = { CNN_KIND_EXP, CNN_KIND_REDUCE_SUM, CNN_KIND_LOG },
};

/* One bit for each dimension that the node reduces: an attribute, later an input;
 * all of them, or none where it says so, if there is neither. */
static gboolean
get_axes (CnnOnnxImporter    *self,
          const CnnOnnxNode  *node,
          guint               n_dims,
          guint              *axes,
          GError            **error)
{
  GArray *list;

  if (!cnn_onnx_importer_get_list (self, node, "axes", 1, &list, error))
    return FALSE;

  *axes = 0;
  if (list == NULL || list->len == 0)
    {
      if (cnn_onnx_node_get_integer (node, "noop_with_empty_axes", 0) == 0)
        *axes = (1u << n_dims) - 1;
      return TRUE;
    }

  for (guint i = 0; i < list->len; i++)
    {
      guint axis;

      if (!cnn_onnx_get_axis (g_array_index (list, gint64, i), n_dims, &axis, error))
        return FALSE;
      *axes |= 1u << axis;
    }

  return TRUE;
}

/* The mean over height and width is global average pooling, for which there is a
 * kernel; without keepdims it is flattened as well. */
static gboolean
emit_global_pool (CnnOnnxImporter     *self,
                  const CnnOnnxNode   *node,
                  CnnKind              kind,
                  const CnnOnnxLayer  *layer,
                  gboolean             keep_dims,
                  GError             **error)
{
  guint index = cnn_onnx_importer_add_layer (self, node, keep_dims ? "" : ".pool", kind, NULL,
                                             &layer->index, 1, NULL, error);

  if (index != CNN_NO_LAYER && !keep_dims)
    index = cnn_onnx_importer_add_layer (self, node, "", CNN_KIND_FLATTEN, NULL, &index, 1, NULL, error);

  return index != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, 0, index, 0, error);
}

static guint
add_step (CnnOnnxImporter    *self,
          const CnnOnnxNode  *node,
          const char         *suffix,
          CnnKind             kind,
          guint               layer,
          GError            **error)
{
  guint inputs[] = { layer, layer };

  if (kind == CNN_KIND_IDENTITY)
    return layer;

  return cnn_onnx_importer_add_layer (self, node, suffix, kind, NULL,
                                      inputs, kind == CNN_KIND_MULTIPLY ? 2 : 1, NULL, error);
}

static gboolean
import_reduce (CnnOnnxImporter        *self,
               const CnnOnnxNode      *node,
               const CnnOnnxOperator  *operator,
               GError                **error)
{
  const Steps *parts = &steps[operator->kind];
  gboolean keep_dims = cnn_onnx_node_get_integer (node, "keepdims", 1) != 0;
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnShape shape;
  guint axes, index;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, &layer, &shape);
  if (!get_axes (self, node, shape.n_dims, &axes, error))
    return FALSE;

  if (operator->kind == MEAN && shape.n_dims == 4 && axes == 12 && layer.lead == 0)
    return emit_global_pool (self, node, CNN_KIND_ADAPTIVE_AVERAGE_POOL, &layer, keep_dims, error);

  if (axes == 0)
    return cnn_onnx_importer_pass (self, node, 0, error);

  if ((axes & 1) != 0 && !cnn_onnx_importer_get_free_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_attributes_init (&attributes);
  attributes.axes = axes << layer.lead;
  attributes.keep_dims = keep_dims;
  index = add_step (self, node, ".each", parts->before, layer.index, error);
  if (index != CNN_NO_LAYER)
    index = cnn_onnx_importer_add_layer (self, node, parts->after == CNN_KIND_IDENTITY ? "" : ".sum", parts->reduce,
                                         &attributes, &index, 1, NULL, error);
  if (index != CNN_NO_LAYER)
    index = add_step (self, node, "", parts->after, index, error);

  return index != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, 0, index, layer.lead, error);
}

static double
step_before (CnnKind kind,
             double  x)
{
  switch ((guint) kind)
    {
    case CNN_KIND_ABS:      return fabs (x);
    case CNN_KIND_MULTIPLY: return x * x;
    case CNN_KIND_EXP:      return exp (x);
    default:                return x;
    }
}

static double
step_after (CnnKind kind,
            double  x)
{
  switch ((guint) kind)
    {
    case CNN_KIND_SQRT: return sqrt (x);
    case CNN_KIND_LOG:  return log (x);
    default:            return x;
    }
}

static double
step_reduce (CnnKind kind,
             double  sum,
             double  x)
{
  switch ((guint) kind)
    {
    case CNN_KIND_REDUCE_MAX: return MAX (sum, x);
    case CNN_KIND_REDUCE_MIN: return MIN (sum, x);
    default:                  return sum + x;
    }
}

/* Which element of the result an element of shape belongs to. */
static gsize
find_target (const CnnShape *shape,
             const gsize    *strides,
             guint           axes,
             gsize           element)
{
  gsize target = 0;

  for (guint d = 0; d < shape->n_dims; d++)
    if ((axes >> d & 1) == 0)
      target = target * shape->dims[d] + element / strides[d] % shape->dims[d];

  return target;
}

static gboolean
fold_reduce (CnnOnnxImporter        *self,
             const CnnOnnxNode      *node,
             const CnnOnnxOperator  *operator,
             GError                **error)
{
  const Steps *parts = &steps[operator->kind];
  CnnOnnxConstant *constant = cnn_onnx_importer_get_constant (self, node, 0, error);
  gboolean keep_dims = cnn_onnx_node_get_integer (node, "keepdims", 1) != 0;
  g_autofree double *sums = NULL;
  g_autofree gsize *counts = NULL;
  gsize strides[CNN_MAX_DIMS];
  CnnShape shape = { 0 };
  CnnOnnxConstant *result;
  guint axes;

  if (constant == NULL || !get_axes (self, node, constant->shape.n_dims, &axes, error))
    return FALSE;

  for (guint d = 0; d < constant->shape.n_dims; d++)
    if (keep_dims || (axes >> d & 1) == 0)
      shape.dims[shape.n_dims++] = (axes >> d & 1) != 0 ? 1 : constant->shape.dims[d];

  result = cnn_onnx_constant_new (constant->type, &shape, &self->files.own, error);
  if (result == NULL)
    return FALSE;

  cnn_onnx_get_strides (&constant->shape, strides);
  sums = g_new0 (double, cnn_onnx_constant_get_n (result) + 1);
  counts = g_new0 (gsize, cnn_onnx_constant_get_n (result) + 1);
  for (gsize i = 0; i < cnn_onnx_constant_get_n (constant); i++)
    {
      gsize target = find_target (&constant->shape, strides, axes, i);
      double x = step_before (parts->before, cnn_onnx_constant_get (constant, i));

      sums[target] = counts[target] == 0 ? x : step_reduce (parts->reduce, sums[target], x);
      counts[target]++;
    }

  for (gsize i = 0; i < cnn_onnx_constant_get_n (result); i++)
    {
      double sum = parts->reduce == CNN_KIND_REDUCE_MEAN ? sums[i] / counts[i] : sums[i];

      cnn_onnx_constant_set (result, i, step_after (parts->after, sum));
    }

  return cnn_onnx_importer_set_constant (self, node, 0, result, error);
}

/* Over all that comes behind N×C. */
static gboolean
import_global_pool (CnnOnnxImporter        *self,
                    const CnnOnnxNode      *node,
                    const CnnOnnxOperator  *operator,
                    GError                **error)
{
  gboolean is_average = operator->kind == CNN_KIND_ADAPTIVE_AVERAGE_POOL;
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnShape shape;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, &layer, &shape);
  if (shape.n_dims == 4 && layer.lead == 0)
    return emit_global_pool (self, node, operator->kind, &layer, TRUE, error);

  if (shape.n_dims < 3)
    {
      g_autofree char *text = cnn_shape_to_string (&shape);

      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "input is %s, expected N×C×H×W", text);
      return FALSE;
    }

  cnn_attributes_init (&attributes);
  attributes.axes = ((1u << shape.n_dims) - 4) << layer.lead;
  attributes.keep_dims = TRUE;

  return cnn_onnx_importer_emit (self, node, is_average ? CNN_KIND_REDUCE_MEAN : CNN_KIND_REDUCE_MAX,
                                 &attributes, &layer, NULL, error);
}

/* Softmax over one dimension, with the logarithm where that is wanted. */
static guint
add_softmax (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             const char         *suffix,
             gboolean            is_log,
             guint               axis,
             guint               layer,
             GError            **error)
{
  g_autofree char *inner = g_strconcat (suffix, ".softmax", NULL);
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.axis = axis;
  layer = cnn_onnx_importer_add_layer (self, node, is_log ? inner : suffix, CNN_KIND_SOFTMAX, &attributes,
                                       &layer, 1, NULL, error);
  if (layer != CNN_NO_LAYER && is_log)
    layer = cnn_onnx_importer_add_layer (self, node, suffix, CNN_KIND_LOG, NULL, &layer, 1, NULL, error);

  return layer;
}

/* All dimensions from axis on as one, and back. */
static guint
add_flat_softmax (CnnOnnxImporter     *self,
                  const CnnOnnxNode   *node,
                  gboolean             is_log,
                  guint                axis,
                  const CnnOnnxLayer  *layer,
                  GError             **error)
{
  const CnnShape shape = *cnn_network_builder_get_shape (self->builder, layer->index);
  CnnAttributes attributes;
  guint index;

  cnn_attributes_init (&attributes);
  attributes.shape = shape;
  attributes.shape.n_dims = axis + 1;
  for (guint i = axis + 1; i < shape.n_dims; i++)
    attributes.shape.dims[axis] *= shape.dims[i];

  index = cnn_onnx_importer_add_layer (self, node, ".flatten", CNN_KIND_RESHAPE, &attributes,
                                       &layer->index, 1, NULL, error);
  if (index != CNN_NO_LAYER)
    index = add_softmax (self, node, ".flat", is_log, axis, index, error);

  attributes.shape = shape;
  if (index != CNN_NO_LAYER)
    index = cnn_onnx_importer_add_layer (self, node, "", CNN_KIND_RESHAPE, &attributes, &index, 1, NULL, error);

  return index;
}

/* Before opset 13, an axis in the middle means that all from there on are one. */
static gboolean
import_softmax (CnnOnnxImporter        *self,
                const CnnOnnxNode      *node,
                const CnnOnnxOperator  *operator,
                GError                **error)
{
  gint64 fallback = self->model->opset < 13 ? 1 : -1;
  gboolean is_log = operator->kind == CNN_KIND_LOG;
  gsize behind = 1;
  CnnOnnxLayer layer;
  CnnShape shape;
  guint axis, index;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, &layer, &shape);
  if (!cnn_onnx_get_axis (cnn_onnx_node_get_integer (node, "axis", fallback), shape.n_dims, &axis, error) ||
      (axis == 0 && !cnn_onnx_importer_get_free_layer (self, node, 0, &layer, error)))
    return FALSE;

  for (guint i = axis + 1; i < shape.n_dims; i++)
    behind *= shape.dims[i];

  if (self->model->opset < 13 && behind > 1)
    index = add_flat_softmax (self, node, is_log, axis + layer.lead, &layer, error);
  else
    index = add_softmax (self, node, "", is_log, axis + layer.lead, layer.index, error);

  return index != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, 0, index, layer.lead, error);
}

#define REDUCE(type, kind) { type, "axes keepdims noop_with_empty_axes", import_reduce, fold_reduce, NULL, kind }

const CnnOnnxOperator cnn_onnx_reduce_operators[] = {
  { "GlobalAveragePool", "", import_global_pool, NULL, NULL, CNN_KIND_ADAPTIVE_AVERAGE_POOL },
  { "GlobalMaxPool", "", import_global_pool, NULL, NULL, CNN_KIND_ADAPTIVE_MAX_POOL },
  { "LogSoftmax", "axis", import_softmax, NULL, NULL, CNN_KIND_LOG },
  REDUCE ("ReduceL1", L1),
  REDUCE ("ReduceL2", L2),
  REDUCE ("ReduceLogSum", LOG_SUM),
  REDUCE ("ReduceLogSumExp", LOG_SUM_EXP),
  REDUCE ("ReduceMax", MAXIMUM),
  REDUCE ("ReduceMean", MEAN),
  REDUCE ("ReduceMin", MINIMUM),
  REDUCE ("ReduceSum", SUM),
  REDUCE ("ReduceSumSquare", SUM_OF_SQUARES),
  { "Softmax", "axis", import_softmax, NULL, NULL, CNN_KIND_SOFTMAX },
  { NULL }
};
