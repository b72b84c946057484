#pragma once

#include "core/cnn-cpu.h"
#include "kernels/cnn-kernels.h"

G_BEGIN_DECLS

const CnnKernels *cnn_kernels_get (CnnCpuLevel level);

G_END_DECLS
