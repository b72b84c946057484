#define G_LOG_DOMAIN "cnn-op-transpose"

#include "ops/cnn-field-private.h"
#include "ops/cnn-walk-private.h"

/* Dimension d of the output is dimension permutation[d] of the input. */

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  const guint *permutation = context->attributes->permutation;
  guint n_dims = inputs[0].n_dims;
  guint seen = 0;

  if (!cnn_op_check_inputs (context, 1, 1, error))
    return FALSE;

  if (permutation[0] != 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "dimension %u becomes the first, which would mix the pictures of a batch; expected 0",
                   permutation[0]);
      return FALSE;
    }

  *output = inputs[0];

  for (guint i = 0; i < n_dims; i++)
    {
      if (permutation[i] >= n_dims || (seen & 1u << permutation[i]) != 0)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                       "dimension %u of the output is %u of the input, expected each of 0 to %u once",
                       i, permutation[i], n_dims - 1);
          return FALSE;
        }

      seen |= 1u << permutation[i];
      output->dims[i] = inputs[0].dims[permutation[i]];
    }

  return TRUE;
}

static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  *output = fields[0];

  for (guint axis = 0; axis < 2; axis++)
    for (guint i = 1; i < inputs[0].n_dims; i++)
      if (context->attributes->permutation[i] == fields[0].dimension[axis])
        output->dimension[axis] = i;
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const CnnShape *in = cnn_tensor_get_shape (inputs[0]);
  const float *from = cnn_tensor_get_data (inputs[0]);
  float *out = cnn_tensor_get_mutable_data (output);
  gsize n = cnn_tensor_get_n_elements (output);
  CnnWalk straight, walk;

  cnn_walk_init (&straight, in, in);
  cnn_walk_init (&walk, cnn_tensor_get_shape (output), cnn_tensor_get_shape (output));
  for (guint i = 0; i < in->n_dims; i++)
    walk.strides[i] = straight.strides[context->attributes->permutation[i]];

  for (gsize i = 0; i < n; i++, cnn_walk_step (&walk))
    out[i] = from[walk.offset];
}

const CnnOp cnn_op_transpose = {
  .name = "transpose",
  .infer_shape = infer_shape,
  .count = cnn_op_count_nothing,
  .see = see,
  .forward = forward,
  .backward = cnn_op_backward_moved,
};
