#define G_LOG_DOMAIN "fovea-cli"

#include "cli.h"
#include "cli-table.h"

#include <string.h>

static const CliSyntax syntax = {
  .arguments = N_("MODEL"),
  .summary = N_("Measures how long a network takes for a picture. The pictures are noise; what they\n"
                "show makes no difference. GFLOP/s counts two operations a multiply-accumulate of\n"
                "convolutions and linear layers, in the median time; the limit is what the processor\n"
                "does on registers alone. An algorithm that multiplies less can surpass it."),
  .n_min = 1,
  .n_max = 1,
  .shared = CLI_WITH_JSON,
};

/* What fits the memory of any machine, and the patience of anybody. */
#define MAX_BATCH 1024
#define MAX_REPEAT 10000

typedef struct
{
  CnnMeasurement *measurement;
  guint batch;
  gboolean layers;
} Bench;

/* The same noise each time, between −2 and 2 as normalised pictures are. */
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

static double
get_share (const Bench *self,
           double       gflops)
{
  return gflops / cnn_measurement_get_peak (self->measurement);
}

static CnnLayer *
get_layer (const Bench       *self,
           const CnnStepTime *step,
           guint              i)
{
  return cnn_network_get_layer (cnn_measurement_get_network (self->measurement), step->layers[i]);
}

/* "layer1.0.conv1 + bn1 + relu": of what follows the first layer, only what is
 * not in its name already. */
static char *
describe_layers (const Bench       *self,
                 const CnnStepTime *step)
{
  const char *first = cnn_layer_get_name (get_layer (self, step, 0));
  const char *dot = strrchr (first, '.');
  gsize shared = dot != NULL ? dot + 1 - first : 0;
  GString *names = g_string_new (first);

  for (guint i = 1; i < step->n_layers; i++)
    {
      const char *name = cnn_layer_get_name (get_layer (self, step, i));

      g_string_append_printf (names, " + %s", strncmp (name, first, shared) == 0 ? name + shared : name);
    }

  return g_string_free (names, FALSE);
}

static void
add_step (CliTable          *table,
          const Bench       *self,
          const CnnStepTime *step)
{
  g_autofree char *ms = g_strdup_printf ("%.3f", step->median);
  g_autofree char *gflops = g_strdup_printf ("%.1f", step->gflops);
  g_autofree char *share = g_strdup_printf ("%.0f %%", 100 * get_share (self, step->gflops));
  g_autofree char *output =
    cnn_shape_to_string (cnn_layer_get_shape (get_layer (self, step, step->n_layers - 1)));
  g_autofree char *layers = describe_layers (self, step);
  gboolean has_flops = step->gflops > 0;

  cli_table_add (table, (const char *[]) {
    ms, has_flops ? gflops : "", has_flops ? share : "", step->algorithm, output, layers, NULL
  });
}

static void
print_steps (const Bench *self)
{
  g_autoptr (CliTable) table = cli_table_new ("rrrlll");
  g_autofree char *total = NULL;
  double sum = 0;

  cli_table_add (table, (const char *[]) {
    _("ms"), _("GFLOP/s"), _("Of limit"), _("Algorithm"), _("Output"), _("Layers"), NULL
  });
  cli_table_rule (table);

  for (guint i = 0; i < cnn_measurement_get_n_steps (self->measurement); i++)
    {
      const CnnStepTime *step = cnn_measurement_get_step (self->measurement, i);

      add_step (table, self, step);
      sum += step->median;
    }

  total = g_strdup_printf ("%.3f", sum);
  cli_table_rule (table);
  cli_table_add (table, (const char *[]) { total, "", "", "", "", _("Total"), NULL });

  g_print ("\n");
  cli_table_print (table);
}

