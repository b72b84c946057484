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

static CnnTensor *
make_single_pixels (void)
{
  CnnTensor *tensor = cnn_tensor_new (&CNN_SHAPE_4 (HEIGHT * WIDTH, 1, HEIGHT, WIDTH));

  for (guint i = 0; i < HEIGHT * WIDTH; i++)
    cnn_tensor_get_mutable_data (tensor)[i * HEIGHT * WIDTH + i] = 1;

  return tensor;
}

/* The rows and columns of the pixels that a cell, in any channel, sees. Returns:
 *   whether it sees any */
static gboolean
find_spans (CnnTensor *output,
            gsize      y,
            gsize      x,
            Span       spans[2])
{
  const CnnShape *shape = cnn_tensor_get_shape (output);
  gsize height = shape->n_dims == 4 ? shape->dims[2] : 1;
  gsize width = shape->n_dims == 4 ? shape->dims[3] : 1;
  gsize n_channels = cnn_tensor_get_n_elements (output) / (shape->dims[0] * height * width);

  spans[0] = (Span) { HEIGHT, -1 };
  spans[1] = (Span) { WIDTH, -1 };

  for (int pixel = 0; pixel < HEIGHT * WIDTH; pixel++)
    for (gsize c = 0; c < n_channels; c++)
      if (cnn_tensor_get_data (output)[((pixel * n_channels + c) * height + y) * width + x] > 0)
        {
          spans[0].first = MIN (spans[0].first, pixel / WIDTH);
          spans[0].last = MAX (spans[0].last, pixel / WIDTH);
          spans[1].first = MIN (spans[1].first, pixel % WIDTH);
          spans[1].last = MAX (spans[1].last, pixel % WIDTH);
        }

  return spans[0].last >= 0;
}

/* Whether all cells move in equal steps, so that the field is more than a bound. */
static gboolean
is_exact (CnnLayer *layer,
          guint     axis)
{
  guint n_inputs = cnn_layer_get_n_inputs (layer);

  if (cnn_layer_get_kind (layer) == CNN_KIND_CONCAT && cnn_layer_get_attributes (layer)->axis == 2 + axis)
    return FALSE;

  for (guint i = 0; i < n_inputs; i++)
    {
      CnnLayer *input = cnn_layer_get_input (layer, i);
      CnnLayer *first = cnn_layer_get_input (layer, 0);

      if (!is_exact (input, axis) ||
          cnn_layer_get_receptive_field (input)->stride[axis] !=
          cnn_layer_get_receptive_field (first)->stride[axis])
        return FALSE;

      if (cnn_layer_get_kind (layer) == CNN_KIND_ADAPTIVE_AVERAGE_POOL &&
          cnn_layer_get_shape (input)->dims[2 + axis] % cnn_layer_get_shape (layer)->dims[2 + axis] != 0)
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
  const CnnShape *shape = cnn_layer_get_shape (layer);
  const CnnReceptiveField *field = cnn_layer_get_receptive_field (layer);
  gsize height = shape->n_dims == 4 ? shape->dims[2] : 1;
  gsize width = shape->n_dims == 4 ? shape->dims[3] : 1;
  guint n_exact = 0;

  for (gsize y = 0; y < height; y++)
    for (gsize x = 0; x < width; x++)
      {
        const gsize cell[] = { y, x };
        Span spans[2];

        if (!find_spans (output, y, x, spans))
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

static guint
add_random (CnnNetworkBuilder *builder,
            guint              input)
{
  static const CnnKind kinds[] = {
    CNN_KIND_CONVOLUTION, CNN_KIND_MAX_POOL, CNN_KIND_AVERAGE_POOL, CNN_KIND_ADAPTIVE_AVERAGE_POOL,
    CNN_KIND_RELU, CNN_KIND_CONCAT,
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
  g_test_add_func ("/engine/receptive-field/head", test_head);
  g_test_add_func ("/engine/receptive-field/linear-of-maps", test_linear_of_maps);
  g_test_add_func ("/engine/receptive-field/absurd", test_absurd);

  return g_test_run ();
}
