#define G_LOG_DOMAIN "cnn-onnx"

/* Conv, MaxPool, AveragePool, GlobalAveragePool, ReduceMean and Pad. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include <string.h>

#include "core/cnn-error.h"

/* Kernels, strides and so on that are greater than this are damage. */
#define MAX_WINDOW 65535

/* Reads an attribute of n integers that are not negative; leaves values as they
 * are where there is no such attribute. */
static gboolean
read_sizes (const CnnOnnxNode  *node,
            const char         *name,
            guint              *values,
            guint               n,
            GError            **error)
{
  const CnnOnnxAttribute *attribute = cnn_onnx_node_find_attribute (node, name);

  if (attribute == NULL)
    return TRUE;

  if (attribute->integers == NULL || attribute->integers->len != n)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "%s has %u numbers, expected %u, for height and width",
                   name, attribute->integers != NULL ? attribute->integers->len : 0, n);
      return FALSE;
    }

  for (guint i = 0; i < n; i++)
    {
      gint64 value = g_array_index (attribute->integers, gint64, i);

      if (value < 0 || value > MAX_WINDOW)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                       "%s is %" G_GINT64_FORMAT ", expected 0 to %d", name, value, MAX_WINDOW);
          return FALSE;
        }
      values[i] = value;
    }

  return TRUE;
}

/* SAME: as many windows as the stride fits into the input, rounded up; what is
 * odd of the padding goes below and right (UPPER) or above and left (LOWER). */
static void
set_same_padding (CnnAttributes  *attributes,
                  const CnnShape *input,
                  gboolean        upper)
{
  for (guint axis = 0; axis < 2; axis++)
    {
      gsize in = input->dims[2 + axis];
      gsize stride = MAX (attributes->stride[axis], 1);
      gsize out = (in + stride - 1) / stride;
      gsize reach = (out - 1) * stride + ((gsize) attributes->kernel[axis] - 1) * attributes->dilation[axis] + 1;
      gsize total = reach > in ? reach - in : 0;
      gsize less = total / 2;

      attributes->padding[axis] = upper ? less : total - less;
      attributes->padding[2 + axis] = upper ? total - less : less;
    }
}

static gboolean
read_padding (const CnnOnnxNode  *node,
              const CnnShape     *input,
              CnnAttributes      *attributes,
              GError            **error)
{
  const char *mode = cnn_onnx_node_get_text (node, "auto_pad", "NOTSET");

  if (g_str_equal (mode, "NOTSET"))
    return read_sizes (node, "pads", attributes->padding, 4, error);

  if (g_str_equal (mode, "SAME_UPPER") || g_str_equal (mode, "SAME_LOWER"))
    set_same_padding (attributes, input, g_str_equal (mode, "SAME_UPPER"));
  else if (!g_str_equal (mode, "VALID"))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "auto_pad is %s, expected NOTSET, VALID, SAME_UPPER or SAME_LOWER", mode);
      return FALSE;
    }

  return TRUE;
}

/* Input 0 as feature maps, with the zeros that a Pad before put around them. */
static CnnOnnxValue *
get_maps (CnnOnnxImporter    *self,
          const CnnOnnxNode  *node,
          GError            **error)
{
  CnnOnnxValue *value = cnn_onnx_importer_get_value (self, node, 0, error);
  guint n_dims;

  if (value == NULL)
    return NULL;

  n_dims = value->layer != CNN_NO_LAYER ? cnn_onnx_importer_get_shape (self, value->layer)->n_dims : 0;
  if (n_dims != 4)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "input has %u dimensions, expected pictures or feature maps, N×C×H×W", n_dims);
      return NULL;
    }

  return value;
}

/* Kernel, strides, dilations and padding; the kernel is already set where the
 * weights tell it. */
