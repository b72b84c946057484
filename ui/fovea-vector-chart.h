#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FOVEA_TYPE_VECTOR_CHART (fovea_vector_chart_get_type ())

/**
 * FoveaVectorChart:
 *
 * Numbers as bars around a line of zero, in their order. Where there are more
 * bars than pixels, a pixel's bar reaches from the least to the greatest of its
 * numbers. Click and the arrow keys select a bar.
 */
G_DECLARE_FINAL_TYPE (FoveaVectorChart, fovea_vector_chart, FOVEA, VECTOR_CHART, GtkWidget)

GtkWidget *fovea_vector_chart_new          (void);
void       fovea_vector_chart_set_values   (FoveaVectorChart *self,
                                            const float      *values,
                                            guint             n_values);
guint      fovea_vector_chart_get_selected (FoveaVectorChart *self);
void       fovea_vector_chart_set_selected (FoveaVectorChart *self,
                                            guint             selected);
guint      fovea_vector_chart_pick         (FoveaVectorChart *self,
                                            double            x);

G_END_DECLS
