#define G_LOG_DOMAIN "cnn-op-convolution"

#include "core/cnn-parallel.h"
#include "ops/cnn-window-private.h"

/* Each channel of the input gathers, from all filters of its group, the
 * derivatives of what it went into, weighted as it went in. A channel is one
 * thread's, and its sums are made in the order of filters and taps. */

typedef struct
{
  CnnWindow rows;
  CnnWindow columns;
  gsize n_channels;
  gsize n_filters;
  gsize group_channels;
  gsize group_filters;
  const float *weight;
  const float *d_output;
  float *d_input;
} Backward;

/* How many filters a pass over a row takes at once: its sums are then read and
 * written once for all of them. */
#define N_AT_ONCE 4

/* Adds n derivatives of each of four rows, plane apart, to places that are step
 * apart. */
static void
add_rows (float       *restrict sums,
          gsize        step,
          const float *rows,
          gsize        plane,
          const float  weights[N_AT_ONCE],
          gsize        n)
{
  const float *row1 = rows + plane, *row2 = row1 + plane, *row3 = row2 + plane;
  float w0 = weights[0], w1 = weights[1], w2 = weights[2], w3 = weights[3];

  if (step == 1)
    for (gsize x = 0; x < n; x++)
      sums[x] += (w0 * rows[x] + w1 * row1[x]) + (w2 * row2[x] + w3 * row3[x]);
  else
    for (gsize x = 0; x < n; x++)
      sums[x * step] += (w0 * rows[x] + w1 * row1[x]) + (w2 * row2[x] + w3 * row3[x]);
}

static void
add_row (float       *restrict sums,
         gsize        step,
         const float *row,
         float        weight,
         gsize        n)
{
  for (gsize x = 0; x < n; x++)
    sums[x * step] += weight * row[x];
}

/* weights are those of the tap at (ky, kx), for N_AT_ONCE filters or for one. */
static void
add_tap (const Backward *self,
         gsize           ky,
         gsize           kx,
         const float    *weights,
         gsize           n_filters,
         const float    *d_planes,
         float          *d_channel)
{
  const CnnWindow *rows = &self->rows, *columns = &self->columns;
  CnnRange ys = cnn_window_get_cells (rows, ky);
  CnnRange xs = cnn_window_get_cells (columns, kx);

  if (xs.first >= xs.end)
    return;

  for (gsize y = ys.first; y < ys.end; y++)
    {
      gsize in_y = y * rows->stride + ky * rows->dilation - rows->before;
      gsize in_x = xs.first * columns->stride + kx * columns->dilation - columns->before;
      const float *d_row = d_planes + y * columns->out + xs.first;
      float *sums = d_channel + in_y * columns->in + in_x;

      if (n_filters == N_AT_ONCE)
        add_rows (sums, columns->stride, d_row, rows->out * columns->out, weights, xs.end - xs.first);
      else
        add_row (sums, columns->stride, d_row, weights[0], xs.end - xs.first);
    }
}

static void
derive_channel (guint    index,
                guint    worker,
                gpointer data)
{
  const Backward *self = data;
  gsize c = index % self->n_channels;
  gsize first = c / self->group_channels * self->group_filters;
  gsize kernel_size = self->rows.kernel * self->columns.kernel;
  gsize plane = self->rows.out * self->columns.out;
  const float *d_planes = self->d_output + (index / self->n_channels * self->n_filters + first) * plane;
  const float *weight = self->weight + (first * self->group_channels + c % self->group_channels) * kernel_size;
  float *d_channel = self->d_input + index * self->rows.in * self->columns.in;
  gsize n;

  for (gsize f = 0; f < self->group_filters; f += n)
    {
      n = self->group_filters - f >= N_AT_ONCE ? N_AT_ONCE : 1;

      for (gsize tap = 0; tap < kernel_size; tap++)
        {
          float weights[N_AT_ONCE];

          for (gsize i = 0; i < n; i++)
            weights[i] = weight[(f + i) * self->group_channels * kernel_size + tap];

          add_tap (self, tap / self->columns.kernel, tap % self->columns.kernel,
                   weights, n, d_planes + f * plane, d_channel);
        }
    }
}

CNN_BACKWARD (cnn_op_convolution_backward)
{
  const CnnShape *in = cnn_tensor_get_shape (inputs[0]);
  const CnnShape *out = cnn_tensor_get_shape (d_output);
  Backward self = {
    .n_channels = in->dims[1],
    .n_filters = out->dims[1],
    .group_channels = in->dims[1] / context->attributes->groups,
    .group_filters = out->dims[1] / context->attributes->groups,
    .weight = cnn_tensor_get_data (context->parameters[CNN_PARAMETER_WEIGHT]),
    .d_output = cnn_tensor_get_data (d_output),
  };

  if (d_inputs[0] == NULL)
    return;
  if (!cnn_window_init (&self.rows, context->attributes, CNN_AXIS_HEIGHT, in->dims[2], FALSE, NULL) ||
      !cnn_window_init (&self.columns, context->attributes, CNN_AXIS_WIDTH, in->dims[3], FALSE, NULL))
    g_return_if_reached ();

  self.d_input = cnn_tensor_get_mutable_data (d_inputs[0]);
  cnn_parallel_for (n_threads, in->dims[0] * in->dims[1], derive_channel, &self);
}
