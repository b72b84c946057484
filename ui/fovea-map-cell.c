#define G_LOG_DOMAIN "fovea-map-cell"

#include "fovea-map-cell.h"

#include <glib/gi18n.h>
#include <math.h>

/* Between the square and the caption. */
#define GAP 2
#define RADIUS 4

struct _FoveaMapCell
{
  GtkWidget parent_instance;

  int size;

  /* Owned References */
  FoveaMap *map;
  PangoLayout *caption;
};

enum
{
  PROP_0,
  PROP_MAP,
  PROP_SIZE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FoveaMapCell, fovea_map_cell, GTK_TYPE_WIDGET)

static PangoLayout *
map_cell_get_caption (FoveaMapCell *self)
{
  if (self->caption == NULL)
    self->caption = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);

  return self->caption;
}

static int
map_cell_get_caption_height (FoveaMapCell *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int height = PANGO_PIXELS_CEIL (pango_font_metrics_get_height (metrics));

  pango_font_metrics_unref (metrics);

  return height;
}

static void
fovea_map_cell_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  FoveaMapCell *self = FOVEA_MAP_CELL (widget);

  *minimum = self->size;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum += GAP + map_cell_get_caption_height (self);
  *natural = *minimum;
}

static GtkSizeRequestMode
fovea_map_cell_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

/* A saltire, so that an empty map does not pass for one that could not be
 * drawn. */
static void
map_cell_mark_dead (GtkSnapshot           *snapshot,
                    const graphene_rect_t *bounds,
                    const GdkRGBA         *color)
{
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, bounds);
  double x = bounds->origin.x, y = bounds->origin.y;
  double inset_x = bounds->size.width / 3, inset_y = bounds->size.height / 3;

  gdk_cairo_set_source_rgba (cr, color);
  cairo_set_line_width (cr, 1.5);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_move_to (cr, x + inset_x, y + inset_y);
  cairo_line_to (cr, x + 2 * inset_x, y + 2 * inset_y);
  cairo_move_to (cr, x + 2 * inset_x, y + inset_y);
  cairo_line_to (cr, x + inset_x, y + 2 * inset_y);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

/* The largest rectangle of the map's proportions in the square, on whole
 * pixels. */
static graphene_rect_t
map_cell_get_bounds (FoveaMapCell *self)
{
  double columns = fovea_map_get_columns (self->map);
  double rows = fovea_map_get_rows (self->map);
  double scale = self->size / MAX (columns, rows);
  int width = MAX (1, round (columns * scale));
  int height = MAX (1, round (rows * scale));
  int left = (gtk_widget_get_width (GTK_WIDGET (self)) - width) / 2;
  int top = (self->size - height) / 2;

  return GRAPHENE_RECT_INIT (left, top, width, height);
}

static void
fovea_map_cell_snapshot (GtkWidget   *widget,
                         GtkSnapshot *snapshot)
{
  FoveaMapCell *self = FOVEA_MAP_CELL (widget);
  PangoLayout *caption = map_cell_get_caption (self);
  int scale = gtk_widget_get_scale_factor (widget);
  int caption_width;
  graphene_rect_t bounds;
  GskRoundedRect clip;
  GdkRGBA color;

  if (self->map == NULL)
    return;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  bounds = map_cell_get_bounds (self);

  gsk_rounded_rect_init_from_rect (&clip, &bounds, RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &clip);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &bounds.origin);
  /* A unit of the map's texture is a pixel of the screen. */
  gtk_snapshot_scale (snapshot, 1.f / scale, 1.f / scale);
  gdk_paintable_snapshot (GDK_PAINTABLE (self->map), snapshot,
                          bounds.size.width * scale, bounds.size.height * scale);
  gtk_snapshot_restore (snapshot);
  if (fovea_map_is_dead (self->map))
    map_cell_mark_dead (snapshot, &bounds, &(GdkRGBA) { 0.5f, 0.5f, 0.5f, 1 });
  gtk_snapshot_pop (snapshot);

  pango_layout_get_pixel_size (caption, &caption_width, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((gtk_widget_get_width (widget) - caption_width) / 2,
                                                self->size + GAP));
  gtk_snapshot_append_layout (snapshot, caption, &color);
  gtk_snapshot_restore (snapshot);
}

static gboolean
fovea_map_cell_query_tooltip (GtkWidget  *widget,
                              int         x,
                              int         y,
                              gboolean    keyboard_tooltip,
                              GtkTooltip *tooltip)
{
  FoveaMapCell *self = FOVEA_MAP_CELL (widget);
  g_autofree char *text = NULL;

  if (self->map == NULL)
    return FALSE;

  text = fovea_map_dup_description (self->map);
  gtk_tooltip_set_text (tooltip, text);

  return TRUE;
}

