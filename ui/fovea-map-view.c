#define G_LOG_DOMAIN "fovea-map-view"

#include "fovea-map-view.h"

#include "fovea-format.h"

#include <glib/gi18n.h>
#include <math.h>

#define MIN_SIDE 96
#define NATURAL_SIDE 320
/* Between the map and the line that reads it out. */
#define GAP 6
/* From this size on, in logical pixels, a cell bears its value. */
#define VALUE_CELL_SIZE 40
/* From this factor on all cells are of one size, and a little of the space is
 * left; below it every pixel counts. */
#define WHOLE_SCALE 4

struct _FoveaMapView
{
  GtkWidget parent_instance;

  /* The cell that is read out, and where it goes when the pointer leaves; -1 is
   * none. */
  int column;
  int row;
  int pinned_column;
  int pinned_row;

  /* Owned References */
  FoveaMap *map;
  PangoLayout *readout;
  GskRenderNode *drawing;               /* all but the probe */
};

enum
{
  PROP_0,
  PROP_MAP,
  PROP_COLUMN,
  PROP_ROW,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FoveaMapView, fovea_map_view, GTK_TYPE_WIDGET)

static PangoLayout *
map_view_get_readout (FoveaMapView *self)
{
  if (self->readout == NULL)
    {
      self->readout = gtk_widget_create_pango_layout (GTK_WIDGET (self), " ");
      pango_layout_set_alignment (self->readout, PANGO_ALIGN_CENTER);
      pango_layout_set_ellipsize (self->readout, PANGO_ELLIPSIZE_END);
    }

  return self->readout;
}

static int
map_view_get_readout_height (FoveaMapView *self)
{
  int height;

  pango_layout_get_pixel_size (map_view_get_readout (self), NULL, &height);

  return height + GAP;
}

/* Where the map lies: in the middle, on whole pixels of the screen. */
static gboolean
map_view_get_bounds (FoveaMapView    *self,
                     graphene_rect_t *bounds)
{
  int pixel = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int width = gtk_widget_get_width (GTK_WIDGET (self)) * pixel;
  int height = (gtk_widget_get_height (GTK_WIDGET (self)) - map_view_get_readout_height (self)) * pixel;
  double scale;
  int map_width, map_height;

  if (self->map == NULL || width <= 0 || height <= 0)
    return FALSE;

  scale = MIN ((double) width / fovea_map_get_columns (self->map),
               (double) height / fovea_map_get_rows (self->map));
  if (scale >= WHOLE_SCALE)
    scale = floor (scale);
  map_width = MAX (1, round (fovea_map_get_columns (self->map) * scale));
  map_height = MAX (1, round (fovea_map_get_rows (self->map) * scale));

  *bounds = GRAPHENE_RECT_INIT ((width - map_width) / 2 / (float) pixel,
                                (height - map_height) / 2 / (float) pixel,
                                map_width / (float) pixel,
                                map_height / (float) pixel);

  return TRUE;
}

static graphene_rect_t
map_view_get_cell (FoveaMapView          *self,
                   const graphene_rect_t *bounds,
                   int                    column,
                   int                    row)
{
  float width = bounds->size.width / fovea_map_get_columns (self->map);
  float height = bounds->size.height / fovea_map_get_rows (self->map);

  return GRAPHENE_RECT_INIT (bounds->origin.x + column * width, bounds->origin.y + row * height,
                             width, height);
}

/* Black on light cells, white on dark ones (luma of Rec. 709). */
static GdkRGBA
ink_for_pixel (guint32 pixel)
{
  double luma = 0.2126 * (pixel >> 16 & 0xff) + 0.7152 * (pixel >> 8 & 0xff) + 0.0722 * (pixel & 0xff);
  float ink = luma > 130 ? 0 : 1;

  return (GdkRGBA) { ink, ink, ink, 1 };
}

static void
map_view_draw_values (FoveaMapView          *self,
                      GtkSnapshot           *snapshot,
                      const graphene_rect_t *bounds)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);

  for (guint row = 0; row < fovea_map_get_rows (self->map); row++)
    for (guint column = 0; column < fovea_map_get_columns (self->map); column++)
      {
        graphene_rect_t cell = map_view_get_cell (self, bounds, column, row);
        GdkRGBA ink = ink_for_pixel (fovea_map_get_pixel (self->map, column, row));
        g_autofree char *text = fovea_format_value (fovea_map_get_value (self->map, column, row));
        int width, height;

        pango_layout_set_text (layout, text, -1);
        pango_layout_get_pixel_size (layout, &width, &height);
        if (width > cell.size.width)
          continue;

        gtk_snapshot_save (snapshot);
        gtk_snapshot_translate (snapshot,
                                &GRAPHENE_POINT_INIT (cell.origin.x + (cell.size.width - width) / 2,
                                                      cell.origin.y + (cell.size.height - height) / 2));
        gtk_snapshot_append_layout (snapshot, layout, &ink);
        gtk_snapshot_restore (snapshot);
      }
}

