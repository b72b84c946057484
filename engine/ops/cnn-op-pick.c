#define G_LOG_DOMAIN "cnn-op-pick"

#include "ops/cnn-field-private.h"
#include "ops/cnn-pick-private.h"
#include "ops/cnn-walk-private.h"

/* Layers whose output elements are elements of their input, found along each
 * dimension by itself: slice, expand, pad and channel-shuffle. All of them are a
 * table for each dimension, which says where along the input each element of the
 * output comes from. */

/* How far padding may reach: as far as a window's may. */
#define MAX_PADDING 65535

static gboolean
infer_slice (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  const CnnAttributes *attributes = context->attributes;

  if (!cnn_op_check_inputs (context, 1, 1, error) ||
      !cnn_op_get_wanted_shape (context, &inputs[0], output, error) ||
      !cnn_op_check_n_dims (&inputs[0], output, error))
    return FALSE;

  for (guint i = 1; i < output->n_dims; i++)
    {
      gssize begin = attributes->begin[i], extent = inputs[0].dims[i], distance, last;

      if (begin >= 0 && begin < extent && output->dims[i] > 0 &&
          !__builtin_mul_overflow ((gssize) output->dims[i] - 1, attributes->step[i], &distance) &&
          !__builtin_add_overflow (begin, distance, &last) && last >= 0 && last < extent)
        continue;

      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "%" G_GSIZE_FORMAT " elements from %" G_GSSIZE_FORMAT " in steps of %" G_GSSIZE_FORMAT
                   " along dimension %u, expected them to be among %" G_GSSIZE_FORMAT,
                   output->dims[i], begin, attributes->step[i], i, extent);
      return FALSE;
    }

  return TRUE;
}

static gboolean
infer_expanded (const CnnOpContext  *context,
                const CnnShape      *inputs,
                CnnShape            *output,
                GError             **error)
{
  if (!cnn_op_check_inputs (context, 1, 1, error) ||
      !cnn_op_get_wanted_shape (context, &inputs[0], output, error) ||
      !cnn_op_check_n_dims (&inputs[0], output, error))
    return FALSE;

  for (guint i = 0; i < output->n_dims; i++)
    if (output->dims[i] == 0 || output->dims[i] % inputs[0].dims[i] != 0)
      {
        g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                     "extent %" G_GSIZE_FORMAT " along dimension %u, expected a multiple of %" G_GSIZE_FORMAT,
                     output->dims[i], i, inputs[0].dims[i]);
        return FALSE;
      }

  return TRUE;
}

static gboolean
infer_padded (const CnnOpContext  *context,
              const CnnShape      *inputs,
              CnnShape            *output,
              GError             **error)
{
  const CnnAttributes *attributes = context->attributes;

  if (!cnn_op_check_inputs (context, 1, 1, error))
    return FALSE;

  *output = inputs[0];

  for (guint i = 0; i < output->n_dims; i++)
    {
      gsize begin = attributes->begin[i], end = attributes->end[i];
      gsize most = i == 0 ? 0 : attributes->pad_mode == CNN_PAD_REFLECT ? inputs[0].dims[i] - 1 : MAX_PADDING;

      if (begin > most || end > most)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                       "padding is %" G_GSIZE_FORMAT " and %" G_GSIZE_FORMAT
                       " along dimension %u, expected at most %" G_GSIZE_FORMAT,
                       begin, end, i, most);
          return FALSE;
        }

      output->dims[i] += begin + end;
    }

  return TRUE;
}

static gboolean
infer_shuffled (const CnnOpContext  *context,
                const CnnShape      *inputs,
                CnnShape            *output,
                GError             **error)
{
  guint groups = context->attributes->groups;

  if (!cnn_op_infer_same (context, inputs, output, error) ||
      !cnn_op_check_channels (&inputs[0], error))
    return FALSE;

  if (groups == 0 || output->dims[1] % groups != 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "%u groups do not divide the %" G_GSIZE_FORMAT " channels of the input",
                   groups, output->dims[1]);
      return FALSE;
    }

  return TRUE;
}

static gssize
pick_padded (const CnnAttributes *attributes,
             gssize               at,
             gssize               extent)
{
  switch (attributes->pad_mode)
    {
    case CNN_PAD_REFLECT:
      return at < 0 ? -at : at >= extent ? 2 * (extent - 1) - at : at;

    case CNN_PAD_EDGE:
      return CLAMP (at, 0, extent - 1);

    case CNN_PAD_CONSTANT:
    default:
      return at < 0 || at >= extent ? CNN_PICK_NOTHING : at;
    }
}

