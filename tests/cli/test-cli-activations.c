#include "cli-test.h"

#include <math.h>
#include <string.h>

#include "formats/cnn-state-dict.h"
#include "support/folder.h"
#include "support/pack.h"

#define SQUEEZENET "models/squeezenet1_1-imagenet.safetensors"

static CnnStateDict *
load (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  CnnStateDict *entries = cnn_state_dict_load (file, NULL, &error);

  g_assert_no_error (error);

  return entries;
}

/* Within 1e-4 of the greatest value of the layer. */
static void
assert_entry (CnnStateDict *entries,
              CnnStateDict *expected_entries,
              const char   *name)
{
  CnnTensor *tensor = cnn_state_dict_find (entries, name);
  CnnTensor *expected = cnn_state_dict_find (expected_entries, name);
  double greatest = 0, worst = 0;

  g_assert_nonnull (expected);
  if (tensor == NULL)
    g_error ("there is no entry %s", name);
  g_assert_true (cnn_shape_equal (cnn_tensor_get_shape (tensor), cnn_tensor_get_shape (expected)));

  for (gsize i = 0; i < cnn_tensor_get_n_elements (tensor); i++)
    {
      double value = cnn_tensor_get_data (tensor)[i], wanted = cnn_tensor_get_data (expected)[i];

      greatest = MAX (greatest, fabs (wanted));
      worst = MAX (worst, fabs (value - wanted));
    }
  g_test_message ("%s: %g of %g", name, worst, greatest);
  g_assert_cmpfloat (worst, <=, 1e-4 * greatest);
}

static void
run_activations (guint         number,
                 const char   *model,
                 CnnStateDict **entries)
{
  g_autofree char *picture_name = g_strdup_printf ("imagenet/imagespart/ILSVRC2012_val_%08u.JPEG", number);
  g_autofree char *picture = pack_find (picture_name);
  g_autofree char *model_path = pack_find (model);
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *output = folder_build (folder, "out.safetensors");
  g_auto (CliRun) run = { 0 };

  cli_run (&run, "activations", picture, "--model", model_path, "--all", "--output", output, NULL);
  g_assert_cmpstr (run.errors, ==, "");
  g_assert_cmpint (run.status, ==, 0);
  *entries = load (output);
}

/* Every entry of the reference answers but those that no layer has. */
static void
assert_reference (guint       number,
                  const char *model,
                  const char *reference)
{
  g_autofree char *path = pack_find (reference);
  g_autoptr (CnnStateDict) entries = NULL;
  g_autoptr (CnnStateDict) expected = NULL;
  guint n_checked = 0;

  if (pack_skip (path))
    return;

  expected = load (path);
  run_activations (number, model, &entries);
  for (guint i = 0; i < cnn_state_dict_get_size (expected); i++)
    {
      const char *name = cnn_state_dict_get_name (expected, i);

      if (g_str_equal (name, "probabilities") || g_str_equal (name, "logits_float64"))
        continue;
      assert_entry (entries, expected, name);
      n_checked++;
    }
  g_assert_cmpuint (n_checked, >=, 5);
}

static void
test_squeezenet (void)
{
  assert_reference (2, SQUEEZENET, "oracle/activations/squeezenet1_1-002.safetensors");
  assert_reference (10, SQUEEZENET, "oracle/activations/squeezenet1_1-010.safetensors");
  assert_reference (104, SQUEEZENET, "oracle/activations/squeezenet1_1-104.safetensors");
}

static void
test_resnet18 (void)
{
  assert_reference (2, "models/resnet18-imagenet.safetensors", "oracle/activations/resnet18-002.safetensors");
}

static void
assert_names (CnnStateDict *entries,
              const char   *names)
{
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < cnn_state_dict_get_size (entries); i++)
    g_string_append_printf (found, "%s%s", i > 0 ? " " : "", cnn_state_dict_get_name (entries, i));
  g_assert_cmpstr (found->str, ==, names);
}

static void
test_layers (void)
{
  g_autofree char *model = pack_find (SQUEEZENET);
  g_autofree char *picture = pack_find ("imagenet/imagespart/ILSVRC2012_val_00000002.JPEG");
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *one_by_one = folder_build (folder, "one-by-one.safetensors");
  g_autofree char *in_a_row = folder_build (folder, "in-a-row.safetensors");
  g_autoptr (CnnStateDict) first = NULL;
  g_autoptr (CnnStateDict) second = NULL;
  g_auto (CliRun) first_run = { 0 };
  g_auto (CliRun) second_run = { 0 };

  if (pack_skip (model))
    return;

  cli_run (&first_run, "activations", picture, "--model", model, "--layer", "features.3",
           "--layer", "features.0", "--output", one_by_one, NULL);
  g_assert_cmpint (first_run.status, ==, 0);
  first = load (one_by_one);
  assert_names (first, "input features.3 features.0 logits");

  cli_run (&second_run, "activations", picture, "--layer", "features.0", "features.3",
           "--model", model, "--output", in_a_row, NULL);
  g_assert_cmpint (second_run.status, ==, 0);
  second = load (in_a_row);
  assert_names (second, "input features.0 features.3 logits");
}

