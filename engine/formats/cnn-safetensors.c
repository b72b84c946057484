#define G_LOG_DOMAIN "cnn-safetensors"

/* The format: https://github.com/huggingface/safetensors#format
 *
 *   8 bytes            length of the header, n
 *   n bytes            JSON: { "name": { "dtype": "F32", "shape": [64, 3, 3, 3],
 *                                         "data_offsets": [begin, end] }, … }
 *   the rest           the numbers, at offsets counted from here */

#include <json-glib/json-glib.h>
#include <string.h>

#include "core/cnn-error.h"
#include "formats/cnn-number-type-private.h"
#include "formats/cnn-state-dict-private.h"

#define PREFIX 8

/* A header names each tensor in about 100 bytes; this is room for 100,000, and
 * keeps the JSON tree of a hostile one small. */
#define MAX_HEADER (10 * 1000 * 1000)

/* An entry is an array in an object in an object. json-glib descends by
 * recursion, so depth is checked before it sees the text. */
#define MAX_DEPTH 8

/* Where the written numbers start: a multiple of this. */
#define ALIGNMENT 64

static const struct
{
  const char *name;
  CnnNumberType type;
} types[] = {
  { "F32", CNN_NUMBER_F32 },
  { "F16", CNN_NUMBER_F16 },
  { "BF16", CNN_NUMBER_BF16 },
  { "F64", CNN_NUMBER_F64 },
  { "I64", CNN_NUMBER_I64 },
  { "I32", CNN_NUMBER_I32 },
  { "I16", CNN_NUMBER_I16 },
  { "I8", CNN_NUMBER_I8 },
  { "U8", CNN_NUMBER_U8 },
  { "BOOL", CNN_NUMBER_BOOL },
};

static guint64
read_header_length (const guint8 *data)
{
  guint64 length;

  memcpy (&length, data, sizeof length);

  return GUINT64_FROM_LE (length);
}

/* Whether bytes start like a .safetensors file, be it whole or cut. */
gboolean
cnn_safetensors_sniff (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  /* A length of less than 2⁴⁰ has zeros where text has letters. */
  return size > PREFIX && read_header_length (data) < G_GUINT64_CONSTANT (1) << 40 &&
         data[PREFIX] == '{';
}

/* Walks over the header's text once, before json-glib sees it. Its tree takes some
 * hundred bytes for each value, so a header must not be all brackets and commas:
 * an entry has three brackets in 50 letters, and a comma in five. Members of the
 * outer object are counted to tell duplicates, as JsonObject keeps one of each
 * name. */
static gboolean
scan_header (const char  *text,
             gsize        length,
             gsize       *n_members,
             GError     **error)
{
  gboolean in_string = FALSE;
  gsize n_brackets = 0, n_commas = 0;
  guint depth = 0;

  *n_members = 0;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (in_string)
        {
          if (c == '\\')
            i++;
          else if (c == '"')
            in_string = FALSE;
        }
      else if (c == '"')
        in_string = TRUE;
      else if (c == '{' || c == '[')
        {
          depth++;
          n_brackets++;
        }
      else if ((c == '}' || c == ']') && depth > 0)
        depth--;
      else if (c == ':' && depth == 1)
        (*n_members)++;
      else if (c == ',')
        n_commas++;

      if (depth > MAX_DEPTH)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                       "header: nests deeper than %d levels at byte %" G_GSIZE_FORMAT,
                       MAX_DEPTH, i + PREFIX);
          return FALSE;
        }
    }

  if (n_brackets > length / 16 + 16 || n_commas > length / 5 + 16)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "header: has %" G_GSIZE_FORMAT " lists and %" G_GSIZE_FORMAT
                   " commas, more than descriptions of tensors need", n_brackets, n_commas);
      return FALSE;
    }

  return TRUE;
}

static JsonObject *
parse_header (JsonParser  *parser,
              const char  *text,
              gsize        length,
              GError     **error)
{
  g_autoptr (GError) json_error = NULL;
  JsonNode *root;
  JsonObject *object;
  gsize n_members;

  if (!scan_header (text, length, &n_members, error))
    return NULL;

  if (!g_utf8_validate_len (text, length, NULL))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "header: is not UTF-8 text");
      return NULL;
    }

  if (!json_parser_load_from_data (parser, text, length, &json_error))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "header: %s", json_error->message);
      return NULL;
    }

  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "header: is no JSON object");
      return NULL;
    }

  object = json_node_get_object (root);
  if (json_object_get_size (object) != n_members)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "header: has %" G_GSIZE_FORMAT " entries with %u different names, expected each name once",
                   n_members, json_object_get_size (object));
      return NULL;
    }

  return object;
}

static gboolean
get_type (JsonObject     *entry,
          CnnNumberType  *type,
          GError        **error)
{
  JsonNode *node = json_object_get_member (entry, "dtype");
  const char *name = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

  if (name == NULL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "has no dtype");
      return FALSE;
    }

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (types[i].name, name) == 0)
      {
        *type = types[i].type;
        return TRUE;
      }

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "has numbers of type “%s”, expected F32, F16, BF16, F64, an integer type up to I64, or BOOL",
               name);

  return FALSE;
}

/* The array's numbers, which must be integers from 0 on; returns how many there
 * are, or -1. */
