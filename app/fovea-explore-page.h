#pragma once

#include <adwaita.h>

#include "fovea-session.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_EXPLORE_PAGE (fovea_explore_page_get_type ())

/**
 * FoveaExplorePage:
 *
 * The page on which one looks at pictures one by one: the list of them, the
 * chosen one with its crops and answers, and what the chosen layer makes of it.
 * Where the window is too narrow for all of these side by side, one leads to the
 * next, and there is a way back.
 */
G_DECLARE_FINAL_TYPE (FoveaExplorePage, fovea_explore_page, FOVEA, EXPLORE_PAGE, AdwBin)

void      fovea_explore_page_set_session    (FoveaExplorePage *self,
                                             FoveaSession     *session);
gboolean  fovea_explore_page_get_side_panel (FoveaExplorePage *self);
void      fovea_explore_page_set_side_panel (FoveaExplorePage *self,
                                             gboolean          side_panel);
gboolean  fovea_explore_page_can_go_back    (FoveaExplorePage *self);
void      fovea_explore_page_go_back        (FoveaExplorePage *self);
void      fovea_explore_page_search         (FoveaExplorePage *self);
void      fovea_explore_page_copy           (FoveaExplorePage *self);
void      fovea_explore_page_show_maps      (FoveaExplorePage *self);

G_END_DECLS
