#include "network/cnn-network-builder.h"

/* Each kind on an input 1×4×6×6, counted by hand. */
typedef struct
{
  const char *what;
  CnnKind kind;
  guint kernel;
  guint groups;
  gboolean bias;
  guint output_size;
  guint64 parameters;
  /* multiplications, additions, comparisons in each convention */
  guint64 counts[3][3];
} CostCase;

static const CostCase cases[] = {
  /* Eight filters 3×3 over four channels: 4×4×8 = 128 sums of 36 products. */
  { "convolution", CNN_KIND_CONVOLUTION, 3, 1, TRUE, 0, 8 * 36 + 8,
    { { 4608, 4480, 0 }, { 4608, 0, 0 }, { 4608, 4608 + 128, 0 } } },
  { "no bias", CNN_KIND_CONVOLUTION, 3, 1, FALSE, 0, 8 * 36,
    { { 4608, 4480, 0 }, { 4608, 0, 0 }, { 4608, 4608, 0 } } },
  /* In four groups a sum has 9 products. */
  { "groups", CNN_KIND_CONVOLUTION, 3, 4, FALSE, 0, 8 * 9,
    { { 1152, 1024, 0 }, { 1152, 0, 0 }, { 1152, 1152, 0 } } },
  /* 4×6 = 24 rows of six numbers become 24 rows of three. */
  { "linear", CNN_KIND_LINEAR, 1, 1, TRUE, 0, 3 * 6 + 3,
    { { 432, 360, 0 }, { 432, 0, 0 }, { 432, 432 + 72, 0 } } },
  { "batch norm", CNN_KIND_BATCH_NORM, 1, 1, TRUE, 0, 8,
    { { 144, 144, 0 }, { 0, 0, 0 }, { 144, 144, 0 } } },
  { "relu", CNN_KIND_RELU, 1, 1, FALSE, 0, 0,
    { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 144 } } },
  { "clip", CNN_KIND_CLIP, 1, 1, FALSE, 0, 0,
    { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 288 } } },
  /* 4×4×4 windows of nine. */
  { "max pool", CNN_KIND_MAX_POOL, 3, 1, FALSE, 0, 0,
    { { 0, 0, 512 }, { 0, 0, 0 }, { 0, 0, 512 } } },
  { "average pool", CNN_KIND_AVERAGE_POOL, 3, 1, FALSE, 0, 0,
    { { 64, 512, 0 }, { 0, 0, 0 }, { 64, 512, 0 } } },
  { "global pool", CNN_KIND_ADAPTIVE_AVERAGE_POOL, 1, 1, FALSE, 1, 0,
    { { 4, 140, 0 }, { 0, 0, 0 }, { 4, 140, 0 } } },
  /* 6 → 4 along each side: windows of two, two, two, two: eight cells. */
  { "adaptive pool", CNN_KIND_ADAPTIVE_AVERAGE_POOL, 1, 1, FALSE, 4, 0,
    { { 64, 4 * 64 - 64, 0 }, { 0, 0, 0 }, { 64, 4 * 64 - 64, 0 } } },
  { "add", CNN_KIND_ADD, 1, 1, FALSE, 0, 0,
    { { 0, 144, 0 }, { 0, 0, 0 }, { 0, 144, 0 } } },
  { "concat", CNN_KIND_CONCAT, 1, 1, FALSE, 0, 0,
    { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } } },
  { "flatten", CNN_KIND_FLATTEN, 1, 1, FALSE, 0, 0,
    { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } } },
  { "dropout", CNN_KIND_DROPOUT, 1, 1, FALSE, 0, 0,
    { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } } },
  { "sigmoid", CNN_KIND_SIGMOID, 1, 1, FALSE, 0, 0,
    { { 0, 0, 0 }, { 0, 0, 0 }, { 144, 144, 0 } } },
  /* A slope for each channel. */
  { "prelu", CNN_KIND_PRELU, 1, 1, FALSE, 0, 4,
    { { 0, 0, 0 }, { 0, 0, 0 }, { 144, 0, 144 } } },
  { "subtract", CNN_KIND_SUBTRACT, 1, 1, FALSE, 0, 0,
    { { 0, 144, 0 }, { 0, 0, 0 }, { 0, 144, 0 } } },
  { "multiply", CNN_KIND_MULTIPLY, 1, 1, FALSE, 0, 0,
    { { 144, 0, 0 }, { 0, 0, 0 }, { 144, 0, 0 } } },
  { "maximum", CNN_KIND_MAXIMUM, 1, 1, FALSE, 0, 0,
    { { 0, 0, 144 }, { 0, 0, 0 }, { 0, 0, 144 } } },
  { "power", CNN_KIND_POWER, 1, 1, FALSE, 0, 0,
    { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } } },
  { "global max pool", CNN_KIND_ADAPTIVE_MAX_POOL, 1, 1, FALSE, 1, 0,
    { { 0, 0, 140 }, { 0, 0, 0 }, { 0, 0, 140 } } },
  /* Four channels of 36. */
  { "mean", CNN_KIND_REDUCE_MEAN, 1, 1, FALSE, 0, 0,
    { { 4, 140, 0 }, { 0, 0, 0 }, { 4, 140, 0 } } },
  { "reduced maximum", CNN_KIND_REDUCE_MAX, 1, 1, FALSE, 0, 0,
    { { 0, 0, 140 }, { 0, 0, 0 }, { 0, 0, 140 } } },
  /* Two multiplications and three additions each, and for each channel three
   * more multiplications, two additions less, and one more for epsilon. */
  { "layer norm", CNN_KIND_LAYER_NORM, 1, 1, FALSE, 0, 0,
    { { 2 * 144 + 3 * 4, 3 * 144 - 4, 0 }, { 0, 0, 0 }, { 2 * 144 + 3 * 4, 3 * 144 - 4, 0 } } },
  { "group norm", CNN_KIND_GROUP_NORM, 1, 2, TRUE, 0, 8,
    { { 3 * 144 + 3 * 2, 4 * 144 - 2, 0 }, { 0, 0, 0 }, { 3 * 144 + 3 * 2, 4 * 144 - 2, 0 } } },
  { "instance norm", CNN_KIND_INSTANCE_NORM, 1, 1, TRUE, 0, 8,
    { { 3 * 144 + 3 * 4, 4 * 144 - 4, 0 }, { 0, 0, 0 }, { 3 * 144 + 3 * 4, 4 * 144 - 4, 0 } } },
  /* Over three channels, two at the ends: sums of 2 + 3 + 3 + 2 squares. */
  { "local response norm", CNN_KIND_LOCAL_RESPONSE_NORM, 1, 1, FALSE, 0, 0,
    { { 3 * 144, 36 * 10, 0 }, { 0, 0, 0 }, { 3 * 144, 36 * 10, 0 } } },
  /* Each of 144 numbers times two filters 3×3; 2×8×8 sums. */
  { "conv transpose", CNN_KIND_CONV_TRANSPOSE, 3, 1, FALSE, 0, 4 * 18,
    { { 2592, 2592 - 128, 0 }, { 2592, 0, 0 }, { 2592, 2592, 0 } } },
  /* 144 sums of six products. */
  { "matmul", CNN_KIND_MATMUL, 1, 1, FALSE, 0, 0,
    { { 864, 720, 0 }, { 864, 0, 0 }, { 864, 864, 0 } } },
  { "resize", CNN_KIND_RESIZE, 1, 1, FALSE, 3, 0,
    { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } } },
  { "space to depth", CNN_KIND_SPACE_TO_DEPTH, 1, 1, FALSE, 0, 0,
    { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } } },
  { "slice", CNN_KIND_SLICE, 1, 1, FALSE, 0, 0,
    { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } } },
  { "transpose", CNN_KIND_TRANSPOSE, 1, 1, FALSE, 0, 0,
    { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } } },
  /* 36 sums over four channels. */
  { "softmax", CNN_KIND_SOFTMAX, 1, 1, FALSE, 0, 0,
    { { 144, 252, 108 }, { 0, 0, 0 }, { 144, 252, 108 } } },
};

