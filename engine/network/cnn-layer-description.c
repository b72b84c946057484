#define G_LOG_DOMAIN "cnn-layer-description"

#include "network/cnn-layer.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* People read this, so that it speaks their language; all else of the engine is
 * for programs, too, and English. */

/* "3", or "3×1" where height and width differ. */
static char *
format_pair (guint height,
             guint width)
{
  return height == width ? g_strdup_printf ("%u", height) : g_strdup_printf ("%u×%u", height, width);
}

/* Appends what a window's settings have that is out of the ordinary. */
static void
append_window (GString             *text,
               const CnnAttributes *attributes)
{
  const guint *padding = attributes->padding;

  if (attributes->stride[0] != 1 || attributes->stride[1] != 1)
    {
      g_autofree char *stride = format_pair (attributes->stride[0], attributes->stride[1]);

      g_string_append_printf (text, _(", stride %s"), stride);
    }

  if (padding[0] != padding[2] || padding[1] != padding[3])
    {
      g_string_append_printf (text, _(", padding top %u, left %u, bottom %u, right %u"),
                              padding[0], padding[1], padding[2], padding[3]);
    }
  else if (padding[0] != 0 || padding[1] != 0)
    {
      g_autofree char *pair = format_pair (padding[0], padding[1]);

      g_string_append_printf (text, _(", padding %s"), pair);
    }

  if (attributes->dilation[0] != 1 || attributes->dilation[1] != 1)
    {
      g_autofree char *dilation = format_pair (attributes->dilation[0], attributes->dilation[1]);

      g_string_append_printf (text, _(", dilation %s"), dilation);
    }
}

static void
describe_convolution (GString  *text,
                      CnnLayer *layer)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);
  const CnnShape *weight = cnn_tensor_get_shape (cnn_layer_get_parameter (layer, CNN_PARAMETER_WEIGHT));
  gboolean is_depthwise = attributes->groups > 1 && weight->dims[1] == 1;

  g_string_append_printf (text,
                          is_depthwise ? ngettext ("%u×%u depthwise convolution, %zu filter",
                                                   "%u×%u depthwise convolution, %zu filters",
                                                   weight->dims[0])
                                       : ngettext ("%u×%u convolution, %zu filter",
                                                   "%u×%u convolution, %zu filters",
                                                   weight->dims[0]),
                          attributes->kernel[0], attributes->kernel[1], weight->dims[0]);
  append_window (text, attributes);

  if (attributes->groups > 1 && !is_depthwise)
    g_string_append_printf (text, ngettext (", %u group", ", %u groups", attributes->groups), attributes->groups);
}

G_GNUC_PRINTF (3, 0) static void
describe_pool (GString    *text,
               CnnLayer   *layer,
               const char *format)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);

  g_string_append_printf (text, format, attributes->kernel[0], attributes->kernel[1]);
  append_window (text, attributes);

  if (attributes->ceil_mode)
    g_string_append (text, _(", rounded up"));
}

static void
describe_adaptive_pool (GString  *text,
                        CnnLayer *layer)
{
  const guint *size = cnn_layer_get_attributes (layer)->output_size;
  gboolean is_maximum = cnn_layer_get_kind (layer) == CNN_KIND_ADAPTIVE_MAX_POOL;

  if (size[0] == 1 && size[1] == 1)
    g_string_append (text, is_maximum ? _("global max pooling") : _("global average pooling"));
  else
    g_string_append_printf (text, is_maximum ? _("adaptive max pooling to %u×%u")
                                             : _("adaptive average pooling to %u×%u"),
                            size[0], size[1]);
}

/* "2, 3" for the bits 2 and 3. */
static char *
format_axes (guint axes)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < CNN_MAX_DIMS; i++)
    if ((axes & 1u << i) != 0)
      g_string_append_printf (text, "%s%u", text->len > 0 ? ", " : "", i);

  return g_string_free (text, FALSE);
}

