#define G_LOG_DOMAIN "cnn-onnx"

/* Pooling of maps, and of what has one dimension less or more: PyTorch writes a local
 * response norm as pooling of N×1×C×H×W along C alone. */

#include "formats/onnx/cnn-onnx-window-private.h"

#include "core/cnn-error.h"

/* The most dimensions that a window can have here. */
#define MAX_SIDES 3

static gboolean
check_pool (const CnnOnnxNode  *node,
            GError            **error)
{
  if (cnn_onnx_node_find_attribute (node, "kernel_shape") == NULL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "has no kernel_shape");
      return FALSE;
    }

  if (node->outputs->len > 1 && *(char *) g_ptr_array_index (node->outputs, 1) != '\0')
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "gives the places of its maxima, expected one output");
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_dense (const CnnAttributes  *attributes,
             GError              **error)
{
  if (attributes->dilation[0] == 1 && attributes->dilation[1] == 1)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "is dilated, expected a dense window");

  return FALSE;
}

/* Whether the node pads by itself. */
static gboolean
has_padding (const CnnOnnxNode *node)
{
  const CnnOnnxAttribute *pads = cnn_onnx_node_find_attribute (node, "pads");
  gboolean found = g_str_has_prefix (cnn_onnx_node_get_text (node, "auto_pad", "NOTSET"), "SAME_");

  for (guint i = 0; pads != NULL && pads->integers != NULL && i < pads->integers->len; i++)
    found = found || g_array_index (pads->integers, gint64, i) != 0;

  return found;
}

/* Whether the input is N×C and then one dimension, or three. */
static gboolean
is_deep (CnnOnnxImporter   *self,
         const CnnOnnxNode *node)
{
  const CnnOnnxValue *value = cnn_onnx_importer_get_value (self, node, 0, NULL);
  CnnShape shape;

  if (value == NULL || value->layer.index == CNN_NO_LAYER || value->pad != NULL || value->is_nhwc)
    return FALSE;

  cnn_onnx_importer_get_shape (self, &value->layer, &shape);

  return value->layer.lead == 0 && (shape.n_dims == 3 || shape.n_dims == 5);
}

/* A window that is wider than one along the first side only. */
static gboolean
read_column (const CnnOnnxNode  *node,
             guint               n,
             CnnAttributes      *attributes,
             GError            **error)
{
  guint kernel[MAX_SIDES] = { 1, 1, 1 }, stride[MAX_SIDES] = { 1, 1, 1 }, dilation[MAX_SIDES] = { 1, 1, 1 };
  guint padding[2 * MAX_SIDES] = { 0 };
  const char *mode = cnn_onnx_node_get_text (node, "auto_pad", "NOTSET");
  gboolean is_column = g_str_equal (mode, "NOTSET") || g_str_equal (mode, "VALID");

  if (!cnn_onnx_node_read_sizes (node, "kernel_shape", kernel, n, error) ||
      !cnn_onnx_node_read_sizes (node, "strides", stride, n, error) ||
      !cnn_onnx_node_read_sizes (node, "dilations", dilation, n, error) ||
      !cnn_onnx_node_read_sizes (node, "pads", padding, 2 * n, error))
    return FALSE;

  for (guint i = 1; i < n; i++)
    is_column = is_column && kernel[i] == 1 && stride[i] == 1 && padding[i] + padding[n + i] == 0;

  if (!is_column)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "has a window of %u dimensions, expected two, or one", n);
      return FALSE;
    }

  attributes->kernel[0] = kernel[0];
  attributes->stride[0] = stride[0];
  attributes->dilation[0] = dilation[0];
  attributes->padding[0] = padding[0];
  attributes->padding[2] = padding[n];

  return TRUE;
}

