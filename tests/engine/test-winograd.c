#include "kernels/cnn-kernel-table.h"
#include "kernels/cnn-map.h"
#include "kernels/cnn-winograd.h"
#include "plan/cnn-plan-algorithm.h"
#include "plan/cnn-plan-winograd.h"
#include "support/finished.h"
#include "support/random.h"

#include <math.h>
#include <string.h>

/* Winograd's convolutions, of every instruction set that this processor has and in
 * both sizes of tiles, against the sum as it is written. */

#define N_CASES 60

/* A convolution of 3×3 and the sums that it should make. */
typedef struct
{
  CnnWinogradSize size;
  CnnConv conv;
  Field *in;
  Field *out;
  float *weights;               /* [O][I][3][3] */
  float *packed;
  float *bias;
  CnnReach *reaches;
  float *scratch;
} Problem;

#define MAX_THREADS 4

static gboolean
sees (const Problem *self,
      int            output,
      int            channel)
{
  const CnnReach *reach = &self->reaches[output / CNN_BLOCK];

  return channel >= reach->channel_begin && channel < reach->channel_end;
}

static void
problem_pack (Problem *self)
{
  int n_in = self->conv.in.channels, n_out = self->conv.out.channels;
  int n_elements = cnn_winograd_elements (self->size);

  self->packed = g_new0 (float, (gsize) cnn_n_blocks (n_out) * n_elements * n_in * CNN_BLOCK);
  self->conv.weights = self->packed;

  for (int block = 0; block < cnn_n_blocks (n_out); block++)
    {
      CnnReach *reach = &self->reaches[block];
      int n_seen = reach->channel_end - reach->channel_begin;

      reach->weights = block > 0
        ? reach[-1].weights + n_elements * (reach[-1].channel_end - reach[-1].channel_begin) * CNN_BLOCK : 0;

      for (int i = 0; i < n_seen; i++)
        {
          float taps[9][CNN_BLOCK] = { { 0 } };

          for (int o = block * CNN_BLOCK; o < MIN ((block + 1) * CNN_BLOCK, n_out); o++)
            for (int tap = 0; tap < 9; tap++)
              taps[tap][o % CNN_BLOCK] =
                self->weights[((gsize) o * n_in + reach->channel_begin + i) * 9 + tap];

          cnn_winograd_weights (self->size, taps, self->packed + reach->weights + i * CNN_BLOCK,
                                n_seen * CNN_BLOCK);
        }
    }
}

static void
problem_init (Problem         *self,
              CnnWinogradSize  size,
              int              n_in,
              int              n_out,
              int              height,
              int              width,
              const int        padding[4])
{
  int tile = cnn_winograd_outputs (size);
  int out_height = height + padding[0] + padding[2] - 2;
  int out_width = width + padding[1] + padding[3] - 2;
  int border[4] = {
    padding[0], padding[1],
    MAX (0, cnn_winograd_tiles (size, out_height) * tile + 2 - padding[0] - height),
    MAX (0, cnn_winograd_tiles (size, out_width) * tile + 2 - padding[1] - width),
  };

  memset (self, 0, sizeof *self);
  self->size = size;
  self->in = field_new_random (n_in, height, width, border, CNN_BLOCK);
  self->out = field_new (n_out, out_height, out_width,
                         (int[4]) { pick (0, 2), pick (0, 2), pick (0, 2), pick (0, 2) }, CNN_BLOCK);
  self->bias = random_channels (n_out);
  self->reaches = g_new (CnnReach, cnn_n_blocks (n_out));
  for (int i = 0; i < cnn_n_blocks (n_out); i++)
    self->reaches[i] = (CnnReach) { 0, n_in, 0 };
  self->weights = g_new (float, (gsize) n_out * n_in * 9);
  for (gsize i = 0; i < (gsize) n_out * n_in * 9; i++)
    self->weights[i] = g_test_rand_double_range (-1, 1);
  self->scratch = g_new (float, MAX_THREADS * cnn_winograd_get_scratch_size (size, cnn_n_blocks (n_in)));

  self->conv = (CnnConv) {
    .in = self->in->map, .out = self->out->map,
    .stencil = { { 3, 3 }, { 1, 1 }, { 1, 1 }, { padding[0], padding[1], padding[2], padding[3] } },
    .lanes = CNN_BLOCK, .reaches = self->reaches, .bias = self->bias,
  };
  problem_pack (self);
}

