#pragma once

#include "cnn.h"
#include "fovea-color-map.h"

G_BEGIN_DECLS

/**
 * FoveaMapStatistics:
 * @minimum: the least value
 * @maximum: the greatest value
 * @mean: their mean
 * @n_values: how many values there are
 * @n_zeros: how many of them are 0
 *
 * A feature map in a few numbers. What is no number counts in @n_values alone.
 */
typedef struct
{
  float minimum;
  float maximum;
  double mean;
  gsize n_values;
  gsize n_zeros;
} FoveaMapStatistics;

#define FOVEA_TYPE_MAP (fovea_map_get_type ())

/**
 * FoveaMap:
 *
 * One channel of a layer's output: a light item for list models, which paints
 * itself as a [iface@Gdk.Paintable], sharp at any size.
 *
 * Its texture is made when it is first drawn at a size, and kept until it is
 * drawn at another or let go with [method@Map.drop_texture].
 */
G_DECLARE_FINAL_TYPE (FoveaMap, fovea_map, FOVEA, MAP, GObject)

FoveaMap                 *fovea_map_new             (CnnTensor                *tensor,
                                                     guint                     channel);
void                      fovea_map_set_tensor      (FoveaMap                 *self,
                                                     CnnTensor                *tensor);
guint                     fovea_map_get_channel     (FoveaMap                 *self);
guint                     fovea_map_get_columns     (FoveaMap                 *self);
guint                     fovea_map_get_rows        (FoveaMap                 *self);
float                     fovea_map_get_value       (FoveaMap                 *self,
                                                     guint                     column,
                                                     guint                     row);
const FoveaMapStatistics *fovea_map_get_statistics  (FoveaMap                 *self);
gboolean                  fovea_map_is_dead         (FoveaMap                 *self);
void                      fovea_map_set_colors      (FoveaMap                 *self,
                                                     FoveaColorMap             color_map,
                                                     float                     low,
                                                     float                     high);
guint32                   fovea_map_get_pixel       (FoveaMap                 *self,
                                                     guint                     column,
                                                     guint                     row);
GdkTexture               *fovea_map_new_texture     (FoveaMap                 *self,
                                                     guint                     width,
                                                     guint                     height);
void                      fovea_map_drop_texture    (FoveaMap                 *self);
char                     *fovea_map_dup_description (FoveaMap                 *self);

void                      fovea_map_statistics_init (FoveaMapStatistics       *self,
                                                     const float              *values,
                                                     gsize                     n_values);

G_END_DECLS
