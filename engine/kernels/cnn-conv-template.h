/* Template: the convolution (see CnnConv). Include it after a header that defines
 * Block, its arithmetic, TILE_PIXELS and TILE_BLOCKS.
 *
 * The sums of a tile, TILE_PIXELS pixels by TILE_BLOCKS blocks of output channels,
 * stay in registers while the tile's whole input goes by: for each input channel of
 * each tap, one block of weights for each output block is loaded, and one number for
 * each pixel is spread over a register and multiplied with them. Weights are read
 * once from front to back for a tile; those of the next blocks are on their way to the
 * second-level cache meanwhile.
 *
 * Rows are cut into tiles that differ by one pixel at most: 35 pixels are 12 + 12 + 11,
 * and not 14 + 14 + 7. A tile so narrow that two fit has two rows. */

#include "kernels/cnn-finish-template.h"
#include "kernels/cnn-span.h"

/* How far ahead weights are asked for, in floats: as long as the next cache takes. */
#define WEIGHTS_AHEAD (24 * CNN_BLOCK)

/* Adds what `lanes` input channels of one tap contribute. from points to the tap
 * of the first pixel; those of the other pixels of a row lie step floats apart, the
 * rows row floats. Reads weights of the tile's first output block, and of the second
 * one weight_block further on. next points to what will be read after this. */
static ALWAYS_INLINE const float *
conv_tap (Block        sums[TILE_BLOCKS][TILE_PIXELS],
          const float *from,
          const float *next,
          ptrdiff_t    row,
          ptrdiff_t    step,
          const float *weights,
          ptrdiff_t    weight_block,
          const int    lanes,
          const int    n_rows,
          const int    n_columns,
          const int    n_blocks)
{
  /* One base for four pixels: x86 addresses three multiples of a step from it. */
  ptrdiff_t step3 = 3 * step;
  ptrdiff_t step4 = 4 * step;

  _Pragma ("GCC unroll 4")
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

  return weights;
}

/* The weights of the next blocks, which are fetched little by little while those of
 * the present ones are used. */
typedef struct
{
  const float *at;
  const float *end;
  int n_lines;                  /* cache lines to ask for at each tap */
} Ahead;

static ALWAYS_INLINE void
ahead_fetch (Ahead *ahead)
{
  const float *end = ahead->at + ahead->n_lines * CNN_BLOCK;

  if (end > ahead->end)
    return;

  /* Into the second-level cache. */
  for (; ahead->at < end; ahead->at += CNN_BLOCK)
    __builtin_prefetch (ahead->at, 0, 2);
}

/* n_columns pixels of n_rows rows of n_blocks blocks of output channels, from (y, x) on. */
static ALWAYS_INLINE void
conv_tile (const CnnConv *conv,
           Ahead         *ahead,
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
  ptrdiff_t tap_step = stencil->dilation[1] * in->pixel;
  ptrdiff_t tap_row = stencil->dilation[0] * in->row - stencil->kernel[1] * tap_step;
  int first_lane = reach->channel_begin % conv->lanes;
  int lanes;
  Block sums[TILE_BLOCKS][TILE_PIXELS];

  UNROLL for (int b = 0; b < n_blocks; b++)
    {
      Block bias = block_load (conv->bias + (block + b) * CNN_BLOCK);

      UNROLL for (int p = 0; p < n_rows * n_columns; p++)
        sums[b][p] = bias;
    }

  corner += reach->channel_begin / conv->lanes * in->block;
  for (int left = reach->channel_end - reach->channel_begin; left > 0; left -= lanes)
    {
      const float *from = corner + first_lane;
      ptrdiff_t next;

      lanes = cnn_min (conv->lanes - first_lane, left);
      next = left > lanes ? in->block : n_columns * step;

      for (int ky = stencil->kernel[0]; ky > 0; ky--, from += tap_row)
        for (int kx = stencil->kernel[1]; kx > 0; kx--, from += tap_step)
          {
            ahead_fetch (ahead);
            if (lanes == CNN_BLOCK)
              weights = conv_tap (sums, from, from + next, row, step, weights, weight_block, CNN_BLOCK,
                                  n_rows, n_columns, n_blocks);
            else
              weights = conv_tap (sums, from, from + next, row, step, weights, weight_block, lanes,
                                  n_rows, n_columns, n_blocks);
          }

      corner += in->block;
      first_lane = 0;
    }

  UNROLL for (int b = 0; b < n_blocks; b++)
    UNROLL for (int r = 0; r < n_rows; r++)
      finish_values (&conv->finish, &conv->out, block + b, y + r, x, sums[b] + r * n_columns, n_columns);

  for (int b = 0; b < n_blocks; b++)
    for (int r = 0; r < n_rows; r++)
      finish_stored (&conv->finish, &conv->out, block + b, y + r, x, n_columns);
}

#define TILE_CASE(n) \
  case n: \
    conv_tile (conv, ahead, block, y, x, n_rows, n, n_blocks); \
    break;

/* A tile whose width is known only now. */
static ALWAYS_INLINE void
conv_any_tile (const CnnConv *conv,
               Ahead         *ahead,
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

/* All tiles of the present blocks together fetch the weights of the next ones. */
static inline Ahead
conv_look_ahead (const CnnConv *conv,
                 const CnnPart *part,
                 int            block,
                 int            n_blocks,
                 int            n_tiles_in_row)
{
  const CnnReach *reaches = conv->reaches;
  int n_rows = part->row_end - part->row_begin;
  int is_narrow = conv->out.width <= n_tiles_in_row * (TILE_PIXELS / 2);
  int n_tiles = n_tiles_in_row * (is_narrow ? (n_rows + 1) / 2 : n_rows);
  int next = block + n_blocks;
  Ahead ahead = { conv->weights, conv->weights, 0 };

  /* A single tile is through with its weights as soon as they are there. */
  if (next + n_blocks <= part->block_end && n_tiles > 1)
    {
      ahead.at += reaches[next].weights;
      ahead.end = ahead.at + reaches[next].weights - reaches[block].weights;
      ahead.n_lines = (n_blocks * CNN_BLOCK + n_tiles - 1) / n_tiles;
    }

  return ahead;
}

/* Some rows, two at a time: equal tiles, those that are narrow of two rows. */
static ALWAYS_INLINE void
conv_rows (const CnnConv *conv,
           const CnnPart *part,
           int            block,
           const int      n_blocks)
{
  int width = conv->out.width;
  int n_tiles = (width + TILE_PIXELS - 1) / TILE_PIXELS;
  Ahead ahead = conv_look_ahead (conv, part, block, n_blocks, n_tiles);
  int n_rows;

  for (int y = part->row_begin; y < part->row_end; y += n_rows)
    {
      int x = 0;

      n_rows = cnn_min (2, part->row_end - y);
      for (int tile = n_tiles; tile > 0; tile--)
        {
          int n_columns = (width - x) / tile;

          if (n_rows == 2 && n_columns <= TILE_PIXELS / 2)
            conv_any_tile (conv, &ahead, block, y, x, n_columns, 2, n_blocks);
          else
            for (int row = 0; row < n_rows; row++)
              conv_any_tile (conv, &ahead, block, y + row, x, n_columns, 1, n_blocks);

          x += n_columns;
        }
    }
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
