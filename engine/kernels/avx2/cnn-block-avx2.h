#pragma once

/* A block of 16 channels in AVX2 registers, as the templates want it. */

#include "kernels/cnn-kernels.h"

#include <immintrin.h>

typedef struct
{
  __m256 low;
  __m256 high;
} Block;

#define KERNEL(name) name##_avx2

/* Pixels of an output row, and blocks of its channels, whose sums a convolution
 * keeps in registers: 12 of 16, which leaves 2 for weights and 1 for the input. */
#define TILE_PIXELS 6
#define TILE_BLOCKS 1

/* Blocks whose sums fit the registers together, and keep the multipliers busy. */
#define PEAK_BLOCKS 6

static inline Block
block_load (const float *from)
{
  return (Block) { _mm256_loadu_ps (from), _mm256_loadu_ps (from + 8) };
}

static inline void
block_store (float *to,
             Block  a)
{
  _mm256_storeu_ps (to, a.low);
  _mm256_storeu_ps (to + 8, a.high);
}

/* Past the caches; to must be a multiple of 32 bytes. Other threads see it after
 * the locked instruction with which a piece of work ends. */
static inline void
block_store_past (float *to,
                  Block  a)
{
  _mm256_stream_ps (to, a.low);
  _mm256_stream_ps (to + 8, a.high);
}

static inline Block
block_set (float a)
{
  __m256 half = _mm256_set1_ps (a);

  return (Block) { half, half };
}

static inline Block
block_add (Block a,
           Block b)
{
  return (Block) { _mm256_add_ps (a.low, b.low), _mm256_add_ps (a.high, b.high) };
}

static inline Block
block_subtract (Block a,
                Block b)
{
  return (Block) { _mm256_sub_ps (a.low, b.low), _mm256_sub_ps (a.high, b.high) };
}

static inline Block
block_multiply (Block a,
                Block b)
{
  return (Block) { _mm256_mul_ps (a.low, b.low), _mm256_mul_ps (a.high, b.high) };
}

static inline Block
block_divide (Block a,
              Block b)
{
  return (Block) { _mm256_div_ps (a.low, b.low), _mm256_div_ps (a.high, b.high) };
}

static inline Block
block_sqrt (Block a)
{
  return (Block) { _mm256_sqrt_ps (a.low), _mm256_sqrt_ps (a.high) };
}

static inline Block
block_abs (Block a)
{
  __m256 sign = _mm256_set1_ps (-0.0f);

  return (Block) { _mm256_andnot_ps (sign, a.low), _mm256_andnot_ps (sign, a.high) };
}

static inline Block
block_negate (Block a)
{
  __m256 sign = _mm256_set1_ps (-0.0f);

  return (Block) { _mm256_xor_ps (a.low, sign), _mm256_xor_ps (a.high, sign) };
}

static inline Block
block_copy_sign (Block a,
                 Block sign)
{
  __m256 mask = _mm256_set1_ps (-0.0f);

  return (Block) { _mm256_or_ps (_mm256_andnot_ps (mask, a.low), _mm256_and_ps (mask, sign.low)),
                   _mm256_or_ps (_mm256_andnot_ps (mask, a.high), _mm256_and_ps (mask, sign.high)) };
}

/* To the nearest whole number. */
static inline Block
block_round (Block a)
{
  return (Block) { _mm256_round_ps (a.low, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC),
                   _mm256_round_ps (a.high, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC) };
}

/* A float is 2^(exponent − 127): half of n in each of two factors, as 2ⁿ itself may
 * be too small or too large for one. */
static inline __m256
half_scale (__m256 a,
            __m256 n)
{
  __m256i whole = _mm256_cvtps_epi32 (n);
  __m256i first = _mm256_srai_epi32 (whole, 1);
  __m256i bias = _mm256_set1_epi32 (127);
  __m256i low = _mm256_slli_epi32 (_mm256_add_epi32 (first, bias), 23);
  __m256i high = _mm256_slli_epi32 (_mm256_add_epi32 (_mm256_sub_epi32 (whole, first), bias), 23);

  return _mm256_mul_ps (_mm256_mul_ps (a, _mm256_castsi256_ps (low)), _mm256_castsi256_ps (high));
}

