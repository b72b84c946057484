#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A file with the given bytes, in a folder of its own that temporary_free()
 * removes together with it. */
GFile *temporary_new  (const char *name,
                       const void *data,
                       gsize       size);
void   temporary_free (GFile      *file);

G_END_DECLS
