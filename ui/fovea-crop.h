#pragma once

#include <gtk/gtk.h>

#include "cnn.h"

G_BEGIN_DECLS

/**
 * FOVEA_CROP_BADGE_SIZE:
 *
 * Side of a crop's badge in pixels.
 */
#define FOVEA_CROP_BADGE_SIZE 18

const char *fovea_crop_get_title      (guint        crop);
void        fovea_crop_get_color      (guint        crop,
                                       GdkRGBA     *color);
void        fovea_crop_snapshot_badge (GtkSnapshot *snapshot,
                                       GtkWidget   *widget,
                                       guint        crop,
                                       float        x,
                                       float        y);

G_END_DECLS
