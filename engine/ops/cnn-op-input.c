#define G_LOG_DOMAIN "cnn-op-input"

#include "ops/cnn-op-private.h"

/* Where the picture enters: the input that shape inference is given is what the
 * network is made for. One picture at a time: run-time batches are the plan's
 * business. */
static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  g_autofree char *text = NULL;

  if (!cnn_op_check_inputs (context, 1, 1, error))
    return FALSE;

  *output = inputs[0];
  if (output->n_dims >= 2 && output->dims[0] == 1)
    return TRUE;

  text = cnn_shape_to_string (output);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "input is %s, expected one picture, 1×C×H×W", text);

  return FALSE;
}

static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  *output = (CnnReceptiveField) { .size = { 1, 1 }, .stride = { 1, 1 } };

  for (guint axis = 0; axis < 2; axis++)
    output->dimension[axis] = inputs[0].n_dims == 4 ? 2 + axis : 0;
}

const CnnOp cnn_op_input = {
  .name = "input",
  .infer_shape = infer_shape,
  .count = cnn_op_count_nothing,
  .see = see,
  .forward = cnn_op_forward_same,
};
