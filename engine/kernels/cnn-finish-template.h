#pragma once

/* Template: what happens to blocks of an output on their way to memory (see
 * CnnFinish). Include it after a header that defines Block and its arithmetic.
 *
 * Functions that keep many blocks in registers are always inlined, and their
 * loops unrolled, for counts that are constants where they are called: only so
 * does an array of blocks become registers. */

#include "kernels/cnn-function-template.h"

#include <stdint.h>

#define UNROLL _Pragma ("GCC unroll 16")

static ALWAYS_INLINE void
store_row (float       *base,
           ptrdiff_t    offset,
           ptrdiff_t    pixel,
           const Block *values,
           const int    n)
{
  UNROLL for (int p = 0; p < n; p++)
    block_store (base + offset + p * pixel, values[p]);
}

/* Keeps what a run that looks wants to know. No step reads it, so that it had
 * better not push out of the caches what the next step will read; nor is there
 * anything in its place that would have to be fetched first. */
static ALWAYS_INLINE void
keep_row (float       *base,
          ptrdiff_t    offset,
          ptrdiff_t    pixel,
          const Block *values,
          const int    n)
{
  if (base == NULL)
    return;

  if (pixel != CNN_BLOCK || (uintptr_t) (base + offset) % (CNN_BLOCK * sizeof (float)) != 0)
    {
      store_row (base, offset, pixel, values, n);
      return;
    }

  UNROLL for (int p = 0; p < n; p++)
    block_store_past (base + offset + p * CNN_BLOCK, values[p]);
}

/* Finishes and stores n pixels of a block of channels, from (y, x) on, but for the
 * functions. It calls nothing: a compiler keeps values that must outlive a call in
 * memory, even in the loops before it. */
static ALWAYS_INLINE void
finish_values (const CnnFinish *finish,
               const CnnMap    *out,
               int              block,
               int              y,
               int              x,
               Block           *values,
               const int        n)
{
  ptrdiff_t offset = block * out->block + y * out->row + x * out->pixel;

  if (finish->scale != NULL)
    {
      Block scale = block_load (finish->scale + block * CNN_BLOCK);
      Block shift = block_load (finish->shift + block * CNN_BLOCK);

      keep_row (finish->before_scale, offset, out->pixel, values, n);
      UNROLL for (int p = 0; p < n; p++)
        values[p] = block_multiply_add (values[p], scale, shift);
    }

  if (finish->addend.data != NULL)
    {
      const CnnMap *addend = &finish->addend;
      const float *from = addend->data + block * addend->block + y * addend->row + x * addend->pixel;

      keep_row (finish->before_add, offset, out->pixel, values, n);
      UNROLL for (int p = 0; p < n; p++)
        values[p] = block_add (values[p], block_load (from + p * addend->pixel));
    }

  if (finish->clamp)
    {
      Block low = block_set (finish->low);
      Block high = block_set (finish->high);

      keep_row (finish->before_clamp, offset, out->pixel, values, n);

      /* In this order of arguments NaN stays NaN. */
      UNROLL for (int p = 0; p < n; p++)
        values[p] = block_min (high, block_max (low, values[p]));
    }

  if (finish->n_functions > 0)
    keep_row (finish->before_functions, offset, out->pixel, values, n);

  store_row (out->data, offset, out->pixel, values, n);
}

/* The functions, if there are any, of what finish_values() has stored. */
static ALWAYS_INLINE void
finish_stored (const CnnFinish *finish,
               const CnnMap    *out,
               int              block,
               int              y,
               int              x,
               const int        n)
{
  const float *stored = out->data + block * out->block + y * out->row + x * out->pixel;

  if (finish->n_functions > 0)
    finish_functions (finish, out, block, y, x, (Values) { stored, out->pixel }, n);
}

/* Finishes and stores n pixels of a block of channels, from (y, x) on. */
static ALWAYS_INLINE void
finish_row (const CnnFinish *finish,
            const CnnMap    *out,
            int              block,
            int              y,
            int              x,
            Block           *values,
            const int        n)
{
  finish_values (finish, out, block, y, x, values, n);
  finish_stored (finish, out, block, y, x, n);
}
