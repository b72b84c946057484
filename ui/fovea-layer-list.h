#pragma once

#include <adwaita.h>

#include "cnn.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_LAYER_LIST (fovea_layer_list_get_type ())

/**
 * FoveaLayerList:
 *
 * The layers of a network, one of them selected. Up and Down, or K and J, step
 * from layer to layer; typing looks for a name or a kind.
 */
G_DECLARE_FINAL_TYPE (FoveaLayerList, fovea_layer_list, FOVEA, LAYER_LIST, AdwBin)

GtkWidget  *fovea_layer_list_new          (void);
CnnNetwork *fovea_layer_list_get_network  (FoveaLayerList *self);
void        fovea_layer_list_set_network  (FoveaLayerList *self,
                                           CnnNetwork     *network);
guint       fovea_layer_list_get_selected (FoveaLayerList *self);
void        fovea_layer_list_set_selected (FoveaLayerList *self,
                                           guint           selected);
gboolean    fovea_layer_list_step         (FoveaLayerList *self,
                                           int             step);
void        fovea_layer_list_start_search (FoveaLayerList *self);

G_END_DECLS
