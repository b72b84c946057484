#define G_LOG_DOMAIN "cnn-model-file"

#include "formats/cnn-model-file.h"

#include "formats/architectures/cnn-blueprint-private.h"
#include "formats/cnn-file-contents-private.h"
#include "formats/cnn-model-file-private.h"
#include "formats/cnn-state-dict-private.h"
#include "formats/onnx/cnn-onnx-private.h"

/* An .onnx file has the graph. Weights files tell no architecture: it is recognized
 * from their tensors. */
CnnNetwork *
cnn_network_read (GBytes        *bytes,
                  GFile         *file,
                  GCancellable  *cancellable,
                  GError       **error)
{
  g_autoptr (CnnStateDict) dict = NULL;

  if (cnn_onnx_sniff (bytes))
    return cnn_onnx_read (bytes, file, error);

  dict = cnn_state_dict_read (bytes, cancellable, error);
  if (dict == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return cnn_architecture_recognize (dict, file, error);
}

/**
 * cnn_network_load:
 * @file: a `.pth`, `.pt`, `.safetensors` or `.onnx` file
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Reads a network. Which format the file has is told by its first bytes, never
 * by its name. No file can make this run code, read or write out of bounds, or
 * allocate more than its size justifies.
 *
 * Returns: (transfer full): a network, or %NULL with a %G_IO_ERROR where the file
 *   cannot be read and a [error@Error] where it is no network that can be used
 */
CnnNetwork *
cnn_network_load (GFile         *file,
                  GCancellable  *cancellable,
                  GError       **error)
{
  g_autoptr (GBytes) bytes = NULL;
  CnnNetwork *network;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  bytes = cnn_file_contents_load (file, cancellable, error);
  if (bytes == NULL)
    return NULL;

  network = cnn_network_read (bytes, file, cancellable, error);
  if (network == NULL)
    cnn_file_contents_prefix_error (file, error);

  return network;
}

static void
load_in_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  GError *error = NULL;
  CnnNetwork *network = cnn_network_load (task_data, cancellable, &error);

  if (network != NULL)
    g_task_return_pointer (task, network, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * cnn_network_load_async:
 * @file: a model file
 * @cancellable: (nullable): a cancellable
 * @callback: called in the caller's main context when done
 * @user_data: for @callback
 *
 * Reads a network in a thread; see [func@Network.load].
 */
void
cnn_network_load_async (GFile               *file,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_return_if_fail (G_IS_FILE (file));

  g_task_set_source_tag (task, cnn_network_load_async);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
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
