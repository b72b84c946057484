#include "support/reference.h"

#include <math.h>

/* Functions of one number, against PyTorch's values in double precision. */

#define N 9

static const float xs[N] = { -10, -3.5, -1, -0.25, 0, 0.25, 1, 3.5, 10 };
static const float positives[N] = { 1e-3, 0.25, 0.5, 1, 2, 3, 10, 100, 1e6 };
static const float halves[N] = { -2.5, -1.5, -0.75, -0.5, 0, 0.5, 0.75, 1.5, 2.5 };

typedef struct
{
  CnnKind kind;
  CnnAttributes attributes;
  const float *in;
  double out[N];
} FunctionCase;

static const FunctionCase cases[] = {
  { CNN_KIND_LEAKY_RELU, { .alpha = 0.1 }, xs,
    { -1, -0.35, -0.1, -0.025, 0, 0.25, 1, 3.5, 10 } },
  { CNN_KIND_ELU, { .alpha = 1.5, .gamma = 1 }, xs,
    { -1.4999319, -1.45470392, -0.948180838, -0.331798825, 0, 0.25, 1, 3.5, 10 } },
  { CNN_KIND_ELU, { .alpha = 1.6732632423543772, .gamma = 1.0507009873554805 }, xs,
    { -1.75801952, -1.70500934, -1.11133074, -0.388890197, 0, 0.262675247, 1.05070099, 3.67745346, 10.5070099 } },
  { CNN_KIND_SIGMOID, { .alpha = 1 }, xs,
    { 4.53978687e-05, 0.0293122308, 0.268941421, 0.437823499, 0.5, 0.562176501, 0.731058579, 0.970687769, 0.999954602 } },
  { CNN_KIND_HARD_SIGMOID, { .alpha = 1.0 / 6, .beta = 0.5 }, xs,
    { 0, 0, 0.333333333, 0.458333333, 0.5, 0.541666667, 0.666666667, 1, 1 } },
  { CNN_KIND_HARD_SWISH, { .alpha = 1 }, xs,
    { 0, 0, -0.333333333, -0.114583333, 0, 0.135416667, 0.666666667, 3.5, 10 } },
  { CNN_KIND_SILU, { .alpha = 1 }, xs,
    { -0.000453978687, -0.102592808, -0.268941421, -0.109455875, 0, 0.140544125, 0.731058579, 3.39740719, 9.99954602 } },
  { CNN_KIND_GELU, { .alpha = 1 }, xs,
    { 0, -0.000814201777, -0.158655254, -0.100323419, 0, 0.149676581, 0.841344746, 3.4991858, 10 } },
  { CNN_KIND_GELU, { .tanh_form = TRUE }, xs,
    { 0, -0.000616197655, -0.158808009, -0.100324649, 0, 0.149675351, 0.841191991, 3.4993838, 10 } },
  { CNN_KIND_MISH, { .alpha = 1 }, xs,
    { -0.000453988992, -0.104095754, -0.303401461, -0.129926964, 0, 0.16957241, 0.865098388, 3.49399072, 9.99999996 } },
  { CNN_KIND_SOFTPLUS, { .alpha = 1 }, xs,
    { 4.53988992e-05, 0.0297504183, 0.313261688, 0.57593942, 0.693147181, 0.82593942, 1.31326169, 3.52975042, 10.0000454 } },
  { CNN_KIND_SOFTSIGN, { .alpha = 1 }, xs,
    { -0.909090909, -0.777777778, -0.5, -0.2, 0, 0.2, 0.5, 0.777777778, 0.909090909 } },
  { CNN_KIND_TANH, { .alpha = 1 }, xs,
    { -0.999999996, -0.998177898, -0.761594156, -0.244918662, 0, 0.244918662, 0.761594156, 0.998177898, 0.999999996 } },
  { CNN_KIND_ERF, { .alpha = 1 }, xs,
    { -1, -0.999999257, -0.842700793, -0.27632639, 0, 0.27632639, 0.842700793, 0.999999257, 1 } },
  { CNN_KIND_EXP, { .alpha = 1 }, xs,
    { 4.53999298e-05, 0.0301973834, 0.367879441, 0.778800783, 1, 1.28402542, 2.71828183, 33.115452, 22026.4658 } },
  { CNN_KIND_LOG, { .alpha = 1 }, positives,
    { -6.90775528, -1.38629436, -0.693147181, 0, 0.693147181, 1.09861229, 2.30258509, 4.60517019, 13.8155106 } },
  { CNN_KIND_SQRT, { .alpha = 1 }, positives,
    { 0.0316227766, 0.5, 0.707106781, 1, 1.41421356, 1.73205081, 3.16227766, 10, 1000 } },
  { CNN_KIND_RECIPROCAL, { .alpha = 1 }, positives,
    { 1000, 4, 2, 1, 0.5, 0.333333333, 0.1, 0.01, 1e-06 } },
  { CNN_KIND_ABS, { .alpha = 1 }, halves,
    { 2.5, 1.5, 0.75, 0.5, 0, 0.5, 0.75, 1.5, 2.5 } },
  { CNN_KIND_FLOOR, { .alpha = 1 }, halves,
    { -3, -2, -1, -1, 0, 0, 0, 1, 2 } },
  { CNN_KIND_CEIL, { .alpha = 1 }, halves,
    { -2, -1, 0, 0, 0, 1, 1, 2, 3 } },
  { CNN_KIND_ROUND, { .alpha = 1 }, halves,
    { -2, -2, -1, 0, 0, 0, 1, 2, 2 } },
};

