/* Every network that torchvision gives weights for, and timm's spellings of some,
 * from nothing but names and shapes. */

#include "core/cnn-error.h"
#include "formats/architectures/cnn-blueprint-private.h"
#include "support/made-networks.h"

#include <string.h>

typedef struct
{
  const char *path;
  void (*make) (MadeWeights *m);
  const char *name;
  guint64 n_parameters;         /* as torchvision and timm publish them */
  gsize side;                   /* of the input */
  double gmacs;                 /* 10⁹ multiply-accumulates, as published, or 0 */
} Made;

#define MAKE(function, ...) static void function (MadeWeights *m) { __VA_ARGS__; }

#define VGG(norm, ...) made_vgg (m, (const guint[]) { __VA_ARGS__ }, norm, 1000)
#define RESNET(...) made_resnet (m, &(const MadeResNet) { __VA_ARGS__ }, 1000)
#define DENSENET(growth, init, early, ...) \
  made_densenet (m, growth, init, (const guint[]) { __VA_ARGS__ }, early, 1000)

#define REGNET(...) made_regnet (m, &(const MadeRegNet) { __VA_ARGS__ }, 1000)

MAKE (alexnet, made_alexnet (m, 1000))
MAKE (vgg11, VGG (FALSE, 1, 1, 2, 2, 2))
MAKE (vgg13, VGG (FALSE, 2, 2, 2, 2, 2))
MAKE (vgg16, VGG (FALSE, 2, 2, 3, 3, 3))
MAKE (vgg19, VGG (FALSE, 2, 2, 4, 4, 4))
MAKE (vgg11_bn, VGG (TRUE, 1, 1, 2, 2, 2))
MAKE (vgg13_bn, VGG (TRUE, 2, 2, 2, 2, 2))
MAKE (vgg16_bn, VGG (TRUE, 2, 2, 3, 3, 3))
MAKE (vgg19_bn, VGG (TRUE, 2, 2, 4, 4, 4))
MAKE (resnet10, RESNET (8, 8, 1, FALSE, { 1, 1, 1, 1 }, ' '))
MAKE (resnet18, RESNET (64, 64, 1, FALSE, { 2, 2, 2, 2 }, ' '))
MAKE (resnet34, RESNET (64, 64, 1, FALSE, { 3, 4, 6, 3 }, ' '))
MAKE (resnet50, RESNET (64, 64, 1, TRUE, { 3, 4, 6, 3 }, ' '))
MAKE (resnet101, RESNET (64, 64, 1, TRUE, { 3, 4, 23, 3 }, ' '))
MAKE (resnet152, RESNET (64, 64, 1, TRUE, { 3, 8, 36, 3 }, ' '))
MAKE (resnext50_32x4d, RESNET (64, 128, 32, TRUE, { 3, 4, 6, 3 }, ' '))
MAKE (resnext101_32x8d, RESNET (64, 256, 32, TRUE, { 3, 4, 23, 3 }, ' '))
MAKE (resnext101_64x4d, RESNET (64, 256, 64, TRUE, { 3, 4, 23, 3 }, ' '))
MAKE (wide_resnet50_2, RESNET (64, 128, 1, TRUE, { 3, 4, 6, 3 }, ' '))
MAKE (wide_resnet101_2, RESNET (64, 128, 1, TRUE, { 3, 4, 23, 3 }, ' '))
MAKE (resnet18d, RESNET (64, 64, 1, FALSE, { 2, 2, 2, 2 }, 'd'))
MAKE (resnet50c, RESNET (64, 64, 1, TRUE, { 3, 4, 6, 3 }, 'c'))
MAKE (resnet50d, RESNET (64, 64, 1, TRUE, { 3, 4, 6, 3 }, 'd'))
MAKE (densenet121, DENSENET (32, 64, FALSE, 6, 12, 24, 16))
MAKE (densenet161, DENSENET (48, 96, FALSE, 6, 12, 36, 24))
MAKE (densenet169, DENSENET (32, 64, FALSE, 6, 12, 32, 32))
MAKE (densenet201, DENSENET (32, 64, FALSE, 6, 12, 48, 32))
MAKE (densenet121_early, DENSENET (32, 64, TRUE, 6, 12, 24, 16))
MAKE (googlenet, made_googlenet (m, FALSE, 1000))
MAKE (googlenet_aux, made_googlenet (m, TRUE, 1000))
MAKE (inception_v3, made_inception (m, FALSE, 1000))
MAKE (inception_v3_aux, made_inception (m, TRUE, 1000))
MAKE (mobilenet_v2, made_mobilenet_v2 (m, 1, 1000))
MAKE (mobilenet_v2_035, made_mobilenet_v2 (m, 0.35, 1000))
MAKE (mnasnet0_5, made_mnasnet (m, 0.5, 1000))
MAKE (mnasnet0_75, made_mnasnet (m, 0.75, 1000))
MAKE (mnasnet1_0, made_mnasnet (m, 1, 1000))
MAKE (mnasnet1_3, made_mnasnet (m, 1.3, 1000))
MAKE (mobilenet_v3_large, made_mobilenet_v3 (m, TRUE, 1, 1000))
MAKE (mobilenet_v3_small, made_mobilenet_v3 (m, FALSE, 1, 1000))
MAKE (mobilenet_v3_large_075, made_mobilenet_v3 (m, TRUE, 0.75, 1000))
MAKE (mobilenet_v3_large_timm, made_mobilenet_v3_timm (m, TRUE, 1000))
MAKE (mobilenet_v3_small_timm, made_mobilenet_v3_timm (m, FALSE, 1000))
MAKE (shufflenet_v2_x0_5, made_shufflenet (m, 48, 1024, 1000))
MAKE (shufflenet_v2_x1_0, made_shufflenet (m, 116, 1024, 1000))
MAKE (shufflenet_v2_x1_5, made_shufflenet (m, 176, 1024, 1000))
MAKE (shufflenet_v2_x2_0, made_shufflenet (m, 244, 2048, 1000))
MAKE (efficientnet_b0, made_efficientnet (m, 1, 1, FALSE, 1000))
MAKE (efficientnet_b1, made_efficientnet (m, 1, 1.1, FALSE, 1000))
MAKE (efficientnet_b2, made_efficientnet (m, 1.1, 1.2, FALSE, 1000))
MAKE (efficientnet_b3, made_efficientnet (m, 1.2, 1.4, FALSE, 1000))
MAKE (efficientnet_b4, made_efficientnet (m, 1.4, 1.8, FALSE, 1000))
MAKE (efficientnet_b5, made_efficientnet (m, 1.6, 2.2, FALSE, 1000))
MAKE (efficientnet_b6, made_efficientnet (m, 1.8, 2.6, FALSE, 1000))
MAKE (efficientnet_b7, made_efficientnet (m, 2, 3.1, FALSE, 1000))
MAKE (efficientnet_v2_s, made_efficientnet_v2 (m, 's', FALSE, 1000))
MAKE (efficientnet_v2_m, made_efficientnet_v2 (m, 'm', FALSE, 1000))
MAKE (efficientnet_v2_l, made_efficientnet_v2 (m, 'l', FALSE, 1000))
MAKE (efficientnet_b0_timm, made_efficientnet (m, 1, 1, TRUE, 1000))
MAKE (efficientnet_b2_timm, made_efficientnet (m, 1.1, 1.2, TRUE, 1000))
MAKE (efficientnet_v2_s_timm, made_efficientnet_v2 (m, 's', TRUE, 1000))
MAKE (efficientnet_v2_l_timm, made_efficientnet_v2 (m, 'l', TRUE, 1000))
MAKE (regnet_y_400mf, REGNET (16, 48, 27.89, 2.09, 8, TRUE))
MAKE (regnet_y_800mf, REGNET (14, 56, 38.84, 2.4, 16, TRUE))
MAKE (regnet_y_1_6gf, REGNET (27, 48, 20.71, 2.65, 24, TRUE))
MAKE (regnet_y_3_2gf, REGNET (21, 80, 42.63, 2.66, 24, TRUE))
MAKE (regnet_y_8gf, REGNET (17, 192, 76.82, 2.19, 56, TRUE))
MAKE (regnet_y_16gf, REGNET (18, 200, 106.23, 2.48, 112, TRUE))
MAKE (regnet_y_32gf, REGNET (20, 232, 115.89, 2.53, 232, TRUE))
MAKE (regnet_y_128gf, REGNET (27, 456, 160.83, 2.52, 264, TRUE))
MAKE (regnet_x_400mf, REGNET (22, 24, 24.48, 2.54, 16, FALSE))
MAKE (regnet_x_800mf, REGNET (16, 56, 35.73, 2.28, 16, FALSE))
MAKE (regnet_x_1_6gf, REGNET (18, 80, 34.01, 2.25, 24, FALSE))
MAKE (regnet_x_3_2gf, REGNET (25, 88, 26.31, 2.25, 48, FALSE))
MAKE (regnet_x_8gf, REGNET (23, 80, 49.56, 2.88, 120, FALSE))
MAKE (regnet_x_16gf, REGNET (22, 216, 55.59, 2.1, 128, FALSE))
MAKE (regnet_x_32gf, REGNET (23, 320, 69.86, 2.0, 168, FALSE))
MAKE (convnext_tiny, made_convnext (m, 96, 9, 1000))
MAKE (convnext_small, made_convnext (m, 96, 27, 1000))
MAKE (convnext_base, made_convnext (m, 128, 27, 1000))
MAKE (convnext_large, made_convnext (m, 192, 27, 1000))

