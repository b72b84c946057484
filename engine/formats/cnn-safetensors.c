#define G_LOG_DOMAIN "cnn-safetensors"

/* The format: https://github.com/huggingface/safetensors#format
 *
 *   8 bytes            length of the header, n
 *   n bytes            JSON: { "name": { "dtype": "F32", "shape": [64, 3, 3, 3],
 *                                         "data_offsets": [begin, end] }, … }
 *   the rest           the numbers, at offsets counted from here */

#include <string.h>

#include "core/cnn-error.h"
#include "formats/cnn-json-text-private.h"
#include "formats/cnn-number-type-private.h"
#include "formats/cnn-state-dict-private.h"

#define PREFIX 8

/* A header names each tensor in about 100 bytes; this is room for 100,000, and
 * keeps the JSON tree of a hostile one small. */
#define MAX_HEADER (10 * 1000 * 1000)

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
  { "U64", CNN_NUMBER_U64 },
  { "I32", CNN_NUMBER_I32 },
  { "U32", CNN_NUMBER_U32 },
  { "I16", CNN_NUMBER_I16 },
  { "U16", CNN_NUMBER_U16 },
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
               "has numbers of type “%s”, expected F32, F16, BF16, F64, an integer type up to I64 and U64, or BOOL",
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

/* Where an entry's numbers lie in the data. */
typedef struct
{
  const char *name;
  gsize begin;
  gsize end;
} Extent;

static CnnTensor *
read_entry (JsonObject       *entry,
            CnnNumberSource  *source,
            gsize             start,
            Extent           *extent,
            gboolean         *is_integer,
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

  extent->begin = offsets[0];
  extent->end = offsets[1];
  *is_integer = cnn_number_type_is_integer (type);

  return cnn_number_source_get_tensor (source, type, &shape, start + offsets[0], NULL, error);
}

static int
compare_extents (gconstpointer a,
                 gconstpointer b)
{
  const Extent *extent_a = a;
  const Extent *extent_b = b;

  return (extent_a->begin > extent_b->begin) - (extent_a->begin < extent_b->begin);
}

/* The format lets no two tensors share bytes: where they do, an offset is wrong. */
static gboolean
check_overlap (GArray  *extents,
               GError **error)
{
  g_array_sort (extents, compare_extents);

  for (guint i = 1; i < extents->len; i++)
    {
      const Extent *before = &g_array_index (extents, Extent, i - 1);
      const Extent *extent = &g_array_index (extents, Extent, i);

      if (extent->begin < before->end)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                       "%s: lies at bytes %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT
                       " of the data, expected it after %s, which ends at byte %" G_GSIZE_FORMAT,
                       extent->name, extent->begin, extent->end, before->name, before->end);
          return FALSE;
        }
    }

  return TRUE;
}

/* Reads the tensors that header lists; the numbers start at byte start. */
static CnnStateDict *
read_entries (JsonObject  *header,
              GBytes      *bytes,
              gsize        start,
              GError     **error)
{
  g_autoptr (CnnStateDict) dict = cnn_state_dict_new ();
  g_autoptr (GArray) extents = g_array_new (FALSE, FALSE, sizeof (Extent));
  CnnNumberSource source;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  cnn_number_source_init (&source, bytes, TRUE);

  json_object_iter_init_ordered (&iter, header);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autoptr (CnnTensor) tensor = NULL;
      Extent extent = { name, 0, 0 };
      gboolean is_integer = FALSE;

      if (strcmp (name, "__metadata__") == 0)
        continue;

      if (JSON_NODE_HOLDS_OBJECT (node))
        tensor = read_entry (json_node_get_object (node), &source, start, &extent, &is_integer, error);
      else
        g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "has no description");

      if (tensor == NULL)
        {
          g_prefix_error (error, "%s: ", name);
          return NULL;
        }

      if (extent.end > extent.begin)
        g_array_append_val (extents, extent);
      if (is_integer)
        cnn_state_dict_add_integers (dict, name, tensor);
      else
        cnn_state_dict_add (dict, name, tensor);
    }

  return check_overlap (extents, error) ? g_steal_pointer (&dict) : NULL;
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
  g_autofree char *text = NULL;
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

  /* A copy: what was checked must not change, and a mapped file can. */
  text = g_strndup ((const char *) data + PREFIX, length);
  header = cnn_json_text_parse (parser, text, length, error);
  if (header == NULL)
    {
      g_prefix_error (error, "header: ");
      return NULL;
    }

  return read_entries (header, bytes, PREFIX + length, error);
}

static const char *
get_type_name (CnnNumberType type)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].type == type)
      return types[i].name;

  g_return_val_if_reached (NULL);
}

static void
add_entry (JsonBuilder    *builder,
           const char     *name,
           CnnNumberType   type,
           const CnnShape *shape,
           gsize           begin,
           gsize           end)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);

  json_builder_set_member_name (builder, "dtype");
  json_builder_add_string_value (builder, get_type_name (type));

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

/* Readers for PyTorch look for this. */
static void
add_metadata (JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "__metadata__");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "format");
  json_builder_add_string_value (builder, "pt");
  json_builder_end_object (builder);
}

/* Makes what comes before the numbers of dict, which follow without gaps, each entry
 * in its type. Padded with spaces, as the format allows. */
GBytes *
cnn_safetensors_write_header (CnnStateDict        *dict,
                              const CnnNumberType *number_types,
                              gboolean             with_metadata)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *json = NULL;
  gsize offset = 0, length, padded;
  guint64 prefix;
  guint8 *data;

  json_builder_begin_object (builder);
  if (with_metadata)
    add_metadata (builder);
  for (guint i = 0; i < cnn_state_dict_get_size (dict); i++)
    {
      CnnTensor *tensor = cnn_state_dict_get (dict, i);
      gsize end = offset + cnn_tensor_get_n_elements (tensor) * cnn_number_type_get_size (number_types[i]);

      add_entry (builder, cnn_state_dict_get_name (dict, i), number_types[i],
                 cnn_tensor_get_shape (tensor), offset, end);
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
