#define G_LOG_DOMAIN "cnn-op-max-pool"

#include "ops/cnn-window-private.h"

#include <math.h>

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

  cost->comparisons = cnn_shape_get_n_elements (output) * (n - 1);
}

static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  cnn_field_see_window (context->attributes, &fields[0], output);
}

/* The greatest value that the window sees, padding left out. A NaN wins over
 * every number, as in PyTorch. */
static float
find_maximum (const CnnWindow *rows,
              const CnnWindow *columns,
              const float     *plane,
              gsize            y,
              gsize            x)
{
  CnnRange ys = cnn_window_get_taps (rows, y);
  CnnRange xs = cnn_window_get_taps (columns, x);
  float maximum = -INFINITY;

  for (gsize ky = ys.first; ky < ys.end; ky++)
    for (gsize kx = xs.first; kx < xs.end; kx++)
      {
        gsize in_y = cnn_window_get_start (rows, y) + ky * rows->dilation;
        gsize in_x = cnn_window_get_start (columns, x) + kx * columns->dilation;
        float value = plane[in_y * columns->in + in_x];

        if (value > maximum || isnan (value))
          maximum = value;
      }

  return maximum;
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
        *out++ = find_maximum (&windows[0], &windows[1], plane, y, x);
}

/* Where the maximum of a window is: of equal ones the first, as in PyTorch. A
 * window that sees padding alone has none: the plane's size. */
static gsize
find_place (const CnnWindow *rows,
            const CnnWindow *columns,
            const float     *plane,
            gsize            y,
            gsize            x)
{
  CnnRange ys = cnn_window_get_taps (rows, y);
  CnnRange xs = cnn_window_get_taps (columns, x);
  gsize place = rows->in * columns->in;

  for (gsize ky = ys.first; ky < ys.end; ky++)
    for (gsize kx = xs.first; kx < xs.end; kx++)
      {
        gsize in_y = cnn_window_get_start (rows, y) + ky * rows->dilation;
        gsize in_x = cnn_window_get_start (columns, x) + kx * columns->dilation;
        gsize i = in_y * columns->in + in_x;

        if (place == rows->in * columns->in || plane[i] > plane[place] || isnan (plane[i]))
          place = i;
      }

  return place;
}

static CNN_BACKWARD (backward)
{
  const CnnShape *in = cnn_tensor_get_shape (inputs[0]);
  const float *plane = cnn_tensor_get_data (inputs[0]);
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
  for (gsize p = 0; p < in->dims[0] * in->dims[1]; p++, plane += size, d_plane += size)
    for (gsize y = 0; y < windows[0].out; y++)
      for (gsize x = 0; x < windows[1].out; x++)
        {
          gsize place = find_place (&windows[0], &windows[1], plane, y, x);
          float d = *d_out++;

          if (place < size)
            d_plane[place] += d;
        }
}

const CnnOp cnn_op_max_pool = {
  .name = "max-pool",
  .infer_shape = infer_shape,
  .count = count,
  .see = see,
  .forward = forward,
  .backward = backward,
};
