#define G_LOG_DOMAIN "fovea-cli"

#include "cli.h"

static const CliSyntax syntax = {
  .arguments = N_("MODEL"),
  .summary = N_("Runs a network on the entry “input” of a .safetensors file, N×C×H×W with any N,\n"
                "and saves its answer as the entry “output” of another. The numbers go in as they\n"
                "are: nothing is resized, cropped or normalised."),
  .n_min = 1,
  .n_max = 1,
};

/* What the last layer says: the logits, or the softmax where the network ends in
 * one, which only a looking run computes. */
static CnnTensor *
run_network (CnnNetwork  *network,
             CnnTensor   *input,
             guint        n_threads,
             GError     **error)
{
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
  guint last = cnn_network_get_n_layers (network) - 1;
  g_autoptr (CnnActivations) activations = NULL;

  if (cnn_layer_get_kind (cnn_network_get_layer (network, last)) != CNN_KIND_SOFTMAX)
    return cnn_predictor_run (predictor, input, n_threads, NULL, error);

  activations = cnn_predictor_look (predictor, input, n_threads, NULL, error);

  return activations != NULL ? cnn_activations_dup_layer (activations, last) : NULL;
}

static gboolean
save_output (CnnTensor  *output,
             GFile      *file,
             GError    **error)
{
  g_autoptr (CnnStateDict) entries = cnn_state_dict_new ();

  cnn_state_dict_add (entries, "output", output);

  return cnn_state_dict_save (entries, file, NULL, error);
}

CliStatus
cli_run (int   argc,
         char *argv[])
{
  g_auto (CliOptions) options = CLI_OPTIONS_INIT;
  g_autofree char *input_path = NULL;
  g_autofree char *output_path = NULL;
  const GOptionEntry entries[] = {
    { "input", 'i', 0, G_OPTION_ARG_FILENAME, &input_path, N_("What goes in"), N_("FILE") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output_path, N_("Where to put what comes out"), N_("FILE") },
    { NULL }
  };
  g_autoptr (GFile) output_file = NULL;
  g_autoptr (CnnNetwork) network = NULL;
  g_autoptr (CnnTensor) input = NULL;
  g_autoptr (CnnTensor) output = NULL;
  g_autoptr (GError) error = NULL;

  if (!cli_options_parse (&options, &syntax, entries, argc, argv, &error) ||
      !cli_check_given ("--input", input_path, &error) ||
      !cli_check_given ("--output", output_path, &error) ||
      (output_file = cli_output_file (output_path, &error)) == NULL)
    return cli_fail (error);

  input = cli_load_input (input_path, &error);
  if (input == NULL)
    return cli_fail (error);

  network = cli_load_network_for (options.arguments[0], input, &error);
  if (network == NULL)
    return cli_fail (error);

  output = run_network (network, input, cli_get_n_threads (&options), &error);
  if (output == NULL || !save_output (output, output_file, &error))
    return cli_fail (error);

  return CLI_DONE;
}
