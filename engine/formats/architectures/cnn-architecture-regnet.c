/* Radosavovic et al., "Designing Network Design Spaces", 2020;
 * torchvision/models/regnet.py */

#include "formats/architectures/cnn-blueprint-private.h"

/* Bottleneck of one width, in groups of at most that many channels; Y has squeeze
 * and excitation, X has not. */
static guint
transform (CnnBlueprint *b,
           guint         x,
           guint         width,
           guint         stride,
           guint         group_width)
{
  guint squeezed = channels (b, x) / 4;
  guint groups;

  enter (b, "f");
  x = norm_activation (b, x, "a", CNN_KIND_RELU, .out = width);
  groups = channels (b, x) / MIN (group_width, channels (b, x));
  x = norm_activation (b, x, "b", CNN_KIND_RELU, .out = channels (b, x), .kernel = 3, .stride = stride, .padding = 1,
                       .groups = groups);
  if (cnn_blueprint_has_module (b, "se"))
    x = excitation (b, x, "se", .squeezed = squeezed, .activation = CNN_KIND_RELU, .gate = CNN_KIND_SIGMOID);
  x = norm_activation (b, x, "c", NO_ACTIVATION, .out = width);
  leave (b);

  return x;
}

static guint
block (CnnBlueprint *b,
       guint         x,
       guint         width,
       guint         stride,
       guint         group_width)
{
  guint y = transform (b, x, width, stride, group_width);

  if (stride > 1 || channels (b, x) != channels (b, y))
    x = norm_activation (b, x, "proj", NO_ACTIVATION, .out = channels (b, y), .exact = TRUE, .stride = stride);
  x = add (b, "add", x, y);

  return relu (b, x, "activation");
}

/* How wide the last stage is, and how many blocks there are, tell the size. */
static void
set_name (CnnBlueprint *b)
{
  static const struct { const char *name; guint blocks; guint last; } known[] = {
    { "RegNet X 400MF", 22, 400 }, { "RegNet X 800MF", 16, 672 }, { "RegNet X 1.6GF", 18, 912 },
    { "RegNet X 3.2GF", 25, 1008 }, { "RegNet X 8GF", 23, 1920 }, { "RegNet X 16GF", 22, 2048 },
    { "RegNet X 32GF", 23, 2520 },
    { "RegNet Y 400MF", 16, 440 }, { "RegNet Y 800MF", 14, 784 }, { "RegNet Y 1.6GF", 27, 888 },
    { "RegNet Y 3.2GF", 21, 1512 }, { "RegNet Y 8GF", 17, 2016 }, { "RegNet Y 16GF", 18, 3024 },
    { "RegNet Y 32GF", 20, 3712 }, { "RegNet Y 128GF", 27, 7392 },
  };
  gboolean is_y = cnn_blueprint_has_module (b, "trunk_output.block1.block1-0.f.se");
  guint last = extent (b, 0, 0, "trunk_output.block4.block4-0.proj.1.weight", "trunk_output.block4.block4-0.proj.1.bias",
                       "trunk_output.block4.block4-0.f.c.1.weight");
  guint blocks = 0;

  for (guint i = 1; i <= 4; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("trunk_output.block%u.block%u-", i, i);

      blocks += count (b, prefix, 0);
    }

  cnn_blueprint_set_name (b, is_y ? "RegNet Y" : "RegNet X");
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i].blocks == blocks && known[i].last == last && (known[i].name[7] == 'Y') == is_y)
      cnn_blueprint_set_name (b, "%s", known[i].name);
}

static void
describe (CnnBlueprint  *b,
          gconstpointer  variant)
{
  /* Stages that are narrower than a group have one group; the last ones are not. */
  guint group_width = extent (b, 1, 16, "trunk_output.block4.block4-0.f.b.0.weight",
                              "trunk_output.block3.block3-0.f.b.0.weight",
                              "trunk_output.block3.block3-1.f.b.0.weight");
  guint x = input (b, 3, 224);

  set_name (b);

  x = norm_activation (b, x, "stem", CNN_KIND_RELU, .out = 32, .kernel = 3, .stride = 2, .padding = 1);
  for (guint i = 1; i <= 4; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("block%u-", i);
      guint n;

      enter (b, "trunk_output.block%u", i);
      n = count (b, prefix, 0);
      for (guint j = 0; j < n; j++)
        {
          enter (b, "%s%u", prefix, j);
          x = block (b, x, j == 0 ? 2 * channels (b, x) : channels (b, x), j == 0 ? 2 : 1, group_width);
          leave (b);
        }
      leave (b);
    }
  x = adaptive_pool (b, x, "avgpool", 1);
  x = flatten (b, x, "flatten");
  linear (b, x, "fc", 1000);
}

const CnnArchitecture cnn_architectures_regnet[] = {
  { "RegNet", describe },
  { NULL }
};
