#pragma once

/* Every widget of Fovea. */

#include "fovea-crop.h"
#include "fovea-palette.h"
#include "fovea-picture-view.h"

G_BEGIN_DECLS

void fovea_ui_init (void);

G_END_DECLS
