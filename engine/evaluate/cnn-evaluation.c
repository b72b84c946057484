#define G_LOG_DOMAIN "cnn-evaluation"

#include "evaluate/cnn-evaluation.h"

#include "core/cnn-error.h"
#include "evaluate/cnn-evaluation-workers-private.h"

struct _CnnEvaluation
{
  GObject parent_instance;

  CnnDataset *dataset;
  CnnPredictor *predictor;
  CnnEvaluationOptions options;

  /* One for each picture that is to be looked at, in the data set's order. */
  CnnSampleResult *results;
  gboolean *is_done;
  guint n_samples;

  GListStore *classes;          /* of CnnClassStatistics, by index */
  GHashTable *by_index;         /* class index → its statistics, lent by classes */

  CnnEvaluationWorkers *workers;
  CnnEvaluationSummary summary;
  gint64 start_time;            /* 0 before the start */
  gint64 end_time;              /* 0 before the end */
};

enum
{
  SIGNAL_PROGRESS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_TYPE (CnnEvaluation, cnn_evaluation, G_TYPE_OBJECT)

static void
cnn_evaluation_finalize (GObject *object)
{
  CnnEvaluation *self = CNN_EVALUATION (object);

  for (guint i = 0; i < self->n_samples; i++)
    g_free (self->results[i].skipped);
  g_free (self->results);
  g_free (self->is_done);
  g_clear_pointer (&self->workers, cnn_evaluation_workers_free);
  g_clear_pointer (&self->by_index, g_hash_table_unref);
  g_clear_object (&self->classes);
  g_clear_object (&self->dataset);
  g_clear_object (&self->predictor);

  G_OBJECT_CLASS (cnn_evaluation_parent_class)->finalize (object);
}

static void
cnn_evaluation_class_init (CnnEvaluationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cnn_evaluation_finalize;

  /**
   * CnnEvaluation::progress:
   * @self: the run
   *
   * More was found. The summary, the results and the statistics of the classes
   * say what is known now. It is emitted at most ten times a second, and once
   * more before the run ends.
   */
  signals[SIGNAL_PROGRESS] =
    g_signal_new ("progress", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cnn_evaluation_init (CnnEvaluation *self)
{
  self->classes = g_list_store_new (CNN_TYPE_CLASS_STATISTICS);
  self->by_index = g_hash_table_new (NULL, NULL);
}

static int
compare_labels (gconstpointer a,
                gconstpointer b)
{
  return *(const int *) a - *(const int *) b;
}

/* A class for each that the pictures have, so that a chart has all its places
 * from the first moment. */
static void
add_classes (CnnEvaluation *self)
{
  CnnLabels *labels = cnn_dataset_get_labels (self->dataset);
  g_autoptr (GArray) present = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  int last = CNN_NO_LABEL;

  for (guint i = 0; i < self->n_samples; i++)
    {
      int label = cnn_sample_get_label (cnn_dataset_get_sample (self->dataset, i));

      g_array_append_val (present, label);
    }
  g_array_sort (present, compare_labels);

  for (guint i = 0; i < present->len; i++)
    {
      int label = g_array_index (present, int, i);
      CnnClassStatistics *statistics;

      if (label == last)
        continue;

      statistics = cnn_class_statistics_new (label, cnn_labels_get_wnid (labels, label),
                                             cnn_labels_get_name (labels, label));
      g_hash_table_insert (self->by_index, GINT_TO_POINTER (label), statistics);
      g_ptr_array_add (items, statistics);
      last = label;
    }

  g_list_store_splice (self->classes, 0, 0, items->pdata, items->len);
}

/**
 * cnn_evaluation_new:
 * @dataset: the pictures
 * @predictor: the network
 * @options: what to run; copied
 *
 * Prepares a run. Nothing is read before it starts.
 *
 * Returns: (transfer full): a new run
 */
CnnEvaluation *
cnn_evaluation_new (CnnDataset                 *dataset,
                    CnnPredictor               *predictor,
                    const CnnEvaluationOptions *options)
{
  CnnEvaluation *self;

  g_return_val_if_fail (CNN_IS_DATASET (dataset), NULL);
  g_return_val_if_fail (CNN_IS_PREDICTOR (predictor), NULL);
  g_return_val_if_fail (options->batch_size > 0, NULL);

  self = g_object_new (CNN_TYPE_EVALUATION, NULL);
  self->dataset = g_object_ref (dataset);
  self->predictor = g_object_ref (predictor);
  self->options = *options;

  self->n_samples = cnn_dataset_get_n_samples (dataset);
  if (options->limit > 0)
    self->n_samples = MIN (self->n_samples, options->limit);
  self->results = g_new0 (CnnSampleResult, self->n_samples);
  self->is_done = g_new0 (gboolean, self->n_samples);
  self->summary.n_total = self->n_samples;
  add_classes (self);

  return self;
}

CnnDataset *
cnn_evaluation_get_dataset (CnnEvaluation *self)
{
  g_return_val_if_fail (CNN_IS_EVALUATION (self), NULL);

  return self->dataset;
}

CnnPredictor *
cnn_evaluation_get_predictor (CnnEvaluation *self)
{
  g_return_val_if_fail (CNN_IS_EVALUATION (self), NULL);

  return self->predictor;
}

const CnnEvaluationOptions *
cnn_evaluation_get_options (CnnEvaluation *self)
{
  g_return_val_if_fail (CNN_IS_EVALUATION (self), NULL);

  return &self->options;
}

static gboolean
is_scored (const CnnSampleResult *result)
{
  return result->skipped == NULL && result->label != CNN_NO_LABEL;
}

static gboolean
is_in_top (const CnnSampleResult *result)
{
  for (guint i = 0; i < result->n_top; i++)
    if (result->top[i].index == (guint) result->label)
      return TRUE;

  return FALSE;
}

/* Adds up the losses in the data set's order, whatever the order in which they
 * were found: so the sums round in the same way each time. As PyTorch's loader
 * does, a last batch that is not full counts as much as any other. */
static void
sum_losses (CnnEvaluation *self)
{
  double all = 0, batch = 0, batches = 0;
  guint n = 0, n_in_batch = 0;

  for (guint i = 0; i < self->n_samples; i++)
    {
      if (!self->is_done[i] || !is_scored (&self->results[i]))
        continue;

      all += self->results[i].cross_entropy;
      batch += self->results[i].cross_entropy;
      n++;
      if (++n_in_batch == self->options.batch_size)
        {
          batches += batch / n_in_batch;
          batch = 0;
          n_in_batch = 0;
        }
    }
  if (n_in_batch > 0)
    batches += batch / n_in_batch;

  self->summary.loss = n > 0 ? batches / n : 0;
  self->summary.mean_cross_entropy = n > 0 ? all / n : 0;
}

static CnnClassStatistics *
get_statistics (CnnEvaluation         *self,
                const CnnSampleResult *result)
{
  return g_hash_table_lookup (self->by_index, GINT_TO_POINTER (result->label));
}

/* Takes over a result with its string. */
static void
apply_result (CnnEvaluation         *self,
              const CnnSampleResult *result)
{
  CnnEvaluationSummary *summary = &self->summary;
  CnnClassStatistics *statistics;
  gboolean correct, top5;

  self->results[result->sample] = *result;
  self->is_done[result->sample] = TRUE;

  summary->n_done++;
  summary->n_skipped += result->skipped != NULL;
  if (!is_scored (result))
    return;

  correct = result->prediction == (guint) result->label;
  top5 = is_in_top (result);
  summary->n_scored++;
  summary->n_correct += correct;
  summary->n_top5 += top5;

  statistics = get_statistics (self, result);
  cnn_class_statistics_update (statistics,
                               cnn_class_statistics_get_total (statistics) + 1,
                               cnn_class_statistics_get_correct (statistics) + correct,
                               cnn_class_statistics_get_top5 (statistics) + top5);
}

/* Shows what the workers found since the last time. Each class speaks up once,
 * however many of its pictures are among it, and not before all of them are
 * counted. */
static void
publish (CnnEvaluation *self)
{
  g_autoptr (GArray) found = cnn_evaluation_workers_take (self->workers);
  const CnnSampleResult *results = (const CnnSampleResult *) (gpointer) found->data;

  if (found->len == 0)
    return;

  for (guint i = 0; i < found->len; i++)
    if (is_scored (&results[i]))
      g_object_freeze_notify (G_OBJECT (get_statistics (self, &results[i])));

  for (guint i = 0; i < found->len; i++)
    apply_result (self, &results[i]);
  sum_losses (self);

  for (guint i = 0; i < found->len; i++)
    if (is_scored (&results[i]))
      g_object_thaw_notify (G_OBJECT (get_statistics (self, &results[i])));

  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0);
}

static gboolean
publish_cb (gpointer data)
{
  /* A listener may let go of everything. */
  g_autoptr (CnnEvaluation) self = g_object_ref (g_task_get_source_object (data));

  publish (self);

  return G_SOURCE_REMOVE;
}

static gboolean
finished_cb (gpointer data)
{
  g_autoptr (GTask) task = data;
  CnnEvaluation *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  gboolean complete = cnn_evaluation_workers_join (self->workers, &error);

  self->end_time = g_get_monotonic_time ();
  publish (self);
  g_clear_pointer (&self->workers, cnn_evaluation_workers_free);

  if (complete)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));