/* As maps whose width is all that comes behind the first side, and back. */
static gboolean
import_deep (CnnOnnxImporter        *self,
             const CnnOnnxNode      *node,
             const CnnOnnxOperator  *operator,
             GError                **error)
{
  CnnAttributes attributes, shape_attributes;
  CnnOnnxLayer layer;
  CnnShape shape;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, &layer, &shape);
  cnn_attributes_init (&attributes);
  attributes.ceil_mode = cnn_onnx_node_get_integer (node, "ceil_mode", 0) != 0;
  attributes.count_include_pad = cnn_onnx_node_get_integer (node, "count_include_pad", 0) != 0;
  if (!read_column (node, shape.n_dims - 2, &attributes, error) ||
      (operator->kind == CNN_KIND_AVERAGE_POOL && !check_dense (&attributes, error)))
    return FALSE;

  cnn_attributes_init (&shape_attributes);
  shape_attributes.shape = CNN_SHAPE_4 (1, shape.dims[1], shape.dims[2], 1);
  for (guint i = 3; i < shape.n_dims; i++)
    shape_attributes.shape.dims[3] *= shape.dims[i];
  layer.index = cnn_onnx_importer_add_layer (self, node, ".maps", CNN_KIND_RESHAPE, &shape_attributes,
                                             &layer.index, 1, NULL, error);
  if (layer.index != CNN_NO_LAYER)
    layer.index = cnn_onnx_importer_add_layer (self, node, ".pool", operator->kind, &attributes,
                                               &layer.index, 1, NULL, error);
  if (layer.index == CNN_NO_LAYER)
    return FALSE;

  shape.dims[2] = cnn_network_builder_get_shape (self->builder, layer.index)->dims[2];
  shape_attributes.shape = shape;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_RESHAPE, &shape_attributes, &layer, NULL, error);
}

static gboolean
import_max_pool (CnnOnnxImporter        *self,
                 const CnnOnnxNode      *node,
                 const CnnOnnxOperator  *operator,
                 GError                **error)
{
  CnnOnnxValue *maps;
  CnnAttributes attributes;
  CnnOnnxLayer layer;

  if (is_deep (self, node))
    return check_pool (node, error) && import_deep (self, node, operator, error);

  /* Zeros around are no padding to a maximum: they become a layer. */
  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error) || !check_pool (node, error))
    return FALSE;

  maps = cnn_onnx_importer_get_maps (self, node, error);
  cnn_attributes_init (&attributes);
  attributes.ceil_mode = cnn_onnx_node_get_integer (node, "ceil_mode", 0) != 0;
  if (maps == NULL || !cnn_onnx_importer_read_window (self, node, maps, &attributes, error))
    return FALSE;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_MAX_POOL, &attributes, &layer, NULL, error);
}

static gboolean
import_average_pool (CnnOnnxImporter        *self,
                     const CnnOnnxNode      *node,
                     const CnnOnnxOperator  *operator,
                     GError                **error)
{
  gboolean count_padding = cnn_onnx_node_get_integer (node, "count_include_pad", 0) != 0;
  CnnOnnxValue *maps;
  CnnAttributes attributes;
  CnnOnnxLayer layer;

  if (!check_pool (node, error))
    return FALSE;

  if (is_deep (self, node))
    return import_deep (self, node, operator, error);

  /* Zeros that a Pad put there count; beside those of the pooling itself they can
   * stay only if these count too. */
  if (!count_padding && has_padding (node) && !cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  maps = cnn_onnx_importer_get_maps (self, node, error);
  if (maps == NULL)
    return FALSE;

  cnn_attributes_init (&attributes);
  attributes.ceil_mode = cnn_onnx_node_get_integer (node, "ceil_mode", 0) != 0;
  attributes.count_include_pad = count_padding || maps->pad != NULL;
  if (!cnn_onnx_importer_read_window (self, node, maps, &attributes, error))
    return FALSE;

  if (!check_dense (&attributes, error))
    return FALSE;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_AVERAGE_POOL, &attributes, &maps->layer, NULL, error);
}

const CnnOnnxOperator cnn_onnx_pool_operators[] = {
  { "AveragePool", "auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides", import_average_pool,
    .kind = CNN_KIND_AVERAGE_POOL },
  { "MaxPool", "auto_pad ceil_mode dilations kernel_shape pads storage_order strides", import_max_pool,
    .kind = CNN_KIND_MAX_POOL },
  { NULL }
};
