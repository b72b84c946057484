#pragma once

#include <adwaita.h>

#include "cnn.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_NETWORK_TABLE (fovea_network_table_get_type ())

/**
 * FoveaNetworkTable:
 *
 * What each layer of a network is, and what it costs, in a convention of
 * counting that can be chosen.
 */
G_DECLARE_FINAL_TYPE (FoveaNetworkTable, fovea_network_table, FOVEA, NETWORK_TABLE, AdwBin)

GtkWidget     *fovea_network_table_new            (void);
CnnNetwork    *fovea_network_table_get_network    (FoveaNetworkTable *self);
void           fovea_network_table_set_network    (FoveaNetworkTable *self,
                                                   CnnNetwork        *network);
CnnConvention  fovea_network_table_get_convention (FoveaNetworkTable *self);
void           fovea_network_table_set_convention (FoveaNetworkTable *self,
                                                   CnnConvention      convention);
guint          fovea_network_table_get_selected   (FoveaNetworkTable *self);
void           fovea_network_table_set_selected   (FoveaNetworkTable *self,
                                                   guint              selected);
char          *fovea_network_table_dup_csv        (FoveaNetworkTable *self);

G_END_DECLS
