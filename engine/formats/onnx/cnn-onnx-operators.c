#define G_LOG_DOMAIN "cnn-onnx"

/* Operators that work cell by cell or join layers, and those that do nothing in
 * a network that is only run. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include <float.h>

#include "core/cnn-error.h"

static gboolean
import_relu (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             GError            **error)
{
  return cnn_onnx_importer_emit_simple (self, node, CNN_KIND_RELU, 0, error);
}

static gboolean
import_dropout (CnnOnnxImporter    *self,
                const CnnOnnxNode  *node,
                GError            **error)
{
  return cnn_onnx_importer_emit_simple (self, node, CNN_KIND_DROPOUT, 0, error);
}

static gboolean
import_identity (CnnOnnxImporter    *self,
                 const CnnOnnxNode  *node,
                 GError            **error)
{
  return cnn_onnx_importer_pass (self, node, 0, error);
}

/* A bound of Clip: an attribute, since opset 11 an input; either may be left out. */
static gboolean
read_bound (CnnOnnxImporter    *self,
            const CnnOnnxNode  *node,
            const char         *attribute,
            guint               input,
            float              *bound,
            GError            **error)
{
  CnnTensor *tensor;

  *bound = cnn_onnx_node_get_number (node, attribute, *bound);
  if (cnn_onnx_node_get_input (node, input) == NULL)
    return TRUE;

  tensor = cnn_onnx_importer_get_tensor (self, node, input, error);
  if (tensor == NULL)
    return FALSE;

  if (cnn_tensor_get_n_elements (tensor) != 1)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "%s has %" G_GSIZE_FORMAT " numbers, expected 1",
                   attribute, cnn_tensor_get_n_elements (tensor));
      return FALSE;
    }
  *bound = cnn_tensor_get_data (tensor)[0];

  return TRUE;
}

static gboolean
import_clip (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             GError            **error)
{
  CnnAttributes attributes;
  guint layer;

  cnn_attributes_init (&attributes);
  attributes.minimum = -FLT_MAX;
  attributes.maximum = FLT_MAX;
  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error) ||
      !read_bound (self, node, "min", 1, &attributes.minimum, error) ||
      !read_bound (self, node, "max", 2, &attributes.maximum, error))
    return FALSE;

  if (!(attributes.minimum <= attributes.maximum))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "clips to %g … %g", attributes.minimum, attributes.maximum);
      return FALSE;
    }

  return cnn_onnx_importer_emit (self, node, CNN_KIND_CLIP, &attributes, &layer, 1, NULL, error);
}

static gboolean
import_batch_norm (CnnOnnxImporter    *self,
                   const CnnOnnxNode  *node,
                   GError            **error)
{
  static const CnnParameter order[] = {
    CNN_PARAMETER_WEIGHT, CNN_PARAMETER_BIAS, CNN_PARAMETER_MEAN, CNN_PARAMETER_VARIANCE,
  };
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
  CnnAttributes attributes;
  guint layer;

  if (cnn_onnx_node_get_integer (node, "training_mode", 0) != 0 ||
      cnn_onnx_node_get_integer (node, "spatial", 1) != 1)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "is in training mode or not per channel: export the model after model.eval()");
      return FALSE;
    }

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      parameters[order[i]] = cnn_onnx_importer_get_tensor (self, node, i + 1, error);
      if (parameters[order[i]] == NULL)
        return FALSE;
    }

  cnn_attributes_init (&attributes);
  attributes.epsilon = cnn_onnx_node_get_number (node, "epsilon", 1e-5f);

  return cnn_onnx_importer_emit (self, node, CNN_KIND_BATCH_NORM, &attributes, &layer, 1, parameters, error);
}

static gboolean
import_with_shape_operator (CnnOnnxImporter    *self,
                            const CnnOnnxNode  *node,
                            GError            **error)
{
  for (guint i = 0; cnn_onnx_shape_operators[i].type != NULL; i++)
    if (g_str_equal (cnn_onnx_shape_operators[i].type, node->type))
      return cnn_onnx_shape_operators[i].import (self, node, error);

  g_return_val_if_reached (FALSE);
}

