#define G_LOG_DOMAIN "cnn-op-convolution"

#include "ops/cnn-window-private.h"

/* The weight is O×(I/groups)×kH×kW: filter o belongs to group o / (O/groups)
 * and sees the I/groups channels of that group. As everywhere in deep learning
 * the kernel is not mirrored. */

static gboolean
check_weight (const CnnOpContext  *context,
              const CnnShape      *input,
              GError             **error)
{
  const CnnAttributes *attributes = context->attributes;
  const CnnTensor *weight = context->parameters[CNN_PARAMETER_WEIGHT];
  const CnnShape *shape;
  g_autofree char *text = NULL;
  gsize channels = input->dims[1];

  if (weight == NULL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "weight is missing");
      return FALSE;
    }

  shape = cnn_tensor_get_shape (weight);
  text = cnn_shape_to_string (shape);

  if (shape->n_dims != 4 || cnn_shape_get_n_elements (shape) == 0)
    g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                 "weight is %s, expected four dimensions O×I×kH×kW", text);
  else if (shape->dims[2] != attributes->kernel[0] || shape->dims[3] != attributes->kernel[1])
    g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "weight is %s, expected a %u×%u kernel",
                 text, attributes->kernel[0], attributes->kernel[1]);
  else if (attributes->groups == 0)
    g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "0 groups, expected 1 or more");
  else if (channels % attributes->groups != 0)
    g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                 "%u groups do not divide the %" G_GSIZE_FORMAT " channels of the input",
                 attributes->groups, channels);
  else if (shape->dims[0] % attributes->groups != 0)
    g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                 "%u groups do not divide the %" G_GSIZE_FORMAT " filters", attributes->groups, shape->dims[0]);
  else if (shape->dims[1] != channels / attributes->groups)
    {
      if (attributes->groups == 1)
        g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                     "weight is %s, input has %" G_GSIZE_FORMAT " %s",
                     text, channels, channels == 1 ? "channel" : "channels");
      else
        g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                     "weight is %s, input has %" G_GSIZE_FORMAT " channels in %u groups",
                     text, channels, attributes->groups);
    }
  else
    return TRUE;

  return FALSE;
}

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  CnnWindow windows[2];
  gsize filters;

  if (!cnn_op_check_inputs (context, 1, 1, error) ||
      !cnn_op_check_maps (&inputs[0], error))
    return FALSE;

  for (guint axis = 0; axis < 2; axis++)
    if (!cnn_window_init (&windows[axis], context->attributes, axis, inputs[0].dims[2 + axis], FALSE, error))
      return FALSE;

  if (!check_weight (context, &inputs[0], error))
    return FALSE;

  filters = cnn_tensor_get_shape (context->parameters[CNN_PARAMETER_WEIGHT])->dims[0];
  if (context->parameters[CNN_PARAMETER_BIAS] != NULL &&
      !cnn_op_check_vector (context, CNN_PARAMETER_BIAS, filters, error))
    return FALSE;

  *output = CNN_SHAPE_4 (inputs[0].dims[0], filters, windows[0].out, windows[1].out);

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

  cnn_op_count_dot_products (cnn_shape_get_n_elements (output),
                             weight->dims[1] * weight->dims[2] * weight->dims[3],
                             context->parameters[CNN_PARAMETER_BIAS] != NULL,
                             convention, cost);
}

static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  cnn_field_see_window (context->attributes, &fields[0], output);
  cnn_field_see_dimension (&inputs[0], 1, output);
}

/* Adds one channel, seen through one filter's kernel for it, to a plane of sums.
 *
 * channel is (in H, in W), kernel is (kH, kW), sums is (out H, out W). Padding
 * is zero, so that taps which fall there add nothing. */
static void
add_channel (const CnnWindow *rows,
             const CnnWindow *columns,
             const float     *channel,
             const float     *kernel,
             double          *sums)
{
  for (gsize ky = 0; ky < rows->kernel; ky++)
    for (gsize kx = 0; kx < columns->kernel; kx++)
      {
        double weight = kernel[ky * columns->kernel + kx];
        CnnRange ys = cnn_window_get_cells (rows, ky);
        CnnRange xs = cnn_window_get_cells (columns, kx);

        for (gsize y = ys.first; y < ys.end; y++)
          {
            gsize in_y = y * rows->stride + ky * rows->dilation - rows->before;
            gsize in_x = kx * columns->dilation - columns->before;
            const float *in_row = channel + in_y * columns->in;
            double *sum_row = sums + y * columns->out;

            /* in_x may wrap below zero; with x·stride it is inside the row. */
            for (gsize x = xs.first; x < xs.end; x++)
              sum_row[x] += weight * in_row[in_x + x * columns->stride];
          }
      }
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const CnnShape *in = cnn_tensor_get_shape (inputs[0]);
  const CnnShape *out = cnn_tensor_get_shape (output);
  const CnnTensor *bias = context->parameters[CNN_PARAMETER_BIAS];
  const float *weight = cnn_tensor_get_data (context->parameters[CNN_PARAMETER_WEIGHT]);
  float *result = cnn_tensor_get_mutable_data (output);
  gsize group_channels = in->dims[1] / context->attributes->groups;
  gsize group_filters = out->dims[1] / context->attributes->groups;
  gsize in_plane = in->dims[2] * in->dims[3];
  gsize out_plane = out->dims[2] * out->dims[3];
  g_autofree double *sums = g_new (double, out_plane);
  CnnWindow rows, columns;

  if (!cnn_window_init (&rows, context->attributes, CNN_AXIS_HEIGHT, in->dims[2], FALSE, NULL) ||
      !cnn_window_init (&columns, context->attributes, CNN_AXIS_WIDTH, in->dims[3], FALSE, NULL))
    g_return_if_reached ();

  for (gsize n = 0; n < out->dims[0]; n++)
    for (gsize o = 0; o < out->dims[1]; o++, result += out_plane)
      {
        gsize first = n * in->dims[1] + o / group_filters * group_channels;
        const float *channels = cnn_tensor_get_data (inputs[0]) + first * in_plane;
        gsize kernel_size = rows.kernel * columns.kernel;
        double start = bias != NULL ? cnn_tensor_get_data (bias)[o] : 0;

        for (gsize i = 0; i < out_plane; i++)
          sums[i] = start;

        for (gsize c = 0; c < group_channels; c++)
          add_channel (&rows, &columns, channels + c * in_plane,
                       weight + (o * group_channels + c) * kernel_size, sums);

        for (gsize i = 0; i < out_plane; i++)
          result[i] = sums[i];
      }
}

const CnnOp cnn_op_convolution = {
  .name = "convolution",
  .infer_shape = infer_shape,
  .count = count,
  .see = see,
  .forward = forward,
  .backward = cnn_op_convolution_backward,
};
