#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FOVEA_TYPE_SIDEBAR_LAYOUT (fovea_sidebar_layout_get_type ())

/**
 * FoveaSidebarLayout:
 *
 * Lays out two children side by side where there is room for both, and else one
 * below the other. Side by side, the first is as wide as it would like to be and
 * the second has the rest.
 */
G_DECLARE_FINAL_TYPE (FoveaSidebarLayout, fovea_sidebar_layout, FOVEA, SIDEBAR_LAYOUT, GtkLayoutManager)

G_END_DECLS
