#pragma once

#include "formats/onnx/cnn-onnx-importer-private.h"

G_BEGIN_DECLS

/* Engine-internal: a regular part of a tensor: along each dimension some elements,
 * from begin on, by step. */
typedef struct
{
  CnnShape shape;
  gsize begin[CNN_MAX_DIMS];
  gssize step[CNN_MAX_DIMS];
} CnnOnnxPart;

void cnn_onnx_part_init (CnnOnnxPart    *self,
                         const CnnShape *whole);
guint cnn_onnx_importer_add_part (CnnOnnxImporter     *self,
                                  const CnnOnnxNode   *node,
                                  const char          *suffix,
                                  const CnnOnnxLayer  *layer,
                                  const CnnOnnxPart   *part,
                                  GError             **error);
void cnn_onnx_part_copy (CnnOnnxConstant       *to,
                         gsize                  to_start,
                         const CnnOnnxConstant *from,
                         const CnnOnnxPart     *part);
CnnOnnxConstant *cnn_onnx_importer_fold_part (CnnOnnxImporter        *self,
                                              const CnnOnnxConstant  *constant,
                                              const CnnOnnxPart      *part,
                                              GError                **error);

G_END_DECLS
