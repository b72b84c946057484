#pragma once

#include <adwaita.h>

#include "cnn.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_WEIGHT_ROW (fovea_weight_row_get_type ())

/**
 * FoveaWeightRow:
 *
 * A row of a preferences group with a weight to set, by slider or by number.
 */
G_DECLARE_FINAL_TYPE (FoveaWeightRow, fovea_weight_row, FOVEA, WEIGHT_ROW, AdwPreferencesRow)

GtkWidget *fovea_weight_row_new       (const char     *name);
double     fovea_weight_row_get_value (FoveaWeightRow *self);
void       fovea_weight_row_set_value (FoveaWeightRow *self,
                                       double          value);

G_END_DECLS
