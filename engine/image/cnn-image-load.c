#define G_LOG_DOMAIN "cnn-image-load"

#include "image/cnn-image-private.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#include "core/cnn-error.h"
#include "core/cnn-file.h"
#include "image/cnn-gif-frame-private.h"
#include "image/cnn-image-format-private.h"
#include "image/cnn-jpeg-private.h"

#define MAX_FILE_SIZE (1024 * 1024 * 1024)

/* How much is decoded between two looks at the cancellable. */
#define BLOCK_SIZE (64 * 1024)

/* Above some size, a picture has to have a file to match: nothing that is worth
 * looking at is packed more tightly than this. */
#define ALWAYS_FINE_PIXELS (1 << 24)
#define MAX_PIXELS_PER_BYTE 16384

typedef struct
{
  gsize file_size;
  GError *too_large;
} Decoding;

/*< private >
 * cnn_image_check_size:
 * @width: of a picture, as its header says
 * @height: likewise
 * @file_size: how long its file is, in bytes
 * @error: (out) (optional): %CNN_ERROR_NO_IMAGE with the reason
 *
 * Finds out, before memory is taken for its pixels, whether a picture's size can be believed.
 *
 * Returns: whether it is worth decoding
 */
gboolean
cnn_image_check_size (guint64   width,
                      guint64   height,
                      gsize     file_size,
                      GError  **error)
{
  guint64 n_pixels = width * height;

  if (n_pixels > CNN_IMAGE_MAX_PIXELS)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_NO_IMAGE,
                   "is %" G_GUINT64_FORMAT "×%" G_GUINT64_FORMAT
                   " according to its header: too large", width, height);
      return FALSE;
    }

  if (n_pixels > ALWAYS_FINE_PIXELS && n_pixels / MAX_PIXELS_PER_BYTE > file_size)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_NO_IMAGE,
                   "is %" G_GUINT64_FORMAT "×%" G_GUINT64_FORMAT
                   " according to its header: too large for a file of %" G_GSIZE_FORMAT " bytes",
                   width, height, file_size);
      return FALSE;
    }

  return TRUE;
}

/* Runs when the header is read, before memory is taken for the pixels. */
static void
size_prepared_cb (GdkPixbufLoader *loader,
                  int              width,
                  int              height,
                  gpointer         user_data)
{
  Decoding *decoding = user_data;

  g_clear_error (&decoding->too_large);

  /* A size of nothing makes the loaders stop here. */
  if (!cnn_image_check_size (MAX (width, 0), MAX (height, 0), decoding->file_size, &decoding->too_large))
    gdk_pixbuf_loader_set_size (loader, 0, 0);
}

static gboolean
feed_loader (GdkPixbufLoader  *loader,
             const guint8     *data,
             gsize             length,
             const Decoding   *decoding,
             GCancellable     *cancellable,
             GError          **error)
{
  for (gsize start = 0; start < length && decoding->too_large == NULL; start += BLOCK_SIZE)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !gdk_pixbuf_loader_write (loader, data + start, MIN (BLOCK_SIZE, length - start), error))
        return FALSE;
    }

  return decoding->too_large == NULL;
}

/* Takes the colours as they are stored: transparency is dropped, not blended. */
static CnnImage *
image_from_pixbuf (GdkPixbuf *pixbuf)
{
  guint width = gdk_pixbuf_get_width (pixbuf);
  guint height = gdk_pixbuf_get_height (pixbuf);
  guint n_channels = gdk_pixbuf_get_n_channels (pixbuf);
  gsize stride = gdk_pixbuf_get_rowstride (pixbuf);
  const guint8 *pixels = gdk_pixbuf_read_pixels (pixbuf);
  CnnImage *image = cnn_image_alloc (width, height);
  guint8 *out = cnn_image_get_mutable_pixels (image);

  for (guint y = 0; y < height; y++)
    {
      const guint8 *row = pixels + y * stride;

      if (n_channels == 3)
        {
          memcpy (out, row, (gsize) width * 3);
          out += (gsize) width * 3;
          continue;
        }

      for (guint x = 0; x < width; x++, row += n_channels, out += 3)
        {
          out[0] = row[0];
          out[1] = row[1];
          out[2] = row[2];
        }
    }

  return image;
}

