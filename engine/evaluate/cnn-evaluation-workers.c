#define G_LOG_DOMAIN "cnn-evaluation"

#include "evaluate/cnn-evaluation-workers-private.h"

#include <math.h>
#include <string.h>

#include "core/cnn-cpu.h"
#include "core/cnn-thread.h"

/* How far apart two calls of publish are at least, in µs. A chart need not move
 * more often, and a fast network must not keep the window busy. */
#define PUBLISH_INTERVAL 100000

struct _CnnEvaluationWorkers
{
  CnnDataset *dataset;
  CnnPredictor *predictor;
  CnnEvaluationOptions options;
  GArray *todo;                 /* of guint: the pictures to look at */
  GPtrArray *threads;

  GTask *task;                  /* borrowed while the threads run */
  GCancellable *cancellable;    /* the task's, may be NULL */
  GSourceFunc publish;
  GSourceFunc finished;

  guint next;                   /* atomic: which of todo to take next */

  GMutex mutex;                 /* of all below */
  guint n_running;
  GArray *found;                /* of CnnSampleResult, not yet taken */
  GSource *publish_source;      /* while a call of publish is due */
  gint64 publish_time;          /* when it was called last */
  GError *error;                /* the first that ends the whole run */
};

static void
clear_result (gpointer data)
{
  g_clear_pointer (&((CnnSampleResult *) data)->skipped, g_free);
}

static GArray *
new_results (void)
{
  GArray *results = g_array_new (FALSE, FALSE, sizeof (CnnSampleResult));

  g_array_set_clear_func (results, clear_result);

  return results;
}

static void
attach (CnnEvaluationWorkers *self,
        GSource              *source,
        GSourceFunc           function)
{
  g_source_set_static_name (source, G_LOG_DOMAIN);
  g_source_set_callback (source, function, self->task, NULL);
  g_source_attach (source, g_task_get_context (self->task));
}

/* Called with the mutex held. */
static void
schedule_publish (CnnEvaluationWorkers *self)
{
  gint64 wait = self->publish_time + PUBLISH_INTERVAL - g_get_monotonic_time ();

  if (self->publish_source != NULL)
    return;

  self->publish_source = g_timeout_source_new (CLAMP (wait, 0, PUBLISH_INTERVAL) / 1000);
  attach (self, self->publish_source, self->publish);
}

static void
add_result (CnnEvaluationWorkers  *self,
            const CnnSampleResult *result)
{
  g_mutex_lock (&self->mutex);
  g_array_append_vals (self->found, result, 1);
  schedule_publish (self);
  g_mutex_unlock (&self->mutex);
}

static void
add_error (CnnEvaluationWorkers *self,
           GError               *error)
{
  g_mutex_lock (&self->mutex);
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
  g_mutex_unlock (&self->mutex);
}

static gboolean
must_stop (CnnEvaluationWorkers *self)
{
  gboolean failed;

  g_mutex_lock (&self->mutex);
  failed = self->error != NULL;
  g_mutex_unlock (&self->mutex);

  return failed || g_cancellable_is_cancelled (self->cancellable);
}

static void
score (const CnnPrediction *prediction,
       CnnSampleResult     *result)
{
  result->n_top = cnn_prediction_get_top (prediction, CNN_MEAN_OF_CROPS,
                                          result->top, G_N_ELEMENTS (result->top));
  result->prediction = result->top[0].index;
  if (result->label != CNN_NO_LABEL)
    result->cross_entropy =
      cnn_prediction_get_cross_entropy (prediction, CNN_MEAN_OF_CROPS, result->label);
}

/* Decodes and cuts a picture. On failure the picture is to be skipped, except
 * where the run was cancelled. */
static CnnTensor *
prepare (CnnEvaluationWorkers *self,
         CnnSample            *sample,
         GError              **error)
{
  g_autoptr (GFile) file = cnn_sample_dup_file (sample);
  g_autoptr (CnnImage) image = NULL;
  g_autoptr (CnnPrepared) prepared = NULL;

  image = cnn_image_load (file, self->cancellable, error);
  if (image == NULL)
    return NULL;

  prepared = cnn_prepared_new (image, &self->options.settings.recipe, self->options.settings.crops, error);
  if (prepared == NULL)
    return NULL;

  return cnn_prepared_dup_tensor (prepared);
}

/* Errors name the file first; a reason stands beside the file's name already. */
static char *
dup_reason (const GError *problem,
            CnnSample    *sample)
{
  g_autofree char *prefix = g_strconcat (cnn_sample_get_path (sample), ": ", NULL);
  gboolean has_prefix = g_str_has_prefix (problem->message, prefix);

  return g_strdup (problem->message + (has_prefix ? strlen (prefix) : 0));
}

