#pragma once

#include <gtk/gtk.h>

#include "cnn.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_SIZES_LESSON (fovea_sizes_lesson_get_type ())

/**
 * FoveaSizesLesson:
 *
 * The lesson on output sizes and cost: a convolution and a pooling to set, drawn
 * to scale, with every formula and the numbers in it.
 */
G_DECLARE_FINAL_TYPE (FoveaSizesLesson, fovea_sizes_lesson, FOVEA, SIZES_LESSON, GtkWidget)

GtkWidget *fovea_sizes_lesson_new          (void);
void       fovea_sizes_lesson_get_settings (FoveaSizesLesson     *self,
                                            CnnSizesLesson       *settings);
void       fovea_sizes_lesson_set_settings (FoveaSizesLesson     *self,
                                            const CnnSizesLesson *settings);

G_END_DECLS
