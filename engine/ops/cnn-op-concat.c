#define G_LOG_DOMAIN "cnn-op-concat"

#include "ops/cnn-field-private.h"

#include <string.h>

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  guint axis = context->attributes->axis;

  if (!cnn_op_check_inputs (context, 1, G_MAXUINT, error) ||
      !cnn_op_check_axis (context, &inputs[0], error))
    return FALSE;

  *output = inputs[0];

  for (guint i = 1; i < context->n_inputs; i++)
    {
      CnnShape expected = inputs[0];

      if (inputs[i].n_dims == expected.n_dims)
        expected.dims[axis] = inputs[i].dims[axis];

      if (!cnn_shape_equal (&inputs[i], &expected) ||
          !g_size_checked_add (&output->dims[axis], output->dims[axis], inputs[i].dims[axis]))
        {
          g_autofree char *first = cnn_shape_to_string (&inputs[0]);
          g_autofree char *other = cnn_shape_to_string (&inputs[i]);

          g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                       "input %u is %s, expected %s as the first one, except along axis %u",
                       i + 1, other, first, axis);
          return FALSE;
        }
    }

  return TRUE;
}

/* Beside one another, channels see what their own branch sees: the box of all
 * branches is for all of them. Below or to the right of one another, each row or
 * column has the field of the branch that it comes from. */
static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  CnnShape joined = inputs[0];

  for (guint i = 1; i < context->n_inputs; i++)
    joined.dims[context->attributes->axis] += inputs[i].dims[context->attributes->axis];

  cnn_field_join (inputs, fields, context->n_inputs, &joined, context->attributes->axis, output);
}

/* Every input holds one block for each position before the axis; the output
 * takes their blocks in turn. */
static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const CnnShape *shape = cnn_tensor_get_shape (output);
  float *out = cnn_tensor_get_mutable_data (output);
  gsize n_blocks = 1;

  for (guint i = 0; i < context->attributes->axis; i++)
    n_blocks *= shape->dims[i];

  for (gsize block = 0; block < n_blocks; block++)
    for (guint k = 0; k < context->n_inputs; k++)
      {
        gsize length = cnn_tensor_get_n_elements (inputs[k]) / n_blocks;

        memcpy (out, cnn_tensor_get_data (inputs[k]) + block * length, length * sizeof (float));
        out += length;
      }
}

static CNN_BACKWARD (backward)
{
  const CnnShape *shape = cnn_tensor_get_shape (d_output);
  const float *d_out = cnn_tensor_get_data (d_output);
  gsize n_blocks = 1;

  for (guint i = 0; i < context->attributes->axis; i++)
    n_blocks *= shape->dims[i];

  for (gsize block = 0; block < n_blocks; block++)
    for (guint k = 0; k < context->n_inputs; k++)
      {
        gsize length = cnn_tensor_get_n_elements (inputs[k]) / n_blocks;

        if (d_inputs[k] != NULL)
          for (gsize i = 0; i < length; i++)
            cnn_tensor_get_mutable_data (d_inputs[k])[block * length + i] += d_out[i];
        d_out += length;
      }
}

const CnnOp cnn_op_concat = {
  .name = "concat",
  .infer_shape = infer_shape,
  .count = cnn_op_count_nothing,
  .see = see,
  .forward = forward,
  .backward = backward,
};
