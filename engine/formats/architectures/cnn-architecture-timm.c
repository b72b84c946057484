/* MobileNet V3, EfficientNet and EfficientNet V2 as timm spells them
 * (timm/models/efficientnet.py, mobilenetv3.py): conv_stem, blocks.1.0.conv_dw,
 * conv_head. The papers are named in the files of torchvision's spelling.
 *
 * A block's parts are told by their names and its kernel by its weight; strides and
 * activations are told by nothing and stand here. Batch norm's epsilon is PyTorch's;
 * weights that were taken over from TensorFlow (tf_…) want 1e-3, and padding that
 * depends on the size of the picture, but have the same tensors: of those only the
 * ONNX form is right. */

#include "formats/architectures/cnn-blueprint-private.h"

typedef struct
{
  const char *name;
  guint blocks;
  guint last;                   /* channels of the last stage */
  guint side;
} Size;

typedef struct
{
  guint strides[7];
  CnnKind activations[7];
  CnnKind excited;              /* in the middle of squeeze and excitation */
  CnnKind gate;
  gboolean small_head;          /* MobileNet V3 averages first and then widens */
  guint blocks[7];              /* how many there must be; 0 where the file says */
  gboolean plain[7];            /* stages without squeeze and excitation */
  const Size *sizes;
} Net;

#define RE CNN_KIND_RELU
#define HS CNN_KIND_HARD_SWISH
#define SW CNN_KIND_SILU

static const Size efficientnets[] = {
  { "EfficientNet B0", 16, 320, 224 },
  { "EfficientNet B1", 23, 320, 240 },
  { "EfficientNet B2", 23, 352, 260 },
  { "EfficientNet B3", 26, 384, 300 },
  { "EfficientNet B4", 32, 448, 380 },
  { "EfficientNet B5", 39, 512, 456 },
  { "EfficientNet B6", 45, 576, 528 },
  { "EfficientNet B7", 55, 640, 600 },
  { "EfficientNet V2 S", 40, 256, 384 },
  { "EfficientNet V2 M", 57, 512, 480 },
  { "EfficientNet V2 L", 79, 640, 480 },
  { NULL, 0, 0, 224 }
};

static const Size mobilenets[] = {
  { NULL, 0, 0, 224 }
};

static const Net efficientnet = {
  .strides = { 1, 2, 2, 2, 1, 2, 1 },
  .activations = { SW, SW, SW, SW, SW, SW, SW },
  .excited = SW,
  .gate = CNN_KIND_SIGMOID,
  .sizes = efficientnets,
};

static const Net mobilenet_large = {
  .strides = { 1, 2, 2, 2, 1, 2, 1 },
  .activations = { RE, RE, RE, HS, HS, HS, HS },
  .excited = RE,
  .gate = CNN_KIND_HARD_SIGMOID,
  .small_head = TRUE,
  .blocks = { 1, 2, 3, 4, 2, 3, 1 },
  .plain = { TRUE, TRUE, FALSE, TRUE, FALSE, FALSE, TRUE },
  .sizes = mobilenets,
};

static const Net mobilenet_small = {
  .strides = { 2, 2, 2, 1, 2, 1 },
  .activations = { RE, RE, HS, HS, HS, HS },
  .excited = RE,
  .gate = CNN_KIND_HARD_SIGMOID,
  .small_head = TRUE,
  .blocks = { 1, 2, 3, 2, 3, 1 },
  .plain = { FALSE, TRUE, FALSE, FALSE, FALSE, TRUE },
  .sizes = mobilenets,
};

/* Where a block is, and what it does there. */
typedef struct
{
  const Net *net;
  guint stage;
  guint stride;
  CnnKind activation;
} Place;

static guint
excite (CnnBlueprint *b,
        guint         x,
        const Place  *at)
{
  if (at->net->plain[at->stage])
    return x;

  return excitation (b, x, "se", .squeezed = channels (b, x) / 4, .activation = at->net->excited,
                     .gate = at->net->gate, .timm = TRUE);
}

static guint
inverted_residual (CnnBlueprint *b,
                   guint         x,
                   const Place  *at)
{
  guint kernel = extent (b, 2, 3, "conv_dw.weight");

  x = convolution (b, x, "conv_pw", .out = 6 * channels (b, x), .norm = "bn1");
  x = activation (b, x, "act1", at->activation);
  x = convolution (b, x, "conv_dw", .kernel = kernel, .stride = at->stride, .padding = SAME, .groups = DEPTHWISE,
                   .norm = "bn2");
  x = activation (b, x, "act2", at->activation);
  x = excite (b, x, at);

  return convolution (b, x, "conv_pwl", .out = channels (b, x), .norm = "bn3");
}

