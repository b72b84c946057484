/* Szegedy et al., "Rethinking the Inception Architecture for Computer Vision",
 * 2015; torchvision/models/inception.py */

#include "formats/architectures/cnn-blueprint-private.h"

/* A convolution without bias, its batch norm and ReLU. */
static guint
basic (CnnBlueprint             *b,
       guint                     x,
       const char               *name,
       const CnnConvolutionSpec *spec)
{
  CnnConvolutionSpec with_norm = *spec;

  with_norm.norm = "bn";
  enter (b, "%s", name);
  x = cnn_blueprint_convolution (b, x, "conv", &with_norm);
  x = relu (b, x, "relu");
  leave (b);

  return x;
}

#define basic(b, x, name, ...) basic (b, x, name, &(const CnnConvolutionSpec) { __VA_ARGS__ })

/* The branches that all but the reducing modules end with. */
static guint
pool_branch (CnnBlueprint *b,
             guint         x,
             guint         out)
{
  x = average_pool (b, x, "avg_pool", .kernel = 3, .stride = 1, .padding = 1, .count_include_pad = TRUE);

  return basic (b, x, "branch_pool", .out = out);
}

static guint
inception_a (CnnBlueprint *b,
             guint         x,
             const char   *name,
             guint         pooled)
{
  guint one, five, three, pool;

  enter (b, "%s", name);
  one = basic (b, x, "branch1x1", .out = 64);
  five = basic (b, x, "branch5x5_1", .out = 48);
  five = basic (b, five, "branch5x5_2", .out = 64, .kernel = 5, .padding = SAME);
  three = basic (b, x, "branch3x3dbl_1", .out = 64);
  three = basic (b, three, "branch3x3dbl_2", .out = 96, .kernel = 3, .padding = SAME);
  three = basic (b, three, "branch3x3dbl_3", .out = 96, .kernel = 3, .padding = SAME);
  pool = pool_branch (b, x, pooled);
  x = concat (b, "cat", one, five, three, pool);
  leave (b);

  return x;
}

/* Halves the picture. */
static guint
inception_b (CnnBlueprint *b,
             guint         x,
             const char   *name)
{
  guint three, twice, pool;

  enter (b, "%s", name);
  three = basic (b, x, "branch3x3", .out = 384, .kernel = 3, .stride = 2);
  twice = basic (b, x, "branch3x3dbl_1", .out = 64);
  twice = basic (b, twice, "branch3x3dbl_2", .out = 96, .kernel = 3, .padding = SAME);
  twice = basic (b, twice, "branch3x3dbl_3", .out = 96, .kernel = 3, .stride = 2);
  pool = max_pool (b, x, "max_pool", .kernel = 3, .stride = 2);
  x = concat (b, "cat", three, twice, pool);
  leave (b);

  return x;
}

static guint
inception_c (CnnBlueprint *b,
             guint         x,
             const char   *name,
             guint         width)
{
  guint one, seven, twice, pool;

  enter (b, "%s", name);
  one = basic (b, x, "branch1x1", .out = 192);
  seven = basic (b, x, "branch7x7_1", .out = width);
  seven = basic (b, seven, "branch7x7_2", .out = width, .rows = 1, .columns = 7, .padding = SAME);
  seven = basic (b, seven, "branch7x7_3", .out = 192, .rows = 7, .columns = 1, .padding = SAME);
  twice = basic (b, x, "branch7x7dbl_1", .out = width);
  twice = basic (b, twice, "branch7x7dbl_2", .out = width, .rows = 7, .columns = 1, .padding = SAME);
  twice = basic (b, twice, "branch7x7dbl_3", .out = width, .rows = 1, .columns = 7, .padding = SAME);
  twice = basic (b, twice, "branch7x7dbl_4", .out = width, .rows = 7, .columns = 1, .padding = SAME);
  twice = basic (b, twice, "branch7x7dbl_5", .out = 192, .rows = 1, .columns = 7, .padding = SAME);
  pool = pool_branch (b, x, 192);
  x = concat (b, "cat", one, seven, twice, pool);
  leave (b);

  return x;
}

