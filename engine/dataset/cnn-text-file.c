#define G_LOG_DOMAIN "cnn-text-file"

#include "dataset/cnn-text-file-private.h"

#include <string.h>

#include "core/cnn-error.h"
#include "core/cnn-file-error.h"

#define BLOCK_SIZE (64 * 1024)
#define EXCERPT_LENGTH 40

/* Appends what the stream holds to text, but not more than one byte above
 * max_size: a file that grows, or says nothing of its size, is no trap. */
static gboolean
read_up_to (GInputStream  *stream,
            gsize          max_size,
            GByteArray    *text,
            GCancellable  *cancellable,
            GError       **error)
{
  gsize n_read;

  do
    {
      guint start = text->len;
      gsize wanted = MIN ((gsize) BLOCK_SIZE, max_size + 1 - start);

      g_byte_array_set_size (text, start + wanted);
      if (!g_input_stream_read_all (stream, text->data + start, wanted, &n_read,
                                    cancellable, error))
        return FALSE;
      g_byte_array_set_size (text, start + n_read);
    }
  while (n_read > 0 && text->len <= max_size);

  return TRUE;
}

/*< private >
 * cnn_text_file_read:
 * @file: a file that ought to be text
 * @max_size: the most bytes that it may have
 * @cancellable: (nullable): to stop it
 * @error: (out) (optional): %CNN_ERROR_DAMAGED where it is longer or holds a NUL byte;
 *   %G_IO_ERROR where it cannot be read; both name @file
 *
 * Reads a small text file. Whether it is UTF-8 is the caller's to check, who
 * knows the line.
 *
 * Returns: (transfer full) (nullable): its text
 */
char *
cnn_text_file_read (GFile         *file,
                    gsize          max_size,
                    GCancellable  *cancellable,
                    GError       **error)
{
  g_autofree char *name = g_file_get_parse_name (file);
  g_autoptr (GByteArray) text = g_byte_array_new ();
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, &local_error);
  const guint8 *nul;

  if (stream == NULL ||
      !read_up_to (G_INPUT_STREAM (stream), max_size, text, cancellable, &local_error))
    {
      cnn_propagate_file_error (error, g_steal_pointer (&local_error), file);
      return NULL;
    }

  if (text->len > max_size)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "%s: is longer than %" G_GSIZE_FORMAT " bytes, expected a short text",
                   name, max_size);
      return NULL;
    }

  nul = text->len > 0 ? memchr (text->data, '\0', text->len) : NULL;
  if (nul != NULL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "%s: holds a NUL byte at offset %" G_GSIZE_FORMAT ", expected text",
                   name, (gsize) (nul - text->data));
      return NULL;
    }

  g_byte_array_append (text, (const guint8 *) "", 1);

  return (char *) g_byte_array_free (g_steal_pointer (&text), FALSE);
}

/*< private >
 * cnn_text_excerpt:
 * @text: what a file says, possibly not UTF-8
 *
 * Makes what can be quoted in a message: one short line of UTF-8.
 *
 * Returns: (transfer full): the beginning of @text
 */
char *
cnn_text_excerpt (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *start = NULL;

  for (char *c = valid; *c != '\0'; c++)
    {
      if (g_ascii_iscntrl (*c))
        *c = ' ';
    }

  if (g_utf8_strlen (valid, -1) <= EXCERPT_LENGTH)
    return g_steal_pointer (&valid);

  start = g_utf8_substring (valid, 0, EXCERPT_LENGTH);

  return g_strconcat (start, "…", NULL);
}
