/* The kernels for AVX2. */

#include "kernels/avx2/cnn-block-avx2.h"
#include "kernels/cnn-conv-template.h"
#include "kernels/cnn-depthwise-template.h"
#include "kernels/cnn-peak-template.h"
#include "kernels/cnn-grouped-template.h"
#include "kernels/cnn-gather-template.h"
#include "kernels/cnn-pool-template.h"
#include "kernels/cnn-winograd-template.h"

void
cnn_kernels_init_avx2 (CnnKernels *kernels)
{
  kernels->conv = cnn_conv_f32_avx2;
  kernels->grouped_conv = cnn_grouped_conv_f32_avx2;
  kernels->depthwise = cnn_depthwise_f32_avx2;
  kernels->max_pool = cnn_max_pool_f32_avx2;
  kernels->average_pool = cnn_average_pool_f32_avx2;
  kernels->adaptive_average_pool = cnn_adaptive_average_pool_f32_avx2;
  kernels->finish = cnn_finish_f32_avx2;
  kernels->gather = cnn_gather_f32_avx2;
  kernels->multiply_adds = cnn_multiply_adds_f32_avx2;
  kernels->multiply_adds_flops = PEAK_FLOPS;
  kernels->winograd_inputs[CNN_WINOGRAD_2X2] = cnn_winograd_2x2_inputs_f32_avx2;
  kernels->winograd_inputs[CNN_WINOGRAD_4X4] = cnn_winograd_4x4_inputs_f32_avx2;
  kernels->winograd_outputs[CNN_WINOGRAD_2X2] = cnn_winograd_2x2_outputs_f32_avx2;
  kernels->winograd_outputs[CNN_WINOGRAD_4X4] = cnn_winograd_4x4_outputs_f32_avx2;
}
