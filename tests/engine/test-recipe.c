#include "core/cnn-error.h"
#include "formats/cnn-state-dict.h"
#include "image/cnn-recipe.h"
#include "image/cnn-recipe-private.h"
#include "support/pack.h"

#include <string.h>

static CnnImage *
make_gradient (guint width,
               guint height)
{
  g_autofree guint8 *pixels = g_malloc ((gsize) width * height * 3);

  for (guint y = 0; y < height; y++)
    {
      for (guint x = 0; x < width; x++)
        {
          guint8 *pixel = pixels + ((gsize) y * width + x) * 3;

          pixel[0] = x;
          pixel[1] = y;
          pixel[2] = x + y;
        }
    }

  return cnn_image_new (width, height, pixels);
}

static void
test_presets (void)
{
  const CnnRecipe *homework = cnn_recipe_get_preset ("homework");
  const CnnRecipe *torchvision = cnn_recipe_get_preset ("torchvision");

  g_assert_cmpuint (homework->short_side, ==, 280);
  g_assert_cmpuint (homework->crop_size, ==, 224);
  g_assert_cmpint (homework->filter, ==, CNN_FILTER_LANCZOS);
  g_assert_cmpuint (torchvision->short_side, ==, 256);
  g_assert_cmpint (torchvision->filter, ==, CNN_FILTER_BILINEAR);
  g_assert_null (cnn_recipe_get_preset ("imagenet"));
  g_assert_null (cnn_recipe_get_preset (NULL));
}

static void
test_modes (void)
{
  for (CnnCropMode mode = CNN_CROPS_CENTER; mode <= CNN_CROPS_TEN; mode++)
    {
      CnnCropMode parsed;

      g_assert_true (cnn_crop_mode_parse (cnn_crop_mode_get_name (mode), &parsed));
      g_assert_cmpint (parsed, ==, mode);
    }
  g_assert_cmpuint (cnn_crop_mode_get_n_crops (CNN_CROPS_CENTER), ==, 1);
  g_assert_cmpuint (cnn_crop_mode_get_n_crops (CNN_CROPS_FIVE), ==, 5);
  g_assert_cmpuint (cnn_crop_mode_get_n_crops (CNN_CROPS_TEN), ==, CNN_MAX_CROPS);
  g_assert_false (cnn_crop_mode_parse ("all", &(CnnCropMode) { 0 }));

  g_assert_cmpstr (cnn_crop_get_title (0), ==, "centre");
  g_assert_cmpstr (cnn_crop_get_title (3), ==, "bottom left");
  g_assert_cmpstr (cnn_crop_get_slug (0), ==, "center");
  g_assert_cmpstr (cnn_crop_get_slug (3), ==, "botleft");
  g_assert_cmpstr (cnn_crop_get_slug (9), ==, "botright-mirrored");
}

