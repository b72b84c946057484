#define G_LOG_DOMAIN "cnn-onnx"

#include "formats/onnx/cnn-onnx-importer-private.h"

#include "core/cnn-error.h"

/* Input i as it is known by now, or NULL: left out, or of no node before. */
CnnOnnxValue *
cnn_onnx_importer_get_value (CnnOnnxImporter    *self,
                             const CnnOnnxNode  *node,
                             guint               i,
                             GError            **error)
{
  const char *name = cnn_onnx_node_get_input (node, i);
  CnnOnnxValue *value = name != NULL ? g_hash_table_lookup (self->values, name) : NULL;

  if (value == NULL)
    g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                 "input %u “%s” is missing", i, name != NULL ? name : "");

  return value;
}

/* Input i as a layer's output. */
gboolean
cnn_onnx_importer_get_layer (CnnOnnxImporter    *self,
                             const CnnOnnxNode  *node,
                             guint               i,
                             guint              *layer,
                             GError            **error)
{
  CnnOnnxValue *value = cnn_onnx_importer_get_value (self, node, i, error);

  if (value == NULL)
    return FALSE;

  if (value->layer == CNN_NO_LAYER)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "input %u “%s” is a constant, expected what a layer gives",
                   i, cnn_onnx_node_get_input (node, i));
      return FALSE;
    }

  for (guint p = 0; p < G_N_ELEMENTS (value->padding); p++)
    if (value->padding[p] > 0)
      {
        g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                     "input %u “%s” is padded, expected a convolution or average pooling after Pad",
                     i, cnn_onnx_node_get_input (node, i));
        return FALSE;
      }

  *layer = value->layer;

  return TRUE;
}

/* Whether an input is arithmetic on shapes, not on pictures. */
gboolean
cnn_onnx_importer_is_constant (CnnOnnxImporter   *self,
                               const CnnOnnxNode *node,
                               guint              i)
{
  CnnOnnxValue *value = cnn_onnx_importer_get_value (self, node, i, NULL);

  return value != NULL && value->layer == CNN_NO_LAYER;
}

static gboolean
check_constant (const CnnOnnxValue  *value,
                const CnnOnnxNode   *node,
                guint                i,
                GError             **error)
{
  if (value->layer == CNN_NO_LAYER)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "input %u “%s” is computed from the picture, expected a constant",
               i, cnn_onnx_node_get_input (node, i));

  return FALSE;
}

static CnnTensor *
tensor_from_integers (const GArray *integers)
{
  CnnTensor *tensor = cnn_tensor_new_uninitialized (&CNN_SHAPE_1 (integers->len));
  float *data = cnn_tensor_get_mutable_data (tensor);

  for (guint i = 0; i < integers->len; i++)
    data[i] = g_array_index (integers, gint64, i);

  return tensor;
}

/* Input i as a constant of float32 numbers; borrowed. */
CnnTensor *
cnn_onnx_importer_get_tensor (CnnOnnxImporter    *self,
                              const CnnOnnxNode  *node,
                              guint               i,
                              GError            **error)
{
  CnnOnnxValue *value = cnn_onnx_importer_get_value (self, node, i, error);

  if (value == NULL || !check_constant (value, node, i, error))
    return NULL;

  if (value->tensor == NULL && value->integers != NULL)
    value->tensor = tensor_from_integers (value->integers);
  else if (value->tensor == NULL)
    value->tensor = cnn_onnx_tensor_read (&value->constant, &self->source, error);

  if (value->tensor == NULL)
    g_prefix_error (error, "input %u “%s”: ", i, cnn_onnx_node_get_input (node, i));

  return value->tensor;
}

/* Input i as a short constant of integers; borrowed. */
GArray *
cnn_onnx_importer_get_integers (CnnOnnxImporter    *self,
                                const CnnOnnxNode  *node,
                                guint               i,
                                GError            **error)
{
  CnnOnnxValue *value = cnn_onnx_importer_get_value (self, node, i, error);

  if (value == NULL || !check_constant (value, node, i, error))
    return NULL;

  if (value->integers == NULL)
    value->integers = cnn_onnx_tensor_read_integers (&value->constant, error);

  if (value->integers == NULL)
    g_prefix_error (error, "input %u “%s”: ", i, cnn_onnx_node_get_input (node, i));

  return value->integers;
}

/* An axis as ONNX counts it, from the front or, below 0, from the back. */
gboolean
cnn_onnx_importer_get_axis (gint64    axis,
                            guint     n_dims,
                            guint    *result,
                            GError  **error)
{
  gint64 from_front = axis < 0 ? axis + n_dims : axis;

  if (axis < -(gint64) n_dims || from_front >= n_dims)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "axis is %" G_GINT64_FORMAT ", the input has %u dimensions", axis, n_dims);
      return FALSE;
    }

  *result = from_front;

  return TRUE;
}

