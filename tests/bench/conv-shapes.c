#include "cnn.h"

#include "network/cnn-network-builder.h"
#include "support/random.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

/* Times convolutions of every shape, each in a network of its own, and tells what
 * share of the processor's limit they reach: `conv-shapes [THREADS [BATCH]]`. The
 * weights are in the caches, as far as they fit; in a network they are not. */

typedef struct
{
  const char *what;
  int inputs;
  int height;
  int width;
  int outputs;
  int kernel[2];
  int stride;
  int padding[2];
  int groups;
} Shape;

static const Shape shapes[] = {
  { "1×1, ResNet-50", 64, 56, 56, 64, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "1×1, ResNet-50", 64, 56, 56, 256, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "1×1, ResNet-50", 256, 56, 56, 64, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "1×1, ResNet-50", 256, 56, 56, 512, { 1, 1 }, 2, { 0, 0 }, 1 },
  { "1×1, ResNet-50", 512, 28, 28, 128, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "1×1, ResNet-50", 128, 28, 28, 512, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "1×1, ResNet-50", 1024, 14, 14, 256, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "1×1, ResNet-50", 256, 14, 14, 1024, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "1×1, ResNet-50", 1024, 14, 14, 2048, { 1, 1 }, 2, { 0, 0 }, 1 },
  { "1×1, ResNet-50", 2048, 7, 7, 512, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "1×1, ResNet-50", 512, 7, 7, 2048, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "1×1, tails", 24, 56, 56, 144, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "1×1, tails", 144, 56, 56, 24, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "1×1, tails", 40, 28, 28, 240, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "1×1, tails", 58, 28, 28, 58, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "1×1, tails", 116, 14, 14, 116, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "1×1, tails", 232, 7, 7, 232, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "3×3, stride 2", 128, 56, 56, 128, { 3, 3 }, 2, { 1, 1 }, 1 },
  { "3×3, stride 2", 256, 28, 28, 256, { 3, 3 }, 2, { 1, 1 }, 1 },
  { "3×3, stride 2", 512, 14, 14, 512, { 3, 3 }, 2, { 1, 1 }, 1 },
  { "3×3, stride 2", 192, 17, 17, 320, { 3, 3 }, 2, { 0, 0 }, 1 },
  { "5×5", 48, 35, 35, 64, { 5, 5 }, 1, { 2, 2 }, 1 },
  { "1×7", 128, 17, 17, 128, { 1, 7 }, 1, { 0, 3 }, 1 },
  { "7×1", 128, 17, 17, 192, { 7, 1 }, 1, { 3, 0 }, 1 },
  { "1×3", 384, 8, 8, 384, { 1, 3 }, 1, { 0, 1 }, 1 },
  { "3×1", 384, 8, 8, 384, { 3, 1 }, 1, { 1, 0 }, 1 },
  { "first, ResNet", 3, 224, 224, 64, { 7, 7 }, 2, { 3, 3 }, 1 },
  { "first, AlexNet", 3, 224, 224, 64, { 11, 11 }, 4, { 2, 2 }, 1 },
  { "first, VGG", 3, 224, 224, 64, { 3, 3 }, 1, { 1, 1 }, 1 },
  { "first, MobileNet", 3, 224, 224, 32, { 3, 3 }, 2, { 1, 1 }, 1 },
  { "groups of 1, 2 out", 64, 56, 56, 128, { 3, 3 }, 1, { 1, 1 }, 64 },
  { "groups of 2", 64, 56, 56, 64, { 3, 3 }, 1, { 1, 1 }, 32 },
  { "groups of 3", 60, 56, 56, 60, { 3, 3 }, 1, { 1, 1 }, 20 },
  { "groups of 4", 128, 56, 56, 128, { 3, 3 }, 1, { 1, 1 }, 32 },
  { "groups of 8", 256, 28, 28, 256, { 3, 3 }, 1, { 1, 1 }, 32 },
  { "groups of 16", 512, 14, 14, 512, { 3, 3 }, 1, { 1, 1 }, 32 },
  { "groups of 24", 144, 28, 28, 144, { 3, 3 }, 1, { 1, 1 }, 6 },
  { "groups of 32", 1024, 7, 7, 1024, { 3, 3 }, 1, { 1, 1 }, 32 },
  { "groups of 48", 96, 27, 27, 256, { 5, 5 }, 1, { 2, 2 }, 2 },
  { "linear, AlexNet", 9216, 1, 1, 4096, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "linear, ResNet-50", 2048, 1, 1, 1000, { 1, 1 }, 1, { 0, 0 }, 1 },
  { "one input", 1, 224, 224, 16, { 3, 3 }, 1, { 1, 1 }, 1 },
  { "one output", 64, 56, 56, 1, { 3, 3 }, 1, { 1, 1 }, 1 },
  { "one pixel", 64, 1, 1, 64, { 3, 3 }, 1, { 1, 1 }, 1 },
  { "four pixels", 512, 2, 2, 512, { 3, 3 }, 1, { 1, 1 }, 1 },
  { "wide", 64, 1, 1000, 64, { 5, 5 }, 1, { 2, 2 }, 1 },
  { "tall", 64, 1000, 1, 64, { 5, 5 }, 1, { 2, 2 }, 1 },
  { "more kernel than map", 64, 3, 3, 64, { 7, 7 }, 1, { 3, 3 }, 1 },
};

