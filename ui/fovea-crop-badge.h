#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FOVEA_TYPE_CROP_BADGE (fovea_crop_badge_get_type ())

/**
 * FoveaCropBadge:
 *
 * A crop's number on its colour: what ties a crop to its frame in the picture.
 */
G_DECLARE_FINAL_TYPE (FoveaCropBadge, fovea_crop_badge, FOVEA, CROP_BADGE, GtkWidget)

guint fovea_crop_badge_get_crop (FoveaCropBadge *self);
void  fovea_crop_badge_set_crop (FoveaCropBadge *self,
                                 guint           crop);

G_END_DECLS
