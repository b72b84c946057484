#include "cli-test.h"

#include <string.h>

#include "formats/cnn-state-dict.h"
#include "support/folder.h"
#include "support/pack.h"

#define EIGHTH "zoo/variants/resnet18-eighth"

static CnnStateDict *
load (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  CnnStateDict *dict = cnn_state_dict_load (file, NULL, &error);

  g_assert_no_error (error);

  return dict;
}

/* The same names, shapes and bits in the same order. */
static void
assert_same (CnnStateDict *found,
             CnnStateDict *expected)
{
  g_assert_cmpuint (cnn_state_dict_get_size (found), ==, cnn_state_dict_get_size (expected));

  for (guint i = 0; i < cnn_state_dict_get_size (expected); i++)
    {
      CnnTensor *a = cnn_state_dict_get (found, i);
      CnnTensor *b = cnn_state_dict_get (expected, i);

      g_assert_cmpstr (cnn_state_dict_get_name (found, i), ==, cnn_state_dict_get_name (expected, i));
      g_assert_true (cnn_shape_equal (cnn_tensor_get_shape (a), cnn_tensor_get_shape (b)));
      g_assert_cmpmem (cnn_tensor_get_data (a), cnn_tensor_get_n_elements (a) * sizeof (float),
                       cnn_tensor_get_data (b), cnn_tensor_get_n_elements (b) * sizeof (float));
    }
}

/* Whatever the file was, its weights come out as they were. */
static void
test_weights (gconstpointer data)
{
  g_autofree char *path = pack_find (data);
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *output = folder_build (folder, "converted.safetensors");
  g_auto (CliRun) run = { 0 };
  g_autoptr (CnnStateDict) found = NULL;
  g_autoptr (CnnStateDict) expected = NULL;

  if (pack_skip (path))
    return;

  cli_run (&run, "convert", path, "--output", output, NULL);
  g_assert_cmpstr (run.errors, ==, "");
  g_assert_cmpstr (run.output, ==, "");
  g_assert_cmpint (run.status, ==, 0);

  found = load (output);
  expected = load (path);
  assert_same (found, expected);
}

/* Weights of this file are exact in 8 bits, so all types can hold them; what was
 * measured is not, and bfloat16 moves it by up to a part in 256. */
static void
test_types (gconstpointer data)
{
  const char *type = data;
  g_autofree char *path = pack_find (EIGHTH ".pth");
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *output = folder_build (folder, "converted.safetensors");
  g_auto (CliRun) run = { 0 };
  g_autoptr (CnnStateDict) found = NULL;
  g_autoptr (CnnStateDict) expected = NULL;
  g_autofree char *contents = NULL;
  gsize size;

  if (pack_skip (path))
    return;

  cli_run (&run, "convert", path, "--output", output, "--dtype", type, NULL);
  g_assert_cmpstr (run.errors, ==, "");
  g_assert_cmpint (run.status, ==, 0);

  found = load (output);
  expected = load (path);
  for (guint i = 0; i < cnn_state_dict_get_size (expected); i++)
    for (gsize j = 0; j < cnn_tensor_get_n_elements (cnn_state_dict_get (expected, i)); j++)
      {
        float e = cnn_tensor_get_data (cnn_state_dict_get (expected, i))[j];
        float f = cnn_tensor_get_data (cnn_state_dict_get (found, i))[j];

        g_assert_cmpfloat (f, >=, MIN (e * (1 - 0x1p-8f), e * (1 + 0x1p-8f)) - 0x1p-24f);
        g_assert_cmpfloat (f, <=, MAX (e * (1 - 0x1p-8f), e * (1 + 0x1p-8f)) + 0x1p-24f);
      }

  /* Counters stay integers. */
  g_assert_true (g_file_get_contents (output, &contents, &size, NULL));
  g_assert_nonnull (strstr (contents + 8, "\"bn1.num_batches_tracked\":{\"dtype\":\"I64\""));
  g_assert_cmpuint (size, <, 450000);
}