static void
describe_reduction (GString  *text,
                    CnnLayer *layer)
{
  g_autofree char *axes = format_axes (cnn_layer_get_attributes (layer)->axes);

  switch (cnn_layer_get_kind (layer))
    {
    case CNN_KIND_REDUCE_MEAN:
      g_string_append_printf (text, _("mean over dimensions %s"), axes);
      break;

    case CNN_KIND_REDUCE_SUM:
      g_string_append_printf (text, _("sum over dimensions %s"), axes);
      break;

    case CNN_KIND_REDUCE_MAX:
      g_string_append_printf (text, _("maximum over dimensions %s"), axes);
      break;

    default:
      g_string_append_printf (text, _("minimum over dimensions %s"), axes);
    }
}

static void
describe_norm (GString  *text,
               CnnLayer *layer)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);
  gsize n_channels = cnn_layer_get_shape (layer)->dims[1];
  g_autofree char *axes = format_axes (attributes->axes);

  switch (cnn_layer_get_kind (layer))
    {
    case CNN_KIND_BATCH_NORM:
      g_string_append_printf (text, ngettext ("batch normalisation of %zu channel",
                                              "batch normalisation of %zu channels", n_channels),
                              n_channels);
      break;

    case CNN_KIND_INSTANCE_NORM:
      g_string_append_printf (text, ngettext ("instance normalisation of %zu channel",
                                              "instance normalisation of %zu channels", n_channels),
                              n_channels);
      break;

    case CNN_KIND_GROUP_NORM:
      g_string_append_printf (text, ngettext ("group normalisation, %u group",
                                              "group normalisation, %u groups", attributes->groups),
                              attributes->groups);
      break;

    case CNN_KIND_LAYER_NORM:
      g_string_append_printf (text, _("layer normalisation over dimensions %s"), axes);
      break;

    default:
      g_string_append_printf (text, ngettext ("local response normalisation over %u channel",
                                              "local response normalisation over %u channels",
                                              attributes->size),
                              attributes->size);
    }
}

static void
describe_linear (GString  *text,
                 CnnLayer *layer)
{
  const CnnShape *weight = cnn_tensor_get_shape (cnn_layer_get_parameter (layer, CNN_PARAMETER_WEIGHT));

  g_string_append_printf (text, _("linear, %zu inputs, %zu outputs"),
                          weight->dims[1], weight->dims[0]);
}

static void
describe_clip (GString  *text,
               CnnLayer *layer)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);

  if (attributes->minimum == 0 && attributes->maximum == 6)
    g_string_append (text, "ReLU6");
  else if (isinf (attributes->maximum))
    g_string_append_printf (text, _("clip to %g or more"), attributes->minimum);
  else if (isinf (attributes->minimum))
    g_string_append_printf (text, _("clip to %g or less"), attributes->maximum);
  else
    g_string_append_printf (text, _("clip to %g … %g"), attributes->minimum, attributes->maximum);
}

/* What a function of one number is called. */
static void
describe_function (GString  *text,
                   CnnLayer *layer)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);

  switch (cnn_layer_get_kind (layer))
    {
    case CNN_KIND_RELU:
      g_string_append (text, "ReLU");
      break;
    case CNN_KIND_CLIP:
      describe_clip (text, layer);
      break;
    case CNN_KIND_LEAKY_RELU:
      g_string_append_printf (text, _("leaky ReLU, slope %g"), attributes->alpha);
      break;
    case CNN_KIND_PRELU:
      g_string_append (text, "PReLU");
      break;
    case CNN_KIND_ELU:
      g_string_append (text, attributes->gamma == 1 ? "ELU" : "SELU");
      break;
    case CNN_KIND_SIGMOID:
      g_string_append (text, _("sigmoid"));
      break;
    case CNN_KIND_HARD_SIGMOID:
      g_string_append (text, _("hard sigmoid"));
      break;
    case CNN_KIND_HARD_SWISH:
      g_string_append (text, "hard swish");
      break;
    case CNN_KIND_SILU:
      g_string_append (text, "SiLU");
      break;
    case CNN_KIND_GELU:
      g_string_append (text, "GELU");
      break;
    case CNN_KIND_MISH:
      g_string_append (text, "Mish");
      break;
    case CNN_KIND_SOFTPLUS:
      g_string_append (text, "softplus");
      break;
    case CNN_KIND_SOFTSIGN:
      g_string_append (text, "softsign");
      break;
    case CNN_KIND_TANH:
      g_string_append (text, "tanh");
      break;
    case CNN_KIND_ERF:
      g_string_append (text, "erf");
      break;
    case CNN_KIND_EXP:
      g_string_append (text, "exp");
      break;
    case CNN_KIND_LOG:
      g_string_append (text, "ln");
      break;
    case CNN_KIND_SQRT:
      g_string_append (text, _("square root"));
      break;
    case CNN_KIND_RECIPROCAL:
      g_string_append (text, "1 / x");
      break;
    case CNN_KIND_ABS:
      g_string_append (text, "|x|");
      break;
    case CNN_KIND_NEGATE:
      g_string_append (text, "−x");
      break;
    case CNN_KIND_FLOOR:
      g_string_append (text, _("rounding down"));
      break;
    case CNN_KIND_CEIL:
      g_string_append (text, _("rounding up"));
      break;
    case CNN_KIND_ROUND:
      g_string_append (text, _("rounding"));
      break;
    default:
      g_assert_not_reached ();
    }
}

