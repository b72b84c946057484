#pragma once

#include <glib-object.h>

#include "cnn.h"

G_BEGIN_DECLS

/**
 * FoveaNetworkColumn:
 *
 * The columns of the table of layers.
 */
typedef enum
{
  FOVEA_NETWORK_COLUMN_NAME,
  FOVEA_NETWORK_COLUMN_KIND,
  FOVEA_NETWORK_COLUMN_KERNEL,
  FOVEA_NETWORK_COLUMN_STRIDE,
  FOVEA_NETWORK_COLUMN_PADDING,
  FOVEA_NETWORK_COLUMN_OUTPUT,
  FOVEA_NETWORK_COLUMN_PARAMETERS,
  FOVEA_NETWORK_COLUMN_MULTIPLICATIONS,
  FOVEA_NETWORK_COLUMN_ADDITIONS,
  FOVEA_NETWORK_COLUMN_COMPARISONS,
  FOVEA_NETWORK_COLUMN_FLOPS,
  FOVEA_NETWORK_COLUMN_FIELD,
} FoveaNetworkColumn;

#define FOVEA_N_NETWORK_COLUMNS (FOVEA_NETWORK_COLUMN_FIELD + 1)

#define FOVEA_TYPE_NETWORK_ROW (fovea_network_row_get_type ())

/**
 * FoveaNetworkRow:
 *
 * A layer in the table, with its cost counted in one convention.
 */
G_DECLARE_FINAL_TYPE (FoveaNetworkRow, fovea_network_row, FOVEA, NETWORK_ROW, GObject)

FoveaNetworkRow *fovea_network_row_new         (CnnLayer           *layer,
                                                CnnConvention       convention);
CnnLayer        *fovea_network_row_get_layer   (FoveaNetworkRow    *self);
guint64          fovea_network_row_get_number  (FoveaNetworkRow    *self,
                                                FoveaNetworkColumn  column);
char            *fovea_network_row_dup_text    (FoveaNetworkRow    *self,
                                                FoveaNetworkColumn  column);
char            *fovea_network_row_dup_csv     (FoveaNetworkRow    *self,
                                                FoveaNetworkColumn  column);
char            *fovea_network_row_dup_formula (FoveaNetworkRow    *self);
int              fovea_network_row_compare     (FoveaNetworkRow    *self,
                                                FoveaNetworkRow    *other,
                                                FoveaNetworkColumn  column);

const char      *fovea_network_column_get_title (FoveaNetworkColumn column);
gboolean         fovea_network_column_is_numeric (FoveaNetworkColumn column);

G_END_DECLS