/* A graph's parameters are called after its layers, and make the same network. */
static void
test_graph (void)
{
  g_autofree char *path = pack_find ("models/squeezenet1_1-imagenet.onnx");
  g_autofree char *reference = pack_find ("models/squeezenet1_1-imagenet.safetensors");
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *output = folder_build (folder, "converted.safetensors");
  g_auto (CliRun) run = { 0 };
  g_autoptr (CnnStateDict) found = NULL;
  g_autoptr (CnnStateDict) expected = NULL;

  if (pack_skip (path))
    return;

  cli_run (&run, "convert", path, "--output", output, NULL);
  g_assert_cmpstr (run.errors, ==, "");
  g_assert_cmpint (run.status, ==, 0);

  found = load (output);
  expected = load (reference);
  g_assert_cmpuint (cnn_state_dict_get_size (found), ==, cnn_state_dict_get_size (expected));
  for (guint i = 0; i < cnn_state_dict_get_size (found); i++)
    {
      const char *name = cnn_state_dict_get_name (found, i);
      CnnTensor *tensor = cnn_state_dict_get (found, i);

      g_assert_true (g_str_has_suffix (name, ".weight") || g_str_has_suffix (name, ".bias"));
      g_assert_cmpmem (cnn_tensor_get_data (tensor), cnn_tensor_get_n_elements (tensor) * sizeof (float),
                       cnn_tensor_get_data (cnn_state_dict_get (expected, i)),
                       cnn_tensor_get_n_elements (cnn_state_dict_get (expected, i)) * sizeof (float));
    }
}

/* The output may be the very file that is read. */
static void
test_in_place (void)
{
  g_autofree char *path = pack_find ("models/squeezenet1_1-imagenet.safetensors");
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *copy = folder_build (folder, "copy.safetensors");
  g_auto (CliRun) run = { 0 };
  g_autoptr (CnnStateDict) found = NULL;
  g_autoptr (CnnStateDict) expected = NULL;

  if (pack_skip (path))
    return;

  folder_copy (folder, "copy.safetensors", path);
  cli_run (&run, "convert", copy, "--output", copy, NULL);
  g_assert_cmpstr (run.errors, ==, "");
  g_assert_cmpint (run.status, ==, 0);

  found = load (copy);
  expected = load (path);
  assert_same (found, expected);
}

static void
test_errors (void)
{
  g_autofree char *whole = pack_find (EIGHTH "-whole-module.pth");
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *output = folder_build (folder, "converted.safetensors");
  g_auto (CliRun) run_module = { 0 };
  g_auto (CliRun) run_type = { 0 };
  g_auto (CliRun) run_output = { 0 };

  if (pack_skip (whole))
    return;

  cli_run (&run_module, "convert", whole, "--output", output, NULL);
  cli_assert_one_line (&run_module, 1, "save model.state_dict() instead, with: torch.save(");
  g_assert_false (g_file_test (output, G_FILE_TEST_EXISTS));

  cli_run (&run_type, "convert", whole, "--output", output, "--dtype", "f8", NULL);
  cli_assert_one_line (&run_type, 2, "--dtype is “f8”; expected f32, f16 or bf16");

  cli_run (&run_output, "convert", whole, NULL);
  cli_assert_one_line (&run_output, 2, "missing option --output");
}

int
main (int   argc,
      char *argv[])
{
  static const char *const weights[] = {
    EIGHTH "-checkpoint.pth", EIGHTH "-views-legacy.pth", EIGHTH "-bf16.safetensors",
    "models/squeezenet1_1-imagenet.pth",
  };
  static const char *const types[] = { "f16", "bf16" };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (weights); i++)
    {
      g_autofree char *base = g_path_get_basename (weights[i]);
      g_autofree char *path = g_strconcat ("/cli/convert/weights/", base, NULL);

      g_test_add_data_func (path, weights[i], test_weights);
    }
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *path = g_strconcat ("/cli/convert/type/", types[i], NULL);

      g_test_add_data_func (path, types[i], test_types);
    }
  g_test_add_func ("/cli/convert/graph", test_graph);
  g_test_add_func ("/cli/convert/in-place", test_in_place);
  g_test_add_func ("/cli/convert/errors", test_errors);

  return g_test_run ();
}
