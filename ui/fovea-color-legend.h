#pragma once

#include "fovea-color-map.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_COLOR_LEGEND (fovea_color_legend_get_type ())

/**
 * FoveaColorLegend:
 *
 * A strip of the colours of a map between the two numbers that they stand for,
 * with a notch at zero.
 */
G_DECLARE_FINAL_TYPE (FoveaColorLegend, fovea_color_legend, FOVEA, COLOR_LEGEND, GtkWidget)

GtkWidget *fovea_color_legend_new       (void);
void       fovea_color_legend_set_range (FoveaColorLegend *self,
                                         FoveaColorMap     color_map,
                                         float             low,
                                         float             high);

G_END_DECLS
