#define G_LOG_DOMAIN "cnn-network-builder"

#include "network/cnn-network-builder.h"

#include "core/cnn-error.h"
#include "network/cnn-layer-private.h"
#include "network/cnn-network-private.h"

#include <math.h>

/* Several times the deepest networks in use. A layer keeps its inputs alive, so
 * that whoever holds the last one alone lets go of a chain by recursion. */
#define MAX_LAYERS 4096

struct _CnnNetworkBuilder
{
  char *name;
  CnnShape input;
  GPtrArray *layers;
  GHashTable *names;
};

/**
 * cnn_network_builder_new:
 * @name: what the network is called, such as `resnet18`
 * @input: the shape of one picture, 1×C×H×W
 *
 * Starts a network with its input layer, which is called `input` and has the
 * index 0. If no network can have that input, the first
 * cnn_network_builder_add() says so.
 *
 * Returns: (transfer full): a new builder
 */
CnnNetworkBuilder *
cnn_network_builder_new (const char     *name,
                         const CnnShape *input)
{
  CnnNetworkBuilder *self = g_new0 (CnnNetworkBuilder, 1);

  self->name = g_strdup (name);
  self->input = *input;
  self->layers = g_ptr_array_new_with_free_func (g_object_unref);
  self->names = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

void
cnn_network_builder_free (CnnNetworkBuilder *self)
{
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_clear_pointer (&self->layers, cnn_layers_free);
  g_free (self->name);
  g_free (self);
}

static void
builder_take (CnnNetworkBuilder *self,
              CnnLayer          *layer)
{
  g_ptr_array_add (self->layers, layer);
  g_hash_table_add (self->names, (gpointer) cnn_layer_get_name (layer));
}

static gboolean
builder_ensure_input (CnnNetworkBuilder  *self,
                      GError            **error)
{
  CnnLayer *layer;

  if (self->layers->len > 0)
    return TRUE;

  layer = cnn_layer_new_input ("input", &self->input, error);
  if (layer != NULL)
    builder_take (self, layer);

  return layer != NULL;
}

static gboolean
builder_check_node (CnnNetworkBuilder  *self,
                    const char         *name,
                    CnnKind             kind,
                    const guint        *inputs,
                    guint               n_inputs,
                    GError            **error)
{
  if (self->layers->len >= MAX_LAYERS)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "%s: network has more than %u layers", name, MAX_LAYERS);
      return FALSE;
    }

  if (*name == '\0')
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "layer %u has no name", self->layers->len);
      return FALSE;
    }

  if (g_hash_table_contains (self->names, name))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "%s: two layers have this name", name);
      return FALSE;
    }

  if (kind == CNN_KIND_INPUT)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "%s: a second input, expected one", name);
      return FALSE;
    }

  for (guint i = 0; i < n_inputs; i++)
    if (inputs[i] >= self->layers->len)
      {
        g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                     "%s: input %u is layer %u, expected one of the %u before this one",
                     name, i + 1, inputs[i], self->layers->len);
        return FALSE;
      }

  return TRUE;
}

static CnnLayer **
builder_get_layers (CnnNetworkBuilder *self,
                    const guint       *indices,
                    guint              n)
{
  CnnLayer **layers = g_new (CnnLayer *, n);

  for (guint i = 0; i < n; i++)
    layers[i] = g_ptr_array_index (self->layers, indices[i]);

  return layers;
}

/**
 * cnn_network_builder_add:
 * @self: a builder
 * @name: the layer's name, unique in the network
 * @kind: what it does
 * @attributes: (nullable): its settings, or %NULL for the defaults
 * @inputs: (array length=n_inputs): the indices of the layers it works on
 * @n_inputs: how many those are
 * @parameters: (nullable) (array fixed-size=4): its learned tensors, indexed by
 *   [enum@Parameter], with %NULL for those it has not; or %NULL for none
 * @error: return location for a #GError
 *
 * Adds a layer and works out its shape. Errors start with the layer's name:
 * `layer1.0.conv2: weight is 64×32×3×3, input has 64 channels`. The builder is
 * as before when it has failed.
 *
 * Returns: the index of the new layer, or %CNN_NO_LAYER
 */
