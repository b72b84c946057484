#define G_LOG_DOMAIN "fovea-convergence-drawing"

#include "fovea-convergence-drawing.h"

#include <glib/gi18n.h>
#include <math.h>

#define MARGIN 12.0
#define PANE_GAP 18.0
/* Of the height, for accuracy; the rest is for the loss. */
#define ACCURACY_SHARE 0.64

/* A part of the chart with its own vertical axis. */
typedef struct
{
  double left;
  double right;
  double top;
  double bottom;
  double low;
  double high;
  guint n_total;
} Pane;

static double
pane_x (const Pane *pane,
        guint       n_done)
{
  return pane->left + (pane->right - pane->left) * n_done / MAX (pane->n_total, 1);
}

static double
pane_y (const Pane *pane,
        double      value)
{
  return pane->bottom - (pane->bottom - pane->top) *
                        (CLAMP (value, pane->low, pane->high) - pane->low) / (pane->high - pane->low);
}

/* Of many points, about two for a pixel are enough. */
static guint
get_stride (const Pane *pane,
            guint       n_points)
{
  return MAX (1, n_points / (guint) MAX (2 * (pane->right - pane->left), 1));
}

static void
draw_line (cairo_t                     *cr,
           const Pane                  *pane,
           const FoveaConvergencePoint *points,
           guint                        n_points,
           gsize                        offset,
           const FoveaChartColor       *color)
{
  guint stride = get_stride (pane, n_points);

  fovea_chart_set_color (cr, color, 1);
  cairo_set_line_width (cr, 1.75);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_new_path (cr);                  /* text leaves its end behind */
  for (guint i = 0; i < n_points; i += stride)
    {
      double value = G_STRUCT_MEMBER (double, &points[i], offset);

      if (!isnan (value))
        cairo_line_to (cr, pane_x (pane, points[i].n_done), pane_y (pane, value));
    }
  if (!isnan (G_STRUCT_MEMBER (double, &points[n_points - 1], offset)))
    cairo_line_to (cr, pane_x (pane, points[n_points - 1].n_done),
                   pane_y (pane, G_STRUCT_MEMBER (double, &points[n_points - 1], offset)));
  cairo_stroke (cr);
}

static void
draw_band (cairo_t                     *cr,
           const Pane                  *pane,
           const FoveaConvergencePoint *points,
           guint                        n_points,
           const FoveaChartColor       *color)
{
  guint stride = get_stride (pane, n_points);

  cairo_new_path (cr);
  for (guint i = 0; i < n_points; i += stride)
    cairo_line_to (cr, pane_x (pane, points[i].n_done), pane_y (pane, points[i].high));
  cairo_line_to (cr, pane_x (pane, points[n_points - 1].n_done),
                 pane_y (pane, points[n_points - 1].high));
  cairo_line_to (cr, pane_x (pane, points[n_points - 1].n_done),
                 pane_y (pane, points[n_points - 1].low));
  for (guint i = (n_points - 1) / stride + 1; i-- > 0; )
    cairo_line_to (cr, pane_x (pane, points[i * stride].n_done),
                   pane_y (pane, points[i * stride].low));
  cairo_close_path (cr);
  fovea_chart_set_color (cr, color, 0.2);
  cairo_fill (cr);
}

static void
draw_level (cairo_t               *cr,
            const FoveaChartStyle *style,
            PangoLayout           *layout,
            const Pane            *pane,
            double                 value,
            const char            *text)
{
  double y = round (pane_y (pane, value)) + 0.5;

  fovea_chart_set_color (cr, &style->ink, 0.12);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, pane->left, y);
  cairo_line_to (cr, pane->right, y);
  cairo_stroke (cr);

  fovea_chart_set_color (cr, &style->ink, 0.6);
  fovea_chart_show_text (cr, layout, text, pane->left - 6, y, 1);
}

/* The name of a line and its last value, in its colour: nobody has to look for a
 * legend, and colour is not all that tells them apart. */
static double
draw_key (cairo_t               *cr,
          const FoveaChartStyle *style,
          PangoLayout           *layout,
          const FoveaChartColor *color,
          const char            *text,
          double                 x,
          double                 y)
{
  int width;

  fovea_chart_set_color (cr, color, 1);
  cairo_arc (cr, x + 4, y, 4, 0, 2 * G_PI);
  cairo_fill (cr);
  fovea_chart_set_color (cr, &style->ink, 0.9);
  fovea_chart_show_text (cr, layout, text, x + 13, y, 0);
  pango_layout_get_pixel_size (layout, &width, NULL);

  return x + 13 + width + 14;
}

/* A round number above all losses but the wild ones at the start. */
static double
get_loss_ceiling (const FoveaConvergencePoint *points,
                  guint                        n_points)
{
  double greatest = 0;
  double magnitude;

  for (guint i = n_points / 10; i < n_points; i++)
    if (!isnan (points[i].loss) && !isinf (points[i].loss))
      greatest = MAX (greatest, points[i].loss);
  if (greatest <= 0)
    return 1;

  magnitude = pow (10, floor (log10 (greatest)));

  return ceil (greatest / magnitude * 2) / 2 * magnitude;
}

