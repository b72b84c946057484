#define G_LOG_DOMAIN "fovea-cli"

#include "cli.h"

static const CliSyntax syntax = {
  .arguments = N_("MODEL"),
  .summary = N_("Saves a network's weights as .safetensors, which every program can read without\n"
                "running what is in it. Tensors have the names and the order of the file; those of\n"
                "an .onnx file are named after their layers, as PyTorch names them."),
  .n_min = 1,
  .n_max = 1,
};

static gboolean
parse_type (const char    *name,
            CnnFloatType  *type,
            GError       **error)
{
  static const char *const names[] = {
    [CNN_FLOAT_F32] = "f32", [CNN_FLOAT_F16] = "f16", [CNN_FLOAT_BF16] = "bf16",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (name == NULL || g_str_equal (name, names[i]))
      {
        *type = i;
        return TRUE;
      }

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("%s is “%s”; expected %s"), "--dtype", name, _("f32, f16 or bf16"));

  return FALSE;
}

/* The parameters of a graph, in the order of its layers. */
static CnnStateDict *
collect_parameters (CnnNetwork *network)
{
  CnnStateDict *dict = cnn_state_dict_new ();

  for (guint i = 0; i < cnn_network_get_n_layers (network); i++)
    for (guint k = 0; k < CNN_N_PARAMETERS; k++)
      {
        CnnLayer *layer = cnn_network_get_layer (network, i);
        CnnTensor *parameter = cnn_layer_get_parameter (layer, k);
        g_autofree char *name = g_strdup_printf ("%s.%s", cnn_layer_get_name (layer),
                                                 cnn_parameter_get_name (k));

        if (parameter != NULL)
          cnn_state_dict_add (dict, name, parameter);
      }

  return dict;
}

/* Weights files are taken as they are, whether their architecture is known or not;
 * what is no weights file may be a graph. */
static CnnStateDict *
load_weights (const char  *path,
              GError     **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (CnnNetwork) network = NULL;
  CnnStateDict *dict;

  if (!cnn_model_file_is_graph (file))
    {
      dict = cnn_state_dict_load (file, NULL, error);
      if (dict != NULL && cnn_state_dict_get_note (dict) != NULL)
        cli_warn ("%s: %s", path, cnn_state_dict_get_note (dict));
      return dict;
    }

  network = cnn_network_load (file, NULL, error);

  return network != NULL ? collect_parameters (network) : NULL;
}

CliStatus
cli_convert (int   argc,
             char *argv[])
{
  g_auto (CliOptions) options = CLI_OPTIONS_INIT;
  g_autofree char *output = NULL;
  g_autofree char *type_name = NULL;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("Where to: a .safetensors file"), N_("FILE") },
    { "dtype", 0, 0, G_OPTION_ARG_STRING, &type_name,
      N_("How numbers are written: f32 (the default), f16 or bf16"), N_("TYPE") },
    { NULL }
  };
  g_autoptr (GFile) file = NULL;
  g_autoptr (CnnStateDict) dict = NULL;
  g_autoptr (GError) error = NULL;
  CnnFloatType type;

  if (!cli_options_parse (&options, &syntax, entries, argc, argv, &error) ||
      !cli_check_given ("--output", output, &error) ||
      !parse_type (type_name, &type, &error) ||
      (file = cli_output_file (output, &error)) == NULL)
    return cli_fail (error);

  dict = load_weights (options.arguments[0], &error);
  if (dict == NULL || !cnn_state_dict_export (dict, type, file, NULL, &error))
    return cli_fail (error);

  return CLI_DONE;
}
