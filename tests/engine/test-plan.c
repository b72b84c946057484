#include "plan/cnn-plan-private.h"

#include "core/cnn-error.h"

#include <string.h>

/* Which layers become which steps, and where their outputs lie. What they compute
 * is for test-predictor. */

static guint
add (CnnNetworkBuilder   *builder,
     const char          *name,
     CnnKind              kind,
     const CnnAttributes *attributes,
     guint                input,
     CnnTensor *const    *parameters)
{
  g_autoptr (GError) error = NULL;
  guint index = cnn_network_builder_add (builder, name, kind, attributes, &input, 1, parameters, &error);

  g_assert_no_error (error);

  return index;
}

static guint
add_convolution (CnnNetworkBuilder *builder,
                 const char        *name,
                 guint              input,
                 guint              filters,
                 guint              kernel)
{
  gsize channels = cnn_network_builder_get_shape (builder, input)->dims[1];
  g_autoptr (CnnTensor) weight = cnn_tensor_new (&CNN_SHAPE_4 (filters, channels, kernel, kernel));
  CnnTensor *parameters[CNN_N_PARAMETERS] = { weight };
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  for (guint i = 0; i < 4; i++)
    {
      attributes.kernel[i % 2] = kernel;
      attributes.padding[i] = kernel / 2;
    }

  return add (builder, name, CNN_KIND_CONVOLUTION, &attributes, input, parameters);
}

static guint
add_batch_norm (CnnNetworkBuilder *builder,
                const char        *name,
                guint              input)
{
  gsize channels = cnn_network_builder_get_shape (builder, input)->dims[1];
  g_autoptr (CnnTensor) vector = cnn_tensor_new (&CNN_SHAPE_1 (channels));
  CnnTensor *parameters[CNN_N_PARAMETERS] = { vector, vector, vector, vector };

  return add (builder, name, CNN_KIND_BATCH_NORM, NULL, input, parameters);
}

static guint
add_relu (CnnNetworkBuilder *builder,
          const char        *name,
          guint              input)
{
  return add (builder, name, CNN_KIND_RELU, NULL, input, NULL);
}

static guint
add_meeting (CnnNetworkBuilder *builder,
             const char        *name,
             CnnKind            kind,
             guint              a,
             guint              b)
{
  g_autoptr (GError) error = NULL;
  guint inputs[] = { a, b };
  CnnAttributes attributes;
  guint index;

  cnn_attributes_init (&attributes);
  attributes.axis = 1;
  index = cnn_network_builder_add (builder, name, kind, &attributes, inputs, 2, NULL, &error);
  g_assert_no_error (error);

  return index;
}

static CnnPlan *
freeze (CnnNetworkBuilder  *builder,
        GError            **error)
{
  g_autoptr (CnnNetwork) network = cnn_network_builder_freeze (builder, NULL, error);

  g_assert_nonnull (network);

  return cnn_plan_new (network, error);
}

/* The step as the layers that it stands for: "conv1 bn1 relu1". */
static char *
describe (CnnPlan *plan,
          guint    step)
{
  GString *string = g_string_new (NULL);
  guint first = cnn_layer_get_index (plan->steps[step].layer);
  guint last = plan->steps[step].output;

  g_string_append (string, cnn_layer_get_name (cnn_network_get_layer (plan->network, first)));
  if (first != last)
    g_string_append_printf (string, "…%s", cnn_layer_get_name (cnn_network_get_layer (plan->network, last)));

  return g_string_free (string, FALSE);
}

static void
assert_steps (CnnPlan    *plan,
              const char *expected)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  g_autofree char *found = NULL;

  for (guint i = 0; i < plan->n_steps; i++)
    {
      g_autofree char *name = describe (plan, i);

      g_strv_builder_add (builder, name);
    }
  names = g_strv_builder_end (builder);
  found = g_strjoinv (" ", names);

  g_assert_cmpstr (found, ==, expected);
}

