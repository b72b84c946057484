#define G_LOG_DOMAIN "fovea-cli"

#include "cli.h"

#include <string.h>

static const CliSyntax syntax = {
  .arguments = N_("IMAGE [NAME…]"),
  .summary = N_("Saves what layers make of a picture's centre crop, each under its name, with the\n"
                "network's input and its logits. The name of a module, such as features.3 or\n"
                "layer1, stands for the module's last layer. More names may follow the picture."),
  .n_min = 1,
  .n_max = G_MAXINT,
  .shared = CLI_WITH_MODEL | CLI_WITH_PRESET,
};

/* Adds what is not there yet: a network may have a layer of the same name. */
static void
add_once (CnnStateDict *entries,
          const char   *name,
          CnnTensor    *tensor)
{
  if (cnn_state_dict_find (entries, name) == NULL)
    cnn_state_dict_add (entries, name, tensor);
}

static void
add_layer (CnnStateDict   *entries,
           const char     *name,
           CnnActivations *activations,
           CnnLayer       *layer)
{
  g_autoptr (CnnTensor) output = cnn_activations_dup_layer (activations, cnn_layer_get_index (layer));

  add_once (entries, name, output);
}

/* The modules that a layer lies in: of layer1.0.conv1 they are layer1 and
 * layer1.0. */
static void
add_modules (CnnStateDict   *entries,
             const char     *layer_name,
             CnnActivations *activations)
{
  CnnNetwork *network = cnn_activations_get_network (activations);

  for (const char *dot = strchr (layer_name, '.'); dot != NULL; dot = strchr (dot + 1, '.'))
    {
      g_autofree char *name = g_strndup (layer_name, dot - layer_name);
      CnnLayer *last = cnn_network_find_layer (network, name);

      if (last != NULL)
        add_layer (entries, name, activations, last);
    }
}

static void
add_all (CnnStateDict   *entries,
         CnnActivations *activations)
{
  CnnNetwork *network = cnn_activations_get_network (activations);

  for (guint i = 0; i < cnn_network_get_n_layers (network); i++)
    {
      CnnLayer *layer = cnn_network_get_layer (network, i);
      const char *name = cnn_layer_get_name (layer);

      add_layer (entries, name, activations, layer);
      add_modules (entries, name, activations);
    }
}

static gboolean
check_names (CnnNetwork         *network,
             const char *const  *names,
             GError            **error)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (cnn_network_find_layer (network, names[i]) == NULL)
      {
        g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                     _("%s has no layer “%s”; fovea-cli layers names them all"),
                     cnn_network_get_name (network), names[i]);
        return FALSE;
      }

  return TRUE;
}

/* All names that were asked for: those of --layer, and what follows the picture. */
static char **
join_names (char *const *layers,
            char *const *more)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (layers != NULL)
    g_strv_builder_addv (builder, (const char **) layers);
  g_strv_builder_addv (builder, (const char **) more);

  return g_strv_builder_end (builder);
}

static gboolean
check_usage (char *const *names,
             gboolean     all,
             GError     **error)
{
  if (all == (names[0] == NULL))
    return TRUE;

  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                       all ? _("--layer and --all exclude each other")
                           : _("missing option --layer or --all"));

  return FALSE;
}

CliStatus
cli_activations (int   argc,
                 char *argv[])
{
  g_auto (CliOptions) options = CLI_OPTIONS_INIT;
  g_auto (GStrv) layers = NULL;
  g_auto (GStrv) names = NULL;
  g_autofree char *output = NULL;
  gboolean all = FALSE;
  const GOptionEntry option_entries[] = {
    { "layer", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &layers,
      N_("Layer or module to save; may be given several times"), N_("NAME") },
    { "all", 'a', 0, G_OPTION_ARG_NONE, &all, N_("Save every layer and every module"), NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("Where to: a .safetensors file"), N_("FILE") },
    { NULL }
  };
  g_autoptr (GFile) file = NULL;
  g_autoptr (CnnNetwork) network = NULL;
  g_autoptr (CnnPredictor) predictor = NULL;
  g_autoptr (CnnPrepared) prepared = NULL;
  g_autoptr (CnnTensor) input = NULL;
  g_autoptr (CnnTensor) logits = NULL;
  g_autoptr (CnnActivations) activations = NULL;
  g_autoptr (CnnStateDict) entries = cnn_state_dict_new ();
  g_autoptr (GError) error = NULL;

  if (!cli_options_parse (&options, &syntax, option_entries, argc, argv, &error) ||
      !cli_check_given ("--output", output, &error))
    return cli_fail (error);

  names = join_names (layers, options.arguments + 1);
  if (!check_usage (names, all, &error) || (file = cli_output_file (output, &error)) == NULL)
    return cli_fail (error);

  network = cli_load_model (&options, &error);
  if (network == NULL || !check_names (network, (const char *const *) names, &error))
    return cli_fail (error);

  prepared = cli_load_picture (options.arguments[0], &options.recipe, CNN_CROPS_CENTER, &error);
  if (prepared == NULL)
    return cli_fail (error);

  input = cnn_prepared_dup_tensor (prepared);
  predictor = cnn_predictor_new (network);
  activations = cnn_predictor_look (predictor, input, cli_get_n_threads (&options), NULL, &error);
  if (activations == NULL)
    return cli_fail (error);

  add_once (entries, "input", input);
  for (guint i = 0; names[i] != NULL; i++)
    add_layer (entries, names[i], activations, cnn_network_find_layer (network, names[i]));
  if (all)
    add_all (entries, activations);
  logits = cnn_activations_dup_logits (activations);
  add_once (entries, "logits", logits);

  return cnn_state_dict_save (entries, file, NULL, &error) ? CLI_DONE : cli_fail (error);
}
