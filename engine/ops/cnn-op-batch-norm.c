#define G_LOG_DOMAIN "cnn-op-batch-norm"

#include "ops/cnn-op-private.h"

#include <math.h>

/* out = (in − mean) / √(variance + epsilon) · weight + bias, with one of each
 * for a channel: the evaluation form of Ioffe and Szegedy, "Batch
 * Normalization", 2015. */

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  if (!cnn_op_infer_same (context, inputs, output, error))
    return FALSE;

  if (output->n_dims < 2)
    {
      g_autofree char *text = cnn_shape_to_string (output);

      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "input is %s, expected N×C×…", text);
      return FALSE;
    }

  for (CnnParameter i = CNN_PARAMETER_WEIGHT; i <= CNN_PARAMETER_VARIANCE; i++)
    if (!cnn_op_check_vector (context, i, output->dims[1], error))
      return FALSE;

  return TRUE;
}

static void
count (const CnnOpContext *context,
       const CnnShape     *inputs,
       const CnnShape     *output,
       CnnConvention       convention,
       CnnCost            *cost)
{
  cost->multiplications = cnn_shape_get_n_elements (output);
  cost->additions = cnn_shape_get_n_elements (output);
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const float *weight = cnn_tensor_get_data (context->parameters[CNN_PARAMETER_WEIGHT]);
  const float *bias = cnn_tensor_get_data (context->parameters[CNN_PARAMETER_BIAS]);
  const float *mean = cnn_tensor_get_data (context->parameters[CNN_PARAMETER_MEAN]);
  const float *variance = cnn_tensor_get_data (context->parameters[CNN_PARAMETER_VARIANCE]);
  const CnnShape *shape = cnn_tensor_get_shape (output);
  const float *in = cnn_tensor_get_data (inputs[0]);
  float *out = cnn_tensor_get_mutable_data (output);
  gsize n_planes = shape->dims[0] * shape->dims[1];
  gsize plane = cnn_shape_get_n_elements (shape) / n_planes;

  for (gsize p = 0; p < n_planes; p++)
    {
      gsize c = p % shape->dims[1];
      double scale = weight[c] / sqrt (variance[c] + context->attributes->epsilon);

      for (gsize i = p * plane; i < (p + 1) * plane; i++)
        out[i] = ((double) in[i] - mean[c]) * scale + bias[c];
    }
}

const CnnOp cnn_op_batch_norm = {
  .name = "batch-norm",
  .infer_shape = infer_shape,
  .count = count,
  .see = cnn_op_see_same,
  .forward = forward,
};
