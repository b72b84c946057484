#define G_LOG_DOMAIN "cnn-onnx"

/* TensorProto: numbers in raw_data, little-endian, or in the repeated field of
 * their type, packed or one by one. */

#include "formats/onnx/cnn-onnx-model-private.h"

#include "core/cnn-error.h"

#define TAG CNN_PROTOBUF_TAG

/* TensorProto.DataType */
enum { FLOAT = 1, UINT8 = 2, INT8 = 3, INT16 = 5, INT32 = 6, INT64 = 7, BOOL = 9, FLOAT16 = 10, DOUBLE = 11, BFLOAT16 = 16 };

/* Shapes and axes are short. */
#define MAX_INTEGERS 1024

typedef struct
{
  gint64 data_type;
  CnnNumberType type;
  CnnShape shape;
  gboolean is_external;
  CnnProtobufSpan raw;
  gboolean has_raw;
} Header;

static gboolean
get_type (Header  *header,
          GError **error)
{
  switch (header->data_type)
    {
    case FLOAT:    header->type = CNN_NUMBER_F32; return TRUE;
    case UINT8:    header->type = CNN_NUMBER_U8; return TRUE;
    case INT8:     header->type = CNN_NUMBER_I8; return TRUE;
    case INT16:    header->type = CNN_NUMBER_I16; return TRUE;
    case INT32:    header->type = CNN_NUMBER_I32; return TRUE;
    case INT64:    header->type = CNN_NUMBER_I64; return TRUE;
    case BOOL:     header->type = CNN_NUMBER_BOOL; return TRUE;
    case FLOAT16:  header->type = CNN_NUMBER_F16; return TRUE;
    case DOUBLE:   header->type = CNN_NUMBER_F64; return TRUE;
    case BFLOAT16: header->type = CNN_NUMBER_BF16; return TRUE;

    default:
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "has numbers of ONNX's type %" G_GINT64_FORMAT ", expected floating point, integers or booleans",
                   header->data_type);
      return FALSE;
    }
}

static gboolean
set_shape (CnnShape     *shape,
           const GArray *dims,
           GError      **error)
{
  shape->n_dims = MIN (dims->len, CNN_MAX_DIMS);
  for (guint i = 0; i < shape->n_dims; i++)
    shape->dims[i] = MAX (g_array_index (dims, gint64, i), 0);

  if (dims->len <= CNN_MAX_DIMS && cnn_shape_is_valid (shape))
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
               "has no usable shape, expected up to %d extents", CNN_MAX_DIMS);

  return FALSE;
}

static gboolean
read_header (Header                 *header,
             const CnnProtobufSpan  *message,
             GError                **error)
{
  g_autoptr (GArray) dims = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean good = TRUE;
  CnnProtobuf reader;
  CnnProtobufField field;

  *header = (Header) { 0 };

  cnn_protobuf_init (&reader, message);
  while (good && cnn_protobuf_next (&reader, &field))
    switch (field.tag)
      {
      case TAG (1, VARINT):
      case TAG (1, BYTES):
        good = cnn_protobuf_append_varints (dims, &field);
        break;

      case TAG (2, VARINT):
        header->data_type = field.number;
        break;

      case TAG (9, BYTES):
        header->raw = field.bytes;
        header->has_raw = TRUE;
        break;

      case TAG (14, VARINT):
        header->is_external = field.number == 1;
        break;

      default:
        break;
      }

  if (reader.is_damaged || !good)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "is cut or no message");
      return FALSE;
    }

  if (header->is_external)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "keeps its numbers in another file, expected them in this one");
      return FALSE;
    }

  return get_type (header, error) && set_shape (&header->shape, dims, error);
}

static gboolean
check_count (const Header  *header,
             gsize          found,
             const char    *unit,
             gsize          size,
             GError       **error)
{
  gsize expected;
  g_autofree char *text = NULL;

  if (g_size_checked_mul (&expected, cnn_shape_get_n_elements (&header->shape), size) && found == expected)
    return TRUE;

  text = cnn_shape_to_string (&header->shape);
  g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
               "is %s and has %" G_GSIZE_FORMAT " %s, expected %" G_GSIZE_FORMAT,
               text, found, unit, expected);

  return FALSE;
}

static guint64
read_fixed (const guint8 *at,
            guint         size)
{
  guint64 bits = 0;

  for (guint i = 0; i < size; i++)
    bits |= (guint64) at[i] << 8 * i;

  return bits;
}

