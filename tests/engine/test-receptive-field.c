#include "network/cnn-network-builder.h"
#include "support/reference.h"

/* Receptive fields by brute force. Each picture of a batch is black but for one
 * pixel; all weights are positive and there are no biases, so that nothing
 * cancels: a cell is above zero exactly if it sees that pixel. */

#define HEIGHT 19
#define WIDTH 16

typedef struct
{
  int first;
  int last;
} Span;

/* What a cell sees: rows and columns. */
typedef struct
{
  Span spans[2];
} Seen;

static CnnTensor *
make_single_pixels (void)
{
  CnnTensor *tensor = cnn_tensor_new (&CNN_SHAPE_4 (HEIGHT * WIDTH, 1, HEIGHT, WIDTH));

  for (guint i = 0; i < HEIGHT * WIDTH; i++)
    cnn_tensor_get_mutable_data (tensor)[i * HEIGHT * WIDTH + i] = 1;

  return tensor;
}

/* How many cells lie along the picture's axis, and how far apart. */
static gsize
get_extent (const CnnShape          *shape,
            const CnnReceptiveField *field,
            guint                    axis,
            gsize                   *step)
{
  guint dimension = field->dimension[axis];

  *step = 1;
  for (guint i = dimension + 1; i < shape->n_dims && dimension > 0; i++)
    *step *= shape->dims[i];

  return dimension > 0 ? shape->dims[dimension] : 1;
}

static void
widen (Span *spans,
       int   y,
       int   x)
{
  spans[0].first = MIN (spans[0].first, y);
  spans[0].last = MAX (spans[0].last, y);
  spans[1].first = MIN (spans[1].first, x);
  spans[1].last = MAX (spans[1].last, x);
}

/* Returns: the rows and columns of the pixels that each cell, in any channel,
 *   sees; none where the last one is −1 */
static Seen *
find_spans (CnnTensor               *output,
            const CnnReceptiveField *field,
            gsize                   *height,
            gsize                   *width)
{
  const CnnShape *shape = cnn_tensor_get_shape (output);
  const float *data = cnn_tensor_get_data (output);
  gsize n = cnn_tensor_get_n_elements (output) / shape->dims[0], row, column;
  Seen *cells;

  *height = get_extent (shape, field, 0, &row);
  *width = get_extent (shape, field, 1, &column);

  cells = g_new (Seen, *height * *width);
  for (gsize i = 0; i < *height * *width; i++)
    cells[i] = (Seen) { { { HEIGHT, -1 }, { WIDTH, -1 } } };

  for (int pixel = 0; pixel < HEIGHT * WIDTH; pixel++)
    for (gsize i = 0; i < n; i++)
      if (data[pixel * n + i] > 0)
        widen (cells[i / row % *height * *width + i / column % *width].spans, pixel / WIDTH, pixel % WIDTH);

  return cells;
}

