#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FOVEA_TYPE_THUMBNAIL (fovea_thumbnail_get_type ())

/**
 * FoveaThumbnail:
 *
 * A square that a picture fills: what does not fit is cut off evenly at both
 * ends. As high as it is wide.
 */
G_DECLARE_FINAL_TYPE (FoveaThumbnail, fovea_thumbnail, FOVEA, THUMBNAIL, GtkWidget)

GtkWidget    *fovea_thumbnail_new           (void);
GdkPaintable *fovea_thumbnail_get_paintable (FoveaThumbnail *self);
void          fovea_thumbnail_set_paintable (FoveaThumbnail *self,
                                             GdkPaintable   *paintable);
int           fovea_thumbnail_get_size      (FoveaThumbnail *self);
void          fovea_thumbnail_set_size      (FoveaThumbnail *self,
                                             int             size);

G_END_DECLS
