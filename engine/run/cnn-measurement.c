#define G_LOG_DOMAIN "cnn-measurement"

#include "run/cnn-measurement.h"

#include "kernels/cnn-peak.h"
#include "run/cnn-predictor-private.h"

#include <stdlib.h>

struct _CnnMeasurement
{
  gatomicrefcount ref_count;

  CnnPlan *plan;                /* owns the steps' arrays of layers */
  guint n_threads;
  guint n_runs;
  gsize n_pictures;             /* in a run */

  double median;
  double minimum;
  double gflops;
  double peak;

  /* The steps of a plain run, and where those of the plan are among them. */
  CnnStepTime *steps;
  guint n_steps;
  guint *places;
};

#define NO_STEP G_MAXUINT

G_DEFINE_BOXED_TYPE (CnnMeasurement, cnn_measurement, cnn_measurement_ref, cnn_measurement_unref)

CnnMeasurement *
cnn_measurement_ref (CnnMeasurement *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
cnn_measurement_unref (CnnMeasurement *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->steps);
  g_free (self->places);
  cnn_plan_unref (self->plan);
  g_free (self);
}

/**
 * cnn_measurement_get_network:
 * @self: a measurement
 *
 * Returns: (transfer none): the network that was measured
 */
CnnNetwork *
cnn_measurement_get_network (CnnMeasurement *self)
{
  return cnn_plan_get_network (self->plan);
}

/**
 * cnn_measurement_get_n_threads:
 * @self: a measurement
 *
 * Returns: how many threads worked at a picture
 */
guint
cnn_measurement_get_n_threads (CnnMeasurement *self)
{
  return self->n_threads;
}

/**
 * cnn_measurement_get_n_runs:
 * @self: a measurement
 *
 * Returns: how many runs were measured
 */
guint
cnn_measurement_get_n_runs (CnnMeasurement *self)
{
  return self->n_runs;
}

/**
 * cnn_measurement_get_median:
 * @self: a measurement
 *
 * Returns: the time of the median run from input to logits, in ms a picture
 */
double
cnn_measurement_get_median (CnnMeasurement *self)
{
  return self->median;
}

/**
 * cnn_measurement_get_minimum:
 * @self: a measurement
 *
 * Returns: the time of the fastest run, in ms a picture
 */
double
cnn_measurement_get_minimum (CnnMeasurement *self)
{
  return self->minimum;
}

/**
 * cnn_measurement_get_gflops:
 * @self: a measurement
 *
 * Returns: 10⁹ operations a second in the median run, counted as in #CnnStepTime
 */
double
cnn_measurement_get_gflops (CnnMeasurement *self)
{
  return self->gflops;
}

/**
 * cnn_measurement_get_peak:
 * @self: a measurement
 *
 * Returns: what [func@cpu_measure_peak] found for that many threads at the time
 *   of the measurement, in GFLOP/s. A step can surpass it where its algorithm
 *   does with fewer multiplications than are counted.
 */
double
cnn_measurement_get_peak (CnnMeasurement *self)
{
  return self->peak;
}

/**
 * cnn_measurement_get_memory_size:
 * @self: a measurement
 *
 * Returns: the bytes that the outputs of layers take at most during a run
 */
gsize
cnn_measurement_get_memory_size (CnnMeasurement *self)
{
  gsize n_pictures = MIN (self->n_pictures, cnn_plan_get_max_pictures (self->plan, CNN_RUN_PLAIN));

  return n_pictures * cnn_plan_get_memory_size (self->plan, CNN_RUN_PLAIN);
}

/**
 * cnn_measurement_get_weights_size:
 * @self: a measurement
 *
 * Returns: the bytes of all weights as the kernels want them
 */
gsize
cnn_measurement_get_weights_size (CnnMeasurement *self)
{
  gsize size = 0;

  for (guint i = 0; i < cnn_plan_get_n_steps (self->plan); i++)
    {
      CnnStepInfo info;

      cnn_plan_get_step_info (self->plan, i, &info);
      size += info.weights_size;
    }

  return size;
}

/**
 * cnn_measurement_get_n_steps:
 * @self: a measurement
 *
 * Returns: how many steps a run takes
 */
guint
cnn_measurement_get_n_steps (CnnMeasurement *self)
{
  return self->n_steps;
}

