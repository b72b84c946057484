#include "cli-test.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cnn.h"
#include "support/folder.h"
#include "support/pack.h"

#define SQUEEZENET "models/squeezenet1_1-imagenet"

/* Pictures of the pack's homework folder, from the first. */
static void
copy_pictures (Folder *folder,
               guint   n)
{
  g_autofree char *words = pack_find ("imagenet/synset_words.txt");

  folder_copy (folder, "synset_words.txt", words);
  for (guint i = 1; i <= n; i++)
    {
      g_autofree char *picture_name = g_strdup_printf ("imagespart/ILSVRC2012_val_%08u.JPEG", i);
      g_autofree char *label_name = g_strdup_printf ("val/ILSVRC2012_val_%08u.xml", i);
      g_autofree char *picture_path = g_strconcat ("imagenet/", picture_name, NULL);
      g_autofree char *label_path = g_strconcat ("imagenet/", label_name, NULL);
      g_autofree char *picture = pack_find (picture_path);
      g_autofree char *label = pack_find (label_path);

      folder_copy (folder, picture_name, picture);
      folder_copy (folder, label_name, label);
    }
}

static void
write_label (Folder     *folder,
             const char *stem,
             const char *wnid)
{
  g_autofree char *name = g_strdup_printf ("val/%s.xml", stem);
  g_autofree char *text =
    g_strdup_printf ("<annotation><folder>val</folder><filename>%s</filename>"
                     "<object><name>%s</name></object></annotation>\n", stem, wnid);

  folder_write (folder, name, text, -1);
}

static void
save_plain_picture (Folder     *folder,
                    const char *name,
                    guint       width,
                    guint       height)
{
  g_autofree guint8 *pixels = g_malloc (3 * width * height);
  g_autofree char *path = folder_build (folder, name);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (CnnImage) image = NULL;
  g_autoptr (GError) error = NULL;

  memset (pixels, 99, 3 * width * height);
  image = cnn_image_new (width, height, pixels);
  cnn_image_save_png (image, file, NULL, &error);
  g_assert_no_error (error);
}

/* Why a picture was skipped, or NULL. */
static const char *
find_skipped (JsonObject *root,
              const char *file)
{
  JsonArray *skipped = json_object_get_array_member (root, "skipped");

  for (guint i = 0; i < json_array_get_length (skipped); i++)
    {
      JsonObject *object = json_array_get_object_element (skipped, i);

      if (g_str_equal (json_object_get_string_member (object, "file"), file))
        return json_object_get_string_member (object, "reason");
    }

  return NULL;
}

static void
assert_skipped (JsonObject *root,
                const char *file,
                const char *about)
{
  const char *reason = find_skipped (root, file);

  g_test_message ("%s: %s", file, reason);
  g_assert_nonnull (reason);
  g_assert_null (strchr (reason, '\n'));
  g_assert_nonnull (strstr (reason, about));
}

