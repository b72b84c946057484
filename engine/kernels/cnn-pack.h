#pragma once

#include <stddef.h>

/* Engine-internal: packs weights for convolutions. This moves numbers and computes
 * nothing, so one version in C does for all instruction sets. */

void cnn_pack_outputs (const float *weights,
                       ptrdiff_t    row,
                       int          n_taps,
                       int          n_channels,
                       float       *packed);
