#pragma once

#include <adwaita.h>

#include "fovea-application.h"
#include "fovea-launch.h"
#include "fovea-session.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_WINDOW (fovea_window_get_type ())

/**
 * FoveaWindow:
 *
 * A window: a header, the four pages, and the actions (`win.…`) by which people,
 * menus, keys and other programs drive them.
 */
G_DECLARE_FINAL_TYPE (FoveaWindow, fovea_window, FOVEA, WINDOW, AdwApplicationWindow)

FoveaWindow  *fovea_window_new         (FoveaApplication  *app);
FoveaSession *fovea_window_get_session (FoveaWindow       *self);
const char   *fovea_window_get_page    (FoveaWindow       *self);
void          fovea_window_set_page    (FoveaWindow       *self,
                                        const char        *page);
void          fovea_window_launch      (FoveaWindow       *self,
                                        const FoveaLaunch *launch);

G_END_DECLS
