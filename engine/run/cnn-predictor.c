#define G_LOG_DOMAIN "cnn-predictor"

#include "run/cnn-predictor.h"

#include "core/cnn-cpu.h"
#include "core/cnn-error.h"
#include "run/cnn-activations-private.h"
#include "run/cnn-predictor-private.h"

#include <math.h>

struct _CnnPredictor
{
  GObject parent_instance;

  /* Owned references */
  CnnNetwork *network;

  /* Made under the lock when it is first needed; or why it cannot be made. */
  GMutex lock;
  CnnPlan *plan;
  GError *plan_error;
};

G_DEFINE_FINAL_TYPE (CnnPredictor, cnn_predictor, G_TYPE_OBJECT)

static void
cnn_predictor_finalize (GObject *object)
{
  CnnPredictor *self = CNN_PREDICTOR (object);

  g_clear_pointer (&self->plan, cnn_plan_unref);
  g_clear_error (&self->plan_error);
  g_clear_object (&self->network);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (cnn_predictor_parent_class)->finalize (object);
}

static void
cnn_predictor_class_init (CnnPredictorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cnn_predictor_finalize;
}

static void
cnn_predictor_init (CnnPredictor *self)
{
  g_mutex_init (&self->lock);
}

/**
 * cnn_predictor_new:
 * @network: a network
 *
 * Returns: (transfer full): a new predictor for it
 */
CnnPredictor *
cnn_predictor_new (CnnNetwork *network)
{
  CnnPredictor *self;

  g_return_val_if_fail (CNN_IS_NETWORK (network), NULL);

  self = g_object_new (CNN_TYPE_PREDICTOR, NULL);
  self->network = g_object_ref (network);

  return self;
}

/**
 * cnn_predictor_get_network:
 * @self: a predictor
 *
 * Returns: (transfer none): its network
 */
CnnNetwork *
cnn_predictor_get_network (CnnPredictor *self)
{
  g_return_val_if_fail (CNN_IS_PREDICTOR (self), NULL);

  return self->network;
}

/* The plan, which lives as long as the predictor. */
static CnnPlan *
ensure_plan (CnnPredictor  *self,
             GError       **error)
{
  CnnPlan *plan;

  g_mutex_lock (&self->lock);

  if (self->plan == NULL && self->plan_error == NULL)
    self->plan = cnn_plan_new (self->network, &self->plan_error);

  plan = self->plan;
  if (plan == NULL && error != NULL)
    *error = g_error_copy (self->plan_error);

  g_mutex_unlock (&self->lock);

  return plan;
}

/* Any number of pictures, each as the network wants it. */
static gboolean
check_input (CnnPredictor  *self,
             CnnTensor     *input,
             GError       **error)
{
  const CnnShape *found = cnn_tensor_get_shape (input);
  CnnShape expected = *cnn_network_get_input_shape (self->network);
  g_autofree char *found_string = NULL;
  g_autofree char *expected_string = NULL;

  expected.dims[0] = found->dims[0];
  if (found->dims[0] > 0 && cnn_shape_equal (found, &expected))
    return TRUE;

  expected.dims[0] = 1;
  found_string = cnn_shape_to_string (found);
  expected_string = cnn_shape_to_string (&expected);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "%s: the input is %s, expected %s, or several of these",
               cnn_network_get_name (self->network), found_string, expected_string);

  return FALSE;
}

/* The plan for an input that fits; it lives as long as the predictor.
 * Engine-internal. */
CnnPlan *
cnn_predictor_get_plan (CnnPredictor  *self,
                        CnnTensor     *input,
                        GError       **error)
{
  return check_input (self, input, error) ? ensure_plan (self, error) : NULL;
}

static gboolean
check_logits (CnnPredictor  *self,
              CnnTensor     *logits,
              GError       **error)
{
  const float *data = cnn_tensor_get_data (logits);
  gsize n = cnn_tensor_get_n_elements (logits);
  gsize n_nan = 0;

  for (gsize i = 0; i < n; i++)
    n_nan += isnan (data[i]) != 0;

  if (n_nan == 0)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_VALUE,
               "%s: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " logits are not numbers (NaN): "
               "the weights or the picture hold values that are not usable",
               cnn_network_get_name (self->network), n_nan, n);

  return FALSE;
}

