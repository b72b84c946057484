#define G_LOG_DOMAIN "cnn-op-function"

#include "ops/cnn-op-private.h"

#include <math.h>

/* Functions of one number: activations, and what exporters make of those that
 * they have no name for. */

typedef struct
{
  double (*compute) (const CnnAttributes *attributes,
                     double               x);

  /* What the formula costs; a sign costs nothing. */
  guint8 multiplications;
  guint8 additions;
  guint8 comparisons;
} Function;

/* A NaN stays one, here and below, so that it is seen at the output. */
static double
relu (const CnnAttributes *attributes,
      double               x)
{
  return x < 0 ? 0 : x;
}

static double
clip (const CnnAttributes *attributes,
      double               x)
{
  return CLAMP (x, attributes->minimum, attributes->maximum);
}

static double
leaky_relu (const CnnAttributes *attributes,
            double               x)
{
  return x < 0 ? attributes->alpha * x : x;
}

/* Clevert, Unterthiner, Hochreiter, "Exponential Linear Units", 2016; with gamma
 * Klambauer et al., "Self-Normalizing Neural Networks", 2017. */
static double
elu (const CnnAttributes *attributes,
     double               x)
{
  return attributes->gamma * (x < 0 ? attributes->alpha * expm1 (x) : x);
}

static double
sigmoid (const CnnAttributes *attributes,
         double               x)
{
  return 1 / (1 + exp (-x));
}

static double
hard_sigmoid (const CnnAttributes *attributes,
              double               x)
{
  double y = attributes->alpha * x + attributes->beta;

  return CLAMP (y, 0, 1);
}

/* Howard et al., "Searching for MobileNetV3", 2019. */
static double
hard_swish (const CnnAttributes *attributes,
            double               x)
{
  double y = x / 6 + 0.5;

  return x * CLAMP (y, 0, 1);
}

/* Not x/(1 + e⁻ˣ), which is −∞/∞ at −∞ where its limit is 0. */
static double
silu (const CnnAttributes *attributes,
      double               x)
{
  return x == -INFINITY ? 0 : x / (1 + exp (-x));
}

/* Hendrycks, Gimpel, "Gaussian Error Linear Units", 2016, with its approximation. */
static double
gelu (const CnnAttributes *attributes,
      double               x)
{
  double y = attributes->tanh_form ? tanh (sqrt (2 / G_PI) * (x + 0.044715 * x * x * x))
                                   : erf (x / G_SQRT2);

  return x == -INFINITY ? 0 : x * 0.5 * (1 + y);
}

/* ln (1 + eˣ), written so that no exponential overflows. */
static double
softplus (const CnnAttributes *attributes,
          double               x)
{
  return x > 0 ? x + log1p (exp (-x)) : log1p (exp (x));
}

/* Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", 2020. */
static double
mish (const CnnAttributes *attributes,
      double               x)
{
  return x == -INFINITY ? 0 : x * tanh (softplus (attributes, x));
}

static double
softsign (const CnnAttributes *attributes,
          double               x)
{
  return isinf (x) ? copysign (1, x) : x / (1 + fabs (x));
}

static double
compute_tanh (const CnnAttributes *attributes,
              double               x)
{
  return tanh (x);
}

static double
compute_erf (const CnnAttributes *attributes,
             double               x)
{
  return erf (x);
}

static double
compute_exp (const CnnAttributes *attributes,
             double               x)
{
  return exp (x);
}

static double
compute_log (const CnnAttributes *attributes,
             double               x)
{
  return log (x);
}

static double
compute_sqrt (const CnnAttributes *attributes,
              double               x)
{
  return sqrt (x);
}

static double
reciprocal (const CnnAttributes *attributes,
            double               x)
{
  return 1 / x;
}

static double
absolute (const CnnAttributes *attributes,
          double               x)
{
  return fabs (x);
}

static double
negate (const CnnAttributes *attributes,
        double               x)
{
  return -x;
}

