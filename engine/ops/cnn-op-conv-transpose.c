#define G_LOG_DOMAIN "cnn-op-conv-transpose"

#include "ops/cnn-field-private.h"

/* A transposed convolution: every input is spread over a window of the output, that
 * moves by the stride, and what falls on one place is added up. The padding is what
 * is taken away at the edges. The weight is I×(O/groups)×kH×kW, the bias O. */

static gboolean
check_weight (const CnnOpContext  *context,
              const CnnShape      *input,
              GError             **error)
{
  const CnnAttributes *attributes = context->attributes;
  const CnnTensor *weight = context->parameters[CNN_PARAMETER_WEIGHT];
  const CnnShape *shape;
  g_autofree char *text = NULL;

  if (weight == NULL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "weight is missing");
      return FALSE;
    }

  shape = cnn_tensor_get_shape (weight);
  if (shape->n_dims == 4 && cnn_shape_get_n_elements (shape) > 0 && shape->dims[0] == input->dims[1] &&
      shape->dims[2] == attributes->kernel[0] && shape->dims[3] == attributes->kernel[1] &&
      attributes->groups > 0 && input->dims[1] % attributes->groups == 0)
    return TRUE;

  text = cnn_shape_to_string (shape);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "weight is %s, expected %" G_GSIZE_FORMAT "×(O/%u)×%u×%u",
               text, input->dims[1], attributes->groups, attributes->kernel[0], attributes->kernel[1]);

  return FALSE;
}

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  const CnnAttributes *attributes = context->attributes;
  gsize channels;

  if (!cnn_op_check_inputs (context, 1, 1, error) ||
      !cnn_op_check_maps (&inputs[0], error) ||
      !check_weight (context, &inputs[0], error))
    return FALSE;

  channels = cnn_tensor_get_shape (context->parameters[CNN_PARAMETER_WEIGHT])->dims[1] * attributes->groups;
  if (context->parameters[CNN_PARAMETER_BIAS] != NULL &&
      !cnn_op_check_vector (context, CNN_PARAMETER_BIAS, channels, error))
    return FALSE;

  *output = inputs[0];
  output->dims[1] = channels;
  for (guint i = 0; i < 2; i++)
    {
      gsize whole = (inputs[0].dims[2 + i] - 1) * attributes->stride[i] +
                    ((gsize) attributes->kernel[i] - 1) * attributes->dilation[i] + 1 + attributes->output_padding[i];
      gsize padding = (gsize) attributes->padding[i] + attributes->padding[2 + i];

      if (attributes->stride[i] == 0 || attributes->dilation[i] == 0 || whole <= padding)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                       "stride %u, dilation %u and padding %" G_GSIZE_FORMAT " leave nothing of the output",
                       attributes->stride[i], attributes->dilation[i], padding);
          return FALSE;
        }
      output->dims[2 + i] = whole - padding;
    }

  return TRUE;
}

static void
count (const CnnOpContext *context,
       const CnnShape     *inputs,
       const CnnShape     *output,
       CnnConvention       convention,
       CnnCost            *cost)
{
  const CnnShape *weight = cnn_tensor_get_shape (context->parameters[CNN_PARAMETER_WEIGHT]);
  guint64 n_out = cnn_shape_get_n_elements (output);

  /* Each input times each weight that spreads it, padding included. */
  guint64 macs = cnn_shape_get_n_elements (&inputs[0]) * weight->dims[1] * weight->dims[2] * weight->dims[3];

  cost->multiplications = macs;
  if (convention == CNN_CONVENTION_HOMEWORK)
    cost->additions = macs - MIN (macs, n_out);
  else if (convention == CNN_CONVENTION_FLOP)
    cost->additions = macs + (context->parameters[CNN_PARAMETER_BIAS] != NULL ? n_out : 0);
}

/* The inputs, counted from 0, that a cell of the output along an axis is made of. */
static void
find_inputs (const CnnAttributes *attributes,
             guint                axis,
             gsize                in,
             gsize                cell,
             gsize               *first,
             gsize               *last)
{
  gssize place = cell + attributes->padding[axis];

  *first = in;
  *last = 0;
  for (gssize k = 0; k < (gssize) attributes->kernel[axis]; k++)
    {
      gssize start = place - k * (gssize) attributes->dilation[axis];
      gssize stride = attributes->stride[axis];

      if (start >= 0 && start % stride == 0 && start / stride < (gssize) in)
        {
          *first = MIN (*first, (gsize) (start / stride));
          *last = MAX (*last, (gsize) (start / stride));
        }
    }
}

