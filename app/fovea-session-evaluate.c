#define G_LOG_DOMAIN "fovea-session-evaluate"

#include "config.h"

#include "fovea-session-private.h"

#include <glib/gi18n.h>

/* Pictures in a batch of the homework's loss. */
#define BATCH_SIZE 4

/**
 * fovea_session_get_run:
 * @self: a session
 *
 * Returns: (nullable): the run that is going on, or else the last one
 */
CnnRun *
fovea_session_get_run (FoveaSession *self)
{
  return self->evaluation != NULL ? cnn_evaluation_get_run (self->evaluation) : NULL;
}

gboolean
fovea_session_get_evaluating (FoveaSession *self)
{
  return fovea_job_is_running (&self->jobs[FOVEA_JOB_EVALUATE]);
}

/**
 * fovea_session_can_evaluate:
 * @self: a session
 *
 * Returns: whether there is something to measure: a network, and pictures whose
 *   true classes are known and are those of the network
 */
gboolean
fovea_session_can_evaluate (FoveaSession *self)
{
  return self->dataset != NULL && cnn_dataset_get_n_labelled (self->dataset) > 0 &&
         fovea_session_get_answer_labels (self) != NULL;
}

/* Where each sample is in the data set of the run. */
static void
number_samples (FoveaSession *self)
{
  guint n = cnn_dataset_get_n_samples (self->dataset);

  g_hash_table_remove_all (self->numbers);
  for (guint i = 0; i < n; i++)
    g_hash_table_insert (self->numbers, cnn_dataset_get_sample (self->dataset, i),
                         GUINT_TO_POINTER (i));
}

/**
 * fovea_session_get_result:
 * @self: a session
 * @sample: a sample
 *
 * Returns: (nullable): what the run found for @sample, if it came to it
 */
const CnnSampleResult *
fovea_session_get_result (FoveaSession *self,
                          CnnSample    *sample)
{
  gpointer number;

  if (!g_hash_table_lookup_extended (self->numbers, sample, NULL, &number))
    return NULL;

  return cnn_run_get_result (fovea_session_get_run (self), GPOINTER_TO_UINT (number));
}

static void
evaluate_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (FoveaTicket) ticket = data;
  FoveaSession *self = fovea_ticket_get_owner (ticket);
  g_autoptr (GError) error = NULL;
  gboolean done = cnn_evaluation_run_finish (CNN_EVALUATION (source), result, &error);

  if (!fovea_ticket_redeem (ticket))
    return;

  if (!done)
    fovea_session_report (self, _("The evaluation stopped"), error);
  fovea_session_notify (self, PROP_EVALUATING);
}

/**
 * fovea_session_evaluate:
 * @self: a session that can evaluate
 * @crops: which crops of each picture are asked about
 * @limit: at most so many pictures, from the first; 0 for all
 *
 * Starts a run of the network over the data set, which :run then is. It
 * goes on whatever else is chosen or opened meanwhile.
 */
void
fovea_session_evaluate (FoveaSession *self,
                        CnnCropMode   crops,
                        guint         limit)
{
  FoveaJob *job = &self->jobs[FOVEA_JOB_EVALUATE];
  CnnEvaluationOptions options = {
    .settings.recipe = self->recipe,
    .settings.crops = crops,
    .settings.limit = limit,
    .settings.batch_size = BATCH_SIZE,
    .n_threads = cnn_cpu_get_n_threads (),
    .background = TRUE,
  };
  FoveaTicket *ticket;

  g_return_if_fail (fovea_session_can_evaluate (self));

  ticket = fovea_job_start (job, self);
  g_clear_object (&self->evaluation);
  self->evaluation = cnn_evaluation_new (self->dataset, self->predictor, &options);
  number_samples (self);
  cnn_evaluation_run_async (self->evaluation, job->cancellable, evaluate_cb, ticket);

  g_object_freeze_notify (G_OBJECT (self));
  fovea_session_notify (self, PROP_RUN);
  fovea_session_notify (self, PROP_EVALUATING);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * fovea_session_cancel_evaluation:
 * @self: a session
 *
 * Ends the run early. What it found so far stays.
 */
void
fovea_session_cancel_evaluation (FoveaSession *self)
{
  GCancellable *cancellable = self->jobs[FOVEA_JOB_EVALUATE].cancellable;

  /* Not fovea_job_cancel(): that the run came to its end is still to be heard. */
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

/* ---- Saving ---- */

typedef struct
{
  CnnRun *run;
  GFile *file;
} Saving;

static void
saving_free (Saving *saving)
{
  g_object_unref (saving->run);
  g_object_unref (saving->file);
  g_free (saving);
}

static gboolean
is_csv (GFile *file)
{
  g_autofree char *basename = g_file_get_basename (file);
  g_autofree char *lower = g_ascii_strdown (basename, -1);

  return g_str_has_suffix (lower, ".csv");
}

static void
save_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  Saving *saving = data;
  GError *error = NULL;
  gboolean saved = is_csv (saving->file)
                   ? cnn_report_save_csv (saving->run, saving->file, cancellable, &error)
                   : cnn_report_save_json (saving->run, saving->file, cancellable, &error);

  if (saved)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
save_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  FoveaSession *self = FOVEA_SESSION (source);
  g_autoptr (FoveaTicket) ticket = data;
  g_autoptr (GError) error = NULL;
  gboolean saved = g_task_propagate_boolean (G_TASK (result), &error);

  if (!fovea_ticket_redeem (ticket))
    return;

  if (saved)
    fovea_session_report_saved (self, ((Saving *) g_task_get_task_data (G_TASK (result)))->file);
  else
    fovea_session_report (self, _("The results were not saved"), error);
  fovea_session_update_busy (self);
}

/**
 * fovea_session_save_results:
 * @self: a session whose :run is over
 * @file: where to, as CSV if its name ends so, else as JSON
 *
 * Writes what the run found.
 */
void
fovea_session_save_results (FoveaSession *self,
                            GFile        *file)
{
  FoveaJob *job = &self->jobs[FOVEA_JOB_SAVE];
  g_autoptr (GTask) task = NULL;
  FoveaTicket *ticket;
  Saving *saving;

  /* While it runs, it changes; afterwards any thread may read it. */
  g_return_if_fail (self->evaluation != NULL && !fovea_session_get_evaluating (self));

  ticket = fovea_job_start (job, self);
  saving = g_new0 (Saving, 1);
  saving->run = g_object_ref (fovea_session_get_run (self));
  saving->file = g_object_ref (file);

  task = g_task_new (self, job->cancellable, save_cb, ticket);
  g_task_set_task_data (task, saving, (GDestroyNotify) saving_free);
  g_task_run_in_thread (task, save_thread);
  fovea_session_update_busy (self);
}
