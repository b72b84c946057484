#define G_LOG_DOMAIN "cnn-op-depth-space"

#include "ops/cnn-field-private.h"

/* Squares of pixels made of channels, and back: pixel shuffle. With squares of S×S,
 * N×(C·S²)×H×W becomes N×C×(H·S)×(W·S). Which channel goes to which place of the
 * square is counted by the output's channels and then the places, or the other way
 * round. */

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  gsize size = context->attributes->size;
  gboolean to_space = context->kind == CNN_KIND_DEPTH_TO_SPACE;
  const gsize *dims = inputs[0].dims;

  if (!cnn_op_check_inputs (context, 1, 1, error) ||
      !cnn_op_check_maps (&inputs[0], error))
    return FALSE;

  if (size == 0 || (to_space ? dims[1] % (size * size) : dims[2] % size + dims[3] % size) != 0)
    {
      g_autofree char *text = cnn_shape_to_string (&inputs[0]);

      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "input is %s, which squares of %" G_GSIZE_FORMAT " do not divide", text, size);
      return FALSE;
    }

  *output = to_space ? CNN_SHAPE_4 (dims[0], dims[1] / (size * size), dims[2] * size, dims[3] * size)
                     : CNN_SHAPE_4 (dims[0], dims[1] * size * size, dims[2] / size, dims[3] / size);

  return TRUE;
}

/* A pixel of a square sees what the one pixel saw that the square was. */
static void
see_to_space (const CnnOpContext      *context,
              const CnnShape          *inputs,
              const CnnReceptiveField *fields,
              CnnReceptiveField       *output)
{
  gsize size = context->attributes->size;

  *output = fields[0];

  for (guint axis = 0; axis < 2; axis++)
    {
      guint dimension = fields[0].dimension[axis];
      gint64 strides[] = { fields[0].stride[axis] / (gint64) size, fields[0].stride[axis], 0 };
      g_autofree CnnFieldRun *runs = NULL;
      gsize n = dimension >= 2 ? inputs[0].dims[dimension] * size : 0;

      if (n == 0)
        continue;

      runs = g_new (CnnFieldRun, n);
      for (gsize cell = 0; cell < n; cell++)
        runs[cell] = (CnnFieldRun) {
          .first = cell,
          .n = 1,
          .offset = cnn_field_reach (fields[0].offset[axis], cell / size, fields[0].stride[axis]),
          .size = fields[0].size[axis],
        };

      cnn_field_cover (runs, n, strides, G_N_ELEMENTS (strides), axis, output);
    }
}

static void
see_to_depth (const CnnOpContext      *context,
              const CnnShape          *inputs,
              const CnnReceptiveField *fields,
              CnnReceptiveField       *output)
{
  CnnAttributes square;

  cnn_attributes_init (&square);
  for (guint i = 0; i < 2; i++)
    square.kernel[i] = square.stride[i] = context->attributes->size;

  cnn_field_see_window (&square, &fields[0], output);
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  gboolean to_space = context->kind == CNN_KIND_DEPTH_TO_SPACE;
  gboolean places_first = !to_space || context->attributes->places_first;
  gsize size = context->attributes->size;
  const CnnShape *deep = cnn_tensor_get_shape (to_space ? inputs[0] : output);
  const CnnShape *wide = cnn_tensor_get_shape (to_space ? output : inputs[0]);
  const float *from = cnn_tensor_get_data (inputs[0]);
  float *to = cnn_tensor_get_mutable_data (output);

  for (gsize n = 0; n < wide->dims[0]; n++)
    for (gsize c = 0; c < wide->dims[1]; c++)
      for (gsize y = 0; y < wide->dims[2]; y++)
        for (gsize x = 0; x < wide->dims[3]; x++)
          {
            gsize place = y % size * size + x % size;
            gsize channel = places_first ? place * wide->dims[1] + c : c * size * size + place;
            gsize in_deep = ((n * deep->dims[1] + channel) * deep->dims[2] + y / size) * deep->dims[3] + x / size;
            gsize in_wide = ((n * wide->dims[1] + c) * wide->dims[2] + y) * wide->dims[3] + x;

            to[to_space ? in_wide : in_deep] = from[to_space ? in_deep : in_wide];
          }
}

const CnnOp cnn_op_depth_to_space = {
  .name = "depth-to-space",
  .infer_shape = infer_shape,
  .count = cnn_op_count_nothing,
  .see = see_to_space,
  .forward = forward,
  .backward = cnn_op_backward_moved,
};

const CnnOp cnn_op_space_to_depth = {
  .name = "space-to-depth",
  .infer_shape = infer_shape,
  .count = cnn_op_count_nothing,
  .see = see_to_depth,
  .forward = forward,
  .backward = cnn_op_backward_moved,
};
