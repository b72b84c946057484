#define G_LOG_DOMAIN "cnn-model-card"

#include "card/cnn-model-card-private.h"

G_DEFINE_BOXED_TYPE (CnnModelCard, cnn_model_card, cnn_model_card_ref, cnn_model_card_unref)

/**
 * cnn_model_card_load:
 * @network: a network
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Finds out what is known of a model. A file beside it says most: for
 * `NAME.safetensors` that is `NAME.json`, or `config.json` and
 * `preprocessor_config.json` where a folder holds a single model. Else the model may
 * be one of those that Fovea knows, by the checksum in its name or by its
 * architecture.
 *
 * A file that says something that cannot be is %CNN_ERROR_UNSUPPORTED or
 * %CNN_ERROR_DAMAGED, with the key at fault.
 *
 * Returns: (transfer full) (nullable): a card, which may be empty
 */
CnnModelCard *
cnn_model_card_load (CnnNetwork    *network,
                     GCancellable  *cancellable,
                     GError       **error)
{
  g_autoptr (CnnModelCard) self = NULL;

  g_return_val_if_fail (CNN_IS_NETWORK (network), NULL);

  self = g_new0 (CnnModelCard, 1);
  g_atomic_ref_count_init (&self->ref_count);

  cnn_model_card_add_known (self, network);
  if (!cnn_model_card_add_sidecar (self, network, cancellable, error))
    return NULL;

  return g_steal_pointer (&self);
}

CnnModelCard *
cnn_model_card_ref (CnnModelCard *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
cnn_model_card_unref (CnnModelCard *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->name);
  g_free (self->source);
  g_clear_pointer (&self->labels, cnn_labels_unref);
  g_free (self);
}

/**
 * cnn_model_card_get_name:
 * @self: a card
 *
 * Returns: (nullable): what its maker calls the model
 */
const char *
cnn_model_card_get_name (CnnModelCard *self)
{
  return self->name;
}

/**
 * cnn_model_card_get_recipe:
 * @self: a card
 *
 * Returns: (nullable): how pictures are to be prepared for the model, a recipe called
 *   `model`; %NULL where nobody says
 */
const CnnRecipe *
cnn_model_card_get_recipe (CnnModelCard *self)
{
  return self->has_recipe ? &self->recipe : NULL;
}

/**
 * cnn_model_card_get_source:
 * @self: a card
 *
 * Returns: (nullable): who says how pictures are to be prepared: a file's name, or the
 *   architecture's
 */
const char *
cnn_model_card_get_source (CnnModelCard *self)
{
  return self->source;
}

/**
 * cnn_model_card_get_labels:
 * @self: a card
 *
 * Returns: (transfer none) (nullable): the names of the model's classes
 */
CnnLabels *
cnn_model_card_get_labels (CnnModelCard *self)
{
  return self->labels;
}

/**
 * cnn_model_card_accepts:
 * @self: a card
 * @recipe: how pictures are prepared
 *
 * Finds out whether somebody should know that the model wants something else. What the
 * model's maker says counts to the letter; what is usual for an architecture, only
 * where it would spoil the answers, see [method@Recipe.suits].
 *
 * Returns: whether @recipe will do, as far as is known
 */
gboolean
cnn_model_card_accepts (CnnModelCard    *self,
                        const CnnRecipe *recipe)
{
  if (!self->has_recipe)
    return TRUE;

  return self->is_explicit ? cnn_recipe_is_same (recipe, &self->recipe) : cnn_recipe_suits (recipe, &self->recipe);
}