/* Halves the picture. */
static guint
inception_d (CnnBlueprint *b,
             guint         x,
             const char   *name)
{
  guint three, seven, pool;

  enter (b, "%s", name);
  three = basic (b, x, "branch3x3_1", .out = 192);
  three = basic (b, three, "branch3x3_2", .out = 320, .kernel = 3, .stride = 2);
  seven = basic (b, x, "branch7x7x3_1", .out = 192);
  seven = basic (b, seven, "branch7x7x3_2", .out = 192, .rows = 1, .columns = 7, .padding = SAME);
  seven = basic (b, seven, "branch7x7x3_3", .out = 192, .rows = 7, .columns = 1, .padding = SAME);
  seven = basic (b, seven, "branch7x7x3_4", .out = 192, .kernel = 3, .stride = 2);
  pool = max_pool (b, x, "max_pool", .kernel = 3, .stride = 2);
  x = concat (b, "cat", three, seven, pool);
  leave (b);

  return x;
}

static guint
inception_e (CnnBlueprint *b,
             guint         x,
             const char   *name)
{
  guint one, three, flat, tall, twice, pool;

  enter (b, "%s", name);
  one = basic (b, x, "branch1x1", .out = 320);

  three = basic (b, x, "branch3x3_1", .out = 384);
  flat = basic (b, three, "branch3x3_2a", .out = 384, .rows = 1, .columns = 3, .padding = SAME);
  tall = basic (b, three, "branch3x3_2b", .out = 384, .rows = 3, .columns = 1, .padding = SAME);
  three = concat (b, "branch3x3_cat", flat, tall);

  twice = basic (b, x, "branch3x3dbl_1", .out = 448);
  twice = basic (b, twice, "branch3x3dbl_2", .out = 384, .kernel = 3, .padding = SAME);
  flat = basic (b, twice, "branch3x3dbl_3a", .out = 384, .rows = 1, .columns = 3, .padding = SAME);
  tall = basic (b, twice, "branch3x3dbl_3b", .out = 384, .rows = 3, .columns = 1, .padding = SAME);
  twice = concat (b, "branch3x3dbl_cat", flat, tall);

  pool = pool_branch (b, x, 192);
  x = concat (b, "cat", one, three, twice, pool);
  leave (b);

  return x;
}

static void
describe (CnnBlueprint  *b,
          gconstpointer  variant)
{
  guint x = input (b, 3, 299);

  cnn_blueprint_set_epsilon (b, 1e-3);
  cnn_blueprint_leave_out (b, "AuxLogits");

  x = cnn_blueprint_transform_input (b, x);
  x = basic (b, x, "Conv2d_1a_3x3", .out = 32, .kernel = 3, .stride = 2);
  x = basic (b, x, "Conv2d_2a_3x3", .out = 32, .kernel = 3);
  x = basic (b, x, "Conv2d_2b_3x3", .out = 64, .kernel = 3, .padding = SAME);
  x = max_pool (b, x, "maxpool1", .kernel = 3, .stride = 2);
  x = basic (b, x, "Conv2d_3b_1x1", .out = 80);
  x = basic (b, x, "Conv2d_4a_3x3", .out = 192, .kernel = 3);
  x = max_pool (b, x, "maxpool2", .kernel = 3, .stride = 2);
  x = inception_a (b, x, "Mixed_5b", 32);
  x = inception_a (b, x, "Mixed_5c", 64);
  x = inception_a (b, x, "Mixed_5d", 64);
  x = inception_b (b, x, "Mixed_6a");
  x = inception_c (b, x, "Mixed_6b", 128);
  x = inception_c (b, x, "Mixed_6c", 160);
  x = inception_c (b, x, "Mixed_6d", 160);
  x = inception_c (b, x, "Mixed_6e", 192);
  x = inception_d (b, x, "Mixed_7a");
  x = inception_e (b, x, "Mixed_7b");
  x = inception_e (b, x, "Mixed_7c");
  x = adaptive_pool (b, x, "avgpool", 1);
  x = dropout (b, x, "dropout");
  x = flatten (b, x, "flatten");
  linear (b, x, "fc", 1000);
}

const CnnArchitecture cnn_architectures_inception[] = {
  { "Inception v3", describe },
  { NULL }
};
