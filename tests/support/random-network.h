#pragma once

#include "network/cnn-network.h"

G_BEGIN_DECLS

/* Networks that nobody has thought of: random layers on random earlier ones, of
 * sizes that fit no block of channels, drawn from the test's random numbers (a
 * failed run says its --seed). They end in a linear layer, some in a softmax. */

CnnTensor  *random_tensor  (const CnnShape *shape,
                            double          scale);
CnnNetwork *random_network (guint           n_layers);

G_END_DECLS
