/* Tan, Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural
 * Networks", 2019, and "EfficientNetV2: Smaller Models and Faster Training", 2021;
 * torchvision/models/efficientnet.py */

#include "formats/architectures/cnn-blueprint-private.h"

/* Widths are B0's and S's; those of others, and all depths, are in the file. */
typedef struct
{
  gboolean fused;               /* one convolution in place of expansion and depthwise */
  guint expansion;
  guint kernel;
  guint stride;
  guint out;
} Stage;

/* What tells a size from others, and what does not show in its tensors: the
 * pictures that it was trained with, and the epsilon of its batch norms. */
typedef struct
{
  const char *name;
  guint blocks;
  guint last;                   /* channels of the last stage */
  guint side;
  double epsilon;
} Size;

typedef struct
{
  const Stage *stages;
  guint n_stages;
  guint stem;
  guint head;
  const Size *sizes;
} EfficientNet;

static const Stage stages_v1[] = {
  { FALSE, 1, 3, 1, 16 },
  { FALSE, 6, 3, 2, 24 },
  { FALSE, 6, 5, 2, 40 },
  { FALSE, 6, 3, 2, 80 },
  { FALSE, 6, 5, 1, 112 },
  { FALSE, 6, 5, 2, 192 },
  { FALSE, 6, 3, 1, 320 },
};

/* S does without the last one. */
static const Stage stages_v2[] = {
  { TRUE, 1, 3, 1, 24 },
  { TRUE, 4, 3, 2, 48 },
  { TRUE, 4, 3, 2, 64 },
  { FALSE, 4, 3, 2, 128 },
  { FALSE, 6, 3, 1, 160 },
  { FALSE, 6, 3, 2, 256 },
  { FALSE, 6, 3, 1, 512 },
};

static const Size sizes_v1[] = {
  { "EfficientNet B0", 16, 320, 224, 1e-5 },
  { "EfficientNet B1", 23, 320, 240, 1e-5 },
  { "EfficientNet B2", 23, 352, 288, 1e-5 },
  { "EfficientNet B3", 26, 384, 300, 1e-5 },
  { "EfficientNet B4", 32, 448, 380, 1e-5 },
  { "EfficientNet B5", 39, 512, 456, 1e-3 },
  { "EfficientNet B6", 45, 576, 528, 1e-3 },
  { "EfficientNet B7", 55, 640, 600, 1e-3 },
  { "EfficientNet", 0, 0, 224, 1e-5 }
};

static const Size sizes_v2[] = {
  { "EfficientNet V2 S", 40, 256, 384, 1e-3 },
  { "EfficientNet V2 M", 57, 512, 480, 1e-3 },
  { "EfficientNet V2 L", 79, 640, 480, 1e-3 },
  { "EfficientNet V2", 0, 0, 384, 1e-3 }
};

static guint
inverted_residual (CnnBlueprint *b,
                   guint         x,
                   const Stage  *stage,
                   guint         stride)
{
  guint expanded = channels (b, x) * stage->expansion;
  guint y = x;

  if (stage->expansion > 1)
    y = norm_activation (b, y, NEXT, CNN_KIND_SILU, .out = expanded);
  y = norm_activation (b, y, NEXT, CNN_KIND_SILU, .kernel = stage->kernel, .stride = stride, .padding = SAME,
                       .groups = DEPTHWISE);
  y = excitation (b, y, NEXT, .squeezed = channels (b, x) / 4, .activation = CNN_KIND_SILU,
                  .gate = CNN_KIND_SIGMOID);

  return norm_activation (b, y, NEXT, NO_ACTIVATION, .out = stage->out);
}

static guint
fused_inverted_residual (CnnBlueprint *b,
                         guint         x,
                         const Stage  *stage,
                         guint         stride)
{
  guint expanded = channels (b, x) * stage->expansion;

  if (stage->expansion == 1)
    return norm_activation (b, x, NEXT, CNN_KIND_SILU, .out = stage->out, .kernel = stage->kernel, .stride = stride,
                            .padding = SAME);

  x = norm_activation (b, x, NEXT, CNN_KIND_SILU, .out = expanded, .kernel = stage->kernel, .stride = stride,
                       .padding = SAME);

  return norm_activation (b, x, NEXT, NO_ACTIVATION, .out = stage->out);
}

static guint
residual (CnnBlueprint *b,
          guint         x,
          const Stage  *stage,
          guint         stride)
{
  guint y;

  enter_next (b);
  enter (b, "block");
  y = stage->fused ? fused_inverted_residual (b, x, stage, stride) : inverted_residual (b, x, stage, stride);
  leave (b);
  if (stride == 1 && channels (b, x) == channels (b, y))
    y = add (b, "add", y, x);
  leave (b);

  return y;
}

/* The size with so many blocks; where two have as many, the width decides. */
static const Size *
choose_size (CnnBlueprint       *b,
             const EfficientNet *net,
             guint               n_stages)
{
  g_autofree char *head = g_strdup_printf ("features.%u.0.weight", n_stages + 1);
  gsize last = extent (b, 1, 0, head);
  const Size *best = net->sizes;
  guint blocks = 0;

  for (guint i = 1; i <= n_stages; i++)
    {
      enter (b, "features.%u", i);
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
  const EfficientNet *net = variant;
  guint n_stages = cnn_blueprint_has_module (b, "features.8") ? net->n_stages : MIN (net->n_stages, 6);
  const Size *size = choose_size (b, net, n_stages);
  guint x;

  cnn_blueprint_set_name (b, "%s", size->name);
  cnn_blueprint_set_epsilon (b, size->epsilon);

  x = input (b, 3, size->side);
  enter (b, "features");
  x = norm_activation (b, x, NEXT, CNN_KIND_SILU, .out = net->stem, .kernel = 3, .stride = 2, .padding = 1);
  for (guint i = 0; i < n_stages; i++)
    {
      const Stage *stage = &net->stages[i];
      guint n;

      enter_next (b);
      n = count (b, "", 0);
      for (guint j = 0; j < n; j++)
        x = residual (b, x, stage, j == 0 ? stage->stride : 1);
      leave (b);
    }
  x = norm_activation (b, x, NEXT, CNN_KIND_SILU, .out = net->head);
  leave (b);

  x = adaptive_pool (b, x, "avgpool", 1);
  x = flatten (b, x, "flatten");

  enter (b, "classifier");
  x = dropout (b, x, "0");
  linear (b, x, "1", 1000);
  leave (b);
}

const CnnArchitecture cnn_architectures_efficientnet[] = {
  { "EfficientNet", describe, &(const EfficientNet) { stages_v1, G_N_ELEMENTS (stages_v1), 32, 1280, sizes_v1 } },
  { "EfficientNet V2", describe, &(const EfficientNet) { stages_v2, G_N_ELEMENTS (stages_v2), 24, 1280, sizes_v2 } },
  { NULL }
};