/**
 * cnn_measurement_get_step:
 * @self: a measurement
 * @step: a step, in the order in which they are done
 *
 * Returns: (transfer none): how long it takes
 */
const CnnStepTime *
cnn_measurement_get_step (CnnMeasurement *self,
                          guint           step)
{
  g_return_val_if_fail (step < self->n_steps, NULL);

  return &self->steps[step];
}

/**
 * cnn_measurement_find_layer:
 * @self: a measurement
 * @layer: the index of a layer
 *
 * Finds the step that a layer is part of. A layer that does nothing (dropout) is
 * found with what it passes on.
 *
 * Returns: (transfer none) (nullable): the step, or %NULL where the logits do not
 *   depend on the layer
 */
const CnnStepTime *
cnn_measurement_find_layer (CnnMeasurement *self,
                            guint           layer)
{
  guint place;

  g_return_val_if_fail (layer < cnn_network_get_n_layers (cnn_measurement_get_network (self)), NULL);

  place = self->places[cnn_plan_get_step_of_layer (self->plan, layer)];

  return place != NO_STEP ? &self->steps[place] : NULL;
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 time_a = *(const gint64 *) a;
  gint64 time_b = *(const gint64 *) b;

  return (time_a > time_b) - (time_a < time_b);
}

/* Sorts n times in nanoseconds; says them in milliseconds a picture. */
static void
summarize (gint64 *times,
           guint   n,
           gsize   n_pictures,
           double *median,
           double *minimum)
{
  double unit = 1e6 * n_pictures;

  qsort (times, n, sizeof *times, compare_times);
  *minimum = times[0] / unit;
  *median = ((double) times[(n - 1) / 2] + times[n / 2]) / 2 / unit;
}

/* What gflops counts, in 10⁶. */
static double
count_megaflops (CnnNetwork  *network,
                 const guint *layers,
                 guint        n_layers)
{
  double macs = 0;

  for (guint i = 0; i < n_layers; i++)
    {
      CnnCost cost;

      cnn_layer_get_cost (cnn_network_get_layer (network, layers[i]), CNN_CONVENTION_MAC, &cost);
      macs += cost.flops;
    }

  return 2 * macs / 1e6;
}

/* times holds a row for each run and a column for each step of the plan. */
static void
fill_step (CnnMeasurement *self,
           guint           index,
           const gint64   *times,
           CnnStepTime    *step)
{
  guint n_columns = cnn_plan_get_n_steps (self->plan);
  g_autofree gint64 *column = g_new (gint64, self->n_runs);
  CnnStepInfo info;

  cnn_plan_get_step_info (self->plan, index, &info);
  for (guint i = 0; i < self->n_runs; i++)
    column[i] = times[(gsize) i * n_columns + index];

  step->layers = info.layers;
  step->n_layers = info.n_layers;
  step->algorithm = info.algorithm;
  summarize (column, self->n_runs, self->n_pictures, &step->median, &step->minimum);
  step->gflops = count_megaflops (cnn_measurement_get_network (self), info.layers, info.n_layers) /
                 MAX (step->median, 1e-6);
}

static void
fill_steps (CnnMeasurement *self,
            const gint64   *times)
{
  guint n = cnn_plan_get_n_steps (self->plan);

  self->steps = g_new (CnnStepTime, n);
  self->places = g_new (guint, n);

  for (guint i = 0; i < n; i++)
    {
      CnnStepInfo info;

      cnn_plan_get_step_info (self->plan, i, &info);
      self->places[i] = info.is_for_logits ? self->n_steps : NO_STEP;
      if (info.is_for_logits)
        fill_step (self, i, times, &self->steps[self->n_steps++]);
    }
}

static CnnMeasurement *
measurement_new (CnnPlan *plan,
                 guint    n_threads,
                 guint    n_runs,
                 gsize    n_pictures,
                 gint64  *run_times,
                 gint64  *step_times,
                 double   peak)
{
  CnnMeasurement *self = g_new0 (CnnMeasurement, 1);
  CnnCost cost;

  g_atomic_ref_count_init (&self->ref_count);
  self->plan = cnn_plan_ref (plan);
  self->n_threads = n_threads;
  self->n_runs = n_runs;
  self->n_pictures = n_pictures;
  self->peak = peak;

  summarize (run_times, n_runs, n_pictures, &self->median, &self->minimum);
  cnn_network_get_cost (cnn_measurement_get_network (self), CNN_CONVENTION_MAC, &cost);
  self->gflops = 2e-6 * cost.flops / MAX (self->median, 1e-6);
  fill_steps (self, step_times);

  return self;
}

