#pragma once

#include "core/cnn-shape.h"

G_BEGIN_DECLS

/* Walks through the elements of a tensor in row-major order, with an offset into
 * another tensor that follows: by a stride of its own along each dimension, 0
 * where it is stretched or summed. */
typedef struct
{
  CnnShape shape;
  gsize at[CNN_MAX_DIMS];
  gssize strides[CNN_MAX_DIMS];
  gssize offset;
} CnnWalk;

/* The strides of a tensor whose dimensions are the last ones of the walk's; 0
 * along those that are 1 there, or that it has not. */
static inline void
cnn_walk_init (CnnWalk        *self,
               const CnnShape *shape,
               const CnnShape *follower)
{
  guint missing = shape->n_dims - follower->n_dims;
  gssize stride = 1;

  *self = (CnnWalk) { .shape = *shape };

  for (guint i = shape->n_dims; i-- > missing;)
    {
      gsize extent = follower->dims[i - missing];

      self->strides[i] = extent == 1 ? 0 : stride;
      stride *= extent;
    }
}

static inline void
cnn_walk_step (CnnWalk *self)
{
  for (guint i = self->shape.n_dims; i-- > 0;)
    {
      self->offset += self->strides[i];
      if (++self->at[i] < self->shape.dims[i])
        return;

      self->offset -= self->strides[i] * (gssize) self->shape.dims[i];
      self->at[i] = 0;
    }
}

G_END_DECLS
