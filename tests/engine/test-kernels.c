#include "kernels/cnn-kernel-table.h"
#include "kernels/cnn-map.h"
#include "support/finished.h"
#include "support/random.h"

#include <math.h>
#include <string.h>

/* Every kernel of every instruction set that this processor has, against loops
 * that anyone can check, on sizes that fit no tile. With `-m perf` it tells how
 * fast they are. */

#define N_CASES 150

typedef void (*Call) (const CnnKernels *kernels,
                      gconstpointer     args,
                      const CnnPart    *part);

/* Calls a kernel for the whole output, then again for parts of it: the bits must
 * stay the same. */
static void
call_in_parts (Call              call,
               const CnnKernels *kernels,
               gconstpointer     args,
               Field            *out)
{
  int n_blocks = cnn_n_blocks (out->map.channels);
  int block = pick (0, n_blocks), row = pick (0, out->map.height);
  g_autofree float *whole = NULL;

  call (kernels, args, &(CnnPart) { 0, n_blocks, 0, out->map.height });
  field_assert_border_untouched (out);
  whole = g_memdup2 (out->memory, out->size * sizeof (float));

  call (kernels, args, &(CnnPart) { block, n_blocks, row, out->map.height });
  call (kernels, args, &(CnnPart) { 0, block, row, out->map.height });
  call (kernels, args, &(CnnPart) { 0, block, 0, row });
  call (kernels, args, &(CnnPart) { block, n_blocks, 0, row });
  g_assert_cmpmem (out->memory, out->size * sizeof (float), whole, out->size * sizeof (float));
}

static void
call_conv (const CnnKernels *kernels,
           gconstpointer     args,
           const CnnPart    *part)
{
  kernels->conv (args, part);
}

static void
call_grouped_conv (const CnnKernels *kernels,
                   gconstpointer     args,
                   const CnnPart    *part)
{
  kernels->grouped_conv (args, part);
}

static void
call_depthwise (const CnnKernels *kernels,
                gconstpointer     args,
                const CnnPart    *part)
{
  kernels->depthwise (args, part);
}

static void
call_max_pool (const CnnKernels *kernels,
               gconstpointer     args,
               const CnnPart    *part)
{
  kernels->max_pool (args, part);
}

static void
call_average_pool (const CnnKernels *kernels,
                   gconstpointer     args,
                   const CnnPart    *part)
{
  kernels->average_pool (args, part);
}

static void
call_adaptive_average_pool (const CnnKernels *kernels,
                            gconstpointer     args,
                            const CnnPart    *part)
{
  kernels->adaptive_average_pool (args, part);
}

static void
call_finish (const CnnKernels *kernels,
             gconstpointer     args,
             const CnnPart    *part)
{
  kernels->finish (args, part);
}

/* A stencil, the size of a picture that it fits, and of what it makes. */
typedef struct
{
  CnnStencil stencil;
  int in[2];
  int out[2];
  int border[4];                /* as far as the windows reach */
} Geometry;

static void
random_geometry (Geometry *self,
                 int       max_kernel,
                 int       max_padding)
{
  CnnStencil *stencil = &self->stencil;

  for (int d = 0; d < 2; d++)
    {
      int reach, room;

      stencil->kernel[d] = pick (1, max_kernel);
      stencil->stride[d] = chance (0.5) ? 1 : pick (1, 4);
      stencil->dilation[d] = chance (0.7) ? 1 : pick (1, 3);
      stencil->padding[d] = pick (0, max_padding);
      stencil->padding[d + 2] = pick (0, max_padding);

      reach = (stencil->kernel[d] - 1) * stencil->dilation[d] + 1;
      self->in[d] = MAX (1, reach - stencil->padding[d] - stencil->padding[d + 2]) +
                    (chance (0.3) ? 0 : pick (0, d == 0 ? 6 : 40));
      room = self->in[d] + stencil->padding[d] + stencil->padding[d + 2] - reach;
      self->out[d] = room / stencil->stride[d] + 1;
      self->border[d] = stencil->padding[d];
      self->border[d + 2] = MAX (0, (self->out[d] - 1) * stencil->stride[d] + reach -
                                    stencil->padding[d] - self->in[d]);
    }
}

