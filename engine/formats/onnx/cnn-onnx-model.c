#define G_LOG_DOMAIN "cnn-onnx"

#include "formats/onnx/cnn-onnx-model-private.h"

#include <string.h>

#include "core/cnn-error.h"

#define TAG CNN_PROTOBUF_TAG

/* Far more than any network has. An empty node, input or attribute takes two
 * bytes in the file and up to 200 here; this bounds the difference. */
#define MAX_NODES 50000
#define MAX_INPUTS 50000
#define MAX_ATTRIBUTES 64

/* Graphs inside of graphs are not followed any deeper. */
#define MAX_DEPTH 4

static void
attribute_clear (gpointer data)
{
  CnnOnnxAttribute *attribute = data;

  g_free (attribute->name);
  g_free (attribute->text);
  g_clear_pointer (&attribute->integers, g_array_unref);
  g_clear_pointer (&attribute->numbers, g_array_unref);
}

static void
node_free (gpointer data)
{
  CnnOnnxNode *node = data;

  g_free (node->name);
  g_free (node->type);
  g_free (node->domain);
  g_ptr_array_unref (node->inputs);
  g_ptr_array_unref (node->outputs);
  g_ptr_array_unref (node->captures);
  g_array_unref (node->attributes);
  g_free (node);
}

static void
input_free (gpointer data)
{
  CnnOnnxInput *input = data;

  g_free (input->name);
  g_free (input);
}

void
cnn_onnx_model_free (CnnOnnxModel *self)
{
  g_ptr_array_unref (self->nodes);
  g_ptr_array_unref (self->inputs);
  g_ptr_array_unref (self->outputs);
  g_hash_table_unref (self->initializers);
  g_free (self);
}

static CnnOnnxModel *
model_new (void)
{
  CnnOnnxModel *self = g_new0 (CnnOnnxModel, 1);

  self->nodes = g_ptr_array_new_with_free_func (node_free);
  self->inputs = g_ptr_array_new_with_free_func (input_free);
  self->outputs = g_ptr_array_new_with_free_func (g_free);
  self->initializers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

static gboolean
fail (const char  *what,
      GError     **error)
{
  g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "%s: is cut or no message", what);

  return FALSE;
}

static void
replace_text (char                   **text,
              const CnnProtobufField  *field)
{
  g_free (*text);
  *text = cnn_protobuf_dup_text (&field->bytes);
}

static float
float_from_bits (guint32 bits)
{
  union { guint32 u; float f; } number = { .u = bits };

  return number.f;
}

/* One float, or a packed run of them. FALSE where the run is cut. */
static gboolean
append_floats (GArray                 *numbers,
               const CnnProtobufField *field)
{
  if (field->bytes.start == NULL)
    {
      float number = float_from_bits (field->number);

      g_array_append_val (numbers, number);
      return TRUE;
    }

  for (gsize at = 0; at + 4 <= field->bytes.size; at += 4)
    {
      const guint8 *bytes = field->bytes.start + at;
      float number = float_from_bits (bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (guint32) bytes[3] << 24);

      g_array_append_val (numbers, number);
    }

  return field->bytes.size % 4 == 0;
}

/* AttributeProto */
static gboolean
read_attribute (CnnOnnxAttribute       *attribute,
                const CnnProtobufSpan  *message,
                GError                **error)
{
  CnnProtobuf reader;
  CnnProtobufField field;
  gboolean good = TRUE;

  cnn_protobuf_init (&reader, message);
  while (good && cnn_protobuf_next (&reader, &field))
    switch (field.tag)
      {
      case TAG (1, BYTES):
        replace_text (&attribute->name, &field);
        break;

      case TAG (2, FIXED32):
        attribute->number = float_from_bits (field.number);
        break;

      case TAG (3, VARINT):
        attribute->integer = field.number;
        break;

      case TAG (4, BYTES):
        replace_text (&attribute->text, &field);
        break;

      case TAG (5, BYTES):
        attribute->tensor = field.bytes;
        break;

      case TAG (6, BYTES):
        attribute->graph = field.bytes;
        break;

      case TAG (7, FIXED32):
      case TAG (7, BYTES):
        if (attribute->numbers == NULL)
          attribute->numbers = g_array_new (FALSE, FALSE, sizeof (float));
        good = append_floats (attribute->numbers, &field);
        break;

      case TAG (8, VARINT):
      case TAG (8, BYTES):
        if (attribute->integers == NULL)
          attribute->integers = g_array_new (FALSE, FALSE, sizeof (gint64));
        good = cnn_protobuf_append_varints (attribute->integers, &field);
        break;

      default:
        break;
      }

  if (reader.is_damaged || !good || attribute->name == NULL)
    return fail ("attribute", error);

  return TRUE;
}