/* With a constant, as a formula: "x + 3", "1 − x", "x · [64×1×1]". */
static void
describe_arithmetic_with_constant (GString   *text,
                                   CnnLayer  *layer,
                                   CnnTensor *constant)
{
  static const char *const formats[] = { "%s + %s", "%s − %s", "%s · %s", "%s / %s",
                                         "min (%s, %s)", "max (%s, %s)", "%s ^ %s" };
  gboolean is_first = cnn_layer_get_attributes (layer)->constant_first;
  const char *format = formats[cnn_layer_get_kind (layer) - CNN_KIND_ADD];
  g_autofree char *number = NULL;

  if (cnn_tensor_get_n_elements (constant) == 1)
    {
      number = g_strdup_printf ("%g", cnn_tensor_get_data (constant)[0]);
    }
  else
    {
      g_autofree char *shape = cnn_shape_to_string (cnn_tensor_get_shape (constant));

      number = g_strdup_printf ("[%s]", shape);
    }

  if (is_first)
    g_string_append_printf (text, format, number, "x");
  else
    g_string_append_printf (text, format, "x", number);
}

static void
describe_arithmetic (GString  *text,
                     CnnLayer *layer)
{
  CnnTensor *constant = cnn_layer_get_parameter (layer, CNN_PARAMETER_WEIGHT);
  guint n = cnn_layer_get_n_inputs (layer);

  if (constant != NULL && n == 1)
    {
      describe_arithmetic_with_constant (text, layer, constant);
      return;
    }

  switch (cnn_layer_get_kind (layer))
    {
    case CNN_KIND_ADD:
      g_string_append_printf (text, ngettext ("sum of %u layer", "sum of %u layers", n), n);
      break;
    case CNN_KIND_SUBTRACT:
      g_string_append (text, _("difference of two layers"));
      break;
    case CNN_KIND_MULTIPLY:
      g_string_append_printf (text, ngettext ("product of %u layer", "product of %u layers", n), n);
      break;
    case CNN_KIND_DIVIDE:
      g_string_append (text, _("quotient of two layers"));
      break;
    case CNN_KIND_MINIMUM:
      g_string_append_printf (text, ngettext ("minimum of %u layer", "minimum of %u layers", n), n);
      break;
    case CNN_KIND_MAXIMUM:
      g_string_append_printf (text, ngettext ("maximum of %u layer", "maximum of %u layers", n), n);
      break;
    case CNN_KIND_POWER:
      g_string_append (text, _("one layer to the power of another"));
      break;
    default:
      g_assert_not_reached ();
    }

  if (constant != NULL)
    g_string_append (text, _(" and a constant"));
}

static void
describe_concat (GString  *text,
                 CnnLayer *layer)
{
  guint axis = cnn_layer_get_attributes (layer)->axis;

  g_string_append_printf (text, ngettext ("concatenation of %u layer", "concatenation of %u layers",
                                          cnn_layer_get_n_inputs (layer)), cnn_layer_get_n_inputs (layer));
  if (axis != 1)
    g_string_append_printf (text, _(" along axis %u"), axis);
}