static void
assert_size (const char *preset,
             guint       width,
             guint       height,
             guint       new_width,
             guint       new_height)
{
  g_autoptr (GError) error = NULL;
  guint found_width, found_height;

  g_assert_true (cnn_recipe_get_size (cnn_recipe_get_preset (preset), width, height,
                                      &found_width, &found_height, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (found_width, ==, new_width);
  g_assert_cmpuint (found_height, ==, new_height);
}

static void
test_sizes (void)
{
  /* The short sides below 2300 for which int(m * (280 / m)) is 279. */
  const guint short_by_one[] = { 275, 550, 1073, 1079, 1100, 2146, 2158, 2200, 2201 };
  gsize next = 0;

  for (guint side = 1; side < 2300; side++)
    {
      gboolean is_short = next < G_N_ELEMENTS (short_by_one) && short_by_one[next] == side;

      assert_size ("homework", side, side, is_short ? 279 : 280, is_short ? 279 : 280);
      assert_size ("torchvision", side, side, 256, 256);
      next += is_short;
    }
  g_assert_cmpuint (next, ==, G_N_ELEMENTS (short_by_one));

  assert_size ("homework", 275, 385, 279, 391);
  assert_size ("torchvision", 275, 385, 256, 358);
  assert_size ("homework", 100, 20000, 280, 56000);
}

/* torchvision rounds halves to the even neighbour. */
static void
test_centers (void)
{
  const struct { guint side; int homework, torchvision; } cases[] = {
    { 224, 0, 0 }, { 225, 0, 0 }, { 226, 1, 1 }, { 227, 1, 2 }, { 229, 2, 2 }, { 231, 3, 4 },
    { 279, 27, 28 }, { 280, 28, 28 }, { 391, 83, 84 }, { 393, 84, 84 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CnnCrop crop;

      g_assert_true (cnn_recipe_get_crops (cnn_recipe_get_preset ("homework"), cases[i].side, 300,
                                           CNN_CROPS_CENTER, &crop, NULL));
      g_assert_cmpint (crop.left, ==, cases[i].homework);
      g_assert_true (cnn_recipe_get_crops (cnn_recipe_get_preset ("torchvision"), 300, cases[i].side,
                                           CNN_CROPS_CENTER, &crop, NULL));
      g_assert_cmpint (crop.top, ==, cases[i].torchvision);
    }
}

static void
test_crops (void)
{
  g_autoptr (CnnImage) image = make_gradient (560, 700);
  g_autoptr (CnnPrepared) prepared =
    cnn_prepared_new (image, cnn_recipe_get_preset ("homework"), CNN_CROPS_TEN, NULL);
  const int corners[][2] = { { 28, 63 }, { 0, 0 }, { 56, 0 }, { 0, 126 }, { 56, 126 } };
  double left, top, width, height;

  g_assert_cmpuint (cnn_prepared_get_n_crops (prepared), ==, 10);
  g_assert_true (cnn_prepared_get_image (prepared) == image);
  for (guint i = 0; i < 10; i++)
    {
      const CnnCrop *crop = cnn_prepared_get_crop (prepared, i);

      g_assert_cmpint (crop->left, ==, corners[i % 5][0]);
      g_assert_cmpint (crop->top, ==, corners[i % 5][1]);
      g_assert_cmpuint (crop->size, ==, 224);
      g_assert_cmpint (crop->mirrored, ==, i >= 5);
    }

  cnn_prepared_get_crop_in_image (prepared, 4, &left, &top, &width, &height);
  g_assert_cmpfloat (left, ==, 112);
  g_assert_cmpfloat (top, ==, 252);
  g_assert_cmpfloat (width, ==, 448);
  g_assert_cmpfloat (height, ==, 448);
}

/* The tensor holds what the crop's picture shows, plane by plane. */
static void
test_tensor (void)
{
  g_autoptr (CnnImage) image = make_gradient (300, 290);
  CnnRecipe recipe = *cnn_recipe_get_preset ("homework");
  g_autoptr (CnnPrepared) prepared = NULL;
  g_autoptr (CnnTensor) tensor = NULL;
  g_autofree char *shape = NULL;
  const float *numbers;

  recipe.crop_size = 33;
  prepared = cnn_prepared_new (image, &recipe, CNN_CROPS_TEN, NULL);
  tensor = cnn_prepared_dup_tensor (prepared);
  shape = cnn_shape_to_string (cnn_tensor_get_shape (tensor));
  g_assert_cmpstr (shape, ==, "10×3×33×33");

  numbers = cnn_tensor_get_data (tensor);
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (CnnImage) crop = cnn_prepared_dup_crop_image (prepared, i);
      g_autoptr (CnnImage) straight = cnn_prepared_dup_crop_image (prepared, i % 5);
      const guint8 *pixels = cnn_image_get_pixels (crop);
      const guint8 *straight_pixels = cnn_image_get_pixels (straight);

      for (guint c = 0; c < 3; c++)
        {
          for (guint y = 0; y < 33; y++)
            {
              for (guint x = 0; x < 33; x++, numbers++)
                {
                  guint8 byte = pixels[(y * 33 + x) * 3 + c];
                  guint from = i < 5 ? x : 32 - x;
                  float value = byte / 255.0f;

                  g_assert_cmpuint (byte, ==, straight_pixels[(y * 33 + from) * 3 + c]);
                  value -= recipe.mean[c];
                  value /= recipe.std[c];
                  g_assert_cmpfloat (*numbers, ==, value);
                }
            }
        }
    }
}

static void
assert_shows_the_same (CnnPrepared *bare,
                       CnnPrepared *whole)
{
  g_assert_cmpuint (cnn_prepared_get_n_crops (bare), ==, cnn_prepared_get_n_crops (whole));

  for (guint i = 0; i < cnn_prepared_get_n_crops (whole); i++)
    {
      g_autoptr (CnnImage) expected = cnn_prepared_dup_crop_image (whole, i);
      g_autoptr (CnnImage) found = cnn_prepared_dup_crop_image (bare, i);
      const guint8 *pixel = cnn_image_get_pixels (expected);
      CnnPixels pixels;

      g_assert_cmpmem (cnn_image_get_pixels (found), 3 * 33 * 33, pixel, 3 * 33 * 33);

      cnn_prepared_get_pixels (bare, i, &pixels);
      g_assert_cmpint (pixels.width, ==, 33);
      g_assert_cmpint (pixels.height, ==, 33);
      for (int y = 0; y < 33; y++)
        for (int x = 0; x < 33; x++, pixel += 3)
          g_assert_cmpmem (pixels.first + y * pixels.down + x * pixels.across, 3, pixel, 3);
    }
}

/* What has no more than a network needs has the same crops, as bytes and as
 * numbers. */
static void
test_bare (void)
{
  const guint sizes[][2] = { { 300, 290 }, { 33, 100 }, { 90, 33 }, { 5, 7 } };
  CnnRecipe recipe = *cnn_recipe_get_preset ("torchvision");

  recipe.crop_size = 33;
  recipe.short_side = 41;

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (CnnCropMode mode = CNN_CROPS_CENTER; mode <= CNN_CROPS_TEN; mode++)
      {
        g_autoptr (CnnImage) image = make_gradient (sizes[i][0], sizes[i][1]);
        g_autoptr (CnnPrepared) whole = cnn_prepared_new (image, &recipe, mode, NULL);
        g_autoptr (CnnPrepared) bare = cnn_prepared_new_bare (image, &recipe, mode, NULL);
        g_autoptr (CnnTensor) expected = cnn_prepared_dup_tensor (whole);
        g_autoptr (CnnTensor) found = cnn_prepared_dup_tensor (bare);
        gsize size = cnn_tensor_get_n_elements (expected) * sizeof (float);

        assert_shows_the_same (bare, whole);
        g_assert_cmpmem (cnn_tensor_get_data (found), size, cnn_tensor_get_data (expected), size);
        g_assert_null (cnn_prepared_get_image (bare));
        g_assert_null (cnn_prepared_get_resized (bare));
      }
}

static CnnPrepared *
prepare_from_pack (const char  *number,
                   const char  *preset,
                   CnnCropMode  mode)
{
  g_autofree char *name =
    g_strdup_printf ("imagenet/imagespart/ILSVRC2012_val_%08d.JPEG", atoi (number));
  g_autofree char *path = pack_find (name);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  CnnPrepared *prepared =
    cnn_prepared_load (file, cnn_recipe_get_preset (preset), mode, NULL, &error);

  g_assert_no_error (error);

  return prepared;
}

static void
assert_resized_to (CnnPrepared *prepared,
                   const char  *expected)
{
  CnnImage *resized = cnn_prepared_get_resized (prepared);
  g_autofree char *size =
    g_strdup_printf ("%ux%u", cnn_image_get_width (resized), cnn_image_get_height (resized));

  g_assert_cmpstr (size, ==, expected);
}

static char **
read_table (const char *path)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));

  return g_strsplit (g_strchomp (text), "\n", -1);
}

