#define G_LOG_DOMAIN "cnn-op-adaptive-pool"

#include "ops/cnn-window-private.h"

#include <math.h>

/* The input is divided into as many windows as the output has cells, which
 * overlap or differ in size where that does not come out even; 1×1 is global
 * pooling. */

#define MAX_OUTPUT_SIZE 65535

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  const guint *size = context->attributes->output_size;

  if (!cnn_op_check_inputs (context, 1, 1, error) ||
      !cnn_op_check_maps (&inputs[0], error))
    return FALSE;

  if (size[0] == 0 || size[1] == 0 || size[0] > MAX_OUTPUT_SIZE || size[1] > MAX_OUTPUT_SIZE)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "output size is %u×%u, expected 1 to %u each way",
                   size[0], size[1], MAX_OUTPUT_SIZE);
      return FALSE;
    }

  *output = CNN_SHAPE_4 (inputs[0].dims[0], inputs[0].dims[1], size[0], size[1]);

  return TRUE;
}

/* Windows differ in size, but rows of windows and columns of windows add up
 * independently of one another. */
static void
count (const CnnOpContext *context,
       const CnnShape     *inputs,
       const CnnShape     *output,
       CnnConvention       convention,
       CnnCost            *cost)
{
  guint64 n = output->dims[1];

  for (guint axis = 2; axis < 4; axis++)
    {
      guint64 sum = 0;

      for (gsize cell = 0; cell < output->dims[axis]; cell++)
        {
          CnnRange range = cnn_window_get_adaptive (inputs[0].dims[axis], output->dims[axis], cell);

          sum += range.end - range.first;
        }

      n *= sum;
    }

  n -= cnn_shape_get_n_elements (output);

  if (context->kind == CNN_KIND_ADAPTIVE_MAX_POOL)
    {
      cost->comparisons = n;
    }
  else
    {
      cost->multiplications = cnn_shape_get_n_elements (output);
      cost->additions = n;
    }
}

/* Windows step by the same number of cells where the division comes out even.
 * Elsewhere their steps differ by one, and the box that covers them moves by the
 * lesser or the greater step. */
static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  *output = fields[0];

  for (guint axis = 0; axis < 2; axis++)
    {
      guint side = fields[0].dimension[axis] - 2;
      gsize in = side < 2 ? inputs[0].dims[2 + side] : 1;
      gsize out = side < 2 ? context->attributes->output_size[side] : 1;
      gint64 strides[] = {
        cnn_field_reach (0, in / out, fields[0].stride[axis]),
        cnn_field_reach (0, (in + out - 1) / out, fields[0].stride[axis]),
      };
      g_autofree CnnFieldRun *runs = g_new (CnnFieldRun, out);

      for (gsize cell = 0; cell < out; cell++)
        {
          CnnRange range = cnn_window_get_adaptive (in, out, cell);
          CnnReceptiveField seen;

          cnn_field_see_extent (&fields[0], axis, range.end - range.first, &seen);
          runs[cell] = (CnnFieldRun) {
            .first = cell,
            .n = 1,
            .offset = cnn_field_reach (seen.offset[axis], range.first, fields[0].stride[axis]),
            .size = seen.size[axis],
          };
        }

      cnn_field_cover (runs, out, strides, G_N_ELEMENTS (strides), axis, output);
    }
}

static float
pool_average (const float *plane,
              gsize        width,
              CnnRange     rows,
              CnnRange     columns)
{
  double sum = 0;

  for (gsize y = rows.first; y < rows.end; y++)
    for (gsize x = columns.first; x < columns.end; x++)
      sum += plane[y * width + x];

  return sum / ((rows.end - rows.first) * (columns.end - columns.first));
}

