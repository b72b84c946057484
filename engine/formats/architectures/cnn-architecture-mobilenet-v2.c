/* Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018;
 * torchvision/models/mobilenetv2.py */

#include "formats/architectures/cnn-blueprint-private.h"

/* The paper's table 2. */
static const struct
{
  guint expansion;
  guint out;
  guint blocks;
  guint stride;
} stages[] = {
  { 1, 16, 1, 1 },
  { 6, 24, 2, 2 },
  { 6, 32, 3, 2 },
  { 6, 64, 4, 2 },
  { 6, 96, 3, 1 },
  { 6, 160, 3, 2 },
  { 6, 320, 1, 1 },
};

static guint
inverted_residual (CnnBlueprint *b,
                   guint         x,
                   guint         expansion,
                   guint         out,
                   guint         stride)
{
  guint y = x;

  enter_next (b);
  enter (b, "conv");
  if (expansion > 1)
    y = norm_activation (b, y, NEXT, RELU6, .out = channels (b, y) * expansion);
  y = norm_activation (b, y, NEXT, RELU6, .kernel = 3, .stride = stride, .padding = 1, .groups = DEPTHWISE);
  y = convolution (b, y, NEXT, .out = out, .norm = NEXT);
  leave (b);
  if (stride == 1 && channels (b, x) == channels (b, y))
    y = add (b, "add", x, y);
  leave (b);

  return y;
}

static void
describe (CnnBlueprint  *b,
          gconstpointer  variant)
{
  guint x = input (b, 3, 224);

  enter (b, "features");
  x = norm_activation (b, x, NEXT, RELU6, .out = 32, .kernel = 3, .stride = 2, .padding = 1);
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    for (guint j = 0; j < stages[i].blocks; j++)
      x = inverted_residual (b, x, stages[i].expansion, stages[i].out, j == 0 ? stages[i].stride : 1);
  if (channels (b, x) != 320)
    cnn_blueprint_set_scaled_name (b, "MobileNet V2", channels (b, x), 320);
  x = norm_activation (b, x, NEXT, RELU6, .out = 1280);
  leave (b);

  x = adaptive_pool (b, x, "avgpool", 1);
  x = flatten (b, x, "flatten");

  enter (b, "classifier");
  x = dropout (b, x, "0");
  linear (b, x, "1", 1000);
  leave (b);
}

const CnnArchitecture cnn_architectures_mobilenet_v2[] = {
  { "MobileNet V2", describe },
  { NULL }
};
