#define G_LOG_DOMAIN "fovea-run-recorder"

#include "fovea-run-recorder.h"

struct _FoveaRunRecorder
{
  GObject parent_instance;

  FoveaRunStore *store;         /* the thread's, while there is one */
  gint64 id;
  gboolean is_resumed;
  CnnEvaluation *evaluation;

  GThread *thread;
  GAsyncQueue *queue;           /* of Batch; one without a run is the last */
  GMainContext *context;        /* where ::failed is emitted */

  /* The thread's until it was joined. */
  GQueue waiting;               /* of Batch: what could not be written yet */
  GError *error;                /* why not */
};

enum
{
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FoveaRunRecorder, fovea_run_recorder, G_TYPE_OBJECT)

/* What is to be written in one go. */
typedef struct
{
  GArray *results;              /* of CnnSampleResult; NULL for the end */
  GPtrArray *files;             /* names, lent by the run */
  GPtrArray *paths;             /* lent by the data set */
  CnnRunSummary summary;
} Batch;

static Batch *
batch_new (CnnEvaluation         *evaluation,
           const CnnSampleResult *results,
           guint                  n_results)
{
  Batch *batch = g_new0 (Batch, 1);
  CnnRun *run = cnn_evaluation_get_run (evaluation);
  CnnDataset *dataset = cnn_evaluation_get_dataset (evaluation);

  batch->results = cnn_sample_results_new ();
  g_array_append_vals (batch->results, results, n_results);
  batch->files = g_ptr_array_sized_new (n_results);
  batch->paths = g_ptr_array_sized_new (n_results);
  for (guint i = 0; i < n_results; i++)
    {
      CnnSampleResult *own = &g_array_index (batch->results, CnnSampleResult, i);
      CnnSample *sample = cnn_dataset_get_sample (dataset, own->sample);

      own->skipped = g_strdup (own->skipped);
      g_ptr_array_add (batch->files, (gpointer) cnn_run_get_sample (run, own->sample)->file);
      g_ptr_array_add (batch->paths, (gpointer) cnn_sample_get_path (sample));
    }
  cnn_run_get_summary (run, &batch->summary);

  return batch;
}

static void
batch_free (Batch *batch)
{
  g_clear_pointer (&batch->results, g_array_unref);
  g_clear_pointer (&batch->files, g_ptr_array_unref);
  g_clear_pointer (&batch->paths, g_ptr_array_unref);
  g_free (batch);
}

static void
fovea_run_recorder_finalize (GObject *object)
{
  FoveaRunRecorder *self = FOVEA_RUN_RECORDER (object);

  g_assert (self->thread == NULL);
  g_clear_pointer (&self->store, fovea_run_store_close);
  g_clear_object (&self->evaluation);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_async_queue_unref (self->queue);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) batch_free);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (fovea_run_recorder_parent_class)->finalize (object);
}

static void
fovea_run_recorder_class_init (FoveaRunRecorderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fovea_run_recorder_finalize;

  /**
   * FoveaRunRecorder::failed:
   * @self: the recorder
   * @error: a #GError: why
   *
   * Something could not be written; nothing that was written before is lost. The
   * evaluation had better be stopped.
   */
  signals[SIGNAL_FAILED] =
    g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
fovea_run_recorder_init (FoveaRunRecorder *self)
{
  self->queue = g_async_queue_new_full ((GDestroyNotify) batch_free);
}

static gboolean
resume_run (FoveaRunRecorder        *self,
            CnnRun                  *run,
            const FoveaRunIdentity  *identity,
            gint64                   wanted,
            GError                 **error)
{
  if (!fovea_run_store_find (self->store, identity, cnn_run_get_settings (run), &self->id, error))
    return FALSE;

  if (wanted != FOVEA_NO_RUN && self->id != wanted)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "run %" G_GINT64_FORMAT " was begun with another model, other pictures or another version",
                   wanted);
      return FALSE;
    }

  if (self->id == FOVEA_NO_RUN)
    return TRUE;

  self->is_resumed = TRUE;

  return fovea_run_store_lock (self->store, self->id, error) &&
         fovea_run_store_restore (self->store, self->id, run,
                                  cnn_evaluation_get_dataset (self->evaluation), error);
}

/**
 * fovea_run_recorder_begin:
 * @path: (nullable): a store's file, %NULL for the user's own
 * @evaluation: an evaluation that was not started
 * @resume: whether to go on with an equal run of the store, if there is one;
 *   what it has found is given to the evaluation's run
 * @wanted: which run to go on with, or %FOVEA_NO_RUN for any that is equal
 * @cancellable: (nullable): to stop it
 * @error: return location for a %G_IO_ERROR, or a %CNN_ERROR_SHAPE where
 *   @wanted is not an equal run
 *
 * Finds out what is to be run, and makes a place for it in the store. It reads
 * and writes files: call it in a thread that nobody waits for.
 *
 * Returns: (transfer full): a recorder
 */
