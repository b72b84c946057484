/* Every network of the pack that needs only known layers, in every spelling of
 * its file, gives the logits that PyTorch gave. */

#include "formats/cnn-model-file.h"
#include "formats/cnn-state-dict.h"
#include "run/cnn-predictor.h"
#include "support/pack.h"

#include <math.h>

/* Relative to the largest logit. */
#define TOLERANCE 1e-4

/* Running statistics that were rounded to 16 bits move the logits. */
#define ROUNDED 0.05

typedef struct
{
  const char *model;
  const char *input;             /* file with an entry "input" */
  const char *logits;            /* file with an entry "logits", a row for each picture */
  double tolerance;
  gboolean is_from_minus_one;    /* takes pictures from -1 to 1 */
} Case;

#define EIGHTH "zoo/variants/resnet18-eighth"
#define MOBILENET "zoo/variants/mobilenet_v2-tiny"
#define DENSENET "zoo/variants/densenet-tiny"
#define QUARTER "zoo/resnet18-quarter"
#define PICTURE "oracle/activations/squeezenet1_1-002.safetensors"

#define SELF(base, suffix, tolerance) { base suffix, base ".oracle.safetensors", base ".oracle.safetensors", tolerance }

/* The second picture's centre crop. */
#define REAL(model, oracle) { "models/" model, PICTURE, "oracle/" oracle "/logits.safetensors", TOLERANCE }

static const Case cases[] = {
  SELF (EIGHTH, ".safetensors", TOLERANCE),
  SELF (EIGHTH, "-f16.safetensors", ROUNDED),
  SELF (EIGHTH, "-bf16.safetensors", TOLERANCE),
  SELF (EIGHTH, ".pth", TOLERANCE),
  SELF (EIGHTH, "-legacy.pth", TOLERANCE),
  SELF (EIGHTH, "-checkpoint.pth", TOLERANCE),
  SELF (EIGHTH, "-parameters.pth", TOLERANCE),
  SELF (EIGHTH, "-double-legacy.pth", TOLERANCE),
  SELF (EIGHTH, "-views.pth", TOLERANCE),
  SELF (EIGHTH, "-views-legacy.pth", TOLERANCE),
  SELF (EIGHTH, "-half.pth", ROUNDED),
  SELF (EIGHTH, "-bfloat16.pth", ROUNDED),
  SELF (EIGHTH, "-bn.onnx", TOLERANCE),
  SELF (EIGHTH, "-opset9.onnx", TOLERANCE),
  SELF (EIGHTH, "-opset11.onnx", TOLERANCE),
  SELF (EIGHTH, "-opset16-static.onnx", TOLERANCE),
  SELF (MOBILENET, "-bn.onnx", TOLERANCE),
  SELF (MOBILENET, "-opset9.onnx", TOLERANCE),
  SELF (DENSENET, ".onnx", TOLERANCE),
  SELF (DENSENET, "-constants.onnx", TOLERANCE),
  SELF (DENSENET, "-float_data.onnx", TOLERANCE),
  { QUARTER ".onnx", "zoo/input-224.safetensors", QUARTER ".oracle.safetensors", TOLERANCE },
  SELF ("zoo/variants/caffe-like", ".onnx", TOLERANCE),
  { "zoo/mobilenet_v3_small-50.onnx", "zoo/input-224.safetensors", "zoo/mobilenet_v3_small-50.oracle.safetensors", TOLERANCE },
  { "zoo/shufflenet_v2_x0_5-50.onnx", "zoo/input-224.safetensors", "zoo/shufflenet_v2_x0_5-50.oracle.safetensors", TOLERANCE },
  { "zoo/shufflenet_v2_x0_5-50-static.onnx", "zoo/input-224.safetensors", "zoo/shufflenet_v2_x0_5-50.oracle.safetensors", TOLERANCE },
  { QUARTER ".safetensors", "zoo/input-224.safetensors", QUARTER ".oracle.safetensors", TOLERANCE },
  REAL ("squeezenet1_1-imagenet.pth", "squeezenet1_1"),
  REAL ("squeezenet1_1-imagenet.legacy.pth", "squeezenet1_1"),
  REAL ("squeezenet1_1-imagenet.safetensors", "squeezenet1_1"),
  REAL ("squeezenet1_1-imagenet.onnx", "squeezenet1_1"),
  REAL ("squeezenet1_0-imagenet.safetensors", "squeezenet1_0"),
  REAL ("squeezenet1_0-imagenet.onnx", "squeezenet1_0"),
  REAL ("resnet18-imagenet.safetensors", "resnet18"),
  REAL ("resnet18-imagenet.onnx", "resnet18"),
  REAL ("resnet50-imagenet.safetensors", "resnet50"),

  /* TensorFlow's form: padding below and right only, Clip with constants. */
  { "models/mobilenet_v2_tf-imagenet.onnx", PICTURE, "oracle/mobilenet_v2_tf/logits.safetensors", TOLERANCE, TRUE },
};

