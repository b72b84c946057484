#define G_LOG_DOMAIN "cnn-network"

#include "network/cnn-network-private.h"

#include "core/cnn-error.h"
#include "network/cnn-layer-private.h"

struct _CnnNetwork
{
  GObject parent_instance;

  /* Owned references */
  char *name;
  char *note;
  GFile *file;
  GPtrArray *layers;

  /* name → layer; the layers above own both */
  GHashTable *by_name;
};

static GType
cnn_network_get_item_type (GListModel *model)
{
  return CNN_TYPE_LAYER;
}

static guint
cnn_network_get_n_items (GListModel *model)
{
  return CNN_NETWORK (model)->layers->len;
}

static gpointer
cnn_network_get_item (GListModel *model,
                      guint       position)
{
  CnnNetwork *self = CNN_NETWORK (model);

  return position < self->layers->len ? g_object_ref (g_ptr_array_index (self->layers, position)) : NULL;
}

static void
cnn_network_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = cnn_network_get_item_type;
  iface->get_n_items = cnn_network_get_n_items;
  iface->get_item = cnn_network_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (CnnNetwork, cnn_network, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, cnn_network_list_model_init))

static void
cnn_network_finalize (GObject *object)
{
  CnnNetwork *self = CNN_NETWORK (object);

  g_clear_pointer (&self->by_name, g_hash_table_unref);
  g_clear_pointer (&self->layers, cnn_layers_free);
  g_clear_object (&self->file);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->note, g_free);

  G_OBJECT_CLASS (cnn_network_parent_class)->finalize (object);
}

static void
cnn_network_class_init (CnnNetworkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cnn_network_finalize;
}

static void
cnn_network_init (CnnNetwork *self)
{
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
}

CnnNetwork *
cnn_network_new (const char *name,
                 GFile      *file,
                 GPtrArray  *layers)
{
  CnnNetwork *self = g_object_new (CNN_TYPE_NETWORK, NULL);

  self->name = g_strdup (name);
  self->file = file != NULL ? g_object_ref (file) : NULL;
  self->layers = layers;

  for (guint i = 0; i < layers->len; i++)
    {
      CnnLayer *layer = g_ptr_array_index (layers, i);

      g_hash_table_insert (self->by_name, (gpointer) cnn_layer_get_name (layer), layer);
    }

  return self;
}

/**
 * cnn_network_get_name:
 * @self: a network
 *
 * Returns: the architecture's name, such as `resnet18`, or the graph's
 */
const char *
cnn_network_get_name (CnnNetwork *self)
{
  g_return_val_if_fail (CNN_IS_NETWORK (self), NULL);

  return self->name;
}

/**
 * cnn_network_get_file:
 * @self: a network
 *
 * Returns: (transfer none) (nullable): the file that the network was read from
 */
GFile *
cnn_network_get_file (CnnNetwork *self)
{
  g_return_val_if_fail (CNN_IS_NETWORK (self), NULL);

  return self->file;
}

/**
 * cnn_network_get_note:
 * @self: a network
 *
 * Returns: (nullable): what a person should know about how @self was read, such as
 *   which of several copies of the weights in a checkpoint it has; without a full
 *   stop
 */
const char *
cnn_network_get_note (CnnNetwork *self)
{
  g_return_val_if_fail (CNN_IS_NETWORK (self), NULL);

  return self->note;
}

void
cnn_network_set_note (CnnNetwork *self,
                      const char *note)
{
  g_free (self->note);
  self->note = g_strdup (note);
}

/**
 * cnn_network_get_n_layers:
 * @self: a network
 *
 * Returns: how many layers there are, the input among them
 */
guint
cnn_network_get_n_layers (CnnNetwork *self)
{
  g_return_val_if_fail (CNN_IS_NETWORK (self), 0);

  return self->layers->len;
}

/**
 * cnn_network_get_layer:
 * @self: a network
 * @index: which layer, from 0 (the input) to the output
 *
 * Returns: (transfer none): the layer
 */
CnnLayer *
cnn_network_get_layer (CnnNetwork *self,
                       guint       index)
{
  g_return_val_if_fail (CNN_IS_NETWORK (self), NULL);
  g_return_val_if_fail (index < self->layers->len, NULL);

  return g_ptr_array_index (self->layers, index);
}

/**
 * cnn_network_find_layer:
 * @self: a network
 * @name: the name of a layer, or of a module that layers belong to
 *
 * Finds the layer called @name, or else the last one of the module @name, whose
 * output is the module's: `layer1` is the last layer whose name starts with
 * `layer1.`.
 *
 * Returns: (transfer none) (nullable): the layer, or %NULL if there is none
 */
