/* He et al., "Deep Residual Learning for Image Recognition", 2015; Xie et al.,
 * "Aggregated Residual Transformations for Deep Neural Networks" (ResNeXt), 2016;
 * Zagoruyko, Komodakis, "Wide Residual Networks", 2016; He et al., "Bag of Tricks
 * for Image Classification with Convolutional Neural Networks" (C and D), 2018;
 * torchvision/models/resnet.py, timm/models/resnet.py */

#include "formats/architectures/cnn-blueprint-private.h"

/* How much wider a bottleneck block's output is than its stage's planes. */
#define EXPANSION 4

/* What the names and shapes tell. In a stage all convolutions of a basic block
 * have its planes; in a bottleneck block those inside have its width, in groups.
 * Both double from stage to stage. */
typedef struct
{
  gboolean bottleneck;
  guint planes;
  guint width;
  guint groups;
  gboolean deep_stem;           /* C and D: three 3×3 in place of the 7×7 */
  gboolean average_down;        /* D: shortcuts average before they project */
} ResNet;

/* The way around a block: the input as it is, or brought to the output's shape. */
static guint
shortcut (CnnBlueprint *b,
          guint         x,
          const ResNet *resnet,
          guint         out,
          guint         stride)
{
  if (stride == 1 && channels (b, x) == out)
    return x;

  enter (b, "downsample");
  if (resnet->average_down)
    {
      if (stride > 1)
        x = average_pool (b, x, "0", .kernel = 2, .stride = stride, .ceil_mode = TRUE);
      x = convolution (b, x, "1", .out = out, .exact = TRUE, .norm = "2");
    }
  else
    x = convolution (b, x, "0", .out = out, .exact = TRUE, .stride = stride, .norm = "1");
  leave (b);

  return x;
}

static guint
basic_block (CnnBlueprint *b,
             guint         x,
             const ResNet *resnet,
             guint         stage,
             guint         stride)
{
  guint planes = resnet->planes << stage;
  guint y;

  y = convolution (b, x, "conv1", .out = planes, .kernel = 3, .stride = stride, .padding = 1, .norm = "bn1");
  y = relu (b, y, "relu");
  y = convolution (b, y, "conv2", .out = planes, .kernel = 3, .padding = 1, .norm = "bn2");
  x = shortcut (b, x, resnet, channels (b, y), stride);
  y = add (b, "add", y, x);

  return relu (b, y, "relu_1");
}

static guint
bottleneck_block (CnnBlueprint *b,
                  guint         x,
                  const ResNet *resnet,
                  guint         stage,
                  guint         stride)
{
  guint width = resnet->width << stage;
  guint y;

  y = convolution (b, x, "conv1", .out = width, .norm = "bn1");
  y = relu (b, y, "relu");
  y = convolution (b, y, "conv2", .out = width, .kernel = 3, .stride = stride, .padding = 1,
                   .groups = resnet->groups, .norm = "bn2");
  y = relu (b, y, "relu_1");
  y = convolution (b, y, "conv3", .out = (resnet->planes << stage) * EXPANSION, .norm = "bn3");
  x = shortcut (b, x, resnet, channels (b, y), stride);
  y = add (b, "add", y, x);

  return relu (b, y, "relu_2");
}

/* Stages 0 to 3: all but the first halve the picture and double the width. */
static guint
layer (CnnBlueprint *b,
       guint         x,
       const ResNet *resnet,
       guint         stage)
{
  guint n;

  enter (b, "layer%u", stage + 1);
  n = count (b, "", 0);
  for (guint i = 0; i < n; i++)
    {
      guint stride = stage > 0 && i == 0 ? 2 : 1;

      enter_next (b);
      x = resnet->bottleneck ? bottleneck_block (b, x, resnet, stage, stride)
                             : basic_block (b, x, resnet, stage, stride);
      leave (b);
    }
  leave (b);

  return x;
}

static guint
stem (CnnBlueprint *b,
      guint         x,
      const ResNet *resnet)
{
  if (resnet->deep_stem)
    {
      enter (b, "conv1");
      x = convolution (b, x, "0", .out = 32, .kernel = 3, .stride = 2, .padding = 1, .norm = "1");
      x = relu (b, x, "2");
      x = convolution (b, x, "3", .out = 32, .kernel = 3, .padding = 1, .norm = "4");
      x = relu (b, x, "5");
      x = convolution (b, x, "6", .out = resnet->planes, .exact = TRUE, .kernel = 3, .padding = 1);
      leave (b);
      x = batch_norm (b, x, "bn1");
    }
  else
    x = convolution (b, x, "conv1", .out = resnet->planes, .exact = TRUE, .kernel = 7, .stride = 2, .padding = 3,
                     .norm = "bn1");
  x = relu (b, x, "relu");

  return max_pool (b, x, "maxpool", .kernel = 3, .stride = 2, .padding = 1);
}

/* Reads what varies from the first layers, where three tensors can outvote a
 * damaged one. Which modules there are batch norms tell: they have several. */
static ResNet
measure (CnnBlueprint *b)
{
  ResNet resnet = {
    .bottleneck = cnn_blueprint_has_module (b, "layer1.0.bn3"),
    .groups = 1,
    .deep_stem = cnn_blueprint_has_module (b, "conv1.1"),
    .average_down = cnn_blueprint_has_module (b, "layer2.0.downsample.2"),
  };
  guint per_group;

  resnet.planes = resnet.width = extent (b, 0, 64, "conv1.weight", "bn1.weight", "bn1.bias");
  if (!resnet.bottleneck)
    return resnet;

  resnet.width = extent (b, 0, 64, "layer1.0.conv1.weight", "layer1.0.bn1.weight", "layer1.0.bn1.bias");
  per_group = extent (b, 1, resnet.width,
                      "layer1.0.conv2.weight", "layer1.1.conv2.weight", "layer1.2.conv2.weight");
  if (resnet.width % per_group == 0)
    resnet.groups = resnet.width / per_group;

  return resnet;
}

/* Convolutions and the linear layer are counted: 50 = 1 + 3·(3 + 4 + 6 + 3) + 1. */
static void
set_name (CnnBlueprint *b,
          const ResNet *resnet)
{
  const char *form = resnet->average_down ? "-D" : resnet->deep_stem ? "-C" : "";
  guint depth = 2;

  for (guint i = 1; i <= 4; i++)
    {
      enter (b, "layer%u", i);
      depth += count (b, "", 0) * (resnet->bottleneck ? 3 : 2);
      leave (b);
    }

  if (resnet->groups > 1)
    cnn_blueprint_set_name (b, "ResNeXt-%u%s %u×%ud", depth, form, resnet->groups, resnet->width / resnet->groups);
  else if (resnet->width != resnet->planes && resnet->width % resnet->planes == 0)
    cnn_blueprint_set_name (b, "Wide ResNet-%u-%u%s", depth, resnet->width / resnet->planes, form);
  else
    cnn_blueprint_set_name (b, "ResNet-%u%s", depth, form);
}

static void
describe (CnnBlueprint  *b,
          gconstpointer  variant)
{
  ResNet resnet = measure (b);
  guint x;

  set_name (b, &resnet);

  x = input (b, 3, 224);
  x = stem (b, x, &resnet);
  for (guint i = 0; i < 4; i++)
    x = layer (b, x, &resnet, i);
  x = adaptive_pool (b, x, "avgpool", 1);
  x = flatten (b, x, "flatten");
  linear (b, x, "fc", 1000);
}

const CnnArchitecture cnn_architectures_resnet[] = {
  { "ResNet", describe },
  { NULL }
};
