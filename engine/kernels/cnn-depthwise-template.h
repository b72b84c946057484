/* Template: the convolution of each channel by itself (see CnnDepthwise). Include
 * it after a header that defines Block and its arithmetic. */

#include "kernels/cnn-finish-template.h"

/* Pixels whose sums the depthwise convolution keeps in registers. */
#define DEPTHWISE_PIXELS 6

static ALWAYS_INLINE void
depthwise_tile (const CnnDepthwise *conv,
                int                 block,
                int                 y,
                int                 x,
                const int           n)
{
  const CnnStencil *stencil = &conv->stencil;
  const CnnMap *in = &conv->in;
  const float *weights = conv->weights +
                         (ptrdiff_t) block * stencil->kernel[0] * stencil->kernel[1] * CNN_BLOCK;
  ptrdiff_t step = stencil->stride[1] * in->pixel;
  const float *corner = in->data + block * in->block +
                        (y * stencil->stride[0] - stencil->padding[0]) * in->row +
                        (x * stencil->stride[1] - stencil->padding[1]) * in->pixel;
  Block bias = block_load (conv->bias + block * CNN_BLOCK);
  Block sums[DEPTHWISE_PIXELS];

  UNROLL for (int p = 0; p < n; p++)
    sums[p] = bias;

  for (int ky = 0; ky < stencil->kernel[0]; ky++)
    for (int kx = 0; kx < stencil->kernel[1]; kx++, weights += CNN_BLOCK)
      {
        const float *from = corner + ky * stencil->dilation[0] * in->row +
                            kx * stencil->dilation[1] * in->pixel;
        Block w = block_load (weights);

        UNROLL for (int p = 0; p < n; p++)
          sums[p] = block_multiply_add (block_load (from + p * step), w, sums[p]);
      }

  finish_row (&conv->finish, &conv->out, block, y, x, sums, n);
}

static void
KERNEL (cnn_depthwise_f32) (const CnnDepthwise *conv,
                            const CnnPart      *part)
{
  for (int block = part->block_begin; block < part->block_end; block++)
    for (int y = part->row_begin; y < part->row_end; y++)
      {
        int x = 0;

        for (; x + DEPTHWISE_PIXELS <= conv->out.width; x += DEPTHWISE_PIXELS)
          depthwise_tile (conv, block, y, x, DEPTHWISE_PIXELS);
        for (; x < conv->out.width; x++)
          depthwise_tile (conv, block, y, x, 1);
      }
}
