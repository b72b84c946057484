/* Template: the convolution (see CnnConv). Include it after a header that defines
 * Block, its arithmetic, TILE_PIXELS and TILE_BLOCKS.
 *
 * The sums of a tile, TILE_PIXELS pixels of a row by TILE_BLOCKS blocks of output
 * channels, stay in registers while the tile's whole input goes by: for each
 * input channel of each tap, one block of weights for each output block is
 * loaded, and one number for each pixel is spread over a register and multiplied
 * with them. Weights are read once from front to back for a tile. */

#include "kernels/cnn-finish-template.h"

/* Adds what `lanes` input channels of one tap contribute. from points to the tap
 * of the first pixel; those of the other pixels lie step floats apart. Reads
 * weights of the tile's first output block, and of the second one, further on. */
static ALWAYS_INLINE void
conv_tap (Block        sums[TILE_BLOCKS][TILE_PIXELS],
          const float *from,
          ptrdiff_t    step,
          const float *weights,
          ptrdiff_t    weight_block,
          int          lanes,
          const int    n_pixels,
          const int    n_blocks)
{
  /* One base for four pixels: x86 addresses three multiples of a step from it. */
  ptrdiff_t step3 = 3 * step;
  ptrdiff_t step4 = 4 * step;

  for (int lane = 0; lane < lanes; lane++, from++, weights += CNN_BLOCK)
    {
      Block w[TILE_BLOCKS];
      const float *base = from;

      UNROLL for (int b = 0; b < n_blocks; b++)
        w[b] = block_load (weights + b * weight_block);

      UNROLL for (int p = 0; p < n_pixels; p++)
        {
          ptrdiff_t off = p % 4 == 3 ? step3 : p % 4 * step;
          Block x = block_set (base[off]);

          UNROLL for (int b = 0; b < n_blocks; b++)
            sums[b][p] = block_multiply_add (x, w[b], sums[b][p]);

          if (p % 4 == 3)
            base += step4;
        }
    }
}

/* n_pixels pixels of n_blocks blocks of output channels, from (y, x) on. */
static ALWAYS_INLINE void
conv_tile (const CnnConv *conv,
           int            block,
           int            y,
           int            x,
           const int      n_pixels,
           const int      n_blocks)
{
  const CnnStencil *stencil = &conv->stencil;
  const CnnMap *in = &conv->in;
  const float *weights = conv->weights + block * conv->weight_block;
  ptrdiff_t step = stencil->stride[1] * in->pixel;
  int first = conv->first_in_block[block];
  const float *corner = in->data + first * in->block +
                        (y * stencil->stride[0] - stencil->padding[0]) * in->row +
                        (x * stencil->stride[1] - stencil->padding[1]) * in->pixel;
  Block sums[TILE_BLOCKS][TILE_PIXELS];

  UNROLL for (int b = 0; b < n_blocks; b++)
    {
      Block bias = block_load (conv->bias + (block + b) * CNN_BLOCK);

      UNROLL for (int p = 0; p < n_pixels; p++)
        sums[b][p] = bias;
    }

  for (int i = first; i < first + conv->n_in_blocks; i++, corner += in->block)
    {
      int lanes = i == conv->last_in_block ? conv->last_lanes : CNN_BLOCK;

      for (int ky = 0; ky < stencil->kernel[0]; ky++)
        for (int kx = 0; kx < stencil->kernel[1]; kx++)
          {
            conv_tap (sums,
                      corner + ky * stencil->dilation[0] * in->row + kx * stencil->dilation[1] * in->pixel,
                      step, weights, conv->weight_block, lanes, n_pixels, n_blocks);
            weights += lanes * CNN_BLOCK;
          }
    }

  UNROLL for (int b = 0; b < n_blocks; b++)
    finish_row (&conv->finish, &conv->out, block + b, y, x, sums[b], n_pixels);
}

#define TILE_CASE(n) \
  case n: \
    conv_tile (conv, block, y, x, n, n_blocks); \
    break;

/* The last pixels of a row, fewer than TILE_PIXELS. */
static ALWAYS_INLINE void
conv_tail (const CnnConv *conv,
           int            block,
           int            y,
           int            x,
           const int      n_blocks)
{
  switch (conv->out.width - x)
    {
    TILE_CASE (1)
#if TILE_PIXELS > 2
    TILE_CASE (2)
    TILE_CASE (3)
    TILE_CASE (4)
    TILE_CASE (5)
#endif
#if TILE_PIXELS > 6
    TILE_CASE (6)
    TILE_CASE (7)
    TILE_CASE (8)
    TILE_CASE (9)
    TILE_CASE (10)
    TILE_CASE (11)
    TILE_CASE (12)
    TILE_CASE (13)
#endif
    default:
      break;
    }
}

static ALWAYS_INLINE void
conv_rows (const CnnConv *conv,
           const CnnPart *part,
           int            block,
           const int      n_blocks)
{
  for (int y = part->row_begin; y < part->row_end; y++)
    {
      int x = 0;

      for (; x + TILE_PIXELS <= conv->out.width; x += TILE_PIXELS)
        conv_tile (conv, block, y, x, TILE_PIXELS, n_blocks);
      conv_tail (conv, block, y, x, n_blocks);
    }
}

static void
KERNEL (cnn_conv_f32) (const CnnConv *conv,
                       const CnnPart *part)
{
  int block = part->block_begin;

#if TILE_BLOCKS == 2
  while (block + 1 < part->block_end)
    if (conv->first_in_block[block] == conv->first_in_block[block + 1])
      {
        conv_rows (conv, part, block, 2);
        block += 2;
      }
    else
      {
        conv_rows (conv, part, block, 1);
        block++;
      }
#endif

  for (; block < part->block_end; block++)
    conv_rows (conv, part, block, 1);
}
