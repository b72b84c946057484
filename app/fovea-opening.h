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

/**
 * FoveaModel:
 * @network: a network
 * @predictor: what computes it, made ready
 * @card: (nullable): what else is known of the model
 * @problem: (nullable): why the file beside the model says nothing
 *
 * What a model's file turned out to hold.
 */
typedef struct
{
  CnnNetwork *network;
  CnnPredictor *predictor;
  CnnModelCard *card;
  GError *problem;
} FoveaModel;

void          fovea_model_load_async    (GFile                *file,
                                         CnnProgress          *progress,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
FoveaModel   *fovea_model_load_finish   (GAsyncResult         *result,
                                         GError              **error);
void          fovea_model_free          (FoveaModel           *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaModel, fovea_model_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaOpening, fovea_opening_free)

G_END_DECLS
