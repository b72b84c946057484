#define G_LOG_DOMAIN "cnn-recipe"

#include "image/cnn-recipe-private.h"

#include <math.h>

#include "core/cnn-error.h"

/* The most pixels of a resized picture, 64 Mi: one of 280 by 239,674. */
#define MAX_PIXELS (64.0 * 1024 * 1024)

#define IMAGENET_MEAN { 0.485f, 0.456f, 0.406f }
#define IMAGENET_STD { 0.229f, 0.224f, 0.225f }

static const CnnRecipe presets[] =
{
  {
    .name = "homework",
    .short_side = 280,
    .crop_size = 224,
    .rounding = CNN_ROUNDING_HOMEWORK,
    .filter = CNN_FILTER_LANCZOS,
    .mean = IMAGENET_MEAN,
    .std = IMAGENET_STD,
  },
  {
    .name = "torchvision",
    .short_side = 256,
    .crop_size = 224,
    .rounding = CNN_ROUNDING_TORCHVISION,
    .filter = CNN_FILTER_BILINEAR,
    .mean = IMAGENET_MEAN,
    .std = IMAGENET_STD,
  },
};

static const struct
{
  const char *name;
  guint n_crops;
} modes[] =
{
  [CNN_CROPS_CENTER] = { "center", 1 },
  [CNN_CROPS_FIVE] = { "five", 5 },
  [CNN_CROPS_TEN] = { "ten", 10 },
};

static const struct
{
  const char *title;
  const char *slug;
} crop_names[CNN_MAX_CROPS] =
{
  { "centre", "center" },
  { "top left", "topleft" },
  { "top right", "topright" },
  { "bottom left", "botleft" },
  { "bottom right", "botright" },
  { "centre, mirrored", "center-mirrored" },
  { "top left, mirrored", "topleft-mirrored" },
  { "top right, mirrored", "topright-mirrored" },
  { "bottom left, mirrored", "botleft-mirrored" },
  { "bottom right, mirrored", "botright-mirrored" },
};

/**
 * cnn_recipe_get_preset:
 * @name: `homework` or `torchvision`
 *
 * Gets a recipe by its name: `homework` makes the shorter side 280 with the Lanczos filter,
 * `torchvision` 256 with the bilinear one, as torchvision's evaluation does; both crop 224×224
 * and normalise with ImageNet's mean and standard deviation.
 *
 * Returns: (transfer none) (nullable): the recipe, or %NULL where there is none of this name
 */
const CnnRecipe *
cnn_recipe_get_preset (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (presets); i++)
    {
      if (g_strcmp0 (presets[i].name, name) == 0)
        return &presets[i];
    }

  return NULL;
}

/**
 * cnn_crop_mode_get_name:
 * @mode: which crops
 *
 * Returns: `center`, `five` or `ten`
 */
const char *
cnn_crop_mode_get_name (CnnCropMode mode)
{
  g_return_val_if_fail ((gsize) mode < G_N_ELEMENTS (modes), NULL);

  return modes[mode].name;
}

/**
 * cnn_crop_mode_parse:
 * @name: a name as of cnn_crop_mode_get_name()
 * @mode: (out): which crops it means
 *
 * Returns: whether @name is such a name
 */