static void
test_values (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (&CNN_SHAPE_2 (1, N), cases[i].in);
      g_autoptr (GError) error = NULL;
      g_autoptr (CnnTensor) output = reference_run_op (cases[i].kind, &cases[i].attributes, &input, 1,
                                                       NULL, &error);

      g_assert_no_error (error);
      g_test_message ("%s", cnn_kind_get_name (cases[i].kind));
      for (guint k = 0; k < N; k++)
        g_assert_cmpfloat_with_epsilon (cnn_tensor_get_data (output)[k], cases[i].out[k],
                                        1e-7 + 1e-7 * fabs (cases[i].out[k]));
    }
}

/* A NaN must come out at the end, and an infinity must not become one. */
static void
test_limits (void)
{
  const float in[] = { NAN, INFINITY, -INFINITY };
  g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (&CNN_SHAPE_2 (1, 3), in);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CnnTensor) output = reference_run_op (cases[i].kind, &cases[i].attributes, &input, 1,
                                                       NULL, NULL);
      const float *out = cnn_tensor_get_data (output);
      gboolean has_limit = cases[i].kind != CNN_KIND_LOG && cases[i].kind != CNN_KIND_SQRT;

      g_test_message ("%s", cnn_kind_get_name (cases[i].kind));
      g_assert_true (isnan (out[0]));
      g_assert_false (isnan (out[1]));
      g_assert_true (isnan (out[2]) == !has_limit || cases[i].kind == CNN_KIND_HARD_SWISH);
    }
}

static void
test_prelu (void)
{
  const float in[] = { -1, 2, -3, 4, -5, 6, -7, -8 }, slopes[] = { 0.5, -2 };
  const float by_channel[] = { -0.5, 2, 6, 4, -2.5, 6, 14, 16 }, by_one[] = { -0.5, 2, -1.5, 4, -2.5, 6, -3.5, -4 };
  g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (&CNN_SHAPE_4 (2, 2, 1, 2), in);
  g_autoptr (CnnTensor) two = cnn_tensor_new_from_data (&CNN_SHAPE_1 (2), slopes);
  g_autoptr (CnnTensor) one = cnn_tensor_new_from_data (&CNN_SHAPE_1 (1), slopes);
  g_autoptr (CnnTensor) misfit = cnn_tensor_new (&CNN_SHAPE_1 (3));
  CnnTensor *parameters[CNN_N_PARAMETERS] = { two };
  g_autoptr (CnnTensor) output = NULL;
  g_autoptr (CnnTensor) other = NULL;
  g_autoptr (GError) error = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  output = reference_run_op (CNN_KIND_PRELU, &attributes, &input, 1, parameters, NULL);
  g_assert_cmpmem (cnn_tensor_get_data (output), sizeof by_channel, by_channel, sizeof by_channel);

  parameters[0] = one;
  other = reference_run_op (CNN_KIND_PRELU, &attributes, &input, 1, parameters, NULL);
  g_assert_cmpmem (cnn_tensor_get_data (other), sizeof by_one, by_one, sizeof by_one);

  parameters[0] = misfit;
  g_assert_null (reference_run_op (CNN_KIND_PRELU, &attributes, &input, 1, parameters, &error));
  g_assert_cmpstr (error->message, ==, "weight is 3, expected 2");
  g_clear_error (&error);

  parameters[0] = NULL;
  g_assert_null (reference_run_op (CNN_KIND_PRELU, &attributes, &input, 1, parameters, &error));
  g_assert_cmpstr (error->message, ==, "weight is missing, expected 2 numbers");
}

static void
test_errors (void)
{
  g_autoptr (CnnTensor) input = cnn_tensor_new (&CNN_SHAPE_2 (1, 2));
  CnnTensor *inputs[] = { input, input };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  g_assert_null (reference_run_op (CNN_KIND_SIGMOID, &attributes, inputs, 2, NULL, &error));
  g_assert_cmpstr (error->message, ==, "2 inputs, expected 1");

  attributes.alpha = NAN;
  g_assert_null (reference_run_op (CNN_KIND_ELU, &attributes, inputs, 1, NULL, &other));
  g_assert_cmpstr (other->message, ==, "alpha nan, beta 0, gamma 1: expected finite numbers");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/op-function/values", test_values);
  g_test_add_func ("/engine/op-function/limits", test_limits);
  g_test_add_func ("/engine/op-function/prelu", test_prelu);
  g_test_add_func ("/engine/op-function/errors", test_errors);

  return g_test_run ();
}
