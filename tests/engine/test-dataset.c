#include "core/cnn-error.h"
#include "dataset/cnn-dataset.h"
#include "support/pack.h"
#include "support/unprivileged.h"

#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

/* A made-up folder that is removed after the test. */
typedef struct
{
  char *path;
  GFile *folder;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->path = g_dir_make_tmp ("dataset-XXXXXX", NULL);
  fixture->folder = g_file_new_for_path (fixture->path);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_tree (child);
      else
        g_assert_cmpint (g_unlink (child), ==, 0);
    }
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  remove_tree (fixture->path);
  g_free (fixture->path);
  g_object_unref (fixture->folder);
}

/* Makes a file below the fixture's folder, and the folders on the way to it. */
static void
put (Fixture    *fixture,
     const char *name,
     const char *text)
{
  g_autofree char *path = g_build_filename (fixture->path, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
put_annotation (Fixture    *fixture,
                const char *name,
                const char *wnid)
{
  g_autofree char *text =
    g_strdup_printf ("<annotation><filename>n00000000</filename>\n<size><name>n00000000</name></size>"
                     "<object>\n<name>%s</name><part><name>n00000000</name></part></object>"
                     "<object><name>n00000000</name></object></annotation>\n", wnid);

  put (fixture, name, text);
}

static CnnDataset *
load (Fixture    *fixture,
      const char *below)
{
  g_autoptr (GFile) folder =
    below != NULL ? g_file_get_child (fixture->folder, below) : g_object_ref (fixture->folder);
  g_autoptr (GError) error = NULL;
  CnnDataset *dataset = cnn_dataset_load (folder, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (g_file_equal (cnn_dataset_get_folder (dataset), folder));

  return dataset;
}

/* The samples as text: "a.jpg:3 b.jpg:-1". */
static void
assert_samples (CnnDataset *dataset,
                const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);
  guint n_labelled = 0;

  for (guint i = 0; i < cnn_dataset_get_n_samples (dataset); i++)
    {
      CnnSample *sample = cnn_dataset_get_sample (dataset, i);

      g_string_append_printf (found, "%s%s:%d", i > 0 ? " " : "", cnn_sample_get_name (sample),
                              cnn_sample_get_label (sample));
      n_labelled += cnn_sample_get_label (sample) != CNN_NO_LABEL;
    }

  g_assert_cmpstr (found->str, ==, expected);
  g_assert_cmpuint (cnn_dataset_get_n_labelled (dataset), ==, n_labelled);
}

static void
assert_problem (CnnDataset *dataset,
                guint       index,
                const char *expected)
{
  const char *problem = cnn_sample_get_problem (cnn_dataset_get_sample (dataset, index));

  if (expected == NULL)
    {
      g_assert_null (problem);
      return;
    }

  g_assert_nonnull (problem);
  if (strstr (problem, expected) == NULL)
    g_error ("found “%s”, expected “%s”", problem, expected);
  g_assert_null (strchr (problem, '\n'));
}

static void
assert_refused (GFile      *folder,
                GQuark      domain,
                int         code,
                const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnDataset) dataset = cnn_dataset_load (folder, NULL, &error);

  g_assert_null (dataset);
  g_assert_error (error, domain, code);
  if (strstr (error->message, reason) == NULL)
    g_error ("found “%s”, expected “%s”", error->message, reason);
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_sample (void)
{
  CnnSample *sample = cnn_sample_new ("/tmp/x/a.jpg", "x/a.jpg", 7, NULL);
  g_autoptr (GFile) file = cnn_sample_dup_file (sample);
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  int label;

  g_object_get (sample, "name", &name, "path", &path, "label", &label, NULL);
  g_assert_cmpstr (name, ==, "x/a.jpg");
  g_assert_cmpstr (path, ==, "/tmp/x/a.jpg");
  g_assert_cmpint (label, ==, 7);
  g_assert_cmpstr (g_file_peek_path (file), ==, "/tmp/x/a.jpg");
  g_assert_null (cnn_sample_get_problem (sample));
  g_assert_finalize_object (sample);
}

static void
test_homework (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (CnnDataset) dataset = NULL;
  g_autoptr (CnnDataset) inside = NULL;

  put (fixture, "synset_words.txt", "n02121620 cat\nn02084071 dog\n");
  put (fixture, "imagespart/b.JPEG", "");
  put (fixture, "imagespart/a.JPEG", "");
  put (fixture, "imagespart/B.png", "");
  put (fixture, "imagespart/.hidden.jpg", "");
  put (fixture, "imagespart/notes.txt", "");
  put_annotation (fixture, "val/a.xml", " n02084071 ");
  put_annotation (fixture, "val/b.xml", "n02121620");
  put_annotation (fixture, "val/B.xml", "n02084071");

  dataset = load (fixture, NULL);
  g_assert_cmpint (cnn_dataset_get_layout (dataset), ==, CNN_LAYOUT_HOMEWORK);
  assert_samples (dataset, "B.png:1 a.JPEG:1 b.JPEG:0");
  g_assert_cmpuint (cnn_labels_get_size (cnn_dataset_get_labels (dataset)), ==, 2);
  g_assert_null (cnn_dataset_get_problem (dataset));

  inside = load (fixture, "imagespart");
  assert_samples (inside, "B.png:1 a.JPEG:1 b.JPEG:0");
}

static void
test_homework_problems (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (CnnDataset) dataset = NULL;

  for (const char *name = "abcdefg"; *name != '\0'; name++)
    {
      g_autofree char *path = g_strdup_printf ("imagespart/%c.jpg", *name);

      put (fixture, path, "");
    }
  put_annotation (fixture, "val/a.xml", "n01440764");
  put (fixture, "val/c.xml", "<annotation><size><name>n01440764</name></size></annotation>");
  put_annotation (fixture, "val/d.xml", "n99999999");
  put (fixture, "val/e.xml", "<annotation>\n<object>\n<name>n01440764</name></object>");
  put (fixture, "val/f.xml", "");
  put (fixture, "val/g.xml/h", "");

  dataset = load (fixture, NULL);
  assert_samples (dataset, "a.jpg:0 b.jpg:-1 c.jpg:-1 d.jpg:-1 e.jpg:-1 f.jpg:-1 g.jpg:-1");
  assert_problem (dataset, 0, NULL);
  assert_problem (dataset, 1, "/val/b.xml: does not exist");
  assert_problem (dataset, 2, "/val/c.xml: has no class, expected one in <object><name>");
  assert_problem (dataset, 3, "/val/d.xml: class n99999999 is not among the 1000 classes of ImageNet");
  assert_problem (dataset, 4, "/val/e.xml: Error on line 3");
  assert_problem (dataset, 5, "/val/f.xml: ");
  assert_problem (dataset, 6, "/val/g.xml: is a folder, expected a file");
}

static void
test_class_folders (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (CnnDataset) dataset = NULL;
  g_autoptr (CnnDataset) above = NULL;

  put (fixture, "val/n01443537/x.JPEG", "");
  put (fixture, "val/n01440764/b.JPEG", "");
  put (fixture, "val/n01440764/a/c.JPEG", "");
  put (fixture, "val/n99999999/z.JPEG", "");
  put (fixture, "val/other/z.JPEG", "");
  put (fixture, "val/stray.JPEG", "");
  put (fixture, "val/.thumbnails/stray.JPEG", "");

  dataset = load (fixture, "val");
  g_assert_cmpint (cnn_dataset_get_layout (dataset), ==, CNN_LAYOUT_CLASS_FOLDERS);
  assert_samples (dataset, "n01440764/b.JPEG:0 n01440764/a/c.JPEG:0 n01443537/x.JPEG:1 "
                           "n99999999/z.JPEG:-1 other/z.JPEG:-1");
  assert_problem (dataset, 3, "class n99999999 is not among the 1000 classes of ImageNet");
  assert_problem (dataset, 4, "class other is not among the 1000 classes of ImageNet");

  above = load (fixture, NULL);
  g_assert_cmpuint (cnn_dataset_get_n_samples (above), ==, 5);
}

static void
test_named_class_folders (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autoptr (CnnDataset) dataset = NULL;
  CnnLabels *labels;

  put (fixture, "dog/1.jpg", "");
  put (fixture, "cat/2.jpg", "");
  put (fixture, "cat/1.jpg", "");
  put (fixture, "bird/readme.txt", "");

  dataset = load (fixture, NULL);
  labels = cnn_dataset_get_labels (dataset);
  assert_samples (dataset, "cat/1.jpg:1 cat/2.jpg:1 dog/1.jpg:2");
  g_assert_cmpuint (cnn_labels_get_size (labels), ==, 3);
  g_assert_cmpstr (cnn_labels_get_name (labels, 0), ==, "bird");
}

/* The order of sorted (os.walk ()): '-' comes before '/'. */
static void
test_folder_order (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (CnnDataset) dataset = NULL;

  put (fixture, "cat/a/c/1.jpg", "");
  put (fixture, "cat/a-b/2.jpg", "");
  put (fixture, "cat/a/3.jpg", "");
  put (fixture, "cat/4.jpg", "");

  dataset = load (fixture, NULL);
  assert_samples (dataset, "cat/4.jpg:0 cat/a/3.jpg:0 cat/a-b/2.jpg:0 cat/a/c/1.jpg:0");
}

static void
put_link (Fixture    *fixture,
          const char *name,
          const char *target)
{
  g_autofree char *path = g_build_filename (fixture->path, name, NULL);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

static void
test_links (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (CnnDataset) dataset = NULL;

  put (fixture, "cat/a.jpg", "");
  put (fixture, "cat/more/b.jpg", "");
  put_link (fixture, "cat/again", "more");
  put_link (fixture, "cat/loop", ".");
  put_link (fixture, "cat/more/up", "../..");
  put_link (fixture, "cat/c.jpg", "a.jpg");
  put_link (fixture, "cat/d.jpg", "nowhere.jpg");
  put_link (fixture, "kitten", "cat");

  dataset = load (fixture, NULL);
  assert_samples (dataset, "cat/a.jpg:0 cat/c.jpg:0 cat/d.jpg:0 cat/again/b.jpg:0 "
                           "kitten/a.jpg:1 kitten/c.jpg:1 kitten/d.jpg:1 kitten/again/b.jpg:1");
}

static void
test_val_loop (Fixture       *fixture,
               gconstpointer  data)
{
  put_link (fixture, "val", ".");

  assert_refused (fixture->folder, CNN_ERROR, CNN_ERROR_EMPTY, "has no pictures");
}

static void
test_wnid_files (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (CnnDataset) dataset = NULL;

  put (fixture, "n01443537_goldfish.JPEG", "");
  put (fixture, "n01440764_1.JPEG", "");
  put (fixture, "n014407649_1.JPEG", "");
  put (fixture, "n99999999_1.JPEG", "");

  dataset = load (fixture, NULL);
  g_assert_cmpint (cnn_dataset_get_layout (dataset), ==, CNN_LAYOUT_WNID_FILES);
  assert_samples (dataset, "n014407649_1.JPEG:-1 n01440764_1.JPEG:0 n01443537_goldfish.JPEG:1 "
                           "n99999999_1.JPEG:-1");
  assert_problem (dataset, 0, "has no class in its name");
  assert_problem (dataset, 3, "class n99999999 is not among the 1000 classes of ImageNet");
}

static void
test_val_txt (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (CnnDataset) dataset = NULL;
  g_autoptr (CnnDataset) above = NULL;

  put (fixture, "val.txt", "a.jpg 65\nval/b c.jpg 0\n\nd.jpg 1000\nnot-here.jpg 3\nf.jpg n01443537\n");
  put (fixture, "val/a.jpg", "");
  put (fixture, "val/b c.jpg", "");
  put (fixture, "val/d.jpg", "");
  put (fixture, "val/e.jpg", "");
  put (fixture, "val/f.jpg", "");

  dataset = load (fixture, "val");
  g_assert_cmpint (cnn_dataset_get_layout (dataset), ==, CNN_LAYOUT_LABEL_LIST);
  assert_samples (dataset, "a.jpg:65 b c.jpg:0 d.jpg:-1 e.jpg:-1 f.jpg:1");
  assert_problem (dataset, 2, "val.txt, line 4: class 1000 is not among the 1000 classes of the "
                              "list, counted from 0");
  assert_problem (dataset, 3, "is not in val.txt");

  above = load (fixture, NULL);
  assert_samples (above, "a.jpg:65 b c.jpg:0 d.jpg:-1 e.jpg:-1 f.jpg:1");
}

/* A list that cannot be used is told about, and the pictures can still be seen. */
static void
test_val_txt_bad (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (CnnDataset) damaged = NULL;
  g_autoptr (CnnDataset) foreign = NULL;

  put (fixture, "a.jpg", "");
  put (fixture, "val.txt", "a.jpg 1\nb.jpg\n");
  damaged = load (fixture, NULL);
  g_assert_cmpint (cnn_dataset_get_layout (damaged), ==, CNN_LAYOUT_PLAIN);
  g_assert_cmpstr (cnn_dataset_get_problem (damaged), ==,
                   "val.txt, line 2: found “b.jpg”, expected a picture's name and the index of its class");
  assert_samples (damaged, "a.jpg:-1");

  put (fixture, "val.txt", "b.jpg 1\n");
  foreign = load (fixture, NULL);
  g_assert_cmpstr (cnn_dataset_get_problem (foreign), ==, "val.txt: names none of the 1 pictures");
}

static void
test_ground_truth (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (CnnDataset) without_map = NULL;
  g_autoptr (CnnDataset) with_map = NULL;

  put (fixture, "ILSVRC2012_validation_ground_truth.txt", "2\n1\n3\n1\n");
  put (fixture, "ILSVRC2012_val_00000002.JPEG", "");
  put (fixture, "ILSVRC2012_val_00000003.JPEG", "");
  put (fixture, "ILSVRC2012_val_00000005.JPEG", "");

  without_map = load (fixture, NULL);
  assert_samples (without_map, "ILSVRC2012_val_00000002.JPEG:-1 ILSVRC2012_val_00000003.JPEG:-1 "
                               "ILSVRC2012_val_00000005.JPEG:-1");
  g_assert_nonnull (strstr (cnn_dataset_get_problem (without_map), "put map_clsloc.txt"));

  put (fixture, "map_clsloc.txt", "n02119789 1 kit_fox\nn02100735 2 English_setter\n");
  with_map = load (fixture, NULL);
  g_assert_null (cnn_dataset_get_problem (with_map));
  g_assert_cmpint (cnn_dataset_get_layout (with_map), ==, CNN_LAYOUT_LABEL_LIST);
  assert_samples (with_map, "ILSVRC2012_val_00000002.JPEG:278 ILSVRC2012_val_00000003.JPEG:-1 "
                            "ILSVRC2012_val_00000005.JPEG:-1");
  assert_problem (with_map, 1, "line 3: class 3 is not among");
  assert_problem (with_map, 2, "would be line 5 of ILSVRC2012_validation_ground_truth.txt, which has 4");
}

/* Pictures without a number: a line for each, in their order. */
static void
test_ground_truth_by_order (Fixture       *fixture,
                            gconstpointer  data)
{
  g_autoptr (CnnDataset) fitting = NULL;
  g_autoptr (CnnDataset) too_long = NULL;

  put (fixture, "a.jpg", "");
  put (fixture, "b.jpg", "");
  put (fixture, "imagenet_synset_labels.txt", "n01443537\nn01440764\n");
  fitting = load (fixture, NULL);
  assert_samples (fitting, "a.jpg:1 b.jpg:0");

  put (fixture, "imagenet_synset_labels.txt", "n01443537\nn01440764\nn01440764\n");
  too_long = load (fixture, NULL);
  g_assert_cmpstr (cnn_dataset_get_problem (too_long), ==,
                   "imagenet_synset_labels.txt: has 3 lines for 2 pictures, expected as many");
}

static void
test_plain (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (CnnDataset) dataset = NULL;
  g_autoptr (CnnSample) sample = NULL;

  put (fixture, "b.jpg", "");
  put (fixture, "a.WebP", "");
  put (fixture, "c.gif", "");
  put (fixture, "c.jpg.txt", "");
  put (fixture, "jpg", "");
  put (fixture, "d.jpg/inside.txt", "");

  dataset = load (fixture, NULL);
  g_assert_cmpint (cnn_dataset_get_layout (dataset), ==, CNN_LAYOUT_PLAIN);
  assert_samples (dataset, "a.WebP:-1 b.jpg:-1 c.gif:-1");
  assert_problem (dataset, 0, NULL);
  g_assert_null (cnn_dataset_get_problem (dataset));

  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (dataset)) == CNN_TYPE_SAMPLE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (dataset)), ==, 3);
  sample = g_list_model_get_item (G_LIST_MODEL (dataset), 1);
  g_assert_true (sample == cnn_dataset_get_sample (dataset, 1));
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (dataset), 3));
}

