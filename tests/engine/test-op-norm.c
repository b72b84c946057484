#include "support/reference.h"

#include <math.h>

/* Normalisations and reductions of a picture by what it holds itself, against
 * PyTorch's values in double precision. */

/* 1×4×2×3 */
static const float picture[] = {
  -4, 3, -1, 6, 2, -2, 5, 1, -3, 4, 0, -4, 3, -1, 6, 2, -2, 5, 1, -3, 4, 0, -4, 3
};
static const float gammas[] = { 1, 2, -1, 0.5 }, betas[] = { 0, 1, 0.25, -2 };

static const double layer_norm_of_rows[] = {
  -1.39299, 0.696495002, -0.49749643, 1.59198858, 0.397997144, -0.795994288, 1.36190746, 0.151323051,
  -1.05926136, 1.05926136, -0.151323051, -1.36190746, 0.286282272, -1.08787263, 1.31689845, -0.0572564545,
  -1.43141136, 0.973359726, 0.286282272, -1.08787263, 1.31689845, -0.0572564545, -1.43141136, 0.973359726
};
static const double layer_norm_of_channels[] = {
  -1.56954355, 1.34150664, -0.686776904, 1.34150664, 1.34150664, -0.686776904, 3.24220507, 1.89433776,
  -1.47239685, 1.89433776, 1.89433776, -1.47239685, -0.273181183, 0.697168881, -0.986198427, 0.697168881,
  0.697168881, -0.986198427, -2.03737008, -2.67075332, -1.65661155, -2.67075332, -2.67075332, -1.65661155
};
static const double group_norm[] = {
  -1.37709132, 0.726102698, -0.475722457, 1.62747156, 0.425646409, -0.776178746, 3.65403055, 1.25038024,
  -1.15327007, 3.05311797, 0.649467663, -1.75418265, -0.345651956, 0.953952312, -1.32035516, -0.0207508891,
  1.27885338, -0.99545409, -2.02707509, -2.67687722, -1.53972349, -2.18952562, -2.83932776, -1.70217402
};
static const double instance_norm[] = {
  -1.39299, 0.696495002, -0.49749643, 1.59198858, 0.397997144, -0.795994288, 3.72381492, 1.3026461,
  -1.11852271, 3.11852271, 0.697353898, -1.72381492, -0.0362822723, 1.33787263, -1.06689845, 0.307256454,
  1.68141136, -0.723359726, -1.85685886, -2.54393632, -1.34155077, -2.02862823, -2.71570568, -1.51332014
};
static const double local_response_norm[] = {
  -0.780668268, 1.13218574, -0.377395248, 1.01655225, 0.958414656, -0.569876764, 0.867540333, 0.365020756,
  -0.547222187, 0.647577491, 0, -0.739209071, 0.6407097, -0.365020756, 0.921027385, 0.569876764,
  -0.569876764, 0.867540333, 0.377395248, -1.13218574, 0.677701503, 0, -1.13975353, 0.651127921
};

/* A batch of two pictures, the second one three times the first. */
static CnnTensor *
make_batch (void)
{
  CnnTensor *tensor = cnn_tensor_new_uninitialized (&CNN_SHAPE_4 (2, 4, 2, 3));

  for (guint i = 0; i < 24; i++)
    {
      cnn_tensor_get_mutable_data (tensor)[i] = picture[i];
      cnn_tensor_get_mutable_data (tensor)[24 + i] = 3 * picture[i];
    }

  return tensor;
}

static void
test_values (void)
{
  g_autoptr (CnnTensor) input = make_batch ();
  g_autoptr (CnnTensor) gamma = cnn_tensor_new_from_data (&CNN_SHAPE_1 (4), gammas);
  g_autoptr (CnnTensor) beta = cnn_tensor_new_from_data (&CNN_SHAPE_1 (4), betas);
  const struct { CnnKind kind; guint axes, groups; gboolean is_affine; const double *out; } cases[] = {
    { CNN_KIND_LAYER_NORM, 1 << 2 | 1 << 3, 1, FALSE, layer_norm_of_rows },
    { CNN_KIND_LAYER_NORM, 1 << 1, 1, TRUE, layer_norm_of_channels },
    { CNN_KIND_GROUP_NORM, 0, 2, TRUE, group_norm },
    { CNN_KIND_INSTANCE_NORM, 0, 1, TRUE, instance_norm },
    { CNN_KIND_LOCAL_RESPONSE_NORM, 0, 1, FALSE, local_response_norm },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
      g_autoptr (CnnTensor) output = NULL;
      g_autoptr (GError) error = NULL;
      CnnAttributes attributes;

      if (cases[i].is_affine)
        {
          parameters[CNN_PARAMETER_WEIGHT] = gamma;
          parameters[CNN_PARAMETER_BIAS] = beta;
        }

      cnn_attributes_init (&attributes);
      attributes.axes = cases[i].axes;
      attributes.groups = cases[i].groups;
      attributes.epsilon = 1e-3;
      attributes.alpha = 0.5;
      attributes.beta = 0.75;
      attributes.offset = 2;
      attributes.size = 3;
      output = reference_run_op (cases[i].kind, &attributes, &input, 1, parameters, &error);
      g_assert_no_error (error);

      g_test_message ("%s", cnn_kind_get_name (cases[i].kind));
      for (guint k = 0; k < 24; k++)
        g_assert_cmpfloat_with_epsilon (cnn_tensor_get_data (output)[k], cases[i].out[k], 1e-6);

      /* Three times as much is the same when normalised, but for epsilon. */
      for (guint k = 0; k < 24 && cases[i].kind != CNN_KIND_LOCAL_RESPONSE_NORM; k++)
        g_assert_cmpfloat_with_epsilon (cnn_tensor_get_data (output)[24 + k], cases[i].out[k], 2e-3);
    }
}

