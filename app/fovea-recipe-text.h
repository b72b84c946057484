#pragma once

#include "cnn.h"

G_BEGIN_DECLS

char *fovea_recipe_dup_text (const CnnRecipe *recipe);

G_END_DECLS
