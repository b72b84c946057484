#pragma once

#include "fovea-chart-style.h"

G_BEGIN_DECLS

/**
 * FoveaConvergencePoint:
 * @n_done: after how many pictures
 * @accuracy: the share of them that was right at the first guess, from 0 to 1
 * @top5: the share that was right among the first five
 * @loss: the loss up to there; NaN where there is none
 * @low: lower end of the 95 % interval of @accuracy
 * @high: its upper end
 *
 * How a run stood at one moment.
 */
typedef struct
{
  guint n_done;
  double accuracy;
  double top5;
  double loss;
  double low;
  double high;
} FoveaConvergencePoint;

void fovea_convergence_chart_draw (cairo_t                     *cr,
                                   const FoveaChartStyle       *style,
                                   const FoveaConvergencePoint *points,
                                   guint                        n_points,
                                   guint                        n_total,
                                   double                       width,
                                   double                       height);

G_END_DECLS
