#define G_LOG_DOMAIN "fovea-session-look"

#include "config.h"

#include "fovea-session-private.h"

#include <glib/gi18n.h>

/* How a session finds out about the chosen picture:
 *
 *   sample ─► prepared ─┬─► prediction ────────────────┬─► published at once
 *                       └─► activations ─► layer tensor┘
 *
 * What is found is gathered in `arriving` and published as one. A network that
 * takes longer than PATIENCE_MS does not hold up the picture: what is there is
 * published then, and the rest as it comes. */
#define PATIENCE_MS 150

static void
findings_clear (FoveaFindings *findings)
{
  g_clear_pointer (&findings->prepared, cnn_prepared_unref);
  g_clear_pointer (&findings->prediction, cnn_prediction_unref);
  g_clear_pointer (&findings->activations, cnn_activations_unref);
  g_clear_pointer (&findings->layer_tensor, cnn_tensor_unref);
  g_clear_pointer (&findings->picture_problem, g_free);
  g_clear_pointer (&findings->answer_problem, g_free);
}

/* Moves what arrived under @field to what everyone sees; what did not arrive
 * stays as it was, unless it belongs to another picture. */
#define TAKE(self, field, PROP, free_func) G_STMT_START { \
  if ((self)->arriving.field != NULL || \
      ((self)->gathering && (self)->findings.field != NULL)) \
    { \
      g_clear_pointer (&(self)->findings.field, free_func); \
      (self)->findings.field = g_steal_pointer (&(self)->arriving.field); \
      fovea_session_notify ((self), (PROP)); \
    } \
} G_STMT_END

static void
publish (FoveaSession *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  TAKE (self, prepared, PROP_PREPARED, cnn_prepared_unref);
  TAKE (self, prediction, PROP_PREDICTION, cnn_prediction_unref);
  TAKE (self, activations, PROP_ACTIVATIONS, cnn_activations_unref);
  TAKE (self, layer_tensor, PROP_LAYER_TENSOR, cnn_tensor_unref);
  TAKE (self, picture_problem, PROP_PICTURE_PROBLEM, g_free);
  TAKE (self, answer_problem, PROP_ANSWER_PROBLEM, g_free);
  self->gathering = FALSE;
  g_clear_handle_id (&self->patience, g_source_remove);
  g_object_thaw_notify (G_OBJECT (self));
}

/* Publishes what arrived, unless it can soon be published with more. */
static void
settle (FoveaSession *self)
{
  const FoveaFindings *arriving = &self->arriving;

  fovea_session_update_busy (self);

  if (self->gathering &&
      arriving->picture_problem == NULL &&
      arriving->answer_problem == NULL &&
      self->predictor != NULL &&
      (arriving->prediction == NULL || arriving->layer_tensor == NULL))
    return;

  publish (self);
}

static gboolean
patience_cb (gpointer data)
{
  FoveaSession *self = data;

  self->patience = 0;
  publish (self);

  return G_SOURCE_REMOVE;
}

static CnnPrepared *
get_newest_prepared (FoveaSession *self)
{
  return self->gathering ? self->arriving.prepared : self->findings.prepared;
}

/* ---- What a thread needs to know ---- */

typedef struct
{
  CnnPredictor *predictor;
  CnnPrepared *prepared;
  guint crop;
} Question;

static Question *
question_new (FoveaSession *self,
              CnnPrepared  *prepared)
{
  Question *question = g_new0 (Question, 1);

  question->predictor = g_object_ref (self->predictor);
  question->prepared = cnn_prepared_ref (prepared);
  question->crop = MAX (self->crop, 0);

  return question;
}

static void
question_free (Question *question)
{
  g_object_unref (question->predictor);
  cnn_prepared_unref (question->prepared);
  g_free (question);
}

/* Keeps the words of an error for the place where the answer would stand. */
static void
take_problem (FoveaSession *self,
              char        **problem,
              const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_debug ("%s", error->message);
  g_free (*problem);
  *problem = g_strdup (error->message);
}

/* ---- The layer's feature maps ---- */

typedef struct
{
  CnnActivations *activations;
  guint layer;
} LayerQuestion;

static void
layer_question_free (LayerQuestion *question)
{
  cnn_activations_unref (question->activations);
  g_free (question);
}

static void
layer_thread (GTask        *task,
              gpointer      source,
              gpointer      data,
              GCancellable *cancellable)
{
  LayerQuestion *question = data;

  cnn_thread_give_way (CNN_PRIORITY_ANSWER);
  g_task_return_pointer (task,
                         cnn_activations_dup_layer (question->activations, question->layer),
                         (GDestroyNotify) cnn_tensor_unref);
}

