#include "support/reference.h"

#include <math.h>

/* Two operands number by number, stretched where they are smaller. */

static CnnTensor *
run (CnnKind      kind,
     CnnTensor   *a,
     CnnTensor   *b,
     CnnTensor   *constant,
     gboolean     constant_first,
     GError     **error)
{
  CnnTensor *inputs[] = { a, b };
  CnnTensor *parameters[CNN_N_PARAMETERS] = { constant };
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.constant_first = constant_first;

  return reference_run_op (kind, &attributes, inputs, b != NULL ? 2 : 1, parameters, error);
}

static void
test_values (void)
{
  static const struct { CnnKind kind; float out[4]; } cases[] = {
    { CNN_KIND_ADD, { 3, 1, -1.5, 4 } },
    { CNN_KIND_SUBTRACT, { -1, 3, -2.5, 0 } },
    { CNN_KIND_MULTIPLY, { 2, -2, -1, 4 } },
    { CNN_KIND_DIVIDE, { 0.5, -2, -4, 1 } },
    { CNN_KIND_MINIMUM, { 1, -1, -2, 2 } },
    { CNN_KIND_MAXIMUM, { 2, 2, 0.5, 2 } },
    { CNN_KIND_POWER, { 1, 0.5, NAN, 4 } },
  };
  const float left[] = { 1, 2, -2, 2 }, right[] = { 2, -1, 0.5, 2 };
  g_autoptr (CnnTensor) a = cnn_tensor_new_from_data (&CNN_SHAPE_2 (2, 2), left);
  g_autoptr (CnnTensor) b = cnn_tensor_new_from_data (&CNN_SHAPE_2 (2, 2), right);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CnnTensor) output = run (cases[i].kind, a, b, NULL, FALSE, NULL);

      for (guint k = 0; k < 4; k++)
        g_assert_true (cnn_tensor_get_data (output)[k] == cases[i].out[k] ||
                       (isnan (cases[i].out[k]) && isnan (cnn_tensor_get_data (output)[k])));
    }
}

/* Every pair of shapes whose extents are 1 or those of the whole, in a batch. */
static void
test_stretched (void)
{
  const CnnShape whole = CNN_SHAPE_4 (2, 3, 2, 4);

  for (guint mask = 0; mask < 64; mask++)
    {
      CnnShape shapes[] = { whole, whole };
      g_autoptr (CnnTensor) a = NULL;
      g_autoptr (CnnTensor) b = NULL;
      g_autoptr (CnnTensor) output = NULL;
      const CnnShape *shape;
      gsize n = 0;

      for (guint d = 0; d < 3; d++)
        for (guint k = 0; k < 2; k++)
          if ((mask & 1u << (2 * d + k)) != 0)
            shapes[k].dims[d + 1] = 1;

      a = reference_random (&shapes[0], -1, 1);
      b = reference_random (&shapes[1], -1, 1);
      output = run (CNN_KIND_SUBTRACT, a, b, NULL, FALSE, NULL);
      shape = cnn_tensor_get_shape (output);

      for (gsize i = 0; i < shape->dims[0]; i++)
        for (gsize c = 0; c < shape->dims[1]; c++)
          for (gsize y = 0; y < shape->dims[2]; y++)
            for (gsize x = 0; x < shape->dims[3]; x++, n++)
              {
                const gsize at[] = { i, c, y, x };
                gsize offsets[2] = { 0 };

                for (guint k = 0; k < 2; k++)
                  for (guint d = 0; d < 4; d++)
                    offsets[k] = offsets[k] * shapes[k].dims[d] + (shapes[k].dims[d] == 1 ? 0 : at[d]);

                g_assert_cmpfloat (cnn_tensor_get_data (output)[n], ==,
                                   (float) ((double) cnn_tensor_get_data (a)[offsets[0]] -
                                            cnn_tensor_get_data (b)[offsets[1]]));
              }

      g_assert_cmpuint (n, ==, cnn_tensor_get_n_elements (output));
    }
}