/* Fixed numbers of that size, packed or not, as their bits. */
static gboolean
append_fixed (GArray                 *numbers,
              const CnnProtobufField *field,
              guint                   size)
{
  if (field->bytes.start == NULL)
    {
      g_array_append_val (numbers, field->number);
      return TRUE;
    }

  for (gsize at = 0; at + size <= field->bytes.size; at += size)
    {
      guint64 bits = read_fixed (field->bytes.start + at, size);

      g_array_append_val (numbers, bits);
    }

  return field->bytes.size % size == 0;
}

/* The numbers that are not raw: of float_data and double_data the bits, of
 * int32_data and int64_data the values, float16 among them as its bits. */
static GArray *
read_repeated (const CnnProtobufSpan  *message,
               GError                **error)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean good = TRUE;
  CnnProtobuf reader;
  CnnProtobufField field;

  cnn_protobuf_init (&reader, message);
  while (good && cnn_protobuf_next (&reader, &field))
    switch (field.tag)
      {
      case TAG (4, FIXED32):
      case TAG (4, BYTES):
        good = append_fixed (numbers, &field, 4);
        break;

      case TAG (5, VARINT):
      case TAG (5, BYTES):
      case TAG (7, VARINT):
      case TAG (7, BYTES):
        good = cnn_protobuf_append_varints (numbers, &field);
        break;

      case TAG (10, FIXED64):
      case TAG (10, BYTES):
        good = append_fixed (numbers, &field, 8);
        break;

      default:
        break;
      }

  if (!good)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "is cut in the middle of a number");
      return NULL;
    }

  return g_steal_pointer (&numbers);
}

/* Brings the low bytes of each 64-bit number together, as raw_data would have
 * them, and converts those. */
static CnnTensor *
tensor_from_repeated (const Header           *header,
                      const CnnProtobufSpan  *message,
                      CnnNumberSource        *source,
                      GError                **error)
{
  g_autoptr (GArray) numbers = read_repeated (message, error);
  CnnTensor *tensor;

  if (numbers == NULL || !check_count (header, numbers->len, "numbers", 1, error))
    return NULL;

  for (guint i = 0; i < numbers->len; i++)
    {
      guint64 *bits = &g_array_index (numbers, guint64, i);

      *bits = GUINT64_TO_LE (*bits);
    }

  tensor = cnn_number_source_allocate (source, &header->shape, error);
  if (tensor == NULL)
    return NULL;

  cnn_number_type_convert (header->type, (const guint8 *) numbers->data, sizeof (guint64), numbers->len,
                           cnn_tensor_get_mutable_data (tensor));

  return tensor;
}

/* Reads a tensor's numbers as float32. */
CnnTensor *
cnn_onnx_tensor_read (const CnnProtobufSpan  *message,
                      CnnNumberSource        *source,
                      GError                **error)
{
  const guint8 *start = g_bytes_get_data (source->bytes, NULL);
  Header header;

  if (!read_header (&header, message, error))
    return NULL;

  if (!header.has_raw)
    return tensor_from_repeated (&header, message, source, error);

  if (!check_count (&header, header.raw.size, "bytes", cnn_number_type_get_size (header.type), error))
    return NULL;

  return cnn_number_source_get_tensor (source, header.type, &header.shape,
                                       header.raw.start - start, NULL, error);
}

/* Reads a short tensor of integers exactly: a shape, axes or the like. */
GArray *
cnn_onnx_tensor_read_integers (const CnnProtobufSpan  *message,
                               GError                **error)
{
  g_autoptr (GArray) numbers = NULL;
  gsize size;
  Header header;

  if (!read_header (&header, message, error))
    return NULL;

  if ((header.type != CNN_NUMBER_I64 && header.type != CNN_NUMBER_I32) ||
      cnn_shape_get_n_elements (&header.shape) > MAX_INTEGERS)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "is not a list of up to %d integers", MAX_INTEGERS);
      return NULL;
    }

  if (!header.has_raw)
    {
      numbers = read_repeated (message, error);
      if (numbers == NULL || !check_count (&header, numbers->len, "numbers", 1, error))
        return NULL;

      return g_steal_pointer (&numbers);
    }

  size = cnn_number_type_get_size (header.type);
  if (!check_count (&header, header.raw.size, "bytes", size, error))
    return NULL;

  numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (gsize at = 0; at < header.raw.size; at += size)
    {
      guint64 bits = read_fixed (header.raw.start + at, size);
      gint64 number = size == 4 ? (gint64) (gint32) bits : (gint64) bits;

      g_array_append_val (numbers, number);
    }

  return g_steal_pointer (&numbers);
}
