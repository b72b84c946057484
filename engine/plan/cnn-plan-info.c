#include "plan/cnn-plan-private.h"

/* What a plan tells about itself, for reports. */

/* Of a step that calls a kernel for convolutions, which one. */
static const char *
get_conv_algorithm (const CnnStep *step)
{
  const CnnStencil *stencil = &step->stencil;

  if (cnn_layer_get_kind (step->layer) == CNN_KIND_LINEAR)
    return "matrix";

  if (step->algorithm != CNN_ALGORITHM_DIRECT)
    return cnn_algorithm_get_name (step->algorithm);

  if (step->n_terms > 0)
    return "narrow groups";

  return stencil->kernel[0] == 1 && stencil->kernel[1] == 1 ? "1×1" : "direct";
}

static const char *
get_algorithm (const CnnStep *step)
{
  switch (step->kind)
    {
    case CNN_STEP_INPUT:
      return "input";

    case CNN_STEP_CONV:
      return get_conv_algorithm (step);

    case CNN_STEP_DEPTHWISE:
      return "depthwise";

    case CNN_STEP_MAX_POOL:
    case CNN_STEP_AVERAGE_POOL:
    case CNN_STEP_ADAPTIVE_AVERAGE_POOL:
      return "pool";

    case CNN_STEP_FINISH:
      return "by element";

    case CNN_STEP_GATHER:
      return "copy";

    case CNN_STEP_FALLBACK:
    default:
      return "plain loops";
    }
}

guint
cnn_plan_get_n_steps (CnnPlan *self)
{
  return self->n_steps;
}

/**
 * cnn_plan_get_step_of_layer:
 * @self: a plan
 * @layer: the index of a layer
 *
 * Returns: the step that makes the layer; where a layer does nothing (dropout),
 *   the step that makes what it passes on
 */
guint
cnn_plan_get_step_of_layer (CnnPlan *self,
                            guint    layer)
{
  return self->step_of_layer[layer];
}

/**
 * cnn_plan_get_step_info:
 * @self: a plan
 * @step: a step
 * @info: (out caller-allocates): what there is to say about it, which lives as
 *   long as the plan
 */
void
cnn_plan_get_step_info (CnnPlan     *self,
                        guint        step,
                        CnnStepInfo *info)
{
  guint first = self->first_layer_of_step[step];

  info->layers = self->layers_of_steps + first;
  info->n_layers = self->first_layer_of_step[step + 1] - first;
  info->algorithm = get_algorithm (&self->steps[step]);
  info->is_for_logits = self->steps[step].for_logits;
  info->weights_size = self->steps[step].n_weights * sizeof (float);
}

/**
 * cnn_plan_get_memory_size:
 * @self: a plan
 * @mode: what a run is for
 *
 * Returns: the bytes that a run takes for one picture, weights not included
 */
gsize
cnn_plan_get_memory_size (CnnPlan    *self,
                          CnnRunMode  mode)
{
  return self->layouts[mode].size * sizeof (float);
}

/**
 * cnn_workspace_set_times:
 * @self: a workspace
 * @times: (nullable): a number for each step of the plan, or %NULL
 *
 * From now on until the workspace is released, runs in it add to @times how
 * long each step took, in nanoseconds.
 */
void
cnn_workspace_set_times (CnnWorkspace *self,
                         gint64       *times)
{
  self->times = times;
}
