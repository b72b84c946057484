#define G_LOG_DOMAIN "fovea-accuracy-plot"

#include "fovea-accuracy-plot.h"

#include "fovea-accuracy-drawing.h"
#include "fovea-chart-widget.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MIN_ROWS 4
#define NATURAL_ROWS 12
/* How long a figure takes for the better part of its way, in microseconds. */
#define GLIDE_TIME 90000.0
struct _FoveaAccuracyPlot
{
  GtkWidget parent_instance;

  guint tick;
  gint64 last_time;
  GtkScrollablePolicy hscroll_policy;
  GtkScrollablePolicy vscroll_policy;

  /* Borrowed from rows */
  FoveaAccuracyEntry *hovered;
  FoveaAccuracyEntry *focused;

  /* Owned References */
  FoveaAccuracyRows *rows;
  GtkAdjustment *hadjustment;
  GtkAdjustment *vadjustment;
  FoveaChartStyle style;
};

enum
{
  PROP_0,
  PROP_MODEL,
  PROP_ORDER,
  PROP_SEARCH,
  N_PROPS,

  PROP_HADJUSTMENT = N_PROPS,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

enum
{
  CLASS_ACTIVATED,
  CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaAccuracyPlot, fovea_accuracy_plot, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static void
accuracy_plot_configure (FoveaAccuracyPlot *self)
{
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  double row_height = fovea_accuracy_chart_get_row_height (&self->style);
  double upper = MAX (fovea_accuracy_rows_get_size (self->rows) * row_height, height);
  double value;

  if (self->vadjustment == NULL)
    return;

  value = CLAMP (gtk_adjustment_get_value (self->vadjustment), 0, upper - height);
  gtk_adjustment_configure (self->vadjustment, value, 0, upper, row_height, height * 0.9, height);
}

static void
accuracy_plot_update (FoveaAccuracyPlot *self)
{
  if (!fovea_accuracy_rows_update (self->rows))
    return;

  accuracy_plot_configure (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  FoveaAccuracyPlot *self = FOVEA_ACCURACY_PLOT (widget);
  gint64 now = MAX (gdk_frame_clock_get_frame_time (clock), self->last_time);
  gboolean animate;

  g_object_get (gtk_widget_get_settings (widget), "gtk-enable-animations", &animate, NULL);
  accuracy_plot_update (self);
  gtk_widget_queue_draw (widget);

  if (fovea_accuracy_rows_glide (self->rows,
                                 animate ? 1 - exp ((self->last_time - now) / GLIDE_TIME) : 1))
    {
      self->last_time = now;
      return G_SOURCE_CONTINUE;
    }

  self->tick = 0;

  return G_SOURCE_REMOVE;
}

/* At once, without a glide: for what the user changes. */
static void
accuracy_plot_jump (FoveaAccuracyPlot *self)
{
  accuracy_plot_update (self);
  fovea_accuracy_rows_glide (self->rows, 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Something has changed: it is seen in the next frame, with all that changes
 * until then. */
static void
rows_changed_cb (gboolean replaced,
                 gpointer user_data)
{
  FoveaAccuracyPlot *self = user_data;

  if (replaced)
    {
      self->hovered = self->focused = NULL;
      accuracy_plot_jump (self);
    }
  else if (self->tick == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      self->last_time = g_get_monotonic_time ();
      self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
    }
}

static double
accuracy_plot_get_scroll (FoveaAccuracyPlot *self)
{
  return self->vadjustment != NULL ? gtk_adjustment_get_value (self->vadjustment) : 0;
}

static FoveaAccuracyEntry *
accuracy_plot_pick_entry (FoveaAccuracyPlot *self,
                          double             y)
{
  double row = floor ((y + accuracy_plot_get_scroll (self)) /
                      fovea_accuracy_chart_get_row_height (&self->style));

  accuracy_plot_update (self);

  return row >= 0 && row < fovea_accuracy_rows_get_size (self->rows) ? fovea_accuracy_rows_get_entry (self->rows, (guint) row) : NULL;
}

static void
accuracy_plot_draw (FoveaAccuracyPlot *self,
                    cairo_t           *cr,
                    int                width,
                    int                height)
{
  g_autoptr (GArray) visible = g_array_new (FALSE, FALSE, sizeof (FoveaAccuracyRow));
  double row_height = fovea_accuracy_chart_get_row_height (&self->style);
  double scroll = accuracy_plot_get_scroll (self);

  for (guint i = 0; i < fovea_accuracy_rows_get_size (self->rows); i++)
    {
      FoveaAccuracyEntry *entry = fovea_accuracy_rows_get_entry (self->rows, i);
      double top = entry->shown.place * row_height - scroll;

      if (top + row_height < 0 || top > height)
        continue;

      entry->shown.emphasis = entry == self->focused ? 1 : entry == self->hovered ? 0.6 : 0;
      g_array_append_val (visible, entry->shown);
    }

  cairo_translate (cr, 0, -scroll);
  fovea_accuracy_chart_draw (cr, &self->style, (const FoveaAccuracyRow *) visible->data,
                             visible->len, width);
}

static void
accuracy_plot_draw_focus (FoveaAccuracyPlot *self,
                          GtkSnapshot       *snapshot,
                          int                width)
{
  const FoveaChartColor *first = &self->style.first;
  GdkRGBA color = { first->red, first->green, first->blue, 0.6f };
  const GdkRGBA colors[] = { color, color, color, color };
  const float widths[] = { 2, 2, 2, 2 };
  double row_height = fovea_accuracy_chart_get_row_height (&self->style);
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline,
                                   &GRAPHENE_RECT_INIT (4, self->focused->shown.place * row_height -
                                                           accuracy_plot_get_scroll (self),
                                                        width - 8, row_height),
                                   row_height / 2);
  gtk_snapshot_append_border (snapshot, &outline, widths, colors);
}

static void
fovea_accuracy_plot_snapshot (GtkWidget   *widget,
                              GtkSnapshot *snapshot)
{
  FoveaAccuracyPlot *self = FOVEA_ACCURACY_PLOT (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, width, height);
  cairo_t *cr;

  gtk_snapshot_push_clip (snapshot, &bounds);
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  accuracy_plot_draw (self, cr, width, height);
  cairo_destroy (cr);
  if (self->focused != NULL && gtk_widget_has_visible_focus (widget))
    accuracy_plot_draw_focus (self, snapshot, width);
  gtk_snapshot_pop (snapshot);
}

static void
fovea_accuracy_plot_measure (GtkWidget      *widget,
                             GtkOrientation  orientation,
                             int             for_size,
                             int            *minimum,
                             int            *natural,
                             int            *minimum_baseline,
                             int            *natural_baseline)
{
  FoveaAccuracyPlot *self = FOVEA_ACCURACY_PLOT (widget);
  int row_height = fovea_accuracy_chart_get_row_height (&self->style);

  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? MIN_ROWS * row_height : 240;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? NATURAL_ROWS * row_height : 480;
}

static void
fovea_accuracy_plot_size_allocate (GtkWidget *widget,
                                   int        width,
                                   int        height,
                                   int        baseline)
{
  accuracy_plot_configure (FOVEA_ACCURACY_PLOT (widget));
}

static void
fovea_accuracy_plot_css_changed (GtkWidget         *widget,
                                 GtkCssStyleChange *change)
{
  FoveaAccuracyPlot *self = FOVEA_ACCURACY_PLOT (widget);

  GTK_WIDGET_CLASS (fovea_accuracy_plot_parent_class)->css_changed (widget, change);

  fovea_chart_style_clear (&self->style);
  fovea_chart_style_init_for_widget (&self->style, widget);
  gtk_widget_queue_resize (widget);
}

/* What changed out of sight is there when it comes into sight. */
static void
fovea_accuracy_plot_map (GtkWidget *widget)
{
  FoveaAccuracyPlot *self = FOVEA_ACCURACY_PLOT (widget);

  GTK_WIDGET_CLASS (fovea_accuracy_plot_parent_class)->map (widget);

  if (fovea_accuracy_rows_is_stale (self->rows))
    accuracy_plot_jump (self);
}

static void
fovea_accuracy_plot_unmap (GtkWidget *widget)
{
  FoveaAccuracyPlot *self = FOVEA_ACCURACY_PLOT (widget);

  if (self->tick != 0)
    {
      gtk_widget_remove_tick_callback (widget, self->tick);
      self->tick = 0;
      fovea_accuracy_rows_glide (self->rows, 1);
    }

  GTK_WIDGET_CLASS (fovea_accuracy_plot_parent_class)->unmap (widget);
}

static char *
entry_dup_description (FoveaAccuracyEntry *entry)
{
  const FoveaAccuracyRow *row = &entry->target;
  g_autofree char *number = g_strdup_printf (_("Class %u"), row->index);
  const char *name = row->name != NULL ? row->name : number;

  if (row->total == 0)
    return g_strdup_printf (_("%s: no picture yet"), name);

  return g_strdup_printf (_("%s: %u of %u right (%.0f %%), 95 %% interval %.0f–%.0f %%, "
                            "%.0f %% among the first five"),
                          name, row->correct, row->total, 100 * row->accuracy,
                          100 * row->low, 100 * row->high, 100 * row->top5);
}

static gboolean
fovea_accuracy_plot_query_tooltip (GtkWidget  *widget,
                                   int         x,
                                   int         y,
                                   gboolean    keyboard_tooltip,
                                   GtkTooltip *tooltip)
{
  FoveaAccuracyPlot *self = FOVEA_ACCURACY_PLOT (widget);
  FoveaAccuracyEntry *entry = keyboard_tooltip ? self->focused : accuracy_plot_pick_entry (self, y);
  int row_height = fovea_accuracy_chart_get_row_height (&self->style);
  g_autofree char *text = NULL;

  if (entry == NULL)
    return FALSE;

  text = entry_dup_description (entry);
  gtk_tooltip_set_text (tooltip, text);
  gtk_tooltip_set_tip_area (tooltip,
                            &(GdkRectangle) { 0, entry->target.place * row_height -
                                                 accuracy_plot_get_scroll (self),
                                              gtk_widget_get_width (widget), row_height });

  return TRUE;
}

static void
accuracy_plot_set_focused (FoveaAccuracyPlot *self,
                           FoveaAccuracyEntry *entry)
{
  double row_height = fovea_accuracy_chart_get_row_height (&self->style);
  g_autofree char *text = NULL;

  self->focused = entry;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (entry == NULL)
    return;

  if (self->vadjustment != NULL)
    gtk_adjustment_clamp_page (self->vadjustment, entry->target.place * row_height,
                               (entry->target.place + 1) * row_height);

  /* There is one accessible for all rows: it speaks for that with the focus. */
  text = entry_dup_description (entry);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
accuracy_plot_activate (FoveaAccuracyPlot *self,
                        FoveaAccuracyEntry *entry)
{
  g_signal_emit (self, signals[CLASS_ACTIVATED], 0, entry->target.index);
}

static gboolean
step_cb (GtkWidget *widget,
         GVariant  *arguments,
         gpointer   user_data)
{
  FoveaAccuracyPlot *self = FOVEA_ACCURACY_PLOT (widget);
  gint64 step = g_variant_get_int32 (arguments);
  gint64 row = 0;

  accuracy_plot_update (self);
  if (fovea_accuracy_rows_get_size (self->rows) == 0)
    return FALSE;

  /* Pages are as long as the chart is high. */
  if (ABS (step) == G_MAXINT16)
    step = (step < 0 ? -1 : 1) *
           MAX (1, gtk_widget_get_height (widget) /
                   (int) fovea_accuracy_chart_get_row_height (&self->style) - 1);
  if (self->focused != NULL)
    row = CLAMP ((gint64) self->focused->target.place + step, 0, (gint64) fovea_accuracy_rows_get_size (self->rows) - 1);
  else if (step == G_MAXINT32)
    row = fovea_accuracy_rows_get_size (self->rows) - 1;

  accuracy_plot_set_focused (self, fovea_accuracy_rows_get_entry (self->rows, row));

  return TRUE;
}

static gboolean
activate_cb (GtkWidget *widget,
             GVariant  *arguments,
             gpointer   user_data)
{
  FoveaAccuracyPlot *self = FOVEA_ACCURACY_PLOT (widget);

  if (self->focused == NULL)
    return FALSE;

  accuracy_plot_activate (self, self->focused);

  return TRUE;
}

static void
motion_cb (GtkEventControllerMotion *controller,
           double                    x,
           double                    y,
           gpointer                  user_data)
{
  FoveaAccuracyPlot *self = user_data;
  FoveaAccuracyEntry *entry = accuracy_plot_pick_entry (self, y);

  if (self->hovered == entry)
    return;

  self->hovered = entry;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
leave_cb (GtkEventControllerMotion *controller,
          gpointer                  user_data)
{
  FoveaAccuracyPlot *self = user_data;

  self->hovered = NULL;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
released_cb (GtkGestureClick *gesture,
             int              n_press,
             double           x,
             double           y,
             gpointer         user_data)
{
  FoveaAccuracyPlot *self = user_data;
  FoveaAccuracyEntry *entry = accuracy_plot_pick_entry (self, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (entry == NULL)
    return;

  accuracy_plot_set_focused (self, entry);
  accuracy_plot_activate (self, entry);
}

static void
accuracy_plot_set_adjustment (FoveaAccuracyPlot  *self,
                              GtkAdjustment     **field,
                              GtkAdjustment      *adjustment)
{
  if (*field != NULL)
    g_signal_handlers_disconnect_by_func (*field, gtk_widget_queue_draw, self);
  g_clear_object (field);

  if (adjustment == NULL)
    return;

  *field = g_object_ref_sink (adjustment);
  g_signal_connect_swapped (adjustment, "value-changed", G_CALLBACK (gtk_widget_queue_draw), self);
  accuracy_plot_configure (self);
}

static void
fovea_accuracy_plot_get_property (GObject    *object,
                                  guint       property_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  FoveaAccuracyPlot *self = FOVEA_ACCURACY_PLOT (object);

  switch (property_id)
    {
    case PROP_MODEL:
      g_value_set_object (value, fovea_accuracy_rows_get_model (self->rows));
      break;
    case PROP_ORDER:
      g_value_set_enum (value, fovea_accuracy_rows_get_order (self->rows));
      break;
    case PROP_SEARCH:
      g_value_set_string (value, fovea_accuracy_rows_get_search (self->rows));
      break;
    case PROP_HADJUSTMENT:
      g_value_set_object (value, self->hadjustment);
      break;
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->vadjustment);
      break;
    case PROP_HSCROLL_POLICY:
      g_value_set_enum (value, self->hscroll_policy);
      break;
    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, self->vscroll_policy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_accuracy_plot_set_property (GObject      *object,
                                  guint         property_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  FoveaAccuracyPlot *self = FOVEA_ACCURACY_PLOT (object);

  switch (property_id)
    {
    case PROP_MODEL:
      fovea_accuracy_plot_set_model (self, g_value_get_object (value));
      break;
    case PROP_ORDER:
      fovea_accuracy_plot_set_order (self, g_value_get_enum (value));
      break;
    case PROP_SEARCH:
      fovea_accuracy_plot_set_search (self, g_value_get_string (value));
      break;
    case PROP_HADJUSTMENT:
      accuracy_plot_set_adjustment (self, &self->hadjustment, g_value_get_object (value));
      break;
    case PROP_VADJUSTMENT:
      accuracy_plot_set_adjustment (self, &self->vadjustment, g_value_get_object (value));
      break;
    case PROP_HSCROLL_POLICY:
      self->hscroll_policy = g_value_get_enum (value);
      break;
    case PROP_VSCROLL_POLICY:
      self->vscroll_policy = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_accuracy_plot_dispose (GObject *object)
{
  FoveaAccuracyPlot *self = FOVEA_ACCURACY_PLOT (object);

  g_clear_pointer (&self->rows, fovea_accuracy_rows_free);
  accuracy_plot_set_adjustment (self, &self->hadjustment, NULL);
  accuracy_plot_set_adjustment (self, &self->vadjustment, NULL);

  G_OBJECT_CLASS (fovea_accuracy_plot_parent_class)->dispose (object);
}

static void
fovea_accuracy_plot_finalize (GObject *object)
{
  FoveaAccuracyPlot *self = FOVEA_ACCURACY_PLOT (object);

  fovea_chart_style_clear (&self->style);

  G_OBJECT_CLASS (fovea_accuracy_plot_parent_class)->finalize (object);
}

static void
fovea_accuracy_plot_class_init (FoveaAccuracyPlotClass *klass)
{
  static const struct
  {
    guint keyval;
    int step;
  } keys[] = {
    { GDK_KEY_Up, -1 },
    { GDK_KEY_Down, 1 },
    { GDK_KEY_Page_Up, -G_MAXINT16 },
    { GDK_KEY_Page_Down, G_MAXINT16 },
    { GDK_KEY_Home, G_MININT32 },
    { GDK_KEY_End, G_MAXINT32 },
  };
  static const guint activators[] = { GDK_KEY_Return, GDK_KEY_KP_Enter, GDK_KEY_ISO_Enter, GDK_KEY_space };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = fovea_accuracy_plot_dispose;
  object_class->finalize = fovea_accuracy_plot_finalize;
  object_class->get_property = fovea_accuracy_plot_get_property;
  object_class->set_property = fovea_accuracy_plot_set_property;

  widget_class->snapshot = fovea_accuracy_plot_snapshot;
  widget_class->measure = fovea_accuracy_plot_measure;
  widget_class->size_allocate = fovea_accuracy_plot_size_allocate;
  widget_class->css_changed = fovea_accuracy_plot_css_changed;
  widget_class->map = fovea_accuracy_plot_map;
  widget_class->unmap = fovea_accuracy_plot_unmap;
  widget_class->query_tooltip = fovea_accuracy_plot_query_tooltip;

  /**
   * FoveaAccuracyPlot:model:
   *
   * The classes: a model of [class@Cnn.ClassStatistics].
   */
  properties[PROP_MODEL] =
    g_param_spec_object ("model", NULL, NULL, G_TYPE_LIST_MODEL, flags);

  /**
   * FoveaAccuracyPlot:order:
   *
   * How the classes are sorted.
   */
  properties[PROP_ORDER] =
    g_param_spec_enum ("order", NULL, NULL, FOVEA_TYPE_CLASS_ORDER, FOVEA_CLASS_ORDER_INDEX, flags);

  /**
   * FoveaAccuracyPlot:search:
   *
   * A part of the name, WordNet id or index of the classes to show; %NULL for
   * all of them.
   */
  properties[PROP_SEARCH] = g_param_spec_string ("search", NULL, NULL, NULL, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");

  /**
   * FoveaAccuracyPlot::class-activated:
   * @self: the plot
   * @index: the index of the class
   *
   * A class was clicked, or Enter was pressed on it.
   */
  signals[CLASS_ACTIVATED] =
    g_signal_new ("class-activated", FOVEA_TYPE_ACCURACY_PLOT, G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  /**
   * FoveaAccuracyPlot::changed:
   * @self: the plot
   *
   * Figures have changed, or the rows that are shown; at most once a frame
   * while a run goes on.
   */
  signals[CHANGED] =
    g_signal_new ("changed", FOVEA_TYPE_ACCURACY_PLOT, G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding (widget_class, keys[i].keyval, 0, step_cb, "i", keys[i].step);
  for (gsize i = 0; i < G_N_ELEMENTS (activators); i++)
    gtk_widget_class_add_binding (widget_class, activators[i], 0, activate_cb, NULL);

  gtk_widget_class_set_css_name (widget_class, "fovea-accuracy-plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fovea_accuracy_plot_init (FoveaAccuracyPlot *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->rows = fovea_accuracy_rows_new (rows_changed_cb, self);
  fovea_chart_style_init_for_widget (&self->style, GTK_WIDGET (self));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);

  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (click, "released", G_CALLBACK (released_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

/**
 * fovea_accuracy_plot_new:
 *
 * Returns: (transfer floating): a new, empty plot
 */
GtkWidget *
fovea_accuracy_plot_new (void)
{
  return g_object_new (FOVEA_TYPE_ACCURACY_PLOT, NULL);
}

GListModel *
fovea_accuracy_plot_get_model (FoveaAccuracyPlot *self)
{
  g_return_val_if_fail (FOVEA_IS_ACCURACY_PLOT (self), NULL);

  return fovea_accuracy_rows_get_model (self->rows);
}

/**
 * fovea_accuracy_plot_set_model:
 * @self: a plot
 * @model: (nullable): a model of [class@Cnn.ClassStatistics], which may change
 *   at any time
 *
 * Shows other classes.
 */
void
fovea_accuracy_plot_set_model (FoveaAccuracyPlot *self,
                               GListModel        *model)
{
  g_return_if_fail (FOVEA_IS_ACCURACY_PLOT (self));
  g_return_if_fail (model == NULL || G_IS_LIST_MODEL (model));

  if (fovea_accuracy_rows_get_model (self->rows) == model)
    return;

  fovea_accuracy_rows_set_model (self->rows, model);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODEL]);
}

FoveaClassOrder
fovea_accuracy_plot_get_order (FoveaAccuracyPlot *self)
{
  g_return_val_if_fail (FOVEA_IS_ACCURACY_PLOT (self), FOVEA_CLASS_ORDER_INDEX);

  return fovea_accuracy_rows_get_order (self->rows);
}

void
fovea_accuracy_plot_set_order (FoveaAccuracyPlot *self,
                               FoveaClassOrder    order)
{
  g_return_if_fail (FOVEA_IS_ACCURACY_PLOT (self));

  if (fovea_accuracy_rows_get_order (self->rows) == order)
    return;

  fovea_accuracy_rows_set_order (self->rows, order);
  accuracy_plot_jump (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ORDER]);
}

const char *
fovea_accuracy_plot_get_search (FoveaAccuracyPlot *self)
{
  g_return_val_if_fail (FOVEA_IS_ACCURACY_PLOT (self), NULL);

  return fovea_accuracy_rows_get_search (self->rows);
}

/**
 * fovea_accuracy_plot_set_search:
 * @self: a plot
 * @search: (nullable): a part of a name, WordNet id or index
 *
 * Shows only the classes in which @search is found, whatever its case.
 */
void
fovea_accuracy_plot_set_search (FoveaAccuracyPlot *self,
                                const char        *search)
{
  g_return_if_fail (FOVEA_IS_ACCURACY_PLOT (self));

  if (search != NULL && *search == '\0')
    search = NULL;
  if (g_strcmp0 (fovea_accuracy_rows_get_search (self->rows), search) == 0)
    return;

  fovea_accuracy_rows_set_search (self->rows, search);
  self->hovered = NULL;
  self->focused = NULL;
  accuracy_plot_jump (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEARCH]);
}

/**
 * fovea_accuracy_plot_get_n_rows:
 * @self: a plot
 *
 * Returns: how many classes the search leaves
 */
guint
fovea_accuracy_plot_get_n_rows (FoveaAccuracyPlot *self)
{
  g_return_val_if_fail (FOVEA_IS_ACCURACY_PLOT (self), 0);

  accuracy_plot_update (self);

  return fovea_accuracy_rows_get_size (self->rows);
}

/**
 * fovea_accuracy_plot_get_row:
 * @self: a plot
 * @row: a row, counted from the top
 *
 * Returns: (transfer none): the class in this row
 */
CnnClassStatistics *
fovea_accuracy_plot_get_row (FoveaAccuracyPlot *self,
                             guint              row)
{
  g_return_val_if_fail (FOVEA_IS_ACCURACY_PLOT (self), NULL);
  g_return_val_if_fail (row < fovea_accuracy_plot_get_n_rows (self), NULL);

  return fovea_accuracy_rows_get_entry (self->rows, row)->statistics;
}

/**
 * fovea_accuracy_plot_pick:
 * @self: a plot
 * @y: a place in the plot, in its own coordinates
 *
 * Returns: (transfer none) (nullable): the class whose row is there
 */
CnnClassStatistics *
fovea_accuracy_plot_pick (FoveaAccuracyPlot *self,
                          double             y)
{
  FoveaAccuracyEntry *entry;

  g_return_val_if_fail (FOVEA_IS_ACCURACY_PLOT (self), NULL);

  entry = accuracy_plot_pick_entry (self, y);

  return entry != NULL ? entry->statistics : NULL;
}
