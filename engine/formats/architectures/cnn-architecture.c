#define G_LOG_DOMAIN "cnn-architecture"

#include "formats/architectures/cnn-blueprint-private.h"

#include "core/cnn-error.h"

static const CnnArchitecture *const families[] = {
  cnn_architectures_alexnet,
  cnn_architectures_vgg,
  cnn_architectures_squeezenet,
  cnn_architectures_resnet,
  cnn_architectures_densenet,
  cnn_architectures_googlenet,
  cnn_architectures_inception,
  cnn_architectures_mobilenet_v2,
  cnn_architectures_mobilenet_v3,
  cnn_architectures_shufflenet,
  cnn_architectures_mnasnet,
  cnn_architectures_efficientnet,
  cnn_architectures_regnet,
  cnn_architectures_convnext,
  cnn_architectures_timm,
};

static char *
list_known (void)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    for (const CnnArchitecture *known = families[i]; known->name != NULL; known++)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", known->name);

  return g_string_free (text, FALSE);
}

static void
set_unknown_error (CnnStateDict  *dict,
                   GError       **error)
{
  g_autofree char *known = list_known ();
  g_autofree char *shape = NULL;

  if (cnn_state_dict_get_size (dict) == 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "has no tensors, expected those of %s", known);
      return;
    }

  shape = cnn_shape_to_string (cnn_tensor_get_shape (cnn_state_dict_get (dict, 0)));
  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "has %u tensors, the first %s of %s, expected those of %s",
               cnn_state_dict_get_size (dict), cnn_state_dict_get_name (dict, 0), shape, known);
}

static void
set_error (CnnBlueprint  *nearest,
           CnnStateDict  *dict,
           GError       **error)
{
  guint n_matches = cnn_blueprint_get_n_matches (nearest);
  guint n_mismatches = cnn_blueprint_get_n_mismatches (nearest);
  g_autofree char *mismatches = NULL;

  /* A few common names are no likeness. */
  if (n_matches * 10 <= n_mismatches)
    {
      set_unknown_error (dict, error);
      return;
    }

  mismatches = cnn_blueprint_describe_mismatches (nearest);

  /* Mostly right is that network with a fault; else it is another network. */
  if (n_matches > n_mismatches)
    g_set_error (error, CNN_ERROR,
                 cnn_blueprint_has_wrong_shape (nearest) ? CNN_ERROR_SHAPE : CNN_ERROR_UNSUPPORTED,
                 "%s", mismatches);
  else
    g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                 "has weights of an architecture that Fovea does not know; the nearest is %s, but %s",
                 cnn_blueprint_get_name (nearest), mismatches);
}

/* Whether a's tensors are to a larger part those of the file. */
static gboolean
is_nearer (CnnBlueprint *a,
           CnnBlueprint *b)
{
  guint64 a_matches = cnn_blueprint_get_n_matches (a);
  guint64 b_matches = cnn_blueprint_get_n_matches (b);

  return a_matches * (b_matches + cnn_blueprint_get_n_mismatches (b)) >
         b_matches * (a_matches + cnn_blueprint_get_n_mismatches (a));
}

/**
 * cnn_architecture_recognize:
 * @dict: the weights of a network
 * @file: the file that they came from, which the network remembers
 * @error: return location for an error
 *
 * Finds the architecture whose tensors are those of @dict: each there, each of
 * the right shape, and no other, but for what training leaves behind.
 *
 * Returns: (transfer full): the network, or %NULL with %CNN_ERROR_SHAPE where one
 *   fits but for shapes, and %CNN_ERROR_UNSUPPORTED where none does
 */
CnnNetwork *
cnn_architecture_recognize (CnnStateDict  *dict,
                            GFile         *file,
                            GError       **error)
{
  g_autoptr (CnnInventory) inventory = cnn_inventory_new (dict);
  g_autoptr (CnnBlueprint) nearest = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    for (const CnnArchitecture *candidate = families[i]; candidate->name != NULL; candidate++)
      {
        g_autoptr (CnnBlueprint) blueprint = cnn_blueprint_draw (candidate, inventory);

        if (cnn_blueprint_get_n_mismatches (blueprint) == 0)
          return cnn_blueprint_build (blueprint, file, error);

        if (nearest == NULL || is_nearer (blueprint, nearest))
          {
            g_clear_pointer (&nearest, cnn_blueprint_free);
            nearest = g_steal_pointer (&blueprint);
          }
      }

  set_error (nearest, dict, error);

  return NULL;
}
