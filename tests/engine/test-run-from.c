#include "run/cnn-predictor.h"

#include "core/cnn-error.h"
#include "formats/cnn-model-file.h"
#include "network/cnn-network-builder.h"
#include "support/pack.h"
#include "support/random-network.h"

#include <string.h>

/* Runs from a layer on, against runs of the whole of another network: one that has a
 * batch norm after that layer, which switches channels off. */

#define N_NETWORKS 60

static CnnTensor *
random_input (CnnNetwork *network,
              gsize       n)
{
  CnnShape shape = *cnn_network_get_input_shape (network);

  shape.dims[0] = n;

  return random_tensor (&shape, 1);
}

static CnnTensor *
new_vector (gsize n,
            float value)
{
  CnnTensor *tensor = cnn_tensor_new (&CNN_SHAPE_1 (n));

  for (gsize i = 0; i < n; i++)
    cnn_tensor_get_mutable_data (tensor)[i] = value;

  return tensor;
}

/* Times 0 or 1, plus −0, which leaves every number as it is, even −0. */
static guint
add_switch (CnnNetworkBuilder *builder,
            guint              layer)
{
  const CnnShape *shape = cnn_network_builder_get_shape (builder, layer);
  gsize n = shape->n_dims >= 2 ? shape->dims[1] : 1;
  g_autoptr (CnnTensor) gamma = new_vector (n, 1);
  g_autoptr (CnnTensor) beta = new_vector (n, -0.0f);
  g_autoptr (CnnTensor) mean = new_vector (n, 0);
  g_autoptr (CnnTensor) variance = new_vector (n, 1);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
  CnnAttributes attributes;

  for (gsize i = 0; i < n; i++)
    if (g_test_rand_bit ())
      cnn_tensor_get_mutable_data (gamma)[i] = 0;

  parameters[CNN_PARAMETER_WEIGHT] = gamma;
  parameters[CNN_PARAMETER_BIAS] = beta;
  parameters[CNN_PARAMETER_MEAN] = mean;
  parameters[CNN_PARAMETER_VARIANCE] = variance;
  cnn_attributes_init (&attributes);

  return cnn_network_builder_add (builder, "switch", CNN_KIND_BATCH_NORM, &attributes, &layer, 1, parameters, NULL);
}

static guint
add_copy (CnnNetworkBuilder *builder,
          CnnLayer          *layer,
          const guint       *places)
{
  g_autofree guint *inputs = g_new (guint, MAX (cnn_layer_get_n_inputs (layer), 1));
  CnnTensor *parameters[CNN_N_PARAMETERS];
  g_autoptr (GError) error = NULL;
  guint index;

  for (guint i = 0; i < cnn_layer_get_n_inputs (layer); i++)
    inputs[i] = places[cnn_layer_get_index (cnn_layer_get_input (layer, i))];
  for (guint i = 0; i < CNN_N_PARAMETERS; i++)
    parameters[i] = cnn_layer_get_parameter (layer, i);

  index = cnn_network_builder_add (builder, cnn_layer_get_name (layer), cnn_layer_get_kind (layer),
                                   cnn_layer_get_attributes (layer), inputs, cnn_layer_get_n_inputs (layer),
                                   parameters, &error);
  g_assert_no_error (error);

  return index;
}

/* The network with a switch after a layer (not the input, which lies otherwise where
 * convolutions read it, and adds up in another order); places says where its layers are, the
 * switched one being its switch. NULL where there can be none. */
static CnnNetwork *
make_switched (CnnNetwork *network,
               guint       layer,
               guint      *places)
{
  g_autoptr (CnnNetworkBuilder) builder =
    cnn_network_builder_new ("switched", cnn_network_get_input_shape (network));
  g_autoptr (GError) error = NULL;
  CnnNetwork *switched;

  for (guint i = 0; i < cnn_network_get_n_layers (network); i++)
    {
      places[i] = i == 0 ? 0 : add_copy (builder, cnn_network_get_layer (network, i), places);
      if (i == layer)
        places[i] = add_switch (builder, places[i]);
      if (places[i] == CNN_NO_LAYER)
        return NULL;
    }

  switched = cnn_network_builder_freeze (builder, NULL, &error);
  g_assert_no_error (error);

  return switched;
}

