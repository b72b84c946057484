#pragma once

#include "core/cnn-pixels.h"
#include "core/cnn-tensor.h"
#include "image/cnn-image.h"

G_BEGIN_DECLS

/**
 * CnnRounding:
 * @CNN_ROUNDING_HOMEWORK: ratio = short / min(w, h); both sides int(side·ratio);
 *   centre crop at (w//2 − crop//2, h//2 − crop//2)
 * @CNN_ROUNDING_TORCHVISION: the shorter side exactly, the longer
 *   int(short·longer/shorter); centre crop at round-half-even((w − crop)/2),
 *   likewise for h
 *
 * How sides and corners that do not come out whole are rounded.
 */
typedef enum
{
  CNN_ROUNDING_HOMEWORK,
  CNN_ROUNDING_TORCHVISION,
} CnnRounding;

/**
 * CnnRecipe:
 * @name: the preset's name, a static string: `homework`, `torchvision`, `model` (what the
 *   model's maker says) or `custom`
 * @short_side: length of the shorter side after resizing, in pixels
 * @crop_size: side of the square crops, in pixels
 * @rounding: how fractions are rounded
 * @filter: how the picture is resampled
 * @mean: subtracted from the red, green and blue values in [0, 1]
 * @std: what these are divided by after that
 *
 * How a picture becomes a network's input: a plain value.
 */
typedef struct
{
  const char *name;
  guint short_side;
  guint crop_size;
  CnnRounding rounding;
  CnnFilter filter;
  float mean[3];
  float std[3];
} CnnRecipe;

/**
 * CnnCropMode:
 * @CNN_CROPS_CENTER: the centre
 * @CNN_CROPS_FIVE: centre, top left, top right, bottom left, bottom right
 * @CNN_CROPS_TEN: these five, then the five mirrored left to right
 *
 * Which crops of a picture are looked at.
 */
typedef enum
{
  CNN_CROPS_CENTER,
  CNN_CROPS_FIVE,
  CNN_CROPS_TEN,
} CnnCropMode;

/**
 * CnnCrop:
 * @left: first column in the resized picture
 * @top: first row in the resized picture
 * @size: side in pixels
 * @mirrored: whether it is flipped left to right after cropping
 *
 * Where a crop lies on the resized picture.
 */
typedef struct
{
  int left;
  int top;
  guint size;
  gboolean mirrored;
} CnnCrop;

#define CNN_MAX_CROPS 10

/* The largest side that a recipe may ask for. */
#define CNN_MAX_RECIPE_SIDE 4096

/**
 * CnnPrepared:
 *
 * A picture on its way into a network: decoded, resized, and where its crops
 * lie. Reference-counted and immutable.
 */
typedef struct _CnnPrepared CnnPrepared;

#define CNN_TYPE_RECIPE (cnn_recipe_get_type ())
#define CNN_TYPE_PREPARED (cnn_prepared_get_type ())

GType            cnn_recipe_get_type            (void) G_GNUC_CONST;
const CnnRecipe *cnn_recipe_get_preset          (const char         *name);
CnnRecipe       *cnn_recipe_copy                (const CnnRecipe    *self);
void             cnn_recipe_free                (CnnRecipe          *self);
gboolean         cnn_recipe_is_same             (const CnnRecipe    *a,
                                                 const CnnRecipe    *b);
gboolean         cnn_recipe_suits               (const CnnRecipe    *a,
                                                 const CnnRecipe    *b);
void             cnn_recipe_fit                 (CnnRecipe          *self,
                                                 guint               size);
gboolean         cnn_recipe_check               (const CnnRecipe    *self,
                                                 GError            **error);
char            *cnn_recipe_dup_description     (const CnnRecipe    *self);
const char      *cnn_filter_get_name            (CnnFilter           filter);
gboolean         cnn_filter_parse               (const char         *name,
                                                 CnnFilter          *filter);
const char      *cnn_crop_mode_get_name         (CnnCropMode         mode);
gboolean         cnn_crop_mode_parse            (const char         *name,
                                                 CnnCropMode        *mode);
guint            cnn_crop_mode_get_n_crops      (CnnCropMode         mode);
const char      *cnn_crop_get_title             (guint               crop);
const char      *cnn_crop_get_slug              (guint               crop);

GType            cnn_prepared_get_type          (void) G_GNUC_CONST;
CnnPrepared     *cnn_prepared_new               (CnnImage           *image,
                                                 const CnnRecipe    *recipe,
                                                 CnnCropMode         mode,
                                                 GError            **error);
CnnPrepared     *cnn_prepared_new_bare          (CnnImage           *image,
                                                 const CnnRecipe    *recipe,
                                                 CnnCropMode         mode,
                                                 GError            **error);
CnnPrepared     *cnn_prepared_load              (GFile              *file,
                                                 const CnnRecipe    *recipe,
                                                 CnnCropMode         mode,
                                                 GCancellable       *cancellable,
                                                 GError            **error);
CnnPrepared     *cnn_prepared_ref               (CnnPrepared        *self);
void             cnn_prepared_unref             (CnnPrepared        *self);
const CnnRecipe *cnn_prepared_get_recipe        (CnnPrepared        *self);
CnnImage        *cnn_prepared_get_image         (CnnPrepared        *self);
CnnImage        *cnn_prepared_get_resized       (CnnPrepared        *self);
guint            cnn_prepared_get_n_crops       (CnnPrepared        *self);
const CnnCrop   *cnn_prepared_get_crop          (CnnPrepared        *self,
                                                 guint               i);
void             cnn_prepared_get_crop_in_image (CnnPrepared        *self,
                                                 guint               i,
                                                 double             *left,
                                                 double             *top,
                                                 double             *width,
                                                 double             *height);
void             cnn_prepared_get_pixels        (CnnPrepared        *self,
                                                 guint               i,
                                                 CnnPixels          *pixels);
CnnImage        *cnn_prepared_dup_crop_image    (CnnPrepared        *self,
                                                 guint               i);
CnnTensor       *cnn_prepared_dup_tensor        (CnnPrepared        *self);
void             cnn_prepared_write_crop        (CnnPrepared        *self,
                                                 guint               i,
                                                 float              *out);

void             cnn_prepared_load_async        (GFile              *file,
                                                 const CnnRecipe    *recipe,
                                                 CnnCropMode         mode,
                                                 GCancellable       *cancellable,
                                                 GAsyncReadyCallback callback,
                                                 gpointer            user_data);
CnnPrepared     *cnn_prepared_load_finish       (GAsyncResult       *result,
                                                 GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnPrepared, cnn_prepared_unref)

G_END_DECLS
