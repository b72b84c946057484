#pragma once

#include "fovea-chart-style.h"

G_BEGIN_DECLS

/**
 * FoveaAccuracyRow:
 * @name: (nullable): what the class is called
 * @index: its place among the logits, which stands in for a missing name
 * @total: how many of its pictures were scored
 * @correct: how many of them were right at the first guess
 * @accuracy: the share that was right, from 0 to 1
 * @top5: the share that was right among the first five guesses
 * @low: lower end of the 95 % interval of @accuracy
 * @high: its upper end
 * @place: which row it is drawn in, from 0; between two rows while it moves
 * @emphasis: how strongly its row is lit up, from 0 to 1
 *
 * One class in the chart: plain values, which need not be those of this very
 * moment but may be on their way there.
 */
typedef struct
{
  const char *name;
  guint index;
  guint total;
  guint correct;
  double accuracy;
  double top5;
  double low;
  double high;
  double place;
  double emphasis;
} FoveaAccuracyRow;

void   fovea_accuracy_row_init              (FoveaAccuracyRow       *self,
                                             CnnClassStatistics     *statistics,
                                             double                  place);
double fovea_accuracy_chart_get_row_height  (const FoveaChartStyle  *style);
void   fovea_accuracy_chart_draw            (cairo_t                *cr,
                                             const FoveaChartStyle  *style,
                                             const FoveaAccuracyRow *rows,
                                             guint                   n_rows,
                                             double                  width);
void   fovea_accuracy_chart_draw_axis       (cairo_t                *cr,
                                             const FoveaChartStyle  *style,
                                             double                  width,
                                             double                  height);
void   fovea_accuracy_chart_draw_overview   (cairo_t                *cr,
                                             const FoveaChartStyle  *style,
                                             const double           *accuracies,
                                             guint                   n_accuracies,
                                             double                  width,
                                             double                  height);

G_END_DECLS