CnnLayer *
cnn_network_find_layer (CnnNetwork *self,
                        const char *name)
{
  CnnLayer *layer;
  g_autofree char *prefix = NULL;

  g_return_val_if_fail (CNN_IS_NETWORK (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  layer = g_hash_table_lookup (self->by_name, name);
  if (layer != NULL)
    return layer;

  prefix = g_strconcat (name, ".", NULL);
  for (guint i = self->layers->len; i > 0; i--)
    {
      layer = g_ptr_array_index (self->layers, i - 1);
      if (g_str_has_prefix (cnn_layer_get_name (layer), prefix))
        return layer;
    }

  return NULL;
}

/**
 * cnn_network_get_input_shape:
 * @self: a network
 *
 * Returns: (transfer none): the shape of one picture, 1×C×H×W
 */
const CnnShape *
cnn_network_get_input_shape (CnnNetwork *self)
{
  g_return_val_if_fail (CNN_IS_NETWORK (self), NULL);

  return cnn_layer_get_shape (g_ptr_array_index (self->layers, 0));
}

/**
 * cnn_network_get_n_classes:
 * @self: a network
 *
 * Returns: how many numbers the last layer answers for one picture; 0 where that
 *   is unknown
 */
guint
cnn_network_get_n_classes (CnnNetwork *self)
{
  CnnLayer *last;

  g_return_val_if_fail (CNN_IS_NETWORK (self), 0);

  last = g_ptr_array_index (self->layers, self->layers->len - 1);
  if (cnn_layer_get_kind (last) == CNN_KIND_UNKNOWN)
    return 0;

  return cnn_shape_get_n_elements (cnn_layer_get_shape (last));
}

/**
 * cnn_network_get_cost:
 * @self: a network
 * @convention: how to count
 * @cost: (out caller-allocates): the sum over all layers, for one picture
 */
void
cnn_network_get_cost (CnnNetwork    *self,
                      CnnConvention  convention,
                      CnnCost       *cost)
{
  g_return_if_fail (CNN_IS_NETWORK (self));

  *cost = (CnnCost) { 0 };

  for (guint i = 0; i < self->layers->len; i++)
    {
      CnnCost part;

      cnn_layer_get_cost (g_ptr_array_index (self->layers, i), convention, &part);
      cnn_cost_add (cost, &part);
    }
}

/**
 * cnn_network_check_complete:
 * @self: a network
 * @error: return location for a #GError
 *
 * Checks that all layers can be computed. If there is one of %CNN_KIND_UNKNOWN,
 * the network can be looked at and not run; the error is that of the first one.
 *
 * Returns: whether the network can be run
 */
gboolean
cnn_network_check_complete (CnnNetwork  *self,
                            GError     **error)
{
  g_return_val_if_fail (CNN_IS_NETWORK (self), FALSE);

  for (guint i = 0; i < self->layers->len; i++)
    {
      CnnLayer *layer = g_ptr_array_index (self->layers, i);

      if (cnn_layer_get_problem (layer) != NULL)
        {
          g_set_error_literal (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, cnn_layer_get_problem (layer));
          return FALSE;
        }
    }

  return TRUE;
}

/* The same layer on the new versions of its inputs. */
static CnnLayer *
layer_copy (CnnLayer   *layer,
            GPtrArray  *layers,
            GError    **error)
{
  guint n_inputs = cnn_layer_get_n_inputs (layer);
  g_autofree CnnLayer **inputs = g_new (CnnLayer *, n_inputs);
  CnnTensor *parameters[CNN_N_PARAMETERS];

  for (guint i = 0; i < n_inputs; i++)
    inputs[i] = g_ptr_array_index (layers, cnn_layer_get_index (cnn_layer_get_input (layer, i)));

  for (guint i = 0; i < CNN_N_PARAMETERS; i++)
    parameters[i] = cnn_layer_get_parameter (layer, i);

  if (cnn_layer_get_kind (layer) == CNN_KIND_UNKNOWN)
    return cnn_layer_new_unknown (cnn_layer_get_name (layer), cnn_layer_get_index (layer),
                                  cnn_layer_get_operator (layer), cnn_layer_get_problem (layer),
                                  inputs, n_inputs);

  return cnn_layer_new (cnn_layer_get_name (layer), cnn_layer_get_index (layer),
                        cnn_layer_get_kind (layer), cnn_layer_get_attributes (layer),
                        inputs, n_inputs, parameters, error);
}

/**
 * cnn_network_resize:
 * @self: a network
 * @input: the shape of one picture, 1×C×H×W
 * @error: return location for a #GError
 *
 * Makes the same network for pictures of another size. Layers have the same
 * names, settings and parameters (which are shared), and other shapes.
 *
 * It fails with %CNN_ERROR_SHAPE where a layer cannot work at that size: a
 * window is larger than what is left of the picture, or a linear layer is made
 * for another number of inputs. The message starts with the layer's name.
 *
 * Returns: (transfer full): a new network, or %NULL
 */
CnnNetwork *
cnn_network_resize (CnnNetwork      *self,
                    const CnnShape  *input,
                    GError         **error)
{
  g_autoptr (GPtrArray) layers = NULL;
  CnnNetwork *resized;

  g_return_val_if_fail (CNN_IS_NETWORK (self), NULL);

  layers = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->layers->len; i++)
    {
      CnnLayer *layer = g_ptr_array_index (self->layers, i);
      CnnLayer *copy = i == 0
        ? cnn_layer_new_input (cnn_layer_get_name (layer), input, error)
        : layer_copy (layer, layers, error);

      if (copy == NULL)
        return NULL;

      g_ptr_array_add (layers, copy);
    }

  resized = cnn_network_new (self->name, self->file, g_steal_pointer (&layers));
  cnn_network_set_note (resized, self->note);

  return resized;
}
