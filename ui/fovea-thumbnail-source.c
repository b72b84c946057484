#define G_LOG_DOMAIN "fovea-thumbnail-source"

#include "fovea-thumbnail-source.h"

G_DEFINE_INTERFACE (FoveaThumbnailSource, fovea_thumbnail_source, G_TYPE_OBJECT)

static void
fovea_thumbnail_source_default_init (FoveaThumbnailSourceInterface *iface)
{
}

/**
 * fovea_thumbnail_source_lookup:
 * @sample: a sample
 * @size: the wanted length of the thumbnail's shorter side, in device pixels
 *
 * Asks for a thumbnail that is at hand, so that nothing flickers when a cell
 * comes back into view.
 *
 * Returns: (transfer full) (nullable): the thumbnail, or %NULL if it has to be
 *   loaded
 */
GdkTexture *
fovea_thumbnail_source_lookup (FoveaThumbnailSource *self,
                               CnnSample            *sample,
                               int                   size)
{
  FoveaThumbnailSourceInterface *iface;

  g_return_val_if_fail (FOVEA_IS_THUMBNAIL_SOURCE (self), NULL);
  g_return_val_if_fail (CNN_IS_SAMPLE (sample), NULL);

  iface = FOVEA_THUMBNAIL_SOURCE_GET_IFACE (self);

  return iface->lookup != NULL ? iface->lookup (self, sample, size) : NULL;
}

/**
 * fovea_thumbnail_source_load_async:
 * @sample: a sample
 * @size: the wanted length of the thumbnail's shorter side, in device pixels
 * @cancellable: (nullable): to take the wish back
 * @callback: called from the main loop
 * @user_data: for @callback
 *
 * Loads a thumbnail.
 */
void
fovea_thumbnail_source_load_async (FoveaThumbnailSource *self,
                                   CnnSample            *sample,
                                   int                   size,
                                   GCancellable         *cancellable,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data)
{
  g_return_if_fail (FOVEA_IS_THUMBNAIL_SOURCE (self));
  g_return_if_fail (CNN_IS_SAMPLE (sample));
  g_return_if_fail (size > 0);

  FOVEA_THUMBNAIL_SOURCE_GET_IFACE (self)->load_async (self, sample, size, cancellable,
                                                       callback, user_data);
}

/**
 * fovea_thumbnail_source_load_finish:
 * @result: what the callback was given
 * @error: why the picture cannot be shown
 *
 * Returns: (transfer full): the thumbnail, or %NULL and @error
 */
GdkTexture *
fovea_thumbnail_source_load_finish (FoveaThumbnailSource *self,
                                    GAsyncResult         *result,
                                    GError              **error)
{
  g_return_val_if_fail (FOVEA_IS_THUMBNAIL_SOURCE (self), NULL);

  return FOVEA_THUMBNAIL_SOURCE_GET_IFACE (self)->load_finish (self, result, error);
}
