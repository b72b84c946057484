#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CNN_IMAGE_FORMAT_UNKNOWN,
  CNN_IMAGE_FORMAT_JPEG,
  CNN_IMAGE_FORMAT_PNG,
  CNN_IMAGE_FORMAT_GIF,
  CNN_IMAGE_FORMAT_BMP,
  CNN_IMAGE_FORMAT_WEBP,
} CnnImageFormat;

CnnImageFormat cnn_image_format_sniff (const guint8  *data,
                                       gsize          length);
gboolean       cnn_image_format_check (const guint8  *data,
                                       gsize          length,
                                       GError       **error);

G_END_DECLS
