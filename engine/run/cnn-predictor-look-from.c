#define G_LOG_DOMAIN "cnn-predictor"

#include "core/cnn-cpu.h"
#include "core/cnn-error.h"
#include "run/cnn-activations-private.h"
#include "run/cnn-predictor.h"

/* The predictor's runs from a layer on. */

/* What a layer makes of as many pictures as the activations are of. */
static gboolean
check_output (CnnActivations  *activations,
              guint            layer,
              CnnTensor       *output,
              GError         **error)
{
  CnnNetwork *network = cnn_activations_get_network (activations);
  const CnnShape *found = cnn_tensor_get_shape (output);
  CnnShape expected = *cnn_layer_get_shape (cnn_network_get_layer (network, layer));
  g_autofree char *found_string = NULL;
  g_autofree char *expected_string = NULL;

  expected.dims[0] = cnn_activations_get_n_pictures (activations);
  if (cnn_shape_equal (found, &expected))
    return TRUE;

  found_string = cnn_shape_to_string (found);
  expected_string = cnn_shape_to_string (&expected);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "%s: %s: the output is %s, expected %s",
               cnn_network_get_name (network),
               cnn_layer_get_name (cnn_network_get_layer (network, layer)), found_string, expected_string);

  return FALSE;
}

/* Runs the pictures that ran together before, in two workspaces of as many. */
static gboolean
run_from (CnnActivations  *activations,
          guint            run,
          guint            layer,
          const float     *output,
          CnnWorkspace    *workspace,
          CnnWorkspace    *holder,
          guint            n_threads,
          GCancellable    *cancellable,
          GError         **error)
{
  CnnPlan *plan = cnn_activations_get_plan (activations);
  guint n_layers = cnn_network_get_n_layers (cnn_plan_get_network (plan));
  g_autofree CnnWorkspace **sources = g_new (CnnWorkspace *, n_layers);

  for (guint i = 0; i < n_layers; i++)
    sources[i] = cnn_activations_get_workspace (activations, run, i);

  return cnn_plan_run_from (plan, workspace, holder, sources, layer, output, n_threads, cancellable, error);
}

/* As many workspaces as the activations are of runs. */
static GPtrArray *
acquire_workspaces (CnnActivations  *activations,
                    GError         **error)
{
  g_autoptr (GPtrArray) workspaces = g_ptr_array_new_with_free_func ((GDestroyNotify) cnn_workspace_release);

  for (guint i = 0; i < cnn_activations_get_n_runs (activations); i++)
    {
      CnnWorkspace *before = cnn_activations_get_workspace (activations, i, 0);
      CnnWorkspace *workspace =
        cnn_plan_acquire_workspace (cnn_activations_get_plan (activations), CNN_RUN_LOOKING,
                                    cnn_workspace_get_n_pictures (before), error);

      if (workspace == NULL)
        return NULL;

      g_ptr_array_add (workspaces, workspace);
    }

  return g_steal_pointer (&workspaces);
}

/* What was there, with another output of one layer, and what came of it. */
static CnnActivations *
join (CnnActivations *activations,
      guint           layer,
      GPtrArray      *holders,
      GPtrArray      *workspaces)
{
  CnnPlan *plan = cnn_activations_get_plan (activations);
  guint n_layers = cnn_network_get_n_layers (cnn_plan_get_network (plan));
  g_autofree gboolean *is_same = g_new (gboolean, n_layers);
  g_autofree gboolean *depends = g_new (gboolean, n_layers);
  g_autoptr (CnnActivations) changed = NULL;

  cnn_plan_find_dependents (plan, layer, is_same, depends);
  changed = cnn_activations_new_changed (activations, holders, is_same);

  return cnn_activations_new_changed (changed, workspaces, depends);
}