static void
test_strange_names (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (CnnDataset) dataset = NULL;
  CnnSample *sample;

  put (fixture, "\xff\xfe.jpg", "");
  put (fixture, "ä\n.jpg", "");

  dataset = load (fixture, NULL);
  g_assert_cmpuint (cnn_dataset_get_n_samples (dataset), ==, 2);
  sample = cnn_dataset_get_sample (dataset, 1);
  g_assert_true (g_utf8_validate (cnn_sample_get_name (sample), -1, NULL));
  g_assert_true (g_str_has_suffix (cnn_sample_get_path (sample), "\xff\xfe.jpg"));
}

static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GFile) missing = g_file_get_child (fixture->folder, "missing");
  g_autoptr (GFile) file = g_file_get_child (fixture->folder, "notes.txt");
  g_autoptr (GFile) remote = g_file_new_for_uri ("http://localhost/pictures");

  assert_refused (missing, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "/missing: does not exist");
  assert_refused (fixture->folder, CNN_ERROR, CNN_ERROR_EMPTY, "has no pictures");
  assert_refused (remote, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "is not a folder of this computer");

  put (fixture, "notes.txt", "");
  assert_refused (file, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY, "/notes.txt: is a file, expected a folder");
  assert_refused (fixture->folder, CNN_ERROR, CNN_ERROR_EMPTY, "has no pictures");

  put (fixture, "a.jpg", "");
  put (fixture, "synset_words.txt", "n01440764 tench\nfish\n");
  assert_refused (fixture->folder, CNN_ERROR, CNN_ERROR_DAMAGED,
                  "/synset_words.txt: line 2: found “fish”");
}

