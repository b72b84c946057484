#define G_LOG_DOMAIN "cnn-dataset"

#include "dataset/cnn-dataset-private.h"

struct _CnnDataset
{
  GObject parent_instance;

  GFile *folder;        /* NULL for files that were chosen one by one */
  CnnLabels *labels;
  GPtrArray *samples;
  char *problem;
  guint n_labelled;
  CnnDatasetLayout layout;
};

static GType
cnn_dataset_get_item_type (GListModel *list)
{
  return CNN_TYPE_SAMPLE;
}

static guint
cnn_dataset_get_n_items (GListModel *list)
{
  return CNN_DATASET (list)->samples->len;
}

static gpointer
cnn_dataset_get_item (GListModel *list,
                      guint       position)
{
  CnnDataset *self = CNN_DATASET (list);

  if (position >= self->samples->len)
    return NULL;

  return g_object_ref (g_ptr_array_index (self->samples, position));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = cnn_dataset_get_item_type;
  iface->get_n_items = cnn_dataset_get_n_items;
  iface->get_item = cnn_dataset_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (CnnDataset, cnn_dataset, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
cnn_dataset_finalize (GObject *object)
{
  CnnDataset *self = CNN_DATASET (object);

  g_clear_object (&self->folder);
  g_clear_pointer (&self->labels, cnn_labels_unref);
  g_clear_pointer (&self->samples, g_ptr_array_unref);
  g_free (self->problem);

  G_OBJECT_CLASS (cnn_dataset_parent_class)->finalize (object);
}

static void
cnn_dataset_class_init (CnnDatasetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cnn_dataset_finalize;
}

static void
cnn_dataset_init (CnnDataset *self)
{
}

/*< private >
 * cnn_dataset_new:
 * @folder: (nullable): where the pictures come from
 * @layout: how they were labelled
 * @labels: the classes
 * @samples: (element-type Cnn.Sample): the samples, which are not to change any more
 * @problem: (nullable): why there are no labels although there should be
 *
 * Returns: (transfer full): a new data set
 */
CnnDataset *
cnn_dataset_new (GFile            *folder,
                 CnnDatasetLayout  layout,
                 CnnLabels        *labels,
                 GPtrArray        *samples,
                 const char       *problem)
{
  CnnDataset *self = g_object_new (CNN_TYPE_DATASET, NULL);

  g_set_object (&self->folder, folder);
  self->layout = layout;
  self->labels = cnn_labels_ref (labels);
  self->samples = g_ptr_array_ref (samples);
  self->problem = g_strdup (problem);

  for (guint i = 0; i < samples->len; i++)
    {
      if (cnn_sample_get_label (g_ptr_array_index (samples, i)) != CNN_NO_LABEL)
        self->n_labelled++;
    }

  return self;
}

static void
load_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  GError *error = NULL;
  CnnDataset *dataset = cnn_dataset_load (task_data, cancellable, &error);

  if (dataset != NULL)
    g_task_return_pointer (task, dataset, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * cnn_dataset_load_async:
 * @folder: a folder with pictures
 * @cancellable: (nullable): to stop it
 * @callback: called when it is done
 * @user_data: passed to @callback
 *
 * Does what [func@Dataset.load] does, in a thread.
 */
void
cnn_dataset_load_async (GFile               *folder,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (G_IS_FILE (folder));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, cnn_dataset_load_async);
  g_task_set_task_data (task, g_object_ref (folder), g_object_unref);
  g_task_run_in_thread (task, load_thread);
}

/**
 * cnn_dataset_load_finish:
 * @result: what the callback was given
 * @error: (out) (optional): as of [func@Dataset.load]
 *
 * Returns: (transfer full) (nullable): the data set
 */
CnnDataset *
cnn_dataset_load_finish (GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cnn_dataset_new_for_files:
 * @files: (array length=n_files): pictures, which have paths
 * @n_files: how many
 *
 * Makes a data set of pictures that were chosen one by one, in the order in which they are
 * given. A picture whose name starts with the WordNet id of one of ImageNet's classes
 * (`n01440764_tench.JPEG`) has that label; others have none. What has no path is left out.
 *
 * Returns: (transfer full): a new data set of layout %CNN_LAYOUT_PLAIN
 */
CnnDataset *
cnn_dataset_new_for_files (GFile *const *files,
                           guint         n_files)
{
  g_autoptr (GPtrArray) samples = g_ptr_array_new_with_free_func (g_object_unref);
  CnnLabels *labels = cnn_labels_get_imagenet ();

  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *path = g_file_get_path (files[i]);
      g_autofree char *base = NULL;
      g_autofree char *name = NULL;
      g_autofree char *wnid = NULL;

      if (path == NULL)
        continue;

      base = g_path_get_basename (path);
      name = g_filename_display_name (base);
      wnid = g_strndup (base, cnn_wnid_measure (base));
      g_ptr_array_add (samples,
                       cnn_sample_new (path, name, cnn_labels_find_wnid (labels, wnid), NULL));
    }

  return cnn_dataset_new (NULL, CNN_LAYOUT_PLAIN, labels, samples, NULL);
}

/**
 * cnn_dataset_get_folder:
 * @self: a data set
 *
 * Returns: (transfer none) (nullable): the folder that it was loaded from; %NULL for files
 *   that were chosen one by one
 */
GFile *
cnn_dataset_get_folder (CnnDataset *self)
{
  g_return_val_if_fail (CNN_IS_DATASET (self), NULL);

  return self->folder;
}

CnnDatasetLayout
cnn_dataset_get_layout (CnnDataset *self)
{
  g_return_val_if_fail (CNN_IS_DATASET (self), CNN_LAYOUT_PLAIN);

  return self->layout;
}

/**
 * cnn_dataset_get_labels:
 * @self: a data set
 *
 * Gets the classes that the labels of the samples are indices of: those of
 * `synset_words.txt` where the folder has one, ImageNet's otherwise, or the names of the
 * folders where these are not WordNet ids.
 *
 * Returns: (transfer none): the classes
 */
CnnLabels *
cnn_dataset_get_labels (CnnDataset *self)
{
  g_return_val_if_fail (CNN_IS_DATASET (self), NULL);

  return self->labels;
}

/**
 * cnn_dataset_get_problem:
 * @self: a data set
 *
 * Gets why no sample has a label although the folder has a list of labels: one line that
 * names the list and what is the matter with it. What is the matter with a single sample
 * [method@Sample.get_problem] tells.
 *
 * Returns: (nullable): the reason
 */
const char *
cnn_dataset_get_problem (CnnDataset *self)
{
  g_return_val_if_fail (CNN_IS_DATASET (self), NULL);

  return self->problem;
}

guint
cnn_dataset_get_n_samples (CnnDataset *self)
{
  g_return_val_if_fail (CNN_IS_DATASET (self), 0);

  return self->samples->len;
}

/**
 * cnn_dataset_get_n_labelled:
 * @self: a data set
 *
 * Returns: how many samples have a label
 */
guint
cnn_dataset_get_n_labelled (CnnDataset *self)
{
  g_return_val_if_fail (CNN_IS_DATASET (self), 0);

  return self->n_labelled;
}

/**
 * cnn_dataset_get_sample:
 * @self: a data set
 * @index: which, below cnn_dataset_get_n_samples()
 *
 * Returns: (transfer none): the sample
 */
CnnSample *
cnn_dataset_get_sample (CnnDataset *self,
                        guint       index)
{
  g_return_val_if_fail (CNN_IS_DATASET (self), NULL);
  g_return_val_if_fail (index < self->samples->len, NULL);

  return g_ptr_array_index (self->samples, index);
}
