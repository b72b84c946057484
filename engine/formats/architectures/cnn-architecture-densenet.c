/* Huang et al., "Densely Connected Convolutional Networks", 2016 (DenseNet-BC);
 * torchvision/models/densenet.py */

#include "formats/architectures/cnn-blueprint-private.h"

/* Makes growth more maps out of all that the block has made so far. */
static guint
dense_layer (CnnBlueprint *b,
             guint         x,
             gsize         growth)
{
  x = batch_norm (b, x, "norm1");
  x = relu (b, x, "relu1");
  x = convolution (b, x, "conv1", .out = 4 * growth, .norm = "norm2");
  x = relu (b, x, "relu2");

  return convolution (b, x, "conv2", .out = growth, .exact = TRUE, .kernel = 3, .padding = 1);
}

/* Each layer's maps are put behind those of the layers before it. torchvision
 * puts them together anew in each layer; the maps are the same. */
static guint
dense_block (CnnBlueprint *b,
             guint         x,
             gsize         growth)
{
  guint n = count (b, "denselayer", 1);

  for (guint i = 1; i <= n; i++)
    {
      guint more;

      enter (b, "denselayer%u", i);
      more = dense_layer (b, x, growth);
      leave (b);

      if (i < n)
        enter (b, "denselayer%u", i + 1);
      x = concat (b, "cat", x, more);
      if (i < n)
        leave (b);
    }

  return x;
}

static guint
transition (CnnBlueprint *b,
            guint         x)
{
  x = batch_norm (b, x, "norm");
  x = relu (b, x, "relu");
  x = convolution (b, x, "conv", .out = channels (b, x) / 2, .exact = TRUE);

  return average_pool (b, x, "pool", .kernel = 2, .stride = 2);
}

/* Early checkpoints, torchvision's own among them, say norm.1 for norm1. */
static void
choose_spelling (CnnBlueprint *b)
{
  if (!cnn_blueprint_has_module (b, "features.denseblock1.denselayer1.norm.1"))
    return;

  cnn_blueprint_set_spelling (b, "norm1", "norm.1");
  cnn_blueprint_set_spelling (b, "norm2", "norm.2");
  cnn_blueprint_set_spelling (b, "conv1", "conv.1");
  cnn_blueprint_set_spelling (b, "conv2", "conv.2");
}

static void
describe (CnnBlueprint  *b,
          gconstpointer  variant)
{
  gsize growth = extent (b, 0, 32, "features.denseblock1.denselayer1.conv2.weight",
                         "features.denseblock1.denselayer2.conv2.weight",
                         "features.denseblock1.denselayer1.conv.2.weight",
                         "features.denseblock1.denselayer2.conv.2.weight",
                         "features.denseblock2.denselayer1.conv2.weight",
                         "features.denseblock2.denselayer1.conv.2.weight");
  guint n_blocks = count (b, "features.denseblock", 1);
  guint depth = 1 + 1;      /* conv0 and classifier */
  guint x;

  choose_spelling (b);
  for (guint i = 1; i <= n_blocks; i++)
    {
      enter (b, "features.denseblock%u", i);
      depth += 2 * count (b, "denselayer", 1) + (i < n_blocks ? 1 : 0);
      leave (b);
    }
  cnn_blueprint_set_name (b, "DenseNet-%u", depth);

  x = input (b, 3, 224);
  enter (b, "features");
  x = convolution (b, x, "conv0", .out = 64, .kernel = 7, .stride = 2, .padding = 3, .norm = "norm0");
  x = relu (b, x, "relu0");
  x = max_pool (b, x, "pool0", .kernel = 3, .stride = 2, .padding = 1);
  for (guint i = 1; i <= n_blocks; i++)
    {
      enter (b, "denseblock%u", i);
      x = dense_block (b, x, growth);
      leave (b);

      if (i < n_blocks)
        {
          enter (b, "transition%u", i);
          x = transition (b, x);
          leave (b);
        }
    }
  x = batch_norm (b, x, "norm5");
  leave (b);

  x = relu (b, x, "relu");
  x = adaptive_pool (b, x, "avgpool", 1);
  x = flatten (b, x, "flatten");
  linear (b, x, "classifier", 1000);
}

const CnnArchitecture cnn_architectures_densenet[] = {
  { "DenseNet", describe },
  { NULL }
};