static void
test_unreadable (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->path, "cat", NULL);

  put (fixture, "cat/a.jpg", "");
  g_assert_cmpint (g_chmod (fixture->path, 0755), ==, 0);
  g_assert_cmpint (g_chmod (path, 0), ==, 0);

  unprivileged_begin ();
  assert_refused (fixture->folder, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "/cat: may not be read");
  unprivileged_end ();

  g_assert_cmpint (g_chmod (path, 0700), ==, 0);
}

static void
test_files (void)
{
  g_autoptr (GFile) known = g_file_new_for_path ("/x/n01443537_goldfish.JPEG");
  g_autoptr (GFile) unknown = g_file_new_for_path ("/x/y.png");
  g_autoptr (GFile) remote = g_file_new_for_uri ("http://localhost/z.png");
  GFile *files[] = { unknown, remote, known };
  g_autoptr (CnnDataset) dataset = cnn_dataset_new_for_files (files, G_N_ELEMENTS (files));

  assert_samples (dataset, "y.png:-1 n01443537_goldfish.JPEG:1");
  g_assert_null (cnn_dataset_get_folder (dataset));
}

static void
store_result_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
test_async (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GAsyncResult) cancelled = NULL;
  g_autoptr (GError) error = NULL;
  CnnDataset *dataset;

  put (fixture, "a.jpg", "");
  cnn_dataset_load_async (fixture->folder, NULL, store_result_cb, &loaded);
  cnn_dataset_load_async (fixture->folder, cancellable, store_result_cb, &cancelled);
  g_cancellable_cancel (cancellable);
  while (loaded == NULL || cancelled == NULL)
    g_main_context_iteration (NULL, TRUE);

  dataset = cnn_dataset_load_finish (loaded, &error);
  g_assert_no_error (error);
  assert_samples (dataset, "a.jpg:-1");
  g_clear_object (&loaded);
  g_assert_finalize_object (dataset);

  g_assert_null (cnn_dataset_load_finish (cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static char **
read_table (const char *name)
{
  g_autofree char *path = pack_find (name);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));

  return g_strsplit (g_strchomp (text), "\n", -1);
}

