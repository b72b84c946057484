#define G_LOG_DOMAIN "cnn-op-reduce"

#include "ops/cnn-field-private.h"
#include "ops/cnn-walk-private.h"

#include <math.h>

/* The mean, sum, maximum or minimum over some dimensions, which are then gone, or
 * have an extent of 1. */

static gboolean
is_reduced (const CnnOpContext *context,
            guint               dimension)
{
  return (context->attributes->axes & 1u << dimension) != 0;
}

/* The input's shape with 1 in place of the reduced dimensions. */
static CnnShape
get_kept_shape (const CnnOpContext *context,
                const CnnShape     *input)
{
  CnnShape shape = *input;

  for (guint i = 0; i < shape.n_dims; i++)
    if (is_reduced (context, i))
      shape.dims[i] = 1;

  return shape;
}

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  if (!cnn_op_check_inputs (context, 1, 1, error) ||
      !cnn_op_check_axes (context, &inputs[0], error))
    return FALSE;

  if (context->attributes->keep_dims)
    {
      *output = get_kept_shape (context, &inputs[0]);
      return TRUE;
    }

  *output = (CnnShape) { 0 };
  for (guint i = 0; i < inputs[0].n_dims; i++)
    if (!is_reduced (context, i))
      output->dims[output->n_dims++] = inputs[0].dims[i];

  return TRUE;
}

static void
count (const CnnOpContext *context,
       const CnnShape     *inputs,
       const CnnShape     *output,
       CnnConvention       convention,
       CnnCost            *cost)
{
  guint64 n_out = cnn_shape_get_n_elements (output);
  guint64 n = cnn_shape_get_n_elements (&inputs[0]) - n_out;

  switch (context->kind)
    {
    case CNN_KIND_REDUCE_MEAN:
      cost->multiplications = n_out;
      cost->additions = n;
      break;

    case CNN_KIND_REDUCE_SUM:
      cost->additions = n;
      break;

    default:
      cost->comparisons = n;
    }
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

      if (dimension > 0 && is_reduced (context, dimension))
        {
          cnn_field_see_extent (&fields[0], axis, inputs[0].dims[dimension], output);
          output->dimension[axis] = context->attributes->keep_dims ? dimension : 0;
        }

      for (guint i = 1; i < dimension && !context->attributes->keep_dims; i++)
        if (is_reduced (context, i) && output->dimension[axis] > 0)
          output->dimension[axis]--;
    }
}

/* A NaN wins over every number, so that it is seen at the output. */
static void
take_in (CnnKind  kind,
         double  *result,
         double   x)
{
  switch (kind)
    {
    case CNN_KIND_REDUCE_MAX:
      *result = x > *result || isnan (x) ? x : *result;
      break;

    case CNN_KIND_REDUCE_MIN:
      *result = x < *result || isnan (x) ? x : *result;
      break;

    default:
      *result += x;
    }
}

static double
get_start (CnnKind kind)
{
  return kind == CNN_KIND_REDUCE_MAX ? -INFINITY : kind == CNN_KIND_REDUCE_MIN ? INFINITY : 0;
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const CnnShape *in = cnn_tensor_get_shape (inputs[0]);
  const float *from = cnn_tensor_get_data (inputs[0]);
  gsize n = cnn_shape_get_n_elements (in), n_out = cnn_tensor_get_n_elements (output);
  double divisor = context->kind == CNN_KIND_REDUCE_MEAN ? (double) (n / n_out) : 1;
  CnnShape kept = get_kept_shape (context, in);
  g_autofree double *results = g_new (double, n_out);
  CnnWalk walk;

  for (gsize i = 0; i < n_out; i++)
    results[i] = get_start (context->kind);

  cnn_walk_init (&walk, in, &kept);
  for (gsize i = 0; i < n; i++, cnn_walk_step (&walk))
    take_in (context->kind, &results[walk.offset], from[i]);

  for (gsize i = 0; i < n_out; i++)
    cnn_tensor_get_mutable_data (output)[i] = results[i] / divisor;
}

#define REDUCTION(kind, name_) \
  [CNN_KIND_##kind - CNN_FIRST_REDUCTION] = \
    { .name = name_, .infer_shape = infer_shape, .count = count, .see = see, .forward = forward }

const CnnOp cnn_op_reductions[] = {
  REDUCTION (REDUCE_MEAN, "reduce-mean"),
  REDUCTION (REDUCE_SUM, "reduce-sum"),
  REDUCTION (REDUCE_MAX, "reduce-max"),
  REDUCTION (REDUCE_MIN, "reduce-min"),
};
