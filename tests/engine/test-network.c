#include "network/cnn-network-builder.h"

#include "core/cnn-error.h"

#include <math.h>

/* A small language to draw networks in: each function adds one layer to the one
 * before it and returns its index. Weights are zero: what counts are shapes. */

typedef struct
{
  CnnNetworkBuilder *builder;
  guint last;
} Drawing;

static guint
draw (Drawing             *drawing,
      const char          *name,
      CnnKind              kind,
      const CnnAttributes *attributes,
      guint                input,
      CnnTensor *const    *parameters)
{
  g_autoptr (GError) error = NULL;

  drawing->last = cnn_network_builder_add (drawing->builder, name, kind, attributes, &input, 1, parameters, &error);
  g_assert_no_error (error);

  return drawing->last;
}

static guint
draw_plain (Drawing    *drawing,
            const char *name,
            CnnKind     kind)
{
  return draw (drawing, name, kind, NULL, drawing->last, NULL);
}

static guint
draw_convolution (Drawing    *drawing,
                  const char *name,
                  guint       input,
                  guint       filters,
                  guint       kernel,
                  guint       stride,
                  guint       padding,
                  gboolean    bias)
{
  gsize channels = cnn_network_builder_get_shape (drawing->builder, input)->dims[1];
  g_autoptr (CnnTensor) weight = cnn_tensor_new (&CNN_SHAPE_4 (filters, channels, kernel, kernel));
  g_autoptr (CnnTensor) vector = cnn_tensor_new (&CNN_SHAPE_1 (filters));
  CnnTensor *parameters[CNN_N_PARAMETERS] = { weight, bias ? vector : NULL };
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  for (guint axis = 0; axis < 2; axis++)
    {
      attributes.kernel[axis] = kernel;
      attributes.stride[axis] = stride;
      attributes.padding[axis] = attributes.padding[axis + 2] = padding;
    }

  return draw (drawing, name, CNN_KIND_CONVOLUTION, &attributes, input, parameters);
}

static guint
draw_pool (Drawing    *drawing,
           const char *name,
           guint       padding,
           gboolean    ceil_mode)
{
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.ceil_mode = ceil_mode;
  for (guint axis = 0; axis < 2; axis++)
    {
      attributes.kernel[axis] = 3;
      attributes.stride[axis] = 2;
      attributes.padding[axis] = attributes.padding[axis + 2] = padding;
    }

  return draw (drawing, name, CNN_KIND_MAX_POOL, &attributes, drawing->last, NULL);
}

static guint
draw_batch_norm (Drawing    *drawing,
                 const char *name)
{
  gsize channels = cnn_network_builder_get_shape (drawing->builder, drawing->last)->dims[1];
  g_autoptr (CnnTensor) vector = cnn_tensor_new (&CNN_SHAPE_1 (channels));
  CnnTensor *parameters[CNN_N_PARAMETERS] = { vector, vector, vector, vector };

  return draw (drawing, name, CNN_KIND_BATCH_NORM, NULL, drawing->last, parameters);
}

static guint
draw_linear (Drawing    *drawing,
             const char *name,
             guint       n_out)
{
  gsize n_in = cnn_network_builder_get_shape (drawing->builder, drawing->last)->dims[1];
  g_autoptr (CnnTensor) weight = cnn_tensor_new (&CNN_SHAPE_2 (n_out, n_in));
  g_autoptr (CnnTensor) bias = cnn_tensor_new (&CNN_SHAPE_1 (n_out));
  CnnTensor *parameters[CNN_N_PARAMETERS] = { weight, bias };

  return draw (drawing, name, CNN_KIND_LINEAR, NULL, drawing->last, parameters);
}

static guint
draw_meeting (Drawing    *drawing,
              const char *name,
              CnnKind     kind,
              guint       a,
              guint       b)
{
  g_autoptr (GError) error = NULL;
  guint inputs[] = { a, b };

  drawing->last = cnn_network_builder_add (drawing->builder, name, kind, NULL, inputs, 2, NULL, &error);
  g_assert_no_error (error);

  return drawing->last;
}

