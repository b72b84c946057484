/* Template: pooling layers, and layers that do nothing but finish. Include it
 * after a header that defines Block and its arithmetic. */

#include "kernels/cnn-finish-template.h"
#include "kernels/cnn-span.h"

#include <math.h>

/* Pixels of an output row that are pooled together where the compiler knows the
 * window: the greatest or the sum of each column that they see is made once, and
 * goes into all windows that hold the column. */
#define POOL_PIXELS 4

/* The columns that so many windows of 3 pixels see, two pixels apart. */
#define POOL_MAX_COLUMNS (2 * (POOL_PIXELS - 1) + 3)

typedef Block (*Combine) (Block a,
                          Block b);

static ALWAYS_INLINE void
pool_tile (const CnnMap *in,
           const float  *from,
           CnnSpan       rows,
           Block        *windows,
           const int     kernel,
           const int     stride,
           Combine       combine)
{
  Block columns[POOL_MAX_COLUMNS];

  UNROLL for (int c = 0; c < stride * (POOL_PIXELS - 1) + kernel; c++)
    {
      columns[c] = block_load (from + c * in->pixel);
      for (int j = 1; j < rows.n; j++)
        columns[c] = combine (columns[c], block_load (from + j * rows.step * in->row + c * in->pixel));
    }

  UNROLL for (int p = 0; p < POOL_PIXELS; p++)
    {
      windows[p] = columns[p * stride];
      UNROLL for (int k = 1; k < kernel; k++)
        windows[p] = combine (windows[p], columns[p * stride + k]);
    }
}

/* The windows of POOL_PIXELS pixels from x on. Returns: 0 where they are not of the
 * usual kinds, or do not all lie in the picture */
static ALWAYS_INLINE int
pool_usual (const CnnPool *pool,
            int            block,
            CnnSpan        rows,
            int            x,
            Block         *windows,
            Combine        combine)
{
  const CnnStencil *stencil = &pool->stencil;
  const CnnMap *in = &pool->in;
  int kernel = stencil->kernel[1], stride = stencil->stride[1];
  int first = x * stride - stencil->padding[1];
  const float *from = in->data + block * in->block + rows.first * in->row + first * in->pixel;

  if (stencil->dilation[1] != 1 || rows.n == 0 || x + POOL_PIXELS > pool->out.width ||
      first < 0 || first + (POOL_PIXELS - 1) * stride + kernel > in->width)
    return 0;

  if (kernel == 3 && stride == 2)
    pool_tile (in, from, rows, windows, 3, 2, combine);
  else if (kernel == 3 && stride == 1)
    pool_tile (in, from, rows, windows, 3, 1, combine);
  else if (kernel == 2 && stride == 2)
    pool_tile (in, from, rows, windows, 2, 2, combine);
  else
    return 0;

  return 1;
}

static Block
find_greatest (const CnnMap *in,
               int           block,
               CnnSpan       rows,
               CnnSpan       columns)
{
  const float *row = in->data + block * in->block + rows.first * in->row + columns.first * in->pixel;
  Block greatest = block_set (-INFINITY);

  for (int j = 0; j < rows.n; j++, row += rows.step * in->row)
    for (int k = 0; k < columns.n; k++)
      greatest = block_greatest (greatest, block_load (row + k * columns.step * in->pixel));

  return greatest;
}

static void
KERNEL (cnn_max_pool_f32) (const CnnPool *pool,
                           const CnnPart *part)
{
  const CnnMap *in = &pool->in;
  const CnnMap *out = &pool->out;

  for (int block = part->block_begin; block < part->block_end; block++)
    for (int y = part->row_begin; y < part->row_end; y++)
      {
        CnnSpan rows = cnn_stencil_span (&pool->stencil, 0, y, in->height);
        float *to = out->data + block * out->block + y * out->row;

        for (int x = 0; x < out->width;)
          {
            Block windows[POOL_PIXELS];
            int n = 1;

            if (pool_usual (pool, block, rows, x, windows, block_greatest))
              n = POOL_PIXELS;
            else
              windows[0] = find_greatest (in, block, rows, cnn_stencil_span (&pool->stencil, 1, x, in->width));

            for (int p = 0; p < n; p++, x++)
              block_store (to + x * out->pixel, windows[p]);
          }
      }
}

