#include "run/cnn-activations-private.h"

struct _CnnActivations
{
  gatomicrefcount ref_count;

  CnnPlan *plan;
  GPtrArray *workspaces;        /* one for each run, with its pictures */
  guint n_pictures;

  /* What a run from a layer on has left as it was is there; by layer, whether it
   * has not. NULL where all layers are in the workspaces. */
  CnnActivations *unchanged;
  gboolean *is_changed;
};

G_DEFINE_BOXED_TYPE (CnnActivations, cnn_activations, cnn_activations_ref, cnn_activations_unref)

/* Keeps what looking runs have left in workspaces; takes the workspaces over.
 * Engine-internal. */
CnnActivations *
cnn_activations_new (CnnPlan   *plan,
                     GPtrArray *workspaces)
{
  CnnActivations *self = g_new0 (CnnActivations, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->plan = cnn_plan_ref (plan);
  self->workspaces = workspaces;
  for (guint i = 0; i < workspaces->len; i++)
    self->n_pictures += cnn_workspace_get_n_pictures (g_ptr_array_index (workspaces, i));

  return self;
}

/* Keeps those layers that a run has changed, and holds on to the others; takes the
 * workspaces over. Engine-internal. */
CnnActivations *
cnn_activations_new_changed (CnnActivations *unchanged,
                             GPtrArray      *workspaces,
                             const gboolean *is_changed)
{
  CnnActivations *self = cnn_activations_new (unchanged->plan, workspaces);
  guint n_layers = cnn_network_get_n_layers (cnn_plan_get_network (self->plan));

  self->unchanged = cnn_activations_ref (unchanged);
  self->is_changed = g_memdup2 (is_changed, n_layers * sizeof *is_changed);

  return self;
}

CnnActivations *
cnn_activations_ref (CnnActivations *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
cnn_activations_unref (CnnActivations *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->unchanged, cnn_activations_unref);
  g_free (self->is_changed);
  g_ptr_array_unref (self->workspaces);
  cnn_plan_unref (self->plan);
  g_free (self);
}

/**
 * cnn_activations_get_network:
 * @self: activations
 *
 * Returns: (transfer none): the network whose layers they are of
 */
CnnNetwork *
cnn_activations_get_network (CnnActivations *self)
{
  return cnn_plan_get_network (self->plan);
}

/* The index of the layer whose output are the logits. Engine-internal. */
guint
cnn_activations_get_logits_layer (CnnActivations *self)
{
  return cnn_plan_get_logits_layer (self->plan);
}

/**
 * cnn_activations_get_n_pictures:
 * @self: activations
 *
 * Returns: how many pictures went in
 */
guint
cnn_activations_get_n_pictures (CnnActivations *self)
{
  return self->n_pictures;
}

/* Engine-internal. */
CnnPlan *
cnn_activations_get_plan (CnnActivations *self)
{
  return self->plan;
}

/* How many runs the pictures were divided into. Engine-internal. */
guint
cnn_activations_get_n_runs (CnnActivations *self)
{
  return self->workspaces->len;
}

/* The workspace of one of these in which a layer lies. Engine-internal. */
CnnWorkspace *
cnn_activations_get_workspace (CnnActivations *self,
                               guint           run,
                               guint           layer)
{
  while (self->unchanged != NULL && !self->is_changed[layer])
    self = self->unchanged;

  return g_ptr_array_index (self->workspaces, run);
}

/**
 * cnn_activations_dup_layer:
 * @self: activations
 * @index: the index of a layer
 *
 * Returns: (transfer full): the output of that layer, N×… with the N pictures of
 *   the run
 */
CnnTensor *
cnn_activations_dup_layer (CnnActivations *self,
                           guint           index)
{
  CnnNetwork *network = cnn_plan_get_network (self->plan);
  CnnTensor *tensor;
  CnnShape shape;
  gsize size;
  float *to;

  g_return_val_if_fail (index < cnn_network_get_n_layers (network), NULL);

  shape = *cnn_layer_get_shape (cnn_network_get_layer (network, index));
  size = cnn_shape_get_n_elements (&shape);
  shape.dims[0] = self->n_pictures;

  tensor = cnn_tensor_new_uninitialized (&shape);
  to = cnn_tensor_get_mutable_data (tensor);
  for (guint i = 0; i < self->workspaces->len; i++)
    {
      CnnWorkspace *workspace = cnn_activations_get_workspace (self, i, index);

      cnn_workspace_read_layer (workspace, index, to);
      to += cnn_workspace_get_n_pictures (workspace) * size;
    }

  return tensor;
}

/**
 * cnn_activations_dup_logits:
 * @self: activations
 *
 * Returns: (transfer full): N×classes: the output of the last layer, or what goes
 *   into the softmax that ends the network
 */
CnnTensor *
cnn_activations_dup_logits (CnnActivations *self)
{
  return cnn_activations_dup_layer (self, cnn_plan_get_logits_layer (self->plan));
}
