#define G_LOG_DOMAIN "cnn-onnx"

/* Operators that make more of what there is: Concat, Expand, Pad and Tile. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include <string.h>

#include "core/cnn-error.h"

/* Pads that are greater than this are damage. */
#define MAX_PADDING 65535

static gboolean
import_concat (CnnOnnxImporter        *self,
               const CnnOnnxNode      *node,
               const CnnOnnxOperator  *operator,
               GError                **error)
{
  g_autofree guint *layers = g_new0 (guint, MAX (node->inputs->len, 1));
  gint64 wanted = cnn_onnx_node_get_integer (node, "axis", 1);
  gboolean is_free = FALSE;
  CnnAttributes attributes;
  CnnOnnxLayer layer = { 0 };
  CnnShape shape;
  guint axis, index;

  for (guint i = 0; i < node->inputs->len; i++)
    {
      if (!cnn_onnx_importer_get_layer (self, node, i, &layer, error))
        return FALSE;

      cnn_onnx_importer_get_shape (self, &layer, &shape);
      if (!cnn_onnx_get_axis (wanted, shape.n_dims, &axis, error))
        return FALSE;
      is_free = is_free || layer.lead > 0 || axis == 0;
    }

  if (node->inputs->len == 1)
    return cnn_onnx_importer_pass (self, node, 0, error);

  for (guint i = 0; i < node->inputs->len; i++)
    {
      if (!(is_free ? cnn_onnx_importer_get_free_layer (self, node, i, &layer, error)
                    : cnn_onnx_importer_get_layer (self, node, i, &layer, error)))
        return FALSE;
      layers[i] = layer.index;
    }

  cnn_attributes_init (&attributes);
  attributes.axis = axis + is_free;
  index = cnn_onnx_importer_add_layer (self, node, "", CNN_KIND_CONCAT, &attributes,
                                       layers, node->inputs->len, NULL, error);

  return index != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, 0, index, is_free, error);
}

/* The shape of all inputs together; they differ along the axis at most. */
static gboolean
get_concat_shape (CnnOnnxImporter    *self,
                  const CnnOnnxNode  *node,
                  guint              *axis,
                  CnnShape           *shape,
                  GError            **error)
{
  for (guint i = 0; i < node->inputs->len; i++)
    {
      CnnOnnxConstant *constant = cnn_onnx_importer_get_constant (self, node, i, error);
      CnnShape other;

      if (constant == NULL)
        return FALSE;

      other = constant->shape;
      if (i == 0)
        {
          *shape = other;
          if (!cnn_onnx_get_axis (cnn_onnx_node_get_integer (node, "axis", 0), shape->n_dims, axis, error))
            return FALSE;
          continue;
        }

      other.dims[*axis] = shape->dims[*axis];
      if (!cnn_shape_equal (&other, shape) ||
          !g_size_checked_add (&shape->dims[*axis], shape->dims[*axis], constant->shape.dims[*axis]))
        {
          g_autofree char *first = cnn_shape_to_string (shape);
          g_autofree char *second = cnn_shape_to_string (&constant->shape);

          g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                       "inputs are %s and %s, expected the same but for dimension %u", first, second, *axis);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
fold_concat (CnnOnnxImporter        *self,
             const CnnOnnxNode      *node,
             const CnnOnnxOperator  *operator,
             GError                **error)
{
  CnnOnnxConstant *first = cnn_onnx_importer_get_constant (self, node, 0, error);
  gsize strides[CNN_MAX_DIMS];
  CnnOnnxConstant *result;
  CnnShape shape;
  gsize at = 0;
  guint axis;

  if (first == NULL || !get_concat_shape (self, node, &axis, &shape, error))
    return FALSE;

  result = cnn_onnx_constant_new (first->type, &shape, &self->files.own, error);
  if (result == NULL)
    return FALSE;

  cnn_onnx_get_strides (&shape, strides);
  for (guint i = 0; i < node->inputs->len; i++)
    {
      CnnOnnxConstant *part = cnn_onnx_importer_get_constant (self, node, i, NULL);
      gsize own[CNN_MAX_DIMS];
      gssize from[CNN_MAX_DIMS];

      if ((part->tensor == NULL) != (result->tensor == NULL))
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "inputs have different types");
          cnn_onnx_constant_unref (result);
          return FALSE;
        }

      cnn_onnx_get_strides (&part->shape, own);
      for (guint d = 0; d < shape.n_dims; d++)
        from[d] = own[d];
      cnn_onnx_constant_gather (result, at * strides[axis], strides, part, 0, from, &part->shape);
      at += part->shape.dims[axis];
    }

  return cnn_onnx_importer_set_constant (self, node, 0, result, error);
}

