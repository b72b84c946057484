#include "run/cnn-measurement.h"

#include "core/cnn-error.h"
#include "kernels/cnn-kernel-table.h"
#include "kernels/cnn-peak.h"
#include "support/random-network.h"

#include <math.h>

/* How long things take is nobody's to say beforehand: what is tested is that the
 * times are complete and belong together. */

#define N_NETWORKS 8

static CnnMeasurement *
measure (CnnPredictor *predictor,
         CnnTensor    *input,
         guint         n_threads,
         guint         n_runs)
{
  g_autoptr (GError) error = NULL;
  CnnMeasurement *measurement = cnn_predictor_measure (predictor, input, n_threads, n_runs, NULL, &error);

  g_assert_no_error (error);

  return measurement;
}

static CnnTensor *
random_input (CnnNetwork *network,
              gsize       n)
{
  CnnShape shape = *cnn_network_get_input_shape (network);

  shape.dims[0] = n;

  return random_tensor (&shape, 1);
}

static void
assert_step (CnnMeasurement    *measurement,
             const CnnStepTime *step)
{
  CnnNetwork *network = cnn_measurement_get_network (measurement);
  double flops = 0;

  g_assert_cmpuint (step->n_layers, >, 0);
  g_assert_nonnull (step->algorithm);
  g_assert_cmpfloat (step->minimum, >=, 0);
  g_assert_cmpfloat (step->median, >=, step->minimum);

  for (guint i = 0; i < step->n_layers; i++)
    {
      CnnCost cost;

      cnn_layer_get_cost (cnn_network_get_layer (network, step->layers[i]), CNN_CONVENTION_MAC, &cost);
      flops += 2.0 * cost.flops;
      g_assert_true (cnn_measurement_find_layer (measurement, step->layers[i]) == step);
    }

  if (step->median > 1e-6)
    g_assert_cmpfloat_with_epsilon (step->gflops * step->median * 1e6, flops, 1e-6 * flops + 1e-9);
}

/* Every layer that the logits need is in a step, and in one only. */
static void
test_steps (void)
{
  for (guint i = 0; i < N_NETWORKS; i++)
    {
      g_autoptr (CnnNetwork) network = random_network (g_test_rand_int_range (2, 25));
      g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
      g_autoptr (CnnTensor) input = random_input (network, 2);
      g_autoptr (CnnMeasurement) measurement = measure (predictor, input, 2, 3);
      g_autofree guint *n_steps = g_new0 (guint, cnn_network_get_n_layers (network));
      double sum = 0;

      for (guint j = 0; j < cnn_measurement_get_n_steps (measurement); j++)
        {
          const CnnStepTime *step = cnn_measurement_get_step (measurement, j);

          assert_step (measurement, step);
          sum += step->minimum;
          for (guint k = 0; k < step->n_layers; k++)
            n_steps[step->layers[k]]++;
        }

      for (guint j = 0; j < cnn_network_get_n_layers (network); j++)
        if (cnn_measurement_find_layer (measurement, j) == NULL)
          g_assert_cmpuint (n_steps[j], ==, 0);
        else if (cnn_layer_get_kind (cnn_network_get_layer (network, j)) != CNN_KIND_DROPOUT &&
                 cnn_layer_get_kind (cnn_network_get_layer (network, j)) != CNN_KIND_FLATTEN)
          g_assert_cmpuint (n_steps[j], ==, 1);

      /* The runs' own clock counts in microseconds. */
      g_assert_cmpfloat (sum, <=, cnn_measurement_get_minimum (measurement) + 1e-3);
      g_assert_cmpfloat (cnn_measurement_get_minimum (measurement), <=, cnn_measurement_get_median (measurement));
      g_assert_cmpuint (cnn_measurement_get_n_threads (measurement), ==, 2);
      g_assert_cmpuint (cnn_measurement_get_n_runs (measurement), ==, 3);
      g_assert_cmpuint (cnn_measurement_get_memory_size (measurement), >, 0);
      g_assert_cmpuint (cnn_measurement_get_weights_size (measurement), >, 0);
      g_assert_cmpfloat (cnn_measurement_get_peak (measurement), >, 0);
    }
}

/* x/2 + 1/2, over and over, ends at 1: it was computed, and not left out. */
static void
test_multiply_adds (void)
{
  for (guint level = CNN_CPU_C; level <= cnn_cpu_get_level (); level++)
    {
      const CnnKernels *kernels = cnn_kernels_get (level);
      int n = kernels->multiply_adds_flops / 2;
      float numbers[CNN_PEAK_NUMBERS];

      g_assert_cmpint (n, <=, CNN_PEAK_NUMBERS);
      for (int i = 0; i < CNN_PEAK_NUMBERS; i++)
        numbers[i] = 1 + i;

      kernels->multiply_adds (numbers, 3);
      for (int i = 0; i < CNN_PEAK_NUMBERS; i++)
        g_assert_cmpfloat (numbers[i], ==, i < n ? 1 + i / 8.0 : 1 + i);
    }
}

static void
test_wrong_shape (void)
{
  g_autoptr (CnnNetwork) network = random_network (3);
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
  g_autoptr (CnnTensor) input = cnn_tensor_new (&CNN_SHAPE_2 (1, 3));
  g_autoptr (GError) error = NULL;

  g_assert_null (cnn_predictor_measure (predictor, input, 1, 1, NULL, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
}

typedef struct
{
  CnnMeasurement *measurement;
  GError *error;
  gboolean is_done;
} Answer;

static void
measure_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Answer *answer = data;

  answer->measurement = cnn_predictor_measure_finish (CNN_PREDICTOR (source), result, &answer->error);
  answer->is_done = TRUE;
}

static void
measure_async (GCancellable *cancellable,
               gboolean      cancel,
               Answer       *answer)
{
  g_autoptr (CnnNetwork) network = random_network (5);
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
  g_autoptr (CnnTensor) input = random_input (network, 1);

  cnn_predictor_measure_async (predictor, input, 1, 2, cancellable, measure_cb, answer);
  if (cancel)
    g_cancellable_cancel (cancellable);
  while (!answer->is_done)
    g_main_context_iteration (NULL, TRUE);
}

/* A measurement outlives the predictor that it was made with. */
static void
test_async (void)
{
  Answer answer = { NULL };

  measure_async (NULL, FALSE, &answer);

  g_assert_no_error (answer.error);
  g_assert_cmpuint (cnn_measurement_get_n_steps (answer.measurement), >, 0);
  assert_step (answer.measurement, cnn_measurement_get_step (answer.measurement, 0));
  cnn_measurement_unref (answer.measurement);
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Answer answer = { NULL };

  measure_async (cancellable, TRUE, &answer);

  g_assert_null (answer.measurement);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&answer.error);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/measurement/steps", test_steps);
  g_test_add_func ("/engine/measurement/multiply-adds", test_multiply_adds);
  g_test_add_func ("/engine/measurement/wrong-shape", test_wrong_shape);
  g_test_add_func ("/engine/measurement/async", test_async);
  g_test_add_func ("/engine/measurement/cancelled", test_cancelled);

  return g_test_run ();
}
