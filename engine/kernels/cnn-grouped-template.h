/* Template: the convolution of narrow groups (see CnnConv). Include it after a header
 * that defines Block, its arithmetic, Selection and TILE_PIXELS.
 *
 * With 4 channels to a group, the 16 channels of a block belong to 4 groups, and the
 * plain convolution would multiply three of four numbers with zero. Here each output
 * channel picks the channels of its own group from the input block: a term is the
 * first, second, … channel of every group, and is put in front of the outputs that
 * see it by one shuffle. Where the three taps of a row lie side by side, one shuffle
 * serves all of them. */

#include "kernels/cnn-finish-template.h"

/* Taps that lie side by side when their number is constant. */
#define GROUPED_TAPS 3

/* Adds what one term of a row of taps contributes to n pixels whose inputs lie side
 * by side. */
static ALWAYS_INLINE void
grouped_taps (Block       *sums,
              const float *from,
              Selection    selection,
              const float *weights,
              const int    n)
{
  Block w[GROUPED_TAPS];

  UNROLL for (int tap = 0; tap < GROUPED_TAPS; tap++)
    w[tap] = block_load (weights + tap * CNN_BLOCK);

  UNROLL for (int p = 0; p < n + GROUPED_TAPS - 1; p++)
    {
      Block x = block_select (from + p * CNN_BLOCK, selection);

      UNROLL for (int tap = 0; tap < GROUPED_TAPS; tap++)
        if (p - tap >= 0 && p - tap < n)
          sums[p - tap] = block_multiply_add (x, w[tap], sums[p - tap]);
    }
}

static ALWAYS_INLINE void
grouped_tile (const CnnConv *conv,
              int            block,
              int            y,
              int            x,
              const int      n,
              const int      is_dense)
{
  const CnnStencil *stencil = &conv->stencil;
  const CnnMap *in = &conv->in;
  const CnnReach *reach = &conv->reaches[block];
  const CnnSelection *selections = conv->selections + block * conv->n_terms;
  const float *weights = conv->weights + reach->weights;
  ptrdiff_t step = stencil->stride[1] * in->pixel;
  const float *row = in->data + reach->channel_begin / CNN_BLOCK * in->block +
                     (y * stencil->stride[0] - stencil->padding[0]) * in->row +
                     (x * stencil->stride[1] - stencil->padding[1]) * in->pixel;
  Block bias = block_load (conv->bias + block * CNN_BLOCK);
  Block sums[TILE_PIXELS];

  UNROLL for (int p = 0; p < n; p++)
    sums[p] = bias;

  for (int ky = 0; ky < stencil->kernel[0]; ky++, row += stencil->dilation[0] * in->row)
    for (int term = 0; term < conv->n_terms; term++)
      {
        Selection selection = selection_load (&selections[term]);

        if (is_dense)
          grouped_taps (sums, row, selection, weights, n);
        else
          for (int kx = 0; kx < stencil->kernel[1]; kx++)
            {
              const float *from = row + kx * stencil->dilation[1] * in->pixel;
              Block w = block_load (weights + kx * CNN_BLOCK);

              UNROLL for (int p = 0; p < n; p++)
                sums[p] = block_multiply_add (block_select (from + p * step, selection), w, sums[p]);
            }

        weights += stencil->kernel[1] * CNN_BLOCK;
      }

  finish_row (&conv->finish, &conv->out, block, y, x, sums, n);
}

static ALWAYS_INLINE void
grouped_row (const CnnConv *conv,
             int            block,
             int            y,
             const int      is_dense)
{
  int x = 0;

  for (; x + TILE_PIXELS <= conv->out.width; x += TILE_PIXELS)
    grouped_tile (conv, block, y, x, TILE_PIXELS, is_dense);
  for (; x + TILE_PIXELS / 2 <= conv->out.width; x += TILE_PIXELS / 2)
    grouped_tile (conv, block, y, x, TILE_PIXELS / 2, is_dense);
  for (; x < conv->out.width; x++)
    grouped_tile (conv, block, y, x, 1, is_dense);
}

static void
KERNEL (cnn_grouped_conv_f32) (const CnnConv *conv,
                               const CnnPart *part)
{
  const CnnStencil *stencil = &conv->stencil;
  int is_dense = stencil->kernel[1] == GROUPED_TAPS && stencil->stride[1] == 1 &&
                 stencil->dilation[1] == 1;

  for (int block = part->block_begin; block < part->block_end; block++)
    for (int y = part->row_begin; y < part->row_end; y++)
      if (is_dense)
        grouped_row (conv, block, y, 1);
      else
        grouped_row (conv, block, y, 0);
}
