#define G_LOG_DOMAIN "cnn-onnx"

#include "formats/onnx/cnn-onnx-private.h"

#include <string.h>

#include "core/cnn-error.h"
#include "core/cnn-file-map.h"
#include "formats/onnx/cnn-onnx-importer-private.h"

#define TAG CNN_PROTOBUF_TAG

/* What a picture is where the file leaves it open. */
#define DEFAULT_CHANNELS 3
#define DEFAULT_SIDE 224

/* A file of a few bytes can ask for an input of any size. */
#define MAX_SIDE 4096

/* Opsets before 7 broadcast in another way. */
#define MIN_OPSET 7

static const CnnOnnxOperator *const operator_lists[] = {
  cnn_onnx_operators,
  cnn_onnx_row_operators,
  cnn_onnx_window_operators,
  cnn_onnx_shape_operators,
};

static gboolean
is_model_field (guint32 tag)
{
  switch (tag)
    {
    case TAG (1, VARINT):      /* ir_version */
    case TAG (2, BYTES):       /* producer_name */
    case TAG (3, BYTES):       /* producer_version */
    case TAG (4, BYTES):       /* domain */
    case TAG (5, VARINT):      /* model_version */
    case TAG (6, BYTES):       /* doc_string */
    case TAG (7, BYTES):       /* graph */
    case TAG (8, BYTES):       /* opset_import */
    case TAG (14, BYTES):      /* metadata_props */
    case TAG (20, BYTES):      /* training_info */
    case TAG (25, BYTES):      /* functions */
      return TRUE;

    default:
      return FALSE;
    }
}

/* The format has no magic number. Exporters write ir_version, a small number,
 * first; then a cut file is known too. Else the fields must be those of a model,
 * with a graph among them. */
gboolean
cnn_onnx_sniff (GBytes *bytes)
{
  gboolean has_graph = FALSE;
  CnnProtobufSpan file;
  CnnProtobuf reader;
  CnnProtobufField field;

  file.start = g_bytes_get_data (bytes, &file.size);
  if (file.size >= 3 && file.start[0] == TAG (1, VARINT) && file.start[1] < 32 && is_model_field (file.start[2]))
    return TRUE;

  cnn_protobuf_init (&reader, &file);
  while (cnn_protobuf_next (&reader, &field))
    {
      if (!is_model_field (field.tag))
        return FALSE;
      has_graph = has_graph || field.tag == TAG (7, BYTES);
    }

  return has_graph && !reader.is_damaged;
}

static void
value_free (gpointer data)
{
  CnnOnnxValue *value = data;

  g_clear_pointer (&value->integers, g_array_unref);
  g_clear_pointer (&value->tensor, cnn_tensor_unref);
  g_free (value);
}

static void
importer_clear (CnnOnnxImporter *self)
{
  g_clear_pointer (&self->values, g_hash_table_unref);
  g_clear_pointer (&self->consumers, g_hash_table_unref);
  g_clear_pointer (&self->n_consumers, g_hash_table_unref);
  g_clear_pointer (&self->absorbed, g_hash_table_unref);
  g_clear_pointer (&self->layer_names, g_hash_table_unref);
  g_clear_pointer (&self->builder, cnn_network_builder_free);
  g_clear_pointer (&self->model, cnn_onnx_model_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CnnOnnxImporter, importer_clear)

static void
importer_init (CnnOnnxImporter *self,
               GBytes          *bytes)
{
  *self = (CnnOnnxImporter) { 0 };

  /* Numbers in a protobuf lie where they happen to lie. Sharing the few that are
   * aligned would keep all of the file in memory, unless it is mapped. */
  cnn_number_source_init (&self->source, bytes, cnn_file_map_contains (g_bytes_get_data (bytes, NULL)));
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, value_free);
  self->consumers = g_hash_table_new (g_str_hash, g_str_equal);
  self->n_consumers = g_hash_table_new (g_str_hash, g_str_equal);
  self->absorbed = g_hash_table_new (NULL, NULL);
  self->layer_names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (self->layer_names, g_strdup ("input"));
}

/* How messages call a node. */
static void
prefix_node (const CnnOnnxNode  *node,
             GError            **error)
{
  const char *name = node->name;

  if (*name == '\0' && node->outputs->len > 0)
    name = g_ptr_array_index (node->outputs, 0);

  g_prefix_error (error, "node “%s” (%s): ", name, node->type);
}

/* Which node gives each name; each is given once. */
static GHashTable *
find_producers (const CnnOnnxModel  *model,
                GError             **error)
{
  g_autoptr (GHashTable) producers = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < model->nodes->len; i++)
    {
      CnnOnnxNode *node = g_ptr_array_index (model->nodes, i);

      for (guint j = 0; j < node->outputs->len; j++)
        {
          char *name = g_ptr_array_index (node->outputs, j);

          if (*name == '\0')
            continue;

          if (!g_hash_table_insert (producers, name, node))
            {
              g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                           "output “%s” is given twice, expected once", name);
              prefix_node (node, error);
              return NULL;
            }
        }
    }

  return g_steal_pointer (&producers);
}