/* Where along a dimension of the input, of that extent, an element of the output
 * comes from; CNN_PICK_NOTHING where it is a constant. For the kinds of this
 * file, and those that move nothing. */
gssize
cnn_pick (CnnKind              kind,
          const CnnAttributes *attributes,
          guint                dimension,
          gsize                extent,
          gsize                element)
{
  switch (kind)
    {
    case CNN_KIND_SLICE:
      return dimension == 0 ? element : attributes->begin[dimension] + element * attributes->step[dimension];

    case CNN_KIND_EXPAND:
      return element % extent;

    case CNN_KIND_PAD:
      return pick_padded (attributes, (gssize) element - (gssize) attributes->begin[dimension], extent);

    /* The channels of all groups in turn: the first of each, the second of each… */
    case CNN_KIND_CHANNEL_SHUFFLE:
      return dimension == 1 ? element % attributes->groups * (extent / attributes->groups) +
                              element / attributes->groups
                            : element;

    default:
      return element;
    }
}

/* Cell by cell: steps that are not equal are covered, and fields that would move
 * backwards. Padding sees nothing where it is constant. */
static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  const CnnAttributes *attributes = context->attributes;
  const CnnOp *op = cnn_op_get (context->kind);
  CnnShape shape;

  if (!op->infer_shape (context, inputs, &shape, NULL))
    g_return_if_reached ();

  *output = fields[0];

  for (guint axis = 0; axis < 2; axis++)
    {
      guint dimension = fields[0].dimension[axis];
      gint64 step = context->kind == CNN_KIND_SLICE ? attributes->step[dimension] : 1;
      gint64 strides[] = { cnn_field_reach (0, MAX (step, 0), fields[0].stride[axis]), 0 };
      g_autofree CnnFieldRun *runs = NULL;
      guint n_runs = 0;

      if (dimension == 0)
        continue;

      runs = g_new (CnnFieldRun, shape.dims[dimension]);
      for (gsize cell = 0; cell < shape.dims[dimension]; cell++)
        {
          gssize from = cnn_pick (context->kind, attributes, dimension, inputs[0].dims[dimension], cell);

          if (from != CNN_PICK_NOTHING)
            runs[n_runs++] = (CnnFieldRun) {
              .first = cell,
              .n = 1,
              .offset = cnn_field_reach (fields[0].offset[axis], from, fields[0].stride[axis]),
              .size = fields[0].size[axis],
            };
        }

      cnn_field_cover (runs, n_runs, strides, G_N_ELEMENTS (strides), axis, output);
    }
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const CnnShape *in = cnn_tensor_get_shape (inputs[0]);
  const CnnShape *shape = cnn_tensor_get_shape (output);
  const float *from = cnn_tensor_get_data (inputs[0]);
  float *out = cnn_tensor_get_mutable_data (output);
  gsize n = cnn_shape_get_n_elements (shape);
  CnnWalk walk;

  cnn_walk_init (&walk, shape, shape);

  for (gsize i = 0; i < n; i++, cnn_walk_step (&walk))
    {
      gsize offset = 0;
      gboolean is_there = TRUE;

      for (guint d = 0; d < shape->n_dims; d++)
        {
          gssize element = cnn_pick (context->kind, context->attributes, d, in->dims[d], walk.at[d]);

          is_there &= element != CNN_PICK_NOTHING;
          offset = offset * in->dims[d] + element;
        }

      out[i] = is_there ? from[offset] : context->attributes->pad_value;
    }
}

const CnnOp cnn_op_slice = {
  .name = "slice",
  .infer_shape = infer_slice,
  .count = cnn_op_count_nothing,
  .see = see,
  .forward = forward,
  .backward = cnn_op_backward_moved,
};

const CnnOp cnn_op_expand = {
  .name = "expand",
  .infer_shape = infer_expanded,
  .count = cnn_op_count_nothing,
  .see = see,
  .forward = forward,
  .backward = cnn_op_backward_moved,
};

const CnnOp cnn_op_pad = {
  .name = "pad",
  .infer_shape = infer_padded,
  .count = cnn_op_count_nothing,
  .see = see,
  .forward = forward,
  .backward = cnn_op_backward_moved,
};

const CnnOp cnn_op_channel_shuffle = {
  .name = "channel-shuffle",
  .infer_shape = infer_shuffled,
  .count = cnn_op_count_nothing,
  .see = see,
  .forward = forward,
  .backward = cnn_op_backward_moved,
};