static CnnActivations *
look (CnnNetwork *network,
      CnnTensor  *input)
{
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
  g_autoptr (GError) error = NULL;
  CnnActivations *activations = cnn_predictor_look (predictor, input, 2, NULL, &error);

  g_assert_no_error (error);

  return activations;
}

static void
assert_same_layer (CnnActivations *a,
                   guint           layer_a,
                   CnnActivations *b,
                   guint           layer_b)
{
  g_autoptr (CnnTensor) tensor_a = cnn_activations_dup_layer (a, layer_a);
  g_autoptr (CnnTensor) tensor_b = cnn_activations_dup_layer (b, layer_b);

  g_assert_true (cnn_shape_equal (cnn_tensor_get_shape (tensor_a), cnn_tensor_get_shape (tensor_b)));
  if (memcmp (cnn_tensor_get_data (tensor_a), cnn_tensor_get_data (tensor_b),
              cnn_tensor_get_n_elements (tensor_a) * sizeof (float)) != 0)
    g_test_fail_printf ("%s differs",
                        cnn_layer_get_name (cnn_network_get_layer (cnn_activations_get_network (a), layer_a)));
}

/* Switches channels of a layer off, which the activations are of. */
static CnnActivations *
assert_switched (CnnPredictor   *predictor,
                 CnnActivations *activations,
                 CnnTensor      *input,
                 guint           layer,
                 guint           n_threads)
{
  CnnNetwork *network = cnn_predictor_get_network (predictor);
  g_autofree guint *places = g_new (guint, cnn_network_get_n_layers (network));
  g_autoptr (CnnNetwork) switched = make_switched (network, layer, places);
  g_autoptr (CnnActivations) expected = NULL;
  g_autoptr (CnnTensor) output = NULL;
  g_autoptr (GError) error = NULL;
  CnnActivations *found;

  if (switched == NULL)
    return NULL;

  expected = look (switched, input);
  output = cnn_activations_dup_layer (expected, places[layer]);
  found = cnn_predictor_look_from (predictor, activations, layer, output, n_threads, NULL, &error);
  g_assert_no_error (error);

  for (guint i = 0; i < cnn_network_get_n_layers (network); i++)
    assert_same_layer (found, i, expected, places[i]);

  return found;
}

/* Any layer of networks that nobody has thought of. */
static void
test_random (void)
{
  for (guint i = 0; i < N_NETWORKS; i++)
    {
      g_autoptr (CnnNetwork) network = random_network (g_test_rand_int_range (2, 25));
      g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
      g_autoptr (CnnTensor) input = random_input (network, 3);
      g_autoptr (CnnActivations) activations = look (network, input);

      for (guint layer = 1; layer < cnn_network_get_n_layers (network); layer++)
        {
          g_autoptr (CnnActivations) found =
            assert_switched (predictor, activations, input, layer, 1 + layer % 3);
        }
    }
}

/* Some layers of networks of every family. */
static void
test_families (void)
{
  static const char *const models[] = {
    "models/squeezenet1_1-imagenet.safetensors",
    "zoo/resnet18-quarter.onnx",
    "zoo/variants/resnet18-eighth.pth",
    "zoo/variants/mobilenet_v2-tiny-bn.onnx",
    "zoo/variants/densenet-tiny.onnx",
  };

  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autofree char *path = pack_find (models[i]);
      g_autoptr (GFile) file = NULL;
      g_autoptr (CnnNetwork) network = NULL;
      g_autoptr (CnnPredictor) predictor = NULL;
      g_autoptr (CnnTensor) input = NULL;
      g_autoptr (CnnActivations) activations = NULL;
      g_autoptr (GError) error = NULL;

      if (pack_skip (path))
        return;

      file = g_file_new_for_path (path);
      network = cnn_network_load (file, NULL, &error);
      g_assert_no_error (error);
      predictor = cnn_predictor_new (network);
      input = random_input (network, 1);
      activations = look (network, input);

      for (guint j = 0; j < 8; j++)
        {
          guint layer = g_test_rand_int_range (1, cnn_network_get_n_layers (network));
          g_autoptr (CnnActivations) found = assert_switched (predictor, activations, input, layer, 2);
        }
    }
}

