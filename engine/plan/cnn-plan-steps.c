#include "ops/cnn-op-private.h"
#include "plan/cnn-plan-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* From the graph of layers to a list of steps.
 *
 * A layer that only does something to each number by itself (batch norm, add,
 * ReLU, clip) becomes part of the step that makes its input, where that input is
 * used nowhere else; and after these several such layers (sigmoid, multiply…), where
 * all but the last are used by one another only. The step then stands where its
 * last layer stood, when all that it adds has been made. */

/* The parts of a finish, in the order in which they are done. */
typedef enum
{
  PART_NONE,
  PART_SCALE,
  PART_ADD,
  PART_CLAMP,
} Part;

typedef struct
{
  CnnPlan *plan;

  /* By layer; how often it is an input. */
  guint *n_readers;

  /* By layer; they count and name the layers that read its memory. */
  guint *n_users;
  guint *users;

  gboolean *is_done;            /* belongs to a step already */
  guint *heads;                 /* the first layer of the step it belongs to */
  CnnStep **steps;              /* by the last layer of the step */
} Maker;

static const CnnShape *
shape_of (Maker *maker,
          guint  index)
{
  return cnn_layer_get_shape (cnn_network_get_layer (maker->plan->network, index));
}

static guint
source_of (CnnPlan  *plan,
           CnnLayer *layer,
           guint     i)
{
  return plan->sources[cnn_layer_get_index (cnn_layer_get_input (layer, i))];
}

/* Whether a layer's output is its input, number for number and place for place, so
 * that they can share their memory: where nobody else reads the input, as a person
 * may put other numbers in the place of one of them. */
static gboolean
is_alias (Maker    *maker,
          CnnLayer *layer)
{
  if (cnn_layer_get_n_inputs (layer) != 1 ||
      maker->n_readers[cnn_layer_get_index (cnn_layer_get_input (layer, 0))] > 1)
    return FALSE;

  switch (cnn_layer_get_kind (layer))
    {
    case CNN_KIND_DROPOUT:
    case CNN_KIND_IDENTITY:
      return TRUE;

    case CNN_KIND_FLATTEN:
      {
        const CnnShape *in = cnn_layer_get_shape (cnn_layer_get_input (layer, 0));
        const CnnShape *out = cnn_layer_get_shape (layer);

        return in->n_dims == 4 && in->dims[2] * in->dims[3] == 1 &&
               out->n_dims == 2 && out->dims[1] == in->dims[1];
      }

    default:
      return FALSE;
    }
}

static void
count_readers (Maker *maker)
{
  CnnPlan *plan = maker->plan;

  for (guint i = 0; i < plan->n_layers; i++)
    {
      CnnLayer *layer = cnn_network_get_layer (plan->network, i);

      for (guint j = 0; j < cnn_layer_get_n_inputs (layer); j++)
        maker->n_readers[cnn_layer_get_index (cnn_layer_get_input (layer, j))]++;
    }
}

static void
find_users (Maker *maker)
{
  CnnPlan *plan = maker->plan;

  for (guint i = 0; i < plan->n_layers; i++)
    {
      CnnLayer *layer = cnn_network_get_layer (plan->network, i);

      plan->sources[i] = i;
      if (is_alias (maker, layer))
        plan->sources[i] = source_of (plan, layer, 0);
      else
        for (guint j = 0; j < cnn_layer_get_n_inputs (layer); j++)
          {
            guint source = source_of (plan, layer, j);

            maker->n_users[source]++;
            maker->users[source] = i;
          }
    }

  /* The world outside uses these. */
  maker->n_users[plan->sources[plan->logits_layer]]++;
  maker->n_users[plan->sources[plan->n_layers - 1]]++;
}

/* Far beyond any real layer, and small enough that no sum of a few overflows. */
static gboolean
is_reasonable (const CnnAttributes *attributes)
{
  for (guint d = 0; d < 2; d++)
    if (attributes->kernel[d] > 1 << 20 || attributes->stride[d] > 1 << 20 ||
        attributes->dilation[d] > 1 << 20)
      return FALSE;

  for (guint i = 0; i < 4; i++)
    if (attributes->padding[i] > 1 << 20)
      return FALSE;

  return TRUE;
}

