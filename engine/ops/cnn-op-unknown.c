#define G_LOG_DOMAIN "cnn-op-unknown"

#include "ops/cnn-op-private.h"

/* Something that a file calls for and nobody here knows how to compute. Its layer
 * has no shape and sees nothing, costs nothing that is known, and a network that
 * has one is not run. */
const CnnOp cnn_op_unknown = {
  .name = "unknown",
  .count = cnn_op_count_nothing,
};
