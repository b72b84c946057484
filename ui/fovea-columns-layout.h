#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FOVEA_TYPE_COLUMNS_LAYOUT (fovea_columns_layout_get_type ())

/**
 * FoveaColumnsLayout:
 *
 * Children side by side in columns of one width where there is room, one below
 * the other where there is not.
 */
G_DECLARE_FINAL_TYPE (FoveaColumnsLayout, fovea_columns_layout, FOVEA, COLUMNS_LAYOUT, GtkLayoutManager)

GtkLayoutManager *fovea_columns_layout_new (void);

G_END_DECLS