/* He et al., 2015: two 3×3 convolutions beside a skip. */
static void
draw_basic_block (Drawing *drawing,
                  guint    stage,
                  guint    block)
{
  guint filters = 32u << stage;
  guint stride = stage > 1 && block == 0 ? 2 : 1;
  guint skip = drawing->last, main_path;
  char name[64];
#define NAME(part) (g_snprintf (name, sizeof name, "layer%u.%u." part, stage, block), name)

  draw_convolution (drawing, NAME ("conv1"), skip, filters, 3, stride, 1, FALSE);
  draw_batch_norm (drawing, NAME ("bn1"));
  draw_plain (drawing, NAME ("relu1"), CNN_KIND_RELU);
  draw_convolution (drawing, NAME ("conv2"), drawing->last, filters, 3, 1, 1, FALSE);
  main_path = draw_batch_norm (drawing, NAME ("bn2"));

  if (stride > 1)
    {
      draw_convolution (drawing, NAME ("downsample.0"), skip, filters, 1, stride, 0, FALSE);
      skip = draw_batch_norm (drawing, NAME ("downsample.1"));
    }

  draw_meeting (drawing, NAME ("add"), CNN_KIND_ADD, main_path, skip);
  draw_plain (drawing, NAME ("relu"), CNN_KIND_RELU);
#undef NAME
}

static CnnNetwork *
draw_resnet18 (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("resnet18", &CNN_SHAPE_4 (1, 3, 224, 224));
  g_autoptr (GError) error = NULL;
  Drawing drawing = { builder, 0 };
  CnnNetwork *network;

  draw_convolution (&drawing, "conv1", 0, 64, 7, 2, 3, FALSE);
  draw_batch_norm (&drawing, "bn1");
  draw_plain (&drawing, "relu", CNN_KIND_RELU);
  draw_pool (&drawing, "maxpool", 1, FALSE);
  for (guint stage = 1; stage <= 4; stage++)
    for (guint block = 0; block < 2; block++)
      draw_basic_block (&drawing, stage, block);
  draw_plain (&drawing, "avgpool", CNN_KIND_ADAPTIVE_AVERAGE_POOL);
  draw_plain (&drawing, "flatten", CNN_KIND_FLATTEN);
  draw_linear (&drawing, "fc", 1000);

  network = cnn_network_builder_freeze (builder, NULL, &error);
  g_assert_no_error (error);

  return network;
}

/* Iandola et al., 2016: a squeeze to few channels, then two expansions side by
 * side. */
static void
draw_fire (Drawing *drawing,
           guint    index,
           guint    squeeze,
           guint    expand)
{
  guint root, a, b;
  char name[64];
#define NAME(part) (g_snprintf (name, sizeof name, "features.%u." part, index), name)

  draw_convolution (drawing, NAME ("squeeze"), drawing->last, squeeze, 1, 1, 0, TRUE);
  root = draw_plain (drawing, NAME ("squeeze_activation"), CNN_KIND_RELU);
  draw_convolution (drawing, NAME ("expand1x1"), root, expand, 1, 1, 0, TRUE);
  a = draw_plain (drawing, NAME ("expand1x1_activation"), CNN_KIND_RELU);
  draw_convolution (drawing, NAME ("expand3x3"), root, expand, 3, 1, 1, TRUE);
  b = draw_plain (drawing, NAME ("expand3x3_activation"), CNN_KIND_RELU);
  draw_meeting (drawing, NAME ("cat"), CNN_KIND_CONCAT, a, b);
#undef NAME
}

