#include "cli-oracle.h"
#include "cli-test.h"

#include <math.h>
#include <string.h>

#include "support/folder.h"
#include "support/pack.h"

/* A run that PyTorch has done, too. */
typedef struct
{
  const char *path;             /* of the test */
  const char *model;            /* in the pack */
  const char *network;          /* name of the reference answers */
  const char *pipeline;
  const char *crops;
  const char *preset;
  guint n;                      /* of the pictures, 400 at most */
  gboolean is_slow;             /* for -m slow alone */
  const char *sidecar;          /* what is beside the model, or NULL */
} Case;

/* TensorFlow's network takes pictures from −1 to 1. */
#define TENSORFLOW "models/mobilenet_v2_tf-imagenet.onnx"
#define TF_HOMEWORK "{\"mean\": [0.5, 0.5, 0.5], \"std\": [0.5, 0.5, 0.5], " \
                    "\"resize\": 280, \"filter\": \"lanczos\", \"rounding\": \"homework\"}"
#define TF_TORCHVISION "{\"mean\": [127.5, 127.5, 127.5], \"std\": [127.5, 127.5, 127.5], \"range\": [0, 255]}"

#define SQUEEZENET "models/squeezenet1_1-imagenet"

static const Case cases[] = {
  { "squeezenet1_1/center", SQUEEZENET ".safetensors", "squeezenet1_1", "center", "center", "homework", 250 },
  { "squeezenet1_1/five", SQUEEZENET ".safetensors", "squeezenet1_1", "fivecrop", "five", "homework", 100 },
  { "squeezenet1_1/torchvision", SQUEEZENET ".safetensors", "squeezenet1_1", "tv256", "center", "torchvision", 250 },
  { "squeezenet1_1/pth", SQUEEZENET ".pth", "squeezenet1_1", "center", "center", "homework", 100 },
  { "squeezenet1_1/legacy-pth", SQUEEZENET ".legacy.pth", "squeezenet1_1", "center", "center", "homework", 100 },
  { "squeezenet1_1/onnx", SQUEEZENET ".onnx", "squeezenet1_1", "center", "center", "homework", 100 },
  { "squeezenet1_0/center", "models/squeezenet1_0-imagenet.safetensors", "squeezenet1_0", "center", "center", "homework", 100 },
  { "resnet18/center", "models/resnet18-imagenet.safetensors", "resnet18", "center", "center", "homework", 100 },
  { "resnet18/onnx", "models/resnet18-imagenet.onnx", "resnet18", "center", "center", "homework", 20 },
  { "mobilenet_v2_tf/center", TENSORFLOW, "mobilenet_v2_tf", "center", "center", "model", 100, FALSE, TF_HOMEWORK },
  { "mobilenet_v2_tf/torchvision", TENSORFLOW, "mobilenet_v2_tf", "tv256", "center", "model", 100, FALSE, TF_TORCHVISION },
  { "mobilenet_v2/center", "models/mobilenet_v2-imagenet.safetensors", "mobilenet_v2", "center", "center", "homework", 100 },
  { "resnet50/center", "models/resnet50-imagenet.safetensors", "resnet50", "center", "center", "homework", 20 },

  { "squeezenet1_1/center-400", SQUEEZENET ".safetensors", "squeezenet1_1", "center", "center", "homework", 400, TRUE },
  { "squeezenet1_1/five-250", SQUEEZENET ".safetensors", "squeezenet1_1", "fivecrop", "five", "homework", 250, TRUE },
  { "squeezenet1_1/five-400", SQUEEZENET ".safetensors", "squeezenet1_1", "fivecrop", "five", "homework", 400, TRUE },
  { "squeezenet1_1/torchvision-400", SQUEEZENET ".safetensors", "squeezenet1_1", "tv256", "center", "torchvision", 400, TRUE },
  { "squeezenet1_1/pth-400", SQUEEZENET ".pth", "squeezenet1_1", "center", "center", "homework", 400, TRUE },
  { "squeezenet1_1/pth-five", SQUEEZENET ".pth", "squeezenet1_1", "fivecrop", "five", "homework", 250, TRUE },
  { "squeezenet1_1/legacy-pth-400", SQUEEZENET ".legacy.pth", "squeezenet1_1", "center", "center", "homework", 400, TRUE },
  { "squeezenet1_1/legacy-pth-five", SQUEEZENET ".legacy.pth", "squeezenet1_1", "fivecrop", "five", "homework", 250, TRUE },
  { "squeezenet1_1/onnx-400", SQUEEZENET ".onnx", "squeezenet1_1", "center", "center", "homework", 400, TRUE },
  { "squeezenet1_1/onnx-five", SQUEEZENET ".onnx", "squeezenet1_1", "fivecrop", "five", "homework", 250, TRUE },
  { "squeezenet1_0/onnx-400", "models/squeezenet1_0-imagenet.onnx", "squeezenet1_0", "center", "center", "homework", 400, TRUE },
  { "squeezenet1_0/torchvision-400", "models/squeezenet1_0-imagenet.safetensors", "squeezenet1_0", "tv256", "center", "torchvision", 400, TRUE },
  { "resnet18/center-400", "models/resnet18-imagenet.safetensors", "resnet18", "center", "center", "homework", 400, TRUE },
  { "resnet18/five-250", "models/resnet18-imagenet.safetensors", "resnet18", "fivecrop", "five", "homework", 250, TRUE },
  { "resnet18/torchvision-400", "models/resnet18-imagenet.safetensors", "resnet18", "tv256", "center", "torchvision", 400, TRUE },
  { "squeezenet1_0/center-400", "models/squeezenet1_0-imagenet.safetensors", "squeezenet1_0", "center", "center", "homework", 400, TRUE },
  { "resnet18/onnx-five", "models/resnet18-imagenet.onnx", "resnet18", "fivecrop", "five", "homework", 250, TRUE },
  { "resnet50/torchvision-250", "models/resnet50-imagenet.safetensors", "resnet50", "tv256", "center", "torchvision", 250, TRUE },
  { "mobilenet_v2/center-400", "models/mobilenet_v2-imagenet.safetensors", "mobilenet_v2", "center", "center", "homework", 400, TRUE },
  { "mobilenet_v2/five-250", "models/mobilenet_v2-imagenet.safetensors", "mobilenet_v2", "fivecrop", "five", "homework", 250, TRUE },
  { "mobilenet_v2/torchvision-400", "models/mobilenet_v2-imagenet.safetensors", "mobilenet_v2", "tv256", "center", "torchvision", 400, TRUE },
  { "mobilenet_v2_tf/center-400", TENSORFLOW, "mobilenet_v2_tf", "center", "center", "model", 400, TRUE, TF_HOMEWORK },
  { "mobilenet_v2_tf/torchvision-400", TENSORFLOW, "mobilenet_v2_tf", "tv256", "center", "model", 400, TRUE, TF_TORCHVISION },
  { "resnet50/center-250", "models/resnet50-imagenet.safetensors", "resnet50", "center", "center", "homework", 250, TRUE },
  { "resnet50/five-100", "models/resnet50-imagenet.safetensors", "resnet50", "fivecrop", "five", "homework", 100, TRUE },
};