/* Lets each block of outputs see some of the inputs, as groups do. */
static void
problem_divide (Problem *self)
{
  int n_in = self->conv.in.channels;

  for (int i = 0; i < cnn_n_blocks (self->conv.out.channels); i++)
    {
      int begin = pick (0, n_in - 1);

      self->reaches[i] = i > 0 && chance (0.5) ? self->reaches[i - 1]
        : (CnnReach) { begin, pick (begin + 1, n_in), 0 };
    }

  g_free (self->packed);
  problem_pack (self);
}

static void
problem_init_random (Problem         *self,
                     CnnWinogradSize  size)
{
  int padding[4] = { 1, 1, 1, 1 };
  int height = pick (1, 17), width = pick (1, 30);

  if (chance (0.5))
    for (int i = 0; i < 4; i++)
      padding[i] = pick (0, 4);

  if (chance (0.1))
    {
      height = 5;
      width = 300;
    }

  problem_init (self, size, pick (1, 70), pick (1, 70),
                MAX (height, 3 - padding[0] - padding[2]), MAX (width, 3 - padding[1] - padding[3]),
                padding);
  if (chance (0.3))
    problem_divide (self);
}

static void
problem_clear (Problem *self)
{
  field_free (self->in);
  field_free (self->out);
  g_free (self->weights);
  g_free (self->packed);
  g_free (self->bias);
  g_free (self->reaches);
  g_free (self->scratch);
}

/* One output, and the sum of the absolute values of what it adds up. */
static double
convolve (const Problem *self,
          int            o,
          int            y,
          int            x,
          double        *magnitude)
{
  const int *padding = self->conv.stencil.padding;
  const float *weights = self->weights + (gsize) o * self->conv.in.channels * 9;
  double sum = 0;

  *magnitude = 0;
  for (int c = 0; c < self->conv.in.channels; c++)
    for (int tap = 0; tap < 9; tap++)
      {
        double product = weights[c * 9 + tap] *
                         field_look_up (self->in, c, y - padding[0] + tap / 3, x - padding[1] + tap % 3);

        sum += sees (self, o, c) ? product : 0;
        *magnitude += sees (self, o, c) ? fabs (product) : 0;
      }

  return sum;
}

static void
run (const Problem    *self,
     const CnnKernels *kernels,
     guint             n_threads)
{
  cnn_winograd_run (kernels, self->size, &self->conv, 1, 0, n_threads, self->scratch);
}

/* An output is made of all inputs of its tile, and may be as wrong as the largest
 * of its neighbours. */
static void
check_values (const CnnKernels *kernels,
              CnnWinogradSize   size)
{
  Problem problem;
  Finished finished;
  const CnnMap *out = &problem.conv.out;
  g_autofree double *sums = NULL;
  gsize i = 0;

  problem_init_random (&problem, size);
  finished_init (&finished, problem.out);
  problem.conv.finish = finished.finish;
  sums = g_new (double, (gsize) out->height * out->width);

  run (&problem, kernels, 1);
  field_assert_border_untouched (problem.out);

  for (int c = 0; c < out->channels; c++, i = 0)
    {
      double greatest = 0, magnitude;

      for (int y = 0; y < out->height; y++)
        for (int x = 0; x < out->width; x++)
          {
            sums[i++] = convolve (&problem, c, y, x, &magnitude);
            greatest = MAX (greatest, magnitude);
          }

      i = 0;
      for (int y = 0; y < out->height; y++)
        for (int x = 0; x < out->width; x++)
          finished_assert (&finished, out, c, y, x, sums[i++] + problem.bias[c], greatest);
    }

  finished_clear (&finished);
  problem_clear (&problem);
}

static void
assert_same_output (const Problem *problem,
                    const float   *expected)
{
  g_assert_cmpmem (problem->out->memory, problem->out->size * sizeof (float),
                   expected, problem->out->size * sizeof (float));
}

/* Threads, bands of any tiles and parts of them, and what is kept on the way, change
 * no bit. */
