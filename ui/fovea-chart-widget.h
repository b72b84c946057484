#pragma once

#include <gtk/gtk.h>

#include "fovea-chart-style.h"

G_BEGIN_DECLS

void fovea_chart_style_init_for_widget (FoveaChartStyle *self,
                                        GtkWidget       *widget);

G_END_DECLS
