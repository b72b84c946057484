#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void fovea_scroll_to (GtkWidget *view,
                      guint      position);

G_END_DECLS
