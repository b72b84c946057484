#include "cli-oracle.h"
#include "cli-test.h"

#include <string.h>

#include "support/folder.h"
#include "support/pack.h"

#define SQUEEZENET "models/squeezenet1_1-imagenet.safetensors"

static char *
find_picture (guint number)
{
  g_autofree char *name = g_strdup_printf ("imagenet/imagespart/ILSVRC2012_val_%08u.JPEG", number);

  return pack_find (name);
}

static JsonObject *
parse (JsonParser *parser,
       const char *text)
{
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);

  return json_node_get_object (json_parser_get_root (parser));
}

static void
assert_ranking (JsonObject         *image,
                const CliOracleRow *row)
{
  JsonArray *top = json_object_get_array_member (image, "top");

  g_assert_cmpuint (json_array_get_length (top), ==, 5);
  for (guint i = 0; i < 5; i++)
    {
      JsonObject *place = json_array_get_object_element (top, i);

      g_assert_cmpint (json_object_get_int_member (place, "index"), ==, row->top5[i]);
      g_assert_cmpfloat_with_epsilon (json_object_get_double_member (place, "probability"),
                                      row->probabilities[i], 1e-4);
      g_assert_cmpuint (strlen (json_object_get_string_member (place, "wnid")), ==, 9);
    }
}

static void
test_json (void)
{
  g_autofree char *model = pack_find (SQUEEZENET);
  g_autofree char *first = find_picture (1);
  g_autofree char *second = find_picture (2);
  g_autoptr (GArray) rows = cli_oracle_load_rows ("squeezenet1_1", "fivecrop");
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_auto (CliRun) run = { 0 };
  JsonObject *root, *image, *crop;
  JsonArray *images;

  if (pack_skip (model))
    return;

  cli_run (&run, "classify", first, second, "--model", model, "--crops", "five", "--json", NULL);
  g_assert_cmpint (run.status, ==, 0);
  g_assert_cmpstr (run.errors, ==, "");

  root = parse (parser, run.output);
  g_assert_cmpstr (json_object_get_string_member (root, "crops"), ==, "five");
  g_assert_cmpstr (json_object_get_string_member (root, "preset"), ==, "homework");
  images = json_object_get_array_member (root, "images");
  g_assert_cmpuint (json_array_get_length (images), ==, 2);
  for (guint i = 0; i < 2; i++)
    assert_ranking (json_array_get_object_element (images, i), &g_array_index (rows, CliOracleRow, i));

  image = json_array_get_object_element (images, 1);
  g_assert_cmpstr (json_object_get_string_member (image, "file"), ==, second);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (image, "per_crop")), ==, 5);
  crop = json_array_get_object_element (json_object_get_array_member (image, "per_crop"), 4);
  g_assert_cmpstr (json_object_get_string_member (crop, "crop"), ==, "botright");
}

static void
test_text (void)
{
  g_autofree char *model = pack_find (SQUEEZENET);
  g_autofree char *picture = find_picture (2);
  g_autoptr (GArray) rows = cli_oracle_load_rows ("squeezenet1_1", "tv256");
  g_autofree char *expected = NULL;
  g_auto (CliRun) run = { 0 };
  g_auto (GStrv) lines = NULL;
  const CliOracleRow *row;

  if (pack_skip (model))
    return;

  cli_run (&run, "classify", picture, "--model", model, "--preset", "torchvision", "--top", "3", NULL);
  g_assert_cmpint (run.status, ==, 0);
  g_assert_cmpstr (run.errors, ==, "");

  row = &g_array_index (rows, CliOracleRow, 1);
  lines = g_strsplit (run.output, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 5);
  g_assert_cmpstr (lines[0], ==, picture);
  expected = g_strdup_printf ("  %.4f  %4d  ", row->probabilities[0], row->top5[0]);
  g_assert_true (g_str_has_prefix (lines[1], expected));
  g_assert_nonnull (strstr (lines[1], "birdhouse"));
}

/* The picture in the middle cannot be read; its neighbours are classified. */
static void
test_unreadable (void)
{
  g_autofree char *model = pack_find (SQUEEZENET);
  g_autofree char *truncated = pack_find ("oracle/formats/truncated.jpg");
  g_autofree char *first = find_picture (1);
  g_autofree char *second = find_picture (2);
  g_auto (CliRun) run = { 0 };

  if (pack_skip (model))
    return;

  cli_run (&run, "classify", first, truncated, second, "--model", model, "--top", "1", NULL);
  cli_assert_one_line (&run, 1, "truncated.jpg: ");
  g_assert_nonnull (strstr (run.output, "00000001.JPEG\n"));
  g_assert_nonnull (strstr (run.output, "00000002.JPEG\n"));
  g_assert_null (strstr (run.output, "truncated.jpg"));
}

