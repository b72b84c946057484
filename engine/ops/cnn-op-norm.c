#define G_LOG_DOMAIN "cnn-op-norm"

#include "ops/cnn-field-private.h"
#include "ops/cnn-walk-private.h"

#include <math.h>

/* Normalisations that measure the picture itself:
 *
 *   out = (in − mean) / √(variance + epsilon) · weight + bias
 *
 * with mean and variance (divided by n) over some of the dimensions for a layer
 * norm (Ba, Kiros, Hinton, "Layer Normalization", 2016), over all rows and columns
 * of a group of channels for a group norm (Wu, He, "Group Normalization", 2018),
 * and of a single channel for an instance norm. Weight and bias have a number for
 * each place of the dimensions of a layer norm, or for each channel, and may be
 * missing. */

static gboolean
check_optional_vector (const CnnOpContext  *context,
                       CnnParameter         parameter,
                       gsize                length,
                       GError             **error)
{
  return context->parameters[parameter] == NULL ||
         cnn_op_check_vector (context, parameter, length, error);
}

/* The extents that a layer norm measures over, as its weight has them. */
static CnnShape
get_measured_shape (const CnnOpContext *context,
                    const CnnShape     *input)
{
  CnnShape shape = { 0 };

  for (guint i = 0; i < input->n_dims; i++)
    if ((context->attributes->axes & 1u << i) != 0)
      shape.dims[shape.n_dims++] = input->dims[i];

  return shape;
}

static gboolean
infer_layer_norm (const CnnOpContext  *context,
                  const CnnShape      *inputs,
                  CnnShape            *output,
                  GError             **error)
{
  CnnShape expected;

  if (!cnn_op_infer_same (context, inputs, output, error) ||
      !cnn_op_check_axes (context, &inputs[0], error))
    return FALSE;

  expected = get_measured_shape (context, &inputs[0]);

  for (CnnParameter i = CNN_PARAMETER_WEIGHT; i <= CNN_PARAMETER_BIAS; i++)
    {
      const CnnTensor *tensor = context->parameters[i];

      if (tensor != NULL && !cnn_shape_equal (cnn_tensor_get_shape (tensor), &expected))
        {
          g_autofree char *text = cnn_shape_to_string (cnn_tensor_get_shape (tensor));
          g_autofree char *wanted = cnn_shape_to_string (&expected);

          g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "%s is %s, expected %s",
                       cnn_parameter_get_name (i), text, wanted);
          return FALSE;
        }
    }

  return TRUE;
}

static gsize
get_n_groups (const CnnOpContext *context,
              const CnnShape     *input)
{
  return context->kind == CNN_KIND_INSTANCE_NORM ? input->dims[1] : context->attributes->groups;
}

static gboolean
infer_group_norm (const CnnOpContext  *context,
                  const CnnShape      *inputs,
                  CnnShape            *output,
                  GError             **error)
{
  gsize n_groups;

  if (!cnn_op_infer_same (context, inputs, output, error) ||
      !cnn_op_check_channels (&inputs[0], error))
    return FALSE;

  n_groups = get_n_groups (context, output);
  if (n_groups == 0 || output->dims[1] % n_groups != 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "%" G_GSIZE_FORMAT " groups do not divide the %" G_GSIZE_FORMAT " channels of the input",
                   n_groups, output->dims[1]);
      return FALSE;
    }

  return check_optional_vector (context, CNN_PARAMETER_WEIGHT, output->dims[1], error) &&
         check_optional_vector (context, CNN_PARAMETER_BIAS, output->dims[1], error);
}

/* For n numbers that are measured together: n − 1 additions and a division for
 * the mean; n subtractions of it, n squares, n − 1 additions and a division for
 * the variance, an addition of epsilon and a division for the scale; n
 * multiplications by it, and what the parameters are. */
static void
count_measured (const CnnOpContext *context,
                guint64             n_elements,
                guint64             n_measured,
                CnnCost            *cost)
{
  gboolean has_weight = context->parameters[CNN_PARAMETER_WEIGHT] != NULL;
  gboolean has_bias = context->parameters[CNN_PARAMETER_BIAS] != NULL;

  cost->multiplications = (has_weight ? 3 : 2) * n_elements + 3 * n_measured;
  cost->additions = (has_bias ? 4 : 3) * n_elements - n_measured;
}

static void
count_layer_norm (const CnnOpContext *context,
                  const CnnShape     *inputs,
                  const CnnShape     *output,
                  CnnConvention       convention,
                  CnnCost            *cost)
{
  CnnShape measured = get_measured_shape (context, output);
  gsize n = cnn_shape_get_n_elements (output);

  count_measured (context, n, n / cnn_shape_get_n_elements (&measured), cost);
}

static void
count_group_norm (const CnnOpContext *context,
                  const CnnShape     *inputs,
                  const CnnShape     *output,
                  CnnConvention       convention,
                  CnnCost            *cost)
{
  count_measured (context, cnn_shape_get_n_elements (output), get_n_groups (context, output), cost);
}

static void
see_layer_norm (const CnnOpContext      *context,
                const CnnShape          *inputs,
                const CnnReceptiveField *fields,
                CnnReceptiveField       *output)
{
  *output = fields[0];

  for (guint i = 1; i < inputs[0].n_dims; i++)
    if ((context->attributes->axes & 1u << i) != 0)
      cnn_field_see_dimension (&inputs[0], i, output);
}

