#include "support/reference.h"

/* Operations that bring tensors together, reshape them or multiply by a
 * matrix. */

static void
assert_shape (CnnTensor  *tensor,
              const char *expected)
{
  g_autofree char *text = cnn_shape_to_string (cnn_tensor_get_shape (tensor));

  g_assert_cmpstr (text, ==, expected);
}

static CnnTensor *
count_up (const CnnShape *shape,
          float           first)
{
  CnnTensor *tensor = cnn_tensor_new_uninitialized (shape);

  for (gsize i = 0; i < cnn_shape_get_n_elements (shape); i++)
    cnn_tensor_get_mutable_data (tensor)[i] = first + i;

  return tensor;
}

static void
test_add (void)
{
  const CnnShape shape = CNN_SHAPE_4 (2, 1, 2, 2);
  g_autoptr (CnnTensor) a = count_up (&shape, 0);
  g_autoptr (CnnTensor) b = count_up (&shape, 100);
  g_autoptr (CnnTensor) c = count_up (&shape, 1000);
  CnnTensor *inputs[] = { a, b, c };
  g_autoptr (CnnTensor) output = reference_run_op (CNN_KIND_ADD, NULL, inputs, 3, NULL, NULL);

  for (guint i = 0; i < 8; i++)
    g_assert_cmpfloat (cnn_tensor_get_data (output)[i], ==, 1100 + 3 * i);
}

/* Each number carries its place, so that the output tells where it came from. */
static void
test_concat_axes (void)
{
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  for (attributes.axis = 1; attributes.axis < 4; attributes.axis++)
    {
      CnnShape shapes[] = { CNN_SHAPE_4 (2, 3, 4, 5), CNN_SHAPE_4 (2, 3, 4, 5), CNN_SHAPE_4 (2, 3, 4, 5) };
      guint axis = attributes.axis;
      CnnTensor *inputs[3];
      g_autoptr (CnnTensor) output = NULL;
      const CnnShape *shape;

      shapes[0].dims[axis] = 2;
      shapes[2].dims[axis] = 1;
      for (guint i = 0; i < 3; i++)
        inputs[i] = count_up (&shapes[i], 1000 * i);

      output = reference_run_op (CNN_KIND_CONCAT, &attributes, inputs, 3, NULL, NULL);
      shape = cnn_tensor_get_shape (output);
      g_assert_cmpuint (shape->dims[axis], ==, 3 + shapes[1].dims[axis]);

      for (gsize i = 0; i < cnn_shape_get_n_elements (shape); i++)
        {
          gsize place[4], rest = i, source = 0;
          guint branch = 0;

          for (guint d = 4; d > 0; d--)
            {
              place[d - 1] = rest % shape->dims[d - 1];
              rest /= shape->dims[d - 1];
            }
          while (place[axis] >= shapes[branch].dims[axis])
            place[axis] -= shapes[branch++].dims[axis];
          for (guint d = 0; d < 4; d++)
            source = source * shapes[branch].dims[d] + place[d];

          g_assert_cmpfloat (cnn_tensor_get_data (output)[i], ==, 1000 * branch + source);
        }

      for (guint i = 0; i < 3; i++)
        cnn_tensor_unref (inputs[i]);
    }
}

static void
test_concat_errors (void)
{
  g_autoptr (CnnTensor) a = cnn_tensor_new (&CNN_SHAPE_4 (1, 2, 3, 3));
  g_autoptr (CnnTensor) b = cnn_tensor_new (&CNN_SHAPE_4 (1, 4, 3, 2));
  g_autoptr (CnnTensor) c = cnn_tensor_new (&CNN_SHAPE_2 (1, 18));
  CnnTensor *sizes[] = { a, b }, *dimensions[] = { a, c };
  g_autoptr (GError) size_error = NULL;
  g_autoptr (GError) dimension_error = NULL;
  g_autoptr (GError) axis_error = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  g_assert_null (reference_run_op (CNN_KIND_CONCAT, &attributes, sizes, 2, NULL, &size_error));
  g_assert_cmpstr (size_error->message, ==,
                   "input 2 is 1×4×3×2, expected 1×2×3×3 as the first one, except along axis 1");

  g_assert_null (reference_run_op (CNN_KIND_CONCAT, &attributes, dimensions, 2, NULL, &dimension_error));
  g_assert_cmpstr (dimension_error->message, ==,
                   "input 2 is 1×18, expected 1×2×3×3 as the first one, except along axis 1");

  attributes.axis = 4;
  g_assert_null (reference_run_op (CNN_KIND_CONCAT, &attributes, sizes, 2, NULL, &axis_error));
  g_assert_cmpstr (axis_error->message, ==, "axis is 4, but the input 1×2×3×3 has 4 dimensions");
}

