#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Engine-internal: walks over a message in Protocol Buffers' wire format, field
 * by field, without copying. https://protobuf.dev/programming-guides/encoding/ */
typedef struct
{
  const guint8 *at;
  const guint8 *end;
  gboolean is_damaged;
} CnnProtobuf;

typedef enum
{
  CNN_PROTOBUF_VARINT = 0,
  CNN_PROTOBUF_FIXED64 = 1,
  CNN_PROTOBUF_BYTES = 2,
  CNN_PROTOBUF_FIXED32 = 5,
} CnnProtobufWire;

typedef struct
{
  const guint8 *start;
  gsize size;
} CnnProtobufSpan;

typedef struct
{
  guint32 tag;              /* CNN_PROTOBUF_TAG (number, wire) */
  guint64 number;           /* of a varint or fixed */
  CnnProtobufSpan bytes;    /* a message, text, or packed numbers */
} CnnProtobufField;

#define CNN_PROTOBUF_TAG(number, wire) ((guint32) (number) << 3 | CNN_PROTOBUF_##wire)

void      cnn_protobuf_init           (CnnProtobuf            *self,
                                       const CnnProtobufSpan  *message);
gboolean  cnn_protobuf_next           (CnnProtobuf            *self,
                                       CnnProtobufField       *field);
gboolean  cnn_protobuf_append_varints (GArray                 *numbers,
                                       const CnnProtobufField *field);
char     *cnn_protobuf_dup_text       (const CnnProtobufSpan  *span);

G_END_DECLS