static CnnTensor *
random_tensor (const CnnShape *shape,
               double          scale)
{
  CnnTensor *tensor = cnn_tensor_new (shape);

  for (gsize i = 0; i < cnn_tensor_get_n_elements (tensor); i++)
    cnn_tensor_get_mutable_data (tensor)[i] = g_test_rand_double_range (-scale, scale);

  return tensor;
}

static CnnNetwork *
make_network (const Shape *shape)
{
  g_autoptr (CnnNetworkBuilder) builder =
    cnn_network_builder_new (shape->what, &CNN_SHAPE_4 (1, shape->inputs, shape->height, shape->width));
  int fan_in = shape->inputs / shape->groups * shape->kernel[0] * shape->kernel[1];
  g_autoptr (CnnTensor) weight =
    random_tensor (&CNN_SHAPE_4 (shape->outputs, shape->inputs / shape->groups,
                                 shape->kernel[0], shape->kernel[1]), sqrt (3.0 / fan_in));
  CnnTensor *parameters[CNN_N_PARAMETERS] = { weight };
  CnnAttributes attributes;
  guint layer = 0;

  cnn_attributes_init (&attributes);
  for (guint d = 0; d < 2; d++)
    {
      attributes.kernel[d] = shape->kernel[d];
      attributes.stride[d] = shape->stride;
      attributes.padding[d] = attributes.padding[d + 2] = shape->padding[d];
    }
  attributes.groups = shape->groups;

  layer = cnn_network_builder_add (builder, "convolution", CNN_KIND_CONVOLUTION, &attributes,
                                   &layer, 1, parameters, NULL);
  cnn_network_builder_add (builder, "relu", CNN_KIND_RELU, NULL, &layer, 1, NULL, NULL);

  return cnn_network_builder_freeze (builder, NULL, NULL);
}

static void
time_shape (const Shape *shape,
            guint        n_threads,
            guint        batch)
{
  g_autoptr (CnnNetwork) network = make_network (shape);
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
  g_autoptr (CnnTensor) input =
    random_tensor (&CNN_SHAPE_4 (batch, shape->inputs, shape->height, shape->width), 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnMeasurement) measurement =
    cnn_predictor_measure (predictor, input, n_threads, 40, NULL, &error);
  const CnnStepTime *step;
  double flops;

  g_assert_no_error (error);
  step = cnn_measurement_find_layer (measurement, 1);
  flops = step->gflops * step->median / step->minimum;
  g_print ("%-21s %4d × %3d × %-4d → %4d  %2d×%-2d /%d  %8.3f ms %7.1f GFLOP/s %4.0f %%  %s\n",
           shape->what, shape->inputs, shape->height, shape->width, shape->outputs,
           shape->kernel[0], shape->kernel[1], shape->stride, step->minimum, flops,
           100 * flops / cnn_measurement_get_peak (measurement), step->algorithm);
}

int
main (int   argc,
      char *argv[])
{
  guint n_threads = argc > 1 ? MAX (atoi (argv[1]), 1) : 1;
  guint batch = argc > 2 ? MAX (atoi (argv[2]), 1) : 1;

  setlocale (LC_ALL, "");
  g_test_init (&(int) { 1 }, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    time_shape (&shapes[i], n_threads, batch);

  return 0;
}
