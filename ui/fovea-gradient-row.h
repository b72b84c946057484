#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FOVEA_TYPE_GRADIENT_ROW (fovea_gradient_row_get_type ())

/**
 * FoveaGradientRow:
 *
 * A row of a preferences group with the gradient for one weight: the formula,
 * what it comes to, and the numeric check beside it.
 */
G_DECLARE_FINAL_TYPE (FoveaGradientRow, fovea_gradient_row, FOVEA, GRADIENT_ROW, AdwPreferencesRow)

GtkWidget *fovea_gradient_row_new (const char       *name,
                                   const char       *formula);
void       fovea_gradient_row_set (FoveaGradientRow *self,
                                   double            gradient,
                                   double            numeric,
                                   const char       *working);

G_END_DECLS
