/* Ma et al., "ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture
 * Design", 2018; torchvision/models/shufflenetv2.py */

#include "formats/architectures/cnn-blueprint-private.h"

/* Halves the picture, and has channels of both branches. */
static guint
downsampling_unit (CnnBlueprint *b,
                   guint         x,
                   guint         out)
{
  guint left, right;

  enter (b, "branch1");
  left = convolution (b, x, "0", .kernel = 3, .stride = 2, .padding = 1, .groups = DEPTHWISE, .norm = "1");
  left = convolution (b, left, "2", .out = out / 2, .norm = "3");
  left = relu (b, left, "4");
  leave (b);

  enter (b, "branch2");
  right = convolution (b, x, "0", .out = out / 2, .norm = "1");
  right = relu (b, right, "2");
  right = convolution (b, right, "3", .kernel = 3, .stride = 2, .padding = 1, .groups = DEPTHWISE, .norm = "4");
  right = convolution (b, right, "5", .out = out / 2, .norm = "6");
  right = relu (b, right, "7");
  leave (b);

  x = concat (b, "cat", left, right);

  return shuffle (b, x, "channel_shuffle", 2);
}

/* Half of the channels pass as they are. */
static guint
basic_unit (CnnBlueprint *b,
            guint         x)
{
  guint half = channels (b, x) / 2;
  guint left = slice (b, x, "chunk_0", 0, half);
  guint right = slice (b, x, "chunk_1", half, half);

  enter (b, "branch2");
  right = convolution (b, right, "0", .out = half, .norm = "1");
  right = relu (b, right, "2");
  right = convolution (b, right, "3", .kernel = 3, .padding = 1, .groups = DEPTHWISE, .norm = "4");
  right = convolution (b, right, "5", .out = half, .exact = TRUE, .norm = "6");
  right = relu (b, right, "7");
  leave (b);

  x = concat (b, "cat", left, right);

  return shuffle (b, x, "channel_shuffle", 2);
}

static void
set_name (CnnBlueprint *b,
          gsize         first_stage)
{
  static const struct { gsize width; const char *name; } known[] = {
    { 48, "x0.5" }, { 116, "x1.0" }, { 176, "x1.5" }, { 244, "x2.0" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i].width == first_stage)
      cnn_blueprint_set_name (b, "ShuffleNet V2 %s", known[i].name);
}

static void
describe (CnnBlueprint  *b,
          gconstpointer  variant)
{
  guint x = input (b, 3, 224);

  set_name (b, 2 * extent (b, 0, 58, "stage2.0.branch1.2.weight", "stage2.0.branch1.3.weight",
                           "stage2.0.branch2.5.weight"));

  enter (b, "conv1");
  x = convolution (b, x, "0", .out = 24, .kernel = 3, .stride = 2, .padding = 1, .norm = "1");
  x = relu (b, x, "2");
  leave (b);
  x = max_pool (b, x, "maxpool", .kernel = 3, .stride = 2, .padding = 1);

  for (guint stage = 2; stage <= 4; stage++)
    {
      guint n;

      enter (b, "stage%u", stage);
      n = count (b, "", 0);
      for (guint i = 0; i < n; i++)
        {
          enter_next (b);
          x = i == 0 ? downsampling_unit (b, x, 116 << (stage - 2)) : basic_unit (b, x);
          leave (b);
        }
      leave (b);
    }

  enter (b, "conv5");
  x = convolution (b, x, "0", .out = 1024, .norm = "1");
  x = relu (b, x, "2");
  leave (b);

  x = adaptive_pool (b, x, "avgpool", 1);
  x = flatten (b, x, "flatten");
  linear (b, x, "fc", 1000);
}

const CnnArchitecture cnn_architectures_shufflenet[] = {
  { "ShuffleNet V2", describe },
  { NULL }
};
