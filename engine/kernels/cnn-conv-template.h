/* Template: the convolution (see CnnConv). Include it after a header that defines
 * Block, its arithmetic, TILE_PIXELS and TILE_BLOCKS.
 *
 * The sums of a tile, TILE_PIXELS pixels by TILE_BLOCKS blocks of output channels,
 * stay in registers while the tile's whole input goes by: for each input channel of
 * each tap, one block of weights for each output block is loaded, and one number for
 * each pixel is spread over a register and multiplied with them. Weights are read
 * once from front to back for a tile.
 *
 * Rows are cut into tiles that differ by one pixel at most: 35 pixels are 12 + 12 + 11,
 * and not 14 + 14 + 7. Where rows are so short that two fit, a tile has two of them. */

#include "kernels/cnn-finish-template.h"
#include "kernels/cnn-span.h"

/* How far ahead weights are asked for, in floats: as long as the next cache takes. */
#define WEIGHTS_AHEAD (24 * CNN_BLOCK)

/* Adds what `lanes` input channels of one tap contribute. from points to the tap
 * of the first pixel; those of the other pixels of a row lie step floats apart, the
 * rows row floats. Reads weights of the tile's first output block, and of the second
 * one weight_block further on. next points to what will be read after this. */
static ALWAYS_INLINE void
conv_tap (Block        sums[TILE_BLOCKS][TILE_PIXELS],
          const float *from,
          const float *next,
          ptrdiff_t    row,
          ptrdiff_t    step,
          const float *weights,
          ptrdiff_t    weight_block,
          int          lanes,
          const int    n_rows,
          const int    n_columns,
          const int    n_blocks)
{
  /* One base for four pixels: x86 addresses three multiples of a step from it. */
  ptrdiff_t step3 = 3 * step;
  ptrdiff_t step4 = 4 * step;

  for (int lane = 0; lane < lanes; lane++, from++, next += step, weights += CNN_BLOCK)
    {
      Block w[TILE_BLOCKS];

      UNROLL for (int r = 0; r < n_rows; r++)
        __builtin_prefetch (next + r * row);

      UNROLL for (int b = 0; b < n_blocks; b++)
        {
          __builtin_prefetch (weights + b * weight_block + WEIGHTS_AHEAD);
          w[b] = block_load (weights + b * weight_block);
        }

      UNROLL for (int r = 0; r < n_rows; r++)
        {
          const float *base = from + r * row;

          UNROLL for (int c = 0; c < n_columns; c++)
            {
              ptrdiff_t off = c % 4 == 3 ? step3 : c % 4 * step;
              Block x = block_set (base[off]);

              UNROLL for (int b = 0; b < n_blocks; b++)
                sums[b][r * n_columns + c] = block_multiply_add (x, w[b], sums[b][r * n_columns + c]);

              if (c % 4 == 3)
                base += step4;
            }
        }
    }
}

/* n_columns pixels of n_rows rows of n_blocks blocks of output channels, from (y, x) on. */
static ALWAYS_INLINE void
conv_tile (const CnnConv *conv,
           int            block,
           int            y,
           int            x,
           const int      n_rows,
           const int      n_columns,
           const int      n_blocks)
{
  const CnnStencil *stencil = &conv->stencil;
  const CnnMap *in = &conv->in;
  const CnnReach *reach = &conv->reaches[block];
  const float *weights = conv->weights + reach->weights;
  ptrdiff_t weight_block = n_blocks > 1 ? reach[1].weights - reach[0].weights : 0;
  ptrdiff_t row = stencil->stride[0] * in->row;
  ptrdiff_t step = stencil->stride[1] * in->pixel;
  const float *corner = in->data +
                        (y * stencil->stride[0] - stencil->padding[0]) * in->row +
                        (x * stencil->stride[1] - stencil->padding[1]) * in->pixel;
  Block sums[TILE_BLOCKS][TILE_PIXELS];

  UNROLL for (int b = 0; b < n_blocks; b++)
    {
      Block bias = block_load (conv->bias + (block + b) * CNN_BLOCK);

      UNROLL for (int p = 0; p < n_rows * n_columns; p++)
        sums[b][p] = bias;
    }

  for (int channel = reach->channel_begin; channel < reach->channel_end;)
    {
      int first_lane = channel % conv->lanes;
      int lanes = cnn_min (conv->lanes - first_lane, reach->channel_end - channel);
      const float *from = corner + channel / conv->lanes * in->block + first_lane;
      ptrdiff_t next = channel + lanes < reach->channel_end ? in->block : n_columns * step;

      for (int ky = 0; ky < stencil->kernel[0]; ky++)
        for (int kx = 0; kx < stencil->kernel[1]; kx++)
          {
            const float *tap = from + ky * stencil->dilation[0] * in->row +
                               kx * stencil->dilation[1] * in->pixel;

            conv_tap (sums, tap, tap + next, row, step, weights, weight_block, lanes,
                      n_rows, n_columns, n_blocks);
            weights += lanes * CNN_BLOCK;
          }

      channel += lanes;
    }

  UNROLL for (int b = 0; b < n_blocks; b++)
    UNROLL for (int r = 0; r < n_rows; r++)
      finish_row (&conv->finish, &conv->out, block + b, y + r, x, sums[b] + r * n_columns, n_columns);
}

