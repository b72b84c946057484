#include "core/cnn-error.h"
#include "formats/cnn-model-file.h"
#include "formats/cnn-state-dict.h"
#include "support/pack.h"
#include "support/temporary.h"

#include <math.h>
#include <string.h>

#define EIGHTH "zoo/variants/resnet18-eighth.safetensors"
#define SQUEEZENET_1_1 "models/squeezenet1_1-imagenet.safetensors"

static CnnNetwork *
load (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  CnnNetwork *network = cnn_network_load (file, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (g_file_equal (cnn_network_get_file (network), file));

  return network;
}

static CnnStateDict *
load_dict (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  CnnStateDict *dict = cnn_state_dict_load (file, NULL, &error);

  g_assert_no_error (error);

  return dict;
}

typedef struct
{
  const char *path;
  const char *name;
  guint n_classes;
  guint64 n_parameters;
} Known;

/* Numbers of parameters as PyTorch counts them. */
static const Known known[] = {
  { SQUEEZENET_1_1, "SqueezeNet 1.1", 1000, 1235496 },
  { "models/squeezenet1_1-imagenet.f16.safetensors", "SqueezeNet 1.1", 1000, 1235496 },
  { "models/squeezenet1_1-imagenet.pth", "SqueezeNet 1.1", 1000, 1235496 },
  { "models/squeezenet1_1-imagenet.legacy.pth", "SqueezeNet 1.1", 1000, 1235496 },
  { "models/squeezenet1_0-imagenet.safetensors", "SqueezeNet 1.0", 1000, 1248424 },
  { "models/resnet18-imagenet.safetensors", "ResNet-18", 1000, 11689512 },
  { "models/resnet50-imagenet.safetensors", "ResNet-50", 1000, 25557032 },
  { "models/mobilenet_v2-imagenet.safetensors", "MobileNet V2", 1000, 3504872 },
  { "zoo/resnet18-quarter.safetensors", "ResNet-18", 32, 0 },
  { EIGHTH, "ResNet-18", 10, 0 },
  { "zoo/variants/resnet18-eighth-checkpoint.pth", "ResNet-18", 10, 0 },
  { "zoo/variants/resnet18-eighth-half.pth", "ResNet-18", 10, 0 },
};

static void
test_known (gconstpointer data)
{
  const Known *expected = data;
  g_autofree char *path = pack_find (expected->path);
  g_autoptr (CnnNetwork) network = NULL;
  CnnCost cost;

  if (pack_skip (path))
    return;

  network = load (path);
  g_assert_cmpstr (cnn_network_get_name (network), ==, expected->name);
  g_assert_cmpuint (cnn_network_get_n_classes (network), ==, expected->n_classes);

  cnn_network_get_cost (network, CNN_CONVENTION_MAC, &cost);
  if (expected->n_parameters > 0)
    g_assert_cmpuint (cost.parameters, ==, expected->n_parameters);
}

/* Layers have torchvision's names, and a module's name finds its output. */
static void
test_names (void)
{
  const struct { const char *name; const char *found; gsize channels; gsize side; } squeezenet[] = {
    { "features.0", "features.0", 64, 111 },
    { "features.2", "features.2", 64, 55 },
    { "features.3", "features.3.cat", 128, 55 },
    { "features.3.expand3x3_activation", "features.3.expand3x3_activation", 64, 55 },
    { "features.5", "features.5", 128, 27 },
    { "features.12", "features.12.cat", 512, 13 },
    { "features", "features.12.cat", 512, 13 },
    { "classifier.1", "classifier.1", 1000, 13 },
    { "classifier", "classifier.3", 1000, 1 },
  };
  const struct { const char *name; const char *found; gsize channels; gsize side; } resnet[] = {
    { "conv1", "conv1", 8, 112 },
    { "maxpool", "maxpool", 8, 56 },
    { "layer1", "layer1.1.relu_1", 8, 56 },
    { "layer1.0", "layer1.0.relu_1", 8, 56 },
    { "layer1.0.add", "layer1.0.add", 8, 56 },
    { "layer2.0.downsample", "layer2.0.downsample.1", 16, 28 },
    { "layer4", "layer4.1.relu_1", 64, 7 },
    { "avgpool", "avgpool", 64, 1 },
  };
  g_autofree char *squeezenet_path = pack_find (SQUEEZENET_1_1);
  g_autofree char *resnet_path = pack_find (EIGHTH);
  g_autoptr (CnnNetwork) network = NULL;

  if (pack_skip (squeezenet_path))
    return;

#define CHECK(cases)                                                                            \
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)                                              \
    {                                                                                           \
      CnnLayer *layer = cnn_network_find_layer (network, cases[i].name);                        \
      CnnShape expected = CNN_SHAPE_4 (1, cases[i].channels, cases[i].side, cases[i].side);     \
                                                                                                \
      g_assert_nonnull (layer);                                                                 \
      g_assert_cmpstr (cnn_layer_get_name (layer), ==, cases[i].found);                         \
      g_assert_true (cnn_shape_equal (cnn_layer_get_shape (layer), &expected));                 \
    }

  network = load (squeezenet_path);
  CHECK (squeezenet);
  g_clear_object (&network);
  network = load (resnet_path);
  CHECK (resnet);
#undef CHECK
}

/* What is done to the tensor "name" of a good file, and what must be said. */
typedef struct
{
  const char *name;
  enum { DROP, RENAME, RESHAPE, POISON, NEGATE } what;
  CnnShape shape;
  int code;
  const char *says;
} Harm;