static CnnNetwork *
draw_squeezenet1_1 (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("squeezenet1_1", &CNN_SHAPE_4 (1, 3, 224, 224));
  g_autoptr (GError) error = NULL;
  Drawing drawing = { builder, 0 };
  CnnNetwork *network;

  draw_convolution (&drawing, "features.0", 0, 64, 3, 2, 0, TRUE);
  draw_plain (&drawing, "features.1", CNN_KIND_RELU);
  draw_pool (&drawing, "features.2", 0, TRUE);
  draw_fire (&drawing, 3, 16, 64);
  draw_fire (&drawing, 4, 16, 64);
  draw_pool (&drawing, "features.5", 0, TRUE);
  draw_fire (&drawing, 6, 32, 128);
  draw_fire (&drawing, 7, 32, 128);
  draw_pool (&drawing, "features.8", 0, TRUE);
  draw_fire (&drawing, 9, 48, 192);
  draw_fire (&drawing, 10, 48, 192);
  draw_fire (&drawing, 11, 64, 256);
  draw_fire (&drawing, 12, 64, 256);
  draw_plain (&drawing, "classifier.0", CNN_KIND_DROPOUT);
  draw_convolution (&drawing, "classifier.1", drawing.last, 1000, 1, 1, 0, TRUE);
  draw_plain (&drawing, "classifier.2", CNN_KIND_RELU);
  draw_plain (&drawing, "classifier.3", CNN_KIND_ADAPTIVE_AVERAGE_POOL);
  draw_plain (&drawing, "flatten", CNN_KIND_FLATTEN);

  network = cnn_network_builder_freeze (builder, NULL, &error);
  g_assert_no_error (error);

  return network;
}

static void
assert_shape (CnnNetwork *network,
              const char *layer,
              const char *expected)
{
  CnnLayer *found = cnn_network_find_layer (network, layer);
  g_autofree char *text = NULL;

  g_assert_nonnull (found);
  g_object_get (found, "shape-text", &text, NULL);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_resnet18 (void)
{
  g_autoptr (CnnNetwork) network = draw_resnet18 ();
  const CnnReceptiveField *field;
  CnnCost cost, flops;

  g_assert_cmpuint (cnn_network_get_n_classes (network), ==, 1000);
  assert_shape (network, "maxpool", "1×64×56×56");
  assert_shape (network, "layer2.0.downsample.0", "1×128×28×28");
  assert_shape (network, "layer4", "1×512×7×7");
  assert_shape (network, "flatten", "1×512");

  /* As torchvision and fvcore count them. */
  cnn_network_get_cost (network, CNN_CONVENTION_MAC, &cost);
  g_assert_cmpuint (cost.parameters, ==, 11689512);
  g_assert_cmpuint (cost.flops, ==, 1814073344);

  cnn_network_get_cost (network, CNN_CONVENTION_FLOP, &flops);
  g_assert_cmpuint (flops.parameters, ==, 11689512);
  g_assert_cmpuint (flops.flops, >, 2 * cost.flops);
  g_assert_cmpuint (flops.flops, ==, flops.multiplications + flops.additions + flops.comparisons);

  /* Araujo et al. give 435 pixels in steps of 32 for a ResNet-18. */
  field = cnn_layer_get_receptive_field (cnn_network_find_layer (network, "layer4"));
  g_assert_cmpint (field->size[0], ==, 435);
  g_assert_cmpint (field->size[1], ==, 435);
  g_assert_cmpint (field->stride[0], ==, 32);
}

static void
test_squeezenet (void)
{
  g_autoptr (CnnNetwork) network = draw_squeezenet1_1 ();
  CnnCost cost;

  cnn_network_get_cost (network, CNN_CONVENTION_MAC, &cost);
  g_assert_cmpuint (cost.parameters, ==, 1235496);
  assert_shape (network, "features.0", "1×64×111×111");
  assert_shape (network, "features.2", "1×64×55×55");
  assert_shape (network, "features.12", "1×512×13×13");
  assert_shape (network, "flatten", "1×1000");
}

static void
test_list_model (void)
{
  g_autoptr (CnnNetwork) network = draw_squeezenet1_1 ();
  GListModel *model = G_LIST_MODEL (network);
  g_autoptr (CnnLayer) beyond = NULL;
  guint n = g_list_model_get_n_items (model);

  g_assert_true (g_list_model_get_item_type (model) == CNN_TYPE_LAYER);
  g_assert_cmpuint (n, ==, cnn_network_get_n_layers (network));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CnnLayer) layer = g_list_model_get_item (model, i);

      g_assert_true (layer == cnn_network_get_layer (network, i));
      g_assert_cmpuint (cnn_layer_get_index (layer), ==, i);
      g_assert_true (cnn_network_find_layer (network, cnn_layer_get_name (layer)) == layer);
    }

  beyond = g_list_model_get_item (model, n);
  g_assert_null (beyond);
  g_assert_finalize_object (g_steal_pointer (&network));
}