static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  CnnShape shape;

  if (!infer_shape (context, inputs, &shape, NULL))
    g_return_if_reached ();

  *output = fields[0];
  for (guint i = 0; i < 2; i++)
    {
      gint64 strides[] = { 0, fields[0].stride[i], fields[0].stride[i] / context->attributes->stride[i] };
      gsize in = inputs[0].dims[2 + i], n_out = shape.dims[2 + i];
      g_autofree CnnFieldRun *runs = NULL;
      guint n_runs = 0;

      if (fields[0].dimension[i] != 2 + i)
        continue;

      runs = g_new (CnnFieldRun, n_out);
      for (gsize cell = 0; cell < n_out; cell++)
        {
          gsize first, last;
          CnnReceptiveField seen;

          find_inputs (context->attributes, i, in, cell, &first, &last);
          if (first > last)
            continue;

          cnn_field_see_extent (&fields[0], i, last - first + 1, &seen);
          runs[n_runs++] = (CnnFieldRun) {
            .first = cell,
            .n = 1,
            .offset = cnn_field_reach (seen.offset[i], first, fields[0].stride[i]),
            .size = seen.size[i],
          };
        }

      if (n_runs > 0)
        cnn_field_cover (runs, n_runs, strides, G_N_ELEMENTS (strides), i, output);
    }
}

/* Adds what one input map gives to one output map. */
static void
spread (const CnnAttributes *attributes,
        const CnnShape      *in_shape,
        const CnnShape      *out_shape,
        const float         *in,
        const float         *weight,
        double              *out)
{
  for (gsize y = 0; y < in_shape->dims[2]; y++)
    for (gsize x = 0; x < in_shape->dims[3]; x++)
      for (guint ky = 0; ky < attributes->kernel[0]; ky++)
        for (guint kx = 0; kx < attributes->kernel[1]; kx++)
          {
            gssize to_y = (gssize) (y * attributes->stride[0] + (gsize) ky * attributes->dilation[0]) -
                          attributes->padding[0];
            gssize to_x = (gssize) (x * attributes->stride[1] + (gsize) kx * attributes->dilation[1]) -
                          attributes->padding[1];

            if (to_y >= 0 && to_y < (gssize) out_shape->dims[2] && to_x >= 0 && to_x < (gssize) out_shape->dims[3])
              out[to_y * out_shape->dims[3] + to_x] += (double) in[y * in_shape->dims[3] + x] *
                                                       weight[ky * attributes->kernel[1] + kx];
          }
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const CnnShape *in = cnn_tensor_get_shape (inputs[0]);
  const CnnShape *shape = cnn_tensor_get_shape (output);
  const CnnShape *weight = cnn_tensor_get_shape (context->parameters[CNN_PARAMETER_WEIGHT]);
  const float *weights = cnn_tensor_get_data (context->parameters[CNN_PARAMETER_WEIGHT]);
  const CnnTensor *bias = context->parameters[CNN_PARAMETER_BIAS];
  gsize in_plane = in->dims[2] * in->dims[3], plane = shape->dims[2] * shape->dims[3];
  gsize taps = weight->dims[2] * weight->dims[3];
  gsize in_per_group = in->dims[1] / context->attributes->groups, out_per_group = weight->dims[1];
  g_autofree double *sums = g_new (double, plane);

  for (gsize n = 0; n < in->dims[0]; n++)
    for (gsize o = 0; o < shape->dims[1]; o++)
      {
        gsize group = o / out_per_group;
        float *out = cnn_tensor_get_mutable_data (output) + (n * shape->dims[1] + o) * plane;

        for (gsize i = 0; i < plane; i++)
          sums[i] = bias != NULL ? cnn_tensor_get_data (bias)[o] : 0;

        for (gsize i = group * in_per_group; i < (group + 1) * in_per_group; i++)
          spread (context->attributes, in, shape, cnn_tensor_get_data (inputs[0]) + (n * in->dims[1] + i) * in_plane,
                  weights + (i * out_per_group + o % out_per_group) * taps, sums);

        for (gsize i = 0; i < plane; i++)
          out[i] = sums[i];
      }
}

const CnnOp cnn_op_conv_transpose = {
  .name = "conv-transpose",
  .infer_shape = infer_shape,
  .count = count,
  .see = see,
  .forward = forward,
};