static Field *
geometry_make_output (const Geometry *self,
                      int             channels)
{
  return field_new (channels, self->out[0], self->out[1],
                    (int[4]) { pick (0, 2), pick (0, 2), pick (0, 2), pick (0, 2) }, CNN_BLOCK);
}

/* One output of a convolution with weights [O][I][kH][kW], and the sum of the
 * absolute values of what it adds up. */
static double
convolve (const Geometry *geometry,
          const Field    *in,
          const float    *weights,
          int             first_channel,
          int             n_channels,
          int             y,
          int             x,
          double         *magnitude)
{
  const CnnStencil *stencil = &geometry->stencil;
  double sum = 0;

  *magnitude = 0;
  for (int c = 0; c < n_channels; c++)
    for (int ky = 0; ky < stencil->kernel[0]; ky++)
      for (int kx = 0; kx < stencil->kernel[1]; kx++)
        {
          double product = *weights++ *
            field_look_up (in, first_channel + c,
                     y * stencil->stride[0] - stencil->padding[0] + ky * stencil->dilation[0],
                     x * stencil->stride[1] - stencil->padding[1] + kx * stencil->dilation[1]);

          sum += product;
          *magnitude += fabs (product);
        }

  return sum;
}

static float *
random_floats (gsize n)
{
  float *floats = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    floats[i] = g_test_rand_double_range (-1, 1);

  return floats;
}

/* [O][I][taps] → [O/16][I/16][taps][lanes][16]. */
static float *
pack_weights (const float *weights,
              int          n_out,
              int          n_in,
              int          taps,
              int          lanes_in_block)
{
  int n_blocks = cnn_n_blocks (n_out);
  float *packed = g_new0 (float, (gsize) n_blocks * CNN_BLOCK * n_in * taps);
  gsize i = 0;

  for (int block = 0; block < n_blocks; block++)
    for (int first = 0; first < n_in; first += lanes_in_block)
      for (int tap = 0; tap < taps; tap++)
        for (int c = first; c < MIN (first + lanes_in_block, n_in); c++)
          for (int o = block * CNN_BLOCK; o < (block + 1) * CNN_BLOCK; o++, i++)
            if (o < n_out)
              packed[i] = weights[((gsize) o * n_in + c) * taps + tap];

  return packed;
}

static void
check_conv (const CnnKernels *kernels)
{
  int n_in = pick (1, 40), n_out = pick (1, 70);
  gboolean is_small = n_in < CNN_BLOCK && chance (0.5);
  int lanes = is_small ? n_in : CNN_BLOCK;
  Geometry geometry;
  CnnConv conv = { 0 };
  Finished finished;
  int taps;
  g_autoptr (Field) in = NULL;
  g_autoptr (Field) out = NULL;
  g_autofree float *weights = NULL;
  g_autofree float *packed = NULL;
  g_autofree float *bias = random_channels (n_out);
  g_autofree CnnReach *reaches = g_new (CnnReach, cnn_n_blocks (n_out));

  random_geometry (&geometry, chance (0.3) ? 1 : 5, chance (0.5) ? 0 : 6);
  taps = geometry.stencil.kernel[0] * geometry.stencil.kernel[1];
  in = field_new_random (n_in, geometry.in[0], geometry.in[1], geometry.border, lanes);
  out = geometry_make_output (&geometry, n_out);
  weights = random_floats ((gsize) n_out * n_in * taps);
  packed = pack_weights (weights, n_out, n_in, taps, lanes);
  finished_init (&finished, out);

  conv.in = in->map;
  conv.out = out->map;
  conv.stencil = geometry.stencil;
  conv.weights = packed;
  conv.lanes = lanes;
  conv.reaches = reaches;
  for (int b = 0; b < cnn_n_blocks (n_out); b++)
    reaches[b] = (CnnReach) { 0, n_in, (ptrdiff_t) b * n_in * taps * CNN_BLOCK };
  conv.bias = bias;
  conv.finish = finished.finish;
  if (is_small && conv.stencil.dilation[1] == 1)
    {
      conv.lanes *= conv.stencil.kernel[1];
      for (int b = 0; b < cnn_n_blocks (n_out); b++)
        reaches[b].channel_end = conv.lanes;
      conv.stencil.kernel[1] = 1;
    }

  call_in_parts (call_conv, kernels, &conv, out);

  for (int c = 0; c < n_out; c++)
    for (int y = 0; y < out->map.height; y++)
      for (int x = 0; x < out->map.width; x++)
        {
          double magnitude;
          double sum = convolve (&geometry, in, weights + (gsize) c * n_in * taps, 0, n_in,
                                 y, x, &magnitude);

          finished_assert (&finished, &out->map, c, y, x, sum + bias[c], magnitude);
        }

  finished_clear (&finished);
}

