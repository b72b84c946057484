#include "ui/made-network.h"

#include "network/cnn-network-builder.h"

static guint
add (CnnNetworkBuilder   *builder,
     const char          *prefix,
     const char          *name,
     CnnKind              kind,
     const CnnAttributes *attributes,
     const guint         *inputs,
     guint                n_inputs,
     CnnTensor *const    *parameters)
{
  g_autofree char *full = g_strconcat (prefix, name, NULL);
  g_autoptr (GError) error = NULL;
  guint layer = cnn_network_builder_add (builder, full, kind, attributes, inputs, n_inputs,
                                         parameters, &error);

  g_assert_no_error (error);

  return layer;
}

static guint
add_plain (CnnNetworkBuilder *builder,
           const char        *prefix,
           const char        *name,
           CnnKind            kind,
           guint              input)
{
  return add (builder, prefix, name, kind, NULL, &input, 1, NULL);
}

static guint
add_convolution (CnnNetworkBuilder *builder,
                 const char        *prefix,
                 const char        *name,
                 guint              input,
                 guint              filters,
                 guint              kernel,
                 guint              stride)
{
  gsize channels = cnn_network_builder_get_shape (builder, input)->dims[1];
  g_autoptr (CnnTensor) weight = cnn_tensor_new (&CNN_SHAPE_4 (filters, channels, kernel, kernel));
  CnnTensor *parameters[CNN_N_PARAMETERS] = { weight };
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  for (guint axis = 0; axis < 2; axis++)
    {
      attributes.kernel[axis] = kernel;
      attributes.stride[axis] = stride;
      attributes.padding[axis] = attributes.padding[axis + 2] = kernel / 2;
    }

  return add (builder, prefix, name, CNN_KIND_CONVOLUTION, &attributes, &input, 1, parameters);
}

static guint
add_batch_norm (CnnNetworkBuilder *builder,
                const char        *prefix,
                const char        *name,
                guint              input)
{
  gsize channels = cnn_network_builder_get_shape (builder, input)->dims[1];
  g_autoptr (CnnTensor) vector = cnn_tensor_new (&CNN_SHAPE_1 (channels));
  CnnTensor *parameters[CNN_N_PARAMETERS] = { vector, vector, vector, vector };

  return add (builder, prefix, name, CNN_KIND_BATCH_NORM, NULL, &input, 1, parameters);
}

static guint
add_block (CnnNetworkBuilder *builder,
           const char        *prefix,
           guint              input,
           guint              filters,
           guint              stride)
{
  guint inputs[2];
  guint layer;

  layer = add_convolution (builder, prefix, "conv1", input, filters, 3, stride);
  layer = add_batch_norm (builder, prefix, "bn1", layer);
  layer = add_plain (builder, prefix, "relu", CNN_KIND_RELU, layer);
  layer = add_convolution (builder, prefix, "conv2", layer, filters, 3, 1);
  inputs[0] = add_batch_norm (builder, prefix, "bn2", layer);

  inputs[1] = input;
  if (stride > 1)
    {
      layer = add_convolution (builder, prefix, "downsample.0", input, filters, 1, stride);
      inputs[1] = add_batch_norm (builder, prefix, "downsample.1", layer);
    }

  layer = add (builder, prefix, "add", CNN_KIND_ADD, NULL, inputs, 2, NULL);

  return add_plain (builder, prefix, "relu2", CNN_KIND_RELU, layer);
}

static guint
add_head (CnnNetworkBuilder *builder,
          guint              input)
{
  CnnAttributes attributes;
  gsize channels = cnn_network_builder_get_shape (builder, input)->dims[1];
  g_autoptr (CnnTensor) weight = cnn_tensor_new (&CNN_SHAPE_2 (1000, channels));
  g_autoptr (CnnTensor) bias = cnn_tensor_new (&CNN_SHAPE_1 (1000));
  CnnTensor *parameters[CNN_N_PARAMETERS] = { weight, bias };
  guint layer;

  cnn_attributes_init (&attributes);
  attributes.output_size[0] = attributes.output_size[1] = 1;
  layer = add (builder, "", "avgpool", CNN_KIND_ADAPTIVE_AVERAGE_POOL, &attributes, &input, 1, NULL);
  layer = add_plain (builder, "", "flatten", CNN_KIND_FLATTEN, layer);

  return add (builder, "", "fc", CNN_KIND_LINEAR, NULL, &layer, 1, parameters);
}

CnnNetwork *
made_network_new (void)
{
  CnnShape input = CNN_SHAPE_4 (1, 3, 224, 224);
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("made18", &input);
  g_autoptr (GError) error = NULL;
  CnnAttributes pool;
  CnnNetwork *network;
  guint layer = 0;

  layer = add_convolution (builder, "", "conv1", layer, 8, 7, 2);
  layer = add_batch_norm (builder, "", "bn1", layer);
  layer = add_plain (builder, "", "relu", CNN_KIND_RELU, layer);

  cnn_attributes_init (&pool);
  for (guint axis = 0; axis < 2; axis++)
    {
      pool.kernel[axis] = 3;
      pool.stride[axis] = 2;
      pool.padding[axis] = pool.padding[axis + 2] = 1;
    }
  layer = add (builder, "", "maxpool", CNN_KIND_MAX_POOL, &pool, &layer, 1, NULL);

  for (guint group = 0; group < 4; group++)
    for (guint block = 0; block < 2; block++)
      {
        g_autofree char *prefix = g_strdup_printf ("layer%u.%u.", group + 1, block);

        layer = add_block (builder, prefix, layer, 8 << group, group > 0 && block == 0 ? 2 : 1);
      }
  add_head (builder, layer);

  network = cnn_network_builder_freeze (builder, NULL, &error);
  g_assert_no_error (error);

  return network;
}
