#pragma once

#include <gtk/gtk.h>

#include "cnn.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_SIZES_DRAWING (fovea_sizes_drawing_get_type ())

/**
 * FoveaSizesDrawing:
 *
 * Input, convolution and pooling as grids of cells, all to one scale. One cell
 * of an output is chosen, by the pointer or with the arrow keys, and the window
 * that it is worked out from is marked.
 */
G_DECLARE_FINAL_TYPE (FoveaSizesDrawing, fovea_sizes_drawing, FOVEA, SIZES_DRAWING, GtkWidget)

void        fovea_sizes_drawing_set         (FoveaSizesDrawing    *self,
                                             const CnnSizesLesson *lesson,
                                             const CnnSizesAnswer *answer);
const char *fovea_sizes_drawing_get_caption (FoveaSizesDrawing    *self);

G_END_DECLS
