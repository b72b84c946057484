#pragma once

#include "network/cnn-network.h"

G_BEGIN_DECLS

/* Engine-internal: makes a network of layers that fit one another, at least
 * two, and takes them over. */
CnnNetwork *cnn_network_new (const char *name,
                             GFile      *file,
                             GPtrArray  *layers);

/* What its reader has to say of it; before anybody else sees the network. */
void        cnn_network_set_note (CnnNetwork *self,
                                  const char *note);

gboolean    cnn_layers_check_values (GPtrArray  *layers,
                                     GError    **error);
void        cnn_network_drop_pages  (CnnNetwork *self);

G_END_DECLS
