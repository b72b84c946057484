/* Template: the passes of a resize, in vectors of integers. Include it behind
 * the definition of Vector and what can be done with it.
 *
 * A vector consists of lanes of 16 bytes, or of four sums. */

#include "image/cnn-resize-kernels.h"

#include <string.h>

#define N_LANES (sizeof (Vector) / 16)

/* Σ p·low and Σ p·high. */
typedef struct
{
  Vector low;
  Vector high;
} Sum;

static inline Sum
sum_start (void)
{
  return (Sum) { vector_set (CNN_RESIZE_HALF), vector_set (0) };
}

/* Adds two products to each sum: pixels are pairs of 16-bit numbers. */
static inline void
sum_add (Sum                 *sum,
         Vector               pixels,
         const CnnResizePair *pair)
{
  int32_t low, high;

  memcpy (&low, pair->low, sizeof low);
  memcpy (&high, pair->high, sizeof high);
  sum->low = vector_add (sum->low, vector_multiply_pairs (pixels, vector_set (low)));
  sum->high = vector_add (sum->high, vector_multiply_pairs (pixels, vector_set (high)));
}

static inline Vector
sum_finish (const Sum *sum)
{
  return vector_shift_right (vector_add (sum->low, vector_shift_left (sum->high, CNN_RESIZE_LOW_BITS)),
                             CNN_RESIZE_PRECISION_BITS);
}

/* For one position of the output, a row in each lane: red, green and blue, and a
 * fourth sum of no use. One load brings four pixels, which are two pairs; spread
 * lays a colour's two bytes side by side, as 16-bit numbers. */
static inline Vector
resample_pixels (const uint8_t       *in,
                 size_t               stride,
                 const CnnResizePair *pairs,
                 int32_t              n_pixels)
{
  const Vector spread_first = vector_repeat (0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1);
  const Vector spread_second = vector_repeat (6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
  Sum sum = sum_start ();

  for (int32_t i = 0; i < n_pixels; i += 4, in += 12, pairs += 2)
    {
      Vector pixels = vector_load_lanes (in, stride);

      sum_add (&sum, vector_shuffle (pixels, spread_first), &pairs[0]);
      sum_add (&sum, vector_shuffle (pixels, spread_second), &pairs[1]);
    }

  return sum_finish (&sum);
}

/* As many rows as there are lanes. Four positions make 12 bytes; what a store
 * writes behind them is overwritten by the next, and the last one is not wider
 * than the row. */
static inline void
resample_lanes (uint8_t                *out,
                size_t                  out_stride,
                const uint8_t          *in,
                size_t                  in_stride,
                const CnnResizeWeights *weights)
{
  const Vector close_gaps = vector_repeat (0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
  size_t n_out = weights->n_out;

  for (size_t x = 0; x < n_out; x += 4, out += 12)
    {
      Vector sums[4];
      Vector bytes;

      for (size_t i = 0; i < 4; i++)
        {
          size_t at = x + i < n_out ? x + i : n_out - 1;
          const CnnResizeSpan *span = &weights->spans[at];

          sums[i] = resample_pixels (in + (ptrdiff_t) span->start * 3, in_stride,
                                     weights->pairs + at * weights->stride, span->size);
        }

      bytes = vector_shuffle (vector_pack (sums[0], sums[1], sums[2], sums[3]), close_gaps);
      if (x + 6 <= n_out)
        vector_store_lanes (out, out_stride, bytes);
      else
        {
          uint8_t last[16 * N_LANES];

          vector_store_lanes (last, 16, bytes);
          for (size_t lane = 0; lane < N_LANES; lane++)
            memcpy (out + lane * out_stride, last + lane * 16, 3 * (n_out - x < 4 ? n_out - x : 4));
        }
    }
}

static void
KERNEL (cnn_resize_rows) (uint8_t                *out,
                          size_t                  out_stride,
                          const uint8_t          *in,
                          size_t                  in_stride,
                          const CnnResizeWeights *weights)
{
  for (size_t y = 0; y < CNN_RESIZE_ROWS; y += N_LANES)
    resample_lanes (out + y * out_stride, out_stride, in + y * in_stride, in_stride, weights);
}

/* Bytes of two rows become pairs of 16-bit numbers in two steps. Both keep to
 * their lanes, and so does the packing that puts everything back in order. */
static inline Vector
resample_bytes (const uint8_t *const *rows,
                size_t                at,
                const CnnResizePair  *pairs,
                size_t                n_pairs)
{
  const Vector zero = vector_set (0);
  Sum sums[4] = { sum_start (), sum_start (), sum_start (), sum_start () };

  for (size_t i = 0; i < n_pairs; i++)
    {
      Vector upper = vector_load (rows[2 * i] + at);
      Vector lower = vector_load (rows[2 * i + 1] + at);
      Vector left = vector_interleave_left (upper, lower);
      Vector right = vector_interleave_right (upper, lower);

      sum_add (&sums[0], vector_interleave_left (left, zero), &pairs[i]);
      sum_add (&sums[1], vector_interleave_right (left, zero), &pairs[i]);
      sum_add (&sums[2], vector_interleave_left (right, zero), &pairs[i]);
      sum_add (&sums[3], vector_interleave_right (right, zero), &pairs[i]);
    }

  return vector_pack (sum_finish (&sums[0]), sum_finish (&sums[1]),
                      sum_finish (&sums[2]), sum_finish (&sums[3]));
}

static void
KERNEL (cnn_resize_columns) (uint8_t              *out,
                             size_t                n_bytes,
                             const uint8_t *const *rows,
                             const CnnResizePair  *pairs,
                             size_t                n_pairs)
{
  if (n_bytes < sizeof (Vector))
    {
      cnn_resize_columns_c (out, n_bytes, rows, pairs, n_pairs);
      return;
    }

  /* The last vector ends with the row, and does some bytes again. */
  for (size_t x = 0; x < n_bytes; x += sizeof (Vector))
    {
      size_t at = x + sizeof (Vector) <= n_bytes ? x : n_bytes - sizeof (Vector);

      vector_store (out + at, resample_bytes (rows, at, pairs, n_pairs));
    }
}
