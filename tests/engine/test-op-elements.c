#include "support/reference.h"

#include <math.h>

/* Operations that work on each element, or along one axis, by itself. */

static CnnTensor *
run (CnnKind              kind,
     const CnnAttributes *attributes,
     CnnTensor           *input,
     CnnTensor *const    *parameters)
{
  g_autoptr (GError) error = NULL;
  CnnTensor *output = reference_run_op (kind, attributes, &input, 1, parameters, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (cnn_tensor_get_shape (output), sizeof (CnnShape),
                   cnn_tensor_get_shape (input), sizeof (CnnShape));

  return output;
}

static void
test_relu (void)
{
  const float in[] = { -2, -0.5, 0, 0.5, INFINITY, -INFINITY }, out[] = { 0, 0, 0, 0.5, INFINITY, 0 };
  g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (&CNN_SHAPE_2 (2, 3), in);
  g_autoptr (CnnTensor) output = run (CNN_KIND_RELU, NULL, input, NULL);

  g_assert_cmpmem (cnn_tensor_get_data (output), sizeof out, out, sizeof out);
}

static void
test_clip (void)
{
  const float in[] = { -2, 0, 3, 6, 6.5, 100 }, out[] = { 0, 0, 3, 6, 6, 6 };
  g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (&CNN_SHAPE_2 (2, 3), in);
  g_autoptr (CnnTensor) output = NULL;
  g_autoptr (GError) error = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.minimum = 0;
  attributes.maximum = 6;
  output = run (CNN_KIND_CLIP, &attributes, input, NULL);
  g_assert_cmpmem (cnn_tensor_get_data (output), sizeof out, out, sizeof out);

  attributes.maximum = -1;
  g_assert_null (reference_run_op (CNN_KIND_CLIP, &attributes, &input, 1, NULL, &error));
  g_assert_cmpstr (error->message, ==, "minimum 0 is not below maximum -1");
}

/* A NaN must come out at the end, not vanish on the way. */
static void
test_nan_stays (void)
{
  static const CnnKind kinds[] = { CNN_KIND_RELU, CNN_KIND_CLIP, CNN_KIND_DROPOUT, CNN_KIND_SOFTMAX };
  const float nan = NAN;
  g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (&CNN_SHAPE_2 (1, 1), &nan);
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (CnnTensor) output = run (kinds[i], &attributes, input, NULL);

      g_assert_true (isnan (cnn_tensor_get_data (output)[0]));
    }
}

static void
test_dropout (void)
{
  g_autoptr (CnnTensor) input = reference_random (&CNN_SHAPE_4 (2, 3, 4, 5), -1, 1);
  g_autoptr (CnnTensor) output = run (CNN_KIND_DROPOUT, NULL, input, NULL);

  g_assert_cmpmem (cnn_tensor_get_data (output), 120 * sizeof (float),
                   cnn_tensor_get_data (input), 120 * sizeof (float));
}

static void
test_batch_norm (void)
{
  const float weight[] = { 1, 2, -3 }, bias[] = { 0, 1, 5 }, mean[] = { 0, 3, 2 }, variance[] = { 1, 4, 0.25 };
  const float *vectors[] = { weight, bias, mean, variance };
  g_autoptr (CnnTensor) input = reference_random (&CNN_SHAPE_4 (2, 3, 2, 2), -4, 4);
  g_autoptr (CnnTensor) output = NULL;
  CnnTensor *parameters[CNN_N_PARAMETERS];
  CnnAttributes attributes;

  for (guint i = 0; i < CNN_N_PARAMETERS; i++)
    parameters[i] = cnn_tensor_new_from_data (&CNN_SHAPE_1 (3), vectors[i]);

  cnn_attributes_init (&attributes);
  attributes.epsilon = 0;
  output = run (CNN_KIND_BATCH_NORM, &attributes, input, parameters);

  for (guint i = 0; i < 24; i++)
    {
      /* gamma · (x − mean) / σ + beta, with σ of 1, 2 and ½ */
      double x = cnn_tensor_get_data (input)[i];
      double expected = i / 4 % 3 == 0 ? x : i / 4 % 3 == 1 ? 2 * (x - 3) / 2 + 1 : -3 * (x - 2) * 2 + 5;

      g_assert_cmpfloat_with_epsilon (cnn_tensor_get_data (output)[i], expected, 1e-5);
    }

  for (guint i = 0; i < CNN_N_PARAMETERS; i++)
    cnn_tensor_unref (parameters[i]);
}

/* Without weight and bias: (x − mean) / σ. */
static void
test_batch_norm_plain (void)
{
  const float in[] = { 5, -1 }, mean[] = { 1, 2 }, variance[] = { 4, 9 };
  g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (&CNN_SHAPE_2 (1, 2), in);
  g_autoptr (CnnTensor) means = cnn_tensor_new_from_data (&CNN_SHAPE_1 (2), mean);
  g_autoptr (CnnTensor) variances = cnn_tensor_new_from_data (&CNN_SHAPE_1 (2), variance);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL, NULL, means, variances };
  g_autoptr (CnnTensor) output = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.epsilon = 0;
  output = run (CNN_KIND_BATCH_NORM, &attributes, input, parameters);
  g_assert_cmpfloat (cnn_tensor_get_data (output)[0], ==, 2);
  g_assert_cmpfloat (cnn_tensor_get_data (output)[1], ==, -1);
}

