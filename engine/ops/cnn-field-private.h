#pragma once

#include "ops/cnn-op-private.h"

G_BEGIN_DECLS

/* The picture's axes, by which receptive fields count. In the window of a
 * convolution they lie along dimensions 2 and 3. */
#define CNN_AXIS_HEIGHT 0
#define CNN_AXIS_WIDTH 1

/* How far a receptive field reaches at most: further than any picture, and far
 * from overflowing. */
#define CNN_FIELD_MAX (G_GINT64_CONSTANT (1) << 40)

/* A run of cells of an axis whose fields move in equal steps: from cell first
 * on, n of them, seeing size pixels each, the first one from offset on. */
typedef struct
{
  gint64 first;
  gint64 n;
  gint64 offset;
  gint64 stride;
  gint64 size;
} CnnFieldRun;

gint64   cnn_field_reach          (gint64                   start,
                                   gint64                   n,
                                   gint64                   step);
gsize    cnn_field_get_extent     (const CnnShape          *shape,
                                   const CnnReceptiveField *field,
                                   guint                    axis);
void     cnn_field_see_window     (const CnnAttributes     *attributes,
                                   const CnnReceptiveField *field,
                                   CnnReceptiveField       *output);
void     cnn_field_see_extent     (const CnnReceptiveField *field,
                                   guint                    axis,
                                   gsize                    extent,
                                   CnnReceptiveField       *output);
void     cnn_field_see_dimension  (const CnnShape          *shape,
                                   guint                    dimension,
                                   CnnReceptiveField       *field);
void     cnn_field_see_everything (const CnnShape          *shape,
                                   const CnnReceptiveField *field,
                                   CnnReceptiveField       *output);
void     cnn_field_cover          (const CnnFieldRun       *runs,
                                   guint                    n_runs,
                                   const gint64            *strides,
                                   guint                    n_strides,
                                   guint                    axis,
                                   CnnReceptiveField       *output);
void     cnn_field_join           (const CnnShape          *shapes,
                                   const CnnReceptiveField *fields,
                                   guint                    n_branches,
                                   const CnnShape          *joined,
                                   guint                    in_turn,
                                   CnnReceptiveField       *output);

G_END_DECLS
