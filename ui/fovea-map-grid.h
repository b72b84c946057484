#pragma once

#include <adwaita.h>

#include "fovea-map.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_MAP_GRID (fovea_map_grid_get_type ())

/**
 * FoveaMapGrid:
 *
 * All channels of a layer's output.
 *
 * A tensor 1×C×H×W is a grid of C feature maps; one without height and width
 * (1×C, 1×C×1×1) is a chart of C bars with a list of the greatest. Only what is
 * in sight has widgets and textures, so 2048 channels cost no more than 64.
 */
G_DECLARE_FINAL_TYPE (FoveaMapGrid, fovea_map_grid, FOVEA, MAP_GRID, AdwBin)

GtkWidget     *fovea_map_grid_new              (void);
CnnTensor     *fovea_map_grid_get_tensor       (FoveaMapGrid  *self);
void           fovea_map_grid_set_tensor       (FoveaMapGrid  *self,
                                                CnnTensor     *tensor);
CnnLabels     *fovea_map_grid_get_labels       (FoveaMapGrid  *self);
void           fovea_map_grid_set_labels       (FoveaMapGrid  *self,
                                                CnnLabels     *labels);
guint          fovea_map_grid_get_selected     (FoveaMapGrid  *self);
void           fovea_map_grid_set_selected     (FoveaMapGrid  *self,
                                                guint          channel);
FoveaMap      *fovea_map_grid_get_selected_map (FoveaMapGrid  *self);
FoveaColorMap  fovea_map_grid_get_color_map    (FoveaMapGrid  *self);
void           fovea_map_grid_set_color_map    (FoveaMapGrid  *self,
                                                FoveaColorMap  color_map);
gboolean       fovea_map_grid_get_shared_range (FoveaMapGrid  *self);
void           fovea_map_grid_set_shared_range (FoveaMapGrid  *self,
                                                gboolean       shared_range);
int            fovea_map_grid_get_cell_size    (FoveaMapGrid  *self);
void           fovea_map_grid_set_cell_size    (FoveaMapGrid  *self,
                                                int            cell_size);

G_END_DECLS
