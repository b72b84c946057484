#define G_LOG_DOMAIN "cnn-prepared"

#include "image/cnn-recipe-private.h"

#include <string.h>

#include "core/cnn-file.h"
#include "image/cnn-image-private.h"

struct _CnnPrepared
{
  gatomicrefcount ref_count;

  CnnRecipe recipe;
  CnnCrop crops[CNN_MAX_CROPS];
  guint n_crops;

  CnnImage *image;
  CnnImage *resized;

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
  g_autoptr (CnnPrepared) self = NULL;
  guint width, height;

  g_return_val_if_fail (image != NULL, NULL);
  g_return_val_if_fail (recipe != NULL && recipe->short_side > 0 && recipe->crop_size > 0, NULL);

  self = g_new0 (CnnPrepared, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->recipe = *recipe;
  self->n_crops = cnn_crop_mode_get_n_crops (mode);
  self->image = cnn_image_ref (image);

  if (!cnn_recipe_get_size (recipe, cnn_image_get_width (image), cnn_image_get_height (image),
                            &width, &height, error) ||
      !cnn_recipe_get_crops (recipe, width, height, mode, self->crops, error))
    return NULL;

  self->resized = cnn_image_resize (image, width, height, recipe->filter);
  fill_levels (self);

  return g_steal_pointer (&self);
}

/**
 * cnn_prepared_load:
 * @file: a picture
 * @recipe: what to do with it
 * @mode: which crops of it are wanted
 * @cancellable: (nullable): to stop it
 * @error: (out) (optional): as of [func@Image.load] and [func@Prepared.new]; names @file
 *
 * Loads a picture and prepares it.
 *
 * Returns: (transfer full) (nullable): the prepared picture
 */
CnnPrepared *
cnn_prepared_load (GFile            *file,
                   const CnnRecipe  *recipe,
                   CnnCropMode       mode,
                   GCancellable     *cancellable,
                   GError          **error)
{
  g_autoptr (CnnImage) image = cnn_image_load (file, cancellable, error);
  GError *local_error = NULL;
  CnnPrepared *self;

  if (image == NULL)
    return NULL;

  self = cnn_prepared_new (image, recipe, mode, &local_error);
  if (self == NULL)
    cnn_propagate_file_error (error, local_error, file);

  return self;
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
 * Returns: (transfer none): the picture as it was decoded
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
 * Returns: (transfer none): the picture as it is after resizing
 */
CnnImage *
cnn_prepared_get_resized (CnnPrepared *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->resized;
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
 * @self: a prepared picture
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

  g_return_if_fail (crop != NULL);

  across = (double) cnn_image_get_width (self->image) / cnn_image_get_width (self->resized);
  down = (double) cnn_image_get_height (self->image) / cnn_image_get_height (self->resized);

  *left = crop->left * across;
  *top = crop->top * down;
  *width = crop->size * across;
  *height = crop->size * down;
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

  image = cnn_image_crop (self->resized, crop->left, crop->top, crop->size, crop->size);
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
  const CnnCrop *crop = cnn_prepared_get_crop (self, i);
  const guint8 *pixels;
  gsize stride, plane;
  int step;

  g_return_if_fail (crop != NULL);

  pixels = cnn_image_get_pixels (self->resized);
  stride = (gsize) cnn_image_get_width (self->resized) * 3;
  plane = (gsize) crop->size * crop->size;
  step = crop->mirrored ? -3 : 3;

  for (guint y = 0; y < crop->size; y++)
    {
      guint first = crop->mirrored ? crop->left + crop->size - 1 : (guint) crop->left;
      const guint8 *pixel = pixels + (crop->top + y) * stride + first * 3;

      for (guint x = 0; x < crop->size; x++, pixel += step, out++)
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

typedef struct
{
  GFile *file;
  CnnRecipe recipe;
  CnnCropMode mode;
} LoadRequest;

static void
load_request_free (gpointer data)
{
  LoadRequest *request = data;

  g_object_unref (request->file);
  g_free (request);
}

static void
load_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  LoadRequest *request = task_data;
  GError *error = NULL;
  CnnPrepared *prepared =
    cnn_prepared_load (request->file, &request->recipe, request->mode, cancellable, &error);

  if (prepared != NULL)
    g_task_return_pointer (task, prepared, (GDestroyNotify) cnn_prepared_unref);
  else
    g_task_return_error (task, error);
}

/**
 * cnn_prepared_load_async:
 * @file: a picture
 * @recipe: what to do with it; copied
 * @mode: which crops of it are wanted
 * @cancellable: (nullable): to stop it
 * @callback: called when it is done
 * @user_data: passed to @callback
 *
 * Does what [func@Prepared.load] does, in a thread.
 */
void
cnn_prepared_load_async (GFile               *file,
                         const CnnRecipe     *recipe,
                         CnnCropMode          mode,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  LoadRequest *request;

  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (recipe != NULL);

  request = g_new0 (LoadRequest, 1);
  request->file = g_object_ref (file);
  request->recipe = *recipe;
  request->mode = mode;

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, cnn_prepared_load_async);
  g_task_set_task_data (task, request, load_request_free);
  g_task_run_in_thread (task, load_thread);
}

/**
 * cnn_prepared_load_finish:
 * @result: what the callback was given
 * @error: (out) (optional): as of [func@Prepared.load]
 *
 * Returns: (transfer full) (nullable): the prepared picture
 */
CnnPrepared *
cnn_prepared_load_finish (GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
