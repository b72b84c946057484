#pragma once

#include "formats/cnn-number-type-private.h"
#include "formats/onnx/cnn-protobuf-private.h"

G_BEGIN_DECLS

/* Engine-internal: numbers that a graph holds, or that were worked out from them
 * while it was read. */

/* TensorProto.DataType, those that are understood. */
typedef enum
{
  CNN_ONNX_FLOAT = 1,
  CNN_ONNX_UINT8 = 2,
  CNN_ONNX_INT8 = 3,
  CNN_ONNX_UINT16 = 4,
  CNN_ONNX_INT16 = 5,
  CNN_ONNX_INT32 = 6,
  CNN_ONNX_INT64 = 7,
  CNN_ONNX_BOOL = 9,
  CNN_ONNX_FLOAT16 = 10,
  CNN_ONNX_DOUBLE = 11,
  CNN_ONNX_UINT32 = 12,
  CNN_ONNX_UINT64 = 13,
  CNN_ONNX_BFLOAT16 = 16,
} CnnOnnxType;

/* A tensor of one of these types, reference-counted. What a float32 holds exactly
 * or is to be computed in is in tensor, wider integers are in integers. Immutable
 * once it was filled. */
typedef struct
{
  CnnOnnxType type;
  CnnShape shape;
  CnnTensor *tensor;            /* or NULL */
  gint64 *integers;             /* or NULL */
} CnnOnnxConstant;

gboolean         cnn_onnx_type_check       (gint64                  type,
                                            GError                **error);
gboolean         cnn_onnx_type_is_floating (CnnOnnxType             type);
void             cnn_onnx_type_get_range   (CnnOnnxType             type,
                                            double                 *minimum,
                                            double                 *maximum);

CnnOnnxConstant *cnn_onnx_constant_new     (CnnOnnxType             type,
                                            const CnnShape         *shape,
                                            CnnNumberSource        *source,
                                            GError                **error);
CnnOnnxConstant *cnn_onnx_constant_take    (CnnOnnxType             type,
                                            CnnTensor              *tensor);
CnnOnnxConstant *cnn_onnx_constant_reshape (CnnOnnxConstant        *self,
                                            const CnnShape         *shape,
                                            CnnNumberSource        *source,
                                            GError                **error);
CnnOnnxConstant *cnn_onnx_constant_ref     (CnnOnnxConstant        *self);
void             cnn_onnx_constant_unref   (CnnOnnxConstant        *self);
gsize            cnn_onnx_constant_get_n   (const CnnOnnxConstant  *self);
double           cnn_onnx_constant_get     (const CnnOnnxConstant  *self,
                                            gsize                   i);
void             cnn_onnx_constant_set     (CnnOnnxConstant        *self,
                                            gsize                   i,
                                            double                  number);
CnnTensor       *cnn_onnx_constant_to_tensor (const CnnOnnxConstant *self,
                                            CnnNumberSource        *source,
                                            GError                **error);
GArray          *cnn_onnx_constant_to_integers (const CnnOnnxConstant *self,
                                            GError                **error);
void             cnn_onnx_constant_gather  (CnnOnnxConstant        *self,
                                            gsize                   to_start,
                                            const gsize            *to_strides,
                                            const CnnOnnxConstant  *from,
                                            gssize                  from_start,
                                            const gssize           *from_strides,
                                            const CnnShape         *shape);
void             cnn_onnx_get_strides      (const CnnShape         *shape,
                                            gsize                  *strides);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnOnnxConstant, cnn_onnx_constant_unref)

G_END_DECLS