guint
cnn_network_builder_add (CnnNetworkBuilder    *self,
                         const char           *name,
                         CnnKind               kind,
                         const CnnAttributes  *attributes,
                         const guint          *inputs,
                         guint                 n_inputs,
                         CnnTensor *const     *parameters,
                         GError              **error)
{
  g_autofree CnnLayer **layers = NULL;
  CnnLayer *layer;

  g_return_val_if_fail (name != NULL, CNN_NO_LAYER);
  g_return_val_if_fail (kind < CNN_N_KINDS && kind != CNN_KIND_UNKNOWN, CNN_NO_LAYER);

  if (!builder_ensure_input (self, error) ||
      !builder_check_node (self, name, kind, inputs, n_inputs, error))
    return CNN_NO_LAYER;

  layers = builder_get_layers (self, inputs, n_inputs);
  layer = cnn_layer_new (name, self->layers->len, kind, attributes, layers, n_inputs, parameters, error);
  if (layer == NULL)
    return CNN_NO_LAYER;

  builder_take (self, layer);

  return cnn_layer_get_index (layer);
}

/**
 * cnn_network_builder_add_unknown:
 * @self: a builder
 * @name: the layer's name, unique in the network
 * @operator: what the file calls what it does
 * @problem: (nullable): why it cannot be computed, in one line, or %NULL where one
 *   of @inputs is to blame
 * @inputs: (array length=n_inputs): the indices of the layers it works on
 * @n_inputs: how many those are
 * @error: return location for a #GError
 *
 * Adds a layer that can be shown and not computed. It has no shape, and nothing
 * but other unknown layers can work on it.
 *
 * Returns: the index of the new layer, or %CNN_NO_LAYER
 */
guint
cnn_network_builder_add_unknown (CnnNetworkBuilder  *self,
                                 const char         *name,
                                 const char         *operator,
                                 const char         *problem,
                                 const guint        *inputs,
                                 guint               n_inputs,
                                 GError            **error)
{
  g_autofree CnnLayer **layers = NULL;

  if (!builder_ensure_input (self, error) ||
      !builder_check_node (self, name, CNN_KIND_UNKNOWN, inputs, n_inputs, error))
    return CNN_NO_LAYER;

  layers = builder_get_layers (self, inputs, n_inputs);
  builder_take (self, cnn_layer_new_unknown (name, self->layers->len, operator, problem, layers, n_inputs));

  return self->layers->len - 1;
}

/**
 * cnn_network_builder_get_n_layers:
 * @self: a builder
 *
 * Returns: how many layers there are, the input among them
 */
guint
cnn_network_builder_get_n_layers (CnnNetworkBuilder *self)
{
  return MAX (self->layers->len, 1);
}

/**
 * cnn_network_builder_get_shape:
 * @self: a builder
 * @index: the index of a layer that was added
 *
 * Returns: (transfer none): the shape of that layer's output for one picture
 */
const CnnShape *
cnn_network_builder_get_shape (CnnNetworkBuilder *self,
                               guint              index)
{
  if (index == 0)
    return &self->input;

  g_return_val_if_fail (index < self->layers->len, NULL);

  return cnn_layer_get_shape (g_ptr_array_index (self->layers, index));
}

/**
 * cnn_network_builder_freeze:
 * @self: a builder
 * @file: (nullable): the file that the network was read from
 * @error: return location for a #GError
 *
 * Makes the network of the layers that were added. A NaN or an infinity among
 * the parameters is %CNN_ERROR_VALUE, with the place. Looks at the thread's current
 * cancellable.
 *
 * Returns: (transfer full): a new network, or %NULL
 */
CnnNetwork *
cnn_network_builder_freeze (CnnNetworkBuilder  *self,
                            GFile              *file,
                            GError            **error)
{
  g_autoptr (GPtrArray) layers = NULL;

  if (self->layers->len < 2)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "network has no layers");
      return NULL;
    }

  layers = g_ptr_array_new_full (self->layers->len, g_object_unref);

  for (guint i = 0; i < self->layers->len; i++)
    g_ptr_array_add (layers, g_object_ref (g_ptr_array_index (self->layers, i)));

  if (!cnn_layers_check_values (layers, error))
    return NULL;

  return cnn_network_new (self->name, file, g_steal_pointer (&layers));
}