/* In four sums, none of which waits for another. */
static inline Block
sum_window (const CnnMap *in,
            int           block,
            CnnSpan       rows,
            CnnSpan       columns)
{
  const float *row = in->data + block * in->block + rows.first * in->row +
                     columns.first * in->pixel;
  ptrdiff_t step = columns.step * in->pixel;
  Block sums[4] = { block_set (0), block_set (0), block_set (0), block_set (0) };

  for (int j = 0; j < rows.n; j++, row += rows.step * in->row)
    {
      int k = 0;

      for (; k + 4 <= columns.n; k += 4)
        UNROLL for (int i = 0; i < 4; i++)
          sums[i] = block_add (sums[i], block_load (row + (k + i) * step));
      for (; k < columns.n; k++)
        sums[0] = block_add (sums[0], block_load (row + k * step));
    }

  return block_add (block_add (sums[0], sums[1]), block_add (sums[2], sums[3]));
}

static void
KERNEL (cnn_average_pool_f32) (const CnnPool *pool,
                               const CnnPart *part)
{
  const CnnMap *out = &pool->out;

  for (int block = part->block_begin; block < part->block_end; block++)
    for (int y = part->row_begin; y < part->row_end; y++)
      {
        CnnSpan rows = cnn_stencil_span (&pool->stencil, 0, y, pool->in.height);
        float *to = out->data + block * out->block + y * out->row;

        for (int x = 0; x < out->width;)
          {
            CnnSpan columns = cnn_stencil_span (&pool->stencil, 1, x, pool->in.width);
            Block divisor = block_set (cnn_average_divisor (pool, rows, columns));
            Block windows[POOL_PIXELS];
            int n = 1;

            /* All of these windows are as large as the first one. */
            if (pool_usual (pool, block, rows, x, windows, block_add))
              n = POOL_PIXELS;
            else
              windows[0] = sum_window (&pool->in, block, rows, columns);

            for (int p = 0; p < n; p++, x++)
              block_store (to + x * out->pixel, block_divide (windows[p], divisor));
          }
      }
}

static void
KERNEL (cnn_adaptive_average_pool_f32) (const CnnPool *pool,
                                        const CnnPart *part)
{
  for (int block = part->block_begin; block < part->block_end; block++)
    for (int y = part->row_begin; y < part->row_end; y++)
      {
        CnnSpan rows = cnn_adaptive_span (y, pool->out.height, pool->in.height);
        float *to = pool->out.data + block * pool->out.block + y * pool->out.row;

        for (int x = 0; x < pool->out.width; x++, to += pool->out.pixel)
          {
            CnnSpan columns = cnn_adaptive_span (x, pool->out.width, pool->in.width);
            Block sum = sum_window (&pool->in, block, rows, columns);

            block_store (to, block_divide (sum, block_set (rows.n * columns.n)));
          }
      }
}

/* Pixels that are finished together. */
#define FINISH_PIXELS 8

static ALWAYS_INLINE void
finish_pixels (const CnnPointwise *pointwise,
               int                 block,
               int                 y,
               int                 x,
               const float        *from,
               const int           n)
{
  Block values[FINISH_PIXELS];

  UNROLL for (int p = 0; p < n; p++)
    values[p] = block_load (from + p * pointwise->in.pixel);

  finish_row (&pointwise->finish, &pointwise->out, block, y, x, values, n);
}

static void
KERNEL (cnn_finish_f32) (const CnnPointwise *pointwise,
                         const CnnPart      *part)
{
  const CnnMap *in = &pointwise->in;
  const CnnMap *out = &pointwise->out;
  const CnnFinish *finish = &pointwise->finish;
  int is_direct = finish->n_functions > 0 && finish->scale == NULL && finish->addend.data == NULL &&
                  !finish->clamp;

  for (int block = part->block_begin; block < part->block_end; block++)
    for (int y = part->row_begin; y < part->row_end; y++)
      {
        const float *from = in->data + block * in->block + y * in->row;
        int x = 0;

        /* Functions alone read from memory themselves. */
        for (; is_direct && x < out->width; x += FUNCTION_PIXELS)
          finish_functions (finish, out, block, y, x, (Values) { from + x * in->pixel, in->pixel },
                            cnn_min (FUNCTION_PIXELS, out->width - x));

        for (; x + FINISH_PIXELS <= out->width; x += FINISH_PIXELS)
          finish_pixels (pointwise, block, y, x, from + x * in->pixel, FINISH_PIXELS);
        for (; x < out->width; x++)
          finish_pixels (pointwise, block, y, x, from + x * in->pixel, 1);
      }
}