/* Runs as many pictures of input as go together, from the given one on. */
static CnnWorkspace *
run_pictures (CnnPlan       *plan,
              CnnRunMode     mode,
              CnnTensor     *input,
              gsize          first,
              guint          n_threads,
              gint64        *times,
              GCancellable  *cancellable,
              GError       **error)
{
  gsize n = cnn_tensor_get_shape (input)->dims[0];
  gsize size = cnn_tensor_get_n_elements (input) / n;
  guint n_pictures = MIN (n - first, cnn_plan_get_max_pictures (plan, mode));
  g_autoptr (CnnWorkspace) workspace = cnn_plan_acquire_workspace (plan, mode, n_pictures, error);

  if (workspace == NULL)
    return NULL;

  cnn_workspace_set_times (workspace, times);
  if (!cnn_plan_run (plan, workspace, cnn_tensor_get_data (input) + first * size,
                     n_threads, cancellable, error))
    return NULL;

  return g_steal_pointer (&workspace);
}

/* cnn_predictor_run(), which adds to times, where they are not NULL, how long each
 * step of the plan took, in nanoseconds. Engine-internal. */
CnnTensor *
cnn_predictor_run_timed (CnnPredictor  *self,
                         CnnTensor     *input,
                         guint          n_threads,
                         gint64        *times,
                         GCancellable  *cancellable,
                         GError       **error)
{
  g_autoptr (CnnTensor) logits = NULL;
  CnnPlan *plan;
  CnnShape shape;
  guint logits_layer;
  gsize size;

  plan = cnn_predictor_get_plan (self, input, error);
  if (plan == NULL)
    return NULL;

  logits_layer = cnn_plan_get_logits_layer (plan);
  shape = *cnn_layer_get_shape (cnn_network_get_layer (self->network, logits_layer));
  size = cnn_shape_get_n_elements (&shape);
  shape.dims[0] = cnn_tensor_get_shape (input)->dims[0];
  logits = cnn_tensor_new_uninitialized (&shape);

  for (gsize i = 0; i < shape.dims[0];)
    {
      g_autoptr (CnnWorkspace) workspace =
        run_pictures (plan, CNN_RUN_PLAIN, input, i, n_threads, times, cancellable, error);

      if (workspace == NULL)
        return NULL;

      cnn_workspace_read_layer (workspace, logits_layer,
                                cnn_tensor_get_mutable_data (logits) + i * size);
      i += cnn_workspace_get_n_pictures (workspace);
    }

  if (!check_logits (self, logits, error))
    return NULL;

  return g_steal_pointer (&logits);
}

/**
 * cnn_predictor_run:
 * @self: a predictor
 * @input: N×C×H×W: any number of pictures of the size that the network wants
 * @n_threads: how many threads may work on it
 * @cancellable: (nullable): asked between layers
 * @error: return location for an error
 *
 * Computes the logits. Where the network ends in a softmax they are what goes
 * into it; the softmax itself is to be had from [method@Predictor.look].
 *
 * Fails with %CNN_ERROR_SHAPE where the input does not fit the network, with
 * %CNN_ERROR_VALUE where the logits are not numbers, with %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): N×classes
 */
CnnTensor *
cnn_predictor_run (CnnPredictor  *self,
                   CnnTensor     *input,
                   guint          n_threads,
                   GCancellable  *cancellable,
                   GError       **error)
{
  g_return_val_if_fail (CNN_IS_PREDICTOR (self), NULL);

  return cnn_predictor_run_timed (self, input, n_threads, NULL, cancellable, error);
}

/**
 * cnn_predictor_look:
 * @self: a predictor
 * @input: N×C×H×W: any number of pictures of the size that the network wants
 * @n_threads: how many threads may work on it
 * @cancellable: (nullable): asked between layers
 * @error: return location for an error
 *
 * Computes the network and keeps the output of every layer, as the user's graph
 * has them. They are the very numbers that [method@Predictor.run] computes on the
 * way to its logits, and may be NaN.
 *
 * Fails as [method@Predictor.run] does, but for %CNN_ERROR_VALUE.
 *
 * Returns: (transfer full) (nullable): the outputs of all layers
 */
