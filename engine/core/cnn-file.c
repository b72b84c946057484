#include "core/cnn-file.h"

#include <stdlib.h>

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

/* A file beside file that nobody else has. */
static GFile *
dup_partial (GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *partial = g_strdup_printf (".%s.%08x", name, g_random_int ());

  return g_file_get_child (folder, partial);
}

/* Where a link leads; what replaces a file shall not replace the link to it. A
 * device must not be replaced at all, which root could do. */
static GFile *
find_target (GFile         *file,
             GCancellable  *cancellable,
             GError       **error)
{
  GFileType type = g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable);
  const char *path = g_file_peek_path (file);
  char *real;

  if (type != G_FILE_TYPE_REGULAR && type != G_FILE_TYPE_UNKNOWN)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                           type == G_FILE_TYPE_DIRECTORY ? "is a folder, expected a file"
                                                         : "is a device or a pipe, expected a file");
      return NULL;
    }

  real = path != NULL && type == G_FILE_TYPE_REGULAR ? realpath (path, NULL) : NULL;
  if (real == NULL)
    return g_object_ref (file);

  file = g_file_new_for_path (real);
  free (real);

  return file;
}

static gboolean
save_partial (GFile            *partial,
              CnnFileSaveFunc   save,
              gpointer          data,
              GCancellable     *cancellable,
              GError          **error)
{
  g_autoptr (GFileOutputStream) file_stream = NULL;
  g_autoptr (GOutputStream) stream = NULL;

  file_stream = g_file_create (partial, G_FILE_CREATE_NONE, cancellable, error);
  if (file_stream == NULL)
    return FALSE;

  stream = g_buffered_output_stream_new_sized (G_OUTPUT_STREAM (file_stream), BLOCK_SIZE);

  return save (stream, data, cancellable, error) &&
         g_output_stream_close (stream, cancellable, error);
}

/**
 * cnn_file_save:
 * @file: where to
 * @save: writes what the file is to hold, to a buffered stream
 * @data: for @save
 * @cancellable: (nullable): to stop it
 * @error: (out) (optional): %G_IO_ERROR, which names @file
 *
 * Saves a file as a whole or not at all: it is written beside its place, and
 * put there when it is complete. Whatever goes wrong, such as a disk that is
 * full, what was there before stays, and nothing is left behind.
 *
 * Engine-internal.
 *
 * Returns: whether it was saved
 */
gboolean
cnn_file_save (GFile            *file,
               CnnFileSaveFunc   save,
               gpointer          data,
               GCancellable     *cancellable,
               GError          **error)
{
  g_autoptr (GFile) target = NULL;
  g_autoptr (GFile) partial = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *name = NULL;

  target = find_target (file, cancellable, &local_error);
  if (target != NULL)
    {
      partial = dup_partial (target);
      if (save_partial (partial, save, data, cancellable, &local_error) &&
          g_file_move (partial, target, G_FILE_COPY_OVERWRITE, cancellable, NULL, NULL, &local_error))
        return TRUE;

      g_file_delete (partial, NULL, NULL);
    }

  name = g_file_get_parse_name (file);
  g_set_error (error, local_error->domain, local_error->code, "%s: cannot be written: %s",
               name, local_error->message);

  return FALSE;
}

static gboolean
save_bytes (GOutputStream  *stream,
            gpointer        data,
            GCancellable   *cancellable,
            GError        **error)
{
  GBytes *bytes = data;

  return g_output_stream_write_all (stream, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                    NULL, cancellable, error);
}

/**
 * cnn_file_save_bytes:
 * @file: where to
 * @data: (array length=length): what the file is to hold
 * @length: how many bytes
 * @cancellable: (nullable): to stop it
 * @error: (out) (optional): %G_IO_ERROR, which names @file
 *
 * Does what cnn_file_save() does with bytes that are there already.
 *
 * Engine-internal.
 *
 * Returns: whether it was saved
 */
gboolean
cnn_file_save_bytes (GFile         *file,
                     const void    *data,
                     gsize          length,
                     GCancellable  *cancellable,
                     GError       **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, length);

  return cnn_file_save (file, save_bytes, bytes, cancellable, error);
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
