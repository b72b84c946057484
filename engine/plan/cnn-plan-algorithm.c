#include "plan/cnn-plan-algorithm.h"

static const char *const names[] = { "direct", "winograd 2×2", "winograd 4×4" };

/**
 * cnn_algorithm_get_name:
 * @algorithm: an algorithm
 *
 * Returns: its name, for tables
 */
const char *
cnn_algorithm_get_name (CnnAlgorithm algorithm)
{
  g_return_val_if_fail (algorithm < G_N_ELEMENTS (names), NULL);

  return names[algorithm];
}