static gboolean
add_attribute (CnnOnnxNode            *node,
               const CnnProtobufSpan  *message,
               GError                **error)
{
  CnnOnnxAttribute attribute = { 0 };

  if (node->attributes->len >= MAX_ATTRIBUTES)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "has more than %d attributes", MAX_ATTRIBUTES);
      return FALSE;
    }

  if (!read_attribute (&attribute, message, error))
    {
      attribute_clear (&attribute);
      return FALSE;
    }

  g_array_append_val (node->attributes, attribute);

  return TRUE;
}

/* NodeProto */
static gboolean
read_node (CnnOnnxNode            *node,
           const CnnProtobufSpan  *message,
           GError                **error)
{
  CnnProtobuf reader;
  CnnProtobufField field;

  cnn_protobuf_init (&reader, message);
  while (cnn_protobuf_next (&reader, &field))
    switch (field.tag)
      {
      case TAG (1, BYTES):
        g_ptr_array_add (node->inputs, cnn_protobuf_dup_text (&field.bytes));
        break;

      case TAG (2, BYTES):
        g_ptr_array_add (node->outputs, cnn_protobuf_dup_text (&field.bytes));
        break;

      case TAG (3, BYTES):
        replace_text (&node->name, &field);
        break;

      case TAG (4, BYTES):
        replace_text (&node->type, &field);
        break;

      case TAG (5, BYTES):
        if (!add_attribute (node, &field.bytes, error))
          return FALSE;
        break;

      case TAG (7, BYTES):
        replace_text (&node->domain, &field);
        break;

      default:
        break;
      }

  return !reader.is_damaged || fail ("node", error);
}

static void
capture (CnnOnnxNode     *node,
         const GPtrArray *names)
{
  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (node->captures, g_strdup (g_ptr_array_index (names, i)));
}

/* Notes all names that are wanted inside of a node's graphs: they may be those of
 * nodes around it, which then have to come before. */
static gboolean
read_captures (CnnOnnxNode  *node,
               guint         depth,
               GError      **error)
{
  for (guint i = 0; i < node->attributes->len; i++)
    {
      const CnnOnnxAttribute *attribute = &g_array_index (node->attributes, CnnOnnxAttribute, i);
      g_autoptr (CnnOnnxModel) branch = NULL;

      if (attribute->graph.start == NULL || depth >= MAX_DEPTH)
        continue;

      branch = cnn_onnx_model_read_branch (&attribute->graph, depth + 1, error);
      if (branch == NULL)
        return FALSE;

      capture (node, branch->outputs);
      for (guint k = 0; k < branch->nodes->len; k++)
        {
          const CnnOnnxNode *inner = g_ptr_array_index (branch->nodes, k);

          capture (node, inner->inputs);
          capture (node, inner->captures);
        }
    }

  return TRUE;
}

static gboolean
add_node (CnnOnnxModel           *self,
          const CnnProtobufSpan  *message,
          GError                **error)
{
  CnnOnnxNode *node;

  if (self->nodes->len >= MAX_NODES)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "graph: has more than %d nodes", MAX_NODES);
      return FALSE;
    }

  node = g_new0 (CnnOnnxNode, 1);
  node->name = g_strdup ("");
  node->type = g_strdup ("");
  node->domain = g_strdup ("");
  node->inputs = g_ptr_array_new_with_free_func (g_free);
  node->outputs = g_ptr_array_new_with_free_func (g_free);
  node->captures = g_ptr_array_new_with_free_func (g_free);
  node->attributes = g_array_new (FALSE, FALSE, sizeof (CnnOnnxAttribute));
  g_array_set_clear_func (node->attributes, attribute_clear);
  g_ptr_array_add (self->nodes, node);

  if (read_node (node, message, error) && read_captures (node, self->depth, error))
    return TRUE;

  g_prefix_error (error, "node %u “%s”: ", self->nodes->len - 1, node->name);

  return FALSE;
}

/* The first field of that tag in a message; an empty span where there is none. */
static CnnProtobufField
find_field (const CnnProtobufSpan *message,
            guint32                tag)
{
  CnnProtobuf reader;
  CnnProtobufField field;

  cnn_protobuf_init (&reader, message);
  while (cnn_protobuf_next (&reader, &field))
    if (field.tag == tag)
      return field;

  return (CnnProtobufField) { .bytes = { message->start, 0 } };
}

/* ValueInfoProto: its TypeProto's tensor type has a shape of dimensions, each a
 * number, a name, or neither. */
