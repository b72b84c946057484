/* Numbers and classes as people read them. */

#include "fovea-format.h"

#include <langinfo.h>
#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

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
