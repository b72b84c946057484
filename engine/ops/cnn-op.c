#define G_LOG_DOMAIN "cnn-op"

#include "ops/cnn-op-private.h"

#include <math.h>
#include <string.h>

static const CnnOp *const ops[CNN_N_KINDS] = {
  [CNN_KIND_INPUT] = &cnn_op_input,
  [CNN_KIND_CONVOLUTION] = &cnn_op_convolution,
  [CNN_KIND_CONV_TRANSPOSE] = &cnn_op_conv_transpose,
  [CNN_KIND_LINEAR] = &cnn_op_linear,
  [CNN_KIND_MATMUL] = &cnn_op_matmul,
  [CNN_KIND_BATCH_NORM] = &cnn_op_batch_norm,
  [CNN_KIND_LAYER_NORM] = &cnn_op_layer_norm,
  [CNN_KIND_GROUP_NORM] = &cnn_op_group_norm,
  [CNN_KIND_INSTANCE_NORM] = &cnn_op_instance_norm,
  [CNN_KIND_LOCAL_RESPONSE_NORM] = &cnn_op_local_response_norm,
  [CNN_KIND_MAX_POOL] = &cnn_op_max_pool,
  [CNN_KIND_AVERAGE_POOL] = &cnn_op_average_pool,
  [CNN_KIND_ADAPTIVE_AVERAGE_POOL] = &cnn_op_adaptive_average_pool,
  [CNN_KIND_ADAPTIVE_MAX_POOL] = &cnn_op_adaptive_max_pool,
  [CNN_KIND_RESIZE] = &cnn_op_resize,
  [CNN_KIND_CONCAT] = &cnn_op_concat,
  [CNN_KIND_FLATTEN] = &cnn_op_flatten,
  [CNN_KIND_RESHAPE] = &cnn_op_reshape,
  [CNN_KIND_TRANSPOSE] = &cnn_op_transpose,
  [CNN_KIND_SLICE] = &cnn_op_slice,
  [CNN_KIND_EXPAND] = &cnn_op_expand,
  [CNN_KIND_PAD] = &cnn_op_pad,
  [CNN_KIND_CHANNEL_SHUFFLE] = &cnn_op_channel_shuffle,
  [CNN_KIND_DEPTH_TO_SPACE] = &cnn_op_depth_to_space,
  [CNN_KIND_SPACE_TO_DEPTH] = &cnn_op_space_to_depth,
  [CNN_KIND_IDENTITY] = &cnn_op_identity,
  [CNN_KIND_DROPOUT] = &cnn_op_dropout,
  [CNN_KIND_SOFTMAX] = &cnn_op_softmax,
  [CNN_KIND_QUANTIZE] = &cnn_op_quantize,
  [CNN_KIND_DEQUANTIZE] = &cnn_op_dequantize,
  [CNN_KIND_UNKNOWN] = &cnn_op_unknown,
};

static const char *const convention_names[] = {
  [CNN_CONVENTION_HOMEWORK] = "homework",
  [CNN_CONVENTION_MAC] = "mac",
  [CNN_CONVENTION_FLOP] = "flop",
};

static const char *const parameter_names[CNN_N_PARAMETERS] = {
  [CNN_PARAMETER_WEIGHT] = "weight",
  [CNN_PARAMETER_BIAS] = "bias",
  [CNN_PARAMETER_MEAN] = "mean",
  [CNN_PARAMETER_VARIANCE] = "variance",
};

/**
 * cnn_attributes_init:
 * @attributes: (out caller-allocates): attributes
 *
 * Sets @attributes to a dense 1×1 window that moves by one, without padding, in
 * one group; pooling that rounds down and leaves padding out of the divisor; an
 * output of 1×1; an epsilon of 10⁻⁵; no clipping; slopes, limits and factors of 1
 * and nothing added; axis 1 (the channels); no shape, nothing moved, and steps of
 * one.
 */
void
cnn_attributes_init (CnnAttributes *attributes)
{
  *attributes = (CnnAttributes) {
    .kernel = { 1, 1 },
    .stride = { 1, 1 },
    .dilation = { 1, 1 },
    .groups = 1,
    .output_size = { 1, 1 },
    .epsilon = 1e-5,
    .minimum = -INFINITY,
    .maximum = INFINITY,
    .alpha = 1,
    .gamma = 1,
    .size = 1,
    .axis = 1,
    .permutation = { 0, 1, 2, 3, 4, 5 },
    .step = { 1, 1, 1, 1, 1, 1 },
  };
}

/**
 * cnn_kind_get_name:
 * @kind: a kind
 *
 * Returns: the name of @kind, as scripts know it, such as `max-pool`
 */
const char *
cnn_kind_get_name (CnnKind kind)
{
  return cnn_op_get (kind)->name;
}

/**
 * cnn_parameter_get_name:
 * @parameter: which of a layer's learned tensors
 *
 * Returns: its name, such as `weight`
 */
const char *
cnn_parameter_get_name (CnnParameter parameter)
{
  g_return_val_if_fail (parameter < CNN_N_PARAMETERS, NULL);

  return parameter_names[parameter];
}

