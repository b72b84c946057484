#define G_LOG_DOMAIN "cnn-number-type"

#include "formats/cnn-number-type-private.h"

#include <math.h>
#include <string.h>

#include "core/cnn-error.h"
#include "core/cnn-file-map.h"

/* What may be copied, in multiples of the file: an 8-bit number becomes a float
 * of 32 bits, and a few tensors may share a storage. */
#define BUDGET 16

gsize
cnn_number_type_get_size (CnnNumberType type)
{
  switch (type)
    {
    case CNN_NUMBER_BOOL:
    case CNN_NUMBER_U8:
    case CNN_NUMBER_I8:
      return 1;

    case CNN_NUMBER_F16:
    case CNN_NUMBER_BF16:
    case CNN_NUMBER_U16:
    case CNN_NUMBER_I16:
      return 2;

    case CNN_NUMBER_F32:
    case CNN_NUMBER_U32:
    case CNN_NUMBER_I32:
      return 4;

    case CNN_NUMBER_F64:
    case CNN_NUMBER_U64:
    case CNN_NUMBER_I64:
      return 8;

    default:
      g_return_val_if_reached (1);
    }
}

static inline guint16
read_u16 (const guint8 *at)
{
  guint16 bits;

  memcpy (&bits, at, sizeof bits);

  return GUINT16_FROM_LE (bits);
}

static inline guint32
read_u32 (const guint8 *at)
{
  guint32 bits;

  memcpy (&bits, at, sizeof bits);

  return GUINT32_FROM_LE (bits);
}

static inline guint64
read_u64 (const guint8 *at)
{
  guint64 bits;

  memcpy (&bits, at, sizeof bits);

  return GUINT64_FROM_LE (bits);
}

static inline float
float_from_bits (guint32 bits)
{
  union { guint32 u; float f; } number = { .u = bits };

  return number.f;
}

static inline double
double_from_bits (guint64 bits)
{
  union { guint64 u; double f; } number = { .u = bits };

  return number.f;
}

/* IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 of fraction. */
static inline float
float_from_half (guint16 half)
{
  guint32 sign = (guint32) (half & 0x8000) << 16;
  guint32 exponent = (half >> 10) & 0x1f;
  guint32 fraction = half & 0x3ff;

  if (exponent == 0x1f)
    return float_from_bits (sign | 0x7f800000 | fraction << 13);

  if (exponent > 0)
    return float_from_bits (sign | (exponent + 112) << 23 | fraction << 13);

  /* Zero or subnormal: fraction · 2⁻²⁴, exact in binary32. */
  return (sign != 0 ? -1.0f : 1.0f) * fraction * 0x1p-24f;
}

/* Converts n numbers, each stride bytes after the one before, to float32. */
void
cnn_number_type_convert (CnnNumberType  type,
                         const guint8  *source,
                         gsize          stride,
                         gsize          n,
                         float         *target)
{
  if (type == CNN_NUMBER_F32 && stride == sizeof (float) && G_BYTE_ORDER == G_LITTLE_ENDIAN)
    {
      memcpy (target, source, n * sizeof (float));
      return;
    }

#define CONVERT(expression)                                   \
  for (gsize i = 0; i < n; i++, source += stride)             \
    target[i] = (float) (expression);                         \
  break

  switch (type)
    {
    case CNN_NUMBER_F16:  CONVERT (float_from_half (read_u16 (source)));
    case CNN_NUMBER_BF16: CONVERT (float_from_bits ((guint32) read_u16 (source) << 16));
    case CNN_NUMBER_F32:  CONVERT (float_from_bits (read_u32 (source)));
    case CNN_NUMBER_F64:  CONVERT (double_from_bits (read_u64 (source)));
    case CNN_NUMBER_BOOL: CONVERT (*source != 0);
    case CNN_NUMBER_U8:   CONVERT (*source);
    case CNN_NUMBER_I8:   CONVERT ((gint8) *source);
    case CNN_NUMBER_U16:  CONVERT (read_u16 (source));
    case CNN_NUMBER_I16:  CONVERT ((gint16) read_u16 (source));
    case CNN_NUMBER_U32:  CONVERT (read_u32 (source));
    case CNN_NUMBER_I32:  CONVERT ((gint32) read_u32 (source));
    case CNN_NUMBER_U64:  CONVERT (read_u64 (source));
    case CNN_NUMBER_I64:  CONVERT ((gint64) read_u64 (source));
    default:              g_return_if_reached ();
    }

#undef CONVERT
}

gboolean
cnn_number_type_is_integer (CnnNumberType type)
{
  return type >= CNN_NUMBER_BOOL;
}

static inline guint32
bits_from_float (float number)
{
  union { float f; guint32 u; } bits = { .f = number };

  return bits.u;
}

/* Rounds away the low n bits, ties to even. */
static inline guint32
round_bits (guint32 bits,
            guint   n)
{
  return (bits + (1u << (n - 1)) - 1 + (bits >> n & 1)) >> n;
}

static inline guint16
bf16_from_float (float number)
{
  guint32 bits = bits_from_float (number);

  /* Rounding could turn a NaN into an infinity. */
  return isnan (number) ? bits >> 16 | 0x40 : round_bits (bits, 16);
}