static void
draw_accuracy (cairo_t                     *cr,
               const FoveaChartStyle       *style,
               PangoLayout                 *layout,
               const Pane                  *pane,
               const FoveaConvergencePoint *points,
               guint                        n_points,
               double                       key_y)
{
  for (guint i = 0; i <= 4; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u %%", i * 25);

      draw_level (cr, style, layout, pane, i / 4.0, text);
    }

  if (n_points > 0)
    {
      const FoveaConvergencePoint *last = &points[n_points - 1];
      g_autofree char *first_text = g_strdup_printf (_("Top-1 %.1f %%"), 100 * last->accuracy);
      g_autofree char *second_text = g_strdup_printf (_("Top-5 %.1f %%"), 100 * last->top5);
      double x = pane->left;

      draw_band (cr, pane, points, n_points, &style->first);
      draw_line (cr, pane, points, n_points, G_STRUCT_OFFSET (FoveaConvergencePoint, top5),
                 &style->second);
      draw_line (cr, pane, points, n_points, G_STRUCT_OFFSET (FoveaConvergencePoint, accuracy),
                 &style->first);
      x = draw_key (cr, style, layout, &style->first, first_text, x, key_y);
      draw_key (cr, style, layout, &style->second, second_text, x, key_y);
    }
}

static void
draw_loss (cairo_t                     *cr,
           const FoveaChartStyle       *style,
           PangoLayout                 *layout,
           const Pane                  *pane,
           const FoveaConvergencePoint *points,
           guint                        n_points,
           double                       key_y)
{
  g_autofree char *ceiling = g_strdup_printf ("%.2g", pane->high);

  draw_level (cr, style, layout, pane, 0, "0");
  draw_level (cr, style, layout, pane, pane->high, ceiling);

  if (n_points > 0)
    {
      g_autofree char *text = g_strdup_printf (_("Loss %.4f"), points[n_points - 1].loss);

      draw_line (cr, pane, points, n_points, G_STRUCT_OFFSET (FoveaConvergencePoint, loss),
                 &style->third);
      draw_key (cr, style, layout, &style->third, text, pane->left, key_y);
    }
}

static void
draw_pictures (cairo_t               *cr,
               const FoveaChartStyle *style,
               PangoLayout           *layout,
               const Pane            *pane,
               double                 y)
{
  fovea_chart_set_color (cr, &style->ink, 0.6);
  for (guint i = 0; i <= 2; i++)
    {
      guint n_done = (guint64) pane->n_total * i / 2;
      g_autofree char *text = i == 2 ? g_strdup_printf (ngettext ("%u picture", "%u pictures", n_done), n_done)
                                     : g_strdup_printf ("%u", n_done);

      fovea_chart_show_text (cr, layout, text, pane_x (pane, n_done), y, i / 2.0);
    }
}

/**
 * fovea_convergence_chart_draw:
 * @cr: what to draw on
 * @style: the look of the chart
 * @points: (array length=n_points): the run so far, in the order of @n_done
 * @n_points: how many points there are
 * @n_total: at how many pictures the axis ends
 * @width: the width of the chart
 * @height: its height
 *
 * Draws how a run settles: accuracy with its 95 % band and top-5 accuracy above,
 * the loss below, over the number of pictures.
 */
void
fovea_convergence_chart_draw (cairo_t                     *cr,
                              const FoveaChartStyle       *style,
                              const FoveaConvergencePoint *points,
                              guint                        n_points,
                              guint                        n_total,
                              double                       width,
                              double                       height)
{
  g_autoptr (PangoLayout) layout = fovea_chart_style_new_layout (style, cr);
  int label_width, line;
  double plots;
  Pane accuracy, loss;

  pango_layout_set_text (layout, "100 %", -1);
  pango_layout_get_pixel_size (layout, &label_width, &line);

  /* From top to bottom: key, accuracy, key, loss, numbers of pictures. */
  plots = MAX (height - 2 * MARGIN - 3 * line - PANE_GAP - 6, 40);
  accuracy = (Pane) {
    .left = MARGIN + label_width + 6,
    .right = MAX (width - MARGIN, MARGIN + label_width + 7),
    .top = MARGIN + line + 4,
    .low = 0,
    .high = 1,
    .n_total = MAX (n_total, n_points > 0 ? points[n_points - 1].n_done : 0),
  };
  accuracy.bottom = accuracy.top + plots * ACCURACY_SHARE;

  loss = accuracy;
  loss.top = accuracy.bottom + PANE_GAP + line;
  loss.bottom = loss.top + plots * (1 - ACCURACY_SHARE);
  loss.high = get_loss_ceiling (points, n_points);

  draw_accuracy (cr, style, layout, &accuracy, points, n_points, MARGIN + line / 2.0 - 2);
  draw_loss (cr, style, layout, &loss, points, n_points, loss.top - line / 2.0 - 4);
  if (accuracy.n_total > 0)
    draw_pictures (cr, style, layout, &loss, loss.bottom + line / 2.0 + 6);
}
