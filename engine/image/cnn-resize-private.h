#pragma once

#include "core/cnn-cpu.h"
#include "image/cnn-image.h"
#include "image/cnn-resize-kernels.h"

G_BEGIN_DECLS

/* The weights of one dimension, shared by all pictures of that size. */
typedef struct _CnnResizeAxis CnnResizeAxis;

/* A part of a resized picture. */
typedef struct
{
  guint left;
  guint top;
  guint width;
  guint height;
} CnnResizePart;

CnnResizeAxis          *cnn_resize_axis_get         (guint                   in_size,
                                                     guint                   out_size,
                                                     CnnFilter               filter);
void                    cnn_resize_axis_unref       (CnnResizeAxis          *self);
const CnnResizeWeights *cnn_resize_axis_get_weights (CnnResizeAxis          *self);

const CnnResizeKernels *cnn_resize_kernels_get      (CnnCpuLevel             level);
CnnImage               *cnn_image_resize_part       (CnnImage               *self,
                                                     guint                   width,
                                                     guint                   height,
                                                     CnnFilter               filter,
                                                     const CnnResizePart    *part,
                                                     const CnnResizeKernels *kernels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnResizeAxis, cnn_resize_axis_unref)

G_END_DECLS
