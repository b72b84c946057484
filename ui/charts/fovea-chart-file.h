#pragma once

#include "cnn.h"

G_BEGIN_DECLS

/* Charts as files: PNG, SVG or PDF, told by the end of the file's name. */

gboolean fovea_chart_check_name (GFile          *file,
                                 GError        **error);
gboolean fovea_chart_save_run   (CnnRun         *run,
                                 GFile          *file,
                                 GCancellable   *cancellable,
                                 GError        **error);

G_END_DECLS
