#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char *cnn_annotation_load_class (GFile         *file,
                                 GCancellable  *cancellable,
                                 GError       **error);

G_END_DECLS
