#define G_LOG_DOMAIN "cnn-run"

#include "evaluate/cnn-run.h"

#include "core/cnn-error.h"

struct _CnnRun
{
  GObject parent_instance;

  char *model;
  char *network;
  char *dataset;
  CnnRunSettings settings;

  GStringChunk *names;          /* the samples' files */
  CnnRunSample *samples;
  guint n_samples;

  /* Those that are looked at, from the first up to but without the last. */
  guint begin;
  guint end;

  CnnSampleResult *results;     /* by sample */
  gboolean *is_done;

  GListStore *classes;          /* of CnnClassStatistics, by index */
  GHashTable *by_index;         /* class index → its statistics, lent by classes */

  CnnRunSummary summary;
  double seconds;               /* worked on before the clock was started */
  gint64 start_time;            /* 0 while nobody works on it */
};

enum
{
  SIGNAL_PROGRESS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CnnRun, cnn_run, G_TYPE_OBJECT)

static void
cnn_run_finalize (GObject *object)
{
  CnnRun *self = CNN_RUN (object);

  for (guint i = 0; i < self->n_samples; i++)
    g_free (self->results[i].skipped);
  g_free (self->results);
  g_free (self->is_done);
  g_free (self->samples);
  g_clear_pointer (&self->names, g_string_chunk_free);
  g_clear_pointer (&self->by_index, g_hash_table_unref);
  g_clear_object (&self->classes);
  g_free (self->model);
  g_free (self->network);
  g_free (self->dataset);

  G_OBJECT_CLASS (cnn_run_parent_class)->finalize (object);
}

static void
cnn_run_class_init (CnnRunClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cnn_run_finalize;

  /**
   * CnnRun::progress:
   * @self: the run
   * @results: (array length=n_results): what is new, for the emission only
   * @n_results: how many they are
   *
   * More was found. The summary, the results and the statistics of the classes
   * say already what is known now.
   */
  signals[SIGNAL_PROGRESS] =
    g_signal_new ("progress", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_UINT);
}

static void
cnn_run_init (CnnRun *self)
{
  self->classes = g_list_store_new (CNN_TYPE_CLASS_STATISTICS);
  self->by_index = g_hash_table_new (NULL, NULL);
  self->names = g_string_chunk_new (4096);
}

/* Parts of n pictures differ by one at most. */
static void
set_range (CnnRun *self)
{
  guint64 n_shards = MAX (self->settings.n_shards, 1);

  self->begin = self->n_samples * (guint64) self->settings.shard / n_shards;
  self->end = self->n_samples * (self->settings.shard + (guint64) 1) / n_shards;
  self->summary.n_total = self->end - self->begin;
}

static void
set_samples (CnnRun             *self,
             const CnnRunSample *samples,
             guint               n_samples)
{
  self->n_samples = n_samples;
  self->samples = g_new (CnnRunSample, n_samples);
  for (guint i = 0; i < n_samples; i++)
    {
      self->samples[i].file = g_string_chunk_insert (self->names, samples[i].file);
      self->samples[i].label = samples[i].label;
    }

  self->results = g_new0 (CnnSampleResult, n_samples);
  self->is_done = g_new0 (gboolean, n_samples);
}

/**
 * cnn_run_new:
 * @description: what it is about; copied
 *
 * Makes a run that found nothing yet. A chart of its classes has all its places
 * from the first moment.
 *
 * Returns: (transfer full): a new run
 */
CnnRun *
cnn_run_new (const CnnRunDescription *description)
{
  const CnnRunSettings *settings = &description->settings;
  CnnRun *self;

  g_return_val_if_fail (settings->batch_size > 0, NULL);
  g_return_val_if_fail (settings->shard < MAX (settings->n_shards, 1), NULL);

  self = g_object_new (CNN_TYPE_RUN, NULL);
  self->model = g_strdup (description->model);
  self->network = g_strdup (description->network);
  self->dataset = g_strdup (description->dataset);
  self->settings = *settings;

  set_samples (self, description->samples,
               settings->limit > 0 ? MIN (description->n_samples, settings->limit)
                                   : description->n_samples);
  set_range (self);

  g_list_store_splice (self->classes, 0, 0, (gpointer *) description->classes, description->n_classes);
  for (guint i = 0; i < description->n_classes; i++)
    g_hash_table_insert (self->by_index,
                         GUINT_TO_POINTER (cnn_class_statistics_get_index (description->classes[i])),
                         description->classes[i]);

  return self;
}

