#define G_LOG_DOMAIN "cnn-onnx"

/* Normalisations. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include "core/cnn-error.h"

/* GroupNormalization has a scale for each channel since then, before for each
 * group. */
#define GROUP_NORM_BY_CHANNEL 21

/* The inputs from 1 on as parameters, in that order; those left out at the end are
 * NULL. */
static gboolean
get_parameters (CnnOnnxImporter     *self,
                const CnnOnnxNode   *node,
                const CnnParameter  *order,
                guint                n,
                guint                n_needed,
                CnnTensor          **parameters,
                GError             **error)
{
  for (guint i = 0; i < n; i++)
    if (i < n_needed || cnn_onnx_importer_has_input (node, i + 1))
      {
        parameters[order[i]] = cnn_onnx_importer_get_tensor (self, node, i + 1, error);
        if (parameters[order[i]] == NULL)
          return FALSE;
      }

  return TRUE;
}

/* Input 0 with its channels where the engine has them. */
static gboolean
get_channels (CnnOnnxImporter    *self,
              const CnnOnnxNode  *node,
              CnnOnnxLayer       *layer,
              CnnShape           *shape,
              GError            **error)
{
  g_autofree char *text = NULL;

  if (!cnn_onnx_importer_get_layer (self, node, 0, layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, layer, shape);
  if (layer->lead == 0)
    return TRUE;

  text = cnn_shape_to_string (shape);
  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "input is %s, expected one picture, 1×C×H×W", text);

  return FALSE;
}

static gboolean
import_batch_norm (CnnOnnxImporter        *self,
                   const CnnOnnxNode      *node,
                   const CnnOnnxOperator  *operator,
                   GError                **error)
{
  static const CnnParameter order[] = {
    CNN_PARAMETER_WEIGHT, CNN_PARAMETER_BIAS, CNN_PARAMETER_MEAN, CNN_PARAMETER_VARIANCE,
  };
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnShape shape;

  if (cnn_onnx_node_get_integer (node, "training_mode", 0) != 0 ||
      cnn_onnx_node_get_integer (node, "spatial", 1) != 1)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "is in training mode or not per channel: export the model after model.eval()");
      return FALSE;
    }

  if (!get_channels (self, node, &layer, &shape, error) ||
      !get_parameters (self, node, order, G_N_ELEMENTS (order), G_N_ELEMENTS (order), parameters, error))
    return FALSE;

  cnn_attributes_init (&attributes);
  attributes.epsilon = cnn_onnx_node_get_number (node, "epsilon", 1e-5f);

  return cnn_onnx_importer_emit (self, node, CNN_KIND_BATCH_NORM, &attributes, &layer, parameters, error);
}

static gboolean
import_instance_norm (CnnOnnxImporter        *self,
                      const CnnOnnxNode      *node,
                      const CnnOnnxOperator  *operator,
                      GError                **error)
{
  static const CnnParameter order[] = { CNN_PARAMETER_WEIGHT, CNN_PARAMETER_BIAS };
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnShape shape;

  if (!get_channels (self, node, &layer, &shape, error) ||
      !get_parameters (self, node, order, G_N_ELEMENTS (order), G_N_ELEMENTS (order), parameters, error))
    return FALSE;

  cnn_attributes_init (&attributes);
  attributes.epsilon = cnn_onnx_node_get_number (node, "epsilon", 1e-5f);

  return cnn_onnx_importer_emit (self, node, CNN_KIND_INSTANCE_NORM, &attributes, &layer, parameters, error);
}

/* Every number of a vector several times over. */
static CnnTensor *
repeat_each (CnnOnnxImporter  *self,
             CnnTensor        *vector,
             gsize             times,
             GError          **error)
{
  gsize n = cnn_tensor_get_n_elements (vector);
  CnnTensor *result = cnn_number_source_allocate (&self->files.own, &CNN_SHAPE_1 (n * times), error);

  for (gsize i = 0; result != NULL && i < n * times; i++)
    cnn_tensor_get_mutable_data (result)[i] = cnn_tensor_get_data (vector)[i / times];

  return result;
}

