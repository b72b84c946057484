#define G_LOG_DOMAIN "cnn-op-reshape"

#include "ops/cnn-field-private.h"

/* The same numbers in the same row-major order, in other dimensions. */

/* Flatten: the dimensions from the axis on become one: N×C×H×W from axis 1 is
 * N×(C·H·W). */
static gboolean
infer_flat (const CnnOpContext  *context,
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

/* Reshape: what the file says. */
static gboolean
infer_reshaped (const CnnOpContext  *context,
                const CnnShape      *inputs,
                CnnShape            *output,
                GError             **error)
{
  if (!cnn_op_check_inputs (context, 1, 1, error) ||
      !cnn_op_get_wanted_shape (context, &inputs[0], output, error))
    return FALSE;

  if (cnn_shape_get_n_elements (output) != cnn_shape_get_n_elements (&inputs[0]))
    {
      g_autofree char *wanted = cnn_shape_to_string (output);
      g_autofree char *text = cnn_shape_to_string (&inputs[0]);

      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "shape is %s, expected %" G_GSIZE_FORMAT " elements as in the input %s",
                   wanted, cnn_shape_get_n_elements (&inputs[0]), text);
      return FALSE;
    }

  return TRUE;
}

/* How far apart the elements along a dimension lie. */
static gsize
get_stride (const CnnShape *shape,
            guint           dimension)
{
  gsize stride = 1;

  for (guint i = dimension + 1; i < shape->n_dims; i++)
    stride *= shape->dims[i];

  return stride;
}

/* The dimension of the output that is this one of the input: as long, and of the
 * same stride. 0: none is. */
static guint
find_dimension (const CnnShape *input,
                guint           dimension,
                const CnnShape *output)
{
  for (guint i = 1; i < output->n_dims; i++)
    if (output->dims[i] == input->dims[dimension] &&
        get_stride (output, i) == get_stride (input, dimension))
      return i;

  return 0;
}

/* An axis that is there no more has been mixed with what it was joined to, and
 * what follows sees all of it. */
static void
see_reshaped (const CnnShape          *input,
              const CnnReceptiveField *field,
              const CnnShape          *shape,
              CnnReceptiveField       *output)
{
  cnn_field_see_everything (input, field, output);

  for (guint axis = 0; axis < 2; axis++)
    {
      guint dimension = field->dimension[axis];
      guint found = dimension > 0 && input->dims[dimension] > 1 ? find_dimension (input, dimension, shape) : 0;

      if (found == 0)
        continue;

      output->size[axis] = field->size[axis];
      output->stride[axis] = field->stride[axis];
      output->dimension[axis] = found;
    }
}

static void
see_flat (const CnnOpContext      *context,
          const CnnShape          *inputs,
          const CnnReceptiveField *fields,
          CnnReceptiveField       *output)
{
  CnnShape shape;

  if (!infer_flat (context, inputs, &shape, NULL))
    g_return_if_reached ();

  see_reshaped (&inputs[0], &fields[0], &shape, output);
}

static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  see_reshaped (&inputs[0], &fields[0], &context->attributes->shape, output);
}

const CnnOp cnn_op_flatten = {
  .name = "flatten",
  .infer_shape = infer_flat,
  .count = cnn_op_count_nothing,
  .see = see_flat,
  .forward = cnn_op_forward_same,
  .backward = cnn_op_backward_same,
};

const CnnOp cnn_op_reshape = {
  .name = "reshape",
  .infer_shape = infer_reshaped,
  .count = cnn_op_count_nothing,
  .see = see,
  .forward = cnn_op_forward_same,
  .backward = cnn_op_backward_same,
};
