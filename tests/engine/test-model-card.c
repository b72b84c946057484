#include "card/cnn-model-card.h"
#include "core/cnn-error.h"
#include "formats/cnn-model-file.h"
#include "run/cnn-predictor.h"
#include "support/folder.h"
#include "support/model-seeds.h"
#include "support/pack.h"

#include <string.h>

/* A small graph for pictures of 8×8 with two classes, under that name, and a file
 * beside it. */
static CnnNetwork *
make_model (Folder     *folder,
            const char *model,
            const char *sidecar,
            const char *text)
{
  g_autoptr (GBytes) bytes = model_seed_new (MODEL_SEED_ONNX);
  g_autofree char *path = folder_build (folder, model);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  CnnNetwork *network;

  folder_write (folder, model, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (sidecar != NULL)
    folder_write (folder, sidecar, text, -1);
  network = cnn_network_load (file, NULL, &error);
  g_assert_no_error (error);

  return network;
}

static CnnModelCard *
load (const char  *model,
      const char  *sidecar,
      const char  *text,
      GError     **error)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnNetwork) network = make_model (folder, model, sidecar, text);

  return cnn_model_card_load (network, NULL, error);
}

#define IMAGENET "mean 0.485 0.456 0.406, std 0.229 0.224 0.225"

/* What files say, in their several languages. */
static void
test_said (void)
{
  const struct { const char *model, *sidecar, *text, *recipe; } cases[] = {
    { "m.onnx", "m.json", "{\"mean\": [0.5, 0.5, 0.5], \"std\": [0.5, 0.5, 0.5]}",
      "256 bilinear, crop 224, mean 0.5 0.5 0.5, std 0.5 0.5 0.5" },
    { "m.onnx", "m.onnx.json", "{\"resize\": 280, \"crop\": 256, \"filter\": \"lanczos\", \"epoch\": {\"n\": 3}}",
      "280 lanczos, crop 256, " IMAGENET },
    { "m.onnx", "m.json", "{\"crop\": 299}", "341 bilinear, crop 299, " IMAGENET },
    { "m.onnx", "m.json", "{\"range\": [-1, 1]}", "256 bilinear, crop 224, mean 0.5 0.5 0.5, std 0.5 0.5 0.5" },
    { "m.onnx", "m.json", "{\"range\": [0, 255], \"mean\": [127.5, 0, 51], \"std\": [255, 1, 51], \"layout\": \"nchw\", \"channels\": \"RGB\"}",
      "256 bilinear, crop 224, mean 0.5 0 0.2, std 1 0.00392157 0.2" },
    { "m.onnx", "m.json", "{\"architecture\": \"x\", \"num_classes\": 2, \"pretrained_cfg\": {\"input_size\": [3, 288, 288], "
      "\"crop_pct\": 0.95, \"interpolation\": \"bicubic\", \"mean\": [0.1, 0.2, 0.3], \"std\": [1, 1, 1]}}",
      "303 bicubic, crop 288, mean 0.1 0.2 0.3, std 1 1 1" },
    { "model.onnx", "preprocessor_config.json", "{\"size\": {\"shortest_edge\": 235}, \"crop_size\": {\"height\": 224, \"width\": 224}, "
      "\"resample\": 3, \"image_mean\": [0.5, 0.5, 0.5], \"image_std\": [0.25, 0.25, 0.25], \"do_rescale\": true}",
      "235 bicubic, crop 224, mean 0.5 0.5 0.5, std 0.25 0.25 0.25" },
    { "resnet50-11ad3fa6.onnx", NULL, NULL, "232 bilinear, crop 224, " IMAGENET },
    { "inception_v3_google-0cc3c7bd.onnx", NULL, NULL, "342 bilinear, crop 299, mean 0.5 0.5 0.5, std 0.5 0.5 0.5" },
    { "inception_v3_google-0cc3c7bd.onnx", "inception_v3_google-0cc3c7bd.json", "{\"filter\": \"bicubic\"}",
      "342 bicubic, crop 299, mean 0.5 0.5 0.5, std 0.5 0.5 0.5" },
    { "resnet50-11ad3fa61.onnx", NULL, NULL, NULL },
    { "m.onnx", "config.json", "{\"mean\": \"of another model\"}", NULL },
    { "m.onnx", "m.json", "{\"epoch\": 3, \"mean\": null}", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CnnModelCard) card = load (cases[i].model, cases[i].sidecar, cases[i].text, &error);
      const CnnRecipe *recipe;
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      recipe = cnn_model_card_get_recipe (card);
      text = recipe != NULL ? cnn_recipe_dup_description (recipe) : NULL;
      if (g_strcmp0 (text, cases[i].recipe) != 0)
        g_error ("case %u is “%s”, expected “%s”", i, text, cases[i].recipe);
      if (recipe != NULL)
        g_assert_cmpstr (recipe->name, ==, "model");
    }
}

