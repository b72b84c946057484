#define G_LOG_DOMAIN "cnn-op-linear"

#include "ops/cnn-field-private.h"

#include <string.h>

/* Each row of I numbers (the last dimension) becomes a row of O, by the weight
 * O×I and the bias O: out = weight · in + bias. */

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  const CnnTensor *weight = context->parameters[CNN_PARAMETER_WEIGHT];
  g_autofree char *text = NULL;
  const CnnShape *shape;
  guint last;

  if (!cnn_op_check_inputs (context, 1, 1, error))
    return FALSE;

  if (inputs[0].n_dims < 2)
    {
      text = cnn_shape_to_string (&inputs[0]);
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "input is %s, expected two dimensions or more", text);
      return FALSE;
    }

  if (weight == NULL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "weight is missing");
      return FALSE;
    }

  last = inputs[0].n_dims - 1;
  shape = cnn_tensor_get_shape (weight);
  text = cnn_shape_to_string (shape);

  if (shape->n_dims != 2 || cnn_shape_get_n_elements (shape) == 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "weight is %s, expected two dimensions O×I", text);
      return FALSE;
    }

  if (shape->dims[1] != inputs[0].dims[last])
    {
      g_autofree char *input_text = cnn_shape_to_string (&inputs[0]);

      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "weight is %s, expected %" G_GSIZE_FORMAT " columns for the input %s",
                   text, inputs[0].dims[last], input_text);
      return FALSE;
    }

  if (context->parameters[CNN_PARAMETER_BIAS] != NULL &&
      !cnn_op_check_vector (context, CNN_PARAMETER_BIAS, shape->dims[0], error))
    return FALSE;

  *output = inputs[0];
  output->dims[last] = shape->dims[0];

  return TRUE;
}

static void
count (const CnnOpContext *context,
       const CnnShape     *inputs,
       const CnnShape     *output,
       CnnConvention       convention,
       CnnCost            *cost)
{
  cnn_op_count_dot_products (cnn_shape_get_n_elements (output),
                             cnn_tensor_get_shape (context->parameters[CNN_PARAMETER_WEIGHT])->dims[1],
                             context->parameters[CNN_PARAMETER_BIAS] != NULL,
                             convention, cost);
}

/* Every output sees all of the last dimension: of maps, that is the width. */
static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  *output = fields[0];
  cnn_field_see_dimension (&inputs[0], inputs[0].n_dims - 1, output);
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const CnnShape *shape = cnn_tensor_get_shape (context->parameters[CNN_PARAMETER_WEIGHT]);
  const float *weight = cnn_tensor_get_data (context->parameters[CNN_PARAMETER_WEIGHT]);
  const CnnTensor *bias = context->parameters[CNN_PARAMETER_BIAS];
  const float *in = cnn_tensor_get_data (inputs[0]);
  float *out = cnn_tensor_get_mutable_data (output);
  gsize n_out = shape->dims[0], n_in = shape->dims[1];
  gsize n_rows = cnn_tensor_get_n_elements (output) / n_out;

  for (gsize row = 0; row < n_rows; row++)
    for (gsize o = 0; o < n_out; o++)
      {
        double sum = bias != NULL ? cnn_tensor_get_data (bias)[o] : 0;

        for (gsize i = 0; i < n_in; i++)
          sum += (double) weight[o * n_in + i] * in[row * n_in + i];

        out[row * n_out + o] = sum;
      }
}

/* dIn = weightᵀ · dOut, row by row. */
static CNN_BACKWARD (backward)
{
  const CnnShape *shape = cnn_tensor_get_shape (context->parameters[CNN_PARAMETER_WEIGHT]);
  const float *weight = cnn_tensor_get_data (context->parameters[CNN_PARAMETER_WEIGHT]);
  const float *d_out = cnn_tensor_get_data (d_output);
  gsize n_out = shape->dims[0], n_in = shape->dims[1];
  gsize n_rows = cnn_tensor_get_n_elements (d_output) / n_out;
  g_autofree double *sums = g_new (double, n_in);
  float *d_in;

  if (d_inputs[0] == NULL)
    return;

  d_in = cnn_tensor_get_mutable_data (d_inputs[0]);
  for (gsize row = 0; row < n_rows; row++, d_in += n_in, d_out += n_out)
    {
      memset (sums, 0, n_in * sizeof (double));

      for (gsize o = 0; o < n_out; o++)
        if (d_out[o] != 0)
          for (gsize i = 0; i < n_in; i++)
            sums[i] += (double) weight[o * n_in + i] * d_out[o];

      for (gsize i = 0; i < n_in; i++)
        d_in[i] += sums[i];
    }
}

const CnnOp cnn_op_linear = {
  .name = "linear",
  .infer_shape = infer_shape,
  .count = count,
  .see = see,
  .forward = forward,
  .backward = backward,
};
