#include "kernels/cnn-kernel-table.h"
#include "kernels/cnn-map.h"

#include <math.h>
#include <string.h>

/* Every kernel of every instruction set that this processor has, against loops
 * that anyone can check, on sizes that fit no tile. Maps are allocated to the
 * float, so that a sanitizer sees whoever reads or writes beyond them.
 * With `-m perf` it tells how fast they are. */

#define N_CASES 150

/* Of the sum of the absolute values of what is added up. */
#define TOLERANCE 2e-6

/* What lies in memory that no kernel may touch. */
#define UNTOUCHED 1234.5f

/* A map, with the numbers that it should hold row-major. */
typedef struct
{
  CnnMap map;
  float *memory;
  gsize size;
  int border[4];
  float *planes;
} Field;

static int
pick (int low,
      int high)
{
  return g_test_rand_int_range (low, high + 1);
}

static gboolean
chance (double probability)
{
  return g_test_rand_double () < probability;
}

static gsize
n_elements (const CnnMap *map)
{
  return (gsize) map->channels * map->height * map->width;
}

/* pixel is 16, or the number of channels. */
static Field *
field_new (int       channels,
           int       height,
           int       width,
           const int border[4],
           int       pixel)
{
  Field *field = g_new0 (Field, 1);
  CnnMap *map = &field->map;
  int n_blocks = pixel < CNN_BLOCK ? 1 : cnn_n_blocks (channels);

  memcpy (field->border, border, sizeof field->border);
  map->channels = channels;
  map->height = height;
  map->width = width;
  map->pixel = pixel;
  map->row = (border[1] + width + border[3]) * map->pixel;
  map->block = (border[0] + height + border[2]) * map->row;

  field->size = n_blocks * map->block;
  field->memory = g_new (float, field->size);
  for (gsize i = 0; i < field->size; i++)
    field->memory[i] = UNTOUCHED;
  map->data = field->memory + border[0] * map->row + border[1] * map->pixel;
  field->planes = g_new0 (float, n_elements (map));

  return field;
}

static void
field_free (Field *field)
{
  g_free (field->memory);
  g_free (field->planes);
  g_free (field);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Field, field_free)

static Field *
random_field (int       channels,
              int       height,
              int       width,
              const int border[4],
              int       pixel)
{
  Field *field = field_new (channels, height, width, border, pixel);

  for (gsize i = 0; i < n_elements (&field->map); i++)
    field->planes[i] = g_test_rand_double_range (-1, 1);
  cnn_map_clear_border (&field->map, border);
  cnn_map_fill (&field->map, field->planes);

  return field;
}

/* A number of the picture; 0 beyond its edge. */
static double
look_up (const Field *field,
         int          c,
         int          y,
         int          x)
{
  const CnnMap *map = &field->map;

  if (y < 0 || y >= map->height || x < 0 || x >= map->width)
    return 0;

  return field->planes[((gsize) c * map->height + y) * map->width + x];
}

static float
get (const CnnMap *map,
     const float  *data,
     int           c,
     int           y,
     int           x)
{
  return data[c / CNN_BLOCK * map->block + y * map->row + x * map->pixel + c % CNN_BLOCK];
}

static void
assert_border_untouched (const Field *field)
{
  const CnnMap *map = &field->map;

  for (gsize i = 0; i < field->size; i++)
    {
      int row = i % map->block / map->row - field->border[0];
      int column = i % map->row / map->pixel - field->border[1];

      if (row < 0 || row >= map->height || column < 0 || column >= map->width)
        g_assert_cmpfloat (field->memory[i], ==, UNTOUCHED);
    }
}

/* By channel, in whole blocks. */
static float *
random_channels (int n)
{
  float *values = g_new (float, cnn_n_blocks (n) * CNN_BLOCK);

  for (int i = 0; i < cnn_n_blocks (n) * CNN_BLOCK; i++)
    values[i] = i < n ? g_test_rand_double_range (-1, 1) : 0;

  return values;
}

/* What a finish should make of a sum: where it starts, and after each part. */
typedef struct
{
  CnnFinish finish;
  float *scale;
  float *shift;
  Field *addend;
  Field *kept[3];
} Finish;

static void
finish_clear (Finish *self)
{
  g_free (self->scale);
  g_free (self->shift);
  g_clear_pointer (&self->addend, field_free);
  for (guint i = 0; i < G_N_ELEMENTS (self->kept); i++)
    g_clear_pointer (&self->kept[i], field_free);
}

