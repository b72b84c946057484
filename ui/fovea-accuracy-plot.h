#pragma once

#include <gtk/gtk.h>

#include "fovea-accuracy-rows.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_ACCURACY_PLOT (fovea_accuracy_plot_get_type ())

/**
 * FoveaAccuracyPlot:
 *
 * The rows of the accuracy chart: a scrollable of which only the rows in sight
 * are drawn. However many statistics change, it draws once a frame, and glides
 * from the old figures to the new ones.
 */
G_DECLARE_FINAL_TYPE (FoveaAccuracyPlot, fovea_accuracy_plot, FOVEA, ACCURACY_PLOT, GtkWidget)

GtkWidget          *fovea_accuracy_plot_new            (void);
GListModel         *fovea_accuracy_plot_get_model      (FoveaAccuracyPlot *self);
void                fovea_accuracy_plot_set_model      (FoveaAccuracyPlot *self,
                                                        GListModel        *model);
FoveaClassOrder     fovea_accuracy_plot_get_order      (FoveaAccuracyPlot *self);
void                fovea_accuracy_plot_set_order      (FoveaAccuracyPlot *self,
                                                        FoveaClassOrder    order);
const char         *fovea_accuracy_plot_get_search     (FoveaAccuracyPlot *self);
void                fovea_accuracy_plot_set_search     (FoveaAccuracyPlot *self,
                                                        const char        *search);
guint               fovea_accuracy_plot_get_n_rows     (FoveaAccuracyPlot *self);
CnnClassStatistics *fovea_accuracy_plot_get_row        (FoveaAccuracyPlot *self,
                                                        guint              row);
CnnClassStatistics *fovea_accuracy_plot_pick           (FoveaAccuracyPlot *self,
                                                        double             y);

G_END_DECLS
