#define G_LOG_DOMAIN "cnn-predictor"

#include "run/cnn-predictor.h"

#include "core/cnn-cpu.h"

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