static void
layer_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  FoveaSession *self = FOVEA_SESSION (source);
  g_autoptr (FoveaTicket) ticket = data;
  g_autoptr (CnnTensor) tensor = g_task_propagate_pointer (G_TASK (result), NULL);

  if (!fovea_ticket_redeem (ticket))
    return;

  g_clear_pointer (&self->arriving.layer_tensor, cnn_tensor_unref);
  self->arriving.layer_tensor = g_steal_pointer (&tensor);
  settle (self);
}

/* The maps of the chosen layer, of activations that are there already. */
void
fovea_session_look_at_layer (FoveaSession *self)
{
  CnnActivations *activations = self->arriving.activations;
  g_autoptr (GTask) task = NULL;
  FoveaJob *job = &self->jobs[FOVEA_JOB_LAYER];
  FoveaTicket *ticket;
  LayerQuestion *question;

  if (activations == NULL && !self->gathering)
    activations = self->findings.activations;

  if (activations == NULL || fovea_job_is_running (&self->jobs[FOVEA_JOB_LOOK]))
    return;

  ticket = fovea_job_start (job, self);
  question = g_new0 (LayerQuestion, 1);
  question->activations = cnn_activations_ref (activations);
  question->layer = self->layer;

  task = g_task_new (self, job->cancellable, layer_cb, ticket);
  g_task_set_task_data (task, question, (GDestroyNotify) layer_question_free);
  g_task_run_in_thread (task, layer_thread);
  fovea_session_update_busy (self);
}

/* ---- The activations ---- */

static void
look_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  Question *question = data;
  const gsize size = cnn_prepared_get_recipe (question->prepared)->crop_size;
  g_autoptr (CnnTensor) input = cnn_tensor_new_uninitialized (&CNN_SHAPE_4 (1, 3, size, size));
  CnnActivations *activations;
  GError *error = NULL;

  cnn_thread_give_way (CNN_PRIORITY_ANSWER);
  cnn_prepared_write_crop (question->prepared, question->crop, cnn_tensor_get_mutable_data (input));
  activations = cnn_predictor_look (question->predictor, input,
                                    cnn_cpu_get_n_threads (), cancellable, &error);

  if (activations != NULL)
    g_task_return_pointer (task, activations, (GDestroyNotify) cnn_activations_unref);
  else
    g_task_return_error (task, error);
}

static void
look_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  FoveaSession *self = FOVEA_SESSION (source);
  g_autoptr (FoveaTicket) ticket = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnActivations) activations = g_task_propagate_pointer (G_TASK (result), &error);

  if (!fovea_ticket_redeem (ticket))
    return;

  if (activations == NULL)
    {
      take_problem (self, &self->arriving.answer_problem, error);
      settle (self);
      return;
    }

  g_clear_pointer (&self->arriving.activations, cnn_activations_unref);
  self->arriving.activations = g_steal_pointer (&activations);
  fovea_session_look_at_layer (self);
}

static void
start_look (FoveaSession *self,
            CnnPrepared  *prepared)
{
  FoveaJob *job = &self->jobs[FOVEA_JOB_LOOK];
  FoveaTicket *ticket = fovea_job_start (job, self);
  g_autoptr (GTask) task = g_task_new (self, job->cancellable, look_cb, ticket);

  fovea_job_cancel (&self->jobs[FOVEA_JOB_LAYER]);
  g_task_set_task_data (task, question_new (self, prepared), (GDestroyNotify) question_free);
  g_task_run_in_thread (task, look_thread);
}

/* ---- The prediction ---- */

/* A network may end in anything: whether it is a row of logits for each crop. */
static gboolean
check_logits (CnnTensor  *logits,
              GError    **error)
{
  const CnnShape *shape = cnn_tensor_get_shape (logits);
  g_autofree char *found = NULL;

  if (shape->n_dims >= 2 && shape->dims[1] > 0 &&
      cnn_tensor_get_n_elements (logits) == shape->dims[0] * shape->dims[1])
    return TRUE;

  found = cnn_shape_to_string (shape);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               _("The network answers with numbers of shape %s, not with one for each class"), found);

  return FALSE;
}

static void
predict_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  Question *question = data;
  g_autoptr (CnnTensor) crops = cnn_prepared_dup_tensor (question->prepared);
  g_autoptr (CnnTensor) logits = NULL;
  GError *error = NULL;

  cnn_thread_give_way (CNN_PRIORITY_ANSWER);
  logits = cnn_predictor_run (question->predictor, crops,
                              cnn_cpu_get_n_threads (), cancellable, &error);

  if (logits != NULL && check_logits (logits, &error))
    g_task_return_pointer (task, cnn_prediction_new (logits),
                           (GDestroyNotify) cnn_prediction_unref);
  else
    g_task_return_error (task, error);
}