static CnnTensor *
load_entry (const char *name,
            const char *entry,
            const char *other_entry)
{
  g_autofree char *path = pack_find (name);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnStateDict) dict = cnn_state_dict_load (file, NULL, &error);
  CnnTensor *tensor;

  g_assert_no_error (error);
  tensor = cnn_state_dict_find (dict, entry);
  if (tensor == NULL)
    tensor = cnn_state_dict_find (dict, other_entry);

  return cnn_tensor_ref (tensor);
}

/* For the pictures of the data set, row 1 is the second one's. */
static CnnTensor *
load_logits (const char *name)
{
  CnnTensor *logits = load_entry (name, "logits", "center");
  CnnTensor *row;

  if (!g_str_has_suffix (name, "/logits.safetensors"))
    return logits;

  row = cnn_tensor_slice (logits, 1);
  cnn_tensor_unref (logits);

  return row;
}

/* Takes the standard normalisation back, for a network that wants v/127.5 - 1. */
static CnnTensor *
normalize_from_minus_one (CnnTensor *standard)
{
  const float mean[] = { 0.485f, 0.456f, 0.406f };
  const float std[] = { 0.229f, 0.224f, 0.225f };
  CnnTensor *input = cnn_tensor_new (cnn_tensor_get_shape (standard));

  for (gsize i = 0; i < cnn_tensor_get_n_elements (input); i++)
    {
      guint channel = i / (224 * 224);
      float unit = cnn_tensor_get_data (standard)[i] * std[channel] + mean[channel];

      cnn_tensor_get_mutable_data (input)[i] = (roundf (unit * 255) / 255 - 0.5f) / 0.5f;
    }

  return input;
}

/* The network at path, made for inputs of that shape. */
static CnnNetwork *
load_network (const char     *path,
              const CnnShape *input)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnNetwork) network = NULL;
  CnnShape picture = *input;
  CnnNetwork *resized;

  network = cnn_network_load (file, NULL, &error);
  g_assert_no_error (error);

  picture.dims[0] = 1;
  resized = cnn_network_resize (network, &picture, &error);
  g_assert_no_error (error);

  return resized;
}

static void
check_logits (CnnTensor *found,
              CnnTensor *expected,
              double     tolerance)
{
  const float *f = cnn_tensor_get_data (found);
  const float *e = cnn_tensor_get_data (expected);
  gsize n = cnn_tensor_get_n_elements (found);
  double largest = 0, difference = 0;

  g_assert_true (cnn_shape_equal (cnn_tensor_get_shape (found), cnn_tensor_get_shape (expected)));

  for (gsize i = 0; i < n; i++)
    {
      largest = MAX (largest, fabs (e[i]));
      difference = MAX (difference, fabs (e[i] - f[i]));
      g_assert_true (isfinite (f[i]));
    }

  g_test_message ("logits to %g, off by %g of that", largest, difference / largest);
  g_assert_cmpfloat (difference, <=, tolerance * largest);
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autofree char *path = pack_find (test->model);
  g_autoptr (CnnTensor) input = NULL;
  g_autoptr (CnnTensor) expected = NULL;
  g_autoptr (CnnTensor) found = NULL;
  g_autoptr (CnnNetwork) network = NULL;
  g_autoptr (CnnPredictor) predictor = NULL;
  g_autoptr (GError) error = NULL;

  if (pack_skip (path))
    return;

  input = load_entry (test->input, "input", NULL);
  if (test->is_from_minus_one)
    {
      CnnTensor *standard = g_steal_pointer (&input);

      input = normalize_from_minus_one (standard);
      cnn_tensor_unref (standard);
    }
  expected = load_logits (test->logits);
  network = load_network (path, cnn_tensor_get_shape (input));
  predictor = cnn_predictor_new (network);
  found = cnn_predictor_run (predictor, input, 1, NULL, &error);
  g_assert_no_error (error);
  check_logits (found, expected, test->tolerance);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *base = g_path_get_basename (cases[i].model);
      g_autofree char *path = g_strconcat ("/engine/logits/", base, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }

  return g_test_run ();
}
