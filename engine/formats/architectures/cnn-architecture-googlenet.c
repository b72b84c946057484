/* Szegedy et al., "Going Deeper with Convolutions", 2014;
 * torchvision/models/googlenet.py */

#include "formats/architectures/cnn-blueprint-private.h"

/* How many channels each branch has. */
typedef struct
{
  guint one;
  guint three_reduced, three;
  guint five_reduced, five;
  guint pooled;
} Inception;

static guint
basic_convolution (CnnBlueprint *b,
                   guint         x,
                   const char   *name,
                   guint         out,
                   guint         kernel,
                   guint         stride)
{
  enter (b, "%s", name);
  x = convolution (b, x, "conv", .out = out, .kernel = kernel, .stride = stride, .padding = SAME, .norm = "bn");
  x = relu (b, x, "relu");
  leave (b);

  return x;
}

static guint
inception (CnnBlueprint    *b,
           guint            x,
           const char      *name,
           const Inception *width)
{
  guint one, three, five, pooled;

  enter (b, "inception%s", name);

  one = basic_convolution (b, x, "branch1", width->one, 1, 1);

  enter (b, "branch2");
  three = basic_convolution (b, x, "0", width->three_reduced, 1, 1);
  three = basic_convolution (b, three, "1", width->three, 3, 1);
  leave (b);

  /* The paper's 5×5 is 3×3 in torchvision, and in all weights since. */
  enter (b, "branch3");
  five = basic_convolution (b, x, "0", width->five_reduced, 1, 1);
  five = basic_convolution (b, five, "1", width->five, 3, 1);
  leave (b);

  enter (b, "branch4");
  pooled = max_pool (b, x, "0", .kernel = 3, .stride = 1, .padding = 1, .ceil_mode = TRUE);
  pooled = basic_convolution (b, pooled, "1", width->pooled, 1, 1);
  leave (b);

  x = concat (b, "cat", one, three, five, pooled);
  leave (b);

  return x;
}

#define INCEPTION(name, ...) x = inception (b, x, name, &(const Inception) { __VA_ARGS__ })

static void
describe (CnnBlueprint  *b,
          gconstpointer  variant)
{
  guint x = input (b, 3, 224);

  cnn_blueprint_set_epsilon (b, 1e-3);
  cnn_blueprint_leave_out (b, "aux1");
  cnn_blueprint_leave_out (b, "aux2");

  x = cnn_blueprint_transform_input (b, x);
  x = basic_convolution (b, x, "conv1", 64, 7, 2);
  x = max_pool (b, x, "maxpool1", .kernel = 3, .stride = 2, .ceil_mode = TRUE);
  x = basic_convolution (b, x, "conv2", 64, 1, 1);
  x = basic_convolution (b, x, "conv3", 192, 3, 1);
  x = max_pool (b, x, "maxpool2", .kernel = 3, .stride = 2, .ceil_mode = TRUE);
  INCEPTION ("3a", 64, 96, 128, 16, 32, 32);
  INCEPTION ("3b", 128, 128, 192, 32, 96, 64);
  x = max_pool (b, x, "maxpool3", .kernel = 3, .stride = 2, .ceil_mode = TRUE);
  INCEPTION ("4a", 192, 96, 208, 16, 48, 64);
  INCEPTION ("4b", 160, 112, 224, 24, 64, 64);
  INCEPTION ("4c", 128, 128, 256, 24, 64, 64);
  INCEPTION ("4d", 112, 144, 288, 32, 64, 64);
  INCEPTION ("4e", 256, 160, 320, 32, 128, 128);
  x = max_pool (b, x, "maxpool4", .kernel = 2, .stride = 2, .ceil_mode = TRUE);
  INCEPTION ("5a", 256, 160, 320, 32, 128, 128);
  INCEPTION ("5b", 384, 192, 384, 48, 128, 128);
  x = adaptive_pool (b, x, "avgpool", 1);
  x = flatten (b, x, "flatten");
  x = dropout (b, x, "dropout");
  linear (b, x, "fc", 1000);
}

const CnnArchitecture cnn_architectures_googlenet[] = {
  { "GoogLeNet", describe },
  { NULL }
};