static CnnShape
get_weight_shape (const CostCase *cost_case)
{
  switch (cost_case->kind)
    {
    case CNN_KIND_CONVOLUTION:
      return CNN_SHAPE_4 (8, 4 / cost_case->groups, cost_case->kernel, cost_case->kernel);
    case CNN_KIND_CONV_TRANSPOSE:
      return CNN_SHAPE_4 (4, 2, cost_case->kernel, cost_case->kernel);
    case CNN_KIND_LINEAR:
      return CNN_SHAPE_2 (3, 6);
    default:
      return CNN_SHAPE_1 (4);
    }
}

static CnnNetwork *
make_network (const CostCase *cost_case)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("one", &CNN_SHAPE_4 (1, 4, 6, 6));
  CnnShape shape = get_weight_shape (cost_case);
  gboolean is_norm = cost_case->kind == CNN_KIND_BATCH_NORM;
  gboolean has_weight = cost_case->parameters > 0;
  g_autoptr (CnnTensor) weight = cnn_tensor_new (&shape);
  g_autoptr (CnnTensor) bias = cnn_tensor_new (&CNN_SHAPE_1 (shape.dims[0]));
  CnnTensor *parameters[CNN_N_PARAMETERS] = {
    has_weight ? weight : NULL, cost_case->bias ? bias : NULL, is_norm ? bias : NULL, is_norm ? bias : NULL,
  };
  const guint inputs[] = { 0, 0 };
  gboolean is_arithmetic = cost_case->kind >= CNN_KIND_ADD && cost_case->kind <= CNN_KIND_POWER;
  guint n_inputs = is_arithmetic || cost_case->kind == CNN_KIND_MATMUL || cost_case->kind == CNN_KIND_CONCAT ? 2 : 1;
  g_autoptr (GError) error = NULL;
  CnnAttributes attributes;
  CnnNetwork *network;

  cnn_attributes_init (&attributes);
  attributes.groups = cost_case->groups;
  attributes.size = 3;
  attributes.axes = 1 << 2 | 1 << 3;
  attributes.shape = CNN_SHAPE_4 (1, 4, 6, 6);
  for (guint axis = 0; axis < 2; axis++)
    {
      attributes.kernel[axis] = cost_case->kernel;
      attributes.output_size[axis] = MAX (cost_case->output_size, 1);
    }

  cnn_network_builder_add (builder, "layer", cost_case->kind, &attributes, inputs, n_inputs, parameters, &error);
  g_assert_no_error (error);
  network = cnn_network_builder_freeze (builder, NULL, &error);
  g_assert_no_error (error);

  return network;
}

