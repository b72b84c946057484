#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Engine-internal. */

/**
 * CnnAlgorithm:
 * @CNN_ALGORITHM_DIRECT: as it is written
 * @CNN_ALGORITHM_WINOGRAD_2X2: Winograd's F(2×2, 3×3)
 * @CNN_ALGORITHM_WINOGRAD_4X4: Winograd's F(4×4, 3×3)
 *
 * How a step is computed, where there is a choice.
 */
typedef enum
{
  CNN_ALGORITHM_DIRECT,
  CNN_ALGORITHM_WINOGRAD_2X2,
  CNN_ALGORITHM_WINOGRAD_4X4,
} CnnAlgorithm;

const char *cnn_algorithm_get_name (CnnAlgorithm algorithm);

G_END_DECLS