static const Harm harms[] = {
  { "layer2.0.conv1.weight", DROP, { 0 }, CNN_ERROR_UNSUPPORTED,
    "layer2.0.conv1.weight is missing, ResNet-18 expects it to be 16×8×3×3" },
  { "layer2.0.conv1.weight", RENAME, { 0 }, CNN_ERROR_UNSUPPORTED,
    "layer2.0.conv1.weight is missing, ResNet-18 expects it to be 16×8×3×3; strange.weight is there, ResNet-18 has no such tensor" },
  { "layer2.0.conv1.weight", RESHAPE, { 4, { 16, 8, 1, 1 } }, CNN_ERROR_SHAPE,
    "layer2.0.conv1.weight is 16×8×1×1, ResNet-18 expects 16×8×3×3" },
  { "conv1.weight", RESHAPE, { 4, { 9, 3, 7, 7 } }, CNN_ERROR_SHAPE, "conv1.weight is 9×3×7×7, ResNet-18 expects 8×3×7×7" },
  { "conv1.weight", RESHAPE, { 4, { 8, 4, 7, 7 } }, CNN_ERROR_SHAPE, "conv1.weight is 8×4×7×7, ResNet-18 expects 8×3×7×7" },
  { "bn1.weight", RESHAPE, { 1, { 9 } }, CNN_ERROR_SHAPE, "bn1.weight is 9, ResNet-18 expects 8" },
  { "fc.weight", RESHAPE, { 2, { 10, 63 } }, CNN_ERROR_SHAPE, "fc.weight is 10×63, ResNet-18 expects 10×64" },
  { "fc.bias", RESHAPE, { 1, { 11 } }, CNN_ERROR_SHAPE, "fc.bias is 11, ResNet-18 expects 10" },
  { "layer3.1.conv2.weight", POISON, { 0 }, CNN_ERROR_VALUE, "layer3.1.conv2.weight" },
  { "layer3.1.bn2.running_var", NEGATE, { 0 }, CNN_ERROR_VALUE, "layer3.1.bn2" },
};

static CnnTensor *
harm_tensor (CnnTensor  *tensor,
             const Harm *harm)
{
  CnnTensor *harmed;
  gsize n = cnn_tensor_get_n_elements (tensor);

  if (harm->what == RESHAPE)
    return cnn_tensor_new (&harm->shape);

  harmed = cnn_tensor_new_from_data (cnn_tensor_get_shape (tensor), cnn_tensor_get_data (tensor));
  if (harm->what == POISON)
    cnn_tensor_get_mutable_data (harmed)[n / 2] = NAN;
  if (harm->what == NEGATE)
    cnn_tensor_get_mutable_data (harmed)[n / 2] = -1;

  return harmed;
}

static void
test_harm (gconstpointer data)
{
  const Harm *harm = data;
  g_autofree char *path = pack_find (EIGHTH);
  g_autoptr (CnnStateDict) good = NULL;
  g_autoptr (CnnStateDict) bad = cnn_state_dict_new ();
  g_autoptr (GError) error = NULL;
  GFile *file;

  if (pack_skip (path))
    return;

  good = load_dict (path);
  g_assert_nonnull (cnn_state_dict_find (good, harm->name));
  for (guint i = 0; i < cnn_state_dict_get_size (good); i++)
    {
      const char *name = cnn_state_dict_get_name (good, i);
      g_autoptr (CnnTensor) tensor = cnn_tensor_ref (cnn_state_dict_get (good, i));

      if (g_str_equal (name, harm->name))
        {
          g_autoptr (CnnTensor) harmed = harm_tensor (tensor, harm);

          if (harm->what != DROP)
            cnn_state_dict_add (bad, harm->what == RENAME ? "strange.weight" : name, harmed);
        }
      else
        cnn_state_dict_add (bad, name, tensor);
    }

  file = temporary_new ("harmed.safetensors", "", 0);
  g_assert_true (cnn_state_dict_save (bad, file, NULL, NULL));
  g_assert_null (cnn_network_load (file, NULL, &error));
  g_assert_error (error, CNN_ERROR, harm->code);
  if (strstr (error->message, harm->says) == NULL || strstr (error->message, "harmed.safetensors: ") == NULL)
    g_error ("says “%s”, expected “%s”", error->message, harm->says);
  temporary_free (file);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (CnnNetwork) network = NULL;
  GError **error = data;

  network = cnn_network_load_finish (result, error);
  g_assert_true ((network == NULL) == (*error != NULL));
}

static void
test_async_cancelled (void)
{
  GFile *file = temporary_new ("any.pth", "any", 3);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  cnn_network_load_async (file, NULL, cancellable, loaded_cb, &error);
  g_cancellable_cancel (cancellable);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  temporary_free (file);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/architectures/names", test_names);
  g_test_add_func ("/engine/architectures/async-cancelled", test_async_cancelled);

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autofree char *base = g_path_get_basename (known[i].path);
      g_autofree char *path = g_strconcat ("/engine/architectures/known/", base, NULL);

      g_test_add_data_func (path, &known[i], test_known);
    }

  for (guint i = 0; i < G_N_ELEMENTS (harms); i++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/architectures/harm/%u", i);

      g_test_add_data_func (path, &harms[i], test_harm);
    }

  return g_test_run ();
}