static void
map_view_render (FoveaMapView          *self,
                 const graphene_rect_t *bounds)
{
  int pixel = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GdkTexture) texture =
    fovea_map_new_texture (self->map, round (bounds->size.width * pixel),
                           round (bounds->size.height * pixel));

  gtk_snapshot_append_texture (snapshot, texture, bounds);
  if (bounds->size.width / fovea_map_get_columns (self->map) >= VALUE_CELL_SIZE)
    map_view_draw_values (self, snapshot, bounds);

  self->drawing = gtk_snapshot_free_to_node (snapshot);
}

/* White within black: seen on every colour. */
static void
map_view_draw_probe (FoveaMapView          *self,
                     GtkSnapshot           *snapshot,
                     const graphene_rect_t *bounds)
{
  graphene_rect_t cell = map_view_get_cell (self, bounds, self->column, self->row);
  const float widths[] = { 1, 1, 1, 1 };
  const GdkRGBA black = { 0, 0, 0, 1 }, white = { 1, 1, 1, 1 };
  const GdkRGBA blacks[] = { black, black, black, black };
  const GdkRGBA whites[] = { white, white, white, white };
  GskRoundedRect outline;

  graphene_rect_inset (&cell, -1, -1);
  gsk_rounded_rect_init_from_rect (&outline, &cell, 0);
  gtk_snapshot_append_border (snapshot, &outline, widths, whites);
  graphene_rect_inset (&cell, -1, -1);
  gsk_rounded_rect_init_from_rect (&outline, &cell, 0);
  gtk_snapshot_append_border (snapshot, &outline, widths, blacks);
}

static void
fovea_map_view_snapshot (GtkWidget   *widget,
                         GtkSnapshot *snapshot)
{
  FoveaMapView *self = FOVEA_MAP_VIEW (widget);
  PangoLayout *readout = map_view_get_readout (self);
  graphene_rect_t bounds;
  GdkRGBA color;

  if (!map_view_get_bounds (self, &bounds))
    return;

  if (self->drawing == NULL)
    map_view_render (self, &bounds);
  gtk_snapshot_append_node (snapshot, self->drawing);

  if (self->column >= 0 && self->row >= 0)
    map_view_draw_probe (self, snapshot, &bounds);

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  pango_layout_set_width (readout, gtk_widget_get_width (widget) * PANGO_SCALE);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (0, bounds.origin.y + bounds.size.height + GAP));
  gtk_snapshot_append_layout (snapshot, readout, &color);
  gtk_snapshot_restore (snapshot);
}

