#define G_LOG_DOMAIN "cnn-op-arithmetic"

#include "ops/cnn-op-private.h"
#include "ops/cnn-walk-private.h"

#include <math.h>

/* The derivative of the output with respect to operand k. Of several that are the
 * minimum or maximum, the first has it. */
static double
derive (CnnKind       kind,
        const double *values,
        guint         n_values,
        guint         k,
        double        result)
{
  double product = 1;

  switch (kind)
    {
    case CNN_KIND_ADD:
      return 1;
    case CNN_KIND_SUBTRACT:
      return k == 0 ? 1 : -1;
    case CNN_KIND_MULTIPLY:
      for (guint i = 0; i < n_values; i++)
        product *= i == k ? 1 : values[i];
      return product;
    case CNN_KIND_DIVIDE:
      return k == 0 ? 1 / values[1] : -values[0] / (values[1] * values[1]);
    case CNN_KIND_MINIMUM:
    case CNN_KIND_MAXIMUM:
      for (guint i = 0; i < k; i++)
        if (values[i] == result)
          return 0;
      return values[k] == result ? 1 : 0;
    case CNN_KIND_POWER:
      if (k == 0)
        return values[1] == 0 ? 0 : values[1] * pow (values[0], values[1] - 1);
      return values[0] == 0 ? 0 : pow (values[0], values[1]) * log (values[0]);
    default:
      g_return_val_if_reached (NAN);
    }
}

/* An operand that was stretched gathers the sum over the places that it was
 * stretched to. */
static void
derive_operand (const CnnOpContext     *context,
                const CnnTensor *const *operands,
                guint                   n_operands,
                guint                   k,
                const CnnTensor        *output,
                const CnnTensor        *d_output,
                CnnTensor              *d_operand)
{
  const CnnShape *shape = cnn_tensor_get_shape (output);
  gsize n = cnn_tensor_get_n_elements (d_operand);
  g_autofree CnnWalk *walks = g_new (CnnWalk, n_operands);
  g_autofree double *values = g_new (double, n_operands);
  g_autofree double *sums = g_new0 (double, n);

  for (guint i = 0; i < n_operands; i++)
    cnn_walk_init (&walks[i], shape, cnn_tensor_get_shape (operands[i]));

  for (gsize j = 0; j < cnn_shape_get_n_elements (shape); j++)
    {
      gsize at = walks[k].offset;

      for (guint i = 0; i < n_operands; i++)
        {
          values[i] = cnn_tensor_get_data (operands[i])[walks[i].offset];
          cnn_walk_step (&walks[i]);
        }

      sums[at] += cnn_tensor_get_data (d_output)[j] *
                  derive (context->kind, values, n_operands, k, cnn_tensor_get_data (output)[j]);
    }

  for (gsize i = 0; i < n; i++)
    cnn_tensor_get_mutable_data (d_operand)[i] += sums[i];
}

CNN_BACKWARD (cnn_op_arithmetic_backward)
{
  CnnTensor *constant = context->parameters[CNN_PARAMETER_WEIGHT];
  guint first = constant != NULL && context->attributes->constant_first ? 1 : 0;
  guint n_operands = context->n_inputs + (constant != NULL ? 1 : 0);
  g_autofree const CnnTensor **operands = g_new (const CnnTensor *, n_operands);

  if (constant != NULL)
    operands[first == 1 ? 0 : n_operands - 1] = constant;
  for (guint i = 0; i < context->n_inputs; i++)
    operands[first + i] = inputs[i];

  for (guint i = 0; i < context->n_inputs; i++)
    if (d_inputs[i] != NULL)
      derive_operand (context, operands, n_operands, first + i, output, d_output, d_inputs[i]);
}
