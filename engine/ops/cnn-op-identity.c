#define G_LOG_DOMAIN "cnn-op-identity"

#include "ops/cnn-op-private.h"

/* Layers that hand all numbers on. */

const CnnOp cnn_op_identity = {
  .name = "identity",
  .infer_shape = cnn_op_infer_same,
  .count = cnn_op_count_nothing,
  .see = cnn_op_see_same,
  .forward = cnn_op_forward_same,
  .backward = cnn_op_backward_same,
};

/* Drops numbers at random while a network is trained; when it is used, as here,
 * it hands all of them on. */
const CnnOp cnn_op_dropout = {
  .name = "dropout",
  .infer_shape = cnn_op_infer_same,
  .count = cnn_op_count_nothing,
  .see = cnn_op_see_same,
  .forward = cnn_op_forward_same,
  .backward = cnn_op_backward_same,
};
