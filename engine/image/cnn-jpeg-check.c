#define G_LOG_DOMAIN "cnn-jpeg-check"

#include "image/cnn-jpeg-check-private.h"

#include "core/cnn-error.h"

/* Markers: ITU-T T.81, table B.1. */
#define MARKER_TEM 0x01
#define MARKER_RST0 0xd0
#define MARKER_RST7 0xd7
#define MARKER_SOI 0xd8
#define MARKER_EOI 0xd9
#define MARKER_SOS 0xda

/* More than any encoder makes. A decoder may draw the picture anew for each, so
 * that a small file could keep it busy for hours. */
#define MAX_SCANS 1000

typedef struct
{
  const guint8 *data;
  gsize length;
  gsize position;
} Walk;

/* Moves behind the next marker; whatever lies before it is passed over: coded
 * data, in which 0xff 0x00 stands for the byte 0xff, restart markers, fill bytes.
 * Returns the marker's code, or 0 at the end of the data. */
static guint8
next_marker (Walk *walk)
{
  while (walk->position + 1 < walk->length)
    {
      guint8 code = walk->data[walk->position + 1];

      if (walk->data[walk->position] != 0xff || code == 0xff)
        {
          walk->position++;
          continue;
        }

      walk->position += 2;
      if (code != 0x00 && code != MARKER_TEM && !(code >= MARKER_RST0 && code <= MARKER_RST7))
        return code;
    }

  walk->position = walk->length;

  return 0;
}

/* Moves behind the segment that belongs to the marker before position; its
 * length counts its own two bytes. */
static gboolean
skip_segment (Walk *walk)
{
  gsize left = walk->length - walk->position;
  gsize size;

  if (left < 2)
    return FALSE;

  size = walk->data[walk->position] << 8 | walk->data[walk->position + 1];
  if (size < 2 || size > left)
    return FALSE;

  walk->position += size;

  return TRUE;
}

/*< private >
 * cnn_jpeg_check:
 * @data: (array length=length): a JPEG file
 * @length: how long it is, in bytes
 * @error: (out) (optional): %CNN_ERROR_NO_IMAGE where it is cut short
 *
 * Finds out whether a JPEG file is there to its end, which GdkPixbuf does not tell: it paints
 * what is missing grey.
 *
 * It goes from marker to marker, over the segments between them (so that a thumbnail with an
 * end of its own does not count) and over the coded data of each scan, until the marker that
 * ends the picture. What follows that does not matter. Whether the coded data make sense is
 * left to the decoder.
 *
 * Returns: whether @data is a whole picture
 */
gboolean
cnn_jpeg_check (const guint8  *data,
                gsize          length,
                GError       **error)
{
  Walk walk = { data, length, 0 };
  guint n_scans = 0;
  guint8 marker;

  while ((marker = next_marker (&walk)) != 0 && marker != MARKER_EOI)
    {
      if (marker == MARKER_SOI)
        continue;
      if (!skip_segment (&walk))
        {
          marker = 0;
          break;
        }
      if (marker == MARKER_SOS && ++n_scans > MAX_SCANS)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_NO_IMAGE,
                       "is a JPEG picture of more than %d scans", MAX_SCANS);
          return FALSE;
        }
    }

  if (marker == 0)
    g_set_error (error, CNN_ERROR, CNN_ERROR_NO_IMAGE,
                 "is a JPEG picture that is cut short after %" G_GSIZE_FORMAT " bytes", length);
  else if (n_scans == 0)
    g_set_error_literal (error, CNN_ERROR, CNN_ERROR_NO_IMAGE,
                         "is a JPEG picture that ends before its first pixel");

  return marker != 0 && n_scans > 0;
}
