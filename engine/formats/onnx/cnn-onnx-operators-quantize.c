#define G_LOG_DOMAIN "cnn-onnx"

/* Networks that were quantised: constants become the floats that they stand for, and
 * what is computed is rounded as the integers would be. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include "core/cnn-error.h"

/* Input i as a list of numbers, whatever shape it has. */
static CnnTensor *
get_vector (CnnOnnxImporter    *self,
            const CnnOnnxNode  *node,
            guint               i,
            GError            **error)
{
  CnnTensor *tensor = cnn_onnx_importer_get_tensor (self, node, i, error);

  return tensor != NULL ? cnn_tensor_reshape (tensor, &CNN_SHAPE_1 (cnn_tensor_get_n_elements (tensor))) : NULL;
}

/* The type of integers that is wanted: the zero point's, or said outright. */
static gboolean
get_type (CnnOnnxImporter    *self,
          const CnnOnnxNode  *node,
          CnnOnnxType        *type,
          GError            **error)
{
  gint64 wanted = cnn_onnx_node_get_integer (node, "output_dtype", 0);
  CnnOnnxConstant *zero = NULL;

  if (cnn_onnx_importer_has_input (node, 2))
    {
      zero = cnn_onnx_importer_get_constant (self, node, 2, error);
      if (zero == NULL)
        return FALSE;
    }

  *type = zero != NULL ? zero->type : CNN_ONNX_UINT8;
  if (zero == NULL && wanted != 0)
    {
      if (!cnn_onnx_type_check (wanted, error))
        return FALSE;
      *type = wanted;
    }

  return TRUE;
}

static gboolean
check_blocks (const CnnOnnxNode  *node,
              GError            **error)
{
  if (cnn_onnx_node_get_integer (node, "block_size", 0) == 0)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "has a scale for each block, expected one for all or for each place along an axis");

  return FALSE;
}

static gboolean
import_quantize (CnnOnnxImporter        *self,
                 const CnnOnnxNode      *node,
                 const CnnOnnxOperator  *operator,
                 GError                **error)
{
  g_autoptr (CnnTensor) scale = get_vector (self, node, 1, error);
  g_autoptr (CnnTensor) zero = NULL;
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
  double minimum, maximum;
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnOnnxType type;
  CnnShape shape;

  if (scale == NULL || !check_blocks (node, error) || !get_type (self, node, &type, error) ||
      !cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  if (cnn_onnx_importer_has_input (node, 2))
    {
      zero = get_vector (self, node, 2, error);
      if (zero == NULL)
        return FALSE;
    }

  cnn_attributes_init (&attributes);
  cnn_onnx_importer_get_shape (self, &layer, &shape);
  if (cnn_tensor_get_n_elements (scale) > 1)
    {
      if (!cnn_onnx_get_axis (cnn_onnx_node_get_integer (node, "axis", 1), shape.n_dims, &attributes.axis, error))
        return FALSE;
      attributes.axis += layer.lead;
    }

  parameters[CNN_PARAMETER_WEIGHT] = scale;
  parameters[CNN_PARAMETER_BIAS] = zero;
  if (operator->kind == CNN_KIND_QUANTIZE)
    {
      cnn_onnx_type_get_range (type, &minimum, &maximum);
      attributes.minimum = minimum;
      attributes.maximum = maximum;
    }

  return cnn_onnx_importer_emit (self, node, operator->kind, &attributes, &layer, parameters, error);
}

/* Weights and biases. */
static gboolean
fold_dequantize (CnnOnnxImporter        *self,
                 const CnnOnnxNode      *node,
                 const CnnOnnxOperator  *operator,
                 GError                **error)
{
  CnnOnnxConstant *constant = cnn_onnx_importer_get_constant (self, node, 0, error);
  CnnTensor *scale = constant != NULL ? cnn_onnx_importer_get_tensor (self, node, 1, error) : NULL;
  CnnTensor *zero = NULL;
  CnnOnnxConstant *result;
  gsize strides[CNN_MAX_DIMS];
  gsize n_scales;
  guint axis = 0;

  if (scale == NULL || !check_blocks (node, error))
    return FALSE;

  if (cnn_onnx_importer_has_input (node, 2))
    {
      zero = cnn_onnx_importer_get_tensor (self, node, 2, error);
      if (zero == NULL)
        return FALSE;
    }

  n_scales = cnn_tensor_get_n_elements (scale);
  if (n_scales != 1 &&
      !cnn_onnx_get_axis (cnn_onnx_node_get_integer (node, "axis", 1), constant->shape.n_dims, &axis, error))
    return FALSE;

  if ((n_scales != 1 && n_scales != constant->shape.dims[axis]) ||
      (zero != NULL && cnn_tensor_get_n_elements (zero) != n_scales))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "has %" G_GSIZE_FORMAT " scales along dimension %u, expected one, or as many as elements, "
                   "and as many zero points", n_scales, axis);
      return FALSE;
    }

  result = cnn_onnx_constant_new (CNN_ONNX_FLOAT, &constant->shape, &self->files.own, error);
  if (result == NULL)
    return FALSE;

  cnn_onnx_get_strides (&constant->shape, strides);
  for (gsize i = 0; i < cnn_onnx_constant_get_n (constant); i++)
    {
      gsize place = n_scales == 1 ? 0 : i / strides[axis] % constant->shape.dims[axis];
      double number = cnn_onnx_constant_get (constant, i);

      if (zero != NULL)
        number -= cnn_tensor_get_data (zero)[place];
      cnn_onnx_constant_set (result, i, number * cnn_tensor_get_data (scale)[place]);
    }

  return cnn_onnx_importer_set_constant (self, node, 0, result, error);
}

const CnnOnnxOperator cnn_onnx_quantize_operators[] = {
  { "DequantizeLinear", "axis block_size", import_quantize, fold_dequantize, NULL, CNN_KIND_DEQUANTIZE },
  { "QuantizeLinear", "axis block_size output_dtype saturate", import_quantize, NULL, NULL, CNN_KIND_QUANTIZE },
  { NULL }
};
