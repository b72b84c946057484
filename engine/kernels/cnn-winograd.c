#include "kernels/cnn-winograd.h"

/* Rows of G: what becomes of three weights in one dimension, for 16 outputs at
 * once. For a point p it is (g0 + p·g1 + p²·g2) / N, with N the product of p's
 * distances to the other points; for ∞ it is g2. */

typedef struct
{
  double lane[CNN_BLOCK];
} Lanes;

#define EACH_LANE(i) for (int i = 0; i < CNN_BLOCK; i++)

/* What two opposite points p and −p see. */
static void
see_pair (double      p,
          double      n,
          const Lanes g[3],
          Lanes       u[2])
{
  EACH_LANE (i)
    {
      double even = (g[0].lane[i] + p * p * g[2].lane[i]) / n;
      double odd = p * g[1].lane[i] / n;

      u[0].lane[i] = even + odd;
      u[1].lane[i] = even - odd;
    }
}

/* Returns how many elements there are. */
static int
see (CnnWinogradSize size,
     const Lanes     g[3],
     Lanes           u[6])
{
  const double a = CNN_WINOGRAD_A, b = CNN_WINOGRAD_B;

  if (size == CNN_WINOGRAD_2X2)
    {
      EACH_LANE (i)
        u[0].lane[i] = -g[0].lane[i];
      see_pair (1, 2, g, &u[1]);
      u[3] = g[2];

      return 4;
    }

  EACH_LANE (i)
    u[0].lane[i] = g[0].lane[i] / (a * a * b * b);
  see_pair (a, 2 * a * a * (a * a - b * b), g, &u[1]);
  see_pair (b, 2 * b * b * (b * b - a * a), g, &u[3]);
  u[5] = g[2];

  return 6;
}

/* G g Gᵀ for the 3×3 taps between one input channel and 16 outputs: in double, and
 * rounded once. Each element goes stride floats behind the one before it. */
void
cnn_winograd_weights (CnnWinogradSize size,
                      const float     taps[9][CNN_BLOCK],
                      float          *weights,
                      ptrdiff_t       stride)
{
  Lanes columns[6][3];
  int n = 0;

  for (int x = 0; x < 3; x++)
    {
      Lanes column[3], u[6];

      for (int y = 0; y < 3; y++)
        EACH_LANE (lane)
          column[y].lane[lane] = taps[3 * y + x][lane];

      n = see (size, column, u);
      for (int i = 0; i < n; i++)
        columns[i][x] = u[i];
    }

  for (int i = 0; i < n; i++)
    {
      Lanes u[6];

      see (size, columns[i], u);
      for (int j = 0; j < n; j++, weights += stride)
        EACH_LANE (lane)
          weights[lane] = (float) u[j].lane[lane];
    }
}
