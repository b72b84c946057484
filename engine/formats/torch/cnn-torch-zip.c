#define G_LOG_DOMAIN "cnn-torch"

/* The container since PyTorch 1.6: a zip archive of records, all in one folder,
 *
 *   NAME/data.pkl     the pickle
 *   NAME/byteorder    "little", since PyTorch 2.1
 *   NAME/data/KEY     the numbers of storage KEY
 *
 * stored without compression, so that they can be used where they lie. */

#include "formats/torch/cnn-torch-private.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "core/cnn-error.h"

typedef struct archive Archive;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_read_free)

/* What records may grow to when they are unpacked, in multiples of the file. */
#define MAX_GROWTH 16

/* A record on its way out of the archive. libarchive hands it out in blocks, which
 * archive_read_open_memory() makes point into our own bytes where the record is
 * stored. Blocks that lie elsewhere were unpacked, and are put together. */
typedef struct
{
  gsize offset;
  gsize size;
  GByteArray *unpacked;         /* or NULL */
} Record;

static gboolean
take_block (Record        *record,
            GBytes        *bytes,
            const guint8  *block,
            gsize          size,
            gsize         *budget,
            GError       **error)
{
  gsize offset = (gsize) ((guintptr) block - (guintptr) g_bytes_get_data (bytes, NULL));
  gboolean is_stored = offset < g_bytes_get_size (bytes);

  if (is_stored && record->unpacked == NULL && (record->size == 0 || offset == record->offset + record->size))
    {
      if (record->size == 0)
        record->offset = offset;
      record->size += size;
      return TRUE;
    }

  if (record->unpacked == NULL && record->size == 0)
    record->unpacked = g_byte_array_new ();

  if (record->unpacked == NULL || size > *budget || record->unpacked->len + size > G_MAXINT)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "is compressed, and unpacks to over %d times the file; expected a stored record",
                   MAX_GROWTH);
      return FALSE;
    }

  *budget -= size;
  g_byte_array_append (record->unpacked, block, size);

  return TRUE;
}

static CnnTorchExtent *
read_record (Archive     *archive,
             const char  *name,
             GBytes      *bytes,
             gsize       *budget,
             GError     **error)
{
  Record record = { 0 };
  g_autoptr (GBytes) unpacked = NULL;
  gboolean good = TRUE;
  const void *block;
  size_t size;
  la_int64_t at;
  int status = ARCHIVE_OK;

  while (good && (status = archive_read_data_block (archive, &block, &size, &at)) == ARCHIVE_OK)
    good = size == 0 || take_block (&record, bytes, block, size, budget, error);

  if (record.unpacked != NULL)
    {
      record.size = record.unpacked->len;
      unpacked = g_byte_array_free_to_bytes (record.unpacked);
    }

  if (good && status != ARCHIVE_EOF)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "%s", archive_error_string (archive));
      good = FALSE;
    }

  if (!good)
    {
      g_prefix_error (error, "%s: ", name);
      return NULL;
    }

  return cnn_torch_extent_new (unpacked != NULL ? unpacked : bytes, record.offset, record.size);
}

static GHashTable *
new_extents (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) cnn_torch_extent_free);
}

static GHashTable *
read_records (GBytes        *bytes,
              GCancellable  *cancellable,
              GError       **error)
{
  g_autoptr (GHashTable) records = new_extents ();
  g_autoptr (Archive) archive = archive_read_new ();
  struct archive_entry *entry;
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  gsize budget;
  int status;

  if (!g_size_checked_mul (&budget, size, MAX_GROWTH))
    budget = G_MAXSIZE;

  archive_read_support_format_zip_seekable (archive);
  status = archive_read_open_memory (archive, data, size);

  while (status == ARCHIVE_OK)
    {
      const char *path;
      CnnTorchExtent *extent;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;

      status = archive_read_next_header (archive, &entry);
      if (status != ARCHIVE_OK)
        break;

      path = archive_entry_pathname_utf8 (entry);
      if (path == NULL || archive_entry_filetype (entry) != AE_IFREG)
        continue;

      extent = read_record (archive, path, bytes, &budget, error);
      if (extent == NULL)
        return NULL;
      g_hash_table_replace (records, g_strdup (path), extent);
    }

  if (status != ARCHIVE_EOF)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "zip archive: is cut or damaged: %s", archive_error_string (archive));
      return NULL;
    }

  return g_steal_pointer (&records);
}