static void
assert_close (double value,
              double expected,
              double relative)
{
  g_assert_cmpfloat_with_epsilon (value, expected, relative * fabs (expected));
}

static gboolean
contains (const int *numbers,
          guint      n,
          int        number)
{
  for (guint i = 0; i < n; i++)
    if (numbers[i] == number)
      return TRUE;

  return FALSE;
}

static void
assert_sample (JsonObject         *sample,
               guint               number,
               const CliOracleRow *row)
{
  g_autofree char *file = g_strdup_printf ("ILSVRC2012_val_%08u.JPEG", number);
  JsonArray *top5 = json_object_get_array_member (sample, "top5");
  JsonArray *probabilities = json_object_get_array_member (sample, "probabilities");

  g_assert_cmpstr (json_object_get_string_member (sample, "file"), ==, file);
  g_assert_cmpint (json_object_get_int_member (sample, "label"), ==, row->label);
  g_assert_cmpint (json_object_get_int_member (sample, "prediction"), ==, row->predicted);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (sample, "cross_entropy"),
                                  row->cross_entropy, 1e-4 * MAX (1, row->cross_entropy));
  g_assert_cmpuint (json_array_get_length (top5), ==, 5);
  g_assert_cmpuint (json_array_get_length (probabilities), ==, 5);
  for (guint i = 0; i < 5; i++)
    {
      g_assert_cmpfloat_with_epsilon (json_array_get_double_element (probabilities, i),
                                      row->probabilities[i], 1e-4);
      if (row->margin56 >= 1e-3)
        g_assert_true (contains (row->top5, 5, json_array_get_int_element (top5, i)));
    }
}

/* The homework's lines say the same as the JSON, with fewer digits. */
static void
assert_lines (const char *output,
              const Case *test,
              JsonObject *root)
{
  g_autofree char *expected =
    g_strdup_printf ("dataset length %u [%s3, 224, 224]\nVal - Epoch 0..\n>> Epoch loss %.5f accuracy %.3f in ",
                     test->n, g_str_equal (test->crops, "five") ? "5, " : "",
                     json_object_get_double_member (root, "loss"),
                     json_object_get_double_member (root, "accuracy"));

  g_assert_true (g_str_has_prefix (output, expected));
  g_assert_true (g_str_has_suffix (output, "s\n"));
}