static void
finish_init (Finish      *self,
             const Field *out)
{
  const CnnMap *map = &out->map;

  memset (self, 0, sizeof *self);
  if (chance (0.5))
    {
      self->finish.scale = self->scale = random_channels (map->channels);
      self->finish.shift = self->shift = random_channels (map->channels);
    }
  if (chance (0.5))
    {
      self->addend = random_field (map->channels, map->height, map->width,
                                   (int[4]) { pick (0, 1), pick (0, 2), 0, pick (0, 2) }, CNN_BLOCK);
      self->finish.addend = self->addend->map;
    }
  if (chance (0.5))
    {
      self->finish.clamp = TRUE;
      self->finish.low = -0.25;
      self->finish.high = chance (0.5) ? 0.5 : INFINITY;
    }

  if (chance (0.5))
    {
      for (guint i = 0; i < G_N_ELEMENTS (self->kept); i++)
        self->kept[i] = field_new (map->channels, map->height, map->width, out->border, CNN_BLOCK);
      self->finish.before_scale = self->kept[0]->map.data;
      self->finish.before_add = self->kept[1]->map.data;
      self->finish.before_clamp = self->kept[2]->map.data;
    }
}

static void
assert_near (float  found,
             double expected,
             double magnitude)
{
  g_assert_cmpfloat_with_epsilon (found, expected, TOLERANCE * (magnitude + 1));
}

/* Checks an output that should be the sum, finished, and what was kept. */
static void
assert_finished (const Finish *self,
                 const CnnMap *out,
                 int           c,
                 int           y,
                 int           x,
                 double        sum,
                 double        magnitude)
{
  const CnnFinish *finish = &self->finish;
  double value = sum;

  if (finish->scale != NULL)
    {
      if (finish->before_scale != NULL)
        assert_near (get (out, finish->before_scale, c, y, x), value, magnitude);
      value = value * finish->scale[c] + finish->shift[c];
    }
  if (self->addend != NULL)
    {
      if (finish->before_add != NULL)
        assert_near (get (out, finish->before_add, c, y, x), value, magnitude);
      value += look_up (self->addend, c, y, x);
    }
  if (finish->clamp)
    {
      if (finish->before_clamp != NULL)
        assert_near (get (out, finish->before_clamp, c, y, x), value, magnitude);
      value = CLAMP (value, finish->low, finish->high);
    }

  assert_near (get (out, out->data, c, y, x), value, magnitude);
}

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
  assert_border_untouched (out);
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
            look_up (in, first_channel + c,
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
  Finish finish;
  int taps;
  g_autoptr (Field) in = NULL;
  g_autoptr (Field) out = NULL;
  g_autofree float *weights = NULL;
  g_autofree float *packed = NULL;
  g_autofree float *bias = random_channels (n_out);
  g_autofree int *first_in_block = g_new0 (int, cnn_n_blocks (n_out));

  random_geometry (&geometry, chance (0.3) ? 1 : 5, chance (0.5) ? 0 : 6);
  taps = geometry.stencil.kernel[0] * geometry.stencil.kernel[1];
  in = random_field (n_in, geometry.in[0], geometry.in[1], geometry.border, lanes);
  out = geometry_make_output (&geometry, n_out);
  weights = random_floats ((gsize) n_out * n_in * taps);
  packed = pack_weights (weights, n_out, n_in, taps, lanes);
  finish_init (&finish, out);

  conv.in = in->map;
  conv.out = out->map;
  conv.stencil = geometry.stencil;
  conv.weights = packed;
  conv.weight_block = (gsize) n_in * taps * CNN_BLOCK;
  conv.bias = bias;
  conv.first_in_block = first_in_block;
  conv.n_in_blocks = is_small ? 1 : cnn_n_blocks (n_in);
  conv.last_in_block = conv.n_in_blocks - 1;
  conv.last_lanes = n_in - conv.last_in_block * lanes;
  conv.finish = finish.finish;
  if (is_small && conv.stencil.dilation[1] == 1)
    {
      conv.last_lanes *= conv.stencil.kernel[1];
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

          assert_finished (&finish, &out->map, c, y, x, sum + bias[c], magnitude);
        }

  finish_clear (&finish);
}