static void
map_view_invalidate (FoveaMapView *self)
{
  g_clear_pointer (&self->drawing, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
map_view_update_readout (FoveaMapView *self)
{
  g_autofree char *text = NULL;

  if (self->map == NULL)
    {
      text = g_strdup (" ");
    }
  else if (self->column < 0 || self->row < 0)
    {
      text = fovea_map_dup_description (self->map);
    }
  else
    {
      g_autofree char *value =
        fovea_format_value (fovea_map_get_value (self->map, self->column, self->row));

      text = g_strdup_printf (_("Channel %u, row %d, column %d: %s"),
                              fovea_map_get_channel (self->map), self->row, self->column, value);
    }

  pango_layout_set_text (map_view_get_readout (self), text, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Another tensor came into the map: its cells may be fewer. */
static void
map_changed_cb (FoveaMapView *self)
{
  map_view_invalidate (self);

  if (self->pinned_column >= (int) fovea_map_get_columns (self->map) ||
      self->pinned_row >= (int) fovea_map_get_rows (self->map))
    self->pinned_column = self->pinned_row = -1;
  if (self->column >= (int) fovea_map_get_columns (self->map) ||
      self->row >= (int) fovea_map_get_rows (self->map))
    fovea_map_view_set_probe (self, -1, -1);
  map_view_update_readout (self);
}

static void
fovea_map_view_size_allocate (GtkWidget *widget,
                              int        width,
                              int        height,
                              int        baseline)
{
  map_view_invalidate (FOVEA_MAP_VIEW (widget));
}

static void
fovea_map_view_css_changed (GtkWidget         *widget,
                            GtkCssStyleChange *change)
{
  FoveaMapView *self = FOVEA_MAP_VIEW (widget);

  GTK_WIDGET_CLASS (fovea_map_view_parent_class)->css_changed (widget, change);

  if (self->readout != NULL)
    pango_layout_context_changed (self->readout);
  map_view_invalidate (self);
}

static void
fovea_map_view_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  *minimum = MIN_SIDE;
  *natural = NATURAL_SIDE;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      int readout_height = map_view_get_readout_height (FOVEA_MAP_VIEW (widget));

      *minimum += readout_height;
      *natural += readout_height;
    }
}

static void
motion_cb (GtkEventControllerMotion *controller,
           double                    x,
           double                    y,
           gpointer                  user_data)
{
  FoveaMapView *self = user_data;
  int column, row;

  if (fovea_map_view_pick (self, x, y, &column, &row))
    fovea_map_view_set_probe (self, column, row);
  else
    fovea_map_view_set_probe (self, self->pinned_column, self->pinned_row);
}

static void
leave_cb (GtkEventControllerMotion *controller,
          gpointer                  user_data)
{
  FoveaMapView *self = user_data;

  fovea_map_view_set_probe (self, self->pinned_column, self->pinned_row);
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            gpointer         user_data)
{
  FoveaMapView *self = user_data;
  int column, row;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (!fovea_map_view_pick (self, x, y, &column, &row))
    return;

  self->pinned_column = column;
  self->pinned_row = row;
  fovea_map_view_set_probe (self, column, row);
}

static gboolean
step_cb (GtkWidget *widget,
         GVariant  *arguments,
         gpointer   user_data)
{
  FoveaMapView *self = FOVEA_MAP_VIEW (widget);
  int dx, dy;

  if (self->map == NULL)
    return FALSE;

  g_variant_get (arguments, "(ii)", &dx, &dy);
  if (self->column < 0 || self->row < 0)
    {
      self->pinned_column = fovea_map_get_columns (self->map) / 2;
      self->pinned_row = fovea_map_get_rows (self->map) / 2;
    }
  else
    {
      self->pinned_column = CLAMP (self->column + dx, 0, (int) fovea_map_get_columns (self->map) - 1);
      self->pinned_row = CLAMP (self->row + dy, 0, (int) fovea_map_get_rows (self->map) - 1);
    }
  fovea_map_view_set_probe (self, self->pinned_column, self->pinned_row);

  return TRUE;
}

static gboolean
unpin_cb (GtkWidget *widget,
          GVariant  *arguments,
          gpointer   user_data)
{
  FoveaMapView *self = FOVEA_MAP_VIEW (widget);

  if (self->pinned_column < 0)
    return FALSE;

  self->pinned_column = self->pinned_row = -1;
  fovea_map_view_set_probe (self, -1, -1);

  return TRUE;
}

static void
fovea_map_view_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  FoveaMapView *self = FOVEA_MAP_VIEW (object);

  switch (property_id)
    {
    case PROP_MAP:
      g_value_set_object (value, self->map);
      break;
    case PROP_COLUMN:
      g_value_set_int (value, self->column);
      break;
    case PROP_ROW:
      g_value_set_int (value, self->row);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_map_view_set_property (GObject      *object,
                             guint         property_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  FoveaMapView *self = FOVEA_MAP_VIEW (object);

  switch (property_id)
    {
    case PROP_MAP:
      fovea_map_view_set_map (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_map_view_dispose (GObject *object)
{
  FoveaMapView *self = FOVEA_MAP_VIEW (object);

  if (self->map != NULL)
    g_signal_handlers_disconnect_by_func (self->map, map_changed_cb, self);
  g_clear_object (&self->map);
  g_clear_object (&self->readout);
  g_clear_pointer (&self->drawing, gsk_render_node_unref);

  G_OBJECT_CLASS (fovea_map_view_parent_class)->dispose (object);
}

static void
fovea_map_view_class_init (FoveaMapViewClass *klass)
{
  static const struct
  {
    guint keyval;
    int dx, dy;
  } keys[] = {
    { GDK_KEY_Left, -1, 0 },
    { GDK_KEY_Right, 1, 0 },
    { GDK_KEY_Up, 0, -1 },
    { GDK_KEY_Down, 0, 1 },
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fovea_map_view_dispose;
  object_class->get_property = fovea_map_view_get_property;
  object_class->set_property = fovea_map_view_set_property;

  widget_class->snapshot = fovea_map_view_snapshot;
  widget_class->measure = fovea_map_view_measure;
  widget_class->size_allocate = fovea_map_view_size_allocate;
  widget_class->css_changed = fovea_map_view_css_changed;

  /**
   * FoveaMapView:map:
   *
   * The map that is shown.
   */
  properties[PROP_MAP] =
    g_param_spec_object ("map", NULL, NULL, FOVEA_TYPE_MAP,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaMapView:column:
   *
   * Column of the cell that is read out, or -1. It notifies whenever the cell
   * changes, together with #FoveaMapView:row.
   */
  properties[PROP_COLUMN] =
    g_param_spec_int ("column", NULL, NULL, -1, G_MAXINT, -1,
                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaMapView:row:
   *
   * Row of the cell that is read out, or -1.
   */
  properties[PROP_ROW] =
    g_param_spec_int ("row", NULL, NULL, -1, G_MAXINT, -1,
                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding (widget_class, keys[i].keyval, 0, step_cb,
                                  "(ii)", keys[i].dx, keys[i].dy);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, unpin_cb, NULL);

  gtk_widget_class_set_css_name (widget_class, "fovea-map-view");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fovea_map_view_init (FoveaMapView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->column = self->row = -1;
  self->pinned_column = self->pinned_row = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);

  g_signal_connect (motion, "enter", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (map_view_invalidate), NULL);
}

/**
 * fovea_map_view_new:
 *
 * Returns: (transfer floating): a new view, without a map
 */
GtkWidget *
fovea_map_view_new (void)
{
  return g_object_new (FOVEA_TYPE_MAP_VIEW, NULL);
}

FoveaMap *
fovea_map_view_get_map (FoveaMapView *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP_VIEW (self), NULL);

  return self->map;
}

/**
 * fovea_map_view_set_map:
 * @self: a view
 * @map: (nullable): the map to show
 *
 * Shows another map. The probe stays where it is if the map is of the same size.
 */
void
fovea_map_view_set_map (FoveaMapView *self,
                        FoveaMap     *map)
{
  g_return_if_fail (FOVEA_IS_MAP_VIEW (self));
  g_return_if_fail (map == NULL || FOVEA_IS_MAP (map));

  if (self->map == map)
    return;

  if (self->map != NULL)
    g_signal_handlers_disconnect_by_func (self->map, map_changed_cb, self);
  g_set_object (&self->map, map);

  if (map != NULL)
    {
      g_signal_connect_swapped (map, "invalidate-contents", G_CALLBACK (map_changed_cb), self);
      map_changed_cb (self);
    }
  else
    {
      self->pinned_column = self->pinned_row = -1;
      fovea_map_view_set_probe (self, -1, -1);
      map_view_update_readout (self);
      map_view_invalidate (self);
    }

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAP]);
}

int
fovea_map_view_get_column (FoveaMapView *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP_VIEW (self), -1);

  return self->column;
}

int
fovea_map_view_get_row (FoveaMapView *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP_VIEW (self), -1);

  return self->row;
}

/**
 * fovea_map_view_set_probe:
 * @self: a view
 * @column: a column of the map, or -1 for no cell
 * @row: a row of the map, or -1
 *
 * Sets which cell is read out.
 */
void
fovea_map_view_set_probe (FoveaMapView *self,
                          int           column,
                          int           row)
{
  g_return_if_fail (FOVEA_IS_MAP_VIEW (self));
  g_return_if_fail (self->map == NULL ? column < 0 && row < 0
                                      : column < (int) fovea_map_get_columns (self->map) &&
                                        row < (int) fovea_map_get_rows (self->map));

  if (self->column == column && self->row == row)
    return;

  self->column = column;
  self->row = row;
  map_view_update_readout (self);

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLUMN]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROW]);
}

/**
 * fovea_map_view_pick:
 * @self: a view
 * @x: a place in the widget, in its own coordinates
 * @y: a place in the widget, in its own coordinates
 * @column: (out): the column of the cell there
 * @row: (out): its row
 *
 * Returns: whether there is a cell at this place
 */
gboolean
fovea_map_view_pick (FoveaMapView *self,
                     double        x,
                     double        y,
                     int          *column,
                     int          *row)
{
  graphene_rect_t bounds;

  g_return_val_if_fail (FOVEA_IS_MAP_VIEW (self), FALSE);

  if (!map_view_get_bounds (self, &bounds))
    return FALSE;

  *column = floor ((x - bounds.origin.x) * fovea_map_get_columns (self->map) / bounds.size.width);
  *row = floor ((y - bounds.origin.y) * fovea_map_get_rows (self->map) / bounds.size.height);

  return *column >= 0 && *column < (int) fovea_map_get_columns (self->map) &&
         *row >= 0 && *row < (int) fovea_map_get_rows (self->map);
}
