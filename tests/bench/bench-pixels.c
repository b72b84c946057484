/* Does what happens to a picture before a network sees it, for tests/bench/pixels:
 * reads lines of a stage and a file, does that once, and answers each with the
 * milliseconds that it took. Where the stage is a filter and a size ("lanczos 5 3"),
 * it answers with the Adler-32 of the resized picture. */

#include "cnn.h"

#include <stdio.h>
#include <string.h>

static GBytes *
read_file (GFile *file)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = g_file_load_bytes (file, NULL, NULL, &error);

  if (bytes == NULL)
    g_error ("%s", error->message);

  return bytes;
}

static CnnImage *
decode (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  CnnImage *image = cnn_image_new_from_bytes (bytes, NULL, &error);

  if (image == NULL)
    g_error ("%s", error->message);

  return image;
}

static void
resize (CnnImage  *image,
        guint      short_side,
        CnnFilter  filter)
{
  guint width = cnn_image_get_width (image);
  guint height = cnn_image_get_height (image);
  double ratio = (double) short_side / MIN (width, height);
  g_autoptr (CnnImage) resized = cnn_image_resize (image, width * ratio, height * ratio, filter);

  g_assert_nonnull (resized);
}

static guint32
adler32 (CnnImage *image)
{
  const guint8 *p = cnn_image_get_pixels (image);
  gsize n_bytes = (gsize) cnn_image_get_width (image) * cnn_image_get_height (image) * 3;
  guint32 a = 1, b = 0;

  for (gsize i = 0; i < n_bytes; i++)
    {
      a = (a + p[i]) % 65521;
      b = (b + a) % 65521;
    }

  return b << 16 | a;
}

static guint32
sum_resized (const char *filter,
             guint       width,
             guint       height,
             const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GBytes) bytes = read_file (file);
  g_autoptr (CnnImage) image = decode (bytes);
  g_autoptr (CnnImage) resized =
    cnn_image_resize (image, width, height,
                      strcmp (filter, "lanczos") == 0 ? CNN_FILTER_LANCZOS : CNN_FILTER_BILINEAR);

  return adler32 (resized);
}

static void
prepare (GFile       *file,
         CnnCropMode  mode)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnPrepared) prepared =
    cnn_prepared_load (file, cnn_recipe_get_preset ("homework"), mode, NULL, &error);
  g_autoptr (CnnTensor) tensor = NULL;

  if (prepared == NULL)
    g_error ("%s", error->message);

  tensor = cnn_prepared_dup_tensor (prepared);
}

static double
time_stage (const char *stage,
            const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GBytes) bytes = read_file (file);
  g_autoptr (CnnImage) image = decode (bytes);
  gint64 start = g_get_monotonic_time ();

  if (strcmp (stage, "decode") == 0)
    cnn_image_unref (decode (bytes));
  else if (strcmp (stage, "lanczos") == 0)
    resize (image, 280, CNN_FILTER_LANCZOS);
  else if (strcmp (stage, "bilinear") == 0)
    resize (image, 256, CNN_FILTER_BILINEAR);
  else if (strcmp (stage, "center") == 0)
    prepare (file, CNN_CROPS_CENTER);
  else if (strcmp (stage, "five") == 0)
    prepare (file, CNN_CROPS_FIVE);
  else
    g_error ("%s: no such stage", stage);

  return (g_get_monotonic_time () - start) / 1000.0;
}

int
main (void)
{
  char line[4096];

  while (fgets (line, sizeof line, stdin) != NULL)
    {
      char name[16], path[4096];
      guint width, height;

      if (sscanf (line, "%15s %u %u %4095s", name, &width, &height, path) == 4)
        printf ("%u\n", sum_resized (name, width, height, path));
      else if (sscanf (line, "%15s %4095s", name, path) == 2)
        printf ("%.3f\n", time_stage (name, path));
      else
        return 1;

      fflush (stdout);
    }

  return 0;
}
