#define G_LOG_DOMAIN "cnn-prepared"

#include "image/cnn-recipe-private.h"

#include <string.h>

#include "image/cnn-image-private.h"
#include "image/cnn-resize-private.h"

struct _CnnPrepared
{
  gatomicrefcount ref_count;

  CnnRecipe recipe;
  CnnCrop crops[CNN_MAX_CROPS];
  guint n_crops;

  CnnImage *image;      /* NULL where bare */
  CnnImage *resized;
  CnnResizePart part;   /* which part of it is there: the whole, but where bare */

  /* The normalised number for each byte of red, green and blue. */
  float levels[3][256];
};

G_DEFINE_BOXED_TYPE (CnnPrepared, cnn_prepared, cnn_prepared_ref, cnn_prepared_unref)

/* Each step is one operation in single precision, as PyTorch has it: ToTensor()
 * divides by 255, Normalize() subtracts and then divides. */
static void
fill_levels (CnnPrepared *self)
{
  for (guint c = 0; c < 3; c++)
    {
      for (guint byte = 0; byte < 256; byte++)
        {
          float value = byte / 255.0f;
          float centered = value - self->recipe.mean[c];

          self->levels[c][byte] = centered / self->recipe.std[c];
        }
    }
}

/* The smallest part in which all crops lie. */
static void
enclose_crops (CnnPrepared   *self,
               CnnResizePart *part)
{
  guint left = G_MAXUINT, top = G_MAXUINT, right = 0, bottom = 0;

  for (guint i = 0; i < self->n_crops; i++)
    {
      const CnnCrop *crop = &self->crops[i];

      left = MIN (left, (guint) crop->left);
      top = MIN (top, (guint) crop->top);
      right = MAX (right, crop->left + crop->size);
      bottom = MAX (bottom, crop->top + crop->size);
    }

  *part = (CnnResizePart) { left, top, right - left, bottom - top };
}

static CnnPrepared *
prepare (CnnImage         *image,
         const CnnRecipe  *recipe,
         CnnCropMode       mode,
         gboolean          is_bare,
         GError          **error)
{
  g_autoptr (CnnPrepared) self = g_new0 (CnnPrepared, 1);
  guint width, height;

  g_atomic_ref_count_init (&self->ref_count);
  self->recipe = *recipe;
  self->n_crops = cnn_crop_mode_get_n_crops (mode);

  if (!cnn_recipe_get_size (recipe, cnn_image_get_width (image), cnn_image_get_height (image),
                            &width, &height, error) ||
      !cnn_recipe_get_crops (recipe, width, height, mode, self->crops, error))
    return NULL;

  fill_levels (self);
  if (is_bare)
    {
      enclose_crops (self, &self->part);
      self->resized = cnn_image_resize_part (image, width, height, recipe->filter, &self->part,
                                             cnn_resize_kernels_get (cnn_cpu_get_level ()));
    }
  else
    {
      self->part = (CnnResizePart) { 0, 0, width, height };
      self->image = cnn_image_ref (image);
      self->resized = cnn_image_resize (image, width, height, recipe->filter);
    }

  return g_steal_pointer (&self);
}

/**
 * cnn_prepared_new:
 * @image: a picture
 * @recipe: what to do with it; copied
 * @mode: which crops of it are wanted
 * @error: (out) (optional): %CNN_ERROR_NO_IMAGE where the picture's shape does not allow it; does
 *   not name the file, which is not known here
 *
 * Resizes a picture and lays the crops on it.
 *
 * Returns: (transfer full) (nullable): the prepared picture
 */
CnnPrepared *
cnn_prepared_new (CnnImage         *image,
                  const CnnRecipe  *recipe,
                  CnnCropMode       mode,
                  GError          **error)
{
  g_return_val_if_fail (image != NULL, NULL);
  g_return_val_if_fail (recipe != NULL && recipe->short_side > 0 && recipe->crop_size > 0, NULL);

  return prepare (image, recipe, mode, FALSE, error);
}

