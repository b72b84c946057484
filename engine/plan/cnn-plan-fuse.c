#include "ops/cnn-op-private.h"
#include "plan/cnn-plan-private.h"

#include <math.h>
#include <stdlib.h>

/* Layers as functions of a finish (see CnnFunction): activations, and arithmetic
 * with a map or with a constant. */

/* The kinds that are a function of one value. */
static gboolean
init_unary (CnnFunction         *function,
            CnnKind              kind,
            const CnnAttributes *attributes)
{
  function->alpha = attributes->alpha;
  function->beta = attributes->beta;
  function->gamma = attributes->gamma;

  switch (kind)
    {
    case CNN_KIND_RELU:
      function->id = CNN_FUNCTION_CLIP;
      function->alpha = 0;
      function->beta = INFINITY;
      return TRUE;

    case CNN_KIND_CLIP:
      function->id = CNN_FUNCTION_CLIP;
      function->alpha = attributes->minimum;
      function->beta = attributes->maximum;
      return TRUE;

    case CNN_KIND_ELU:
      function->id = CNN_FUNCTION_ELU;
      return TRUE;

    case CNN_KIND_SIGMOID:
      function->id = CNN_FUNCTION_SIGMOID;
      return TRUE;

    case CNN_KIND_HARD_SIGMOID:
      function->id = CNN_FUNCTION_HARD_SIGMOID;
      return TRUE;

    case CNN_KIND_HARD_SWISH:
      function->id = CNN_FUNCTION_HARD_SWISH;
      return TRUE;

    case CNN_KIND_SILU:
      function->id = CNN_FUNCTION_SILU;
      return TRUE;

    case CNN_KIND_GELU:
      function->id = attributes->tanh_form ? CNN_FUNCTION_GELU_TANH : CNN_FUNCTION_GELU;
      return TRUE;

    case CNN_KIND_MISH:
      function->id = CNN_FUNCTION_MISH;
      return TRUE;

    case CNN_KIND_SOFTSIGN:
      function->id = CNN_FUNCTION_SOFTSIGN;
      return TRUE;

    case CNN_KIND_TANH:
      function->id = CNN_FUNCTION_TANH;
      return TRUE;

    case CNN_KIND_ERF:
      function->id = CNN_FUNCTION_ERF;
      return TRUE;

    case CNN_KIND_EXP:
      function->id = CNN_FUNCTION_EXP;
      return TRUE;

    case CNN_KIND_SQRT:
      function->id = CNN_FUNCTION_SQRT;
      return TRUE;

    case CNN_KIND_RECIPROCAL:
      function->id = CNN_FUNCTION_RECIPROCAL;
      return TRUE;

    case CNN_KIND_ABS:
      function->id = CNN_FUNCTION_ABS;
      return TRUE;

    case CNN_KIND_NEGATE:
      function->id = CNN_FUNCTION_NEGATE;
      return TRUE;

    default:
      return FALSE;
    }
}

static gboolean
init_binary (CnnFunction *function,
             CnnKind      kind)
{
  switch (kind)
    {
    case CNN_KIND_ADD:
      function->id = CNN_FUNCTION_ADD;
      return TRUE;

    case CNN_KIND_SUBTRACT:
      function->id = CNN_FUNCTION_SUBTRACT;
      return TRUE;

    case CNN_KIND_MULTIPLY:
      function->id = CNN_FUNCTION_MULTIPLY;
      return TRUE;

    case CNN_KIND_DIVIDE:
      function->id = CNN_FUNCTION_DIVIDE;
      return TRUE;

    case CNN_KIND_MINIMUM:
      function->id = CNN_FUNCTION_MINIMUM;
      return TRUE;

    case CNN_KIND_MAXIMUM:
      function->id = CNN_FUNCTION_MAXIMUM;
      return TRUE;

    default:
      return FALSE;
    }
}

static int
find_value (const guint *values,
            guint        n_values,
            guint        layer)
{
  for (guint i = 0; i < n_values; i++)
    if (values[i] == layer)
      return i;

  return CNN_OPERAND;
}

static const CnnShape *
shape_of (CnnPlan *plan,
          guint    index)
{
  return cnn_layer_get_shape (cnn_network_get_layer (plan->network, index));
}

/* Whether a tensor has a single number for each of the channels of a shape. */
static gboolean
is_by_channel (const CnnShape *shape,
               const CnnShape *tensor)
{
  gsize n_channels = shape->n_dims > 1 ? shape->dims[1] : 1;
  guint missing = shape->n_dims - tensor->n_dims;

  return tensor->n_dims <= shape->n_dims && shape->n_dims > 1 &&
         cnn_shape_get_n_elements (tensor) == n_channels &&
         missing <= 1 && tensor->dims[1 - missing] == n_channels;
}

/* Takes a constant as the operand, where it has a number for each channel or one
 * for all. */