#define MADE(function, ...) { "/engine/architectures/made/" #function, function, __VA_ARGS__ }

static const Made made[] = {
  MADE (alexnet, "AlexNet", 61100840, 224, 0.71),
  MADE (vgg11, "VGG-11", 132863336, 224, 7.61),
  MADE (vgg13, "VGG-13", 133047848, 224, 11.31),
  MADE (vgg16, "VGG-16", 138357544, 224, 15.47),
  MADE (vgg19, "VGG-19", 143667240, 224, 19.63),
  MADE (vgg11_bn, "VGG-11 with batch norm", 132868840, 224, 7.61),
  MADE (vgg13_bn, "VGG-13 with batch norm", 133053736, 224, 11.31),
  MADE (vgg16_bn, "VGG-16 with batch norm", 138365992, 224, 15.47),
  MADE (vgg19_bn, "VGG-19 with batch norm", 143678248, 224, 19.63),
  MADE (resnet10, "ResNet-10", 0, 224, 0),
  MADE (resnet18, "ResNet-18", 11689512, 224, 1.81),
  MADE (resnet34, "ResNet-34", 21797672, 224, 3.66),
  MADE (resnet50, "ResNet-50", 25557032, 224, 4.09),
  MADE (resnet101, "ResNet-101", 44549160, 224, 7.8),
  MADE (resnet152, "ResNet-152", 60192808, 224, 11.51),
  MADE (resnext50_32x4d, "ResNeXt-50 32×4d", 25028904, 224, 4.23),
  MADE (resnext101_32x8d, "ResNeXt-101 32×8d", 88791336, 224, 16.41),
  MADE (resnext101_64x4d, "ResNeXt-101 64×4d", 83455272, 224, 15.46),
  MADE (wide_resnet50_2, "Wide ResNet-50-2", 68883240, 224, 11.4),
  MADE (wide_resnet101_2, "Wide ResNet-101-2", 126886696, 224, 22.75),
  MADE (resnet18d, "ResNet-18-D", 11708744, 224, 0),
  MADE (resnet50c, "ResNet-50-C", 25576264, 224, 0),
  MADE (resnet50d, "ResNet-50-D", 25576264, 224, 0),
  MADE (densenet121, "DenseNet-121", 7978856, 224, 2.83),
  MADE (densenet161, "DenseNet-161", 28681000, 224, 7.73),
  MADE (densenet169, "DenseNet-169", 14149480, 224, 3.36),
  MADE (densenet201, "DenseNet-201", 20013928, 224, 4.29),
  MADE (densenet121_early, "DenseNet-121", 7978856, 224, 2.83),
  MADE (googlenet, "GoogLeNet", 6624904, 224, 1.5),
  MADE (googlenet_aux, "GoogLeNet", 6624904, 224, 1.5),
  MADE (inception_v3, "Inception v3", 23834568, 299, 5.71),
  MADE (inception_v3_aux, "Inception v3", 23834568, 299, 5.71),
  MADE (mobilenet_v2, "MobileNet V2", 3504872, 224, 0.3),
  MADE (mobilenet_v2_035, "MobileNet V2 0.35", 0, 224, 0),
  MADE (mnasnet0_5, "MNASNet 0.5", 2218512, 224, 0.1),
  MADE (mnasnet0_75, "MNASNet 0.75", 3170208, 224, 0.215),
  MADE (mnasnet1_0, "MNASNet 1.0", 4383312, 224, 0.31),
  MADE (mnasnet1_3, "MNASNet 1.3", 6282256, 224, 0.53),
  MADE (mobilenet_v3_large, "MobileNet V3 Large", 5483032, 224, 0.22),
  MADE (mobilenet_v3_small, "MobileNet V3 Small", 2542856, 224, 0.06),
  MADE (mobilenet_v3_large_075, "MobileNet V3 Large 0.75", 0, 224, 0),
  MADE (mobilenet_v3_large_timm, "MobileNet V3 Large", 5483032, 224, 0.22),
  MADE (mobilenet_v3_small_timm, "MobileNet V3 Small", 2542856, 224, 0.06),
  MADE (shufflenet_v2_x0_5, "ShuffleNet V2 x0.5", 1366792, 224, 0.04),
  MADE (shufflenet_v2_x1_0, "ShuffleNet V2 x1.0", 2278604, 224, 0.14),
  MADE (shufflenet_v2_x1_5, "ShuffleNet V2 x1.5", 3503624, 224, 0.3),
  MADE (shufflenet_v2_x2_0, "ShuffleNet V2 x2.0", 7393996, 224, 0.58),
  MADE (efficientnet_b0, "EfficientNet B0", 5288548, 224, 0.39),
  MADE (efficientnet_b1, "EfficientNet B1", 7794184, 240, 0.69),
  MADE (efficientnet_b2, "EfficientNet B2", 9109994, 288, 1.09),
  MADE (efficientnet_b3, "EfficientNet B3", 12233232, 300, 1.83),
  MADE (efficientnet_b4, "EfficientNet B4", 19341616, 380, 4.39),
  MADE (efficientnet_b5, "EfficientNet B5", 30389784, 456, 10.27),
  MADE (efficientnet_b6, "EfficientNet B6", 43040704, 528, 19.07),
  MADE (efficientnet_b7, "EfficientNet B7", 66347960, 600, 37.75),
  MADE (efficientnet_v2_s, "EfficientNet V2 S", 21458488, 384, 8.37),
  MADE (efficientnet_v2_m, "EfficientNet V2 M", 54139356, 480, 24.58),
  MADE (efficientnet_v2_l, "EfficientNet V2 L", 118515272, 480, 56.08),
  MADE (efficientnet_b0_timm, "EfficientNet B0", 5288548, 224, 0.39),
  MADE (efficientnet_b2_timm, "EfficientNet B2", 9109994, 260, 0),
  MADE (efficientnet_v2_s_timm, "EfficientNet V2 S", 21458488, 384, 8.37),
  MADE (efficientnet_v2_l_timm, "EfficientNet V2 L", 118515272, 480, 56.08),
  MADE (regnet_y_400mf, "RegNet Y 400MF", 4344144, 224, 0.4),
  MADE (regnet_y_800mf, "RegNet Y 800MF", 6432512, 224, 0.83),
  MADE (regnet_y_1_6gf, "RegNet Y 1.6GF", 11202430, 224, 1.61),
  MADE (regnet_y_3_2gf, "RegNet Y 3.2GF", 19436338, 224, 3.18),
  MADE (regnet_y_8gf, "RegNet Y 8GF", 39381472, 224, 8.47),
  MADE (regnet_y_16gf, "RegNet Y 16GF", 83590140, 224, 15.91),
  MADE (regnet_y_32gf, "RegNet Y 32GF", 145046770, 224, 32.28),
  MADE (regnet_y_128gf, "RegNet Y 128GF", 644812894, 224, 127.52),
  MADE (regnet_x_400mf, "RegNet X 400MF", 5495976, 224, 0.41),
  MADE (regnet_x_800mf, "RegNet X 800MF", 7259656, 224, 0.8),
  MADE (regnet_x_1_6gf, "RegNet X 1.6GF", 9190136, 224, 1.6),
  MADE (regnet_x_3_2gf, "RegNet X 3.2GF", 15296552, 224, 3.18),
  MADE (regnet_x_8gf, "RegNet X 8GF", 39572648, 224, 8),
  MADE (regnet_x_16gf, "RegNet X 16GF", 54278536, 224, 15.94),
  MADE (regnet_x_32gf, "RegNet X 32GF", 107811560, 224, 31.74),
  MADE (convnext_tiny, "ConvNeXt Tiny", 28589128, 224, 4.46),
  MADE (convnext_small, "ConvNeXt Small", 50223688, 224, 8.68),
  MADE (convnext_base, "ConvNeXt Base", 88591464, 224, 15.355),
  MADE (convnext_large, "ConvNeXt Large", 197767336, 224, 34.36),
};

