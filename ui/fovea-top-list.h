#pragma once

#include <gtk/gtk.h>

#include "cnn.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_TOP_LIST (fovea_top_list_get_type ())

/**
 * FOVEA_TOP_LIST_SIZE:
 *
 * How many classes a top list shows.
 */
#define FOVEA_TOP_LIST_SIZE 5

/**
 * FoveaTopList:
 *
 * The five most probable classes for a crop. If the true class is not among them
 * it follows with its rank; below is the cross-entropy.
 */
G_DECLARE_FINAL_TYPE (FoveaTopList, fovea_top_list, FOVEA, TOP_LIST, GtkWidget)

GtkWidget     *fovea_top_list_new            (void);
CnnPrediction *fovea_top_list_get_prediction (FoveaTopList  *self);
void           fovea_top_list_set_prediction (FoveaTopList  *self,
                                              CnnPrediction *prediction);
int            fovea_top_list_get_crop       (FoveaTopList  *self);
void           fovea_top_list_set_crop       (FoveaTopList  *self,
                                              int            crop);
CnnLabels     *fovea_top_list_get_labels     (FoveaTopList  *self);
void           fovea_top_list_set_labels     (FoveaTopList  *self,
                                              CnnLabels     *labels);
int            fovea_top_list_get_true_label (FoveaTopList  *self);
void           fovea_top_list_set_true_label (FoveaTopList  *self,
                                              int            true_label);

G_END_DECLS
