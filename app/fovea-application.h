#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FOVEA_TYPE_APPLICATION (fovea_application_get_type ())

/**
 * FoveaApplication:
 *
 * The program `fovea`: one process, in which every window has a session of its
 * own. A second launch reaches the first process's window.
 */
G_DECLARE_FINAL_TYPE (FoveaApplication, fovea_application, FOVEA, APPLICATION, AdwApplication)

FoveaApplication *fovea_application_new (void);

G_END_DECLS