static gboolean
add_input (CnnOnnxModel           *self,
           const CnnProtobufSpan  *message,
           GError                **error)
{
  CnnOnnxInput *input;
  CnnProtobufField name = find_field (message, TAG (1, BYTES));
  CnnProtobufField type = find_field (message, TAG (2, BYTES));
  CnnProtobufField tensor = find_field (&type.bytes, TAG (1, BYTES));
  CnnProtobufField shape = find_field (&tensor.bytes, TAG (2, BYTES));
  CnnProtobuf reader;
  CnnProtobufField field;

  if (self->inputs->len >= MAX_INPUTS)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "graph: has more than %d inputs", MAX_INPUTS);
      return FALSE;
    }

  input = g_new0 (CnnOnnxInput, 1);
  input->name = cnn_protobuf_dup_text (&name.bytes);
  g_ptr_array_add (self->inputs, input);

  cnn_protobuf_init (&reader, &shape.bytes);
  while (cnn_protobuf_next (&reader, &field))
    {
      gint64 dim;

      if (field.tag != TAG (1, BYTES))
        continue;

      if (input->n_dims >= CNN_MAX_DIMS)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                       "input %s: has more than %d dimensions", input->name, CNN_MAX_DIMS);
          return FALSE;
        }

      dim = find_field (&field.bytes, TAG (1, VARINT)).number;
      input->dims[input->n_dims++] = MAX (dim, 0);
    }

  return !reader.is_damaged || fail ("input", error);
}

static gboolean
add_initializer (CnnOnnxModel           *self,
                 const CnnProtobufSpan  *message,
                 GError                **error)
{
  CnnProtobufField field = find_field (message, TAG (8, BYTES));
  char *name = cnn_protobuf_dup_text (&field.bytes);

  if (!g_hash_table_insert (self->initializers, name, g_memdup2 (message, sizeof *message)))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "initializer “%s”: is there twice, expected each name once", name);
      return FALSE;
    }

  return TRUE;
}

/* GraphProto */
static gboolean
read_graph (CnnOnnxModel           *self,
            const CnnProtobufSpan  *message,
            GError                **error)
{
  CnnProtobuf reader;
  CnnProtobufField field;

  cnn_protobuf_init (&reader, message);
  while (cnn_protobuf_next (&reader, &field))
    {
      CnnProtobufField name;

      switch (field.tag)
        {
        case TAG (1, BYTES):
          if (!add_node (self, &field.bytes, error))
            return FALSE;
          break;

        case TAG (5, BYTES):
          if (!add_initializer (self, &field.bytes, error))
            return FALSE;
          break;

        case TAG (11, BYTES):
          if (!add_input (self, &field.bytes, error))
            return FALSE;
          break;

        case TAG (12, BYTES):
          name = find_field (&field.bytes, TAG (1, BYTES));
          g_ptr_array_add (self->outputs, cnn_protobuf_dup_text (&name.bytes));
          break;

        default:
          break;
        }
    }

  return !reader.is_damaged || fail ("graph", error);
}

/* A graph that is an attribute of a node. */
CnnOnnxModel *
cnn_onnx_model_read_branch (const CnnProtobufSpan  *graph,
                            guint                   depth,
                            GError                **error)
{
  g_autoptr (CnnOnnxModel) self = model_new ();

  self->depth = depth;

  return read_graph (self, graph, error) ? g_steal_pointer (&self) : NULL;
}

/* OperatorSetIdProto: the version of ONNX's own operators, domain "". */
static void
read_opset (CnnOnnxModel          *self,
            const CnnProtobufSpan *message)
{
  CnnProtobufField domain = find_field (message, TAG (1, BYTES));
  CnnProtobufField version = find_field (message, TAG (2, VARINT));

  if (domain.bytes.size == 0 ||
      (domain.bytes.size == 7 && memcmp (domain.bytes.start, "ai.onnx", 7) == 0))
    self->opset = version.number;
}

/* ModelProto */
CnnOnnxModel *
cnn_onnx_model_read (const CnnProtobufSpan  *file,
                     GError                **error)
{
  g_autoptr (CnnOnnxModel) self = model_new ();
  gboolean has_graph = FALSE;
  CnnProtobuf reader;
  CnnProtobufField field;

  cnn_protobuf_init (&reader, file);
  while (cnn_protobuf_next (&reader, &field))
    switch (field.tag)
      {
      case TAG (7, BYTES):
        has_graph = TRUE;
        if (!read_graph (self, &field.bytes, error))
          return NULL;
        break;

      case TAG (8, BYTES):
        read_opset (self, &field.bytes);
        break;

      default:
        break;
      }

  if (reader.is_damaged)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "ONNX model: is cut or damaged: what is at byte %" G_GSIZE_FORMAT
                   " goes beyond the end at byte %" G_GSIZE_FORMAT,
                   (gsize) (reader.at - file->start), file->size);
      return NULL;
    }

  if (!has_graph)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "ONNX model: has no graph");
      return NULL;
    }

  return g_steal_pointer (&self);
}
