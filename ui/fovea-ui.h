#pragma once

/* Every widget of Fovea. */

#include "fovea-accuracy-chart.h"
#include "fovea-backprop-lesson.h"
#include "fovea-color-map.h"
#include "fovea-convergence-chart.h"
#include "fovea-crop-strip.h"
#include "fovea-crop.h"
#include "fovea-format.h"
#include "fovea-layer-list.h"
#include "fovea-map-grid.h"
#include "fovea-map-view.h"
#include "fovea-network-table.h"
#include "fovea-palette.h"
#include "fovea-picture-view.h"
#include "fovea-sample-grid.h"
#include "fovea-sizes-lesson.h"
#include "fovea-spin-row.h"
#include "fovea-thumbnail-source.h"
#include "fovea-thumbnail.h"
#include "fovea-tooltip.h"
#include "fovea-top-list.h"
#include "fovea-verdict.h"

G_BEGIN_DECLS

void fovea_ui_init (void);

G_END_DECLS
