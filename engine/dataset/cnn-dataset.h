#pragma once

#include "dataset/cnn-labels.h"
#include "dataset/cnn-sample.h"

G_BEGIN_DECLS

#define CNN_TYPE_DATASET (cnn_dataset_get_type ())

/**
 * CnnDatasetLayout:
 * @CNN_LAYOUT_HOMEWORK: `imagespart/` with the pictures, `val/` with an XML
 *   annotation for each, `synset_words.txt`
 * @CNN_LAYOUT_CLASS_FOLDERS: one folder a class (torchvision's ImageFolder)
 * @CNN_LAYOUT_WNID_FILES: pictures named `nXXXXXXXX_….JPEG` in one folder
 * @CNN_LAYOUT_LABEL_LIST: pictures in one folder, with a list of their labels
 * @CNN_LAYOUT_PLAIN: pictures without labels
 *
 * How a folder says what its pictures show.
 */
typedef enum
{
  CNN_LAYOUT_HOMEWORK,
  CNN_LAYOUT_CLASS_FOLDERS,
  CNN_LAYOUT_WNID_FILES,
  CNN_LAYOUT_LABEL_LIST,
  CNN_LAYOUT_PLAIN,
} CnnDatasetLayout;

/**
 * CnnDataset:
 *
 * The pictures of a folder with their true classes: a [iface@Gio.ListModel] of
 * [class@Sample], in the order of their names. Immutable, and read from any
 * thread.
 */
G_DECLARE_FINAL_TYPE (CnnDataset, cnn_dataset, CNN, DATASET, GObject)

CnnDataset       *cnn_dataset_load           (GFile               *folder,
                                              GCancellable        *cancellable,
                                              GError             **error);
void              cnn_dataset_load_async     (GFile               *folder,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);
CnnDataset       *cnn_dataset_load_finish    (GAsyncResult        *result,
                                              GError             **error);
CnnDataset       *cnn_dataset_new_for_files  (GFile *const        *files,
                                              guint                n_files);
GFile            *cnn_dataset_get_folder     (CnnDataset          *self);
CnnDatasetLayout  cnn_dataset_get_layout     (CnnDataset          *self);
CnnLabels        *cnn_dataset_get_labels     (CnnDataset          *self);
const char       *cnn_dataset_get_problem    (CnnDataset          *self);
guint             cnn_dataset_get_n_samples  (CnnDataset          *self);
guint             cnn_dataset_get_n_labelled (CnnDataset          *self);
CnnSample        *cnn_dataset_get_sample     (CnnDataset          *self,
                                              guint                index);

G_END_DECLS