static CnnNetwork *
recognize (CnnStateDict *dict)
{
  g_autoptr (GError) error = NULL;
  CnnNetwork *network = cnn_architecture_recognize (dict, NULL, &error);

  g_assert_no_error (error);

  return network;
}

static void
test_made (gconstpointer data)
{
  const Made *expected = data;
  g_autoptr (MadeWeights) m = made_weights_new ();
  g_autoptr (CnnNetwork) network = NULL;
  CnnShape input = CNN_SHAPE_4 (1, 3, expected->side, expected->side);
  CnnCost cost;

  expected->make (m);
  network = recognize (made_weights_get_dict (m));
  g_assert_cmpstr (cnn_network_get_name (network), ==, expected->name);
  g_assert_cmpuint (cnn_network_get_n_classes (network), ==, 1000);
  g_assert_true (cnn_shape_equal (cnn_network_get_input_shape (network), &input));

  cnn_network_get_cost (network, CNN_CONVENTION_MAC, &cost);
  if (expected->n_parameters > 0)
    g_assert_cmpuint (cost.parameters, ==, expected->n_parameters);
  g_test_message ("%.3f GMACs", cost.multiplications / 1e9);
  if (expected->gmacs > 0)
    g_assert_cmpfloat_with_epsilon (cost.multiplications / 1e9, expected->gmacs, 0.0051);
}

