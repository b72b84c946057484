#pragma once

#include "network/cnn-network.h"

G_BEGIN_DECLS

/* Engine-internal: makes a network of layers that fit one another, at least
 * two, and takes them over. */
CnnNetwork *cnn_network_new (const char *name,
                             GFile      *file,
                             GPtrArray  *layers);

G_END_DECLS
