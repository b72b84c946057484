#define G_LOG_DOMAIN "cnn-file-contents"

#include "formats/cnn-file-contents-private.h"

#include <string.h>
#include <unistd.h>

#include "core/cnn-error.h"
#include "core/cnn-file-map.h"
#include "core/cnn-file.h"
#include "core/cnn-progress.h"

/* Model files are mapped: what lies in them as the engine wants it is used where it
 * lies, and is copied neither by us nor by the disk cache. core/cnn-file-map.c sees
 * to it that a training script that saves over an open file does no harm. Small
 * files, and those that are on no file system, are read. */

/* What is larger than that is mapped. */
#define MAPPED_FROM (1024 * 1024)

/* How much is read between two looks at the cancellable. */
#define CHUNK (8 * 1024 * 1024)

static goffset
get_physical_memory (void)
{
  glong pages = sysconf (_SC_PHYS_PAGES);
  glong page_size = sysconf (_SC_PAGESIZE);

  return pages > 0 && page_size > 0 ? (goffset) pages * page_size : G_MAXINT64;
}

static gboolean
check_info (GFileInfo  *info,
            GError    **error)
{
  goffset size = g_file_info_get_size (info);

  if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, "is a folder, expected a model");
      return FALSE;
    }

  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      /* A pipe or a device could go on for ever. */
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                   "is not a regular file, expected a model");
      return FALSE;
    }

  if (size <= 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "is empty, expected a model");
      return FALSE;
    }

  /* A sparse file can claim any size and cost nothing. */
  if (size > get_physical_memory ())
    {
      g_autofree char *found = g_format_size (size);
      g_autofree char *expected = g_format_size (get_physical_memory ());

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                   "has %s, expected no more than this machine's memory, %s", found, expected);
      return FALSE;
    }

  return TRUE;
}

static GBytes *
read_stream (GInputStream  *stream,
             gsize          size,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autofree guint8 *data = g_try_malloc (size);
  gsize at = 0;

  if (data == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                   "has %" G_GSIZE_FORMAT " bytes, which do not fit into memory", size);
      return NULL;
    }

  while (at < size)
    {
      gssize n = g_input_stream_read (stream, data + at, MIN (size - at, CHUNK), cancellable, error);

      if (n < 0)
        return NULL;

      if (n == 0)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                       "ended at byte %" G_GSIZE_FORMAT " while it was read, expected %" G_GSIZE_FORMAT,
                       at, size);
          return NULL;
        }

      at += n;
      cnn_progress_report (CNN_PHASE_READING, (double) at / size);
    }

  return g_bytes_new_take (g_steal_pointer (&data), size);
}

/* Makes one line of text of a message that may quote names out of a file, which
 * may hold anything. */
static void
tidy_error (GError *error)
{
  char *valid = g_utf8_make_valid (error->message, -1);

  for (char *c = valid; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';

  g_free (error->message);
  error->message = valid;
}

/* Names the file before a message that does not name it yet. */
void
cnn_file_contents_prefix_error (GFile   *file,
                                GError **error)
{
  g_autofree char *name = g_file_get_parse_name (file);

  if (error != NULL && *error != NULL)
    tidy_error (*error);

  g_prefix_error (error, "%s: ", name);
}

/* Whether bytes are still what file held when they were loaded. */
gboolean
cnn_file_contents_check (GBytes  *bytes,
                         GFile   *file,
                         GError **error)
{
  if (cnn_file_map_check (g_bytes_get_data (bytes, NULL), error))
    return TRUE;

  cnn_file_contents_prefix_error (file, error);

  return FALSE;
}

static GBytes *
read_file (GFile         *file,
           gsize          size,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);

  return stream != NULL ? read_stream (G_INPUT_STREAM (stream), size, cancellable, error) : NULL;
}

/* Reads or maps all of file. */
GBytes *
cnn_file_contents_load (GFile         *file,
                        GCancellable  *cancellable,
                        GError       **error)
{
  const char *path = g_file_peek_path (file);
  g_autoptr (GFileInfo) info = NULL;
  GError *local_error = NULL;
  GBytes *bytes = NULL;

  /* Asked before it is opened: to open a pipe can wait for ever. */
  info = g_file_query_info (file,
                            G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                            G_FILE_QUERY_INFO_NONE, cancellable, &local_error);
  if (info == NULL)
    {
      cnn_propagate_file_error (error, local_error, file);
      return NULL;
    }

  if (!check_info (info, error))
    {
      cnn_file_contents_prefix_error (file, error);
      return NULL;
    }

  if (path != NULL && g_file_info_get_size (info) > MAPPED_FROM)
    bytes = cnn_file_map_new (path, NULL);
  if (bytes == NULL)
    bytes = read_file (file, g_file_info_get_size (info), cancellable, &local_error);
  if (bytes == NULL)
    cnn_propagate_file_error (error, local_error, file);

  return bytes;
}

/* What a model's folder may hold, the likeliest first: an index names the others. */
static const char *const model_suffixes[] = {
  ".safetensors.index.json", ".bin.index.json", ".safetensors", ".onnx", "pytorch_model.bin", ".pth", ".pt",
};