static double
compute_floor (const CnnAttributes *attributes,
               double               x)
{
  return floor (x);
}

static double
compute_ceil (const CnnAttributes *attributes,
              double               x)
{
  return ceil (x);
}

/* Halves to the even neighbour, as ONNX and PyTorch do. */
static double
round_to_even (const CnnAttributes *attributes,
               double               x)
{
  return nearbyint (x);
}

#define AT(kind) [CNN_KIND_##kind - CNN_FIRST_FUNCTION]

static const Function functions[] = {
  AT (RELU) = { relu, 0, 0, 1 },
  AT (CLIP) = { clip, 0, 0, 2 },
  AT (LEAKY_RELU) = { leaky_relu, 1, 0, 1 },
  AT (PRELU) = { leaky_relu, 1, 0, 1 },
  AT (ELU) = { elu, 2, 1, 1 },
  AT (SIGMOID) = { sigmoid, 1, 1, 0 },
  AT (HARD_SIGMOID) = { hard_sigmoid, 1, 1, 2 },
  AT (HARD_SWISH) = { hard_swish, 2, 1, 2 },
  AT (SILU) = { silu, 1, 1, 0 },
  AT (GELU) = { gelu, 3, 1, 0 },
  AT (MISH) = { mish, 1, 1, 0 },
  AT (SOFTPLUS) = { softplus, 0, 1, 0 },
  AT (SOFTSIGN) = { softsign, 1, 1, 0 },
  AT (TANH) = { compute_tanh, 0, 0, 0 },
  AT (ERF) = { compute_erf, 0, 0, 0 },
  AT (EXP) = { compute_exp, 0, 0, 0 },
  AT (LOG) = { compute_log, 0, 0, 0 },
  AT (SQRT) = { compute_sqrt, 0, 0, 0 },
  AT (RECIPROCAL) = { reciprocal, 1, 0, 0 },
  AT (ABS) = { absolute, 0, 0, 0 },
  AT (NEGATE) = { negate, 0, 0, 0 },
  AT (FLOOR) = { compute_floor, 0, 0, 0 },
  AT (CEIL) = { compute_ceil, 0, 0, 0 },
  AT (ROUND) = { round_to_even, 0, 0, 0 },
};

G_STATIC_ASSERT (G_N_ELEMENTS (functions) == CNN_N_FUNCTIONS);

/* A slope for each channel, or one for all. */
static gboolean
check_slopes (const CnnOpContext  *context,
              const CnnShape      *input,
              GError             **error)
{
  const CnnTensor *slopes = context->parameters[CNN_PARAMETER_WEIGHT];
  gsize n_channels = input->n_dims > 1 ? input->dims[1] : 1;

  if (slopes != NULL && cnn_tensor_get_n_elements (slopes) == 1)
    return TRUE;

  return cnn_op_check_vector (context, CNN_PARAMETER_WEIGHT, n_channels, error);
}

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  const CnnAttributes *attributes = context->attributes;

  if (!cnn_op_infer_same (context, inputs, output, error))
    return FALSE;

  /* Written so that a NaN fails too. */
  if (context->kind == CNN_KIND_CLIP && !(attributes->minimum <= attributes->maximum))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "minimum %g is not below maximum %g",
                   attributes->minimum, attributes->maximum);
      return FALSE;
    }

  if (!isfinite (attributes->alpha) || !isfinite (attributes->beta) || !isfinite (attributes->gamma))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "alpha %g, beta %g, gamma %g: expected finite numbers",
                   attributes->alpha, attributes->beta, attributes->gamma);
      return FALSE;
    }

  return context->kind != CNN_KIND_PRELU || check_slopes (context, &inputs[0], error);
}

