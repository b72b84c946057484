#define G_LOG_DOMAIN "cnn-op-function"

#include "ops/cnn-op-private.h"

#include <math.h>

static double
logistic (double x)
{
  return 1 / (1 + exp (-x));
}

/* The derivative of the normal distribution's part, by either form of GELU. */
static double
derive_gelu (gboolean tanh_form,
             double   x)
{
  double scale = sqrt (2 / G_PI);
  double y = tanh (scale * (x + 0.044715 * x * x * x));

  if (tanh_form)
    return 0.5 * (1 + y) + 0.5 * x * (1 - y * y) * scale * (1 + 3 * 0.044715 * x * x);

  return 0.5 * (1 + erf (x / G_SQRT2)) + x * exp (-x * x / 2) / sqrt (2 * G_PI);
}

static double
derive_mish (double x)
{
  double t = tanh (x > 0 ? x + log1p (exp (-x)) : log1p (exp (x)));

  return t + x * (1 - t * t) * logistic (x);
}

/* At a kink, the derivative is PyTorch's: that of the flat side. */
static double
derive (CnnKind              kind,
        const CnnAttributes *attributes,
        double               x)
{
  double y;

  switch (kind)
    {
    case CNN_KIND_RELU:
      return x > 0 ? 1 : 0;
    case CNN_KIND_CLIP:
      return x > attributes->minimum && x < attributes->maximum ? 1 : 0;
    case CNN_KIND_LEAKY_RELU:
    case CNN_KIND_PRELU:
      return x > 0 ? 1 : attributes->alpha;
    case CNN_KIND_ELU:
      return attributes->gamma * (x > 0 ? 1 : attributes->alpha * exp (x));
    case CNN_KIND_SIGMOID:
      return logistic (x) * logistic (-x);
    case CNN_KIND_HARD_SIGMOID:
      y = attributes->alpha * x + attributes->beta;
      return y > 0 && y < 1 ? attributes->alpha : 0;
    case CNN_KIND_HARD_SWISH:
      return x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5;
    case CNN_KIND_SILU:
      return logistic (x) * (1 + x * logistic (-x));
    case CNN_KIND_GELU:
      return derive_gelu (attributes->tanh_form, x);
    case CNN_KIND_MISH:
      return derive_mish (x);
    case CNN_KIND_SOFTPLUS:
      return logistic (x);
    case CNN_KIND_SOFTSIGN:
      return 1 / ((1 + fabs (x)) * (1 + fabs (x)));
    case CNN_KIND_TANH:
      return 1 - tanh (x) * tanh (x);
    case CNN_KIND_ERF:
      return 2 / sqrt (G_PI) * exp (-x * x);
    case CNN_KIND_EXP:
      return exp (x);
    case CNN_KIND_LOG:
      return 1 / x;
    case CNN_KIND_SQRT:
      return 0.5 / sqrt (x);
    case CNN_KIND_RECIPROCAL:
      return -1 / (x * x);
    case CNN_KIND_ABS:
      return (x > 0) - (x < 0);
    case CNN_KIND_NEGATE:
      return -1;
    default:
      g_return_val_if_reached (NAN);
    }
}

/* Channel by channel, as a PReLU has a slope for each. */
CNN_BACKWARD (cnn_op_function_backward)
{
  const CnnShape *shape = cnn_tensor_get_shape (inputs[0]);
  const CnnTensor *slopes = context->parameters[CNN_PARAMETER_WEIGHT];
  const float *in = cnn_tensor_get_data (inputs[0]);
  const float *d_out = cnn_tensor_get_data (d_output);
  gsize n_channels = shape->n_dims > 1 ? shape->dims[1] : 1;
  gsize n_planes = shape->n_dims > 0 ? shape->dims[0] * n_channels : 1;
  gsize plane = cnn_shape_get_n_elements (shape) / n_planes;
  CnnAttributes attributes = *context->attributes;
  float *d_in;

  if (d_inputs[0] == NULL)
    return;

  d_in = cnn_tensor_get_mutable_data (d_inputs[0]);
  for (gsize p = 0; p < n_planes; p++)
    {
      if (context->kind == CNN_KIND_PRELU)
        attributes.alpha = cnn_tensor_get_data (slopes)[cnn_tensor_get_n_elements (slopes) == 1 ? 0 : p % n_channels];

      for (gsize i = p * plane; i < (p + 1) * plane; i++)
        d_in[i] += d_out[i] * derive (context->kind, &attributes, in[i]);
    }
}
