#define G_LOG_DOMAIN "cnn-op-relu"

#include "ops/cnn-op-private.h"

static void
count (const CnnOpContext *context,
       const CnnShape     *inputs,
       const CnnShape     *output,
       CnnConvention       convention,
       CnnCost            *cost)
{
  if (convention == CNN_CONVENTION_FLOP)
    cost->comparisons = cnn_shape_get_n_elements (output);
}

/* A NaN stays one, so that it is seen at the output. */
static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const float *in = cnn_tensor_get_data (inputs[0]);
  float *out = cnn_tensor_get_mutable_data (output);
  gsize n = cnn_tensor_get_n_elements (output);

  for (gsize i = 0; i < n; i++)
    out[i] = in[i] < 0 ? 0 : in[i];
}

const CnnOp cnn_op_relu = {
  .name = "relu",
  .infer_shape = cnn_op_infer_same,
  .count = count,
  .see = cnn_op_see_same,
  .forward = forward,
};