/* Groups of 1, 2, 4 or 8 channels, each with as many outputs or a few times as many. */
static void
check_grouped_conv (const CnnKernels *kernels)
{
  int group_in = 1 << pick (0, 3), group_out = group_in * pick (1, 5);
  int n_groups = pick (1, 40 / group_in), n_out = n_groups * group_out, n_blocks = cnn_n_blocks (n_out);
  Geometry geometry;
  CnnConv conv = { 0 };
  Finished finished;
  int taps;
  g_autoptr (Field) in = NULL;
  g_autoptr (Field) out = NULL;
  g_autofree float *weights = NULL;
  g_autofree float *packed = NULL;
  g_autofree float *bias = random_channels (n_out);
  g_autofree CnnReach *reaches = g_new0 (CnnReach, n_blocks);
  g_autofree CnnSelection *selections = g_new0 (CnnSelection, n_blocks * group_in);

  random_geometry (&geometry, chance (0.5) ? 3 : 5, chance (0.5) ? 0 : 6);
  if (chance (0.5))
    geometry.stencil.kernel[1] = MIN (geometry.stencil.kernel[1], 3);
  taps = geometry.stencil.kernel[0] * geometry.stencil.kernel[1];
  in = field_new_random (n_groups * group_in, geometry.in[0], geometry.in[1], geometry.border, CNN_BLOCK);
  out = geometry_make_output (&geometry, n_out);
  weights = random_floats ((gsize) n_out * group_in * taps);
  packed = g_new0 (float, (gsize) n_blocks * group_in * taps * CNN_BLOCK);
  finished_init (&finished, out);

  for (int o = 0; o < n_blocks * CNN_BLOCK; o++)
    {
      int block = o / CNN_BLOCK, lane = o % CNN_BLOCK;
      int first = MIN (o, n_out - 1) / group_out * group_in;

      if (lane == 0)
        reaches[block] = (CnnReach) { first, first + 1, (ptrdiff_t) block * group_in * taps * CNN_BLOCK };

      for (int c = 0; c < group_in; c++)
        {
          selections[block * group_in + c].lanes[lane] =
            o < n_out ? (first + c) % CNN_BLOCK : selections[block * group_in + c].lanes[lane / 8 * 8];
          for (int tap = 0; tap < taps && o < n_out; tap++)
            packed[reaches[block].weights +
                   ((tap / geometry.stencil.kernel[1] * group_in + c) * geometry.stencil.kernel[1] +
                    tap % geometry.stencil.kernel[1]) * CNN_BLOCK + lane] =
              weights[((gsize) o * group_in + c) * taps + tap];
        }
    }

  conv.in = in->map;
  conv.out = out->map;
  conv.stencil = geometry.stencil;
  conv.n_terms = group_in;
  conv.selections = selections;
  conv.weights = packed;
  conv.reaches = reaches;
  conv.bias = bias;
  conv.finish = finished.finish;

  call_in_parts (call_grouped_conv, kernels, &conv, out);

  for (int c = 0; c < n_out; c++)
    for (int y = 0; y < out->map.height; y++)
      for (int x = 0; x < out->map.width; x++)
        {
          double magnitude;
          double sum = convolve (&geometry, in, weights + (gsize) c * group_in * taps,
                                 c / group_out * group_in, group_in, y, x, &magnitude);

          finished_assert (&finished, &out->map, c, y, x, sum + bias[c], magnitude);
        }

  finished_clear (&finished);
}

