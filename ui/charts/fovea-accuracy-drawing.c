#define G_LOG_DOMAIN "fovea-accuracy-drawing"

#include "fovea-accuracy-drawing.h"

#include <glib/gi18n.h>
#include <math.h>

#define MARGIN 12.0
#define GAP 12.0
#define BAR_HEIGHT 10.0
#define CAP_HEIGHT 6.0
#define ROW_PADDING 10.0
/* Below this width there is room for the percentage alone. */
#define NARROW 520.0

/* Where the columns of the chart lie: name, plot, figures. */
typedef struct
{
  double name_width;
  double plot_x;
  double plot_width;
  double value_x;                       /* right edge */
  gboolean narrow;
} Columns;

static void
columns_init (Columns     *columns,
              PangoLayout *layout,
              double       width)
{
  int value_width;

  columns->narrow = width < NARROW;
  pango_layout_set_text (layout, columns->narrow ? "100 %" : "100 %  000/000", -1);
  pango_layout_get_pixel_size (layout, &value_width, NULL);

  columns->name_width = CLAMP (width * 0.36, 90, 260);
  columns->plot_x = MARGIN + columns->name_width + GAP;
  columns->value_x = width - MARGIN;
  columns->plot_width = MAX (columns->value_x - value_width - GAP - columns->plot_x, 20);
}

/**
 * fovea_accuracy_row_init:
 * @self: (out caller-allocates): the row to fill
 * @statistics: what is known of a class; it must outlive @self
 * @place: which row it is drawn in
 *
 * Takes the figures of a class as they are now.
 */
void
fovea_accuracy_row_init (FoveaAccuracyRow   *self,
                         CnnClassStatistics *statistics,
                         double              place)
{
  *self = (FoveaAccuracyRow) {
    .name = cnn_class_statistics_get_name (statistics),
    .index = cnn_class_statistics_get_index (statistics),
    .total = cnn_class_statistics_get_total (statistics),
    .correct = cnn_class_statistics_get_correct (statistics),
    .accuracy = cnn_class_statistics_get_accuracy (statistics),
    .place = place,
  };

  if (self->total > 0)
    {
      self->top5 = (double) cnn_class_statistics_get_top5 (statistics) / self->total;
      cnn_class_statistics_get_interval (statistics, &self->low, &self->high);
    }
}

/**
 * fovea_accuracy_chart_get_row_height:
 * @style: the look of the chart
 *
 * Returns: the height of a row, whole pixels
 */
double
fovea_accuracy_chart_get_row_height (const FoveaChartStyle *style)
{
  double size = pango_font_description_get_size (style->font) / (double) PANGO_SCALE;

  if (!pango_font_description_get_size_is_absolute (style->font))
    size *= style->resolution / 72;

  return ceil (size * 1.3 + ROW_PADDING);
}

static void
round_bar (cairo_t *cr,
           double   x,
           double   y,
           double   width,
           double   height)
{
  double radius = MIN (height / 2, width / 2);

  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI_2, G_PI_2);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI_2, 3 * G_PI_2);
  cairo_close_path (cr);
}

/* The interval: a line from end to end, with caps, on bar and background alike
 * to be seen. */
static void
draw_whisker (cairo_t               *cr,
              const FoveaChartStyle *style,
              double                 left,
              double                 right,
              double                 middle)
{
  fovea_chart_set_color (cr, &style->ink, 0.75);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, left, middle);
  cairo_line_to (cr, right, middle);
  cairo_move_to (cr, left, middle - CAP_HEIGHT / 2);
  cairo_line_to (cr, left, middle + CAP_HEIGHT / 2);
  cairo_move_to (cr, right, middle - CAP_HEIGHT / 2);
  cairo_line_to (cr, right, middle + CAP_HEIGHT / 2);
  cairo_stroke (cr);
}

