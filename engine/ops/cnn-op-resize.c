#define G_LOG_DOMAIN "cnn-op-resize"

#include "ops/cnn-field-private.h"

#include <math.h>

/* Maps in another height and width. Where in the input an output pixel looks is said
 * by the coordinates, and what it makes of the pixels around there by the
 * interpolation: ONNX's Resize, of which PyTorch's interpolate() is a part. */

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  if (!cnn_op_check_inputs (context, 1, 1, error) ||
      !cnn_op_check_maps (&inputs[0], error))
    return FALSE;

  *output = inputs[0];
  for (guint i = 0; i < 2; i++)
    output->dims[2 + i] = context->attributes->output_size[i];

  return TRUE;
}

/* The pixels around a place, and how much of the second one there is. */
typedef struct
{
  gsize first;
  gsize second;
  double share;
} Look;

static double
find_place (const CnnAttributes *attributes,
            guint                side,
            gsize                in,
            gsize                out,
            gsize                pixel)
{
  double scale = attributes->scale[side] > 0 ? attributes->scale[side] : (double) out / in;

  switch (attributes->coordinates)
    {
    case CNN_COORDINATES_HALF_PIXEL:
      return (pixel + 0.5) / scale - 0.5;
    case CNN_COORDINATES_PYTORCH_HALF_PIXEL:
      return out > 1 ? (pixel + 0.5) / scale - 0.5 : 0;
    case CNN_COORDINATES_ALIGN_CORNERS:
      return out > 1 ? pixel * (in - 1.0) / (scale * in - 1) : 0;
    case CNN_COORDINATES_ASYMMETRIC:
      return pixel / scale;
    default:
      g_return_val_if_reached (0);
    }
}

static Look
look_at (const CnnAttributes *attributes,
         guint                side,
         gsize                in,
         gsize                out,
         gsize                pixel)
{
  double place = find_place (attributes, side, in, out, pixel);
  double nearest;

  switch (attributes->interpolation)
    {
    case CNN_INTERPOLATION_NEAREST_HALF_DOWN:
      nearest = ceil (place - 0.5);
      break;
    case CNN_INTERPOLATION_NEAREST_HALF_UP:
      nearest = floor (place + 0.5);
      break;
    case CNN_INTERPOLATION_FLOOR:
      nearest = floor (place);
      break;
    case CNN_INTERPOLATION_CEIL:
      nearest = ceil (place);
      break;
    case CNN_INTERPOLATION_LINEAR:
    default:
      place = CLAMP (place, 0, (double) (in - 1));
      nearest = floor (place);
      return (Look) { nearest, MIN ((gsize) nearest + 1, in - 1), place - nearest };
    }

  nearest = CLAMP (nearest, 0, (double) (in - 1));

  return (Look) { nearest, nearest, 0 };
}

/* Between four pixels: three multiplications and additions for each pair. */
static void
count (const CnnOpContext *context,
       const CnnShape     *inputs,
       const CnnShape     *output,
       CnnConvention       convention,
       CnnCost            *cost)
{
  guint64 n = cnn_shape_get_n_elements (output);

  if (context->attributes->interpolation != CNN_INTERPOLATION_LINEAR)
    return;

  cost->multiplications = 4 * n;
  cost->additions = 3 * n;
}

static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  *output = fields[0];

  for (guint axis = 0; axis < 2; axis++)
    {
      guint dimension = fields[0].dimension[axis];
      gsize in = dimension > 0 ? inputs[0].dims[dimension] : 1;
      gsize out = dimension >= 2 ? context->attributes->output_size[dimension - 2] : 1;
      gint64 strides[] = {
        cnn_field_reach (0, in / out, fields[0].stride[axis]),
        cnn_field_reach (0, (in + out - 1) / out, fields[0].stride[axis]),
      };
      g_autofree CnnFieldRun *runs = NULL;

      if (dimension < 2)
        continue;

      runs = g_new (CnnFieldRun, out);
      for (gsize cell = 0; cell < out; cell++)
        {
          Look look = look_at (context->attributes, dimension - 2, in, out, cell);
          CnnReceptiveField seen;

          cnn_field_see_extent (&fields[0], axis, (look.share > 0 ? look.second : look.first) - look.first + 1, &seen);
          runs[cell] = (CnnFieldRun) {
            .first = cell,
            .n = 1,
            .offset = cnn_field_reach (seen.offset[axis], look.first, fields[0].stride[axis]),
            .size = seen.size[axis],
          };
        }

      cnn_field_cover (runs, out, strides, G_N_ELEMENTS (strides), axis, output);
    }
}

/* A share of nothing is nothing, whatever stands there: also of an infinity. */
static double
mix (double a,
     double b,
     double share)
{
  return share > 0 ? a * (1 - share) + b * share : a;
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const CnnShape *in = cnn_tensor_get_shape (inputs[0]);
  const CnnShape *shape = cnn_tensor_get_shape (output);
  const float *plane = cnn_tensor_get_data (inputs[0]);
  float *out = cnn_tensor_get_mutable_data (output);
  g_autofree Look *columns = g_new (Look, shape->dims[3]);

  for (gsize x = 0; x < shape->dims[3]; x++)
    columns[x] = look_at (context->attributes, 1, in->dims[3], shape->dims[3], x);

  for (gsize p = 0; p < in->dims[0] * in->dims[1]; p++, plane += in->dims[2] * in->dims[3])
    for (gsize y = 0; y < shape->dims[2]; y++)
      {
        Look row = look_at (context->attributes, 0, in->dims[2], shape->dims[2], y);
        const float *upper = plane + row.first * in->dims[3];
        const float *lower = plane + row.second * in->dims[3];

        for (gsize x = 0; x < shape->dims[3]; x++)
          {
            const Look *column = &columns[x];

            *out++ = mix (mix (upper[column->first], upper[column->second], column->share),
                          mix (lower[column->first], lower[column->second], column->share), row.share);
          }
      }
}

const CnnOp cnn_op_resize = {
  .name = "resize",
  .infer_shape = infer_shape,
  .count = count,
  .see = see,
  .forward = forward,
};
