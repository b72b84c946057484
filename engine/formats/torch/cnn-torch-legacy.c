#define G_LOG_DOMAIN "cnn-torch"

/* The container before PyTorch 1.6: five pickles in a row,
 *
 *   the magic number, the protocol version 1001, a dict about the machine,
 *   what was saved, and the list of the storages' keys
 *
 * and then for each key a 64-bit count and so many numbers. */

#include "formats/torch/cnn-torch-private.h"

#include <string.h>

#include "core/cnn-error.h"

#define PROTOCOL 1001

static const guint8 magic[] = { 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19 };

typedef struct
{
  GBytes *bytes;
  const guint8 *data;
  gsize size;
  gsize at;
} Reader;

static CnnPickle *
read_pickle (Reader      *reader,
             const char  *what,
             GError     **error)
{
  CnnPickle *pickle;
  gsize n_used;

  pickle = cnn_pickle_read (reader->data + reader->at, reader->size - reader->at, &n_used, error);
  if (pickle == NULL)
    g_prefix_error (error, "%s at byte %" G_GSIZE_FORMAT ": ", what, reader->at);
  else
    reader->at += n_used;

  return pickle;
}

static gboolean
read_preamble (Reader  *reader,
               GError **error)
{
  g_autoptr (CnnPickle) number = NULL;
  g_autoptr (CnnPickle) protocol = NULL;
  g_autoptr (CnnPickle) machine = NULL;
  const CnnPickleValue *little_endian;

  number = read_pickle (reader, "magic number", error);
  if (number == NULL)
    return FALSE;

  if (number->root->kind != CNN_PICKLE_TEXT || number->root->text.length != sizeof magic ||
      memcmp (number->root->text.start, magic, sizeof magic) != 0)
    {
      g_autofree char *found = cnn_pickle_value_describe (number->root);

      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "holds %s, expected a file that torch.save() has written", found);
      return FALSE;
    }

  protocol = read_pickle (reader, "protocol version", error);
  if (protocol == NULL)
    return FALSE;

  if (protocol->root->kind != CNN_PICKLE_INTEGER || protocol->root->integer != PROTOCOL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "protocol version: is not %d", PROTOCOL);
      return FALSE;
    }

  machine = read_pickle (reader, "machine", error);
  if (machine == NULL)
    return FALSE;

  little_endian = cnn_pickle_dict_find (machine->root, "little_endian");
  if (little_endian == NULL || little_endian->kind != CNN_PICKLE_INTEGER || little_endian->integer != 1)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "machine: is not little-endian, expected numbers in little-endian order");
      return FALSE;
    }

  return TRUE;
}

/* How many bytes a number of each storage takes, by key. */
static GHashTable *
collect_item_sizes (const CnnPickle *pickle)
{
  GHashTable *sizes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < pickle->values->len; i++)
    {
      const CnnPickleValue *value = g_ptr_array_index (pickle->values, i);

      if (value->kind == CNN_PICKLE_STORAGE)
        g_hash_table_replace (sizes,
                              cnn_pickle_text_dup (&value->storage->key),
                              GSIZE_TO_POINTER (cnn_number_type_get_size (value->storage->type)));
    }

  return sizes;
}

static gboolean
read_storage (Reader      *reader,
              const char  *key,
              gsize        item,
              GHashTable  *extents,
              GError     **error)
{
  gsize size;
  guint64 n;

  if (reader->size - reader->at < sizeof n)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "ends at byte %" G_GSIZE_FORMAT ", expected storage %s", reader->size, key);
      return FALSE;
    }

  memcpy (&n, reader->data + reader->at, sizeof n);
  n = GUINT64_FROM_LE (n);
  reader->at += sizeof n;

  if (n > (reader->size - reader->at) / item)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "storage %s at byte %" G_GSIZE_FORMAT ": has %" G_GUINT64_FORMAT
                   " numbers of %" G_GSIZE_FORMAT " bytes, the file has %" G_GSIZE_FORMAT " bytes left",
                   key, reader->at, n, item, reader->size - reader->at);
      return FALSE;
    }

  size = n * item;
  g_hash_table_replace (extents, g_strdup (key), cnn_torch_extent_new (reader->bytes, reader->at, size));
  reader->at += size;

  return TRUE;
}

static GHashTable *
read_storages (Reader               *reader,
               const CnnPickleValue *keys,
               GHashTable           *item_sizes,
               GError              **error)
{
  g_autoptr (GHashTable) extents =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) cnn_torch_extent_free);

  if (keys->kind != CNN_PICKLE_SEQUENCE)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "storage keys: are no list");
      return NULL;
    }

  for (guint i = 0; i < keys->items->len; i++)
    {
      const CnnPickleValue *value = g_ptr_array_index (keys->items, i);
      g_autofree char *key = NULL;
      gsize item = 0;

      if (value->kind == CNN_PICKLE_TEXT)
        {
          key = cnn_pickle_text_dup (&value->text);
          item = GPOINTER_TO_SIZE (g_hash_table_lookup (item_sizes, key));
        }

      if (item == 0)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                       "storage keys: number %u is of no storage that was described", i);
          return NULL;
        }

      if (!read_storage (reader, key, item, extents, error))
        return NULL;
    }

  return g_steal_pointer (&extents);
}

CnnStateDict *
cnn_torch_read_legacy (GBytes  *bytes,
                       GError **error)
{
  Reader reader = { bytes, NULL };
  g_auto (CnnTorchChoice) choice = { NULL };
  g_autoptr (CnnPickle) pickle = NULL;
  g_autoptr (CnnPickle) keys = NULL;
  g_autoptr (GHashTable) item_sizes = NULL;
  g_autoptr (GHashTable) extents = NULL;

  reader.data = g_bytes_get_data (bytes, &reader.size);

  if (!read_preamble (&reader, error))
    return NULL;

  pickle = read_pickle (&reader, "what was saved", error);
  if (pickle == NULL)
    return NULL;

  if (!cnn_torch_choose (pickle, &choice, error))
    return NULL;

  keys = read_pickle (&reader, "storage keys", error);
  if (keys == NULL)
    return NULL;

  item_sizes = collect_item_sizes (pickle);
  extents = read_storages (&reader, keys->root, item_sizes, error);
  if (extents == NULL)
    return NULL;

  return cnn_torch_collect (&choice, bytes, extents, error);
}
