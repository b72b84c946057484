#pragma once

#include "cnn.h"

G_BEGIN_DECLS

char       *fovea_format_percent    (double          probability);
char       *fovea_format_count      (guint64         count);
char       *fovea_format_value      (double          value);
char       *fovea_format_shape      (const CnnShape *shape);
const char *fovea_format_kind       (CnnKind         kind);
char       *fovea_format_class      (CnnLabels      *labels,
                                     int             index);
char       *fovea_format_class_full (CnnLabels      *labels,
                                     int             index);

G_END_DECLS
