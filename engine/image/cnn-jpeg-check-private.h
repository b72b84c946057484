#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean cnn_jpeg_check (const guint8  *data,
                         gsize          length,
                         GError       **error);

G_END_DECLS