static void
assert_classes (JsonObject *root,
                GArray     *rows,
                guint       n)
{
  JsonArray *classes = json_object_get_array_member (root, "classes");
  guint total = 0;
  int last = -1;

  for (guint i = 0; i < json_array_get_length (classes); i++)
    {
      JsonObject *object = json_array_get_object_element (classes, i);
      int index = json_object_get_int_member (object, "index");
      int in_class = 0, correct = 0;

      for (guint j = 0; j < n; j++)
        {
          const CliOracleRow *row = &g_array_index (rows, CliOracleRow, j);

          in_class += row->label == index;
          correct += row->label == index && row->predicted == index;
        }
      g_assert_cmpint (index, >, last);
      g_assert_cmpint (json_object_get_int_member (object, "total"), ==, in_class);
      g_assert_cmpint (json_object_get_int_member (object, "correct"), ==, correct);
      g_assert_cmpuint (strlen (json_object_get_string_member (object, "wnid")), ==, 9);
      last = index;
      total += in_class;
    }
  g_assert_cmpuint (total, ==, n);
}

static void
assert_figures (JsonObject *root,
                const Case *test,
                GArray     *rows)
{
  CliOracleSummary expected = { 0 };

  /* The pack sums up 100, 250 and 400 pictures. */
  if (test->n == 20)
    {
      for (guint i = 0; i < test->n; i++)
        {
          const CliOracleRow *row = &g_array_index (rows, CliOracleRow, i);

          expected.mean_cross_entropy += row->cross_entropy / test->n;
          expected.n_correct += row->predicted == row->label;
          expected.n_top5 += contains (row->top5, 5, row->label);
        }
      expected.loss = expected.mean_cross_entropy / 4;
    }
  else
    cli_oracle_load_summary (test->network, test->pipeline, test->n, &expected);

  assert_close (json_object_get_double_member (root, "loss"), expected.loss, 1e-4);
  assert_close (json_object_get_double_member (root, "mean_cross_entropy"),
                expected.mean_cross_entropy, 1e-4);
  g_assert_cmpfloat (json_object_get_double_member (root, "accuracy"), ==,
                     (double) expected.n_correct / test->n);
  g_assert_cmpfloat (json_object_get_double_member (root, "top5_accuracy"), ==,
                     (double) expected.n_top5 / test->n);
}

/* A copy of the model with a file beside it. */
static char *
copy_with_sidecar (Folder     *folder,
                   const char *model,
                   const char *text)
{
  g_autofree char *base = g_path_get_basename (model);
  g_autofree char *sidecar = g_strconcat (base, ".json", NULL);

  folder_copy (folder, base, model);
  folder_write (folder, sidecar, text, -1);

  return folder_build (folder, base);
}

static void
test_oracle (gconstpointer data)
{
  const Case *test = data;
  g_autofree char *model = pack_find (test->model);
  g_autofree char *words = pack_find ("imagenet/synset_words.txt");
  g_autofree char *limit = g_strdup_printf ("%u", test->n);
  g_autofree char *dataset = NULL;
  g_autofree char *json = NULL;
  g_autoptr (Folder) folder = NULL;
  g_autoptr (GArray) rows = NULL;
  g_autoptr (JsonParser) parser = NULL;
  g_auto (CliRun) run = { 0 };
  JsonObject *root;
  JsonArray *samples;

  if (pack_skip (model))
    return;

  folder = folder_new ();
  if (test->sidecar != NULL)
    {
      g_autofree char *plain = g_steal_pointer (&model);

      model = copy_with_sidecar (folder, plain, test->sidecar);
    }
  json = folder_build (folder, "run.json");
  dataset = g_path_get_dirname (words);
  cli_run (&run, "validate", dataset, "--model", model, "--crops", test->crops, "--preset", test->preset,
           "--limit", limit, "--output", json, NULL);
  g_assert_cmpstr (run.errors, ==, "");
  g_assert_cmpint (run.status, ==, 0);

  parser = cli_load_json (json);
  root = json_node_get_object (json_parser_get_root (parser));
  rows = cli_oracle_load_rows (test->network, test->pipeline);
  samples = json_object_get_array_member (root, "samples");

  g_assert_true (g_str_has_suffix (json_object_get_string_member (root, "model"), strrchr (model, '/')));
  g_assert_cmpint (json_object_get_int_member (root, "images"), ==, test->n);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "skipped")), ==, 0);
  g_assert_cmpuint (json_array_get_length (samples), ==, test->n);
  for (guint i = 0; i < test->n; i++)
    assert_sample (json_array_get_object_element (samples, i), i + 1,
                   &g_array_index (rows, CliOracleRow, i));
  assert_figures (root, test, rows);
  assert_classes (root, rows, test->n);
  assert_lines (run.output, test, root);
}

