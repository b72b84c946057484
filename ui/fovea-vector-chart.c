#define G_LOG_DOMAIN "fovea-vector-chart"

#include "fovea-vector-chart.h"

#include "fovea-format.h"
#include "fovea-palette.h"

#include <glib/gi18n.h>
#include <math.h>

#define HEIGHT 140
#define MARGIN 4

struct _FoveaVectorChart
{
  GtkWidget parent_instance;

  guint n_values;
  guint selected;
  double low;
  double high;

  /* Owned References */
  float *values;
  GskRenderNode *bars;                  /* without the selection's mark */
};

enum
{
  PROP_0,
  PROP_SELECTED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FoveaVectorChart, fovea_vector_chart, GTK_TYPE_WIDGET)

static double
vector_chart_get_y (FoveaVectorChart *self,
                    double            value)
{
  double height = gtk_widget_get_height (GTK_WIDGET (self)) - 2 * MARGIN;

  return MARGIN + height * (self->high - value) / (self->high - self->low);
}

static double
vector_chart_get_x (FoveaVectorChart *self,
                    guint             i)
{
  return (double) gtk_widget_get_width (GTK_WIDGET (self)) * i / self->n_values;
}

/**
 * fovea_vector_chart_pick:
 * @self: a chart
 * @x: a place in the chart, in its own coordinates
 *
 * Returns: the bar there, or %GTK_INVALID_LIST_POSITION
 */
guint
fovea_vector_chart_pick (FoveaVectorChart *self,
                         double            x)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));

  if (self->n_values == 0 || width <= 0 || x < 0 || x >= width)
    return GTK_INVALID_LIST_POSITION;

  return MIN (x * self->n_values / width, self->n_values - 1);
}

static void
vector_chart_draw_bar (FoveaVectorChart *self,
                       cairo_t          *cr,
                       double            x,
                       double            width,
                       double            low,
                       double            high)
{
  double zero = vector_chart_get_y (self, 0);
  double top = vector_chart_get_y (self, high);
  double bottom = vector_chart_get_y (self, low);

  if (high > 0)
    {
      gdk_cairo_set_source_rgba (cr, &FOVEA_SKY_BLUE);
      cairo_rectangle (cr, x, top, width, zero - top);
      cairo_fill (cr);
    }
  if (low < 0)
    {
      gdk_cairo_set_source_rgba (cr, &FOVEA_ORANGE);
      cairo_rectangle (cr, x, zero, width, bottom - zero);
      cairo_fill (cr);
    }
}

static void
vector_chart_draw_bars (FoveaVectorChart *self,
                        cairo_t          *cr,
                        int               width)
{
  double bar_width = (double) width / self->n_values;
  double gap = bar_width >= 4 ? 1 : 0;

  if (bar_width >= 1)
    {
      for (guint i = 0; i < self->n_values; i++)
        vector_chart_draw_bar (self, cr, vector_chart_get_x (self, i), bar_width - gap,
                               MIN (self->values[i], 0), MAX (self->values[i], 0));
      return;
    }

  for (int x = 0; x < width; x++)
    {
      guint first = (guint64) x * self->n_values / width;
      guint end = MAX ((guint64) (x + 1) * self->n_values / width, first + 1);
      float low = 0, high = 0;

      for (guint i = first; i < end; i++)
        {
          low = MIN (low, self->values[i]);
          high = MAX (high, self->values[i]);
        }
      vector_chart_draw_bar (self, cr, x, 1, low, high);
    }
}

static void
vector_chart_draw_axis (FoveaVectorChart *self,
                        cairo_t          *cr,
                        int               width,
                        const GdkRGBA    *color)
{
  double zero = round (vector_chart_get_y (self, 0)) + 0.5;

  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha * 0.5);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, 0, zero);
  cairo_line_to (cr, width, zero);
  cairo_stroke (cr);
}

static void
vector_chart_render_bars (FoveaVectorChart *self,
                          int               width,
                          int               height,
                          const GdkRGBA    *color)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));

  vector_chart_draw_bars (self, cr, width);
  vector_chart_draw_axis (self, cr, width, color);
  cairo_destroy (cr);

  self->bars = gtk_snapshot_free_to_node (snapshot);
}