static gboolean
import_group_norm (CnnOnnxImporter        *self,
                   const CnnOnnxNode      *node,
                   const CnnOnnxOperator  *operator,
                   GError                **error)
{
  static const CnnParameter order[] = { CNN_PARAMETER_WEIGHT, CNN_PARAMETER_BIAS };
  gint64 n_groups = cnn_onnx_node_get_integer (node, "num_groups", 0);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
  g_autoptr (CnnTensor) weight = NULL;
  g_autoptr (CnnTensor) bias = NULL;
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnShape shape;
  gsize times;

  if (!get_channels (self, node, &layer, &shape, error) ||
      !get_parameters (self, node, order, G_N_ELEMENTS (order), G_N_ELEMENTS (order), parameters, error))
    return FALSE;

  if (shape.n_dims < 2 || n_groups < 1 || shape.dims[1] % n_groups != 0)
    {
      g_autofree char *text = cnn_shape_to_string (&shape);

      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "makes %" G_GINT64_FORMAT " groups of %s", n_groups, text);
      return FALSE;
    }

  times = self->model->opset < GROUP_NORM_BY_CHANNEL ? shape.dims[1] / n_groups : 1;
  weight = repeat_each (self, parameters[CNN_PARAMETER_WEIGHT], times, error);
  bias = weight != NULL ? repeat_each (self, parameters[CNN_PARAMETER_BIAS], times, error) : NULL;
  if (bias == NULL)
    return FALSE;

  parameters[CNN_PARAMETER_WEIGHT] = weight;
  parameters[CNN_PARAMETER_BIAS] = bias;
  cnn_attributes_init (&attributes);
  attributes.epsilon = cnn_onnx_node_get_number (node, "epsilon", 1e-5f);
  attributes.groups = n_groups;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_GROUP_NORM, &attributes, &layer, parameters, error);
}

static gboolean
import_layer_norm (CnnOnnxImporter        *self,
                   const CnnOnnxNode      *node,
                   const CnnOnnxOperator  *operator,
                   GError                **error)
{
  static const CnnParameter order[] = { CNN_PARAMETER_WEIGHT, CNN_PARAMETER_BIAS };
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnShape shape;
  guint axis;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error) ||
      !get_parameters (self, node, order, G_N_ELEMENTS (order), 1, parameters, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, &layer, &shape);
  if (!cnn_onnx_get_axis (cnn_onnx_node_get_integer (node, "axis", -1), shape.n_dims, &axis, error) ||
      (axis == 0 && !cnn_onnx_importer_get_free_layer (self, node, 0, &layer, error)))
    return FALSE;

  cnn_attributes_init (&attributes);
  attributes.epsilon = cnn_onnx_node_get_number (node, "epsilon", 1e-5f);
  attributes.axes = 0;
  for (guint i = axis; i < shape.n_dims; i++)
    attributes.axes |= 1u << (i + layer.lead);

  return cnn_onnx_importer_emit (self, node, CNN_KIND_LAYER_NORM, &attributes, &layer, parameters, error);
}

/* Over neighbouring channels, as in AlexNet and GoogLeNet. */
static gboolean
import_local_response_norm (CnnOnnxImporter        *self,
                            const CnnOnnxNode      *node,
                            const CnnOnnxOperator  *operator,
                            GError                **error)
{
  gint64 size = cnn_onnx_node_get_integer (node, "size", 0);
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnShape shape;

  if (!get_channels (self, node, &layer, &shape, error))
    return FALSE;

  if (size < 1 || size > G_MAXUINT16)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "goes over %" G_GINT64_FORMAT " channels, expected 1 to %d", size, G_MAXUINT16);
      return FALSE;
    }

  cnn_attributes_init (&attributes);
  attributes.alpha = cnn_onnx_node_get_number (node, "alpha", 1e-4f);
  attributes.beta = cnn_onnx_node_get_number (node, "beta", 0.75f);
  attributes.offset = cnn_onnx_node_get_number (node, "bias", 1);
  attributes.size = size;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_LOCAL_RESPONSE_NORM, &attributes, &layer, NULL, error);
}

const CnnOnnxOperator cnn_onnx_norm_operators[] = {
  { "BatchNormalization", "epsilon is_test momentum spatial training_mode", import_batch_norm },
  { "GroupNormalization", "epsilon num_groups stash_type", import_group_norm },
  { "InstanceNormalization", "epsilon", import_instance_norm },
  { "LRN", "alpha beta bias size", import_local_response_norm },
  { "LayerNormalization", "axis epsilon stash_type", import_layer_norm },
  { NULL }
};