/* Returns FALSE where the whole run cannot go on. */
static gboolean
evaluate_sample (CnnEvaluationWorkers  *self,
                 CnnSampleResult       *result,
                 GError               **error)
{
  CnnSample *sample = cnn_dataset_get_sample (self->dataset, result->sample);
  g_autoptr (CnnTensor) crops = NULL;
  g_autoptr (CnnPrediction) prediction = NULL;
  g_autoptr (GError) problem = NULL;

  result->label = cnn_sample_get_label (sample);
  result->cross_entropy = NAN;
  result->skipped = g_strdup (cnn_sample_get_problem (sample));
  if (result->skipped != NULL)
    return TRUE;

  crops = prepare (self, sample, &problem);
  if (crops == NULL)
    {
      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;

      g_debug ("skipped: %s", problem->message);
      result->skipped = dup_reason (problem, sample);
      return TRUE;
    }

  prediction = cnn_predictor_predict (self->predictor, crops, 1, self->cancellable, error);
  if (prediction == NULL)
    return FALSE;

  score (prediction, result);

  return TRUE;
}

static gpointer
work (gpointer data)
{
  CnnEvaluationWorkers *self = data;

  if (self->options.background)
    cnn_thread_give_way (CNN_PRIORITY_BACKGROUND);

  while (!must_stop (self))
    {
      guint next = g_atomic_int_add (&self->next, 1);
      gint64 start = g_get_monotonic_time ();
      CnnSampleResult result = { 0 };
      GError *error = NULL;

      if (next >= self->todo->len)
        break;

      result.sample = g_array_index (self->todo, guint, next);
      if (evaluate_sample (self, &result, &error))
        {
          result.seconds = (g_get_monotonic_time () - start) / (double) G_USEC_PER_SEC;
          add_result (self, &result);
        }
      else
        add_error (self, error);
    }

  g_mutex_lock (&self->mutex);
  if (--self->n_running == 0)
    {
      g_autoptr (GSource) source = g_idle_source_new ();

      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      attach (self, source, self->finished);
    }
  g_mutex_unlock (&self->mutex);

  return NULL;
}

/* Makes the threads' common ground for the pictures in todo, an array of guint
 * with at least one, which it takes over. */
CnnEvaluationWorkers *
cnn_evaluation_workers_new (CnnDataset                 *dataset,
                            CnnPredictor               *predictor,
                            const CnnEvaluationOptions *options,
                            GArray                     *todo)
{
  CnnEvaluationWorkers *self = g_new0 (CnnEvaluationWorkers, 1);

  self->dataset = g_object_ref (dataset);
  self->predictor = g_object_ref (predictor);
  self->options = *options;
  self->todo = todo;
  self->threads = g_ptr_array_new ();
  self->found = new_results ();
  g_mutex_init (&self->mutex);

  return self;
}

/* Only where no thread runs: before the start, or after they were joined. */
void
cnn_evaluation_workers_free (CnnEvaluationWorkers *self)
{
  g_array_unref (self->found);
  g_array_unref (self->todo);
  g_ptr_array_unref (self->threads);
  g_clear_error (&self->error);
  g_object_unref (self->dataset);
  g_object_unref (self->predictor);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* Starts the threads; publish and finished get the task. Returns FALSE where not
 * one could be started, and then calls neither. */
gboolean
cnn_evaluation_workers_start (CnnEvaluationWorkers  *self,
                              GTask                 *task,
                              GSourceFunc            publish,
                              GSourceFunc            finished,
                              GError               **error)
{
  guint n = self->options.n_threads > 0 ? self->options.n_threads : cnn_cpu_get_n_threads ();
  g_autoptr (GError) problem = NULL;

  self->task = task;
  self->cancellable = g_task_get_cancellable (task);
  self->publish = publish;
  self->finished = finished;

  /* The mutex keeps the first from being the last before the others are there.
   * One that cannot be started is not missed while another runs. */
  g_mutex_lock (&self->mutex);
  while (self->threads->len < MIN (n, self->todo->len) && problem == NULL)
    {
      GThread *thread = g_thread_try_new ("cnn-evaluate", work, self, &problem);

      if (thread != NULL)
        g_ptr_array_add (self->threads, thread);
    }
  self->n_running = self->threads->len;
  g_mutex_unlock (&self->mutex);

  if (self->threads->len == 0)
    g_propagate_error (error, g_steal_pointer (&problem));

  return self->threads->len > 0;
}

/* Takes what was found since the last time: an array of CnnSampleResult. */
GArray *
cnn_evaluation_workers_take (CnnEvaluationWorkers *self)
{
  g_autoptr (GSource) source = NULL;
  GArray *found;

  g_mutex_lock (&self->mutex);
  source = g_steal_pointer (&self->publish_source);
  self->publish_time = g_get_monotonic_time ();
  found = g_steal_pointer (&self->found);
  self->found = new_results ();
  g_mutex_unlock (&self->mutex);

  if (source != NULL)
    g_source_destroy (source);

  return found;
}

/* To be called once `finished` was: waits for the threads, which have nothing
 * left to do. Returns whether every picture was looked at. */
gboolean
cnn_evaluation_workers_join (CnnEvaluationWorkers  *self,
                             GError               **error)
{
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (g_ptr_array_index (self->threads, i));
  g_ptr_array_set_size (self->threads, 0);

  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }

  /* Whatever was taken has a result: there was no error. */
  if (self->next < self->todo->len)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the run was cancelled");
      return FALSE;
    }

  return TRUE;
}
