#pragma once

#include <adwaita.h>

#include "fovea-accuracy-plot.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_ACCURACY_CHART (fovea_accuracy_chart_get_type ())

/**
 * FoveaAccuracyChart:
 *
 * Accuracy class by class: a strip of all classes, and below it a list of bars
 * with names and figures, which can be sorted and searched. It moves while a run
 * goes on.
 */
G_DECLARE_FINAL_TYPE (FoveaAccuracyChart, fovea_accuracy_chart, FOVEA, ACCURACY_CHART, AdwBin)

GtkWidget       *fovea_accuracy_chart_new        (void);
GListModel      *fovea_accuracy_chart_get_model  (FoveaAccuracyChart *self);
void             fovea_accuracy_chart_set_model  (FoveaAccuracyChart *self,
                                                  GListModel         *model);
FoveaClassOrder  fovea_accuracy_chart_get_order  (FoveaAccuracyChart *self);
void             fovea_accuracy_chart_set_order  (FoveaAccuracyChart *self,
                                                  FoveaClassOrder     order);
const char      *fovea_accuracy_chart_get_search (FoveaAccuracyChart *self);
void             fovea_accuracy_chart_set_search (FoveaAccuracyChart *self,
                                                  const char         *search);

G_END_DECLS
