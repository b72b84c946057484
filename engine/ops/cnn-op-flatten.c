#define G_LOG_DOMAIN "cnn-op-flatten"

#include "ops/cnn-window-private.h"

/* The dimensions from the axis on become one: N×C×H×W from axis 1 is N×(C·H·W).
 * In row-major order the numbers stay where they are. */

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  guint axis = context->attributes->axis;

  if (!cnn_op_check_inputs (context, 1, 1, error) ||
      !cnn_op_check_axis (context, &inputs[0], error))
    return FALSE;

  *output = inputs[0];
  output->n_dims = axis + 1;
  for (guint i = axis + 1; i < inputs[0].n_dims; i++)
    {
      output->dims[axis] *= inputs[0].dims[i];
      output->dims[i] = 0;
    }

  return TRUE;
}

/* What follows a flattened map mixes all of its positions, so that there is one
 * cell, which sees everything. */
static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  if (context->attributes->axis + 1 == inputs[0].n_dims)
    *output = fields[0];
  else
    cnn_field_see_everything (&inputs[0], &fields[0], output);
}

const CnnOp cnn_op_flatten = {
  .name = "flatten",
  .infer_shape = infer_shape,
  .count = cnn_op_count_nothing,
  .see = see,
  .forward = cnn_op_forward_same,
};
