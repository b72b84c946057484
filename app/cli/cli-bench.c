#define G_LOG_DOMAIN "fovea-cli"

#include "cli.h"

#include "core/cnn-json-writer.h"

#include <stdlib.h>

static const CliSyntax syntax = {
  .arguments = N_("MODEL"),
  .summary = N_("Measures how long a network takes for a picture. The pictures are noise; what they\n"
                "show makes no difference. GFLOP/s counts two operations a multiply-accumulate of\n"
                "convolutions and linear layers, in the median time."),
  .n_min = 1,
  .n_max = 1,
  .shared = CLI_WITH_JSON,
};

typedef struct
{
  CnnNetwork *network;
  guint n_threads;
  guint batch;
  guint repeat;

  double median;                /* ms a picture */
  double minimum;
  double gflops;                /* a second */
} Bench;

/* The same noise each time, between about −2 and 2 as normalised pictures are. */
static CnnTensor *
make_noise (CnnNetwork *network,
            guint       n)
{
  CnnShape shape = *cnn_network_get_input_shape (network);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  CnnTensor *tensor;
  float *data;

  shape.dims[0] = n;
  tensor = cnn_tensor_new_uninitialized (&shape);
  data = cnn_tensor_get_mutable_data (tensor);
  for (gsize i = 0; i < cnn_tensor_get_n_elements (tensor); i++)
    data[i] = g_rand_double_range (rand, -2, 2);

  return tensor;
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  double time_a = *(const double *) a;
  double time_b = *(const double *) b;

  return (time_a > time_b) - (time_a < time_b);
}

static void
summarize (Bench  *self,
           double *times)
{
  CnnCost cost;

  qsort (times, self->repeat, sizeof *times, compare_times);
  self->minimum = times[0];
  self->median = (times[(self->repeat - 1) / 2] + times[self->repeat / 2]) / 2;

  cnn_network_get_cost (self->network, CNN_CONVENTION_MAC, &cost);
  self->gflops = 2e-6 * cost.flops / self->median;
}

static gboolean
measure (Bench   *self,
         GError **error)
{
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (self->network);
  g_autoptr (CnnTensor) input = make_noise (self->network, self->batch);
  g_autofree double *times = g_new (double, self->repeat);

  /* The first run plans, and warms up. */
  for (guint i = 0; i <= self->repeat; i++)
    {
      gint64 start = g_get_monotonic_time ();
      g_autoptr (CnnTensor) logits = cnn_predictor_run (predictor, input, self->n_threads, NULL, error);

      if (logits == NULL)
        return FALSE;
      if (i > 0)
        times[i - 1] = (g_get_monotonic_time () - start) / 1e3 / self->batch;
    }

  summarize (self, times);

  return TRUE;
}

static void
print_text (const Bench *self)
{
  g_print (_("%s on %s (%s), batch %u, threads %u, %u runs:\n"),
           cnn_network_get_name (self->network), cnn_cpu_get_model_name (),
           cnn_cpu_level_get_name (cnn_cpu_get_level ()), self->batch, self->n_threads, self->repeat);
  g_print (_("%.2f ms a picture (median), %.2f ms (minimum), %.1f GFLOP/s\n"),
           self->median, self->minimum, self->gflops);
}

static void
print_json (const Bench *self)
{
  CnnJsonWriter *writer = cnn_json_writer_new ();
  g_autofree char *input = cnn_shape_to_string (cnn_network_get_input_shape (self->network));
  g_autofree char *json = NULL;

  cnn_json_writer_begin_object (writer, NULL, CNN_JSON_LINES);
  cnn_json_writer_add_string (writer, "model", cnn_network_get_name (self->network));
  cnn_json_writer_add_string (writer, "input", input);
  cnn_json_writer_add_string (writer, "processor", cnn_cpu_get_model_name ());
  cnn_json_writer_add_string (writer, "level", cnn_cpu_level_get_name (cnn_cpu_get_level ()));
  cnn_json_writer_add_int (writer, "threads", self->n_threads);
  cnn_json_writer_add_int (writer, "batch", self->batch);
  cnn_json_writer_add_int (writer, "repeat", self->repeat);
  cnn_json_writer_add_double (writer, "median_ms", self->median);
  cnn_json_writer_add_double (writer, "minimum_ms", self->minimum);
  cnn_json_writer_add_double (writer, "gflops", self->gflops);
  cnn_json_writer_end (writer);

  json = cnn_json_writer_free_to_string (writer, NULL);
  g_print ("%s", json);
}

CliStatus
cli_bench (int   argc,
           char *argv[])
{
  g_auto (CliOptions) options = CLI_OPTIONS_INIT;
  int batch = 1;
  int repeat = 20;
  const GOptionEntry entries[] = {
    { "batch", 'b', 0, G_OPTION_ARG_INT, &batch, N_("Pictures in a run; by default 1"), N_("N") },
    { "repeat", 'r', 0, G_OPTION_ARG_INT, &repeat, N_("Runs to measure; by default 20"), N_("N") },
    { NULL }
  };
  g_autoptr (GFile) file = NULL;
  g_autoptr (CnnNetwork) network = NULL;
  g_autoptr (GError) error = NULL;
  Bench bench = { NULL };

  if (!cli_options_parse (&options, &syntax, entries, argc, argv, &error) ||
      !cli_check_count ("--batch", batch, 1, &error) ||
      !cli_check_count ("--repeat", repeat, 1, &error))
    return cli_fail (error);

  file = g_file_new_for_commandline_arg (options.arguments[0]);
  network = cnn_network_load (file, NULL, &error);
  if (network == NULL)
    return cli_fail (error);

  bench.network = network;
  bench.n_threads = cli_get_n_threads (&options);
  bench.batch = batch;
  bench.repeat = repeat;
  if (!measure (&bench, &error))
    return cli_fail (error);

  if (options.json)
    print_json (&bench);
  else
    print_text (&bench);

  return CLI_DONE;
}
