#include "kernels/cnn-map.h"
#include "plan/cnn-plan-run-private.h"

/* How a plan runs again from a layer on, whose output is another one than it made.
 *
 * Layers that depend on it lie in the workspace of this run, all others where an
 * earlier run has left them: each layer is looked for in its own memory. Steps whose
 * first layer depends on it are taken as always. Where the change comes in on the way
 * through a step, what is left of it is done layer by layer: a layer by itself does
 * the same arithmetic as in a step, so the bits are those of a run of everything. */

/**
 * cnn_plan_find_dependents:
 * @self: a plan
 * @layer: the index of a layer
 * @is_same: (out caller-allocates): by layer, whether it is @layer, or passes on what
 *   that makes and shares its memory
 * @depends: (out caller-allocates): by layer, whether it is another one whose output
 *   depends on that of @layer
 */
void
cnn_plan_find_dependents (CnnPlan  *self,
                          guint     layer,
                          gboolean *is_same,
                          gboolean *depends)
{
  for (guint i = 0; i < self->n_layers; i++)
    {
      CnnLayer *other = cnn_network_get_layer (self->network, i);
      gboolean is_after = FALSE;

      for (guint j = 0; j < cnn_layer_get_n_inputs (other); j++)
        {
          guint input = cnn_layer_get_index (cnn_layer_get_input (other, j));

          is_after |= is_same[input] || depends[input];
        }

      is_same[i] = i == layer || (is_after && self->sources[i] == self->sources[layer]);
      depends[i] = is_after && !is_same[i];
    }
}

static guint
source_of_input (CnnRun   *run,
                 CnnLayer *layer,
                 guint     i)
{
  return run->plan->sources[cnn_layer_get_index (cnn_layer_get_input (layer, i))];
}

/* Which layer is a value of a step's functions. */
static guint
get_value_layer (const CnnStep *step,
                 int            value)
{
  if (value > 0)
    return step->functions[value - 1].layer;

  return step->before_functions != CNN_NO_LAYER ? step->before_functions : step->input;
}

/* A function whose values all lie in memory: one of them is what goes through the
 * finish, the other one, if there are two, an operand. Returns the first one's layer. */
static guint
get_function_by_itself (CnnRun        *run,
                        const CnnStep *step,
                        guint          index,
                        CnnFunction   *function)
{
  CnnMap map;
  int a, b;

  cnn_run_get_function (run, &step->functions[index], function);
  a = function->a;
  b = function->b;

  if (a == CNN_OPERAND)
    {
      function->b = 0;
      return get_value_layer (step, b);
    }

  function->a = 0;
  if (b != CNN_OPERAND)
    {
      cnn_run_get_map (run, get_value_layer (step, b), &map);
      function->b = CNN_OPERAND;
      function->operand.data = map.data;
      function->operand.block = map.block;
      function->operand.row = map.row;
      function->operand.pixel = map.pixel;
      function->operand.is_map = TRUE;
    }

  return get_value_layer (step, a);
}

/* Fills the finish with what a layer does in a step. Returns which layer it does
 * that to. */
static guint
get_finish_by_itself (CnnRun        *run,
                      const CnnStep *step,
                      guint          index,
                      CnnFinish     *finish)
{
  CnnLayer *layer = cnn_network_get_layer (run->plan->network, index);
  guint input = source_of_input (run, layer, 0);

  for (guint i = 0; i < step->n_functions; i++)
    if (step->functions[i].layer == index)
      {
        finish->n_functions = 1;
        return get_function_by_itself (run, step, i, &finish->functions[0]);
      }

  switch (cnn_layer_get_kind (layer))
    {
    case CNN_KIND_BATCH_NORM:
      finish->scale = step->scale;
      finish->shift = step->shift;
      break;

    case CNN_KIND_ADD:
      if (input == step->addend)
        input = source_of_input (run, layer, 1);
      cnn_run_get_map (run, step->addend, &finish->addend);
      break;

    case CNN_KIND_RELU:
    case CNN_KIND_CLIP:
      finish->clamp = TRUE;
      finish->low = step->low;
      finish->high = step->high;
      break;

    default:
      g_assert_not_reached ();
    }

  return input;
}

/* A layer that is fused in a step, from what its inputs are now. */
static void
run_layer (CnnRun        *run,
           const CnnStep *step,
           guint          index)
{
  CnnPointwise pointwise = { .finish = { NULL } };
  guint input = get_finish_by_itself (run, step, index, &pointwise.finish);

  cnn_run_get_map (run, input, &pointwise.in);
  cnn_run_get_map (run, index, &pointwise.out);
  cnn_run_pointwise (run, &pointwise);
}

/* Whether a step copies channels from elsewhere than its layer's inputs: it may have
 * looked through one whose output is another one now. */
static gboolean
looks_through (CnnRun        *run,
               const CnnStep *step)
{
  if (step->kind != CNN_STEP_GATHER)
    return FALSE;

  for (guint i = 0; i < cnn_layer_get_n_inputs (step->layer); i++)
    switch (cnn_layer_get_kind (cnn_network_get_layer (run->plan->network,
                                                       source_of_input (run, step->layer, i))))
      {
      case CNN_KIND_SLICE:
      case CNN_KIND_CONCAT:
      case CNN_KIND_TRANSPOSE:
        return TRUE;

      default:
        break;
      }

  return FALSE;
}

