#include "plan/cnn-plan-algorithm.h"

#include "kernels/cnn-winograd.h"

#include <math.h>

/* Which algorithm is the fastest for a convolution, for one picture on one processor.
 * The estimate knows the level of the instruction set and nothing else of the machine:
 * the same network has the same bits wherever it runs on that level. */

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

/**
 * cnn_algorithm_get_winograd_size:
 * @algorithm: one of Winograd's
 *
 * Returns: the size of its tiles
 */
CnnWinogradSize
cnn_algorithm_get_winograd_size (CnnAlgorithm algorithm)
{
  return algorithm == CNN_ALGORITHM_WINOGRAD_2X2 ? CNN_WINOGRAD_2X2 : CNN_WINOGRAD_4X4;
}

/* What a processor does in a nanosecond: measured by tests/bench/conv-algorithms on a
 * core of a Xeon (Emerald Rapids). What counts is how they are to one another. */
typedef struct
{
  double products;              /* blocks that are multiplied and added */
  double operations;            /* blocks that a transform adds, loads or stores */
  double floats;                /* weights that come from memory */
  int pixels;                   /* that a direct convolution makes at once */
} Pace;

static const Pace paces[] = {
  [CNN_CPU_C] = { 1, 1, 5.5, 2 },
  [CNN_CPU_AVX2] = { 2.8, 2.2, 5.5, 6 },
  [CNN_CPU_AVX512] = { 5.9, 2.4, 5.5, 14 },
};

/* The operations of a tile's transforms, as cnn-winograd-template.h has them: a load
 * and a store for each element, and the sums in both dimensions. */
static double
get_winograd_operations (CnnWinogradSize    size,
                         const CnnConvSize *conv)
{
  double in_blocks = cnn_n_blocks (conv->inputs), out_blocks = cnn_n_blocks (conv->outputs);

  return size == CNN_WINOGRAD_2X2
    ? in_blocks * (2 * 16 + 8 * 4) + out_blocks * (16 + 4 * 2 + 6 * 4 + 4 * 2)
    : in_blocks * (2 * 36 + 12 * 12) + out_blocks * (36 + 16 * 2 + 10 * 12 + 16 * 2);
}

/**
 * cnn_algorithm_estimate:
 * @algorithm: an algorithm
 * @level: the instruction set
 * @conv: what there is to do
 *
 * Returns: about how many nanoseconds it takes
 */
double
cnn_algorithm_estimate (CnnAlgorithm       algorithm,
                        CnnCpuLevel        level,
                        const CnnConvSize *conv)
{
  const Pace *pace = &paces[level];
  double weights = (double) conv->reach * cnn_n_blocks (conv->outputs);
  double n_times, operations = 0;

  if (algorithm == CNN_ALGORITHM_DIRECT)
    {
      n_times = ceil ((double) conv->height * conv->width / pace->pixels) * pace->pixels;
      weights *= 9;
    }
  else
    {
      CnnWinogradSize size = cnn_algorithm_get_winograd_size (algorithm);

      n_times = (double) cnn_winograd_tiles (size, conv->height) * cnn_winograd_tiles (size, conv->width);
      weights *= cnn_winograd_elements (size);
      operations = n_times * get_winograd_operations (size, conv);
    }

  return n_times * weights / pace->products + operations / pace->operations +
         weights * CNN_BLOCK / pace->floats;
}

/**
 * cnn_algorithm_choose:
 * @level: the instruction set
 * @conv: what there is to do
 *
 * Returns: the algorithm that shall do it
 */
CnnAlgorithm
cnn_algorithm_choose (CnnCpuLevel        level,
                      const CnnConvSize *conv)
{
  CnnAlgorithm best = CNN_ALGORITHM_DIRECT;

  for (CnnAlgorithm i = best + 1; i < CNN_N_ALGORITHMS; i++)
    if (cnn_algorithm_estimate (i, level, conv) < cnn_algorithm_estimate (best, level, conv))
      best = i;

  return best;
}
