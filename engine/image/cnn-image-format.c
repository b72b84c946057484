#define G_LOG_DOMAIN "cnn-image-format"

#include "image/cnn-image-format-private.h"

#include <string.h>

#include "core/cnn-error.h"

/* GdkPixbuf takes PNG, BMP and WebP files that are cut short without a word and
 * paints what is missing black or grey. So that nobody classifies half a picture,
 * each is checked here for its end. (Of a GIF file, the first frame is taken out,
 * which needs the same look: see cnn-gif-frame.c; libjpeg tells by itself.) */

#define PNG_SIGNATURE "\x89PNG\r\n\x1a\n"
#define PNG_SIGNATURE_LENGTH 8

enum
{
  BMP_RGB = 0,
  BMP_RLE8 = 1,
  BMP_RLE4 = 2,
};

static guint32
read_u16_le (const guint8 *data)
{
  return data[0] | data[1] << 8;
}

static guint32
read_u32_le (const guint8 *data)
{
  return read_u16_le (data) | read_u16_le (data + 2) << 16;
}

static guint32
read_u32_be (const guint8 *data)
{
  return (guint32) data[0] << 24 | data[1] << 16 | data[2] << 8 | data[3];
}

/* Goes from chunk to chunk: length, type, contents, checksum. */
static gboolean
png_is_whole (const guint8 *data,
              gsize         length)
{
  gsize position = PNG_SIGNATURE_LENGTH;

  while (length - position >= 8)
    {
      guint64 size = (guint64) read_u32_be (data + position) + 12;

      if (memcmp (data + position + 4, "IEND", 4) == 0)
        return TRUE;
      if (size > length - position)
        return FALSE;

      position += size;
    }

  return FALSE;
}

/* The container says how much follows its first eight bytes. */
static gboolean
webp_is_whole (const guint8 *data,
               gsize         length)
{
  return read_u32_le (data + 4) <= length - 8;
}

/* Goes through run-length coded pixels until the code that ends them. */
static gboolean
bmp_runs_are_whole (const guint8 *data,
                    gsize         length,
                    gboolean      four_bits)
{
  gsize position = 0;

  while (length - position >= 2)
    {
      guint8 count = data[position];
      guint8 code = data[position + 1];
      gsize size = 2;

      if (count == 0 && code == 1)
        return TRUE;
      if (count == 0 && code == 2)
        size = 4;
      else if (count == 0 && code > 2)
        size = 2 + ((four_bits ? (code + 1u) / 2 : code) + 1u) / 2 * 2;

      if (size > length - position)
        return FALSE;

      position += size;
    }

  return FALSE;
}

/* Rows are padded to four bytes. Of a header in the old OS/2 form the sides have
 * two bytes. */
static gboolean
bmp_is_whole (const guint8 *data,
              gsize         length)
{
  guint64 offset, width, height, depth, size;
  guint32 header_size, compression = BMP_RGB;

  if (length < 26)
    return FALSE;

  offset = read_u32_le (data + 10);
  header_size = read_u32_le (data + 14);
  if (header_size == 12)
    {
      width = read_u16_le (data + 18);
      height = read_u16_le (data + 20);
      depth = read_u16_le (data + 24);
    }
  else
    {
      if (length < 34)
        return FALSE;

      width = read_u32_le (data + 18);
      height = ABS ((gint64) (gint32) read_u32_le (data + 22));
      depth = read_u16_le (data + 28);
      compression = read_u32_le (data + 30);
    }

  if (offset > length)
    return FALSE;
  if (compression == BMP_RLE8 || compression == BMP_RLE4)
    return bmp_runs_are_whole (data + offset, length - offset, compression == BMP_RLE4);

  if (width > G_MAXINT32 || depth > 64)
    return FALSE;
  size = (width * depth + 31) / 32 * 4;

  return height == 0 || size <= (length - offset) / height;
}

/*< private >
 * cnn_image_format_sniff:
 * @data: (array length=length): a file
 * @length: how long it is, in bytes
 *
 * Tells what a file is by its first bytes, whatever its name says. GdkPixbuf knows more formats,
 * some of which refer to other files or take any text for a picture.
 *
 * Returns: its format
 */
CnnImageFormat
cnn_image_format_sniff (const guint8 *data,
                        gsize         length)
{
  if (length >= 3 && memcmp (data, "\xff\xd8\xff", 3) == 0)
    return CNN_IMAGE_FORMAT_JPEG;
  if (length >= PNG_SIGNATURE_LENGTH && memcmp (data, PNG_SIGNATURE, PNG_SIGNATURE_LENGTH) == 0)
    return CNN_IMAGE_FORMAT_PNG;
  if (length >= 6 && (memcmp (data, "GIF87a", 6) == 0 || memcmp (data, "GIF89a", 6) == 0))
    return CNN_IMAGE_FORMAT_GIF;
  if (length >= 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0)
    return CNN_IMAGE_FORMAT_WEBP;
  if (length >= 18 && memcmp (data, "BM", 2) == 0)
    return CNN_IMAGE_FORMAT_BMP;

  return CNN_IMAGE_FORMAT_UNKNOWN;
}

/*< private >
 * cnn_image_format_check:
 * @data: (array length=length): a file
 * @length: how long it is, in bytes
 * @error: (out) (optional): %CNN_ERROR_NO_IMAGE with the reason
 *
 * Finds out whether a file is a picture that is there to its end.
 *
 * Returns: whether it is worth decoding
 */
gboolean
cnn_image_format_check (const guint8  *data,
                        gsize          length,
                        GError       **error)
{
  const char *name = NULL;

  if (length == 0)
    {
      g_set_error_literal (error, CNN_ERROR, CNN_ERROR_NO_IMAGE, "is empty, expected a picture");
      return FALSE;
    }

  switch (cnn_image_format_sniff (data, length))
    {
    case CNN_IMAGE_FORMAT_JPEG:
    case CNN_IMAGE_FORMAT_GIF:
      return TRUE;

    case CNN_IMAGE_FORMAT_PNG:
      name = png_is_whole (data, length) ? NULL : "PNG";
      break;

    case CNN_IMAGE_FORMAT_BMP:
      name = bmp_is_whole (data, length) ? NULL : "BMP";
      break;

    case CNN_IMAGE_FORMAT_WEBP:
      name = webp_is_whole (data, length) ? NULL : "WebP";
      break;

    case CNN_IMAGE_FORMAT_UNKNOWN:
    default:
      g_set_error_literal (error, CNN_ERROR, CNN_ERROR_NO_IMAGE,
                           "is not a picture, expected JPEG, PNG, WebP, BMP or GIF");
      return FALSE;
    }

  if (name != NULL)
    g_set_error (error, CNN_ERROR, CNN_ERROR_NO_IMAGE,
                 "is a %s picture that is cut short after %" G_GSIZE_FORMAT " bytes", name, length);

  return name == NULL;
}
