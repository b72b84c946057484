/* Tan et al., "MnasNet: Platform-Aware Neural Architecture Search for Mobile",
 * 2018 (B1); torchvision/models/mnasnet.py */

#include "formats/architectures/cnn-blueprint-private.h"

static const struct
{
  guint out;
  guint kernel;
  guint stride;
  guint expansion;
  guint blocks;
} stacks[] = {
  { 24, 3, 2, 3, 3 },
  { 40, 5, 2, 3, 3 },
  { 80, 5, 2, 6, 3 },
  { 96, 3, 1, 6, 2 },
  { 192, 5, 2, 6, 4 },
  { 320, 3, 1, 6, 1 },
};

static guint
inverted_residual (CnnBlueprint *b,
                   guint         x,
                   guint         out,
                   guint         kernel,
                   guint         stride,
                   guint         expansion)
{
  guint y;

  enter_next (b);
  enter (b, "layers");
  y = convolution (b, x, "0", .out = channels (b, x) * expansion, .norm = "1");
  y = relu (b, y, "2");
  y = convolution (b, y, "3", .kernel = kernel, .stride = stride, .padding = SAME, .groups = DEPTHWISE, .norm = "4");
  y = relu (b, y, "5");
  y = convolution (b, y, "6", .out = out, .norm = "7");
  leave (b);
  if (stride == 1 && channels (b, x) == channels (b, y))
    y = add (b, "add", y, x);
  leave (b);

  return y;
}

static void
describe (CnnBlueprint  *b,
          gconstpointer  variant)
{
  guint x = input (b, 3, 224);

  enter (b, "layers");
  x = convolution (b, x, NEXT, .out = 32, .kernel = 3, .stride = 2, .padding = 1, .norm = NEXT);
  x = relu (b, x, NEXT);
  x = convolution (b, x, NEXT, .kernel = 3, .padding = 1, .groups = DEPTHWISE, .norm = NEXT);
  x = relu (b, x, NEXT);
  x = convolution (b, x, NEXT, .out = 16, .norm = NEXT);
  for (guint i = 0; i < G_N_ELEMENTS (stacks); i++)
    {
      enter_next (b);
      for (guint j = 0; j < stacks[i].blocks; j++)
        x = inverted_residual (b, x, stacks[i].out, stacks[i].kernel, j == 0 ? stacks[i].stride : 1,
                               stacks[i].expansion);
      leave (b);
    }
  cnn_blueprint_set_scaled_name (b, "MNASNet", channels (b, x), 320);
  x = convolution (b, x, NEXT, .out = 1280, .norm = NEXT);
  x = relu (b, x, NEXT);
  leave (b);

  x = adaptive_pool (b, x, "avgpool", 1);
  x = flatten (b, x, "flatten");

  enter (b, "classifier");
  x = dropout (b, x, "0");
  linear (b, x, "1", 1000);
  leave (b);
}

const CnnArchitecture cnn_architectures_mnasnet[] = {
  { "MNASNet", describe },
  { NULL }
};
