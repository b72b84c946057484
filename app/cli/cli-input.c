#define G_LOG_DOMAIN "fovea-cli"

#include "cli.h"

static gboolean
check_input (CnnTensor  *input,
             const char *path,
             GError    **error)
{
  const CnnShape *shape = cnn_tensor_get_shape (input);
  g_autofree char *found = cnn_shape_to_string (shape);

  if (shape->n_dims == 4 && cnn_shape_get_n_elements (shape) > 0)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, _("%s: entry “input” is %s; expected N×C×H×W"),
               path, found);

  return FALSE;
}

/**
 * cli_load_input:
 * @path: a .safetensors file, in the file system's encoding
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): its entry “input”, N×C×H×W
 */
CnnTensor *
cli_load_input (const char  *path,
                GError     **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (CnnStateDict) entries = cnn_state_dict_load (file, NULL, error);
  g_autofree char *name = g_file_get_parse_name (file);
  CnnTensor *input;

  if (entries == NULL)
    return NULL;

  input = cnn_state_dict_find (entries, "input");
  if (input == NULL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   _("%s: has no entry “input” among its %u; expected one, N×C×H×W"),
                   name, cnn_state_dict_get_size (entries));
      return NULL;
    }

  return check_input (input, path, error) ? cnn_tensor_ref (input) : NULL;
}

/**
 * cli_load_network_for:
 * @path: the network's file
 * @input: what shall go into it
 * @error: return location for an error
 *
 * Where a network can take pictures of another size than its file suggests, it
 * is made for those of @input.
 *
 * Returns: (transfer full) (nullable): the network
 */
CnnNetwork *
cli_load_network_for (const char  *path,
                      CnnTensor   *input,
                      GError     **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  CnnShape shape = *cnn_tensor_get_shape (input);

  shape.dims[0] = 1;

  return cnn_network_load_for_input (file, &shape, NULL, error);
}
