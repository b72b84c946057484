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
