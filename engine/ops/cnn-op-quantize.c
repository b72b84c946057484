#define G_LOG_DOMAIN "cnn-op-quantize"

#include "ops/cnn-op-private.h"

#include <math.h>

/* Networks that were made for 8-bit integers run in float32 here, and give what they
 * would give: quantize rounds as the integers would, to whole numbers between minimum
 * and maximum,
 *
 *   out = clamp (round (in / weight) + bias)
 *
 * and dequantize makes of those the numbers that they stand for,
 *
 *   out = (in − bias) · weight
 *
 * with a scale (the weight) and a zero point (the bias, or none for 0) for all, or
 * for each place along the axis. Halves are rounded to the even neighbour. */

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  const CnnTensor *scale = context->parameters[CNN_PARAMETER_WEIGHT];
  gsize n;

  if (!cnn_op_infer_same (context, inputs, output, error))
    return FALSE;

  n = scale != NULL ? cnn_tensor_get_n_elements (scale) : 0;
  if (n != 1 && !cnn_op_check_axis (context, &inputs[0], error))
    return FALSE;

  n = n == 1 ? 1 : inputs[0].dims[context->attributes->axis];

  return cnn_op_check_vector (context, CNN_PARAMETER_WEIGHT, n, error) &&
         (context->parameters[CNN_PARAMETER_BIAS] == NULL ||
          cnn_op_check_vector (context, CNN_PARAMETER_BIAS, n, error));
}

static void
count (const CnnOpContext *context,
       const CnnShape     *inputs,
       const CnnShape     *output,
       CnnConvention       convention,
       CnnCost            *cost)
{
  guint64 n = cnn_shape_get_n_elements (output);

  cost->multiplications = n;
  if (context->parameters[CNN_PARAMETER_BIAS] != NULL)
    cost->additions = n;
  if (context->kind == CNN_KIND_QUANTIZE)
    cost->comparisons = 2 * n;
}

/* How many numbers lie between neighbours along the axis; 0 where one scale is for
 * all. */
static gsize
get_stride (const CnnOpContext *context,
            const CnnShape     *shape)
{
  gsize stride = 1;

  if (cnn_tensor_get_n_elements (context->parameters[CNN_PARAMETER_WEIGHT]) == 1)
    return 0;

  for (guint i = context->attributes->axis + 1; i < shape->n_dims; i++)
    stride *= shape->dims[i];

  return stride;
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const CnnAttributes *attributes = context->attributes;
  const CnnShape *shape = cnn_tensor_get_shape (output);
  const float *scales = cnn_tensor_get_data (context->parameters[CNN_PARAMETER_WEIGHT]);
  const CnnTensor *zeros = context->parameters[CNN_PARAMETER_BIAS];
  const float *in = cnn_tensor_get_data (inputs[0]);
  float *out = cnn_tensor_get_mutable_data (output);
  gsize stride = get_stride (context, shape);

  for (gsize i = 0; i < cnn_tensor_get_n_elements (output); i++)
    {
      gsize place = stride > 0 ? i / stride % shape->dims[attributes->axis] : 0;
      float zero = zeros != NULL ? cnn_tensor_get_data (zeros)[place] : 0;

      /* Divided in float32, as those who trained it did: what is near a half must
       * fall to the same side. */
      if (context->kind == CNN_KIND_QUANTIZE)
        out[i] = CLAMP (rintf (in[i] / scales[place]) + zero, attributes->minimum, attributes->maximum);
      else
        out[i] = (in[i] - zero) * scales[place];
    }
}

const CnnOp cnn_op_quantize = {
  .name = "quantize",
  .infer_shape = infer_shape,
  .count = count,
  .see = cnn_op_see_same,
  .forward = forward,
};

const CnnOp cnn_op_dequantize = {
  .name = "dequantize",
  .infer_shape = infer_shape,
  .count = count,
  .see = cnn_op_see_same,
  .forward = forward,
};