/* Whether all cells move in equal steps, so that the field is more than a bound. */
static gboolean
is_exact (CnnLayer *layer,
          guint     axis)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);
  guint dimension = cnn_layer_get_receptive_field (layer)->dimension[axis];
  guint n_inputs = cnn_layer_get_n_inputs (layer);

  if (cnn_layer_get_kind (layer) == CNN_KIND_CONCAT && attributes->axis == dimension)
    return FALSE;

  if (cnn_layer_get_kind (layer) == CNN_KIND_CHANNEL_SHUFFLE && dimension == 1)
    return FALSE;

  if (cnn_layer_get_kind (layer) == CNN_KIND_SLICE && attributes->step[dimension] < 0)
    return FALSE;

  if (cnn_layer_get_kind (layer) == CNN_KIND_PAD && attributes->pad_mode != CNN_PAD_CONSTANT)
    return FALSE;

  /* Their cells do not move in equal steps. */
  if (cnn_layer_get_kind (layer) == CNN_KIND_RESIZE || cnn_layer_get_kind (layer) == CNN_KIND_DEPTH_TO_SPACE)
    return FALSE;

  for (guint i = 0; i < n_inputs; i++)
    {
      CnnLayer *input = cnn_layer_get_input (layer, i);
      CnnLayer *first = cnn_layer_get_input (layer, 0);

      /* Rows that are spread over several dimensions are seen together. */
      if (cnn_layer_get_kind (layer) == CNN_KIND_RESHAPE &&
          cnn_layer_get_shape (input)->dims[cnn_layer_get_receptive_field (input)->dimension[axis]] !=
          cnn_layer_get_shape (layer)->dims[dimension])
        return FALSE;

      /* Behind a cut, padding lies in the picture and yet sees nothing of it. */
      if (!is_exact (input, axis) || cnn_layer_get_kind (input) == CNN_KIND_SLICE ||
          cnn_layer_get_receptive_field (input)->stride[axis] !=
          cnn_layer_get_receptive_field (first)->stride[axis])
        return FALSE;

      if ((cnn_layer_get_kind (layer) == CNN_KIND_ADAPTIVE_AVERAGE_POOL ||
           cnn_layer_get_kind (layer) == CNN_KIND_ADAPTIVE_MAX_POOL ||
           cnn_layer_get_kind (layer) == CNN_KIND_EXPAND) &&
          dimension > 0 &&
          (cnn_layer_get_shape (input)->dims[dimension] % cnn_layer_get_shape (layer)->dims[dimension] != 0))
        return FALSE;
    }

  return TRUE;
}

/* Every pixel that is seen lies in the box; and where the box lies in the
 * picture, so that no padding is looked at, it is no larger than need be. */
static guint
check_layer (CnnLayer  *layer,
             CnnTensor *output)
{
  static const int extents[] = { HEIGHT, WIDTH };
  const CnnReceptiveField *field = cnn_layer_get_receptive_field (layer);
  gsize height, width;
  g_autofree Seen *cells = find_spans (output, field, &height, &width);
  guint n_exact = 0;

  for (gsize y = 0; y < height; y++)
    for (gsize x = 0; x < width; x++)
      {
        const gsize cell[] = { y, x };
        const Span *spans = cells[y * width + x].spans;

        if (spans[0].last < 0)
          continue;

        for (guint axis = 0; axis < 2; axis++)
          {
            gint64 start = field->offset[axis] + (gint64) cell[axis] * field->stride[axis];
            gint64 end = start + field->size[axis];

            g_assert_cmpint (spans[axis].first, >=, start);
            g_assert_cmpint (spans[axis].last, <, end);

            if (is_exact (layer, axis) && start >= 0 && end <= extents[axis])
              {
                g_assert_cmpint (spans[axis].first, ==, start);
                g_assert_cmpint (spans[axis].last, ==, end - 1);
                n_exact++;
              }
          }
      }

  return n_exact;
}

static guint
check_network (CnnNetworkBuilder *builder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnNetwork) network = cnn_network_builder_freeze (builder, NULL, &error);
  g_autoptr (CnnTensor) input = make_single_pixels ();
  g_autoptr (GPtrArray) outputs = NULL;
  guint n_exact = 0;

  g_assert_no_error (error);
  outputs = reference_run_network (network, input);

  for (guint i = 0; i < outputs->len; i++)
    {
      CnnLayer *layer = cnn_network_get_layer (network, i);
      g_autofree char *description = cnn_layer_dup_description (layer);

      g_test_message ("%s: %s", cnn_layer_get_name (layer), description);
      n_exact += check_layer (layer, g_ptr_array_index (outputs, i));
    }

  return n_exact;
}

static guint
add (CnnNetworkBuilder   *builder,
     CnnKind              kind,
     const CnnAttributes *attributes,
     const guint         *inputs,
     guint                n_inputs)
{
  static guint serial;
  const CnnShape *shape = cnn_network_builder_get_shape (builder, inputs[0]);
  g_autofree char *name = g_strdup_printf ("layer%u", serial++);
  g_autoptr (CnnTensor) weight = NULL;
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };

  if (kind == CNN_KIND_CONVOLUTION)
    weight = reference_random (&CNN_SHAPE_4 (2, shape->dims[1], attributes->kernel[0], attributes->kernel[1]), 0.5, 1);
  else if (kind == CNN_KIND_LINEAR)
    weight = reference_random (&CNN_SHAPE_2 (3, shape->dims[shape->n_dims - 1]), 0.5, 1);
  parameters[CNN_PARAMETER_WEIGHT] = weight;

  return cnn_network_builder_add (builder, name, kind, attributes, inputs, n_inputs, parameters, NULL);
}

