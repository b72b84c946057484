#include "core/cnn-file-error.h"

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