static void
set_stencil (CnnStep  *step,
             CnnLayer *layer)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);

  for (guint d = 0; d < 2; d++)
    {
      step->stencil.kernel[d] = attributes->kernel[d];
      step->stencil.stride[d] = attributes->stride[d];
      step->stencil.dilation[d] = attributes->dilation[d];
    }
  for (guint i = 0; i < 4; i++)
    step->stencil.padding[i] = attributes->padding[i];

  step->count_padding = attributes->count_include_pad;
}

/* Takes a layer into a step that makes its input, or that does nothing yet, if
 * what it does comes after all that the step does already. */
static gboolean
take_layer (Maker   *maker,
            CnnStep *step,
            Part    *done,
            guint    index)
{
  CnnPlan *plan = maker->plan;
  CnnLayer *layer = cnn_network_get_layer (plan->network, index);
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);

  switch (cnn_layer_get_kind (layer))
    {
    case CNN_KIND_BATCH_NORM:
      if (*done >= PART_SCALE)
        return FALSE;
      *done = PART_SCALE;
      step->before_scale = step->output;
      cnn_step_pack_batch_norm (step, layer);
      break;

    case CNN_KIND_ADD:
      if (*done >= PART_ADD || cnn_layer_get_n_inputs (layer) != 2 ||
          cnn_layer_get_parameter (layer, CNN_PARAMETER_WEIGHT) != NULL ||
          !cnn_shape_equal (shape_of (maker, source_of (plan, layer, 0)), cnn_layer_get_shape (layer)) ||
          !cnn_shape_equal (shape_of (maker, source_of (plan, layer, 1)), cnn_layer_get_shape (layer)))
        return FALSE;
      *done = PART_ADD;
      step->before_add = step->output;
      step->addend = source_of (plan, layer, 1);
      if (step->addend == step->output)
        step->addend = source_of (plan, layer, 0);
      break;

    case CNN_KIND_RELU:
    case CNN_KIND_CLIP:
      if (*done >= PART_CLAMP)
        return FALSE;
      *done = PART_CLAMP;
      step->before_clamp = step->output;
      step->clamp = TRUE;
      step->low = cnn_layer_get_kind (layer) == CNN_KIND_RELU ? 0 : attributes->minimum;
      step->high = cnn_layer_get_kind (layer) == CNN_KIND_RELU ? INFINITY : attributes->maximum;
      break;

    default:
      return FALSE;
    }

  step->output = index;
  maker->is_done[index] = TRUE;
  maker->heads[index] = cnn_layer_get_index (step->layer);

  return TRUE;
}

/* Where two branches meet, the first one takes the addition. */
static void
take_followers (Maker   *maker,
                CnnStep *step,
                Part     done)
{
  while (maker->n_users[step->output] == 1 &&
         !maker->is_done[maker->users[step->output]] &&
         take_layer (maker, step, &done, maker->users[step->output]))
    ;
}

/* Whether all values but the last are used by those after them and nobody else;
 * the first one may be, where it is another step's. */
static gboolean
is_closed (Maker       *maker,
           const guint *values,
           guint        n,
           gboolean     is_first_free)
{
  CnnPlan *plan = maker->plan;

  for (guint i = is_first_free ? 1 : 0; i + 1 < n; i++)
    {
      guint n_uses = 0;

      for (guint j = i + 1; j < n; j++)
        {
          CnnLayer *layer = cnn_network_get_layer (plan->network, values[j]);

          for (guint k = 0; k < cnn_layer_get_n_inputs (layer); k++)
            n_uses += source_of (plan, layer, k) == values[i];
        }

      if (n_uses != maker->n_users[values[i]])
        return FALSE;
    }

  return TRUE;
}

/* How far from the last layer that was taken another one is looked for. */
#define MAX_FUNCTION_DISTANCE 16

/* Takes layers from first on (itself, if the step has nothing yet) that are functions of the step's value so far and of
 * one another, such as x·sigmoid(x): as many as possible such that nobody else
 * uses any of them but the last one. */
static void
take_functions (Maker   *maker,
                CnnStep *step,
                guint    first)
{
  CnnPlan *plan = maker->plan;
  gboolean is_first_free = step->output == step->input;
  guint values[CNN_MAX_FUNCTIONS + 1] = { step->output };
  guint n = 0, n_closed = 0;

  for (guint i = first;
       i < plan->n_layers && n < CNN_MAX_FUNCTIONS && i <= MAX (values[n], first) + MAX_FUNCTION_DISTANCE; i++)
    if (plan->sources[i] == i && !maker->is_done[i] &&
        cnn_step_function_init (&step->functions[n], plan, i, values, n + 1))
      {
        values[++n] = i;
        if (is_closed (maker, values, n + 1, is_first_free))
          n_closed = n;
      }
    else if (is_first_free && n == 0)
      break;

  for (guint i = n_closed; i < n; i++)
    g_clear_pointer (&step->functions[i].vector, free);

  step->n_functions = n_closed;
  if (n_closed == 0)
    return;

  step->before_functions = step->output;
  step->output = values[n_closed];
  for (guint i = 1; i <= n_closed; i++)
    {
      maker->is_done[values[i]] = TRUE;
      maker->heads[values[i]] = cnn_layer_get_index (step->layer);
    }
}