/**
 * cnn_predictor_measure:
 * @self: a predictor
 * @input: N×C×H×W: pictures of the size that the network wants; what they show
 *   makes no difference
 * @n_threads: how many threads may work on it
 * @n_runs: how many runs are measured, at least 1; another one goes before them
 *   to warm up
 * @cancellable: (nullable): asked between steps
 * @error: return location for an error
 *
 * Measures how long the network takes, as a whole and step by step, and what the
 * processor could do at the same time.
 *
 * Fails as [method@Predictor.run] does.
 *
 * Returns: (transfer full) (nullable): the times
 */
CnnMeasurement *
cnn_predictor_measure (CnnPredictor  *self,
                       CnnTensor     *input,
                       guint          n_threads,
                       guint          n_runs,
                       GCancellable  *cancellable,
                       GError       **error)
{
  g_autofree gint64 *run_times = NULL;
  g_autofree gint64 *step_times = NULL;
  CnnPlan *plan;
  guint n_steps;
  double peak;

  g_return_val_if_fail (CNN_IS_PREDICTOR (self) && n_threads > 0 && n_runs > 0, NULL);

  plan = cnn_predictor_get_plan (self, input, error);
  if (plan == NULL)
    return NULL;

  n_steps = cnn_plan_get_n_steps (plan);
  run_times = g_new (gint64, n_runs);
  step_times = g_new0 (gint64, (gsize) n_runs * n_steps);
  peak = cnn_cpu_measure_peak (n_threads);

  for (guint i = 0; i <= n_runs; i++)
    {
      guint row = i > 0 ? i - 1 : 0;
      gint64 start = g_get_monotonic_time ();
      g_autoptr (CnnTensor) logits =
        cnn_predictor_run_timed (self, input, n_threads, i > 0 ? step_times + (gsize) row * n_steps : NULL,
                                 cancellable, error);

      if (logits == NULL)
        return NULL;
      run_times[row] = (g_get_monotonic_time () - start) * 1000;
    }

  /* Processors change their speed; what counts is the best that was seen. */
  peak = MAX (peak, cnn_cpu_measure_peak (n_threads));

  return measurement_new (plan, n_threads, n_runs, cnn_tensor_get_shape (input)->dims[0],
                          run_times, step_times, peak);
}

typedef struct
{
  CnnTensor *input;
  guint n_threads;
  guint n_runs;
} Request;

static void
request_free (Request *request)
{
  cnn_tensor_unref (request->input);
  g_free (request);
}

static void
measure_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  const Request *request = task_data;
  GError *error = NULL;
  CnnMeasurement *measurement =
    cnn_predictor_measure (source, request->input, request->n_threads, request->n_runs, cancellable, &error);

  if (measurement == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, measurement, (GDestroyNotify) cnn_measurement_unref);
}

/**
 * cnn_predictor_measure_async:
 * @self: a predictor
 * @input: N×C×H×W: one or several pictures
 * @n_threads: how many threads may work on it
 * @n_runs: how many runs are measured, at least 1
 * @cancellable: (nullable): to stop it
 * @callback: called in the thread-default main context of the caller
 * @user_data: data for @callback
 *
 * Does [method@Predictor.measure] in the background.
 */
void
cnn_predictor_measure_async (CnnPredictor        *self,
                             CnnTensor           *input,
                             guint                n_threads,
                             guint                n_runs,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;

  g_return_if_fail (CNN_IS_PREDICTOR (self) && n_threads > 0 && n_runs > 0);

  request = g_new (Request, 1);
  *request = (Request) { cnn_tensor_ref (input), n_threads, n_runs };

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cnn_predictor_measure_async);
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  g_task_run_in_thread (task, measure_thread);
}

/**
 * cnn_predictor_measure_finish:
 * @self: a predictor
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the times
 */
CnnMeasurement *
cnn_predictor_measure_finish (CnnPredictor  *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