static gboolean
collect_models (GFile         *folder,
                GPtrArray     *found[],
                GCancellable  *cancellable,
                GError       **error)
{
  g_autoptr (GFileEnumerator) files =
    g_file_enumerate_children (folder, G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                               G_FILE_QUERY_INFO_NONE, cancellable, error);
  GFileInfo *info = NULL;
  GFile *child;

  while (files != NULL && g_file_enumerator_iterate (files, &info, &child, cancellable, error))
    {
      if (info == NULL)
        return TRUE;

      for (guint i = 0; i < G_N_ELEMENTS (model_suffixes); i++)
        if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR &&
            g_str_has_suffix (g_file_info_get_name (info), model_suffixes[i]))
          {
            g_ptr_array_add (found[i], g_object_ref (child));
            break;
          }
    }

  return FALSE;
}

/* The one model of the folder, of the likeliest kind that there is. */
static GFile *
choose_model (GPtrArray *found[],
              GError   **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (model_suffixes); i++)
    {
      if (found[i]->len == 1)
        return g_object_ref (g_ptr_array_index (found[i], 0));

      if (found[i]->len > 1)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY,
                       "is a folder with %u files *%s, expected one model, or an index", found[i]->len,
                       model_suffixes[i]);
          return NULL;
        }
    }

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, "is a folder without a model, expected a model");

  return NULL;
}

/* The model in a folder; what is no folder is the model itself. */
GFile *
cnn_file_contents_find_model (GFile         *file,
                              GCancellable  *cancellable,
                              GError       **error)
{
  GPtrArray *found[G_N_ELEMENTS (model_suffixes)];
  GError *local_error = NULL;
  GFile *model = NULL;
  gboolean is_listed;

  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable) != G_FILE_TYPE_DIRECTORY)
    return g_object_ref (file);

  for (guint i = 0; i < G_N_ELEMENTS (found); i++)
    found[i] = g_ptr_array_new_with_free_func (g_object_unref);

  is_listed = collect_models (file, found, cancellable, &local_error);
  if (is_listed)
    model = choose_model (found, error);
  else
    cnn_propagate_file_error (error, local_error, file);
  if (is_listed && model == NULL)
    cnn_file_contents_prefix_error (file, error);

  for (guint i = 0; i < G_N_ELEMENTS (found); i++)
    g_ptr_array_unref (found[i]);

  return model;
}

/* What people open by mistake, told by its first bytes. */
static const struct
{
  guint offset;
  const char *magic;
  guint length;
  const char *what;
} impostors[] = {
  { 0, "version https://git-lfs", 23, "is a Git LFS pointer, not the file that it points to: fetch that with “git lfs pull”" },
  { 0, "<!DOCTYPE", 9, "is a web page: the download did not give the model" },
  { 0, "<html", 5, "is a web page: the download did not give the model" },
  { 0, "\x89HDF\r\n\x1a\n", 8, "is an HDF5 (Keras) file" },
  { 4, "TFL3", 4, "is a TensorFlow Lite model" },
  { 0, "GGUF", 4, "is a GGUF model" },
  { 0, "\x93NUMPY", 6, "is a NumPy array" },
  { 0, "\xfd" "7zXZ", 6, "is compressed by xz: unpack it first" },
  { 0, "\x1f\x8b", 2, "is compressed by gzip: unpack it first" },
  { 0, "\x28\xb5\x2f\xfd", 4, "is compressed by zstd: unpack it first" },
  { 0, "\xff\xd8\xff", 3, "is a JPEG picture" },
  { 0, "\x89PNG", 4, "is a PNG picture" },
  { 0, "%PDF", 4, "is a PDF document" },
};

static gboolean
looks_like_text (const guint8 *data,
                 gsize         n)
{
  const char *end;

  for (gsize i = 0; i < n; i++)
    if (g_ascii_iscntrl (data[i]) && !g_ascii_isspace (data[i]))
      return FALSE;

  /* The last character may have been cut. */
  return g_utf8_validate_len ((const char *) data, n, &end) ||
         (end > (const char *) data && (const char *) data + n - end < 4);
}

static const char *
describe_impostor (const guint8 *data,
                   gsize         size)
{
  for (guint i = 0; i < G_N_ELEMENTS (impostors); i++)
    if (size >= impostors[i].offset + impostors[i].length &&
        memcmp (data + impostors[i].offset, impostors[i].magic, impostors[i].length) == 0)
      return impostors[i].what;

  return looks_like_text (data, MIN (size, 64)) ? "is a text file" : NULL;
}

/* Says what bytes of no known model format look like. */
void
cnn_file_contents_set_unknown_error (GBytes  *bytes,
                                     GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  const char *what = describe_impostor (data, size);
  g_autoptr (GString) start = NULL;

  if (what != NULL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "%s, expected a .safetensors, .pth or .onnx model", what);
      return;
    }

  start = g_string_new (NULL);
  for (gsize i = 0; i < MIN (size, 8); i++)
    g_string_append_printf (start, " %02x", data[i]);

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "starts with the bytes%s, expected a .safetensors, .pth or .onnx model", start->str);
}
