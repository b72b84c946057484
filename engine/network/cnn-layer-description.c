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

  if (size[0] == 1 && size[1] == 1)
    g_string_append (text, _("global average pooling"));
  else
    g_string_append_printf (text, _("adaptive average pooling to %u×%u"), size[0], size[1]);
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

    case CNN_KIND_LINEAR:
      describe_linear (text, self);
      break;

    case CNN_KIND_BATCH_NORM:
      g_string_append_printf (text, ngettext ("batch normalisation of %zu channel",
                                              "batch normalisation of %zu channels",
                                              cnn_layer_get_shape (self)->dims[1]),
                              cnn_layer_get_shape (self)->dims[1]);
      break;

    case CNN_KIND_RELU:
      g_string_append (text, "ReLU");
      break;

    case CNN_KIND_CLIP:
      describe_clip (text, self);
      break;

    case CNN_KIND_MAX_POOL:
      describe_pool (text, self, _("%u×%u max pooling"));
      break;

    case CNN_KIND_AVERAGE_POOL:
      describe_pool (text, self, _("%u×%u average pooling"));
      break;

    case CNN_KIND_ADAPTIVE_AVERAGE_POOL:
      describe_adaptive_pool (text, self);
      break;

    case CNN_KIND_ADD:
      g_string_append_printf (text, ngettext ("sum of %u layer", "sum of %u layers",
                                              cnn_layer_get_n_inputs (self)), cnn_layer_get_n_inputs (self));
      break;

    case CNN_KIND_CONCAT:
      describe_concat (text, self);
      break;

    case CNN_KIND_FLATTEN:
      g_string_append (text, _("flatten"));
      break;

    case CNN_KIND_DROPOUT:
      g_string_append (text, _("dropout (only in training)"));
      break;

    case CNN_KIND_SOFTMAX:
      g_string_append (text, "softmax");
      break;

    default:
      g_assert_not_reached ();
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}
