#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FOVEA_TYPE_PANE_LAYOUT (fovea_pane_layout_get_type ())

/**
 * FoveaPaneLayout:
 *
 * Lays out a pane's only child all over it, and says how wide the pane would like
 * to be: as wide as it is good to look at, not as wide as it can fill.
 */
G_DECLARE_FINAL_TYPE (FoveaPaneLayout, fovea_pane_layout, FOVEA, PANE_LAYOUT, GtkLayoutManager)

GtkLayoutManager *fovea_pane_layout_new (int natural_width);

G_END_DECLS
