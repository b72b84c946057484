#define G_LOG_DOMAIN "cnn-window"

#include "ops/cnn-window-private.h"

/* The greatest kernel, stride, dilation and padding: products of two of them,
 * and sums of those with a tensor's extent, stay far inside 64 bits. */
#define MAX_SETTING 65535

static const char *const axis_names[] = { "height", "width" };

static gboolean
check_setting (const char  *what,
               guint        axis,
               guint        value,
               guint        minimum,
               GError     **error)
{
  if (value >= minimum && value <= MAX_SETTING)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "%s is %u along the %s, expected %u to %u",
               what, value, axis_names[axis], minimum, MAX_SETTING);

  return FALSE;
}

/* How far the window reaches, from its first to its last tap. */
static gsize
window_get_extent (const CnnWindow *self)
{
  return (self->kernel - 1) * self->dilation + 1;
}

/* Lays a window over an axis of in cells (at least one) and finds out how many
 * times it fits. Rounded up as PyTorch does: one more window where some cells
 * would be left over, provided that it starts inside the input or the padding
 * before it, not in the padding behind. */
gboolean
cnn_window_init (CnnWindow            *self,
                 const CnnAttributes  *attributes,
                 guint                 axis,
                 gsize                 in,
                 gboolean              ceil_mode,
                 GError              **error)
{
  guint before = attributes->padding[axis];
  guint after = attributes->padding[axis + 2];
  gsize padded, extent, rest;

  if (!check_setting ("kernel", axis, attributes->kernel[axis], 1, error) ||
      !check_setting ("stride", axis, attributes->stride[axis], 1, error) ||
      !check_setting ("dilation", axis, attributes->dilation[axis], 1, error) ||
      !check_setting ("padding", axis, before, 0, error) ||
      !check_setting ("padding", axis, after, 0, error))
    return FALSE;

  *self = (CnnWindow) {
    .in = in,
    .kernel = attributes->kernel[axis],
    .stride = attributes->stride[axis],
    .dilation = attributes->dilation[axis],
    .before = before,
    .after = after,
  };
  padded = in + before + after;
  extent = window_get_extent (self);

  if (extent > padded)
    {
      g_autofree char *dilated = self->dilation == 1
        ? g_strdup ("")
        : g_strdup_printf (" with dilation %" G_GSIZE_FORMAT " spans %" G_GSIZE_FORMAT ", which",
                           self->dilation, extent);

      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "kernel %" G_GSIZE_FORMAT "%s is larger than the padded input, whose %s is %" G_GSIZE_FORMAT
                   " (%" G_GSIZE_FORMAT " and padding %u + %u)",
                   self->kernel, dilated, axis_names[axis], padded, in, before, after);
      return FALSE;
    }

  self->out = (padded - extent) / self->stride + 1;
  rest = (padded - extent) % self->stride;
  if (ceil_mode && rest > 0 && self->out * self->stride < in + before)
    self->out++;

  return TRUE;
}

/* A pooling window without a single cell of the input has no maximum and no
 * average. */
static gboolean
check_sees_input (const CnnWindow  *self,
                  guint             axis,
                  GError          **error)
{
  for (gsize cell = 0; cell < self->out; cell++)
    {
      CnnRange taps = cnn_window_get_taps (self, cell);

      if (taps.first < taps.end)
        continue;

      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "kernel %" G_GSIZE_FORMAT " with padding %" G_GSIZE_FORMAT " + %" G_GSIZE_FORMAT
                   " along the %s: window %" G_GSIZE_FORMAT " would see nothing but padding",
                   self->kernel, self->before, self->after, axis_names[axis], cell);
      return FALSE;
    }

  return TRUE;
}

/* Checks a pooling's settings against its input, and lays its windows. */
gboolean
cnn_window_init_pool (CnnWindow            windows[2],
                      const CnnOpContext  *context,
                      const CnnShape      *inputs,
                      GError             **error)
{
  if (!cnn_op_check_inputs (context, 1, 1, error) ||
      !cnn_op_check_maps (&inputs[0], error))
    return FALSE;

  for (guint axis = 0; axis < 2; axis++)
    if (!cnn_window_init (&windows[axis], context->attributes, axis, inputs[0].dims[2 + axis],
                          context->attributes->ceil_mode, error) ||
        !check_sees_input (&windows[axis], axis, error))
      return FALSE;

  return TRUE;
}

/* Which cell of the input the first tap falls on; negative in the padding. */
gssize
cnn_window_get_start (const CnnWindow *self,
                      gsize            cell)
{
  return (gssize) (cell * self->stride) - (gssize) self->before;
}

/* Which taps of a cell's window fall on the input; none where first >= end. */
CnnRange
cnn_window_get_taps (const CnnWindow *self,
                     gsize            cell)
{
  gssize start = cnn_window_get_start (self, cell);
  gssize room = (gssize) self->in - start;
  CnnRange taps = { 0, 0 };

  if (start < 0)
    taps.first = ((gsize) -start + self->dilation - 1) / self->dilation;
  if (room > 0)
    taps.end = MIN (self->kernel, ((gsize) room - 1) / self->dilation + 1);

  return taps;
}

/* How many taps fall on the input or its padding: fewer than the kernel has
 * only in a last window that was added by rounding up. */
gsize
cnn_window_get_n_padded (const CnnWindow *self,
                         gsize            cell)
{
  gsize room = self->before + self->in + self->after - cell * self->stride;

  return MIN (self->kernel, (room - 1) / self->dilation + 1);
}

/* The cells of the output that see a cell of the input through this tap. */
CnnRange
cnn_window_get_cells (const CnnWindow *self,
                      gsize            tap)
{
  gsize position = tap * self->dilation;
  CnnRange cells = { 0, 0 };

  if (position < self->before)
    cells.first = (self->before - position + self->stride - 1) / self->stride;
  if (position < self->in + self->before)
    cells.end = MIN (self->out, (self->in + self->before - position - 1) / self->stride + 1);

  return cells;
}

/* The cells of the input that a cell of an adaptive pooling averages: from
 * ⌊cell·in / out⌋ up to ⌈(cell + 1)·in / out⌉, as in PyTorch. */
CnnRange
cnn_window_get_adaptive (gsize in,
                         gsize out,
                         gsize cell)
{
  return (CnnRange) { cell * in / out, ((cell + 1) * in + out - 1) / out };
}