/* A node under way in the walk, and which of its inputs is next. */
typedef struct
{
  CnnOnnxNode *node;
  guint next;
} Visit;

/* Puts the nodes that lead to output into an order in which inputs come first. A
 * walk from the back, without recursion: a chain may be as long as the file. */
static GPtrArray *
sort_nodes (GHashTable  *producers,
            const char  *output,
            GError     **error)
{
  enum { UNDER_WAY = 1, DONE = 2 };
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  g_autoptr (GHashTable) states = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (Visit));
  Visit first = { g_hash_table_lookup (producers, output), 0 };

  if (first.node == NULL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "graph: output “%s” is given by no node", output);
      return NULL;
    }

  g_array_append_val (stack, first);
  g_hash_table_insert (states, first.node, GUINT_TO_POINTER (UNDER_WAY));

  while (stack->len > 0)
    {
      Visit *visit = &g_array_index (stack, Visit, stack->len - 1);
      Visit next = { 0 };
      guint state;

      if (visit->next >= visit->node->inputs->len)
        {
          g_ptr_array_add (order, visit->node);
          g_hash_table_insert (states, visit->node, GUINT_TO_POINTER (DONE));
          g_array_set_size (stack, stack->len - 1);
          continue;
        }

      next.node = g_hash_table_lookup (producers, g_ptr_array_index (visit->node->inputs, visit->next++));
      if (next.node == NULL)
        continue;

      state = GPOINTER_TO_UINT (g_hash_table_lookup (states, next.node));
      if (state == UNDER_WAY)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "needs its own output: the graph has a cycle");
          prefix_node (next.node, error);
          return NULL;
        }

      if (state != DONE)
        {
          g_hash_table_insert (states, next.node, GUINT_TO_POINTER (UNDER_WAY));
          g_array_append_val (stack, next);
        }
    }

  return g_steal_pointer (&order);
}

static void
count_consumers (CnnOnnxImporter *self,
                 const GPtrArray *order)
{
  for (guint i = 0; i < order->len; i++)
    {
      CnnOnnxNode *node = g_ptr_array_index (order, i);

      for (guint j = 0; j < node->inputs->len; j++)
        {
          char *name = g_ptr_array_index (node->inputs, j);
          guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->n_consumers, name));

          g_hash_table_insert (self->consumers, name, node);
          g_hash_table_insert (self->n_consumers, name, GUINT_TO_POINTER (n + 1));
        }
    }
}

static gboolean
add_initializers (CnnOnnxImporter  *self,
                  GError          **error)
{
  GHashTableIter iter;
  const char *name;
  const CnnProtobufSpan *span;

  g_hash_table_iter_init (&iter, self->model->initializers);
  while (g_hash_table_iter_next (&iter, (gpointer *) &name, (gpointer *) &span))
    {
      CnnOnnxValue value = { .layer = CNN_NO_LAYER, .constant = *span };

      if (!cnn_onnx_importer_set_value (self, name, &value, error))
        return FALSE;
    }

  return TRUE;
}

/* The one input that is a picture: older files list initializers as inputs too. */
static const CnnOnnxInput *
find_input (const CnnOnnxModel  *model,
            GError             **error)
{
  const CnnOnnxInput *found = NULL;
  guint n = 0;

  for (guint i = 0; i < model->inputs->len; i++)
    {
      const CnnOnnxInput *input = g_ptr_array_index (model->inputs, i);

      if (!g_hash_table_contains (model->initializers, input->name))
        {
          found = input;
          n++;
        }
    }

  if (n != 1 || found->n_dims != 4)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "graph: has %u inputs%s, expected one, of pictures N×C×H×W",
                   n, n == 1 ? " of another shape" : "");
      return NULL;
    }

  return found;
}

/* The shape of one picture; what the file leaves open is as usual. */
static gboolean
resolve_input (const CnnOnnxInput  *input,
               CnnShape            *shape,
               GError             **error)
{
  gsize channels = input->dims[1] > 0 ? input->dims[1] : DEFAULT_CHANNELS;
  gsize height = input->dims[2] > 0 ? input->dims[2] : DEFAULT_SIDE;
  gsize width = input->dims[3] > 0 ? input->dims[3] : DEFAULT_SIDE;

  *shape = CNN_SHAPE_4 (1, channels, height, width);
  if (channels <= MAX_SIDE && height <= MAX_SIDE && width <= MAX_SIDE)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "input %s: is 1×%" G_GSIZE_FORMAT "×%" G_GSIZE_FORMAT "×%" G_GSIZE_FORMAT
               ", expected no extent over %d", input->name, channels, height, width, MAX_SIDE);

  return FALSE;
}

