#pragma once

#include <gtk/gtk.h>

#include "cnn.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_BACKPROP_LESSON (fovea_backprop_lesson_get_type ())

/**
 * FOVEA_BACKPROP_MAX_POINTS:
 *
 * How many data points the lesson takes.
 */
#define FOVEA_BACKPROP_MAX_POINTS 12

/**
 * FoveaBackpropLesson:
 *
 * The lesson on backpropagation: a network of three weights with its data to
 * set, its error, and each gradient by the chain rule beside a numeric check.
 */
G_DECLARE_FINAL_TYPE (FoveaBackpropLesson, fovea_backprop_lesson, FOVEA, BACKPROP_LESSON, GtkWidget)

GtkWidget        *fovea_backprop_lesson_new         (void);
void              fovea_backprop_lesson_get_weights (FoveaBackpropLesson    *self,
                                                     double                  weights[CNN_N_WEIGHTS]);
void              fovea_backprop_lesson_set_weights (FoveaBackpropLesson    *self,
                                                     const double            weights[CNN_N_WEIGHTS]);
CnnBackpropPoint *fovea_backprop_lesson_dup_points  (FoveaBackpropLesson    *self,
                                                     guint                  *n_points);
void              fovea_backprop_lesson_set_points  (FoveaBackpropLesson    *self,
                                                     const CnnBackpropPoint *points,
                                                     guint                   n_points);

G_END_DECLS
