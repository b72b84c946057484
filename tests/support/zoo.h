#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The big zoo: torchvision's networks with random weights in each format, several
 * gigabytes that the pack's make-zoo.py writes. It is looked for in $FOVEA_ZOO. */

char     *zoo_find (const char *name);
gboolean  zoo_skip (const char *path);

G_END_DECLS
