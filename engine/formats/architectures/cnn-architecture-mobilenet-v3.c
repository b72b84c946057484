/* Howard et al., "Searching for MobileNetV3", 2019;
 * torchvision/models/mobilenetv3.py */

#include "formats/architectures/cnn-blueprint-private.h"

#define RE CNN_KIND_RELU
#define HS CNN_KIND_HARD_SWISH

/* The paper's tables 1 and 2. */
typedef struct
{
  guint kernel;
  guint expanded;
  guint out;
  gboolean excitation;
  CnnKind activation;
  guint stride;
} Block;

typedef struct
{
  const Block *blocks;
  guint n_blocks;
  guint hidden;                 /* between the two layers of the classifier */
} MobileNet;

static const Block large[] = {
  { 3, 16, 16, FALSE, RE, 1 },
  { 3, 64, 24, FALSE, RE, 2 },
  { 3, 72, 24, FALSE, RE, 1 },
  { 5, 72, 40, TRUE, RE, 2 },
  { 5, 120, 40, TRUE, RE, 1 },
  { 5, 120, 40, TRUE, RE, 1 },
  { 3, 240, 80, FALSE, HS, 2 },
  { 3, 200, 80, FALSE, HS, 1 },
  { 3, 184, 80, FALSE, HS, 1 },
  { 3, 184, 80, FALSE, HS, 1 },
  { 3, 480, 112, TRUE, HS, 1 },
  { 3, 672, 112, TRUE, HS, 1 },
  { 5, 672, 160, TRUE, HS, 2 },
  { 5, 960, 160, TRUE, HS, 1 },
  { 5, 960, 160, TRUE, HS, 1 },
};

static const Block small[] = {
  { 3, 16, 16, TRUE, RE, 2 },
  { 3, 72, 24, FALSE, RE, 2 },
  { 3, 88, 24, FALSE, RE, 1 },
  { 5, 96, 40, TRUE, HS, 2 },
  { 5, 240, 40, TRUE, HS, 1 },
  { 5, 240, 40, TRUE, HS, 1 },
  { 5, 120, 48, TRUE, HS, 1 },
  { 5, 144, 48, TRUE, HS, 1 },
  { 5, 288, 96, TRUE, HS, 2 },
  { 5, 576, 96, TRUE, HS, 1 },
  { 5, 576, 96, TRUE, HS, 1 },
};

/* The first block does not expand: it has as many channels inside as outside. */
static guint
inverted_residual (CnnBlueprint *b,
                   guint         x,
                   const Block  *block,
                   gboolean      expands)
{
  guint y = x;

  enter_next (b);
  enter (b, "block");
  if (expands)
    y = norm_activation (b, y, NEXT, block->activation, .out = block->expanded);
  y = norm_activation (b, y, NEXT, block->activation, .kernel = block->kernel, .stride = block->stride,
                       .padding = SAME, .groups = DEPTHWISE);
  if (block->excitation)
    y = excitation (b, y, NEXT, .squeezed = block->expanded / 4, .activation = CNN_KIND_RELU,
                    .gate = CNN_KIND_HARD_SIGMOID);
  y = norm_activation (b, y, NEXT, NO_ACTIVATION, .out = block->out);
  leave (b);
  if (block->stride == 1 && channels (b, x) == channels (b, y))
    y = add (b, "add", y, x);
  leave (b);

  return y;
}

static void
describe (CnnBlueprint  *b,
          gconstpointer  variant)
{
  const MobileNet *net = variant;
  const char *name = net->blocks == large ? "MobileNet V3 Large" : "MobileNet V3 Small";
  guint usual = net->blocks[net->n_blocks - 1].out;
  guint x = input (b, 3, 224);

  cnn_blueprint_set_epsilon (b, 1e-3);

  enter (b, "features");
  x = norm_activation (b, x, NEXT, HS, .out = 16, .kernel = 3, .stride = 2, .padding = 1);
  for (guint i = 0; i < net->n_blocks; i++)
    x = inverted_residual (b, x, &net->blocks[i], i > 0);
  if (channels (b, x) != usual)
    cnn_blueprint_set_scaled_name (b, name, channels (b, x), usual);
  x = norm_activation (b, x, NEXT, HS, .out = 6 * usual);
  leave (b);

  x = adaptive_pool (b, x, "avgpool", 1);
  x = flatten (b, x, "flatten");

  enter (b, "classifier");
  x = linear (b, x, "0", net->hidden);
  x = activation (b, x, "1", HS);
  x = dropout (b, x, "2");
  linear (b, x, "3", 1000);
  leave (b);
}

const CnnArchitecture cnn_architectures_mobilenet_v3[] = {
  { "MobileNet V3 Large", describe, &(const MobileNet) { large, G_N_ELEMENTS (large), 1280 } },
  { "MobileNet V3 Small", describe, &(const MobileNet) { small, G_N_ELEMENTS (small), 1024 } },
  { NULL }
};
