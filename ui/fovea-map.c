#define G_LOG_DOMAIN "fovea-map"

#include "fovea-map.h"

#include "fovea-format.h"

#include <glib/gi18n.h>
#include <math.h>

/* No texture is larger than this, whatever size it is drawn at. */
#define MAX_SIDE 4096

struct _FoveaMap
{
  GObject parent_instance;

  guint channel;
  guint columns;
  guint rows;
  FoveaMapStatistics statistics;
  FoveaColorMap color_map;
  float low;
  float high;

  /* Borrowed from tensor */
  const float *values;

  /* Owned References */
  CnnTensor *tensor;
  GdkTexture *texture;
};

static void
fovea_map_snapshot (GdkPaintable *paintable,
                    GdkSnapshot  *snapshot,
                    double        width,
                    double        height)
{
  FoveaMap *self = FOVEA_MAP (paintable);
  int pixel_width = CLAMP (ceil (width), 1, MAX_SIDE);
  int pixel_height = CLAMP (ceil (height), 1, MAX_SIDE);

  if (self->texture == NULL ||
      gdk_texture_get_width (self->texture) != pixel_width ||
      gdk_texture_get_height (self->texture) != pixel_height)
    {
      fovea_map_drop_texture (self);
      self->texture = fovea_map_new_texture (self, pixel_width, pixel_height);
    }

  gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (0, 0, width, height));
}

static int
fovea_map_get_intrinsic_width (GdkPaintable *paintable)
{
  return FOVEA_MAP (paintable)->columns;
}

static int
fovea_map_get_intrinsic_height (GdkPaintable *paintable)
{
  return FOVEA_MAP (paintable)->rows;
}

static GdkPaintableFlags
fovea_map_get_flags (GdkPaintable *paintable)
{
  return 0;
}

static void
paintable_init (GdkPaintableInterface *iface)
{
  iface->snapshot = fovea_map_snapshot;
  iface->get_intrinsic_width = fovea_map_get_intrinsic_width;
  iface->get_intrinsic_height = fovea_map_get_intrinsic_height;
  iface->get_flags = fovea_map_get_flags;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaMap, fovea_map, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, paintable_init))

static void
fovea_map_finalize (GObject *object)
{
  FoveaMap *self = FOVEA_MAP (object);

  g_clear_pointer (&self->tensor, cnn_tensor_unref);
  g_clear_object (&self->texture);

  G_OBJECT_CLASS (fovea_map_parent_class)->finalize (object);
}

static void
fovea_map_class_init (FoveaMapClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fovea_map_finalize;
}

static void
fovea_map_init (FoveaMap *self)
{
}

/**
 * fovea_map_statistics_init:
 * @self: (out caller-allocates): where to put the numbers
 * @values: (array length=n_values): a map's values
 * @n_values: how many there are
 *
 * Sums up @values. Without any number among them, everything is 0.
 */
void
fovea_map_statistics_init (FoveaMapStatistics *self,
                           const float        *values,
                           gsize               n_values)
{
  float minimum = INFINITY, maximum = -INFINITY;
  gsize n_numbers = 0, n_zeros = 0;
  double sum = 0;

  for (gsize i = 0; i < n_values; i++)
    {
      float value = values[i];

      /* Comparisons with what is no number are false, so it takes no part. */
      minimum = value < minimum ? value : minimum;
      maximum = value > maximum ? value : maximum;
      n_zeros += value == 0;
      n_numbers += value == value;
      sum += value == value ? value : 0;
    }

  *self = (FoveaMapStatistics) { .n_values = n_values };
  if (n_numbers > 0)
    {
      self->minimum = minimum;
      self->maximum = maximum;
      self->mean = sum / n_numbers;
      self->n_zeros = n_zeros;
    }
}

/**
 * fovea_map_new:
 * @tensor: a tensor N×C×H×W with N, H and W of at least 1
 * @channel: which of the C
 *
 * Returns: (transfer full): a map that shows @channel of the first picture in
 *   @tensor, in grey from its least value to its greatest
 */
FoveaMap *
fovea_map_new (CnnTensor *tensor,
               guint      channel)
{
  g_autoptr (FoveaMap) self = g_object_new (FOVEA_TYPE_MAP, NULL);

  self->channel = channel;
  fovea_map_set_tensor (self, tensor);
  self->low = self->statistics.minimum;
  self->high = self->statistics.maximum;

  return g_steal_pointer (&self);
}

/**
 * fovea_map_set_tensor:
 * @self: a map
 * @tensor: a tensor N×C×H×W with N, H and W of at least 1, and a C that has the
 *   channel of @self
 *
 * Shows the same channel of another tensor, in the colours of before. Going
 * from layer to layer in this way, the widgets that show the map stay bound.
 */
