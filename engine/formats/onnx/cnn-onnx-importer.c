#define G_LOG_DOMAIN "cnn-onnx"

/* What the nodes of a graph stand for, and how they become layers. */

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

gboolean
cnn_onnx_importer_has_input (const CnnOnnxNode *node,
                             guint              i)
{
  return cnn_onnx_node_get_input (node, i) != NULL;
}

gboolean
cnn_onnx_importer_is_constant (CnnOnnxImporter   *self,
                               const CnnOnnxNode *node,
                               guint              i)
{
  CnnOnnxValue *value = cnn_onnx_importer_get_value (self, node, i, NULL);

  return value != NULL && value->layer.index == CNN_NO_LAYER;
}

/* The graph's input as it wants it. */
static guint
add_nhwc (CnnOnnxImporter  *self,
          CnnOnnxValue     *value,
          GError          **error)
{
  static const guint permutation[] = { 0, 2, 3, 1 };
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  for (guint i = 0; i < G_N_ELEMENTS (permutation); i++)
    attributes.permutation[i] = permutation[i];

  return cnn_network_builder_add (self->builder, "input.nhwc", CNN_KIND_TRANSPOSE, &attributes,
                                  &value->layer.index, 1, NULL, error);
}

/* The zeros of a Pad that is followed by what cannot do without them. */
static guint
add_pad (CnnOnnxImporter  *self,
         CnnOnnxValue     *value,
         GError          **error)
{
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  for (guint i = 0; i < 2; i++)
    {
      attributes.begin[2 + i] = value->padding[i];
      attributes.end[2 + i] = value->padding[2 + i];
    }

  return cnn_onnx_importer_add_layer (self, value->pad, "", CNN_KIND_PAD, &attributes,
                                      &value->layer.index, 1, NULL, error);
}

/* Input i as a layer's output, with all that was put off done. */
gboolean
cnn_onnx_importer_get_layer (CnnOnnxImporter    *self,
                             const CnnOnnxNode  *node,
                             guint               i,
                             CnnOnnxLayer       *layer,
                             GError            **error)
{
  CnnOnnxValue *value = cnn_onnx_importer_get_value (self, node, i, error);

  if (value == NULL)
    return FALSE;

  if (value->layer.index == CNN_NO_LAYER)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "input %u “%s” is a constant, expected what a layer gives",
                   i, cnn_onnx_node_get_input (node, i));
      return FALSE;
    }

  if (value->is_nhwc || value->pad != NULL)
    {
      guint index = value->is_nhwc ? add_nhwc (self, value, error) : add_pad (self, value, error);

      if (index == CNN_NO_LAYER)
        return FALSE;

      value->layer.index = index;
      value->is_nhwc = FALSE;
      value->pad = NULL;
    }

  *layer = value->layer;

  return TRUE;
}

/* Input i with n_dims dimensions that the graph knows of, those that it lacks being
 * 1, behind as many as lead that it does not. */
gboolean
cnn_onnx_importer_get_aligned_layer (CnnOnnxImporter    *self,
                                     const CnnOnnxNode  *node,
                                     guint               i,
                                     guint               n_dims,
                                     guint               lead,
                                     CnnOnnxLayer       *layer,
                                     GError            **error)
{
  g_autofree char *suffix = g_strdup_printf (".input%u", i);
  CnnAttributes attributes;
  CnnShape shape;

  if (!cnn_onnx_importer_get_layer (self, node, i, layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, layer, &shape);
  if (layer->lead == lead && shape.n_dims == n_dims)
    return TRUE;

  if (n_dims + lead > CNN_MAX_DIMS || shape.n_dims > n_dims)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "works on N and has %u dimensions, expected up to %u", n_dims, CNN_MAX_DIMS - lead);
      return FALSE;
    }

  cnn_attributes_init (&attributes);
  attributes.shape.n_dims = n_dims + lead;
  for (guint d = 0; d < n_dims + lead; d++)
    {
      guint missing = n_dims + lead - shape.n_dims;

      attributes.shape.dims[d] = d < missing ? 1 : shape.dims[d - missing];
    }

  layer->index = cnn_onnx_importer_add_layer (self, node, suffix, CNN_KIND_RESHAPE, &attributes,
                                              &layer->index, 1, NULL, error);
  layer->lead = lead;

  return layer->index != CNN_NO_LAYER;
}

/* Input i with all dimensions that the graph knows of free for anything, the one
 * that would be N among them. */
