#define G_LOG_DOMAIN "cnn-field"

#include "ops/cnn-field-private.h"

/* How receptive fields grow from layer to layer, each axis by itself. */

/* Returns: start + n·step, kept from overflowing */
gint64
cnn_field_reach (gint64 start,
                 gint64 n,
                 gint64 step)
{
  gint64 distance, end;

  if (__builtin_mul_overflow (n, step, &distance) || __builtin_add_overflow (start, distance, &end))
    return (n < 0) == (step < 0) ? CNN_FIELD_MAX : -CNN_FIELD_MAX;

  return CLAMP (end, -CNN_FIELD_MAX, CNN_FIELD_MAX);
}

/* Returns: how many cells a tensor has along the height or width; one where it
 *   has no such dimension */
gsize
cnn_field_get_extent (const CnnShape          *shape,
                      const CnnReceptiveField *field,
                      guint                    axis)
{
  return field->dimension[axis] > 0 ? shape->dims[field->dimension[axis]] : 1;
}

/* The field of what looks through a window, along dimensions 2 and 3, at cells
 * with the given field. */
void
cnn_field_see_window (const CnnAttributes     *attributes,
                      const CnnReceptiveField *field,
                      CnnReceptiveField       *output)
{
  *output = *field;

  for (guint axis = 0; axis < 2; axis++)
    {
      guint side = field->dimension[axis] - 2;
      gint64 extent, before;

      if (side > 1)
        continue;

      extent = (gint64) (attributes->kernel[side] - 1) * attributes->dilation[side];
      before = attributes->padding[side];
      output->size[axis] = cnn_field_reach (field->size[axis], extent, field->stride[axis]);
      output->stride[axis] = cnn_field_reach (0, attributes->stride[side], field->stride[axis]);
      output->offset[axis] = cnn_field_reach (field->offset[axis], -before, field->stride[axis]);
    }
}

/* The field, along one axis, of a single cell that looks at all extent cells. */
void
cnn_field_see_extent (const CnnReceptiveField *field,
                      guint                    axis,
                      gsize                    extent,
                      CnnReceptiveField       *output)
{
  output->size[axis] = cnn_field_reach (field->size[axis], (gint64) extent - 1, field->stride[axis]);
  output->stride[axis] = cnn_field_reach (0, (gint64) extent, field->stride[axis]);
  output->offset[axis] = field->offset[axis];
}

/* Lets every cell see what all of the cells along one dimension see. */
void
cnn_field_see_dimension (const CnnShape    *shape,
                         guint              dimension,
                         CnnReceptiveField *field)
{
  for (guint axis = 0; axis < 2; axis++)
    if (field->dimension[axis] == dimension)
      {
        cnn_field_see_extent (field, axis, shape->dims[dimension], field);
        field->stride[axis] = 0;
      }
}

/* The field of a single cell that looks at the whole of a tensor. */
void
cnn_field_see_everything (const CnnShape          *shape,
                          const CnnReceptiveField *field,
                          CnnReceptiveField       *output)
{
  for (guint axis = 0; axis < 2; axis++)
    {
      cnn_field_see_extent (field, axis, cnn_field_get_extent (shape, field, axis), output);
      output->dimension[axis] = 0;
    }
}

/* Along one axis, the smallest box that moves in steps of one of the strides and
 * holds the field of each cell of each run. Fields are linear in the cell, so
 * that the first and the last cell of a run bound it. */
void
cnn_field_cover (const CnnFieldRun *runs,
                 guint              n_runs,
                 const gint64      *strides,
                 guint              n_strides,
                 guint              axis,
                 CnnReceptiveField *output)
{
  output->size[axis] = G_MAXINT64;

  for (guint s = 0; s < n_strides; s++)
    {
      gint64 start = G_MAXINT64, end = G_MININT64;

      for (guint i = 0; i < n_runs; i++)
        {
          gint64 last = runs[i].n - 1;
          gint64 offset_last = cnn_field_reach (runs[i].offset, last, runs[i].stride);
          gint64 first_start = cnn_field_reach (runs[i].offset, -runs[i].first, strides[s]);
          gint64 last_start = cnn_field_reach (offset_last, -(runs[i].first + last), strides[s]);

          start = MIN (start, MIN (first_start, last_start));
          end = MAX (end, MAX (first_start, last_start) + runs[i].size);
        }

      if (end - start < output->size[axis])
        {
          output->size[axis] = end - start;
          output->stride[axis] = strides[s];
          output->offset[axis] = start;
        }
    }
}

/* The dimension along which an axis lies in the first branch that has one for
 * it. */
static guint
find_dimension (const CnnReceptiveField *fields,
                guint                    n_branches,
                guint                    axis)
{
  for (guint i = 0; i < n_branches; i++)
    if (fields[i].dimension[axis] > 0)
      return fields[i].dimension[axis];

  return 0;
}

/* What the cells of a branch see of an axis that lies along a dimension where the
 * branches meet, which has so many cells there: all of them the same where the
 * branch has its axis elsewhere, or is stretched. */
static void
get_run (const CnnShape          *shape,
         const CnnReceptiveField *field,
         guint                    axis,
         guint                    dimension,
         gint64                   n,
         CnnFieldRun             *run)
{
  gsize extent = cnn_field_get_extent (shape, field, axis);
  CnnReceptiveField all;

  if (field->dimension[axis] == dimension && (gint64) extent == n)
    {
      *run = (CnnFieldRun) { 0, n, field->offset[axis], field->stride[axis], field->size[axis] };
      return;
    }

  cnn_field_see_extent (field, axis, extent, &all);
  *run = (CnnFieldRun) { 0, n, all.offset[axis], 0, all.size[axis] };
}

/* The field where branches meet in a tensor of the joined shape: cell by cell,
 * stretched where they are smaller, or one branch after the other along the
 * dimension in_turn (0: none). */
void
cnn_field_join (const CnnShape          *shapes,
                const CnnReceptiveField *fields,
                guint                    n_branches,
                const CnnShape          *joined,
                guint                    in_turn,
                CnnReceptiveField       *output)
{
  g_autofree CnnFieldRun *runs = g_new (CnnFieldRun, n_branches);
  g_autofree gint64 *strides = g_new (gint64, n_branches);

  for (guint axis = 0; axis < 2; axis++)
    {
      guint dimension = find_dimension (fields, n_branches, axis);
      gboolean is_in_turn = dimension > 0 && dimension == in_turn;
      gint64 first = 0;

      for (guint i = 0; i < n_branches; i++)
        {
          gint64 n = is_in_turn ? shapes[i].dims[dimension] : dimension > 0 ? joined->dims[dimension] : 1;

          get_run (&shapes[i], &fields[i], axis, dimension, n, &runs[i]);
          runs[i].first = first;
          strides[i] = runs[i].stride;
          first += is_in_turn ? n : 0;
        }

      cnn_field_cover (runs, n_branches, strides, n_branches, axis, output);
      output->dimension[axis] = dimension;
    }
}