static void
test_batch_norm_epsilon (void)
{
  const float one = 1, zero = 0;
  g_autoptr (CnnTensor) ones = cnn_tensor_new_from_data (&CNN_SHAPE_1 (1), &one);
  g_autoptr (CnnTensor) zeros = cnn_tensor_new_from_data (&CNN_SHAPE_1 (1), &zero);
  g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (&CNN_SHAPE_2 (1, 1), &one);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { ones, zeros, zeros, zeros };
  g_autoptr (CnnTensor) output = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.epsilon = 0.0625;
  output = run (CNN_KIND_BATCH_NORM, &attributes, input, parameters);
  g_assert_cmpfloat (cnn_tensor_get_data (output)[0], ==, 4);
}

static void
test_batch_norm_errors (void)
{
  g_autoptr (CnnTensor) input = cnn_tensor_new (&CNN_SHAPE_4 (1, 4, 2, 2));
  g_autoptr (CnnTensor) fits = cnn_tensor_new (&CNN_SHAPE_1 (4));
  g_autoptr (CnnTensor) misfit = cnn_tensor_new (&CNN_SHAPE_2 (1, 4));

  for (guint i = 0; i < CNN_N_PARAMETERS; i++)
    {
      CnnTensor *parameters[CNN_N_PARAMETERS] = { fits, fits, fits, fits };
      g_autoptr (GError) missing = NULL;
      g_autoptr (GError) wrong = NULL;
      g_autofree char *missing_message = g_strdup_printf ("%s is missing, expected 4 numbers",
                                                          cnn_parameter_get_name (i));
      g_autofree char *wrong_message = g_strdup_printf ("%s is 1×4, expected 4", cnn_parameter_get_name (i));

      if (i >= CNN_PARAMETER_MEAN)
        {
          parameters[i] = NULL;
          g_assert_null (reference_run_op (CNN_KIND_BATCH_NORM, NULL, &input, 1, parameters, &missing));
          g_assert_cmpstr (missing->message, ==, missing_message);
        }

      parameters[i] = misfit;
      g_assert_null (reference_run_op (CNN_KIND_BATCH_NORM, NULL, &input, 1, parameters, &wrong));
      g_assert_cmpstr (wrong->message, ==, wrong_message);
    }
}

/* Sums to one along its axis, and keeps the ratios e^(a − b). */
static void
test_softmax_axes (void)
{
  const CnnShape shape = CNN_SHAPE_4 (2, 3, 4, 5);
  g_autoptr (CnnTensor) input = reference_random (&shape, -3, 3);
  const float *in = cnn_tensor_get_data (input);
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  for (attributes.axis = 1; attributes.axis < 4; attributes.axis++)
    {
      g_autoptr (CnnTensor) output = run (CNN_KIND_SOFTMAX, &attributes, input, NULL);
      const float *out = cnn_tensor_get_data (output);
      gsize n = shape.dims[attributes.axis], step = 1;

      for (guint i = attributes.axis + 1; i < 4; i++)
        step *= shape.dims[i];

      for (gsize i = 0; i < 120; i++)
        {
          gsize first = i - i / step % n * step;
          double sum = 0;

          for (gsize k = 0; k < n; k++)
            sum += out[first + k * step];

          g_assert_cmpfloat_with_epsilon (sum, 1, 1e-6);
          g_assert_cmpfloat_with_epsilon (out[i] / out[first], exp (in[i] - in[first]),
                                          1e-5 * exp (in[i] - in[first]));
        }
    }
}

static void
test_softmax_large (void)
{
  const float in[] = { 1000, 1000, -1000 };
  g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (&CNN_SHAPE_2 (1, 3), in);
  g_autoptr (CnnTensor) output = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  output = run (CNN_KIND_SOFTMAX, &attributes, input, NULL);
  g_assert_cmpfloat (cnn_tensor_get_data (output)[0], ==, 0.5);
  g_assert_cmpfloat (cnn_tensor_get_data (output)[2], ==, 0);
}

static void
test_softmax_batch_axis (void)
{
  g_autoptr (CnnTensor) input = cnn_tensor_new (&CNN_SHAPE_2 (2, 3));
  g_autoptr (GError) error = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.axis = 0;
  g_assert_null (reference_run_op (CNN_KIND_SOFTMAX, &attributes, &input, 1, NULL, &error));
  g_assert_cmpstr (error->message, ==, "axis is 0, which would mix the pictures of a batch; expected 1 or more");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/op-elements/relu", test_relu);
  g_test_add_func ("/engine/op-elements/clip", test_clip);
  g_test_add_func ("/engine/op-elements/nan-stays", test_nan_stays);
  g_test_add_func ("/engine/op-elements/dropout", test_dropout);
  g_test_add_func ("/engine/op-elements/batch-norm", test_batch_norm);
  g_test_add_func ("/engine/op-elements/batch-norm-plain", test_batch_norm_plain);
  g_test_add_func ("/engine/op-elements/batch-norm-epsilon", test_batch_norm_epsilon);
  g_test_add_func ("/engine/op-elements/batch-norm-errors", test_batch_norm_errors);
  g_test_add_func ("/engine/op-elements/softmax-axes", test_softmax_axes);
  g_test_add_func ("/engine/op-elements/softmax-large", test_softmax_large);
  g_test_add_func ("/engine/op-elements/softmax-batch-axis", test_softmax_batch_axis);

  return g_test_run ();
}