static void
fovea_vector_chart_snapshot (GtkWidget   *widget,
                             GtkSnapshot *snapshot)
{
  FoveaVectorChart *self = FOVEA_VECTOR_CHART (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  GdkRGBA color;

  if (self->n_values == 0)
    return;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  if (self->bars == NULL)
    vector_chart_render_bars (self, width, height, &color);

  if (self->selected != GTK_INVALID_LIST_POSITION)
    {
      double bar_width = MAX (2.0, (double) width / self->n_values);
      double middle = vector_chart_get_x (self, self->selected) + width / (2.0 * self->n_values);

      color.alpha *= 0.25f;
      gtk_snapshot_append_color (snapshot, &color,
                                 &GRAPHENE_RECT_INIT (middle - bar_width / 2, 0, bar_width, height));
    }

  gtk_snapshot_append_node (snapshot, self->bars);
}

static void
fovea_vector_chart_measure (GtkWidget      *widget,
                            GtkOrientation  orientation,
                            int             for_size,
                            int            *minimum,
                            int            *natural,
                            int            *minimum_baseline,
                            int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 64;
}

static void
vector_chart_invalidate (FoveaVectorChart *self)
{
  g_clear_pointer (&self->bars, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
fovea_vector_chart_size_allocate (GtkWidget *widget,
                                  int        width,
                                  int        height,
                                  int        baseline)
{
  vector_chart_invalidate (FOVEA_VECTOR_CHART (widget));
}

static void
fovea_vector_chart_css_changed (GtkWidget         *widget,
                                GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (fovea_vector_chart_parent_class)->css_changed (widget, change);
  vector_chart_invalidate (FOVEA_VECTOR_CHART (widget));
}

static gboolean
fovea_vector_chart_query_tooltip (GtkWidget  *widget,
                                  int         x,
                                  int         y,
                                  gboolean    keyboard_tooltip,
                                  GtkTooltip *tooltip)
{
  FoveaVectorChart *self = FOVEA_VECTOR_CHART (widget);
  guint i = keyboard_tooltip ? self->selected : fovea_vector_chart_pick (self, x);
  g_autofree char *value = NULL;
  g_autofree char *text = NULL;

  if (i == GTK_INVALID_LIST_POSITION)
    return FALSE;

  value = fovea_format_value (self->values[i]);
  text = g_strdup_printf (_("Channel %u: %s"), i, value);
  gtk_tooltip_set_text (tooltip, text);

  return TRUE;
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            gpointer         user_data)
{
  FoveaVectorChart *self = user_data;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  fovea_vector_chart_set_selected (self, fovea_vector_chart_pick (self, x));
}

static gboolean
step_cb (GtkWidget *widget,
         GVariant  *arguments,
         gpointer   user_data)
{
  FoveaVectorChart *self = FOVEA_VECTOR_CHART (widget);
  gint64 step = g_variant_get_int32 (arguments);
  gint64 next = self->selected == GTK_INVALID_LIST_POSITION ? 0 : self->selected + step;

  if (self->n_values == 0)
    return FALSE;

  fovea_vector_chart_set_selected (self, CLAMP (next, 0, (gint64) self->n_values - 1));

  return TRUE;
}

static void
fovea_vector_chart_get_property (GObject    *object,
                                 guint       property_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_SELECTED:
      g_value_set_uint (value, FOVEA_VECTOR_CHART (object)->selected);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_vector_chart_set_property (GObject      *object,
                                 guint         property_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  switch (property_id)
    {
    case PROP_SELECTED:
      fovea_vector_chart_set_selected (FOVEA_VECTOR_CHART (object), g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_vector_chart_finalize (GObject *object)
{
  FoveaVectorChart *self = FOVEA_VECTOR_CHART (object);

  g_clear_pointer (&self->bars, gsk_render_node_unref);
  g_free (self->values);

  G_OBJECT_CLASS (fovea_vector_chart_parent_class)->finalize (object);
}

static void
fovea_vector_chart_class_init (FoveaVectorChartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = fovea_vector_chart_finalize;
  object_class->get_property = fovea_vector_chart_get_property;
  object_class->set_property = fovea_vector_chart_set_property;

  widget_class->snapshot = fovea_vector_chart_snapshot;
  widget_class->measure = fovea_vector_chart_measure;
  widget_class->size_allocate = fovea_vector_chart_size_allocate;
  widget_class->css_changed = fovea_vector_chart_css_changed;
  widget_class->query_tooltip = fovea_vector_chart_query_tooltip;

  /**
   * FoveaVectorChart:selected:
   *
   * The selected bar, or %GTK_INVALID_LIST_POSITION.
   */
  properties[PROP_SELECTED] =
    g_param_spec_uint ("selected", NULL, NULL, 0, G_MAXUINT, GTK_INVALID_LIST_POSITION,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, 0, step_cb, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Right, 0, step_cb, "i", 1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Home, 0, step_cb, "i", G_MININT32);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_End, 0, step_cb, "i", G_MAXINT32);
  gtk_widget_class_set_css_name (widget_class, "fovea-vector-chart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fovea_vector_chart_init (FoveaVectorChart *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  self->selected = GTK_INVALID_LIST_POSITION;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);

  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

/**
 * fovea_vector_chart_new:
 *
 * Returns: (transfer floating): a new, empty chart
 */
GtkWidget *
fovea_vector_chart_new (void)
{
  return g_object_new (FOVEA_TYPE_VECTOR_CHART, NULL);
}

/**
 * fovea_vector_chart_set_values:
 * @self: a chart
 * @values: (array length=n_values): the numbers; copied
 * @n_values: how many there are
 *
 * Sets the bars, and unselects.
 */
void
fovea_vector_chart_set_values (FoveaVectorChart *self,
                               const float      *values,
                               guint             n_values)
{
  g_autofree char *text = NULL;

  g_return_if_fail (FOVEA_IS_VECTOR_CHART (self));

  g_free (self->values);
  self->values = g_memdup2 (values, n_values * sizeof *values);
  self->n_values = n_values;
  self->low = self->high = 0;
  for (guint i = 0; i < n_values; i++)
    if (isfinite (values[i]))
      {
        self->low = MIN (self->low, values[i]);
        self->high = MAX (self->high, values[i]);
      }
  if (self->low == self->high)
    self->high = 1;

  fovea_vector_chart_set_selected (self, GTK_INVALID_LIST_POSITION);
  text = g_strdup_printf (ngettext ("Chart of %u value", "Chart of %u values", n_values), n_values);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  vector_chart_invalidate (self);
}

guint
fovea_vector_chart_get_selected (FoveaVectorChart *self)
{
  g_return_val_if_fail (FOVEA_IS_VECTOR_CHART (self), GTK_INVALID_LIST_POSITION);

  return self->selected;
}

void
fovea_vector_chart_set_selected (FoveaVectorChart *self,
                                 guint             selected)
{
  g_return_if_fail (FOVEA_IS_VECTOR_CHART (self));

  if (selected >= self->n_values)
    selected = GTK_INVALID_LIST_POSITION;
  if (self->selected == selected)
    return;

  self->selected = selected;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}