static void
test_norm_errors (void)
{
  g_autoptr (CnnTensor) input = make_batch ();
  g_autoptr (CnnTensor) misfit = cnn_tensor_new (&CNN_SHAPE_1 (3));
  const struct { CnnKind kind; guint axes, groups, size; const char *message; } cases[] = {
    { CNN_KIND_LAYER_NORM, 1 << 1, 1, 1, "weight is 3, expected 4" },
    { CNN_KIND_LAYER_NORM, 1 << 2 | 1 << 3, 1, 1, "weight is 3, expected 2×3" },
    { CNN_KIND_LAYER_NORM, 1 << 4, 1, 1, "axes are the bits of 0x10, expected some of 1 to 3 of the input 2×4×2×3" },
    { CNN_KIND_LAYER_NORM, 1, 1, 1, "axes are the bits of 0x1, expected some of 1 to 3 of the input 2×4×2×3" },
    { CNN_KIND_GROUP_NORM, 0, 2, 1, "weight is 3, expected 4" },
    { CNN_KIND_GROUP_NORM, 0, 3, 1, "3 groups do not divide the 4 channels of the input" },
    { CNN_KIND_INSTANCE_NORM, 0, 1, 1, "weight is 3, expected 4" },
    { CNN_KIND_LOCAL_RESPONSE_NORM, 0, 1, 0, "size is 0, expected 1 channel or more" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CnnTensor *parameters[CNN_N_PARAMETERS] = { misfit };
      g_autoptr (GError) error = NULL;
      CnnAttributes attributes;

      cnn_attributes_init (&attributes);
      attributes.axes = cases[i].axes;
      attributes.groups = cases[i].groups;
      attributes.size = cases[i].size;
      g_assert_null (reference_run_op (cases[i].kind, &attributes, &input, 1, parameters, &error));
      g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

/* By the definition, for every set of dimensions. */
static void
test_reductions (void)
{
  g_autoptr (CnnTensor) input = make_batch ();
  const CnnShape *in = cnn_tensor_get_shape (input);
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  for (attributes.axes = 2; attributes.axes < 16; attributes.axes += 2)
    for (CnnKind kind = CNN_KIND_REDUCE_MEAN; kind <= CNN_KIND_REDUCE_MIN; kind++)
      {
        double sums[48] = { 0 }, least[48], greatest[48];
        guint counts[48] = { 0 };
        g_autoptr (CnnTensor) output = NULL;
        gsize n_out;

        for (guint i = 0; i < 48; i++)
          {
            gsize at[] = { i / 24, i / 6 % 4, i / 3 % 2, i % 3 }, place = 0;
            double x = cnn_tensor_get_data (input)[i];

            for (guint d = 0; d < 4; d++)
              if ((attributes.axes & 1u << d) == 0)
                place = place * in->dims[d] + at[d];

            least[place] = counts[place] == 0 ? x : MIN (least[place], x);
            greatest[place] = counts[place] == 0 ? x : MAX (greatest[place], x);
            sums[place] += x;
            counts[place]++;
          }

        attributes.keep_dims = g_test_rand_bit ();
        output = reference_run_op (kind, &attributes, &input, 1, NULL, NULL);
        n_out = cnn_tensor_get_n_elements (output);
        g_assert_cmpuint (n_out * counts[0], ==, 48);

        for (gsize i = 0; i < n_out; i++)
          g_assert_cmpfloat_with_epsilon (cnn_tensor_get_data (output)[i],
                                          kind == CNN_KIND_REDUCE_MEAN ? sums[i] / counts[i] :
                                          kind == CNN_KIND_REDUCE_SUM ? sums[i] :
                                          kind == CNN_KIND_REDUCE_MAX ? greatest[i] : least[i], 1e-6);
      }
}

static void
test_reduced_shape (void)
{
  g_autoptr (CnnTensor) input = make_batch ();
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.axes = 1 << 2 | 1 << 3;

  for (guint keep = 0; keep < 2; keep++)
    {
      g_autoptr (CnnTensor) output = NULL;
      g_autofree char *text = NULL;

      attributes.keep_dims = keep;
      output = reference_run_op (CNN_KIND_REDUCE_MAX, &attributes, &input, 1, NULL, NULL);
      text = cnn_shape_to_string (cnn_tensor_get_shape (output));
      g_assert_cmpstr (text, ==, keep ? "2×4×1×1" : "2×4");
    }
}

static void
test_adaptive_max_pool (void)
{
  const float out[] = { 6, 3, 5, 1, 3, 6, 1, 4 };
  g_autoptr (CnnTensor) input = make_batch ();
  g_autoptr (CnnTensor) output = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.output_size[1] = 2;
  output = reference_run_op (CNN_KIND_ADAPTIVE_MAX_POOL, &attributes, &input, 1, NULL, NULL);
  g_assert_cmpmem (cnn_tensor_get_data (output), sizeof out, out, sizeof out);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/op-norm/values", test_values);
  g_test_add_func ("/engine/op-norm/norm-errors", test_norm_errors);
  g_test_add_func ("/engine/op-norm/reductions", test_reductions);
  g_test_add_func ("/engine/op-norm/reduced-shape", test_reduced_shape);
  g_test_add_func ("/engine/op-norm/adaptive-max-pool", test_adaptive_max_pool);

  return g_test_run ();
}
