#pragma once

#include "formats/onnx/cnn-onnx-importer-private.h"

G_BEGIN_DECLS

/* Engine-internal: what operators with a window share. */

gboolean      cnn_onnx_node_read_sizes     (const CnnOnnxNode   *self,
                                            const char          *name,
                                            guint               *values,
                                            guint                n,
                                            GError             **error);
CnnOnnxValue *cnn_onnx_importer_get_maps   (CnnOnnxImporter     *self,
                                            const CnnOnnxNode   *node,
                                            GError             **error);
gboolean      cnn_onnx_importer_read_window (CnnOnnxImporter    *self,
                                            const CnnOnnxNode   *node,
                                            const CnnOnnxValue  *maps,
                                            CnnAttributes       *attributes,
                                            GError             **error);

G_END_DECLS
