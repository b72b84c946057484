#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CNN_MAX_DIMS:
 *
 * The most dimensions that a tensor can have.
 */
#define CNN_MAX_DIMS 6

/**
 * CnnShape:
 * @n_dims: how many of @dims are used, at most %CNN_MAX_DIMS; 0 is a scalar
 * @dims: the extent of each dimension, the slowest first (N, C, H, W for
 *   pictures and feature maps)
 *
 * The shape of a tensor: a plain value, copied by assignment.
 */
typedef struct
{
  guint n_dims;
  gsize dims[CNN_MAX_DIMS];
} CnnShape;

#define CNN_SHAPE_1(a) ((CnnShape) { 1, { (a) } })
#define CNN_SHAPE_2(a, b) ((CnnShape) { 2, { (a), (b) } })
#define CNN_SHAPE_4(n, c, h, w) ((CnnShape) { 4, { (n), (c), (h), (w) } })

gboolean  cnn_shape_equal         (const CnnShape *a,
                                   const CnnShape *b);
gboolean  cnn_shape_is_valid      (const CnnShape *shape);
gsize     cnn_shape_get_n_elements (const CnnShape *shape);
char     *cnn_shape_to_string     (const CnnShape *shape);

G_END_DECLS
