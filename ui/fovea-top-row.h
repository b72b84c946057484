#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FOVEA_TYPE_TOP_ROW (fovea_top_row_get_type ())

/**
 * FoveaTopRow:
 *
 * One place of a ranking: rank, class, and its probability as number and bar.
 */
G_DECLARE_FINAL_TYPE (FoveaTopRow, fovea_top_row, FOVEA, TOP_ROW, GtkListBoxRow)

GtkWidget *fovea_top_row_new   (void);
void       fovea_top_row_set   (FoveaTopRow *self,
                                guint        rank,
                                const char  *class_name,
                                const char  *full_name,
                                double       probability,
                                gboolean     is_true);
void       fovea_top_row_clear (FoveaTopRow *self,
                                guint        rank);

G_END_DECLS
