#define G_LOG_DOMAIN "cnn-prepared"

#include "image/cnn-recipe.h"

#include "core/cnn-file.h"

/**
 * cnn_prepared_load:
 * @file: a picture
 * @recipe: what to do with it
 * @mode: which crops of it are wanted
 * @cancellable: (nullable): to stop it
 * @error: (out) (optional): as of [func@Image.load] and [func@Prepared.new]; names @file
 *
 * Loads a picture and prepares it.
 *
 * Returns: (transfer full) (nullable): the prepared picture
 */
CnnPrepared *
cnn_prepared_load (GFile            *file,
                   const CnnRecipe  *recipe,
                   CnnCropMode       mode,
                   GCancellable     *cancellable,
                   GError          **error)
{
  g_autoptr (CnnImage) image = cnn_image_load (file, cancellable, error);
  GError *local_error = NULL;
  CnnPrepared *self;

  if (image == NULL)
    return NULL;

  self = cnn_prepared_new (image, recipe, mode, &local_error);
  if (self == NULL)
    cnn_propagate_file_error (error, local_error, file);

  return self;
}

typedef struct
{
  GFile *file;
  CnnRecipe recipe;
  CnnCropMode mode;
} LoadRequest;

static void
load_request_free (gpointer data)
{
  LoadRequest *request = data;

  g_object_unref (request->file);
  g_free (request);
}

static void
load_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  LoadRequest *request = task_data;
  GError *error = NULL;
  CnnPrepared *prepared =
    cnn_prepared_load (request->file, &request->recipe, request->mode, cancellable, &error);

  if (prepared != NULL)
    g_task_return_pointer (task, prepared, (GDestroyNotify) cnn_prepared_unref);
  else
    g_task_return_error (task, error);
}

/**
 * cnn_prepared_load_async:
 * @file: a picture
 * @recipe: what to do with it; copied
 * @mode: which crops of it are wanted
 * @cancellable: (nullable): to stop it
 * @callback: called when it is done
 * @user_data: passed to @callback
 *
 * Does what [func@Prepared.load] does, in a thread.
 */
void
cnn_prepared_load_async (GFile               *file,
                         const CnnRecipe     *recipe,
                         CnnCropMode          mode,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  LoadRequest *request;

  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (recipe != NULL);

  request = g_new0 (LoadRequest, 1);
  request->file = g_object_ref (file);
  request->recipe = *recipe;
  request->mode = mode;

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, cnn_prepared_load_async);
  g_task_set_task_data (task, request, load_request_free);
  g_task_run_in_thread (task, load_thread);
}

/**
 * cnn_prepared_load_finish:
 * @result: what the callback was given
 * @error: (out) (optional): as of [func@Prepared.load]
 *
 * Returns: (transfer full) (nullable): the prepared picture
 */
CnnPrepared *
cnn_prepared_load_finish (GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
