#define G_LOG_DOMAIN "cnn-op-batch-norm"

#include "ops/cnn-op-private.h"

#include <math.h>

/* out = (in − mean) / √(variance + epsilon) · weight + bias, with one of each
 * for a channel: the evaluation form of Ioffe and Szegedy, "Batch
 * Normalization", 2015. Without weight and bias these are 1 and 0. */

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  if (!cnn_op_infer_same (context, inputs, output, error) ||
      !cnn_op_check_channels (&inputs[0], error))
    return FALSE;

  for (CnnParameter i = CNN_PARAMETER_WEIGHT; i <= CNN_PARAMETER_VARIANCE; i++)
    if ((i >= CNN_PARAMETER_MEAN || context->parameters[i] != NULL) &&
        !cnn_op_check_vector (context, i, output->dims[1], error))
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
  const CnnTensor *weights = context->parameters[CNN_PARAMETER_WEIGHT];
  const CnnTensor *biases = context->parameters[CNN_PARAMETER_BIAS];
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
      double weight = weights != NULL ? cnn_tensor_get_data (weights)[c] : 1;
      double bias = biases != NULL ? cnn_tensor_get_data (biases)[c] : 0;
      double scale = weight / sqrt (variance[c] + context->attributes->epsilon);

      for (gsize i = p * plane; i < (p + 1) * plane; i++)
        out[i] = ((double) in[i] - mean[c]) * scale + bias;
    }
}

/* The statistics are constants, so only the scale is left. */
static CNN_BACKWARD (backward)
{
  const CnnTensor *weights = context->parameters[CNN_PARAMETER_WEIGHT];
  const float *variance = cnn_tensor_get_data (context->parameters[CNN_PARAMETER_VARIANCE]);
  const CnnShape *shape = cnn_tensor_get_shape (d_output);
  const float *d_out = cnn_tensor_get_data (d_output);
  gsize n_planes = shape->dims[0] * shape->dims[1];
  gsize plane = cnn_shape_get_n_elements (shape) / n_planes;
  float *d_in;

  if (d_inputs[0] == NULL)
    return;

  d_in = cnn_tensor_get_mutable_data (d_inputs[0]);
  for (gsize p = 0; p < n_planes; p++)
    {
      gsize c = p % shape->dims[1];
      double weight = weights != NULL ? cnn_tensor_get_data (weights)[c] : 1;
      double scale = weight / sqrt (variance[c] + context->attributes->epsilon);

      for (gsize i = p * plane; i < (p + 1) * plane; i++)
        d_in[i] += d_out[i] * scale;
    }
}

const CnnOp cnn_op_batch_norm = {
  .name = "batch-norm",
  .infer_shape = infer_shape,
  .count = count,
  .see = cnn_op_see_same,
  .forward = forward,
  .backward = backward,
};
