#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Engine-internal. */

float *cnn_try_alloc_floats (gsize n);
float *cnn_alloc_floats     (gsize n);

G_END_DECLS
