#pragma once

#include <glib.h>

#include "core/cnn-cpu.h"
#include "kernels/cnn-kernels.h"

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

#define CNN_N_ALGORITHMS (CNN_ALGORITHM_WINOGRAD_4X4 + 1)

/**
 * CnnConvSize:
 * @inputs: input channels
 * @outputs: output channels
 * @reach: input channels that each block of outputs sees: all, or those of its groups
 * @height: of the output
 * @width: of the output
 *
 * What there is to do in a convolution of 3×3 with stride and dilation 1.
 */
typedef struct
{
  int inputs;
  int outputs;
  int reach;
  int height;
  int width;
} CnnConvSize;

const char      *cnn_algorithm_get_name          (CnnAlgorithm       algorithm);
CnnWinogradSize  cnn_algorithm_get_winograd_size (CnnAlgorithm       algorithm);
double           cnn_algorithm_estimate          (CnnAlgorithm       algorithm,
                                                  CnnCpuLevel        level,
                                                  const CnnConvSize *size);
CnnAlgorithm     cnn_algorithm_choose            (CnnCpuLevel        level,
                                                  const CnnConvSize *size);

G_END_DECLS
