#pragma once

#include <gtk/gtk.h>

#include "cnn.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_PICTURE_VIEW (fovea_picture_view_get_type ())

/**
 * FoveaPictureView:
 *
 * A picture with the frames of its crops.
 *
 * The frame of the selected crop is thick and what lies outside of it is dimmed;
 * a click, the keys 1 to 9 and 0, or the arrow keys select another.
 */
G_DECLARE_FINAL_TYPE (FoveaPictureView, fovea_picture_view, FOVEA, PICTURE_VIEW, GtkWidget)

GtkWidget  *fovea_picture_view_new               (void);
GdkTexture *fovea_picture_view_get_texture       (FoveaPictureView *self);
void        fovea_picture_view_set_texture       (FoveaPictureView *self,
                                                  GdkTexture       *texture);
guint       fovea_picture_view_get_n_crops       (FoveaPictureView *self);
void        fovea_picture_view_set_crops         (FoveaPictureView *self,
                                                  const CnnCrop    *crops,
                                                  guint             n_crops);
int         fovea_picture_view_get_selected_crop (FoveaPictureView *self);
void        fovea_picture_view_set_selected_crop (FoveaPictureView *self,
                                                  int               crop);
int         fovea_picture_view_pick_crop         (FoveaPictureView *self,
                                                  double            x,
                                                  double            y);

G_END_DECLS