static void
randomize_window (CnnAttributes *attributes)
{
  for (guint i = 0; i < 2; i++)
    {
      attributes->kernel[i] = g_test_rand_int_range (1, 5);
      attributes->stride[i] = g_test_rand_int_range (1, 4);
      attributes->dilation[i] = g_test_rand_int_range (1, 3);
      attributes->padding[i] = g_test_rand_int_range (0, 3);
      attributes->padding[i + 2] = g_test_rand_int_range (0, 3);
      attributes->output_size[i] = g_test_rand_int_range (1, 8);
    }
  attributes->ceil_mode = g_test_rand_bit ();
}

/* Two ways with kernels of different sizes, but the same number of cells, which
 * meet again. */
static guint
add_branches (CnnNetworkBuilder *builder,
              guint              input)
{
  guint stride = g_test_rand_int_range (1, 3);
  guint branches[2];
  CnnAttributes attributes;

  for (guint i = 0; i < 2; i++)
    {
      guint reach = g_test_rand_int_range (0, 3);

      cnn_attributes_init (&attributes);
      for (guint axis = 0; axis < 2; axis++)
        {
          attributes.kernel[axis] = 2 * reach + 1;
          attributes.stride[axis] = stride;
          attributes.padding[axis] = attributes.padding[axis + 2] = reach;
        }
      branches[i] = add (builder, CNN_KIND_CONVOLUTION, &attributes, &input, 1);
    }

  return g_test_rand_bit ()
    ? add (builder, CNN_KIND_ADD, NULL, branches, 2)
    : add (builder, CNN_KIND_CONCAT, NULL, branches, 2);
}

/* What is cut off or put around, along the rows and the columns. */
static void
randomize_moves (CnnAttributes  *attributes,
                 CnnKind         kind,
                 const CnnShape *shape)
{
  attributes->pad_mode = g_test_rand_int_range (CNN_PAD_CONSTANT, CNN_PAD_EDGE + 1);
  attributes->shape = *shape;

  for (guint d = 2; d < shape->n_dims; d++)
    {
      attributes->begin[d] = g_test_rand_int_range (0, 3);
      attributes->end[d] = g_test_rand_int_range (0, 3);
      if (kind == CNN_KIND_EXPAND)
        {
          attributes->shape.dims[d] *= g_test_rand_int_range (1, 3);
          continue;
        }

      attributes->step[d] = g_test_rand_int_range (-2, 3);
      attributes->shape.dims[d] = MAX (1, shape->dims[d] / 2 - 1);
      if (attributes->step[d] < 0)
        attributes->begin[d] = shape->dims[d] - 1;
    }
}

static void
shuffle_dimensions (guint *permutation,
                    guint  n_dims)
{
  for (guint i = 1; i + 1 < n_dims; i++)
    {
      guint k = g_test_rand_int_range (i, n_dims);
      guint swapped = permutation[i];

      permutation[i] = permutation[k];
      permutation[k] = swapped;
    }
}

/* Channels in two groups as a fifth dimension, or back. */
static void
regroup (CnnShape *shape)
{
  if (shape->n_dims == 4 && shape->dims[1] % 2 == 0)
    *shape = (CnnShape) { 5, { 1, 2, shape->dims[1] / 2, shape->dims[2], shape->dims[3] } };
  else if (shape->n_dims == 5)
    *shape = CNN_SHAPE_4 (1, shape->dims[1] * shape->dims[2], shape->dims[3], shape->dims[4]);
}

