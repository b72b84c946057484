#pragma once

#include "core/cnn-pixels.h"
#include "kernels/cnn-kernels.h"

/* Engine-internal: between row-major planes [channels][height][width] and
 * blocked maps. These move numbers and compute nothing, so one version in C does
 * for all instruction sets. */

void cnn_map_fill        (const CnnMap *map,
                          const float  *planes);
void cnn_map_fill_pixels (const CnnMap    *map,
                          const CnnPixels *pixels);
void cnn_map_read        (const CnnMap *map,
                          float        *planes);
void cnn_map_copy        (const CnnMap *map,
                          const CnnMap *to,
                          int           first_channel);
void cnn_map_clear_border (const CnnMap *map,
                          const int     border[4]);