static void
test_flatten (void)
{
  static const char *const expected[] = { NULL, "2×60", "2×3×20", "2×3×4×5" };
  g_autoptr (CnnTensor) input = count_up (&CNN_SHAPE_4 (2, 3, 4, 5), 0);
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  for (attributes.axis = 1; attributes.axis < 4; attributes.axis++)
    {
      g_autoptr (CnnTensor) output = reference_run_op (CNN_KIND_FLATTEN, &attributes, &input, 1, NULL, NULL);

      assert_shape (output, expected[attributes.axis]);
      g_assert_cmpmem (cnn_tensor_get_data (output), 120 * sizeof (float),
                       cnn_tensor_get_data (input), 120 * sizeof (float));
    }
}

static void
test_linear (void)
{
  const float matrix[] = { 1, 2, 3, 4, 5, 6 }, vector[] = { 10, 20 };
  const float out[] = { 18, 37, 36, 82 };
  g_autoptr (CnnTensor) input = count_up (&CNN_SHAPE_2 (2, 3), 0);
  g_autoptr (CnnTensor) weight = cnn_tensor_new_from_data (&CNN_SHAPE_2 (2, 3), matrix);
  g_autoptr (CnnTensor) bias = cnn_tensor_new_from_data (&CNN_SHAPE_1 (2), vector);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { weight, bias };
  g_autoptr (CnnTensor) output = reference_run_op (CNN_KIND_LINEAR, NULL, &input, 1, parameters, NULL);

  assert_shape (output, "2×2");
  g_assert_cmpmem (cnn_tensor_get_data (output), sizeof out, out, sizeof out);
}

static void
test_linear_of_maps (void)
{
  const float matrix[] = { 1, 1, 1, 0, 0, 1 };
  g_autoptr (CnnTensor) input = count_up (&CNN_SHAPE_4 (1, 2, 2, 3), 0);
  g_autoptr (CnnTensor) weight = cnn_tensor_new_from_data (&CNN_SHAPE_2 (2, 3), matrix);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { weight };
  g_autoptr (CnnTensor) output = reference_run_op (CNN_KIND_LINEAR, NULL, &input, 1, parameters, NULL);

  assert_shape (output, "1×2×2×2");
  for (guint row = 0; row < 4; row++)
    {
      g_assert_cmpfloat (cnn_tensor_get_data (output)[2 * row], ==, 9 * row + 3);
      g_assert_cmpfloat (cnn_tensor_get_data (output)[2 * row + 1], ==, 3 * row + 2);
    }
}

static void
test_linear_errors (void)
{
  g_autoptr (CnnTensor) row = cnn_tensor_new (&CNN_SHAPE_1 (3));
  g_autoptr (CnnTensor) input = cnn_tensor_new (&CNN_SHAPE_2 (1, 3));
  g_autoptr (CnnTensor) weight = cnn_tensor_new (&CNN_SHAPE_2 (5, 4));
  g_autoptr (CnnTensor) square = cnn_tensor_new (&CNN_SHAPE_2 (5, 3));
  const struct { CnnTensor *input, *weight, *bias; const char *message; } cases[] = {
    { row, square, NULL, "input is 3, expected two dimensions or more" },
    { input, NULL, NULL, "weight is missing" },
    { input, row, NULL, "weight is 3, expected two dimensions O×I" },
    { input, weight, NULL, "weight is 5×4, expected 3 columns for the input 1×3" },
    { input, square, row, "bias is 3, expected 5" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CnnTensor *parameters[CNN_N_PARAMETERS] = { cases[i].weight, cases[i].bias };
      CnnTensor *inputs[] = { cases[i].input };
      g_autoptr (GError) error = NULL;

      g_assert_null (reference_run_op (CNN_KIND_LINEAR, NULL, inputs, 1, parameters, &error));
      g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/op-shapes/add", test_add);
  g_test_add_func ("/engine/op-shapes/concat-axes", test_concat_axes);
  g_test_add_func ("/engine/op-shapes/concat-errors", test_concat_errors);
  g_test_add_func ("/engine/op-shapes/flatten", test_flatten);
  g_test_add_func ("/engine/op-shapes/linear", test_linear);
  g_test_add_func ("/engine/op-shapes/linear-of-maps", test_linear_of_maps);
  g_test_add_func ("/engine/op-shapes/linear-errors", test_linear_errors);

  return g_test_run ();
}
