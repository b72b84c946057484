#pragma once

#include <adwaita.h>

#include "fovea-session.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_INSIDE_PANE (fovea_inside_pane_get_type ())

/**
 * FoveaInsidePane:
 *
 * What is inside the network: its layers, and all feature maps of the chosen one
 * for the chosen crop. One map can be looked at alone.
 */
G_DECLARE_FINAL_TYPE (FoveaInsidePane, fovea_inside_pane, FOVEA, INSIDE_PANE, AdwBin)

void      fovea_inside_pane_set_session (FoveaInsidePane *self,
                                         FoveaSession    *session);
gboolean  fovea_inside_pane_can_go_back (FoveaInsidePane *self);
void      fovea_inside_pane_go_back     (FoveaInsidePane *self);
void      fovea_inside_pane_show_maps   (FoveaInsidePane *self);

G_END_DECLS