/**
 * cnn_prepared_new_bare:
 * @image: a picture
 * @recipe: what to do with it; copied
 * @mode: which crops of it are wanted
 * @error: (out) (optional): as of [ctor@Prepared.new]
 *
 * Does no more than a network needs, where nobody looks: nothing is resized that no crop shows,
 * and only the crops are to be had from it, neither the picture nor the resized picture.
 *
 * Returns: (transfer full) (nullable): the prepared picture
 */
CnnPrepared *
cnn_prepared_new_bare (CnnImage         *image,
                       const CnnRecipe  *recipe,
                       CnnCropMode       mode,
                       GError          **error)
{
  g_return_val_if_fail (image != NULL, NULL);
  g_return_val_if_fail (recipe != NULL && recipe->short_side > 0 && recipe->crop_size > 0, NULL);

  return prepare (image, recipe, mode, TRUE, error);
}

CnnPrepared *
cnn_prepared_ref (CnnPrepared *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
cnn_prepared_unref (CnnPrepared *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->image, cnn_image_unref);
  g_clear_pointer (&self->resized, cnn_image_unref);
  g_free (self);
}

const CnnRecipe *
cnn_prepared_get_recipe (CnnPrepared *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->recipe;
}

/**
 * cnn_prepared_get_image:
 * @self: a prepared picture
 *
 * Returns: (transfer none) (nullable): the picture as it was decoded; %NULL where @self is bare
 */
CnnImage *
cnn_prepared_get_image (CnnPrepared *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->image;
}

/**
 * cnn_prepared_get_resized:
 * @self: a prepared picture
 *
 * Returns: (transfer none) (nullable): the picture as it is after resizing; %NULL where @self is
 *   bare
 */
CnnImage *
cnn_prepared_get_resized (CnnPrepared *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->image != NULL ? self->resized : NULL;
}

guint
cnn_prepared_get_n_crops (CnnPrepared *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_crops;
}

/**
 * cnn_prepared_get_crop:
 * @self: a prepared picture
 * @i: which crop, below cnn_prepared_get_n_crops()
 *
 * Returns: (transfer none): where it lies on the resized picture
 */
const CnnCrop *
cnn_prepared_get_crop (CnnPrepared *self,
                       guint        i)
{
  g_return_val_if_fail (self != NULL && i < self->n_crops, NULL);

  return &self->crops[i];
}

/**
 * cnn_prepared_get_crop_in_image:
 * @self: a prepared picture, not bare
 * @i: which crop, below cnn_prepared_get_n_crops()
 * @left: (out): of the crop
 * @top: (out): of the crop
 * @width: (out): of the crop
 * @height: (out): of the crop
 *
 * Finds out which part of the picture as it was decoded a crop shows, in its pixels. The crop is
 * not quite square there: the two sides of the resized picture are rounded each on its own.
 */
void
cnn_prepared_get_crop_in_image (CnnPrepared *self,
                                guint        i,
                                double      *left,
                                double      *top,
                                double      *width,
                                double      *height)
{
  const CnnCrop *crop = cnn_prepared_get_crop (self, i);
  double across, down;

  g_return_if_fail (crop != NULL && self->image != NULL);

  across = (double) cnn_image_get_width (self->image) / cnn_image_get_width (self->resized);
  down = (double) cnn_image_get_height (self->image) / cnn_image_get_height (self->resized);

  *left = crop->left * across;
  *top = crop->top * down;
  *width = crop->size * across;
  *height = crop->size * down;
}

/**
 * cnn_prepared_get_pixels:
 * @self: a prepared picture
 * @i: which crop, below cnn_prepared_get_n_crops()
 * @pixels: (out): the crop
 *
 * Gets a crop as [method@Predictor.predict_pixels] takes it. It stays with @self, and is good as
 * long as @self lives.
 */
