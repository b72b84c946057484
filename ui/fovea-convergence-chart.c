#define G_LOG_DOMAIN "fovea-convergence-chart"

#include "fovea-convergence-chart.h"

#include "fovea-chart-widget.h"
#include "fovea-convergence-drawing.h"

#include <glib/gi18n.h>
#include <math.h>

#define MIN_HEIGHT 160
#define NATURAL_HEIGHT 220

struct _FoveaConvergenceChart
{
  GtkWidget parent_instance;

  guint total;

  /* Owned References */
  GArray *points;                       /* of FoveaConvergencePoint */
};

enum
{
  PROP_0,
  PROP_TOTAL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FoveaConvergenceChart, fovea_convergence_chart, GTK_TYPE_WIDGET)

static const FoveaConvergencePoint *
convergence_chart_get_points (FoveaConvergenceChart *self)
{
  return (const FoveaConvergencePoint *) self->points->data;
}

static void
fovea_convergence_chart_snapshot (GtkWidget   *widget,
                                  GtkSnapshot *snapshot)
{
  FoveaConvergenceChart *self = FOVEA_CONVERGENCE_CHART (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  g_auto (FoveaChartStyle) style = { 0 };

  fovea_chart_style_init_for_widget (&style, widget);
  fovea_convergence_chart_draw (cr, &style, convergence_chart_get_points (self),
                                self->points->len, self->total, width, height);
  cairo_destroy (cr);
}

static void
fovea_convergence_chart_measure (GtkWidget      *widget,
                                 GtkOrientation  orientation,
                                 int             for_size,
                                 int            *minimum,
                                 int            *natural,
                                 int            *minimum_baseline,
                                 int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? MIN_HEIGHT : 200;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? NATURAL_HEIGHT : 360;
}

static void
convergence_chart_describe (FoveaConvergenceChart       *self,
                            const FoveaConvergencePoint *point)
{
  g_autofree char *text =
    g_strdup_printf (ngettext ("After %u picture: top-1 accuracy %.1f %%, 95 %% interval "
                               "%.1f–%.1f %%, top-5 accuracy %.1f %%, loss %.4f",
                               "After %u pictures: top-1 accuracy %.1f %%, 95 %% interval "
                               "%.1f–%.1f %%, top-5 accuracy %.1f %%, loss %.4f", point->n_done),
                     point->n_done, 100 * point->accuracy, 100 * point->low, 100 * point->high,
                     100 * point->top5, point->loss);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
fovea_convergence_chart_get_property (GObject    *object,
                                      guint       property_id,
                                      GValue     *value,
                                      GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_TOTAL:
      g_value_set_uint (value, FOVEA_CONVERGENCE_CHART (object)->total);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_convergence_chart_set_property (GObject      *object,
                                      guint         property_id,
                                      const GValue *value,
                                      GParamSpec   *pspec)
{
  switch (property_id)
    {
    case PROP_TOTAL:
      fovea_convergence_chart_set_total (FOVEA_CONVERGENCE_CHART (object), g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_convergence_chart_finalize (GObject *object)
{
  g_array_unref (FOVEA_CONVERGENCE_CHART (object)->points);

  G_OBJECT_CLASS (fovea_convergence_chart_parent_class)->finalize (object);
}

static void
fovea_convergence_chart_class_init (FoveaConvergenceChartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = fovea_convergence_chart_finalize;
  object_class->get_property = fovea_convergence_chart_get_property;
  object_class->set_property = fovea_convergence_chart_set_property;

  widget_class->snapshot = fovea_convergence_chart_snapshot;
  widget_class->measure = fovea_convergence_chart_measure;

  /**
   * FoveaConvergenceChart:total:
   *
   * How many pictures the run is going to have: there the axis ends. With 0 it
   * ends with the last point.
   */
  properties[PROP_TOTAL] =
    g_param_spec_uint ("total", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "fovea-convergence-chart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fovea_convergence_chart_init (FoveaConvergenceChart *self)
{
  self->points = g_array_new (FALSE, FALSE, sizeof (FoveaConvergencePoint));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Accuracy and loss over the pictures"), -1);
}

/**
 * fovea_convergence_chart_new:
 *
 * Returns: (transfer floating): a new, empty chart
 */
GtkWidget *
fovea_convergence_chart_new (void)
{
  return g_object_new (FOVEA_TYPE_CONVERGENCE_CHART, NULL);
}

/**
 * fovea_convergence_chart_append:
 * @self: a chart
 * @n_done: how many pictures were scored, no fewer than at the last point
 * @accuracy: the share of them that was right at the first guess, from 0 to 1
 * @top5: the share that was right among the first five
 * @loss: the loss up to here; NaN where there is none
 *
 * Adds a point. One with the same @n_done as the last takes its place.
 */
void
fovea_convergence_chart_append (FoveaConvergenceChart *self,
                                guint                  n_done,
                                double                 accuracy,
                                double                 top5,
                                double                 loss)
{
  FoveaConvergencePoint point = { n_done, accuracy, top5, loss };
  const FoveaConvergencePoint *points;

  g_return_if_fail (FOVEA_IS_CONVERGENCE_CHART (self));

  if (n_done == 0)
    return;

  points = convergence_chart_get_points (self);
  g_return_if_fail (self->points->len == 0 || points[self->points->len - 1].n_done <= n_done);

  if (self->points->len > 0 && points[self->points->len - 1].n_done == n_done)
    g_array_set_size (self->points, self->points->len - 1);

  cnn_share_get_interval (lround (accuracy * n_done), n_done, &point.low, &point.high);
  g_array_append_val (self->points, point);

  convergence_chart_describe (self, &point);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * fovea_convergence_chart_reset:
 * @self: a chart
 *
 * Takes all points away, for another run.
 */
void
fovea_convergence_chart_reset (FoveaConvergenceChart *self)
{
  g_return_if_fail (FOVEA_IS_CONVERGENCE_CHART (self));

  g_array_set_size (self->points, 0);
  gtk_accessible_reset_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint
fovea_convergence_chart_get_n_points (FoveaConvergenceChart *self)
{
  g_return_val_if_fail (FOVEA_IS_CONVERGENCE_CHART (self), 0);

  return self->points->len;
}

guint
fovea_convergence_chart_get_total (FoveaConvergenceChart *self)
{
  g_return_val_if_fail (FOVEA_IS_CONVERGENCE_CHART (self), 0);

  return self->total;
}

void
fovea_convergence_chart_set_total (FoveaConvergenceChart *self,
                                   guint                  total)
{
  g_return_if_fail (FOVEA_IS_CONVERGENCE_CHART (self));

  if (self->total == total)
    return;

  self->total = total;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TOTAL]);
}
