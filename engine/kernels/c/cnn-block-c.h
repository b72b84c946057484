#pragma once

/* A block of 16 channels in plain C, as the templates want it: four vectors of
 * four, which every compiler that knows GCC's vector types puts into registers
 * where the machine has them, and into scalars where it has none. */

#include "kernels/cnn-kernels.h"

#include <string.h>

typedef float Quad __attribute__ ((vector_size (16)));
typedef int QuadMask __attribute__ ((vector_size (16)));

typedef struct
{
  Quad q[4];
} Block;

#define KERNEL(name) name##_c

/* Pixels of an output row, and blocks of its channels, whose sums a convolution
 * keeps in registers: 8 of the 16 that x86-64 has, or 32 of AArch64. */
#define TILE_PIXELS 2
#define TILE_BLOCKS 1

/* Blocks whose sums fit the registers together, and keep the multipliers busy. */
#define PEAK_BLOCKS 3

#define EACH_QUAD(i) _Pragma ("GCC unroll 4") for (int i = 0; i < 4; i++)

static inline Block
block_load (const float *from)
{
  Block a;

  EACH_QUAD (i) memcpy (&a.q[i], from + 4 * i, sizeof (Quad));

  return a;
}

static inline void
block_store (float *to,
             Block  a)
{
  EACH_QUAD (i) memcpy (to + 4 * i, &a.q[i], sizeof (Quad));
}

/* C knows no way past the caches. */
static inline void
block_store_past (float *to,
                  Block  a)
{
  block_store (to, a);
}

static inline Block
block_set (float a)
{
  Quad all = { a, a, a, a };

  return (Block) { { all, all, all, all } };
}

static inline Block
block_add (Block a,
           Block b)
{
  EACH_QUAD (i) a.q[i] += b.q[i];

  return a;
}

static inline Block
block_subtract (Block a,
                Block b)
{
  EACH_QUAD (i) a.q[i] -= b.q[i];

  return a;
}

static inline Block
block_multiply (Block a,
                Block b)
{
  EACH_QUAD (i) a.q[i] *= b.q[i];

  return a;
}

static inline Block
block_divide (Block a,
              Block b)
{
  EACH_QUAD (i) a.q[i] /= b.q[i];

  return a;
}

static inline Block
block_sqrt (Block a)
{
  EACH_QUAD (i)
    for (int k = 0; k < 4; k++)
      a.q[i][k] = __builtin_sqrtf (a.q[i][k]);

  return a;
}

#define SIGN ((QuadMask) { -0x80000000L, -0x80000000L, -0x80000000L, -0x80000000L })

static inline Block
block_abs (Block a)
{
  EACH_QUAD (i) a.q[i] = (Quad) ((QuadMask) a.q[i] & ~SIGN);

  return a;
}

static inline Block
block_negate (Block a)
{
  EACH_QUAD (i) a.q[i] = (Quad) ((QuadMask) a.q[i] ^ SIGN);

  return a;
}

static inline Block
block_copy_sign (Block a,
                 Block sign)
{
  EACH_QUAD (i) a.q[i] = (Quad) (((QuadMask) a.q[i] & ~SIGN) | ((QuadMask) sign.q[i] & SIGN));

  return a;
}

/* To the nearest whole number, for numbers below 2²²: above 2²³ floats are whole. */
static inline Block
block_round (Block a)
{
  Block far = block_set (12582912);

  EACH_QUAD (i) a.q[i] = (a.q[i] + far.q[i]) - far.q[i];

  return a;
}

/* a·2ⁿ for a whole n. A float is 2^(exponent − 127): half of n in each of two
 * factors, as 2ⁿ itself may be too small or too large for one. */
static inline Block
block_scale (Block a,
             Block n)
{
  EACH_QUAD (i)
    {
      QuadMask whole = __builtin_convertvector (n.q[i], QuadMask);
      QuadMask first = whole >> 1;

      a.q[i] *= (Quad) ((first + 127) << 23);
      a.q[i] *= (Quad) ((whole - first + 127) << 23);
    }

  return a;
}

/* a·b + c, rounded twice. */
static inline Block
block_multiply_add (Block a,
                    Block b,
                    Block c)
{
  EACH_QUAD (i) c.q[i] += a.q[i] * b.q[i];

  return c;
}

/* Where the mask is all ones a, where it is zero b. */
static inline Quad
quad_select (QuadMask mask,
             Quad     a,
             Quad     b)
{
  return (Quad) (((QuadMask) a & mask) | ((QuadMask) b & ~mask));
}

/* The greater, the lesser; b where one of them is NaN. */
static inline Block
block_max (Block a,
           Block b)
{
  EACH_QUAD (i) a.q[i] = quad_select (a.q[i] > b.q[i], a.q[i], b.q[i]);

  return a;
}

static inline Block
block_min (Block a,
           Block b)
{
  EACH_QUAD (i) a.q[i] = quad_select (a.q[i] < b.q[i], a.q[i], b.q[i]);

  return a;
}

/* b where it is greater than a, or NaN; else a. */
static inline Block
block_greatest (Block a,
                Block b)
{
  EACH_QUAD (i) a.q[i] = quad_select ((b.q[i] > a.q[i]) | (b.q[i] != b.q[i]), b.q[i], a.q[i]);

  return a;
}

typedef const CnnSelection *Selection;

static inline Selection
selection_load (const CnnSelection *selection)
{
  return selection;
}

/* Of the block at from, the lanes that a selection names. */
static inline Block
block_select (const float *from,
              Selection    selection)
{
  const int *lanes = selection->lanes;
  Block a;

  EACH_QUAD (i)
    a.q[i] = (Quad) { from[lanes[4 * i]], from[lanes[4 * i + 1]],
                      from[lanes[4 * i + 2]], from[lanes[4 * i + 3]] };

  return a;
}

typedef const CnnPick *Lanes;

static inline Lanes
lanes_load (const CnnPick *pick)
{
  return pick;
}

/* into, where a pick does not take lanes of the block at from. */
static inline Block
block_pick (Block        into,
            const float *from,
            Lanes        lanes)
{
  float numbers[CNN_BLOCK];

  block_store (numbers, into);
  for (int lane = 0; lane < CNN_BLOCK; lane++)
    if (lanes->is_taken[lane])
      numbers[lane] = from[lanes->lanes[lane]];

  return block_load (numbers);
}