/* The layer whose value a step of its own starts with: the first of the same shape. */
static guint
find_base (Maker    *maker,
           CnnLayer *layer)
{
  CnnPlan *plan = maker->plan;

  for (guint i = 0; i < cnn_layer_get_n_inputs (layer); i++)
    if (cnn_shape_equal (shape_of (maker, source_of (plan, layer, i)), cnn_layer_get_shape (layer)))
      return source_of (plan, layer, i);

  return source_of (plan, layer, 0);
}

/* A step that does nothing but finish, or falls back where it cannot. */
static void
finish_by_itself (Maker   *maker,
                  CnnStep *step,
                  guint    index)
{
  Part done = PART_NONE;

  step->output = step->input;
  if (take_layer (maker, step, &done, index))
    {
      take_followers (maker, step, done);
      take_functions (maker, step, step->output + 1);
    }
  else
    {
      step->input = step->output = find_base (maker, step->layer);
      take_functions (maker, step, index);
    }

  /* What comes after the layer may be one of these, and it itself not. */
  if (!maker->is_done[index])
    {
      step->kind = CNN_STEP_FALLBACK;
      step->output = index;
    }

  /* The input has its own place in memory; it need not be left elsewhere. */
  step->before_scale = step->before_scale == step->input ? CNN_NO_LAYER : step->before_scale;
  step->before_add = step->before_add == step->input ? CNN_NO_LAYER : step->before_add;
  step->before_clamp = step->before_clamp == step->input ? CNN_NO_LAYER : step->before_clamp;
  step->before_functions = step->before_functions == step->input ? CNN_NO_LAYER : step->before_functions;
}

static gboolean
is_depthwise (CnnLayer *layer)
{
  guint groups = cnn_layer_get_attributes (layer)->groups;

  return groups > 1 &&
         groups == cnn_layer_get_shape (cnn_layer_get_input (layer, 0))->dims[1] &&
         groups == cnn_layer_get_shape (layer)->dims[1];
}

/* Whether a mean is a global pooling in other words. */
static gboolean
is_global_mean (CnnLayer *layer)
{
  return cnn_layer_get_attributes (layer)->axes == (1 << 2 | 1 << 3) &&
         cnn_layer_get_shape (cnn_layer_get_input (layer, 0))->n_dims == 4;
}

/* The step kind of a layer that is not part of another step. */
static CnnStepKind
get_step_kind (CnnLayer *layer)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);
  const CnnShape *shape = cnn_layer_get_shape (layer);
  CnnKind kind = cnn_layer_get_kind (layer);

  switch (kind)
    {
    case CNN_KIND_INPUT:
      return CNN_STEP_INPUT;

    case CNN_KIND_CONVOLUTION:
      if (shape->n_dims != 4 || !is_reasonable (attributes))
        return CNN_STEP_FALLBACK;
      return is_depthwise (layer) ? CNN_STEP_DEPTHWISE : CNN_STEP_CONV;

    case CNN_KIND_LINEAR:
      return shape->n_dims == 2 ? CNN_STEP_CONV : CNN_STEP_FALLBACK;

    case CNN_KIND_MAX_POOL:
      return is_reasonable (attributes) ? CNN_STEP_MAX_POOL : CNN_STEP_FALLBACK;

    case CNN_KIND_AVERAGE_POOL:
      return is_reasonable (attributes) ? CNN_STEP_AVERAGE_POOL : CNN_STEP_FALLBACK;

    case CNN_KIND_ADAPTIVE_AVERAGE_POOL:
      return CNN_STEP_ADAPTIVE_AVERAGE_POOL;

    case CNN_KIND_BATCH_NORM:
      return CNN_STEP_FINISH;

    case CNN_KIND_REDUCE_MEAN:
      return is_global_mean (layer) ? CNN_STEP_ADAPTIVE_AVERAGE_POOL : CNN_STEP_FALLBACK;

    default:
      if (cnn_plan_is_gather (layer))
        return CNN_STEP_GATHER;
      return cnn_kind_is_function (kind) || cnn_kind_is_arithmetic (kind) ? CNN_STEP_FINISH : CNN_STEP_FALLBACK;
    }
}