/* File names say what a network is; graphs are called “main_graph”. */
static char *
make_network_name (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = g_filename_display_name (base != NULL ? base : "network");

  if (g_str_has_suffix (name, ".onnx") && strlen (name) > strlen (".onnx"))
    name[strlen (name) - strlen (".onnx")] = '\0';

  return g_steal_pointer (&name);
}

static gboolean
start_network (CnnOnnxImporter  *self,
               GFile            *file,
               GError          **error)
{
  const CnnOnnxInput *input = find_input (self->model, error);
  g_autofree char *name = NULL;
  CnnOnnxValue value = { .layer = 0 };
  CnnShape shape;

  if (input == NULL || !resolve_input (input, &shape, error))
    return FALSE;

  name = make_network_name (file);
  self->batch = input->dims[0];
  self->builder = cnn_network_builder_new (name, &shape);

  return cnn_onnx_importer_set_value (self, input->name, &value, error);
}

static const CnnOnnxOperator *
find_operator (const CnnOnnxNode  *node,
               GError            **error)
{
  gboolean is_own = *node->domain == '\0' || g_str_equal (node->domain, "ai.onnx");

  for (guint i = 0; i < G_N_ELEMENTS (operator_lists) && is_own; i++)
    for (const CnnOnnxOperator *operator = operator_lists[i]; operator->type != NULL; operator++)
      if (g_str_equal (operator->type, node->type))
        return operator;

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "operator %s%s%s is not one that Fovea knows",
               node->domain, is_own ? "" : ".", node->type);

  return NULL;
}

static gboolean
check_attributes (const CnnOnnxNode      *node,
                  const CnnOnnxOperator  *operator,
                  GError                **error)
{
  g_auto (GStrv) known = g_strsplit (operator->attributes, " ", -1);

  for (guint i = 0; i < node->attributes->len; i++)
    {
      const CnnOnnxAttribute *attribute = &g_array_index (node->attributes, CnnOnnxAttribute, i);

      if (!g_strv_contains ((const char *const *) known, attribute->name))
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                       "attribute %s is not one that Fovea knows", attribute->name);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
import_node (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             GError            **error)
{
  const CnnOnnxOperator *operator = find_operator (node, error);

  if (operator != NULL && check_attributes (node, operator, error) && operator->import (self, node, error))
    return TRUE;

  prefix_node (node, error);

  return FALSE;
}

/* Constants first, so that a node can look at those of the node after it. */
static gboolean
import_nodes (CnnOnnxImporter  *self,
              const GPtrArray  *order,
              GError          **error)
{
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < order->len; i++)
      {
        const CnnOnnxNode *node = g_ptr_array_index (order, i);
        gboolean is_constant = g_str_equal (node->type, "Constant");

        if (is_constant == (pass == 0) && !import_node (self, node, error))
          return FALSE;
      }

  return TRUE;
}

/* A network ends with its output, as the nodes that lead there were sorted. Only
 * a graph that takes shapes from other layers than it uses could end elsewhere. */
static gboolean
check_output (CnnOnnxImporter  *self,
              const char       *output,
              GError          **error)
{
  const CnnOnnxValue *value = g_hash_table_lookup (self->values, output);

  if (value != NULL && value->layer == self->last_layer)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "graph: output “%s” is not what the last layer gives", output);

  return FALSE;
}

/* Makes a network of the nodes that lead to the graph's first output, for one
 * picture. */
CnnNetwork *
cnn_onnx_read (GBytes   *bytes,
               GFile    *file,
               GError  **error)
{
  g_auto (CnnOnnxImporter) importer;
  g_autoptr (GHashTable) producers = NULL;
  g_autoptr (GPtrArray) order = NULL;
  const char *output;
  CnnProtobufSpan span;

  importer_init (&importer, bytes);

  span.start = g_bytes_get_data (bytes, &span.size);
  importer.model = cnn_onnx_model_read (&span, error);
  if (importer.model == NULL)
    return NULL;

  if (importer.model->opset < MIN_OPSET || importer.model->outputs->len == 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "ONNX model: has opset %" G_GINT64_FORMAT " and %u outputs, expected opset %d or later and an output",
                   importer.model->opset, importer.model->outputs->len, MIN_OPSET);
      return NULL;
    }

  output = g_ptr_array_index (importer.model->outputs, 0);
  producers = find_producers (importer.model, error);
  if (producers == NULL)
    return NULL;

  order = sort_nodes (producers, output, error);
  if (order == NULL)
    return NULL;

  count_consumers (&importer, order);
  if (!add_initializers (&importer, error) ||
      !start_network (&importer, file, error) ||
      !import_nodes (&importer, order, error) ||
      !check_output (&importer, output, error))
    return NULL;

  return cnn_network_builder_freeze (importer.builder, file, error);
}
