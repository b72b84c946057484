#include "support/random-network.h"

#include "network/cnn-network-builder.h"
#include "support/random.h"

#include <math.h>

typedef struct
{
  CnnNetworkBuilder *builder;
  guint n_layers;
} Growth;

/* Numbers between −scale and scale. */
CnnTensor *
random_tensor (const CnnShape *shape,
               double          scale)
{
  CnnTensor *tensor = cnn_tensor_new (shape);
  float *data = cnn_tensor_get_mutable_data (tensor);

  for (gsize i = 0; i < cnn_tensor_get_n_elements (tensor); i++)
    data[i] = g_test_rand_double_range (-scale, scale);

  return tensor;
}

static CnnTensor *
random_vector (gsize  n,
               double low,
               double high)
{
  CnnTensor *tensor = cnn_tensor_new (&CNN_SHAPE_1 (n));

  for (gsize i = 0; i < n; i++)
    cnn_tensor_get_mutable_data (tensor)[i] = g_test_rand_double_range (low, high);

  return tensor;
}

/* A layer that does not fit is no harm: another one is tried. */
static gboolean
grow (Growth              *growth,
      CnnKind              kind,
      const CnnAttributes *attributes,
      const guint         *inputs,
      guint                n_inputs,
      CnnTensor *const    *parameters)
{
  g_autofree char *name = g_strdup_printf ("%s%u", cnn_kind_get_name (kind), growth->n_layers);
  guint index = cnn_network_builder_add (growth->builder, name, kind, attributes,
                                         inputs, n_inputs, parameters, NULL);

  if (index == CNN_NO_LAYER)
    return FALSE;

  growth->n_layers = index + 1;

  return TRUE;
}

static const CnnShape *
shape_of (Growth *growth,
          guint   layer)
{
  return cnn_network_builder_get_shape (growth->builder, layer);
}

static void
random_window (CnnAttributes *attributes,
               int            max_kernel,
               int            max_dilation,
               int            max_padding)
{
  for (guint d = 0; d < 2; d++)
    {
      attributes->kernel[d] = pick (1, max_kernel);
      attributes->stride[d] = chance (0.6) ? 1 : pick (1, 3);
      attributes->dilation[d] = pick (1, max_dilation);
    }
  for (guint i = 0; i < 4; i++)
    attributes->padding[i] = pick (0, max_padding);
}

static gboolean
grow_convolution (Growth *growth,
                  guint   input)
{
  gsize channels = shape_of (growth, input)->dims[1];
  gsize groups = 1, filters = pick (1, 40), fan_in;
  g_autoptr (CnnTensor) weight = NULL;
  g_autoptr (CnnTensor) bias = NULL;
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  random_window (&attributes, chance (0.3) ? 1 : 5, chance (0.7) ? 1 : 3, chance (0.5) ? 0 : 4);

  if (chance (0.3))
    {
      groups = chance (0.5) ? channels : (gsize) pick (1, channels);
      groups = channels % groups == 0 ? groups : 1;
      filters = groups * (chance (0.5) ? 1 : pick (1, 5));
    }
  attributes.groups = groups;

  fan_in = channels / groups * attributes.kernel[0] * attributes.kernel[1];
  weight = random_tensor (&CNN_SHAPE_4 (filters, channels / groups, attributes.kernel[0], attributes.kernel[1]),
                          sqrt (3.0 / fan_in));
  bias = random_vector (filters, -0.5, 0.5);
  parameters[CNN_PARAMETER_WEIGHT] = weight;
  if (chance (0.5))
    parameters[CNN_PARAMETER_BIAS] = bias;

  return grow (growth, CNN_KIND_CONVOLUTION, &attributes, &input, 1, parameters);
}

static gboolean
grow_batch_norm (Growth *growth,
                 guint   input)
{
  gsize channels = shape_of (growth, input)->dims[1];
  g_autoptr (CnnTensor) gamma = random_vector (channels, 0.5, 1.5);
  g_autoptr (CnnTensor) beta = random_vector (channels, -0.5, 0.5);
  g_autoptr (CnnTensor) mean = random_vector (channels, -0.5, 0.5);
  g_autoptr (CnnTensor) variance = random_vector (channels, 0.5, 1.5);
  CnnTensor *parameters[] = { gamma, beta, mean, variance };
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.epsilon = 1e-5;

  return grow (growth, CNN_KIND_BATCH_NORM, &attributes, &input, 1, parameters);
}