static guint
add_mover (CnnNetworkBuilder *builder,
           guint              input)
{
  static const CnnKind kinds[] = {
    CNN_KIND_PAD, CNN_KIND_SLICE, CNN_KIND_EXPAND, CNN_KIND_TRANSPOSE, CNN_KIND_RESHAPE,
    CNN_KIND_CHANNEL_SHUFFLE, CNN_KIND_REDUCE_MEAN,
  };
  CnnKind kind = kinds[g_test_rand_int_range (0, G_N_ELEMENTS (kinds))];
  const CnnShape *shape = cnn_network_builder_get_shape (builder, input);
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  randomize_moves (&attributes, kind, shape);
  attributes.groups = g_test_rand_int_range (1, 3);
  attributes.axes = 1u << g_test_rand_int_range (1, MAX (shape->n_dims, 2));
  attributes.keep_dims = g_test_rand_bit ();
  shuffle_dimensions (attributes.permutation, shape->n_dims);

  if (kind == CNN_KIND_RESHAPE)
    {
      attributes.shape = *shape;
      regroup (&attributes.shape);
    }

  return add (builder, kind, &attributes, &input, 1);
}

static guint
add_random (CnnNetworkBuilder *builder,
            guint              input)
{
  static const CnnKind kinds[] = {
    CNN_KIND_CONVOLUTION, CNN_KIND_MAX_POOL, CNN_KIND_AVERAGE_POOL, CNN_KIND_ADAPTIVE_AVERAGE_POOL,
    CNN_KIND_ADAPTIVE_MAX_POOL, CNN_KIND_RELU, CNN_KIND_CONCAT,
  };
  CnnKind kind = kinds[g_test_rand_int_range (0, G_N_ELEMENTS (kinds))];
  const guint twice[] = { input, input };
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);

  if (kind == CNN_KIND_CONCAT)
    {
      /* Below or beside itself: a jump amid the rows or the columns. */
      attributes.axis = g_test_rand_int_range (2, 4);
      return add (builder, kind, &attributes, twice, 2);
    }

  randomize_window (&attributes);

  return add (builder, kind, &attributes, twice, 1);
}

static void
test_random (void)
{
  guint n_exact = 0;

  for (guint round = 0; round < 60; round++)
    {
      g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("random", &CNN_SHAPE_4 (1, 1, HEIGHT, WIDTH));
      guint last = 0, n_layers = 0;

      while (n_layers < 4)
        {
          guint added = g_test_rand_int_range (0, 3) == 0
            ? add_branches (builder, last)
            : add_random (builder, last);

          /* A window may be too large for what is left; try another one. */
          if (added != CNN_NO_LAYER)
            {
              last = added;
              n_layers++;
            }
        }

      n_exact += check_network (builder);
    }

  g_assert_cmpuint (n_exact, >, 1000);
}

/* A head that sees everything. */
/* The same with layers that move numbers about, along any dimension. */
static void
test_movers (void)
{
  guint n_exact = 0;

  for (guint round = 0; round < 60; round++)
    {
      g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("movers", &CNN_SHAPE_4 (1, 1, HEIGHT, WIDTH));
      guint last = 0, n_layers = 0;

      for (guint tries = 0; tries < 30 && n_layers < 5; tries++)
        {
          guint added = g_test_rand_bit () ? add_mover (builder, last) : add_random (builder, last);

          if (added != CNN_NO_LAYER && cnn_shape_get_n_elements (cnn_network_builder_get_shape (builder, added)) < 4000)
            {
              last = added;
              n_layers++;
            }
        }

      n_exact += check_network (builder);
    }

  g_assert_cmpuint (n_exact, >, 1000);
}

/* Where something small is added to a map, every cell sees all that it has seen. */
static void
test_stretched (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("gate", &CNN_SHAPE_4 (1, 1, HEIGHT, WIDTH));
  guint inputs[2] = { 0 };
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.kernel[0] = attributes.kernel[1] = 3;
  inputs[0] = add (builder, CNN_KIND_CONVOLUTION, &attributes, inputs, 1);
  cnn_attributes_init (&attributes);
  inputs[1] = add (builder, CNN_KIND_ADAPTIVE_AVERAGE_POOL, &attributes, inputs, 1);
  inputs[0] = add (builder, CNN_KIND_ADD, NULL, inputs, 2);
  add (builder, CNN_KIND_RELU, NULL, inputs, 1);

  g_assert_cmpuint (check_network (builder), >, 0);
}

