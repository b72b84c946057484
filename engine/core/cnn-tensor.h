#pragma once

#include <glib-object.h>

#include "core/cnn-shape.h"

G_BEGIN_DECLS

#define CNN_TYPE_TENSOR (cnn_tensor_get_type ())

/**
 * CnnTensor:
 *
 * Float32 numbers in row-major order, with a shape.
 *
 * A tensor is reference-counted and atomic in its counting. Whoever makes one
 * fills it through [method@Tensor.get_mutable_data]; once it is handed to
 * someone else it never changes again, so any thread may read it without locks.
 * Its data start on a 64-byte boundary, except where they lie in a file's
 * mapping.
 */
typedef struct _CnnTensor CnnTensor;

GType           cnn_tensor_get_type         (void) G_GNUC_CONST;

CnnTensor      *cnn_tensor_new              (const CnnShape  *shape);
CnnTensor      *cnn_tensor_new_uninitialized (const CnnShape *shape);
CnnTensor      *cnn_tensor_new_from_data    (const CnnShape  *shape,
                                             const float     *data);
CnnTensor      *cnn_tensor_new_for_bytes    (const CnnShape  *shape,
                                             GBytes          *bytes,
                                             gsize            offset);
CnnTensor      *cnn_tensor_ref              (CnnTensor       *self);
void            cnn_tensor_unref            (CnnTensor       *self);
const CnnShape *cnn_tensor_get_shape        (const CnnTensor *self);
gsize           cnn_tensor_get_n_elements   (const CnnTensor *self);
const float    *cnn_tensor_get_data         (const CnnTensor *self);
float          *cnn_tensor_get_mutable_data (CnnTensor       *self);
CnnTensor      *cnn_tensor_slice            (CnnTensor       *self,
                                             gsize            index);
CnnTensor      *cnn_tensor_reshape          (CnnTensor       *self,
                                             const CnnShape  *shape);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnTensor, cnn_tensor_unref)

G_END_DECLS
