#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FOVEA_TYPE_VALUE_BAR (fovea_value_bar_get_type ())

/**
 * FoveaValueBar:
 *
 * A slim bar from zero to a value, for cells of lists: to the right, or to the
 * left where the value is negative. The number itself is said elsewhere.
 */
G_DECLARE_FINAL_TYPE (FoveaValueBar, fovea_value_bar, FOVEA, VALUE_BAR, GtkWidget)

GtkWidget *fovea_value_bar_new (void);
void       fovea_value_bar_set (FoveaValueBar *self,
                                double         value,
                                double         low,
                                double         high);

G_END_DECLS
