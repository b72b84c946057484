#pragma once

#include <adwaita.h>

#include "cnn.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_LAYER_ROW (fovea_layer_row_get_type ())

/**
 * FoveaLayerRow:
 *
 * A layer in the list: its name, kind and output shape, and its share of the
 * network's arithmetic. Made to be bound to one layer after another.
 */
G_DECLARE_FINAL_TYPE (FoveaLayerRow, fovea_layer_row, FOVEA, LAYER_ROW, AdwBin)

GtkWidget *fovea_layer_row_new       (void);
void       fovea_layer_row_set_layer (FoveaLayerRow *self,
                                      CnnLayer      *layer,
                                      guint64        greatest_cost);
CnnLayer  *fovea_layer_row_get_layer (FoveaLayerRow *self);

G_END_DECLS
