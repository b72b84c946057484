#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Small model files, made here, whole or wrong. */

GBytes *model_bytes_legacy      (const void *pickle,
                                 gsize       pickle_size,
                                 const void *storage,
                                 gsize       n_floats);
GBytes *model_bytes_zip         (const char *first_name, ...) G_GNUC_NULL_TERMINATED;
GBytes *model_bytes_zip_options (const char *options,
                                 const char *first_name, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
