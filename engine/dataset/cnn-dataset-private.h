#pragma once

#include "dataset/cnn-dataset.h"

G_BEGIN_DECLS

CnnDataset *cnn_dataset_new (GFile            *folder,
                             CnnDatasetLayout  layout,
                             CnnLabels        *labels,
                             GPtrArray        *samples,
                             const char       *problem);

G_END_DECLS
