/* Template: the convolution of each channel by itself (see CnnDepthwise). Include
 * it after a header that defines Block and its arithmetic, and TILE_PIXELS.
 *
 * There is one multiply-add for each number of the input that a tap sees, so the
 * loads must be fewer: for a row of the kernel, which stays in registers, each pixel
 * of the input is loaded once and goes into the sums of all pixels that see it.
 * That takes a width and a stride that the compiler knows, and dense taps; others
 * load a pixel for every tap. Either way a sum takes the taps in the same order. */

#include "kernels/cnn-finish-template.h"

/* The columns of the input that the widest tile sees: 13 · 2 + 5. */
#define UNROLL_COLUMNS _Pragma ("GCC unroll 32")

/* The widest kernel that is known to the compiler. */
#define DEPTHWISE_MAX_KERNEL 7

static inline const float *
depthwise_corner (const CnnDepthwise *conv,
                  int                 block,
                  int                 y,
                  int                 x)
{
  const CnnStencil *stencil = &conv->stencil;
  const CnnMap *in = &conv->in;

  return in->data + block * in->block +
         (y * stencil->stride[0] - stencil->padding[0]) * in->row +
         (x * stencil->stride[1] - stencil->padding[1]) * in->pixel;
}

/* Adds a row of the kernel to the sums of n pixels, whatever its width. */
static ALWAYS_INLINE void
depthwise_add_taps (const CnnDepthwise *conv,
                    const float        *from,
                    const float        *weights,
                    Block              *sums,
                    const int           n)
{
  const CnnStencil *stencil = &conv->stencil;
  ptrdiff_t step = stencil->stride[1] * conv->in.pixel;

  for (int kx = 0; kx < stencil->kernel[1]; kx++)
    {
      Block w = block_load (weights + kx * CNN_BLOCK);

      UNROLL for (int p = 0; p < n; p++)
        sums[p] = block_multiply_add (block_load (from + p * step), w, sums[p]);

      from += stencil->dilation[1] * conv->in.pixel;
    }
}

/* The same where the width and the stride are known, and taps are dense. */
static ALWAYS_INLINE void
depthwise_add_row (const float *from,
                   ptrdiff_t    pixel,
                   const float *weights,
                   Block       *sums,
                   const int    n,
                   const int    kernel,
                   const int    stride)
{
  Block w[DEPTHWISE_MAX_KERNEL];

  UNROLL for (int kx = 0; kx < kernel; kx++)
    w[kx] = block_load (weights + kx * CNN_BLOCK);

  UNROLL_COLUMNS for (int column = 0; column < (n - 1) * stride + kernel; column++)
    {
      Block value = block_load (from + column * pixel);

      UNROLL for (int p = 0; p < n; p++)
        {
          const int kx = column - p * stride;

          if (kx >= 0 && kx < kernel)
            sums[p] = block_multiply_add (value, w[kx], sums[p]);
        }
    }
}

/* n pixels of n_rows rows, from (y, x) on. kernel is the width of the kernel, or 0
 * where the compiler knows neither it nor the stride. */
static ALWAYS_INLINE void
depthwise_tile (const CnnDepthwise *conv,
                int                 block,
                int                 y,
                int                 x,
                const int           n_rows,
                const int           n,
                const int           kernel,
                const int           stride)
{
  const CnnStencil *stencil = &conv->stencil;
  ptrdiff_t weight_row = stencil->kernel[1] * CNN_BLOCK;
  const float *weights = conv->weights + block * stencil->kernel[0] * weight_row;
  const float *corner = depthwise_corner (conv, block, y, x);
  Block bias = block_load (conv->bias + block * CNN_BLOCK);
  Block sums[TILE_PIXELS];

  UNROLL for (int p = 0; p < n_rows * n; p++)
    sums[p] = bias;

  for (int ky = 0; ky < stencil->kernel[0]; ky++, weights += weight_row)
    UNROLL for (int r = 0; r < n_rows; r++)
      {
        const float *from = corner + (r * stencil->stride[0] + ky * stencil->dilation[0]) * conv->in.row;

        if (kernel > 0)
          depthwise_add_row (from, conv->in.pixel, weights, sums + r * n, n, kernel, stride);
        else
          depthwise_add_taps (conv, from, weights, sums + r * n, n);
      }

  UNROLL for (int r = 0; r < n_rows; r++)
    finish_values (&conv->finish, &conv->out, block, y + r, x, sums + r * n, n);

  for (int r = 0; r < n_rows; r++)
    finish_stored (&conv->finish, &conv->out, block, y + r, x, n);
}

static ALWAYS_INLINE void
depthwise_row (const CnnDepthwise *conv,
               int                 block,
               int                 y,
               const int           kernel,
               const int           stride)
{
  int x = 0;

  for (; x + TILE_PIXELS <= conv->out.width; x += TILE_PIXELS)
    depthwise_tile (conv, block, y, x, 1, TILE_PIXELS, kernel, stride);
  for (; x + TILE_PIXELS / 2 <= conv->out.width; x += TILE_PIXELS / 2)
    depthwise_tile (conv, block, y, x, 1, TILE_PIXELS / 2, kernel, stride);
  for (; x < conv->out.width; x++)
    depthwise_tile (conv, block, y, x, 1, 1, kernel, stride);
}

/* Rows of half a tile are made two at a time. */
static ALWAYS_INLINE void
depthwise_rows (const CnnDepthwise *conv,
                const CnnPart      *part,
                const int           kernel,
                const int           stride)
{
  for (int block = part->block_begin; block < part->block_end; block++)
    {
      int y = part->row_begin;

      if (conv->out.width == TILE_PIXELS / 2)
        for (; y + 1 < part->row_end; y += 2)
          depthwise_tile (conv, block, y, 0, 2, TILE_PIXELS / 2, kernel, stride);

      for (; y < part->row_end; y++)
        depthwise_row (conv, block, y, kernel, stride);
    }
}

static void
KERNEL (cnn_depthwise_f32) (const CnnDepthwise *conv,
                            const CnnPart      *part)
{
  const CnnStencil *stencil = &conv->stencil;
  int stride = stencil->stride[1];

  switch (stencil->dilation[1] == 1 && (stride == 1 || stride == 2) ? stencil->kernel[1] * 2 + stride : 0)
    {
    case 3 * 2 + 1:
      depthwise_rows (conv, part, 3, 1);
      break;

    case 3 * 2 + 2:
      depthwise_rows (conv, part, 3, 2);
      break;

    case 5 * 2 + 1:
      depthwise_rows (conv, part, 5, 1);
      break;

    case 5 * 2 + 2:
      depthwise_rows (conv, part, 5, 2);
      break;

    case 7 * 2 + 1:
      depthwise_rows (conv, part, 7, 1);
      break;

    default:
      depthwise_rows (conv, part, 0, 0);
    }
}