/* Maps that grow and shrink. */
static void
test_sizes (void)
{
  for (guint round = 0; round < 40; round++)
    {
      g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("sizes", &CNN_SHAPE_4 (1, 1, HEIGHT, WIDTH));
      static const CnnKind kinds[] = {
        CNN_KIND_RESIZE, CNN_KIND_SPACE_TO_DEPTH, CNN_KIND_DEPTH_TO_SPACE, CNN_KIND_MAX_POOL,
      };
      guint last = 0;

      last = add (builder, CNN_KIND_RELU, NULL, &last, 1);

      for (guint tries = 0; tries < 6; tries++)
        {
          CnnAttributes attributes;
          guint added;

          cnn_attributes_init (&attributes);
          attributes.size = 2;
          attributes.interpolation = g_test_rand_int_range (0, CNN_INTERPOLATION_LINEAR + 1);
          attributes.coordinates = g_test_rand_int_range (0, CNN_COORDINATES_ASYMMETRIC + 1);
          for (guint i = 0; i < 2; i++)
            {
              attributes.output_size[i] = g_test_rand_int_range (1, 20);
              attributes.kernel[i] = g_test_rand_int_range (1, 4);
            }

          added = add (builder, kinds[g_test_rand_int_range (0, G_N_ELEMENTS (kinds))], &attributes, &last, 1);
          if (added != CNN_NO_LAYER)
            last = added;
        }

      check_network (builder);
    }
}

static void
test_head (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("head", &CNN_SHAPE_4 (1, 1, HEIGHT, WIDTH));
  guint index = 0;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.kernel[0] = attributes.kernel[1] = 3;
  index = add (builder, CNN_KIND_CONVOLUTION, &attributes, &index, 1);
  index = add (builder, CNN_KIND_FLATTEN, &attributes, &index, 1);
  index = add (builder, CNN_KIND_LINEAR, NULL, &index, 1);
  index = add (builder, CNN_KIND_RELU, NULL, &index, 1);

  /* HEIGHT·WIDTH cells of the first layers, and one of each later layer. */
  g_assert_cmpuint (check_network (builder), >=, 2 * 3);
}

/* Sums along one axis of a map: all of its cells see the same there. */
static void
test_linear_of_maps (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("rows", &CNN_SHAPE_4 (1, 1, HEIGHT, WIDTH));
  guint index = 0;

  index = add (builder, CNN_KIND_LINEAR, NULL, &index, 1);
  g_assert_cmpuint (check_network (builder), >=, 2 * HEIGHT * 3);
}

/* Settings that no sane network has must not overflow. */
static void
test_absurd (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("absurd", &CNN_SHAPE_4 (1, 1, 1, 1));
  g_autoptr (CnnNetwork) network = NULL;
  guint index = 0;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  for (guint axis = 0; axis < 2; axis++)
    {
      attributes.kernel[axis] = 3;
      attributes.stride[axis] = attributes.dilation[axis] = 65535;
      attributes.padding[axis] = attributes.padding[axis + 2] = 65535;
    }

  for (guint i = 0; i < 20; i++)
    {
      index = add (builder, CNN_KIND_MAX_POOL, &attributes, &index, 1);
      g_assert_cmpuint (index, !=, CNN_NO_LAYER);
    }

  network = cnn_network_builder_freeze (builder, NULL, NULL);
  for (guint i = 1; i < cnn_network_get_n_layers (network); i++)
    {
      const CnnReceptiveField *field = cnn_layer_get_receptive_field (cnn_network_get_layer (network, i));

      g_assert_cmpint (field->size[0], >, 65535);
      g_assert_cmpint (field->offset[0], <=, -65535);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/receptive-field/random", test_random);
  g_test_add_func ("/engine/receptive-field/movers", test_movers);
  g_test_add_func ("/engine/receptive-field/stretched", test_stretched);
  g_test_add_func ("/engine/receptive-field/sizes", test_sizes);
  g_test_add_func ("/engine/receptive-field/head", test_head);
  g_test_add_func ("/engine/receptive-field/linear-of-maps", test_linear_of_maps);
  g_test_add_func ("/engine/receptive-field/absurd", test_absurd);

  return g_test_run ();
}