/**
 * cnn_convention_get_name:
 * @convention: a convention
 *
 * Returns: the name of @convention: `homework`, `mac` or `flop`
 */
const char *
cnn_convention_get_name (CnnConvention convention)
{
  g_return_val_if_fail (convention < G_N_ELEMENTS (convention_names), NULL);

  return convention_names[convention];
}

/**
 * cnn_convention_parse:
 * @name: what a user typed
 * @convention: (out): the convention of that name
 *
 * Returns: whether there is a convention called @name
 */
gboolean
cnn_convention_parse (const char    *name,
                      CnnConvention *convention)
{
  for (guint i = 0; i < G_N_ELEMENTS (convention_names); i++)
    if (g_strcmp0 (name, convention_names[i]) == 0)
      {
        *convention = i;
        return TRUE;
      }

  return FALSE;
}

/**
 * cnn_cost_add:
 * @sum: (inout): a cost
 * @cost: what is added to it, counted in the same convention
 */
void
cnn_cost_add (CnnCost       *sum,
              const CnnCost *cost)
{
  sum->parameters += cost->parameters;
  sum->multiplications += cost->multiplications;
  sum->additions += cost->additions;
  sum->comparisons += cost->comparisons;
  sum->flops += cost->flops;
}

/* Engine-internal: the arithmetic of a kind. */
const CnnOp *
cnn_op_get (CnnKind kind)
{
  g_return_val_if_fail (kind < CNN_N_KINDS, NULL);

  if (cnn_kind_is_function (kind))
    return &cnn_op_functions[kind - CNN_FIRST_FUNCTION];
  if (cnn_kind_is_arithmetic (kind))
    return &cnn_op_arithmetic[kind - CNN_FIRST_ARITHMETIC];
  if (kind >= CNN_FIRST_REDUCTION && kind < CNN_FIRST_REDUCTION + CNN_N_REDUCTIONS)
    return &cnn_op_reductions[kind - CNN_FIRST_REDUCTION];

  return ops[kind];
}

/* Whether a parameter was learned: a single number in an expression was written
 * by a person. */
static gboolean
is_learned (const CnnOpContext *context,
            const CnnTensor    *tensor)
{
  return tensor != NULL &&
         (!cnn_kind_is_arithmetic (context->kind) || cnn_tensor_get_n_elements (tensor) > 1);
}

/* Engine-internal: what one picture costs in a layer whose shapes have been
 * inferred. */
void
cnn_op_get_cost (const CnnOpContext *context,
                 const CnnShape     *inputs,
                 const CnnShape     *output,
                 CnnConvention       convention,
                 CnnCost            *cost)
{
  const CnnOp *op = cnn_op_get (context->kind);
  gboolean has_macs = context->kind == CNN_KIND_CONVOLUTION || context->kind == CNN_KIND_CONV_TRANSPOSE ||
                      context->kind == CNN_KIND_LINEAR || context->kind == CNN_KIND_MATMUL;

  *cost = (CnnCost) { 0 };

  if (has_macs || convention != CNN_CONVENTION_MAC)
    op->count (context, inputs, output, convention, cost);

  for (CnnParameter i = CNN_PARAMETER_WEIGHT; i <= CNN_PARAMETER_BIAS; i++)
    if (is_learned (context, context->parameters[i]))
      cost->parameters += cnn_tensor_get_n_elements (context->parameters[i]);

  cost->flops = cost->multiplications + cost->additions + cost->comparisons;
}

/* Checks that a kind is given as many inputs as it can use. */
gboolean
cnn_op_check_inputs (const CnnOpContext  *context,
                     guint                minimum,
                     guint                maximum,
                     GError             **error)
{
  if (context->n_inputs >= minimum && context->n_inputs <= maximum)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "%u %s, expected %s%u",
               context->n_inputs, context->n_inputs == 1 ? "input" : "inputs",
               minimum < maximum ? "at least " : "", minimum);

  return FALSE;
}

/* Checks that an input has rows and columns. */
gboolean
cnn_op_check_maps (const CnnShape  *input,
                   GError         **error)
{
  g_autofree char *text = NULL;

  if (input->n_dims == 4)
    return TRUE;

  text = cnn_shape_to_string (input);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "input is %s, expected four dimensions N×C×H×W", text);

  return FALSE;
}

/* Checks that an input has channels. */
gboolean
cnn_op_check_channels (const CnnShape  *input,
                       GError         **error)
{
  g_autofree char *text = NULL;

  if (input->n_dims >= 2)
    return TRUE;

  text = cnn_shape_to_string (input);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "input is %s, expected N×C×…", text);

  return FALSE;
}

/* Checks that the axis is one of the input's, and not the one along which the
 * pictures of a batch lie: those never meet. */
gboolean
cnn_op_check_axis (const CnnOpContext  *context,
                   const CnnShape      *input,
                   GError             **error)
{
  guint axis = context->attributes->axis;

  if (axis == 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "axis is 0, which would mix the pictures of a batch; expected 1 or more");
      return FALSE;
    }

  if (axis >= input->n_dims)
    {
      g_autofree char *text = cnn_shape_to_string (input);

      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "axis is %u, but the input %s has %u dimensions", axis, text, input->n_dims);
      return FALSE;
    }

  return TRUE;
}

