#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FOVEA_TYPE_SPIN_ROW (fovea_spin_row_get_type ())

/**
 * FoveaSpinRow:
 *
 * A row of a preferences group with a whole number to set.
 */
G_DECLARE_FINAL_TYPE (FoveaSpinRow, fovea_spin_row, FOVEA, SPIN_ROW, AdwActionRow)

guint fovea_spin_row_get_value (FoveaSpinRow *self);
void  fovea_spin_row_set_value (FoveaSpinRow *self,
                                guint         value);

G_END_DECLS