CnnActivations *
cnn_predictor_look (CnnPredictor  *self,
                    CnnTensor     *input,
                    guint          n_threads,
                    GCancellable  *cancellable,
                    GError       **error)
{
  g_autoptr (GPtrArray) workspaces = g_ptr_array_new_with_free_func ((GDestroyNotify) cnn_workspace_release);
  CnnPlan *plan;

  g_return_val_if_fail (CNN_IS_PREDICTOR (self), NULL);

  plan = cnn_predictor_get_plan (self, input, error);
  if (plan == NULL)
    return NULL;

  for (gsize i = 0; i < cnn_tensor_get_shape (input)->dims[0];)
    {
      CnnWorkspace *workspace =
        run_pictures (plan, CNN_RUN_LOOKING, input, i, n_threads, NULL, cancellable, error);

      if (workspace == NULL)
        return NULL;

      g_ptr_array_add (workspaces, workspace);
      i += cnn_workspace_get_n_pictures (workspace);
    }

  return cnn_activations_new (plan, g_steal_pointer (&workspaces));
}

/**
 * cnn_predictor_predict:
 * @self: a predictor
 * @crops: N×C×H×W: the crops of one picture
 * @n_threads: how many threads may work on it
 * @cancellable: (nullable): asked between layers
 * @error: return location for an error
 *
 * Computes what the network answers for one picture.
 *
 * Fails as [method@Predictor.run] does, and with %CNN_ERROR_SHAPE where the
 * network does not answer with a number for each class.
 *
 * Returns: (transfer full) (nullable): the prediction
 */
CnnPrediction *
cnn_predictor_predict (CnnPredictor  *self,
                       CnnTensor     *crops,
                       guint          n_threads,
                       GCancellable  *cancellable,
                       GError       **error)
{
  g_autoptr (CnnTensor) logits = cnn_predictor_run (self, crops, n_threads, cancellable, error);
  g_autofree char *found = NULL;
  const CnnShape *shape;

  if (logits == NULL)
    return NULL;

  shape = cnn_tensor_get_shape (logits);
  if (shape->n_dims >= 2 && shape->dims[1] > 0 &&
      cnn_tensor_get_n_elements (logits) == shape->dims[0] * shape->dims[1])
    return cnn_prediction_new (logits);

  found = cnn_shape_to_string (shape);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "%s: the output is %s, expected a number for each class",
               cnn_network_get_name (self->network), found);

  return NULL;
}

static void
predict_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  GError *error = NULL;
  CnnPrediction *prediction =
    cnn_predictor_predict (source, task_data, cnn_cpu_get_n_threads (), cancellable, &error);

  if (prediction == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, prediction, (GDestroyNotify) cnn_prediction_unref);
}

/**
 * cnn_predictor_predict_async:
 * @self: a predictor
 * @crops: N×C×H×W: the crops of one picture
 * @cancellable: (nullable): to stop it
 * @callback: called in the thread-default main context of the caller
 * @user_data: data for @callback
 *
 * Computes the prediction for @crops in the background, with all processors.
 */
void
cnn_predictor_predict_async (CnnPredictor        *self,
                             CnnTensor           *crops,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (CNN_IS_PREDICTOR (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cnn_predictor_predict_async);
  g_task_set_task_data (task, cnn_tensor_ref (crops), (GDestroyNotify) cnn_tensor_unref);
  g_task_run_in_thread (task, predict_thread);
}

/**
 * cnn_predictor_predict_finish:
 * @self: a predictor
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the prediction
 */
CnnPrediction *
cnn_predictor_predict_finish (CnnPredictor  *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
look_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  GError *error = NULL;
  CnnActivations *activations =
    cnn_predictor_look (source, task_data, cnn_cpu_get_n_threads (), cancellable, &error);

  if (activations == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, activations, (GDestroyNotify) cnn_activations_unref);
}

/**
 * cnn_predictor_look_async:
 * @self: a predictor
 * @input: N×C×H×W: one or several pictures
 * @cancellable: (nullable): to stop it
 * @callback: called in the thread-default main context of the caller
 * @user_data: data for @callback
 *
 * Does [method@Predictor.look] in the background, with all processors.
 */
void
cnn_predictor_look_async (CnnPredictor        *self,
                          CnnTensor           *input,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (CNN_IS_PREDICTOR (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cnn_predictor_look_async);
  g_task_set_task_data (task, cnn_tensor_ref (input), (GDestroyNotify) cnn_tensor_unref);
  g_task_run_in_thread (task, look_thread);
}

/**
 * cnn_predictor_look_finish:
 * @self: a predictor
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the outputs of all layers
 */
CnnActivations *
cnn_predictor_look_finish (CnnPredictor  *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
