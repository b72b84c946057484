#include "support/reference.h"

/* The truth by another road: a padded copy of the picture, then for each output
 * cell one sum straight from the definition. */
static float *
pad (CnnTensor   *input,
     const guint *padding,
     CnnShape    *padded)
{
  const CnnShape *shape = cnn_tensor_get_shape (input);
  const float *in = cnn_tensor_get_data (input);
  float *out;

  *padded = CNN_SHAPE_4 (shape->dims[0], shape->dims[1], shape->dims[2] + padding[0] + padding[2],
                         shape->dims[3] + padding[1] + padding[3]);
  out = g_new0 (float, cnn_shape_get_n_elements (padded));

  for (gsize p = 0; p < shape->dims[0] * shape->dims[1]; p++)
    for (gsize y = 0; y < shape->dims[2]; y++)
      for (gsize x = 0; x < shape->dims[3]; x++)
        out[(p * padded->dims[2] + y + padding[0]) * padded->dims[3] + x + padding[1]] =
          in[(p * shape->dims[2] + y) * shape->dims[3] + x];

  return out;
}

static double
sum_cell (const CnnAttributes *attributes,
          const float         *padded,
          const CnnShape      *shape,
          CnnTensor           *weight,
          gsize                n,
          gsize                o,
          gsize                y,
          gsize                x)
{
  const CnnShape *w = cnn_tensor_get_shape (weight);
  gsize group = o / (w->dims[0] / attributes->groups);
  double sum = 0;

  for (gsize c = 0; c < w->dims[1]; c++)
    for (gsize ky = 0; ky < w->dims[2]; ky++)
      for (gsize kx = 0; kx < w->dims[3]; kx++)
        {
          gsize channel = group * w->dims[1] + c;
          gsize in_y = y * attributes->stride[0] + ky * attributes->dilation[0];
          gsize in_x = x * attributes->stride[1] + kx * attributes->dilation[1];

          g_assert_cmpuint (in_y, <, shape->dims[2]);
          g_assert_cmpuint (in_x, <, shape->dims[3]);
          sum += (double) padded[((n * shape->dims[1] + channel) * shape->dims[2] + in_y) * shape->dims[3] + in_x] *
                 cnn_tensor_get_data (weight)[((o * w->dims[1] + c) * w->dims[2] + ky) * w->dims[3] + kx];
        }

  return sum;
}

static void
check_against_definition (const CnnAttributes *attributes,
                          CnnTensor           *input,
                          CnnTensor           *weight,
                          CnnTensor           *bias)
{
  CnnTensor *parameters[CNN_N_PARAMETERS] = { weight, bias };
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnTensor) output =
    reference_run_op (CNN_KIND_CONVOLUTION, attributes, &input, 1, parameters, &error);
  g_autofree float *padded = NULL;
  const CnnShape *shape;
  const float *data;
  CnnShape padded_shape;

  g_assert_no_error (error);
  padded = pad (input, attributes->padding, &padded_shape);
  shape = cnn_tensor_get_shape (output);
  data = cnn_tensor_get_data (output);

  /* One cell more would not fit. */
  for (guint axis = 0; axis < 2; axis++)
    g_assert_cmpuint (shape->dims[2 + axis] * attributes->stride[axis] +
                      (attributes->kernel[axis] - 1) * attributes->dilation[axis],
                      >=, padded_shape.dims[2 + axis]);

  for (gsize n = 0; n < shape->dims[0]; n++)
    for (gsize o = 0; o < shape->dims[1]; o++)
      for (gsize y = 0; y < shape->dims[2]; y++)
        for (gsize x = 0; x < shape->dims[3]; x++)
          {
            double expected = sum_cell (attributes, padded, &padded_shape, weight, n, o, y, x);

            if (bias != NULL)
              expected += cnn_tensor_get_data (bias)[o];

            g_assert_cmpfloat_with_epsilon (*data++, expected, 1e-5);
          }
}