/* Every kind of bad picture among three good ones and a tiny one. */
static void
test_pictures (void)
{
  g_autofree char *model = pack_find (SQUEEZENET ".safetensors");
  g_autofree char *truncated = pack_find ("oracle/formats/truncated.jpg");
  g_autoptr (Folder) folder = NULL;
  g_autoptr (Folder) out = NULL;
  g_autofree char *json = NULL;
  g_autofree char *dangling = NULL;
  g_autofree char *locked = NULL;
  g_autoptr (JsonParser) parser = NULL;
  g_auto (CliRun) run = { 0 };
  JsonObject *root;
  guint n_skipped = 8;

  if (pack_skip (model))
    return;

  folder = folder_new ();
  out = folder_new ();
  json = folder_build (out, "run.json");
  copy_pictures (folder, 3);

  save_plain_picture (folder, "imagespart/a-tiny.JPEG", 1, 1);
  write_label (folder, "a-tiny", "n01440764");

  save_plain_picture (folder, "imagespart/b-thin.JPEG", 1, 20000);
  write_label (folder, "b-thin", "n01440764");
  folder_copy (folder, "imagespart/c-cut.JPEG", truncated);
  write_label (folder, "c-cut", "n01440764");
  folder_write (folder, "imagespart/d-text.JPEG", "no picture\n", -1);
  write_label (folder, "d-text", "n01440764");
  folder_write (folder, "imagespart/e-empty.JPEG", "", 0);
  write_label (folder, "e-empty", "n01440764");
  dangling = folder_build (folder, "imagespart/f-gone.JPEG");
  g_assert_cmpint (symlink ("nowhere", dangling), ==, 0);
  write_label (folder, "f-gone", "n01440764");
  save_plain_picture (folder, "imagespart/g-unlabelled.JPEG", 300, 300);
  save_plain_picture (folder, "imagespart/h-classless.JPEG", 300, 300);
  folder_write (folder, "val/h-classless.xml", "<annotation><folder>val</folder></annotation>\n", -1);
  save_plain_picture (folder, "imagespart/i-stranger.JPEG", 300, 300);
  write_label (folder, "i-stranger", "n99999999");

  /* Nothing is locked for root. */
  if (geteuid () != 0)
    {
      save_plain_picture (folder, "imagespart/j-locked.JPEG", 300, 300);
      write_label (folder, "j-locked", "n01440764");
      locked = folder_build (folder, "imagespart/j-locked.JPEG");
      g_assert_cmpint (g_chmod (locked, 0), ==, 0);
      n_skipped++;
    }

  cli_run (&run, "validate", folder_get_path (folder), "--model", model, "--output", json, NULL);
  g_test_message ("%s", run.errors);
  g_assert_cmpint (run.status, ==, 0);

  parser = cli_load_json (json);
  root = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpint (json_object_get_int_member (root, "scored"), ==, 4);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "samples")), ==, 4);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "skipped")), ==, n_skipped);
  assert_skipped (root, "b-thin.JPEG", "");
  assert_skipped (root, "c-cut.JPEG", "cut short");
  assert_skipped (root, "d-text.JPEG", "not a picture");
  assert_skipped (root, "e-empty.JPEG", "empty");
  assert_skipped (root, "f-gone.JPEG", "does not exist");
  assert_skipped (root, "g-unlabelled.JPEG", "g-unlabelled.xml");
  assert_skipped (root, "h-classless.JPEG", "h-classless.xml");
  assert_skipped (root, "i-stranger.JPEG", "n99999999");
  if (locked != NULL)
    assert_skipped (root, "j-locked.JPEG", "permission denied");
  g_assert_nonnull (strstr (run.errors, "fovea-cli validate: skipped: c-cut.JPEG: "));
}

static void
test_folders (void)
{
  g_autofree char *model = pack_find (SQUEEZENET ".safetensors");
  g_autoptr (Folder) folder = NULL;
  g_autofree char *missing = NULL;
  g_autofree char *useless = NULL;
  g_auto (CliRun) run_missing = { 0 };
  g_auto (CliRun) run_empty = { 0 };
  g_auto (CliRun) run_file = { 0 };
  g_auto (CliRun) run_useless = { 0 };

  if (pack_skip (model))
    return;

  folder = folder_new ();
  missing = folder_build (folder, "missing");
  cli_run (&run_missing, "validate", missing, "--model", model, NULL);
  cli_assert_one_line (&run_missing, 1, "missing: does not exist");

  cli_run (&run_empty, "validate", folder_get_path (folder), "--model", model, NULL);
  cli_assert_one_line (&run_empty, 1, "has no pictures");

  cli_run (&run_file, "validate", model, "--model", model, NULL);
  cli_assert_one_line (&run_file, 1, ".safetensors: ");

  folder_write (folder, "pictures/text.JPEG", "no picture\n", -1);
  useless = folder_build (folder, "pictures");
  cli_run (&run_useless, "validate", useless, "--model", model, "--quiet", NULL);
  cli_assert_one_line (&run_useless, 1, "none of 1 pictures could be used");
}

static void
assert_bad_model (Folder     *folder,
                  const char *model,
                  const char *about)
{
  g_autofree char *path = folder_build (folder, model);
  g_auto (CliRun) run = { 0 };

  cli_run (&run, "validate", folder_get_path (folder), "--model", path, NULL);
  cli_assert_one_line (&run, 1, about);
}

static void
write_half (Folder     *folder,
            const char *name,
            const char *source)
{
  g_autofree char *path = pack_find (source);
  g_autofree char *data = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  folder_write (folder, name, data, length / 2);
}

/* A copy of the pack's SqueezeNet in which one tensor is another. */
static void
save_changed (Folder     *folder,
              const char *name,
              const char *changed,
              CnnTensor  *replacement)
{
  g_autofree char *source_path = pack_find (SQUEEZENET ".safetensors");
  g_autofree char *path = folder_build (folder, name);
  g_autoptr (GFile) source = g_file_new_for_path (source_path);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnStateDict) original = cnn_state_dict_load (source, NULL, &error);
  g_autoptr (CnnStateDict) copy = cnn_state_dict_new ();

  g_assert_no_error (error);
  for (guint i = 0; i < cnn_state_dict_get_size (original); i++)
    {
      const char *tensor_name = cnn_state_dict_get_name (original, i);
      gboolean is_changed = g_str_equal (tensor_name, changed);

      cnn_state_dict_add (copy, tensor_name, is_changed ? replacement : cnn_state_dict_get (original, i));
    }
  cnn_state_dict_save (copy, file, NULL, &error);
  g_assert_no_error (error);
}