static void
check_depthwise (const CnnKernels *kernels)
{
  int n = pick (1, 40);
  Geometry geometry;
  CnnDepthwise conv = { 0 };
  Finish finish;
  int taps;
  g_autoptr (Field) in = NULL;
  g_autoptr (Field) out = NULL;
  g_autofree float *weights = NULL;
  g_autofree float *packed = NULL;
  g_autofree float *bias = random_channels (n);

  random_geometry (&geometry, 5, chance (0.5) ? 0 : 6);
  taps = geometry.stencil.kernel[0] * geometry.stencil.kernel[1];
  in = random_field (n, geometry.in[0], geometry.in[1], geometry.border, CNN_BLOCK);
  out = geometry_make_output (&geometry, n);
  weights = random_floats ((gsize) n * taps);
  packed = pack_weights (weights, n, 1, taps, 1);
  finish_init (&finish, out);

  conv.in = in->map;
  conv.out = out->map;
  conv.stencil = geometry.stencil;
  conv.weights = packed;
  conv.bias = bias;
  conv.finish = finish.finish;

  call_in_parts (call_depthwise, kernels, &conv, out);

  for (int c = 0; c < n; c++)
    for (int y = 0; y < out->map.height; y++)
      for (int x = 0; x < out->map.width; x++)
        {
          double magnitude;
          double sum = convolve (&geometry, in, weights + (gsize) c * taps, c, 1, y, x, &magnitude);

          assert_finished (&finish, &out->map, c, y, x, sum + bias[c], magnitude);
        }

  finish_clear (&finish);
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
        seen.sum += look_up (in, c, in_y, in_x);
        seen.greatest = MAX (seen.greatest, look_up (in, c, in_y, in_x));
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

  in = random_field (n, geometry.in[0], geometry.in[1], (int[4]) { 0 }, CNN_BLOCK);
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

          g_assert_cmpfloat (get (&greatest->map, greatest->map.data, c, y, x), ==, seen.greatest);
          assert_near (get (&average->map, average->map.data, c, y, x),
                       divisor > 0 ? seen.sum / divisor : 0, 1);
        }
}

static void
check_adaptive_pool (const CnnKernels *kernels)
{
  int n = pick (1, 40), height = pick (1, 20), width = pick (1, 20);
  CnnPool pool = { 0 };
  g_autoptr (Field) in = random_field (n, height, width, (int[4]) { 0 }, CNN_BLOCK);
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
              sum += look_up (in, c, in_y, in_x);

          assert_near (get (&out->map, out->map.data, c, y, x),
                       sum / ((bottom - top) * (right - left)), 1);
        }
}

static void
check_finish (const CnnKernels *kernels)
{
  int n = pick (1, 40), height = pick (1, 9), width = pick (1, 40);
  CnnPointwise pointwise = { 0 };
  Finish finish;
  g_autoptr (Field) in = random_field (n, height, width, (int[4]) { 0, 1, 2, 0 }, CNN_BLOCK);
  g_autoptr (Field) out = field_new (n, height, width, (int[4]) { 1, 0, 0, 2 }, CNN_BLOCK);

  finish_init (&finish, out);
  pointwise.in = in->map;
  pointwise.out = out->map;
  pointwise.finish = finish.finish;
  call_in_parts (call_finish, kernels, &pointwise, out);

  for (int c = 0; c < n; c++)
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++)
        assert_finished (&finish, &out->map, c, y, x, look_up (in, c, y, x), 1);

  finish_clear (&finish);
}

/* NaN must reach the logits, where it is reported: neither a maximum nor a ReLU
 * may swallow it, wherever it stands in the window. */
static void
check_nan (const CnnKernels *kernels)
{
  for (int at = 0; at < 4; at++)
    {
      g_autoptr (Field) in = random_field (20, 2, 2, (int[4]) { 0 }, CNN_BLOCK);
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
          g_assert_cmpint (isnan (get (&pooled->map, pooled->map.data, c, 0, 0)) != 0, ==, c == 18);
          for (int i = 0; i < 4; i++)
            g_assert_cmpint (isnan (get (&clamped->map, clamped->map.data, c, i / 2, i % 2)) != 0, ==,
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
  g_autoptr (Field) in = random_field (64, 56, 56, border, CNN_BLOCK);
  g_autoptr (Field) out = field_new (64, 56, 56, border, CNN_BLOCK);
  g_autofree float *weights = random_floats (64 * 64 * 9);
  g_autofree float *bias = random_channels (64);
  int first_in_block[4] = { 0 };
  double best = G_MAXDOUBLE, speed;

  conv = (CnnConv) {
    .in = in->map, .out = out->map,
    .stencil = { { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1, 1, 1 } },
    .weights = weights, .weight_block = 64 * 9 * CNN_BLOCK, .bias = bias,
    .first_in_block = first_in_block, .n_in_blocks = 4, .last_in_block = 3, .last_lanes = CNN_BLOCK,
  };

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
      add_test (level, "depthwise", check_depthwise, N_CASES);
      add_test (level, "pool", check_pool, N_CASES);
      add_test (level, "adaptive-pool", check_adaptive_pool, N_CASES);
      add_test (level, "finish", check_finish, N_CASES);
      add_test (level, "nan", check_nan, 1);
      if (g_test_perf ())
        add_test (level, "speed", check_speed, 1);
    }

  return g_test_run ();
}
