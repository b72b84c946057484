/* Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters
 * and <0.5MB model size", 2016; torchvision/models/squeezenet.py */

#include "formats/architectures/cnn-blueprint-private.h"

static guint
fire (CnnBlueprint *b,
      guint         x,
      const char   *name,
      guint         squeeze,
      guint         expand)
{
  guint one, three;

  enter (b, "%s", name);

  x = convolution (b, x, "squeeze", .out = squeeze, .bias = TRUE);
  x = relu (b, x, "squeeze_activation");
  one = convolution (b, x, "expand1x1", .out = expand, .bias = TRUE);
  one = relu (b, one, "expand1x1_activation");
  three = convolution (b, x, "expand3x3", .out = expand, .kernel = 3, .padding = 1, .bias = TRUE);
  three = relu (b, three, "expand3x3_activation");
  x = concat (b, "cat", one, three);

  leave (b);

  return x;
}

static guint
pool (CnnBlueprint *b,
      guint         x,
      const char   *name)
{
  return max_pool (b, x, name, .kernel = 3, .stride = 2, .ceil_mode = TRUE);
}

static void
classify (CnnBlueprint *b,
          guint         x)
{
  enter (b, "classifier");
  x = dropout (b, x, "0");
  x = convolution (b, x, "1", .out = 1000, .bias = TRUE);
  x = relu (b, x, "2");
  x = adaptive_pool (b, x, "3", 1);
  leave (b);

  flatten (b, x, "flatten");
}

static void
describe_1_0 (CnnBlueprint  *b,
              gconstpointer  variant)
{
  guint x = input (b, 3, 224);

  enter (b, "features");
  x = convolution (b, x, "0", .out = 96, .kernel = 7, .stride = 2, .bias = TRUE);
  x = relu (b, x, "1");
  x = pool (b, x, "2");
  x = fire (b, x, "3", 16, 64);
  x = fire (b, x, "4", 16, 64);
  x = fire (b, x, "5", 32, 128);
  x = pool (b, x, "6");
  x = fire (b, x, "7", 32, 128);
  x = fire (b, x, "8", 48, 192);
  x = fire (b, x, "9", 48, 192);
  x = fire (b, x, "10", 64, 256);
  x = pool (b, x, "11");
  x = fire (b, x, "12", 64, 256);
  leave (b);

  classify (b, x);
}

static void
describe_1_1 (CnnBlueprint  *b,
              gconstpointer  variant)
{
  guint x = input (b, 3, 224);

  enter (b, "features");
  x = convolution (b, x, "0", .out = 64, .kernel = 3, .stride = 2, .bias = TRUE);
  x = relu (b, x, "1");
  x = pool (b, x, "2");
  x = fire (b, x, "3", 16, 64);
  x = fire (b, x, "4", 16, 64);
  x = pool (b, x, "5");
  x = fire (b, x, "6", 32, 128);
  x = fire (b, x, "7", 32, 128);
  x = pool (b, x, "8");
  x = fire (b, x, "9", 48, 192);
  x = fire (b, x, "10", 48, 192);
  x = fire (b, x, "11", 64, 256);
  x = fire (b, x, "12", 64, 256);
  leave (b);

  classify (b, x);
}

const CnnArchitecture cnn_architectures_squeezenet[] = {
  { "SqueezeNet 1.0", describe_1_0 },
  { "SqueezeNet 1.1", describe_1_1 },
  { NULL }
};
