#pragma once

#include <glib.h>

G_BEGIN_DECLS

double cnn_cpu_measure_peak (guint n_threads);

G_END_DECLS
