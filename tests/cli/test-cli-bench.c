#include "cli-test.h"

#include <string.h>

#include "formats/cnn-state-dict.h"
#include "support/pack.h"
#include "support/temporary.h"

static double
get_number (JsonObject *object,
            const char *member)
{
  g_assert_true (json_object_has_member (object, member));

  return json_object_get_double_member (object, member);
}

static JsonObject *
parse (const CliRun *run,
       JsonParser   *parser)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (run->errors, ==, "");
  g_assert_cmpint (run->status, ==, 0);

  json_parser_load_from_data (parser, run->output, -1, &error);
  g_assert_no_error (error);

  return json_node_get_object (json_parser_get_root (parser));
}

static void
test_json (void)
{
  g_autofree char *model = pack_find ("models/squeezenet1_1-imagenet.safetensors");
  g_auto (CliRun) run = { 0 };
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *root;
  double median;

  if (pack_skip (model))
    return;

  cli_run (&run, "bench", model, "--batch", "2", "--threads", "1", "--repeat", "3", "--json", NULL);
  root = parse (&run, parser);

  median = get_number (root, "median_ms");
  g_assert_cmpfloat (median, >, 0);
  g_assert_cmpfloat (get_number (root, "minimum_ms"), <=, median);
  g_assert_cmpint (json_object_get_int_member (root, "batch"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (root, "threads"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (root, "repeat"), ==, 3);
  g_assert_cmpstr (json_object_get_string_member (root, "input"), ==, "1×3×224×224");

  /* SqueezeNet 1.1 takes 349 million multiply-accumulates. */
  g_assert_cmpfloat_with_epsilon (get_number (root, "gflops") * median, 0.698e3, 1);

  g_assert_cmpfloat (get_number (root, "limit_gflops"), >, 0);
  g_assert_cmpint (json_object_get_int_member (root, "memory"), >, 2 * 4 * 64 * 111 * 111);
  g_assert_cmpint (json_object_get_int_member (root, "weights"), >=, 4 * 1235496);
  g_assert_false (json_object_has_member (root, "steps"));
}

/* The steps have all layers that do something, each once, and the cost of the
 * whole network. */
static void
test_layers (void)
{
  g_autofree char *model = pack_find ("models/squeezenet1_1-imagenet.safetensors");
  g_auto (CliRun) run = { 0 };
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  JsonObject *root;
  JsonArray *steps;
  double flops = 0;

  if (pack_skip (model))
    return;

  cli_run (&run, "bench", model, "--layers", "--threads", "1", "--repeat", "2", "--json", NULL);
  root = parse (&run, parser);
  steps = json_object_get_array_member (root, "steps");

  for (guint i = 0; i < json_array_get_length (steps); i++)
    {
      JsonObject *step = json_array_get_object_element (steps, i);
      JsonArray *layers = json_object_get_array_member (step, "layers");

      g_assert_cmpfloat (get_number (step, "minimum_ms"), <=, get_number (step, "median_ms"));
      g_assert_cmpfloat_with_epsilon (get_number (step, "share") * get_number (root, "limit_gflops"),
                                      get_number (step, "gflops"), 1e-6 * get_number (step, "gflops") + 1e-9);
      g_assert_cmpstr (json_object_get_string_member (step, "algorithm"), !=, "");
      g_assert_true (g_str_has_prefix (json_object_get_string_member (step, "output"), "1×"));
      flops += get_number (step, "gflops") * get_number (step, "median_ms");

      for (guint j = 0; j < json_array_get_length (layers); j++)
        g_assert_true (g_hash_table_add (names, (char *) json_array_get_string_element (layers, j)));
    }

  g_assert_cmpfloat_with_epsilon (flops, 0.698e3, 1);
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (steps, 1), "kind"), ==,
                   "convolution");
  g_assert_true (g_hash_table_contains (names, "features.3.expand3x3"));
  g_assert_true (g_hash_table_contains (names, "classifier.1"));
}

/* With pictures of another size, as many as the file has. */
static void
test_input (void)
{
  g_autofree char *model = pack_find ("models/squeezenet1_1-imagenet.safetensors");
  GFile *file = temporary_new ("input.safetensors", "", 0);
  g_autoptr (CnnStateDict) entries = cnn_state_dict_new ();
  g_autoptr (CnnTensor) input = cnn_tensor_new (&CNN_SHAPE_4 (3, 3, 64, 96));
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_auto (CliRun) run = { 0 };
  JsonObject *root;

  cnn_state_dict_add (entries, "input", input);
  cnn_state_dict_save (entries, file, NULL, &error);
  g_assert_no_error (error);

  if (!pack_skip (model))
    {
      cli_run (&run, "bench", model, "--input", g_file_peek_path (file), "--repeat", "1", "--json", NULL);
      root = parse (&run, parser);
      g_assert_cmpstr (json_object_get_string_member (root, "input"), ==, "1×3×64×96");
      g_assert_cmpint (json_object_get_int_member (root, "batch"), ==, 3);
    }

  temporary_free (file);
}

static void
test_text (void)
{
  g_autofree char *model = pack_find ("models/squeezenet1_1-imagenet.safetensors");
  g_auto (CliRun) run = { 0 };

  if (pack_skip (model))
    return;

  cli_run (&run, "bench", model, "--repeat", "1", "--layers", NULL);
  g_assert_cmpint (run.status, ==, 0);
  g_assert_nonnull (strstr (run.output, "ms a picture (median)"));
  g_assert_nonnull (strstr (run.output, "MiB for weights"));
  g_assert_nonnull (strstr (run.output, "features.3.expand3x3 + "));
}

static void
test_errors (void)
{
  g_auto (CliRun) missing = { 0 };
  g_auto (CliRun) none = { 0 };
  g_auto (CliRun) many = { 0 };
  g_auto (CliRun) nothing = { 0 };

  cli_run (&missing, "bench", "/nowhere/model.pth", NULL);
  cli_assert_one_line (&missing, 1, "/nowhere/model.pth");

  cli_run (&none, "bench", "model.pth", "--batch", "0", NULL);
  cli_assert_one_line (&none, 2, "--batch is 0");

  cli_run (&many, "bench", "model.pth", "--batch", "100000", NULL);
  cli_assert_one_line (&many, 2, "--batch is 100000; expected 1024 or less");

  cli_run (&nothing, "bench", NULL);
  cli_assert_one_line (&nothing, 2, "expected MODEL");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/bench/json", test_json);
  g_test_add_func ("/cli/bench/layers", test_layers);
  g_test_add_func ("/cli/bench/input", test_input);
  g_test_add_func ("/cli/bench/text", test_text);
  g_test_add_func ("/cli/bench/errors", test_errors);

  return g_test_run ();
}
