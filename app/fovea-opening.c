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
