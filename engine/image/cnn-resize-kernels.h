#pragma once

#include <stddef.h>
#include <stdint.h>

/* The two passes of a resize. Kernels know pointers and sizes only; there is a
 * set of them for each instruction set, all with the same bytes. */

/* Fractional bits of a coefficient: 32 bits less 8 for the pixel and 2 for the
 * sum's sign and overshoot. */
#define CNN_RESIZE_PRECISION_BITS (32 - 8 - 2)

/* What makes the shift that ends a sum round to nearest. */
#define CNN_RESIZE_HALF (1 << (CNN_RESIZE_PRECISION_BITS - 1))

/* A coefficient k is kept in two halves, k = high·2¹⁵ + low with 0 ≤ low < 2¹⁵,
 * and the halves of two that follow one another side by side: vectors multiply
 * 16-bit numbers by pairs. Σ p·high·2¹⁵ + Σ p·low is Σ p·k, and it does not
 * matter that the second sum may pass 2³¹ on the way: integers wrap, and Σ p·k
 * itself fits, since weights add up to 1 and overshoot by less than another. */
#define CNN_RESIZE_LOW_BITS 15

typedef struct
{
  int16_t low[2];
  int16_t high[2];
} CnnResizePair;

/* What one output position is made of: size input positions from start on. */
typedef struct
{
  int32_t start;
  int32_t size;
} CnnResizeSpan;

/* How the positions of a row, or of a column, are made: position i of its span,
 * weighted by pairs[i·stride] and those that follow. The stride is even; pairs are
 * filled up with coefficients of zero. */
typedef struct
{
  size_t n_out;
  const CnnResizeSpan *spans;
  const CnnResizePair *pairs;
  size_t stride;
} CnnResizeWeights;

/* Rows that are resampled at once. */
#define CNN_RESIZE_ROWS 4

/* How far behind a row its kernels may read: up to three pixels to make a whole
 * number of fours, and what a vector has over. They make nothing of it. */
#define CNN_RESIZE_SPARE 16

typedef struct
{
  /* Resamples rows. out is (CNN_RESIZE_ROWS, n_out, 3), in (CNN_RESIZE_ROWS, width, 3), with
   * their strides in bytes; where these are 0, it is one row. */
  void (*rows)    (uint8_t                *out,
                   size_t                  out_stride,
                   const uint8_t          *in,
                   size_t                  in_stride,
                   const CnnResizeWeights *weights);

  /* Adds up rows: out is (n_bytes), as is each of rows (2·n_pairs), weighted by
   * pairs (n_pairs). */
  void (*columns) (uint8_t                *out,
                   size_t                  n_bytes,
                   const uint8_t *const   *rows,
                   const CnnResizePair    *pairs,
                   size_t                  n_pairs);
} CnnResizeKernels;

void cnn_resize_kernels_init_c      (CnnResizeKernels *kernels);
void cnn_resize_kernels_init_avx2   (CnnResizeKernels *kernels);
void cnn_resize_kernels_init_avx512 (CnnResizeKernels *kernels);

/* The plain way for columns, also for those that are too few for a vector. */
void cnn_resize_columns_c (uint8_t              *out,
                           size_t                n_bytes,
                           const uint8_t *const *rows,
                           const CnnResizePair  *pairs,
                           size_t                n_pairs);
