#include "app-fixture.h"

#include <glib/gstdio.h>

static const char *const classes[FIXTURE_N_CLASSES] = { "blue", "green", "red" };

/* ---- Pictures ---- */

static void
draw_picture (GFile *folder,
              guint  position)
{
  guint width = FIXTURE_WIDTH (position);
  guint channel = 2 - position * FIXTURE_N_CLASSES / FIXTURE_N_PICTURES;
  g_autofree guint8 *pixels = g_malloc0 (width * FIXTURE_HEIGHT * 3);
  g_autofree char *name = g_strdup_printf ("%s/%02u.png", classes[2 - channel], position);
  g_autoptr (GFile) file = g_file_resolve_relative_path (folder, name);
  g_autoptr (GFile) parent = g_file_get_parent (file);
  g_autoptr (CnnImage) image = NULL;
  g_autoptr (GError) error = NULL;

  for (guint y = 0; y < FIXTURE_HEIGHT; y++)
    for (guint x = 0; x < width; x++)
      pixels[(y * width + x) * 3 + channel] = 60 + 10 * position + (x + y) % 64;

  g_mkdir_with_parents (g_file_peek_path (parent), 0755);
  image = cnn_image_new (width, FIXTURE_HEIGHT, pixels);
  cnn_image_save_png (image, file, NULL, &error);
  g_assert_no_error (error);
}

/* ---- A network: SqueezeNet 1.1 for three classes ---- */

static void
add_tensor (CnnStateDict   *dict,
            GRand          *rand,
            const char     *name,
            const CnnShape *shape,
            double          scale)
{
  g_autoptr (CnnTensor) tensor = cnn_tensor_new (shape);
  float *data = cnn_tensor_get_mutable_data (tensor);
  gsize n = cnn_tensor_get_n_elements (tensor);

  for (gsize i = 0; i < n; i++)
    data[i] = g_rand_double_range (rand, -scale, scale);
  cnn_state_dict_add (dict, name, tensor);
}

static void
add_conv (CnnStateDict *dict,
          GRand        *rand,
          const char   *name,
          guint         filters,
          guint         channels,
          guint         kernel)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);
  double scale = 2. / (channels * kernel);

  add_tensor (dict, rand, weight, &CNN_SHAPE_4 (filters, channels, kernel, kernel), scale);
  add_tensor (dict, rand, bias, &CNN_SHAPE_1 (filters), scale);
}

static void
add_fire (CnnStateDict *dict,
          GRand        *rand,
          guint         number,
          guint         channels,
          guint         squeeze,
          guint         expand)
{
  g_autofree char *first = g_strdup_printf ("features.%u.squeeze", number);
  g_autofree char *second = g_strdup_printf ("features.%u.expand1x1", number);
  g_autofree char *third = g_strdup_printf ("features.%u.expand3x3", number);

  add_conv (dict, rand, first, squeeze, channels, 1);
  add_conv (dict, rand, second, expand, squeeze, 1);
  add_conv (dict, rand, third, expand, squeeze, 3);
}

static void
write_network (GFile *file)
{
  g_autoptr (CnnStateDict) dict = cnn_state_dict_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (20);
  g_autoptr (GError) error = NULL;

  add_conv (dict, rand, "features.0", 64, 3, 3);
  add_fire (dict, rand, 3, 64, 16, 64);
  add_fire (dict, rand, 4, 128, 16, 64);
  add_fire (dict, rand, 6, 128, 32, 128);
  add_fire (dict, rand, 7, 256, 32, 128);
  add_fire (dict, rand, 9, 256, 48, 192);
  add_fire (dict, rand, 10, 384, 48, 192);
  add_fire (dict, rand, 11, 384, 64, 256);
  add_fire (dict, rand, 12, 512, 64, 256);
  add_conv (dict, rand, "classifier.1", FIXTURE_N_CLASSES, 512, 1);

  cnn_state_dict_save (dict, file, NULL, &error);
  g_assert_no_error (error);
}

/* ---- Both ---- */

void
app_fixture_set_up (AppFixture    *fixture,
                    gconstpointer  data)
{
  g_autoptr (GFile) root = NULL;
  g_autoptr (GError) error = NULL;

  fixture->path = g_dir_make_tmp ("fovea-test-XXXXXX", &error);
  g_assert_no_error (error);
  root = g_file_new_for_path (fixture->path);
  fixture->pictures = g_file_get_child (root, "pictures");
  fixture->model = g_file_get_child (root, "small.safetensors");

  for (guint i = 0; i < FIXTURE_N_PICTURES; i++)
    draw_picture (fixture->pictures, i);
  write_network (fixture->model);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
app_fixture_tear_down (AppFixture    *fixture,
                       gconstpointer  data)
{
  remove_tree (fixture->path);
  g_clear_object (&fixture->pictures);
  g_clear_object (&fixture->model);
  g_clear_pointer (&fixture->path, g_free);
}

/* Writes a file, named from the fixture's folder. */
void
app_fixture_write (AppFixture *fixture,
                   const char *name,
                   const char *contents)
{
  g_autofree char *path = g_build_filename (fixture->path, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0755);
  g_file_set_contents (path, contents, -1, &error);
  g_assert_no_error (error);
}