/* The inverse of float_from_half(). */
static inline guint16
half_from_float (float number)
{
  guint32 bits = bits_from_float (number);
  guint16 sign = bits >> 16 & 0x8000;
  guint32 magnitude = bits & 0x7fffffff;

  if (isnan (number))
    return sign | 0x7e00 | (magnitude >> 13 & 0x3ff);

  if (magnitude >= 0x47800000)                  /* 65536 and up */
    return sign | 0x7c00;

  /* Below 2⁻¹⁴ halves are multiples of 2⁻²⁴: adding ½ leaves float32 as many bits
   * behind the point, rounded by the processor. */
  if (magnitude < 0x38800000)
    return sign | (bits_from_float (fabsf (number) + 0.5f) - bits_from_float (0.5f));

  return sign | round_bits (magnitude - (112u << 23), 13);
}

/* Writes float32 numbers as type, little-endian: a floating-point type of 16 or 32
 * bits, or I64. */
void
cnn_number_type_encode (CnnNumberType  type,
                        const float   *source,
                        gsize          n,
                        guint8        *target)
{
#define ENCODE(Type, expression)                                                      \
  for (gsize i = 0; i < n; i++)                                                       \
    {                                                                                 \
      Type bits = (expression);                                                       \
                                                                                      \
      memcpy (target + i * sizeof bits, &bits, sizeof bits);                          \
    }                                                                                 \
  break

  switch (type)
    {
    case CNN_NUMBER_F32:  ENCODE (guint32, GUINT32_TO_LE (bits_from_float (source[i])));
    case CNN_NUMBER_F16:  ENCODE (guint16, GUINT16_TO_LE (half_from_float (source[i])));
    case CNN_NUMBER_BF16: ENCODE (guint16, GUINT16_TO_LE (bf16_from_float (source[i])));
    case CNN_NUMBER_I64:  ENCODE (gint64, GINT64_TO_LE ((gint64) CLAMP (source[i], -0x1p63f, 0x1.fffffep62f)));
    default:              g_return_if_reached ();
    }

#undef ENCODE
}

void
cnn_number_source_init (CnnNumberSource *source,
                        GBytes          *bytes,
                        gboolean         share)
{
  source->bytes = bytes;
  source->share = share;
  if (!g_size_checked_mul (&source->budget, g_bytes_get_size (bytes), BUDGET))
    source->budget = G_MAXSIZE;
}

/* Counts what is about to be allocated for n numbers of some bytes each. */
gboolean
cnn_number_source_spend (CnnNumberSource  *source,
                         gsize             n,
                         gsize             size,
                         GError          **error)
{
  if (g_size_checked_mul (&n, n, size) && n <= source->budget)
    {
      source->budget -= n;
      return TRUE;
    }

  g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
               "tensors need over %d times the file's size", BUDGET);

  return FALSE;
}

/* Makes a tensor to be filled, at the expense of the budget. */
CnnTensor *
cnn_number_source_allocate (CnnNumberSource  *source,
                            const CnnShape   *shape,
                            GError          **error)
{
  if (!cnn_number_source_spend (source, cnn_shape_get_n_elements (shape), sizeof (float), error))
    return NULL;

  return cnn_tensor_new_uninitialized (shape);
}

static gboolean
is_contiguous (const CnnShape *shape,
               const gsize    *strides)
{
  gsize expected = 1;

  for (guint i = shape->n_dims; i-- > 0;)
    {
      if (shape->dims[i] != 1 && strides[i] != expected)
        return FALSE;
      expected *= shape->dims[i];
    }

  return TRUE;
}

/* Copies a strided view in row-major order, a run along the last dimension at a
 * time. */
static void
gather (CnnNumberType   type,
        const CnnShape *shape,
        const guint8   *source,
        const gsize    *strides,
        float          *target)
{
  gsize item = cnn_number_type_get_size (type);
  guint last = shape->n_dims - 1;
  gsize run = shape->dims[last];
  gsize n = cnn_shape_get_n_elements (shape);
  gsize index[CNN_MAX_DIMS] = { 0 };

  for (gsize done = 0; done < n; done += run)
    {
      gsize at = 0;

      for (guint i = 0; i < last; i++)
        at += index[i] * strides[i];

      cnn_number_type_convert (type, source + at * item, strides[last] * item, run, target + done);

      for (guint i = last; i-- > 0;)
        {
          if (++index[i] < shape->dims[i])
            break;
          index[i] = 0;
        }
    }
}

/* Makes a float32 tensor of numbers at offset bytes into the source. Strides are
 * in numbers, or NULL for row-major order. The caller has checked that all of
 * them lie inside. */
CnnTensor *
cnn_number_source_get_tensor (CnnNumberSource  *source,
                              CnnNumberType     type,
                              const CnnShape   *shape,
                              gsize             offset,
                              const gsize      *strides,
                              GError          **error)
{
  const guint8 *start = (const guint8 *) g_bytes_get_data (source->bytes, NULL) + offset;
  gsize n = cnn_shape_get_n_elements (shape);
  gboolean contiguous = strides == NULL || n == 0 || is_contiguous (shape, strides);
  CnnTensor *tensor;

  if (source->share && contiguous && type == CNN_NUMBER_F32 && G_BYTE_ORDER == G_LITTLE_ENDIAN &&
      (guintptr) start % sizeof (float) == 0)
    return cnn_tensor_new_for_bytes (shape, source->bytes, offset);

  tensor = cnn_number_source_allocate (source, shape, error);
  if (tensor == NULL)
    return NULL;

  if (contiguous)
    cnn_number_type_convert (type, start, cnn_number_type_get_size (type), n,
                             cnn_tensor_get_mutable_data (tensor));
  else
    gather (type, shape, start, strides, cnn_tensor_get_mutable_data (tensor));

  /* Nobody needs the original any more, where the file is mapped. */
  if (contiguous)
    cnn_file_map_drop_pages (start, n * cnn_number_type_get_size (type));

  return tensor;
}
