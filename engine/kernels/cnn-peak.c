#include "kernels/cnn-peak.h"

#include "core/cnn-parallel.h"
#include "kernels/cnn-kernel-table.h"

/* About as long as a try shall take, in seconds, and how many there are: it is
 * the best that counts, the others were held up by somebody else. */
#define TRY_SECONDS 0.005
#define N_TRIES 8

typedef struct
{
  const CnnKernels *kernels;
  long n_rounds;
  float *numbers;               /* CNN_PEAK_NUMBERS for each piece */
} Peak;

static void
run_piece (guint    index,
           guint    thread,
           gpointer data)
{
  Peak *peak = data;

  peak->kernels->multiply_adds (peak->numbers + index * CNN_PEAK_NUMBERS, peak->n_rounds);
}

static double
time_try (Peak  *peak,
          guint  n_threads)
{
  gint64 start = g_get_monotonic_time ();

  cnn_parallel_for (n_threads, n_threads, run_piece, peak);

  return MAX (g_get_monotonic_time () - start, 1) / 1e6;
}

/**
 * cnn_cpu_measure_peak:
 * @n_threads: how many threads work at once, at least 1
 *
 * Measures what the processor can do at most at this moment: multiply-adds of
 * float32 on nothing but registers, with the instruction set of
 * [func@cpu_get_level]. A convolution that reads its numbers from memory comes
 * near it at best. Takes about 50 milliseconds.
 *
 * Returns: 10⁹ floating point operations a second (GFLOP/s), of all threads
 *   together; a multiply-add counts as two
 */
double
cnn_cpu_measure_peak (guint n_threads)
{
  g_autofree float *numbers = g_new0 (float, (gsize) n_threads * CNN_PEAK_NUMBERS);
  Peak peak = { cnn_kernels_get (cnn_cpu_get_level ()), 1 << 10, numbers };
  double best = 0;

  g_return_val_if_fail (n_threads > 0, 0);

  while (time_try (&peak, n_threads) < TRY_SECONDS)
    peak.n_rounds *= 2;

  for (guint i = 0; i < N_TRIES; i++)
    {
      double flops = (double) peak.n_rounds * peak.kernels->multiply_adds_flops * n_threads;

      best = MAX (best, flops / time_try (&peak, n_threads) / 1e9);
    }

  return best;
}