/* Whether the network's input can lie with its few channels side by side: when
 * nothing but convolutions of all channels read it. */
static int
get_few_channels (Maker *maker)
{
  CnnPlan *plan = maker->plan;
  const CnnShape *shape = shape_of (maker, 0);

  if (shape->n_dims != 4 || shape->dims[1] >= CNN_BLOCK || maker->n_users[0] == 0)
    return 0;

  for (guint i = 0; i < plan->n_layers; i++)
    {
      CnnLayer *layer = cnn_network_get_layer (plan->network, i);

      for (guint j = 0; j < cnn_layer_get_n_inputs (layer); j++)
        if (source_of (plan, layer, j) == 0 && !is_alias (maker, layer) &&
            (get_step_kind (layer) != CNN_STEP_CONV || cnn_layer_get_attributes (layer)->groups != 1))
          return 0;
    }

  return plan->sources[plan->logits_layer] == 0 ? 0 : shape->dims[1];
}

/* How a convolution is computed: there is a choice where it is 3×3 and reads blocks
 * of channels. Narrow groups have a kernel of their own. */
static CnnAlgorithm
choose_algorithm (Maker   *maker,
                  CnnStep *step)
{
  static const CnnStencil suited = { { 3, 3 }, { 1, 1 }, { 1, 1 }, { 0 } };
  const CnnAttributes *attributes = cnn_layer_get_attributes (step->layer);
  const CnnShape *in = shape_of (maker, step->input), *out = cnn_layer_get_shape (step->layer);
  guint group_in, group_out, n_groups;
  CnnConvSize size;

  if (cnn_layer_get_kind (step->layer) != CNN_KIND_CONVOLUTION ||
      memcmp (&step->stencil, &suited, G_STRUCT_OFFSET (CnnStencil, padding)) != 0 ||
      (step->input == 0 && maker->plan->few_channels > 0))
    return CNN_ALGORITHM_DIRECT;

  /* A block of outputs sees all groups that it has a channel of. */
  group_in = in->dims[1] / attributes->groups;
  group_out = out->dims[1] / attributes->groups;
  if (attributes->groups > 1 && group_in < CNN_BLOCK)
    return CNN_ALGORITHM_DIRECT;

  n_groups = MIN ((CNN_BLOCK + group_out - 1) / group_out, attributes->groups);
  size = (CnnConvSize) { in->dims[1], out->dims[1], n_groups * group_in, out->dims[2], out->dims[3] };

  return cnn_algorithm_choose (cnn_cpu_get_level (), &size);
}

static CnnStep *
make_step (Maker *maker,
           guint  index)
{
  CnnPlan *plan = maker->plan;
  CnnStep *step = g_new0 (CnnStep, 1);
  Part done = PART_NONE;

  step->layer = cnn_network_get_layer (plan->network, index);
  step->kind = get_step_kind (step->layer);
  step->input = index > 0 ? source_of (plan, step->layer, 0) : CNN_NO_LAYER;
  step->output = index;
  step->before_scale = step->before_add = step->before_clamp = step->addend = CNN_NO_LAYER;
  step->before_functions = CNN_NO_LAYER;
  set_stencil (step, step->layer);

  switch (step->kind)
    {
    case CNN_STEP_CONV:
      if (cnn_layer_get_kind (step->layer) == CNN_KIND_LINEAR)
        step->stencil = (CnnStencil) { { 1, 1 }, { 1, 1 }, { 1, 1 }, { 0 } };
      step->algorithm = choose_algorithm (maker, step);
      cnn_step_pack_convolution (step, step->layer, step->input == 0 ? plan->few_channels : 0);
      take_followers (maker, step, done);
      take_functions (maker, step, step->output + 1);
      break;

    case CNN_STEP_DEPTHWISE:
      cnn_step_pack_depthwise (step, step->layer);
      take_followers (maker, step, done);
      take_functions (maker, step, step->output + 1);
      break;

    case CNN_STEP_FINISH:
      finish_by_itself (maker, step, index);
      break;

    case CNN_STEP_GATHER:
      cnn_step_make_gather (step, plan, step->layer);
      break;

    case CNN_STEP_INPUT:
    case CNN_STEP_MAX_POOL:
    case CNN_STEP_AVERAGE_POOL:
    case CNN_STEP_ADAPTIVE_AVERAGE_POOL:
    case CNN_STEP_FALLBACK:
    default:
      break;
    }

  return step;
}

