#define G_LOG_DOMAIN "fovea-color-map"

#include "fovea-color-map.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* One colour for each of so many steps, and one more for what is no number. */
#define N_STEPS 256
#define NOT_A_NUMBER N_STEPS
#define NOT_A_NUMBER_COLOR 0xffff00ffu

G_DEFINE_ENUM_TYPE (FoveaColorMap, fovea_color_map,
                    G_DEFINE_ENUM_VALUE (FOVEA_COLOR_MAP_GREY, "grey"),
                    G_DEFINE_ENUM_VALUE (FOVEA_COLOR_MAP_VIRIDIS, "viridis"),
                    G_DEFINE_ENUM_VALUE (FOVEA_COLOR_MAP_DIVERGING, "diverging"))

/* Pixels are what Cairo calls ARGB32 and GDK its default: a native-endian word,
 * alpha in the highest byte. */
static guint32
pack_pixel (double red,
            double green,
            double blue)
{
  return 0xff000000u |
         (guint32) lround (CLAMP (red, 0, 1) * 255) << 16 |
         (guint32) lround (CLAMP (green, 0, 1) * 255) << 8 |
         (guint32) lround (CLAMP (blue, 0, 1) * 255);
}

static guint32
grey_color (double t)
{
  return pack_pixel (t, t, t);
}

/* Ten colours of viridis (Smith and van der Walt, 2015), evenly spaced; straight
 * lines between them stay within 2 steps of 255 of the original. */
static guint32
viridis_color (double t)
{
  static const guint8 points[][3] = {
    { 0x44, 0x01, 0x54 }, { 0x48, 0x28, 0x78 }, { 0x3e, 0x49, 0x89 }, { 0x31, 0x68, 0x8e },
    { 0x26, 0x82, 0x8e }, { 0x1f, 0x9e, 0x89 }, { 0x35, 0xb7, 0x79 }, { 0x6d, 0xcd, 0x59 },
    { 0xb4, 0xde, 0x2c }, { 0xfd, 0xe7, 0x25 },
  };
  double position = t * (G_N_ELEMENTS (points) - 1);
  guint i = MIN ((guint) position, G_N_ELEMENTS (points) - 2);
  double f = position - i;

#define MIX(k) ((points[i][k] + f * (points[i + 1][k] - points[i][k])) / 255)
  return pack_pixel (MIX (0), MIX (1), MIX (2));
#undef MIX
}

static double
encode_srgb (double linear)
{
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow (linear, 1 / 2.4) - 0.055;
}

/* Lightness, chroma and hue (radians) of OKLab to sRGB; the matrices are from
 * Björn Ottosson, "A perceptual color space for image processing", 2020. */
