#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Engine-internal: files that are mapped into memory, and stay usable memory
 * whatever happens to the file. */

GBytes   *cnn_file_map_new        (const char     *path,
                                   GError        **error);
gboolean  cnn_file_map_contains   (gconstpointer   data);
gboolean  cnn_file_map_check      (gconstpointer   data,
                                   GError        **error);
void      cnn_file_map_drop_pages (gconstpointer   data,
                                   gsize           size);

G_END_DECLS
