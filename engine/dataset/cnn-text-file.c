#define G_LOG_DOMAIN "cnn-text-file"

#include "dataset/cnn-text-file-private.h"

#include <string.h>

#include "core/cnn-error.h"
#include "core/cnn-file.h"

#define EXCERPT_LENGTH 40

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
  g_autoptr (GBytes) bytes = cnn_file_read (file, max_size, cancellable, error);
  g_autofree char *text = NULL;
  gsize length;

  if (bytes == NULL)
    return NULL;

  text = g_strndup (g_bytes_get_data (bytes, &length), g_bytes_get_size (bytes));
  if (strlen (text) != length)
    {
      g_autofree char *name = g_file_get_parse_name (file);

      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "%s: holds a NUL byte at offset %" G_GSIZE_FORMAT ", expected text",
                   name, strlen (text));
      return NULL;
    }

  return g_steal_pointer (&text);
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