/* What of each dimension is taken, where that is not all of it. */
static void
describe_slice (GString  *text,
                CnnLayer *layer)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);
  const CnnShape *in = cnn_layer_get_shape (cnn_layer_get_input (layer, 0));
  const CnnShape *out = cnn_layer_get_shape (layer);

  g_string_append (text, _("slice"));

  for (guint i = 1; i < out->n_dims; i++)
    if (out->dims[i] != in->dims[i] || attributes->step[i] != 1)
      {
        gsize last = attributes->begin[i] + (out->dims[i] - 1) * attributes->step[i];

        g_string_append_printf (text, _(", %zu … %zu of dimension %u"), attributes->begin[i], last, i);
        if (attributes->step[i] != 1)
          g_string_append_printf (text, _(" in steps of %zd"), attributes->step[i]);
      }
}

static void
describe_transpose (GString  *text,
                    CnnLayer *layer)
{
  const guint *permutation = cnn_layer_get_attributes (layer)->permutation;
  g_autoptr (GString) order = g_string_new ("0");

  for (guint i = 1; i < cnn_layer_get_shape (layer)->n_dims; i++)
    g_string_append_printf (order, ", %u", permutation[i]);

  g_string_append_printf (text, _("dimensions in the order %s"), order->str);
}

static void
describe_pad (GString  *text,
              CnnLayer *layer)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);

  switch (attributes->pad_mode)
    {
    case CNN_PAD_REFLECT:
      g_string_append (text, _("padding, mirrored"));
      break;

    case CNN_PAD_EDGE:
      g_string_append (text, _("padding with the edge"));
      break;

    case CNN_PAD_CONSTANT:
    default:
      g_string_append_printf (text, _("padding with %g"), attributes->pad_value);
    }

  for (guint i = 1; i < cnn_layer_get_shape (layer)->n_dims; i++)
    if (attributes->begin[i] != 0 || attributes->end[i] != 0)
      g_string_append_printf (text, _(", %zu and %zu along dimension %u"),
                              attributes->begin[i], attributes->end[i], i);
}

static void
describe_conv_transpose (GString  *text,
                         CnnLayer *layer)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);
  gsize n = cnn_layer_get_shape (layer)->dims[1];

  g_string_append_printf (text, ngettext ("%u×%u transposed convolution, %zu filter",
                                          "%u×%u transposed convolution, %zu filters", n),
                          attributes->kernel[0], attributes->kernel[1], n);
  append_window (text, attributes);

  if (attributes->groups > 1)
    g_string_append_printf (text, ngettext (", %u group", ", %u groups", attributes->groups), attributes->groups);
}

static void
describe_resize (GString  *text,
                 CnnLayer *layer)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);

  g_string_append_printf (text, attributes->interpolation == CNN_INTERPOLATION_LINEAR
                                ? _("resize to %u×%u, linear") : _("resize to %u×%u, nearest"),
                          attributes->output_size[0], attributes->output_size[1]);
}

static void
describe_quantize (GString  *text,
                   CnnLayer *layer)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);

  g_string_append_printf (text, _("quantisation to %g … %g"), attributes->minimum, attributes->maximum);
}

static void
describe_unknown (GString  *text,
                  CnnLayer *layer)
{
  const char *operator = cnn_layer_get_operator (layer);

  if (cnn_layer_get_problem (layer) != NULL)
    g_string_append_printf (text, _("%s, which is not known"), operator);
  else
    g_string_append_printf (text, _("%s, after a layer that is not known"), operator);
}

/**
 * cnn_layer_dup_description:
 * @self: a layer
 *
 * Says in a few words of the user's language what the layer does. Settings that are as usual
 * (a stride of one, no padding) are not mentioned.
 *
 * Returns: (transfer full): for example `3×3 convolution, 64 filters, stride 2,
 *   padding 1`
 */
