#pragma once

/* Template: functions of blocks of numbers, and rows of them at the end of a
 * finish (see CnnFunction). Include it after a header that defines Block and its
 * arithmetic.
 *
 * They are within 2 ulp or 10⁻⁶ of the true value; the tests hold them to that. A
 * NaN stays one. */

#include "kernels/cnn-kernels.h"

#define ALWAYS_INLINE inline __attribute__ ((always_inline))

/* Pixels of a row that go through together. */
#define FUNCTION_PIXELS 16

/* eʳ − 1 for |r| ≤ ln 2 / 2, as r + r²·p(r). The polynomial is that of expf in the
 * Cephes Mathematical Library (Moshier, 1992). */
static inline Block
block_expm1_near_0 (Block r)
{
  Block p = block_set (1.9875691500e-4f);

  p = block_multiply_add (p, r, block_set (1.3981999507e-3f));
  p = block_multiply_add (p, r, block_set (8.3334519073e-3f));
  p = block_multiply_add (p, r, block_set (4.1665795894e-2f));
  p = block_multiply_add (p, r, block_set (1.6666665459e-1f));
  p = block_multiply_add (p, r, block_set (5.0000001201e-1f));

  return block_multiply_add (block_multiply (r, r), p, r);
}

/* x = n·ln 2 + r with a whole n; ln 2 is taken away in two parts, the first of which
 * has few bits, so that n times it is exact. x is first brought to where eˣ is
 * neither 0 nor infinite by more than it takes. */
static inline Block
block_reduce (Block  x,
              Block *n)
{
  x = block_min (block_set (89), block_max (block_set (-104), x));
  *n = block_round (block_multiply (x, block_set (1.44269504f)));
  x = block_multiply_add (*n, block_set (-0.693359375f), x);

  return block_multiply_add (*n, block_set (2.12194440e-4f), x);
}

/* eˣ = 2ⁿ·eʳ */
static inline Block
block_exp (Block x)
{
  Block n, r = block_reduce (x, &n);

  return block_scale (block_add (block_expm1_near_0 (r), block_set (1)), n);
}

/* eˣ − 1 = 2ⁿ·(eʳ − 1) + (2ⁿ − 1), which keeps what is near 0. For x ≤ 0. */
static inline Block
block_expm1 (Block x)
{
  Block n, r = block_reduce (x, &n);
  Block power = block_scale (block_set (1), n);

  return block_add (block_scale (block_expm1_near_0 (r), n), block_subtract (power, block_set (1)));
}

static inline Block
block_sigmoid (Block x)
{
  Block e = block_exp (block_negate (x));

  return block_divide (block_set (1), block_add (block_set (1), e));
}

/* tanh |x| = −t / (t + 2), with t = e^(−2|x|) − 1 */
static inline Block
block_tanh (Block x)
{
  Block t = block_expm1 (block_multiply (block_abs (x), block_set (-2)));
  Block y = block_divide (block_negate (t), block_add (t, block_set (2)));

  return block_copy_sign (y, x);
}

/* A quotient of polynomials in x² times x up to |x| = 4, from where erf is 1: the
 * minimax approximation that Eigen and XLA have. */
static inline Block
block_erf (Block x)
{
  Block p = block_set (-2.72614225801306e-10f), q = block_set (-1.45660718464996e-05f), x2;

  x = block_min (block_set (4), block_max (block_set (-4), x));
  x2 = block_multiply (x, x);

  p = block_multiply_add (p, x2, block_set (2.77068142495902e-08f));
  p = block_multiply_add (p, x2, block_set (-2.10102402082508e-06f));
  p = block_multiply_add (p, x2, block_set (-5.69250639462346e-05f));
  p = block_multiply_add (p, x2, block_set (-7.34990630326855e-04f));
  p = block_multiply_add (p, x2, block_set (-2.95459980854025e-03f));
  p = block_multiply_add (p, x2, block_set (-1.60960333262415e-02f));

  q = block_multiply_add (q, x2, block_set (-2.13374055278905e-04f));
  q = block_multiply_add (q, x2, block_set (-1.68282697438203e-03f));
  q = block_multiply_add (q, x2, block_set (-7.37332916720468e-03f));
  q = block_multiply_add (q, x2, block_set (-1.42647390514189e-02f));

  return block_divide (block_multiply (x, p), q);
}

