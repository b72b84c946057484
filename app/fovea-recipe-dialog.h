#pragma once

#include <adwaita.h>

#include "fovea-session.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_RECIPE_DIALOG (fovea_recipe_dialog_get_type ())

/**
 * FoveaRecipeDialog:
 *
 * Shows how pictures are prepared, number for number, beside what the model wants,
 * and lets one change it.
 */
G_DECLARE_FINAL_TYPE (FoveaRecipeDialog, fovea_recipe_dialog, FOVEA, RECIPE_DIALOG, AdwWindow)

FoveaRecipeDialog *fovea_recipe_dialog_new (FoveaSession *session,
                                            GtkWindow    *parent);

G_END_DECLS