/* a·2ⁿ for a whole n */
static inline Block
block_scale (Block a,
             Block n)
{
  return (Block) { half_scale (a.low, n.low), half_scale (a.high, n.high) };
}

/* a·b + c, rounded once. */
static inline Block
block_multiply_add (Block a,
                    Block b,
                    Block c)
{
  return (Block) { _mm256_fmadd_ps (a.low, b.low, c.low), _mm256_fmadd_ps (a.high, b.high, c.high) };
}

/* The greater, the lesser; b where one of them is NaN. */
static inline Block
block_max (Block a,
           Block b)
{
  return (Block) { _mm256_max_ps (a.low, b.low), _mm256_max_ps (a.high, b.high) };
}

static inline Block
block_min (Block a,
           Block b)
{
  return (Block) { _mm256_min_ps (a.low, b.low), _mm256_min_ps (a.high, b.high) };
}

static inline __m256
half_greatest (__m256 a,
               __m256 b)
{
  __m256 greater = _mm256_cmp_ps (b, a, _CMP_GT_OQ);
  __m256 nan = _mm256_cmp_ps (b, b, _CMP_UNORD_Q);

  return _mm256_blendv_ps (a, b, _mm256_or_ps (greater, nan));
}

/* b where it is greater than a, or NaN; else a. */
static inline Block
block_greatest (Block a,
                Block b)
{
  return (Block) { half_greatest (a.low, b.low), half_greatest (a.high, b.high) };
}

/* Each half of the outputs, and where the half of the input begins that it takes. */
typedef struct
{
  __m256i low;
  __m256i high;
  int from_low;
  int from_high;
} Selection;

static inline Selection
selection_load (const CnnSelection *selection)
{
  const int *lanes = selection->lanes;

  return (Selection) {
    _mm256_loadu_si256 ((const __m256i *) lanes), _mm256_loadu_si256 ((const __m256i *) (lanes + 8)),
    lanes[0] & 8, lanes[8] & 8,
  };
}

/* Of the block at from, the lanes that a selection names; of their numbers the
 * permutation takes the lowest three bits. */
static inline Block
block_select (const float *from,
              Selection    selection)
{
  return (Block) {
    _mm256_permutevar8x32_ps (_mm256_loadu_ps (from + selection.from_low), selection.low),
    _mm256_permutevar8x32_ps (_mm256_loadu_ps (from + selection.from_high), selection.high),
  };
}

typedef struct
{
  __m256i from[2];
  __m256 is_high[2];            /* in the highest bit: from the block's second half */
  __m256 is_taken[2];
} Lanes;

static inline Lanes
lanes_load (const CnnPick *pick)
{
  Lanes lanes;

  for (int half = 0; half < 2; half++)
    {
      lanes.from[half] = _mm256_loadu_si256 ((const __m256i *) (pick->lanes + 8 * half));
      lanes.is_high[half] = _mm256_castsi256_ps (_mm256_slli_epi32 (lanes.from[half], 28));
      lanes.is_taken[half] = _mm256_loadu_ps ((const float *) (pick->is_taken + 8 * half));
    }

  return lanes;
}

static inline __m256
half_pick (__m256       into,
           const float *from,
           const Lanes *lanes,
           const int    half)
{
  __m256 low = _mm256_permutevar8x32_ps (_mm256_loadu_ps (from), lanes->from[half]);
  __m256 high = _mm256_permutevar8x32_ps (_mm256_loadu_ps (from + 8), lanes->from[half]);

  return _mm256_blendv_ps (into, _mm256_blendv_ps (low, high, lanes->is_high[half]), lanes->is_taken[half]);
}

/* into, where a pick does not take lanes of the block at from. */
static inline Block
block_pick (Block        into,
            const float *from,
            Lanes        lanes)
{
  return (Block) { half_pick (into.low, from, &lanes, 0), half_pick (into.high, from, &lanes, 1) };
}
