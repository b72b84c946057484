#include "support/temporary.h"

GFile *
temporary_new (const char *name,
               const void *data,
               gsize       size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("fovea-test-XXXXXX", &error);
  g_autofree char *path = NULL;

  g_assert_no_error (error);

  path = g_build_filename (folder, name, NULL);
  g_file_set_contents (path, data, size, &error);
  g_assert_no_error (error);

  return g_file_new_for_path (path);
}

void
temporary_free (GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);

  g_file_delete (file, NULL, NULL);
  g_assert_true (g_file_delete (folder, NULL, NULL));
  g_object_unref (file);
}
