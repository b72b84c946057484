#pragma once

#include "fovea-map.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_MAP_VIEW (fovea_map_view_get_type ())

/**
 * FoveaMapView:
 *
 * One feature map, as large as fits, with a probe: a line below tells the value
 * of the cell under the pointer, or of the one that the arrow keys have gone to.
 * Where cells are large enough their values are written in them.
 */
G_DECLARE_FINAL_TYPE (FoveaMapView, fovea_map_view, FOVEA, MAP_VIEW, GtkWidget)

GtkWidget *fovea_map_view_new       (void);
FoveaMap  *fovea_map_view_get_map   (FoveaMapView *self);
void       fovea_map_view_set_map   (FoveaMapView *self,
                                     FoveaMap     *map);
int        fovea_map_view_get_column (FoveaMapView *self);
int        fovea_map_view_get_row   (FoveaMapView *self);
void       fovea_map_view_set_probe (FoveaMapView *self,
                                     int           column,
                                     int           row);
gboolean   fovea_map_view_pick      (FoveaMapView *self,
                                     double        x,
                                     double        y,
                                     int          *column,
                                     int          *row);

G_END_DECLS