static void
fovea_map_cell_css_changed (GtkWidget         *widget,
                            GtkCssStyleChange *change)
{
  FoveaMapCell *self = FOVEA_MAP_CELL (widget);

  GTK_WIDGET_CLASS (fovea_map_cell_parent_class)->css_changed (widget, change);

  if (self->caption != NULL)
    pango_layout_context_changed (self->caption);
}

static void
fovea_map_cell_dispose (GObject *object)
{
  FoveaMapCell *self = FOVEA_MAP_CELL (object);

  fovea_map_cell_set_map (self, NULL);
  g_clear_object (&self->caption);

  G_OBJECT_CLASS (fovea_map_cell_parent_class)->dispose (object);
}

static void
fovea_map_cell_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  FoveaMapCell *self = FOVEA_MAP_CELL (object);

  switch (property_id)
    {
    case PROP_MAP:
      g_value_set_object (value, self->map);
      break;
    case PROP_SIZE:
      g_value_set_int (value, self->size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_map_cell_set_property (GObject      *object,
                             guint         property_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  FoveaMapCell *self = FOVEA_MAP_CELL (object);

  switch (property_id)
    {
    case PROP_MAP:
      fovea_map_cell_set_map (self, g_value_get_object (value));
      break;
    case PROP_SIZE:
      fovea_map_cell_set_size (self, g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_map_cell_class_init (FoveaMapCellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fovea_map_cell_dispose;
  object_class->get_property = fovea_map_cell_get_property;
  object_class->set_property = fovea_map_cell_set_property;

  widget_class->measure = fovea_map_cell_measure;
  widget_class->get_request_mode = fovea_map_cell_get_request_mode;
  widget_class->snapshot = fovea_map_cell_snapshot;
  widget_class->query_tooltip = fovea_map_cell_query_tooltip;
  widget_class->css_changed = fovea_map_cell_css_changed;

  /**
   * FoveaMapCell:map:
   *
   * The map that is shown.
   */
  properties[PROP_MAP] =
    g_param_spec_object ("map", NULL, NULL, FOVEA_TYPE_MAP,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaMapCell:size:
   *
   * Side of the square, in logical pixels.
   */
  properties[PROP_SIZE] =
    g_param_spec_int ("size", NULL, NULL, 1, G_MAXINT16, 96,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "fovea-map-cell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fovea_map_cell_init (FoveaMapCell *self)
{
  self->size = 96;
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

/**
 * fovea_map_cell_new:
 *
 * Returns: (transfer floating): a new cell, without a map
 */
GtkWidget *
fovea_map_cell_new (void)
{
  return g_object_new (FOVEA_TYPE_MAP_CELL, NULL);
}

FoveaMap *
fovea_map_cell_get_map (FoveaMapCell *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP_CELL (self), NULL);

  return self->map;
}

/* The row that GTK puts around the cell is what takes the focus, so it bears the
 * name as well. */
static void
map_cell_refresh (FoveaMapCell *self)
{
  g_autofree char *description = fovea_map_dup_description (self->map);
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
  if (parent != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (parent),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * fovea_map_cell_set_map:
 * @self: a cell
 * @map: (nullable): the map to show
 *
 * Shows another map, and lets go of the texture of the one that was shown.
 */
void
fovea_map_cell_set_map (FoveaMapCell *self,
                        FoveaMap     *map)
{
  g_return_if_fail (FOVEA_IS_MAP_CELL (self));
  g_return_if_fail (map == NULL || FOVEA_IS_MAP (map));

  if (self->map == map)
    return;

  if (self->map != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->map, map_cell_refresh, self);
      fovea_map_drop_texture (self->map);
    }
  g_set_object (&self->map, map);

  if (map != NULL)
    {
      g_autofree char *caption = g_strdup_printf ("%u", fovea_map_get_channel (map));

      g_signal_connect_swapped (map, "invalidate-contents", G_CALLBACK (map_cell_refresh), self);
      pango_layout_set_text (map_cell_get_caption (self), caption, -1);
      map_cell_refresh (self);
    }

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAP]);
}

int
fovea_map_cell_get_size (FoveaMapCell *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP_CELL (self), 0);

  return self->size;
}

/**
 * fovea_map_cell_set_size:
 * @self: a cell
 * @size: side of the square, in logical pixels
 *
 * Sets how large the map is drawn.
 */
void
fovea_map_cell_set_size (FoveaMapCell *self,
                         int           size)
{
  g_return_if_fail (FOVEA_IS_MAP_CELL (self));

  if (self->size == size)
    return;

  self->size = size;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIZE]);
}
