#define G_LOG_DOMAIN "cnn-onnx"

#include "formats/onnx/cnn-onnx-private.h"

#include <string.h>

#include "core/cnn-error.h"
#include "formats/onnx/cnn-onnx-graph-private.h"
#include "formats/onnx/cnn-onnx-importer-private.h"

#define TAG CNN_PROTOBUF_TAG

/* What a picture is where the file leaves it open. */
#define DEFAULT_CHANNELS 3
#define DEFAULT_SIDE 224

/* A file of a few bytes can ask for an input of any size. */
#define MAX_SIDE 4096

/* What was said in another way before opset 7 was said by attributes that are not
 * known. */
#define MIN_OPSET 1

static const CnnOnnxOperator *const operator_lists[] = {
  cnn_onnx_element_operators,
  cnn_onnx_arithmetic_operators,
  cnn_onnx_constant_operators,
  cnn_onnx_control_operators,
  cnn_onnx_layout_operators,
  cnn_onnx_select_operators,
  cnn_onnx_gather_operators,
  cnn_onnx_join_operators,
  cnn_onnx_reduce_operators,
  cnn_onnx_norm_operators,
  cnn_onnx_matrix_operators,
  cnn_onnx_window_operators,
  cnn_onnx_pool_operators,
  cnn_onnx_resize_operators,
  cnn_onnx_quantize_operators,
};

/* Of ONNX Runtime's own operators, those that ONNX took over as they were. */
static const char *const microsoft_operators[] = { "Gelu", NULL };

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

  g_clear_pointer (&value->constant, cnn_onnx_constant_unref);
  g_clear_pointer (&value->integers, g_array_unref);
  g_clear_pointer (&value->tensor, cnn_tensor_unref);
  g_free (value);
}

