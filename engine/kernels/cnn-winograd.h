#pragma once

/* Engine-internal: what the parts of a Winograd convolution have to agree on. How
 * it works is told in cnn-winograd-template.h. */

#include "kernels/cnn-kernels.h"

/* The points of F(4×4, 3×3): 0, ±A, ±B and ∞. */
#define CNN_WINOGRAD_A 0.6875
#define CNN_WINOGRAD_B 1.5

/* Floats that lie between two vectors of numbers of a tile's elements, for n
 * vectors in each. An odd number of cache lines, so that the elements of a tile
 * do not all fall into the same few places of a cache. */
static inline ptrdiff_t
cnn_winograd_stride (ptrdiff_t n)
{
  return (n | 1) * CNN_BLOCK;
}

/* Outputs of a tile in one dimension. */
static inline int
cnn_winograd_outputs (CnnWinogradSize size)
{
  return size == CNN_WINOGRAD_2X2 ? 2 : 4;
}

/* Elements of a tile: inputs, and also products. */
static inline int
cnn_winograd_elements (CnnWinogradSize size)
{
  int inputs = cnn_winograd_outputs (size) + 2;

  return inputs * inputs;
}

static inline int
cnn_winograd_tiles (CnnWinogradSize size,
                    int             extent)
{
  int outputs = cnn_winograd_outputs (size);

  return (extent + outputs - 1) / outputs;
}

void cnn_winograd_weights (CnnWinogradSize size,
                           const float     taps[9][CNN_BLOCK],
                           float          *weights,
                           ptrdiff_t       stride);