/* The shape that input and the wanted one are together. */
static gboolean
get_expand_shape (CnnOnnxImporter    *self,
                  const CnnOnnxNode  *node,
                  const CnnShape     *input,
                  CnnShape           *result,
                  GError            **error)
{
  GArray *list = cnn_onnx_importer_get_integers (self, node, 1, error);
  CnnShape wanted = { 0 };

  if (list == NULL)
    return FALSE;

  for (guint i = 0; i < list->len; i++)
    {
      gint64 extent = g_array_index (list, gint64, i);

      if (i >= CNN_MAX_DIMS || extent < 0)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                       "wants %u dimensions, one of %" G_GINT64_FORMAT ", expected up to %d",
                       list->len, extent, CNN_MAX_DIMS);
          return FALSE;
        }

      /* A batch size that the graph was made for. */
      if (i == 0 && self->batch > 1 && extent == (gint64) self->batch && list->len == input->n_dims)
        extent = 1;
      wanted.dims[wanted.n_dims++] = extent;
    }

  *result = *input;

  return cnn_onnx_broadcast (result, &wanted, error);
}

static gboolean
import_expand (CnnOnnxImporter        *self,
               const CnnOnnxNode      *node,
               const CnnOnnxOperator  *operator,
               GError                **error)
{
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnShape input, shape;
  guint index, lead, n_new;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, &layer, &input);
  if (!get_expand_shape (self, node, &input, &shape, error))
    return FALSE;

  if (cnn_shape_equal (&input, &shape))
    return cnn_onnx_importer_pass (self, node, 0, error);

  n_new = shape.n_dims - input.n_dims;
  lead = layer.lead > 0 || shape.n_dims != input.n_dims || shape.dims[0] != 1;
  if (lead > 0 && !cnn_onnx_importer_get_free_layer (self, node, 0, &layer, error))
    return FALSE;

  /* The dimensions that are new come behind the one that the graph does not know. */
  cnn_attributes_init (&attributes);
  attributes.shape = (CnnShape) { .n_dims = MIN (shape.n_dims + lead, CNN_MAX_DIMS), .dims = { 1 } };
  for (guint i = lead; i < attributes.shape.n_dims; i++)
    attributes.shape.dims[i] = i < lead + n_new ? 1 : input.dims[i - lead - n_new];
  if (n_new > 0)
    layer.index = cnn_onnx_importer_add_layer (self, node, ".shape", CNN_KIND_RESHAPE, &attributes,
                                               &layer.index, 1, NULL, error);
  if (layer.index == CNN_NO_LAYER)
    return FALSE;

  for (guint i = lead; i < attributes.shape.n_dims; i++)
    attributes.shape.dims[i] = shape.dims[i - lead];
  index = cnn_onnx_importer_add_layer (self, node, "", CNN_KIND_EXPAND, &attributes, &layer.index, 1, NULL, error);

  return index != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, 0, index, lead, error);
}

static gboolean
fold_expand (CnnOnnxImporter        *self,
             const CnnOnnxNode      *node,
             const CnnOnnxOperator  *operator,
             GError                **error)
{
  CnnOnnxConstant *constant = cnn_onnx_importer_get_constant (self, node, 0, error);
  CnnOnnxConstant *result;
  gsize to[CNN_MAX_DIMS];
  gssize from[CNN_MAX_DIMS];
  CnnShape shape;

  if (constant == NULL || !get_expand_shape (self, node, &constant->shape, &shape, error))
    return FALSE;

  result = cnn_onnx_constant_new (constant->type, &shape, &self->files.own, error);
  if (result == NULL)
    return FALSE;

  cnn_onnx_get_strides (&shape, to);
  cnn_onnx_get_broadcast_strides (&constant->shape, &shape, from);
  cnn_onnx_constant_gather (result, 0, to, constant, 0, from, &shape);

  return cnn_onnx_importer_set_constant (self, node, 0, result, error);
}