static void
test_find_module (void)
{
  g_autoptr (CnnNetwork) network = draw_resnet18 ();

  g_assert_cmpstr (cnn_layer_get_name (cnn_network_find_layer (network, "layer1")), ==, "layer1.1.relu");
  g_assert_cmpstr (cnn_layer_get_name (cnn_network_find_layer (network, "layer1.0")), ==, "layer1.0.relu");
  g_assert_cmpstr (cnn_layer_get_name (cnn_network_find_layer (network, "conv1")), ==, "conv1");
  g_assert_null (cnn_network_find_layer (network, "layer"));
  g_assert_null (cnn_network_find_layer (network, "layer5"));
  g_assert_null (cnn_network_find_layer (network, ""));
}

static void
test_descriptions (void)
{
  static const struct { const char *layer, *description; } cases[] = {
    { "input", "input, 1×3×224×224" },
    { "conv1", "7×7 convolution, 64 filters, stride 2, padding 3" },
    { "layer2.0.downsample.0", "1×1 convolution, 128 filters, stride 2" },
    { "bn1", "batch normalisation of 64 channels" },
    { "relu", "ReLU" },
    { "maxpool", "3×3 max pooling, stride 2, padding 1" },
    { "layer1.0.add", "sum of 2 layers" },
    { "avgpool", "global average pooling" },
    { "fc", "linear, 512 inputs, 1000 outputs" },
  };
  g_autoptr (CnnNetwork) network = draw_resnet18 ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CnnLayer *layer = cnn_network_find_layer (network, cases[i].layer);
      g_autofree char *text = cnn_layer_dup_description (layer);

      g_assert_cmpstr (text, ==, cases[i].description);
    }
}

static void
test_properties (void)
{
  g_autoptr (CnnNetwork) network = draw_resnet18 ();
  g_autofree char *name = NULL, *kind = NULL, *shape = NULL, *description = NULL;
  guint index;

  g_object_get (cnn_network_find_layer (network, "maxpool"),
                "name", &name, "index", &index, "kind-name", &kind,
                "shape-text", &shape, "description", &description,
                NULL);

  g_assert_cmpstr (name, ==, "maxpool");
  g_assert_cmpuint (index, ==, 4);
  g_assert_cmpstr (kind, ==, "max-pool");
  g_assert_cmpstr (shape, ==, "1×64×56×56");
  g_assert_cmpstr (description, ==, "3×3 max pooling, stride 2, padding 1");
}

