#define G_LOG_DOMAIN "cnn-op-add"

#include "ops/cnn-window-private.h"

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  if (!cnn_op_check_inputs (context, 2, G_MAXUINT, error))
    return FALSE;

  *output = inputs[0];

  for (guint i = 1; i < context->n_inputs; i++)
    if (!cnn_shape_equal (&inputs[i], &inputs[0]))
      {
        g_autofree char *first = cnn_shape_to_string (&inputs[0]);
        g_autofree char *other = cnn_shape_to_string (&inputs[i]);

        g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                     "input %u is %s, expected %s as the first one", i + 1, other, first);
        return FALSE;
      }

  return TRUE;
}

static void
count (const CnnOpContext *context,
       const CnnShape     *inputs,
       const CnnShape     *output,
       CnnConvention       convention,
       CnnCost            *cost)
{
  cost->additions = cnn_shape_get_n_elements (output) * (guint64) (context->n_inputs - 1);
}

/* A cell sees what the cells in its place see in all branches. */
static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  for (guint axis = 0; axis < 2; axis++)
    cnn_field_join (inputs, fields, context->n_inputs, axis, FALSE, output);
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  float *out = cnn_tensor_get_mutable_data (output);
  gsize n = cnn_tensor_get_n_elements (output);

  for (gsize i = 0; i < n; i++)
    {
      double sum = 0;

      for (guint k = 0; k < context->n_inputs; k++)
        sum += cnn_tensor_get_data (inputs[k])[i];

      out[i] = sum;
    }
}

const CnnOp cnn_op_add = {
  .name = "add",
  .infer_shape = infer_shape,
  .count = count,
  .see = see,
  .forward = forward,
};
