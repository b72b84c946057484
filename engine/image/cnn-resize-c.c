#include "image/cnn-resize-kernels.h"

#define HALF (1 << (CNN_RESIZE_PRECISION_BITS - 1))

/* Rounds a sum, which starts from HALF, to a byte. */
static inline uint8_t
to_byte (int32_t sum)
{
  int32_t value = sum >> CNN_RESIZE_PRECISION_BITS;

  return value < 0 ? 0 : value > 255 ? 255 : value;
}

void
cnn_resize_row_c (uint8_t             *out,
                  const uint8_t       *in,
                  size_t               out_width,
                  const CnnResizeSpan *spans,
                  const int32_t       *coefficients,
                  size_t               stride)
{
  for (size_t x = 0; x < out_width; x++)
    {
      const uint8_t *pixel = in + spans[x].start * 3;
      const int32_t *weights = coefficients + x * stride;
      int32_t red = HALF, green = HALF, blue = HALF;

      for (size_t i = 0; i < spans[x].size; i++)
        {
          red += pixel[3 * i] * weights[i];
          green += pixel[3 * i + 1] * weights[i];
          blue += pixel[3 * i + 2] * weights[i];
        }

      out[3 * x] = to_byte (red);
      out[3 * x + 1] = to_byte (green);
      out[3 * x + 2] = to_byte (blue);
    }
}

void
cnn_resize_column_c (uint8_t       *out,
                     const uint8_t *rows,
                     size_t         n_bytes,
                     size_t         n_rows,
                     const int32_t *coefficients,
                     int32_t       *sums)
{
  for (size_t i = 0; i < n_bytes; i++)
    sums[i] = HALF;

  for (size_t y = 0; y < n_rows; y++)
    {
      const uint8_t *row = rows + y * n_bytes;
      int32_t weight = coefficients[y];

      for (size_t i = 0; i < n_bytes; i++)
        sums[i] += row[i] * weight;
    }

  for (size_t i = 0; i < n_bytes; i++)
    out[i] = to_byte (sums[i]);
}
