#pragma once

#include "network/cnn-network.h"
#include "ops/cnn-op-private.h"

G_BEGIN_DECLS

/* Running operations and whole networks by their plain forward(): the truth for
 * everything faster. */

CnnTensor *reference_run_op      (CnnKind               kind,
                                  const CnnAttributes  *attributes,
                                  CnnTensor *const     *inputs,
                                  guint                 n_inputs,
                                  CnnTensor *const     *parameters,
                                  GError              **error);
GPtrArray *reference_run_network (CnnNetwork           *network,
                                  CnnTensor            *input);
CnnTensor *reference_random      (const CnnShape       *shape,
                                  double                minimum,
                                  double                maximum);

G_END_DECLS