static gboolean
grow_pool (Growth *growth,
           guint   input)
{
  CnnAttributes attributes;
  CnnKind kind = chance (0.5) ? CNN_KIND_MAX_POOL : CNN_KIND_AVERAGE_POOL;

  cnn_attributes_init (&attributes);
  random_window (&attributes, 3, kind == CNN_KIND_MAX_POOL && chance (0.3) ? 2 : 1, 1);
  for (guint d = 0; d < 2; d++)
    for (guint side = d; side < 4; side += 2)
      attributes.padding[side] = MIN (attributes.padding[side], attributes.kernel[d] / 2);
  attributes.ceil_mode = chance (0.5);
  attributes.count_include_pad = chance (0.5);

  return grow (growth, kind, &attributes, &input, 1, NULL);
}

static gboolean
grow_adaptive_pool (Growth *growth,
                    guint   input,
                    guint   height,
                    guint   width)
{
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.output_size[0] = height;
  attributes.output_size[1] = width;

  return grow (growth, CNN_KIND_ADAPTIVE_AVERAGE_POOL, &attributes, &input, 1, NULL);
}

static gboolean
grow_clip (Growth *growth,
           guint   input)
{
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.minimum = chance (0.5) ? 0 : 0.25;
  attributes.maximum = 0.75;

  return grow (growth, CNN_KIND_CLIP, &attributes, &input, 1, NULL);
}

static gboolean
grow_meeting (Growth *growth,
              CnnKind kind,
              guint   input)
{
  guint inputs[3] = { input };
  guint n = 1;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.axis = chance (0.9) ? 1 : pick (2, 3);

  for (guint tries = 0; tries < 20 && n < G_N_ELEMENTS (inputs); tries++)
    {
      const CnnShape *a = shape_of (growth, input);
      guint other = pick (0, growth->n_layers - 1);
      const CnnShape *b = shape_of (growth, other);

      if (kind == CNN_KIND_ADD ? cnn_shape_equal (a, b)
                               : a->dims[2] == b->dims[2] && a->dims[3] == b->dims[3])
        inputs[n++] = other;
      if (n == 2 && chance (0.7))
        break;
    }

  return n > 1 && grow (growth, kind, &attributes, inputs, n, NULL);
}

/* Layers that each read all before them. */
static gboolean
grow_dense (Growth *growth,
            guint   input)
{
  guint inputs[4] = { input };
  guint last = input;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.axis = 1;

  for (guint n = 1; n < G_N_ELEMENTS (inputs); n++)
    {
      if (!grow_batch_norm (growth, last))
        return FALSE;

      inputs[n] = growth->n_layers - 1;
      if (!grow (growth, CNN_KIND_CONCAT, &attributes, inputs, n + 1, NULL))
        return FALSE;

      last = growth->n_layers - 1;
    }

  return TRUE;
}

static gboolean
grow_function (Growth *growth,
               guint   input)
{
  static const CnnKind kinds[] = {
    CNN_KIND_LEAKY_RELU, CNN_KIND_PRELU, CNN_KIND_ELU, CNN_KIND_SIGMOID, CNN_KIND_HARD_SIGMOID,
    CNN_KIND_HARD_SWISH, CNN_KIND_SILU, CNN_KIND_GELU, CNN_KIND_MISH, CNN_KIND_SOFTPLUS, CNN_KIND_SOFTSIGN,
    CNN_KIND_TANH, CNN_KIND_ERF, CNN_KIND_ABS, CNN_KIND_NEGATE,
  };
  gsize channels = shape_of (growth, input)->dims[1];
  g_autoptr (CnnTensor) slopes = random_vector (chance (0.5) ? 1 : channels, -0.5, 1);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
  CnnKind kind = kinds[pick (0, G_N_ELEMENTS (kinds) - 1)];
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.alpha = kind == CNN_KIND_ELU ? 1 : 0.2;
  attributes.beta = 0.5;
  attributes.tanh_form = chance (0.5);
  if (kind == CNN_KIND_PRELU)
    parameters[CNN_PARAMETER_WEIGHT] = slopes;

  return grow (growth, kind, &attributes, &input, 1, parameters);
}