/* Checks that there are axes, all of them the input's, the batch's not among
 * them. */
gboolean
cnn_op_check_axes (const CnnOpContext  *context,
                   const CnnShape      *input,
                   GError             **error)
{
  guint axes = context->attributes->axes;
  g_autofree char *text = NULL;

  if (axes != 0 && (axes & 1) == 0 && axes >> input->n_dims == 0)
    return TRUE;

  text = cnn_shape_to_string (input);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "axes are the bits of %#x, expected some of 1 to %u of the input %s",
               axes, MAX (input->n_dims, 1) - 1, text);

  return FALSE;
}

/* Checks that a layer keeps the number of dimensions. */
gboolean
cnn_op_check_n_dims (const CnnShape  *input,
                     const CnnShape  *output,
                     GError         **error)
{
  g_autofree char *wanted = NULL;
  g_autofree char *text = NULL;

  if (input->n_dims == output->n_dims)
    return TRUE;

  wanted = cnn_shape_to_string (output);
  text = cnn_shape_to_string (input);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "shape is %s, expected as many dimensions as in the input %s",
               wanted, text);

  return FALSE;
}

/* The shape that the attributes ask for, for as many pictures as the input has. */
gboolean
cnn_op_get_wanted_shape (const CnnOpContext  *context,
                         const CnnShape      *input,
                         CnnShape            *output,
                         GError             **error)
{
  g_autofree char *text = NULL;

  *output = context->attributes->shape;
  if (output->n_dims > 0 && output->n_dims <= CNN_MAX_DIMS && output->dims[0] == 1 && input->n_dims > 0)
    {
      output->dims[0] = input->dims[0];
      for (guint i = 1; i < MIN (output->n_dims, input->n_dims); i++)
        if (output->dims[i] == CNN_EXTENT_OF_INPUT)
          output->dims[i] = input->dims[i];
      if (cnn_shape_is_valid (output))
        return TRUE;
    }

  text = output->n_dims > CNN_MAX_DIMS ? g_strdup ("too long") : cnn_shape_to_string (&context->attributes->shape);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "shape is %s, expected that of one picture, 1×…", text);

  return FALSE;
}

/* Checks that a parameter is there and holds one number for each channel. */
gboolean
cnn_op_check_vector (const CnnOpContext  *context,
                     CnnParameter         parameter,
                     gsize                length,
                     GError             **error)
{
  const CnnTensor *tensor = context->parameters[parameter];
  const CnnShape *shape;
  g_autofree char *text = NULL;

  if (tensor == NULL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "%s is missing, expected %" G_GSIZE_FORMAT " numbers",
                   parameter_names[parameter], length);
      return FALSE;
    }

  shape = cnn_tensor_get_shape (tensor);
  if (shape->n_dims == 1 && shape->dims[0] == length)
    return TRUE;

  text = cnn_shape_to_string (shape);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "%s is %s, expected %" G_GSIZE_FORMAT,
               parameter_names[parameter], text, length);

  return FALSE;
}

/* infer_shape() of what works on each element by itself. */
gboolean
cnn_op_infer_same (const CnnOpContext  *context,
                   const CnnShape      *inputs,
                   CnnShape            *output,
                   GError             **error)
{
  if (!cnn_op_check_inputs (context, 1, 1, error))
    return FALSE;

  *output = inputs[0];

  return TRUE;
}

/* count() of what only moves numbers. */
void
cnn_op_count_nothing (const CnnOpContext *context,
                      const CnnShape     *inputs,
                      const CnnShape     *output,
                      CnnConvention       convention,
                      CnnCost            *cost)
{
}

/* Counts n_products dot products of length numbers each: all that convolutions
 * and linear layers do. The first product needs no addition, unless the
 * convention pairs each multiplication with one. */
void
cnn_op_count_dot_products (gsize          n_products,
                           gsize          length,
                           gboolean       bias,
                           CnnConvention  convention,
                           CnnCost       *cost)
{
  guint64 macs = (guint64) n_products * length;

  cost->multiplications = macs;

  switch (convention)
    {
    case CNN_CONVENTION_HOMEWORK:
      cost->additions = macs - n_products;
      break;

    case CNN_CONVENTION_MAC:
      break;

    case CNN_CONVENTION_FLOP:
      cost->additions = macs + (bias ? n_products : 0);
      break;

    default:
      g_assert_not_reached ();
    }
}

/* see() of what works on each element, or each position, by itself. */
void
cnn_op_see_same (const CnnOpContext      *context,
                 const CnnShape          *inputs,
                 const CnnReceptiveField *fields,
                 CnnReceptiveField       *output)
{
  *output = fields[0];
}

/* forward() of what hands the same numbers on, perhaps in another shape. */
void
cnn_op_forward_same (const CnnOpContext     *context,
                     const CnnTensor *const *inputs,
                     CnnTensor              *output)
{
  memcpy (cnn_tensor_get_mutable_data (output), cnn_tensor_get_data (inputs[0]),
          cnn_tensor_get_n_elements (output) * sizeof (float));
}
