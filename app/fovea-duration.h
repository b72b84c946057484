#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *fovea_duration_dup_left (double seconds);

G_END_DECLS
