#include "support/model-bytes.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdarg.h>

/* A file of torch.save() before 1.6 that holds what the pickle says, with one
 * storage whose key is "0". */
GBytes *
model_bytes_legacy (const void *pickle,
                    gsize       pickle_size,
                    const void *storage,
                    gsize       n_floats)
{
  static const char preamble[] =
    "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
    "\x80\x02M\xe9\x03."
    "\x80\x02}X\x0d\0\0\0little_endian\x88s.";
  static const char keys[] = "\x80\x02]X\x01\0\0\0" "0a.";
  GByteArray *file = g_byte_array_new ();
  guint64 n = GUINT64_TO_LE ((guint64) n_floats);

  g_byte_array_append (file, (const guint8 *) preamble, sizeof preamble - 1);
  g_byte_array_append (file, pickle, pickle_size);
  g_byte_array_append (file, (const guint8 *) keys, sizeof keys - 1);
  g_byte_array_append (file, (const guint8 *) &n, sizeof n);
  g_byte_array_append (file, storage, n_floats * sizeof (float));

  return g_byte_array_free_to_bytes (file);
}

typedef struct
{
  struct archive *archive;
  GByteArray *file;
} Writer;

static la_ssize_t
append_cb (struct archive *archive,
           void           *data,
           const void     *bytes,
           size_t          size)
{
  g_byte_array_append (data, bytes, size);

  return size;
}

static void
writer_open (Writer     *writer,
             const char *options)
{
  writer->file = g_byte_array_new ();
  writer->archive = archive_write_new ();
  archive_write_set_format_zip (writer->archive);
  archive_write_set_bytes_in_last_block (writer->archive, 1);
  g_assert_cmpint (archive_write_set_options (writer->archive, options), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_open (writer->archive, writer->file, NULL, append_cb, NULL), ==, ARCHIVE_OK);
}

static void
writer_add (Writer     *writer,
            const char *name,
            const void *data,
            gsize       size)
{
  struct archive_entry *entry = archive_entry_new ();

  archive_entry_set_pathname (entry, name);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  archive_entry_set_size (entry, size);
  g_assert_cmpint (archive_write_header (writer->archive, entry), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_data (writer->archive, data, size), ==, size);
  archive_entry_free (entry);
}

static GBytes *
writer_close (Writer *writer)
{
  g_assert_cmpint (archive_write_close (writer->archive), ==, ARCHIVE_OK);
  archive_write_free (writer->archive);

  return g_byte_array_free_to_bytes (writer->file);
}

static GBytes *
write_zip (const char *options,
           const char *first_name,
           va_list     args)
{
  Writer writer;

  writer_open (&writer, options);
  for (const char *name = first_name; name != NULL; name = va_arg (args, const char *))
    {
      const void *data = va_arg (args, const void *);
      gsize size = va_arg (args, gsize);

      writer_add (&writer, name, data, size);
    }

  return writer_close (&writer);
}

/* A zip archive of stored records: name, data, size and so on, then NULL. */
GBytes *
model_bytes_zip (const char *first_name,
                 ...)
{
  GBytes *bytes;
  va_list args;

  va_start (args, first_name);
  bytes = write_zip ("zip:compression=store", first_name, args);
  va_end (args);

  return bytes;
}

/* The same, written in another way. */
GBytes *
model_bytes_zip_options (const char *options,
                         const char *first_name,
                         ...)
{
  GBytes *bytes;
  va_list args;

  va_start (args, first_name);
  bytes = write_zip (options, first_name, args);
  va_end (args);

  return bytes;
}