static void
test_labels (void)
{
  g_autofree char *model = pack_find (SQUEEZENET);
  g_autofree char *picture = find_picture (2);
  g_autofree char *words = pack_find ("imagenet/synset_words.txt");
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *few = folder_build (folder, "few.txt");
  g_autoptr (GString) numbered = g_string_new (NULL);
  g_autofree char *own = folder_build (folder, "own.txt");
  g_auto (CliRun) run_words = { 0 };
  g_auto (CliRun) run_own = { 0 };
  g_auto (CliRun) run_few = { 0 };
  g_auto (CliRun) run_none = { 0 };

  if (pack_skip (model))
    return;

  cli_run (&run_words, "classify", picture, "--model", model, "--labels", words, NULL);
  g_assert_cmpint (run_words.status, ==, 0);
  g_assert_nonnull (strstr (run_words.output, "birdhouse"));

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (numbered, "thing number %u\n", i);
  folder_write (folder, "own.txt", numbered->str, numbered->len);
  cli_run (&run_own, "classify", picture, "--model", model, "--labels", own, NULL);
  g_assert_cmpint (run_own.status, ==, 0);
  g_assert_nonnull (strstr (run_own.output, "thing number 448\n"));

  folder_write (folder, "few.txt", "ant\nbee\n", -1);
  cli_run (&run_few, "classify", picture, "--model", model, "--labels", few, NULL);
  cli_assert_one_line (&run_few, 1, "few.txt: has 2 classes; the network answers 1000");

  cli_run (&run_none, "classify", picture, "--model", model, "--labels", "none.txt", NULL);
  cli_assert_one_line (&run_none, 1, "none.txt: does not exist");
}

static void
test_usage (void)
{
  g_auto (CliRun) no_model = { 0 };
  g_auto (CliRun) no_image = { 0 };
  g_auto (CliRun) no_top = { 0 };

  cli_run (&no_model, "classify", "a.JPEG", NULL);
  cli_assert_one_line (&no_model, 2, "missing option --model");

  cli_run (&no_image, "classify", "--model", "m.pth", NULL);
  cli_assert_one_line (&no_image, 2, "missing argument; expected IMAGE…");

  cli_run (&no_top, "classify", "a.JPEG", "--model", "m.pth", "--top", "0", NULL);
  cli_assert_one_line (&no_top, 2, "--top is 0; expected 1 or more");
}

/* A model that wants other pictures says so, and gets them if one likes. */
static void
test_own_preset (void)
{
  static const char sidecar[] = "{\"mean\": [0.5, 0.5, 0.5], \"std\": [0.5, 0.5, 0.5], \"labels\": \"names.txt\"}";
  g_autofree char *pack_model = pack_find ("models/squeezenet1_1-imagenet.safetensors");
  g_autofree char *picture = pack_find ("imagenet/imagespart/ILSVRC2012_val_00000002.JPEG");
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *model = folder_build (folder, "net.safetensors");
  g_autoptr (GString) names = g_string_new (NULL);
  g_auto (CliRun) run = { 0 };
  g_auto (CliRun) own_run = { 0 };
  g_auto (CliRun) wrong_run = { 0 };
  g_auto (CliRun) other_run = { 0 };

  if (pack_skip (pack_model))
    return;

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (names, "thing %u\n", i);
  folder_copy (folder, "net.safetensors", pack_model);
  folder_write (folder, "net.json", sidecar, -1);
  folder_write (folder, "names.txt", names->str, -1);

  cli_run (&run, "classify", picture, "--model", model, NULL);
  g_assert_cmpint (run.status, ==, 0);
  g_assert_nonnull (strstr (run.output, "448  thing 448"));
  g_assert_nonnull (strstr (run.errors, "net.safetensors: its pictures should be prepared otherwise, which --preset model does "
                                        "(net.json: 256 bilinear, crop 224, mean 0.5 0.5 0.5, std 0.5 0.5 0.5)\n"));

  cli_run (&own_run, "classify", picture, "--model", model, "--preset", "model", "--json", NULL);
  g_assert_cmpint (own_run.status, ==, 0);
  g_assert_cmpstr (own_run.errors, ==, "");
  g_assert_nonnull (strstr (own_run.output, "\"preset\": \"model\""));

  /* Nonsense beside the model keeps nobody from using it who does not ask for it. */
  folder_write (folder, "net.json", "{\"mean\": \"grey\"}", -1);
  cli_run (&other_run, "classify", picture, "--model", model, NULL);
  g_assert_cmpint (other_run.status, ==, 0);
  g_assert_nonnull (strstr (other_run.errors, "net.json: mean: is something else, expected three numbers"));
  cli_run (&wrong_run, "classify", picture, "--model", model, "--preset", "model", NULL);
  cli_assert_one_line (&wrong_run, 1, "net.json: mean: is something else, expected three numbers");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/classify/json", test_json);
  g_test_add_func ("/cli/classify/text", test_text);
  g_test_add_func ("/cli/classify/unreadable", test_unreadable);
  g_test_add_func ("/cli/classify/labels", test_labels);
  g_test_add_func ("/cli/classify/usage", test_usage);

  g_test_add_func ("/cli/classify/own-preset", test_own_preset);

  return g_test_run ();
}
