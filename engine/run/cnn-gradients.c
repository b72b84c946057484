#define G_LOG_DOMAIN "cnn-gradients"

#include "run/cnn-gradients.h"

#include "ops/cnn-op-private.h"
#include "run/cnn-activations-private.h"

struct _CnnGradients
{
  gatomicrefcount ref_count;

  GPtrArray *layers;            /* a tensor for each layer */
};

G_DEFINE_BOXED_TYPE (CnnGradients, cnn_gradients, cnn_gradients_ref, cnn_gradients_unref)

/* As the layer's output, for all pictures; zeros. */
static CnnTensor *
new_gradient (CnnLayer *layer,
              gsize     n_pictures)
{
  CnnShape shape = *cnn_layer_get_shape (layer);

  shape.dims[0] = n_pictures;

  return cnn_tensor_new (&shape);
}

/* Hands what is known of a layer's output on to its inputs. An input that is used
 * twice gathers from both, in the order in which the layer names them. */
static gboolean
step_back (CnnGradients    *self,
           CnnActivations  *activations,
           CnnLayer        *layer,
           guint            n_threads,
           GError         **error)
{
  const CnnOp *op = cnn_op_get (cnn_layer_get_kind (layer));
  guint index = cnn_layer_get_index (layer);
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) cnn_tensor_unref);
  g_autoptr (GPtrArray) d_inputs = g_ptr_array_new ();
  g_autoptr (CnnTensor) output = NULL;
  CnnTensor *parameters[CNN_N_PARAMETERS];
  CnnOpContext context = {
    .kind = cnn_layer_get_kind (layer),
    .attributes = cnn_layer_get_attributes (layer),
    .parameters = parameters,
    .n_inputs = cnn_layer_get_n_inputs (layer),
  };

  if (op->backward == NULL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "%s: no gradient is known for layers of kind %s", cnn_layer_get_name (layer), op->name);
      return FALSE;
    }

  for (guint i = 0; i < CNN_N_PARAMETERS; i++)
    parameters[i] = cnn_layer_get_parameter (layer, i);

  output = cnn_activations_dup_layer (activations, index);
  for (guint i = 0; i < context.n_inputs; i++)
    {
      guint from = cnn_layer_get_index (cnn_layer_get_input (layer, i));

      g_ptr_array_add (inputs, cnn_activations_dup_layer (activations, from));
      g_ptr_array_add (d_inputs, g_ptr_array_index (self->layers, from));
    }

  op->backward (&context, (const CnnTensor *const *) inputs->pdata, output,
                g_ptr_array_index (self->layers, index), (CnnTensor *const *) d_inputs->pdata, n_threads);

  return TRUE;
}

/* Which layers a number of the logits depends on: the others need no derivative,
 * and may be of kinds that have none. */
static gboolean *
find_needed (CnnNetwork *network,
             guint       last)
{
  gboolean *needed = g_new0 (gboolean, cnn_network_get_n_layers (network));

  needed[last] = TRUE;
  for (guint i = last + 1; i-- > 0;)
    {
      CnnLayer *layer = cnn_network_get_layer (network, i);

      for (guint k = 0; needed[i] && k < cnn_layer_get_n_inputs (layer); k++)
        needed[cnn_layer_get_index (cnn_layer_get_input (layer, k))] = TRUE;
    }

  return needed;
}

/**
 * cnn_gradients_new:
 * @activations: what a looking run left
 * @class_index: a class, below the number of classes
 * @n_threads: how many threads may work at once
 * @cancellable: (nullable): stops it between two layers
 * @error: return location for a #GError
 *
 * Works out d logit / d output for every layer, from the logits back to the
 * input, by the chain rule. The logit is the one of @class_index, before the
 * softmax where the network ends with one. Pictures of a run do not depend on
 * one another, so each has the derivatives of its own logit.
 *
 * Returns: (transfer full): the gradients, or %NULL with %CNN_ERROR_SHAPE where
 *   there is no such class, %CNN_ERROR_UNSUPPORTED where the logit depends on a
 *   layer that has no derivative, or %G_IO_ERROR_CANCELLED
 */
CnnGradients *
cnn_gradients_new (CnnActivations  *activations,
                   guint            class_index,
                   guint            n_threads,
                   GCancellable    *cancellable,
                   GError         **error)
{
  CnnNetwork *network = cnn_activations_get_network (activations);
  guint last = cnn_activations_get_logits_layer (activations);
  g_autoptr (CnnGradients) self = g_new0 (CnnGradients, 1);
  g_autoptr (CnnTensor) logits = cnn_activations_dup_logits (activations);
  g_autofree gboolean *needed = find_needed (network, last);
  gsize n_pictures = cnn_tensor_get_shape (logits)->dims[0];
  gsize n_classes = cnn_tensor_get_n_elements (logits) / n_pictures;

  g_atomic_ref_count_init (&self->ref_count);
  self->layers = g_ptr_array_new_with_free_func ((GDestroyNotify) cnn_tensor_unref);

  if (class_index >= n_classes)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "class %u: expected one below the network's %" G_GSIZE_FORMAT, class_index, n_classes);
      return NULL;
    }

  for (guint i = 0; i < cnn_network_get_n_layers (network); i++)
    g_ptr_array_add (self->layers, new_gradient (cnn_network_get_layer (network, i), n_pictures));

  for (gsize n = 0; n < n_pictures; n++)
    cnn_tensor_get_mutable_data (g_ptr_array_index (self->layers, last))[n * n_classes + class_index] = 1;

  for (guint i = last; i > 0; i--)
    {
      CnnLayer *layer = cnn_network_get_layer (network, i);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (needed[i] && cnn_layer_get_n_inputs (layer) > 0 &&
          !step_back (self, activations, layer, n_threads, error))
        return NULL;
    }

  return g_steal_pointer (&self);
}

CnnGradients *
cnn_gradients_ref (CnnGradients *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
cnn_gradients_unref (CnnGradients *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->layers);
  g_free (self);
}

/**
 * cnn_gradients_get_layer:
 * @self: gradients
 * @index: the index of a layer
 *
 * Returns: (transfer none): d logit / d output of that layer, of the output's
 *   shape N×…; zeros where the logit does not depend on it
 */
CnnTensor *
cnn_gradients_get_layer (CnnGradients *self,
                         guint         index)
{
  g_return_val_if_fail (index < self->layers->len, NULL);

  return g_ptr_array_index (self->layers, index);
}
