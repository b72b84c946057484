#pragma once

#include "image/cnn-recipe.h"

G_BEGIN_DECLS

gboolean cnn_recipe_get_size  (const CnnRecipe  *recipe,
                               guint             width,
                               guint             height,
                               guint            *new_width,
                               guint            *new_height,
                               GError          **error);
gboolean cnn_recipe_get_crops (const CnnRecipe  *recipe,
                               guint             width,
                               guint             height,
                               CnnCropMode       mode,
                               CnnCrop          *crops,
                               GError          **error);

G_END_DECLS
