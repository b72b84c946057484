#define G_LOG_DOMAIN "fovea-accuracy-chart"

#include "fovea-accuracy-chart.h"

#include "fovea-accuracy-drawing.h"
#include "fovea-chart-widget.h"
#include "fovea-format.h"

#include <glib/gi18n.h>

#define AXIS_HEIGHT 20

struct _FoveaAccuracyChart
{
  AdwBin parent_instance;

  double drag_start;

  /* Template Widgets */
  GtkSearchEntry *search_entry;
  GtkDropDown *order_drop_down;
  GtkLabel *summary;
  GtkDrawingArea *overview;
  GtkDrawingArea *axis;
  GtkStack *stack;
  GtkAdjustment *adjustment;
  FoveaAccuracyPlot *plot;
};

enum
{
  PROP_0,
  PROP_MODEL,
  PROP_ORDER,
  PROP_SEARCH,
  N_PROPS
};

enum
{
  CLASS_ACTIVATED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FoveaAccuracyChart, fovea_accuracy_chart, ADW_TYPE_BIN)

/* What part of all rows is in sight, from 0 to 1. */
static void
accuracy_chart_get_window (FoveaAccuracyChart *self,
                           double             *start,
                           double             *end)
{
  double upper = MAX (gtk_adjustment_get_upper (self->adjustment), 1);

  *start = gtk_adjustment_get_value (self->adjustment) / upper;
  *end = *start + gtk_adjustment_get_page_size (self->adjustment) / upper;
}

static void
draw_window (FoveaAccuracyChart    *self,
             cairo_t               *cr,
             const FoveaChartStyle *style,
             int                    width,
             int                    height)
{
  double start, end;

  accuracy_chart_get_window (self, &start, &end);
  if (end - start >= 1)
    return;

  fovea_chart_set_color (cr, &style->ink, 0.12);
  cairo_rectangle (cr, width * start, 0, MAX (width * (end - start), 3), height);
  cairo_fill_preserve (cr);
  fovea_chart_set_color (cr, &style->ink, 0.6);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

static void
overview_draw_cb (GtkDrawingArea *area,
                  cairo_t        *cr,
                  int             width,
                  int             height,
                  gpointer        user_data)
{
  FoveaAccuracyChart *self = user_data;
  guint n_rows = fovea_accuracy_plot_get_n_rows (self->plot);
  g_autofree double *accuracies = g_new (double, n_rows);
  g_auto (FoveaChartStyle) style = { 0 };

  for (guint i = 0; i < n_rows; i++)
    {
      CnnClassStatistics *statistics = fovea_accuracy_plot_get_row (self->plot, i);

      accuracies[i] = cnn_class_statistics_get_total (statistics) > 0
                    ? cnn_class_statistics_get_accuracy (statistics) : -1;
    }

  fovea_chart_style_init_for_widget (&style, GTK_WIDGET (area));
  fovea_accuracy_chart_draw_overview (cr, &style, accuracies, n_rows, width, height);
  draw_window (self, cr, &style, width, height);
}

static void
axis_draw_cb (GtkDrawingArea *area,
              cairo_t        *cr,
              int             width,
              int             height,
              gpointer        user_data)
{
  g_auto (FoveaChartStyle) style = { 0 };

  fovea_chart_style_init_for_widget (&style, GTK_WIDGET (area));
  fovea_accuracy_chart_draw_axis (cr, &style, width, height);
}

static void
accuracy_chart_go_to (FoveaAccuracyChart *self,
                      double              x)
{
  double width = MAX (gtk_widget_get_width (GTK_WIDGET (self->overview)), 1);
  double upper = gtk_adjustment_get_upper (self->adjustment);
  double page = gtk_adjustment_get_page_size (self->adjustment);

  gtk_adjustment_set_value (self->adjustment, upper * x / width - page / 2);
}

static void
overview_drag_begin_cb (GtkGestureDrag *gesture,
                        double          x,
                        double          y,
                        gpointer        user_data)
{
  FoveaAccuracyChart *self = user_data;

  self->drag_start = x;
  accuracy_chart_go_to (self, x);
}

static void
overview_drag_update_cb (GtkGestureDrag *gesture,
                         double          dx,
                         double          dy,
                         gpointer        user_data)
{
  FoveaAccuracyChart *self = user_data;

  accuracy_chart_go_to (self, self->drag_start + dx);
}

static void
scrolled_cb (GtkAdjustment *adjustment,
             gpointer       user_data)
{
  FoveaAccuracyChart *self = user_data;

  gtk_widget_queue_draw (GTK_WIDGET (self->overview));
}

static void
plot_changed_cb (FoveaAccuracyPlot *plot,
                 gpointer           user_data)
{
  FoveaAccuracyChart *self = user_data;
  guint n_rows = fovea_accuracy_plot_get_n_rows (plot);
  guint n_seen = 0;
  double sum = 0;
  g_autofree char *rows = fovea_format_count (n_rows);
  g_autofree char *seen = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < n_rows; i++)
    {
      CnnClassStatistics *statistics = fovea_accuracy_plot_get_row (plot, i);

      if (cnn_class_statistics_get_total (statistics) == 0)
        continue;

      n_seen++;
      sum += cnn_class_statistics_get_accuracy (statistics);
    }

  seen = fovea_format_count (n_seen);
  if (n_seen > 0)
    text = g_strdup_printf (_("%s of %s classes seen, mean of their accuracies %.1f %%"),
                            seen, rows, 100 * sum / n_seen);
  else
    text = g_strdup_printf (_("%s classes, none seen yet"), rows);

  gtk_label_set_text (self->summary, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->plot),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  gtk_stack_set_visible_child_name (self->stack,
                                    n_rows > 0 || fovea_accuracy_plot_get_search (plot) == NULL
                                    ? "rows" : "nothing");
  gtk_widget_queue_draw (GTK_WIDGET (self->overview));
}