gboolean
cnn_onnx_importer_get_free_layer (CnnOnnxImporter    *self,
                                  const CnnOnnxNode  *node,
                                  guint               i,
                                  CnnOnnxLayer       *layer,
                                  GError            **error)
{
  CnnShape shape;

  if (!cnn_onnx_importer_get_layer (self, node, i, layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, layer, &shape);

  return cnn_onnx_importer_get_aligned_layer (self, node, i, shape.n_dims, 1, layer, error);
}

/* Input i as a constant; borrowed. */
CnnOnnxConstant *
cnn_onnx_importer_get_constant (CnnOnnxImporter    *self,
                                const CnnOnnxNode  *node,
                                guint               i,
                                GError            **error)
{
  CnnOnnxValue *value = cnn_onnx_importer_get_value (self, node, i, error);

  if (value == NULL)
    return NULL;

  if (value->layer.index != CNN_NO_LAYER)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "input %u “%s” is computed from the picture, expected a constant",
                   i, cnn_onnx_node_get_input (node, i));
      return NULL;
    }

  if (value->constant == NULL)
    value->constant = cnn_onnx_tensor_read (&value->message, &self->files, error);

  if (value->constant == NULL)
    g_prefix_error (error, "input %u “%s”: ", i, cnn_onnx_node_get_input (node, i));

  return value->constant;
}

/* Input i as a constant of float32 numbers; borrowed. */
CnnTensor *
cnn_onnx_importer_get_tensor (CnnOnnxImporter    *self,
                              const CnnOnnxNode  *node,
                              guint               i,
                              GError            **error)
{
  CnnOnnxConstant *constant = cnn_onnx_importer_get_constant (self, node, i, error);
  CnnOnnxValue *value;

  if (constant == NULL)
    return NULL;

  value = cnn_onnx_importer_get_value (self, node, i, NULL);
  if (value->tensor == NULL)
    value->tensor = cnn_onnx_constant_to_tensor (constant, &self->files.own, error);

  return value->tensor;
}

/* Input i as one number; left as it is where the input is left out. */
gboolean
cnn_onnx_importer_get_number (CnnOnnxImporter    *self,
                              const CnnOnnxNode  *node,
                              guint               i,
                              double             *number,
                              GError            **error)
{
  CnnOnnxConstant *constant;

  if (!cnn_onnx_importer_has_input (node, i))
    return TRUE;

  constant = cnn_onnx_importer_get_constant (self, node, i, error);
  if (constant == NULL)
    return FALSE;

  if (cnn_onnx_constant_get_n (constant) != 1)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "input %u “%s” has %" G_GSIZE_FORMAT " numbers, expected 1",
                   i, cnn_onnx_node_get_input (node, i), cnn_onnx_constant_get_n (constant));
      return FALSE;
    }

  *number = cnn_onnx_constant_get (constant, 0);

  return TRUE;
}

/* Input i as a short constant of integers; borrowed. */
GArray *
cnn_onnx_importer_get_integers (CnnOnnxImporter    *self,
                                const CnnOnnxNode  *node,
                                guint               i,
                                GError            **error)
{
  CnnOnnxConstant *constant = cnn_onnx_importer_get_constant (self, node, i, error);
  CnnOnnxValue *value;

  if (constant == NULL)
    return NULL;

  value = cnn_onnx_importer_get_value (self, node, i, NULL);
  if (value->integers == NULL)
    {
      value->integers = cnn_onnx_constant_to_integers (constant, error);
      if (value->integers == NULL)
        g_prefix_error (error, "input %u “%s”: ", i, cnn_onnx_node_get_input (node, i));
    }

  return value->integers;
}

/* Axes, shapes and amounts were attributes before they became inputs. The list is
 * NULL where there is neither. */
gboolean
cnn_onnx_importer_get_list (CnnOnnxImporter    *self,
                            const CnnOnnxNode  *node,
                            const char         *attribute,
                            guint               i,
                            GArray            **list,
                            GError            **error)
{
  const CnnOnnxAttribute *found = cnn_onnx_node_find_attribute (node, attribute);

  *list = found != NULL ? found->integers : NULL;
  if (*list != NULL || !cnn_onnx_importer_has_input (node, i))
    return TRUE;

  *list = cnn_onnx_importer_get_integers (self, node, i, error);

  return *list != NULL;
}

/* A layer's shape as the graph knows it. */
void
cnn_onnx_importer_get_shape (CnnOnnxImporter    *self,
                             const CnnOnnxLayer *layer,
                             CnnShape           *shape)
{
  const CnnShape *whole = cnn_network_builder_get_shape (self->builder, layer->index);

  *shape = (CnnShape) { .n_dims = whole->n_dims - layer->lead };
  for (guint i = 0; i < shape->n_dims; i++)
    shape->dims[i] = whole->dims[i + layer->lead];
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
  if (copy->constant != NULL)
    cnn_onnx_constant_ref (copy->constant);
  if (copy->integers != NULL)
    g_array_ref (copy->integers);
  if (copy->tensor != NULL)
    cnn_tensor_ref (copy->tensor);
  g_hash_table_insert (self->values, (gpointer) name, copy);

  return TRUE;
}

