#include "plan/cnn-plan-private.h"

#include <math.h>
#include <string.h>

/* How the parameters of layers are packed for the kernels. */

static float *
alloc_floats (gsize n)
{
  float *floats = g_aligned_alloc (MAX (n, 1), sizeof (float), 64);

  memset (floats, 0, n * sizeof (float));

  return floats;
}

/* By channel, in whole blocks; zeros where there is no such parameter. */
static float *
pack_channels (CnnTensor *parameter,
               gsize      n)
{
  float *packed = alloc_floats (cnn_n_blocks (n) * CNN_BLOCK);

  if (parameter != NULL)
    memcpy (packed, cnn_tensor_get_data (parameter), n * sizeof (float));

  return packed;
}

/* The dimensions of a convolution's weights; a linear layer is a convolution
 * of a picture of one pixel. */
typedef struct
{
  gsize out_channels;
  gsize group_in;               /* input channels of a group */
  gsize group_out;
  gsize taps;                   /* kH·kW */
  gsize in_channels;
} Dimensions;

static void
get_dimensions (CnnLayer   *layer,
                Dimensions *dims)
{
  const CnnShape *shape = cnn_tensor_get_shape (cnn_layer_get_parameter (layer, CNN_PARAMETER_WEIGHT));
  gsize groups = cnn_layer_get_kind (layer) == CNN_KIND_LINEAR
    ? 1 : cnn_layer_get_attributes (layer)->groups;

  dims->out_channels = shape->dims[0];
  dims->group_in = shape->dims[1];
  dims->group_out = dims->out_channels / groups;
  dims->taps = shape->n_dims == 4 ? shape->dims[2] * shape->dims[3] : 1;
  dims->in_channels = dims->group_in * groups;
}

/* Which input blocks each output block sees: those that hold the channels of its
 * groups. Every output block gets equally many. */
static void
find_in_blocks (CnnStep          *step,
                const Dimensions *dims,
                int               n_in_blocks)
{
  int n_out_blocks = cnn_n_blocks (dims->out_channels);

  step->first_in_block = g_new (int, n_out_blocks);
  step->n_in_blocks = 1;

  for (int block = 0; block < n_out_blocks; block++)
    {
      gsize last = MIN ((gsize) (block + 1) * CNN_BLOCK, dims->out_channels) - 1;
      gsize first_group = (gsize) block * CNN_BLOCK / dims->group_out;
      gsize last_group = last / dims->group_out;
      int begin = first_group * dims->group_in / CNN_BLOCK;
      int end = cnn_n_blocks ((last_group + 1) * dims->group_in);

      step->first_in_block[block] = begin;
      step->n_in_blocks = MAX (step->n_in_blocks, end - begin);
    }

  for (int block = 0; block < n_out_blocks; block++)
    step->first_in_block[block] = MIN (step->first_in_block[block], n_in_blocks - step->n_in_blocks);
}

/* Writes one tap of one input channel: a weight for each of the 16 outputs, zero
 * for those that do not see the channel. */
static void
pack_lane (const Dimensions *dims,
           const float      *weights,
           gsize             first_output,
           gsize             channel,
           gsize             tap,
           float            *packed)
{
  gsize n = MIN (dims->out_channels - first_output, CNN_BLOCK);

  for (gsize i = 0; i < n; i++)
    {
      gsize output = first_output + i;
      gsize first_channel = output / dims->group_out * dims->group_in;

      if (channel - first_channel < dims->group_in)
        packed[i] = weights[(output * dims->group_in + channel - first_channel) * dims->taps + tap];
    }
}

static void
pack_out_block (const CnnStep    *step,
                const Dimensions *dims,
                const float      *weights,
                gsize             block,
                int               block_channels,
                float            *packed)
{
  for (int b = 0; b < step->n_in_blocks; b++)
    {
      gsize first = (gsize) (step->first_in_block[block] + b) * block_channels;
      gsize lanes = MIN (dims->in_channels - first, (gsize) block_channels);

      for (gsize tap = 0; tap < dims->taps; tap++)
        for (gsize lane = 0; lane < lanes; lane++, packed += CNN_BLOCK)
          pack_lane (dims, weights, block * CNN_BLOCK, first + lane, tap, packed);
    }
}

/* Packs a convolution or linear layer as CnnConv wants it. few_channels is the
 * number of input channels where the input lies with its channels side by side,
 * and 0 where it lies in blocks of 16. */
