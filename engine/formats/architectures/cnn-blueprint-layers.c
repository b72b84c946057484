#define G_LOG_DOMAIN "cnn-blueprint-layers"

#include "formats/architectures/cnn-blueprint-drawing-private.h"

static const char *const norm_suffixes[CNN_N_PARAMETERS] = {
  [CNN_PARAMETER_WEIGHT] = "weight",
  [CNN_PARAMETER_BIAS] = "bias",
  [CNN_PARAMETER_MEAN] = "running_mean",
  [CNN_PARAMETER_VARIANCE] = "running_var",
};

/* A layer that works on one other. */
static CnnBlueprintLayer *
add_layer (CnnBlueprint *self,
           CnnKind       kind,
           const char   *name,
           guint         input)
{
  return cnn_blueprint_add_layer (self, kind, cnn_blueprint_dup_name (self, name), &input, 1);
}

static void
set_square (guint pair[2],
            guint side)
{
  pair[0] = pair[1] = MAX (side, 1);
}

/* On all sides, or what keeps the size of the map: half of the window. */
static void
set_padding (CnnAttributes *attributes,
             guint          padding)
{
  for (guint i = 0; i < G_N_ELEMENTS (attributes->padding); i++)
    attributes->padding[i] = padding == SAME ? attributes->kernel[i % 2] / 2 : padding;
}

/* Always the first layer; side is what the architecture was trained with. */
guint
cnn_blueprint_input (CnnBlueprint *self,
                     gsize         channels,
                     gsize         side)
{
  CnnBlueprintLayer *layer = cnn_blueprint_add_layer (self, CNN_KIND_INPUT, g_strdup ("input"), NULL, 0);

  layer->channels = channels;
  layer->output = CNN_SHAPE_4 (1, channels, side, side);

  return cnn_blueprint_get_last (self);
}

/* How many channels a convolution has in the file: what most agree on of its own
 * tensors and those of the batch norm that follows. */
static gsize
measure_width (CnnBlueprint             *self,
               const char               *layer,
               const char               *norm,
               const CnnConvolutionSpec *spec)
{
  CnnBallot ballot = { .n = 0 };

  cnn_ballot_add (&ballot, cnn_blueprint_find_shape (self, layer, "weight"), 0);
  if (spec->bias)
    cnn_ballot_add (&ballot, cnn_blueprint_find_shape (self, layer, "bias"), 0);
  for (guint i = 0; norm != NULL && i < G_N_ELEMENTS (norm_suffixes); i++)
    cnn_ballot_add (&ballot, cnn_blueprint_find_shape (self, norm, norm_suffixes[i]), 0);

  return cnn_ballot_decide (&ballot, MAX (spec->out, 1));
}

static guint
add_batch_norm (CnnBlueprint      *self,
                CnnBlueprintLayer *layer)
{
  layer->attributes.epsilon = cnn_blueprint_get_epsilon (self);
  for (guint i = 0; i < CNN_N_PARAMETERS; i++)
    layer->parameters[i] = cnn_blueprint_claim (self, layer, norm_suffixes[i], &CNN_SHAPE_1 (layer->channels));

  return cnn_blueprint_get_last (self);
}

/* The weight of a linear layer, as that of a 1×1 convolution. */
static CnnTensor *
claim_linear (CnnBlueprint            *self,
              const CnnBlueprintLayer *layer,
              const CnnShape          *weight)
{
  g_autoptr (CnnTensor) matrix =
    cnn_blueprint_claim (self, layer, "weight", &CNN_SHAPE_2 (weight->dims[0], weight->dims[1]));

  return matrix != NULL ? cnn_tensor_reshape (matrix, weight) : NULL;
}

/* And the batch norm that follows, if the spec has one. */
guint
cnn_blueprint_convolution (CnnBlueprint             *self,
                           guint                     input,
                           const char               *name,
                           const CnnConvolutionSpec *spec)
{
  CnnBlueprintLayer *layer = add_layer (self, CNN_KIND_CONVOLUTION, name, input);
  CnnAttributes *attributes = &layer->attributes;
  gboolean is_depthwise = spec->groups == DEPTHWISE;
  gsize in = layer->channels;
  g_autofree char *norm = NULL;
  CnnShape weight;

  set_square (attributes->kernel, spec->kernel);
  if (spec->rows > 0)
    attributes->kernel[0] = spec->rows;
  if (spec->columns > 0)
    attributes->kernel[1] = spec->columns;
  set_square (attributes->stride, spec->stride);
  set_padding (attributes, spec->padding);
  attributes->groups = is_depthwise ? in : MAX (spec->groups, 1);

  if (spec->norm != NULL)
    norm = cnn_blueprint_dup_name (self, spec->norm);
  if (spec->exact)
    layer->channels = spec->out;
  else if (!is_depthwise)
    layer->channels = measure_width (self, layer->name, norm, spec);

  weight = CNN_SHAPE_4 (layer->channels, in / attributes->groups, attributes->kernel[0], attributes->kernel[1]);
  layer->parameters[CNN_PARAMETER_WEIGHT] = spec->linear ? claim_linear (self, layer, &weight)
                                                         : cnn_blueprint_claim (self, layer, "weight", &weight);
  if (spec->bias)
    layer->parameters[CNN_PARAMETER_BIAS] =
      cnn_blueprint_claim (self, layer, "bias", &CNN_SHAPE_1 (layer->channels));

  if (norm == NULL)
    return cnn_blueprint_get_last (self);

  input = cnn_blueprint_get_last (self);

  return add_batch_norm (self, cnn_blueprint_add_layer (self, CNN_KIND_BATCH_NORM, g_steal_pointer (&norm), &input, 1));
}

