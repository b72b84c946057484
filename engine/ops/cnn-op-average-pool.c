#define G_LOG_DOMAIN "cnn-op-average-pool"

#include "ops/cnn-window-private.h"

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  CnnWindow windows[2];

  if (!cnn_window_init_pool (windows, context, inputs, error))
    return FALSE;

  *output = CNN_SHAPE_4 (inputs[0].dims[0], inputs[0].dims[1], windows[0].out, windows[1].out);

  return TRUE;
}

static void
count (const CnnOpContext *context,
       const CnnShape     *inputs,
       const CnnShape     *output,
       CnnConvention       convention,
       CnnCost            *cost)
{
  guint64 n = (guint64) context->attributes->kernel[0] * context->attributes->kernel[1];

  cost->multiplications = cnn_shape_get_n_elements (output);
  cost->additions = cnn_shape_get_n_elements (output) * (n - 1);
}

static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  cnn_field_see_window (context->attributes, &fields[0], output);
}

/* The average of what the window sees. Padding is zero; it counts in the divisor
 * where the layer says so, but what rounding up added behind it never does. */
static float
find_average (const CnnWindow *rows,
              const CnnWindow *columns,
              gboolean         count_padding,
              const float     *plane,
              gsize            y,
              gsize            x)
{
  CnnRange ys = cnn_window_get_taps (rows, y);
  CnnRange xs = cnn_window_get_taps (columns, x);
  gsize n = count_padding
    ? cnn_window_get_n_padded (rows, y) * cnn_window_get_n_padded (columns, x)
    : (ys.end - ys.first) * (xs.end - xs.first);
  double sum = 0;

  for (gsize ky = ys.first; ky < ys.end; ky++)
    for (gsize kx = xs.first; kx < xs.end; kx++)
      {
        gsize in_y = cnn_window_get_start (rows, y) + ky * rows->dilation;
        gsize in_x = cnn_window_get_start (columns, x) + kx * columns->dilation;

        sum += plane[in_y * columns->in + in_x];
      }

  return sum / n;
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const CnnShape *in = cnn_tensor_get_shape (inputs[0]);
  const float *plane = cnn_tensor_get_data (inputs[0]);
  float *out = cnn_tensor_get_mutable_data (output);
  CnnWindow windows[2];

  if (!cnn_window_init_pool (windows, context, in, NULL))
    g_return_if_reached ();

  for (gsize p = 0; p < in->dims[0] * in->dims[1]; p++, plane += windows[0].in * windows[1].in)
    for (gsize y = 0; y < windows[0].out; y++)
      for (gsize x = 0; x < windows[1].out; x++)
        *out++ = find_average (&windows[0], &windows[1], context->attributes->count_include_pad,
                               plane, y, x);
}

/* Hands each cell of a window its part of the derivative of the average. */
static void
spread_average (const CnnWindow *rows,
                const CnnWindow *columns,
                gboolean         count_padding,
                double           d_average,
                gsize            y,
                gsize            x,
                float           *d_plane)
{
  CnnRange ys = cnn_window_get_taps (rows, y);
  CnnRange xs = cnn_window_get_taps (columns, x);
  gsize n = count_padding
    ? cnn_window_get_n_padded (rows, y) * cnn_window_get_n_padded (columns, x)
    : (ys.end - ys.first) * (xs.end - xs.first);

  for (gsize ky = ys.first; ky < ys.end; ky++)
    for (gsize kx = xs.first; kx < xs.end; kx++)
      {
        gsize in_y = cnn_window_get_start (rows, y) + ky * rows->dilation;
        gsize in_x = cnn_window_get_start (columns, x) + kx * columns->dilation;

        d_plane[in_y * columns->in + in_x] += d_average / n;
      }
}

static CNN_BACKWARD (backward)
{
  const CnnShape *in = cnn_tensor_get_shape (inputs[0]);
  const float *d_out = cnn_tensor_get_data (d_output);
  CnnWindow windows[2];
  float *d_plane;
  gsize size;

  if (d_inputs[0] == NULL)
    return;
  if (!cnn_window_init_pool (windows, context, in, NULL))
    g_return_if_reached ();

  size = windows[0].in * windows[1].in;
  d_plane = cnn_tensor_get_mutable_data (d_inputs[0]);
  for (gsize p = 0; p < in->dims[0] * in->dims[1]; p++, d_plane += size)
    for (gsize y = 0; y < windows[0].out; y++)
      for (gsize x = 0; x < windows[1].out; x++)
        spread_average (&windows[0], &windows[1], context->attributes->count_include_pad,
                        *d_out++, y, x, d_plane);
}

const CnnOp cnn_op_average_pool = {
  .name = "average-pool",
  .infer_shape = infer_shape,
  .count = count,
  .see = see,
  .forward = forward,
  .backward = backward,
};