static void
test_resize (void)
{
  g_autoptr (CnnNetwork) network = draw_resnet18 ();
  g_autoptr (CnnNetwork) larger = NULL;
  g_autoptr (CnnNetwork) impossible = NULL;
  g_autoptr (GError) error = NULL;
  CnnTensor *weight;

  larger = cnn_network_resize (network, &CNN_SHAPE_4 (1, 3, 320, 256), &error);
  g_assert_no_error (error);
  assert_shape (larger, "layer4", "1×512×10×8");
  assert_shape (network, "layer4", "1×512×7×7");
  g_assert_cmpuint (cnn_network_get_input_shape (larger)->dims[2], ==, 320);

  /* It stands without the network that it was made from. */
  weight = cnn_layer_get_parameter (cnn_network_find_layer (network, "fc"), CNN_PARAMETER_WEIGHT);
  g_assert_true (cnn_layer_get_parameter (cnn_network_find_layer (larger, "fc"), CNN_PARAMETER_WEIGHT) == weight);
  g_assert_finalize_object (g_steal_pointer (&network));
  g_assert_cmpuint (cnn_tensor_get_n_elements (weight), ==, 512000);

  impossible = cnn_network_resize (larger, &CNN_SHAPE_4 (1, 4, 224, 224), &error);
  g_assert_null (impossible);
  g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
  g_assert_cmpstr (error->message, ==, "conv1: weight is 64×3×7×7, input has 4 channels");
}

static void
test_add_errors (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("wrong", &CNN_SHAPE_4 (1, 3, 8, 8));
  CnnAttributes axis_three;
  const struct
  {
    const char *name;
    CnnKind kind;
    const CnnAttributes *attributes;
    guint inputs[2];
    guint n_inputs;
    const char *message;
  } cases[] = {
    { "relu", CNN_KIND_RELU, NULL, { 0 }, 1, "relu: two layers have this name" },
    { "input", CNN_KIND_RELU, NULL, { 0 }, 1, "input: two layers have this name" },
    { "", CNN_KIND_RELU, NULL, { 0 }, 1, "layer 2 has no name" },
    { "a", CNN_KIND_RELU, NULL, { 7 }, 1, "a: input 1 is layer 7, expected one of the 2 before this one" },
    { "a", CNN_KIND_ADD, NULL, { 0, 2 }, 2, "a: input 2 is layer 2, expected one of the 2 before this one" },
    { "a", CNN_KIND_RELU, NULL, { 0 }, 0, "a: 0 inputs, expected 1" },
    { "a", CNN_KIND_RELU, NULL, { 0, 1 }, 2, "a: 2 inputs, expected 1" },
    { "a", CNN_KIND_ADD, NULL, { 0 }, 1, "a: 1 input, expected at least 2" },
    { "a", CNN_KIND_INPUT, NULL, { 0 }, 0, "a: a second input, expected one" },
    { "a", CNN_KIND_CONVOLUTION, NULL, { 0 }, 1, "a: weight is missing" },
    { "a", CNN_KIND_BATCH_NORM, NULL, { 0 }, 1, "a: mean is missing, expected 3 numbers" },
    { "a", CNN_KIND_SOFTMAX, &axis_three, { 0 }, 1, "a: axis is 9, but the input 1×3×8×8 has 4 dimensions" },
  };

  cnn_attributes_init (&axis_three);
  axis_three.axis = 9;
  g_assert_cmpuint (cnn_network_builder_add (builder, "relu", CNN_KIND_RELU, NULL, (guint[]) { 0 }, 1, NULL, NULL), ==, 1);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (cnn_network_builder_add (builder, cases[i].name, cases[i].kind, cases[i].attributes,
                                                 cases[i].inputs, cases[i].n_inputs, NULL, &error),
                        ==, CNN_NO_LAYER);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }

  /* None of them has left a trace. */
  g_assert_cmpuint (cnn_network_builder_add (builder, "a", CNN_KIND_RELU, NULL, (guint[]) { 1 }, 1, NULL, NULL), ==, 2);
}

