#define G_LOG_DOMAIN "cnn-inventory"

#include "formats/architectures/cnn-inventory-private.h"

#include <string.h>

struct _CnnInventory
{
  CnnStateDict *dict;
  GHashTable *by_name;    /* name, which the dict owns → index + 1 */
  GHashTable *modules;    /* a set: `layer1.0.conv1.weight` is in layer1, layer1.0 and layer1.0.conv1 */
};

/* Adds the modules that the tensor is in, the innermost first: where one is known
 * already, so are those around it. */
static void
add_modules (CnnInventory *self,
             const char   *tensor)
{
  g_autofree char *module = g_strdup (tensor);
  char *dot;

  while ((dot = strrchr (module, '.')) != NULL)
    {
      *dot = '\0';
      if (!g_hash_table_add (self->modules, g_strdup (module)))
        return;
    }
}

CnnInventory *
cnn_inventory_new (CnnStateDict *dict)
{
  CnnInventory *self = g_new0 (CnnInventory, 1);

  self->dict = cnn_state_dict_ref (dict);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->modules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < cnn_state_dict_get_size (dict); i++)
    {
      const char *name = cnn_state_dict_get_name (dict, i);

      g_hash_table_insert (self->by_name, (gpointer) name, GUINT_TO_POINTER (i + 1));
      add_modules (self, name);
    }

  return self;
}

void
cnn_inventory_free (CnnInventory *self)
{
  g_hash_table_unref (self->modules);
  g_hash_table_unref (self->by_name);
  cnn_state_dict_unref (self->dict);
  g_free (self);
}

guint
cnn_inventory_get_size (CnnInventory *self)
{
  return cnn_state_dict_get_size (self->dict);
}

const char *
cnn_inventory_get_name (CnnInventory *self,
                        guint         i)
{
  return cnn_state_dict_get_name (self->dict, i);
}

CnnTensor *
cnn_inventory_get_tensor (CnnInventory *self,
                          guint         i)
{
  return cnn_state_dict_get (self->dict, i);
}

const CnnShape *
cnn_inventory_get_shape (CnnInventory *self,
                         guint         i)
{
  return cnn_tensor_get_shape (cnn_inventory_get_tensor (self, i));
}

/* The index of the tensor of that name, or CNN_NO_TENSOR. */
guint
cnn_inventory_find (CnnInventory *self,
                    const char   *tensor)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, tensor)) - 1;
}

/* Whether the file has a tensor in that module. */
gboolean
cnn_inventory_has_module (CnnInventory *self,
                          const char   *module)
{
  return g_hash_table_contains (self->modules, module);
}

/* Whether the name's outermost module says that it is the moving average of
 * another network: `ema.…`, `ema_model.…`, `model_ema.…`. */
static gboolean
is_moving_average (const char *name)
{
  gsize length = strcspn (name, ".");
  g_autofree char *module = g_strndup (name, length);

  return name[length] == '.' &&
         (g_str_equal (module, "ema") || g_str_has_prefix (module, "ema_") || g_str_has_suffix (module, "_ema"));
}

/* What training leaves behind and no answer depends on: batch norm's counters,
 * the operations that thop has counted, and averaged copies of the weights. */
gboolean
cnn_inventory_is_harmless (CnnInventory *self,
                           guint         i)
{
  static const char *const leftovers[] = { "num_batches_tracked", "total_ops", "total_params", "n_averaged" };
  const char *name = cnn_inventory_get_name (self, i);
  const char *dot = strrchr (name, '.');
  const char *last = dot != NULL ? dot + 1 : name;

  for (guint k = 0; k < G_N_ELEMENTS (leftovers); k++)
    if (g_str_equal (last, leftovers[k]))
      return TRUE;

  return is_moving_average (name);
}
