#pragma once

#include "network/cnn-network.h"

G_BEGIN_DECLS

/* Engine-internal: makes a network of an .onnx file. */

gboolean    cnn_onnx_sniff (GBytes  *bytes);
CnnNetwork *cnn_onnx_read  (GBytes          *bytes,
                            GFile           *file,
                            const CnnShape  *wanted,
                            GCancellable    *cancellable,
                            GError         **error);

G_END_DECLS