/* Through the mean every cell sees all rows and columns. */
static void
see_group_norm (const CnnOpContext      *context,
                const CnnShape          *inputs,
                const CnnReceptiveField *fields,
                CnnReceptiveField       *output)
{
  *output = fields[0];

  for (guint i = 1; i < inputs[0].n_dims; i++)
    cnn_field_see_dimension (&inputs[0], i, output);
}

/* Normalises n numbers that are measured together; places says where they are. */
static void
normalize (const float *in,
           float       *out,
           const gsize *places,
           gsize        n,
           double       epsilon)
{
  double mean = 0, variance = 0, scale;

  for (gsize i = 0; i < n; i++)
    mean += in[places[i]];
  mean /= n;

  for (gsize i = 0; i < n; i++)
    variance += (in[places[i]] - mean) * (in[places[i]] - mean);
  scale = 1 / sqrt (variance / n + epsilon);

  for (gsize i = 0; i < n; i++)
    out[places[i]] = (in[places[i]] - mean) * scale;
}

/* Multiplies by the weight and adds the bias of each element; the walk's offset
 * says which. */
static void
apply_parameters (const CnnOpContext *context,
                  CnnWalk            *walk,
                  float              *out)
{
  const CnnTensor *weight = context->parameters[CNN_PARAMETER_WEIGHT];
  const CnnTensor *bias = context->parameters[CNN_PARAMETER_BIAS];
  gsize n = cnn_shape_get_n_elements (&walk->shape);

  for (gsize i = 0; i < n; i++, cnn_walk_step (walk))
    {
      double value = out[i];

      if (weight != NULL)
        value *= cnn_tensor_get_data (weight)[walk->offset];
      if (bias != NULL)
        value += cnn_tensor_get_data (bias)[walk->offset];
      out[i] = value;
    }
}

static void
forward_layer_norm (const CnnOpContext     *context,
                    const CnnTensor *const *inputs,
                    CnnTensor              *output)
{
  const CnnShape *shape = cnn_tensor_get_shape (output);
  CnnShape measured = get_measured_shape (context, shape);
  gsize n = cnn_shape_get_n_elements (&measured);
  gsize n_elements = cnn_shape_get_n_elements (shape);
  g_autofree gsize *places = g_new (gsize, n);
  CnnShape stretched = *shape, apart = *shape;
  CnnWalk inside, outside, parameters;

  for (guint i = 0; i < shape->n_dims; i++)
    if ((context->attributes->axes & 1u << i) != 0)
      apart.dims[i] = 1;
    else
      stretched.dims[i] = 1;

  /* The elements that are measured together lie as in one picture's corner. */
  cnn_walk_init (&parameters, shape, &stretched);
  cnn_walk_init (&inside, shape, shape);
  outside = inside;
  inside.shape = stretched;
  for (gsize i = 0; i < n; i++, cnn_walk_step (&inside))
    places[i] = inside.offset;

  outside.shape = apart;
  for (gsize i = 0; i < n_elements / n; i++, cnn_walk_step (&outside))
    normalize (cnn_tensor_get_data (inputs[0]) + outside.offset,
               cnn_tensor_get_mutable_data (output) + outside.offset,
               places, n, context->attributes->epsilon);

  apply_parameters (context, &parameters, cnn_tensor_get_mutable_data (output));
}

static void
forward_group_norm (const CnnOpContext     *context,
                    const CnnTensor *const *inputs,
                    CnnTensor              *output)
{
  const CnnShape *shape = cnn_tensor_get_shape (output);
  gsize n_groups = shape->dims[0] * get_n_groups (context, shape);
  gsize n = cnn_shape_get_n_elements (shape) / n_groups;
  g_autofree gsize *places = g_new (gsize, n);
  CnnShape channels = *shape;
  CnnWalk parameters;

  for (gsize i = 0; i < n; i++)
    places[i] = i;
  for (gsize i = 0; i < n_groups; i++)
    normalize (cnn_tensor_get_data (inputs[0]) + i * n, cnn_tensor_get_mutable_data (output) + i * n,
               places, n, context->attributes->epsilon);

  for (guint i = 0; i < shape->n_dims; i++)
    channels.dims[i] = i == 1 ? shape->dims[1] : 1;
  cnn_walk_init (&parameters, shape, &channels);
  apply_parameters (context, &parameters, cnn_tensor_get_mutable_data (output));
}

const CnnOp cnn_op_layer_norm = {
  .name = "layer-norm",
  .infer_shape = infer_layer_norm,
  .count = count_layer_norm,
  .see = see_layer_norm,
  .forward = forward_layer_norm,
};

const CnnOp cnn_op_group_norm = {
  .name = "group-norm",
  .infer_shape = infer_group_norm,
  .count = count_group_norm,
  .see = see_group_norm,
  .forward = forward_group_norm,
};

const CnnOp cnn_op_instance_norm = {
  .name = "instance-norm",
  .infer_shape = infer_group_norm,
  .count = count_group_norm,
  .see = see_group_norm,
  .forward = forward_group_norm,
};
