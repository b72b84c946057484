/* Resizing for AVX-512. */

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define KERNEL(name) name##_avx512

typedef __m512i Vector;

static inline Vector
vector_set (int32_t a)
{
  return _mm512_set1_epi32 (a);
}

/* The same 16 bytes in each lane. */
#define vector_repeat(...) _mm512_broadcast_i32x4 (_mm_setr_epi8 (__VA_ARGS__))

static inline Vector
vector_load (const uint8_t *from)
{
  return _mm512_loadu_si512 (from);
}

static inline void
vector_store (uint8_t *to,
              Vector   a)
{
  _mm512_storeu_si512 (to, a);
}

/* A lane from each row. */
static inline Vector
vector_load_lanes (const uint8_t *from,
                   size_t         stride)
{
  __m512i rows = _mm512_castsi128_si512 (_mm_loadu_si128 ((const __m128i *) from));

  rows = _mm512_inserti32x4 (rows, _mm_loadu_si128 ((const __m128i *) (from + stride)), 1);
  rows = _mm512_inserti32x4 (rows, _mm_loadu_si128 ((const __m128i *) (from + 2 * stride)), 2);

  return _mm512_inserti32x4 (rows, _mm_loadu_si128 ((const __m128i *) (from + 3 * stride)), 3);
}

static inline void
vector_store_lanes (uint8_t *to,
                    size_t   stride,
                    Vector   a)
{
  _mm_storeu_si128 ((__m128i *) to, _mm512_castsi512_si128 (a));
  _mm_storeu_si128 ((__m128i *) (to + stride), _mm512_extracti32x4_epi32 (a, 1));
  _mm_storeu_si128 ((__m128i *) (to + 2 * stride), _mm512_extracti32x4_epi32 (a, 2));
  _mm_storeu_si128 ((__m128i *) (to + 3 * stride), _mm512_extracti32x4_epi32 (a, 3));
}

static inline Vector
vector_add (Vector a,
            Vector b)
{
  return _mm512_add_epi32 (a, b);
}

/* a₀b₀ + a₁b₁ and so on: 16-bit numbers in, 32-bit out. */
static inline Vector
vector_multiply_pairs (Vector a,
                       Vector b)
{
  return _mm512_madd_epi16 (a, b);
}

static inline Vector
vector_shift_left (Vector a,
                   int    n_bits)
{
  return _mm512_slli_epi32 (a, n_bits);
}

static inline Vector
vector_shift_right (Vector a,
                    int    n_bits)
{
  return _mm512_srai_epi32 (a, n_bits);
}

/* Moves bytes within lanes; zero where `to` is negative. */
static inline Vector
vector_shuffle (Vector a,
                Vector to)
{
  return _mm512_shuffle_epi8 (a, to);
}

/* The bytes of the left, or the right, halves of the lanes by turns. */
static inline Vector
vector_interleave_left (Vector a,
                        Vector b)
{
  return _mm512_unpacklo_epi8 (a, b);
}

static inline Vector
vector_interleave_right (Vector a,
                         Vector b)
{
  return _mm512_unpackhi_epi8 (a, b);
}

/* 32-bit numbers to bytes, clipped: each lane holds those of a, b, c and d. */
static inline Vector
vector_pack (Vector a,
             Vector b,
             Vector c,
             Vector d)
{
  return _mm512_packus_epi16 (_mm512_packs_epi32 (a, b), _mm512_packs_epi32 (c, d));
}

#include "image/cnn-resize-template.h"

void
cnn_resize_kernels_init_avx512 (CnnResizeKernels *kernels)
{
  kernels->rows = cnn_resize_rows_avx512;
  kernels->columns = cnn_resize_columns_avx512;
}
