#pragma once

#include <gtk/gtk.h>

#include "cnn.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_BACKPROP_DRAWING (fovea_backprop_drawing_get_type ())

/**
 * FoveaBackpropDrawing:
 *
 * The network of three weights: what each unit answers to one data point, and on
 * each edge its weight and the gradient for it.
 */
G_DECLARE_FINAL_TYPE (FoveaBackpropDrawing, fovea_backprop_drawing, FOVEA, BACKPROP_DRAWING, GtkWidget)

void fovea_backprop_drawing_set (FoveaBackpropDrawing    *self,
                                 const double             weights[CNN_N_WEIGHTS],
                                 const CnnBackpropPoint  *point,
                                 const CnnBackpropAnswer *answer);

G_END_DECLS