/* The basic block of a ResNet whose skip is a convolution. */
static void
test_fuse (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("block", &CNN_SHAPE_4 (1, 3, 8, 8));
  g_autoptr (CnnPlan) plan = NULL;
  guint stem, main_path, skip;

  stem = add_relu (builder, "relu", add_convolution (builder, "conv", 0, 20, 3));
  main_path = add_convolution (builder, "conv1", stem, 20, 3);
  main_path = add_relu (builder, "relu1", add_batch_norm (builder, "bn1", main_path));
  main_path = add_batch_norm (builder, "bn2", add_convolution (builder, "conv2", main_path, 20, 3));
  skip = add_batch_norm (builder, "down1", add_convolution (builder, "down0", stem, 20, 1));
  add_relu (builder, "relu2", add_meeting (builder, "add", CNN_KIND_ADD, main_path, skip));

  plan = freeze (builder, NULL);
  assert_steps (plan, "input conv…relu conv1…relu1 down0…down1 conv2…relu2");
}

/* What is used twice is kept, and what comes after it is a step of its own. */
static void
test_two_users (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("users", &CNN_SHAPE_4 (1, 3, 8, 8));
  g_autoptr (CnnPlan) plan = NULL;
  guint conv, relu, other;

  conv = add_convolution (builder, "conv", 0, 20, 3);
  relu = add_relu (builder, "relu", conv);
  other = add_convolution (builder, "other", conv, 20, 1);
  add_meeting (builder, "add", CNN_KIND_ADD, relu, other);

  plan = freeze (builder, NULL);
  assert_steps (plan, "input conv other relu…add");
}

/* x·sigmoid (x), where nobody else uses what is on the way, and where somebody
 * does. */
static void
test_gate (void)
{
  for (guint is_used = 0; is_used < 2; is_used++)
    {
      g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("gate", &CNN_SHAPE_4 (1, 3, 8, 8));
      g_autoptr (CnnPlan) plan = NULL;
      guint conv, sigmoid;

      conv = add_convolution (builder, "conv", 0, 20, 3);
      sigmoid = add (builder, "sigmoid", CNN_KIND_SIGMOID, NULL, conv, NULL);
      add_meeting (builder, "multiply", CNN_KIND_MULTIPLY, conv, sigmoid);
      if (is_used)
        add_convolution (builder, "other", sigmoid, 20, 1);

      plan = freeze (builder, NULL);
      assert_steps (plan, is_used ? "input conv sigmoid multiply other" : "input conv…multiply");
    }
}

/* A squeeze and excitation: one number for each channel, from all of the map. */
static void
test_squeeze (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("squeeze", &CNN_SHAPE_4 (1, 3, 8, 8));
  g_autoptr (CnnPlan) plan = NULL;
  guint maps, gate;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  maps = add (builder, "silu", CNN_KIND_SILU, NULL, add_convolution (builder, "conv", 0, 20, 3), NULL);
  gate = add (builder, "pool", CNN_KIND_ADAPTIVE_AVERAGE_POOL, &attributes, maps, NULL);
  gate = add (builder, "sigmoid", CNN_KIND_SIGMOID, NULL, add_convolution (builder, "fc", gate, 20, 1), NULL);
  gate = add_meeting (builder, "multiply", CNN_KIND_MULTIPLY, gate, maps);
  add_convolution (builder, "next", add_relu (builder, "relu", gate), 20, 1);

  plan = freeze (builder, NULL);
  assert_steps (plan, "input conv…silu pool fc…sigmoid multiply…relu next");
}

static gboolean
lies_in (CnnPlan *plan,
         guint    layer,
         guint    whole)
{
  return plan->places[layer].buffer == plan->places[whole].buffer;
}

/* Where the second branch starts with a block of channels it is made in place,
 * and where it does not it is copied. */
static void
test_concatenate (void)
{
  for (guint filters = 16; filters <= 20; filters += 4)
    {
      g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("fire", &CNN_SHAPE_4 (1, 3, 8, 8));
      g_autoptr (CnnPlan) plan = NULL;
      guint left = add_convolution (builder, "left", 0, filters, 1);
      guint right = add_convolution (builder, "right", 0, 30, 3);
      guint whole = add_meeting (builder, "cat", CNN_KIND_CONCAT, left, right);

      plan = freeze (builder, NULL);
      g_assert_true (lies_in (plan, left, whole));
      g_assert_cmpint (lies_in (plan, right, whole), ==, filters == 16);
    }
}

