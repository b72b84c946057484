/* Writes a small right file of each format into a folder: a corpus to start from. */

#include "support/model-seeds.h"

#include <glib/gstdio.h>

int
main (int   argc,
      char *argv[])
{
  if (argc != 2 || g_mkdir_with_parents (argv[1], 0755) != 0)
    {
      g_printerr ("Usage: write-seeds FOLDER\n");
      return 2;
    }

  for (guint seed = 0; seed < N_MODEL_SEEDS; seed++)
    {
      g_autoptr (GBytes) bytes = model_seed_new (seed);
      g_autofree char *path = g_build_filename (argv[1], model_seed_get_name (seed), NULL);
      g_autoptr (GError) error = NULL;
      gsize size;
      const char *data = g_bytes_get_data (bytes, &size);

      if (!g_file_set_contents (path, data, size, &error))
        {
          g_printerr ("%s\n", error->message);
          return 1;
        }
    }

  return 0;
}