static gint
get_numbers (JsonObject *entry,
             const char *member,
             gsize      *numbers,
             guint       max)
{
  JsonNode *node = json_object_get_member (entry, member);
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL || json_array_get_length (array) > max)
    return -1;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      gint64 number;

      if (json_node_get_value_type (element) != G_TYPE_INT64)
        return -1;

      number = json_node_get_int (element);
      if (number < 0 || number == G_MAXINT64)
        return -1;

      numbers[i] = number;
    }

  return json_array_get_length (array);
}

static CnnTensor *
read_entry (JsonObject       *entry,
            CnnNumberSource  *source,
            gsize             start,
            GError          **error)
{
  gsize n_bytes = g_bytes_get_size (source->bytes) - start;
  CnnShape shape = { 0 };
  CnnNumberType type;
  gsize offsets[2];
  gsize expected;
  gint n_dims;

  if (!get_type (entry, &type, error))
    return NULL;

  n_dims = get_numbers (entry, "shape", shape.dims, CNN_MAX_DIMS);
  shape.n_dims = MAX (n_dims, 0);
  if (n_dims < 0 || !cnn_shape_is_valid (&shape))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "has no usable shape, expected up to %d extents", CNN_MAX_DIMS);
      return NULL;
    }

  if (get_numbers (entry, "data_offsets", offsets, 2) != 2)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "has no data_offsets, expected [begin, end]");
      return NULL;
    }

  if (offsets[0] > offsets[1] || offsets[1] > n_bytes)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "lies at bytes %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT " of the data, the file has %" G_GSIZE_FORMAT,
                   offsets[0], offsets[1], n_bytes);
      return NULL;
    }

  /* No overflow hides here: the file could not be so long. */
  if (!g_size_checked_mul (&expected, cnn_shape_get_n_elements (&shape), cnn_number_type_get_size (type)) ||
      expected != offsets[1] - offsets[0])
    {
      g_autofree char *text = cnn_shape_to_string (&shape);

      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "is %s and has %" G_GSIZE_FORMAT " bytes, expected %" G_GSIZE_FORMAT,
                   text, offsets[1] - offsets[0], expected);
      return NULL;
    }

  return cnn_number_source_get_tensor (source, type, &shape, start + offsets[0], NULL, error);
}

/* Reads the tensors that header lists; the numbers start at byte start. */
static CnnStateDict *
read_entries (JsonObject  *header,
              GBytes      *bytes,
              gsize        start,
              GError     **error)
{
  g_autoptr (CnnStateDict) dict = cnn_state_dict_new ();
  CnnNumberSource source;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  cnn_number_source_init (&source, bytes, TRUE);

  json_object_iter_init_ordered (&iter, header);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autoptr (CnnTensor) tensor = NULL;

      if (strcmp (name, "__metadata__") == 0)
        continue;

      if (JSON_NODE_HOLDS_OBJECT (node))
        tensor = read_entry (json_node_get_object (node), &source, start, error);
      else
        g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "has no description");

      if (tensor == NULL)
        {
          g_prefix_error (error, "%s: ", name);
          return NULL;
        }

      cnn_state_dict_add (dict, name, tensor);
    }

  return g_steal_pointer (&dict);
}

/* Reads a .safetensors file; float32 tensors share bytes. */
CnnStateDict *
cnn_safetensors_read (GBytes  *bytes,
                      GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint64 length = read_header_length (data);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonObject *header;

  if (length > size - PREFIX)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "header: is %" G_GUINT64_FORMAT " bytes long, the file has %" G_GSIZE_FORMAT,
                   length, size - PREFIX);
      return NULL;
    }

  if (length > MAX_HEADER)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "header: is %" G_GUINT64_FORMAT " bytes long, expected at most %d",
                   length, MAX_HEADER);
      return NULL;
    }

  header = parse_header (parser, (const char *) data + PREFIX, length, error);
  if (header == NULL)
    return NULL;

  return read_entries (header, bytes, PREFIX + length, error);
}

static void
add_entry (JsonBuilder    *builder,
           const char     *name,
           const CnnShape *shape,
           gsize           begin,
           gsize           end)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);

  json_builder_set_member_name (builder, "dtype");
  json_builder_add_string_value (builder, "F32");

  json_builder_set_member_name (builder, "shape");
  json_builder_begin_array (builder);
  for (guint i = 0; i < shape->n_dims; i++)
    json_builder_add_int_value (builder, shape->dims[i]);
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "data_offsets");
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, begin);
  json_builder_add_int_value (builder, end);
  json_builder_end_array (builder);

  json_builder_end_object (builder);
}

/* Makes what comes before the numbers of dict, which follow as float32 without
 * gaps. Padded with spaces, as the format allows. */
GBytes *
cnn_safetensors_write_header (CnnStateDict *dict)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *json = NULL;
  gsize offset = 0, length, padded;
  guint64 prefix;
  guint8 *data;

  json_builder_begin_object (builder);
  for (guint i = 0; i < cnn_state_dict_get_size (dict); i++)
    {
      CnnTensor *tensor = cnn_state_dict_get (dict, i);
      gsize end = offset + cnn_tensor_get_n_elements (tensor) * sizeof (float);

      add_entry (builder, cnn_state_dict_get_name (dict, i), cnn_tensor_get_shape (tensor), offset, end);
      offset = end;
    }
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  json = json_to_string (root, FALSE);
  length = strlen (json);
  padded = (PREFIX + length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

  data = g_malloc (padded);
  memset (data, ' ', padded);
  prefix = GUINT64_TO_LE ((guint64) padded - PREFIX);
  memcpy (data, &prefix, sizeof prefix);
  memcpy (data + PREFIX, json, length);

  return g_bytes_new_take (data, padded);
}
