#include "support/made-networks.h"

#include <math.h>

/* Rounds to a multiple of 8, but never down by more than a tenth. */
static gsize
divisible (double channels)
{
  gsize rounded = MAX (8, (gsize) (channels + 4) / 8 * 8);

  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

void
made_alexnet (MadeWeights *m,
              gsize        classes)
{
  const struct { guint index; gsize out, in, kernel; } layers[] = {
    { 0, 64, 3, 11 }, { 3, 192, 64, 5 }, { 6, 384, 192, 3 }, { 8, 256, 384, 3 }, { 10, 256, 256, 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      made_convolution (m, layers[i].out, layers[i].in, layers[i].kernel, layers[i].kernel,
                        "features.%u", layers[i].index);
      made_bias (m, layers[i].out, "features.%u", layers[i].index);
    }
  made_linear (m, 4096, 256 * 6 * 6, "classifier.1");
  made_linear (m, 4096, 4096, "classifier.4");
  made_linear (m, classes, 4096, "classifier.6");
}

void
made_vgg (MadeWeights *m,
          const guint  convolutions[5],
          gboolean     norm,
          gsize        classes)
{
  const gsize widths[] = { 64, 128, 256, 512, 512 };
  gsize in = 3;
  guint index = 0;

  for (guint i = 0; i < 5; i++, index++)
    for (guint j = 0; j < convolutions[i]; j++, index += norm ? 3 : 2)
      {
        made_convolution (m, widths[i], in, 3, 3, "features.%u", index);
        made_bias (m, widths[i], "features.%u", index);
        if (norm)
          made_batch_norm (m, widths[i], "features.%u", index + 1);
        in = widths[i];
      }
  made_linear (m, 4096, 512 * 7 * 7, "classifier.0");
  made_linear (m, 4096, 4096, "classifier.3");
  made_linear (m, classes, 4096, "classifier.6");
}

/* Where and how wide a block is. */
typedef struct
{
  guint stage;
  guint block;
  gsize in;
  gsize width;
  gsize out;
} ResNetBlock;

static void
resnet_block (MadeWeights       *m,
              const MadeResNet  *spec,
              const ResNetBlock *at)
{
  g_autofree char *name = g_strdup_printf ("layer%u.%u", at->stage + 1, at->block);
  gsize kernel = spec->bottleneck ? 1 : 3;
  guint conv = spec->form == 'd' ? 1 : 0;

  made_convolution (m, at->width, at->in, kernel, kernel, "%s.conv1", name);
  made_batch_norm (m, at->width, "%s.bn1", name);
  made_convolution (m, at->width, at->width / spec->groups, 3, 3, "%s.conv2", name);
  made_batch_norm (m, at->width, "%s.bn2", name);
  if (spec->bottleneck)
    {
      made_convolution (m, at->out, at->width, 1, 1, "%s.conv3", name);
      made_batch_norm (m, at->out, "%s.bn3", name);
    }
  if (at->block == 0 && (at->stage > 0 || at->in != at->out))
    {
      made_convolution (m, at->out, at->in, 1, 1, "%s.downsample.%u", name, conv);
      made_batch_norm (m, at->out, "%s.downsample.%u", name, conv + 1);
    }
}

void
made_resnet (MadeWeights      *m,
             const MadeResNet *spec,
             gsize             classes)
{
  ResNetBlock at = { .in = spec->planes };

  if (spec->form == ' ')
    made_convolution (m, spec->planes, 3, 7, 7, "conv1");
  else
    {
      made_convolution (m, spec->planes / 2, 3, 3, 3, "conv1.0");
      made_batch_norm (m, spec->planes / 2, "conv1.1");
      made_convolution (m, spec->planes / 2, spec->planes / 2, 3, 3, "conv1.3");
      made_batch_norm (m, spec->planes / 2, "conv1.4");
      made_convolution (m, spec->planes, spec->planes / 2, 3, 3, "conv1.6");
    }
  made_batch_norm (m, spec->planes, "bn1");

  for (at.stage = 0; at.stage < 4; at.stage++)
    for (at.block = 0; at.block < spec->blocks[at.stage]; at.block++)
      {
        at.width = (spec->bottleneck ? spec->width : spec->planes) << at.stage;
        at.out = (spec->planes << at.stage) * (spec->bottleneck ? 4 : 1);
        resnet_block (m, spec, &at);
        at.in = at.out;
      }
  made_linear (m, classes, at.in, "fc");
}

void
made_densenet (MadeWeights *m,
               gsize        growth,
               gsize        init,
               const guint  blocks[4],
               gboolean     early,
               gsize        classes)
{
  const char *dot = early ? "." : "";
  gsize n = init;

  made_convolution (m, n, 3, 7, 7, "features.conv0");
  made_batch_norm (m, n, "features.norm0");
  for (guint i = 0; i < 4; i++)
    {
      for (guint j = 0; j < blocks[i]; j++, n += growth)
        {
          g_autofree char *name = g_strdup_printf ("features.denseblock%u.denselayer%u", i + 1, j + 1);

          made_batch_norm (m, n, "%s.norm%s1", name, dot);
          made_convolution (m, 4 * growth, n, 1, 1, "%s.conv%s1", name, dot);
          made_batch_norm (m, 4 * growth, "%s.norm%s2", name, dot);
          made_convolution (m, growth, 4 * growth, 3, 3, "%s.conv%s2", name, dot);
        }
      if (i < 3)
        {
          made_batch_norm (m, n, "features.transition%u.norm", i + 1);
          made_convolution (m, n / 2, n, 1, 1, "features.transition%u.conv", i + 1);
          n /= 2;
        }
    }
  made_batch_norm (m, n, "features.norm5");
  made_linear (m, classes, n, "classifier");
}

/* torchvision's BasicConv2d of that name. */
static void
basic (MadeWeights *m,
       const char  *module,
       const char  *name,
       gsize        out,
       gsize        in,
       gsize        rows,
       gsize        columns)
{
  made_convolution (m, out, in, rows, columns, "%s%s.conv", module, name);
  made_batch_norm (m, out, "%s%s.bn", module, name);
}

void
made_googlenet (MadeWeights *m,
                gboolean     aux,
                gsize        classes)
{
  const struct { const char *name; gsize in, one, three_in, three, five_in, five, pool; } modules[] = {
    { "inception3a.", 192, 64, 96, 128, 16, 32, 32 }, { "inception3b.", 256, 128, 128, 192, 32, 96, 64 },
    { "inception4a.", 480, 192, 96, 208, 16, 48, 64 }, { "inception4b.", 512, 160, 112, 224, 24, 64, 64 },
    { "inception4c.", 512, 128, 128, 256, 24, 64, 64 }, { "inception4d.", 512, 112, 144, 288, 32, 64, 64 },
    { "inception4e.", 528, 256, 160, 320, 32, 128, 128 }, { "inception5a.", 832, 256, 160, 320, 32, 128, 128 },
    { "inception5b.", 832, 384, 192, 384, 48, 128, 128 },
  };

  basic (m, "", "conv1", 64, 3, 7, 7);
  basic (m, "", "conv2", 64, 64, 1, 1);
  basic (m, "", "conv3", 192, 64, 3, 3);
  for (guint i = 0; i < G_N_ELEMENTS (modules); i++)
    {
      basic (m, modules[i].name, "branch1", modules[i].one, modules[i].in, 1, 1);
      basic (m, modules[i].name, "branch2.0", modules[i].three_in, modules[i].in, 1, 1);
      basic (m, modules[i].name, "branch2.1", modules[i].three, modules[i].three_in, 3, 3);
      basic (m, modules[i].name, "branch3.0", modules[i].five_in, modules[i].in, 1, 1);
      basic (m, modules[i].name, "branch3.1", modules[i].five, modules[i].five_in, 3, 3);
      basic (m, modules[i].name, "branch4.1", modules[i].pool, modules[i].in, 1, 1);
    }
  for (guint i = 1; aux && i <= 2; i++)
    {
      g_autofree char *name = g_strdup_printf ("aux%u.", i);

      basic (m, name, "conv", 128, i == 1 ? 512 : 528, 1, 1);
      made_linear (m, 1024, 2048, "%sfc1", name);
      made_linear (m, classes, 1024, "%sfc2", name);
    }
  made_linear (m, classes, 1024, "fc");
}

static void
inception_7x7 (MadeWeights *m,
               const char  *module,
               gsize        width)
{
  basic (m, module, "branch1x1", 192, 768, 1, 1);
  basic (m, module, "branch7x7_1", width, 768, 1, 1);
  basic (m, module, "branch7x7_2", width, width, 1, 7);
  basic (m, module, "branch7x7_3", 192, width, 7, 1);
  basic (m, module, "branch7x7dbl_1", width, 768, 1, 1);
  basic (m, module, "branch7x7dbl_2", width, width, 7, 1);
  basic (m, module, "branch7x7dbl_3", width, width, 1, 7);
  basic (m, module, "branch7x7dbl_4", width, width, 7, 1);
  basic (m, module, "branch7x7dbl_5", 192, width, 1, 7);
  basic (m, module, "branch_pool", 192, 768, 1, 1);
}

static void
inception_5x5 (MadeWeights *m,
               const char  *module,
               gsize        in,
               gsize        pool)
{
  basic (m, module, "branch1x1", 64, in, 1, 1);
  basic (m, module, "branch5x5_1", 48, in, 1, 1);
  basic (m, module, "branch5x5_2", 64, 48, 5, 5);
  basic (m, module, "branch3x3dbl_1", 64, in, 1, 1);
  basic (m, module, "branch3x3dbl_2", 96, 64, 3, 3);
  basic (m, module, "branch3x3dbl_3", 96, 96, 3, 3);
  basic (m, module, "branch_pool", pool, in, 1, 1);
}

static void
inception_wide (MadeWeights *m,
                const char  *module,
                gsize        in)
{
  basic (m, module, "branch1x1", 320, in, 1, 1);
  basic (m, module, "branch3x3_1", 384, in, 1, 1);
  basic (m, module, "branch3x3_2a", 384, 384, 1, 3);
  basic (m, module, "branch3x3_2b", 384, 384, 3, 1);
  basic (m, module, "branch3x3dbl_1", 448, in, 1, 1);
  basic (m, module, "branch3x3dbl_2", 384, 448, 3, 3);
  basic (m, module, "branch3x3dbl_3a", 384, 384, 1, 3);
  basic (m, module, "branch3x3dbl_3b", 384, 384, 3, 1);
  basic (m, module, "branch_pool", 192, in, 1, 1);
}

void
made_inception (MadeWeights *m,
                gboolean     aux,
                gsize        classes)
{
  basic (m, "", "Conv2d_1a_3x3", 32, 3, 3, 3);
  basic (m, "", "Conv2d_2a_3x3", 32, 32, 3, 3);
  basic (m, "", "Conv2d_2b_3x3", 64, 32, 3, 3);
  basic (m, "", "Conv2d_3b_1x1", 80, 64, 1, 1);
  basic (m, "", "Conv2d_4a_3x3", 192, 80, 3, 3);
  inception_5x5 (m, "Mixed_5b.", 192, 32);
  inception_5x5 (m, "Mixed_5c.", 256, 64);
  inception_5x5 (m, "Mixed_5d.", 288, 64);
  basic (m, "Mixed_6a.", "branch3x3", 384, 288, 3, 3);
  basic (m, "Mixed_6a.", "branch3x3dbl_1", 64, 288, 1, 1);
  basic (m, "Mixed_6a.", "branch3x3dbl_2", 96, 64, 3, 3);
  basic (m, "Mixed_6a.", "branch3x3dbl_3", 96, 96, 3, 3);
  inception_7x7 (m, "Mixed_6b.", 128);
  inception_7x7 (m, "Mixed_6c.", 160);
  inception_7x7 (m, "Mixed_6d.", 160);
  inception_7x7 (m, "Mixed_6e.", 192);
  if (aux)
    {
      basic (m, "AuxLogits.", "conv0", 128, 768, 1, 1);
      basic (m, "AuxLogits.", "conv1", 768, 128, 5, 5);
      made_linear (m, classes, 768, "AuxLogits.fc");
    }
  basic (m, "Mixed_7a.", "branch3x3_1", 192, 768, 1, 1);
  basic (m, "Mixed_7a.", "branch3x3_2", 320, 192, 3, 3);
  basic (m, "Mixed_7a.", "branch7x7x3_1", 192, 768, 1, 1);
  basic (m, "Mixed_7a.", "branch7x7x3_2", 192, 192, 1, 7);
  basic (m, "Mixed_7a.", "branch7x7x3_3", 192, 192, 7, 1);
  basic (m, "Mixed_7a.", "branch7x7x3_4", 192, 192, 3, 3);
  inception_wide (m, "Mixed_7b.", 1280);
  inception_wide (m, "Mixed_7c.", 2048);
  made_linear (m, classes, 2048, "fc");
}

void
made_mobilenet_v2 (MadeWeights *m,
                   double       width,
                   gsize        classes)
{
  const struct { gsize expansion, out; guint blocks; } stages[] = {
    { 1, 16, 1 }, { 6, 24, 2 }, { 6, 32, 3 }, { 6, 64, 4 }, { 6, 96, 3 }, { 6, 160, 3 }, { 6, 320, 1 },
  };
  gsize in = divisible (32 * width);
  gsize last = divisible (1280 * MAX (1, width));
  guint index = 1;

  made_norm_activation (m, in, 3, 3, "features.0");
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    for (guint j = 0; j < stages[i].blocks; j++, index++)
      {
        gsize hidden = in * stages[i].expansion;
        guint next = 0;

        if (hidden > in)
          made_norm_activation (m, hidden, in, 1, "features.%u.conv.%u", index, next++);
        made_norm_activation (m, hidden, 1, 3, "features.%u.conv.%u", index, next++);
        in = divisible (stages[i].out * width);
        made_convolution (m, in, hidden, 1, 1, "features.%u.conv.%u", index, next++);
        made_batch_norm (m, in, "features.%u.conv.%u", index, next);
      }
  made_norm_activation (m, last, in, 1, "features.18");
  made_linear (m, classes, last, "classifier.1");
}

void
made_mnasnet (MadeWeights *m,
              double       width,
              gsize        classes)
{
  const struct { gsize out, kernel, expansion; guint blocks; } stacks[] = {
    { 24, 3, 3, 3 }, { 40, 5, 3, 3 }, { 80, 5, 6, 3 }, { 96, 3, 6, 2 }, { 192, 5, 6, 4 }, { 320, 3, 6, 1 },
  };
  gsize stem = divisible (32 * width);
  gsize in = divisible (16 * width);

  made_convolution (m, stem, 3, 3, 3, "layers.0");
  made_batch_norm (m, stem, "layers.1");
  made_convolution (m, stem, 1, 3, 3, "layers.3");
  made_batch_norm (m, stem, "layers.4");
  made_convolution (m, in, stem, 1, 1, "layers.6");
  made_batch_norm (m, in, "layers.7");
  for (guint i = 0; i < G_N_ELEMENTS (stacks); i++)
    for (guint j = 0; j < stacks[i].blocks; j++)
      {
        g_autofree char *module = g_strdup_printf ("layers.%u.%u.layers", 8 + i, j);
        gsize hidden = in * stacks[i].expansion;

        made_convolution (m, hidden, in, 1, 1, "%s.0", module);
        made_batch_norm (m, hidden, "%s.1", module);
        made_convolution (m, hidden, 1, stacks[i].kernel, stacks[i].kernel, "%s.3", module);
        made_batch_norm (m, hidden, "%s.4", module);
        in = divisible (stacks[i].out * width);
        made_convolution (m, in, hidden, 1, 1, "%s.6", module);
        made_batch_norm (m, in, "%s.7", module);
      }
  made_convolution (m, 1280, in, 1, 1, "layers.14");
  made_batch_norm (m, 1280, "layers.15");
  made_linear (m, classes, 1280, "classifier.1");
}

typedef struct
{
  gsize kernel;
  gsize expanded;
  gsize out;
  gboolean excited;
} MobileBlock;

static const MobileBlock mobile_large[] = {
  { 3, 16, 16, FALSE }, { 3, 64, 24, FALSE }, { 3, 72, 24, FALSE }, { 5, 72, 40, TRUE }, { 5, 120, 40, TRUE },
  { 5, 120, 40, TRUE }, { 3, 240, 80, FALSE }, { 3, 200, 80, FALSE }, { 3, 184, 80, FALSE }, { 3, 184, 80, FALSE },
  { 3, 480, 112, TRUE }, { 3, 672, 112, TRUE }, { 5, 672, 160, TRUE }, { 5, 960, 160, TRUE }, { 5, 960, 160, TRUE },
};

static const MobileBlock mobile_small[] = {
  { 3, 16, 16, TRUE }, { 3, 72, 24, FALSE }, { 3, 88, 24, FALSE }, { 5, 96, 40, TRUE }, { 5, 240, 40, TRUE },
  { 5, 240, 40, TRUE }, { 5, 120, 48, TRUE }, { 5, 144, 48, TRUE }, { 5, 288, 96, TRUE }, { 5, 576, 96, TRUE },
  { 5, 576, 96, TRUE },
};

void
made_mobilenet_v3 (MadeWeights *m,
                   gboolean     large,
                   double       width,
                   gsize        classes)
{
  const MobileBlock *blocks = large ? mobile_large : mobile_small;
  guint n = large ? G_N_ELEMENTS (mobile_large) : G_N_ELEMENTS (mobile_small);
  gsize hidden = divisible ((large ? 1280 : 1024) * width);
  gsize in = divisible (16 * width);

  made_norm_activation (m, in, 3, 3, "features.0");
  for (guint i = 0; i < n; i++)
    {
      gsize expanded = divisible (blocks[i].expanded * width);
      guint next = 0;

      if (expanded != in)
        made_norm_activation (m, expanded, in, 1, "features.%u.block.%u", i + 1, next++);
      made_norm_activation (m, expanded, 1, blocks[i].kernel, "features.%u.block.%u", i + 1, next++);
      if (blocks[i].excited)
        made_excitation (m, expanded, divisible (expanded / 4), FALSE, "features.%u.block.%u", i + 1, next++);
      in = divisible (blocks[i].out * width);
      made_norm_activation (m, in, expanded, 1, "features.%u.block.%u", i + 1, next);
    }
  made_norm_activation (m, 6 * in, in, 1, "features.%u", n + 1);
  made_linear (m, hidden, 6 * in, "classifier.0");
  made_linear (m, classes, hidden, "classifier.3");
}

/* timm groups the blocks by stages: everything is in the first block of the next
 * stage where the picture or the width changes. */
void
made_mobilenet_v3_timm (MadeWeights *m,
                        gboolean     large,
                        gsize        classes)
{
  const MobileBlock *blocks = large ? mobile_large : mobile_small;
  const guint large_stages[] = { 1, 2, 3, 4, 2, 3 }, small_stages[] = { 1, 2, 3, 2, 3 };
  const guint *stages = large ? large_stages : small_stages;
  guint n_stages = large ? G_N_ELEMENTS (large_stages) : G_N_ELEMENTS (small_stages);
  gsize in = 16, hidden = large ? 1280 : 1024;

  made_convolution (m, 16, 3, 3, 3, "conv_stem");
  made_batch_norm (m, 16, "bn1");
  for (guint i = 0; i < n_stages; i++)
    for (guint j = 0; j < stages[i]; j++, blocks++)
      {
        g_autofree char *module = g_strdup_printf ("blocks.%u.%u", i, j);
        guint norm = 1;

        if (i > 0)
          {
            made_convolution (m, blocks->expanded, in, 1, 1, "%s.conv_pw", module);
            made_batch_norm (m, blocks->expanded, "%s.bn%u", module, norm++);
          }
        made_convolution (m, blocks->expanded, 1, blocks->kernel, blocks->kernel, "%s.conv_dw", module);
        made_batch_norm (m, blocks->expanded, "%s.bn%u", module, norm++);
        if (blocks->excited)
          made_excitation (m, blocks->expanded, divisible (blocks->expanded / 4), TRUE, "%s.se", module);
        in = blocks->out;
        made_convolution (m, in, blocks->expanded, 1, 1, "%s.%s", module, i > 0 ? "conv_pwl" : "conv_pw");
        made_batch_norm (m, in, "%s.bn%u", module, norm);
      }
  made_convolution (m, 6 * in, in, 1, 1, "blocks.%u.0.conv", n_stages);
  made_batch_norm (m, 6 * in, "blocks.%u.0.bn1", n_stages);
  made_convolution (m, hidden, 6 * in, 1, 1, "conv_head");
  made_bias (m, hidden, "conv_head");
  made_linear (m, classes, hidden, "classifier");
}

static void
shuffle_branch (MadeWeights *m,
                const char  *unit,
                gsize        half,
                gsize        in)
{
  made_convolution (m, half, in, 1, 1, "%s.branch2.0", unit);
  made_batch_norm (m, half, "%s.branch2.1", unit);
  made_convolution (m, half, 1, 3, 3, "%s.branch2.3", unit);
  made_batch_norm (m, half, "%s.branch2.4", unit);
  made_convolution (m, half, half, 1, 1, "%s.branch2.5", unit);
  made_batch_norm (m, half, "%s.branch2.6", unit);
}

void
made_shufflenet (MadeWeights *m,
                 gsize        width,
                 gsize        last,
                 gsize        classes)
{
  const guint units[] = { 4, 8, 4 };
  gsize in = 24;

  made_norm_activation (m, in, 3, 3, "conv1");
  for (guint i = 0; i < 3; i++)
    {
      gsize out = width << i;

      made_convolution (m, in, 1, 3, 3, "stage%u.0.branch1.0", i + 2);
      made_batch_norm (m, in, "stage%u.0.branch1.1", i + 2);
      made_convolution (m, out / 2, in, 1, 1, "stage%u.0.branch1.2", i + 2);
      made_batch_norm (m, out / 2, "stage%u.0.branch1.3", i + 2);
      for (guint j = 0; j < units[i]; j++)
        {
          g_autofree char *unit = g_strdup_printf ("stage%u.%u", i + 2, j);

          shuffle_branch (m, unit, out / 2, j == 0 ? in : out / 2);
        }
      in = out;
    }
  made_norm_activation (m, last, in, 1, "conv5");
  made_linear (m, classes, last, "fc");
}

/* A block of EfficientNet: expands, works on each channel, and projects; or does
 * the first two in one. */
typedef struct
{
  gboolean fused;
  gsize expansion;
  gsize kernel;
  gsize out;
  guint blocks;
} EfficientStage;

static void
efficient_block (MadeWeights          *m,
                 const char           *module,
                 const EfficientStage *stage,
                 gsize                 in)
{
  gsize expanded = divisible (in * stage->expansion);
  guint next = 0;

  if (stage->fused && stage->expansion == 1)
    {
      made_norm_activation (m, stage->out, in, stage->kernel, "%s.0", module);
      return;
    }

  if (stage->fused)
    made_norm_activation (m, expanded, in, stage->kernel, "%s.%u", module, next++);
  else
    {
      if (stage->expansion > 1)
        made_norm_activation (m, expanded, in, 1, "%s.%u", module, next++);
      made_norm_activation (m, expanded, 1, stage->kernel, "%s.%u", module, next++);
      made_excitation (m, expanded, MAX (1, in / 4), FALSE, "%s.%u", module, next++);
    }
  made_norm_activation (m, stage->out, expanded, 1, "%s.%u", module, next);
}

static void
efficient_block_timm (MadeWeights          *m,
                      const char           *module,
                      const EfficientStage *stage,
                      gsize                 in)
{
  gsize expanded = divisible (in * stage->expansion);
  gboolean expands = stage->expansion > 1;
  guint norm = 1;

  if (stage->fused)
    {
      made_convolution (m, expanded, in, stage->kernel, stage->kernel, "%s.%s", module, expands ? "conv_exp" : "conv");
      made_batch_norm (m, expanded, "%s.bn%u", module, norm++);
      if (!expands)
        return;
    }
  else
    {
      if (expands)
        {
          made_convolution (m, expanded, in, 1, 1, "%s.conv_pw", module);
          made_batch_norm (m, expanded, "%s.bn%u", module, norm++);
        }
      made_convolution (m, expanded, 1, stage->kernel, stage->kernel, "%s.conv_dw", module);
      made_batch_norm (m, expanded, "%s.bn%u", module, norm++);
      made_excitation (m, expanded, MAX (1, in / 4), TRUE, "%s.se", module);
    }
  made_convolution (m, stage->out, expanded, 1, 1, "%s.%s", module, expands ? "conv_pwl" : "conv_pw");
  made_batch_norm (m, stage->out, "%s.bn%u", module, norm);
}

static void
efficient_net (MadeWeights          *m,
               const EfficientStage *stages,
               guint                 n_stages,
               gsize                 head,
               gboolean              timm,
               gsize                 stem,
               gsize                 classes)
{
  gsize in = stem;

  if (timm)
    {
      made_convolution (m, stem, 3, 3, 3, "conv_stem");
      made_batch_norm (m, stem, "bn1");
    }
  else
    made_norm_activation (m, stem, 3, 3, "features.0");

  for (guint i = 0; i < n_stages; i++)
    for (guint j = 0; j < stages[i].blocks; j++, in = stages[i].out)
      {
        g_autofree char *module = timm ? g_strdup_printf ("blocks.%u.%u", i, j)
                                       : g_strdup_printf ("features.%u.%u.block", i + 1, j);

        (timm ? efficient_block_timm : efficient_block) (m, module, &stages[i], in);
      }

  if (timm)
    {
      made_convolution (m, head, in, 1, 1, "conv_head");
      made_batch_norm (m, head, "bn2");
    }
  else
    made_norm_activation (m, head, in, 1, "features.%u", n_stages + 1);
  made_linear (m, classes, head, timm ? "classifier" : "classifier.1");
}

void
made_efficientnet (MadeWeights *m,
                   double       width,
                   double       depth,
                   gboolean     timm,
                   gsize        classes)
{
  EfficientStage stages[] = {
    { FALSE, 1, 3, 16, 1 }, { FALSE, 6, 3, 24, 2 }, { FALSE, 6, 5, 40, 2 }, { FALSE, 6, 3, 80, 3 },
    { FALSE, 6, 5, 112, 3 }, { FALSE, 6, 5, 192, 4 }, { FALSE, 6, 3, 320, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    {
      stages[i].out = divisible (stages[i].out * width);
      stages[i].blocks = ceil (stages[i].blocks * depth);
    }
  efficient_net (m, stages, G_N_ELEMENTS (stages), 4 * stages[6].out, timm, divisible (32 * width), classes);
}

void
made_efficientnet_v2 (MadeWeights *m,
                      char         size,
                      gboolean     timm,
                      gsize        classes)
{
  const EfficientStage s[] = {
    { TRUE, 1, 3, 24, 2 }, { TRUE, 4, 3, 48, 4 }, { TRUE, 4, 3, 64, 4 }, { FALSE, 4, 3, 128, 6 },
    { FALSE, 6, 3, 160, 9 }, { FALSE, 6, 3, 256, 15 },
  };
  const EfficientStage medium[] = {
    { TRUE, 1, 3, 24, 3 }, { TRUE, 4, 3, 48, 5 }, { TRUE, 4, 3, 80, 5 }, { FALSE, 4, 3, 160, 7 },
    { FALSE, 6, 3, 176, 14 }, { FALSE, 6, 3, 304, 18 }, { FALSE, 6, 3, 512, 5 },
  };
  const EfficientStage large[] = {
    { TRUE, 1, 3, 32, 4 }, { TRUE, 4, 3, 64, 7 }, { TRUE, 4, 3, 96, 7 }, { FALSE, 4, 3, 192, 10 },
    { FALSE, 6, 3, 224, 19 }, { FALSE, 6, 3, 384, 25 }, { FALSE, 6, 3, 640, 7 },
  };

  if (size == 's')
    efficient_net (m, s, G_N_ELEMENTS (s), 1280, timm, 24, classes);
  else if (size == 'm')
    efficient_net (m, medium, G_N_ELEMENTS (medium), 1280, timm, 24, classes);
  else
    efficient_net (m, large, G_N_ELEMENTS (large), 1280, timm, 32, classes);
}

static void
regnet_block (MadeWeights *m,
              const char  *block,
              gsize        in,
              gsize        width,
              gsize        group,
              gboolean     first,
              gboolean     excited)
{
  if (first)
    made_norm_activation (m, width, in, 1, "%s.proj", block);
  made_norm_activation (m, width, in, 1, "%s.f.a", block);
  made_norm_activation (m, width, MIN (group, width), 3, "%s.f.b", block);
  if (excited)
    made_excitation (m, width, rint (0.25 * in), FALSE, "%s.f.se", block);
  made_norm_activation (m, width, width, 1, "%s.f.c", block);
}

/* Widths grow along a line, rounded to powers of w_m times w_0 and multiples of 8,
 * and then to multiples of the group; blocks of the same width are a stage. */
void
made_regnet (MadeWeights      *m,
             const MadeRegNet *spec,
             gsize             classes)
{
  gsize in = 32, previous = 0;
  guint stage = 0, block = 0;

  made_norm_activation (m, in, 3, 3, "stem");
  for (guint i = 0; i < spec->depth; i++)
    {
      double power = rint (log ((i * spec->w_a + spec->w_0) / spec->w_0) / log (spec->w_m));
      gsize rounded = 8 * (gsize) rint (spec->w_0 * pow (spec->w_m, power) / 8);
      gsize group = MIN (spec->group, rounded);
      gsize width = MAX (group, (rounded + group / 2) / group * group);
      g_autofree char *name = NULL;

      if (width < 0.9 * rounded)
        width += group;
      if (rounded != previous)
        {
          stage++;
          block = 0;
        }
      previous = rounded;
      name = g_strdup_printf ("trunk_output.block%u.block%u-%u", stage, stage, block);
      regnet_block (m, name, in, width, group, block == 0, spec->excited);
      in = width;
      block++;
    }
  made_linear (m, classes, in, "fc");
}

void
made_convnext (MadeWeights *m,
               gsize        width,
               guint        third,
               gsize        classes)
{
  const guint blocks[] = { 3, 3, third, 3 };
  gsize in = width;

  made_convolution (m, width, 3, 4, 4, "features.0.0");
  made_bias (m, width, "features.0.0");
  made_layer_norm (m, width, "features.0.1");
  for (guint i = 0; i < 4; i++, in *= 2)
    {
      if (i > 0)
        {
          made_layer_norm (m, in / 2, "features.%u.0", 2 * i);
          made_convolution (m, in, in / 2, 2, 2, "features.%u.1", 2 * i);
          made_bias (m, in, "features.%u.1", 2 * i);
        }
      for (guint j = 0; j < blocks[i]; j++)
        {
          g_autofree char *block = g_strdup_printf ("features.%u.%u", 2 * i + 1, j);

          made_weights_add (m, &(CnnShape) { 3, { in, 1, 1 } }, "%s.layer_scale", block);
          made_convolution (m, in, 1, 7, 7, "%s.block.0", block);
          made_bias (m, in, "%s.block.0", block);
          made_layer_norm (m, in, "%s.block.2", block);
          made_linear (m, 4 * in, in, "%s.block.3", block);
          made_linear (m, in, 4 * in, "%s.block.5", block);
        }
    }
  made_layer_norm (m, in / 2, "classifier.0");
  made_linear (m, classes, in / 2, "classifier.2");
}
