#define G_LOG_DOMAIN "cnn-op-clip"

#include "ops/cnn-op-private.h"

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  /* Written so that a NaN fails too. */
  if (!(context->attributes->minimum <= context->attributes->maximum))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "minimum %g is not below maximum %g",
                   context->attributes->minimum, context->attributes->maximum);
      return FALSE;
    }

  return cnn_op_infer_same (context, inputs, output, error);
}

static void
count (const CnnOpContext *context,
       const CnnShape     *inputs,
       const CnnShape     *output,
       CnnConvention       convention,
       CnnCost            *cost)
{
  if (convention == CNN_CONVENTION_FLOP)
    cost->comparisons = 2 * (guint64) cnn_shape_get_n_elements (output);
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const float *in = cnn_tensor_get_data (inputs[0]);
  float *out = cnn_tensor_get_mutable_data (output);
  gsize n = cnn_tensor_get_n_elements (output);

  for (gsize i = 0; i < n; i++)
    out[i] = CLAMP (in[i], context->attributes->minimum, context->attributes->maximum);
}

const CnnOp cnn_op_clip = {
  .name = "clip",
  .infer_shape = infer_shape,
  .count = count,
  .see = cnn_op_see_same,
  .forward = forward,
};
