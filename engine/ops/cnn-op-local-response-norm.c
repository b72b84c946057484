#define G_LOG_DOMAIN "cnn-op-local-response-norm"

#include "ops/cnn-op-private.h"

#include <math.h>

/* out = in / (offset + alpha · mean)^beta, the mean being that of the squares of
 * size channels around: from (size − 1) / 2 below, rounded down, to the rest above,
 * those that are not there being 0. Krizhevsky, Sutskever, Hinton, "ImageNet
 * Classification with Deep Convolutional Neural Networks", 2012, with alpha as
 * Caffe, ONNX and PyTorch have it. */

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  const CnnAttributes *attributes = context->attributes;

  if (!cnn_op_infer_same (context, inputs, output, error) ||
      !cnn_op_check_channels (&inputs[0], error))
    return FALSE;

  if (attributes->size == 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "size is 0, expected 1 channel or more");
      return FALSE;
    }

  if (!isfinite (attributes->alpha) || !isfinite (attributes->beta) || !isfinite (attributes->offset))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "alpha %g, beta %g, offset %g: expected finite numbers",
                   attributes->alpha, attributes->beta, attributes->offset);
      return FALSE;
    }

  return TRUE;
}

/* The channels around one, from the first up to but without the end. */
static void
get_channels (const CnnAttributes *attributes,
              gsize                n_channels,
              gsize                channel,
              gsize               *first,
              gsize               *end)
{
  gsize before = (attributes->size - 1) / 2;
  gsize behind = attributes->size - before;

  *first = channel < before ? 0 : channel - before;
  *end = n_channels - channel < behind ? n_channels : channel + behind;
}

/* A square for each element, their sums, a multiplication by alpha / size, an
 * addition and a division. */
static void
count (const CnnOpContext *context,
       const CnnShape     *inputs,
       const CnnShape     *output,
       CnnConvention       convention,
       CnnCost            *cost)
{
  guint64 n = cnn_shape_get_n_elements (output);
  guint64 n_terms = 0;

  for (gsize c = 0; c < output->dims[1]; c++)
    {
      gsize first, end;

      get_channels (context->attributes, output->dims[1], c, &first, &end);
      n_terms += end - first;
    }

  cost->multiplications = 3 * n;
  cost->additions = n / output->dims[1] * n_terms;
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const CnnAttributes *attributes = context->attributes;
  const CnnShape *shape = cnn_tensor_get_shape (output);
  const float *in = cnn_tensor_get_data (inputs[0]);
  float *out = cnn_tensor_get_mutable_data (output);
  gsize n_planes = shape->dims[0] * shape->dims[1];
  gsize plane = cnn_shape_get_n_elements (shape) / n_planes;

  for (gsize p = 0; p < n_planes; p++)
    {
      gsize c = p % shape->dims[1], first, end;

      get_channels (attributes, shape->dims[1], c, &first, &end);

      for (gsize i = 0; i < plane; i++)
        {
          double sum = 0;

          for (gsize k = first; k < end; k++)
            {
              double x = in[(p - c + k) * plane + i];

              sum += x * x;
            }

          out[p * plane + i] = in[p * plane + i] /
            pow (attributes->offset + attributes->alpha / attributes->size * sum, attributes->beta);
        }
    }
}

const CnnOp cnn_op_local_response_norm = {
  .name = "local-response-norm",
  .infer_shape = infer_shape,
  .count = count,
  .see = cnn_op_see_same,
  .forward = forward,
};