static void
check_depthwise (const CnnKernels *kernels)
{
  int n = pick (1, 40);
  Geometry geometry;
  CnnDepthwise conv = { 0 };
  Finished finished;
  int taps;
  g_autoptr (Field) in = NULL;
  g_autoptr (Field) out = NULL;
  g_autofree float *weights = NULL;
  g_autofree float *packed = NULL;
  g_autofree float *bias = random_channels (n);

  random_geometry (&geometry, 7, chance (0.5) ? 0 : 6);
  taps = geometry.stencil.kernel[0] * geometry.stencil.kernel[1];
  in = field_new_random (n, geometry.in[0], geometry.in[1], geometry.border, CNN_BLOCK);
  out = geometry_make_output (&geometry, n);
  weights = random_floats ((gsize) n * taps);
  packed = pack_weights (weights, n, 1, taps, 1);
  finished_init (&finished, out);

  conv.in = in->map;
  conv.out = out->map;
  conv.stencil = geometry.stencil;
  conv.weights = packed;
  conv.bias = bias;
  conv.finish = finished.finish;

  call_in_parts (call_depthwise, kernels, &conv, out);

  for (int c = 0; c < n; c++)
    for (int y = 0; y < out->map.height; y++)
      for (int x = 0; x < out->map.width; x++)
        {
          double magnitude;
          double sum = convolve (&geometry, in, weights + (gsize) c * taps, c, 1, y, x, &magnitude);

          finished_assert (&finished, &out->map, c, y, x, sum + bias[c], magnitude);
        }

  finished_clear (&finished);
}

/* What a pooling window sees: the greatest value, the sum, and how many there
 * are inside the picture, and inside the picture with its padding. */
typedef struct
{
  double greatest;
  double sum;
  int n;
  int n_padded;
} Seen;

static Seen
see (const Geometry *geometry,
     const Field    *in,
     int             c,
     int             y,
     int             x)
{
  const CnnStencil *stencil = &geometry->stencil;
  Seen seen = { -INFINITY };

  for (int ky = 0; ky < stencil->kernel[0]; ky++)
    for (int kx = 0; kx < stencil->kernel[1]; kx++)
      {
        int in_y = y * stencil->stride[0] - stencil->padding[0] + ky * stencil->dilation[0];
        int in_x = x * stencil->stride[1] - stencil->padding[1] + kx * stencil->dilation[1];

        if (in_y < in->map.height + stencil->padding[2] && in_x < in->map.width + stencil->padding[3])
          seen.n_padded++;
        if (in_y < 0 || in_y >= in->map.height || in_x < 0 || in_x >= in->map.width)
          continue;

        seen.n++;
        seen.sum += field_look_up (in, c, in_y, in_x);
        seen.greatest = MAX (seen.greatest, field_look_up (in, c, in_y, in_x));
      }

  return seen;
}

static void
check_pool (const CnnKernels *kernels)
{
  int n = pick (1, 40);
  Geometry geometry;
  CnnPool pool = { 0 };
  g_autoptr (Field) in = NULL;
  g_autoptr (Field) greatest = NULL;
  g_autoptr (Field) average = NULL;

  random_geometry (&geometry, 4, 2);

  /* Rounding up: one window more, which starts inside and ends outside. */
  for (int d = 0; d < 2; d++)
    if (geometry.out[d] * geometry.stencil.stride[d] < geometry.in[d] + geometry.stencil.padding[d])
      geometry.out[d]++;

  in = field_new_random (n, geometry.in[0], geometry.in[1], (int[4]) { 0 }, CNN_BLOCK);
  greatest = geometry_make_output (&geometry, n);
  average = geometry_make_output (&geometry, n);
  pool.in = in->map;
  pool.stencil = geometry.stencil;
  pool.count_padding = chance (0.5);

  pool.out = greatest->map;
  call_in_parts (call_max_pool, kernels, &pool, greatest);
  pool.out = average->map;
  call_in_parts (call_average_pool, kernels, &pool, average);

  for (int c = 0; c < n; c++)
    for (int y = 0; y < geometry.out[0]; y++)
      for (int x = 0; x < geometry.out[1]; x++)
        {
          Seen seen = see (&geometry, in, c, y, x);
          int divisor = pool.count_padding ? seen.n_padded : seen.n;

          g_assert_cmpfloat (field_get (&greatest->map, greatest->map.data, c, y, x), ==, seen.greatest);
          assert_near (field_get (&average->map, average->map.data, c, y, x),
                       divisor > 0 ? seen.sum / divisor : 0, 1);
        }
}

