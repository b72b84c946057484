#pragma once

#include <glib.h>

G_BEGIN_DECLS

GBytes *cnn_gif_frame_extract (const guint8  *data,
                               gsize          length,
                               GError       **error);

G_END_DECLS
