#pragma once

#include "fovea-map.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_MAP_CELL (fovea_map_cell_get_type ())

/**
 * FoveaMapCell:
 *
 * A square in the grid of feature maps, with the channel's number below it. Made
 * to be bound to one map after another.
 */
G_DECLARE_FINAL_TYPE (FoveaMapCell, fovea_map_cell, FOVEA, MAP_CELL, GtkWidget)

GtkWidget *fovea_map_cell_new      (void);
FoveaMap  *fovea_map_cell_get_map  (FoveaMapCell *self);
void       fovea_map_cell_set_map  (FoveaMapCell *self,
                                    FoveaMap     *map);
int        fovea_map_cell_get_size (FoveaMapCell *self);
void       fovea_map_cell_set_size (FoveaMapCell *self,
                                    int           size);

G_END_DECLS
