#include "core/cnn-cpu.h"
#include "core/cnn-memory.h"
#include "core/cnn-parallel.h"
#include "kernels/cnn-pack.h"
#include "kernels/cnn-winograd.h"
#include "plan/cnn-plan-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How the parameters of layers are packed for the kernels. */

static float *
alloc_zeros (gsize n)
{
  return memset (cnn_alloc_floats (n), 0, n * sizeof (float));
}

/* By channel, in whole blocks; zeros where there is no such parameter. */
static float *
pack_channels (CnnTensor *parameter,
               gsize      n)
{
  float *packed = alloc_zeros (cnn_n_blocks (n) * CNN_BLOCK);

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

/* Finds which input channels each output block sees, those of its groups, and where
 * its weights start; returns how many weights there are. */
static gsize
find_reaches (CnnStep          *step,
              const Dimensions *dims)
{
  gsize n_blocks = cnn_n_blocks (dims->out_channels);
  gsize n_products = step->algorithm == CNN_ALGORITHM_DIRECT
    ? dims->taps : (gsize) cnn_winograd_elements (cnn_algorithm_get_winograd_size (step->algorithm));
  gsize n_weights = 0;

  step->reaches = g_new (CnnReach, n_blocks);
  for (gsize block = 0; block < n_blocks; block++)
    {
      gsize last = MIN ((block + 1) * CNN_BLOCK, dims->out_channels) - 1;
      gsize begin = block * CNN_BLOCK / dims->group_out * dims->group_in;
      gsize end = (last / dims->group_out + 1) * dims->group_in;

      step->reaches[block] = (CnnReach) { begin, end, n_weights };
      n_weights += (end - begin) * n_products * CNN_BLOCK;
    }

  return n_weights;
}

typedef struct
{
  const CnnStep *step;
  const Dimensions *dims;
  const float *weights;
} Packing;

/* Writes one output's weights for some channels, as cnn_pack_outputs() does for a
 * block of them. */
static void
pack_output (const float *from,
             gsize        n_taps,
             gsize        n_channels,
             gsize        lanes,
             float       *packed)
{
  for (gsize channel = 0; channel < n_channels; channel++)
    for (gsize tap = 0; tap < n_taps; tap++)
      packed[(tap * lanes + channel) * CNN_BLOCK] = *from++;
}

/* Writes the weights that 16 outputs, from first_output on, have for the channels
 * from begin to end: zeros for an output whose group does not see them. */
static void
pack_lanes (const Packing *self,
            gsize          first_output,
            gsize          begin,
            gsize          end,
            float         *packed)
{
  const Dimensions *dims = self->dims;
  gsize lanes = end - begin;

  if (dims->group_in == dims->in_channels && dims->out_channels - first_output >= CNN_BLOCK)
    {
      cnn_pack_outputs (self->weights + (first_output * dims->group_in + begin) * dims->taps,
                        dims->group_in * dims->taps, dims->taps, lanes, packed);
      return;
    }

  memset (packed, 0, lanes * dims->taps * CNN_BLOCK * sizeof (float));

  for (gsize i = 0; i < MIN (dims->out_channels - first_output, CNN_BLOCK); i++)
    {
      gsize output = first_output + i;
      gsize group_begin = output / dims->group_out * dims->group_in;
      gsize seen_begin = MAX (begin, group_begin);
      gsize seen_end = MIN (end, group_begin + dims->group_in);

      if (seen_begin < seen_end)
        pack_output (self->weights +
                     (output * dims->group_in + seen_begin - group_begin) * dims->taps,
                     dims->taps, seen_end - seen_begin, lanes,
                     packed + (seen_begin - begin) * CNN_BLOCK + i);
    }
}

static void
pack_out_block (guint    block,
                guint    worker,
                gpointer data)
{
  const Packing *self = data;
  const CnnReach *reach = &self->step->reaches[block];
  float *packed = self->step->weights + reach->weights;
  gsize end;

  for (gsize channel = reach->channel_begin; channel < (gsize) reach->channel_end; channel = end)
    {
      end = MIN ((channel / self->step->lanes + 1) * self->step->lanes, (gsize) reach->channel_end);
      pack_lanes (self, block * CNN_BLOCK, channel, end, packed);
      packed += (end - channel) * self->dims->taps * CNN_BLOCK;
    }
}

/* The first input channel of the group that an output belongs to. */
static gsize
get_group_begin (const Dimensions *dims,
                 gsize             output)
{
  return output / dims->group_out * dims->group_in;
}

/* Whether so many outputs at a time, from a multiple of that, see the channels of one
 * run of so many. */
static gboolean
stays_within (const Dimensions *dims,
              gsize             n)
{
  for (gsize first = 0; first < dims->out_channels; first += n)
    {
      gsize last = MIN (first + n, dims->out_channels) - 1;

      if (get_group_begin (dims, first) / n != (get_group_begin (dims, last) + dims->group_in - 1) / n)
        return FALSE;
    }

  return TRUE;
}

/* Whether the kernel for narrow groups can do it, and does less than the plain one. */
static gboolean
has_narrow_groups (const Dimensions *dims)
{
  return dims->group_in < dims->in_channels && dims->group_in <= CNN_BLOCK / 2 &&
         stays_within (dims, CNN_BLOCK / 2) && stays_within (dims, CNN_BLOCK);
}

static void
pack_narrow_output (const Packing *self,
                    gsize          output)
{
  const Dimensions *dims = self->dims;
  const int *kernel = self->step->stencil.kernel;
  gsize block = output / CNN_BLOCK, lane = output % CNN_BLOCK;
  const float *from = self->weights + output * dims->group_in * dims->taps;
  float *packed = self->step->weights + self->step->reaches[block].weights + lane;

  for (gsize term = 0; term < dims->group_in; term++)
    {
      self->step->selections[block * dims->group_in + term].lanes[lane] =
        (get_group_begin (dims, output) + term) % CNN_BLOCK;

      for (int ky = 0; ky < kernel[0]; ky++)
        for (int kx = 0; kx < kernel[1]; kx++)
          packed[((ky * dims->group_in + term) * kernel[1] + kx) * CNN_BLOCK] = *from++;
    }
}

/* Packs a convolution of narrow groups. Outputs beyond the last one take the same
 * channels as the first of their half, times zero. */
static void
pack_narrow_groups (Packing *packing,
                    CnnStep *step)
{
  const Dimensions *dims = packing->dims;
  gsize n_blocks = cnn_n_blocks (dims->out_channels);
  gsize block_size = dims->group_in * dims->taps * CNN_BLOCK;

  step->n_terms = dims->group_in;
  step->selections = g_new0 (CnnSelection, n_blocks * dims->group_in);
  step->n_weights = n_blocks * block_size;
  step->weights = alloc_zeros (step->n_weights);
  for (gsize block = 0; block < n_blocks; block++)
    step->reaches[block].weights = block * block_size;

  for (gsize output = 0; output < dims->out_channels; output++)
    pack_narrow_output (packing, output);

  for (gsize output = dims->out_channels; output < n_blocks * CNN_BLOCK; output++)
    for (gsize term = 0; term < dims->group_in; term++)
      {
        int *lanes = step->selections[output / CNN_BLOCK * dims->group_in + term].lanes;

        lanes[output % CNN_BLOCK] = lanes[output % CNN_BLOCK / 8 * 8];
      }
}

static void
pack_winograd_block (guint    block,
                     guint    worker,
                     gpointer data)
{
  const Packing *self = data;
  const CnnReach *reach = &self->step->reaches[block];
  float *packed = self->step->weights + reach->weights;
  gsize stride = (gsize) (reach->channel_end - reach->channel_begin) * CNN_BLOCK;

  for (gsize channel = reach->channel_begin; channel < (gsize) reach->channel_end; channel++)
    {
      float taps[9][CNN_BLOCK];

      pack_lanes (self, block * CNN_BLOCK, channel, channel + 1, taps[0]);
      cnn_winograd_weights (cnn_algorithm_get_winograd_size (self->step->algorithm), taps, packed, stride);
      packed += CNN_BLOCK;
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
  Dimensions dims;
  Packing packing = {
    step, &dims, cnn_tensor_get_data (cnn_layer_get_parameter (layer, CNN_PARAMETER_WEIGHT)),
  };
  guint n_blocks;

  get_dimensions (layer, &dims);
  n_blocks = cnn_n_blocks (dims.out_channels);

  step->lanes = few_channels > 0 ? few_channels : CNN_BLOCK;
  step->n_weights = find_reaches (step, &dims);
  if (has_narrow_groups (&dims))
    pack_narrow_groups (&packing, step);
  else
    {
      step->weights = cnn_alloc_floats (step->n_weights);
      cnn_parallel_for (cnn_cpu_get_n_threads (), n_blocks,
                        step->algorithm == CNN_ALGORITHM_DIRECT ? pack_out_block : pack_winograd_block,
                        &packing);
    }

  step->bias = pack_channels (cnn_layer_get_parameter (layer, CNN_PARAMETER_BIAS), dims.out_channels);

  /* The taps of a row lie side by side too: as good as one tap of many lanes. */
  if (few_channels > 0 && step->stencil.dilation[1] == 1)
    {
      step->lanes *= step->stencil.kernel[1];
      for (guint block = 0; block < n_blocks; block++)
        step->reaches[block].channel_end = step->lanes;
      step->stencil.kernel[1] = 1;
    }
}

/* A number for each channel; one number for all of them becomes n. */
float *
cnn_step_pack_vector (CnnTensor *tensor,
                      gsize      n)
{
  const float *data = cnn_tensor_get_data (tensor);
  gsize n_numbers = cnn_tensor_get_n_elements (tensor);
  float *packed = pack_channels (n_numbers == n ? tensor : NULL, n);

  for (gsize i = 0; i < n && n_numbers == 1; i++)
    packed[i] = data[0];

  return packed;
}

/* Packs a convolution of each channel by itself as CnnDepthwise wants it. */
void
cnn_step_pack_depthwise (CnnStep  *step,
                         CnnLayer *layer)
{
  const float *weights = cnn_tensor_get_data (cnn_layer_get_parameter (layer, CNN_PARAMETER_WEIGHT));
  Dimensions dims;

  get_dimensions (layer, &dims);
  step->n_weights = cnn_n_blocks (dims.out_channels) * dims.taps * CNN_BLOCK;
  step->weights = alloc_zeros (step->n_weights);
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
  g_clear_pointer (&step->weights, free);
  g_clear_pointer (&step->bias, free);
  g_clear_pointer (&step->scale, free);
  g_clear_pointer (&step->shift, free);
  for (guint i = 0; i < step->n_functions; i++)
    g_clear_pointer (&step->functions[i].vector, free);
  g_clear_pointer (&step->reaches, g_free);
  g_clear_pointer (&step->sources, g_free);
  g_clear_pointer (&step->picks, g_free);
  g_clear_pointer (&step->first_pick, g_free);
  g_clear_pointer (&step->selections, g_free);
}
