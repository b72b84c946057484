#define G_LOG_DOMAIN "cnn-torch"

#include "formats/torch/cnn-torch-private.h"

#include <string.h>

#include "core/cnn-error.h"
#include "formats/cnn-state-dict-private.h"

CnnTorchExtent *
cnn_torch_extent_new (GBytes *bytes,
                      gsize   offset,
                      gsize   size)
{
  CnnTorchExtent *extent = g_new0 (CnnTorchExtent, 1);

  extent->bytes = g_bytes_ref (bytes);
  extent->offset = offset;
  extent->size = size;

  return extent;
}

void
cnn_torch_extent_free (CnnTorchExtent *extent)
{
  g_bytes_unref (extent->bytes);
  g_free (extent);
}

static CnnTensor *
make_tensor (const CnnPickleTensor  *tensor,
             CnnNumberSource        *source,
             GHashTable             *extents,
             GError                **error)
{
  const CnnPickleStorage *storage = tensor->storage;
  g_autofree char *key = cnn_pickle_text_dup (&storage->key);
  const CnnTorchExtent *extent = g_hash_table_lookup (extents, key);
  gsize item = cnn_number_type_get_size (storage->type);
  gsize n_available, start;

  if (extent == NULL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "its storage is missing");
      return NULL;
    }

  /* That the tensor fits into its storage was checked as it was unpickled. */
  n_available = extent->size / item;
  if (storage->first > n_available || storage->n_elements > n_available - storage->first)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "its storage has %" G_GSIZE_FORMAT " numbers, expected %" G_GSIZE_FORMAT,
                   n_available, storage->n_elements);
      return NULL;
    }

  start = extent->offset + storage->first * item + tensor->offset * cnn_number_type_get_size (tensor->type);
  source->bytes = extent->bytes;

  return cnn_number_source_get_tensor (source, tensor->type, &tensor->shape, start, tensor->strides, error);
}

static gboolean
add_entry (CnnStateDict          *dict,
           const char            *name,
           const CnnPickleValue  *value,
           CnnNumberSource       *source,
           GHashTable            *extents,
           GError               **error)
{
  g_autoptr (CnnTensor) tensor = NULL;

  if (cnn_state_dict_find (dict, name) != NULL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "%s: is there twice, expected each name once", name);
      return FALSE;
    }

  if (value->kind == CNN_PICKLE_OBJECT)
    {
      g_autofree char *found = cnn_pickle_value_describe (value);

      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "%s: is %s, expected a tensor", name, found);
      return FALSE;
    }

  /* Modules may keep a number or None as extra state. */
  if (value->kind != CNN_PICKLE_TENSOR)
    return TRUE;

  tensor = make_tensor (value->tensor, source, extents, error);
  if (tensor == NULL)
    {
      g_prefix_error (error, "%s: ", name);
      return FALSE;
    }

  if (cnn_number_type_is_integer (value->tensor->type))
    cnn_state_dict_add_integers (dict, name, tensor);
  else
    cnn_state_dict_add (dict, name, tensor);

  return TRUE;
}

/* Makes the state dict that was chosen; extents tells for each storage's key where
 * its numbers are. */
CnnStateDict *
cnn_torch_collect (const CnnTorchChoice  *choice,
                   GBytes                *bytes,
                   GHashTable            *extents,
                   GError               **error)
{
  g_autoptr (CnnStateDict) dict = cnn_state_dict_new ();
  const GPtrArray *items = choice->dict->items;
  CnnNumberSource source;

  cnn_number_source_init (&source, bytes, TRUE);

  for (guint i = 0; i + 1 < items->len; i += 2)
    {
      const CnnPickleValue *key = g_ptr_array_index (items, i);
      g_autofree char *name = NULL;

      if (key->kind != CNN_PICKLE_TEXT)
        continue;

      name = cnn_pickle_text_dup (&key->text);
      if (!add_entry (dict, name, g_ptr_array_index (items, i + 1), &source, extents, error))
        return NULL;
    }

  cnn_state_dict_set_note (dict, choice->note);

  return g_steal_pointer (&dict);
}

/* Whether bytes start like a zip archive or a binary pickle. */
gboolean
cnn_torch_sniff (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return size >= 4 &&
         (memcmp (data, "PK\3\4", 4) == 0 || (data[0] == 0x80 && data[1] >= 2 && data[1] <= 5));
}

CnnStateDict *
cnn_torch_read (GBytes        *bytes,
                GCancellable  *cancellable,
                GError       **error)
{
  const guint8 *data = g_bytes_get_data (bytes, NULL);

  if (data[0] == 'P')
    return cnn_torch_read_zip (bytes, cancellable, error);

  return cnn_torch_read_legacy (bytes, error);
}
