#include "support/folder.h"

#include <glib/gstdio.h>

struct _Folder
{
  char *path;
};

Folder *
folder_new (void)
{
  g_autoptr (GError) error = NULL;
  Folder *self = g_new0 (Folder, 1);

  self->path = g_dir_make_tmp ("fovea-test-XXXXXX", &error);
  g_assert_no_error (error);

  return self;
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    {
      dir = g_dir_open (path, 0, NULL);
      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);

          remove_all (child);
        }
    }

  g_assert_cmpint (g_remove (path), ==, 0);
}

void
folder_free (Folder *self)
{
  remove_all (self->path);
  g_free (self->path);
  g_free (self);
}

const char *
folder_get_path (Folder *self)
{
  return self->path;
}

/* The path of something in the folder, with sub-folders made for it. */
char *
folder_build (Folder     *self,
              const char *name)
{
  char *path = g_build_filename (self->path, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);

  return path;
}

/* Writes a file of the given bytes, or of text where size is negative. */
void
folder_write (Folder     *self,
              const char *name,
              const void *data,
              gssize      size)
{
  g_autofree char *path = folder_build (self, name);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, data, size, &error);
  g_assert_no_error (error);
}

void
folder_copy (Folder     *self,
             const char *name,
             const char *source)
{
  g_autofree char *path = folder_build (self, name);
  g_autoptr (GFile) from = g_file_new_for_path (source);
  g_autoptr (GFile) to = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}
