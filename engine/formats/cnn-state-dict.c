#define G_LOG_DOMAIN "cnn-state-dict"

#include "formats/cnn-state-dict.h"

#include <string.h>

#include "formats/cnn-file-contents-private.h"
#include "formats/cnn-state-dict-private.h"
#include "formats/torch/cnn-torch-private.h"

typedef struct
{
  char *name;
  CnnTensor *tensor;
  gboolean is_integer;    /* its numbers are float32 here, but were integers in the file */
} Entry;

struct _CnnStateDict
{
  gatomicrefcount ref_count;
  GArray *entries;        /* of Entry, in the order of the file */
  GHashTable *by_name;    /* name, which the entry owns → index */
  char *note;
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
  g_free (self->note);
  g_free (self);
}

static void
add_entry (CnnStateDict *self,
           const char   *name,
           CnnTensor    *tensor,
           gboolean      is_integer)
{
  Entry entry;

  g_return_if_fail (name != NULL && tensor != NULL);
  g_return_if_fail (!g_hash_table_contains (self->by_name, name));

  entry.name = g_strdup (name);
  entry.tensor = cnn_tensor_ref (tensor);
  entry.is_integer = is_integer;
  g_hash_table_insert (self->by_name, entry.name, GUINT_TO_POINTER (self->entries->len));
  g_array_append_val (self->entries, entry);
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
  add_entry (self, name, tensor, FALSE);
}

/* Adds a tensor that is to be exported as integers: PyTorch's counters, say. */
void
cnn_state_dict_add_integers (CnnStateDict *self,
                             const char   *name,
                             CnnTensor    *tensor)
{
  add_entry (self, name, tensor, TRUE);
}

gboolean
cnn_state_dict_is_integer (CnnStateDict *self,
                           guint         i)
{
  return g_array_index (self->entries, Entry, i).is_integer;
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

/* The index of the entry of that name, or -1. */
int
cnn_state_dict_find_index (CnnStateDict *self,
                           const char   *name)
{
  gpointer index;

  if (!g_hash_table_lookup_extended (self->by_name, name, NULL, &index))
    return -1;

  return GPOINTER_TO_INT (index);
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
  int index = cnn_state_dict_find_index (self, name);

  return index >= 0 ? cnn_state_dict_get (self, index) : NULL;
}

/**
 * cnn_state_dict_get_note:
 * @self: a state dict
 *
 * Returns: (nullable): what a person should know about how @self was read, such as
 *   which of several state dicts of a checkpoint it is; without a full stop
 */
const char *
cnn_state_dict_get_note (CnnStateDict *self)
{
  return self->note;
}

void
cnn_state_dict_set_note (CnnStateDict *self,
                         const char   *note)
{
  g_free (self->note);
  self->note = g_strdup (note);
}

/* What wrappers put before every name: DataParallel, torch.compile(), training
 * frameworks, and people's own modules that hold a network and nothing else. */
static const char *const prefixes[] = {
  "module.", "_orig_mod.", "model.", "_model.", "net.", "network.", "backbone.", "base_model.",
  "encoder.", "student.", "teacher.",
};

static gboolean
all_names_start_with (CnnStateDict *self,
                      gsize         at,
                      const char   *prefix)
{
  gsize n = strlen (prefix);

  for (guint i = 0; i < self->entries->len; i++)
    {
      const char *name = g_array_index (self->entries, Entry, i).name;

      if (strncmp (name + at, prefix, n) != 0 || name[at + n] == '\0')
        return FALSE;
    }

  return self->entries->len > 0;
}

/* Takes away what all names begin with because the network was wrapped. */
void
cnn_state_dict_strip_prefix (CnnStateDict *self)
{
  gsize length = 0;
  gboolean grown;

  do
    {
      grown = FALSE;
      for (guint p = 0; p < G_N_ELEMENTS (prefixes) && !grown; p++)
        if (all_names_start_with (self, length, prefixes[p]))
          {
            length += strlen (prefixes[p]);
            grown = TRUE;
          }
    }
  while (grown);

  if (length == 0)
    return;

  g_hash_table_remove_all (self->by_name);
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = &g_array_index (self->entries, Entry, i);

      memmove (entry->name, entry->name + length, strlen (entry->name + length) + 1);
      g_hash_table_insert (self->by_name, entry->name, GUINT_TO_POINTER (i));
    }
}

/* Reads whichever format the first bytes tell. The other files of an index lie
 * beside file. */
CnnStateDict *
cnn_state_dict_read_raw (GBytes        *bytes,
                         GFile         *file,
                         GCancellable  *cancellable,
                         GError       **error)
{
  if (cnn_safetensors_sniff (bytes))
    return cnn_safetensors_read (bytes, error);

  if (cnn_torch_sniff (bytes))
    return cnn_torch_read (bytes, cancellable, error);

  if (cnn_shard_index_sniff (bytes))
    return cnn_shard_index_read (bytes, file, cancellable, error);

  cnn_file_contents_set_unknown_error (bytes, error);

  return NULL;
}

/* Does so, and leaves out what wrappers have put before the names. */
CnnStateDict *
cnn_state_dict_read (GBytes        *bytes,
                     GFile         *file,
                     GCancellable  *cancellable,
                     GError       **error)
{
  CnnStateDict *self = cnn_state_dict_read_raw (bytes, file, cancellable, error);

  if (self != NULL)
    cnn_state_dict_strip_prefix (self);

  return self;
}

/**
 * cnn_state_dict_load:
 * @file: a `.safetensors`, `.pth` or `.pt` file; which it is is told by its
 *   first bytes; or an index of such files, or a folder with one of these
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Reads named tensors. Numbers of every type become float32; int64 beyond 2²⁴
 * and float64 lose digits by it. float32 numbers are not copied out of the
 * file's contents where they are aligned. What wrappers such as DataParallel have
 * put before all names is left out.
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
  g_autoptr (GFile) model = cnn_file_contents_find_model (file, cancellable, error);
  g_autoptr (GBytes) bytes = model != NULL ? cnn_file_contents_load (model, cancellable, error) : NULL;
  g_autoptr (CnnStateDict) self = NULL;

  if (bytes == NULL)
    return NULL;

  self = cnn_state_dict_read (bytes, model, cancellable, error);
  if (self == NULL)
    {
      cnn_file_contents_prefix_error (model, error);
      return NULL;
    }

  return cnn_file_contents_check (bytes, model, error) ? g_steal_pointer (&self) : NULL;
}