static void
test_models (void)
{
  g_autofree char *model = pack_find (SQUEEZENET ".safetensors");
  g_autofree char *quarter = NULL;
  g_autoptr (Folder) folder = NULL;
  g_autoptr (CnnTensor) wrong_shape = NULL;
  g_autoptr (CnnTensor) not_numbers = NULL;
  g_autoptr (CnnTensor) stranger = NULL;
  g_autoptr (CnnStateDict) strange = NULL;
  g_autoptr (GFile) strange_file = NULL;
  g_autofree char *strange_path = NULL;
  g_autoptr (GError) error = NULL;

  if (pack_skip (model))
    return;

  folder = folder_new ();
  copy_pictures (folder, 1);

  assert_bad_model (folder, "none.pth", "none.pth: does not exist");

  folder_write (folder, "text.onnx", "no network\n", -1);
  assert_bad_model (folder, "text.onnx", "text.onnx: ");

  folder_write (folder, "empty.safetensors", "", 0);
  assert_bad_model (folder, "empty.safetensors", "empty.safetensors: ");

  write_half (folder, "cut.safetensors", SQUEEZENET ".safetensors");
  assert_bad_model (folder, "cut.safetensors", "cut.safetensors: ");
  write_half (folder, "cut.pth", SQUEEZENET ".pth");
  assert_bad_model (folder, "cut.pth", "cut.pth: ");
  write_half (folder, "cut-legacy.pth", SQUEEZENET ".legacy.pth");
  assert_bad_model (folder, "cut-legacy.pth", "cut-legacy.pth: ");
  write_half (folder, "cut.onnx", SQUEEZENET ".onnx");
  assert_bad_model (folder, "cut.onnx", "cut.onnx: ");

  wrong_shape = cnn_tensor_new (&CNN_SHAPE_4 (64, 16, 3, 5));
  save_changed (folder, "shape.safetensors", "features.3.expand3x3.weight", wrong_shape);
  assert_bad_model (folder, "shape.safetensors", "features.3.expand3x3");

  not_numbers = cnn_tensor_new (&CNN_SHAPE_1 (64));
  cnn_tensor_get_mutable_data (not_numbers)[7] = NAN;
  save_changed (folder, "nan.safetensors", "features.0.bias", not_numbers);
  assert_bad_model (folder, "nan.safetensors", "features.0");

  stranger = cnn_tensor_new (&CNN_SHAPE_2 (3, 4));
  strange = cnn_state_dict_new ();
  cnn_state_dict_add (strange, "encoder.layers.0.attention.weight", stranger);
  strange_path = folder_build (folder, "strange.safetensors");
  strange_file = g_file_new_for_path (strange_path);
  cnn_state_dict_save (strange, strange_file, NULL, &error);
  g_assert_no_error (error);
  assert_bad_model (folder, "strange.safetensors", "strange.safetensors: ");

  quarter = pack_find ("zoo/resnet18-quarter.safetensors");
  folder_copy (folder, "quarter.safetensors", quarter);
  assert_bad_model (folder, "quarter.safetensors", "labels have 1000 classes, the network answers 32");
}

static void
test_outputs (void)
{
  g_autofree char *model = pack_find (SQUEEZENET ".safetensors");
  g_autoptr (Folder) folder = NULL;
  g_autofree char *lost = NULL;
  g_auto (CliRun) run_lost = { 0 };
  g_auto (CliRun) run_folder = { 0 };
  g_auto (CliRun) run_under_file = { 0 };
  g_auto (CliRun) run_device = { 0 };

  if (pack_skip (model))
    return;

  folder = folder_new ();
  copy_pictures (folder, 1);
  lost = g_build_filename (folder_get_path (folder), "none", "run.json", NULL);
  cli_run (&run_lost, "validate", folder_get_path (folder), "--model", model, "--output", lost, NULL);
  cli_assert_one_line (&run_lost, 1, "none/run.json: cannot be written");

  cli_run (&run_folder, "validate", folder_get_path (folder), "--model", model,
           "--csv", folder_get_path (folder), NULL);
  cli_assert_one_line (&run_folder, 1, "is a folder");

  g_free (lost);
  lost = g_build_filename (model, "run.json", NULL);
  cli_run (&run_under_file, "validate", folder_get_path (folder), "--model", model, "--output", lost, NULL);
  cli_assert_one_line (&run_under_file, 1, "cannot be written");

  cli_run (&run_device, "validate", folder_get_path (folder), "--model", model, "--output", "/dev/null", NULL);
  cli_assert_one_line (&run_device, 1, "/dev/null: is a device or a pipe");
}