static void
test_pack_sizes (void)
{
  g_autofree char *path = pack_find ("imagenet/manifest.tsv");
  g_auto (GStrv) rows = NULL;

  if (pack_skip (path))
    return;

  rows = read_table (path);
  g_assert_cmpuint (g_strv_length (rows), ==, 401);
  for (guint i = 1; rows[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (rows[i], "\t", -1);
      g_autoptr (CnnPrepared) prepared =
        prepare_from_pack (fields[0], "homework", CNN_CROPS_CENTER);

      assert_resized_to (prepared, fields[10]);
    }
}

static void
assert_corner (CnnPrepared *prepared,
               const char  *expected)
{
  const CnnCrop *crop = cnn_prepared_get_crop (prepared, 0);
  g_autofree char *corner = g_strdup_printf ("%d,%d", crop->left, crop->top);

  g_assert_cmpstr (corner, ==, expected);
}

static void
test_pack_crops (void)
{
  g_autofree char *path = pack_find ("oracle/pixels/pixels.tsv");
  g_auto (GStrv) rows = NULL;

  if (pack_skip (path))
    return;

  rows = read_table (path);
  for (guint i = 1; rows[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (rows[i], "\t", -1);
      g_autoptr (CnnPrepared) homework = prepare_from_pack (fields[0], "homework", CNN_CROPS_FIVE);
      g_autoptr (CnnPrepared) torchvision =
        prepare_from_pack (fields[0], "torchvision", CNN_CROPS_CENTER);

      assert_resized_to (homework, fields[5]);
      assert_resized_to (torchvision, fields[6]);
      assert_corner (homework, fields[7]);
      assert_corner (torchvision, fields[8]);
    }
}

/* PyTorch's input, bit for bit. */
static void
test_pack_inputs (void)
{
  const char *numbers[] = { "002", "010", "104" };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *name =
        g_strdup_printf ("oracle/activations/squeezenet1_1-%s.safetensors", numbers[i]);
      g_autofree char *path = pack_find (name);
      g_autoptr (CnnPrepared) prepared = NULL;
      g_autoptr (CnnStateDict) reference = NULL;
      g_autoptr (CnnTensor) tensor = NULL;
      g_autoptr (GFile) file = NULL;
      CnnTensor *input;

      if (pack_skip (path))
        return;

      file = g_file_new_for_path (path);
      reference = cnn_state_dict_load (file, NULL, NULL);
      input = cnn_state_dict_find (reference, "input");
      prepared = prepare_from_pack (numbers[i], "homework", CNN_CROPS_CENTER);
      tensor = cnn_prepared_dup_tensor (prepared);
      g_assert_true (cnn_shape_equal (cnn_tensor_get_shape (tensor), cnn_tensor_get_shape (input)));
      g_assert_cmpint (memcmp (cnn_tensor_get_data (tensor), cnn_tensor_get_data (input),
                               cnn_tensor_get_n_elements (input) * sizeof (float)), ==, 0);
    }
}

static void
assert_refused (guint            width,
                guint            height,
                const CnnRecipe *recipe,
                const char      *message)
{
  g_autoptr (CnnImage) image = make_gradient (width, height);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnPrepared) prepared = cnn_prepared_new (image, recipe, CNN_CROPS_CENTER, &error);

  g_assert_null (prepared);
  g_assert_error (error, CNN_ERROR, CNN_ERROR_NO_IMAGE);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_extremes (void)
{
  const CnnRecipe *homework = cnn_recipe_get_preset ("homework");
  g_autoptr (CnnImage) dot = make_gradient (1, 1);
  g_autoptr (CnnPrepared) prepared = cnn_prepared_new (dot, homework, CNN_CROPS_FIVE, NULL);
  CnnRecipe small = *homework;

  assert_resized_to (prepared, "280x280");

  assert_refused (1, 20000, homework, "is 1×20000: resized to 280×5600000 it would be too large");
  assert_refused (20000, 1, cnn_recipe_get_preset ("torchvision"),
                  "is 20000×1: resized to 5120000×256 it would be too large");

  small.short_side = 100;
  assert_refused (30, 60, &small, "is 100×200 after resizing, smaller than a crop of 224×224");
}

static void
store_result_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
test_async (void)
{
  g_autoptr (CnnImage) image = make_gradient (300, 301);
  g_autoptr (CnnImage) tall = make_gradient (1, 20000);
  g_autoptr (GFileIOStream) stream = NULL;
  g_autoptr (GFile) file = g_file_new_tmp ("recipe-XXXXXX.png", &stream, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GAsyncResult) cancelled = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnPrepared) prepared = NULL;
  CnnRecipe recipe = *cnn_recipe_get_preset ("homework");

  g_assert_true (cnn_image_save_png (image, file, NULL, NULL));
  cnn_prepared_load_async (file, &recipe, CNN_CROPS_FIVE, NULL, store_result_cb, &loaded);
  cnn_prepared_load_async (file, &recipe, CNN_CROPS_FIVE, cancellable, store_result_cb, &cancelled);
  recipe.short_side = 1;        /* the requests have their own */
  g_cancellable_cancel (cancellable);
  while (loaded == NULL || cancelled == NULL)
    g_main_context_iteration (NULL, TRUE);

  prepared = cnn_prepared_load_finish (loaded, &error);
  g_assert_no_error (error);
  assert_resized_to (prepared, "280x280");

  g_assert_null (cnn_prepared_load_finish (cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  g_assert_true (cnn_image_save_png (tall, file, NULL, NULL));
  g_assert_null (cnn_prepared_load (file, cnn_recipe_get_preset ("homework"), CNN_CROPS_CENTER,
                                    NULL, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_NO_IMAGE);
  g_assert_true (g_str_has_prefix (error->message, g_file_peek_path (file)));
  g_file_delete (file, NULL, NULL);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/recipe/presets", test_presets);
  g_test_add_func ("/engine/recipe/modes", test_modes);
  g_test_add_func ("/engine/recipe/sizes", test_sizes);
  g_test_add_func ("/engine/recipe/centers", test_centers);
  g_test_add_func ("/engine/recipe/crops", test_crops);
  g_test_add_func ("/engine/recipe/tensor", test_tensor);
  g_test_add_func ("/engine/recipe/bare", test_bare);
  g_test_add_func ("/engine/recipe/pack-sizes", test_pack_sizes);
  g_test_add_func ("/engine/recipe/pack-crops", test_pack_crops);
  g_test_add_func ("/engine/recipe/pack-inputs", test_pack_inputs);
  g_test_add_func ("/engine/recipe/extremes", test_extremes);
  g_test_add_func ("/engine/recipe/async", test_async);

  return g_test_run ();
}