/* With a constant: one number, one for each channel, or one for each element. */
static gboolean
grow_constant (Growth *growth,
               guint   input)
{
  const CnnShape *shape = shape_of (growth, input);
  const CnnShape shapes[] = { { 0 }, { 3, { shape->dims[1], 1, 1 } }, CNN_SHAPE_4 (1, shape->dims[1], 1, 1),
                              { 1, { shape->dims[3] } }, *shape };
  g_autoptr (CnnTensor) constant = random_tensor (&shapes[pick (0, G_N_ELEMENTS (shapes) - 1)], 1);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { constant };
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.constant_first = chance (0.5);

  return grow (growth, chance (0.8) ? pick (CNN_KIND_ADD, CNN_KIND_MULTIPLY)
                                    : pick (CNN_KIND_MINIMUM, CNN_KIND_MAXIMUM),
               &attributes, &input, 1, parameters);
}

/* x·sigmoid (x), x·clip (x + 3, 0, 6) / 6, or x times what its mean says, as
 * exporters write them. */
static gboolean
grow_gate (Growth *growth,
           guint   input)
{
  g_autoptr (CnnTensor) three = random_vector (1, 3, 3);
  g_autoptr (CnnTensor) six = random_vector (1, 6, 6);
  CnnTensor *plus[CNN_N_PARAMETERS] = { three };
  CnnTensor *by[CNN_N_PARAMETERS] = { six };
  guint form = pick (0, 2), inputs[2] = { input, input };
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.minimum = 0;
  attributes.maximum = 6;

  if (form == 0)
    {
      if (!grow (growth, CNN_KIND_ADD, NULL, inputs, 1, plus))
        return FALSE;
      inputs[0] = growth->n_layers - 1;
      g_assert_true (grow (growth, CNN_KIND_CLIP, &attributes, inputs, 1, NULL));
      inputs[0] = growth->n_layers - 1;
      if (chance (0.5))
        {
          g_assert_true (grow (growth, CNN_KIND_MULTIPLY, NULL, inputs, 2, NULL));
          inputs[0] = growth->n_layers - 1;
          return grow (growth, CNN_KIND_DIVIDE, NULL, inputs, 1, by);
        }
      g_assert_true (grow (growth, CNN_KIND_DIVIDE, NULL, inputs, 1, by));
    }
  else
    {
      if (form == 1 && !grow (growth, CNN_KIND_ADAPTIVE_AVERAGE_POOL, NULL, inputs, 1, NULL))
        return FALSE;
      inputs[0] = form == 1 ? growth->n_layers - 1 : input;
      if (!grow (growth, CNN_KIND_SIGMOID, NULL, inputs, 1, NULL))
        return FALSE;
    }

  inputs[chance (0.5) ? 1 : 0] = growth->n_layers - 1;
  inputs[inputs[0] == growth->n_layers - 1 ? 1 : 0] = input;

  return grow (growth, CNN_KIND_MULTIPLY, NULL, inputs, 2, NULL);
}

/* Channels that are shuffled by a reshape, a transposition and a reshape. */
static gboolean
grow_written_shuffle (Growth *growth,
                      guint   input,
                      guint   groups)
{
  CnnShape shape = *shape_of (growth, input);
  guint last = input;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.shape = (CnnShape) { 5, { 1, groups, shape.dims[1] / groups, shape.dims[2], shape.dims[3] } };
  if (!grow (growth, CNN_KIND_RESHAPE, &attributes, &last, 1, NULL))
    return FALSE;

  last = growth->n_layers - 1;
  attributes.permutation[1] = 2;
  attributes.permutation[2] = 1;
  g_assert_true (grow (growth, CNN_KIND_TRANSPOSE, &attributes, &last, 1, NULL));

  last = growth->n_layers - 1;
  attributes.shape = shape;

  return grow (growth, CNN_KIND_RESHAPE, &attributes, &last, 1, NULL);
}

