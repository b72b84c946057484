#include "fovea-ui.h"

#include <math.h>

static void
test_known_colors (void)
{
  g_assert_cmphex (fovea_color_map_look_up (FOVEA_COLOR_MAP_GREY, -1, 1, -1), ==, 0xff000000);
  g_assert_cmphex (fovea_color_map_look_up (FOVEA_COLOR_MAP_GREY, -1, 1, 1), ==, 0xffffffff);
  g_assert_cmphex (fovea_color_map_look_up (FOVEA_COLOR_MAP_GREY, 0, 255, 51), ==, 0xff333333);

  g_assert_cmphex (fovea_color_map_look_up (FOVEA_COLOR_MAP_VIRIDIS, 0, 1, 0), ==, 0xff440154);
  g_assert_cmphex (fovea_color_map_look_up (FOVEA_COLOR_MAP_VIRIDIS, 0, 1, 1), ==, 0xfffde725);
  g_assert_cmphex (fovea_color_map_look_up (FOVEA_COLOR_MAP_VIRIDIS, 0, 9, 3), ==, 0xff31688e);
}

static void
test_outside (void)
{
  for (guint map = 0; map < FOVEA_N_COLOR_MAPS; map++)
    {
      guint32 first = fovea_color_map_look_up (map, 2, 4, 2);
      guint32 last = fovea_color_map_look_up (map, 2, 4, 4);

      g_assert_cmphex (fovea_color_map_look_up (map, 2, 4, -100), ==, first);
      g_assert_cmphex (fovea_color_map_look_up (map, 2, 4, 1e30f), ==, last);
      g_assert_cmphex (fovea_color_map_look_up (map, 2, 4, -INFINITY), ==, first);
      g_assert_cmphex (fovea_color_map_look_up (map, 2, 4, INFINITY), ==, last);
      g_assert_cmphex (fovea_color_map_look_up (map, 2, 4, NAN), ==, 0xffff00ff);
    }
}

/* Signs differ in hue, and equal distances from zero in nothing else. */
static void
test_diverging (void)
{
  float low = -1, high = 3;
  guint32 negative, zero, positive;

  fovea_color_map_fit_range (FOVEA_COLOR_MAP_DIVERGING, &low, &high);
  g_assert_cmpfloat (low, ==, -3);
  g_assert_cmpfloat (high, ==, 3);

  negative = fovea_color_map_look_up (FOVEA_COLOR_MAP_DIVERGING, low, high, -3);
  zero = fovea_color_map_look_up (FOVEA_COLOR_MAP_DIVERGING, low, high, 0);
  positive = fovea_color_map_look_up (FOVEA_COLOR_MAP_DIVERGING, low, high, 3);

  g_assert_cmpuint (negative & 0xff, >, negative >> 16 & 0xff);
  g_assert_cmpuint (positive & 0xff, <, positive >> 16 & 0xff);
  g_assert_cmpuint (zero >> 16 & 0xff, >, 0xe0);
  g_assert_cmpuint (zero >> 8 & 0xff, >, 0xe0);
  g_assert_cmpuint (zero & 0xff, >, 0xe0);
}

static void
test_fit_range (void)
{
  float low = -1, high = 3;

  fovea_color_map_fit_range (FOVEA_COLOR_MAP_VIRIDIS, &low, &high);
  g_assert_cmpfloat (low, ==, -1);
  g_assert_cmpfloat (high, ==, 3);
}

static void
test_flat (void)
{
  guint32 zero = fovea_color_map_look_up (FOVEA_COLOR_MAP_DIVERGING, -1, 1, 0);

  g_assert_cmphex (fovea_color_map_look_up (FOVEA_COLOR_MAP_GREY, 5, 5, 5), ==, 0xff000000);
  g_assert_cmphex (fovea_color_map_look_up (FOVEA_COLOR_MAP_DIVERGING, 0, 0, 0), ==, zero);
}

static void
test_enlarge (void)
{
  const float values[] = { 0, 1, 2, 3, 4, 5 };
  guint32 pixels[7 * 5];

  /* 3×2 cells on 7×5 pixels: the edges fall where they fall, but are sharp. */
  fovea_color_map_paint (FOVEA_COLOR_MAP_GREY, 0, 5, values, 3, 2, pixels, 7, 5);

  for (guint y = 0; y < 5; y++)
    for (guint x = 0; x < 7; x++)
      {
        float value = values[y * 2 / 5 * 3 + x * 3 / 7];

        g_assert_cmphex (pixels[y * 7 + x], ==,
                         fovea_color_map_look_up (FOVEA_COLOR_MAP_GREY, 0, 5, value));
      }
}

static void
test_reduce (void)
{
  const float values[] = { 0, 2, 10, 10,
                           4, 2, 10, 10 };
  guint32 pixels[2];

  fovea_color_map_paint (FOVEA_COLOR_MAP_GREY, 0, 10, values, 4, 2, pixels, 2, 1);

  g_assert_cmphex (pixels[0], ==, fovea_color_map_look_up (FOVEA_COLOR_MAP_GREY, 0, 10, 2));
  g_assert_cmphex (pixels[1], ==, 0xffffffff);
}

static void
test_texture (void)
{
  const float values[] = { 0, 1 };
  guint32 pixels[8];
  g_autoptr (GdkTexture) texture =
    fovea_color_map_new_texture (FOVEA_COLOR_MAP_GREY, 0, 1, values, 2, 1, 4, 2);

  g_assert_cmpint (gdk_texture_get_width (texture), ==, 4);
  g_assert_cmpint (gdk_texture_get_height (texture), ==, 2);
  gdk_texture_download (texture, (guchar *) pixels, 4 * sizeof *pixels);
  g_assert_cmphex (pixels[5], ==, 0xff000000);
  g_assert_cmphex (pixels[6], ==, 0xffffffff);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ui/color-map/known-colors", test_known_colors);
  g_test_add_func ("/ui/color-map/outside", test_outside);
  g_test_add_func ("/ui/color-map/diverging", test_diverging);
  g_test_add_func ("/ui/color-map/fit-range", test_fit_range);
  g_test_add_func ("/ui/color-map/flat", test_flat);
  g_test_add_func ("/ui/color-map/enlarge", test_enlarge);
  g_test_add_func ("/ui/color-map/reduce", test_reduce);
  g_test_add_func ("/ui/color-map/texture", test_texture);

  return g_test_run ();
}
