#include "support/zoo.h"

/* Returns: (nullable): the path of the zoo's file of that name, or NULL where
 * there is no zoo */
char *
zoo_find (const char *name)
{
  const char *root = g_getenv ("FOVEA_ZOO");
  char *path;

  if (root == NULL || *root == '\0')
    return NULL;

  /* A zoo that lacks a file is a mistake; no zoo at all is not. */
  path = g_build_filename (root, name, NULL);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));

  return path;
}

/* Skips the running test where zoo_find() found nothing. */
gboolean
zoo_skip (const char *path)
{
  if (path == NULL)
    g_test_skip ("no zoo: set FOVEA_ZOO");

  return path == NULL;
}
