#pragma once

#include "image/cnn-image.h"

G_BEGIN_DECLS

/* The most pixels of a picture that is decoded: 16384×16384. */
#define CNN_IMAGE_MAX_PIXELS (G_GUINT64_CONSTANT (1) << 28)

CnnImage *cnn_image_alloc              (guint     width,
                                        guint     height);
guint8   *cnn_image_get_mutable_pixels (CnnImage *self);

G_END_DECLS
