/* He et al., "Deep Residual Learning for Image Recognition", 2015; Xie et al.,
 * "Aggregated Residual Transformations for Deep Neural Networks" (ResNeXt), 2016;
 * Zagoruyko, Komodakis, "Wide Residual Networks", 2016;
 * torchvision/models/resnet.py */

#include "formats/architectures/cnn-blueprint-private.h"

typedef struct
{
  guint depth;
  gboolean bottleneck;
  guint blocks[4];
} ResNet;

/* How much wider a bottleneck block's output is than its stage's planes. */
#define EXPANSION 4

/* What the convolutions inside a block have: all of them the planes in a basic
 * block; in a bottleneck block width of them, in groups. */
typedef struct
{
  guint planes;
  guint width;
  guint groups;
} Stage;

/* The way around a block: the input as it is, or brought to the output's shape. */
static guint
shortcut (CnnBlueprint *b,
          guint         x,
          guint         out,
          guint         stride)
{
  if (stride == 1 && cnn_blueprint_get_channels (b, x) == out)
    return x;

  cnn_blueprint_enter (b, "downsample");
  x = convolution (b, x, "0", .out = out, .stride = stride);
  x = batch_norm (b, x, "1");
  cnn_blueprint_leave (b);

  return x;
}

static guint
basic_block (CnnBlueprint *b,
             guint         x,
             const Stage  *stage,
             guint         stride)
{
  guint y;

  y = convolution (b, x, "conv1", .out = stage->planes, .kernel = 3, .stride = stride, .padding = 1);
  y = batch_norm (b, y, "bn1");
  y = relu (b, y, "relu");
  y = convolution (b, y, "conv2", .out = stage->planes, .kernel = 3, .padding = 1);
  y = batch_norm (b, y, "bn2");
  x = shortcut (b, x, stage->planes, stride);
  y = add (b, y, x, "add");

  return relu (b, y, "relu_1");
}

static guint
bottleneck_block (CnnBlueprint *b,
                  guint         x,
                  const Stage  *stage,
                  guint         stride)
{
  guint out = stage->planes * EXPANSION;
  guint y;

  y = convolution (b, x, "conv1", .out = stage->width);
  y = batch_norm (b, y, "bn1");
  y = relu (b, y, "relu");
  y = convolution (b, y, "conv2", .out = stage->width, .kernel = 3, .stride = stride, .padding = 1,
                   .groups = stage->groups);
  y = batch_norm (b, y, "bn2");
  y = relu (b, y, "relu_1");
  y = convolution (b, y, "conv3", .out = out);
  y = batch_norm (b, y, "bn3");
  x = shortcut (b, x, out, stride);
  y = add (b, y, x, "add");

  return relu (b, y, "relu_2");
}

/* Stages 1 to 4: all but the first halve the picture and double the width. */
static guint
layer (CnnBlueprint *b,
       guint         x,
       const ResNet *resnet,
       const Stage  *first,
       guint         i)
{
  Stage stage = { first->planes << i, first->width << i, first->groups };
  g_autofree char *name = g_strdup_printf ("layer%u", i + 1);

  cnn_blueprint_enter (b, name);
  for (guint j = 0; j < resnet->blocks[i]; j++)
    {
      guint stride = i > 0 && j == 0 ? 2 : 1;
      g_autofree char *block = g_strdup_printf ("%u", j);

      cnn_blueprint_enter (b, block);
      x = resnet->bottleneck ? bottleneck_block (b, x, &stage, stride) : basic_block (b, x, &stage, stride);
      cnn_blueprint_leave (b);
    }
  cnn_blueprint_leave (b);

  return x;
}

/* An extent that three tensors should agree on: one of them may be damaged and
 * is then to be blamed, rather than all the others. */
static guint
vote (CnnBlueprint     *b,
      const char *const tensors[3],
      guint             dimension,
      guint             fallback)
{
  guint first = cnn_blueprint_get_extent (b, tensors[0], dimension, fallback);
  guint second = cnn_blueprint_get_extent (b, tensors[1], dimension, fallback);
  guint third = cnn_blueprint_get_extent (b, tensors[2], dimension, fallback);

  return second == third ? second : first;
}

/* Reads what varies from the first layers, and names the member of the family. */
static Stage
measure (CnnBlueprint *b,
         const ResNet *resnet)
{
  static const char *const planes[] = { "conv1.weight", "bn1.weight", "bn1.bias" };
  static const char *const widths[] = { "layer1.0.conv1.weight", "layer1.0.bn1.weight", "layer1.0.bn1.bias" };
  static const char *const grouped[] = { "layer1.0.conv2.weight", "layer1.1.conv2.weight", "layer1.2.conv2.weight" };
  Stage first = { .groups = 1 };
  guint per_group;

  first.planes = first.width = vote (b, planes, 0, 64);
  cnn_blueprint_set_name (b, "ResNet-%u", resnet->depth);
  if (!resnet->bottleneck)
    return first;

  first.width = vote (b, widths, 0, first.planes);
  per_group = vote (b, grouped, 1, first.width);
  if (first.width % per_group == 0)
    first.groups = first.width / per_group;

  if (first.groups > 1)
    cnn_blueprint_set_name (b, "ResNeXt-%u %u×%ud", resnet->depth, first.groups, per_group);
  else if (first.width != first.planes && first.width % first.planes == 0)
    cnn_blueprint_set_name (b, "Wide ResNet-%u-%u", resnet->depth, first.width / first.planes);

  return first;
}

static void
describe (CnnBlueprint  *b,
          gconstpointer  variant)
{
  const ResNet *resnet = variant;
  Stage first = measure (b, resnet);
  guint x;

  x = cnn_blueprint_input (b, 3, 224);
  x = convolution (b, x, "conv1", .out = first.planes, .kernel = 7, .stride = 2, .padding = 3);
  x = batch_norm (b, x, "bn1");
  x = relu (b, x, "relu");
  x = max_pool (b, x, "maxpool", .kernel = 3, .stride = 2, .padding = 1);
  for (guint i = 0; i < G_N_ELEMENTS (resnet->blocks); i++)
    x = layer (b, x, resnet, &first, i);
  x = adaptive_pool (b, x, "avgpool", 1);
  x = flatten (b, x, "flatten");
  linear (b, x, "fc", cnn_blueprint_get_extent (b, "fc.weight", 0, 1000));
}

const CnnArchitecture cnn_architectures_resnet[] = {
  { "ResNet-18", describe, &(const ResNet) { 18, FALSE, { 2, 2, 2, 2 } } },
  { "ResNet-34", describe, &(const ResNet) { 34, FALSE, { 3, 4, 6, 3 } } },
  { "ResNet-50", describe, &(const ResNet) { 50, TRUE, { 3, 4, 6, 3 } } },
  { "ResNet-101", describe, &(const ResNet) { 101, TRUE, { 3, 4, 23, 3 } } },
  { "ResNet-152", describe, &(const ResNet) { 152, TRUE, { 3, 8, 36, 3 } } },
  { NULL }
};
