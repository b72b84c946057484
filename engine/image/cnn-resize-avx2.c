/* Resizing for AVX2. */

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define KERNEL(name) name##_avx2

typedef __m256i Vector;

static inline Vector
vector_set (int32_t a)
{
  return _mm256_set1_epi32 (a);
}

/* The same 16 bytes in each lane. */
#define vector_repeat(...) _mm256_broadcastsi128_si256 (_mm_setr_epi8 (__VA_ARGS__))

static inline Vector
vector_load (const uint8_t *from)
{
  return _mm256_loadu_si256 ((const __m256i *) from);
}

static inline void
vector_store (uint8_t *to,
              Vector   a)
{
  _mm256_storeu_si256 ((__m256i *) to, a);
}

/* A lane from each row. */
static inline Vector
vector_load_lanes (const uint8_t *from,
                   size_t         stride)
{
  __m256i first = _mm256_castsi128_si256 (_mm_loadu_si128 ((const __m128i *) from));

  return _mm256_inserti128_si256 (first, _mm_loadu_si128 ((const __m128i *) (from + stride)), 1);
}

static inline void
vector_store_lanes (uint8_t *to,
                    size_t   stride,
                    Vector   a)
{
  _mm_storeu_si128 ((__m128i *) to, _mm256_castsi256_si128 (a));
  _mm_storeu_si128 ((__m128i *) (to + stride), _mm256_extracti128_si256 (a, 1));
}

static inline Vector
vector_add (Vector a,
            Vector b)
{
  return _mm256_add_epi32 (a, b);
}

/* a₀b₀ + a₁b₁ and so on: 16-bit numbers in, 32-bit out. */
static inline Vector
vector_multiply_pairs (Vector a,
                       Vector b)
{
  return _mm256_madd_epi16 (a, b);
}

static inline Vector
vector_shift_left (Vector a,
                   int    n_bits)
{
  return _mm256_slli_epi32 (a, n_bits);
}

static inline Vector
vector_shift_right (Vector a,
                    int    n_bits)
{
  return _mm256_srai_epi32 (a, n_bits);
}

/* Moves bytes within lanes; zero where `to` is negative. */
static inline Vector
vector_shuffle (Vector a,
                Vector to)
{
  return _mm256_shuffle_epi8 (a, to);
}

/* The bytes of the left, or the right, halves of the lanes by turns. */
static inline Vector
vector_interleave_left (Vector a,
                        Vector b)
{
  return _mm256_unpacklo_epi8 (a, b);
}

static inline Vector
vector_interleave_right (Vector a,
                         Vector b)
{
  return _mm256_unpackhi_epi8 (a, b);
}

/* 32-bit numbers to bytes, clipped: each lane holds those of a, b, c and d. */
static inline Vector
vector_pack (Vector a,
             Vector b,
             Vector c,
             Vector d)
{
  return _mm256_packus_epi16 (_mm256_packs_epi32 (a, b), _mm256_packs_epi32 (c, d));
}

#include "image/cnn-resize-template.h"

void
cnn_resize_kernels_init_avx2 (CnnResizeKernels *kernels)
{
  kernels->rows = cnn_resize_rows_avx2;
  kernels->columns = cnn_resize_columns_avx2;
}