static void
test_pack_homework (void)
{
  g_autofree char *path = pack_find ("imagenet");
  g_autoptr (GFile) folder = NULL;
  g_autoptr (CnnDataset) dataset = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) rows = NULL;

  if (pack_skip (path))
    return;

  folder = g_file_new_for_path (path);
  dataset = cnn_dataset_load (folder, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cnn_dataset_get_layout (dataset), ==, CNN_LAYOUT_HOMEWORK);
  g_assert_cmpuint (cnn_dataset_get_n_samples (dataset), ==, 400);
  g_assert_cmpuint (cnn_dataset_get_n_labelled (dataset), ==, 400);

  rows = read_table ("imagenet/manifest.tsv");
  for (guint i = 0; i < 400; i++)
    {
      g_auto (GStrv) fields = g_strsplit (rows[i + 1], "\t", -1);
      g_autofree char *name = g_strdup_printf ("ILSVRC2012_val_%08d.JPEG", atoi (fields[0]));
      CnnSample *sample = cnn_dataset_get_sample (dataset, i);

      g_assert_cmpstr (cnn_sample_get_name (sample), ==, name);
      g_assert_cmpint (cnn_sample_get_label (sample), ==, atoi (fields[3]));
    }
}

static void
test_pack_class_folders (void)
{
  g_autofree char *path = pack_find ("imagenet-folder");
  g_autoptr (GFile) folder = NULL;
  g_autoptr (CnnDataset) dataset = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) rows = NULL;

  if (pack_skip (path))
    return;

  folder = g_file_new_for_path (path);
  dataset = cnn_dataset_load (folder, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cnn_dataset_get_layout (dataset), ==, CNN_LAYOUT_CLASS_FOLDERS);
  g_assert_cmpuint (cnn_dataset_get_n_samples (dataset), ==, 40);

  rows = read_table ("imagenet-folder.tsv");
  for (guint i = 0; i < 40; i++)
    {
      g_auto (GStrv) fields = g_strsplit (rows[i + 1], "\t", -1);
      CnnSample *sample = cnn_dataset_get_sample (dataset, i);

      g_assert_cmpstr (cnn_sample_get_name (sample), ==, fields[0]);
      g_assert_cmpint (cnn_sample_get_label (sample), ==, atoi (fields[2]));
    }
}