static gboolean
read_window (CnnOnnxImporter     *self,
             const CnnOnnxNode   *node,
             const CnnOnnxValue  *maps,
             CnnAttributes       *attributes,
             GError             **error)
{
  CnnShape input = *cnn_onnx_importer_get_shape (self, maps->layer);

  for (guint i = 0; i < 2; i++)
    input.dims[2 + i] += maps->padding[i] + maps->padding[2 + i];

  if (!read_sizes (node, "kernel_shape", attributes->kernel, 2, error) ||
      !read_sizes (node, "strides", attributes->stride, 2, error) ||
      !read_sizes (node, "dilations", attributes->dilation, 2, error) ||
      !read_padding (node, &input, attributes, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (attributes->padding); i++)
    attributes->padding[i] += maps->padding[i];

  return TRUE;
}

static gboolean
import_conv (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             GError            **error)
{
  CnnOnnxValue *maps = get_maps (self, node, error);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
  CnnAttributes attributes;
  const CnnShape *weight;
  gint64 groups = cnn_onnx_node_get_integer (node, "group", 1);

  if (maps == NULL)
    return FALSE;

  parameters[CNN_PARAMETER_WEIGHT] = cnn_onnx_importer_get_tensor (self, node, 1, error);
  if (parameters[CNN_PARAMETER_WEIGHT] == NULL)
    return FALSE;

  weight = cnn_tensor_get_shape (parameters[CNN_PARAMETER_WEIGHT]);
  if (weight->n_dims != 4 || groups < 1 || groups > (gint64) weight->dims[0])
    {
      g_autofree char *text = cnn_shape_to_string (weight);

      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "weight is %s in %" G_GINT64_FORMAT " groups, expected O×I×kH×kW", text, groups);
      return FALSE;
    }

  if (cnn_onnx_node_get_input (node, 2) != NULL)
    {
      parameters[CNN_PARAMETER_BIAS] = cnn_onnx_importer_get_tensor (self, node, 2, error);
      if (parameters[CNN_PARAMETER_BIAS] == NULL)
        return FALSE;
    }

  cnn_attributes_init (&attributes);
  attributes.groups = groups;
  for (guint i = 0; i < 2; i++)
    attributes.kernel[i] = MIN (weight->dims[2 + i], MAX_WINDOW);
  if (!read_window (self, node, maps, &attributes, error))
    return FALSE;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_CONVOLUTION, &attributes,
                                 &maps->layer, 1, parameters, error);
}

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
import_max_pool (CnnOnnxImporter    *self,
                 const CnnOnnxNode  *node,
                 GError            **error)
{
  CnnOnnxValue *maps = get_maps (self, node, error);
  CnnAttributes attributes;
  guint layer;

  /* Zeros around are no padding to a maximum: get_layer refuses them. */
  if (maps == NULL || !cnn_onnx_importer_get_layer (self, node, 0, &layer, error) ||
      !check_pool (node, error))
    return FALSE;

  cnn_attributes_init (&attributes);
  attributes.ceil_mode = cnn_onnx_node_get_integer (node, "ceil_mode", 0) != 0;
  if (!read_window (self, node, maps, &attributes, error))
    return FALSE;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_MAX_POOL, &attributes, &layer, 1, NULL, error);
}

static gboolean
has_padding (const guint padding[4])
{
  return padding[0] > 0 || padding[1] > 0 || padding[2] > 0 || padding[3] > 0;
}

static gboolean
import_average_pool (CnnOnnxImporter    *self,
                     const CnnOnnxNode  *node,
                     GError            **error)
{
  CnnOnnxValue *maps = get_maps (self, node, error);
  CnnAttributes attributes;

  if (maps == NULL || !check_pool (node, error))
    return FALSE;

  cnn_attributes_init (&attributes);
  attributes.ceil_mode = cnn_onnx_node_get_integer (node, "ceil_mode", 0) != 0;
  attributes.count_include_pad = cnn_onnx_node_get_integer (node, "count_include_pad", 0) != 0;
  if (!read_window (self, node, maps, &attributes, error))
    return FALSE;

  if (attributes.dilation[0] != 1 || attributes.dilation[1] != 1)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "is dilated, expected a dense window");
      return FALSE;
    }

  /* Zeros that a Pad put there count; they can be told from those of the pooling
   * itself only if there are none of these, or they count too. */
  if (has_padding (maps->padding) && !attributes.count_include_pad)
    {
      if (memcmp (attributes.padding, maps->padding, sizeof attributes.padding) != 0)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                       "has padding that does not count after a Pad that does");
          return FALSE;
        }
      attributes.count_include_pad = TRUE;
    }

  return cnn_onnx_importer_emit (self, node, CNN_KIND_AVERAGE_POOL, &attributes,
                                 &maps->layer, 1, NULL, error);
}

static gboolean
import_global_average_pool (CnnOnnxImporter    *self,
                            const CnnOnnxNode  *node,
                            GError            **error)
{
  CnnAttributes attributes;
  guint layer;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_attributes_init (&attributes);
  attributes.output_size[0] = attributes.output_size[1] = 1;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_ADAPTIVE_AVERAGE_POOL, &attributes,
                                 &layer, 1, NULL, error);
}

/* Axes come as an attribute, since opset 18 as input 1. */
static GArray *
get_axes (CnnOnnxImporter    *self,
          const CnnOnnxNode  *node,
          GError            **error)
{
  const CnnOnnxAttribute *attribute = cnn_onnx_node_find_attribute (node, "axes");

  if (cnn_onnx_node_get_input (node, 1) != NULL)
    return cnn_onnx_importer_get_integers (self, node, 1, error);

  if (attribute != NULL && attribute->integers != NULL)
    return attribute->integers;

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "goes over all axes, expected height and width");

  return NULL;
}

/* The mean over height and width is global average pooling; without keepdims it
 * is flattened as well. */