guint
cnn_blueprint_batch_norm (CnnBlueprint *self,
                          guint         input,
                          const char   *name)
{
  return add_batch_norm (self, add_layer (self, CNN_KIND_BATCH_NORM, name, input));
}

/* With bias, and of all that a flatten layer before it gives. out is the usual
 * number; the file may have another. */
guint
cnn_blueprint_linear (CnnBlueprint *self,
                      guint         input,
                      const char   *name,
                      gsize         out)
{
  CnnBlueprintLayer *layer = add_layer (self, CNN_KIND_LINEAR, name, input);
  CnnConvolutionSpec spec = { .out = out, .bias = TRUE };
  gsize in = layer->channels * layer->n_cells;

  layer->channels = measure_width (self, layer->name, NULL, &spec);
  layer->n_cells = 1;
  layer->parameters[CNN_PARAMETER_WEIGHT] =
    cnn_blueprint_claim (self, layer, "weight", &CNN_SHAPE_2 (layer->channels, in));
  layer->parameters[CNN_PARAMETER_BIAS] =
    cnn_blueprint_claim (self, layer, "bias", &CNN_SHAPE_1 (layer->channels));

  return cnn_blueprint_get_last (self);
}

guint
cnn_blueprint_pool (CnnBlueprint      *self,
                    CnnKind            kind,
                    guint              input,
                    const char        *name,
                    const CnnPoolSpec *spec)
{
  CnnBlueprintLayer *layer = add_layer (self, kind, name, input);

  set_square (layer->attributes.kernel, spec->kernel);
  set_square (layer->attributes.stride, spec->stride);
  set_padding (&layer->attributes, spec->padding);
  layer->attributes.ceil_mode = spec->ceil_mode;
  layer->attributes.count_include_pad = spec->count_include_pad;

  return cnn_blueprint_get_last (self);
}

/* Averages to side×side cells. */
guint
cnn_blueprint_adaptive_pool (CnnBlueprint *self,
                             guint         input,
                             const char   *name,
                             guint         side)
{
  CnnBlueprintLayer *layer = add_layer (self, CNN_KIND_ADAPTIVE_AVERAGE_POOL, name, input);

  set_square (layer->attributes.output_size, side);
  layer->n_cells = side * side;

  return cnn_blueprint_get_last (self);
}

/* A layer that needs no more than its kind; clipping is ReLU6. */
guint
cnn_blueprint_simple (CnnBlueprint *self,
                      CnnKind       kind,
                      guint         input,
                      const char   *name)
{
  CnnBlueprintLayer *layer = add_layer (self, kind, name, input);

  if (kind == CNN_KIND_CLIP)
    {
      layer->attributes.minimum = 0;
      layer->attributes.maximum = 6;
    }
  else if (kind == CNN_KIND_HARD_SIGMOID)
    {
      layer->attributes.alpha = 1.0 / 6;
      layer->attributes.beta = 0.5;
    }

  return cnn_blueprint_get_last (self);
}

/* Over the channels of each cell. */
guint
cnn_blueprint_layer_norm (CnnBlueprint *self,
                          guint         input,
                          const char   *name)
{
  CnnBlueprintLayer *layer = add_layer (self, CNN_KIND_LAYER_NORM, name, input);

  layer->attributes.axes = 1 << 1;
  layer->attributes.epsilon = cnn_blueprint_get_epsilon (self);
  for (guint i = CNN_PARAMETER_WEIGHT; i <= CNN_PARAMETER_BIAS; i++)
    layer->parameters[i] = cnn_blueprint_claim (self, layer, norm_suffixes[i], &CNN_SHAPE_1 (layer->channels));

  return cnn_blueprint_get_last (self);
}

/* Multiplies each channel by a learned number; the tensor is called as the layer. */
guint
cnn_blueprint_scale (CnnBlueprint *self,
                     guint         input,
                     const char   *name)
{
  CnnBlueprintLayer *layer = add_layer (self, CNN_KIND_MULTIPLY, name, input);
  CnnShape shape = { 3, { layer->channels, 1, 1 } };

  layer->parameters[CNN_PARAMETER_WEIGHT] = cnn_blueprint_claim (self, layer, NULL, &shape);

  return cnn_blueprint_get_last (self);
}

/* Some of the channels. */
guint
cnn_blueprint_slice (CnnBlueprint *self,
                     guint         input,
                     const char   *name,
                     gsize         first,
                     gsize         n_channels)
{
  CnnBlueprintLayer *layer = add_layer (self, CNN_KIND_SLICE, name, input);

  layer->attributes.shape = CNN_SHAPE_4 (1, n_channels, CNN_EXTENT_OF_INPUT, CNN_EXTENT_OF_INPUT);
  layer->attributes.begin[1] = first;
  layer->channels = n_channels;

  return cnn_blueprint_get_last (self);
}

guint
cnn_blueprint_shuffle (CnnBlueprint *self,
                       guint         input,
                       const char   *name,
                       guint         groups)
{
  CnnBlueprintLayer *layer = add_layer (self, CNN_KIND_CHANNEL_SHUFFLE, name, input);

  layer->attributes.groups = groups;

  return cnn_blueprint_get_last (self);
}

/* Brings several layers together. Concatenation is along the channels, whose
 * numbers add up; else they are the first input's. */
guint
cnn_blueprint_join (CnnBlueprint *self,
                    CnnKind       kind,
                    const char   *name,
                    const guint  *inputs,
                    guint         n_inputs)
{
  CnnBlueprintLayer *layer =
    cnn_blueprint_add_layer (self, kind, cnn_blueprint_dup_name (self, name), inputs, n_inputs);

  for (guint i = 1; kind == CNN_KIND_CONCAT && i < n_inputs; i++)
    layer->channels += cnn_blueprint_get_channels (self, inputs[i]);

  return cnn_blueprint_get_last (self);
}