  return G_SOURCE_REMOVE;
}

/* A picture's class must be one that the network can answer. */
static gboolean
check_classes (CnnEvaluation  *self,
               GError        **error)
{
  guint n_answers = cnn_network_get_n_classes (cnn_predictor_get_network (self->predictor));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->classes));
  g_autoptr (CnnClassStatistics) last = NULL;

  if (n == 0)
    return TRUE;

  last = g_list_model_get_item (G_LIST_MODEL (self->classes), n - 1);
  if (cnn_class_statistics_get_index (last) < n_answers)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "the labels have %u classes, the network answers %u: class %u (%s) can never be right",
               cnn_labels_get_size (cnn_dataset_get_labels (self->dataset)), n_answers,
               cnn_class_statistics_get_index (last), cnn_class_statistics_get_name (last));

  return FALSE;
}

/**
 * cnn_evaluation_run_async:
 * @self: a run that was not started yet
 * @cancellable: (nullable): to stop it
 * @callback: called when it is over
 * @user_data: for @callback
 *
 * Starts the run. What it finds is published in this thread's default main
 * context, which is also where @callback is called.
 */
void
cnn_evaluation_run_async (CnnEvaluation       *self,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (CNN_IS_EVALUATION (self));
  g_return_if_fail (self->start_time == 0);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cnn_evaluation_run_async);
  /* What was found stands, and a run that came to its end did so. */
  g_task_set_check_cancellable (task, FALSE);

  self->start_time = g_get_monotonic_time ();

  if (!check_classes (self, &error))
    {
      self->end_time = self->start_time;
      g_task_return_error (task, error);
      return;
    }

  if (self->n_samples == 0)
    {
      self->end_time = self->start_time;
      g_task_return_boolean (task, TRUE);
      return;
    }

  self->workers = cnn_evaluation_workers_new (self->dataset, self->predictor, &self->options,
                                              self->n_samples);
  if (!cnn_evaluation_workers_start (self->workers, task, publish_cb, finished_cb, &error))
    {
      self->end_time = self->start_time;
      g_task_return_error (task, error);
      return;
    }

  /* finished_cb() takes it over. */
  g_steal_pointer (&task);
}

