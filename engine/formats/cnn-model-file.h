#pragma once

#include "core/cnn-progress.h"
#include "network/cnn-network.h"

G_BEGIN_DECLS

/* Reads a network from a .pth, .safetensors or .onnx file; which it is is told
 * by the file's first bytes, never by its name. */

gboolean    cnn_model_file_is_graph (GFile                *file);

CnnNetwork *cnn_network_load        (GFile                *file,
                                     GCancellable         *cancellable,
                                     GError              **error);
CnnNetwork *cnn_network_load_for_input (GFile             *file,
                                     const CnnShape       *input,
                                     GCancellable         *cancellable,
                                     GError              **error);
void        cnn_network_load_async  (GFile                *file,
                                     CnnProgress          *progress,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
CnnNetwork *cnn_network_load_finish (GAsyncResult         *result,
                                     GError              **error);

G_END_DECLS
