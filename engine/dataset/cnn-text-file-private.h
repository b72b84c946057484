#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char *cnn_text_file_read (GFile        *file,
                          gsize         max_size,
                          GCancellable *cancellable,
                          GError      **error);
char *cnn_text_excerpt   (const char   *text);

G_END_DECLS