/* The very numbers that were there before change nothing, anywhere; and what was
 * changed and changed back is as it was. */
static void
test_same_again (void)
{
  for (guint i = 0; i < N_NETWORKS; i++)
    {
      g_autoptr (CnnNetwork) network = random_network (g_test_rand_int_range (2, 25));
      g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
      g_autoptr (CnnTensor) input = random_input (network, 2);
      g_autoptr (CnnActivations) activations = cnn_predictor_look (predictor, input, 1, NULL, NULL);
      guint layer = g_test_rand_int_range (0, cnn_network_get_n_layers (network));
      g_autoptr (CnnTensor) before = cnn_activations_dup_layer (activations, layer);
      g_autoptr (CnnTensor) other = random_tensor (cnn_tensor_get_shape (before), 1);
      g_autoptr (CnnActivations) changed =
        cnn_predictor_look_from (predictor, activations, layer, other, 2, NULL, NULL);
      g_autoptr (CnnActivations) back =
        cnn_predictor_look_from (predictor, changed, layer, before, 1, NULL, NULL);
      g_autoptr (CnnTensor) found = cnn_activations_dup_layer (changed, layer);

      g_assert_cmpmem (cnn_tensor_get_data (found), cnn_tensor_get_n_elements (found) * sizeof (float),
                       cnn_tensor_get_data (other), cnn_tensor_get_n_elements (other) * sizeof (float));
      for (guint j = 0; j < cnn_network_get_n_layers (network); j++)
        assert_same_layer (back, j, activations, j);
    }
}

/* Two layers, one after the other: what a run has found is where the next one starts. */
static void
test_twice (void)
{
  for (guint i = 0; i < N_NETWORKS; i++)
    {
      g_autoptr (CnnNetwork) network = random_network (g_test_rand_int_range (4, 25));
      guint n_layers = cnn_network_get_n_layers (network);
      guint first = g_test_rand_int_range (1, n_layers);
      guint second = g_test_rand_int_range (first, n_layers);
      g_autofree guint *places = g_new (guint, n_layers);
      g_autoptr (CnnNetwork) switched = make_switched (network, first, places);
      g_autoptr (CnnTensor) input = random_input (network, 1);
      g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
      g_autoptr (CnnPredictor) switched_predictor = NULL;
      g_autoptr (CnnActivations) activations = look (network, input);
      g_autoptr (CnnActivations) expected = NULL;
      g_autoptr (CnnActivations) found = NULL;
      g_autoptr (CnnTensor) output = NULL;
      g_autoptr (CnnTensor) other = NULL;

      if (switched == NULL)
        continue;

      switched_predictor = cnn_predictor_new (switched);
      expected = look (switched, input);
      output = cnn_activations_dup_layer (expected, places[first]);
      other = cnn_activations_dup_layer (expected, places[second]);
      for (gsize j = 0; j < cnn_tensor_get_n_elements (other); j += 2)
        cnn_tensor_get_mutable_data (other)[j] = 0.5;

      found = cnn_predictor_look_from (predictor, activations, first, output, 2, NULL, NULL);
      g_clear_pointer (&activations, cnn_activations_unref);
      activations = cnn_predictor_look_from (predictor, found, second, other, 2, NULL, NULL);
      g_clear_pointer (&found, cnn_activations_unref);
      found = cnn_predictor_look_from (switched_predictor, expected, places[second], other, 1, NULL, NULL);

      for (guint j = 0; j < n_layers; j++)
        assert_same_layer (activations, j, found, places[j]);
    }
}

