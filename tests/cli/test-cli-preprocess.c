#include "cli-test.h"

#include <stdlib.h>

#include "image/cnn-image.h"
#include "support/folder.h"
#include "support/pack.h"

/* A picture of the pack, and where Pillow cuts its centre crop. */
typedef struct
{
  int number;
  int left;
  int top;
} Row;

static CnnImage *
load_image (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  CnnImage *image = cnn_image_load (file, NULL, &error);

  g_assert_no_error (error);

  return image;
}

static void
assert_same_pixels (CnnImage *image,
                    CnnImage *expected)
{
  g_assert_cmpuint (cnn_image_get_width (image), ==, cnn_image_get_width (expected));
  g_assert_cmpuint (cnn_image_get_height (image), ==, cnn_image_get_height (expected));
  g_assert_cmpmem (cnn_image_get_pixels (image),
                   3 * cnn_image_get_width (image) * cnn_image_get_height (image),
                   cnn_image_get_pixels (expected),
                   3 * cnn_image_get_width (expected) * cnn_image_get_height (expected));
}

static void
assert_crop (Folder     *folder,
             const char *name,
             CnnImage   *resized,
             int         left,
             int         top)
{
  g_autofree char *path = folder_build (folder, name);
  g_autoptr (CnnImage) crop = load_image (path);
  g_autoptr (CnnImage) expected = cnn_image_crop (resized, left, top, 224, 224);

  assert_same_pixels (crop, expected);
}

static void
assert_picture (const Row  *row,
                const char *preset,
                const char *suffix)
{
  g_autofree char *reference_name = g_strdup_printf ("oracle/pixels/%03d-%s.png", row->number, suffix);
  g_autofree char *picture_name =
    g_strdup_printf ("imagenet/imagespart/ILSVRC2012_val_%08d.JPEG", row->number);
  g_autofree char *reference_path = pack_find (reference_name);
  g_autofree char *picture = pack_find (picture_name);
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *output = g_build_filename (folder_get_path (folder), "made", "for it", NULL);
  g_autofree char *resized_path = g_build_filename (output, "resized.png", NULL);
  g_autoptr (CnnImage) reference = load_image (reference_path);
  g_autoptr (CnnImage) resized = NULL;
  g_auto (CliRun) run = { 0 };
  int right = cnn_image_get_width (reference) - 224;
  int bottom = cnn_image_get_height (reference) - 224;

  cli_run (&run, "preprocess", picture, "--output", output, "--preset", preset, NULL);
  g_assert_cmpstr (run.errors, ==, "");
  g_assert_cmpint (run.status, ==, 0);

  resized = load_image (resized_path);
  assert_same_pixels (resized, reference);
  assert_crop (folder, "made/for it/center.png", reference, row->left, row->top);
  assert_crop (folder, "made/for it/topleft.png", reference, 0, 0);
  assert_crop (folder, "made/for it/topright.png", reference, right, 0);
  assert_crop (folder, "made/for it/botleft.png", reference, 0, bottom);
  assert_crop (folder, "made/for it/botright.png", reference, right, bottom);
}

static void
assert_pixels (const char *preset,
               const char *suffix,
               guint       column)
{
  g_autofree char *path = pack_find ("oracle/pixels/pixels.tsv");
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (pack_skip (path))
    return;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 13);
  for (guint i = 1; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], "\t", -1);
      g_auto (GStrv) corner = g_strsplit (fields[column], ",", -1);

      assert_picture (&(Row) { atoi (fields[0]), atoi (corner[0]), atoi (corner[1]) }, preset, suffix);
    }
}

static void
test_homework (void)
{
  assert_pixels ("homework", "lanczos280", 7);
}

static void
test_torchvision (void)
{
  assert_pixels ("torchvision", "bilinear256", 8);
}

static void
test_bad_input (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *text = folder_build (folder, "text.JPEG");
  g_autofree char *none = folder_build (folder, "none.JPEG");
  g_auto (CliRun) not_image = { 0 };
  g_auto (CliRun) not_there = { 0 };

  folder_write (folder, "text.JPEG", "no picture\n", -1);

  cli_run (&not_image, "preprocess", text, "--output", folder_get_path (folder), NULL);
  cli_assert_one_line (&not_image, 1, "text.JPEG: ");

  cli_run (&not_there, "preprocess", none, "--output", folder_get_path (folder), NULL);
  cli_assert_one_line (&not_there, 1, "none.JPEG: ");
}

static void
test_no_folder (void)
{
  g_autofree char *picture = pack_find ("imagenet/imagespart/ILSVRC2012_val_00000399.JPEG");
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *blocked = g_build_filename (folder_get_path (folder), "file", "out", NULL);
  g_auto (CliRun) run = { 0 };

  if (pack_skip (picture))
    return;

  folder_write (folder, "file", "", 0);
  cli_run (&run, "preprocess", picture, "--output", blocked, NULL);
  cli_assert_one_line (&run, 1, "file/out: cannot be made: ");
}

static void
test_usage (void)
{
  g_auto (CliRun) no_output = { 0 };
  g_auto (CliRun) no_image = { 0 };
  g_auto (CliRun) two_images = { 0 };
  g_auto (CliRun) preset = { 0 };
  g_auto (CliRun) threads = { 0 };

  cli_run (&no_output, "preprocess", "a.JPEG", NULL);
  cli_assert_one_line (&no_output, 2, "missing option --output");

  cli_run (&no_image, "preprocess", "--output", "x", NULL);
  cli_assert_one_line (&no_image, 2, "missing argument; expected IMAGE");

  cli_run (&two_images, "preprocess", "a.JPEG", "b.JPEG", "--output", "x", NULL);
  cli_assert_one_line (&two_images, 2, "unexpected argument “b.JPEG”");

  cli_run (&preset, "preprocess", "a.JPEG", "--preset", "imagenet", "--output", "x", NULL);
  cli_assert_one_line (&preset, 2, "--preset is “imagenet”; expected homework, torchvision or model");

  cli_run (&threads, "preprocess", "a.JPEG", "--threads", "0", "--output", "x", NULL);
  cli_assert_one_line (&threads, 2, "--threads is “0”");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/preprocess/homework", test_homework);
  g_test_add_func ("/cli/preprocess/torchvision", test_torchvision);
  g_test_add_func ("/cli/preprocess/bad-input", test_bad_input);
  g_test_add_func ("/cli/preprocess/no-folder", test_no_folder);
  g_test_add_func ("/cli/preprocess/usage", test_usage);

  return g_test_run ();
}