static void
check_adaptive_pool (const CnnKernels *kernels)
{
  int n = pick (1, 40), height = pick (1, 20), width = pick (1, 20);
  CnnPool pool = { 0 };
  g_autoptr (Field) in = field_new_random (n, height, width, (int[4]) { 0 }, CNN_BLOCK);
  g_autoptr (Field) out = field_new (n, pick (1, 9), pick (1, 9), (int[4]) { 0, 1, 0, 1 }, CNN_BLOCK);

  pool.in = in->map;
  pool.out = out->map;
  call_in_parts (call_adaptive_average_pool, kernels, &pool, out);

  for (int c = 0; c < n; c++)
    for (int y = 0; y < out->map.height; y++)
      for (int x = 0; x < out->map.width; x++)
        {
          int top = floor ((double) y * height / out->map.height);
          int bottom = ceil ((double) (y + 1) * height / out->map.height);
          int left = floor ((double) x * width / out->map.width);
          int right = ceil ((double) (x + 1) * width / out->map.width);
          double sum = 0;

          for (int in_y = top; in_y < bottom; in_y++)
            for (int in_x = left; in_x < right; in_x++)
              sum += field_look_up (in, c, in_y, in_x);

          assert_near (field_get (&out->map, out->map.data, c, y, x),
                       sum / ((bottom - top) * (right - left)), 1);
        }
}

static void
check_finish (const CnnKernels *kernels)
{
  int n = pick (1, 40), height = pick (1, 9), width = pick (1, 40);
  CnnPointwise pointwise = { 0 };
  Finished finished;
  g_autoptr (Field) in = field_new_random (n, height, width, (int[4]) { 0, 1, 2, 0 }, CNN_BLOCK);
  g_autoptr (Field) out = field_new (n, height, width, (int[4]) { 1, 0, 0, 2 }, CNN_BLOCK);

  finished_init (&finished, out);
  pointwise.in = in->map;
  pointwise.out = out->map;
  pointwise.finish = finished.finish;
  call_in_parts (call_finish, kernels, &pointwise, out);

  for (int c = 0; c < n; c++)
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++)
        finished_assert (&finished, &out->map, c, y, x, field_look_up (in, c, y, x), 1);

  finished_clear (&finished);
}

static void
call_gather (const CnnKernels *kernels,
             gconstpointer     args,
             const CnnPart    *part)
{
  kernels->gather (args, part);
}

/* Every lane from anywhere in two maps, or from nowhere. */
static void
check_gather (const CnnKernels *kernels)
{
  int n = pick (1, 40), height = pick (1, 5), width = pick (1, 20), n_blocks = cnn_n_blocks (n);
  g_autoptr (Field) a = field_new_random (pick (1, 40), height, width, (int[4]) { 0, 1, 2, 0 }, CNN_BLOCK);
  g_autoptr (Field) b = field_new_random (pick (1, 40), height, width, (int[4]) { 0 }, CNN_BLOCK);
  g_autoptr (Field) out = field_new (n, height, width, (int[4]) { 1, 0, 0, 2 }, CNN_BLOCK);
  const Field *fields[] = { a, b };
  const CnnMap sources[] = { a->map, b->map };
  g_autofree int *from = g_new (int, n);
  g_autofree CnnPick *picks = g_new0 (CnnPick, n);
  g_autofree int *first_pick = g_new0 (int, n_blocks + 1);
  CnnGather gather = { .out = out->map, .sources = sources, .picks = picks, .first_pick = first_pick, .clears = TRUE };

  /* One pick a lane, as many as there may be. */
  for (int c = 0; c < n; c++)
    {
      int source = pick (0, 1);

      from[c] = pick (-1, fields[source]->map.channels - 1);
      picks[c].source = source;
      picks[c].block = MAX (from[c], 0) / CNN_BLOCK;
      picks[c].lanes[c % CNN_BLOCK] = MAX (from[c], 0) % CNN_BLOCK;
      picks[c].is_taken[c % CNN_BLOCK] = from[c] < 0 ? 0 : -1;
      first_pick[c / CNN_BLOCK + 1] = c + 1;
    }

  call_in_parts (call_gather, kernels, &gather, out);

  for (int c = 0; c < n; c++)
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++)
        g_assert_cmpfloat (field_get (&out->map, out->map.data, c, y, x), ==,
                           from[c] < 0 ? 0 : field_look_up (fields[picks[c].source], from[c], y, x));
}

/* NaN must reach the logits, where it is reported: neither a maximum nor a ReLU
 * may swallow it, wherever it stands in the window. */