/* How often each dimension is repeated. */
static GArray *
get_repeats (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             guint               n_dims,
             GError            **error)
{
  GArray *repeats = cnn_onnx_importer_get_integers (self, node, 1, error);
  gboolean is_negative = FALSE;

  if (repeats == NULL)
    return NULL;

  for (guint i = 0; i < repeats->len; i++)
    is_negative = is_negative || g_array_index (repeats, gint64, i) < 0;

  if (repeats->len == n_dims && !is_negative)
    return repeats;

  g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
               "has %u repeats, expected %u, not below 0", repeats->len, n_dims);

  return NULL;
}

static gboolean
fold_tile (CnnOnnxImporter        *self,
           const CnnOnnxNode      *node,
           const CnnOnnxOperator  *operator,
           GError                **error)
{
  CnnOnnxConstant *constant = cnn_onnx_importer_get_constant (self, node, 0, error);
  GArray *repeats = constant != NULL ? get_repeats (self, node, constant->shape.n_dims, error) : NULL;
  gsize to[CNN_MAX_DIMS], own[CNN_MAX_DIMS];
  CnnOnnxConstant *result;
  CnnShape shape;

  if (repeats == NULL)
    return FALSE;

  shape = constant->shape;
  for (guint i = 0; i < shape.n_dims; i++)
    if (!g_size_checked_mul (&shape.dims[i], shape.dims[i], g_array_index (repeats, gint64, i)))
      shape.dims[i] = G_MAXSIZE;

  result = cnn_onnx_constant_new (constant->type, &shape, &self->files.own, error);
  if (result == NULL)
    return FALSE;

  cnn_onnx_get_strides (&shape, to);
  cnn_onnx_get_strides (&constant->shape, own);
  for (gsize i = 0; i < cnn_onnx_constant_get_n (result); i++)
    {
      gsize at = 0;

      for (guint d = 0; d < shape.n_dims; d++)
        at += i / to[d] % shape.dims[d] % constant->shape.dims[d] * own[d];
      cnn_onnx_constant_set (result, i, cnn_onnx_constant_get (constant, at));
    }

  return cnn_onnx_importer_set_constant (self, node, 0, result, error);
}

static gboolean
import_tile (CnnOnnxImporter        *self,
             const CnnOnnxNode      *node,
             const CnnOnnxOperator  *operator,
             GError                **error)
{
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnShape shape;
  GArray *repeats;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, &layer, &shape);
  repeats = get_repeats (self, node, shape.n_dims, error);
  if (repeats == NULL ||
      (repeats->len > 0 && g_array_index (repeats, gint64, 0) != 1 &&
       !cnn_onnx_importer_get_free_layer (self, node, 0, &layer, error)))
    return FALSE;

  cnn_attributes_init (&attributes);
  attributes.shape = *cnn_network_builder_get_shape (self->builder, layer.index);
  for (guint i = 0; i < repeats->len; i++)
    {
      gsize *extent = &attributes.shape.dims[i + layer.lead];

      if (!g_size_checked_mul (extent, *extent, g_array_index (repeats, gint64, i)))
        *extent = G_MAXSIZE;
    }

  return cnn_onnx_importer_emit (self, node, CNN_KIND_EXPAND, &attributes, &layer, NULL, error);
}

/* How much is added before and behind along each dimension of the input. */
static gboolean
read_pads (CnnOnnxImporter    *self,
           const CnnOnnxNode  *node,
           const CnnShape     *shape,
           CnnAttributes      *attributes,
           GError            **error)
{
  GArray *pads, *axes;
  guint n;

  if (!cnn_onnx_importer_get_list (self, node, "pads", 1, &pads, error) ||
      !cnn_onnx_importer_get_list (self, node, "axes", 3, &axes, error))
    return FALSE;

  n = axes != NULL ? axes->len : shape->n_dims;
  if (pads == NULL || pads->len != 2 * n)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "has %u pads, expected %u", pads != NULL ? pads->len : 0, 2 * n);
      return FALSE;
    }

  for (guint i = 0; i < n; i++)
    {
      gint64 before = g_array_index (pads, gint64, i);
      gint64 behind = g_array_index (pads, gint64, n + i);
      guint axis;

      if (!cnn_onnx_get_axis (axes != NULL ? g_array_index (axes, gint64, i) : i, shape->n_dims, &axis, error))
        return FALSE;

      if (before < 0 || before > MAX_PADDING || behind < 0 || behind > MAX_PADDING)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                       "pads by %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT ", expected 0 to %d",
                       before, behind, MAX_PADDING);
          return FALSE;
        }
      attributes->begin[axis] = before;
      attributes->end[axis] = behind;
    }

  return TRUE;
}