/* Each with what its message must say. */
static void
test_wrong (void)
{
  const struct { const char *text; const char *says; } cases[] = {
    { "{\"mean\": \"imagenet\"}", "m.json: mean: is something else, expected three numbers" },
    { "{\"mean\": [0.5, 0.5]}", "mean: is something else" },
    { "{\"mean\": [0.5, 0.5, \"0.5\"]}", "mean: is something else" },
    { "{\"std\": [1, 0, 1]}", "mean or std: is (x − 0.456)/0, expected finite numbers and a positive divisor" },
    { "{\"std\": [1, 1e999, 1]}", "std: " },
    { "{\"resize\": \"256\"}", "resize: is something else, expected a side in pixels" },
    { "{\"resize\": 256.5}", "resize: is something else, expected one whole number of pixels" },
    { "{\"crop\": -1}", "crop: is something else, expected one whole number" },
    { "{\"crop\": [224, 256]}", "crop: is something else" },
    { "{\"crop\": 256, \"resize\": 224}", "resize: is 224, expected 256 (the crop) to 4096" },
    { "{\"crop_pct\": 0}", "crop_pct: is something else" },
    { "{\"filter\": \"nearest\"}", "filter: is something else, expected bilinear, bicubic or lanczos" },
    { "{\"rounding\": \"up\"}", "rounding: is something else, expected torchvision or homework" },
    { "{\"resample\": 0}", "resample: is something else" },
    { "{\"range\": [1, 0]}", "range: is something else" },
    { "{\"layout\": \"NHWC\"}", "layout: is something else, expected “NCHW”" },
    { "{\"channels\": \"BGR\"}", "channels: is something else, expected “RGB”" },
    { "{\"name\": 3}", "name: is something else, expected text" },
    { "{\"classes\": 1000}", "classes: is 1000, the network answers 2" },
    { "{\"classes\": []}", "classes: is something else" },
    { "{\"labels\": [\"a\", \"b\", \"c\"]}", "labels: are 3, the network answers 2" },
    { "{\"labels\": [\"a\", 2]}", "labels: is something else" },
    { "{\"labels\": \"../names.txt\"}", "labels: is something else, expected the name of a file beside this one" },
    { "{\"labels\": \"nowhere.txt\"}", "does not exist" },
    { "{\"id2label\": {\"0\": \"a\", \"2\": \"b\"}}", "id2label: is something else" },
    { "[1, 2]", "m.json: is no JSON object" },
    { "{\"mean\": ", "m.json: " },
    { "{\"a\": [[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}", "m.json: nests deeper" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (load ("m.onnx", "m.json", cases[i].text, &error));
      g_assert_nonnull (error);
      if (strstr (error->message, cases[i].says) == NULL || strchr (error->message, '\n') != NULL)
        g_error ("case %u says “%s”, expected “%s”", i, error->message, cases[i].says);
    }
}

static void
test_labels (void)
{
  const char *const texts[] = {
    "{\"labels\": [\"cat\", \"dog\"], \"name\": \"pets\"}",
    "{\"id2label\": {\"0\": \"cat\", \"1\": \"dog\"}, \"name\": \"pets\"}",
    "{\"labels\": \"names.txt\", \"name\": \"pets\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (Folder) folder = folder_new ();
      g_autoptr (CnnNetwork) network = make_model (folder, "m.onnx", "m.json", texts[i]);
      g_autoptr (CnnModelCard) card = NULL;
      g_autoptr (GError) error = NULL;

      folder_write (folder, "names.txt", "cat\ndog\n", -1);
      card = cnn_model_card_load (network, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (cnn_model_card_get_name (card), ==, "pets");
      g_assert_cmpstr (cnn_labels_get_name (cnn_model_card_get_labels (card), 1), ==, "dog");
    }
}

/* Small differences are nobody's business, unless the model's maker speaks. */
static void
test_accepts (void)
{
  const CnnRecipe *homework = cnn_recipe_get_preset ("homework");
  const CnnRecipe *torchvision = cnn_recipe_get_preset ("torchvision");
  g_autofree char *path = pack_find ("models/squeezenet1_1-imagenet.safetensors");
  g_autoptr (GFile) file = NULL;
  g_autoptr (CnnNetwork) network = NULL;
  g_autoptr (CnnModelCard) card = NULL;
  g_autoptr (CnnModelCard) said = NULL;
  g_autoptr (GError) error = NULL;
  CnnRecipe other = *homework;

  if (pack_skip (path))
    return;

  file = g_file_new_for_path (path);
  network = cnn_network_load (file, NULL, &error);
  card = cnn_model_card_load (network, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cnn_model_card_get_source (card), ==, cnn_network_get_name (network));
  g_assert_true (cnn_model_card_accepts (card, homework));
  g_assert_true (cnn_model_card_accepts (card, torchvision));
  other.mean[1] = 0.5f;
  g_assert_false (cnn_model_card_accepts (card, &other));
  other = *homework;
  cnn_recipe_fit (&other, 112);
  g_assert_cmpuint (other.short_side, ==, 140);
  g_assert_false (cnn_model_card_accepts (card, &other));

  said = load ("m.onnx", "m.json", "{\"resize\": 256}", &error);
  g_assert_no_error (error);
  g_assert_true (cnn_model_card_accepts (said, torchvision));
  g_assert_false (cnn_model_card_accepts (said, homework));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/model-card/said", test_said);
  g_test_add_func ("/engine/model-card/wrong", test_wrong);
  g_test_add_func ("/engine/model-card/labels", test_labels);
  g_test_add_func ("/engine/model-card/accepts", test_accepts);

  return g_test_run ();
}
