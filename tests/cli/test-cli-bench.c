#include "cli-test.h"

#include <string.h>

#include "support/pack.h"

static double
get_number (JsonObject *object,
            const char *member)
{
  g_assert_true (json_object_has_member (object, member));

  return json_object_get_double_member (object, member);
}

static void
test_json (void)
{
  g_autofree char *model = pack_find ("models/squeezenet1_1-imagenet.safetensors");
  g_auto (CliRun) run = { 0 };
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *root;
  double median;

  if (pack_skip (model))
    return;

  cli_run (&run, "bench", model, "--batch", "2", "--threads", "1", "--repeat", "3", "--json", NULL);
  g_assert_cmpstr (run.errors, ==, "");
  g_assert_cmpint (run.status, ==, 0);

  json_parser_load_from_data (parser, run.output, -1, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));

  median = get_number (root, "median_ms");
  g_assert_cmpfloat (median, >, 0);
  g_assert_cmpfloat (get_number (root, "minimum_ms"), <=, median);
  g_assert_cmpint (json_object_get_int_member (root, "batch"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (root, "threads"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (root, "repeat"), ==, 3);
  g_assert_cmpstr (json_object_get_string_member (root, "input"), ==, "1×3×224×224");

  /* SqueezeNet 1.1 takes 349 million multiply-accumulates. */
  g_assert_cmpfloat_with_epsilon (get_number (root, "gflops") * median, 0.698e3, 1);
}

static void
test_text (void)
{
  g_autofree char *model = pack_find ("models/squeezenet1_1-imagenet.safetensors");
  g_auto (CliRun) run = { 0 };

  if (pack_skip (model))
    return;

  cli_run (&run, "bench", model, "--repeat", "1", NULL);
  g_assert_cmpint (run.status, ==, 0);
  g_assert_nonnull (strstr (run.output, "ms a picture (median)"));
}

static void
test_errors (void)
{
  g_auto (CliRun) missing = { 0 };
  g_auto (CliRun) none = { 0 };
  g_auto (CliRun) nothing = { 0 };

  cli_run (&missing, "bench", "/nowhere/model.pth", NULL);
  cli_assert_one_line (&missing, 1, "/nowhere/model.pth");

  cli_run (&none, "bench", "model.pth", "--batch", "0", NULL);
  cli_assert_one_line (&none, 2, "--batch is 0");

  cli_run (&nothing, "bench", NULL);
  cli_assert_one_line (&nothing, 2, "expected MODEL");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/bench/json", test_json);
  g_test_add_func ("/cli/bench/text", test_text);
  g_test_add_func ("/cli/bench/errors", test_errors);

  return g_test_run ();
}