void
cnn_step_pack_convolution (CnnStep  *step,
                           CnnLayer *layer,
                           int       few_channels)
{
  const float *weights = cnn_tensor_get_data (cnn_layer_get_parameter (layer, CNN_PARAMETER_WEIGHT));
  int block_channels = few_channels > 0 ? few_channels : CNN_BLOCK;
  Dimensions dims;
  int n_in_blocks;
  gsize n_out_blocks;

  get_dimensions (layer, &dims);
  n_out_blocks = cnn_n_blocks (dims.out_channels);
  n_in_blocks = few_channels > 0 ? 1 : cnn_n_blocks (dims.in_channels);

  find_in_blocks (step, &dims, n_in_blocks);
  step->last_in_block = n_in_blocks - 1;
  step->last_lanes = dims.in_channels - (gsize) step->last_in_block * block_channels;

  step->weight_block = step->n_in_blocks * dims.taps * block_channels * CNN_BLOCK;
  step->weights = alloc_floats (n_out_blocks * step->weight_block);
  for (gsize block = 0; block < n_out_blocks; block++)
    pack_out_block (step, &dims, weights, block, block_channels,
                    step->weights + block * step->weight_block);

  step->bias = pack_channels (cnn_layer_get_parameter (layer, CNN_PARAMETER_BIAS), dims.out_channels);

  /* The taps of a row lie side by side too: as good as one tap of many lanes. */
  if (few_channels > 0 && step->stencil.dilation[1] == 1)
    {
      step->last_lanes *= step->stencil.kernel[1];
      step->stencil.kernel[1] = 1;
    }
}

/* Packs a convolution of each channel by itself as CnnDepthwise wants it. */
void
cnn_step_pack_depthwise (CnnStep  *step,
                         CnnLayer *layer)
{
  const float *weights = cnn_tensor_get_data (cnn_layer_get_parameter (layer, CNN_PARAMETER_WEIGHT));
  Dimensions dims;

  get_dimensions (layer, &dims);
  step->weights = alloc_floats (cnn_n_blocks (dims.out_channels) * dims.taps * CNN_BLOCK);
  for (gsize channel = 0; channel < dims.out_channels; channel++)
    for (gsize tap = 0; tap < dims.taps; tap++)
      step->weights[(channel / CNN_BLOCK * dims.taps + tap) * CNN_BLOCK + channel % CNN_BLOCK] =
        weights[channel * dims.taps + tap];

  step->bias = pack_channels (cnn_layer_get_parameter (layer, CNN_PARAMETER_BIAS), dims.out_channels);
}

/* γ·(x − mean)/√(variance + ε) + β as scale·x + shift. */
void
cnn_step_pack_batch_norm (CnnStep  *step,
                          CnnLayer *layer)
{
  CnnTensor *gamma = cnn_layer_get_parameter (layer, CNN_PARAMETER_WEIGHT);
  CnnTensor *beta = cnn_layer_get_parameter (layer, CNN_PARAMETER_BIAS);
  CnnTensor *means = cnn_layer_get_parameter (layer, CNN_PARAMETER_MEAN);
  CnnTensor *variances = cnn_layer_get_parameter (layer, CNN_PARAMETER_VARIANCE);
  double epsilon = cnn_layer_get_attributes (layer)->epsilon;
  gsize n = cnn_tensor_get_n_elements (means);

  step->scale = pack_channels (NULL, n);
  step->shift = pack_channels (NULL, n);

  for (gsize i = 0; i < n; i++)
    {
      double scale = 1 / sqrt (cnn_tensor_get_data (variances)[i] + epsilon);

      if (gamma != NULL)
        scale *= cnn_tensor_get_data (gamma)[i];
      step->scale[i] = scale;
      step->shift[i] = (beta != NULL ? cnn_tensor_get_data (beta)[i] : 0) -
                       scale * cnn_tensor_get_data (means)[i];
    }
}

void
cnn_step_clear (CnnStep *step)
{
  g_clear_pointer (&step->weights, g_aligned_free);
  g_clear_pointer (&step->bias, g_aligned_free);
  g_clear_pointer (&step->scale, g_aligned_free);
  g_clear_pointer (&step->shift, g_aligned_free);
  g_clear_pointer (&step->first_in_block, g_free);
}