static gboolean
has_folder (GHashTable *records,
            const char *folder)
{
  GHashTableIter iter;
  const char *path;

  g_hash_table_iter_init (&iter, records);
  while (g_hash_table_iter_next (&iter, (gpointer *) &path, NULL))
    if (strstr (path, folder) != NULL)
      return TRUE;

  return FALSE;
}

/* The folder that all records are in, with its slash, or "". */
static char *
find_folder (GHashTable  *records,
             GError     **error)
{
  GHashTableIter iter;
  const char *path;

  if (has_folder (records, "/code/") || has_folder (records, "constants.pkl"))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "is a TorchScript archive, expected a state dict: save model.state_dict() instead, with: "
                   "torch.save(torch.jit.load(\"OLD.pt\").state_dict(), \"NEW.pth\")");
      return NULL;
    }

  g_hash_table_iter_init (&iter, records);
  while (g_hash_table_iter_next (&iter, (gpointer *) &path, NULL))
    if (g_strcmp0 (path, "data.pkl") == 0 || g_str_has_suffix (path, "/data.pkl"))
      return g_strndup (path, strlen (path) - strlen ("data.pkl"));

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "is a zip archive without data.pkl, expected one that torch.save() has written");

  return NULL;
}

/* The records under FOLDER/data/ by the rest of their names. */
static GHashTable *
collect_storages (GHashTable *records,
                  const char *folder)
{
  GHashTable *extents = new_extents ();
  g_autofree char *prefix = g_strconcat (folder, "data/", NULL);
  GHashTableIter iter;
  const char *path;
  CnnTorchExtent *extent;

  g_hash_table_iter_init (&iter, records);
  while (g_hash_table_iter_next (&iter, (gpointer *) &path, (gpointer *) &extent))
    if (g_str_has_prefix (path, prefix))
      g_hash_table_replace (extents, g_strdup (path + strlen (prefix)),
                            cnn_torch_extent_new (extent->bytes, extent->offset, extent->size));

  return extents;
}

static const guint8 *
get_data (const CnnTorchExtent *extent)
{
  return (const guint8 *) g_bytes_get_data (extent->bytes, NULL) + extent->offset;
}

static gboolean
check_byte_order (GHashTable    *records,
                  const char    *folder,
                  GError       **error)
{
  g_autofree char *path = g_strconcat (folder, "byteorder", NULL);
  const CnnTorchExtent *extent = g_hash_table_lookup (records, path);

  if (extent == NULL || (extent->size == 6 && memcmp (get_data (extent), "little", 6) == 0))
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "%s: is not “little”, expected numbers in little-endian order", path);

  return FALSE;
}

CnnStateDict *
cnn_torch_read_zip (GBytes        *bytes,
                    GCancellable  *cancellable,
                    GError       **error)
{
  g_autoptr (GHashTable) records = read_records (bytes, cancellable, error);
  g_autoptr (GHashTable) extents = NULL;
  g_autoptr (CnnPickle) pickle = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  g_auto (CnnTorchChoice) choice = { NULL };
  const CnnTorchExtent *extent;
  gsize n_used;

  if (records == NULL)
    return NULL;

  folder = find_folder (records, error);
  if (folder == NULL || !check_byte_order (records, folder, error))
    return NULL;

  path = g_strconcat (folder, "data.pkl", NULL);
  extent = g_hash_table_lookup (records, path);
  pickle = cnn_pickle_read (get_data (extent), extent->size, &n_used, error);
  if (pickle == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }

  if (!cnn_torch_choose (pickle, &choice, error))
    return NULL;

  extents = collect_storages (records, folder);

  return cnn_torch_collect (&choice, bytes, extents, error);
}