static void
count (const CnnOpContext *context,
       const CnnShape     *inputs,
       const CnnShape     *output,
       CnnConvention       convention,
       CnnCost            *cost)
{
  const Function *function = &functions[context->kind - CNN_FIRST_FUNCTION];
  guint64 n = cnn_shape_get_n_elements (output);

  if (convention == CNN_CONVENTION_FLOP)
    {
      cost->multiplications = n * function->multiplications;
      cost->additions = n * function->additions;
      cost->comparisons = n * function->comparisons;
    }
}

static void
compute_run (const Function      *function,
             const CnnAttributes *attributes,
             const float         *in,
             float               *out,
             gsize                n)
{
  for (gsize i = 0; i < n; i++)
    out[i] = function->compute (attributes, in[i]);
}

/* Channel by channel, each being a leaky ReLU with a slope of its own. */
static void
forward_prelu (const CnnOpContext *context,
               const CnnShape     *shape,
               const float        *in,
               float              *out)
{
  const CnnTensor *slopes = context->parameters[CNN_PARAMETER_WEIGHT];
  gsize n_slopes = cnn_tensor_get_n_elements (slopes);
  gsize n_channels = shape->n_dims > 1 ? shape->dims[1] : 1;
  gsize n_planes = shape->dims[0] * n_channels;
  gsize plane = cnn_shape_get_n_elements (shape) / n_planes;
  CnnAttributes attributes = *context->attributes;

  for (gsize p = 0; p < n_planes; p++, in += plane, out += plane)
    {
      attributes.alpha = cnn_tensor_get_data (slopes)[n_slopes == 1 ? 0 : p % n_channels];
      compute_run (&functions[CNN_KIND_PRELU - CNN_FIRST_FUNCTION], &attributes, in, out, plane);
    }
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const float *in = cnn_tensor_get_data (inputs[0]);
  float *out = cnn_tensor_get_mutable_data (output);

  if (context->kind == CNN_KIND_PRELU)
    forward_prelu (context, cnn_tensor_get_shape (output), in, out);
  else
    compute_run (&functions[context->kind - CNN_FIRST_FUNCTION], context->attributes, in, out,
                 cnn_tensor_get_n_elements (output));
}

#define FUNCTION(name_) \
  { .name = name_, .infer_shape = infer_shape, .count = count, .see = cnn_op_see_same, .forward = forward, \
    .backward = cnn_op_function_backward }

/* Rounding has no derivative that says anything. */
#define ROUNDING(name_) \
  { .name = name_, .infer_shape = infer_shape, .count = count, .see = cnn_op_see_same, .forward = forward }

const CnnOp cnn_op_functions[] = {
  AT (RELU) = FUNCTION ("relu"),
  AT (CLIP) = FUNCTION ("clip"),
  AT (LEAKY_RELU) = FUNCTION ("leaky-relu"),
  AT (PRELU) = FUNCTION ("prelu"),
  AT (ELU) = FUNCTION ("elu"),
  AT (SIGMOID) = FUNCTION ("sigmoid"),
  AT (HARD_SIGMOID) = FUNCTION ("hard-sigmoid"),
  AT (HARD_SWISH) = FUNCTION ("hard-swish"),
  AT (SILU) = FUNCTION ("silu"),
  AT (GELU) = FUNCTION ("gelu"),
  AT (MISH) = FUNCTION ("mish"),
  AT (SOFTPLUS) = FUNCTION ("softplus"),
  AT (SOFTSIGN) = FUNCTION ("softsign"),
  AT (TANH) = FUNCTION ("tanh"),
  AT (ERF) = FUNCTION ("erf"),
  AT (EXP) = FUNCTION ("exp"),
  AT (LOG) = FUNCTION ("log"),
  AT (SQRT) = FUNCTION ("sqrt"),
  AT (RECIPROCAL) = FUNCTION ("reciprocal"),
  AT (ABS) = FUNCTION ("abs"),
  AT (NEGATE) = FUNCTION ("negate"),
  AT (FLOOR) = ROUNDING ("floor"),
  AT (CEIL) = ROUNDING ("ceil"),
  AT (ROUND) = ROUNDING ("round"),
};
