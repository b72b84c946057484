/* Simonyan, Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
 * Recognition", 2014; torchvision/models/vgg.py */

#include "formats/architectures/cnn-blueprint-private.h"

typedef struct
{
  guint convolutions[5];        /* before each of the five poolings */
  gboolean norm;
} Vgg;

static void
describe (CnnBlueprint  *b,
          gconstpointer  variant)
{
  static const guint widths[] = { 64, 128, 256, 512, 512 };
  const Vgg *vgg = variant;
  guint x = input (b, 3, 224);

  enter (b, "features");
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      for (guint j = 0; j < vgg->convolutions[i]; j++)
        {
          x = convolution (b, x, NEXT, .out = widths[i], .kernel = 3, .padding = 1, .bias = TRUE,
                           .norm = vgg->norm ? NEXT : NULL);
          x = relu (b, x, NEXT);
        }
      x = max_pool (b, x, NEXT, .kernel = 2, .stride = 2);
    }
  leave (b);

  x = adaptive_pool (b, x, "avgpool", 7);
  x = flatten (b, x, "flatten");

  enter (b, "classifier");
  x = linear (b, x, "0", 4096);
  x = relu (b, x, "1");
  x = dropout (b, x, "2");
  x = linear (b, x, "3", 4096);
  x = relu (b, x, "4");
  x = dropout (b, x, "5");
  linear (b, x, "6", 1000);
  leave (b);
}

const CnnArchitecture cnn_architectures_vgg[] = {
  { "VGG-11", describe, &(const Vgg) { { 1, 1, 2, 2, 2 }, FALSE } },
  { "VGG-13", describe, &(const Vgg) { { 2, 2, 2, 2, 2 }, FALSE } },
  { "VGG-16", describe, &(const Vgg) { { 2, 2, 3, 3, 3 }, FALSE } },
  { "VGG-19", describe, &(const Vgg) { { 2, 2, 4, 4, 4 }, FALSE } },
  { "VGG-11 with batch norm", describe, &(const Vgg) { { 1, 1, 2, 2, 2 }, TRUE } },
  { "VGG-13 with batch norm", describe, &(const Vgg) { { 2, 2, 2, 2, 2 }, TRUE } },
  { "VGG-16 with batch norm", describe, &(const Vgg) { { 2, 2, 3, 3, 3 }, TRUE } },
  { "VGG-19 with batch norm", describe, &(const Vgg) { { 2, 2, 4, 4, 4 }, TRUE } },
  { NULL }
};
