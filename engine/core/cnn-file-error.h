#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void cnn_propagate_file_error (GError **dest,
                               GError  *source,
                               GFile   *file);

G_END_DECLS
