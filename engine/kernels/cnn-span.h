#pragma once

/* Engine-internal: where the windows of pooling layers lie. Shared by all
 * instruction sets. */

#include "kernels/cnn-kernels.h"

/* The pixels that a window covers in one dimension: first, first + step, …, n of
 * them, all inside the picture; and how many it covers if padding counts. */
typedef struct
{
  int first;
  int step;
  int n;
  int n_padded;
} CnnSpan;

static inline int
cnn_ceil_div (int a,
              int b)
{
  return a <= 0 ? 0 : (a + b - 1) / b;
}

static inline int
cnn_min (int a,
         int b)
{
  return a < b ? a : b;
}

/* What a stencil covers at position `at` of the output, in dimension d (0 height, 1 width)
 * of a picture of that size. */
static inline CnnSpan
cnn_stencil_span (const CnnStencil *stencil,
                  int               d,
                  int               at,
                  int               size)
{
  int step = stencil->dilation[d];
  int start = at * stencil->stride[d] - stencil->padding[d];
  int skipped = cnn_ceil_div (-start, step);
  int end = cnn_min (stencil->kernel[d], cnn_ceil_div (size - start, step));
  CnnSpan span;

  span.first = start + skipped * step;
  span.step = step;
  span.n = end > skipped ? end - skipped : 0;
  span.n_padded = cnn_min (stencil->kernel[d],
                           cnn_ceil_div (size + stencil->padding[d + 2] - start, step));

  return span;
}

/* Adaptive pooling: from ⌊at·size/n⌋ up to ⌈(at + 1)·size/n⌉, as PyTorch does. */
static inline CnnSpan
cnn_adaptive_span (int at,
                   int n,
                   int size)
{
  CnnSpan span;

  span.first = (int) ((long long) at * size / n);
  span.step = 1;
  span.n = (int) (((long long) (at + 1) * size + n - 1) / n) - span.first;
  span.n_padded = span.n;

  return span;
}

/* What the sum over a window is divided by; an empty window gives 0 / 1. */
static inline float
cnn_average_divisor (const CnnPool *pool,
                     CnnSpan        rows,
                     CnnSpan        columns)
{
  int n = pool->count_padding ? rows.n_padded * columns.n_padded : rows.n * columns.n;

  return n > 0 ? n : 1;
}