static void
check_parts (const CnnKernels *kernels,
             CnnWinogradSize   size)
{
  Problem problem;
  Finished finished;
  CnnTiles tiles = { 0 };
  g_autofree float *expected = NULL;
  int n_tiles, n_in_blocks, n_out_blocks, block, middle;

  problem_init_random (&problem, size);
  finished_init (&finished, problem.out);
  problem.conv.finish = finished.finish;
  run (&problem, kernels, 1);
  expected = g_memdup2 (problem.out->memory, problem.out->size * sizeof (float));

  for (guint n_threads = 2; n_threads <= MAX_THREADS; n_threads++)
    {
      run (&problem, kernels, n_threads);
      assert_same_output (&problem, expected);
    }

  problem.conv.finish.before_scale = problem.conv.finish.before_add =
    problem.conv.finish.before_clamp = NULL;
  run (&problem, kernels, 1);
  assert_same_output (&problem, expected);

  n_in_blocks = cnn_n_blocks (problem.conv.in.channels);
  n_out_blocks = cnn_n_blocks (problem.conv.out.channels);
  n_tiles = cnn_winograd_tiles (size, problem.conv.out.height) *
            cnn_winograd_tiles (size, problem.conv.out.width);
  tiles.inputs = problem.scratch;
  for (; tiles.first < n_tiles; tiles.first += tiles.n)
    {
      g_autofree float *products = NULL;

      tiles.n = pick (1, MIN (n_tiles - tiles.first, 20));
      products = g_new (float, cnn_winograd_elements (size) * cnn_winograd_stride (2 * tiles.n));
      block = pick (0, n_in_blocks);
      middle = tiles.first + pick (0, tiles.n);
      kernels->winograd_inputs[size] (&problem.conv, &tiles,
                                      &(CnnTilePart) { block, n_in_blocks, tiles.first, tiles.first + tiles.n });
      kernels->winograd_inputs[size] (&problem.conv, &tiles,
                                      &(CnnTilePart) { 0, block, middle, tiles.first + tiles.n });
      kernels->winograd_inputs[size] (&problem.conv, &tiles,
                                      &(CnnTilePart) { 0, block, tiles.first, middle });

      block = pick (0, n_out_blocks);
      middle = tiles.first + pick (0, tiles.n);
      kernels->winograd_outputs[size] (&problem.conv, &tiles,
                                       &(CnnTilePart) { 0, block, tiles.first, middle }, products);
      kernels->winograd_outputs[size] (&problem.conv, &tiles,
                                       &(CnnTilePart) { 0, block, middle, tiles.first + tiles.n }, products);
      kernels->winograd_outputs[size] (&problem.conv, &tiles,
                                       &(CnnTilePart) { block, n_out_blocks, tiles.first, tiles.first + tiles.n },
                                       products);
    }
  assert_same_output (&problem, expected);

  finished_clear (&finished);
  problem_clear (&problem);
}

/* Several pictures at once: each has the bits that it has alone. */
static void
check_pictures (const CnnKernels *kernels,
                CnnWinogradSize   size)
{
  Problem problem;
  CnnConv conv;
  int n_pictures = pick (2, 5), first = pick (0, n_pictures - 1);
  gsize in_size, out_size, distance;
  g_autofree float *memory = NULL;

  problem_init_random (&problem, size);
  run (&problem, kernels, 1);

  /* The one picture between others. */
  in_size = problem.in->size;
  out_size = problem.out->size;
  distance = in_size + out_size;
  memory = g_new (float, n_pictures * distance);
  for (gsize i = 0; i < n_pictures * distance; i++)
    memory[i] = g_test_rand_double_range (-1, 1);
  memcpy (memory + first * distance, problem.in->memory, in_size * sizeof (float));

  conv = problem.conv;
  conv.in.data = memory + (problem.in->map.data - problem.in->memory);
  conv.out.data = memory + in_size + (problem.out->map.data - problem.out->memory);
  cnn_winograd_run (kernels, size, &conv, n_pictures, distance, pick (1, MAX_THREADS), problem.scratch);

  conv.out.data += first * distance;
  for (int c = 0; c < conv.out.channels; c++)
    for (int y = 0; y < conv.out.height; y++)
      for (int x = 0; x < conv.out.width; x++)
        g_assert_cmpfloat (field_get (&conv.out, conv.out.data, c, y, x), ==,
                           field_get (&problem.out->map, problem.out->map.data, c, y, x));

  problem_clear (&problem);
}

/* What is not a number must not vanish: whoever sees it is not finite. Others may
 * have it from their tile, but not from another one. */
