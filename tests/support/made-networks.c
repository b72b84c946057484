#include "support/made-networks.h"

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

/* torchvision's Conv2dNormActivation of that name. */
static void
norm_activation (MadeWeights *m,
                 const char  *module,
                 const char  *name,
                 gsize        out,
                 gsize        in,
                 gsize        kernel)
{
  made_convolution (m, out, in, kernel, kernel, "%s%s.0", module, name);
  made_batch_norm (m, out, "%s%s.1", module, name);
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

  norm_activation (m, "", "features.0", in, 3, 3);
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    for (guint j = 0; j < stages[i].blocks; j++, index++)
      {
        g_autofree char *module = g_strdup_printf ("features.%u.conv.", index);
        gsize hidden = in * stages[i].expansion;
        guint next = hidden > in ? 1 : 0;

        if (next > 0)
          norm_activation (m, module, "0", hidden, in, 1);
        norm_activation (m, module, next > 0 ? "1" : "0", hidden, 1, 3);
        in = divisible (stages[i].out * width);
        made_convolution (m, in, hidden, 1, 1, "%s%u", module, next + 1);
        made_batch_norm (m, in, "%s%u", module, next + 2);
      }
  norm_activation (m, "", "features.18", last, in, 1);
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