/* Puts an error of GdkPixbuf's into our own words' form. */
static void
set_decoding_error (GError **error,
                    GError  *source)
{
  if (source != NULL && source->domain == G_IO_ERROR)
    g_propagate_error (error, g_error_copy (source));
  else
    g_set_error (error, CNN_ERROR, CNN_ERROR_NO_IMAGE, "cannot be decoded: %s",
                 source != NULL ? g_strdelimit (source->message, "\n", ' ') : "there are no pixels");
}

static CnnImage *
decode_by_pixbuf (const guint8  *data,
                  gsize          length,
                  GCancellable  *cancellable,
                  GError       **error)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  g_autoptr (GError) local_error = NULL;
  Decoding decoding = { length };
  CnnImage *image = NULL;
  GdkPixbuf *pixbuf = NULL;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), &decoding);

  if (!feed_loader (loader, data, length, &decoding, cancellable, &local_error))
    gdk_pixbuf_loader_close (loader, NULL);
  else if (gdk_pixbuf_loader_close (loader, &local_error))
    pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);

  if (pixbuf != NULL)
    image = image_from_pixbuf (pixbuf);
  else if (decoding.too_large != NULL)
    g_propagate_error (error, g_steal_pointer (&decoding.too_large));
  else
    set_decoding_error (error, local_error);

  g_clear_error (&decoding.too_large);

  return image;
}

/**
 * cnn_image_new_from_bytes:
 * @bytes: a JPEG, PNG, GIF, BMP or WebP file
 * @cancellable: (nullable): to stop it
 * @error: (out) (optional): %CNN_ERROR_NO_IMAGE with the reason where it is not a whole picture
 *
 * Decodes a picture as Pillow's `convert('RGB')` does: grey becomes three equal channels,
 * transparency is dropped and leaves the colour that is stored, EXIF orientation is not applied,
 * of an animation it is the first frame. Of 16-bit channels the high bytes are taken.
 *
 * Returns: (transfer full) (nullable): the picture
 */
CnnImage *
cnn_image_new_from_bytes (GBytes        *bytes,
                          GCancellable  *cancellable,
                          GError       **error)
{
  g_autoptr (GBytes) frame = NULL;
  CnnImageFormat format;
  const guint8 *data;
  gsize length;

  g_return_val_if_fail (bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &length);
  if (!cnn_image_format_check (data, length, error))
    return NULL;

  format = cnn_image_format_sniff (data, length);
  if (format == CNN_IMAGE_FORMAT_JPEG)
    return cnn_jpeg_decode (data, length, cancellable, error);

  if (format == CNN_IMAGE_FORMAT_GIF)
    {
      frame = cnn_gif_frame_extract (data, length, error);
      if (frame == NULL)
        return NULL;
      data = g_bytes_get_data (frame, &length);
    }

  return decode_by_pixbuf (data, length, cancellable, error);
}

/**
 * cnn_image_load:
 * @file: a JPEG, PNG, GIF, BMP or WebP file, by its content
 * @cancellable: (nullable): to stop it
 * @error: (out) (optional): %CNN_ERROR_NO_IMAGE with the reason where it is not a whole picture;
 *   %G_IO_ERROR where it cannot be read; both name @file
 *
 * Reads and decodes a picture: see [func@Image.new_from_bytes]. Any number of threads may do so
 * at once.
 *
 * Returns: (transfer full) (nullable): the picture
 */
CnnImage *
cnn_image_load (GFile         *file,
                GCancellable  *cancellable,
                GError       **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) local_error = NULL;
  CnnImage *image;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  bytes = cnn_file_read (file, MAX_FILE_SIZE, cancellable, &local_error);
  if (bytes == NULL)
    {
      if (local_error->domain == CNN_ERROR)
        local_error->code = CNN_ERROR_NO_IMAGE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  image = cnn_image_new_from_bytes (bytes, cancellable, &local_error);
  if (image == NULL)
    cnn_propagate_file_error (error, g_steal_pointer (&local_error), file);

  return image;
}
