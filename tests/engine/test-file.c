#include "core/cnn-file.h"

#include <string.h>
#include <unistd.h>

#include "support/folder.h"

static GFile *
get_file (Folder     *folder,
          const char *name)
{
  g_autofree char *path = folder_build (folder, name);

  return g_file_new_for_path (path);
}

static void
assert_contents (GFile      *file,
                 const char *expected)
{
  g_autofree char *contents = NULL;

  g_assert_true (g_file_load_contents (file, NULL, &contents, NULL, NULL, NULL));
  g_assert_cmpstr (contents, ==, expected);
}

static guint
count_files (Folder *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder_get_path (folder), 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static void
test_save (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (GFile) file = get_file (folder, "file");
  g_autoptr (GError) error = NULL;

  g_assert_true (cnn_file_save_bytes (file, "one", 3, NULL, &error));
  g_assert_no_error (error);
  assert_contents (file, "one");

  g_assert_true (cnn_file_save_bytes (file, "", 0, NULL, &error));
  g_assert_no_error (error);
  assert_contents (file, "");
  g_assert_cmpuint (count_files (folder), ==, 1);
}

static void
test_link (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (GFile) file = get_file (folder, "file");
  g_autoptr (GFile) link = get_file (folder, "link");
  g_autoptr (GError) error = NULL;

  folder_write (folder, "file", "old", -1);
  g_assert_cmpint (symlink ("file", g_file_peek_path (link)), ==, 0);

  g_assert_true (cnn_file_save_bytes (link, "new", 3, NULL, &error));
  g_assert_no_error (error);
  assert_contents (file, "new");
  g_assert_true (g_file_test (g_file_peek_path (link), G_FILE_TEST_IS_SYMLINK));
}

static gboolean
save_half (GOutputStream  *stream,
           gpointer        data,
           GCancellable   *cancellable,
           GError        **error)
{
  g_assert_true (g_output_stream_write_all (stream, "half", 4, NULL, NULL, NULL));
  g_assert_true (g_output_stream_flush (stream, NULL, NULL));
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "No space left on device");

  return FALSE;
}

/* What was there stays, and nothing is left beside it. */
static void
test_failure (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (GFile) file = get_file (folder, "file");
  g_autoptr (GFile) other = get_file (folder, "other");
  g_autoptr (GError) error = NULL;

  folder_write (folder, "file", "old", -1);
  g_assert_false (cnn_file_save (file, save_half, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_true (g_str_has_suffix (error->message, "/file: cannot be written: No space left on device"));
  assert_contents (file, "old");
  g_clear_error (&error);

  g_assert_false (cnn_file_save (other, save_half, NULL, NULL, &error));
  g_assert_cmpuint (count_files (folder), ==, 1);
}

static void
test_no_file (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (GFile) self = g_file_new_for_path (folder_get_path (folder));
  g_autoptr (GFile) lost = g_file_new_build_filename (folder_get_path (folder), "none", "file", NULL);
  g_autoptr (GFile) device = g_file_new_for_path ("/dev/null");
  g_autoptr (GError) error = NULL;

  g_assert_false (cnn_file_save_bytes (self, "x", 1, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_clear_error (&error);

  g_assert_false (cnn_file_save_bytes (lost, "x", 1, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_false (cnn_file_save_bytes (device, "x", 1, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_assert_cmpuint (count_files (folder), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/file/save", test_save);
  g_test_add_func ("/engine/file/link", test_link);
  g_test_add_func ("/engine/file/failure", test_failure);
  g_test_add_func ("/engine/file/no-file", test_no_file);

  return g_test_run ();
}
