#pragma once

#include <adwaita.h>

#include "cnn.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_POINT_ROW (fovea_point_row_get_type ())

/**
 * FoveaPointRow:
 *
 * A row of a preferences group with a data point to edit. One of several rows is
 * chosen, as a radio button is.
 */
G_DECLARE_FINAL_TYPE (FoveaPointRow, fovea_point_row, FOVEA, POINT_ROW, AdwPreferencesRow)

GtkWidget *fovea_point_row_new           (FoveaPointRow          *group,
                                          const CnnBackpropPoint *point);
void       fovea_point_row_get_point     (FoveaPointRow          *self,
                                          CnnBackpropPoint       *point);
gboolean   fovea_point_row_get_chosen    (FoveaPointRow          *self);
void       fovea_point_row_set_chosen    (FoveaPointRow          *self,
                                          gboolean                chosen);
void       fovea_point_row_set_number    (FoveaPointRow          *self,
                                          guint                   number);
void       fovea_point_row_set_removable (FoveaPointRow          *self,
                                          gboolean                removable);

G_END_DECLS
