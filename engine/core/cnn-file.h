#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Engine-internal: writes what a file is to hold. */
typedef gboolean (*CnnFileSaveFunc) (GOutputStream  *stream,
                                     gpointer        data,
                                     GCancellable   *cancellable,
                                     GError        **error);

GBytes   *cnn_file_read            (GFile            *file,
                                    gsize             max_size,
                                    GCancellable     *cancellable,
                                    GError          **error);
gboolean  cnn_file_save            (GFile            *file,
                                    CnnFileSaveFunc   save,
                                    gpointer          data,
                                    GCancellable     *cancellable,
                                    GError          **error);
gboolean  cnn_file_save_bytes      (GFile            *file,
                                    const void       *data,
                                    gsize             length,
                                    GCancellable     *cancellable,
                                    GError          **error);
void      cnn_propagate_file_error (GError          **dest,
                                    GError           *source,
                                    GFile            *file);

G_END_DECLS
