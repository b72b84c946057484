#define G_LOG_DOMAIN "cnn-protobuf"

#include "formats/onnx/cnn-protobuf-private.h"

void
cnn_protobuf_init (CnnProtobuf           *self,
                   const CnnProtobufSpan *message)
{
  self->at = message->start;
  self->end = message->start + message->size;
  self->is_damaged = FALSE;
}

/* Seven bits a byte, the least first, while the eighth bit is set. */
static gboolean
read_varint (CnnProtobuf *self,
             guint64     *number)
{
  *number = 0;

  for (guint shift = 0; shift < 64 && self->at < self->end; shift += 7)
    {
      guint8 byte = *self->at++;

      *number |= (guint64) (byte & 0x7f) << shift;
      if (byte < 0x80)
        return TRUE;
    }

  return FALSE;
}

static gboolean
read_fixed (CnnProtobuf *self,
            guint        size,
            guint64     *number)
{
  *number = 0;

  if ((gsize) (self->end - self->at) < size)
    return FALSE;

  for (guint i = 0; i < size; i++)
    *number |= (guint64) *self->at++ << 8 * i;

  return TRUE;
}

static gboolean
read_bytes (CnnProtobuf     *self,
            CnnProtobufSpan *bytes)
{
  guint64 size;

  if (!read_varint (self, &size) || size > (guint64) (self->end - self->at))
    return FALSE;

  bytes->start = self->at;
  bytes->size = size;
  self->at += size;

  return TRUE;
}

static gboolean
read_field (CnnProtobuf      *self,
            CnnProtobufField *field)
{
  guint64 tag;

  *field = (CnnProtobufField) { 0 };

  if (!read_varint (self, &tag) || tag > G_MAXUINT32 || tag >> 3 == 0)
    return FALSE;

  field->tag = tag;
  switch (tag & 7)
    {
    case CNN_PROTOBUF_VARINT:
      return read_varint (self, &field->number);

    case CNN_PROTOBUF_FIXED64:
      return read_fixed (self, 8, &field->number);

    case CNN_PROTOBUF_FIXED32:
      return read_fixed (self, 4, &field->number);

    case CNN_PROTOBUF_BYTES:
      return read_bytes (self, &field->bytes);

    default:
      return FALSE;
    }
}

/* Steps to the next field; FALSE at the end of the message, or where it is cut or
 * no message at all: then is_damaged is set. */
gboolean
cnn_protobuf_next (CnnProtobuf      *self,
                   CnnProtobufField *field)
{
  if (self->is_damaged || self->at >= self->end)
    return FALSE;

  self->is_damaged = !read_field (self, field);

  return !self->is_damaged;
}

/* Appends to an array of gint64: one number, or a packed run of them. FALSE where
 * the run is cut. */
gboolean
cnn_protobuf_append_varints (GArray                 *numbers,
                             const CnnProtobufField *field)
{
  CnnProtobuf run;

  if ((field->tag & 7) == CNN_PROTOBUF_VARINT)
    {
      g_array_append_val (numbers, field->number);
      return TRUE;
    }

  cnn_protobuf_init (&run, &field->bytes);
  while (run.at < run.end)
    {
      guint64 number;

      if (!read_varint (&run, &number))
        return FALSE;
      g_array_append_val (numbers, number);
    }

  return TRUE;
}

/* Text as a string that can be shown, whatever bytes it has. */
char *
cnn_protobuf_dup_text (const CnnProtobufSpan *span)
{
  return g_utf8_make_valid ((const char *) span->start, span->size);
}