/* Where the node has such an output at all. */
static gboolean
set_output (CnnOnnxImporter     *self,
            const CnnOnnxNode   *node,
            guint                output,
            const CnnOnnxValue  *value,
            GError             **error)
{
  const char *name = output < node->outputs->len ? g_ptr_array_index (node->outputs, output) : "";

  return *name == '\0' || cnn_onnx_importer_set_value (self, name, value, error);
}

/* The node's output is its input i as it is. */
gboolean
cnn_onnx_importer_pass (CnnOnnxImporter    *self,
                        const CnnOnnxNode  *node,
                        guint               i,
                        GError            **error)
{
  CnnOnnxValue *value = cnn_onnx_importer_get_value (self, node, i, error);

  return value != NULL && set_output (self, node, 0, value, error);
}

/* Makes a name stand for what another one does. */
gboolean
cnn_onnx_importer_rename (CnnOnnxImporter  *self,
                          const char       *from,
                          const char       *to,
                          GError          **error)
{
  const CnnOnnxValue *value = g_hash_table_lookup (self->values, from);

  if (value != NULL)
    return *to == '\0' || cnn_onnx_importer_set_value (self, to, value, error);

  g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "output “%s” is given by no node", from);

  return FALSE;
}

/* An output is a constant; takes it. */
gboolean
cnn_onnx_importer_set_constant (CnnOnnxImporter    *self,
                                const CnnOnnxNode  *node,
                                guint               output,
                                CnnOnnxConstant    *constant,
                                GError            **error)
{
  CnnOnnxValue value = { .layer = { .index = CNN_NO_LAYER }, .constant = constant };
  gboolean good = set_output (self, node, output, &value, error);

  cnn_onnx_constant_unref (constant);

  return good;
}

gboolean
cnn_onnx_importer_set_layer (CnnOnnxImporter    *self,
                             const CnnOnnxNode  *node,
                             guint               output,
                             guint               index,
                             guint               lead,
                             GError            **error)
{
  CnnOnnxValue value = { .layer = { index, lead } };

  return set_output (self, node, output, &value, error);
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
    base = g_strdup_printf ("%s_%s%s", node->type,
                            node->outputs->len > 0 ? (char *) g_ptr_array_index (node->outputs, 0) : "", suffix);

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
  return cnn_network_builder_add (self->builder, make_layer_name (self, node, suffix), kind,
                                  attributes, inputs, n_inputs, parameters, error);
}

/* Adds the node's one layer, which works on one input and whose output is the
 * node's. */
gboolean
cnn_onnx_importer_emit (CnnOnnxImporter      *self,
                        const CnnOnnxNode    *node,
                        CnnKind               kind,
                        const CnnAttributes  *attributes,
                        const CnnOnnxLayer   *input,
                        CnnTensor *const     *parameters,
                        GError              **error)
{
  guint index = cnn_onnx_importer_add_layer (self, node, "", kind, attributes,
                                             &input->index, 1, parameters, error);

  return index != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, 0, index, input->lead, error);
}

/* Shows a node that cannot be computed, because of a problem of its own or, where
 * that is NULL, of a node before it. All its outputs are as unknown. */
gboolean
cnn_onnx_importer_add_unknown (CnnOnnxImporter    *self,
                               const CnnOnnxNode  *node,
                               const char         *problem,
                               GError            **error)
{
  g_autofree guint *inputs = g_new (guint, node->inputs->len + 1);
  CnnOnnxValue value = { .is_unknown = TRUE };
  guint n_inputs = 0;

  for (guint i = 0; i < node->inputs->len; i++)
    {
      const CnnOnnxValue *input = cnn_onnx_importer_get_value (self, node, i, NULL);

      if (input != NULL && input->layer.index != CNN_NO_LAYER)
        inputs[n_inputs++] = input->layer.index;
    }

  value.layer.index = cnn_network_builder_add_unknown (self->builder, make_layer_name (self, node, ""),
                                                       node->type, problem, inputs, n_inputs, error);
  if (value.layer.index == CNN_NO_LAYER)
    return FALSE;

  for (guint i = 0; i < node->outputs->len; i++)
    if (!set_output (self, node, i, &value, error))
      return FALSE;

  return TRUE;
}