#define TILE_CASE(n) \
  case n: \
    conv_tile (conv, block, y, x, n_rows, n, n_blocks); \
    break;

/* A tile whose width is known only now. */
static ALWAYS_INLINE void
conv_any_tile (const CnnConv *conv,
               int            block,
               int            y,
               int            x,
               int            n_columns,
               const int      n_rows,
               const int      n_blocks)
{
  switch (n_columns)
    {
    TILE_CASE (1)
#if TILE_PIXELS >= 6
    TILE_CASE (2)
    TILE_CASE (3)
#endif
#if TILE_PIXELS >= 14
    TILE_CASE (4)
    TILE_CASE (5)
    TILE_CASE (6)
    TILE_CASE (7)
#endif
    default:
      break;
    }

  if (n_rows > 1)
    return;

  switch (n_columns)
    {
#if TILE_PIXELS == 2
    TILE_CASE (2)
#elif TILE_PIXELS == 6
    TILE_CASE (4)
    TILE_CASE (5)
    TILE_CASE (6)
#elif TILE_PIXELS == 14
    TILE_CASE (8)
    TILE_CASE (9)
    TILE_CASE (10)
    TILE_CASE (11)
    TILE_CASE (12)
    TILE_CASE (13)
    TILE_CASE (14)
#else
#error "No tiles of so many pixels"
#endif
    default:
      break;
    }
}

/* Two rows, or one row in equal tiles. */
static ALWAYS_INLINE void
conv_row (const CnnConv *conv,
          int            block,
          int            y,
          const int      n_rows,
          const int      n_blocks)
{
  int width = conv->out.width;
  int n_tiles = (width + TILE_PIXELS - 1) / TILE_PIXELS;
  int x = 0;

  for (int tile = n_tiles; tile > 0; tile--)
    {
      int n_columns = (width - x) / tile;

      conv_any_tile (conv, block, y, x, n_columns, n_rows, n_blocks);
      x += n_columns;
    }
}

static ALWAYS_INLINE void
conv_rows (const CnnConv *conv,
           const CnnPart *part,
           int            block,
           const int      n_blocks)
{
  int y = part->row_begin;

  if (conv->out.width <= TILE_PIXELS / 2)
    for (; y + 1 < part->row_end; y += 2)
      conv_row (conv, block, y, 2, n_blocks);

  for (; y < part->row_end; y++)
    conv_row (conv, block, y, 1, n_blocks);
}

static inline int
has_same_reach (const CnnReach *a,
                const CnnReach *b)
{
  return a->channel_begin == b->channel_begin && a->channel_end == b->channel_end;
}

static void
KERNEL (cnn_conv_f32) (const CnnConv *conv,
                       const CnnPart *part)
{
  int block = part->block_begin;

#if TILE_BLOCKS == 2
  while (block + 1 < part->block_end)
    if (has_same_reach (&conv->reaches[block], &conv->reaches[block + 1]))
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
