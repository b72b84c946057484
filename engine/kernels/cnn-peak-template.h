#pragma once

/* Template: as many multiply-adds as the processor can do, on nothing but
 * registers. Include it after a header that defines Block and PEAK_BLOCKS. */

#define PEAK_FLOPS (2 * CNN_BLOCK * PEAK_BLOCKS)

/* The sums do not wait for one another, and there are enough of them that none
 * waits for itself. Each goes to 1, where x/2 + 1/2 has its fixed point: no
 * number becomes so small or so large that the processor would slow down. They
 * come from memory and go back to it, so that no compiler knows the answer. */
static void
KERNEL (cnn_multiply_adds_f32) (float *numbers,
                                long   n_rounds)
{
  Block sums[PEAK_BLOCKS];
  Block half = block_set (0.5f);

  _Pragma ("GCC unroll 16") for (int i = 0; i < PEAK_BLOCKS; i++)
    sums[i] = block_load (numbers + i * CNN_BLOCK);

  for (long round = 0; round < n_rounds; round++)
    _Pragma ("GCC unroll 16") for (int i = 0; i < PEAK_BLOCKS; i++)
      sums[i] = block_multiply_add (sums[i], half, half);

  _Pragma ("GCC unroll 16") for (int i = 0; i < PEAK_BLOCKS; i++)
    block_store (numbers + i * CNN_BLOCK, sums[i]);
}