/* What a function makes of two values; most take only a. */
typedef Block (*BlockFunction) (Block              a,
                                Block              b,
                                const CnnFunction *function);

static inline Block
do_add (Block              a,
        Block              b,
        const CnnFunction *function)
{
  return block_add (a, b);
}

static inline Block
do_subtract (Block              a,
             Block              b,
             const CnnFunction *function)
{
  return block_subtract (a, b);
}

static inline Block
do_multiply (Block              a,
             Block              b,
             const CnnFunction *function)
{
  return block_multiply (a, b);
}

static inline Block
do_divide (Block              a,
           Block              b,
           const CnnFunction *function)
{
  return block_divide (a, b);
}

static inline Block
do_minimum (Block              a,
            Block              b,
            const CnnFunction *function)
{
  return block_negate (block_greatest (block_negate (a), block_negate (b)));
}

static inline Block
do_maximum (Block              a,
            Block              b,
            const CnnFunction *function)
{
  return block_greatest (a, b);
}

static inline Block
do_clip (Block              a,
         Block              b,
         const CnnFunction *function)
{
  return block_min (block_set (function->beta), block_max (block_set (function->alpha), a));
}

static inline Block
do_leaky_relu (Block              a,
               Block              b,
               const CnnFunction *function)
{
  Block zero = block_set (0);

  return block_multiply_add (block_min (zero, a), b, block_max (zero, a));
}

static inline Block
do_elu (Block              a,
        Block              b,
        const CnnFunction *function)
{
  Block zero = block_set (0);
  Block below = block_expm1 (block_min (zero, a));
  Block y = block_multiply_add (below, block_set (function->alpha), block_max (zero, a));

  return block_multiply (y, block_set (function->gamma));
}

static inline Block
do_sigmoid (Block              a,
            Block              b,
            const CnnFunction *function)
{
  return block_sigmoid (a);
}

static inline Block
do_hard_sigmoid (Block              a,
                 Block              b,
                 const CnnFunction *function)
{
  Block y = block_multiply_add (a, block_set (function->alpha), block_set (function->beta));

  return block_min (block_set (1), block_max (block_set (0), y));
}

static inline Block
do_hard_swish (Block              a,
               Block              b,
               const CnnFunction *function)
{
  Block y = block_multiply_add (a, block_set (1.0f / 6), block_set (0.5f));

  return block_multiply (a, block_min (block_set (1), block_max (block_set (0), y)));
}

static inline Block
do_silu (Block              a,
         Block              b,
         const CnnFunction *function)
{
  return block_multiply (a, block_sigmoid (a));
}

static inline Block
do_gelu (Block              a,
         Block              b,
         const CnnFunction *function)
{
  Block half = block_set (0.5f);
  Block y = block_erf (block_multiply (a, block_set (0.70710678f)));

  return block_multiply (a, block_multiply_add (y, half, half));
}

static inline Block
do_gelu_tanh (Block              a,
              Block              b,
              const CnnFunction *function)
{
  Block half = block_set (0.5f);
  Block cube = block_multiply (block_multiply (a, a), a);
  Block y = block_multiply_add (cube, block_set (0.044715f), a);

  y = block_tanh (block_multiply (y, block_set (0.79788456f)));

  return block_multiply (a, block_multiply_add (y, half, half));
}

/* tanh (ln (1 + e)) = e·(e + 2) / (e·(e + 2) + 2), which is 1 long before eˣ is too
 * large. */
static inline Block
do_mish (Block              a,
         Block              b,
         const CnnFunction *function)
{
  Block two = block_set (2);
  Block e = block_exp (block_min (block_set (20), a));
  Block y = block_multiply (e, block_add (e, two));

  return block_multiply (a, block_divide (y, block_add (y, two)));
}

static inline Block
do_softsign (Block              a,
             Block              b,
             const CnnFunction *function)
{
  return block_divide (a, block_add (block_abs (a), block_set (1)));
}

static inline Block
do_tanh (Block              a,
         Block              b,
         const CnnFunction *function)
{
  return block_tanh (a);
}

static inline Block
do_erf (Block              a,
        Block              b,
        const CnnFunction *function)
{
  return block_erf (a);
}

static inline Block
do_exp (Block              a,
        Block              b,
        const CnnFunction *function)
{
  return block_exp (a);
}

static inline Block
do_sqrt (Block              a,
         Block              b,
         const CnnFunction *function)
{
  return block_sqrt (a);
}

