#define G_LOG_DOMAIN "cnn-jpeg"

#include "image/cnn-jpeg-private.h"

/* jpeglib.h wants these two before it. */
#include <stddef.h>
#include <stdio.h>

#include <jerror.h>
#include <jpeglib.h>
#include <setjmp.h>

#include "core/cnn-error.h"
#include "image/cnn-image-private.h"

/* JPEG files go to libjpeg-turbo without GdkPixbuf in between: newer GdkPixbufs
 * leave decoding to other programs, whose pixels differ from those that networks
 * are trained and tested with (Pillow's, which are libjpeg-turbo's). */

/* More than any encoder makes. The decoder goes over the whole picture for each,
 * so that a small file could keep it busy for hours. */
#define MAX_SCANS 1000

typedef struct
{
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;

  gsize length;
  GCancellable *cancellable;
  CnnImage *image;
  JSAMPLE *cmyk_row;
  GError *error;
} Decoder;

/* Ends decoding from inside the library, once error is set. */
G_NORETURN static void
escape (j_common_ptr jpeg)
{
  Decoder *self = jpeg->client_data;

  longjmp (self->escape, 1);
}

G_NORETURN static void
error_exit_cb (j_common_ptr jpeg)
{
  Decoder *self = jpeg->client_data;
  char message[JMSG_LENGTH_MAX];

  jpeg->err->format_message (jpeg, message);
  g_set_error (&self->error, CNN_ERROR, CNN_ERROR_NO_IMAGE, "is a JPEG picture that cannot be decoded: %s", message);
  escape (jpeg);
}

/* Warnings have a level below zero. Most are passed over, as Pillow does; but the
 * library also fills in for a file that ends too soon, and half a picture is not
 * one. */
static void
emit_message_cb (j_common_ptr jpeg,
                 int          level)
{
  Decoder *self = jpeg->client_data;

  if (level >= 0 || jpeg->err->msg_code != JWRN_JPEG_EOF)
    return;

  g_set_error (&self->error, CNN_ERROR, CNN_ERROR_NO_IMAGE,
               "is a JPEG picture that is cut short after %" G_GSIZE_FORMAT " bytes", self->length);
  escape (jpeg);
}

static void
progress_cb (j_common_ptr jpeg)
{
  Decoder *self = jpeg->client_data;

  if (self->jpeg.input_scan_number > MAX_SCANS)
    g_set_error (&self->error, CNN_ERROR, CNN_ERROR_NO_IMAGE,
                 "is a JPEG picture of more than %d scans", MAX_SCANS);
  else
    g_cancellable_set_error_if_cancelled (self->cancellable, &self->error);

  if (self->error != NULL)
    escape (jpeg);
}

static void
choose_colors (Decoder *self)
{
  switch (self->jpeg.jpeg_color_space)
    {
    case JCS_GRAYSCALE:
    case JCS_RGB:
    case JCS_YCbCr:
      self->jpeg.out_color_space = JCS_RGB;
      break;

    case JCS_CMYK:
    case JCS_YCCK:
      self->jpeg.out_color_space = JCS_CMYK;
      break;

    default:
      g_set_error (&self->error, CNN_ERROR, CNN_ERROR_NO_IMAGE,
                   "is a JPEG picture of %d channels, expected 1, 3 or 4", self->jpeg.num_components);
      escape ((j_common_ptr) &self->jpeg);
    }
}

/* a·b / 255, rounded, for bytes. */
static guint
multiply_255 (guint a,
              guint b)
{
  guint product = a * b + 128;

  return ((product >> 8) + product) >> 8;
}

/* The numbers are those of ink that is missing, as Adobe writes them and Pillow
 * takes all of them. */
static void
rgb_from_cmyk (const JSAMPLE *cmyk,
               guint8        *rgb,
               guint          width)
{
  for (guint x = 0; x < width; x++, cmyk += 4, rgb += 3)
    for (int i = 0; i < 3; i++)
      rgb[i] = cmyk[3] - multiply_255 (255 - cmyk[i], cmyk[3]);
}

static void
read_rows (Decoder *self)
{
  guint width = self->jpeg.output_width;
  guint8 *row = cnn_image_get_mutable_pixels (self->image);

  while (self->jpeg.output_scanline < self->jpeg.output_height)
    {
      JSAMPROW to = self->cmyk_row != NULL ? self->cmyk_row : row;

      jpeg_read_scanlines (&self->jpeg, &to, 1);
      if (self->cmyk_row != NULL)
        rgb_from_cmyk (self->cmyk_row, row, width);
      row += (gsize) width * 3;
    }
}

/* Runs between setjmp() and escape(): what it allocates belongs to self. */
static void
decode (Decoder      *self,
        const guint8 *data)
{
  jpeg_create_decompress (&self->jpeg);
  self->jpeg.progress = &self->progress;
  jpeg_mem_src (&self->jpeg, data, self->length);
  jpeg_read_header (&self->jpeg, TRUE);

  if (!cnn_image_check_size (self->jpeg.image_width, self->jpeg.image_height, self->length, &self->error))
    return;

  choose_colors (self);
  jpeg_start_decompress (&self->jpeg);
  self->image = cnn_image_alloc (self->jpeg.output_width, self->jpeg.output_height);
  if (self->jpeg.out_color_space == JCS_CMYK)
    self->cmyk_row = g_new (JSAMPLE, (gsize) self->jpeg.output_width * 4);

  read_rows (self);
  jpeg_finish_decompress (&self->jpeg);
}

/*< private >
 * cnn_jpeg_decode:
 * @data: (array length=length): a JPEG file
 * @length: how long it is, in bytes
 * @cancellable: (nullable): to stop it
 * @error: (out) (optional): %CNN_ERROR_NO_IMAGE with the reason
 *
 * Decodes a baseline or progressive JPEG picture of any colours to RGB. EXIF orientation is not
 * applied.
 *
 * Returns: (transfer full) (nullable): the picture
 */
CnnImage *
cnn_jpeg_decode (const guint8  *data,
                 gsize          length,
                 GCancellable  *cancellable,
                 GError       **error)
{
  Decoder self = { .length = length, .cancellable = cancellable };

  self.jpeg.err = jpeg_std_error (&self.errors);
  self.jpeg.client_data = &self;
  self.errors.error_exit = error_exit_cb;
  self.errors.emit_message = emit_message_cb;
  self.progress.progress_monitor = progress_cb;

  if (setjmp (self.escape) == 0)
    decode (&self, data);

  jpeg_destroy_decompress (&self.jpeg);
  g_free (self.cmyk_row);

  if (self.error != NULL)
    {
      g_clear_pointer (&self.image, cnn_image_unref);
      g_propagate_error (error, self.error);
    }

  return self.image;
}
