/* Every network of the pack that needs only known layers, in every spelling of
 * its file, gives the logits that PyTorch gave. */

#include "support/logits.h"
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
#define MOBILENET_V3 "zoo/mobilenet_v3_small-50"
#define SHUFFLENET "zoo/shufflenet_v2_x0_5-50"
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
  { MOBILENET_V3 ".safetensors", "zoo/input-224.safetensors", MOBILENET_V3 ".oracle.safetensors", TOLERANCE },
  { SHUFFLENET ".safetensors", "zoo/input-224.safetensors", SHUFFLENET ".oracle.safetensors", TOLERANCE },
  REAL ("squeezenet1_1-imagenet.pth", "squeezenet1_1"),
  REAL ("squeezenet1_1-imagenet.legacy.pth", "squeezenet1_1"),
  REAL ("squeezenet1_1-imagenet.safetensors", "squeezenet1_1"),
  REAL ("squeezenet1_1-imagenet.onnx", "squeezenet1_1"),
  REAL ("squeezenet1_0-imagenet.safetensors", "squeezenet1_0"),
  REAL ("squeezenet1_0-imagenet.onnx", "squeezenet1_0"),
  REAL ("resnet18-imagenet.safetensors", "resnet18"),
  REAL ("resnet18-imagenet.onnx", "resnet18"),
  REAL ("resnet50-imagenet.safetensors", "resnet50"),
  REAL ("mobilenet_v2-imagenet.safetensors", "mobilenet_v2"),

  /* TensorFlow's form: padding below and right only, Clip with constants. */
  { "models/mobilenet_v2_tf-imagenet.onnx", PICTURE, "oracle/mobilenet_v2_tf/logits.safetensors", TOLERANCE, TRUE },
};

static CnnTensor *
load_entry (const char *name,
            const char *entry,
            const char *other_entry)
{
  g_autofree char *path = pack_find (name);

  return logits_load_entry (path, entry, other_entry);
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

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autofree char *path = pack_find (test->model);
  g_autoptr (CnnTensor) input = NULL;
  g_autoptr (CnnTensor) expected = NULL;
  g_autoptr (CnnTensor) found = NULL;

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
  found = logits_compute (path, input);
  logits_check (found, expected, test->tolerance);
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