static void
predict_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  FoveaSession *self = FOVEA_SESSION (source);
  g_autoptr (FoveaTicket) ticket = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnPrediction) prediction = g_task_propagate_pointer (G_TASK (result), &error);

  if (!fovea_ticket_redeem (ticket))
    return;                     /* someone chose another picture */

  if (prediction == NULL)
    take_problem (self, &self->arriving.answer_problem, error);
  g_clear_pointer (&self->arriving.prediction, cnn_prediction_unref);
  self->arriving.prediction = g_steal_pointer (&prediction);
  settle (self);
}

static void
start_predict (FoveaSession *self,
               CnnPrepared  *prepared)
{
  FoveaJob *job = &self->jobs[FOVEA_JOB_PREDICT];
  FoveaTicket *ticket = fovea_job_start (job, self);
  g_autoptr (GTask) task = g_task_new (self, job->cancellable, predict_cb, ticket);

  g_task_set_task_data (task, question_new (self, prepared), (GDestroyNotify) question_free);
  g_task_run_in_thread (task, predict_thread);
}

/* Asks the network about arriving.prepared. */
static void
ask_network (FoveaSession *self)
{
  if (self->predictor != NULL)
    {
      start_predict (self, self->arriving.prepared);
      start_look (self, self->arriving.prepared);
      self->patience = g_timeout_add (PATIENCE_MS, patience_cb, self);
    }
  settle (self);
}

/* ---- The picture ---- */

static void
prepare_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (FoveaTicket) ticket = data;
  FoveaSession *self = fovea_ticket_get_owner (ticket);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnPrepared) prepared = cnn_prepared_load_finish (result, &error);

  if (!fovea_ticket_redeem (ticket))
    return;

  if (prepared == NULL)
    {
      take_problem (self, &self->arriving.picture_problem, error);
      settle (self);
      return;
    }

  self->arriving.prepared = g_steal_pointer (&prepared);
  ask_network (self);
}

static void
start_gathering (FoveaSession *self)
{
  fovea_job_cancel (&self->jobs[FOVEA_JOB_PREPARE]);
  fovea_job_cancel (&self->jobs[FOVEA_JOB_PREDICT]);
  fovea_job_cancel (&self->jobs[FOVEA_JOB_LOOK]);
  fovea_job_cancel (&self->jobs[FOVEA_JOB_LAYER]);
  g_clear_handle_id (&self->patience, g_source_remove);
  findings_clear (&self->arriving);
  self->gathering = TRUE;
}

/* Finds out everything about the chosen picture. */
void
fovea_session_look (FoveaSession *self)
{
  FoveaJob *job = &self->jobs[FOVEA_JOB_PREPARE];
  g_autoptr (GFile) file = NULL;
  FoveaTicket *ticket;

  start_gathering (self);

  if (self->sample == NULL)
    {
      publish (self);
      fovea_session_update_busy (self);
      return;
    }

  ticket = fovea_job_start (job, self);
  file = cnn_sample_dup_file (self->sample);
  cnn_prepared_load_async (file, &self->recipe, self->crop_mode,
                           job->cancellable, prepare_cb, ticket);
  fovea_session_update_busy (self);
}

/* Asks another network about the same picture. */
void
fovea_session_look_again (FoveaSession *self)
{
  g_autoptr (CnnPrepared) prepared = NULL;

  if (fovea_job_is_running (&self->jobs[FOVEA_JOB_PREPARE]))
    return;

  if (get_newest_prepared (self) == NULL)
    return;

  prepared = cnn_prepared_ref (get_newest_prepared (self));
  start_gathering (self);
  self->arriving.prepared = g_steal_pointer (&prepared);
  ask_network (self);
}

/* Looks at another crop of the same picture with the same network. */
void
fovea_session_look_at_crop (FoveaSession *self)
{
  CnnPrepared *prepared = get_newest_prepared (self);

  if (prepared == NULL || self->predictor == NULL)
    return;

  g_clear_pointer (&self->arriving.activations, cnn_activations_unref);
  g_clear_pointer (&self->arriving.layer_tensor, cnn_tensor_unref);
  start_look (self, prepared);
  fovea_session_update_busy (self);
}

/* Stops looking and drops what was found, without a word. */
void
fovea_session_forget (FoveaSession *self)
{
  start_gathering (self);
  self->gathering = FALSE;
  findings_clear (&self->findings);
}