/* Layers that each read all before them: every concatenation lies where the longest
 * one does, and nothing is copied. */
static void
test_dense (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("dense", &CNN_SHAPE_4 (1, 3, 8, 8));
  g_autoptr (CnnPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  guint layers[5], concat = 0;
  CnnAttributes attributes;
  char name[16];

  cnn_attributes_init (&attributes);
  attributes.axis = 1;
  layers[0] = concat = add_convolution (builder, "stem", 0, 32, 3);
  for (guint i = 1; i < G_N_ELEMENTS (layers); i++)
    {
      g_snprintf (name, sizeof name, "conv%u", i);
      layers[i] = add_convolution (builder, name, concat, 16, 3);
      g_snprintf (name, sizeof name, "cat%u", i);
      concat = cnn_network_builder_add (builder, name, CNN_KIND_CONCAT, &attributes,
                                        layers, i + 1, NULL, &error);
      g_assert_no_error (error);
    }

  plan = freeze (builder, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      g_assert_true (lies_in (plan, layers[i], concat));
      g_assert_cmpint (plan->places[layers[i]].first_block, ==, i == 0 ? 0 : i + 1);
      if (i > 0)
        {
          g_assert_true (lies_in (plan, layers[i] + 1, concat));
          g_assert_cmpint (plan->places[layers[i] + 1].first_block, ==, 0);
        }
    }
}

/* A long chain takes no more memory than its two largest neighbours. */
static void
test_reuse (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("chain", &CNN_SHAPE_4 (1, 16, 8, 8));
  g_autoptr (CnnPlan) plan = NULL;
  guint layer = 0;
  char name[16];

  for (guint i = 0; i < 20; i++)
    {
      g_snprintf (name, sizeof name, "conv%u", i);
      layer = add_convolution (builder, name, layer, 16, 1);
    }

  plan = freeze (builder, NULL);
  g_assert_cmpuint (plan->layouts[CNN_RUN_PLAIN].size, ==, 2 * 16 * 8 * 8);
  g_assert_cmpuint (plan->layouts[CNN_RUN_LOOKING].size, ==, 21 * 16 * 8 * 8);
}

/* A softmax at the end, and a branch that leads nowhere, are for looking only. */
static void
test_logits (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("soft", &CNN_SHAPE_4 (1, 3, 1, 1));
  g_autoptr (CnnPlan) plan = NULL;
  CnnAttributes attributes;
  guint logits;

  cnn_attributes_init (&attributes);
  attributes.axis = 1;
  add_convolution (builder, "nowhere", 0, 5, 1);
  logits = add_convolution (builder, "logits", 0, 5, 1);
  add (builder, "softmax", CNN_KIND_SOFTMAX, &attributes, logits, NULL);

  plan = freeze (builder, NULL);
  g_assert_cmpuint (cnn_plan_get_logits_layer (plan), ==, logits);
  assert_steps (plan, "input nowhere logits softmax");
  for (guint i = 0; i < plan->n_steps; i++)
    g_assert_cmpint (plan->steps[i].for_logits, ==, i == 0 || i == 2);
}

/* A few bytes can describe layers that no machine could hold. */
static void
test_too_large (void)
{
  g_autoptr (CnnNetworkBuilder) builder =
    cnn_network_builder_new ("huge", &CNN_SHAPE_4 (1, 3, 15000, 15000));
  g_autoptr (GError) error = NULL;

  add_convolution (builder, "conv", 0, 4, 3);
  g_assert_null (freeze (builder, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "GiB"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/plan/fuse", test_fuse);
  g_test_add_func ("/engine/plan/two-users", test_two_users);
  g_test_add_func ("/engine/plan/gate", test_gate);
  g_test_add_func ("/engine/plan/squeeze", test_squeeze);
  g_test_add_func ("/engine/plan/concatenate", test_concatenate);
  g_test_add_func ("/engine/plan/dense", test_dense);
  g_test_add_func ("/engine/plan/reuse", test_reuse);
  g_test_add_func ("/engine/plan/logits", test_logits);
  g_test_add_func ("/engine/plan/too-large", test_too_large);

  return g_test_run ();
}
