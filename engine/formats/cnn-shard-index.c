#define G_LOG_DOMAIN "cnn-shard-index"

/* For memmem(). */
#define _GNU_SOURCE

/* Large models come in several files, with an index beside them:
 *
 *   { "metadata": …, "weight_map": { "conv1.weight": "model-00001-of-00002.safetensors", … } } */

#include <json-glib/json-glib.h>
#include <string.h>

#include "core/cnn-error.h"
#include "core/cnn-file-map.h"
#include "formats/cnn-file-contents-private.h"
#include "formats/cnn-json-text-private.h"
#include "formats/cnn-state-dict-private.h"

/* As for the header of a .safetensors file. */
#define MAX_SIZE (10 * 1000 * 1000)

/* How far into a text the map's name is looked for. */
#define MAX_SNIFFED 65536

gboolean
cnn_shard_index_sniff (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  while (size > 0 && g_ascii_isspace (*data))
    {
      data++;
      size--;
    }

  return size > 0 && *data == '{' && memmem (data, MIN (size, MAX_SNIFFED), "\"weight_map\"", 12) != NULL;
}

/* A shard lies in the index's folder or below it: an index must not make us read
 * other files. */
static gboolean
is_inside (const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] == '\0' || strcmp (parts[i], ".") == 0 || strcmp (parts[i], "..") == 0)
      return FALSE;

  return parts[0] != NULL;
}

static CnnStateDict *
read_shard (GFile         *index,
            const char    *path,
            GCancellable  *cancellable,
            GError       **error)
{
  g_autoptr (GFile) folder = g_file_get_parent (index);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;
  CnnStateDict *shard = NULL;

  if (folder == NULL || !is_inside (path))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "is not inside the index's folder, expected a file beside the index");
      return NULL;
    }

  file = g_file_resolve_relative_path (folder, path);
  if (!g_file_query_exists (file, cancellable))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   "is missing, expected it beside the index, which names it");
      return NULL;
    }

  bytes = cnn_file_contents_load (file, cancellable, error);
  if (bytes == NULL)
    return NULL;

  /* An index that named another would lead on and on. */
  if (cnn_shard_index_sniff (bytes))
    g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "is an index itself, expected tensors");
  else
    shard = cnn_state_dict_read_raw (bytes, file, cancellable, error);

  if (shard != NULL && !cnn_file_map_check (g_bytes_get_data (bytes, NULL), error))
    g_clear_pointer (&shard, cnn_state_dict_unref);

  return shard;
}

typedef struct
{
  GFile *file;
  GCancellable *cancellable;
  JsonObject *map;
  GHashTable *shards;           /* path, which the map owns → CnnStateDict */
} Index;

static const char *
get_path (JsonObject *map,
          const char *name)
{
  JsonNode *node = json_object_get_member (map, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

/* Whether every tensor of a shard is one that the index looks for there. */
static gboolean
check_shard (Index         *self,
             const char    *path,
             CnnStateDict  *shard,
             GError       **error)
{
  for (guint i = 0; i < cnn_state_dict_get_size (shard); i++)
    {
      const char *name = cnn_state_dict_get_name (shard, i);
      const char *expected = get_path (self->map, name);

      if (g_strcmp0 (expected, path) != 0)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "%s: is in %s, the index %s%s", name, path,
                       expected != NULL ? "says " : "does not name it", expected != NULL ? expected : "");
          return FALSE;
        }
    }

  return TRUE;
}

static CnnStateDict *
ensure_shard (Index       *self,
              const char  *path,
              GError     **error)
{
  CnnStateDict *shard = g_hash_table_lookup (self->shards, path);

  if (shard != NULL)
    return shard;

  shard = read_shard (self->file, path, self->cancellable, error);
  if (shard == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }

  g_hash_table_insert (self->shards, (gpointer) path, shard);

  return check_shard (self, path, shard, error) ? shard : NULL;
}

static gboolean
add_tensor (Index         *self,
            CnnStateDict  *dict,
            const char    *name,
            GError       **error)
{
  const char *path = get_path (self->map, name);
  CnnStateDict *shard;
  int i;

  if (path == NULL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "%s: has no file in the index", name);
      return FALSE;
    }

  shard = ensure_shard (self, path, error);
  if (shard == NULL)
    return FALSE;

  i = cnn_state_dict_find_index (shard, name);
  if (i < 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "%s: is not in %s, where the index says it is", name, path);
      return FALSE;
    }

  if (cnn_state_dict_is_integer (shard, i))
    cnn_state_dict_add_integers (dict, name, cnn_state_dict_get (shard, i));
  else
    cnn_state_dict_add (dict, name, cnn_state_dict_get (shard, i));

  return TRUE;
}

static JsonObject *
get_map (JsonObject  *root,
         GError     **error)
{
  JsonNode *node = json_object_get_member (root, "weight_map");

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);

  g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "weight_map: is no object of names and files");

  return NULL;
}

/* Reads the tensors that an index names from the files that they lie in. */
CnnStateDict *
cnn_shard_index_read (GBytes        *bytes,
                      GFile         *file,
                      GCancellable  *cancellable,
                      GError       **error)
{
  g_autoptr (CnnStateDict) dict = cnn_state_dict_new ();
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GHashTable) shards = NULL;
  Index index = { file, cancellable };
  JsonObjectIter iter;
  JsonObject *root;
  const char *name;

  if (g_bytes_get_size (bytes) > MAX_SIZE)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "index: is %" G_GSIZE_FORMAT " bytes long, expected at most %d",
                   g_bytes_get_size (bytes), MAX_SIZE);
      return NULL;
    }

  root = cnn_json_text_parse (parser, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
  index.map = root != NULL ? get_map (root, error) : NULL;
  if (index.map == NULL)
    {
      g_prefix_error (error, "index: ");
      return NULL;
    }

  shards = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) cnn_state_dict_unref);
  index.shards = shards;

  json_object_iter_init_ordered (&iter, index.map);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    if (!add_tensor (&index, dict, name, error))
      return NULL;

  return g_steal_pointer (&dict);
}