static guint
separable (CnnBlueprint *b,
           guint         x,
           const Place  *at)
{
  guint kernel = extent (b, 2, 3, "conv_dw.weight");

  x = convolution (b, x, "conv_dw", .kernel = kernel, .stride = at->stride, .padding = SAME, .groups = DEPTHWISE,
                   .norm = "bn1");
  x = activation (b, x, "act1", at->activation);
  x = excite (b, x, at);

  return convolution (b, x, "conv_pw", .out = channels (b, x), .norm = "bn2");
}

static guint
fused_inverted_residual (CnnBlueprint *b,
                         guint         x,
                         const Place  *at)
{
  guint kernel = extent (b, 2, 3, "conv_exp.weight");

  x = convolution (b, x, "conv_exp", .out = 4 * channels (b, x), .kernel = kernel, .stride = at->stride,
                   .padding = SAME, .norm = "bn1");
  x = activation (b, x, "act1", at->activation);

  return convolution (b, x, "conv_pwl", .out = channels (b, x), .norm = "bn2");
}

static guint
one_convolution (CnnBlueprint *b,
                 guint         x,
                 const Place  *at)
{
  guint kernel = extent (b, 2, 3, "conv.weight");

  x = convolution (b, x, "conv", .out = channels (b, x), .kernel = kernel, .stride = at->stride, .padding = SAME,
                   .norm = "bn1");

  return activation (b, x, "act1", at->activation);
}

/* Told by the number of batch norms, which have several tensors. */
static guint
block (CnnBlueprint *b,
       guint         x,
       const Place  *at)
{
  guint y;

  if (cnn_blueprint_has_module (b, "bn3"))
    y = inverted_residual (b, x, at);
  else if (!cnn_blueprint_has_module (b, "bn2"))
    y = one_convolution (b, x, at);
  else if (cnn_blueprint_has_module (b, "conv_exp") || cnn_blueprint_has_module (b, "conv_pwl"))
    y = fused_inverted_residual (b, x, at);
  else
    y = separable (b, x, at);

  return at->stride == 1 && channels (b, x) == channels (b, y) ? add (b, "add", y, x) : y;
}

static guint
head (CnnBlueprint *b,
      guint         x,
      const Net    *net)
{
  if (net->small_head)
    {
      x = adaptive_pool (b, x, "global_pool", 1);
      x = convolution (b, x, "conv_head", .out = extent (b, 1, 1280, "classifier.weight"), .bias = TRUE);
      x = activation (b, x, "act2", HS);
    }
  else
    {
      x = convolution (b, x, "conv_head", .out = 1280, .norm = "bn2");
      x = activation (b, x, "act2", SW);
      x = adaptive_pool (b, x, "global_pool", 1);
    }
  x = flatten (b, x, "flatten");

  return linear (b, x, "classifier", 1000);
}

/* The size with so many blocks; where two have as many, the width decides. */
static const Size *
choose_size (CnnBlueprint *b,
             const Net    *net,
             guint         n_stages)
{
  gsize last = extent (b, 1, 0, "conv_head.weight");
  const Size *best = net->sizes;
  guint blocks = 0;

  for (guint i = 0; i < n_stages; i++)
    {
      enter (b, "blocks.%u", i);
      blocks += count (b, "", 0);
      leave (b);
    }

  while (best->blocks != 0 && best->blocks != blocks)
    best++;
  if (best->blocks != 0 && best[1].blocks == blocks && best[1].last == last)
    best++;

  return best;
}

static void
describe (CnnBlueprint  *b,
          gconstpointer  variant)
{
  const Net *net = variant;
  CnnKind first = net->small_head ? HS : SW;
  guint n_stages = MIN (count (b, "blocks.", 0), G_N_ELEMENTS (net->strides));
  const Size *size = choose_size (b, net, n_stages);
  guint x;

  if (size->name != NULL)
    cnn_blueprint_set_name (b, "%s", size->name);

  x = input (b, 3, size->side);
  x = convolution (b, x, "conv_stem", .out = 32, .kernel = 3, .stride = 2, .padding = 1, .norm = "bn1");
  x = activation (b, x, "act1", first);
  for (guint i = 0; i < n_stages; i++)
    {
      Place at = { net, i, net->strides[i], net->activations[i] };
      guint n;

      enter (b, "blocks.%u", i);
      n = net->blocks[i] > 0 ? net->blocks[i] : count (b, "", 0);
      for (guint j = 0; j < n; j++)
        {
          at.stride = j == 0 ? net->strides[i] : 1;
          enter_next (b);
          x = block (b, x, &at);
          leave (b);
        }
      leave (b);
    }
  head (b, x, net);
}

const CnnArchitecture cnn_architectures_timm[] = {
  { "EfficientNet", describe, &efficientnet },
  { "MobileNet V3 Large", describe, &mobilenet_large },
  { "MobileNet V3 Small", describe, &mobilenet_small },
  { NULL }
};
