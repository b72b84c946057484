#define G_LOG_DOMAIN "cnn-onnx"

/* Convolutions, and what they share with pooling. */

#include "formats/onnx/cnn-onnx-window-private.h"

#include "core/cnn-error.h"

/* Kernels, strides and so on that are greater than this are damage. */
#define MAX_WINDOW 65535

/* Reads an attribute of n integers that are not negative; leaves values as they
 * are where there is no such attribute. */
gboolean
cnn_onnx_node_read_sizes (const CnnOnnxNode  *self,
                          const char         *name,
                          guint              *values,
                          guint               n,
                          GError            **error)
{
  const CnnOnnxAttribute *attribute = cnn_onnx_node_find_attribute (self, name);

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
    return cnn_onnx_node_read_sizes (node, "pads", attributes->padding, 4, error);

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
CnnOnnxValue *
cnn_onnx_importer_get_maps (CnnOnnxImporter    *self,
                            const CnnOnnxNode  *node,
                            GError            **error)
{
  CnnOnnxValue *value = cnn_onnx_importer_get_value (self, node, 0, error);
  CnnOnnxLayer layer;
  CnnShape shape = { 0 };

  if (value == NULL)
    return NULL;

  /* What is to be turned round or is a constant is dealt with there. */
  if (value->pad == NULL && !cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return NULL;

  cnn_onnx_importer_get_shape (self, &value->layer, &shape);
  if (shape.n_dims != 4 || value->layer.lead != 0)
    {
      g_autofree char *text = cnn_shape_to_string (&shape);

      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "input is %s, expected pictures or feature maps, N×C×H×W", text);
      return NULL;
    }

  return value;
}

/* Kernel, strides, dilations and padding; the kernel is already set where the
 * weights tell it. */
gboolean
cnn_onnx_importer_read_window (CnnOnnxImporter     *self,
                               const CnnOnnxNode   *node,
                               const CnnOnnxValue  *maps,
                               CnnAttributes       *attributes,
                               GError             **error)
{
  CnnShape input;

  cnn_onnx_importer_get_shape (self, &maps->layer, &input);
  for (guint i = 0; i < 2 && maps->pad != NULL; i++)
    input.dims[2 + i] += maps->padding[i] + maps->padding[2 + i];

  if (!cnn_onnx_node_read_sizes (node, "kernel_shape", attributes->kernel, 2, error) ||
      !cnn_onnx_node_read_sizes (node, "strides", attributes->stride, 2, error) ||
      !cnn_onnx_node_read_sizes (node, "dilations", attributes->dilation, 2, error) ||
      !read_padding (node, &input, attributes, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (attributes->padding) && maps->pad != NULL; i++)
    attributes->padding[i] += maps->padding[i];

  return TRUE;
}

/* Weight and bias, and what the weight tells of the window. */
static gboolean
read_kernel (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             CnnTensor         **parameters,
             CnnAttributes      *attributes,
             GError            **error)
{
  gint64 groups = cnn_onnx_node_get_integer (node, "group", 1);
  const CnnShape *weight;

  parameters[CNN_PARAMETER_WEIGHT] = cnn_onnx_importer_get_tensor (self, node, 1, error);
  if (parameters[CNN_PARAMETER_WEIGHT] == NULL)
    return FALSE;

  weight = cnn_tensor_get_shape (parameters[CNN_PARAMETER_WEIGHT]);
  if (weight->n_dims != 4 || groups < 1 || groups > G_MAXINT32)
    {
      g_autofree char *text = cnn_shape_to_string (weight);

      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "weight is %s in %" G_GINT64_FORMAT " groups, expected four dimensions", text, groups);
      return FALSE;
    }

  if (cnn_onnx_importer_has_input (node, 2))
    {
      parameters[CNN_PARAMETER_BIAS] = cnn_onnx_importer_get_tensor (self, node, 2, error);
      if (parameters[CNN_PARAMETER_BIAS] == NULL)
        return FALSE;
    }

  attributes->groups = groups;
  for (guint i = 0; i < 2; i++)
    attributes->kernel[i] = MIN (weight->dims[2 + i], MAX_WINDOW);

  return TRUE;
}

static gboolean
import_conv (CnnOnnxImporter        *self,
             const CnnOnnxNode      *node,
             const CnnOnnxOperator  *operator,
             GError                **error)
{
  CnnOnnxValue *maps = cnn_onnx_importer_get_maps (self, node, error);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  if (maps == NULL || !read_kernel (self, node, parameters, &attributes, error) ||
      !cnn_onnx_importer_read_window (self, node, maps, &attributes, error))
    return FALSE;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_CONVOLUTION, &attributes, &maps->layer, parameters, error);
}

/* Where the node says how large the output is to be, or that it is to be the input's
 * size times the stride (SAME), what is to be taken away follows. */
static gboolean
set_transposed_padding (const CnnOnnxNode  *node,
                        const CnnShape     *input,
                        CnnAttributes      *attributes,
                        GError            **error)
{
  const char *mode = cnn_onnx_node_get_text (node, "auto_pad", "NOTSET");
  gboolean is_same = g_str_has_prefix (mode, "SAME_");
  guint wanted[2];

  for (guint i = 0; i < 2; i++)
    wanted[i] = MIN (input->dims[2 + i] * attributes->stride[i], G_MAXUINT);

  if (!cnn_onnx_node_read_sizes (node, "output_shape", wanted, 2, error))
    return FALSE;

  if (!is_same && cnn_onnx_node_find_attribute (node, "output_shape") == NULL)
    return read_padding (node, input, attributes, error);

  for (guint i = 0; i < 2; i++)
    {
      gsize whole = (input->dims[2 + i] - 1) * attributes->stride[i] + attributes->output_padding[i] +
                    ((gsize) attributes->kernel[i] - 1) * attributes->dilation[i] + 1;
      gsize total = whole > wanted[i] ? whole - wanted[i] : 0;

      /* What is missing is added at the end, as the specification's reference does. */
      if (whole < wanted[i])
        attributes->output_padding[i] += wanted[i] - whole;
      attributes->padding[i] = g_str_equal (mode, "SAME_UPPER") ? total / 2 : total - total / 2;
      attributes->padding[2 + i] = total - attributes->padding[i];
    }

  return TRUE;
}

static gboolean
import_conv_transpose (CnnOnnxImporter        *self,
                       const CnnOnnxNode      *node,
                       const CnnOnnxOperator  *operator,
                       GError                **error)
{
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnShape input;

  /* Zeros around would have to be taken away again: they become a layer. */
  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error) || cnn_onnx_importer_get_maps (self, node, error) == NULL)
    return FALSE;

  cnn_attributes_init (&attributes);
  if (!read_kernel (self, node, parameters, &attributes, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, &layer, &input);
  if (!cnn_onnx_node_read_sizes (node, "kernel_shape", attributes.kernel, 2, error) ||
      !cnn_onnx_node_read_sizes (node, "strides", attributes.stride, 2, error) ||
      !cnn_onnx_node_read_sizes (node, "dilations", attributes.dilation, 2, error) ||
      !cnn_onnx_node_read_sizes (node, "output_padding", attributes.output_padding, 2, error) ||
      !set_transposed_padding (node, &input, &attributes, error))
    return FALSE;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_CONV_TRANSPOSE, &attributes, &layer, parameters, error);
}

const CnnOnnxOperator cnn_onnx_window_operators[] = {
  { "Conv", "auto_pad dilations group kernel_shape pads strides", import_conv },
  { "ConvTranspose", "auto_pad dilations group kernel_shape output_padding output_shape pads strides", import_conv_transpose },
  { NULL }
};
