#pragma once

#include "cnn.h"

G_BEGIN_DECLS

char *fovea_format_percent    (double     probability);
char *fovea_format_count      (guint64    count);
char *fovea_format_class      (CnnLabels *labels,
                               int        index);
char *fovea_format_class_full (CnnLabels *labels,
                               int        index);

G_END_DECLS