void
cnn_prepared_get_pixels (CnnPrepared *self,
                         guint        i,
                         CnnPixels   *pixels)
{
  const CnnCrop *crop = cnn_prepared_get_crop (self, i);
  gsize stride, x, y;

  g_return_if_fail (crop != NULL);

  stride = (gsize) self->part.width * 3;
  x = crop->left - self->part.left + (crop->mirrored ? crop->size - 1 : 0);
  y = crop->top - self->part.top;
  *pixels = (CnnPixels) {
    .first = cnn_image_get_pixels (self->resized) + y * stride + x * 3,
    .across = crop->mirrored ? -3 : 3,
    .down = stride,
    .width = crop->size,
    .height = crop->size,
    .levels = (const float (*)[256]) self->levels,
  };
}

/**
 * cnn_prepared_dup_crop_image:
 * @self: a prepared picture
 * @i: which crop, below cnn_prepared_get_n_crops()
 *
 * Returns: (transfer full): what the network sees, before normalisation
 */
CnnImage *
cnn_prepared_dup_crop_image (CnnPrepared *self,
                             guint        i)
{
  const CnnCrop *crop = cnn_prepared_get_crop (self, i);
  CnnImage *image;
  guint8 *pixels;

  g_return_val_if_fail (crop != NULL, NULL);

  image = cnn_image_crop (self->resized, crop->left - self->part.left, crop->top - self->part.top,
                          crop->size, crop->size);
  if (!crop->mirrored)
    return image;

  pixels = cnn_image_get_mutable_pixels (image);
  for (guint y = 0; y < crop->size; y++, pixels += (gsize) crop->size * 3)
    {
      for (guint x = 0; x < crop->size / 2; x++)
        {
          guint8 *left = pixels + x * 3;
          guint8 *right = pixels + (crop->size - 1 - x) * 3;
          guint8 pixel[3];

          memcpy (pixel, left, 3);
          memcpy (left, right, 3);
          memcpy (right, pixel, 3);
        }
    }

  return image;
}

/**
 * cnn_prepared_write_crop:
 * @self: a prepared picture
 * @i: which crop, below cnn_prepared_get_n_crops()
 * @out: (out caller-allocates): 3 × size × size numbers
 *
 * Writes a crop as a network takes it: the red, the green and the blue plane, normalised.
 */
void
cnn_prepared_write_crop (CnnPrepared *self,
                         guint        i,
                         float       *out)
{
  CnnPixels pixels;
  gsize plane;

  g_return_if_fail (self != NULL && i < self->n_crops);

  cnn_prepared_get_pixels (self, i, &pixels);
  plane = (gsize) pixels.width * pixels.height;

  for (int y = 0; y < pixels.height; y++)
    {
      const guint8 *pixel = pixels.first + y * pixels.down;

      for (int x = 0; x < pixels.width; x++, pixel += pixels.across, out++)
        {
          out[0] = self->levels[0][pixel[0]];
          out[plane] = self->levels[1][pixel[1]];
          out[2 * plane] = self->levels[2][pixel[2]];
        }
    }
}

/**
 * cnn_prepared_dup_tensor:
 * @self: a prepared picture
 *
 * Returns: (transfer full): all its crops as a network takes them: crops × 3 × size × size
 */
CnnTensor *
cnn_prepared_dup_tensor (CnnPrepared *self)
{
  CnnTensor *tensor;
  gsize size, crop_length;
  float *data;

  g_return_val_if_fail (self != NULL, NULL);

  size = self->recipe.crop_size;
  crop_length = 3 * size * size;
  tensor = cnn_tensor_new_uninitialized (&CNN_SHAPE_4 (self->n_crops, 3, size, size));
  data = cnn_tensor_get_mutable_data (tensor);

  for (guint i = 0; i < self->n_crops; i++)
    cnn_prepared_write_crop (self, i, data + i * crop_length);

  return tensor;
}