static inline Block
do_reciprocal (Block              a,
               Block              b,
               const CnnFunction *function)
{
  return block_divide (block_set (1), a);
}

static inline Block
do_abs (Block              a,
        Block              b,
        const CnnFunction *function)
{
  return block_abs (a);
}

static inline Block
do_negate (Block              a,
           Block              b,
           const CnnFunction *function)
{
  return block_negate (a);
}

/* The values of n pixels, step floats apart. */
typedef struct
{
  const float *data;
  ptrdiff_t step;
} Values;

/* Inlined with a known function, so that none is called for a block. */
static ALWAYS_INLINE void
apply (const CnnFunction *function,
       Values             a,
       Values             b,
       float             *to,
       int                n,
       BlockFunction      compute)
{
  for (int p = 0; p < n; p++)
    block_store (to + p * CNN_BLOCK,
                 compute (block_load (a.data + p * a.step), block_load (b.data + p * b.step), function));
}

static void
apply_function (const CnnFunction *function,
                Values             a,
                Values             b,
                float             *to,
                int                n)
{
#define FUNCTION_CASE(id, compute) \
  case CNN_FUNCTION_##id: \
    apply (function, a, b, to, n, compute); \
    break;

  switch (function->id)
    {
    FUNCTION_CASE (ADD, do_add)
    FUNCTION_CASE (SUBTRACT, do_subtract)
    FUNCTION_CASE (MULTIPLY, do_multiply)
    FUNCTION_CASE (DIVIDE, do_divide)
    FUNCTION_CASE (MINIMUM, do_minimum)
    FUNCTION_CASE (MAXIMUM, do_maximum)
    FUNCTION_CASE (CLIP, do_clip)
    FUNCTION_CASE (LEAKY_RELU, do_leaky_relu)
    FUNCTION_CASE (ELU, do_elu)
    FUNCTION_CASE (SIGMOID, do_sigmoid)
    FUNCTION_CASE (HARD_SIGMOID, do_hard_sigmoid)
    FUNCTION_CASE (HARD_SWISH, do_hard_swish)
    FUNCTION_CASE (SILU, do_silu)
    FUNCTION_CASE (GELU, do_gelu)
    FUNCTION_CASE (GELU_TANH, do_gelu_tanh)
    FUNCTION_CASE (MISH, do_mish)
    FUNCTION_CASE (SOFTSIGN, do_softsign)
    FUNCTION_CASE (TANH, do_tanh)
    FUNCTION_CASE (ERF, do_erf)
    FUNCTION_CASE (EXP, do_exp)
    FUNCTION_CASE (SQRT, do_sqrt)
    FUNCTION_CASE (RECIPROCAL, do_reciprocal)
    FUNCTION_CASE (ABS, do_abs)
    FUNCTION_CASE (NEGATE, do_negate)
    }

#undef FUNCTION_CASE
}

/* The functions of a finish, one after another, for n pixels of a block of channels
 * from (y, x) on. Their values stay in the first-level cache; the last ones go to
 * memory. A call of its own, so that the kernels need not hold all functions. */
static __attribute__ ((noinline)) void
finish_functions (const CnnFinish *finish,
                  const CnnMap    *out,
                  int              block,
                  int              y,
                  int              x,
                  Values           first,
                  int              n)
{
  float memory[CNN_MAX_FUNCTIONS][FUNCTION_PIXELS * CNN_BLOCK] __attribute__ ((aligned (64)));
  ptrdiff_t offset = block * out->block + y * out->row + x * out->pixel;
  Values values[CNN_MAX_FUNCTIONS + 1] = { first };

  for (int i = 0; i < finish->n_functions; i++)
    {
      const CnnFunction *function = &finish->functions[i];
      Values operand = {
        function->operand.data + block * function->operand.block + y * function->operand.row +
          x * function->operand.pixel,
        function->operand.pixel,
      };
      Values a = function->a == CNN_OPERAND ? operand : values[function->a];
      Values b = function->b == CNN_OPERAND ? operand : values[function->b];
      float *kept = i + 1 == finish->n_functions ? out->data : function->kept;

      apply_function (function, a, b, memory[i], n);
      values[i + 1] = (Values) { memory[i], CNN_BLOCK };

      for (int p = 0; kept != NULL && p < n; p++)
        block_store (kept + offset + p * out->pixel, block_load (memory[i] + p * CNN_BLOCK));
    }
}
