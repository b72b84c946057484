#define G_LOG_DOMAIN "cnn-op-backward"

#include "ops/cnn-op-private.h"

/* The numbers of the output are those of the input, in the same order. */
CNN_BACKWARD (cnn_op_backward_same)
{
  const float *d_out = cnn_tensor_get_data (d_output);
  float *d_in;

  if (d_inputs[0] == NULL)
    return;

  d_in = cnn_tensor_get_mutable_data (d_inputs[0]);
  for (gsize i = 0; i < cnn_tensor_get_n_elements (d_output); i++)
    d_in[i] += d_out[i];
}

/* Digits in which positions are moved: float32 holds each exactly. */
#define BASE ((gsize) 1 << 16)

/* Each number of the output is one of the input, or a constant. Which one,
 * forward() itself says when it moves positions instead of numbers: counted from
 * 1, so that what came from nowhere is 0, and in two digits, so that none is
 * rounded. */
CNN_BACKWARD (cnn_op_backward_moved)
{
  CnnAttributes attributes = *context->attributes;
  CnnOpContext moved = *context;
  g_autoptr (CnnTensor) digits = cnn_tensor_new_uninitialized (cnn_tensor_get_shape (inputs[0]));
  g_autoptr (CnnTensor) low = cnn_tensor_new_uninitialized (cnn_tensor_get_shape (d_output));
  g_autoptr (CnnTensor) high = cnn_tensor_new_uninitialized (cnn_tensor_get_shape (d_output));
  const CnnOp *op = cnn_op_get (context->kind);
  float *digit = cnn_tensor_get_mutable_data (digits);
  gsize n = cnn_tensor_get_n_elements (digits);

  if (d_inputs[0] == NULL)
    return;

  attributes.pad_value = 0;
  moved.attributes = &attributes;

  for (gsize i = 0; i < n; i++)
    digit[i] = (i + 1) % BASE;
  op->forward (&moved, (const CnnTensor *const *) &digits, low);

  for (gsize i = 0; i < n; i++)
    digit[i] = (i + 1) / BASE;
  op->forward (&moved, (const CnnTensor *const *) &digits, high);

  for (gsize i = 0; i < cnn_tensor_get_n_elements (d_output); i++)
    {
      gsize from = (gsize) cnn_tensor_get_data (high)[i] * BASE + (gsize) cnn_tensor_get_data (low)[i];

      if (from > 0)
        cnn_tensor_get_mutable_data (d_inputs[0])[from - 1] += cnn_tensor_get_data (d_output)[i];
    }
}
