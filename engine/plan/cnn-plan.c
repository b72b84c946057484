#define G_LOG_DOMAIN "cnn-plan"

#include "core/cnn-memory.h"
#include "kernels/cnn-kernel-table.h"
#include "network/cnn-network-private.h"
#include "plan/cnn-plan-private.h"

#include <stdlib.h>

/* Workspaces that are kept for the next run, in floats: 1 GiB. A plain run of a
 * large network takes some 20 MiB, a looking one 200. */
#define MAX_KEPT ((gsize) 1 << 28)

/* The most pictures in one run, and the most memory in floats, 256 MiB: more
 * would not make better use of the weights that a step has fetched. */
#define MAX_PICTURES 8
#define MAX_BATCH ((gsize) 1 << 26)

/* The layer whose output are the logits: the last one, or what goes into the
 * softmax that ends the network. */
static guint
find_logits_layer (CnnNetwork *network)
{
  CnnLayer *layer = cnn_network_get_layer (network, cnn_network_get_n_layers (network) - 1);

  if (cnn_layer_get_kind (layer) == CNN_KIND_SOFTMAX)
    layer = cnn_layer_get_input (layer, 0);

  return cnn_layer_get_index (layer);
}

/**
 * cnn_plan_new:
 * @network: a network
 * @error: return location for an error
 *
 * Works out how @network is computed on this machine. Fails with
 * %CNN_ERROR_SHAPE where its layers would need too much memory, with
 * %CNN_ERROR_CHANGED where its file is not what it was, and with
 * %CNN_ERROR_UNSUPPORTED where it has a layer that is not known.
 *
 * Returns: (transfer full) (nullable): a new plan, which keeps @network alive
 */
CnnPlan *
cnn_plan_new (CnnNetwork  *network,
              GError     **error)
{
  g_autoptr (CnnPlan) self = NULL;

  if (!cnn_network_check_complete (network, error))
    return NULL;

  self = g_new0 (CnnPlan, 1);
  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  for (guint i = 0; i < CNN_N_RUN_MODES; i++)
    self->free_workspaces[i] = g_ptr_array_new ();

  self->network = g_object_ref (network);
  self->kernels = cnn_kernels_get (cnn_cpu_get_level ());
  self->n_layers = cnn_network_get_n_layers (network);
  self->logits_layer = find_logits_layer (network);

  cnn_plan_make_steps (self);
  if (!cnn_plan_make_layout (self, error) || !cnn_network_check_file (network, error))
    return NULL;

  /* The kernels have their own copy of the weights now. */
  cnn_network_drop_pages (network);

  g_debug ("%s: %u layers in %u steps, %" G_GSIZE_FORMAT " KiB, or %" G_GSIZE_FORMAT " KiB to look",
           cnn_network_get_name (network), self->n_layers, self->n_steps,
           self->layouts[CNN_RUN_PLAIN].size * sizeof (float) / 1024,
           self->layouts[CNN_RUN_LOOKING].size * sizeof (float) / 1024);

  return g_steal_pointer (&self);
}

CnnPlan *
cnn_plan_ref (CnnPlan *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

static void
free_workspace (CnnWorkspace *workspace)
{
  free (workspace->memory);
  free (workspace->scratch);
  g_free (workspace);
}

void
cnn_plan_unref (CnnPlan *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (guint i = 0; i < CNN_N_RUN_MODES; i++)
    {
      g_ptr_array_set_free_func (self->free_workspaces[i], (GDestroyNotify) free_workspace);
      g_ptr_array_unref (self->free_workspaces[i]);
      g_free (self->layouts[i].offsets);
    }

  for (guint i = 0; i < self->n_steps; i++)
    cnn_step_clear (&self->steps[i]);

  g_free (self->steps);
  g_free (self->sources);
  g_free (self->places);
  g_free (self->step_of_layer);
  g_free (self->layers_of_steps);
  g_free (self->first_layer_of_step);
  g_free (self->buffers);
  g_mutex_clear (&self->lock);
  g_object_unref (self->network);
  g_free (self);
}

CnnNetwork *
cnn_plan_get_network (CnnPlan *self)
{
  return self->network;
}

/**
 * cnn_plan_get_logits_layer:
 * @self: a plan
 *
 * Returns: the index of the layer whose output are the logits: the last one, or
 *   the one before it where the last is a softmax
 */
guint
cnn_plan_get_logits_layer (CnnPlan *self)
{
  return self->logits_layer;
}

/**
 * cnn_plan_get_max_pictures:
 * @self: a plan
 * @mode: what the run is for
 *
 * Returns: how many pictures one run shall compute at most, at least 1
 */
guint
cnn_plan_get_max_pictures (CnnPlan    *self,
                           CnnRunMode  mode)
{
  return CLAMP (MAX_BATCH / MAX (self->layouts[mode].size, 1), 1, MAX_PICTURES);
}

/* The last one that has room enough; its memory is the warmest. */
static CnnWorkspace *
take_free_workspace (CnnPlan    *self,
                     CnnRunMode  mode,
                     guint       n_pictures)
{
  GPtrArray *free_ones = self->free_workspaces[mode];
  CnnWorkspace *workspace = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = free_ones->len; i-- > 0 && workspace == NULL;)
    {
      CnnWorkspace *candidate = g_ptr_array_index (free_ones, i);

      if (candidate->n_max_pictures >= n_pictures)
        workspace = g_ptr_array_steal_index (free_ones, i);
    }
  g_mutex_unlock (&self->lock);

  return workspace;
}

