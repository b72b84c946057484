#pragma once

/* A block of 16 channels in AVX-512 registers, as the templates want it. */

#include "kernels/cnn-kernels.h"

#include <immintrin.h>

typedef __m512 Block;

#define KERNEL(name) name##_avx512

/* Pixels of an output row, and blocks of its channels, whose sums a convolution
 * keeps in registers: 28 of 32, which leaves 2 for weights and 1 for the input. */
#define TILE_PIXELS 14
#define TILE_BLOCKS 2

/* Blocks whose sums fit the registers together, and keep the multipliers busy. */
#define PEAK_BLOCKS 12

static inline Block
block_load (const float *from)
{
  return _mm512_loadu_ps (from);
}

static inline void
block_store (float *to,
             Block  a)
{
  _mm512_storeu_ps (to, a);
}

/* Past the caches; to must be a multiple of 64 bytes. Other threads see it after
 * the locked instruction with which a piece of work ends. */
static inline void
block_store_past (float *to,
                  Block  a)
{
  _mm512_stream_ps (to, a);
}

static inline Block
block_set (float a)
{
  return _mm512_set1_ps (a);
}

static inline Block
block_add (Block a,
           Block b)
{
  return _mm512_add_ps (a, b);
}

static inline Block
block_subtract (Block a,
                Block b)
{
  return _mm512_sub_ps (a, b);
}

static inline Block
block_multiply (Block a,
                Block b)
{
  return _mm512_mul_ps (a, b);
}

static inline Block
block_divide (Block a,
              Block b)
{
  return _mm512_div_ps (a, b);
}

static inline Block
block_sqrt (Block a)
{
  return _mm512_sqrt_ps (a);
}

static inline Block
block_abs (Block a)
{
  return _mm512_abs_ps (a);
}

static inline Block
block_negate (Block a)
{
  return _mm512_xor_ps (a, _mm512_set1_ps (-0.0f));
}

static inline Block
block_copy_sign (Block a,
                 Block sign)
{
  __m512 mask = _mm512_set1_ps (-0.0f);

  return _mm512_or_ps (_mm512_andnot_ps (mask, a), _mm512_and_ps (mask, sign));
}

/* To the nearest whole number. */
static inline Block
block_round (Block a)
{
  return _mm512_roundscale_ps (a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

/* a·2ⁿ for a whole n */
static inline Block
block_scale (Block a,
             Block n)
{
  return _mm512_scalef_ps (a, n);
}

/* a·b + c, rounded once. */
static inline Block
block_multiply_add (Block a,
                    Block b,
                    Block c)
{
  return _mm512_fmadd_ps (a, b, c);
}

/* The greater, the lesser; b where one of them is NaN. */
static inline Block
block_max (Block a,
           Block b)
{
  return _mm512_max_ps (a, b);
}

static inline Block
block_min (Block a,
           Block b)
{
  return _mm512_min_ps (a, b);
}

/* b where it is greater than a, or NaN; else a. */
static inline Block
block_greatest (Block a,
                Block b)
{
  __mmask16 greater = _mm512_cmp_ps_mask (b, a, _CMP_GT_OQ);
  __mmask16 nan = _mm512_cmp_ps_mask (b, b, _CMP_UNORD_Q);

  return _mm512_mask_mov_ps (a, greater | nan, b);
}

typedef __m512i Selection;

static inline Selection
selection_load (const CnnSelection *selection)
{
  return _mm512_loadu_si512 (selection->lanes);
}

/* Of the block at from, the lanes that a selection names. */
static inline Block
block_select (const float *from,
              Selection    selection)
{
  return _mm512_permutexvar_ps (selection, _mm512_loadu_ps (from));
}

typedef struct
{
  __m512i from;
  __mmask16 is_taken;
} Lanes;

static inline Lanes
lanes_load (const CnnPick *pick)
{
  return (Lanes) { _mm512_loadu_si512 (pick->lanes), _mm512_movepi32_mask (_mm512_loadu_si512 (pick->is_taken)) };
}

/* into, where a pick does not take lanes of the block at from. */
static inline Block
block_pick (Block        into,
            const float *from,
            Lanes        lanes)
{
  return _mm512_mask_permutexvar_ps (into, lanes.is_taken, lanes.from, _mm512_loadu_ps (from));
}
