#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The test pack: real pictures, networks and reference answers, which are not
 * part of the project. It is looked for in $FOVEA_PACK, else in ../shared/pack
 * beside the source tree. */

char     *pack_find (const char *name);
gboolean  pack_skip (const char *path);

G_END_DECLS
