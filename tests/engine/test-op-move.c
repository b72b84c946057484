#include "support/reference.h"

/* Layers that only move numbers. Each number carries its place, so that the output
 * tells where it came from. */

static CnnTensor *
count_up (const CnnShape *shape)
{
  CnnTensor *tensor = cnn_tensor_new_uninitialized (shape);

  for (gsize i = 0; i < cnn_shape_get_n_elements (shape); i++)
    cnn_tensor_get_mutable_data (tensor)[i] = i;

  return tensor;
}

static void
assert_tensor (CnnTensor   *tensor,
               const char  *shape,
               const float *expected)
{
  g_autofree char *text = cnn_shape_to_string (cnn_tensor_get_shape (tensor));
  gsize size = cnn_tensor_get_n_elements (tensor) * sizeof (float);

  g_assert_cmpstr (text, ==, shape);
  g_assert_cmpmem (cnn_tensor_get_data (tensor), size, expected, size);
}

static void
assert_error (CnnKind        kind,
              CnnAttributes  attributes,
              CnnTensor     *input,
              const char    *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (reference_run_op (kind, &attributes, &input, 1, NULL, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_reshape (void)
{
  g_autoptr (CnnTensor) input = count_up (&CNN_SHAPE_4 (2, 4, 3, 2));
  g_autoptr (CnnTensor) output = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.shape = (CnnShape) { 5, { 1, 2, 2, 3, 2 } };
  output = reference_run_op (CNN_KIND_RESHAPE, &attributes, &input, 1, NULL, NULL);
  assert_tensor (output, "2×2×2×3×2", cnn_tensor_get_data (input));

  attributes.shape = CNN_SHAPE_2 (1, 23);
  assert_error (CNN_KIND_RESHAPE, attributes, input,
                "shape is 2×23, expected 48 elements as in the input 2×4×3×2");
  attributes.shape = CNN_SHAPE_2 (2, 24);
  assert_error (CNN_KIND_RESHAPE, attributes, input, "shape is 2×24, expected that of one picture, 1×…");
  attributes.shape = CNN_SHAPE_4 (1, G_MAXSIZE / 2, G_MAXSIZE / 2, 3);
  assert_error (CNN_KIND_RESHAPE, attributes, input,
                "shape is 1×9223372036854775807×9223372036854775807×3, expected that of one picture, 1×…");
}

static void
test_transpose (void)
{
  const float out[] = { 0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11, 12, 18, 13, 19, 14, 20, 15, 21, 16, 22, 17, 23 };
  g_autoptr (CnnTensor) input = count_up (&CNN_SHAPE_4 (2, 2, 2, 3));
  g_autoptr (CnnTensor) output = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.permutation[1] = 2;
  attributes.permutation[2] = 3;
  attributes.permutation[3] = 1;
  output = reference_run_op (CNN_KIND_TRANSPOSE, &attributes, &input, 1, NULL, NULL);
  assert_tensor (output, "2×2×3×2", out);

  attributes.permutation[3] = 3;
  assert_error (CNN_KIND_TRANSPOSE, attributes, input,
                "dimension 3 of the output is 3 of the input, expected each of 0 to 3 once");
  attributes.permutation[0] = 1;
  assert_error (CNN_KIND_TRANSPOSE, attributes, input,
                "dimension 1 becomes the first, which would mix the pictures of a batch; expected 0");
}

static void
test_slice (void)
{
  const float out[] = { 9, 11, 6, 8, 21, 23, 18, 20 };
  g_autoptr (CnnTensor) input = count_up (&CNN_SHAPE_4 (2, 2, 2, 3));
  g_autoptr (CnnTensor) output = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.shape = CNN_SHAPE_4 (1, 1, 2, 2);
  attributes.begin[1] = 1;
  attributes.begin[2] = 1;
  attributes.step[2] = -1;
  attributes.step[3] = 2;
  output = reference_run_op (CNN_KIND_SLICE, &attributes, &input, 1, NULL, NULL);
  assert_tensor (output, "2×1×2×2", out);

  attributes.begin[3] = 1;
  assert_error (CNN_KIND_SLICE, attributes, input,
                "2 elements from 1 in steps of 2 along dimension 3, expected them to be among 3");
  attributes.shape.n_dims = 3;
  assert_error (CNN_KIND_SLICE, attributes, input,
                "shape is 2×1×2, expected as many dimensions as in the input 2×2×2×3");
}

static void
test_expand (void)
{
  const float out[] = { 0, 1, 0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3, 2, 3 };
  g_autoptr (CnnTensor) input = count_up (&CNN_SHAPE_4 (2, 1, 1, 2));
  g_autoptr (CnnTensor) output = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.shape = CNN_SHAPE_4 (1, 2, 1, 4);
  output = reference_run_op (CNN_KIND_EXPAND, &attributes, &input, 1, NULL, NULL);
  assert_tensor (output, "2×2×1×4", out);

  attributes.shape.dims[3] = 5;
  assert_error (CNN_KIND_EXPAND, attributes, input, "extent 5 along dimension 3, expected a multiple of 2");
}

static void
test_pad (void)
{
  static const struct { CnnPadMode mode; float out[21]; } cases[] = {
    { CNN_PAD_CONSTANT, { 7, 7, 7, 7, 7, 7, 7, 7, 0, 1, 2, 7, 7, 7, 7, 3, 4, 5, 7, 7, 7 } },
    { CNN_PAD_REFLECT, { 4, 3, 4, 5, 4, 3, 0, 1, 0, 1, 2, 1, 0, 0, 4, 3, 4, 5, 4, 3, 0 } },
    { CNN_PAD_EDGE, { 0, 0, 1, 2, 2, 2, 2, 0, 0, 1, 2, 2, 2, 2, 3, 3, 4, 5, 5, 5, 5 } },
  };
  g_autoptr (CnnTensor) input = count_up (&CNN_SHAPE_4 (1, 1, 2, 3));
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.pad_value = 7;
  attributes.begin[2] = 1;
  attributes.begin[3] = 1;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CnnTensor) output = NULL;
      guint behind = cases[i].mode == CNN_PAD_REFLECT ? 2 : 3;
      const float *data;

      attributes.pad_mode = cases[i].mode;
      attributes.end[3] = behind;
      output = reference_run_op (CNN_KIND_PAD, &attributes, &input, 1, NULL, NULL);
      data = cnn_tensor_get_data (output);

      g_assert_cmpuint (cnn_tensor_get_n_elements (output), ==, 3 * (4 + behind));
      for (guint y = 0; y < 3; y++)
        for (guint x = 0; x < 4 + behind; x++)
          g_assert_cmpfloat (data[y * (4 + behind) + x], ==, cases[i].out[7 * y + x]);
    }

  attributes.pad_mode = CNN_PAD_REFLECT;
  attributes.end[3] = 3;
  assert_error (CNN_KIND_PAD, attributes, input, "padding is 1 and 3 along dimension 3, expected at most 2");
  attributes.begin[0] = 1;
  assert_error (CNN_KIND_PAD, attributes, input, "padding is 1 and 0 along dimension 0, expected at most 0");
}

/* Of three groups of two: the first of each, then the second of each. */
static void
test_channel_shuffle (void)
{
  const float out[] = { 0, 1, 4, 5, 8, 9, 2, 3, 6, 7, 10, 11 };
  g_autoptr (CnnTensor) input = count_up (&CNN_SHAPE_4 (1, 6, 1, 2));
  g_autoptr (CnnTensor) output = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.groups = 3;
  output = reference_run_op (CNN_KIND_CHANNEL_SHUFFLE, &attributes, &input, 1, NULL, NULL);
  assert_tensor (output, "1×6×1×2", out);

  attributes.groups = 4;
  assert_error (CNN_KIND_CHANNEL_SHUFFLE, attributes, input, "4 groups do not divide the 6 channels of the input");
}

static void
test_identity (void)
{
  g_autoptr (CnnTensor) input = count_up (&CNN_SHAPE_2 (2, 3));
  g_autoptr (CnnTensor) output = reference_run_op (CNN_KIND_IDENTITY, NULL, &input, 1, NULL, NULL);

  assert_tensor (output, "2×3", cnn_tensor_get_data (input));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/op-move/reshape", test_reshape);
  g_test_add_func ("/engine/op-move/transpose", test_transpose);
  g_test_add_func ("/engine/op-move/slice", test_slice);
  g_test_add_func ("/engine/op-move/expand", test_expand);
  g_test_add_func ("/engine/op-move/pad", test_pad);
  g_test_add_func ("/engine/op-move/channel-shuffle", test_channel_shuffle);
  g_test_add_func ("/engine/op-move/identity", test_identity);

  return g_test_run ();
}