gboolean
cnn_crop_mode_parse (const char  *name,
                     CnnCropMode *mode)
{
  g_return_val_if_fail (mode != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      if (g_strcmp0 (modes[i].name, name) == 0)
        {
          *mode = i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * cnn_crop_mode_get_n_crops:
 * @mode: which crops
 *
 * Returns: how many they are
 */
guint
cnn_crop_mode_get_n_crops (CnnCropMode mode)
{
  g_return_val_if_fail ((gsize) mode < G_N_ELEMENTS (modes), 0);

  return modes[mode].n_crops;
}

/**
 * cnn_crop_get_title:
 * @crop: which crop, in the order of %CNN_CROPS_TEN
 *
 * Returns: what it is called, such as `top left`
 */
const char *
cnn_crop_get_title (guint crop)
{
  g_return_val_if_fail (crop < CNN_MAX_CROPS, NULL);

  return crop_names[crop].title;
}

/**
 * cnn_crop_get_slug:
 * @crop: which crop, in the order of %CNN_CROPS_TEN
 *
 * Returns: what it is called in file names, such as `topleft`
 */
const char *
cnn_crop_get_slug (guint crop)
{
  g_return_val_if_fail (crop < CNN_MAX_CROPS, NULL);

  return crop_names[crop].slug;
}

/*< private >
 * cnn_recipe_get_size:
 * @recipe: a recipe
 * @width: of the picture, in pixels
 * @height: of the picture, in pixels
 * @new_width: (out): of the resized picture
 * @new_height: (out): of the resized picture
 * @error: (out) (optional): %CNN_ERROR_NO_IMAGE where the resized picture would be too large
 *
 * Finds out how large a picture becomes. The arithmetic is that of Python's float: with the
 * homework's rounding, a shorter side of 275 becomes int(275 · (280 / 275)) = 279, not 280.
 *
 * Returns: whether the picture can be resized
 */
gboolean
cnn_recipe_get_size (const CnnRecipe  *recipe,
                     guint             width,
                     guint             height,
                     guint            *new_width,
                     guint            *new_height,
                     GError          **error)
{
  double shorter = MIN (width, height);
  double resized_width, resized_height;

  if (recipe->rounding == CNN_ROUNDING_HOMEWORK)
    {
      double ratio = recipe->short_side / shorter;

      resized_width = floor (width * ratio);
      resized_height = floor (height * ratio);
    }
  else
    {
      resized_width = floor ((double) recipe->short_side * width / shorter);
      resized_height = floor ((double) recipe->short_side * height / shorter);
    }

  if (resized_width * resized_height > MAX_PIXELS)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_NO_IMAGE,
                   "is %u×%u: resized to %.0f×%.0f it would be too large",
                   width, height, resized_width, resized_height);
      return FALSE;
    }

  *new_width = resized_width;
  *new_height = resized_height;

  return TRUE;
}

static int
get_center (const CnnRecipe *recipe,
            guint            side)
{
  if (recipe->rounding == CNN_ROUNDING_HOMEWORK)
    return (int) (side / 2) - (int) (recipe->crop_size / 2);

  return nearbyint ((side - recipe->crop_size) / 2.0);
}

/*< private >
 * cnn_recipe_get_crops:
 * @recipe: a recipe
 * @width: of the resized picture, in pixels
 * @height: of the resized picture, in pixels
 * @mode: which crops
 * @crops: (out caller-allocates): as many as @mode has
 * @error: (out) (optional): %CNN_ERROR_NO_IMAGE where the picture is smaller than a crop
 *
 * Finds out where the crops lie.
 *
 * Returns: whether they lie inside the picture
 */
gboolean
cnn_recipe_get_crops (const CnnRecipe  *recipe,
                      guint             width,
                      guint             height,
                      CnnCropMode       mode,
                      CnnCrop          *crops,
                      GError          **error)
{
  guint size = recipe->crop_size;
  int right = (int) width - (int) size;
  int bottom = (int) height - (int) size;
  guint n_crops = cnn_crop_mode_get_n_crops (mode);

  if (right < 0 || bottom < 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_NO_IMAGE,
                   "is %u×%u after resizing, smaller than a crop of %u×%u",
                   width, height, size, size);
      return FALSE;
    }

  for (guint i = 0; i < n_crops; i++)
    {
      const CnnCrop five[] = {
        { get_center (recipe, width), get_center (recipe, height), size, i >= 5 },
        { 0, 0, size, i >= 5 },
        { right, 0, size, i >= 5 },
        { 0, bottom, size, i >= 5 },
        { right, bottom, size, i >= 5 },
      };

      crops[i] = five[i % 5];
    }

  return TRUE;
}
