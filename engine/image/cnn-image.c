#define G_LOG_DOMAIN "cnn-image"

#include "image/cnn-image-private.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#include "core/cnn-file.h"
#include "image/cnn-resize-kernels.h"

struct _CnnImage
{
  gatomicrefcount ref_count;
  guint width;
  guint height;
  guint8 *pixels;
};

G_DEFINE_BOXED_TYPE (CnnImage, cnn_image, cnn_image_ref, cnn_image_unref)

/*< private >
 * cnn_image_alloc:
 * @width: in pixels, not 0
 * @height: in pixels, not 0
 *
 * Kernels read whole vectors, and so may come a little behind the last row: there is memory
 * behind it.
 *
 * Returns: (transfer full): a picture whose pixels the caller has to set
 */
CnnImage *
cnn_image_alloc (guint width,
                 guint height)
{
  CnnImage *self = g_new0 (CnnImage, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->width = width;
  self->height = height;
  self->pixels = g_malloc ((gsize) width * height * 3 + CNN_RESIZE_SPARE);
  memset (self->pixels + (gsize) width * height * 3, 0, CNN_RESIZE_SPARE);

  return self;
}

/*< private >
 * cnn_image_get_mutable_pixels:
 * @self: a picture that its maker has not handed out yet
 *
 * Returns: its pixels, to be written
 */
guint8 *
cnn_image_get_mutable_pixels (CnnImage *self)
{
  return self->pixels;
}

/**
 * cnn_image_new:
 * @width: in pixels, not 0
 * @height: in pixels, not 0
 * @pixels: (array): @height rows of @width pixels of red, green, blue; copied
 *
 * Returns: (transfer full): a new picture
 */
CnnImage *
cnn_image_new (guint         width,
               guint         height,
               const guint8 *pixels)
{
  CnnImage *self;

  g_return_val_if_fail (width > 0 && height > 0, NULL);
  g_return_val_if_fail (pixels != NULL, NULL);

  self = cnn_image_alloc (width, height);
  memcpy (self->pixels, pixels, (gsize) width * height * 3);

  return self;
}

CnnImage *
cnn_image_ref (CnnImage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
cnn_image_unref (CnnImage *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->pixels);
  g_free (self);
}

guint
cnn_image_get_width (const CnnImage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->width;
}

guint
cnn_image_get_height (const CnnImage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->height;
}

/**
 * cnn_image_get_pixels:
 * @self: a picture
 *
 * Returns: height × width × 3 bytes: rows top to bottom, pixels left to right, red, green, blue
 */
const guint8 *
cnn_image_get_pixels (const CnnImage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pixels;
}

/**
 * cnn_image_dup_bytes:
 * @self: a picture
 *
 * Gets the pixels in the form that textures and pixbufs are made of, without copying them;
 * the row stride is 3 × width.
 *
 * Returns: (transfer full): the pixels, which keep @self alive
 */
GBytes *
cnn_image_dup_bytes (CnnImage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new_with_free_func (self->pixels, (gsize) self->width * self->height * 3,
                                     (GDestroyNotify) cnn_image_unref, cnn_image_ref (self));
}

/**
 * cnn_image_crop:
 * @self: a picture
 * @left: first column
 * @top: first row
 * @width: columns
 * @height: rows
 *
 * Cuts a rectangle out, which has to lie inside @self.
 *
 * Returns: (transfer full): a new picture
 */
CnnImage *
cnn_image_crop (CnnImage *self,
                int       left,
                int       top,
                guint     width,
                guint     height)
{
  CnnImage *crop;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (left >= 0 && top >= 0 && width > 0 && height > 0, NULL);
  g_return_val_if_fail (width <= self->width && (guint) left <= self->width - width, NULL);
  g_return_val_if_fail (height <= self->height && (guint) top <= self->height - height, NULL);

  crop = cnn_image_alloc (width, height);
  for (guint y = 0; y < height; y++)
    memcpy (crop->pixels + (gsize) y * width * 3,
            self->pixels + ((gsize) (top + y) * self->width + left) * 3,
            (gsize) width * 3);

  return crop;
}

/**
 * cnn_image_save_png:
 * @self: a picture
 * @file: where to; what is there is replaced, as a whole or not at all
 * @cancellable: (nullable): to stop it
 * @error: (out) (optional): %G_IO_ERROR where it cannot be written
 *
 * Writes a picture as PNG, which keeps every pixel as it is.
 *
 * Returns: whether it was written
 */
gboolean
cnn_image_save_png (CnnImage      *self,
                    GFile         *file,
                    GCancellable  *cancellable,
                    GError       **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autofree char *png = NULL;
  GError *local_error = NULL;
  gsize length;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (G_IS_FILE (file), FALSE);

  bytes = cnn_image_dup_bytes (self);
  pixbuf = gdk_pixbuf_new_from_bytes (bytes, GDK_COLORSPACE_RGB, FALSE, 8,
                                      self->width, self->height, self->width * 3);

  if (!gdk_pixbuf_save_to_bufferv (pixbuf, &png, &length, "png", NULL, NULL, &local_error))
    {
      cnn_propagate_file_error (error, local_error, file);
      return FALSE;
    }

  return cnn_file_save_bytes (file, png, length, cancellable, error);
}
