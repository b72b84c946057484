#pragma once

#include "cnn.h"

G_BEGIN_DECLS

/* A network in the manner of ResNet-18, an eighth as wide and with weights of
 * zero: for tests of what shows networks. */

CnnNetwork *made_network_new (void);

G_END_DECLS