static void
test_bad_input (void)
{
  static const struct { CnnShape shape; const char *message; } cases[] = {
    { { 4, { 2, 3, 8, 8 } }, "input: input is 2×3×8×8, expected one picture, 1×C×H×W" },
    { { 1, { 1 } }, "input: input is 1, expected one picture, 1×C×H×W" },
    { { 4, { 1, 3, 0, 8 } }, "input: output would be 1×3×0×8, expected 1 to 1073741824 elements" },
    { { 4, { 1, 3, 32768, 32768 } }, "input: output would be 1×3×32768×32768, expected 1 to 1073741824 elements" },
    { { 4, { 1, G_MAXSIZE, G_MAXSIZE, 1 } },
      "input: output would be 1×18446744073709551615×18446744073709551615×1, expected 1 to 1073741824 elements" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("wrong", &cases[i].shape);
      g_autoptr (GError) error = NULL;

      cnn_network_builder_add (builder, "relu", CNN_KIND_RELU, NULL, (guint[]) { 0 }, 1, NULL, &error);
      g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

static void
test_empty (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("empty", &CNN_SHAPE_4 (1, 3, 8, 8));
  g_autoptr (GError) error = NULL;

  g_assert_null (cnn_network_builder_freeze (builder, NULL, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED);
}

static void
test_values (void)
{
  static const struct { CnnParameter parameter; gsize element; float value; const char *message; } cases[] = {
    { CNN_PARAMETER_WEIGHT, 2, NAN, "bn.weight: element [2] is nan, expected a finite number" },
    { CNN_PARAMETER_BIAS, 0, INFINITY, "bn.bias: element [0] is inf, expected a finite number" },
    { CNN_PARAMETER_MEAN, 1, -INFINITY, "bn.mean: element [1] is -inf, expected a finite number" },
    { CNN_PARAMETER_VARIANCE, 1, -1, "bn.variance: element [1] is -1, expected a positive number" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("nan", &CNN_SHAPE_4 (1, 3, 2, 2));
      CnnTensor *parameters[CNN_N_PARAMETERS];
      g_autoptr (GError) error = NULL;

      for (guint k = 0; k < CNN_N_PARAMETERS; k++)
        parameters[k] = cnn_tensor_new (&CNN_SHAPE_1 (3));
      cnn_tensor_get_mutable_data (parameters[cases[i].parameter])[cases[i].element] = cases[i].value;

      cnn_network_builder_add (builder, "bn", CNN_KIND_BATCH_NORM, NULL, (guint[]) { 0 }, 1, parameters, &error);
      g_assert_no_error (error);
      for (guint k = 0; k < CNN_N_PARAMETERS; k++)
        cnn_tensor_unref (parameters[k]);

      g_assert_null (cnn_network_builder_freeze (builder, NULL, &error));
      g_assert_error (error, CNN_ERROR, CNN_ERROR_VALUE);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

static guint
pick_extreme (void)
{
  static const guint extremes[] = { 0, 1, 2, 3, 7, 65535, 65536, G_MAXINT, G_MAXUINT };

  return extremes[g_test_rand_int_range (0, G_N_ELEMENTS (extremes))];
}

/* Whatever a file says, a layer is made or an error names it. */
static void
test_extremes (void)
{
  g_autoptr (CnnTensor) weight = cnn_tensor_new (&CNN_SHAPE_4 (2, 3, 3, 2));
  CnnTensor *parameters[CNN_N_PARAMETERS] = { weight };
  guint n_made = 0;

  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("extreme", &CNN_SHAPE_4 (1, 3, 5, 9));
      CnnKind kind = g_test_rand_int_range (CNN_KIND_CONVOLUTION, CNN_KIND_UNKNOWN);
      g_autoptr (CnnNetwork) network = NULL;
      g_autoptr (GError) error = NULL;
      CnnAttributes attributes;
      CnnCost cost;
      guint *settings[] = {
        &attributes.kernel[0], &attributes.kernel[1], &attributes.stride[0], &attributes.stride[1],
        &attributes.dilation[0], &attributes.dilation[1], &attributes.padding[0], &attributes.padding[1],
        &attributes.padding[2], &attributes.padding[3], &attributes.groups, &attributes.output_size[0],
        &attributes.output_size[1], &attributes.axis,
      };

      cnn_attributes_init (&attributes);
      attributes.kernel[0] = 3;
      attributes.kernel[1] = 2;
      attributes.ceil_mode = g_test_rand_bit ();
      for (guint i = 0; i < 4; i++)
        *settings[g_test_rand_int_range (0, G_N_ELEMENTS (settings))] = pick_extreme ();

      if (cnn_network_builder_add (builder, "layer", kind, &attributes, (guint[]) { 0, 0 },
                                   g_test_rand_int_range (0, 3), parameters, &error) == CNN_NO_LAYER)
        {
          g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
          g_assert_true (g_str_has_prefix (error->message, "layer: "));
          continue;
        }

      network = cnn_network_builder_freeze (builder, NULL, &error);
      g_assert_no_error (error);
      n_made++;
      for (CnnConvention i = CNN_CONVENTION_HOMEWORK; i <= CNN_CONVENTION_FLOP; i++)
        cnn_network_get_cost (network, i, &cost);
    }

  g_assert_cmpuint (n_made, >, 500);
}

/* A convolution's weight says where in all four dimensions. */
static void
test_values_place (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("nan", &CNN_SHAPE_4 (1, 3, 8, 8));
  g_autoptr (CnnTensor) weight = cnn_tensor_new (&CNN_SHAPE_4 (4, 3, 2, 5));
  CnnTensor *parameters[CNN_N_PARAMETERS] = { weight };
  g_autoptr (GError) error = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.kernel[0] = 2;
  attributes.kernel[1] = 5;
  cnn_tensor_get_mutable_data (weight)[((3 * 3 + 1) * 2 + 0) * 5 + 4] = NAN;

  cnn_network_builder_add (builder, "conv", CNN_KIND_CONVOLUTION, &attributes, (guint[]) { 0 }, 1, parameters, &error);
  g_assert_no_error (error);
  g_assert_null (cnn_network_builder_freeze (builder, NULL, &error));
  g_assert_cmpstr (error->message, ==, "conv.weight: element [3, 1, 0, 4] is nan, expected a finite number");
}

/* As long a chain as may be, held by its last layer alone. */
static void
test_longest_chain (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("chain", &CNN_SHAPE_4 (1, 1, 1, 1));
  g_autoptr (CnnNetwork) network = NULL;
  g_autoptr (CnnLayer) last = NULL;
  g_autoptr (GError) error = NULL;
  guint index = 0, n = 1;

  while (TRUE)
    {
      g_autofree char *name = g_strdup_printf ("relu%u", n);
      guint added = cnn_network_builder_add (builder, name, CNN_KIND_RELU, NULL, &index, 1, NULL, &error);

      if (added == CNN_NO_LAYER)
        break;

      index = added;
      n++;
    }

  g_assert_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED);
  g_assert_cmpuint (n, >=, 1000);

  network = cnn_network_builder_freeze (builder, NULL, NULL);
  g_assert_cmpuint (cnn_network_get_n_layers (network), ==, n);
  last = g_object_ref (cnn_network_get_layer (network, n - 1));
  g_clear_pointer (&builder, cnn_network_builder_free);
  g_clear_object (&network);
  g_assert_finalize_object (g_steal_pointer (&last));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/network/resnet18", test_resnet18);
  g_test_add_func ("/engine/network/squeezenet", test_squeezenet);
  g_test_add_func ("/engine/network/list-model", test_list_model);
  g_test_add_func ("/engine/network/find-module", test_find_module);
  g_test_add_func ("/engine/network/descriptions", test_descriptions);
  g_test_add_func ("/engine/network/properties", test_properties);
  g_test_add_func ("/engine/network/resize", test_resize);
  g_test_add_func ("/engine/network/add-errors", test_add_errors);
  g_test_add_func ("/engine/network/bad-input", test_bad_input);
  g_test_add_func ("/engine/network/empty", test_empty);
  g_test_add_func ("/engine/network/values", test_values);
  g_test_add_func ("/engine/network/extremes", test_extremes);
  g_test_add_func ("/engine/network/values-place", test_values_place);
  g_test_add_func ("/engine/network/longest-chain", test_longest_chain);

  return g_test_run ();
}