static void
check_not_finite (const CnnKernels *kernels,
                  CnnWinogradSize   size)
{
  int tile = cnn_winograd_outputs (size);
  int height = pick (4, 13), width = pick (4, 13), channel = pick (0, 19);
  int at_y = pick (0, height - 1), at_x = pick (0, width - 1);
  Problem problem;

  problem_init (&problem, size, 20, 20, height, width, (int[4]) { 1, 1, 1, 1 });
  problem.in->planes[(channel * height + at_y) * width + at_x] = chance (0.5) ? NAN : INFINITY;
  cnn_map_fill (&problem.in->map, problem.in->planes);
  run (&problem, kernels, 1);

  for (int c = 0; c < 20; c++)
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++)
        {
          gboolean is_finite = isfinite (field_get (&problem.out->map, problem.out->map.data, c, y, x)) != 0;
          int top = y / tile * tile - 1, left = x / tile * tile - 1;

          if (ABS (y - at_y) <= 1 && ABS (x - at_x) <= 1)
            g_assert_false (is_finite);
          else if (at_y < top || at_y > top + tile + 1 || at_x < left || at_x > left + tile + 1)
            g_assert_true (is_finite);
        }

  problem_clear (&problem);
}

/* The error of a deep layer, by the root mean square of its values: 512 channels
 * after a ReLU. Sums of floats as they are written have about 7e-7, of 4×4 tiles twice that. */
static void
check_precision (const CnnKernels *kernels,
                 CnnWinogradSize   size)
{
  Problem problem;
  const CnnMap *in = &problem.conv.in, *out = &problem.conv.out;
  double error = 0, square = 0;

  problem_init (&problem, size, 512, 32, 7, 7, (int[4]) { 1, 1, 1, 1 });
  for (int i = 0; i < in->channels * in->height * in->width; i++)
    problem.in->planes[i] = MAX (problem.in->planes[i], 0);
  cnn_map_fill (in, problem.in->planes);
  run (&problem, kernels, 1);

  for (int c = 0; c < out->channels; c++)
    for (int y = 0; y < out->height; y++)
      for (int x = 0; x < out->width; x++)
        {
          double magnitude;
          double sum = convolve (&problem, c, y, x, &magnitude) + problem.bias[c];
          double difference = field_get (out, out->data, c, y, x) - sum;

          error += difference * difference;
          square += sum * sum;
        }

  g_test_message ("relative error %.2g", sqrt (error / square));
  g_assert_cmpfloat (sqrt (error / square), <, 2.5e-6);

  problem_clear (&problem);
}

/* Large maps are worth their transforms; a single pixel is not, as most of a tile
 * would be thrown away; and in between weights that are read once decide. */
static void
test_choice (void)
{
  for (CnnCpuLevel level = CNN_CPU_C; level <= CNN_CPU_AVX512; level++)
    {
      g_assert_cmpint (cnn_algorithm_choose (level, &(CnnConvSize) { 64, 64, 64, 56, 56 }), ==,
                       CNN_ALGORITHM_WINOGRAD_4X4);
      g_assert_cmpint (cnn_algorithm_choose (level, &(CnnConvSize) { 512, 512, 512, 1, 1 }), ==,
                       CNN_ALGORITHM_DIRECT);
    }

  g_assert_cmpint (cnn_algorithm_choose (CNN_CPU_AVX512, &(CnnConvSize) { 512, 512, 512, 7, 7 }), ==,
                   CNN_ALGORITHM_WINOGRAD_2X2);
}

typedef struct
{
  CnnCpuLevel level;
  CnnWinogradSize size;
  void (*check) (const CnnKernels *kernels,
                 CnnWinogradSize   size);
  guint n;
} Case;

static void
test_winograd (gconstpointer data)
{
  const Case *test = data;

  for (guint i = 0; i < test->n; i++)
    test->check (cnn_kernels_get (test->level), test->size);
}

static void
add_test (CnnCpuLevel       level,
          CnnWinogradSize   size,
          const char       *name,
          void            (*check) (const CnnKernels *kernels,
                                    CnnWinogradSize   size),
          guint             n)
{
  int outputs = cnn_winograd_outputs (size);
  g_autofree char *path = g_strdup_printf ("/engine/winograd/%s/%dx%d/%s", cnn_cpu_level_get_name (level),
                                           outputs, outputs, name);
  Case *test = g_new (Case, 1);

  *test = (Case) { level, size, check, n };
  g_test_add_data_func_full (path, test, test_winograd, g_free);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (CnnCpuLevel level = CNN_CPU_C; level <= cnn_cpu_get_level (); level++)
    for (CnnWinogradSize size = 0; size < CNN_N_WINOGRAD_SIZES; size++)
      {
        add_test (level, size, "values", check_values, N_CASES);
        add_test (level, size, "parts", check_parts, N_CASES);
        add_test (level, size, "pictures", check_pictures, N_CASES);
        add_test (level, size, "not-finite", check_not_finite, N_CASES);
        add_test (level, size, "precision", check_precision, 1);
      }

  g_test_add_func ("/engine/winograd/choice", test_choice);

  return g_test_run ();
}