static void
importer_clear (CnnOnnxImporter *self)
{
  cnn_onnx_files_clear (&self->files);
  g_clear_pointer (&self->values, g_hash_table_unref);
  g_clear_pointer (&self->consumers, g_hash_table_unref);
  g_clear_pointer (&self->n_consumers, g_hash_table_unref);
  g_clear_pointer (&self->absorbed, g_hash_table_unref);
  g_clear_pointer (&self->layer_names, g_hash_table_unref);
  g_clear_pointer (&self->builder, cnn_network_builder_free);
  g_clear_pointer (&self->branches, g_ptr_array_unref);
  g_clear_pointer (&self->model, cnn_onnx_model_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CnnOnnxImporter, importer_clear)

static void
importer_init (CnnOnnxImporter *self)
{
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, value_free);
  self->consumers = g_hash_table_new (g_str_hash, g_str_equal);
  self->n_consumers = g_hash_table_new (g_str_hash, g_str_equal);
  self->absorbed = g_hash_table_new (NULL, NULL);
  self->layer_names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->branches = g_ptr_array_new_with_free_func ((GDestroyNotify) cnn_onnx_model_free);
  g_hash_table_add (self->layer_names, g_strdup ("input"));
  g_hash_table_add (self->layer_names, g_strdup ("input.nhwc"));
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

gboolean
cnn_onnx_importer_add_initializers (CnnOnnxImporter     *self,
                                    const CnnOnnxModel  *model,
                                    GError             **error)
{
  GHashTableIter iter;
  const char *name;
  const CnnProtobufSpan *span;

  g_hash_table_iter_init (&iter, model->initializers);
  while (g_hash_table_iter_next (&iter, (gpointer *) &name, (gpointer *) &span))
    {
      CnnOnnxValue value = { .layer = { .index = CNN_NO_LAYER }, .message = *span };

      if (!cnn_onnx_importer_set_value (self, name, &value, error))
        return FALSE;
    }

  return TRUE;
}

/* The shape of one picture, N×C×H×W; what the file leaves open is as wanted, or as
 * usual. */
static gboolean
resolve_input (const CnnOnnxInput  *input,
               gboolean             is_nhwc,
               const CnnShape      *wanted,
               CnnShape            *shape,
               GError             **error)
{
  const gsize *picture = input->dims + input->n_dims - 3;
  CnnShape open = CNN_SHAPE_4 (1, DEFAULT_CHANNELS, DEFAULT_SIDE, DEFAULT_SIDE);
  gsize channels = picture[is_nhwc ? 2 : 0];
  gsize height = picture[is_nhwc ? 0 : 1];
  gsize width = picture[is_nhwc ? 1 : 2];

  if (wanted != NULL && wanted->n_dims == open.n_dims)
    open = *wanted;

  *shape = CNN_SHAPE_4 (1, channels > 0 ? channels : open.dims[1],
                        height > 0 ? height : open.dims[2], width > 0 ? width : open.dims[3]);
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
               const CnnShape   *wanted,
               GError          **error)
{
  const CnnOnnxInput *input = cnn_onnx_graph_find_input (self->model, error);
  g_autofree char *name = NULL;
  CnnOnnxValue value = { 0 };
  CnnShape shape;

  if (input == NULL)
    return FALSE;

  value.is_nhwc = cnn_onnx_input_is_nhwc (input);
  value.layer.lead = 4 - input->n_dims;
  if (!resolve_input (input, value.is_nhwc, wanted, &shape, error))
    return FALSE;

  name = make_network_name (file);
  self->batch = input->n_dims == 4 ? input->dims[0] : 0;
  self->builder = cnn_network_builder_new (name, &shape);

  return cnn_onnx_importer_set_value (self, input->name, &value, error);
}

static const CnnOnnxOperator *
find_operator (const CnnOnnxNode  *node,
               GError            **error)
{
  gboolean is_own = *node->domain == '\0' || g_str_equal (node->domain, "ai.onnx");
  gboolean is_known = is_own || (g_str_equal (node->domain, "com.microsoft") &&
                                 g_strv_contains (microsoft_operators, node->type));

  for (guint i = 0; i < G_N_ELEMENTS (operator_lists) && is_known; i++)
    for (const CnnOnnxOperator *operator = operator_lists[i]; operator->type != NULL; operator++)
      if (g_str_equal (operator->type, node->type))
        return operator;

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "operator %s%s%s is not one that Fovea knows",
               is_own ? "" : node->domain, is_own ? "" : ".", node->type);

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

/* What a node works on decides what becomes of it. */
typedef enum { ALL_CONSTANT, SOME_LAYER, SOME_UNKNOWN } Inputs;

static Inputs
look_at_inputs (CnnOnnxImporter   *self,
                const CnnOnnxNode *node)
{
  Inputs inputs = ALL_CONSTANT;

  for (guint i = 0; i < node->inputs->len; i++)
    {
      CnnOnnxValue *value = cnn_onnx_importer_get_value (self, node, i, NULL);

      if (value != NULL && value->is_unknown)
        return SOME_UNKNOWN;

      if (value != NULL && value->layer.index != CNN_NO_LAYER)
        inputs = SOME_LAYER;
    }

  return inputs;
}

static gboolean
carry_out (CnnOnnxImporter    *self,
           const CnnOnnxNode  *node,
           GError            **error)
{
  const CnnOnnxOperator *operator = find_operator (node, error);

  if (operator == NULL || !check_attributes (node, operator, error))
    return FALSE;

  if (g_hash_table_contains (self->absorbed, node))
    return cnn_onnx_importer_pass (self, node, cnn_onnx_importer_is_constant (self, node, 0) ? 1 : 0, error);

  if (operator->fold != NULL && look_at_inputs (self, node) == ALL_CONSTANT)
    return operator->fold (self, node, operator, error);

  if (operator->import != NULL)
    return operator->import (self, node, operator, error);

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "works on what is computed from the picture, expected constants");

  return FALSE;
}

/* What is not known does not keep the rest from being looked at: it is shown as
 * such, and all that comes of it too. A contradiction is the whole file's. */
static gboolean
import_node (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             GError            **error)
{
  g_autoptr (GError) problem = NULL;

  if (look_at_inputs (self, node) == SOME_UNKNOWN)
    return cnn_onnx_importer_add_unknown (self, node, NULL, error);

  if (carry_out (self, node, &problem))
    return TRUE;

  cnn_onnx_node_prefix_error (node, &problem);
  if (g_error_matches (problem, CNN_ERROR, CNN_ERROR_UNSUPPORTED))
    return cnn_onnx_importer_add_unknown (self, node, problem->message, error);

  g_propagate_error (error, g_steal_pointer (&problem));

  return FALSE;
}

