#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void        fovea_tooltip_set (GtkWidget  *widget,
                               const char *text);
const char *fovea_tooltip_get (GtkWidget  *widget);

G_END_DECLS
