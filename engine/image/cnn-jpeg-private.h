#pragma once

#include "image/cnn-image.h"

G_BEGIN_DECLS

CnnImage *cnn_jpeg_decode (const guint8  *data,
                           gsize          length,
                           GCancellable  *cancellable,
                           GError       **error);

G_END_DECLS
