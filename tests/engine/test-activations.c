#include "run/cnn-activations.h"

#include "formats/cnn-model-file.h"
#include "formats/cnn-state-dict.h"
#include "run/cnn-predictor.h"
#include "support/pack.h"

#include <math.h>

/* Trained networks on real pictures, module by module, against what PyTorch
 * computed. Values may differ by this part of the greatest in their layer. */
#define TOLERANCE 1e-5

static CnnStateDict *
load_tensors (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  CnnStateDict *tensors = cnn_state_dict_load (file, NULL, &error);

  g_assert_no_error (error);

  return tensors;
}

/* PyTorch's modules can hold several of our layers; the last one makes the
 * module's output. */
static CnnLayer *
find_module (CnnNetwork *network,
             const char *name)
{
  g_autofree char *prefix = g_strconcat (name, ".", NULL);
  CnnLayer *layer = cnn_network_find_layer (network, name);

  for (guint i = 0; i < cnn_network_get_n_layers (network); i++)
    if (g_str_has_prefix (cnn_layer_get_name (cnn_network_get_layer (network, i)), prefix))
      layer = cnn_network_get_layer (network, i);

  g_assert_nonnull (layer);

  return layer;
}

static void
assert_close (const char *name,
              CnnTensor  *found,
              CnnTensor  *expected)
{
  const float *a = cnn_tensor_get_data (found);
  const float *b = cnn_tensor_get_data (expected);
  double greatest = 0, worst = 0;

  g_assert_cmpuint (cnn_tensor_get_n_elements (found), ==, cnn_tensor_get_n_elements (expected));
  for (gsize i = 0; i < cnn_tensor_get_n_elements (expected); i++)
    {
      greatest = fmax (greatest, fabs (b[i]));
      worst = fmax (worst, fabs ((double) a[i] - b[i]));
    }

  g_test_message ("%s: off by %.2g of %.4g", name, worst, greatest);
  g_assert_cmpfloat (worst, <=, TOLERANCE * greatest);
}

static void
assert_probabilities (CnnTensor *logits,
                      CnnTensor *expected)
{
  g_autoptr (CnnPrediction) prediction = cnn_prediction_new (logits);
  CnnRanked ranked[1000];

  g_assert_cmpuint (cnn_prediction_get_top (prediction, CNN_MEAN_OF_CROPS, ranked, 1000), ==, 1000);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpfloat_with_epsilon (ranked[i].probability,
                                    cnn_tensor_get_data (expected)[ranked[i].index], 1e-5);
}

static void
compare_modules (CnnActivations *activations,
                 CnnStateDict   *oracle)
{
  CnnNetwork *network = cnn_activations_get_network (activations);
  g_autoptr (CnnTensor) logits = cnn_activations_dup_logits (activations);

  for (guint i = 0; i < cnn_state_dict_get_size (oracle); i++)
    {
      const char *name = cnn_state_dict_get_name (oracle, i);
      CnnTensor *expected = cnn_state_dict_get (oracle, i);

      if (g_str_has_prefix (name, "logits"))
        assert_close (name, logits, expected);
      else if (g_str_equal (name, "probabilities"))
        assert_probabilities (logits, expected);
      else
        {
          CnnLayer *layer = g_str_equal (name, "input") ? cnn_network_get_layer (network, 0)
                                                        : find_module (network, name);
          g_autoptr (CnnTensor) found = cnn_activations_dup_layer (activations, cnn_layer_get_index (layer));

          assert_close (name, found, expected);
        }
    }
}

typedef struct
{
  const char *model;
  const char *picture;          /* which oracle has the input */
  const char *oracle;
} Case;

static void
test_oracle (gconstpointer data)
{
  const Case *test = data;
  g_autofree char *model_path = pack_find (test->model);
  g_autofree char *picture_path = pack_find (test->picture);
  g_autofree char *oracle_path = pack_find (test->oracle);
  g_autoptr (GFile) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnNetwork) network = NULL;
  g_autoptr (CnnPredictor) predictor = NULL;
  g_autoptr (CnnStateDict) picture = NULL;
  g_autoptr (CnnStateDict) oracle = NULL;
  g_autoptr (CnnActivations) activations = NULL;

  if (pack_skip (model_path))
    return;

  model = g_file_new_for_path (model_path);
  network = cnn_network_load (model, NULL, &error);
  g_assert_no_error (error);
  picture = load_tensors (picture_path);
  oracle = load_tensors (oracle_path);

  predictor = cnn_predictor_new (network);
  activations = cnn_predictor_look (predictor, cnn_state_dict_find (picture, "input"), 1, NULL, &error);
  g_assert_no_error (error);

  compare_modules (activations, oracle);
}

#define SQUEEZENET "models/squeezenet1_1-imagenet.safetensors"
#define RESNET_18 "models/resnet18-imagenet.safetensors"
#define RESNET_50 "models/resnet50-imagenet.safetensors"
#define ORACLE(name) "oracle/activations/" name ".safetensors"

static const Case squeezenet_002 = { SQUEEZENET, ORACLE ("squeezenet1_1-002"), ORACLE ("squeezenet1_1-002") };
static const Case squeezenet_010 = { SQUEEZENET, ORACLE ("squeezenet1_1-010"), ORACLE ("squeezenet1_1-010") };
static const Case squeezenet_104 = { SQUEEZENET, ORACLE ("squeezenet1_1-104"), ORACLE ("squeezenet1_1-104") };
static const Case resnet18_002 = { RESNET_18, ORACLE ("squeezenet1_1-002"), ORACLE ("resnet18-002") };
static const Case resnet50_002 = { RESNET_50, ORACLE ("squeezenet1_1-002"), ORACLE ("resnet50-002") };

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/engine/activations/squeezenet-002", &squeezenet_002, test_oracle);
  g_test_add_data_func ("/engine/activations/squeezenet-010", &squeezenet_010, test_oracle);
  g_test_add_data_func ("/engine/activations/squeezenet-104", &squeezenet_104, test_oracle);
  g_test_add_data_func ("/engine/activations/resnet18-002", &resnet18_002, test_oracle);
  g_test_add_data_func ("/engine/activations/resnet50-002", &resnet50_002, test_oracle);

  return g_test_run ();
}