static gboolean
grow_mover (Growth *growth,
            guint   input)
{
  static const CnnKind kinds[] = {
    CNN_KIND_SLICE, CNN_KIND_SLICE, CNN_KIND_CHANNEL_SHUFFLE, CNN_KIND_PAD, CNN_KIND_EXPAND,
  };
  const CnnShape *shape = shape_of (growth, input);
  CnnKind kind = kinds[pick (0, G_N_ELEMENTS (kinds) - 1)];
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.groups = pick (1, 4);
  if (kind == CNN_KIND_CHANNEL_SHUFFLE && shape->dims[1] % attributes.groups == 0 && chance (0.5))
    return grow_written_shuffle (growth, input, attributes.groups);

  attributes.shape = *shape;
  if (kind == CNN_KIND_SLICE)
    {
      attributes.begin[1] = pick (0, shape->dims[1] - 1);
      attributes.shape.dims[1] = pick (1, shape->dims[1] - attributes.begin[1]);
    }
  if (kind == CNN_KIND_PAD)
    {
      attributes.begin[1] = pick (0, 20);
      attributes.end[1] = pick (0, 20);
    }
  if (kind == CNN_KIND_EXPAND)
    attributes.shape.dims[1] *= pick (1, 3);

  return grow (growth, kind, &attributes, &input, 1, NULL);
}

static gboolean
grow_mean (Growth *growth,
           guint   input)
{
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.axes = 1 << 2 | 1 << 3;
  attributes.keep_dims = TRUE;

  return grow (growth, CNN_KIND_REDUCE_MEAN, &attributes, &input, 1, NULL);
}

static gboolean
grow_layer (Growth *growth)
{
  guint input = chance (0.7) ? growth->n_layers - 1 : (guint) pick (0, growth->n_layers - 1);

  /* Those on the way through a shuffle. */
  if (shape_of (growth, input)->n_dims != 4)
    return FALSE;

  switch (pick (0, 20))
    {
    case 0:
    case 1:
    case 2:
    case 3:
      return grow_convolution (growth, input);
    case 4:
      return grow_batch_norm (growth, input);
    case 5:
    case 6:
      return grow (growth, CNN_KIND_RELU, NULL, &input, 1, NULL);
    case 7:
      return grow_clip (growth, input);
    case 8:
      return grow_pool (growth, input);
    case 9:
      return grow_adaptive_pool (growth, input, pick (1, 6), pick (1, 6));
    case 10:
      return grow_meeting (growth, CNN_KIND_ADD, input);
    case 11:
      return grow_meeting (growth, CNN_KIND_CONCAT, input);
    case 12:
    case 13:
      return grow_function (growth, input);
    case 14:
      return grow_constant (growth, input);
    case 15:
      return grow_gate (growth, input);
    case 16:
    case 17:
      return grow_mover (growth, input);
    case 18:
      return grow_mean (growth, input);
    case 19:
      return grow_dense (growth, input);
    default:
      return grow (growth, CNN_KIND_DROPOUT, NULL, &input, 1, NULL);
    }
}

static void
grow_head (Growth *growth)
{
  guint last = growth->n_layers - 1;
  CnnAttributes attributes;
  g_autoptr (CnnTensor) weight = NULL;
  g_autoptr (CnnTensor) bias = random_vector (10, -0.5, 0.5);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL, bias };

  cnn_attributes_init (&attributes);
  attributes.axis = 1;

  if (chance (0.7))
    g_assert_true (grow_adaptive_pool (growth, last, 1, 1));
  last = growth->n_layers - 1;
  g_assert_true (grow (growth, CNN_KIND_FLATTEN, &attributes, &last, 1, NULL));

  last = growth->n_layers - 1;
  weight = random_tensor (&CNN_SHAPE_2 (10, shape_of (growth, last)->dims[1]), 0.5);
  parameters[CNN_PARAMETER_WEIGHT] = weight;
  g_assert_true (grow (growth, CNN_KIND_LINEAR, NULL, &last, 1, parameters));

  last = growth->n_layers - 1;
  if (chance (0.3))
    g_assert_true (grow (growth, CNN_KIND_SOFTMAX, &attributes, &last, 1, NULL));
}

/* A network of about so many layers. */
CnnNetwork *
random_network (guint n_layers)
{
  CnnShape input = CNN_SHAPE_4 (1, chance (0.5) ? 3 : pick (1, 20), pick (1, 24), pick (1, 24));
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("random", &input);
  g_autoptr (GError) error = NULL;
  Growth growth = { builder, 1 };
  CnnNetwork *network;

  while (growth.n_layers < n_layers)
    grow_layer (&growth);
  grow_head (&growth);

  network = cnn_network_builder_freeze (builder, NULL, &error);
  g_assert_no_error (error);

  return network;
}
