#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * FoveaColorMap:
 * @FOVEA_COLOR_MAP_GREY: black to white
 * @FOVEA_COLOR_MAP_VIRIDIS: dark violet over green to yellow, evenly lighter all
 *   the way, and the same to the colour-blind
 * @FOVEA_COLOR_MAP_DIVERGING: blue below zero, orange above, near white at zero
 *
 * How a number becomes a colour.
 */
typedef enum
{
  FOVEA_COLOR_MAP_GREY,
  FOVEA_COLOR_MAP_VIRIDIS,
  FOVEA_COLOR_MAP_DIVERGING,
} FoveaColorMap;

#define FOVEA_N_COLOR_MAPS (FOVEA_COLOR_MAP_DIVERGING + 1)

#define FOVEA_TYPE_COLOR_MAP (fovea_color_map_get_type ())

GType       fovea_color_map_get_type    (void) G_GNUC_CONST;
const char *fovea_color_map_get_title   (FoveaColorMap  self);
void        fovea_color_map_fit_range   (FoveaColorMap  self,
                                         float         *low,
                                         float         *high);
guint32     fovea_color_map_look_up     (FoveaColorMap  self,
                                         float          low,
                                         float          high,
                                         float          value);
void        fovea_color_map_paint       (FoveaColorMap  self,
                                         float          low,
                                         float          high,
                                         const float   *values,
                                         guint          columns,
                                         guint          rows,
                                         guint32       *pixels,
                                         guint          width,
                                         guint          height);
GdkTexture *fovea_color_map_new_texture (FoveaColorMap  self,
                                         float          low,
                                         float          high,
                                         const float   *values,
                                         guint          columns,
                                         guint          rows,
                                         guint          width,
                                         guint          height);

G_END_DECLS