static void
plot_class_activated_cb (FoveaAccuracyPlot *plot,
                         guint              index,
                         gpointer           user_data)
{
  g_signal_emit (user_data, signals[CLASS_ACTIVATED], 0, index);
}

static void
search_changed_cb (GtkSearchEntry *entry,
                   gpointer        user_data)
{
  fovea_accuracy_chart_set_search (user_data, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
stop_search_cb (GtkSearchEntry *entry,
                gpointer        user_data)
{
  FoveaAccuracyChart *self = user_data;

  fovea_accuracy_chart_set_search (self, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->plot));
}

static void
order_chosen_cb (GtkDropDown *drop_down,
                 GParamSpec  *pspec,
                 gpointer     user_data)
{
  fovea_accuracy_chart_set_order (user_data, gtk_drop_down_get_selected (drop_down));
}

static void
fovea_accuracy_chart_get_property (GObject    *object,
                                   guint       property_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  FoveaAccuracyChart *self = FOVEA_ACCURACY_CHART (object);

  switch (property_id)
    {
    case PROP_MODEL:
      g_value_set_object (value, fovea_accuracy_chart_get_model (self));
      break;
    case PROP_ORDER:
      g_value_set_enum (value, fovea_accuracy_chart_get_order (self));
      break;
    case PROP_SEARCH:
      g_value_set_string (value, fovea_accuracy_chart_get_search (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_accuracy_chart_set_property (GObject      *object,
                                   guint         property_id,
                                   const GValue *value,
                                   GParamSpec   *pspec)
{
  FoveaAccuracyChart *self = FOVEA_ACCURACY_CHART (object);

  switch (property_id)
    {
    case PROP_MODEL:
      fovea_accuracy_chart_set_model (self, g_value_get_object (value));
      break;
    case PROP_ORDER:
      fovea_accuracy_chart_set_order (self, g_value_get_enum (value));
      break;
    case PROP_SEARCH:
      fovea_accuracy_chart_set_search (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_accuracy_chart_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), FOVEA_TYPE_ACCURACY_CHART);

  G_OBJECT_CLASS (fovea_accuracy_chart_parent_class)->dispose (object);
}

static void
fovea_accuracy_chart_class_init (FoveaAccuracyChartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = fovea_accuracy_chart_dispose;
  object_class->get_property = fovea_accuracy_chart_get_property;
  object_class->set_property = fovea_accuracy_chart_set_property;

  /**
   * FoveaAccuracyChart:model:
   *
   * The classes: a model of [class@Cnn.ClassStatistics].
   */
  properties[PROP_MODEL] = g_param_spec_object ("model", NULL, NULL, G_TYPE_LIST_MODEL, flags);

  /**
   * FoveaAccuracyChart:order:
   *
   * How the classes are sorted.
   */
  properties[PROP_ORDER] =
    g_param_spec_enum ("order", NULL, NULL, FOVEA_TYPE_CLASS_ORDER, FOVEA_CLASS_ORDER_INDEX, flags);

  /**
   * FoveaAccuracyChart:search:
   *
   * A part of the name, WordNet id or index of the classes to show; %NULL for
   * all of them.
   */
  properties[PROP_SEARCH] = g_param_spec_string ("search", NULL, NULL, NULL, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * FoveaAccuracyChart::class-activated:
   * @self: the chart
   * @index: the index of the class
   *
   * A class was clicked, or Enter was pressed on it.
   */
  signals[CLASS_ACTIVATED] =
    g_signal_new ("class-activated", FOVEA_TYPE_ACCURACY_CHART, G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  g_type_ensure (FOVEA_TYPE_ACCURACY_PLOT);

  gtk_widget_class_set_css_name (widget_class, "fovea-accuracy-chart");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-accuracy-chart.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaAccuracyChart, search_entry);
  gtk_widget_class_bind_template_child (widget_class, FoveaAccuracyChart, order_drop_down);
  gtk_widget_class_bind_template_child (widget_class, FoveaAccuracyChart, summary);
  gtk_widget_class_bind_template_child (widget_class, FoveaAccuracyChart, overview);
  gtk_widget_class_bind_template_child (widget_class, FoveaAccuracyChart, axis);
  gtk_widget_class_bind_template_child (widget_class, FoveaAccuracyChart, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaAccuracyChart, adjustment);
  gtk_widget_class_bind_template_child (widget_class, FoveaAccuracyChart, plot);
  gtk_widget_class_bind_template_callback (widget_class, overview_drag_begin_cb);
  gtk_widget_class_bind_template_callback (widget_class, overview_drag_update_cb);
  gtk_widget_class_bind_template_callback (widget_class, scrolled_cb);
  gtk_widget_class_bind_template_callback (widget_class, plot_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, plot_class_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, order_chosen_cb);
}

static void
fovea_accuracy_chart_init (FoveaAccuracyChart *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  gtk_drawing_area_set_draw_func (self->overview, overview_draw_cb, self, NULL);
  gtk_drawing_area_set_draw_func (self->axis, axis_draw_cb, self, NULL);
  gtk_drawing_area_set_content_height (self->axis, AXIS_HEIGHT);
  plot_changed_cb (self->plot, self);
}

/**
 * fovea_accuracy_chart_new:
 *
 * Returns: (transfer floating): a new, empty chart
 */
GtkWidget *
fovea_accuracy_chart_new (void)
{
  return g_object_new (FOVEA_TYPE_ACCURACY_CHART, NULL);
}

GListModel *
fovea_accuracy_chart_get_model (FoveaAccuracyChart *self)
{
  g_return_val_if_fail (FOVEA_IS_ACCURACY_CHART (self), NULL);

  return fovea_accuracy_plot_get_model (self->plot);
}

/**
 * fovea_accuracy_chart_set_model:
 * @self: a chart
 * @model: (nullable): a model of [class@Cnn.ClassStatistics], as that of a run
 *   that goes on
 *
 * Shows other classes.
 */
void
fovea_accuracy_chart_set_model (FoveaAccuracyChart *self,
                                GListModel         *model)
{
  g_return_if_fail (FOVEA_IS_ACCURACY_CHART (self));

  if (fovea_accuracy_plot_get_model (self->plot) == model)
    return;

  fovea_accuracy_plot_set_model (self->plot, model);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODEL]);
}

FoveaClassOrder
fovea_accuracy_chart_get_order (FoveaAccuracyChart *self)
{
  g_return_val_if_fail (FOVEA_IS_ACCURACY_CHART (self), FOVEA_CLASS_ORDER_INDEX);

  return fovea_accuracy_plot_get_order (self->plot);
}

void
fovea_accuracy_chart_set_order (FoveaAccuracyChart *self,
                                FoveaClassOrder     order)
{
  g_return_if_fail (FOVEA_IS_ACCURACY_CHART (self));

  if (fovea_accuracy_plot_get_order (self->plot) == order)
    return;

  fovea_accuracy_plot_set_order (self->plot, order);
  gtk_drop_down_set_selected (self->order_drop_down, order);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ORDER]);
}

const char *
fovea_accuracy_chart_get_search (FoveaAccuracyChart *self)
{
  g_return_val_if_fail (FOVEA_IS_ACCURACY_CHART (self), NULL);

  return fovea_accuracy_plot_get_search (self->plot);
}

/**
 * fovea_accuracy_chart_set_search:
 * @self: a chart
 * @search: (nullable): a part of a name, WordNet id or index
 *
 * Shows only the classes in which @search is found, whatever its case.
 */
void
fovea_accuracy_chart_set_search (FoveaAccuracyChart *self,
                                 const char         *search)
{
  GtkEditable *editable;

  g_return_if_fail (FOVEA_IS_ACCURACY_CHART (self));

  if (search == NULL)
    search = "";

  editable = GTK_EDITABLE (self->search_entry);
  if (g_strcmp0 (gtk_editable_get_text (editable), search) != 0)
    gtk_editable_set_text (editable, search);

  if (g_strcmp0 (fovea_accuracy_plot_get_search (self->plot), *search != '\0' ? search : NULL) == 0)
    return;

  fovea_accuracy_plot_set_search (self->plot, search);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEARCH]);
}
