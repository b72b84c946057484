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
  CnnRun *run;

  CnnEvaluationWorkers *workers; /* while it runs */
  gboolean was_started;
};

G_DEFINE_FINAL_TYPE (CnnEvaluation, cnn_evaluation, G_TYPE_OBJECT)

static void
cnn_evaluation_finalize (GObject *object)
{
  CnnEvaluation *self = CNN_EVALUATION (object);

  g_clear_pointer (&self->workers, cnn_evaluation_workers_free);
  g_clear_object (&self->run);
  g_clear_object (&self->dataset);
  g_clear_object (&self->predictor);

  G_OBJECT_CLASS (cnn_evaluation_parent_class)->finalize (object);
}

static void
cnn_evaluation_class_init (CnnEvaluationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cnn_evaluation_finalize;
}

static void
cnn_evaluation_init (CnnEvaluation *self)
{
}

static int
compare_labels (gconstpointer a,
                gconstpointer b)
{
  return *(const int *) a - *(const int *) b;
}

/* The classes that the first n_samples pictures have, by index. */
static GPtrArray *
find_classes (CnnDataset         *dataset,
              const CnnRunSample *samples,
              guint               n_samples)
{
  CnnLabels *labels = cnn_dataset_get_labels (dataset);
  g_autoptr (GArray) present = g_array_new (FALSE, FALSE, sizeof (int));
  GPtrArray *classes = g_ptr_array_new_with_free_func (g_object_unref);
  int last = CNN_NO_LABEL;

  for (guint i = 0; i < n_samples; i++)
    g_array_append_val (present, samples[i].label);
  g_array_sort (present, compare_labels);

  for (guint i = 0; i < present->len; i++)
    {
      int label = g_array_index (present, int, i);

      if (label != last)
        g_ptr_array_add (classes, cnn_class_statistics_new (label, cnn_labels_get_wnid (labels, label),
                                                            cnn_labels_get_name (labels, label)));
      last = label;
    }

  return classes;
}

static char *
dup_file_name (GFile *file)
{
  return file != NULL ? g_file_get_parse_name (file) : NULL;
}

static CnnRun *
describe (CnnDataset           *dataset,
          CnnNetwork           *network,
          const CnnRunSettings *settings)
{
  guint n_all = cnn_dataset_get_n_samples (dataset);
  guint n_samples = settings->limit > 0 ? MIN (n_all, settings->limit) : n_all;
  g_autofree CnnRunSample *samples = g_new (CnnRunSample, n_samples);
  g_autofree char *model_name = dup_file_name (cnn_network_get_file (network));
  g_autofree char *dataset_name = dup_file_name (cnn_dataset_get_folder (dataset));
  g_autoptr (GPtrArray) classes = NULL;

  for (guint i = 0; i < n_samples; i++)
    {
      CnnSample *sample = cnn_dataset_get_sample (dataset, i);

      samples[i] = (CnnRunSample) { cnn_sample_get_name (sample), cnn_sample_get_label (sample) };
    }
  classes = find_classes (dataset, samples, n_samples);

  return cnn_run_new (&(CnnRunDescription) {
                        .model = model_name,
                        .network = cnn_network_get_name (network),
                        .dataset = dataset_name,
                        .settings = *settings,
                        .samples = samples,
                        .n_samples = n_samples,
                        .classes = (CnnClassStatistics *const *) classes->pdata,
                        .n_classes = classes->len,
                      });
}

/**
 * cnn_evaluation_new:
 * @dataset: the pictures
 * @predictor: the network
 * @options: what to run; copied
 *
 * Prepares a run. Nothing is read before it starts.
 *
 * Returns: (transfer full): a new evaluation
 */
CnnEvaluation *
cnn_evaluation_new (CnnDataset                 *dataset,
                    CnnPredictor               *predictor,
                    const CnnEvaluationOptions *options)
{
  CnnEvaluation *self;

  g_return_val_if_fail (CNN_IS_DATASET (dataset), NULL);
  g_return_val_if_fail (CNN_IS_PREDICTOR (predictor), NULL);

  self = g_object_new (CNN_TYPE_EVALUATION, NULL);
  self->dataset = g_object_ref (dataset);
  self->predictor = g_object_ref (predictor);
  self->options = *options;
  self->run = describe (dataset, cnn_predictor_get_network (predictor), &options->settings);

  return self;
}

/**
 * cnn_evaluation_get_run:
 * @self: an evaluation
 *
 * Gets the run that it carries out. What is known of its results before the
 * evaluation starts is not computed again.
 *
 * Returns: (transfer none): the run
 */
CnnRun *
cnn_evaluation_get_run (CnnEvaluation *self)
{
  g_return_val_if_fail (CNN_IS_EVALUATION (self), NULL);

  return self->run;
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

static void
publish (CnnEvaluation *self)
{
  g_autoptr (GArray) found = cnn_evaluation_workers_take (self->workers);
  g_autoptr (GError) error = NULL;

  if (found->len > 0 &&
      !cnn_run_add_results (self->run, (const CnnSampleResult *) (gpointer) found->data, found->len, &error))
    g_error ("%s", error->message);
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

  publish (self);
  cnn_run_stop_clock (self->run);
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
  GListModel *classes = cnn_run_get_classes (self->run);
  guint n = g_list_model_get_n_items (classes);
  g_autoptr (CnnClassStatistics) last = NULL;

  if (n == 0)
    return TRUE;

  last = g_list_model_get_item (classes, n - 1);
  if (cnn_class_statistics_get_index (last) < n_answers)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "the labels have %u classes, the network answers %u: class %u (%s) can never be right",
               cnn_labels_get_size (cnn_dataset_get_labels (self->dataset)), n_answers,
               cnn_class_statistics_get_index (last), cnn_class_statistics_get_name (last));

  return FALSE;
}

/* The pictures that have no result yet. */
static GArray *
find_todo (CnnRun *run)
{
  GArray *todo = g_array_new (FALSE, FALSE, sizeof (guint));
  guint n = cnn_run_get_n_samples (run);

  for (guint i = 0; i < n; i++)
    if (cnn_run_includes (run, i) && cnn_run_get_result (run, i) == NULL)
      g_array_append_val (todo, i);

  return todo;
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
  g_autoptr (GArray) todo = NULL;
  GError *error = NULL;

  g_return_if_fail (CNN_IS_EVALUATION (self));
  g_return_if_fail (!self->was_started);

  self->was_started = TRUE;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cnn_evaluation_run_async);
  /* What was found stands, and a run that came to its end did so. */
  g_task_set_check_cancellable (task, FALSE);

  if (!check_classes (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  todo = find_todo (self->run);
  if (todo->len == 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  self->workers = cnn_evaluation_workers_new (self->dataset, self->predictor, &self->options,
                                              g_steal_pointer (&todo));
  cnn_run_start_clock (self->run);
  if (!cnn_evaluation_workers_start (self->workers, task, publish_cb, finished_cb, &error))
    {
      cnn_run_stop_clock (self->run);
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
