#pragma once

#include <gtk/gtk.h>

#include "cnn.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_CROP_STRIP (fovea_crop_strip_get_type ())

/**
 * FoveaCropStrip:
 *
 * The crops of a picture side by side, each with the network's answer, and last
 * the answer for the mean of them. One is selected; the arrow keys or a click
 * select another.
 */
G_DECLARE_FINAL_TYPE (FoveaCropStrip, fovea_crop_strip, FOVEA, CROP_STRIP, GtkWidget)

GtkWidget     *fovea_crop_strip_new               (void);
CnnPrepared   *fovea_crop_strip_get_prepared      (FoveaCropStrip *self);
void           fovea_crop_strip_set_prepared      (FoveaCropStrip *self,
                                                   CnnPrepared    *prepared);
CnnPrediction *fovea_crop_strip_get_prediction    (FoveaCropStrip *self);
void           fovea_crop_strip_set_prediction    (FoveaCropStrip *self,
                                                   CnnPrediction  *prediction);
CnnLabels     *fovea_crop_strip_get_labels        (FoveaCropStrip *self);
void           fovea_crop_strip_set_labels        (FoveaCropStrip *self,
                                                   CnnLabels      *labels);
int            fovea_crop_strip_get_true_label    (FoveaCropStrip *self);
void           fovea_crop_strip_set_true_label    (FoveaCropStrip *self,
                                                   int             true_label);
int            fovea_crop_strip_get_selected_crop (FoveaCropStrip *self);
void           fovea_crop_strip_set_selected_crop (FoveaCropStrip *self,
                                                   int             crop);

G_END_DECLS
