#include "image/cnn-resize-kernels.h"

#define CHUNK 256

/* The two coefficients of a pair. */
static inline int32_t
weight_of (const CnnResizePair *pair,
           int                  i)
{
  return pair->high[i] * (1 << CNN_RESIZE_LOW_BITS) + pair->low[i];
}

/* Rounds a sum, which starts from CNN_RESIZE_HALF, to a byte. */
static inline uint8_t
to_byte (int32_t sum)
{
  int32_t value = sum >> CNN_RESIZE_PRECISION_BITS;

  return value < 0 ? 0 : value > 255 ? 255 : value;
}

static void
resample_row (uint8_t                *out,
              const uint8_t          *in,
              const CnnResizeWeights *weights)
{
  for (size_t x = 0; x < weights->n_out; x++)
    {
      const CnnResizeSpan *span = &weights->spans[x];
      const CnnResizePair *pairs = weights->pairs + x * weights->stride;
      const uint8_t *pixel = in + (ptrdiff_t) span->start * 3;
      int32_t red = CNN_RESIZE_HALF, green = CNN_RESIZE_HALF, blue = CNN_RESIZE_HALF;

      for (int32_t i = 0; i < span->size; i++, pixel += 3)
        {
          int32_t weight = weight_of (&pairs[i / 2], i % 2);

          red += pixel[0] * weight;
          green += pixel[1] * weight;
          blue += pixel[2] * weight;
        }

      out[3 * x] = to_byte (red);
      out[3 * x + 1] = to_byte (green);
      out[3 * x + 2] = to_byte (blue);
    }
}

static void
cnn_resize_rows_c (uint8_t                *out,
                   size_t                  out_stride,
                   const uint8_t          *in,
                   size_t                  in_stride,
                   const CnnResizeWeights *weights)
{
  size_t n_rows = in_stride > 0 ? CNN_RESIZE_ROWS : 1;

  for (size_t y = 0; y < n_rows; y++)
    resample_row (out + y * out_stride, in + y * in_stride, weights);
}

void
cnn_resize_columns_c (uint8_t              *out,
                      size_t                n_bytes,
                      const uint8_t *const *rows,
                      const CnnResizePair  *pairs,
                      size_t                n_pairs)
{
  int32_t sums[CHUNK];

  for (size_t start = 0; start < n_bytes; start += CHUNK)
    {
      size_t n = n_bytes - start < CHUNK ? n_bytes - start : CHUNK;

      for (size_t x = 0; x < n; x++)
        sums[x] = CNN_RESIZE_HALF;

      for (size_t y = 0; y < 2 * n_pairs; y++)
        {
          const uint8_t *row = rows[y] + start;
          int32_t weight = weight_of (&pairs[y / 2], y % 2);

          for (size_t x = 0; x < n; x++)
            sums[x] += row[x] * weight;
        }

      for (size_t x = 0; x < n; x++)
        out[start + x] = to_byte (sums[x]);
    }
}

void
cnn_resize_kernels_init_c (CnnResizeKernels *kernels)
{
  kernels->rows = cnn_resize_rows_c;
  kernels->columns = cnn_resize_columns_c;
}