static void
test_errors (void)
{
  g_autofree char *model = pack_find (SQUEEZENET);
  g_autofree char *picture = pack_find ("imagenet/imagespart/ILSVRC2012_val_00000002.JPEG");
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *output = folder_build (folder, "out.safetensors");
  g_auto (CliRun) unknown = { 0 };
  g_auto (CliRun) neither = { 0 };
  g_auto (CliRun) both = { 0 };

  if (pack_skip (model))
    return;

  cli_run (&unknown, "activations", picture, "--model", model, "--layer", "layer1", "--output", output, NULL);
  cli_assert_one_line (&unknown, 1, "no layer “layer1”");
  g_assert_false (g_file_test (output, G_FILE_TEST_EXISTS));

  cli_run (&neither, "activations", picture, "--model", model, "--output", output, NULL);
  cli_assert_one_line (&neither, 2, "missing option --layer or --all");

  cli_run (&both, "activations", picture, "--model", model, "--all", "--layer", "features.0",
           "--output", output, NULL);
  cli_assert_one_line (&both, 2, "--layer and --all exclude each other");
}

static void
save_input (const char     *path,
            const char     *name,
            const CnnShape *shape)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (CnnTensor) tensor = cnn_tensor_new (shape);
  g_autoptr (CnnStateDict) entries = cnn_state_dict_new ();
  g_autoptr (GError) error = NULL;

  cnn_state_dict_add (entries, name, tensor);
  cnn_state_dict_save (entries, file, NULL, &error);
  g_assert_no_error (error);
}

/* Logits of two pictures at once, and of a network for another size. */
static void
assert_run (const char *model,
            const char *input,
            const char *reference,
            const char *entry)
{
  g_autofree char *model_path = pack_find (model);
  g_autofree char *input_path = pack_find (input);
  g_autofree char *reference_path = pack_find (reference);
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *output = folder_build (folder, "out.safetensors");
  g_autoptr (CnnStateDict) found = NULL;
  g_autoptr (CnnStateDict) answers = NULL;
  g_autoptr (CnnStateDict) expected = NULL;
  g_auto (CliRun) run = { 0 };

  cli_run (&run, "run", model_path, "--input", input_path, "--output", output, NULL);
  g_assert_cmpstr (run.errors, ==, "");
  g_assert_cmpint (run.status, ==, 0);

  found = load (output);
  assert_names (found, "output");
  answers = load (reference_path);
  expected = cnn_state_dict_new ();
  cnn_state_dict_add (expected, "output", cnn_state_dict_find (answers, entry));
  assert_entry (found, expected, "output");
}

static void
test_run (void)
{
  g_autofree char *model = pack_find (SQUEEZENET);

  if (pack_skip (model))
    return;

  assert_run ("zoo/resnet18-quarter.safetensors", "zoo/input-224.safetensors",
              "zoo/resnet18-quarter.oracle.safetensors", "logits");
  assert_run ("zoo/variants/resnet18-eighth.pth", "zoo/variants/resnet18-eighth.oracle.safetensors",
              "zoo/variants/resnet18-eighth.oracle.safetensors", "logits");
}

static void
test_run_errors (void)
{
  g_autofree char *model = pack_find (SQUEEZENET);
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *input = folder_build (folder, "in.safetensors");
  g_autofree char *output = folder_build (folder, "out.safetensors");
  g_auto (CliRun) no_entry = { 0 };
  g_auto (CliRun) flat = { 0 };
  g_auto (CliRun) channels = { 0 };
  g_auto (CliRun) usage = { 0 };

  if (pack_skip (model))
    return;

  save_input (input, "picture", &CNN_SHAPE_4 (1, 3, 224, 224));
  cli_run (&no_entry, "run", model, "--input", input, "--output", output, NULL);
  cli_assert_one_line (&no_entry, 1, "no entry “input”");

  save_input (input, "input", &CNN_SHAPE_2 (3, 4));
  cli_run (&flat, "run", model, "--input", input, "--output", output, NULL);
  cli_assert_one_line (&flat, 1, "entry “input” is 3×4; expected N×C×H×W");

  save_input (input, "input", &CNN_SHAPE_4 (2, 4, 224, 224));
  cli_run (&channels, "run", model, "--input", input, "--output", output, NULL);
  cli_assert_one_line (&channels, 1, "cannot take 1×4×224×224: features.0: ");

  cli_run (&usage, "run", model, "--input", input, NULL);
  cli_assert_one_line (&usage, 2, "missing option --output");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/activations/squeezenet1_1", test_squeezenet);
  g_test_add_func ("/cli/activations/resnet18", test_resnet18);
  g_test_add_func ("/cli/activations/layers", test_layers);
  g_test_add_func ("/cli/activations/errors", test_errors);
  g_test_add_func ("/cli/run/zoo", test_run);
  g_test_add_func ("/cli/run/errors", test_run_errors);

  return g_test_run ();
}
