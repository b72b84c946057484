#define G_LOG_DOMAIN "fovea-session-recipe"

#include "config.h"

#include "fovea-session-private.h"

/* How pictures are prepared. What is wanted is a preset's name; what that comes to
 * depends on the network and on what is known of it. */

/* ---- The network's size ---- */

static void
replace_network (FoveaSession *self,
                 CnnNetwork   *network,
                 CnnPredictor *predictor)
{
  g_set_object (&self->network, network);
  g_clear_object (&self->predictor);
  self->predictor = predictor != NULL ? g_object_ref (predictor) : cnn_predictor_new (network);
}

/* Puts a network in the place of the one that is open. */
void
fovea_session_set_network (FoveaSession *self,
                           CnnNetwork   *network,
                           CnnPredictor *predictor,
                           CnnModelCard *card)
{
  g_set_object (&self->opened_network, network);
  g_clear_pointer (&self->card, cnn_model_card_unref);
  self->card = card != NULL ? cnn_model_card_ref (card) : NULL;
  replace_network (self, network, predictor);
}

/* The side of the pictures that a network takes, or 0 where they are not square. */
static guint
get_side (CnnNetwork *network)
{
  const CnnShape *input = cnn_network_get_input_shape (network);

  return input->n_dims == 4 && input->dims[2] == input->dims[3] ? input->dims[2] : 0;
}

/* Makes the network one for pictures of that side, where it can be. */
static gboolean
resize_network (FoveaSession *self,
                guint         side)
{
  CnnShape shape = *cnn_network_get_input_shape (self->opened_network);
  g_autoptr (CnnNetwork) resized = NULL;
  g_autoptr (GError) error = NULL;

  if (get_side (self->network) == side)
    return TRUE;

  if (get_side (self->opened_network) == side)
    resized = g_object_ref (self->opened_network);
  else if (shape.n_dims == 4)
    {
      shape.dims[2] = shape.dims[3] = side;
      resized = cnn_network_resize (self->opened_network, &shape, &error);
    }

  if (resized == NULL)
    {
      g_debug ("%s", error != NULL ? error->message : "the input is no picture");
      return FALSE;
    }

  replace_network (self, resized, NULL);
  fovea_session_notify (self, PROP_NETWORK);

  return TRUE;
}

/* ---- The recipe ---- */

static const CnnRecipe *
get_own_recipe (FoveaSession *self)
{
  return self->card != NULL ? cnn_model_card_get_recipe (self->card) : NULL;
}

/* What the preset comes to, before the network has its say. */
static const CnnRecipe *
find_recipe (FoveaSession *self)
{
  const CnnRecipe *preset = cnn_recipe_get_preset (self->preset);

  if (g_str_equal (self->preset, "custom"))
    return &self->custom_recipe;
  if (preset == NULL)
    preset = get_own_recipe (self);

  return preset != NULL ? preset : cnn_recipe_get_preset ("homework");
}

/* Brings network and recipe together. What a person or the model's maker has said of
 * the size counts for the network, as far as it can follow; with the other presets
 * the crops have the size that the network wants. */
void
fovea_session_update_recipe (FoveaSession *self)
{
  guint side;

  self->recipe = *find_recipe (self);
  if (self->network != NULL)
    {
      gboolean is_said = cnn_recipe_get_preset (self->recipe.name) == NULL;

      resize_network (self, is_said ? self->recipe.crop_size : get_side (self->opened_network));
      side = get_side (self->network);
      if (side > 0)
        cnn_recipe_fit (&self->recipe, side);
    }

  fovea_session_notify (self, PROP_RECIPE);
}

static void
change_preset (FoveaSession *self,
               const char   *preset)
{
  CnnRecipe before = self->recipe;

  g_free (self->preset);
  self->preset = g_strdup (preset);

  g_object_freeze_notify (G_OBJECT (self));
  fovea_session_update_recipe (self);
  fovea_session_notify (self, PROP_PRESET);
  if (!cnn_recipe_is_same (&self->recipe, &before))
    fovea_session_look (self);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * fovea_session_set_preset:
 * @self: a session
 * @preset: `homework`, `torchvision`, `model` for what the model's maker says, or
 *   `custom` for what was last set by [method@Session.set_recipe]; anything else
 *   changes nothing
 *
 * Chooses how pictures are prepared. `model` is kept in mind where nothing is known of
 * the model; pictures are then prepared as in the homework.
 */
void
fovea_session_set_preset (FoveaSession *self,
                          const char   *preset)
{
  gboolean is_known = cnn_recipe_get_preset (preset) != NULL || g_str_equal (preset, "model") ||
                      (g_str_equal (preset, "custom") && self->custom_recipe.name != NULL);

  if (is_known && !g_str_equal (preset, self->preset))
    change_preset (self, preset);
}

/**
 * fovea_session_set_recipe:
 * @self: a session
 * @recipe: a recipe that makes sense
 *
 * Prepares pictures in a way of one's own, which is the preset `custom` from then on.
 */
void
fovea_session_set_recipe (FoveaSession    *self,
                          const CnnRecipe *recipe)
{
  g_return_if_fail (cnn_recipe_check (recipe, NULL));

  self->custom_recipe = *recipe;
  self->custom_recipe.name = "custom";
  change_preset (self, "custom");
}

const char *
fovea_session_get_preset (FoveaSession *self)
{
  return self->preset;
}

/**
 * fovea_session_get_recipe:
 * @self: a session
 *
 * Returns: how pictures are prepared
 */
const CnnRecipe *
fovea_session_get_recipe (FoveaSession *self)
{
  return &self->recipe;
}

/**
 * fovea_session_get_card:
 * @self: a session
 *
 * Returns: (nullable): what is known of the model besides its layers
 */
CnnModelCard *
fovea_session_get_card (FoveaSession *self)
{
  return self->card;
}

/**
 * fovea_session_suits_model:
 * @self: a session
 *
 * Returns: whether pictures are prepared in a way that will do for the model, as far as
 *   is known
 */
gboolean
fovea_session_suits_model (FoveaSession *self)
{
  return self->card == NULL || cnn_model_card_accepts (self->card, &self->recipe);
}