/**
 * cnn_predictor_look_from:
 * @self: a predictor
 * @activations: what this predictor has seen
 * @layer: the index of a layer
 * @output: N×…: what that layer shall have made instead, for each of the pictures:
 *   with some channels switched off, for example
 * @n_threads: how many threads may work on it
 * @cancellable: (nullable): asked between layers
 * @error: return location for an error
 *
 * Computes what depends on the output of @layer, and nothing else. The layers after
 * it have the bits that a run of the whole network would give them if the layer made
 * @output; those that do not depend on it are as they were. What comes out may be
 * changed further in the same way. It holds on to @activations, where it finds all
 * that has not changed.
 *
 * Fails with %CNN_ERROR_SHAPE where @output has not the layer's shape, and with
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): the outputs of all layers
 */
CnnActivations *
cnn_predictor_look_from (CnnPredictor    *self,
                         CnnActivations  *activations,
                         guint            layer,
                         CnnTensor       *output,
                         guint            n_threads,
                         GCancellable    *cancellable,
                         GError         **error)
{
  g_autoptr (GPtrArray) workspaces = NULL;
  g_autoptr (GPtrArray) holders = NULL;
  const float *from;
  gsize size;

  g_return_val_if_fail (CNN_IS_PREDICTOR (self), NULL);
  g_return_val_if_fail (cnn_activations_get_network (activations) == cnn_predictor_get_network (self), NULL);
  g_return_val_if_fail (layer < cnn_network_get_n_layers (cnn_predictor_get_network (self)), NULL);

  if (!check_output (activations, layer, output, error) ||
      (workspaces = acquire_workspaces (activations, error)) == NULL ||
      (holders = acquire_workspaces (activations, error)) == NULL)
    return NULL;

  from = cnn_tensor_get_data (output);
  size = cnn_tensor_get_n_elements (output) / cnn_tensor_get_shape (output)->dims[0];

  for (guint i = 0; i < workspaces->len; i++)
    {
      CnnWorkspace *workspace = g_ptr_array_index (workspaces, i);

      if (!run_from (activations, i, layer, from, workspace, g_ptr_array_index (holders, i),
                     n_threads, cancellable, error))
        return NULL;

      from += cnn_workspace_get_n_pictures (workspace) * size;
    }

  return join (activations, layer, g_steal_pointer (&holders), g_steal_pointer (&workspaces));
}

typedef struct
{
  CnnActivations *activations;
  guint layer;
  CnnTensor *output;
} Request;

static void
request_free (Request *request)
{
  cnn_activations_unref (request->activations);
  cnn_tensor_unref (request->output);
  g_free (request);
}

static void
look_from_thread (GTask        *task,
                  gpointer      source,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  const Request *request = task_data;
  GError *error = NULL;
  CnnActivations *activations =
    cnn_predictor_look_from (source, request->activations, request->layer, request->output,
                             cnn_cpu_get_n_threads (), cancellable, &error);

  if (activations == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, activations, (GDestroyNotify) cnn_activations_unref);
}

/**
 * cnn_predictor_look_from_async:
 * @self: a predictor
 * @activations: what this predictor has seen
 * @layer: the index of a layer
 * @output: N×…: what that layer shall have made instead
 * @cancellable: (nullable): to stop it
 * @callback: called in the thread-default main context of the caller
 * @user_data: data for @callback
 *
 * Does [method@Predictor.look_from] in the background, with all processors.
 */
void
cnn_predictor_look_from_async (CnnPredictor        *self,
                               CnnActivations      *activations,
                               guint                layer,
                               CnnTensor           *output,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;

  g_return_if_fail (CNN_IS_PREDICTOR (self));
  g_return_if_fail (cnn_activations_get_network (activations) == cnn_predictor_get_network (self));
  g_return_if_fail (layer < cnn_network_get_n_layers (cnn_predictor_get_network (self)));

  request = g_new (Request, 1);
  *request = (Request) { cnn_activations_ref (activations), layer, cnn_tensor_ref (output) };

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cnn_predictor_look_from_async);
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  g_task_run_in_thread (task, look_from_thread);
}

/**
 * cnn_predictor_look_from_finish:
 * @self: a predictor
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the outputs of all layers
 */
CnnActivations *
cnn_predictor_look_from_finish (CnnPredictor  *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
