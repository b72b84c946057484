#define G_LOG_DOMAIN "cnn-gif-frame"

#include "image/cnn-gif-frame-private.h"

#include "core/cnn-error.h"

/* Blocks of GIF 89a. */
#define BLOCK_EXTENSION 0x21
#define BLOCK_IMAGE 0x2c
#define BLOCK_TRAILER 0x3b

#define SCREEN_END 13         /* signature and logical screen descriptor */
#define IMAGE_SIZE 10         /* image descriptor with its introducer */

/* The size of the colour table that the flags of a descriptor announce. */
static gsize
get_table_size (guint8 flags)
{
  return (flags & 0x80) != 0 ? 3 * ((gsize) 2 << (flags & 0x07)) : 0;
}

/* Goes over the sub-blocks at position, each of which starts with its length,
 * until the empty one.
 * Returns the position behind it, or 0 where the data end before. */
static gsize
skip_sub_blocks (const guint8 *data,
                 gsize         length,
                 gsize         position)
{
  while (position < length)
    {
      gsize size = data[position];

      position += 1 + size;
      if (size == 0)
        return position;
    }

  return 0;
}

/*< private >
 * cnn_gif_frame_extract:
 * @data: (array length=length): a GIF file
 * @length: how long it is, in bytes
 * @error: (out) (optional): %CNN_ERROR_NO_IMAGE where it ends before its first frame does
 *
 * Makes a GIF file of the first frame alone, without transparency: a decoder then has no more to
 * do than is wanted, and gives the colour that is stored for a transparent pixel instead of none.
 *
 * Returns: (transfer full) (nullable): the file
 */
GBytes *
cnn_gif_frame_extract (const guint8  *data,
                       gsize          length,
                       GError       **error)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  gsize position = length > SCREEN_END ? SCREEN_END + get_table_size (data[10]) : length;
  gsize end = 0;

  while (position < length && data[position] == BLOCK_EXTENSION)
    {
      gsize next = skip_sub_blocks (data, length, position + 2);

      position = next != 0 ? next : length;
    }

  if (position < length && data[position] == BLOCK_IMAGE && length - position > IMAGE_SIZE)
    {
      /* One byte of code size stands before the pixels. */
      gsize table_size = get_table_size (data[position + 9]);

      end = skip_sub_blocks (data, length, position + IMAGE_SIZE + table_size + 1);
    }

  if (end == 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_NO_IMAGE,
                   "is a GIF picture that is cut short after %" G_GSIZE_FORMAT " bytes", length);
      return NULL;
    }

  /* Extensions say no more than what is transparent, and comments. */
  g_byte_array_append (frame, data, SCREEN_END + get_table_size (data[10]));
  g_byte_array_append (frame, data + position, end - position);
  g_byte_array_append (frame, (const guint8[]) { BLOCK_TRAILER }, 1);

  return g_byte_array_free_to_bytes (g_steal_pointer (&frame));
}
