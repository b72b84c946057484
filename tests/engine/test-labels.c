#include "core/cnn-error.h"
#include "dataset/cnn-labels.h"
#include "support/pack.h"

#include <string.h>

/* Loads labels from a file with this text. */
static CnnLabels *
load_text (const char  *text,
           gssize       length,
           GError     **error)
{
  g_autoptr (GFileIOStream) stream = NULL;
  g_autoptr (GFile) file = g_file_new_tmp ("labels-XXXXXX.txt", &stream, NULL);
  CnnLabels *labels;

  g_assert_true (g_file_replace_contents (file, text, length < 0 ? strlen (text) : (gsize) length,
                                          NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL, NULL));
  labels = cnn_labels_load (file, NULL, error);
  g_file_delete (file, NULL, NULL);

  return labels;
}

static void
assert_refused (const char *text,
                gssize      length,
                const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnLabels) labels = load_text (text, length, &error);

  g_assert_null (labels);
  g_assert_error (error, CNN_ERROR, CNN_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, reason));
  g_assert_nonnull (strstr (error->message, "/labels-"));
  g_assert_null (strchr (error->message, '\n'));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_imagenet (void)
{
  CnnLabels *labels = cnn_labels_get_imagenet ();
  g_autofree char *short_name = cnn_labels_dup_short_name (labels, 0);

  g_assert_true (labels == cnn_labels_get_imagenet ());
  g_assert_cmpuint (cnn_labels_get_size (labels), ==, 1000);
  g_assert_cmpstr (cnn_labels_get_name (labels, 0), ==, "tench, Tinca tinca");
  g_assert_cmpstr (short_name, ==, "tench");
  g_assert_cmpstr (cnn_labels_get_name (labels, 65), ==, "sea snake");
  g_assert_cmpstr (cnn_labels_get_wnid (labels, 999), ==, "n15075141");
  g_assert_cmpint (cnn_labels_find_wnid (labels, "n02119789"), ==, 278);
  g_assert_cmpint (cnn_labels_find_wnid (labels, "n00000000"), ==, -1);

  for (guint i = 1; i < 1000; i++)
    g_assert_cmpstr (cnn_labels_get_wnid (labels, i - 1), <, cnn_labels_get_wnid (labels, i));
}

/* Our table comes from WordNet itself; the usual list must say the same. */
static void
test_against_pack (void)
{
  g_autofree char *path = pack_find ("imagenet/synset_words.txt");
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (CnnLabels) usual = NULL;
  CnnLabels *ours = cnn_labels_get_imagenet ();

  if (pack_skip (path))
    return;

  file = g_file_new_for_path (path);
  usual = cnn_labels_load (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cnn_labels_get_size (usual), ==, 1000);

  for (guint i = 0; i < 1000; i++)
    {
      g_assert_cmpstr (cnn_labels_get_wnid (ours, i), ==, cnn_labels_get_wnid (usual, i));
      g_assert_cmpstr (cnn_labels_get_name (ours, i), ==, cnn_labels_get_name (usual, i));
    }
}

static void
test_forms (void)
{
  g_autoptr (CnnLabels) names = load_text ("\xef\xbb\xbf" "cat, pet\r\n dog\r\n\r\n", -1, NULL);
  g_autoptr (CnnLabels) words = load_text ("n02121620 cat\nn02084071 dog, Canis", -1, NULL);
  g_autoptr (CnnLabels) ids = load_text ("n02121620\nn02084071\n", -1, NULL);
  g_autoptr (CnnLabels) table =
    load_text ("index\twnid\tnames\n0\tn02121620\tcat\n1\tn02084071\tdog\n", -1, NULL);
  g_autofree char *short_name = cnn_labels_dup_short_name (names, 0);

  g_assert_cmpuint (cnn_labels_get_size (names), ==, 2);
  g_assert_cmpstr (cnn_labels_get_name (names, 0), ==, "cat, pet");
  g_assert_cmpstr (short_name, ==, "cat");
  g_assert_cmpstr (cnn_labels_get_name (names, 1), ==, "dog");
  g_assert_null (cnn_labels_get_wnid (names, 0));

  g_assert_cmpuint (cnn_labels_get_size (words), ==, 2);
  g_assert_cmpstr (cnn_labels_get_name (words, 1), ==, "dog, Canis");
  g_assert_cmpint (cnn_labels_find_wnid (words, "n02084071"), ==, 1);

  g_assert_cmpstr (cnn_labels_get_name (ids, 0), ==, "n02121620");
  g_assert_cmpint (cnn_labels_find_wnid (ids, "n02121620"), ==, 0);

  g_assert_cmpuint (cnn_labels_get_size (table), ==, 2);
  g_assert_cmpstr (cnn_labels_get_name (table, 1), ==, "dog");
  g_assert_cmpint (cnn_labels_find_wnid (table, "n02084071"), ==, 1);
}

static void
test_refused (void)
{
  assert_refused ("", -1, "is empty");
  assert_refused ("\n\n", -1, "is empty");
  assert_refused ("cat\n\ndog\n", -1, "line 2: is empty");
  assert_refused ("n02121620 cat\ndog\n", -1, "line 2: found “dog”, expected a WordNet id");
  assert_refused ("n02121620 cat\nn02121620 dog\n", -1, "line 2: n02121620 is there already");
  assert_refused ("n02121620 cat\nn0208407 dog\n", -1, "line 2: found “n0208407 dog”");
  assert_refused ("index\twnid\tnames\n1\tn02121620\tcat\n", -1, "line 2: found index 1, expected 0");
  assert_refused ("index\twnid\tnames\n0\tcat\n", -1, "line 2: found “0 cat”");
  assert_refused ("cat\n\xff\xfe\n", -1, "line 2: is not UTF-8");
  assert_refused ("cat\0dog", 7, "NUL byte at offset 3");
  assert_refused ("n02121620 cat\nxäääääääääääääääääääääääääääääääääääääääääääääääää\n", -1, "line 2: found");
}

static void
test_missing (void)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nonexistent/synset_words.txt");
  g_autoptr (GFile) folder = g_file_new_for_path (g_get_tmp_dir ());
  g_autoptr (GError) error = NULL;

  g_assert_null (cnn_labels_load (file, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "/nonexistent/synset_words.txt: does not exist");
  g_clear_error (&error);

  g_assert_null (cnn_labels_load (folder, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/labels/imagenet", test_imagenet);
  g_test_add_func ("/engine/labels/against-pack", test_against_pack);
  g_test_add_func ("/engine/labels/forms", test_forms);
  g_test_add_func ("/engine/labels/refused", test_refused);
  g_test_add_func ("/engine/labels/missing", test_missing);

  return g_test_run ();
}
