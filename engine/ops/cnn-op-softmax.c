#define G_LOG_DOMAIN "cnn-op-softmax"

#include "ops/cnn-field-private.h"

#include <math.h>

/* out_i = exp (in_i − max) / Σ exp (in_k − max) along the axis: the maximum is
 * taken away so that no exponential overflows. */

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  return cnn_op_infer_same (context, inputs, output, error) &&
         cnn_op_check_axis (context, &inputs[0], error);
}

/* For n numbers: n − 1 comparisons, n subtractions, n − 1 additions, n divisions. */
static void
count (const CnnOpContext *context,
       const CnnShape     *inputs,
       const CnnShape     *output,
       CnnConvention       convention,
       CnnCost            *cost)
{
  guint64 n_elements = cnn_shape_get_n_elements (output);
  guint64 n_sums = n_elements / output->dims[context->attributes->axis];

  cost->multiplications = n_elements;
  cost->additions = 2 * n_elements - n_sums;
  cost->comparisons = n_elements - n_sums;
}

static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  *output = fields[0];
  cnn_field_see_dimension (&inputs[0], context->attributes->axis, output);
}

/* in and out are n numbers each, step apart. */
static void
normalize (const float *in,
           float       *out,
           gsize        n,
           gsize        step)
{
  double maximum = in[0], sum = 0;

  for (gsize i = 1; i < n; i++)
    maximum = MAX (maximum, in[i * step]);

  for (gsize i = 0; i < n; i++)
    sum += exp (in[i * step] - maximum);

  for (gsize i = 0; i < n; i++)
    out[i * step] = exp (in[i * step] - maximum) / sum;
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const CnnShape *shape = cnn_tensor_get_shape (output);
  const float *in = cnn_tensor_get_data (inputs[0]);
  float *out = cnn_tensor_get_mutable_data (output);
  gsize n = shape->dims[context->attributes->axis];
  gsize n_blocks, step = 1;

  for (guint i = context->attributes->axis + 1; i < shape->n_dims; i++)
    step *= shape->dims[i];

  n_blocks = cnn_shape_get_n_elements (shape) / (n * step);
  for (gsize block = 0; block < n_blocks; block++)
    for (gsize i = 0; i < step; i++)
      normalize (in + block * n * step + i, out + block * n * step + i, n, step);
}

/* dIn_i = out_i · (dOut_i − Σ out_k · dOut_k). */
static CNN_BACKWARD (backward)
{
  const CnnShape *shape = cnn_tensor_get_shape (output);
  const float *out = cnn_tensor_get_data (output);
  const float *d_out = cnn_tensor_get_data (d_output);
  gsize n = shape->dims[context->attributes->axis];
  gsize n_rows = cnn_shape_get_n_elements (shape) / n;
  gsize step = 1;

  if (d_inputs[0] == NULL)
    return;

  for (guint i = context->attributes->axis + 1; i < shape->n_dims; i++)
    step *= shape->dims[i];

  for (gsize row = 0; row < n_rows; row++)
    {
      gsize first = row / step * n * step + row % step;
      float *d_in = cnn_tensor_get_mutable_data (d_inputs[0]);
      double sum = 0;

      for (gsize i = first; i < first + n * step; i += step)
        sum += (double) out[i] * d_out[i];
      for (gsize i = first; i < first + n * step; i += step)
        d_in[i] += out[i] * (d_out[i] - sum);
    }
}

const CnnOp cnn_op_softmax = {
  .name = "softmax",
  .infer_shape = infer_shape,
  .count = count,
  .see = see,
  .forward = forward,
  .backward = backward,
};