FoveaRunRecorder *
fovea_run_recorder_begin (const char     *path,
                          CnnEvaluation  *evaluation,
                          gboolean        resume,
                          gint64          wanted,
                          GCancellable   *cancellable,
                          GError        **error)
{
  g_autoptr (FoveaRunRecorder) self = g_object_new (FOVEA_TYPE_RUN_RECORDER, NULL);
  CnnRun *run = cnn_evaluation_get_run (evaluation);
  CnnNetwork *network = cnn_predictor_get_network (cnn_evaluation_get_predictor (evaluation));
  g_autoptr (FoveaRunIdentity) identity = NULL;

  self->evaluation = g_object_ref (evaluation);
  self->store = fovea_run_store_open (path, error);
  if (self->store == NULL)
    return NULL;

  identity = fovea_run_identity_new (self->store, cnn_evaluation_get_dataset (evaluation),
                                     cnn_network_get_file (network), cnn_run_get_settings (run),
                                     cancellable, error);
  if (identity == NULL || (resume && !resume_run (self, run, identity, wanted, error)))
    return NULL;

  if (self->id == FOVEA_NO_RUN &&
      (!fovea_run_store_create (self->store, run, identity, &self->id, error) ||
       !fovea_run_store_lock (self->store, self->id, error)))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * fovea_run_recorder_get_id:
 * @self: a recorder
 *
 * Returns: the run's number in the store
 */
gint64
fovea_run_recorder_get_id (FoveaRunRecorder *self)
{
  return self->id;
}

/**
 * fovea_run_recorder_is_resumed:
 * @self: a recorder
 *
 * Returns: whether it goes on with a run that was there
 */
gboolean
fovea_run_recorder_is_resumed (FoveaRunRecorder *self)
{
  return self->is_resumed;
}

/**
 * fovea_run_recorder_get_aside:
 * @self: a recorder
 *
 * Returns: (nullable): where a store is that could not be used, see
 *   fovea_run_store_get_aside()
 */
const char *
fovea_run_recorder_get_aside (FoveaRunRecorder *self)
{
  return fovea_run_store_get_aside (self->store);
}

/* ---- In the thread ---- */

typedef struct
{
  FoveaRunRecorder *recorder;
  GError *error;
} Failure;

static gboolean
failed_cb (gpointer data)
{
  Failure *failure = data;

  g_signal_emit (failure->recorder, signals[SIGNAL_FAILED], 0, failure->error);

  return G_SOURCE_REMOVE;
}

static void
failure_free (gpointer data)
{
  Failure *failure = data;

  g_object_unref (failure->recorder);
  g_error_free (failure->error);
  g_free (failure);
}

static void
tell_failure (FoveaRunRecorder *self)
{
  Failure *failure = g_new (Failure, 1);

  failure->recorder = g_object_ref (self);
  failure->error = g_error_copy (self->error);
  g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, failed_cb, failure, failure_free);
}

static gboolean
write_batch (FoveaRunRecorder  *self,
             const Batch       *batch,
             GError           **error)
{
  g_autofree FoveaStamp *stamps = g_new (FoveaStamp, batch->results->len);

  for (guint i = 0; i < batch->results->len; i++)
    fovea_stamp_read (&stamps[i], g_ptr_array_index (batch->paths, i));

  return fovea_run_store_write (self->store, self->id,
                                (const CnnSampleResult *) (gpointer) batch->results->data,
                                (const char *const *) batch->files->pdata, stamps,
                                batch->results->len, &batch->summary, error);
}

static void
write_waiting (FoveaRunRecorder *self)
{
  while (!g_queue_is_empty (&self->waiting))
    {
      if (!write_batch (self, g_queue_peek_head (&self->waiting), &self->error))
        return;

      batch_free (g_queue_pop_head (&self->waiting));
    }
}

static gpointer
record (gpointer data)
{
  FoveaRunRecorder *self = data;

  for (;;)
    {
      Batch *batch = g_async_queue_pop (self->queue);

      if (batch->results == NULL)
        {
          batch_free (batch);
          break;
        }

      /* After a failure the rest waits for fovea_run_recorder_finish(). */
      g_queue_push_tail (&self->waiting, batch);
      if (self->error == NULL)
        {
          write_waiting (self);
          if (self->error != NULL)
            tell_failure (self);
        }
    }

  return NULL;
}

/* ---- Outside ---- */

static void
progress_cb (CnnRun                *run,
             const CnnSampleResult *results,
             guint                  n_results,
             FoveaRunRecorder      *self)
{
  g_async_queue_push (self->queue, batch_new (self->evaluation, results, n_results));
}

/**
 * fovea_run_recorder_start:
 * @self: a recorder
 *
 * Keeps from now on what the evaluation finds. Signals come in this thread's
 * default main context.
 */
void
fovea_run_recorder_start (FoveaRunRecorder *self)
{
  g_return_if_fail (self->thread == NULL);

  self->context = g_main_context_ref_thread_default ();
  g_signal_connect (cnn_evaluation_get_run (self->evaluation), "progress",
                    G_CALLBACK (progress_cb), self);
  self->thread = g_thread_new ("record-run", record, self);
}

/**
 * fovea_run_recorder_finish:
 * @self: a recorder that was started, whose evaluation is over
 * @error: return location for a %G_IO_ERROR
 *
 * Waits until all is written; what could not be is tried once more. Then the
 * run can be taken up by others.
 *
 * Returns: whether all that was found is in the store
 */
gboolean
fovea_run_recorder_finish (FoveaRunRecorder  *self,
                           GError           **error)
{
  g_return_val_if_fail (self->thread != NULL, FALSE);

  g_signal_handlers_disconnect_by_func (cnn_evaluation_get_run (self->evaluation), progress_cb, self);
  g_async_queue_push (self->queue, g_new0 (Batch, 1));
  g_thread_join (g_steal_pointer (&self->thread));

  g_clear_error (&self->error);
  write_waiting (self);
  fovea_run_store_unlock (self->store, self->id);
  if (self->error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&self->error));

  return FALSE;
}
