#define G_LOG_DOMAIN "cnn-evaluation"

#include "evaluate/cnn-evaluation-workers-private.h"

#include <math.h>
#include <string.h>

#include "core/cnn-cpu.h"
#include "core/cnn-thread.h"

/* How far apart two calls of publish are at least, in µs. A chart need not move
 * more often, and a fast network must not keep the window busy. */
#define PUBLISH_INTERVAL 100000

/* So many crops go through the network together at most, those of one picture at
 * least: each layer's weights are then fetched once for all of them. */
#define MAX_CROPS_TOGETHER 8

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

  GMutex mutex;                 /* of all below */
  guint next;                   /* which of todo to take next */
  guint n_running;
  GArray *found;                /* of CnnSampleResult, not yet taken */
  GSource *publish_source;      /* while a call of publish is due */
  gint64 publish_time;          /* when it was called last */
  GError *error;                /* the first that ends the whole run */
};

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

/* A thread's next pictures: their number, and the first of them among todo. None
 * are left, or wanted, where it is 0. Towards the end it takes fewer, so that all
 * threads finish at about the same time. */
static guint
take_pictures (CnnEvaluationWorkers *self,
               guint                *first)
{
  guint n_crops = cnn_crop_mode_get_n_crops (self->options.settings.crops);
  guint n = 0;

  g_mutex_lock (&self->mutex);
  if (self->error == NULL && !g_cancellable_is_cancelled (self->cancellable))
    {
      guint n_left = self->todo->len - self->next;
      guint n_fair = (n_left + self->threads->len * 2 - 1) / (self->threads->len * 2);

      n = MIN (n_fair, MAX (MAX_CROPS_TOGETHER / n_crops, 1));
      *first = self->next;
      self->next += n;
    }
  g_mutex_unlock (&self->mutex);

  return n;
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
static CnnPrepared *
prepare (CnnEvaluationWorkers *self,
         CnnSample            *sample,
         GError              **error)
{
  g_autoptr (GFile) file = cnn_sample_dup_file (sample);
  g_autoptr (CnnImage) image = cnn_image_load (file, self->cancellable, error);

  if (image == NULL)
    return NULL;

  return cnn_prepared_new_bare (image, &self->options.settings.recipe, self->options.settings.crops,
                                error);
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

/* Returns FALSE where the whole run cannot go on; otherwise the picture is
 * prepared, or skipped with the reason in result. */
static gboolean
prepare_or_skip (CnnEvaluationWorkers  *self,
                 CnnSampleResult       *result,
                 CnnPrepared          **prepared,
                 GError               **error)
{
  CnnSample *sample = cnn_dataset_get_sample (self->dataset, result->sample);
  g_autoptr (GError) problem = NULL;

  result->label = cnn_sample_get_label (sample);
  result->cross_entropy = NAN;
  result->skipped = g_strdup (cnn_sample_get_problem (sample));
  *prepared = NULL;
  if (result->skipped != NULL)
    return TRUE;

  *prepared = prepare (self, sample, &problem);
  if (*prepared == NULL)
    {
      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;

      g_debug ("skipped: %s", problem->message);
      result->skipped = dup_reason (problem, sample);
    }

  return TRUE;
}

/* Pictures on their way through the network together. */
typedef struct
{
  GPtrArray *prepared;          /* of CnnPrepared */
  GArray *results;              /* one for each of them */
  GArray *crops;                /* of CnnPixels: the crops of the first, of the second and so on */
} Batch;

static void
batch_init (Batch *self)
{
  self->prepared = g_ptr_array_new_with_free_func ((GDestroyNotify) cnn_prepared_unref);
  self->results = g_array_new (FALSE, FALSE, sizeof (CnnSampleResult));
  self->crops = g_array_new (FALSE, FALSE, sizeof (CnnPixels));
}

static void
batch_clear (Batch *self)
{
  g_ptr_array_unref (self->prepared);
  g_array_unref (self->results);
  g_array_unref (self->crops);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, batch_clear)

static void
batch_add (Batch                 *self,
           CnnPrepared           *prepared,
           const CnnSampleResult *result)
{
  for (guint i = 0; i < cnn_prepared_get_n_crops (prepared); i++)
    {
      CnnPixels pixels;

      cnn_prepared_get_pixels (prepared, i, &pixels);
      g_array_append_val (self->crops, pixels);
    }

  g_ptr_array_add (self->prepared, prepared);
  g_array_append_vals (self->results, result, 1);
}

static double
seconds_since (gint64 start)
{
  return (g_get_monotonic_time () - start) / (double) G_USEC_PER_SEC;
}

/* Returns FALSE where the whole run cannot go on. Pictures that are skipped are
 * done with. */
static gboolean
prepare_pictures (CnnEvaluationWorkers  *self,
                  guint                  first,
                  guint                  n,
                  Batch                 *batch,
                  GError               **error)
{
  for (guint i = first; i < first + n; i++)
    {
      CnnSampleResult result = { .sample = g_array_index (self->todo, guint, i) };
      gint64 start = g_get_monotonic_time ();
      CnnPrepared *prepared;

      if (!prepare_or_skip (self, &result, &prepared, error))
        return FALSE;

      result.seconds = seconds_since (start);
      if (prepared != NULL)
        batch_add (batch, prepared, &result);
      else
        add_result (self, &result);
    }

  return TRUE;
}

static gboolean
predict_pictures (CnnEvaluationWorkers  *self,
                  const Batch           *batch,
                  GError               **error)
{
  gint64 start = g_get_monotonic_time ();
  guint n = batch->results->len;
  g_autoptr (GPtrArray) predictions = NULL;

  if (n == 0)
    return TRUE;

  predictions = cnn_predictor_predict_pixels (self->predictor, (const CnnPixels *) batch->crops->data,
                                              n, batch->crops->len / n, 1, self->cancellable, error);
  if (predictions == NULL)
    return FALSE;

  for (guint i = 0; i < n; i++)
    {
      CnnSampleResult *result = &g_array_index (batch->results, CnnSampleResult, i);

      score (g_ptr_array_index (predictions, i), result);
      result->seconds += seconds_since (start) / n;
      add_result (self, result);
    }

  return TRUE;
}

static gpointer
work (gpointer data)
{
  CnnEvaluationWorkers *self = data;
  guint first, n;

  if (self->options.background)
    cnn_thread_give_way (CNN_PRIORITY_BACKGROUND);

  while ((n = take_pictures (self, &first)) > 0)
    {
      g_auto (Batch) batch;
      GError *error = NULL;

      batch_init (&batch);
      if (!prepare_pictures (self, first, n, &batch, &error) ||
          !predict_pictures (self, &batch, &error))
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
  self->found = cnn_sample_results_new ();
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
  self->found = cnn_sample_results_new ();
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