/* Starts a validation on one thread, and comes back when its data set is loaded
 * and the run is about to begin. */
static GSubprocess *
start_run (const char *dataset,
           const char *model,
           const char *json)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *process =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error,
                      g_getenv ("FOVEA_CLI"), "validate", dataset, "--model", model, "--crops", "ten",
                      "--threads", "1", "--output", json, NULL);
  g_autoptr (GDataInputStream) lines = NULL;

  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *line = g_data_input_stream_read_line_utf8 (lines, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (line);
    }

  return process;
}

static void
finish_run (GSubprocess *process,
            CliRun      *run)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8 (process, NULL, NULL, &run->output, &run->errors, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  run->status = g_subprocess_get_exit_status (process);
}

static void
test_vanishing (void)
{
  g_autofree char *model = pack_find (SQUEEZENET ".safetensors");
  g_autoptr (Folder) folder = NULL;
  g_autofree char *json = NULL;
  g_autofree char *last = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (JsonParser) parser = NULL;
  g_auto (CliRun) run = { 0 };
  JsonObject *root;

  if (pack_skip (model))
    return;

  folder = folder_new ();
  copy_pictures (folder, 12);
  json = folder_build (folder, "run.json");
  last = folder_build (folder, "imagespart/ILSVRC2012_val_00000012.JPEG");

  process = start_run (folder_get_path (folder), model, json);
  g_assert_cmpint (g_unlink (last), ==, 0);
  finish_run (process, &run);

  g_assert_cmpint (run.status, ==, 0);
  parser = cli_load_json (json);
  root = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpint (json_object_get_int_member (root, "scored"), ==, 11);
  assert_skipped (root, "ILSVRC2012_val_00000012.JPEG", "does not exist");
}

static void
test_interrupt (void)
{
  g_autofree char *model = pack_find (SQUEEZENET ".safetensors");
  g_autoptr (Folder) folder = NULL;
  g_autofree char *json = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (JsonParser) parser = NULL;
  g_auto (CliRun) run = { 0 };
  JsonObject *root;
  gint64 n_images;

  if (pack_skip (model))
    return;

  folder = folder_new ();
  copy_pictures (folder, 30);
  json = folder_build (folder, "run.json");

  process = start_run (folder_get_path (folder), model, json);
  g_usleep (G_USEC_PER_SEC / 5);
  g_subprocess_send_signal (process, SIGINT);
  finish_run (process, &run);

  cli_assert_one_line (&run, 1, "interrupted after ");
  parser = cli_load_json (json);
  root = json_node_get_object (json_parser_get_root (parser));
  n_images = json_object_get_int_member (root, "images");
  g_assert_false (json_object_get_boolean_member (root, "complete"));
  g_assert_cmpint (n_images, <, 30);
  g_assert_cmpint (n_images, ==, json_array_get_length (json_object_get_array_member (root, "samples")));
}

static void
test_usage (void)
{
  const char *const lines[][6] = {
    { "missing argument; expected DATASET", "--model", "m.pth" },
    { "missing option --model", "data" },
    { "unexpected argument “more”", "data", "more", "--model", "m.pth" },
    { "--crops is “six”; expected center, five or ten", "data", "--model", "m.pth", "--crops", "six" },
    { "--limit is -1; expected 0 or more", "data", "--model", "m.pth", "--limit", "-1" },
    { "--batch-size is 0; expected 1 or more", "data", "--model", "m.pth", "--batch-size", "0" },
    { "--batch-size", "data", "--model", "m.pth", "--batch-size", "four" },
    { "--frobnicate", "data", "--model", "m.pth", "--frobnicate" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_auto (CliRun) run = { 0 };

      cli_run (&run, "validate", lines[i][1], lines[i][2], lines[i][3], lines[i][4], lines[i][5], NULL);
      cli_assert_one_line (&run, 2, lines[i][0]);
      g_assert_cmpstr (run.output, ==, "");
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/errors/pictures", test_pictures);
  g_test_add_func ("/cli/errors/folders", test_folders);
  g_test_add_func ("/cli/errors/models", test_models);
  g_test_add_func ("/cli/errors/outputs", test_outputs);
  g_test_add_func ("/cli/errors/vanishing", test_vanishing);
  g_test_add_func ("/cli/errors/interrupt", test_interrupt);
  g_test_add_func ("/cli/errors/usage", test_usage);

  return g_test_run ();
}