static void
test_constant (void)
{
  const float in[] = { 1, 2, 3, 4, 5, 6, 7, 8 }, vector[] = { 1, 10 };
  const float by_column[] = { 0, -8, 2, -6, 4, -4, 6, -2 }, from_channel[] = { 0, -1, 7, 6, -4, -5, 3, 2 };
  g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (&CNN_SHAPE_4 (2, 2, 1, 2), in);
  g_autoptr (CnnTensor) row = cnn_tensor_new_from_data (&CNN_SHAPE_1 (2), vector);
  g_autoptr (CnnTensor) channels = cnn_tensor_new_from_data (&CNN_SHAPE_4 (1, 2, 1, 1), vector);
  g_autoptr (CnnTensor) scalar = cnn_tensor_new_from_data (&(CnnShape) { 0 }, &in[2]);
  g_autoptr (CnnTensor) a = run (CNN_KIND_SUBTRACT, input, NULL, row, FALSE, NULL);
  g_autoptr (CnnTensor) b = run (CNN_KIND_SUBTRACT, input, NULL, channels, TRUE, NULL);
  g_autoptr (CnnTensor) c = run (CNN_KIND_POWER, input, NULL, scalar, FALSE, NULL);
  g_autoptr (CnnTensor) d = run (CNN_KIND_ADD, input, input, scalar, FALSE, NULL);

  g_assert_cmpmem (cnn_tensor_get_data (a), sizeof by_column, by_column, sizeof by_column);
  g_assert_cmpmem (cnn_tensor_get_data (b), sizeof from_channel, from_channel, sizeof from_channel);
  for (guint i = 0; i < 8; i++)
    {
      g_assert_cmpfloat (cnn_tensor_get_data (c)[i], ==, in[i] * in[i] * in[i]);
      g_assert_cmpfloat (cnn_tensor_get_data (d)[i], ==, 2 * in[i] + 3);
    }
}

/* Of a number and a NaN, the NaN comes out. */
static void
test_nan_stays (void)
{
  const float left[] = { NAN, 1 }, right[] = { 1, NAN };
  g_autoptr (CnnTensor) a = cnn_tensor_new_from_data (&CNN_SHAPE_2 (1, 2), left);
  g_autoptr (CnnTensor) b = cnn_tensor_new_from_data (&CNN_SHAPE_2 (1, 2), right);

  for (CnnKind kind = CNN_KIND_MINIMUM; kind <= CNN_KIND_MAXIMUM; kind++)
    {
      g_autoptr (CnnTensor) output = run (kind, a, b, NULL, FALSE, NULL);

      g_assert_true (isnan (cnn_tensor_get_data (output)[0]));
      g_assert_true (isnan (cnn_tensor_get_data (output)[1]));
    }
}

static void
test_errors (void)
{
  g_autoptr (CnnTensor) maps = cnn_tensor_new (&CNN_SHAPE_4 (1, 2, 3, 3));
  g_autoptr (CnnTensor) more = cnn_tensor_new (&CNN_SHAPE_4 (1, 3, 1, 1));
  g_autoptr (CnnTensor) row = cnn_tensor_new (&CNN_SHAPE_2 (1, 3));
  g_autoptr (CnnTensor) batch = cnn_tensor_new (&CNN_SHAPE_4 (2, 2, 3, 3));
  const struct { CnnTensor *a, *b, *constant; const char *message; } cases[] = {
    { maps, NULL, NULL, "1 input, expected 2" },
    { maps, maps, maps, "2 inputs, expected 1" },
    { maps, more, NULL, "input 2 is 1×3×1×1, which does not fit 1×2×3×3: expected the same extents, or 1" },
    { maps, row, NULL, "input 2 is 1×3, which does not fit 1×2×3×3: expected the same extents, or 1" },
    { maps, batch, NULL, "input 2 is 2×2×3×3, which does not fit 1×2×3×3: expected the same extents, or 1" },
    { maps, NULL, more, "weight is 1×3×1×1, which does not fit 1×2×3×3: expected its last extents, or 1" },
    { maps, NULL, batch, "weight is 2×2×3×3, which does not fit 1×2×3×3: expected its last extents, or 1" },
    { row, NULL, maps, "weight is 1×2×3×3, which does not fit 1×3: expected its last extents, or 1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (run (CNN_KIND_SUBTRACT, cases[i].a, cases[i].b, cases[i].constant, FALSE, &error));
      g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/op-arithmetic/values", test_values);
  g_test_add_func ("/engine/op-arithmetic/stretched", test_stretched);
  g_test_add_func ("/engine/op-arithmetic/constant", test_constant);
  g_test_add_func ("/engine/op-arithmetic/nan-stays", test_nan_stays);
  g_test_add_func ("/engine/op-arithmetic/errors", test_errors);

  return g_test_run ();
}
