#define G_LOG_DOMAIN "fovea-opening"

#include "config.h"

#include "fovea-opening.h"

void
fovea_opening_free (FoveaOpening *self)
{
  g_clear_object (&self->folder);
  g_clear_object (&self->pictures);
  g_clear_object (&self->model);
  g_free (self);
}

static gboolean
is_picture (GFileInfo *info)
{
  const char *type = g_file_info_get_content_type (info);
  g_autofree char *mime_type = type != NULL ? g_content_type_get_mime_type (type) : NULL;

  return mime_type != NULL && g_str_has_prefix (mime_type, "image/");
}

/* One of each kind is enough; where there are more, the first counts. */
static gboolean
sort_file (FoveaOpening  *self,
           GPtrArray     *pictures,
           GFile         *file,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autoptr (GFileInfo) info =
    g_file_query_info (file,
                       G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE,
                       G_FILE_QUERY_INFO_NONE, cancellable, error);

  if (info == NULL)
    return FALSE;

  if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    {
      if (self->folder == NULL)
        self->folder = g_object_ref (file);
    }
  else if (is_picture (info))
    {
      g_ptr_array_add (pictures, g_object_ref (file));
    }
  else if (self->model == NULL)
    {
      /* Whether it really is one is told by its bytes when it is opened. */
      self->model = g_object_ref (file);
    }

  return TRUE;
}

static void
sort_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  GPtrArray *files = data;
  g_autoptr (GPtrArray) pictures = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (FoveaOpening) self = g_new0 (FoveaOpening, 1);
  GError *error = NULL;

  for (guint i = 0; i < files->len; i++)
    if (!sort_file (self, pictures, g_ptr_array_index (files, i), cancellable, &error))
      {
        g_task_return_error (task, error);
        return;
      }

  if (pictures->len > 0 && self->folder == NULL)
    self->pictures = cnn_dataset_new_for_files ((GFile **) pictures->pdata, pictures->len);

  g_task_return_pointer (task, g_steal_pointer (&self), (GDestroyNotify) fovea_opening_free);
}

/**
 * fovea_opening_sort_async:
 * @files: (array length=n_files): files and folders of any kind
 * @n_files: how many
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is done
 * @user_data: data for @callback
 *
 * Finds out what @files are.
 */
void
fovea_opening_sort_async (GFile               **files,
                          guint                 n_files,
                          GCancellable         *cancellable,
                          GAsyncReadyCallback   callback,
                          gpointer              user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GPtrArray *copies = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_files; i++)
    g_ptr_array_add (copies, g_object_ref (files[i]));

  g_task_set_task_data (task, copies, (GDestroyNotify) g_ptr_array_unref);
  g_task_run_in_thread (task, sort_thread);
}

FoveaOpening *
fovea_opening_sort_finish (GAsyncResult  *result,
                           GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- Models ---- */

void
fovea_model_free (FoveaModel *self)
{
  g_clear_object (&self->network);
  g_clear_object (&self->predictor);
  g_clear_pointer (&self->card, cnn_model_card_unref);
  g_clear_error (&self->problem);
  g_free (self);
}

typedef struct
{
  GFile *file;
  CnnProgress *progress;
} Request;

static void
request_free (Request *request)
{
  g_object_unref (request->file);
  cnn_progress_unref (request->progress);
  g_free (request);
}

/* A network that is too large to be computed can still be looked at: whoever asks it
 * about a picture is told. */
static FoveaModel *
load_model (Request       *request,
            GCancellable  *cancellable,
            GError       **error)
{
  g_autoptr (FoveaModel) self = g_new0 (FoveaModel, 1);

  self->network = cnn_network_load (request->file, cancellable, error);
  if (self->network == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  self->card = cnn_model_card_load (self->network, cancellable, &self->problem);
  self->predictor = cnn_predictor_new (self->network);
  cnn_predictor_prepare (self->predictor, NULL);

  return g_cancellable_set_error_if_cancelled (cancellable, error) ? NULL : g_steal_pointer (&self);
}

static void
load_model_thread (GTask        *task,
                   gpointer      source,
                   gpointer      data,
                   GCancellable *cancellable)
{
  Request *request = data;
  GError *error = NULL;
  FoveaModel *self;

  cnn_thread_give_way (CNN_PRIORITY_ANSWER);
  cnn_progress_push_current (request->progress);
  self = load_model (request, cancellable, &error);
  cnn_progress_pop_current (request->progress);

  if (self != NULL)
    g_task_return_pointer (task, self, (GDestroyNotify) fovea_model_free);
  else
    g_task_return_error (task, error);
}

/**
 * fovea_model_load_async:
 * @file: a model's file
 * @progress: where to report how far it has come
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is done
 * @user_data: data for @callback
 *
 * Reads a model, and makes it ready to be asked.
 */
void
fovea_model_load_async (GFile               *file,
                        CnnProgress         *progress,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->file = g_object_ref (file);
  request->progress = cnn_progress_ref (progress);
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  g_task_run_in_thread (task, load_model_thread);
}

FoveaModel *
fovea_model_load_finish (GAsyncResult  *result,
                         GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