static void
check_nan (const CnnKernels *kernels)
{
  for (int at = 0; at < 4; at++)
    {
      g_autoptr (Field) in = field_new_random (20, 2, 2, (int[4]) { 0 }, CNN_BLOCK);
      g_autoptr (Field) pooled = field_new (20, 1, 1, (int[4]) { 0 }, CNN_BLOCK);
      g_autoptr (Field) clamped = field_new (20, 2, 2, (int[4]) { 0 }, CNN_BLOCK);
      CnnPool pool = { in->map, pooled->map, { { 2, 2 }, { 1, 1 }, { 1, 1 }, { 0 } } };
      CnnPointwise pointwise = { in->map, clamped->map };

      in->planes[18 * 4 + at] = NAN;
      cnn_map_fill (&in->map, in->planes);
      pointwise.finish.clamp = TRUE;
      pointwise.finish.high = 6;

      kernels->max_pool (&pool, &(CnnPart) { 0, 2, 0, 1 });
      kernels->finish (&pointwise, &(CnnPart) { 0, 2, 0, 2 });

      for (int c = 0; c < 20; c++)
        {
          g_assert_cmpint (isnan (field_get (&pooled->map, pooled->map.data, c, 0, 0)) != 0, ==, c == 18);
          for (int i = 0; i < 4; i++)
            g_assert_cmpint (isnan (field_get (&clamped->map, clamped->map.data, c, i / 2, i % 2)) != 0, ==,
                             c == 18 && i == at);
        }
    }
}

/* 64 → 64 channels, 3×3, 56×56: the layers that ResNet begins with. */
static void
check_speed (const CnnKernels *kernels)
{
  const int border[4] = { 1, 1, 1, 1 };
  CnnConv conv = { 0 };
  g_autoptr (Field) in = field_new_random (64, 56, 56, border, CNN_BLOCK);
  g_autoptr (Field) out = field_new (64, 56, 56, border, CNN_BLOCK);
  g_autofree float *weights = random_floats (64 * 64 * 9);
  g_autofree float *bias = random_channels (64);
  CnnReach reaches[4];
  double best = G_MAXDOUBLE, speed;

  conv = (CnnConv) {
    .in = in->map, .out = out->map,
    .stencil = { { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1, 1, 1 } },
    .lanes = CNN_BLOCK, .weights = weights, .reaches = reaches, .bias = bias,
  };
  for (int b = 0; b < 4; b++)
    reaches[b] = (CnnReach) { 0, 64, b * 64 * 9 * CNN_BLOCK };

  for (guint i = 0; i < 20; i++)
    {
      g_test_timer_start ();
      kernels->conv (&conv, &(CnnPart) { 0, 4, 0, 56 });
      best = MIN (best, g_test_timer_elapsed ());
    }

  speed = 2e-9 * 64 * 64 * 9 * 56 * 56 / best;
  g_test_maximized_result (speed, "%.1f GFLOP/s", speed);
}

typedef struct
{
  CnnCpuLevel level;
  void (*check) (const CnnKernels *kernels);
  guint n;
} Case;

static void
test_kernel (gconstpointer data)
{
  const Case *test = data;

  for (guint i = 0; i < test->n; i++)
    test->check (cnn_kernels_get (test->level));
}

static void
add_test (CnnCpuLevel   level,
          const char   *name,
          void        (*check) (const CnnKernels *kernels),
          guint         n)
{
  g_autofree char *path = g_strdup_printf ("/engine/kernels/%s/%s", cnn_cpu_level_get_name (level), name);
  Case *test = g_new (Case, 1);

  *test = (Case) { level, check, n };
  g_test_add_data_func_full (path, test, test_kernel, g_free);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (CnnCpuLevel level = CNN_CPU_C; level <= cnn_cpu_get_level (); level++)
    {
      add_test (level, "conv", check_conv, N_CASES);
      add_test (level, "grouped-conv", check_grouped_conv, N_CASES);
      add_test (level, "depthwise", check_depthwise, N_CASES);
      add_test (level, "pool", check_pool, N_CASES);
      add_test (level, "adaptive-pool", check_adaptive_pool, N_CASES);
      add_test (level, "finish", check_finish, N_CASES);
      add_test (level, "gather", check_gather, N_CASES);
      add_test (level, "nan", check_nan, 1);
      if (g_test_perf ())
        add_test (level, "speed", check_speed, 1);
    }

  return g_test_run ();
}
