#define G_LOG_DOMAIN "cnn-onnx"

/* A model of over 2 GB, and any that an exporter likes to, keeps its numbers in
 * files beside the .onnx file. The path to them comes out of a file that somebody
 * else may have made: it must lead into the model's folder or one below. */

#include "formats/onnx/cnn-onnx-tensor-private.h"

#include "core/cnn-error.h"
#include "core/cnn-file-map.h"
#include "formats/cnn-file-contents-private.h"

/* What may be worked out of a file however small it is: a table of positions, say,
 * that takes three nodes to write. */
#define MIN_BUDGET (4 * 1024 * 1024)

static void
source_free (gpointer data)
{
  CnnNumberSource *source = data;

  g_bytes_unref (source->bytes);
  g_free (source);
}

void
cnn_onnx_files_init (CnnOnnxFiles *self,
                     GBytes       *bytes,
                     GFile        *model,
                     GCancellable *cancellable)
{
  *self = (CnnOnnxFiles) { .model = model, .cancellable = cancellable };

  /* Numbers in a protobuf lie where they happen to lie. Sharing the few that are
   * aligned would keep all of the file in memory, unless it is mapped. */
  cnn_number_source_init (&self->own, bytes, cnn_file_map_contains (g_bytes_get_data (bytes, NULL)));
  self->own.budget = MAX (self->own.budget, MIN_BUDGET);
  self->others = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, source_free);
}

void
cnn_onnx_files_clear (CnnOnnxFiles *self)
{
  g_clear_pointer (&self->others, g_hash_table_unref);
}

static gboolean
check_location (const char  *location,
                GError     **error)
{
  g_auto (GStrv) parts = g_strsplit_set (location, "/\\", -1);
  gboolean is_inside = *location != '\0' && !g_path_is_absolute (location);

  for (guint i = 0; parts[i] != NULL; i++)
    is_inside = is_inside && !g_str_equal (parts[i], "..") && (i == 0 || *parts[i] != '\0');

  if (!is_inside)
    g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                 "keeps its numbers in “%s”, expected a file in the model's folder", location);

  return is_inside;
}

/* The bytes of a file beside the model, read when they are first asked for. */
CnnNumberSource *
cnn_onnx_files_find (CnnOnnxFiles  *self,
                     const char    *location,
                     GError       **error)
{
  CnnNumberSource *source = g_hash_table_lookup (self->others, location);
  g_autoptr (GFile) folder = g_file_get_parent (self->model);
  g_autoptr (GFile) file = NULL;
  GBytes *bytes;

  if (source != NULL)
    return source;

  if (!check_location (location, error))
    return NULL;

  file = g_file_resolve_relative_path (folder != NULL ? folder : self->model, location);
  bytes = cnn_file_contents_load (file, self->cancellable, error);
  if (bytes == NULL)
    return NULL;

  /* Here there is nothing but numbers: they share the bytes that were read. What
   * is worked out of them counts for the model, to which they belong. */
  source = g_new0 (CnnNumberSource, 1);
  cnn_number_source_init (source, bytes, TRUE);
  if (!g_size_checked_add (&self->own.budget, self->own.budget, source->budget))
    self->own.budget = G_MAXSIZE;
  g_hash_table_insert (self->others, g_strdup (location), source);

  return source;
}