/* All inputs as layers, to be joined. */
static guint *
get_layers (CnnOnnxImporter    *self,
            const CnnOnnxNode  *node,
            GError            **error)
{
  g_autofree guint *layers = g_new0 (guint, node->inputs->len + 1);

  for (guint i = 0; i < node->inputs->len; i++)
    if (!cnn_onnx_importer_get_layer (self, node, i, &layers[i], error))
      return NULL;

  return g_steal_pointer (&layers);
}

static gboolean
import_add (CnnOnnxImporter    *self,
            const CnnOnnxNode  *node,
            GError            **error)
{
  g_autofree guint *layers = NULL;

  if (cnn_onnx_importer_is_constant (self, node, 0) && cnn_onnx_importer_is_constant (self, node, 1))
    return import_with_shape_operator (self, node, error);

  /* A matrix product before has already added the constant. */
  if (g_hash_table_contains (self->absorbed, node))
    return cnn_onnx_importer_pass (self, node, cnn_onnx_importer_is_constant (self, node, 0) ? 1 : 0, error);

  layers = get_layers (self, node, error);
  if (layers == NULL)
    return FALSE;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_ADD, NULL, layers, node->inputs->len, NULL, error);
}

static gboolean
import_concat (CnnOnnxImporter    *self,
               const CnnOnnxNode  *node,
               GError            **error)
{
  g_autofree guint *layers = NULL;
  CnnAttributes attributes;

  if (cnn_onnx_importer_is_constant (self, node, 0))
    return import_with_shape_operator (self, node, error);

  layers = get_layers (self, node, error);
  if (layers == NULL)
    return FALSE;

  if (node->inputs->len == 1)
    return cnn_onnx_importer_pass (self, node, 0, error);

  cnn_attributes_init (&attributes);
  if (node->inputs->len == 0 ||
      !cnn_onnx_importer_get_axis (cnn_onnx_node_get_integer (node, "axis", 1),
                                   cnn_onnx_importer_get_shape (self, layers[0])->n_dims,
                                   &attributes.axis, error))
    return FALSE;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_CONCAT, &attributes,
                                 layers, node->inputs->len, NULL, error);
}

/* Before opset 13, an axis in the middle means that all from there on are one. */
static gboolean
import_softmax (CnnOnnxImporter    *self,
                const CnnOnnxNode  *node,
                GError            **error)
{
  gint64 fallback = self->model->opset < 13 ? 1 : -1;
  const CnnShape *shape;
  guint layer, axis;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  shape = cnn_onnx_importer_get_shape (self, layer);
  if (!cnn_onnx_importer_get_axis (cnn_onnx_node_get_integer (node, "axis", fallback),
                                   shape->n_dims, &axis, error))
    return FALSE;

  for (guint i = axis + 1; i < shape->n_dims && self->model->opset < 13; i++)
    if (shape->dims[i] != 1)
      {
        g_autofree char *text = cnn_shape_to_string (shape);

        g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                     "goes over all axes of %s from %u on, expected one", text, axis);
        return FALSE;
      }

  return cnn_onnx_importer_emit_simple (self, node, CNN_KIND_SOFTMAX, axis, error);
}

const CnnOnnxOperator cnn_onnx_operators[] = {
  { "Add", import_add, "" },
  { "BatchNormalization", import_batch_norm, "epsilon momentum spatial training_mode" },
  { "Clip", import_clip, "max min" },
  { "Concat", import_concat, "axis" },
  { "Dropout", import_dropout, "is_test ratio seed" },
  { "Identity", import_identity, "" },
  { "Relu", import_relu, "" },
  { "Softmax", import_softmax, "axis" },
  { "Sum", import_add, "" },
  { NULL }
};
