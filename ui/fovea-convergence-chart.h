#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FOVEA_TYPE_CONVERGENCE_CHART (fovea_convergence_chart_get_type ())

/**
 * FoveaConvergenceChart:
 *
 * How the accuracy and the loss of a run settle as pictures are scored.
 */
G_DECLARE_FINAL_TYPE (FoveaConvergenceChart, fovea_convergence_chart, FOVEA, CONVERGENCE_CHART, GtkWidget)

GtkWidget *fovea_convergence_chart_new          (void);
void       fovea_convergence_chart_append       (FoveaConvergenceChart *self,
                                                 guint                  n_done,
                                                 double                 accuracy,
                                                 double                 top5,
                                                 double                 loss);
void       fovea_convergence_chart_reset        (FoveaConvergenceChart *self);
guint      fovea_convergence_chart_get_n_points (FoveaConvergenceChart *self);
guint      fovea_convergence_chart_get_total    (FoveaConvergenceChart *self);
void       fovea_convergence_chart_set_total    (FoveaConvergenceChart *self,
                                                 guint                  total);

G_END_DECLS
