#include "support/pack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <glib/gstdio.h>

static const char *
pack_root (void)
{
  const char *root = g_getenv ("FOVEA_PACK");

  return root != NULL && *root != '\0' ? root : PACK_DEFAULT;
}

/* Copies what the archive's entry holds to path; safe against another test
 * program that does the same at the same time. */
static void
extract (struct archive *archive,
         const char     *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *partial = g_strdup_printf ("%s.%08x", path, g_random_int ());
  const void *block;
  size_t size;
  la_int64_t offset;
  FILE *file;
  int status;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  file = g_fopen (partial, "wb");
  g_assert_nonnull (file);

  while ((status = archive_read_data_block (archive, &block, &size, &offset)) == ARCHIVE_OK)
    g_assert_cmpuint (fwrite (block, 1, size, file), ==, size);

  g_assert_cmpint (status, ==, ARCHIVE_EOF);
  g_assert_cmpint (fclose (file), ==, 0);
  g_assert_cmpint (g_rename (partial, path), ==, 0);
}

/* Unpacks one compressed file, or all members of a compressed tar, whose paths
 * are relative to folder. */
static void
unpack (const char *compressed,
        const char *folder,
        const char *single)
{
  struct archive *archive = archive_read_new ();
  struct archive_entry *entry;

  archive_read_support_filter_xz (archive);
  if (single != NULL)
    archive_read_support_format_raw (archive);
  else
    archive_read_support_format_tar (archive);

  g_assert_cmpint (archive_read_open_filename (archive, compressed, 1 << 16), ==, ARCHIVE_OK);
  while (archive_read_next_header (archive, &entry) == ARCHIVE_OK)
    {
      const char *name = single != NULL ? single : archive_entry_pathname (entry);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (single != NULL || archive_entry_filetype (entry) == AE_IFREG)
        extract (archive, path);
    }
  archive_read_free (archive);
}

/* Finds a file of the pack by the name that it has when unpacked, and unpacks it
 * beside the test programs where the pack holds it compressed.
 * Returns NULL where there is no pack. */
char *
pack_find (const char *name)
{
  g_autofree char *plain = g_build_filename (pack_root (), name, NULL);
  g_autofree char *compressed = g_strconcat (plain, ".xz", NULL);
  g_autofree char *tar = g_build_filename (pack_root (), "zoo", "variants.tar.xz", NULL);
  g_autofree char *unpacked = g_build_filename (PACK_UNPACKED, name, NULL);
  g_autofree char *zoo = g_build_filename (PACK_UNPACKED, "zoo", NULL);

  if (g_file_test (plain, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&plain);

  if (!g_file_test (unpacked, G_FILE_TEST_EXISTS))
    {
      if (g_file_test (compressed, G_FILE_TEST_EXISTS))
        unpack (compressed, PACK_UNPACKED, name);
      else if (g_str_has_prefix (name, "zoo/variants") && g_file_test (tar, G_FILE_TEST_EXISTS))
        unpack (tar, zoo, NULL);
    }

  if (g_file_test (unpacked, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&unpacked);

  /* A pack that lacks a file is a mistake; no pack at all is not. */
  g_assert_false (g_file_test (pack_root (), G_FILE_TEST_IS_DIR));

  return NULL;
}

/* Skips the running test where pack_find() found nothing. */
gboolean
pack_skip (const char *path)
{
  if (path == NULL)
    g_test_skip ("no test pack: set FOVEA_PACK");

  return path == NULL;
}