/* Constants first, so that a node can look at those of the node after it. */
gboolean
cnn_onnx_importer_import_nodes (CnnOnnxImporter  *self,
                                const GPtrArray  *order,
                                GError          **error)
{
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < order->len; i++)
      {
        const CnnOnnxNode *node = g_ptr_array_index (order, i);
        gboolean is_constant = g_str_equal (node->type, "Constant");

        if (g_cancellable_set_error_if_cancelled (self->files.cancellable, error) ||
            (is_constant == (pass == 0) && !import_node (self, node, error)))
          return FALSE;
      }

  return TRUE;
}

/* A network ends with its output, as the nodes that lead there were sorted. A layer
 * that does nothing makes it so where the graph takes shapes from other layers than
 * it uses, or names an input of its last nodes as the output. */
static gboolean
finish_network (CnnOnnxImporter  *self,
                const char       *output,
                GError          **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  CnnOnnxNode node = { .name = (char *) "output", .type = (char *) "Identity", .inputs = names, .outputs = names };
  CnnOnnxLayer layer;

  g_ptr_array_add (names, (char *) output);
  if (!cnn_onnx_importer_get_layer (self, &node, 0, &layer, error))
    {
      g_prefix_error (error, "graph: ");
      return FALSE;
    }

  if (layer.index + 1 == cnn_network_builder_get_n_layers (self->builder))
    return TRUE;

  if (cnn_onnx_importer_get_value (self, &node, 0, NULL)->is_unknown)
    return cnn_network_builder_add_unknown (self->builder, "output", node.type, NULL,
                                            &layer.index, 1, error) != CNN_NO_LAYER;

  return cnn_onnx_importer_add_layer (self, &node, "", CNN_KIND_IDENTITY, NULL,
                                      &layer.index, 1, NULL, error) != CNN_NO_LAYER;
}

static gboolean
read_model (CnnOnnxImporter  *self,
            GBytes           *bytes,
            GError          **error)
{
  CnnProtobufSpan span;

  span.start = g_bytes_get_data (bytes, &span.size);
  self->model = cnn_onnx_model_read (&span, error);
  if (self->model == NULL)
    return FALSE;

  if (self->model->opset >= MIN_OPSET && self->model->outputs->len > 0)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "ONNX model: has opset %" G_GINT64_FORMAT " and %u outputs, expected opset %d or later and an output",
               self->model->opset, self->model->outputs->len, MIN_OPSET);

  return FALSE;
}

/* Makes a network of the nodes that lead to the graph's output, for one picture; of
 * the wanted shape, or NULL, where the file leaves that open. */
CnnNetwork *
cnn_onnx_read (GBytes          *bytes,
               GFile           *file,
               const CnnShape  *wanted,
               GCancellable    *cancellable,
               GError         **error)
{
  g_auto (CnnOnnxImporter) importer = { 0 };
  g_autoptr (GHashTable) producers = NULL;
  g_autoptr (GPtrArray) order = NULL;
  const char *output;

  importer_init (&importer);
  cnn_onnx_files_init (&importer.files, bytes, file, cancellable);
  if (!read_model (&importer, bytes, error))
    return NULL;

  producers = cnn_onnx_graph_find_producers (importer.model, error);
  if (producers == NULL)
    return NULL;

  output = cnn_onnx_graph_find_output (importer.model, producers);
  order = cnn_onnx_graph_sort (producers, output, error);
  if (order == NULL)
    return NULL;

  count_consumers (&importer, order);
  if (!cnn_onnx_importer_add_initializers (&importer, importer.model, error) ||
      !start_network (&importer, file, wanted, error) ||
      !cnn_onnx_importer_import_nodes (&importer, order, error) ||
      !finish_network (&importer, output, error))
    return NULL;

  return cnn_network_builder_freeze (importer.builder, file, error);
}
