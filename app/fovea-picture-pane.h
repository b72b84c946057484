#pragma once

#include <adwaita.h>

#include "fovea-session.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_PICTURE_PANE (fovea_picture_pane_get_type ())

/**
 * FoveaPicturePane:
 *
 * The chosen picture: as it was resized, with its crops, and what the network
 * answers for each of them.
 */
G_DECLARE_FINAL_TYPE (FoveaPicturePane, fovea_picture_pane, FOVEA, PICTURE_PANE, AdwBin)

void                fovea_picture_pane_set_session    (FoveaPicturePane *self,
                                                       FoveaSession     *session);
void                fovea_picture_pane_set_narrow     (FoveaPicturePane *self,
                                                       gboolean          narrow);
GdkContentProvider *fovea_picture_pane_dup_content    (FoveaPicturePane *self);

G_END_DECLS
