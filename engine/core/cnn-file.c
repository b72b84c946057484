#include "core/cnn-file.h"

#include "core/cnn-error.h"

#define BLOCK_SIZE (64 * 1024)

/* Appends what the stream holds to contents, but not more than one byte above
 * max_size: a file that grows meanwhile is no trap. */
static gboolean
read_up_to (GInputStream  *stream,
            gsize          max_size,
            GByteArray    *contents,
            GCancellable  *cancellable,
            GError       **error)
{
  gsize n_read;

  do
    {
      guint start = contents->len;
      gsize wanted = MIN ((gsize) BLOCK_SIZE, max_size + 1 - start);

      g_byte_array_set_size (contents, start + wanted);
      if (!g_input_stream_read_all (stream, contents->data + start, wanted, &n_read,
                                    cancellable, error))
        return FALSE;
      g_byte_array_set_size (contents, start + n_read);
    }
  while (n_read > 0 && contents->len <= max_size);

  return TRUE;
}

/* Opening a pipe may wait for ever, so what is not a file is not opened. */
static GInputStream *
open_regular (GFile         *file,
              GCancellable  *cancellable,
              GError       **error)
{
  g_autoptr (GFileInfo) info =
    g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                       cancellable, error);

  if (info == NULL)
    return NULL;

  if (g_file_info_get_file_type (info) == G_FILE_TYPE_SPECIAL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                           "is a device or a pipe, expected a file");
      return NULL;
    }

  return (GInputStream *) g_file_read (file, cancellable, error);
}

/**
 * cnn_file_read:
 * @file: a file
 * @max_size: the most bytes that it may have, below 4 GiB
 * @cancellable: (nullable): to stop it
 * @error: (out) (optional): %CNN_ERROR_DAMAGED where it is longer, %G_IO_ERROR where it cannot
 *   be read; both name @file
 *
 * Reads a whole file, whose length is not trusted.
 *
 * Engine-internal.
 *
 * Returns: (transfer full) (nullable): its bytes
 */
GBytes *
cnn_file_read (GFile         *file,
               gsize          max_size,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autoptr (GByteArray) contents = g_byte_array_new ();
  g_autoptr (GInputStream) stream = NULL;
  GError *local_error = NULL;

  stream = open_regular (file, cancellable, &local_error);
  if (stream == NULL || !read_up_to (stream, max_size, contents, cancellable, &local_error))
    {
      cnn_propagate_file_error (error, local_error, file);
      return NULL;
    }

  if (contents->len > max_size)
    {
      g_autofree char *name = g_file_get_parse_name (file);

      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "%s: is longer than the %" G_GSIZE_FORMAT " bytes that such a file may have",
                   name, max_size);
      return NULL;
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&contents));
}

/**
 * cnn_propagate_file_error:
 * @dest: (out) (optional): where to put it
 * @source: (transfer full): an error that GIO reported for @file
 * @file: the file or folder
 *
 * Passes an error of GIO on with a message in the form of the engine's own: the
 * name of @file, then what is the matter. GIO itself sometimes names the file
 * and sometimes does not. That something was cancelled is passed on unchanged.
 *
 * Engine-internal.
 */
void
cnn_propagate_file_error (GError **dest,
                          GError  *source,
                          GFile   *file)
{
  g_autofree char *name = g_file_get_parse_name (file);
  const char *reason = NULL;

  if (g_error_matches (source, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (dest, source);
      return;
    }

  if (g_error_matches (source, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    reason = "does not exist";
  else if (g_error_matches (source, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    reason = "may not be read: permission denied";
  else if (g_error_matches (source, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY))
    reason = "is a folder, expected a file";
  else if (g_error_matches (source, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY))
    reason = "is a file, expected a folder";

  g_set_error (dest, source->domain, source->code, "%s: %s", name,
               reason != NULL ? reason : source->message);
  g_error_free (source);
}