static void
test_random (void)
{
  for (guint round = 0; round < 300; round++)
    {
      guint groups = g_test_rand_int_range (1, 4);
      guint channels = groups * g_test_rand_int_range (1, 4);
      guint filters = groups * g_test_rand_int_range (1, 4);
      gsize size[2];
      CnnAttributes attributes;
      g_autoptr (CnnTensor) input = NULL;
      g_autoptr (CnnTensor) weight = NULL;
      g_autoptr (CnnTensor) bias = NULL;

      cnn_attributes_init (&attributes);
      attributes.groups = groups;
      for (guint axis = 0; axis < 2; axis++)
        {
          guint span;

          attributes.kernel[axis] = g_test_rand_int_range (1, 6);
          attributes.stride[axis] = g_test_rand_int_range (1, 5);
          attributes.dilation[axis] = g_test_rand_int_range (1, 4);
          attributes.padding[axis] = g_test_rand_int_range (0, 5);
          attributes.padding[axis + 2] = g_test_rand_int_range (0, 5);

          /* From the smallest picture that the window fits on. */
          span = (attributes.kernel[axis] - 1) * attributes.dilation[axis] + 1;
          span -= MIN (span - 1, attributes.padding[axis] + attributes.padding[axis + 2]);
          size[axis] = span + g_test_rand_int_range (0, 8);
        }

      input = reference_random (&CNN_SHAPE_4 (g_test_rand_int_range (1, 4), channels, size[0], size[1]), -1, 1);
      weight = reference_random (&CNN_SHAPE_4 (filters, channels / groups, attributes.kernel[0],
                                               attributes.kernel[1]), -1, 1);
      bias = g_test_rand_bit () ? reference_random (&CNN_SHAPE_1 (filters), -1, 1) : NULL;

      check_against_definition (&attributes, input, weight, bias);
    }
}

