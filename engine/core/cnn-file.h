#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GBytes *cnn_file_read            (GFile         *file,
                                  gsize          max_size,
                                  GCancellable  *cancellable,
                                  GError       **error);
void    cnn_propagate_file_error (GError       **dest,
                                  GError        *source,
                                  GFile         *file);

G_END_DECLS