static void
test_wrong_shape (void)
{
  g_autoptr (CnnNetwork) network = random_network (5);
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
  g_autoptr (CnnTensor) input = random_input (network, 2);
  g_autoptr (CnnActivations) activations = look (network, input);
  g_autoptr (CnnTensor) one = random_input (network, 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (cnn_predictor_look_from (predictor, activations, 0, one, 1, NULL, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "input: the output is 1×"));
  g_assert_nonnull (strstr (error->message, "expected 2×"));
}

typedef struct
{
  CnnActivations *activations;
  GError *error;
  gboolean is_done;
} Answer;

static void
look_from_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  Answer *answer = data;

  answer->activations = cnn_predictor_look_from_finish (CNN_PREDICTOR (source), result, &answer->error);
  answer->is_done = TRUE;
}

/* Another picture is the input's output. */
static void
test_input (void)
{
  for (guint i = 0; i < N_NETWORKS; i++)
    {
      g_autoptr (CnnNetwork) network = random_network (g_test_rand_int_range (2, 25));
      g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
      g_autoptr (CnnTensor) input = random_input (network, 2);
      g_autoptr (CnnTensor) other = random_input (network, 2);
      g_autoptr (CnnActivations) activations = look (network, input);
      g_autoptr (CnnActivations) expected = look (network, other);
      g_autoptr (CnnActivations) found =
        cnn_predictor_look_from (predictor, activations, 0, other, 1 + i % 3, NULL, NULL);

      for (guint j = 0; j < cnn_network_get_n_layers (network); j++)
        assert_same_layer (found, j, expected, j);
    }
}

/* What was found outlives everything else. */
static void
test_async (void)
{
  CnnNetwork *network = random_network (12);
  CnnPredictor *predictor = cnn_predictor_new (network);
  g_autoptr (CnnTensor) input = random_input (network, 2);
  g_autoptr (CnnTensor) other = random_input (network, 2);
  CnnActivations *activations = look (network, input);
  g_autoptr (CnnActivations) expected = look (network, other);
  Answer answer = { NULL };

  cnn_predictor_look_from_async (predictor, activations, 0, other, NULL, look_from_cb, &answer);
  cnn_activations_unref (activations);
  while (!answer.is_done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (answer.error);
  g_object_unref (predictor);

  for (guint i = 0; i < cnn_network_get_n_layers (network); i++)
    assert_same_layer (answer.activations, i, expected, i);

  g_object_unref (network);
  cnn_activations_unref (answer.activations);
}

static void
test_cancelled (void)
{
  g_autoptr (CnnNetwork) network = random_network (12);
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
  g_autoptr (CnnTensor) input = random_input (network, 1);
  g_autoptr (CnnActivations) activations = look (network, input);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Answer answer = { NULL };

  cnn_predictor_look_from_async (predictor, activations, 0, input, cancellable, look_from_cb, &answer);
  g_cancellable_cancel (cancellable);
  while (!answer.is_done)
    g_main_context_iteration (NULL, TRUE);

  g_assert_null (answer.activations);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&answer.error);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/run-from/random", test_random);
  g_test_add_func ("/engine/run-from/input", test_input);
  g_test_add_func ("/engine/run-from/families", test_families);
  g_test_add_func ("/engine/run-from/same-again", test_same_again);
  g_test_add_func ("/engine/run-from/twice", test_twice);
  g_test_add_func ("/engine/run-from/wrong-shape", test_wrong_shape);
  g_test_add_func ("/engine/run-from/async", test_async);
  g_test_add_func ("/engine/run-from/cancelled", test_cancelled);

  return g_test_run ();
}
