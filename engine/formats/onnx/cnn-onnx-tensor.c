#define G_LOG_DOMAIN "cnn-onnx"

/* TensorProto: numbers in raw_data, little-endian, or in the repeated field of
 * their type, packed or one by one, or in a file beside the model. */

#include "formats/onnx/cnn-onnx-tensor-private.h"

#include "core/cnn-error.h"

#define TAG CNN_PROTOBUF_TAG

typedef struct
{
  CnnOnnxType type;
  CnnShape shape;
  CnnProtobufSpan raw;
  gboolean has_raw;

  gboolean is_external;
  char *location;
  guint64 offset;
  guint64 length;               /* 0: to the end of the file */
} Header;

static void
header_clear (Header *self)
{
  g_clear_pointer (&self->location, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Header, header_clear)

/* How numbers of a type lie in raw_data: what cnn_number_type_convert() makes
 * floats of, or integers that are read here. */
static gboolean
get_number_type (CnnOnnxType    type,
                 CnnNumberType *number_type)
{
  switch (type)
    {
    case CNN_ONNX_FLOAT:    *number_type = CNN_NUMBER_F32; return TRUE;
    case CNN_ONNX_FLOAT16:  *number_type = CNN_NUMBER_F16; return TRUE;
    case CNN_ONNX_BFLOAT16: *number_type = CNN_NUMBER_BF16; return TRUE;
    case CNN_ONNX_DOUBLE:   *number_type = CNN_NUMBER_F64; return TRUE;
    case CNN_ONNX_BOOL:     *number_type = CNN_NUMBER_BOOL; return TRUE;
    case CNN_ONNX_UINT8:    *number_type = CNN_NUMBER_U8; return TRUE;
    case CNN_ONNX_INT8:     *number_type = CNN_NUMBER_I8; return TRUE;
    case CNN_ONNX_INT16:    *number_type = CNN_NUMBER_I16; return TRUE;
    case CNN_ONNX_UINT16:
    case CNN_ONNX_INT32:
    case CNN_ONNX_UINT32:
    case CNN_ONNX_INT64:
    case CNN_ONNX_UINT64:
    default:
      return FALSE;
    }
}

static guint
get_size (CnnOnnxType type)
{
  CnnNumberType number_type;

  if (get_number_type (type, &number_type))
    return cnn_number_type_get_size (number_type);

  if (type == CNN_ONNX_UINT16)
    return 2;

  return type == CNN_ONNX_INT32 || type == CNN_ONNX_UINT32 ? 4 : 8;
}

static gboolean
set_shape (CnnShape     *shape,
           const GArray *dims,
           GError      **error)
{
  gboolean is_negative = FALSE;

  shape->n_dims = MIN (dims->len, CNN_MAX_DIMS);
  for (guint i = 0; i < shape->n_dims; i++)
    {
      is_negative |= g_array_index (dims, gint64, i) < 0;
      shape->dims[i] = MAX (g_array_index (dims, gint64, i), 0);
    }

  if (!is_negative && dims->len <= CNN_MAX_DIMS && cnn_shape_is_valid (shape))
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
               "has no usable shape, expected up to %d extents", CNN_MAX_DIMS);

  return FALSE;
}

/* StringStringEntryProto: one thing that is said about a file beside. Where a
 * number is none, the place that it leads to cannot be right. */
static void
read_external (Header                *header,
               const CnnProtobufSpan *message)
{
  g_autofree char *key = NULL;
  g_autofree char *value = NULL;
  CnnProtobuf reader;
  CnnProtobufField field;

  cnn_protobuf_init (&reader, message);
  while (cnn_protobuf_next (&reader, &field))
    if (field.tag == TAG (1, BYTES) || field.tag == TAG (2, BYTES))
      {
        char **text = field.tag == TAG (1, BYTES) ? &key : &value;

        g_free (*text);
        *text = cnn_protobuf_dup_text (&field.bytes);
      }

  if (value == NULL)
    return;

  if (g_strcmp0 (key, "location") == 0)
    {
      g_free (header->location);
      header->location = g_steal_pointer (&value);
    }
  else if (g_strcmp0 (key, "offset") == 0 &&
           !g_ascii_string_to_unsigned (value, 10, 0, G_MAXSIZE, &header->offset, NULL))
    header->offset = G_MAXSIZE;
  else if (g_strcmp0 (key, "length") == 0 &&
           !g_ascii_string_to_unsigned (value, 10, 0, G_MAXSIZE, &header->length, NULL))
    header->length = G_MAXSIZE;
}