/**
 * cnn_run_get_model:
 * @self: a run
 *
 * Returns: (nullable): the model's file, for people to read
 */
const char *
cnn_run_get_model (CnnRun *self)
{
  g_return_val_if_fail (CNN_IS_RUN (self), NULL);

  return self->model;
}

/**
 * cnn_run_get_network:
 * @self: a run
 *
 * Returns: what the network is called
 */
const char *
cnn_run_get_network (CnnRun *self)
{
  g_return_val_if_fail (CNN_IS_RUN (self), NULL);

  return self->network;
}

/**
 * cnn_run_get_dataset:
 * @self: a run
 *
 * Returns: (nullable): the data set's folder, for people to read
 */
const char *
cnn_run_get_dataset (CnnRun *self)
{
  g_return_val_if_fail (CNN_IS_RUN (self), NULL);

  return self->dataset;
}

const CnnRunSettings *
cnn_run_get_settings (CnnRun *self)
{
  g_return_val_if_fail (CNN_IS_RUN (self), NULL);

  return &self->settings;
}

/**
 * cnn_run_get_n_samples:
 * @self: a run
 *
 * Returns: how many pictures there are, with those that other parts of a divided
 *   run look at
 */
guint
cnn_run_get_n_samples (CnnRun *self)
{
  g_return_val_if_fail (CNN_IS_RUN (self), 0);

  return self->n_samples;
}

const CnnRunSample *
cnn_run_get_sample (CnnRun *self,
                    guint   sample)
{
  g_return_val_if_fail (CNN_IS_RUN (self), NULL);
  g_return_val_if_fail (sample < self->n_samples, NULL);

  return &self->samples[sample];
}

/**
 * cnn_run_includes:
 * @self: a run
 * @sample: a picture's index in the data set
 *
 * Returns: whether the run looks at this picture
 */
gboolean
cnn_run_includes (CnnRun *self,
                  guint   sample)
{
  g_return_val_if_fail (CNN_IS_RUN (self), FALSE);

  return sample >= self->begin && sample < self->end;
}

/* Adds up the losses in the data set's order, whatever the order in which they
 * were found: so the sums round in the same way each time. As PyTorch's loader
 * does, a last batch that is not full counts as much as any other. */
