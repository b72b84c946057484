/* Template: pooling layers, and layers that do nothing but finish. Include it
 * after a header that defines Block and its arithmetic. */

#include "kernels/cnn-finish-template.h"
#include "kernels/cnn-span.h"

#include <math.h>

static void
KERNEL (cnn_max_pool_f32) (const CnnPool *pool,
                           const CnnPart *part)
{
  const CnnMap *in = &pool->in;

  for (int block = part->block_begin; block < part->block_end; block++)
    for (int y = part->row_begin; y < part->row_end; y++)
      {
        CnnSpan rows = cnn_stencil_span (&pool->stencil, 0, y, in->height);
        float *to = pool->out.data + block * pool->out.block + y * pool->out.row;

        for (int x = 0; x < pool->out.width; x++, to += pool->out.pixel)
          {
            CnnSpan columns = cnn_stencil_span (&pool->stencil, 1, x, in->width);
            const float *row = in->data + block * in->block + rows.first * in->row +
                               columns.first * in->pixel;
            Block greatest = block_set (-INFINITY);

            for (int j = 0; j < rows.n; j++, row += rows.step * in->row)
              for (int k = 0; k < columns.n; k++)
                greatest = block_greatest (greatest, block_load (row + k * columns.step * in->pixel));

            block_store (to, greatest);
          }
      }
}

static inline Block
sum_window (const CnnMap *in,
            int           block,
            CnnSpan       rows,
            CnnSpan       columns)
{
  const float *row = in->data + block * in->block + rows.first * in->row +
                     columns.first * in->pixel;
  Block sum = block_set (0);

  for (int j = 0; j < rows.n; j++, row += rows.step * in->row)
    for (int k = 0; k < columns.n; k++)
      sum = block_add (sum, block_load (row + k * columns.step * in->pixel));

  return sum;
}

static void
KERNEL (cnn_average_pool_f32) (const CnnPool *pool,
                               const CnnPart *part)
{
  for (int block = part->block_begin; block < part->block_end; block++)
    for (int y = part->row_begin; y < part->row_end; y++)
      {
        CnnSpan rows = cnn_stencil_span (&pool->stencil, 0, y, pool->in.height);
        float *to = pool->out.data + block * pool->out.block + y * pool->out.row;

        for (int x = 0; x < pool->out.width; x++, to += pool->out.pixel)
          {
            CnnSpan columns = cnn_stencil_span (&pool->stencil, 1, x, pool->in.width);
            Block sum = sum_window (&pool->in, block, rows, columns);

            block_store (to, block_divide (sum, block_set (cnn_average_divisor (pool, rows, columns))));
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