const CnnShape *
cnn_onnx_importer_get_shape (CnnOnnxImporter *self,
                             guint            layer)
{
  return cnn_network_builder_get_shape (self->builder, layer);
}

/* Tells what a name stands for; each name is given once. */
gboolean
cnn_onnx_importer_set_value (CnnOnnxImporter     *self,
                             const char          *name,
                             const CnnOnnxValue  *value,
                             GError             **error)
{
  CnnOnnxValue *copy;

  if (g_hash_table_contains (self->values, name))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "output “%s” is given twice, expected once", name);
      return FALSE;
    }

  copy = g_memdup2 (value, sizeof *value);
  if (copy->integers != NULL)
    g_array_ref (copy->integers);
  if (copy->tensor != NULL)
    cnn_tensor_ref (copy->tensor);
  g_hash_table_insert (self->values, (gpointer) name, copy);

  return TRUE;
}

static gboolean
set_output (CnnOnnxImporter     *self,
            const CnnOnnxNode   *node,
            const CnnOnnxValue  *value,
            GError             **error)
{
  return cnn_onnx_importer_set_value (self, g_ptr_array_index (node->outputs, 0), value, error);
}

/* The node's output is its input i as it is. */
gboolean
cnn_onnx_importer_pass (CnnOnnxImporter    *self,
                        const CnnOnnxNode  *node,
                        guint               i,
                        GError            **error)
{
  CnnOnnxValue *value = cnn_onnx_importer_get_value (self, node, i, error);

  return value != NULL && set_output (self, node, value, error);
}

/* The node's output is a constant. */
gboolean
cnn_onnx_importer_set_integers (CnnOnnxImporter    *self,
                                const CnnOnnxNode  *node,
                                GArray             *integers,
                                GError            **error)
{
  CnnOnnxValue value = { .layer = CNN_NO_LAYER, .integers = integers };

  return set_output (self, node, &value, error);
}

gboolean
cnn_onnx_importer_set_layer (CnnOnnxImporter    *self,
                             const CnnOnnxNode  *node,
                             guint               layer,
                             GError            **error)
{
  CnnOnnxValue value = { .layer = layer };

  return set_output (self, node, &value, error);
}

/* The node's name, or one made of its operator and output; made unique. */
static char *
make_layer_name (CnnOnnxImporter   *self,
                 const CnnOnnxNode *node,
                 const char        *suffix)
{
  g_autofree char *base = NULL;
  char *name;

  if (*node->name != '\0')
    base = g_strconcat (node->name, suffix, NULL);
  else
    base = g_strdup_printf ("%s_%s%s", node->type, (char *) g_ptr_array_index (node->outputs, 0), suffix);

  name = g_strdup (base);
  for (guint i = 1; g_hash_table_contains (self->layer_names, name); i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s_%u", base, i);
    }
  g_hash_table_add (self->layer_names, name);

  return name;
}

/* Adds a layer for the node, or one of several, told apart by suffix. */
guint
cnn_onnx_importer_add_layer (CnnOnnxImporter      *self,
                             const CnnOnnxNode    *node,
                             const char           *suffix,
                             CnnKind               kind,
                             const CnnAttributes  *attributes,
                             const guint          *inputs,
                             guint                 n_inputs,
                             CnnTensor *const     *parameters,
                             GError              **error)
{
  guint layer = cnn_network_builder_add (self->builder, make_layer_name (self, node, suffix), kind,
                                         attributes, inputs, n_inputs, parameters, error);

  self->last_layer = layer;

  return layer;
}

/* Adds the node's one layer, whose output is the node's. */
gboolean
cnn_onnx_importer_emit (CnnOnnxImporter      *self,
                        const CnnOnnxNode    *node,
                        CnnKind               kind,
                        const CnnAttributes  *attributes,
                        const guint          *inputs,
                        guint                 n_inputs,
                        CnnTensor *const     *parameters,
                        GError              **error)
{
  guint layer = cnn_onnx_importer_add_layer (self, node, "", kind, attributes,
                                             inputs, n_inputs, parameters, error);

  return layer != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, layer, error);
}

/* Adds a layer that works on input 0 and needs at most an axis. */
gboolean
cnn_onnx_importer_emit_simple (CnnOnnxImporter    *self,
                               const CnnOnnxNode  *node,
                               CnnKind             kind,
                               guint               axis,
                               GError            **error)
{
  CnnAttributes attributes;
  guint layer;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_attributes_init (&attributes);
  attributes.axis = axis;

  return cnn_onnx_importer_emit (self, node, kind, &attributes, &layer, 1, NULL, error);
}
