#define G_LOG_DOMAIN "cnn-torch"

#include "formats/torch/cnn-torch-private.h"

#include <string.h>

#include "core/cnn-error.h"

#define ADVICE "save model.state_dict() instead"

/* Where checkpoints keep the state dict among epoch, optimizer and so on. */
static const char *const wrappers[] = {
  "state_dict", "model_state_dict", "model_state", "model", "network", "net", "weights", "params",
};

/* What DataParallel and torch.compile() put before every name. */
static const char *const prefixes[] = { "module.", "_orig_mod." };

static gboolean
has_tensors (const CnnPickleValue *value)
{
  if (value->kind != CNN_PICKLE_DICT)
    return FALSE;

  for (guint i = 1; i < value->items->len; i += 2)
    if (((CnnPickleValue *) g_ptr_array_index (value->items, i))->kind == CNN_PICKLE_TENSOR)
      return TRUE;

  return FALSE;
}

/* The dict of tensors in what was saved: a wrapper is looked for first, since
 * some checkpoints keep their best accuracy as a tensor beside it. */
const CnnPickleValue *
cnn_torch_find_state_dict (const CnnPickle  *pickle,
                           GError          **error)
{
  const CnnPickleValue *root = pickle->root;
  g_autofree char *found = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrappers); i++)
    {
      const CnnPickleValue *inner = cnn_pickle_dict_find (root, wrappers[i]);

      if (inner != NULL && has_tensors (inner))
        return inner;

      if (inner != NULL && inner->kind == CNN_PICKLE_OBJECT && !has_tensors (root))
        root = inner;
    }

  if (has_tensors (root))
    return root;

  found = cnn_pickle_value_describe (root);
  if (root->kind == CNN_PICKLE_OBJECT)
    g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                 "holds %s, expected a state dict: " ADVICE, found);
  else
    g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                 "holds %s without tensors, expected a state dict: " ADVICE, found);

  return NULL;
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
  gsize n_available;

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

  return cnn_number_source_get_tensor (source, storage->type, &tensor->shape,
                                       extent->offset + (storage->first + tensor->offset) * item,
                                       tensor->strides, error);
}

/* How much of every tensor's name DataParallel and the like have added. */
static gsize
get_prefix_length (const CnnPickleValue *dict)
{
  gsize length = 0;
  gboolean grown;

  do
    {
      grown = FALSE;

      for (guint p = 0; p < G_N_ELEMENTS (prefixes) && !grown; p++)
        {
          gsize n = strlen (prefixes[p]);

          grown = TRUE;
          for (guint i = 0; i < dict->items->len && grown; i += 2)
            {
              const CnnPickleValue *key = g_ptr_array_index (dict->items, i);

              grown = key->kind == CNN_PICKLE_TEXT && key->text.length > length + n &&
                      memcmp (key->text.start + length, prefixes[p], n) == 0;
            }

          if (grown)
            length += n;
        }
    }
  while (grown);

  return length;
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

  cnn_state_dict_add (dict, name, tensor);

  return TRUE;
}

/* Makes the state dict that found describes; extents tells for each storage's
 * key where in bytes its numbers are. */
CnnStateDict *
cnn_torch_collect (const CnnPickleValue  *found,
                   GBytes                *bytes,
                   GHashTable            *extents,
                   GError               **error)
{
  g_autoptr (CnnStateDict) dict = cnn_state_dict_new ();
  CnnNumberSource source;
  gsize prefix;

  cnn_number_source_init (&source, bytes, TRUE);
  prefix = get_prefix_length (found);

  for (guint i = 0; i + 1 < found->items->len; i += 2)
    {
      const CnnPickleValue *key = g_ptr_array_index (found->items, i);
      g_autofree char *name = NULL;
      CnnPickleText text;

      if (key->kind != CNN_PICKLE_TEXT)
        continue;

      text = key->text;
      text.start += prefix;
      text.length -= prefix;
      name = cnn_pickle_text_dup (&text);
      if (!add_entry (dict, name, g_ptr_array_index (found->items, i + 1), &source, extents, error))
        return NULL;
    }

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