static gboolean
read_pad_mode (CnnOnnxImporter    *self,
               const CnnOnnxNode  *node,
               CnnAttributes      *attributes,
               GError            **error)
{
  static const char *const modes[] = {
    [CNN_PAD_CONSTANT] = "constant",
    [CNN_PAD_REFLECT] = "reflect",
    [CNN_PAD_EDGE] = "edge",
  };
  const char *mode = cnn_onnx_node_get_text (node, "mode", "constant");
  double value = cnn_onnx_node_get_number (node, "value", 0);

  if (!cnn_onnx_importer_get_number (self, node, 2, &value, error))
    return FALSE;

  attributes->pad_value = value;
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    if (g_str_equal (mode, modes[i]))
      {
        attributes->pad_mode = i;
        return TRUE;
      }

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "mode is %s, expected constant, reflect or edge", mode);

  return FALSE;
}

/* Zeros around maps, and nothing else. */
static gboolean
is_padding (const CnnShape      *shape,
            const CnnOnnxLayer  *layer,
            const CnnAttributes *attributes)
{
  return shape->n_dims == 4 && layer->lead == 0 &&
         attributes->pad_mode == CNN_PAD_CONSTANT && attributes->pad_value == 0 &&
         attributes->begin[0] + attributes->end[0] + attributes->begin[1] + attributes->end[1] == 0;
}

/* Zeros become padding of a convolution or average pooling that comes next. */
static gboolean
put_off_padding (CnnOnnxImporter      *self,
                 const CnnOnnxNode    *node,
                 const CnnOnnxLayer   *layer,
                 const CnnAttributes  *attributes,
                 GError              **error)
{
  CnnOnnxValue value = { .layer = *layer, .pad = node };

  for (guint i = 0; i < 2; i++)
    {
      value.padding[i] = attributes->begin[2 + i];
      value.padding[2 + i] = attributes->end[2 + i];
    }

  return cnn_onnx_importer_set_value (self, g_ptr_array_index (node->outputs, 0), &value, error);
}

static gboolean
import_pad (CnnOnnxImporter        *self,
            const CnnOnnxNode      *node,
            const CnnOnnxOperator  *operator,
            GError                **error)
{
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnShape shape;
  gsize sum = 0;

  cnn_attributes_init (&attributes);
  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, &layer, &shape);
  if (!read_pads (self, node, &shape, &attributes, error))
    return FALSE;

  /* PyTorch writes a Pad of nothing before some poolings. */
  for (guint i = 0; i < shape.n_dims; i++)
    sum += attributes.begin[i] + attributes.end[i];
  if (sum == 0)
    return cnn_onnx_importer_pass (self, node, 0, error);

  if (!read_pad_mode (self, node, &attributes, error))
    return FALSE;

  if (is_padding (&shape, &layer, &attributes))
    return put_off_padding (self, node, &layer, &attributes, error);

  if (attributes.begin[0] + attributes.end[0] > 0 &&
      !cnn_onnx_importer_get_free_layer (self, node, 0, &layer, error))
    return FALSE;

  if (layer.lead > 0)
    {
      memmove (attributes.begin + 1, attributes.begin, (CNN_MAX_DIMS - 1) * sizeof *attributes.begin);
      memmove (attributes.end + 1, attributes.end, (CNN_MAX_DIMS - 1) * sizeof *attributes.end);
      attributes.begin[0] = attributes.end[0] = 0;
    }

  return cnn_onnx_importer_emit (self, node, CNN_KIND_PAD, &attributes, &layer, NULL, error);
}

const CnnOnnxOperator cnn_onnx_join_operators[] = {
  { "Concat", "axis", import_concat, fold_concat },
  { "Expand", "", import_expand, fold_expand },
  { "Pad", "mode pads value", import_pad },
  { "Tile", "", import_tile, fold_tile },
  { NULL }
};
