/* Formulas and their numbers as they are set in books. */

#include "fovea-formula.h"

#include <stdlib.h>
#include <string.h>

/* Appends the letters and digits at @text as a subscript, and returns what
 * follows them. */
static const char *
append_subscript (GString    *markup,
                  const char *text)
{
  g_string_append (markup, "<sub>");
  while (g_ascii_isalnum (*text))
    g_string_append_c (markup, *text++);
  g_string_append (markup, "</sub>");

  return text;
}

/**
 * fovea_formula_to_markup:
 * @formula: a formula as the engine writes it, such as `z2(1 − z2)·w_12`
 *
 * Sets what comes after `w_`, and the numbers of `y` and `z`, as subscripts, and
 * a real minus sign.
 *
 * Returns: (transfer full): Pango markup
 */
char *
fovea_formula_to_markup (const char *formula)
{
  g_autofree char *escaped = g_markup_escape_text (formula, -1);
  const char *text = escaped;
  GString *markup = g_string_new (NULL);

  while (*text != '\0')
    {
      char letter = *text++;

      if (letter == '-')
        g_string_append (markup, "−");
      else
        g_string_append_c (markup, letter);

      if (letter == 'w' && *text == '_')
        text = append_subscript (markup, text + 1);
      else if ((letter == 'y' || letter == 'z') && g_ascii_isdigit (*text))
        text = append_subscript (markup, text);
    }

  return g_string_free (markup, FALSE);
}

static void
append_with_minus (GString    *text,
                   const char *number)
{
  for (const char *c = number; *c != '\0'; c++)
    if (*c == '-')
      g_string_append (text, "−");
    else
      g_string_append_c (text, *c);
}

/**
 * fovea_formula_format_number:
 * @value: a number
 * @n_digits: how many digits that count
 *
 * Writes a number with a real minus sign, and a power of ten as such.
 *
 * Returns: (transfer full): for example `−0.0352` or `2.1·10⁻¹⁰`
 */
char *
fovea_formula_format_number (double value,
                             int    n_digits)
{
  static const char *const digits[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
  g_autofree char *plain = g_strdup_printf ("%.*g", n_digits, value);
  char *exponent = strchr (plain, 'e');
  g_autofree char *power = NULL;
  GString *text = g_string_new (NULL);

  if (exponent != NULL)
    {
      *exponent = '\0';
      power = g_strdup_printf ("%d", atoi (exponent + 1));
    }

  append_with_minus (text, plain);

  if (power != NULL)
    {
      g_string_append (text, "·10");
      for (const char *c = power; *c != '\0'; c++)
        g_string_append (text, *c == '-' ? "⁻" : digits[*c - '0']);
    }

  return g_string_free (text, FALSE);
}