static void
draw_bar (cairo_t                *cr,
          const FoveaChartStyle  *style,
          const Columns          *columns,
          const FoveaAccuracyRow *row,
          double                  middle)
{
  double top = middle - BAR_HEIGHT / 2;

  fovea_chart_set_color (cr, &style->ink, 0.08);
  round_bar (cr, columns->plot_x, top, columns->plot_width, BAR_HEIGHT);
  cairo_fill (cr);
  if (row->total == 0)
    return;

  if (row->top5 > 0)
    {
      fovea_chart_set_color (cr, &style->first, 0.35);
      round_bar (cr, columns->plot_x, top, columns->plot_width * row->top5, BAR_HEIGHT);
      cairo_fill (cr);
    }
  if (row->accuracy > 0)
    {
      fovea_chart_set_color (cr, &style->first, 1);
      round_bar (cr, columns->plot_x, top, columns->plot_width * row->accuracy, BAR_HEIGHT);
      cairo_fill (cr);
    }

  draw_whisker (cr, style, columns->plot_x + columns->plot_width * row->low,
                columns->plot_x + columns->plot_width * row->high, middle);
}

static void
draw_name (cairo_t                *cr,
           const FoveaChartStyle  *style,
           PangoLayout            *layout,
           const Columns          *columns,
           const FoveaAccuracyRow *row,
           double                  middle)
{
  g_autofree char *number = NULL;

  if (row->name == NULL)
    number = g_strdup_printf (_("Class %u"), row->index);

  pango_layout_set_width (layout, columns->name_width * PANGO_SCALE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  fovea_chart_set_color (cr, &style->ink, row->total > 0 ? 1 : 0.5);
  fovea_chart_show_text (cr, layout, number != NULL ? number : row->name, MARGIN, middle, 0);
  pango_layout_set_width (layout, -1);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_NONE);
}

static void
draw_figures (cairo_t                *cr,
              const FoveaChartStyle  *style,
              PangoLayout            *layout,
              const Columns          *columns,
              const FoveaAccuracyRow *row,
              double                  middle)
{
  g_autofree char *text = NULL;

  if (row->total == 0)
    text = g_strdup ("–");
  else if (columns->narrow)
    text = g_strdup_printf ("%.0f %%", 100.0 * row->correct / row->total);
  else
    text = g_strdup_printf ("%.0f %%  %u/%u", 100.0 * row->correct / row->total,
                            row->correct, row->total);

  fovea_chart_set_color (cr, &style->ink, row->total > 0 ? 0.8 : 0.5);
  fovea_chart_show_text (cr, layout, text, columns->value_x, middle, 1);
}

/* A hairline each quarter, behind the bars. */
static void
draw_grid (cairo_t               *cr,
           const FoveaChartStyle *style,
           const Columns         *columns,
           double                 top,
           double                 bottom)
{
  fovea_chart_set_color (cr, &style->ink, 0.12);
  cairo_set_line_width (cr, 1);
  for (guint i = 0; i <= 4; i++)
    {
      double x = round (columns->plot_x + columns->plot_width * i / 4) + 0.5;

      cairo_move_to (cr, x, top);
      cairo_line_to (cr, x, bottom);
    }
  cairo_stroke (cr);
}

/**
 * fovea_accuracy_chart_draw:
 * @cr: what to draw on; row 0 starts at its origin
 * @style: the look of the chart
 * @rows: (array length=n_rows): the classes to draw, in any order
 * @n_rows: how many there are
 * @width: the width of the chart
 *
 * Draws rows of the chart of accuracy by class: the name, a bar for the share
 * that was right with a paler one for the share among the first five, a whisker
 * for the 95 % interval, and the figures. Of a long list only the rows that are
 * in sight need be given.
 */
