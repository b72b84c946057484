#pragma once

#include <gtk/gtk.h>

#include "cnn.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_THUMBNAIL_SOURCE (fovea_thumbnail_source_get_type ())

/**
 * FoveaThumbnailSource:
 *
 * Who makes small pictures of samples, off the main loop, for widgets that show
 * many of them.
 */
G_DECLARE_INTERFACE (FoveaThumbnailSource, fovea_thumbnail_source, FOVEA, THUMBNAIL_SOURCE, GObject)

/**
 * FoveaThumbnailSourceInterface:
 * @lookup: returns (transfer full) (nullable) a thumbnail that is there at once;
 *   optional
 * @load_async: starts to load; must call back, from the main loop and never
 *   before it returns, also when cancelled
 * @load_finish: returns (transfer full) the thumbnail
 */
struct _FoveaThumbnailSourceInterface
{
  GTypeInterface parent_iface;

  GdkTexture *(*lookup)      (FoveaThumbnailSource *self,
                              CnnSample            *sample,
                              int                   size);
  void        (*load_async)  (FoveaThumbnailSource *self,
                              CnnSample            *sample,
                              int                   size,
                              GCancellable         *cancellable,
                              GAsyncReadyCallback   callback,
                              gpointer              user_data);
  GdkTexture *(*load_finish) (FoveaThumbnailSource *self,
                              GAsyncResult         *result,
                              GError              **error);
};

GdkTexture *fovea_thumbnail_source_lookup      (FoveaThumbnailSource *self,
                                                CnnSample            *sample,
                                                int                   size);
void        fovea_thumbnail_source_load_async  (FoveaThumbnailSource *self,
                                                CnnSample            *sample,
                                                int                   size,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
GdkTexture *fovea_thumbnail_source_load_finish (FoveaThumbnailSource *self,
                                                GAsyncResult         *result,
                                                GError              **error);

G_END_DECLS
