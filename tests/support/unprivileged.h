#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For tests of files that may not be read: nothing is locked for root, who is
 * therefore somebody else between the two calls. Programs that are started in
 * between are, too. */

void unprivileged_begin (void);
void unprivileged_end   (void);

G_END_DECLS