/* All of a step, from its layer's inputs. */
static void
run_whole_step (CnnRun        *run,
                const CnnStep *step)
{
  CnnStep plain = *step;

  if (looks_through (run, step))
    plain.kind = CNN_STEP_FALLBACK;

  cnn_run_step (run, &plain);
}

/* Where a kernel makes what the rest of a step starts with, all of the step depends
 * on that. The layers of a finish may depend on one another, or not. */
static void
run_step (CnnRun         *run,
          const CnnStep  *step,
          const gboolean *depends)
{
  CnnPlan *plan = run->plan;
  guint index = step - plan->steps;

  if (depends[cnn_layer_get_index (step->layer)] && step->kind != CNN_STEP_FINISH)
    {
      run_whole_step (run, step);
      return;
    }

  for (guint i = plan->first_layer_of_step[index]; i < plan->first_layer_of_step[index + 1]; i++)
    if (depends[plan->layers_of_steps[i]])
      run_layer (run, step, plan->layers_of_steps[i]);
}

/* Where each layer lies for this run. What reads a layer that passes on what it gets
 * reads the memory of its source, which nobody else does: so it is looked for where
 * that layer is. */
static float **
find_memories (CnnPlan             *plan,
               CnnWorkspace        *workspace,
               CnnWorkspace        *holder,
               CnnWorkspace *const *sources,
               const gboolean      *is_same,
               const gboolean      *depends)
{
  float **memories = g_new (float *, plan->n_layers);

  for (guint i = 0; i < plan->n_layers; i++)
    {
      memories[i] = is_same[i] ? holder->memory : depends[i] ? workspace->memory : sources[i]->memory;
      memories[plan->sources[i]] = memories[i];
    }

  return memories;
}

/* In a looking run each buffer has its own memory, which nobody writes but those
 * whose buffer it is. */
static void
clear_border (CnnWorkspace *workspace,
              guint         buffer)
{
  CnnPlan *plan = workspace->plan;
  gsize distance = plan->layouts[CNN_RUN_LOOKING].size;

  for (guint i = 0; i < workspace->n_pictures; i++)
    {
      CnnMap map;

      cnn_plan_get_map (plan, CNN_RUN_LOOKING, workspace->memory + i * distance, buffer, &map);
      cnn_map_clear_border (&map, plan->buffers[buffer].border);
    }
}

static void
clear_borders (CnnPlan        *plan,
               CnnWorkspace   *workspace,
               const gboolean *depends)
{
  g_autofree gboolean *is_written = g_new0 (gboolean, plan->n_layers);

  for (guint i = 0; i < plan->n_layers; i++)
    is_written[plan->places[i].buffer] |= depends[i];

  for (guint i = 0; i < plan->n_layers; i++)
    if (is_written[i])
      clear_border (workspace, i);
}

static void
fill_layer (CnnRun      *run,
            guint        layer,
            const float *output)
{
  gsize size = cnn_shape_get_n_elements (cnn_layer_get_shape (cnn_network_get_layer (run->plan->network, layer)));
  CnnMap map;

  cnn_run_get_map (run, layer, &map);
  for (guint i = 0; i < run->n_pictures; i++, map.data += run->distance)
    cnn_map_fill (&map, output + i * size);
}

/**
 * cnn_plan_run_from:
 * @self: a plan
 * @workspace: a workspace of @self for looking; what it held is overwritten
 * @holder: another one, for the output of @layer alone: where it is a concatenation
 *   its memory is also that of its inputs, and those are as they were
 * @sources: by layer, the workspace of a looking run of as many pictures where it
 *   lies; only read
 * @layer: the layer whose output is given
 * @output: its output, row-major, N×… for the pictures of the run
 * @n_threads: how many threads may work on it
 * @cancellable: (nullable): asked between steps
 * @error: return location for an error
 *
 * Computes those layers that depend on @layer. They are then to be read from
 * @workspace, what is the same as the layer from @holder, and all others where they
 * were.
 *
 * Returns: whether it was not cancelled
 */
gboolean
cnn_plan_run_from (CnnPlan             *self,
                   CnnWorkspace        *workspace,
                   CnnWorkspace        *holder,
                   CnnWorkspace *const *sources,
                   guint                layer,
                   const float         *output,
                   guint                n_threads,
                   GCancellable        *cancellable,
                   GError             **error)
{
  g_autofree gboolean *is_same = g_new (gboolean, self->n_layers);
  g_autofree gboolean *depends = g_new (gboolean, self->n_layers);
  g_autofree float **memories = NULL;
  CnnRun run = {
    .plan = self,
    .mode = CNN_RUN_LOOKING,
    .distance = self->layouts[CNN_RUN_LOOKING].size,
    .n_pictures = workspace->n_pictures,
    .n_threads = MAX (n_threads, 1),
  };

  cnn_plan_find_dependents (self, layer, is_same, depends);
  memories = find_memories (self, workspace, holder, sources, is_same, depends);
  run.memories = memories;

  if (!cnn_workspace_ensure_scratch (workspace, run.n_threads, error))
    return FALSE;
  run.scratch = workspace->scratch;

  clear_border (holder, self->places[layer].buffer);
  clear_borders (self, workspace, depends);
  fill_layer (&run, layer, output);

  for (guint i = self->step_of_layer[layer]; i < self->n_steps; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      run_step (&run, &self->steps[i], depends);
    }

  return TRUE;
}
