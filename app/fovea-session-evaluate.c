#define G_LOG_DOMAIN "fovea-session-evaluate"

#include "config.h"

#include "fovea-session-private.h"

#include <glib/gi18n.h>

/* Pictures in a batch of the homework's loss. */
#define BATCH_SIZE 4

/**
 * fovea_session_get_runs:
 * @self: a session
 *
 * Returns: (transfer none): the runs that are kept, and what can be done with
 *   them
 */
FoveaRuns *
fovea_session_get_runs (FoveaSession *self)
{
  return self->runs;
}

/**
 * fovea_session_get_run:
 * @self: a session
 *
 * Returns: (nullable): the run that is shown: the last one that was started or
 *   opened
 */
CnnRun *
fovea_session_get_run (FoveaSession *self)
{
  return fovea_runs_get_run (self->runs);
}

gboolean
fovea_session_get_evaluating (FoveaSession *self)
{
  return fovea_runs_get_evaluating (self->runs);
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
         self->network != NULL &&
         cnn_network_get_n_classes (self->network) == cnn_labels_get_size (fovea_session_get_labels (self));
}

/* Where each sample is in the run that is shown, if it is about these pictures:
 * by name, as an earlier run may have been over a part of them only. */
static void
number_samples (FoveaSession *self)
{
  CnnRun *run = fovea_session_get_run (self);
  g_autoptr (GHashTable) by_file = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = self->dataset != NULL ? cnn_dataset_get_n_samples (self->dataset) : 0;
  guint n_in_run = run != NULL ? cnn_run_get_n_samples (run) : 0;

  g_hash_table_remove_all (self->numbers);
  for (guint i = 0; i < n_in_run; i++)
    g_hash_table_insert (by_file, (gpointer) cnn_run_get_sample (run, i)->file, GUINT_TO_POINTER (i));

  for (guint i = 0; i < n; i++)
    {
      CnnSample *sample = cnn_dataset_get_sample (self->dataset, i);
      gpointer number;

      if (g_hash_table_lookup_extended (by_file, cnn_sample_get_name (sample), NULL, &number))
        g_hash_table_insert (self->numbers, sample, number);
    }
}

/**
 * fovea_session_get_result:
 * @self: a session
 * @sample: a sample
 *
 * Returns: (nullable): what the run that is shown found for @sample, if it came
 *   to it
 */
const CnnSampleResult *
fovea_session_get_result (FoveaSession *self,
                          CnnSample    *sample)
{
  CnnRun *run = fovea_session_get_run (self);
  gpointer number;

  if (run == NULL || !g_hash_table_lookup_extended (self->numbers, sample, NULL, &number))
    return NULL;

  return cnn_run_get_result (run, GPOINTER_TO_UINT (number));
}

static void
run_cb (FoveaSession *self)
{
  number_samples (self);
  fovea_session_notify (self, PROP_RUN);
}

static void
evaluating_cb (FoveaSession *self)
{
  fovea_session_notify (self, PROP_EVALUATING);
}

void
fovea_session_add_runs (FoveaSession *self)
{
  self->runs = fovea_runs_new ();
  g_signal_connect_object (self->runs, "notify::run", G_CALLBACK (run_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runs, "notify::evaluating", G_CALLBACK (evaluating_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runs, "error", G_CALLBACK (fovea_session_report), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::dataset", G_CALLBACK (number_samples), NULL);
}

static CnnEvaluation *
new_evaluation (FoveaSession         *self,
                const CnnRunSettings *settings)
{
  return cnn_evaluation_new (self->dataset, self->predictor, &(CnnEvaluationOptions) {
                               .settings = *settings,
                               .n_threads = cnn_cpu_get_n_threads (),
                               .background = TRUE,
                             });
}

/**
 * fovea_session_evaluate:
 * @self: a session that can evaluate, and does not
 * @crops: which crops of each picture are asked about
 * @limit: at most so many pictures, from the first; 0 for all
 *
 * Starts a run of the network over the data set, which :run then is. It goes on
 * whatever else is chosen or opened meanwhile.
 */
void
fovea_session_evaluate (FoveaSession *self,
                        CnnCropMode   crops,
                        guint         limit)
{
  g_autoptr (CnnEvaluation) evaluation = NULL;

  g_return_if_fail (fovea_session_can_evaluate (self));

  evaluation = new_evaluation (self, &(CnnRunSettings) {
                                 .recipe = self->recipe,
                                 .crops = crops,
                                 .limit = limit,
                                 .batch_size = BATCH_SIZE,
                               });
  fovea_runs_start (self->runs, evaluation);
}

/**
 * fovea_session_can_resume:
 * @self: a session
 *
 * Returns: whether the run that is shown was cut short and is kept, and nothing
 *   else goes on
 */
gboolean
fovea_session_can_resume (FoveaSession *self)
{
  CnnRun *run = fovea_session_get_run (self);
  CnnRunSummary summary;

  if (run == NULL || fovea_runs_get_run_id (self->runs) == FOVEA_NO_RUN ||
      fovea_session_get_evaluating (self) || !fovea_session_can_evaluate (self))
    return FALSE;

  cnn_run_get_summary (run, &summary);

  return summary.n_done < summary.n_total;
}

/**
 * fovea_session_resume_evaluation:
 * @self: a session that can resume
 *
 * Goes on with the run that is shown, over the data set and with the network
 * that are open; where they are others than those of the run, this is an error.
 */
void
fovea_session_resume_evaluation (FoveaSession *self)
{
  g_autoptr (CnnEvaluation) evaluation = NULL;

  g_return_if_fail (fovea_session_can_resume (self));

  evaluation = new_evaluation (self, cnn_run_get_settings (fovea_session_get_run (self)));
  fovea_runs_resume (self->runs, evaluation);
}

/**
 * fovea_session_pause_evaluation:
 * @self: a session
 *
 * Ends the run early. What it found so far is kept, and it can go on.
 */
void
fovea_session_pause_evaluation (FoveaSession *self)
{
  fovea_runs_pause (self->runs);
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
  g_return_if_fail (fovea_session_get_run (self) != NULL && !fovea_runs_is_shown_going_on (self->runs));

  ticket = fovea_job_start (job, self);
  saving = g_new0 (Saving, 1);
  saving->run = g_object_ref (fovea_session_get_run (self));
  saving->file = g_object_ref (file);

  task = g_task_new (self, job->cancellable, save_cb, ticket);
  g_task_set_task_data (task, saving, (GDestroyNotify) saving_free);
  g_task_run_in_thread (task, save_thread);
  fovea_session_update_busy (self);
}