char *
cnn_layer_dup_description (CnnLayer *self)
{
  g_autoptr (GString) text = NULL;
  g_autofree char *shape = NULL;
  guint n_groups, size;

  g_return_val_if_fail (CNN_IS_LAYER (self), NULL);

  text = g_string_new (NULL);

  switch (cnn_layer_get_kind (self))
    {
    case CNN_KIND_INPUT:
      shape = cnn_shape_to_string (cnn_layer_get_shape (self));
      g_string_append_printf (text, _("input, %s"), shape);
      break;

    case CNN_KIND_CONVOLUTION:
      describe_convolution (text, self);
      break;

    case CNN_KIND_CONV_TRANSPOSE:
      describe_conv_transpose (text, self);
      break;

    case CNN_KIND_LINEAR:
      describe_linear (text, self);
      break;

    case CNN_KIND_MATMUL:
      g_string_append (text, _("product of matrices"));
      break;

    case CNN_KIND_RESIZE:
      describe_resize (text, self);
      break;

    case CNN_KIND_DEPTH_TO_SPACE:
      size = cnn_layer_get_attributes (self)->size;
      g_string_append_printf (text, _("channels to squares of %u×%u"), size, size);
      break;

    case CNN_KIND_SPACE_TO_DEPTH:
      size = cnn_layer_get_attributes (self)->size;
      g_string_append_printf (text, _("squares of %u×%u to channels"), size, size);
      break;

    case CNN_KIND_QUANTIZE:
      describe_quantize (text, self);
      break;

    case CNN_KIND_DEQUANTIZE:
      g_string_append (text, _("dequantisation"));
      break;

    case CNN_KIND_BATCH_NORM:
    case CNN_KIND_LAYER_NORM:
    case CNN_KIND_GROUP_NORM:
    case CNN_KIND_INSTANCE_NORM:
    case CNN_KIND_LOCAL_RESPONSE_NORM:
      describe_norm (text, self);
      break;

    case CNN_KIND_MAX_POOL:
      describe_pool (text, self, _("%u×%u max pooling"));
      break;

    case CNN_KIND_AVERAGE_POOL:
      describe_pool (text, self, _("%u×%u average pooling"));
      break;

    case CNN_KIND_ADAPTIVE_AVERAGE_POOL:
    case CNN_KIND_ADAPTIVE_MAX_POOL:
      describe_adaptive_pool (text, self);
      break;

    case CNN_KIND_REDUCE_MEAN:
    case CNN_KIND_REDUCE_SUM:
    case CNN_KIND_REDUCE_MAX:
    case CNN_KIND_REDUCE_MIN:
      describe_reduction (text, self);
      break;

    case CNN_KIND_ADD:
    case CNN_KIND_SUBTRACT:
    case CNN_KIND_MULTIPLY:
    case CNN_KIND_DIVIDE:
    case CNN_KIND_MINIMUM:
    case CNN_KIND_MAXIMUM:
    case CNN_KIND_POWER:
      describe_arithmetic (text, self);
      break;

    case CNN_KIND_CONCAT:
      describe_concat (text, self);
      break;

    case CNN_KIND_FLATTEN:
      g_string_append (text, _("flatten"));
      break;

    case CNN_KIND_RESHAPE:
      shape = cnn_shape_to_string (cnn_layer_get_shape (self));
      g_string_append_printf (text, _("reshape to %s"), shape);
      break;

    case CNN_KIND_TRANSPOSE:
      describe_transpose (text, self);
      break;

    case CNN_KIND_SLICE:
      describe_slice (text, self);
      break;

    case CNN_KIND_EXPAND:
      shape = cnn_shape_to_string (cnn_layer_get_shape (self));
      g_string_append_printf (text, _("repeat to %s"), shape);
      break;

    case CNN_KIND_PAD:
      describe_pad (text, self);
      break;

    case CNN_KIND_CHANNEL_SHUFFLE:
      n_groups = cnn_layer_get_attributes (self)->groups;
      g_string_append_printf (text, ngettext ("channel shuffle, %u group", "channel shuffle, %u groups", n_groups),
                              n_groups);
      break;

    case CNN_KIND_IDENTITY:
      g_string_append (text, _("identity"));
      break;

    case CNN_KIND_DROPOUT:
      g_string_append (text, _("dropout (only in training)"));
      break;

    case CNN_KIND_SOFTMAX:
      g_string_append (text, "softmax");
      break;

    case CNN_KIND_UNKNOWN:
      describe_unknown (text, self);
      break;

    /* The functions of one number. */
    default:
      describe_function (text, self);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}
