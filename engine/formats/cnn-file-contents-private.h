#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Engine-internal: a model file's bytes, and what to say when they are no model. */

GFile  *cnn_file_contents_find_model        (GFile         *file,
                                             GCancellable  *cancellable,
                                             GError       **error);
gboolean cnn_file_contents_check            (GBytes        *bytes,
                                             GFile         *file,
                                             GError       **error);
GBytes *cnn_file_contents_load              (GFile         *file,
                                             GCancellable  *cancellable,
                                             GError       **error);
void    cnn_file_contents_set_unknown_error (GBytes        *bytes,
                                             GError       **error);
void    cnn_file_contents_prefix_error      (GFile         *file,
                                             GError       **error);

G_END_DECLS