/* The layers that a step reads, one after another; FALSE where there are so many no
 * more. Those that it makes on the way may be among them. */
gboolean
cnn_plan_get_step_input (CnnPlan       *self,
                         const CnnStep *step,
                         guint          i,
                         guint         *layer)
{
  guint n_inputs = cnn_layer_get_n_inputs (step->layer);

  if (step->kind == CNN_STEP_GATHER)
    {
      if (i < step->n_sources)
        *layer = step->sources[i];
      return i < step->n_sources;
    }

  if (i < n_inputs)
    *layer = source_of (self, step->layer, i);
  else if (i == n_inputs)
    *layer = step->addend;
  else if (i - n_inputs - 1 < step->n_functions)
    *layer = step->functions[i - n_inputs - 1].operand;
  else
    return FALSE;

  return TRUE;
}

/* Marks the steps without which there are no logits. */
static void
mark_needed (CnnPlan *plan)
{
  g_autofree gboolean *needed = g_new0 (gboolean, plan->n_layers);

  needed[plan->sources[plan->logits_layer]] = TRUE;

  for (guint i = plan->n_steps; i-- > 0;)
    {
      CnnStep *step = &plan->steps[i];
      guint layer;

      step->for_logits = needed[step->output];
      if (!step->for_logits)
        continue;

      for (guint j = 0; cnn_plan_get_step_input (plan, step, j, &layer); j++)
        if (layer != CNN_NO_LAYER)
          needed[layer] = TRUE;
    }
}

/* Which step makes a layer; where a layer does nothing, its source. */
static void
find_steps_of_layers (CnnPlan     *self,
                      const guint *heads)
{
  g_autofree guint *step_of_head = g_new0 (guint, self->n_layers);

  for (guint i = 0; i < self->n_steps; i++)
    step_of_head[cnn_layer_get_index (self->steps[i].layer)] = i;

  self->step_of_layer = g_new (guint, self->n_layers);
  for (guint i = 0; i < self->n_layers; i++)
    self->step_of_layer[i] = step_of_head[heads[self->sources[i]]];
}

/* The other way round. */
static void
find_layers_of_steps (CnnPlan *self)
{
  guint n = 0;

  self->layers_of_steps = g_new (guint, self->n_layers);
  self->first_layer_of_step = g_new (guint, self->n_steps + 1);

  for (guint i = 0; i < self->n_steps; i++)
    {
      self->first_layer_of_step[i] = n;
      for (guint j = cnn_layer_get_index (self->steps[i].layer); j <= self->steps[i].output; j++)
        if (self->sources[j] == j && self->step_of_layer[j] == i)
          self->layers_of_steps[n++] = j;
    }

  self->first_layer_of_step[self->n_steps] = n;
}

/* Fills sources, steps, and which layers belong to which step. */
void
cnn_plan_make_steps (CnnPlan *self)
{
  g_autofree guint *n_readers = g_new0 (guint, self->n_layers);
  g_autofree guint *n_users = g_new0 (guint, self->n_layers);
  g_autofree guint *users = g_new0 (guint, self->n_layers);
  g_autofree gboolean *is_done = g_new0 (gboolean, self->n_layers);
  g_autofree guint *heads = g_new (guint, self->n_layers);
  g_autofree CnnStep **steps = g_new0 (CnnStep *, self->n_layers);
  Maker maker = { self, n_readers, n_users, users, is_done, heads, steps };

  self->sources = g_new (guint, self->n_layers);
  for (guint i = 0; i < self->n_layers; i++)
    heads[i] = i;
  count_readers (&maker);
  find_users (&maker);
  self->few_channels = get_few_channels (&maker);

  for (guint i = 0; i < self->n_layers; i++)
    if (self->sources[i] == i && !is_done[i])
      {
        CnnStep *step = make_step (&maker, i);

        steps[step->output] = step;
      }

  self->steps = g_new (CnnStep, self->n_layers);
  for (guint i = 0; i < self->n_layers; i++)
    if (steps[i] != NULL)
      {
        self->steps[self->n_steps++] = *steps[i];
        g_free (steps[i]);
      }

  mark_needed (self);
  find_steps_of_layers (self, heads);
  find_layers_of_steps (self);
}
