#pragma once

#include "formats/onnx/cnn-onnx-model-private.h"

G_BEGIN_DECLS

/* Engine-internal: the graph as a whole. */

void                cnn_onnx_node_prefix_error    (const CnnOnnxNode   *self,
                                                   GError             **error);
GHashTable         *cnn_onnx_graph_find_producers (const CnnOnnxModel  *model,
                                                   GError             **error);
GPtrArray          *cnn_onnx_graph_sort           (GHashTable          *producers,
                                                   const char          *output,
                                                   GError             **error);
const char         *cnn_onnx_graph_find_output    (const CnnOnnxModel  *model,
                                                   GHashTable          *producers);
const CnnOnnxInput *cnn_onnx_graph_find_input     (const CnnOnnxModel  *model,
                                                   GError             **error);
gboolean            cnn_onnx_input_is_nhwc        (const CnnOnnxInput  *input);

G_END_DECLS
