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

/**
 * CnnSizesQuantity:
 * @CNN_SIZES_CONV_SIZE: output side of the convolution
 * @CNN_SIZES_POOL_SIZE: output side of the pooling
 * @CNN_SIZES_MULTIPLICATIONS: of the convolution
 * @CNN_SIZES_ADDITIONS: of the convolution
 * @CNN_SIZES_COMPARISONS: of the pooling
 * @CNN_SIZES_TOTAL: all three
 *
 * What the lesson asks for, in the order in which it is worked out.
 */
typedef enum
{
  CNN_SIZES_CONV_SIZE,
  CNN_SIZES_POOL_SIZE,
  CNN_SIZES_MULTIPLICATIONS,
  CNN_SIZES_ADDITIONS,
  CNN_SIZES_COMPARISONS,
  CNN_SIZES_TOTAL,
} CnnSizesQuantity;

#define CNN_SIZES_N_QUANTITIES (CNN_SIZES_TOTAL + 1)

void        cnn_sizes_lesson_init          (CnnSizesLesson        *lesson);
gboolean    cnn_sizes_lesson_solve         (const CnnSizesLesson  *lesson,
                                            CnnSizesAnswer        *answer,
                                            GError               **error);
char       *cnn_sizes_lesson_dup_working   (const CnnSizesLesson  *lesson,
                                            const CnnSizesAnswer  *answer,
                                            CnnSizesQuantity       quantity);
guint64     cnn_sizes_answer_get           (const CnnSizesAnswer  *answer,
                                            CnnSizesQuantity       quantity);
const char *cnn_sizes_quantity_get_name    (CnnSizesQuantity       quantity);
const char *cnn_sizes_quantity_get_formula (CnnSizesQuantity       quantity);

G_END_DECLS