static void
test_kinds (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CnnNetwork) network = make_network (&cases[i]);

      for (CnnConvention convention = 0; convention < 3; convention++)
        {
          const guint64 *expected = cases[i].counts[convention];
          CnnCost cost;

          g_test_message ("%s by %s", cases[i].what, cnn_convention_get_name (convention));
          cnn_layer_get_cost (cnn_network_get_layer (network, 1), convention, &cost);
          g_assert_cmpuint (cost.parameters, ==, cases[i].parameters);
          g_assert_cmpuint (cost.multiplications, ==, expected[0]);
          g_assert_cmpuint (cost.additions, ==, expected[1]);
          g_assert_cmpuint (cost.comparisons, ==, expected[2]);
          g_assert_cmpuint (cost.flops, ==, expected[0] + expected[1] + expected[2]);
        }
    }
}

/* A constant of several numbers was learned, a single one was written. */
static void
test_constants (void)
{
  const CnnShape shapes[] = { { 0 }, { 3, { 4, 1, 1 } } };
  const guint input = 0;

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("one", &CNN_SHAPE_4 (1, 4, 6, 6));
      g_autoptr (CnnTensor) weight = cnn_tensor_new (&shapes[i]);
      CnnTensor *parameters[CNN_N_PARAMETERS] = { weight };
      g_autoptr (CnnNetwork) network = NULL;
      CnnCost cost;

      cnn_network_builder_add (builder, "plus", CNN_KIND_ADD, NULL, &input, 1, parameters, NULL);
      network = cnn_network_builder_freeze (builder, NULL, NULL);
      cnn_layer_get_cost (cnn_network_get_layer (network, 1), CNN_CONVENTION_HOMEWORK, &cost);
      g_assert_cmpuint (cost.parameters, ==, 4 * i);
      g_assert_cmpuint (cost.additions, ==, 144);
    }
}

static void
test_convention_names (void)
{
  CnnConvention convention;

  for (CnnConvention i = CNN_CONVENTION_HOMEWORK; i <= CNN_CONVENTION_FLOP; i++)
    {
      g_assert_true (cnn_convention_parse (cnn_convention_get_name (i), &convention));
      g_assert_cmpuint (convention, ==, i);
    }

  g_assert_false (cnn_convention_parse ("macs", &convention));
  g_assert_false (cnn_convention_parse ("", &convention));
}

static void
test_kind_names (void)
{
  for (CnnKind i = 0; i < CNN_N_KINDS; i++)
    for (CnnKind k = 0; k < i; k++)
      g_assert_cmpstr (cnn_kind_get_name (i), !=, cnn_kind_get_name (k));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/op-cost/kinds", test_kinds);
  g_test_add_func ("/engine/op-cost/constants", test_constants);
  g_test_add_func ("/engine/op-cost/convention-names", test_convention_names);
  g_test_add_func ("/engine/op-cost/kind-names", test_kind_names);

  return g_test_run ();
}
