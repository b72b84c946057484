/* Numbers and classes as people read them. */

#include "fovea-format.h"

#include <langinfo.h>
#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

#define MINUS_SIGN "−"

/**
 * fovea_format_percent:
 * @probability: from 0 to 1, or NaN as weights that are not numbers give it
 *
 * Writes a probability in percent with one decimal. What rounding would make
 * certain or impossible is said to be beyond the last decimal instead.
 *
 * Returns: (transfer full): the text
 */
char *
fovea_format_percent (double probability)
{
  if (isnan (probability))
    return g_strdup (_("not a number"));
  if (probability > 0 && probability < 0.0005)
    return g_strdup_printf (_("< %.1f %%"), 0.1);
  if (probability < 1 && probability >= 0.9995)
    return g_strdup_printf (_("> %.1f %%"), 99.9);

  return g_strdup_printf (_("%.1f %%"), 100 * probability);
}

/**
 * fovea_format_count:
 * @count: a number of things
 *
 * Writes a whole number with the locale's separator between thousands, and a
 * comma where the locale has none.
 *
 * Returns: (transfer full): the text
 */
char *
fovea_format_count (guint64 count)
{
  const char *separator = nl_langinfo (THOUSEP);
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, count);
  g_autofree char *local = NULL;
  gsize n_digits = strlen (digits);
  GString *text = g_string_new (NULL);

  /* The locale's own encoding need not be UTF-8. */
  if (*separator != '\0')
    local = g_locale_to_utf8 (separator, -1, NULL, NULL, NULL);

  for (gsize i = 0; i < n_digits; i++)
    {
      if (i > 0 && (n_digits - i) % 3 == 0)
        g_string_append (text, local != NULL ? local : ",");
      g_string_append_c (text, digits[i]);
    }

  return g_string_free (text, FALSE);
}

static gboolean
has_name (CnnLabels *labels,
          int        index)
{
  return labels != NULL && index >= 0 && (guint) index < cnn_labels_get_size (labels);
}

/**
 * fovea_format_class:
 * @labels: (nullable): the classes
 * @index: a class, or %CNN_NO_LABEL
 *
 * Returns: (transfer full): the short name of a class, or its number where it
 *   has no name
 */
char *
fovea_format_class (CnnLabels *labels,
                    int        index)
{
  if (has_name (labels, index))
    return cnn_labels_dup_short_name (labels, index);
  if (index < 0)
    return g_strdup (_("No class"));

  return g_strdup_printf (_("Class %d"), index);
}

/**
 * fovea_format_class_full:
 * @labels: (nullable): the classes
 * @index: a class, or %CNN_NO_LABEL
 *
 * Returns: (transfer full): the number of a class and all its names
 */
char *
fovea_format_class_full (CnnLabels *labels,
                         int        index)
{
  if (has_name (labels, index))
    return g_strdup_printf ("%d  %s", index, cnn_labels_get_name (labels, index));

  return fovea_format_class (labels, index);
}

/**
 * fovea_format_value:
 * @value: a number of a tensor, say
 *
 * Returns: (transfer full): @value in three figures, such as `−3.21` or
 *   `4.5e−05`, with a true minus sign
 */
char *
fovea_format_value (double value)
{
  g_autofree char *ascii = NULL;
  GString *string;

  if (isnan (value))
    return g_strdup (_("not a number"));
  if (isinf (value))
    return g_strdup (value > 0 ? "∞" : MINUS_SIGN "∞");

  ascii = fabs (value) >= 1000 && fabs (value) < 1e6 ? g_strdup_printf ("%.0f", value)
                                                      : g_strdup_printf ("%.3g", value);
  string = g_string_new (ascii);
  g_string_replace (string, "-", MINUS_SIGN, 0);

  return g_string_free (string, FALSE);
}

/**
 * fovea_format_shape:
 * @shape: the shape of a layer's output, with the N in front
 *
 * Returns: (transfer full): @shape for one picture, such as `64×55×55`; empty where
 *   it is not known
 */
char *
fovea_format_shape (const CnnShape *shape)
{
  CnnShape rest = { 0 };

  if (shape->n_dims == 0)
    return g_strdup ("");

  for (guint i = 1; i < shape->n_dims; i++)
    rest.dims[rest.n_dims++] = shape->dims[i];

  return cnn_shape_to_string (&rest);
}

/**
 * fovea_format_kind:
 * @kind: a kind of layer
 *
 * Returns: what the kind is called in the window, translated
 */