void
fovea_accuracy_chart_draw (cairo_t                *cr,
                           const FoveaChartStyle  *style,
                           const FoveaAccuracyRow *rows,
                           guint                   n_rows,
                           double                  width)
{
  g_autoptr (PangoLayout) layout = fovea_chart_style_new_layout (style, cr);
  double row_height = fovea_accuracy_chart_get_row_height (style);
  double first = G_MAXDOUBLE, last = -G_MAXDOUBLE;
  Columns columns;

  if (n_rows == 0)
    return;

  columns_init (&columns, layout, width);
  for (guint i = 0; i < n_rows; i++)
    {
      first = MIN (first, rows[i].place);
      last = MAX (last, rows[i].place);
    }
  draw_grid (cr, style, &columns, first * row_height, (last + 1) * row_height);

  for (guint i = 0; i < n_rows; i++)
    {
      double top = rows[i].place * row_height;
      double middle = round (top + row_height / 2) + 0.5;

      if (rows[i].emphasis > 0)
        {
          fovea_chart_set_color (cr, &style->ink, 0.1 * rows[i].emphasis);
          round_bar (cr, MARGIN / 2, top, width - MARGIN, row_height);
          cairo_fill (cr);
        }
      draw_name (cr, style, layout, &columns, &rows[i], middle);
      draw_bar (cr, style, &columns, &rows[i], middle);
      draw_figures (cr, style, layout, &columns, &rows[i], middle);
    }
}

/**
 * fovea_accuracy_chart_draw_axis:
 * @cr: what to draw on
 * @style: the look of the chart
 * @width: the width of the chart
 * @height: the height of the axis
 *
 * Draws the axis that stands above the rows.
 */
void
fovea_accuracy_chart_draw_axis (cairo_t               *cr,
                                const FoveaChartStyle *style,
                                double                 width,
                                double                 height)
{
  g_autoptr (PangoLayout) layout = fovea_chart_style_new_layout (style, cr);
  Columns columns;
  guint step;

  columns_init (&columns, layout, width);
  step = columns.plot_width < 200 ? 2 : 1;

  fovea_chart_set_color (cr, &style->ink, 0.6);
  for (guint i = 0; i <= 4; i += step)
    {
      g_autofree char *text = g_strdup_printf ("%u %%", i * 25);

      fovea_chart_show_text (cr, layout, text, columns.plot_x + columns.plot_width * i / 4,
                             height / 2, 0.5);
    }
}

/**
 * fovea_accuracy_chart_draw_overview:
 * @cr: what to draw on
 * @style: the look of the chart
 * @accuracies: (array length=n_accuracies): the share of each class that was
 *   right, in the order of the rows; negative where nothing is known
 * @n_accuracies: how many there are
 * @width: the width of the strip
 * @height: its height
 *
 * Draws all classes at once, side by side. Where there are more than pixels, one
 * of these has the mean of its classes.
 */
void
fovea_accuracy_chart_draw_overview (cairo_t               *cr,
                                    const FoveaChartStyle *style,
                                    const double          *accuracies,
                                    guint                  n_accuracies,
                                    double                 width,
                                    double                 height)
{
  guint n_bars = MIN (n_accuracies, (guint) MAX (width, 1));

  for (guint bar = 0; bar < n_bars; bar++)
    {
      guint first = (guint64) bar * n_accuracies / n_bars;
      guint end = (guint64) (bar + 1) * n_accuracies / n_bars;
      double x = width * bar / n_bars;
      double bar_width = width / n_bars;
      double sum = 0;
      guint n_known = 0;

      for (guint i = first; i < end; i++)
        if (accuracies[i] >= 0)
          {
            sum += accuracies[i];
            n_known++;
          }
      if (n_known > 0)
        cairo_rectangle (cr, x, height * (1 - sum / n_known),
                         bar_width > 3 ? bar_width - 1 : bar_width, height * sum / n_known);
    }

  fovea_chart_set_color (cr, &style->first, 0.8);
  cairo_fill (cr);

  fovea_chart_set_color (cr, &style->ink, 0.3);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, 0, height - 0.5);
  cairo_line_to (cr, width, height - 0.5);
  cairo_stroke (cr);
}
