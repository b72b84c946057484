#include "kernels/cnn-pack.h"

#include "kernels/cnn-kernels.h"

#include <string.h>

typedef float Quad __attribute__ ((vector_size (16)));

static inline Quad
load (const float *from)
{
  Quad quad;

  memcpy (&quad, from, sizeof quad);

  return quad;
}

static inline void
store (float *to,
       Quad   quad)
{
  memcpy (to, &quad, sizeof quad);
}

/* Turns four numbers of each of four rows around: those of a column go to to[i]. */
static inline void
turn (const float  *from,
      ptrdiff_t     row,
      float *const  to[4])
{
  Quad a = load (from), b = load (from + row), c = load (from + 2 * row), d = load (from + 3 * row);
  Quad ab_low = __builtin_shufflevector (a, b, 0, 4, 1, 5);
  Quad cd_low = __builtin_shufflevector (c, d, 0, 4, 1, 5);
  Quad ab_high = __builtin_shufflevector (a, b, 2, 6, 3, 7);
  Quad cd_high = __builtin_shufflevector (c, d, 2, 6, 3, 7);

  store (to[0], __builtin_shufflevector (ab_low, cd_low, 0, 1, 4, 5));
  store (to[1], __builtin_shufflevector (ab_low, cd_low, 2, 3, 6, 7));
  store (to[2], __builtin_shufflevector (ab_high, cd_high, 0, 1, 4, 5));
  store (to[3], __builtin_shufflevector (ab_high, cd_high, 2, 3, 6, 7));
}

/* Packs the weights that CNN_BLOCK outputs, whose rows lie row floats apart, have for
 * some channels: from [outputs][channels][taps] to [taps][channels][outputs]. */
void
cnn_pack_outputs (const float *weights,
                  ptrdiff_t    row,
                  int          n_taps,
                  int          n_channels,
                  float       *packed)
{
  int n = n_taps * n_channels;
  int channel = 0, tap = 0;
  int i = 0;

  while (i < n)
    {
      int n_turned = n - i < 4 ? n - i : 4;
      float *to[4];

      for (int j = 0; j < n_turned; j++)
        {
          to[j] = packed + (tap * n_channels + channel) * CNN_BLOCK;
          if (++tap == n_taps)
            {
              tap = 0;
              channel++;
            }
        }

      for (int output = 0; output < CNN_BLOCK; output += 4)
        {
          const float *from = weights + output * row + i;

          if (n_turned == 4)
            turn (from, row, (float *[4]) { to[0] + output, to[1] + output, to[2] + output, to[3] + output });
          else
            for (int j = 0; j < n_turned; j++)
              for (int k = 0; k < 4; k++)
                to[j][output + k] = from[k * row + j];
        }

      i += n_turned;
    }
}