/**
 * cnn_evaluation_run_finish:
 * @self: a run
 * @result: what the callback got
 * @error: return location for an error: %G_IO_ERROR_CANCELLED, or what stopped
 *   the whole run, such as %CNN_ERROR_SHAPE where network and data set do not
 *   fit
 *
 * Tells how the run ended. Whatever it found until then stays.
 *
 * Returns: whether all pictures were looked at
 */
gboolean
cnn_evaluation_run_finish (CnnEvaluation  *self,
                           GAsyncResult   *result,
                           GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cnn_evaluation_get_summary:
 * @self: a run
 * @summary: (out caller-allocates): its figures
 *
 * Gets the figures of what was published so far.
 */
void
cnn_evaluation_get_summary (CnnEvaluation        *self,
                            CnnEvaluationSummary *summary)
{
  gint64 now = self->end_time != 0 ? self->end_time : g_get_monotonic_time ();

  g_return_if_fail (CNN_IS_EVALUATION (self));

  *summary = self->summary;
  if (self->start_time != 0)
    summary->seconds = (now - self->start_time) / (double) G_USEC_PER_SEC;
  if (summary->seconds > 0)
    summary->images_per_second = summary->n_done / summary->seconds;

  if (summary->n_done == summary->n_total)
    summary->seconds_left = 0;
  else if (summary->images_per_second > 0)
    summary->seconds_left = (summary->n_total - summary->n_done) / summary->images_per_second;
  else
    summary->seconds_left = -1;
}

/**
 * cnn_evaluation_get_classes:
 * @self: a run
 *
 * Gets the classes that the pictures have, in the order of their indices: a
 * [iface@Gio.ListModel] of [class@ClassStatistics] that does not change, while
 * its items do.
 *
 * Returns: (transfer none): the classes
 */
GListModel *
cnn_evaluation_get_classes (CnnEvaluation *self)
{
  g_return_val_if_fail (CNN_IS_EVALUATION (self), NULL);

  return G_LIST_MODEL (self->classes);
}

/**
 * cnn_evaluation_get_result:
 * @self: a run
 * @sample: a picture's index in the data set
 *
 * Returns: (transfer none) (nullable): what was found for the picture, or %NULL
 *   where nothing was published yet
 */
const CnnSampleResult *
cnn_evaluation_get_result (CnnEvaluation *self,
                           guint          sample)
{
  g_return_val_if_fail (CNN_IS_EVALUATION (self), NULL);

  return sample < self->n_samples && self->is_done[sample] ? &self->results[sample] : NULL;
}
