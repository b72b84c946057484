#define G_LOG_DOMAIN "cnn-state-dict"

#include "formats/cnn-state-dict.h"

#include "core/cnn-error.h"
#include "core/cnn-file.h"
#include "formats/cnn-file-contents-private.h"
#include "formats/cnn-state-dict-private.h"
#include "formats/torch/cnn-torch-private.h"

typedef struct
{
  char *name;
  CnnTensor *tensor;
} Entry;

struct _CnnStateDict
{
  gatomicrefcount ref_count;
  GArray *entries;        /* of Entry, in the order of the file */
  GHashTable *by_name;    /* name, which the entry owns → index */
};

G_DEFINE_BOXED_TYPE (CnnStateDict, cnn_state_dict, cnn_state_dict_ref, cnn_state_dict_unref)

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  g_free (entry->name);
  cnn_tensor_unref (entry->tensor);
}

/**
 * cnn_state_dict_new:
 *
 * Returns: (transfer full): a state dict without tensors
 */
CnnStateDict *
cnn_state_dict_new (void)
{
  CnnStateDict *self = g_new0 (CnnStateDict, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, entry_clear);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

CnnStateDict *
cnn_state_dict_ref (CnnStateDict *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
cnn_state_dict_unref (CnnStateDict *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_hash_table_unref (self->by_name);
  g_array_unref (self->entries);
  g_free (self);
}

/**
 * cnn_state_dict_add:
 * @self: a state dict that its maker has not handed out yet
 * @name: a name that is not in @self
 * @tensor: a tensor
 *
 * Adds @tensor as the last entry.
 */
void
cnn_state_dict_add (CnnStateDict *self,
                    const char   *name,
                    CnnTensor    *tensor)
{
  Entry entry;

  g_return_if_fail (name != NULL && tensor != NULL);
  g_return_if_fail (!g_hash_table_contains (self->by_name, name));

  entry.name = g_strdup (name);
  entry.tensor = cnn_tensor_ref (tensor);
  g_hash_table_insert (self->by_name, entry.name, GUINT_TO_POINTER (self->entries->len));
  g_array_append_val (self->entries, entry);
}

guint
cnn_state_dict_get_size (CnnStateDict *self)
{
  return self->entries->len;
}

/**
 * cnn_state_dict_get_name:
 * @self: a state dict
 * @i: which entry, less than its size
 *
 * Returns: the name of entry @i
 */
const char *
cnn_state_dict_get_name (CnnStateDict *self,
                         guint         i)
{
  g_return_val_if_fail (i < self->entries->len, NULL);

  return g_array_index (self->entries, Entry, i).name;
}

/**
 * cnn_state_dict_get:
 * @self: a state dict
 * @i: which entry, less than its size
 *
 * Returns: (transfer none): the tensor of entry @i
 */
CnnTensor *
cnn_state_dict_get (CnnStateDict *self,
                    guint         i)
{
  g_return_val_if_fail (i < self->entries->len, NULL);

  return g_array_index (self->entries, Entry, i).tensor;
}

/**
 * cnn_state_dict_find:
 * @self: a state dict
 * @name: a tensor's name, such as `features.0.weight`
 *
 * Returns: (transfer none) (nullable): the tensor of that name
 */
CnnTensor *
cnn_state_dict_find (CnnStateDict *self,
                     const char   *name)
{
  gpointer index;

  if (!g_hash_table_lookup_extended (self->by_name, name, NULL, &index))
    return NULL;

  return cnn_state_dict_get (self, GPOINTER_TO_UINT (index));
}

/* Reads whichever format the first bytes tell. */
CnnStateDict *
cnn_state_dict_read (GBytes        *bytes,
                     GCancellable  *cancellable,
                     GError       **error)
{
  if (cnn_safetensors_sniff (bytes))
    return cnn_safetensors_read (bytes, error);

  if (cnn_torch_sniff (bytes))
    return cnn_torch_read (bytes, cancellable, error);

  cnn_file_contents_set_unknown_error (bytes, error);

  return NULL;
}

/**
 * cnn_state_dict_load:
 * @file: a `.safetensors`, `.pth` or `.pt` file; which it is is told by its
 *   first bytes
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Reads named tensors. Numbers of every type become float32; int64 beyond 2²⁴
 * and float64 lose digits by it. float32 numbers are not copied out of the
 * file's contents where they are aligned.
 *
 * Returns: (transfer full): the tensors in the order of the file, or %NULL with
 *   %CNN_ERROR_DAMAGED, %CNN_ERROR_UNSUPPORTED, or a %G_IO_ERROR where the file
 *   cannot be read
 */
CnnStateDict *
cnn_state_dict_load (GFile         *file,
                     GCancellable  *cancellable,
                     GError       **error)
{
  g_autoptr (GBytes) bytes = cnn_file_contents_load (file, cancellable, error);
  CnnStateDict *self;

  if (bytes == NULL)
    return NULL;

  self = cnn_state_dict_read (bytes, cancellable, error);
  if (self == NULL)
    cnn_file_contents_prefix_error (file, error);

  return self;
}

static gboolean
write_tensor (GOutputStream  *stream,
              CnnTensor      *tensor,
              GCancellable   *cancellable,
              GError        **error)
{
  const float *data = cnn_tensor_get_data (tensor);
  gsize n = cnn_tensor_get_n_elements (tensor);

#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  return g_output_stream_write_all (stream, data, n * sizeof (float), NULL, cancellable, error);
#else
  for (gsize i = 0; i < n; i++)
    {
      union { float f; guint32 u; } number = { .f = data[i] };

      number.u = GUINT32_TO_LE (number.u);
      if (!g_output_stream_write_all (stream, &number, sizeof number, NULL, cancellable, error))
        return FALSE;
    }

  return TRUE;
#endif
}

static gboolean
write_all (GOutputStream  *stream,
           gpointer        data,
           GCancellable   *cancellable,
           GError        **error)
{
  CnnStateDict *self = data;
  g_autoptr (GBytes) header = cnn_safetensors_write_header (self);

  if (!g_output_stream_write_all (stream, g_bytes_get_data (header, NULL), g_bytes_get_size (header),
                                  NULL, cancellable, error))
    return FALSE;

  for (guint i = 0; i < cnn_state_dict_get_size (self); i++)
    if (!write_tensor (stream, cnn_state_dict_get (self, i), cancellable, error))
      return FALSE;

  return TRUE;
}

/**
 * cnn_state_dict_save:
 * @self: a state dict
 * @file: where to write; a file that is there is replaced at once and as a
 *   whole, or stays as it is
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Writes the tensors as `.safetensors`, F32, in their order, with the numbers
 * starting on a 64-byte boundary. The same tensors make the same bytes.
 *
 * Returns: whether @file was written
 */
gboolean
cnn_state_dict_save (CnnStateDict  *self,
                     GFile         *file,
                     GCancellable  *cancellable,
                     GError       **error)
{
  return cnn_file_save (file, write_all, self, cancellable, error);
}
