#include "core/cnn-memory.h"
#include "kernels/cnn-kernel-table.h"
#include "kernels/cnn-winograd.h"
#include "plan/cnn-plan-algorithm.h"
#include "plan/cnn-plan-winograd.h"
#include "support/field.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Times each algorithm for the 3×3 convolutions of common networks, in turn, and
 * tells which one the plan chooses: `conv-algorithms [ROUNDS [THREADS]]`. GFLOP/s are
 * those of the sum as it is written, 2·9·C·K·H·W. */

typedef struct
{
  const char *network;
  int inputs;
  int outputs;
  int size;                     /* height and width of the output */
  int padding;
} Layer;

static const Layer layers[] = {
  { "resnet18",      64,  64,  56, 1 },
  { "resnet18",     128, 128,  28, 1 },
  { "resnet18",     256, 256,  14, 1 },
  { "resnet18",     512, 512,   7, 1 },
  { "vgg16",         64,  64, 224, 1 },
  { "vgg16",         64, 128, 112, 1 },
  { "vgg16",        128, 128, 112, 1 },
  { "vgg16",        128, 256,  56, 1 },
  { "vgg16",        256, 256,  56, 1 },
  { "vgg16",        256, 512,  28, 1 },
  { "vgg16",        512, 512,  28, 1 },
  { "vgg16",        512, 512,  14, 1 },
  { "squeezenet",    16,  64,  55, 1 },
  { "squeezenet",    32, 128,  27, 1 },
  { "squeezenet",    48, 192,  13, 1 },
  { "squeezenet",    64, 256,  13, 1 },
  { "googlenet",     64, 192,  56, 1 },
  { "googlenet",     96, 128,  28, 1 },
  { "googlenet",     16,  32,  28, 1 },
  { "googlenet",    128, 192,  28, 1 },
  { "googlenet",     32,  96,  28, 1 },
  { "googlenet",     96, 208,  14, 1 },
  { "googlenet",     16,  48,  14, 1 },
  { "googlenet",    112, 224,  14, 1 },
  { "googlenet",    144, 288,  14, 1 },
  { "googlenet",    160, 320,  14, 1 },
  { "googlenet",     32, 128,  14, 1 },
  { "googlenet",    160, 320,   7, 1 },
  { "googlenet",     32, 128,   7, 1 },
  { "googlenet",    192, 384,   7, 1 },
  { "googlenet",     48, 128,   7, 1 },
  { "inception_v3",  32,  32, 147, 0 },
  { "inception_v3",  32,  64, 147, 1 },
  { "inception_v3",  80, 192,  71, 0 },
  { "inception_v3",  64,  96,  35, 1 },
  { "inception_v3",  96,  96,  35, 1 },
  { "inception_v3", 448, 384,   8, 1 },
  { "densenet121",  128,  32,  56, 1 },
  { "densenet121",  128,  32,  28, 1 },
  { "densenet121",  128,  32,  14, 1 },
  { "densenet121",  128,  32,   7, 1 },
};

static gint64
get_nanoseconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);

  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

static float *
random_weights (gsize n)
{
  float *weights = cnn_alloc_floats (n);

  for (gsize i = 0; i < n; i++)
    weights[i] = g_test_rand_double_range (-1, 1);

  return weights;
}

/* Floats of the weights that an algorithm reads for an output block. */
static gsize
get_weight_block (const Layer  *layer,
                  CnnAlgorithm  algorithm)
{
  int elements = algorithm == CNN_ALGORITHM_DIRECT
    ? 9 : cnn_winograd_elements (cnn_algorithm_get_winograd_size (algorithm));

  return (gsize) layer->inputs * elements * CNN_BLOCK;
}

static gsize
get_scratch_size (const Layer  *layer,
                  CnnAlgorithm  algorithm)
{
  return algorithm == CNN_ALGORITHM_DIRECT ? 0
    : cnn_winograd_get_scratch_size (cnn_algorithm_get_winograd_size (algorithm),
                                     cnn_n_blocks (layer->inputs));
}

typedef struct
{
  CnnAlgorithm algorithm;
  CnnConv conv;
  CnnReach *reaches;
  float *weights;
  float *scratch;
  gsize scratch_size;
  guint n_threads;
  double best;
} Runner;

static void
runner_init (Runner       *self,
             CnnAlgorithm  algorithm,
             const Layer  *layer,
             Field        *in,
             Field        *out,
             const float  *bias,
             guint         n_threads)
{
  gsize weight_block = get_weight_block (layer, algorithm);
  int n_blocks = cnn_n_blocks (layer->outputs);

  self->algorithm = algorithm;
  self->n_threads = n_threads;
  self->best = G_MAXDOUBLE;
  self->conv = (CnnConv) {
    .in = in->map, .out = out->map,
    .stencil = { { 3, 3 }, { 1, 1 }, { 1, 1 }, { layer->padding, layer->padding, layer->padding, layer->padding } },
    .lanes = CNN_BLOCK, .bias = bias,
  };
  self->reaches = g_new (CnnReach, n_blocks);
  for (int i = 0; i < n_blocks; i++)
    self->reaches[i] = (CnnReach) { 0, layer->inputs, i * weight_block };
  self->conv.reaches = self->reaches;
  self->weights = random_weights (n_blocks * weight_block);
  self->conv.weights = self->weights;
  self->scratch_size = n_threads * get_scratch_size (layer, algorithm);
  self->scratch = cnn_alloc_floats (self->scratch_size);
  memset (self->scratch, 0, self->scratch_size * sizeof (float));
}

