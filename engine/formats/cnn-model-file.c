#define G_LOG_DOMAIN "cnn-model-file"

#include "formats/cnn-model-file.h"

#include "formats/architectures/cnn-blueprint-private.h"
#include "formats/cnn-file-contents-private.h"
#include "formats/cnn-model-file-private.h"
#include "formats/cnn-state-dict-private.h"
#include "formats/onnx/cnn-onnx-private.h"
#include "network/cnn-network-private.h"

/* An .onnx file has the graph. Weights files tell no architecture: it is recognized
 * from their tensors. */
CnnNetwork *
cnn_network_read (GBytes          *bytes,
                  GFile           *file,
                  const CnnShape  *input,
                  GCancellable    *cancellable,
                  GError         **error)
{
  g_autoptr (CnnStateDict) dict = NULL;
  CnnNetwork *network;

  if (cnn_onnx_sniff (bytes))
    return cnn_onnx_read (bytes, file, input, cancellable, error);

  dict = cnn_state_dict_read (bytes, file, cancellable, error);
  if (dict == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  network = cnn_architecture_recognize (dict, file, error);
  if (network != NULL)
    cnn_network_set_note (network, cnn_state_dict_get_note (dict));

  return network;
}

/**
 * cnn_model_file_is_graph:
 * @file: a file
 *
 * Tells, by the first bytes, a file that holds a graph (`.onnx`) from one that
 * holds named tensors only, of which [func@StateDict.load] is to be asked. A file
 * that cannot be read is none.
 *
 * Returns: whether @file holds a graph
 */
gboolean
cnn_model_file_is_graph (GFile *file)
{
  g_autoptr (GFile) model = cnn_file_contents_find_model (file, NULL, NULL);
  g_autoptr (GBytes) bytes = model != NULL ? cnn_file_contents_load (model, NULL, NULL) : NULL;

  return bytes != NULL && cnn_onnx_sniff (bytes);
}

static CnnNetwork *
load_model (GFile           *file,
            const CnnShape  *input,
            GCancellable    *cancellable,
            GError         **error)
{
  g_autoptr (GBytes) bytes = cnn_file_contents_load (file, cancellable, error);
  g_autoptr (CnnNetwork) network = NULL;

  if (bytes == NULL)
    return NULL;

  network = cnn_network_read (bytes, file, input, cancellable, error);
  if (network == NULL)
    {
      cnn_file_contents_prefix_error (file, error);
      return NULL;
    }

  if (!cnn_file_contents_check (bytes, file, error) || !cnn_network_check_file (network, error))
    return NULL;

  return g_steal_pointer (&network);
}

/**
 * cnn_network_load:
 * @file: a `.pth`, `.pt`, `.safetensors` or `.onnx` file, an index of several
 *   such files, or a folder with one of these
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Reads a network. Which format the file has is told by its first bytes, never
 * by its name. No file can make this run code, read or write out of bounds, or
 * allocate more than its size justifies.
 *
 * Large files are mapped; see [method@Network.check_file]. How far it has come is
 * reported to the thread's current [struct@Progress].
 *
 * Returns: (transfer full): a network, or %NULL with a %G_IO_ERROR where the file
 *   cannot be read and a [error@Error] where it is no network that can be used
 */
CnnNetwork *
cnn_network_load (GFile         *file,
                  GCancellable  *cancellable,
                  GError       **error)
{
  return cnn_network_load_for_input (file, NULL, cancellable, error);
}

/**
 * cnn_network_load_for_input:
 * @file: as for [func@Network.load]
 * @input: (nullable): the shape of one picture, 1×C×H×W, or %NULL for what the
 *   file says or, where it leaves that open, 224×224
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Reads a network for pictures of a size. Graphs that work with the size of their
 * pictures are made for it where they leave it open; any other network is as
 * [method@Network.resize] makes it.
 *
 * Returns: (transfer full): a network, or %NULL, also with %CNN_ERROR_SHAPE where
 *   it cannot take such pictures
 */
CnnNetwork *
cnn_network_load_for_input (GFile           *file,
                            const CnnShape  *input,
                            GCancellable    *cancellable,
                            GError         **error)
{
  g_autoptr (GFile) model = NULL;
  CnnNetwork *network = NULL;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  if (cancellable != NULL)
    g_cancellable_push_current (cancellable);

  model = cnn_file_contents_find_model (file, cancellable, error);
  if (model != NULL)
    network = load_model (model, input, cancellable, error);

  if (cancellable != NULL)
    g_cancellable_pop_current (cancellable);

  if (network != NULL && input != NULL && !cnn_shape_equal (input, cnn_network_get_input_shape (network)))
    {
      g_autoptr (CnnNetwork) as_it_was = network;
      g_autofree char *size = cnn_shape_to_string (input);

      network = cnn_network_resize (as_it_was, input, error);
      if (network == NULL)
        {
          g_prefix_error (error, "cannot take %s: ", size);
          cnn_file_contents_prefix_error (file, error);
        }
    }

  return network;
}

typedef struct
{
  GFile *file;
  CnnProgress *progress;
} Loading;

static void
loading_free (Loading *loading)
{
  g_object_unref (loading->file);
  g_clear_pointer (&loading->progress, cnn_progress_unref);
  g_free (loading);
}

static void
load_in_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Loading *loading = task_data;
  GError *error = NULL;
  CnnNetwork *network;

  cnn_progress_push_current (loading->progress);
  network = cnn_network_load (loading->file, cancellable, &error);
  cnn_progress_pop_current (loading->progress);

  if (network != NULL)
    g_task_return_pointer (task, network, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * cnn_network_load_async:
 * @file: a model file
 * @progress: (nullable): where to report how far it has come
 * @cancellable: (nullable): a cancellable
 * @callback: called in the caller's main context when done
 * @user_data: for @callback
 *
 * Reads a network in a thread; see [func@Network.load].
 */
void
cnn_network_load_async (GFile               *file,
                        CnnProgress         *progress,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Loading *loading;

  g_return_if_fail (G_IS_FILE (file));

  loading = g_new0 (Loading, 1);
  loading->file = g_object_ref (file);
  if (progress != NULL)
    loading->progress = cnn_progress_ref (progress);

  g_task_set_source_tag (task, cnn_network_load_async);
  g_task_set_task_data (task, loading, (GDestroyNotify) loading_free);
  g_task_run_in_thread (task, load_in_thread);
}

/**
 * cnn_network_load_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): a network, or %NULL
 */
CnnNetwork *
cnn_network_load_finish (GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
