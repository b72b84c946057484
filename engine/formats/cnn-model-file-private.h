#pragma once

#include "network/cnn-network.h"

G_BEGIN_DECLS

/* Engine-internal: makes a network of a file's bytes, as cnn_network_load_for_input() does
 * once it has read them. Messages do not name the file yet. */
CnnNetwork *cnn_network_read (GBytes          *bytes,
                              GFile           *file,
                              const CnnShape  *input,
                              GCancellable    *cancellable,
                              GError         **error);

G_END_DECLS
