#pragma once

#include "image/cnn-image.h"

G_BEGIN_DECLS

/* The most pixels of a picture that is decoded: 16384×16384. */
#define CNN_IMAGE_MAX_PIXELS (G_GUINT64_CONSTANT (1) << 28)

CnnImage *cnn_image_alloc              (guint      width,
                                        guint      height);
guint8   *cnn_image_get_mutable_pixels (CnnImage  *self);
gboolean  cnn_image_check_size         (guint64    width,
                                        guint64    height,
                                        gsize      file_size,
                                        GError   **error);

G_END_DECLS
