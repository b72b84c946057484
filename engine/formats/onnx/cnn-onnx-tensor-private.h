#pragma once

#include <gio/gio.h>

#include "formats/onnx/cnn-onnx-constant-private.h"

G_BEGIN_DECLS

/* Engine-internal: the files that a model's numbers are in: the .onnx file, and
 * those beside it that it names. */
typedef struct
{
  GFile *model;                 /* borrowed, as what follows */
  GCancellable *cancellable;
  CnnNumberSource own;          /* pays for all that is copied or worked out */
  GHashTable *others;           /* location → CnnNumberSource */
} CnnOnnxFiles;

void             cnn_onnx_files_init  (CnnOnnxFiles           *self,
                                       GBytes                 *bytes,
                                       GFile                  *model,
                                       GCancellable           *cancellable);
void             cnn_onnx_files_clear (CnnOnnxFiles           *self);
CnnNumberSource *cnn_onnx_files_find  (CnnOnnxFiles           *self,
                                       const char             *location,
                                       GError                **error);

CnnOnnxConstant *cnn_onnx_tensor_read (const CnnProtobufSpan  *message,
                                       CnnOnnxFiles           *files,
                                       GError                **error);

G_END_DECLS