const char *
fovea_format_kind (CnnKind kind)
{
  switch (kind)
    {
    case CNN_KIND_INPUT:
      return _("Input");
    case CNN_KIND_CONVOLUTION:
      return _("Convolution");
    case CNN_KIND_CONV_TRANSPOSE:
      return _("Transposed convolution");
    case CNN_KIND_LINEAR:
      return _("Linear");
    case CNN_KIND_MATMUL:
      return _("Matrix product");
    case CNN_KIND_BATCH_NORM:
      return _("Batch normalisation");
    case CNN_KIND_LAYER_NORM:
      return _("Layer normalisation");
    case CNN_KIND_GROUP_NORM:
      return _("Group normalisation");
    case CNN_KIND_INSTANCE_NORM:
      return _("Instance normalisation");
    case CNN_KIND_LOCAL_RESPONSE_NORM:
      return _("Local response normalisation");
    case CNN_KIND_RELU:
      return _("ReLU");
    case CNN_KIND_CLIP:
      return _("Clip");
    case CNN_KIND_LEAKY_RELU:
      return _("Leaky ReLU");
    case CNN_KIND_PRELU:
      return _("PReLU");
    case CNN_KIND_ELU:
      return _("ELU");
    case CNN_KIND_SIGMOID:
      return _("Sigmoid");
    case CNN_KIND_HARD_SIGMOID:
      return _("Hard sigmoid");
    case CNN_KIND_HARD_SWISH:
      return _("Hard swish");
    case CNN_KIND_SILU:
      return _("SiLU");
    case CNN_KIND_GELU:
      return _("GELU");
    case CNN_KIND_MISH:
      return _("Mish");
    case CNN_KIND_SOFTPLUS:
      return _("Softplus");
    case CNN_KIND_SOFTSIGN:
      return _("Softsign");
    case CNN_KIND_TANH:
      return _("Hyperbolic tangent");
    case CNN_KIND_ERF:
      return _("Error function");
    case CNN_KIND_EXP:
      return _("Exponential");
    case CNN_KIND_LOG:
      return _("Logarithm");
    case CNN_KIND_SQRT:
      return _("Square root");
    case CNN_KIND_RECIPROCAL:
      return _("Reciprocal");
    case CNN_KIND_ABS:
      return _("Absolute value");
    case CNN_KIND_NEGATE:
      return _("Negation");
    case CNN_KIND_FLOOR:
      return _("Rounding down");
    case CNN_KIND_CEIL:
      return _("Rounding up");
    case CNN_KIND_ROUND:
      return _("Rounding");
    case CNN_KIND_MAX_POOL:
      return _("Max pooling");
    case CNN_KIND_AVERAGE_POOL:
      return _("Average pooling");
    case CNN_KIND_ADAPTIVE_AVERAGE_POOL:
      return _("Adaptive average pooling");
    case CNN_KIND_ADAPTIVE_MAX_POOL:
      return _("Adaptive max pooling");
    case CNN_KIND_REDUCE_MEAN:
      return _("Mean");
    case CNN_KIND_REDUCE_SUM:
      return _("Sum");
    case CNN_KIND_REDUCE_MAX:
      return _("Maximum");
    case CNN_KIND_REDUCE_MIN:
      return _("Minimum");
    case CNN_KIND_RESIZE:
      return _("Resize");
    case CNN_KIND_ADD:
      return _("Addition");
    case CNN_KIND_SUBTRACT:
      return _("Subtraction");
    case CNN_KIND_MULTIPLY:
      return _("Multiplication");
    case CNN_KIND_DIVIDE:
      return _("Division");
    case CNN_KIND_MINIMUM:
      return _("Lesser");
    case CNN_KIND_MAXIMUM:
      return _("Greater");
    case CNN_KIND_POWER:
      return _("Power");
    case CNN_KIND_CONCAT:
      return _("Concatenation");
    case CNN_KIND_FLATTEN:
      return _("Flatten");
    case CNN_KIND_RESHAPE:
      return _("Reshape");
    case CNN_KIND_TRANSPOSE:
      return _("Transpose");
    case CNN_KIND_SLICE:
      return _("Slice");
    case CNN_KIND_EXPAND:
      return _("Repeat");
    case CNN_KIND_PAD:
      return _("Padding");
    case CNN_KIND_CHANNEL_SHUFFLE:
      return _("Channel shuffle");
    case CNN_KIND_DEPTH_TO_SPACE:
      return _("Depth to space");
    case CNN_KIND_SPACE_TO_DEPTH:
      return _("Space to depth");
    case CNN_KIND_IDENTITY:
      return _("Identity");
    case CNN_KIND_DROPOUT:
      return _("Dropout");
    case CNN_KIND_SOFTMAX:
      return _("Softmax");
    case CNN_KIND_QUANTIZE:
      return _("Quantisation");
    case CNN_KIND_DEQUANTIZE:
      return _("Dequantisation");
    case CNN_KIND_UNKNOWN:
      return _("Unknown");
    default:
      g_return_val_if_reached ("");
    }
}