/* What a run says of each picture, as text. */
static char *
dup_samples (const char *path)
{
  g_autoptr (JsonParser) parser = cli_load_json (path);
  JsonObject *root = json_node_get_object (json_parser_get_root (parser));

  return json_to_string (json_object_get_member (root, "samples"), FALSE);
}

static void
validate_few (const char *dataset,
              const char *model,
              const char *crops,
              const char *n_threads,
              const char *batch_size,
              const char *json,
              const char *csv)
{
  g_auto (CliRun) run = { 0 };

  g_test_message ("%s, %s threads, batches of %s", crops, n_threads, batch_size);
  cli_run (&run, "validate", dataset, "--model", model, "--limit", "11", "--crops", crops,
           "--threads", n_threads, "--batch-size", batch_size, "--output", json, "--csv", csv,
           "--no-store", "--quiet", NULL);
  g_assert_cmpint (run.status, ==, 0);
  g_assert_cmpstr (run.output, ==, "");
  g_assert_cmpstr (run.errors, ==, "");
}

/* What runs say of a picture is the same to the last digit, whatever the number
 * of threads and the size of batches. */
static void
test_threads (gconstpointer data)
{
  static const char *const n_threads[] = { "1", "2", "3" };
  static const char *const batch_sizes[] = { "1", "4", "7" };
  g_autofree char *model = pack_find (SQUEEZENET ".safetensors");
  g_autofree char *words = pack_find ("imagenet/synset_words.txt");
  g_autofree char *dataset = NULL, *json = NULL, *csv = NULL;
  g_autofree char *first_samples = NULL, *first_table = NULL;
  g_autoptr (Folder) folder = NULL;

  if (pack_skip (model))
    return;

  folder = folder_new ();
  dataset = g_path_get_dirname (words);
  json = folder_build (folder, "run.json");
  csv = folder_build (folder, "run.csv");

  for (guint i = 0; i < G_N_ELEMENTS (n_threads); i++)
    for (guint j = 0; j < G_N_ELEMENTS (batch_sizes); j++)
      {
        g_autofree char *samples = NULL, *table = NULL;

        validate_few (dataset, model, data, n_threads[i], batch_sizes[j], json, csv);
        samples = dup_samples (json);
        g_assert_true (g_file_get_contents (csv, &table, NULL, NULL));

        if (first_samples == NULL)
          {
            first_samples = g_steal_pointer (&samples);
            first_table = g_steal_pointer (&table);
            continue;
          }

        g_assert_cmpstr (samples, ==, first_samples);
        g_assert_cmpstr (table, ==, first_table);
      }
}

/* A chart in each format, and a name that says none. */
static void
test_chart (void)
{
  static const char *const kinds[][2] = { { ".png", "\x89PNG" }, { ".SVG", "<?xml" }, { ".pdf", "%PDF" } };
  g_autofree char *model = pack_find (SQUEEZENET ".safetensors");
  g_autofree char *words = pack_find ("imagenet/synset_words.txt");
  g_autofree char *dataset = NULL;
  g_autofree char *wrong = NULL;
  g_autoptr (Folder) folder = NULL;
  g_auto (CliRun) refused = { 0 };

  if (pack_skip (model))
    return;

  folder = folder_new ();
  dataset = g_path_get_dirname (words);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *name = g_strconcat ("chart", kinds[i][0], NULL);
      g_autofree char *chart = folder_build (folder, name);
      g_autofree char *contents = NULL;
      g_auto (CliRun) run = { 0 };
      gsize length;

      cli_run (&run, "validate", dataset, "--model", model, "--limit", "6", "--chart", chart, "--quiet", NULL);
      g_assert_cmpint (run.status, ==, 0);
      g_assert_true (g_file_get_contents (chart, &contents, &length, NULL));
      g_assert_cmpuint (length, >, 2000);
      g_assert_cmpmem (contents, strlen (kinds[i][1]), kinds[i][1], strlen (kinds[i][1]));
    }

  wrong = folder_build (folder, "chart.jpeg");
  cli_run (&refused, "validate", dataset, "--model", model, "--chart", wrong, NULL);
  cli_assert_one_line (&refused, 1, "chart.jpeg: ends in none of .png, .svg and .pdf");
  g_assert_false (g_file_test (wrong, G_FILE_TEST_EXISTS));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (!cases[i].is_slow || g_test_slow ())
      {
        g_autofree char *path = g_strconcat ("/cli/validate/", cases[i].path, NULL);

        g_test_add_data_func (path, &cases[i], test_oracle);
      }
  g_test_add_data_func ("/cli/validate/threads/center", "center", test_threads);
  g_test_add_data_func ("/cli/validate/threads/five", "five", test_threads);
  g_test_add_func ("/cli/validate/chart", test_chart);

  return g_test_run ();
}