static void
print_text (const Bench *self)
{
  CnnMeasurement *measurement = self->measurement;
  g_autofree char *memory = g_format_size_full (cnn_measurement_get_memory_size (measurement),
                                                G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *weights = g_format_size_full (cnn_measurement_get_weights_size (measurement),
                                                 G_FORMAT_SIZE_IEC_UNITS);

  g_print (_("%s on %s (%s), batch %u, threads %u, %u runs:\n"),
           cnn_network_get_name (cnn_measurement_get_network (measurement)), cnn_cpu_get_model_name (),
           cnn_cpu_level_get_name (cnn_cpu_get_level ()), self->batch,
           cnn_measurement_get_n_threads (measurement), cnn_measurement_get_n_runs (measurement));
  g_print (_("%.2f ms a picture (median), %.2f ms (minimum), %.1f GFLOP/s: %.0f %% of the limit, %.1f GFLOP/s\n"),
           cnn_measurement_get_median (measurement), cnn_measurement_get_minimum (measurement),
           cnn_measurement_get_gflops (measurement),
           100 * get_share (self, cnn_measurement_get_gflops (measurement)),
           cnn_measurement_get_peak (measurement));
  g_print (_("Memory: %s for layers, %s for weights\n"), memory, weights);

  if (self->layers)
    print_steps (self);
}

static void
write_step (CnnJsonWriter     *writer,
            const Bench       *self,
            const CnnStepTime *step)
{
  CnnLayer *last = get_layer (self, step, step->n_layers - 1);
  g_autofree char *output = cnn_shape_to_string (cnn_layer_get_shape (last));

  cnn_json_writer_begin_object (writer, NULL, CNN_JSON_INLINE);
  cnn_json_writer_begin_array (writer, "layers", CNN_JSON_INLINE);
  for (guint i = 0; i < step->n_layers; i++)
    cnn_json_writer_add_string (writer, NULL, cnn_layer_get_name (get_layer (self, step, i)));
  cnn_json_writer_end (writer);
  cnn_json_writer_add_string (writer, "kind", cnn_kind_get_name (cnn_layer_get_kind (get_layer (self, step, 0))));
  cnn_json_writer_add_string (writer, "algorithm", step->algorithm);
  cnn_json_writer_add_string (writer, "output", output);
  cnn_json_writer_add_double (writer, "median_ms", step->median);
  cnn_json_writer_add_double (writer, "minimum_ms", step->minimum);
  cnn_json_writer_add_double (writer, "gflops", step->gflops);
  cnn_json_writer_add_double (writer, "share", get_share (self, step->gflops));
  cnn_json_writer_end (writer);
}

static void
print_json (const Bench *self)
{
  CnnMeasurement *measurement = self->measurement;
  CnnNetwork *network = cnn_measurement_get_network (measurement);
  CnnJsonWriter *writer = cnn_json_writer_new ();
  g_autofree char *input = cnn_shape_to_string (cnn_network_get_input_shape (network));
  g_autofree char *json = NULL;

  cnn_json_writer_begin_object (writer, NULL, CNN_JSON_LINES);
  cnn_json_writer_add_string (writer, "model", cnn_network_get_name (network));
  cnn_json_writer_add_string (writer, "input", input);
  cnn_json_writer_add_string (writer, "processor", cnn_cpu_get_model_name ());
  cnn_json_writer_add_string (writer, "level", cnn_cpu_level_get_name (cnn_cpu_get_level ()));
  cnn_json_writer_add_int (writer, "threads", cnn_measurement_get_n_threads (measurement));
  cnn_json_writer_add_int (writer, "batch", self->batch);
  cnn_json_writer_add_int (writer, "repeat", cnn_measurement_get_n_runs (measurement));
  cnn_json_writer_add_double (writer, "median_ms", cnn_measurement_get_median (measurement));
  cnn_json_writer_add_double (writer, "minimum_ms", cnn_measurement_get_minimum (measurement));
  cnn_json_writer_add_double (writer, "gflops", cnn_measurement_get_gflops (measurement));
  cnn_json_writer_add_double (writer, "limit_gflops", cnn_measurement_get_peak (measurement));
  cnn_json_writer_add_int (writer, "memory", cnn_measurement_get_memory_size (measurement));
  cnn_json_writer_add_int (writer, "weights", cnn_measurement_get_weights_size (measurement));

  if (self->layers)
    {
      cnn_json_writer_begin_array (writer, "steps", CNN_JSON_LINES);
      for (guint i = 0; i < cnn_measurement_get_n_steps (measurement); i++)
        write_step (writer, self, cnn_measurement_get_step (measurement, i));
      cnn_json_writer_end (writer);
    }

  cnn_json_writer_end (writer);

  json = cnn_json_writer_free_to_string (writer, NULL);
  g_print ("%s", json);
}

static gboolean
check_maximum (const char  *option,
               int          value,
               int          maximum,
               GError     **error)
{
  if (value > maximum)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("%s is %d; expected %d or less"), option, value, maximum);

  return value <= maximum;
}

/* Noise, or the pictures of a file. */
static CnnNetwork *
load (const char  *model,
      const char  *input_path,
      guint        batch,
      CnnTensor  **input,
      GError     **error)
{
  g_autoptr (GFile) file = NULL;
  CnnNetwork *network;

  if (input_path != NULL)
    {
      *input = cli_load_input (input_path, error);
      return *input != NULL ? cli_load_network_for (model, *input, error) : NULL;
    }

  file = g_file_new_for_commandline_arg (model);
  network = cnn_network_load (file, NULL, error);
  if (network != NULL)
    *input = make_noise (network, batch);

  return network;
}

CliStatus
cli_bench (int   argc,
           char *argv[])
{
  g_auto (CliOptions) options = CLI_OPTIONS_INIT;
  g_autofree char *input_path = NULL;
  int batch = 1;
  int repeat = 20;
  Bench bench = { NULL };
  const GOptionEntry entries[] = {
    { "batch", 'b', 0, G_OPTION_ARG_INT, &batch, N_("Pictures in a run; by default 1"), N_("N") },
    { "repeat", 'r', 0, G_OPTION_ARG_INT, &repeat, N_("Runs to measure; by default 20"), N_("N") },
    { "layers", 'l', 0, G_OPTION_ARG_NONE, &bench.layers, N_("Say what each layer takes"), NULL },
    { "input", 'i', 0, G_OPTION_ARG_FILENAME, &input_path,
      N_("Pictures instead of noise: the entry “input” of a .safetensors file, all in one run"), N_("FILE") },
    { NULL }
  };
  g_autoptr (CnnNetwork) network = NULL;
  g_autoptr (CnnTensor) input = NULL;
  g_autoptr (CnnPredictor) predictor = NULL;
  g_autoptr (CnnMeasurement) measurement = NULL;
  g_autoptr (GError) error = NULL;

  if (!cli_options_parse (&options, &syntax, entries, argc, argv, &error) ||
      !cli_check_count ("--batch", batch, 1, &error) ||
      !check_maximum ("--batch", batch, MAX_BATCH, &error) ||
      !cli_check_count ("--repeat", repeat, 1, &error) ||
      !check_maximum ("--repeat", repeat, MAX_REPEAT, &error))
    return cli_fail (error);

  network = load (options.arguments[0], input_path, batch, &input, &error);
  if (network == NULL)
    return cli_fail (error);

  predictor = cnn_predictor_new (network);
  measurement = cnn_predictor_measure (predictor, input, cli_get_n_threads (&options), repeat, NULL, &error);
  if (measurement == NULL)
    return cli_fail (error);

  bench.measurement = measurement;
  bench.batch = cnn_tensor_get_shape (input)->dims[0];
  if (options.json)
    print_json (&bench);
  else
    print_text (&bench);

  return CLI_DONE;
}