static void
sum_losses (CnnRun *self)
{
  double all = 0, batch = 0, batches = 0;
  guint n = 0, n_in_batch = 0;

  for (guint i = self->begin; i < self->end; i++)
    {
      if (!self->is_done[i] || !cnn_sample_result_is_scored (&self->results[i]))
        continue;

      all += self->results[i].cross_entropy;
      batch += self->results[i].cross_entropy;
      n++;
      if (++n_in_batch == self->settings.batch_size)
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
get_statistics (CnnRun                *self,
                const CnnSampleResult *result)
{
  return g_hash_table_lookup (self->by_index, GINT_TO_POINTER (result->label));
}

static void
apply_result (CnnRun                *self,
              const CnnSampleResult *result)
{
  CnnRunSummary *summary = &self->summary;
  CnnSampleResult *own = &self->results[result->sample];
  CnnClassStatistics *statistics;
  gboolean correct, top5;

  *own = *result;
  own->skipped = g_strdup (result->skipped);
  self->is_done[result->sample] = TRUE;

  summary->n_done++;
  summary->n_skipped += result->skipped != NULL;
  if (!cnn_sample_result_is_scored (result))
    return;

  correct = cnn_sample_result_is_correct (result);
  top5 = cnn_sample_result_is_in_top (result);
  summary->n_scored++;
  summary->n_correct += correct;
  summary->n_top5 += top5;

  statistics = get_statistics (self, result);
  cnn_class_statistics_update (statistics,
                               cnn_class_statistics_get_total (statistics) + 1,
                               cnn_class_statistics_get_correct (statistics) + correct,
                               cnn_class_statistics_get_top5 (statistics) + top5);
}

/* What a file or another program says may be anything. */
static gboolean
check_results (CnnRun                 *self,
               const CnnSampleResult  *results,
               guint                   n_results,
               GError                **error)
{
  for (guint i = 0; i < n_results; i++)
    {
      const CnnSampleResult *result = &results[i];
      const char *problem = NULL;

      if (!cnn_run_includes (self, result->sample))
        problem = "is not one of the run's";
      else if (self->is_done[result->sample])
        problem = "has a result already";
      else if (result->label != self->samples[result->sample].label)
        problem = "has another label there";
      else if (cnn_sample_result_is_scored (result) && get_statistics (self, result) == NULL)
        problem = "is of a class that the run does not have";
      else if (result->skipped == NULL && !cnn_sample_result_is_sound (result))
        problem = "has a prediction that is not the first of its best classes";

      if (problem != NULL)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "picture %u %s", result->sample + 1, problem);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * cnn_run_add_results:
 * @self: a run
 * @results: (array length=n_results): what was found, for each picture at most once; copied
 * @n_results: how many they are
 * @error: return location for a %CNN_ERROR_DAMAGED where a result does not belong
 *   to the run
 *
 * Adds what was found, and emits [signal@Run::progress]. Each class notifies
 * once, however many of its pictures are among it, and not before all of them
 * are counted.
 *
 * Returns: whether it was added, all of it or nothing
 */
gboolean
cnn_run_add_results (CnnRun                 *self,
                     const CnnSampleResult  *results,
                     guint                   n_results,
                     GError                **error)
{
  g_return_val_if_fail (CNN_IS_RUN (self), FALSE);

  if (!check_results (self, results, n_results, error))
    return FALSE;

  for (guint i = 0; i < n_results; i++)
    if (cnn_sample_result_is_scored (&results[i]))
      g_object_freeze_notify (G_OBJECT (get_statistics (self, &results[i])));

  for (guint i = 0; i < n_results; i++)
    apply_result (self, &results[i]);
  sum_losses (self);

  for (guint i = 0; i < n_results; i++)
    if (cnn_sample_result_is_scored (&results[i]))
      g_object_thaw_notify (G_OBJECT (get_statistics (self, &results[i])));

  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0, results, n_results);

  return TRUE;
}

/**
 * cnn_run_add_seconds:
 * @self: a run
 * @seconds: how long somebody worked on it before
 *
 * Adds to the time that the run took, such as that of an earlier attempt.
 */
void
cnn_run_add_seconds (CnnRun *self,
                     double  seconds)
{
  g_return_if_fail (CNN_IS_RUN (self));

  self->seconds += seconds;
}

void
cnn_run_start_clock (CnnRun *self)
{
  self->start_time = g_get_monotonic_time ();
}

void
cnn_run_stop_clock (CnnRun *self)
{
  self->seconds += (g_get_monotonic_time () - self->start_time) / (double) G_USEC_PER_SEC;
  self->start_time = 0;
}

/**
 * cnn_run_get_summary:
 * @self: a run
 * @summary: (out caller-allocates): its figures
 *
 * Gets the figures of what was found so far.
 */
void
cnn_run_get_summary (CnnRun        *self,
                     CnnRunSummary *summary)
{
  g_return_if_fail (CNN_IS_RUN (self));

  *summary = self->summary;
  summary->seconds = self->seconds;
  if (self->start_time != 0)
    summary->seconds += (g_get_monotonic_time () - self->start_time) / (double) G_USEC_PER_SEC;
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
 * cnn_run_get_classes:
 * @self: a run
 *
 * Gets the classes that the pictures have, in the order of their indices: a
 * [iface@Gio.ListModel] of [class@ClassStatistics] that does not change, while
 * its items do.
 *
 * Returns: (transfer none): the classes
 */
GListModel *
cnn_run_get_classes (CnnRun *self)
{
  g_return_val_if_fail (CNN_IS_RUN (self), NULL);

  return G_LIST_MODEL (self->classes);
}

/**
 * cnn_run_get_result:
 * @self: a run
 * @sample: a picture's index in the data set
 *
 * Returns: (transfer none) (nullable): what was found for the picture, or %NULL
 *   where nothing was found yet
 */
const CnnSampleResult *
cnn_run_get_result (CnnRun *self,
                    guint   sample)
{
  g_return_val_if_fail (CNN_IS_RUN (self), NULL);

  return sample < self->n_samples && self->is_done[sample] ? &self->results[sample] : NULL;
}