/* A NaN wins over every number, as in PyTorch. */
static float
pool_maximum (const float *plane,
              gsize        width,
              CnnRange     rows,
              CnnRange     columns)
{
  float maximum = -INFINITY;

  for (gsize y = rows.first; y < rows.end; y++)
    for (gsize x = columns.first; x < columns.end; x++)
      if (plane[y * width + x] > maximum || isnan (plane[y * width + x]))
        maximum = plane[y * width + x];

  return maximum;
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const CnnShape *in = cnn_tensor_get_shape (inputs[0]);
  const CnnShape *shape = cnn_tensor_get_shape (output);
  const float *plane = cnn_tensor_get_data (inputs[0]);
  float *out = cnn_tensor_get_mutable_data (output);
  gboolean is_maximum = context->kind == CNN_KIND_ADAPTIVE_MAX_POOL;

  for (gsize p = 0; p < in->dims[0] * in->dims[1]; p++, plane += in->dims[2] * in->dims[3])
    for (gsize y = 0; y < shape->dims[2]; y++)
      for (gsize x = 0; x < shape->dims[3]; x++)
        {
          CnnRange rows = cnn_window_get_adaptive (in->dims[2], shape->dims[2], y);
          CnnRange columns = cnn_window_get_adaptive (in->dims[3], shape->dims[3], x);

          *out++ = (is_maximum ? pool_maximum : pool_average) (plane, in->dims[3], rows, columns);
        }
}

static void
spread_average (float    *d_plane,
                gsize     width,
                CnnRange  rows,
                CnnRange  columns,
                double    d_average)
{
  gsize n = (rows.end - rows.first) * (columns.end - columns.first);

  for (gsize y = rows.first; y < rows.end; y++)
    for (gsize x = columns.first; x < columns.end; x++)
      d_plane[y * width + x] += d_average / n;
}

/* To the first of the greatest, or the last NaN, as in PyTorch. */
static void
hand_to_maximum (const float *plane,
                 float       *d_plane,
                 gsize        width,
                 CnnRange     rows,
                 CnnRange     columns,
                 float        d_maximum)
{
  gsize place = rows.first * width + columns.first;

  for (gsize y = rows.first; y < rows.end; y++)
    for (gsize x = columns.first; x < columns.end; x++)
      if (plane[y * width + x] > plane[place] || isnan (plane[y * width + x]))
        place = y * width + x;

  d_plane[place] += d_maximum;
}

static CNN_BACKWARD (backward)
{
  const CnnShape *in = cnn_tensor_get_shape (inputs[0]);
  const CnnShape *shape = cnn_tensor_get_shape (d_output);
  const float *plane = cnn_tensor_get_data (inputs[0]);
  const float *d_out = cnn_tensor_get_data (d_output);
  gsize size = in->dims[2] * in->dims[3];
  float *d_plane;

  if (d_inputs[0] == NULL)
    return;

  d_plane = cnn_tensor_get_mutable_data (d_inputs[0]);
  for (gsize p = 0; p < in->dims[0] * in->dims[1]; p++, plane += size, d_plane += size)
    for (gsize y = 0; y < shape->dims[2]; y++)
      for (gsize x = 0; x < shape->dims[3]; x++, d_out++)
        {
          CnnRange rows = cnn_window_get_adaptive (in->dims[2], shape->dims[2], y);
          CnnRange columns = cnn_window_get_adaptive (in->dims[3], shape->dims[3], x);

          if (context->kind == CNN_KIND_ADAPTIVE_MAX_POOL)
            hand_to_maximum (plane, d_plane, in->dims[3], rows, columns, *d_out);
          else
            spread_average (d_plane, in->dims[3], rows, columns, *d_out);
        }
}

const CnnOp cnn_op_adaptive_average_pool = {
  .name = "adaptive-average-pool",
  .infer_shape = infer_shape,
  .count = count,
  .see = see,
  .forward = forward,
  .backward = backward,
};

const CnnOp cnn_op_adaptive_max_pool = {
  .name = "adaptive-max-pool",
  .infer_shape = infer_shape,
  .count = count,
  .see = see,
  .forward = forward,
  .backward = backward,
};
