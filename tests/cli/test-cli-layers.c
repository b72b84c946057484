#include "cli-test.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "support/pack.h"

static JsonObject *
list_layers (const char  *model,
             const char  *convention,
             JsonParser **parser)
{
  g_auto (CliRun) run = { 0 };
  g_autoptr (GError) error = NULL;

  cli_run (&run, "layers", model, "--json", "--convention", convention, NULL);
  g_assert_cmpstr (run.errors, ==, "");
  g_assert_cmpint (run.status, ==, 0);
  *parser = json_parser_new ();
  json_parser_load_from_data (*parser, run.output, -1, &error);
  g_assert_no_error (error);

  return json_node_get_object (json_parser_get_root (*parser));
}

static JsonObject *
find_layer (JsonObject *object,
            const char *name)
{
  JsonArray *layers = json_object_get_array_member (object, "layers");

  for (guint i = 0; i < json_array_get_length (layers); i++)
    {
      JsonObject *layer = json_array_get_object_element (layers, i);

      if (strcmp (json_object_get_string_member (layer, "name"), name) == 0)
        return layer;
    }

  g_assert_not_reached ();
}

static void
assert_array (JsonArray    *array,
              guint         n,
              const gint64 *expected)
{
  g_assert_cmpuint (json_array_get_length (array), ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (json_array_get_int_element (array, i), ==, expected[i]);
}

/* The totals of the published networks, in each of the conventions. */
static void
test_totals (void)
{
  static const struct { const char *model, *convention; gint64 parameters, flops; } cases[] = {
    { "models/resnet18-imagenet.safetensors", "mac", 11689512, 1814073344 },
    { "models/resnet50-imagenet.safetensors", "mac", 25557032, 4089184256 },
    { "models/squeezenet1_1-imagenet.safetensors", "mac", 1235496, 349151936 },
    { "models/squeezenet1_0-imagenet.safetensors", "mac", 1248424, 818924576 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *model = pack_find (cases[i].model);
      g_autoptr (JsonParser) parser = NULL;
      JsonObject *object, *total;

      if (pack_skip (model))
        return;

      object = list_layers (model, cases[i].convention, &parser);
      total = json_object_get_object_member (object, "total");
      g_assert_true (g_str_has_suffix (json_object_get_string_member (object, "model"), cases[i].model));
      g_assert_cmpstr (json_object_get_string_member (object, "convention"), ==, cases[i].convention);
      assert_array (json_object_get_array_member (object, "input"), 4, (gint64[]) { 1, 3, 224, 224 });
      g_assert_cmpint (json_object_get_int_member (total, "parameters"), ==, cases[i].parameters);
      g_assert_cmpint (json_object_get_int_member (total, "flops"), ==, cases[i].flops);
    }
}

static void
test_json (void)
{
  g_autofree char *model = pack_find ("models/resnet18-imagenet.safetensors");
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *object, *pool, *head, *field;

  if (pack_skip (model))
    return;

  object = list_layers (model, "homework", &parser);

  pool = find_layer (object, "maxpool");
  g_assert_cmpstr (json_object_get_string_member (pool, "kind"), ==, "max-pool");
  g_assert_cmpint (json_object_get_int_member (pool, "kernel"), ==, 3);
  g_assert_cmpint (json_object_get_int_member (pool, "stride"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (pool, "padding"), ==, 1);
  assert_array (json_object_get_array_member (pool, "output"), 4, (gint64[]) { 1, 64, 56, 56 });
  g_assert_cmpint (json_object_get_int_member (pool, "comparisons"), ==, 64 * 56 * 56 * 8);
  g_assert_cmpint (json_object_get_int_member (pool, "multiplications"), ==, 0);

  field = json_object_get_object_member (pool, "receptive_field");
  g_assert_cmpint (json_object_get_int_member (field, "size"), ==, 11);
  g_assert_cmpint (json_object_get_int_member (field, "stride"), ==, 4);
  g_assert_cmpint (json_object_get_int_member (field, "offset"), ==, -5);

  head = find_layer (object, "fc");
  g_assert_true (json_object_get_null_member (head, "kernel"));
  g_assert_cmpint (json_object_get_int_member (head, "parameters"), ==, 513000);
  assert_array (json_object_get_array_member (head, "output"), 2, (gint64[]) { 1, 1000 });
  find_layer (object, "layer1.0.conv1");
}

/* Pictures that are not square: pairs where height and width differ. */
static void
test_input (void)
{
  g_autofree char *model = pack_find ("models/squeezenet1_1-imagenet.safetensors");
  g_auto (CliRun) run = { 0 };

  if (pack_skip (model))
    return;

  cli_run (&run, "layers", model, "--input", "3x100x150", "--csv", NULL);
  g_assert_cmpint (run.status, ==, 0);
  g_assert_nonnull (strstr (run.output, "\r\nfeatures.0,convolution,3,2,0,1x64x49x74,1792,"));
  g_assert_nonnull (strstr (run.output, "\r\nclassifier.3,adaptive-average-pool,,,,1x1000x1x1,0,"));
  g_assert_nonnull (strstr (run.output, ",287x335,96x144,-88\r\n"));
}

/* Columns stand under one another: every figure of a column ends where its head
 * does. */
static void
test_table (void)
{
  g_autofree char *model = pack_find ("models/squeezenet1_1-imagenet.safetensors");
  g_auto (CliRun) run = { 0 };
  g_auto (GStrv) lines = NULL;
  const char *head, *last = NULL;
  glong end;

  if (pack_skip (model))
    return;

  cli_run (&run, "layers", model, "--convention", "mac", NULL);
  g_assert_cmpint (run.status, ==, 0);
  lines = g_strsplit (run.output, "\n", -1);
  head = strstr (lines[2], "MACs");
  g_assert_nonnull (head);
  end = g_utf8_strlen (lines[2], head - lines[2]) + strlen ("MACs");

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_assert_false (g_str_has_suffix (lines[i], " "));
      if (g_str_has_prefix (lines[i], "Total"))
        last = lines[i];
    }

  g_assert_nonnull (last);
  g_assert_cmpint (strlen (last), ==, end);
  g_assert_true (g_str_has_suffix (last, " 349151936"));
  g_assert_nonnull (strstr (run.output, "Counted as MACs"));
}

static void
test_misuse (void)
{
  static const struct { const char *option, *value, *about; } cases[] = {
    { "--input", "3x224", "--input is “3x224”; expected channels, height and width" },
    { "--input", "3x0x224", "--input is “3x0x224”; expected channels, height and width" },
    { "--input", "3x-5x224", "--input is “3x-5x224”; expected channels, height and width" },
    { "--convention", "macs", "--convention is “macs”; expected homework, mac or flop" },
    { "--csv", "--json", "--json and --csv: expected one of the two" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (CliRun) run = { 0 };

      cli_run (&run, "layers", "model.pth", cases[i].option, cases[i].value, NULL);
      cli_assert_one_line (&run, 2, cases[i].about);
    }
}

static void
test_failure (void)
{
  g_autofree char *model = pack_find ("models/squeezenet1_1-imagenet.safetensors");
  g_auto (CliRun) missing = { 0 };
  g_auto (CliRun) small = { 0 };
  g_auto (CliRun) channels = { 0 };

  cli_run (&missing, "layers", "/nowhere/model.pth", NULL);
  cli_assert_one_line (&missing, 1, "/nowhere/model.pth");

  if (pack_skip (model))
    return;

  cli_run (&small, "layers", model, "--input", "3x4x4", NULL);
  cli_assert_one_line (&small, 1, "features.2: kernel 3 is larger than the padded input, whose height is 1");

  cli_run (&channels, "layers", model, "--input", "1x224x224", NULL);
  cli_assert_one_line (&channels, 1, "features.0: weight is 64×3×3×3, input has 1 channel");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/layers/totals", test_totals);
  g_test_add_func ("/cli/layers/json", test_json);
  g_test_add_func ("/cli/layers/input", test_input);
  g_test_add_func ("/cli/layers/table", test_table);
  g_test_add_func ("/cli/layers/misuse", test_misuse);
  g_test_add_func ("/cli/layers/failure", test_failure);

  return g_test_run ();
}