static gboolean
read_header (Header                 *header,
             const CnnProtobufSpan  *message,
             GError                **error)
{
  g_autoptr (GArray) dims = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean good = TRUE;
  gint64 data_type = 0;
  CnnProtobuf reader;
  CnnProtobufField field;

  cnn_protobuf_init (&reader, message);
  while (good && cnn_protobuf_next (&reader, &field))
    switch (field.tag)
      {
      case TAG (1, VARINT):
      case TAG (1, BYTES):
        good = cnn_protobuf_append_varints (dims, &field);
        break;

      case TAG (2, VARINT):
        data_type = field.number;
        break;

      case TAG (9, BYTES):
        header->raw = field.bytes;
        header->has_raw = TRUE;
        break;

      case TAG (13, BYTES):
        read_external (header, &field.bytes);
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

  if (!cnn_onnx_type_check (data_type, error))
    return FALSE;
  header->type = data_type;

  return set_shape (&header->shape, dims, error);
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
 * int32_data, int64_data and uint64_data the values, float16 among them as its
 * bits. */
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
      case TAG (11, VARINT):
      case TAG (11, BYTES):
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

/* What cnn_number_type_convert() does not do: integers that a float32 would not
 * hold exactly. */
static void
read_integers (CnnOnnxConstant *constant,
               const guint8    *source,
               gsize            stride)
{
  guint size = get_size (constant->type);
  gboolean is_signed = constant->type == CNN_ONNX_INT32 || constant->type == CNN_ONNX_INT64;

  for (gsize i = 0; i < cnn_onnx_constant_get_n (constant); i++, source += stride)
    {
      guint64 bits = read_fixed (source, size);

      if (constant->integers == NULL)
        cnn_onnx_constant_set (constant, i, bits);
      else if (is_signed && size == 4)
        constant->integers[i] = (gint32) bits;
      else
        constant->integers[i] = is_signed ? (gint64) bits : (gint64) MIN (bits, G_MAXINT64);
    }
}

/* Numbers that lie stride bytes apart. */
static CnnOnnxConstant *
convert (const Header     *header,
         const guint8     *data,
         gsize             stride,
         CnnNumberSource  *source,
         GError          **error)
{
  CnnOnnxConstant *constant = cnn_onnx_constant_new (header->type, &header->shape, source, error);
  CnnNumberType type;

  if (constant == NULL)
    return NULL;

  if (get_number_type (header->type, &type))
    cnn_number_type_convert (type, data, stride, cnn_onnx_constant_get_n (constant),
                             cnn_tensor_get_mutable_data (constant->tensor));
  else
    read_integers (constant, data, stride);

  return constant;
}

/* Brings the low bytes of each 64-bit number together, as raw_data would have
 * them, and converts those. */
static CnnOnnxConstant *
constant_from_repeated (const Header           *header,
                        const CnnProtobufSpan  *message,
                        CnnNumberSource        *source,
                        GError                **error)
{
  g_autoptr (GArray) numbers = read_repeated (message, error);

  if (numbers == NULL || !check_count (header, numbers->len, "numbers", 1, error))
    return NULL;

  for (guint i = 0; i < numbers->len; i++)
    {
      guint64 *bits = &g_array_index (numbers, guint64, i);

      *bits = GUINT64_TO_LE (*bits);
    }

  return convert (header, (const guint8 *) numbers->data, sizeof (guint64), source, error);
}

/* Numbers that lie together, at offset bytes into the source. Floats are shared where
 * the source can. */
static CnnOnnxConstant *
constant_from_bytes (const Header     *header,
                     CnnNumberSource  *source,
                     gsize             offset,
                     CnnOnnxFiles     *files,
                     GError          **error)
{
  const guint8 *start = g_bytes_get_data (source->bytes, NULL);
  CnnNumberType type;
  CnnTensor *tensor;

  if (!get_number_type (header->type, &type))
    return convert (header, start + offset, get_size (header->type), &files->own, error);

  tensor = cnn_number_source_get_tensor (source, type, &header->shape, offset, NULL, error);

  return tensor != NULL ? cnn_onnx_constant_take (header->type, tensor) : NULL;
}

static CnnOnnxConstant *
constant_from_file (const Header  *header,
                    CnnOnnxFiles  *files,
                    GError       **error)
{
  CnnNumberSource *source = cnn_onnx_files_find (files, header->location != NULL ? header->location : "", error);
  gsize size, found;

  if (source == NULL)
    return NULL;

  size = g_bytes_get_size (source->bytes);
  found = header->length > 0 ? header->length : size - MIN (header->offset, size);
  if (header->offset > size || found > size - header->offset)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "has bytes from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " in “%s”, expected an end by %"
                   G_GSIZE_FORMAT, header->offset, header->offset + found, header->location, size);
      return NULL;
    }

  if (!check_count (header, found, "bytes", get_size (header->type), error))
    return NULL;

  return constant_from_bytes (header, source, header->offset, files, error);
}

/* Reads a tensor's numbers. */
CnnOnnxConstant *
cnn_onnx_tensor_read (const CnnProtobufSpan  *message,
                      CnnOnnxFiles           *files,
                      GError                **error)
{
  g_auto (Header) header = { 0 };
  const guint8 *start;
  guint size;

  if (!read_header (&header, message, error))
    return NULL;

  if (header.is_external)
    return constant_from_file (&header, files, error);

  if (!header.has_raw)
    return constant_from_repeated (&header, message, &files->own, error);

  size = get_size (header.type);
  if (!check_count (&header, header.raw.size, "bytes", size, error))
    return NULL;

  start = g_bytes_get_data (files->own.bytes, NULL);

  return constant_from_bytes (&header, &files->own, header.raw.start - start, files, error);
}