void
fovea_map_set_tensor (FoveaMap  *self,
                      CnnTensor *tensor)
{
  const CnnShape *shape = cnn_tensor_get_shape (tensor);
  gsize n_values;
  gboolean resized;

  g_return_if_fail (FOVEA_IS_MAP (self));
  g_return_if_fail (shape->n_dims == 4 && self->channel < shape->dims[1]);
  g_return_if_fail (shape->dims[0] > 0 && shape->dims[2] > 0 && shape->dims[3] > 0);

  if (self->tensor == tensor)
    return;

  resized = self->rows != shape->dims[2] || self->columns != shape->dims[3];
  g_clear_pointer (&self->tensor, cnn_tensor_unref);
  self->tensor = cnn_tensor_ref (tensor);
  self->rows = shape->dims[2];
  self->columns = shape->dims[3];
  n_values = (gsize) self->rows * self->columns;
  self->values = cnn_tensor_get_data (tensor) + self->channel * n_values;
  fovea_map_statistics_init (&self->statistics, self->values, n_values);

  fovea_map_drop_texture (self);
  if (resized)
    gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

guint
fovea_map_get_channel (FoveaMap *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP (self), 0);

  return self->channel;
}

guint
fovea_map_get_columns (FoveaMap *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP (self), 0);

  return self->columns;
}

guint
fovea_map_get_rows (FoveaMap *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP (self), 0);

  return self->rows;
}

float
fovea_map_get_value (FoveaMap *self,
                     guint     column,
                     guint     row)
{
  g_return_val_if_fail (FOVEA_IS_MAP (self), 0);
  g_return_val_if_fail (column < self->columns && row < self->rows, 0);

  return self->values[(gsize) row * self->columns + column];
}

/**
 * fovea_map_get_pixel:
 * @self: a map
 * @column: a cell's column
 * @row: a cell's row
 *
 * Returns: the colour in which the cell is drawn, as a native-endian 0xAARRGGBB
 */
guint32
fovea_map_get_pixel (FoveaMap *self,
                     guint     column,
                     guint     row)
{
  return fovea_color_map_look_up (self->color_map, self->low, self->high,
                                  fovea_map_get_value (self, column, row));
}

const FoveaMapStatistics *
fovea_map_get_statistics (FoveaMap *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP (self), NULL);

  return &self->statistics;
}

/**
 * fovea_map_is_dead:
 * @self: a map
 *
 * Returns: whether every value is 0: no cell of this channel answers to the
 *   picture
 */
gboolean
fovea_map_is_dead (FoveaMap *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP (self), FALSE);

  return self->statistics.n_zeros == self->statistics.n_values;
}

/**
 * fovea_map_set_colors:
 * @self: a map
 * @color_map: how numbers become colours
 * @low: the value of the first colour
 * @high: the value of the last colour
 *
 * Sets how @self looks.
 */
void
fovea_map_set_colors (FoveaMap      *self,
                      FoveaColorMap  color_map,
                      float          low,
                      float          high)
{
  g_return_if_fail (FOVEA_IS_MAP (self));

  if (self->color_map == color_map && self->low == low && self->high == high)
    return;

  self->color_map = color_map;
  self->low = low;
  self->high = high;

  fovea_map_drop_texture (self);
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

/**
 * fovea_map_new_texture:
 * @self: a map
 * @width: a width in pixels, at least 1
 * @height: a height in pixels, at least 1
 *
 * Returns: (transfer full): a new picture of @self, for whoever draws it at a
 *   size of its own
 */
GdkTexture *
fovea_map_new_texture (FoveaMap *self,
                       guint     width,
                       guint     height)
{
  g_return_val_if_fail (FOVEA_IS_MAP (self), NULL);

  return fovea_color_map_new_texture (self->color_map, self->low, self->high,
                                      self->values, self->columns, self->rows,
                                      width, height);
}

/**
 * fovea_map_drop_texture:
 * @self: a map
 *
 * Gives back the memory of the texture; it is made anew when @self is drawn.
 */
void
fovea_map_drop_texture (FoveaMap *self)
{
  g_return_if_fail (FOVEA_IS_MAP (self));

  g_clear_object (&self->texture);
}

/**
 * fovea_map_dup_description:
 * @self: a map
 *
 * Returns: (transfer full): the channel and its statistics in words
 */
char *
fovea_map_dup_description (FoveaMap *self)
{
  const FoveaMapStatistics *statistics = fovea_map_get_statistics (self);
  g_autofree char *minimum = fovea_format_value (statistics->minimum);
  g_autofree char *maximum = fovea_format_value (statistics->maximum);
  g_autofree char *mean = fovea_format_value (statistics->mean);

  if (fovea_map_is_dead (self))
    return g_strdup_printf (_("Channel %u: dead, all zero"), self->channel);

  return g_strdup_printf (_("Channel %u: %s … %s, mean %s, %.0f %% zeros"),
                          self->channel, minimum, maximum, mean,
                          100.0 * statistics->n_zeros / statistics->n_values);
}
