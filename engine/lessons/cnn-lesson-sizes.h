#pragma once

#include "ops/cnn-op.h"

G_BEGIN_DECLS

/**
 * CnnSizesLesson:
 * @input_size: side of the square input, in cells
 * @channels: channels of the input
 * @filters: filters of the convolution
 * @kernel: side of its kernel
 * @stride: its stride
 * @padding: its zero padding
 * @pool_kernel: side of the pooling window
 * @pool_stride: stride of the pooling
 *
 * The first lesson's network (homework Q1): a convolution with ReLU, then a max
 * pooling. A plain value.
 */
typedef struct
{
  guint input_size;
  guint channels;
  guint filters;
  guint kernel;
  guint stride;
  guint padding;
  guint pool_kernel;
  guint pool_stride;
} CnnSizesLesson;

/**
 * CnnSizesAnswer:
 * @conv_size: output side of the convolution
 * @pool_size: output side of the pooling
 * @multiplications: of the convolution
 * @additions: of the convolution
 * @comparisons: of the pooling
 * @total: all three
 *
 * What the lesson's settings come to, counted in the homework's convention.
 */
typedef struct
{
  guint conv_size;
  guint pool_size;
  guint64 multiplications;
  guint64 additions;
  guint64 comparisons;
  guint64 total;
} CnnSizesAnswer;

void     cnn_sizes_lesson_init  (CnnSizesLesson        *lesson);
gboolean cnn_sizes_lesson_solve (const CnnSizesLesson  *lesson,
                                 CnnSizesAnswer        *answer,
                                 GError               **error);

G_END_DECLS
