#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *fovea_error_dup_explanation (const GError *error);

G_END_DECLS