/* Receptive fields and strides: Araujo, Norris, Sim, "Computing Receptive Fields of
 * Convolutional Neural Networks", 2019, and by its formula where torchvision's
 * strides are elsewhere (ResNet). */
static void
test_receptive_fields (void)
{
  const struct { void (*make) (MadeWeights *m); const char *layer; gint64 size; gint64 stride; } known[] = {
    { alexnet, "features", 195, 32 },
    { vgg16, "features", 212, 32 },
    { resnet18, "layer4", 435, 32 },
    { resnet34, "layer4", 899, 32 },
    { resnet50, "layer4", 427, 32 },
    { resnet101, "layer4", 971, 32 },
    { inception_v3, "Mixed_7c", 1311, 32 },
    { mobilenet_v2, "features", 491, 32 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autoptr (MadeWeights) m = made_weights_new ();
      g_autoptr (CnnNetwork) network = NULL;
      const CnnReceptiveField *field;

      known[i].make (m);
      network = recognize (made_weights_get_dict (m));
      field = cnn_layer_get_receptive_field (cnn_network_find_layer (network, known[i].layer));
      g_test_message ("%s: %" G_GINT64_FORMAT, cnn_network_get_name (network), field->size[0]);
      g_assert_cmpint (field->size[0], ==, known[i].size);
      g_assert_cmpint (field->size[1], ==, known[i].size);
      g_assert_cmpint (field->stride[0], ==, known[i].stride);
    }
}

/* Whatever the size of the picture. */
static void
test_resized (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    {
      g_autoptr (MadeWeights) m = made_weights_new ();
      g_autoptr (CnnNetwork) network = NULL;
      g_autoptr (CnnNetwork) resized = NULL;
      g_autoptr (GError) error = NULL;

      made[i].make (m);
      network = recognize (made_weights_get_dict (m));
      resized = cnn_network_resize (network, &CNN_SHAPE_4 (1, 3, 256, 192), &error);
      g_assert_no_error (error);
      g_assert_cmpuint (cnn_network_get_n_classes (resized), ==, 1000);
    }
}

/* One after the other, the first, a middle and the last tensor are taken away,
 * renamed, or given another shape. */
typedef enum { DROP, RENAME, RESHAPE } Harm;

static CnnStateDict *
harm_one (CnnStateDict *good,
          guint         index,
          Harm          harm)
{
  CnnStateDict *bad = cnn_state_dict_new ();

  for (guint i = 0; i < cnn_state_dict_get_size (good); i++)
    {
      const char *name = cnn_state_dict_get_name (good, i);
      CnnTensor *tensor = cnn_state_dict_get (good, i);

      if (i != index)
        cnn_state_dict_add (bad, name, tensor);
      else if (harm == RENAME)
        cnn_state_dict_add (bad, "strange.weight", tensor);
      else if (harm == RESHAPE)
        {
          CnnShape shape = *cnn_tensor_get_shape (tensor);
          g_autoptr (CnnTensor) reshaped = NULL;

          shape.dims[0]++;
          reshaped = cnn_tensor_new (&shape);
          cnn_state_dict_add (bad, name, reshaped);
        }
    }

  return bad;
}

/* A counter that nobody misses. */
static gboolean
is_counter (const char *name)
{
  return g_str_has_suffix (name, "num_batches_tracked");
}

/* The one tensor that is wrong is named, and it alone. */
static void
check_blame (const Made *network,
             const char *name,
             Harm        harm,
             GError     *error)
{
  const char *const words[] = { " is missing, ", " is missing, ", " expects " };
  g_autofree char *start = g_strconcat (name, harm == RESHAPE ? " is " : words[harm], NULL);
  int code = harm == RESHAPE ? CNN_ERROR_SHAPE : CNN_ERROR_UNSUPPORTED;

  g_test_message ("%s: %s", network->name, error->message);
  g_assert_error (error, CNN_ERROR, code);
  g_assert_true (g_str_has_prefix (error->message, start));
  g_assert_nonnull (strstr (error->message, words[harm]));
  if (harm == RENAME)
    g_assert_nonnull (strstr (error->message, "; strange.weight is there, "));
  else
    g_assert_null (strstr (error->message, "; "));
}

static void
test_harm (gconstpointer data)
{
  const Made *expected = data;
  g_autoptr (MadeWeights) m = made_weights_new ();
  CnnStateDict *good = made_weights_get_dict (m);
  guint n;

  expected->make (m);
  n = cnn_state_dict_get_size (good);

  for (guint i = 0; i < 9; i++)
    {
      g_autoptr (CnnStateDict) bad = NULL;
      g_autoptr (GError) error = NULL;
      guint index = i % 3 * (n - 1) / 2;

      while (is_counter (cnn_state_dict_get_name (good, index)))
        index--;
      bad = harm_one (good, index, i / 3);
      g_assert_null (cnn_architecture_recognize (bad, NULL, &error));
      check_blame (expected, cnn_state_dict_get_name (good, index), i / 3, error);
    }
}

/* What training and counting tools leave in a file. */
static void
test_harmless (void)
{
  const char *const names[] = {
    "total_ops", "total_params", "layer1.0.conv1.total_ops", "n_averaged",
    "ema_model.conv1.weight", "model_ema.conv1.weight", "ema.decay",
  };
  g_autoptr (MadeWeights) m = made_weights_new ();
  g_autoptr (CnnNetwork) network = NULL;

  resnet18 (m);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    made_weights_add (m, &CNN_SHAPE_1 (1), "%s", names[i]);
  network = recognize (made_weights_get_dict (m));
  g_assert_cmpstr (cnn_network_get_name (network), ==, "ResNet-18");
}

/* A network that nobody knows, but much like another. */
static void
test_nearest (void)
{
  g_autoptr (MadeWeights) m = made_weights_new ();
  g_autoptr (GError) error = NULL;

  resnet18 (m);
  for (guint i = 0; i < 150; i++)
    made_convolution (m, 8, 8, 1, 1, "attention%u", i);
  g_assert_null (cnn_architecture_recognize (made_weights_get_dict (m), NULL, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error->message, ==,
                   "has weights of an architecture that Fovea does not know; the nearest is ResNet-18, but "
                   "attention0.weight is there, ResNet-18 has no such tensor; "
                   "attention1.weight is there, ResNet-18 has no such tensor; "
                   "attention2.weight is there, ResNet-18 has no such tensor; and 147 more");
}

static void
test_stranger (void)
{
  g_autoptr (MadeWeights) m = made_weights_new ();
  g_autoptr (GError) error = NULL;

  made_convolution (m, 96, 3, 4, 4, "patch_embed.proj");
  made_bias (m, 96, "patch_embed.proj");
  g_assert_null (cnn_architecture_recognize (made_weights_get_dict (m), NULL, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED);
  g_assert_true (g_str_has_prefix (error->message, "has 2 tensors, the first patch_embed.proj.weight of 96×3×4×4, "
                                                   "expected those of AlexNet, VGG-11, "));
}

/* The largest file that no architecture fits: each is held against it. */
static void
test_quick (void)
{
  g_autoptr (MadeWeights) m = made_weights_new ();
  g_autoptr (GError) error = NULL;
  gint64 start;

  densenet201 (m);
  made_bias (m, 1, "one.too.many");
  start = g_get_monotonic_time ();
  g_assert_null (cnn_architecture_recognize (made_weights_get_dict (m), NULL, &error));
  g_test_message ("%" G_GINT64_FORMAT " µs", g_get_monotonic_time () - start);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 500 * 1000);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    {
      g_autofree char *harm = g_strconcat (made[i].path, "/harm", NULL);

      g_test_add_data_func (made[i].path, &made[i], test_made);
      g_test_add_data_func (harm, &made[i], test_harm);
    }
  g_test_add_func ("/engine/architectures/made/resized", test_resized);
  g_test_add_func ("/engine/architectures/made/receptive-fields", test_receptive_fields);
  g_test_add_func ("/engine/architectures/harmless", test_harmless);
  g_test_add_func ("/engine/architectures/nearest", test_nearest);
  g_test_add_func ("/engine/architectures/stranger", test_stranger);
  g_test_add_func ("/engine/architectures/quick", test_quick);

  return g_test_run ();
}
