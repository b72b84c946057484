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

G_DEFINE_BOXED_TYPE (CnnRecipe, cnn_recipe, cnn_recipe_copy, cnn_recipe_free)

CnnRecipe *
cnn_recipe_copy (const CnnRecipe *self)
{
  return g_memdup2 (self, sizeof *self);
}

void
cnn_recipe_free (CnnRecipe *self)
{
  g_free (self);
}

/* As near as numbers that people have typed are meant. */
static gboolean
is_near (const float *a,
         const float *b)
{
  for (guint i = 0; i < 3; i++)
    if (!(fabsf (a[i] - b[i]) < 1e-4f))
      return FALSE;

  return TRUE;
}

/**
 * cnn_recipe_is_same:
 * @a: a recipe
 * @b: another
 *
 * Returns: whether they make the same of a picture, whatever they are called
 */
gboolean
cnn_recipe_is_same (const CnnRecipe *a,
                    const CnnRecipe *b)
{
  return a->short_side == b->short_side && a->rounding == b->rounding && a->filter == b->filter &&
         cnn_recipe_suits (a, b);
}

/**
 * cnn_recipe_suits:
 * @a: a recipe
 * @b: what a model wants
 *
 * Tells small differences from those that spoil answers: resizing a little more or
 * less shifts accuracy by a point or two; other numbers, or another size, make
 * nonsense.
 *
 * Returns: whether @a makes pictures of the size and in the range of numbers of @b
 */
gboolean
cnn_recipe_suits (const CnnRecipe *a,
                  const CnnRecipe *b)
{
  return a->crop_size == b->crop_size && is_near (a->mean, b->mean) && is_near (a->std, b->std);
}

/**
 * cnn_recipe_fit:
 * @self: a recipe
 * @size: the side of the pictures that a network takes, in pixels, not 0
 *
 * Changes @self to make crops of that size; what is left around them stays in
 * proportion.
 */
void
cnn_recipe_fit (CnnRecipe *self,
                guint      size)
{
  if (self->crop_size == size)
    return;

  self->short_side = (guint64) self->short_side * size / self->crop_size;
  self->crop_size = size;
}

/**
 * cnn_recipe_check:
 * @self: a recipe that people have written
 * @error: return location for %CNN_ERROR_UNSUPPORTED
 *
 * Returns: whether pictures can be prepared by it
 */
gboolean
cnn_recipe_check (const CnnRecipe  *self,
                  GError          **error)
{
  if (self->crop_size < 1 || self->crop_size > CNN_MAX_RECIPE_SIDE)
    g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "crop: is %u, expected 1 to %d",
                 self->crop_size, CNN_MAX_RECIPE_SIDE);
  else if (self->short_side < self->crop_size || self->short_side > CNN_MAX_RECIPE_SIDE)
    g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "resize: is %u, expected %u (the crop) to %d",
                 self->short_side, self->crop_size, CNN_MAX_RECIPE_SIDE);
  else
    {
      for (guint i = 0; i < 3; i++)
        if (!isfinite (self->mean[i]) || !isfinite (self->std[i]) || !(self->std[i] > 0))
          {
            g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                         "mean or std: is (x − %g)/%g, expected finite numbers and a positive divisor",
                         self->mean[i], self->std[i]);
            return FALSE;
          }
      return TRUE;
    }

  return FALSE;
}

static const char *const filter_names[CNN_N_FILTERS] = {
  [CNN_FILTER_BILINEAR] = "bilinear",
  [CNN_FILTER_LANCZOS] = "lanczos",
  [CNN_FILTER_BICUBIC] = "bicubic",
};

/**
 * cnn_filter_get_name:
 * @filter: a filter
 *
 * Returns: `bilinear`, `lanczos` or `bicubic`
 */
const char *
cnn_filter_get_name (CnnFilter filter)
{
  g_return_val_if_fail ((gsize) filter < CNN_N_FILTERS, NULL);

  return filter_names[filter];
}

/**
 * cnn_filter_parse:
 * @name: a name as of cnn_filter_get_name(), in any case
 * @filter: (out): which filter it means
 *
 * Returns: whether @name is such a name
 */
gboolean
cnn_filter_parse (const char *name,
                  CnnFilter  *filter)
{
  for (guint i = 0; i < CNN_N_FILTERS; i++)
    if (g_ascii_strcasecmp (filter_names[i], name) == 0)
      {
        *filter = i;
        return TRUE;
      }

  return FALSE;
}

/**
 * cnn_recipe_dup_description:
 * @self: a recipe
 *
 * Returns: (transfer full): what it does, in one line, such as `256 bilinear, crop 224,
 *   mean 0.485 0.456 0.406, std 0.229 0.224 0.225`
 */
char *
cnn_recipe_dup_description (const CnnRecipe *self)
{
  return g_strdup_printf ("%u %s, crop %u, mean %.6g %.6g %.6g, std %.6g %.6g %.6g",
                          self->short_side, filter_names[self->filter], self->crop_size,
                          self->mean[0], self->mean[1], self->mean[2],
                          self->std[0], self->std[1], self->std[2]);
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
