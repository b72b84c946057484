#define G_LOG_DOMAIN "fovea-cli"

#include "cli.h"

/* Pictures as the model's own file wants them. */
static gboolean
take_own_recipe (CliOptions    *options,
                 CnnNetwork   **network,
                 GError       **error)
{
  const CnnRecipe *own = cnn_model_card_get_recipe (options->card);
  g_autofree char *name = g_file_get_parse_name (options->model);
  CnnShape shape = *cnn_network_get_input_shape (*network);
  CnnNetwork *resized;

  if (own == NULL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   _("%s: nothing is known of how its pictures are prepared; expected a .json file beside it that says so"),
                   name);
      return FALSE;
    }

  options->recipe = *own;
  if (shape.dims[2] == own->crop_size && shape.dims[3] == own->crop_size)
    return TRUE;

  shape.dims[2] = shape.dims[3] = own->crop_size;
  resized = cnn_network_resize (*network, &shape, error);
  if (resized == NULL)
    {
      g_prefix_error (error, _("%s: cannot take pictures of %u×%u, as %s has it: "), name,
                      own->crop_size, own->crop_size, cnn_model_card_get_source (options->card));
      return FALSE;
    }

  g_object_unref (*network);
  *network = resized;

  return TRUE;
}

/* Crops of the size that the network takes. */
static void
fit_recipe (CliOptions *options,
            CnnNetwork *network)
{
  const CnnShape *shape = cnn_network_get_input_shape (network);

  if (shape->n_dims == 4 && shape->dims[2] == shape->dims[3] && shape->dims[2] <= CNN_MAX_RECIPE_SIDE)
    cnn_recipe_fit (&options->recipe, shape->dims[2]);
}

/* Numbers that a model was not trained on give answers that look like answers. */
static void
warn_of_recipe (CliOptions *options)
{
  g_autofree char *name = g_file_get_parse_name (options->model);
  g_autofree char *wanted = NULL;

  if (options->quiet || cnn_model_card_accepts (options->card, &options->recipe))
    return;

  wanted = cnn_recipe_dup_description (cnn_model_card_get_recipe (options->card));
  cli_warn (_("%s: its pictures should be prepared otherwise, which --preset model does (%s: %s)"),
            name, cnn_model_card_get_source (options->card), wanted);
}

/* A file beside the model that makes no sense matters to those who ask for it. */
static gboolean
load_card (CliOptions  *options,
           CnnNetwork  *network,
           GError     **error)
{
  g_autoptr (GError) local_error = NULL;

  options->card = cnn_model_card_load (network, NULL, &local_error);
  if (options->card != NULL)
    return TRUE;

  if (options->wants_own_recipe)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  if (!options->quiet)
    cli_warn ("%s", local_error->message);

  return TRUE;
}

/**
 * cli_load_model:
 * @options: options with a model; their recipe is brought into line with it
 * @error: return location for an error
 *
 * Loads the network of --model, and what is known of it. What people should know about
 * it is said on the standard error.
 *
 * Returns: (transfer full) (nullable): the network
 */
CnnNetwork *
cli_load_model (CliOptions  *options,
                GError     **error)
{
  g_autoptr (CnnNetwork) network = cnn_network_load (options->model, NULL, error);

  if (network == NULL || !load_card (options, network, error))
    return NULL;

  if (cnn_network_get_note (network) != NULL && !options->quiet)
    {
      g_autofree char *name = g_file_get_parse_name (options->model);

      cli_warn ("%s: %s", name, cnn_network_get_note (network));
    }

  if (options->wants_own_recipe)
    return take_own_recipe (options, &network, error) ? g_steal_pointer (&network) : NULL;

  fit_recipe (options, network);
  if (options->card != NULL)
    warn_of_recipe (options);

  return g_steal_pointer (&network);
}