static guint32
oklch_color (double lightness,
             double chroma,
             double hue)
{
  double a = chroma * cos (hue);
  double b = chroma * sin (hue);
  double l = pow (lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
  double m = pow (lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
  double s = pow (lightness - 0.0894841775 * a - 1.2914855480 * b, 3);

  return pack_pixel (encode_srgb (4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
                     encode_srgb (-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
                     encode_srgb (-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s));
}

/* Equally dark at both ends, so that neither sign looks like the greater; blue
 * and orange differ to every kind of colour-blindness. */
static guint32
diverging_color (double t)
{
  double x = fabs (2 * t - 1);
  double hue = (t < 0.5 ? 255 : 48) * G_PI / 180;

  return oklch_color (0.97 - 0.47 * x, 0.145 * pow (x, 0.75), hue);
}

static const guint32 *
color_map_get_table (FoveaColorMap self)
{
  static guint32 tables[FOVEA_N_COLOR_MAPS][N_STEPS + 1];
  static gsize initialized = 0;

  if (g_once_init_enter (&initialized))
    {
      guint32 (*colors[]) (double) = { grey_color, viridis_color, diverging_color };

      for (guint map = 0; map < FOVEA_N_COLOR_MAPS; map++)
        {
          for (guint i = 0; i < N_STEPS; i++)
            tables[map][i] = colors[map] (i / (N_STEPS - 1.0));
          tables[map][NOT_A_NUMBER] = NOT_A_NUMBER_COLOR;
        }
      g_once_init_leave (&initialized, 1);
    }

  return tables[self];
}

/**
 * fovea_color_map_get_title:
 * @self: a colour map
 *
 * Returns: the name of @self for a menu, translated
 */
const char *
fovea_color_map_get_title (FoveaColorMap self)
{
  switch (self)
    {
    case FOVEA_COLOR_MAP_GREY:
      return _("Grey");
    case FOVEA_COLOR_MAP_VIRIDIS:
      return _("Viridis");
    case FOVEA_COLOR_MAP_DIVERGING:
      return _("Blue–orange around zero");
    default:
      g_return_val_if_reached (NULL);
    }
}

/**
 * fovea_color_map_fit_range:
 * @self: a colour map
 * @low: (inout): the least value that is shown
 * @high: (inout): the greatest
 *
 * Widens the range to what @self shows well: a diverging map needs zero in its
 * middle.
 */
void
fovea_color_map_fit_range (FoveaColorMap  self,
                           float         *low,
                           float         *high)
{
  if (self == FOVEA_COLOR_MAP_DIVERGING)
    {
      *high = MAX (fabsf (*low), fabsf (*high));
      *low = -*high;
    }
}

/* Turns values into indices of the table. */
typedef struct
{
  float low;
  float scale;
  float base;
} Scale;

static Scale
scale_new (FoveaColorMap self,
           float         low,
           float         high)
{
  Scale scale = { low, 0, 0.5f };

  if (high > low)
    scale.scale = (N_STEPS - 1) / (high - low);
  else if (self == FOVEA_COLOR_MAP_DIVERGING)
    scale.base = N_STEPS / 2;           /* a flat map has the colour of zero */

  return scale;
}

static inline guint
scale_apply (const Scale *scale,
             float        value)
{
  float x = (value - scale->low) * scale->scale + scale->base;

  if (G_UNLIKELY (isnan (x)))
    return NOT_A_NUMBER;

  return (guint) CLAMP (x, 0, N_STEPS - 1);
}

/**
 * fovea_color_map_look_up:
 * @self: a colour map
 * @low: the value of the first colour
 * @high: the value of the last colour
 * @value: a number
 *
 * Values outside of the range have the colour of its nearer end; what is no
 * number is magenta.
 *
 * Returns: the colour of @value, as a native-endian 0xAARRGGBB
 */
guint32
fovea_color_map_look_up (FoveaColorMap self,
                         float         low,
                         float         high,
                         float         value)
{
  Scale scale = scale_new (self, low, high);

  return color_map_get_table (self)[scale_apply (&scale, value)];
}

/* Which cells a row (or column) of pixels shows: one where the map is enlarged,
 * all that fall on it where it is reduced. */
static inline void
cells_of_pixel (guint  pixel,
                guint  n_cells,
                guint  n_pixels,
                guint *first,
                guint *end)
{
  *first = (guint64) pixel * n_cells / n_pixels;
  *end = MAX ((guint64) (pixel + 1) * n_cells / n_pixels, *first + 1);
}

static float
mean_of_cells (const float *values,
               guint        columns,
               guint        x0,
               guint        x1,
               guint        y0,
               guint        y1)
{
  float sum = 0;

  for (guint y = y0; y < y1; y++)
    for (guint x = x0; x < x1; x++)
      sum += values[(gsize) y * columns + x];

  return sum / ((x1 - x0) * (y1 - y0));
}

/**
 * fovea_color_map_paint:
 * @self: a colour map
 * @low: the value of the first colour
 * @high: the value of the last colour
 * @values: (array): the map, @rows × @columns numbers, row-major
 * @columns: its width in cells
 * @rows: its height in cells
 * @pixels: (array): where to paint, @height × @width, in GDK_MEMORY_DEFAULT
 * @width: width in pixels, at least 1
 * @height: height in pixels, at least 1
 *
 * Paints a map at a size. Where it is enlarged, each cell is a rectangle of one
 * colour with sharp edges; where it is reduced, a pixel has the colour of the
 * mean of its cells, so that nothing falls between the pixels.
 */
void
fovea_color_map_paint (FoveaColorMap  self,
                       float          low,
                       float          high,
                       const float   *values,
                       guint          columns,
                       guint          rows,
                       guint32       *pixels,
                       guint          width,
                       guint          height)
{
  const guint32 *table = color_map_get_table (self);
  Scale scale = scale_new (self, low, high);
  guint painted = G_MAXUINT;

  g_return_if_fail (columns > 0 && rows > 0);

  for (guint y = 0; y < height; y++)
    {
      guint32 *line = pixels + (gsize) y * width;
      guint y0, y1;

      cells_of_pixel (y, rows, height, &y0, &y1);
      if (y0 == painted)
        {
          memcpy (line, line - width, width * sizeof *line);
          continue;
        }

      for (guint x = 0; x < width; x++)
        {
          guint x0, x1;

          cells_of_pixel (x, columns, width, &x0, &x1);
          line[x] = table[scale_apply (&scale, mean_of_cells (values, columns, x0, x1, y0, y1))];
        }
      painted = y0;
    }
}

/**
 * fovea_color_map_new_texture:
 * @self: a colour map
 * @low: the value of the first colour
 * @high: the value of the last colour
 * @values: (array): the map, @rows × @columns numbers, row-major
 * @columns: its width in cells
 * @rows: its height in cells
 * @width: width of the texture in pixels, at least 1
 * @height: height of the texture in pixels, at least 1
 *
 * Paints a map as [method@ColorMap.paint] does. A texture that is made in the
 * size at which it is drawn looks sharp with any renderer: none of them filters
 * it.
 *
 * Returns: (transfer full): a new texture
 */
GdkTexture *
fovea_color_map_new_texture (FoveaColorMap  self,
                             float          low,
                             float          high,
                             const float   *values,
                             guint          columns,
                             guint          rows,
                             guint          width,
                             guint          height)
{
  gsize stride = (gsize) width * sizeof (guint32);
  guint32 *pixels = g_malloc (stride * height);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, stride * height);

  fovea_color_map_paint (self, low, high, values, columns, rows, pixels, width, height);

  return gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes, stride);
}
