#pragma once

#include "core/cnn-tensor.h"

G_BEGIN_DECLS

/* The ONNX project's own tests of its operators: a graph of one node or a few, the
 * tensors that go in, and those that come out. */

/* What of a vector is the picture, which a Reshape brings to its shape; all else are
 * initializers. Last comes a sum with 0, so that no operator is the network's end,
 * where some are not carried out. */
typedef enum
{
  ONNX_VECTOR_FIRST,            /* the first input of floats */
  ONNX_VECTOR_ALL,              /* all inputs of floats, side by side */
  ONNX_VECTOR_BATCH,            /* the first one as a batch of pictures, C×H×W each */
} OnnxVectorForm;

#define N_ONNX_VECTOR_FORMS (ONNX_VECTOR_BATCH + 1)

typedef struct
{
  GBytes *model;
  CnnTensor *input;
  CnnTensor *expected;
} OnnxVector;

char       *onnx_vector_find_all (void);
OnnxVector *onnx_vector_load     (const char      *folder,
                                  OnnxVectorForm   form,
                                  char           **reason);
void        onnx_vector_free     (OnnxVector  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OnnxVector, onnx_vector_free)

G_END_DECLS