static void
test_large (Fixture       *fixture,
            gconstpointer  data)
{
  const guint n_pictures = 50000;
  g_autoptr (CnnDataset) dataset = NULL;
  g_autoptr (GTimer) timer = NULL;
  gint64 sum = 0;

  put_annotation (fixture, "val/.keep", "");
  put (fixture, "imagespart/.keep", "");
  for (guint i = 1; i <= n_pictures; i++)
    {
      CnnLabels *labels = cnn_labels_get_imagenet ();
      g_autofree char *picture =
        g_strdup_printf ("%s/imagespart/ILSVRC2012_val_%08u.JPEG", fixture->path, i);
      g_autofree char *annotation = g_strdup_printf ("val/ILSVRC2012_val_%08u.xml", i);
      FILE *file = g_fopen (picture, "w");

      g_assert_nonnull (file);
      fclose (file);
      put_annotation (fixture, annotation, cnn_labels_get_wnid (labels, i % 1000));
    }

  timer = g_timer_new ();
  dataset = load (fixture, NULL);
  g_test_message ("%u annotated pictures in %.3f s", n_pictures, g_timer_elapsed (timer, NULL));

  g_assert_cmpuint (cnn_dataset_get_n_labelled (dataset), ==, n_pictures);
  for (guint i = 0; i < n_pictures; i++)
    sum += cnn_sample_get_label (cnn_dataset_get_sample (dataset, i));
  g_assert_cmpint (sum, ==, 50 * 999 * 500);
}

#define add(path, function) \
  g_test_add ("/engine/dataset/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/dataset/sample", test_sample);
  add ("homework", test_homework);
  add ("homework-problems", test_homework_problems);
  add ("class-folders", test_class_folders);
  add ("named-class-folders", test_named_class_folders);
  add ("folder-order", test_folder_order);
  add ("links", test_links);
  add ("val-loop", test_val_loop);
  add ("wnid-files", test_wnid_files);
  add ("val-txt", test_val_txt);
  add ("val-txt-bad", test_val_txt_bad);
  add ("ground-truth", test_ground_truth);
  add ("ground-truth-by-order", test_ground_truth_by_order);
  add ("plain", test_plain);
  add ("strange-names", test_strange_names);
  add ("refused", test_refused);
  add ("unreadable", test_unreadable);
  g_test_add_func ("/engine/dataset/files", test_files);
  add ("async", test_async);
  g_test_add_func ("/engine/dataset/pack-homework", test_pack_homework);
  g_test_add_func ("/engine/dataset/pack-class-folders", test_pack_class_folders);
  add ("large", test_large);

  return g_test_run ();
}
