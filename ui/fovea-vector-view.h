#pragma once

#include <adwaita.h>

#include "cnn.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_VECTOR_VIEW (fovea_vector_view_get_type ())

/**
 * FoveaVectorView:
 *
 * The values of a vector (pooled features, logits): a chart of all of them in
 * their order, over a list from the greatest to the least. Left and Right walk
 * along the chart.
 */
G_DECLARE_FINAL_TYPE (FoveaVectorView, fovea_vector_view, FOVEA, VECTOR_VIEW, AdwBin)

GtkWidget *fovea_vector_view_new          (void);
CnnTensor *fovea_vector_view_get_tensor   (FoveaVectorView *self);
void       fovea_vector_view_set_tensor   (FoveaVectorView *self,
                                           CnnTensor       *tensor);
CnnLabels *fovea_vector_view_get_labels   (FoveaVectorView *self);
void       fovea_vector_view_set_labels   (FoveaVectorView *self,
                                           CnnLabels       *labels);
guint      fovea_vector_view_get_selected (FoveaVectorView *self);
void       fovea_vector_view_set_selected (FoveaVectorView *self,
                                           guint            selected);

G_END_DECLS