static gboolean
import_reduce_mean (CnnOnnxImporter    *self,
                    const CnnOnnxNode  *node,
                    GError            **error)
{
  GArray *axes = get_axes (self, node, error);
  gboolean seen[4] = { FALSE };
  CnnAttributes attributes;
  guint layer;

  if (axes == NULL || get_maps (self, node, error) == NULL ||
      !cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  for (guint i = 0; i < axes->len; i++)
    {
      guint axis;

      if (!cnn_onnx_importer_get_axis (g_array_index (axes, gint64, i), 4, &axis, error))
        return FALSE;
      seen[axis] = TRUE;
    }

  if (seen[0] || seen[1] || !seen[2] || !seen[3])
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "goes over other axes than height and width");
      return FALSE;
    }

  cnn_attributes_init (&attributes);
  attributes.output_size[0] = attributes.output_size[1] = 1;
  attributes.axis = 1;
  layer = cnn_onnx_importer_add_layer (self, node, "", CNN_KIND_ADAPTIVE_AVERAGE_POOL, &attributes,
                                       &layer, 1, NULL, error);
  if (layer != CNN_NO_LAYER && cnn_onnx_node_get_integer (node, "keepdims", 1) == 0)
    layer = cnn_onnx_importer_add_layer (self, node, ".flatten", CNN_KIND_FLATTEN, &attributes,
                                         &layer, 1, NULL, error);

  return layer != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, layer, error);
}

/* The pads of all axes, begins then ends: an attribute, since opset 11 input 1. */
static gboolean
read_pad_amounts (CnnOnnxImporter    *self,
                  const CnnOnnxNode  *node,
                  guint               padding[4],
                  GError            **error)
{
  const CnnOnnxAttribute *attribute = cnn_onnx_node_find_attribute (node, "pads");
  GArray *pads = attribute != NULL ? attribute->integers : NULL;

  if (pads == NULL)
    pads = cnn_onnx_importer_get_integers (self, node, 1, error);
  if (pads == NULL)
    return FALSE;

  for (guint i = 0; i < pads->len; i++)
    {
      gint64 amount = g_array_index (pads, gint64, i);
      guint axis = i % 4;

      if (pads->len != 8 || amount < 0 || amount > MAX_WINDOW || (axis < 2 && amount != 0))
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                       "pads other axes than height and width, or takes away");
          return FALSE;
        }

      if (axis >= 2)
        padding[(i / 4) * 2 + axis - 2] = amount;
    }

  return TRUE;
}

static gboolean
check_pad_value (CnnOnnxImporter    *self,
                 const CnnOnnxNode  *node,
                 GError            **error)
{
  const char *mode = cnn_onnx_node_get_text (node, "mode", "constant");
  float value = cnn_onnx_node_get_number (node, "value", 0);

  if (cnn_onnx_node_get_input (node, 2) != NULL)
    {
      CnnTensor *constant = cnn_onnx_importer_get_tensor (self, node, 2, error);

      if (constant == NULL)
        return FALSE;
      value = cnn_tensor_get_n_elements (constant) > 0 ? cnn_tensor_get_data (constant)[0] : 0;
    }

  if (g_str_equal (mode, "constant") && value == 0)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "pads in mode %s with %g, expected zeros", mode, value);

  return FALSE;
}

/* No layer of its own: the zeros become padding of what comes next. */
static gboolean
import_pad (CnnOnnxImporter    *self,
            const CnnOnnxNode  *node,
            GError            **error)
{
  CnnOnnxValue *maps = get_maps (self, node, error);
  guint padding[4] = { 0 };
  CnnOnnxValue padded;

  if (maps == NULL || !read_pad_amounts (self, node, padding, error))
    return FALSE;

  /* PyTorch writes a Pad of nothing before some poolings. */
  if (has_padding (padding) && !check_pad_value (self, node, error))
    return FALSE;

  padded = *maps;
  for (guint i = 0; i < G_N_ELEMENTS (padding); i++)
    padded.padding[i] = MIN (padded.padding[i] + padding[i], MAX_WINDOW);

  return cnn_onnx_importer_set_value (self, g_ptr_array_index (node->outputs, 0), &padded, error);
}

const CnnOnnxOperator cnn_onnx_window_operators[] = {
  { "AveragePool", import_average_pool, "auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides" },
  { "Conv", import_conv, "auto_pad dilations group kernel_shape pads strides" },
  { "GlobalAveragePool", import_global_average_pool, "" },
  { "MaxPool", import_max_pool, "auto_pad ceil_mode dilations kernel_shape pads storage_order strides" },
  { "Pad", import_pad, "mode pads value" },
  { "ReduceMean", import_reduce_mean, "axes keepdims noop_with_empty_axes" },
  { NULL }
};