static gboolean
take_constant (CnnStepFunction *self,
               const CnnShape  *shape,
               CnnTensor       *constant)
{
  gsize n = cnn_tensor_get_n_elements (constant);

  if (n != 1 && !is_by_channel (shape, cnn_tensor_get_shape (constant)))
    return FALSE;

  self->vector = cnn_step_pack_vector (constant, shape->n_dims > 1 ? shape->dims[1]
                                                                   : cnn_shape_get_n_elements (shape));

  return TRUE;
}

/* Takes another layer's output, as large as the rest or of one pixel. */
static gboolean
take_map (CnnStepFunction *self,
          const CnnShape  *shape,
          const CnnShape  *other,
          guint            layer)
{
  self->operand = layer;
  self->is_stretched = !cnn_shape_equal (shape, other);

  return !self->is_stretched || (other->n_dims == shape->n_dims && is_by_channel (shape, other));
}

static gboolean
init_with_constant (CnnStepFunction *self,
                    CnnLayer        *layer,
                    CnnTensor       *constant)
{
  if (cnn_layer_get_n_inputs (layer) != 1 || !take_constant (self, cnn_layer_get_shape (layer), constant))
    return FALSE;

  self->function.b = CNN_OPERAND;
  if (cnn_layer_get_attributes (layer)->constant_first)
    {
      self->function.b = self->function.a;
      self->function.a = CNN_OPERAND;
    }

  return TRUE;
}

static gboolean
init_with_layer (CnnStepFunction *self,
                 CnnPlan         *plan,
                 CnnLayer        *layer,
                 const guint     *values,
                 guint            n_values)
{
  guint sources[2];

  if (cnn_layer_get_n_inputs (layer) != 2)
    return FALSE;

  for (guint i = 0; i < 2; i++)
    sources[i] = plan->sources[cnn_layer_get_index (cnn_layer_get_input (layer, i))];

  self->function.a = find_value (values, n_values, sources[0]);
  self->function.b = find_value (values, n_values, sources[1]);

  if (self->function.a == CNN_OPERAND && self->function.b == CNN_OPERAND)
    return FALSE;
  if (self->function.a == CNN_OPERAND)
    return take_map (self, cnn_layer_get_shape (layer), shape_of (plan, sources[0]), sources[0]);
  if (self->function.b == CNN_OPERAND)
    return take_map (self, cnn_layer_get_shape (layer), shape_of (plan, sources[1]), sources[1]);

  return TRUE;
}

static gboolean
init_function (CnnStepFunction *self,
               CnnPlan         *plan,
               CnnLayer        *layer,
               const guint     *values,
               guint            n_values)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);
  CnnTensor *weight = cnn_layer_get_parameter (layer, CNN_PARAMETER_WEIGHT);
  CnnKind kind = cnn_layer_get_kind (layer);
  CnnFunction *function = &self->function;

  if (init_binary (function, kind) && weight == NULL)
    return init_with_layer (self, plan, layer, values, n_values);

  function->a = find_value (values, n_values, plan->sources[cnn_layer_get_index (cnn_layer_get_input (layer, 0))]);
  if (function->a == CNN_OPERAND)
    return FALSE;

  if (init_binary (function, kind))
    return init_with_constant (self, layer, weight);

  if (kind == CNN_KIND_PRELU || kind == CNN_KIND_LEAKY_RELU)
    {
      float slope = attributes->alpha;
      g_autoptr (CnnTensor) slopes = weight != NULL ? cnn_tensor_ref (weight)
                                                    : cnn_tensor_new_from_data (&CNN_SHAPE_1 (1), &slope);

      function->id = CNN_FUNCTION_LEAKY_RELU;
      function->b = CNN_OPERAND;
      self->vector = cnn_step_pack_vector (slopes, cnn_layer_get_shape (layer)->n_dims > 1
                                                     ? cnn_layer_get_shape (layer)->dims[1]
                                                     : cnn_shape_get_n_elements (cnn_layer_get_shape (layer)));
      return TRUE;
    }

  return init_unary (function, kind, attributes);
}

/* Makes a layer a function of the values of other layers, which all have the shape of
 * the first, and perhaps of another operand. Returns: whether it can be one */
gboolean
cnn_step_function_init (CnnStepFunction *self,
                        CnnPlan         *plan,
                        guint            index,
                        const guint     *values,
                        guint            n_values)
{
  CnnLayer *layer = cnn_network_get_layer (plan->network, index);

  *self = (CnnStepFunction) { .layer = index, .operand = CNN_NO_LAYER };

  if (!cnn_shape_equal (cnn_layer_get_shape (layer), shape_of (plan, values[0])) ||
      (!cnn_kind_is_function (cnn_layer_get_kind (layer)) && !cnn_kind_is_arithmetic (cnn_layer_get_kind (layer))))
    return FALSE;

  if (init_function (self, plan, layer, values, n_values))
    return TRUE;

  g_clear_pointer (&self->vector, free);

  return FALSE;
}
