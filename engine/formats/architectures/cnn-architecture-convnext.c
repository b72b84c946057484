/* Liu et al., "A ConvNet for the 2020s", 2022; torchvision/models/convnext.py */

#include "formats/architectures/cnn-blueprint-private.h"

/* torchvision moves the channels behind rows and columns here, for its layer norm
 * and its linear layers (block.1), and back again (block.6). Where numbers lie in
 * memory is not the network's business: here the maps stay maps, and the linear
 * layers are the 1×1 convolutions that they are. */
static guint
block (CnnBlueprint *b,
       guint         x)
{
  guint width = channels (b, x);
  guint y;

  enter (b, "block");
  y = convolution (b, x, "0", .kernel = 7, .padding = 3, .groups = DEPTHWISE, .bias = TRUE);
  y = layer_norm (b, y, "2");
  y = convolution (b, y, "3", .out = 4 * width, .bias = TRUE, .linear = TRUE);
  y = gelu (b, y, "4");
  y = convolution (b, y, "5", .out = width, .exact = TRUE, .bias = TRUE, .linear = TRUE);
  leave (b);
  y = scale (b, y, "layer_scale");

  return add (b, "add", y, x);
}

static void
set_name (CnnBlueprint *b,
          gsize         width)
{
  static const struct { const char *name; guint blocks; gsize width; } known[] = {
    { "ConvNeXt Tiny", 9, 96 }, { "ConvNeXt Small", 27, 96 }, { "ConvNeXt Base", 27, 128 },
    { "ConvNeXt Large", 27, 192 },
  };
  guint blocks = count (b, "features.5.", 0);

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i].blocks == blocks && known[i].width == width)
      cnn_blueprint_set_name (b, "%s", known[i].name);
}

static void
describe (CnnBlueprint  *b,
          gconstpointer  variant)
{
  gsize width = extent (b, 0, 96, "features.0.0.weight", "features.0.0.bias", "features.0.1.weight",
                        "features.0.1.bias");
  guint x = input (b, 3, 224);

  cnn_blueprint_set_epsilon (b, 1e-6);
  set_name (b, width);

  enter (b, "features");
  for (guint stage = 0; stage < 4; stage++)
    {
      guint n;

      enter_next (b);
      if (stage == 0)
        x = convolution (b, x, "0", .out = width, .exact = TRUE, .kernel = 4, .stride = 4, .bias = TRUE);
      x = layer_norm (b, x, stage == 0 ? "1" : "0");
      if (stage > 0)
        x = convolution (b, x, "1", .out = width << stage, .kernel = 2, .stride = 2, .bias = TRUE);
      leave (b);

      enter_next (b);
      n = count (b, "", 0);
      for (guint i = 0; i < n; i++)
        {
          enter_next (b);
          x = block (b, x);
          leave (b);
        }
      leave (b);
    }
  leave (b);

  x = adaptive_pool (b, x, "avgpool", 1);
  enter (b, "classifier");
  x = layer_norm (b, x, "0");
  x = flatten (b, x, "1");
  linear (b, x, "2", 1000);
  leave (b);
}

const CnnArchitecture cnn_architectures_convnext[] = {
  { "ConvNeXt", describe },
  { NULL }
};
