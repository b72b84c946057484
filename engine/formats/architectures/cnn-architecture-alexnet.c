/* Krizhevsky, "One weird trick for parallelizing convolutional neural networks",
 * 2014; torchvision/models/alexnet.py */

#include "formats/architectures/cnn-blueprint-private.h"

static void
describe (CnnBlueprint  *b,
          gconstpointer  variant)
{
  guint x = input (b, 3, 224);

  enter (b, "features");
  x = convolution (b, x, "0", .out = 64, .kernel = 11, .stride = 4, .padding = 2, .bias = TRUE);
  x = relu (b, x, "1");
  x = max_pool (b, x, "2", .kernel = 3, .stride = 2);
  x = convolution (b, x, "3", .out = 192, .kernel = 5, .padding = 2, .bias = TRUE);
  x = relu (b, x, "4");
  x = max_pool (b, x, "5", .kernel = 3, .stride = 2);
  x = convolution (b, x, "6", .out = 384, .kernel = 3, .padding = 1, .bias = TRUE);
  x = relu (b, x, "7");
  x = convolution (b, x, "8", .out = 256, .kernel = 3, .padding = 1, .bias = TRUE);
  x = relu (b, x, "9");
  x = convolution (b, x, "10", .out = 256, .kernel = 3, .padding = 1, .bias = TRUE);
  x = relu (b, x, "11");
  x = max_pool (b, x, "12", .kernel = 3, .stride = 2);
  leave (b);

  x = adaptive_pool (b, x, "avgpool", 6);
  x = flatten (b, x, "flatten");

  enter (b, "classifier");
  x = dropout (b, x, "0");
  x = linear (b, x, "1", 4096);
  x = relu (b, x, "2");
  x = dropout (b, x, "3");
  x = linear (b, x, "4", 4096);
  x = relu (b, x, "5");
  linear (b, x, "6", 1000);
  leave (b);
}

const CnnArchitecture cnn_architectures_alexnet[] = {
  { "AlexNet", describe },
  { NULL }
};
