#pragma once

#include "cnn.h"

G_BEGIN_DECLS

/**
 * FoveaOpening:
 * @folder: (nullable): a folder of pictures
 * @pictures: (nullable): a data set of single pictures
 * @model: (nullable): a weights file
 *
 * What files turned out to be.
 */
typedef struct
{
  GFile *folder;
  CnnDataset *pictures;
  GFile *model;
} FoveaOpening;

void          fovea_opening_sort_async  (GFile               **files,
                                         guint                 n_files,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
FoveaOpening *fovea_opening_sort_finish (GAsyncResult         *result,
                                         GError              **error);
void          fovea_opening_free        (FoveaOpening         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaOpening, fovea_opening_free)

G_END_DECLS