static void
runner_clear (Runner *self)
{
  g_free (self->reaches);
  free (self->weights);
  free (self->scratch);
}

static void
touch (const float *floats,
       gsize        n)
{
  volatile float sum = 0;

  for (gsize i = 0; i < n; i += CNN_BLOCK)
    sum += floats[i];
}

/* In a network, a layer's weights have long been pushed out of the cache that a
 * processor has to itself; its input and the scratch have just been in use. */
static void
make_cache_as_in_network (const Runner *self,
                          const Field  *in)
{
  static float *others = NULL;
  const gsize n_others = 1 << 24;

  if (others == NULL)
    {
      others = cnn_alloc_floats (n_others);
      memset (others, 0, n_others * sizeof (float));
    }

  touch (others, n_others);
  touch (self->scratch, self->scratch_size);
  touch (in->memory, in->size);
}

static void
runner_run (Runner           *self,
            const CnnKernels *kernels,
            const Field      *in)
{
  gint64 start;

  make_cache_as_in_network (self, in);
  start = get_nanoseconds ();

  if (self->algorithm == CNN_ALGORITHM_DIRECT)
    kernels->conv (&self->conv, &(CnnPart) { 0, cnn_n_blocks (self->conv.out.channels),
                                             0, self->conv.out.height });
  else
    cnn_winograd_run (kernels, cnn_algorithm_get_winograd_size (self->algorithm), &self->conv,
                      1, 0, self->n_threads, self->scratch);

  self->best = MIN (self->best, (get_nanoseconds () - start) * 1e-6);
}

static void
time_layer (const Layer *layer,
            guint        n_rounds,
            guint        n_threads)
{
  /* Tiles reach beyond the last row and column. */
  const int border[4] = { layer->padding, layer->padding, layer->padding + 3, layer->padding + 3 };
  int in_size = layer->size + 2 - 2 * layer->padding;
  const CnnKernels *kernels = cnn_kernels_get (cnn_cpu_get_level ());
  double flops = 2e-6 * 9 * layer->inputs * layer->outputs * layer->size * layer->size;
  Runner runners[CNN_N_ALGORITHMS];
  CnnConvSize size = { layer->inputs, layer->outputs, layer->inputs, layer->size, layer->size };
  CnnAlgorithm chosen = cnn_algorithm_choose (cnn_cpu_get_level (), &size);
  double best = G_MAXDOUBLE;
  g_autoptr (Field) in = field_new_random (layer->inputs, in_size, in_size, border, CNN_BLOCK);
  g_autoptr (Field) out = field_new (layer->outputs, layer->size, layer->size, border, CNN_BLOCK);
  g_autofree float *bias = random_channels (layer->outputs);

  for (CnnAlgorithm a = 0; a < CNN_N_ALGORITHMS; a++)
    runner_init (&runners[a], a, layer, in, out, bias, n_threads);

  for (guint i = 0; i < n_rounds; i++)
    for (CnnAlgorithm a = 0; a < CNN_N_ALGORITHMS; a++)
      runner_run (&runners[a], kernels, in);

  g_print ("%-12s %3d → %3d %3d² ", layer->network, layer->inputs, layer->outputs, layer->size);
  for (CnnAlgorithm a = 0; a < CNN_N_ALGORITHMS; a++)
    {
      g_print (" %8.3f %5.0f", runners[a].best, flops / runners[a].best);
      best = MIN (best, runners[a].best);
      runner_clear (&runners[a]);
    }
  g_print ("  %s %+.0f %%\n", cnn_algorithm_get_name (chosen), 100 * (runners[chosen].best / best - 1));
}

int
main (int   argc,
      char *argv[])
{
  guint n_rounds = argc > 1 ? MAX (atoi (argv[1]), 1) : 10;
  guint n_threads = argc > 2 ? MAX (atoi (argv[2]), 1) : 1;

  setlocale (LC_ALL, "");
  g_test_init (&(int) { 1 }, &argv, NULL);

  g_print ("%-27s", "");
  for (CnnAlgorithm a = 0; a < CNN_N_ALGORITHMS; a++)
    g_print (" %14s", cnn_algorithm_get_name (a));
  g_print ("  chosen, and how far from the best\n%-27s", "");
  for (CnnAlgorithm a = 0; a < CNN_N_ALGORITHMS; a++)
    g_print (" %8s %5s", "ms", "GF/s");
  g_print ("\n");

  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    time_layer (&layers[i], n_rounds, n_threads);

  return 0;
}