static float *
alloc_floats (CnnPlan  *self,
              gsize     n,
              GError  **error)
{
  float *floats = cnn_try_alloc_floats (n);

  if (floats == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 "%s: a run wants %" G_GSIZE_FORMAT " MiB of memory, and there is not so much",
                 cnn_network_get_name (self->network), n * sizeof (float) >> 20);

  return floats;
}

/**
 * cnn_plan_acquire_workspace:
 * @self: a plan
 * @mode: what the run is for
 * @n_pictures: how many pictures it shall compute
 * @error: return location for an error
 *
 * Gives a run its memory. Fails with %G_IO_ERROR where there is none.
 *
 * Returns: (transfer full) (nullable): a workspace, which keeps @self alive
 */
CnnWorkspace *
cnn_plan_acquire_workspace (CnnPlan     *self,
                            CnnRunMode   mode,
                            guint        n_pictures,
                            GError     **error)
{
  CnnWorkspace *workspace = take_free_workspace (self, mode, n_pictures);

  if (workspace == NULL)
    {
      float *memory = alloc_floats (self, self->layouts[mode].size * n_pictures, error);

      if (memory == NULL)
        return NULL;

      workspace = g_new0 (CnnWorkspace, 1);
      workspace->mode = mode;
      workspace->n_max_pictures = n_pictures;
      workspace->memory = memory;
    }

  workspace->plan = cnn_plan_ref (self);
  workspace->n_pictures = n_pictures;
  workspace->times = NULL;

  return workspace;
}

/* Gives a run memory for each of its threads. Fails with %G_IO_ERROR where there is
 * none. */
gboolean
cnn_workspace_ensure_scratch (CnnWorkspace  *self,
                              guint          n_threads,
                              GError       **error)
{
  if (n_threads <= self->n_max_threads || self->plan->scratch_size == 0)
    return TRUE;

  g_clear_pointer (&self->scratch, free);
  self->n_max_threads = 0;
  self->scratch = alloc_floats (self->plan, self->plan->scratch_size * n_threads, error);
  if (self->scratch == NULL)
    return FALSE;

  self->n_max_threads = n_threads;

  return TRUE;
}

/**
 * cnn_workspace_get_n_pictures:
 * @self: a workspace
 *
 * Returns: how many pictures its run computes
 */
guint
cnn_workspace_get_n_pictures (CnnWorkspace *self)
{
  return self->n_pictures;
}

/**
 * cnn_workspace_release:
 * @self: (transfer full): a workspace
 *
 * Gives the memory back.
 */
void
cnn_workspace_release (CnnWorkspace *self)
{
  g_autoptr (CnnPlan) plan = self->plan;
  GPtrArray *free_ones = plan->free_workspaces[self->mode];
  gsize n_pictures = self->n_max_pictures;
  gboolean is_kept;

  g_mutex_lock (&plan->lock);
  for (guint i = 0; i < free_ones->len; i++)
    n_pictures += ((CnnWorkspace *) g_ptr_array_index (free_ones, i))->n_max_pictures;
  is_kept = n_pictures * plan->layouts[self->mode].size <= MAX_KEPT;
  if (is_kept)
    g_ptr_array_add (free_ones, self);
  g_mutex_unlock (&plan->lock);

  if (!is_kept)
    free_workspace (self);
}
