#include "support/reference.h"

/* Returns: (transfer full): the output for tensors of any N, or %NULL with the
 *   error of shape inference */
CnnTensor *
reference_run_op (CnnKind               kind,
                  const CnnAttributes  *attributes,
                  CnnTensor *const     *inputs,
                  guint                 n_inputs,
                  CnnTensor *const     *parameters,
                  GError              **error)
{
  static CnnTensor *const no_parameters[CNN_N_PARAMETERS];
  const CnnOp *op = cnn_op_get (kind);
  CnnAttributes defaults;
  CnnOpContext context = {
    .kind = kind,
    .attributes = attributes != NULL ? attributes : &defaults,
    .parameters = parameters != NULL ? parameters : no_parameters,
    .n_inputs = n_inputs,
  };
  g_autofree CnnShape *shapes = g_new (CnnShape, n_inputs);
  CnnTensor *output;
  CnnShape shape;

  cnn_attributes_init (&defaults);
  for (guint i = 0; i < n_inputs; i++)
    shapes[i] = *cnn_tensor_get_shape (inputs[i]);

  if (!op->infer_shape (&context, shapes, &shape, error))
    return NULL;

  output = cnn_tensor_new_uninitialized (&shape);
  op->forward (&context, (const CnnTensor *const *) inputs, output);

  return output;
}

/* Returns: (transfer full) (element-type CnnTensor): the output of each layer,
 *   the input's among them */
GPtrArray *
reference_run_network (CnnNetwork *network,
                       CnnTensor  *input)
{
  GPtrArray *outputs = g_ptr_array_new_with_free_func ((GDestroyNotify) cnn_tensor_unref);

  g_ptr_array_add (outputs, cnn_tensor_ref (input));

  for (guint i = 1; i < cnn_network_get_n_layers (network); i++)
    {
      CnnLayer *layer = cnn_network_get_layer (network, i);
      guint n_inputs = cnn_layer_get_n_inputs (layer);
      g_autofree CnnTensor **inputs = g_new (CnnTensor *, n_inputs);
      CnnTensor *parameters[CNN_N_PARAMETERS];
      g_autoptr (GError) error = NULL;

      for (guint k = 0; k < n_inputs; k++)
        inputs[k] = g_ptr_array_index (outputs, cnn_layer_get_index (cnn_layer_get_input (layer, k)));
      for (guint k = 0; k < CNN_N_PARAMETERS; k++)
        parameters[k] = cnn_layer_get_parameter (layer, k);

      g_ptr_array_add (outputs, reference_run_op (cnn_layer_get_kind (layer), cnn_layer_get_attributes (layer),
                                                  inputs, n_inputs, parameters, &error));
      g_assert_no_error (error);
    }

  return outputs;
}

/* Returns: (transfer full): a tensor of numbers from the test's random seed */
CnnTensor *
reference_random (const CnnShape *shape,
                  double          minimum,
                  double          maximum)
{
  CnnTensor *tensor = cnn_tensor_new_uninitialized (shape);
  float *data = cnn_tensor_get_mutable_data (tensor);

  for (gsize i = 0; i < cnn_shape_get_n_elements (shape); i++)
    data[i] = g_test_rand_double_range (minimum, maximum);

  return tensor;
}