/* By hand: 2×2 ones over 1…9, then a kernel that must not be mirrored. */
static void
test_by_hand (void)
{
  const float picture[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
  const float ones[] = { 1, 1, 1, 1 }, corner[] = { 1, 0, 0, 10 };
  const float sums[] = { 12, 16, 24, 28 }, corners[] = { 51, 62, 84, 95 };
  g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (&CNN_SHAPE_4 (1, 1, 3, 3), picture);
  g_autoptr (CnnTensor) plain = cnn_tensor_new_from_data (&CNN_SHAPE_4 (1, 1, 2, 2), ones);
  g_autoptr (CnnTensor) skewed = cnn_tensor_new_from_data (&CNN_SHAPE_4 (1, 1, 2, 2), corner);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { plain };
  g_autoptr (CnnTensor) first = NULL;
  g_autoptr (CnnTensor) second = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.kernel[0] = attributes.kernel[1] = 2;

  first = reference_run_op (CNN_KIND_CONVOLUTION, &attributes, &input, 1, parameters, NULL);
  g_assert_cmpmem (cnn_tensor_get_data (first), 4 * sizeof (float), sums, sizeof sums);

  parameters[CNN_PARAMETER_WEIGHT] = skewed;
  second = reference_run_op (CNN_KIND_CONVOLUTION, &attributes, &input, 1, parameters, NULL);
  g_assert_cmpmem (cnn_tensor_get_data (second), 4 * sizeof (float), corners, sizeof corners);
}

typedef struct
{
  const char *message;
  CnnShape input;
  CnnShape weight;
  guint n_biases;
  guint kernel;
  guint stride;
  guint dilation;
  guint padding;
  guint groups;
} WrongCase;

#define WEIGHT_3 { 4, { 6, 4, 3, 3 } }
#define INPUT_8 { 4, { 1, 4, 8, 8 } }

static const WrongCase wrong_cases[] = {
  { "weight is 6×4×3×3, input has 5 channels",
    { 4, { 1, 5, 8, 8 } }, WEIGHT_3, 0, 3, 1, 1, 0, 1 },
  { "weight is 6×4×3×3, input has 4 channels in 2 groups",
    INPUT_8, WEIGHT_3, 0, 3, 1, 1, 0, 2 },
  { "3 groups do not divide the 4 channels of the input",
    INPUT_8, WEIGHT_3, 0, 3, 1, 1, 0, 3 },
  { "4 groups do not divide the 6 filters",
    INPUT_8, { 4, { 6, 1, 3, 3 } }, 0, 3, 1, 1, 0, 4 },
  { "0 groups, expected 1 or more",
    INPUT_8, WEIGHT_3, 0, 3, 1, 1, 0, 0 },
  { "weight is 6×4×3×3, expected a 5×5 kernel",
    INPUT_8, WEIGHT_3, 0, 5, 1, 1, 0, 1 },
  { "weight is 6×4, expected four dimensions O×I×kH×kW",
    INPUT_8, { 2, { 6, 4 } }, 0, 3, 1, 1, 0, 1 },
  { "weight is 0×4×3×3, expected four dimensions O×I×kH×kW",
    INPUT_8, { 4, { 0, 4, 3, 3 } }, 0, 3, 1, 1, 0, 1 },
  { "input is 1×4, expected four dimensions N×C×H×W",
    { 2, { 1, 4 } }, WEIGHT_3, 0, 3, 1, 1, 0, 1 },
  { "bias is 5, expected 6",
    INPUT_8, WEIGHT_3, 5, 3, 1, 1, 0, 1 },
  { "stride is 0 along the height, expected 1 to 65535",
    INPUT_8, WEIGHT_3, 0, 3, 0, 1, 0, 1 },
  { "dilation is 0 along the height, expected 1 to 65535",
    INPUT_8, WEIGHT_3, 0, 3, 1, 0, 0, 1 },
  { "padding is 4000000000 along the height, expected 0 to 65535",
    INPUT_8, WEIGHT_3, 0, 3, 1, 1, 4000000000u, 1 },
  { "kernel 3 is larger than the padded input, whose height is 2 (2 and padding 0 + 0)",
    { 4, { 1, 4, 2, 8 } }, WEIGHT_3, 0, 3, 1, 1, 0, 1 },
  { "kernel 3 is larger than the padded input, whose width is 2 (2 and padding 0 + 0)",
    { 4, { 1, 4, 8, 2 } }, WEIGHT_3, 0, 3, 1, 1, 0, 1 },
  { "kernel 3 with dilation 5 spans 11, which is larger than the padded input, whose height is 10 (8 and padding 1 + 1)",
    INPUT_8, WEIGHT_3, 0, 3, 1, 5, 1, 1 },
};

static void
test_errors (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (wrong_cases); i++)
    {
      const WrongCase *wrong = &wrong_cases[i];
      g_autoptr (CnnTensor) input = cnn_tensor_new (&wrong->input);
      g_autoptr (CnnTensor) weight = cnn_tensor_new (&wrong->weight);
      g_autoptr (CnnTensor) bias = wrong->n_biases > 0 ? cnn_tensor_new (&CNN_SHAPE_1 (wrong->n_biases)) : NULL;
      CnnTensor *parameters[CNN_N_PARAMETERS] = { weight, bias };
      g_autoptr (GError) error = NULL;
      CnnAttributes attributes;

      cnn_attributes_init (&attributes);
      attributes.groups = wrong->groups;
      for (guint axis = 0; axis < 2; axis++)
        {
          attributes.kernel[axis] = wrong->kernel;
          attributes.stride[axis] = wrong->stride;
          attributes.dilation[axis] = wrong->dilation;
          attributes.padding[axis] = attributes.padding[axis + 2] = wrong->padding;
        }

      g_assert_null (reference_run_op (CNN_KIND_CONVOLUTION, &attributes, &input, 1, parameters, &error));
      g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
      g_assert_cmpstr (error->message, ==, wrong->message);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/op-convolution/by-hand", test_by_hand);
  g_test_add_func ("/engine/op-convolution/random", test_random);
  g_test_add_func ("/engine/op-convolution/errors", test_errors);

  return g_test_run ();
}
