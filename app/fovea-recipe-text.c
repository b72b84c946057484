#define G_LOG_DOMAIN "fovea-recipe-text"

#include "config.h"

#include "fovea-recipe-text.h"

#include <glib/gi18n.h>

static const char *
get_filter_title (CnnFilter filter)
{
  switch (filter)
    {
    case CNN_FILTER_LANCZOS:
      return _("Lanczos");
    case CNN_FILTER_BICUBIC:
      return _("Bicubic");
    default:
      return _("Bilinear");
    }
}

static char *
format_triple (const float *triple)
{
  if (triple[0] == triple[1] && triple[1] == triple[2])
    return g_strdup_printf ("%.3g", triple[0]);

  return g_strdup_printf ("%.3g %.3g %.3g", triple[0], triple[1], triple[2]);
}

/**
 * fovea_recipe_dup_text:
 * @recipe: how pictures are prepared
 *
 * Returns: (transfer full): it in a line for people
 */
char *
fovea_recipe_dup_text (const CnnRecipe *recipe)
{
  g_autofree char *mean = format_triple (recipe->mean);
  g_autofree char *std = format_triple (recipe->std);

  /* Translators: the shorter side after resizing, the filter, the side of the crop,
   * then the numbers for red, green and blue */
  return g_strdup_printf (_("%u pixels, %s, crop %u, mean %s, deviation %s"),
                          recipe->short_side, get_filter_title (recipe->filter), recipe->crop_size, mean, std);
}
