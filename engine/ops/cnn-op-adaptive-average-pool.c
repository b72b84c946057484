#define G_LOG_DOMAIN "cnn-op-adaptive-average-pool"

#include "ops/cnn-window-private.h"

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

  cost->multiplications = cnn_shape_get_n_elements (output);
  cost->additions = n - cnn_shape_get_n_elements (output);
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
  for (guint axis = 0; axis < 2; axis++)
    {
      gsize in = inputs[0].dims[2 + axis];
      gsize out = context->attributes->output_size[axis];
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

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const CnnShape *in = cnn_tensor_get_shape (inputs[0]);
  const CnnShape *shape = cnn_tensor_get_shape (output);
  const float *plane = cnn_tensor_get_data (inputs[0]);
  float *out = cnn_tensor_get_mutable_data (output);

  for (gsize p = 0; p < in->dims[0] * in->dims[1]; p++, plane += in->dims[2] * in->dims[3])
    for (gsize y = 0; y < shape->dims[2]; y++)
      for (gsize x = 0; x < shape->dims[3]; x++)
        {
          CnnRange rows = cnn_window_get_adaptive (in->dims[2], shape->dims[2], y);
          CnnRange columns = cnn_window_get_adaptive (in->dims[3], shape->dims[3], x);
          double sum = 0;

          for (gsize in_y = rows.first; in_y < rows.end; in_y++)
            for (gsize in_x = columns.first; in_x < columns.end; in_x++)
              sum += plane[in_y * in->dims[3] + in_x];

          *out++ = sum / ((rows.end - rows.first) * (columns.end - columns.first));
        }
}

const CnnOp cnn_op_adaptive_average_pool = {
  .name = "adaptive-average-pool",
  .infer_shape = infer_shape,
  .count = count,
  .see = see,
  .forward = forward,
};
