#include "core/cnn-error.h"
#include "kernels/cnn-winograd.h"
#include "plan/cnn-plan-private.h"
#include "plan/cnn-plan-winograd.h"

#include <stdlib.h>
#include <string.h>

/* Where the outputs of layers lie in memory. */

/* The most memory that a run may take, in floats: 8 GiB. A small file can
 * describe a network of any size. */
#define MAX_FLOATS ((gsize) 1 << 31)

/* The greatest extent of a layer; sums of a few of them fit an int. */
#define MAX_EXTENT ((gsize) 1 << 28)

/* A tensor as planes: what there is behind the channels becomes rows. */
static gboolean
init_place (CnnPlace       *place,
            const CnnShape *shape,
            guint           buffer)
{
  gsize channels = shape->n_dims >= 2 ? shape->dims[1] : cnn_shape_get_n_elements (shape);
  gsize width = shape->n_dims >= 3 ? shape->dims[shape->n_dims - 1] : 1;
  gsize height = 1;

  for (guint i = 2; i + 1 < shape->n_dims; i++)
    height *= shape->dims[i];

  if (channels > MAX_EXTENT || height > MAX_EXTENT || width > MAX_EXTENT)
    return FALSE;

  *place = (CnnPlace) { buffer, 0, channels, height, width };

  return TRUE;
}

static gboolean
fill_places (CnnPlan *self)
{
  self->places = g_new0 (CnnPlace, self->n_layers);
  self->buffers = g_new0 (CnnBuffer, self->n_layers);

  for (guint i = 0; i < self->n_layers; i++)
    if (!init_place (&self->places[i],
                     cnn_layer_get_shape (cnn_network_get_layer (self->network, i)),
                     self->sources[i]))
      return FALSE;

  return TRUE;
}

static gboolean
is_same_size (const CnnPlace *a,
              const CnnPlace *b)
{
  return a->height == b->height && a->width == b->width;
}

/* Lets the inputs of a concatenation be made where they shall be, as far as they
 * start with a block there, and do not lie elsewhere already. */
static void
place_inputs (CnnPlan  *self,
              CnnLayer *concat)
{
  const CnnPlace *whole = &self->places[cnn_layer_get_index (concat)];
  gsize channel = 0;

  for (guint i = 0; i < cnn_layer_get_n_inputs (concat); i++)
    {
      guint source = self->sources[cnn_layer_get_index (cnn_layer_get_input (concat, i))];
      CnnPlace *place = &self->places[source];

      if (channel % CNN_BLOCK == 0 && source != 0 && place->buffer == source &&
          is_same_size (place, whole))
        {
          place->buffer = whole->buffer;
          place->first_block = whole->first_block + channel / CNN_BLOCK;
        }

      channel += place->channels;
    }
}

static guint
input_source (CnnPlan  *self,
              CnnLayer *layer,
              guint     i)
{
  return self->sources[cnn_layer_get_index (cnn_layer_get_input (layer, i))];
}

/* Whether a concatenation is the beginning of another one. */
static gboolean
is_beginning (CnnPlan  *self,
              CnnLayer *concat,
              CnnLayer *whole)
{
  guint n = cnn_layer_get_n_inputs (concat);

  if (n > cnn_layer_get_n_inputs (whole) ||
      !is_same_size (&self->places[cnn_layer_get_index (concat)],
                     &self->places[cnn_layer_get_index (whole)]))
    return FALSE;

  for (guint i = 0; i < n; i++)
    if (input_source (self, concat, i) != input_source (self, whole, i))
      return FALSE;

  return TRUE;
}

/* In a dense block each layer reads all that were made before it: each concatenation
 * is the beginning of the next. It lies where the longest one does. */
static void
place_in_longest (CnnPlan   *self,
                  CnnLayer  *concat,
                  CnnLayer **longest)
{
  CnnPlace *place = &self->places[cnn_layer_get_index (concat)];
  guint first = input_source (self, concat, 0);

  if (longest[first] == NULL || !is_beginning (self, concat, longest[first]))
    longest[first] = concat;
  else if (place->buffer == cnn_layer_get_index (concat))
    {
      const CnnPlace *whole = &self->places[cnn_layer_get_index (longest[first])];

      place->buffer = whole->buffer;
      place->first_block = whole->first_block;
    }
}

/* From the last to the first, so that a concatenation that is itself part of
 * another one already has its place. */
static void
place_concatenations (CnnPlan *self)
{
  g_autofree CnnLayer **longest = g_new0 (CnnLayer *, self->n_layers);

  for (guint i = self->n_steps; i-- > 0;)
    if (self->steps[i].kind == CNN_STEP_GATHER && cnn_layer_get_kind (self->steps[i].layer) == CNN_KIND_CONCAT)
      {
        place_in_longest (self, self->steps[i].layer, longest);
        place_inputs (self, self->steps[i].layer);
      }

  for (guint i = 0; i < self->n_layers; i++)
    if (self->sources[i] != i)
      {
        const CnnPlace *source = &self->places[self->sources[i]];

        self->places[i].buffer = source->buffer;
        self->places[i].first_block = source->first_block;
      }
}

static void
widen (int *border,
       int  wanted)
{
  *border = MAX (*border, wanted);
}

/* An extent in whole tiles, where a step makes outputs by the tile. */
static int
round_to_tiles (const CnnStep *step,
                int            extent)
{
  CnnWinogradSize size;

  if (step->algorithm == CNN_ALGORITHM_DIRECT)
    return extent;

  size = cnn_algorithm_get_winograd_size (step->algorithm);

  return cnn_winograd_tiles (size, extent) * cnn_winograd_outputs (size);
}

/* A convolution reads its padding from memory: from as many zeros around its
 * input as its windows reach out. */
static void
widen_border (CnnPlan       *self,
              const CnnStep *step)
{
  const CnnStencil *stencil = &step->stencil;
  const CnnPlace *in = &self->places[step->input];
  const CnnPlace *out = &self->places[cnn_layer_get_index (step->layer)];
  const guint *kernel = cnn_layer_get_attributes (step->layer)->kernel;
  int *border = self->buffers[in->buffer].border;

  if (cnn_layer_get_kind (step->layer) == CNN_KIND_LINEAR)
    return;

  widen (&border[0], stencil->padding[0]);
  widen (&border[1], stencil->padding[1]);
  widen (&border[2], (round_to_tiles (step, out->height) - 1) * stencil->stride[0] +
                     ((int) kernel[0] - 1) * stencil->dilation[0] + 1 -
                     stencil->padding[0] - in->height);
  widen (&border[3], (round_to_tiles (step, out->width) - 1) * stencil->stride[1] +
                     ((int) kernel[1] - 1) * stencil->dilation[1] + 1 -
                     stencil->padding[1] - in->width);
}

/* The values on the way through a fused step lie as its output does, so that one
 * offset serves them all. */
static void
follow_output (CnnPlan *self,
               guint    layer,
               guint    output)
{
  if (layer != CNN_NO_LAYER)
    memcpy (self->buffers[self->places[layer].buffer].border,
            self->buffers[self->places[output].buffer].border,
            sizeof self->buffers->border);
}

static void
find_borders (CnnPlan *self)
{
  for (guint i = 0; i < self->n_steps; i++)
    if (self->steps[i].kind == CNN_STEP_CONV || self->steps[i].kind == CNN_STEP_DEPTHWISE)
      widen_border (self, &self->steps[i]);

  for (guint i = 0; i < self->n_steps; i++)
    {
      const CnnStep *step = &self->steps[i];

      follow_output (self, step->before_scale, step->output);
      follow_output (self, step->before_add, step->output);
      follow_output (self, step->before_clamp, step->output);
      follow_output (self, step->before_functions, step->output);
      for (guint j = 0; j + 1 < step->n_functions; j++)
        follow_output (self, step->functions[j].layer, step->output);
    }
}

/* Sizes are summed as doubles, which do not overflow. */
static double
size_buffer (CnnPlan *self,
             guint    layer)
{
  CnnBuffer *buffer = &self->buffers[layer];
  const CnnPlace *place = &self->places[layer];
  gboolean is_small = layer == 0 && self->few_channels > 0;
  double size;

  buffer->n_blocks = is_small ? 1 : cnn_n_blocks (place->channels);
  buffer->pixel = is_small ? self->few_channels : CNN_BLOCK;
  buffer->height = place->height;
  buffer->width = place->width;

  size = ((double) buffer->border[0] + buffer->height + buffer->border[2]) *
         ((double) buffer->border[1] + buffer->width + buffer->border[3]) *
         buffer->n_blocks * buffer->pixel;
  if (size <= MAX_FLOATS)
    buffer->size = ((gsize) size + CNN_BLOCK - 1) / CNN_BLOCK * CNN_BLOCK;

  return size;
}

static gboolean
size_buffers (CnnPlan  *self,
              GError  **error)
{
  double sum = 0;

  for (guint i = 0; i < self->n_layers; i++)
    if (self->places[i].buffer == i)
      sum += size_buffer (self, i);

  if (sum > MAX_FLOATS)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "%s: the layers take %.1f GiB of memory, at most %.0f GiB are given to a network",
                   cnn_network_get_name (self->network),
                   sum * sizeof (float) / (1 << 30), (double) MAX_FLOATS * sizeof (float) / (1 << 30));
      return FALSE;
    }

  return TRUE;
}

/* Which steps a buffer is needed for, in a plain run. */
typedef struct
{
  guint buffer;
  guint first;
  guint last;
} Life;

static void
live_at (CnnPlan *self,
         Life    *lives,
         guint    layer,
         guint    step)
{
  Life *life;

  if (layer == CNN_NO_LAYER)
    return;

  life = &lives[self->places[layer].buffer];
  life->first = MIN (life->first, step);
  life->last = MAX (life->last, step);
}

static void
find_lives (CnnPlan *self,
            Life    *lives)
{
  for (guint i = 0; i < self->n_layers; i++)
    lives[i] = (Life) { i, G_MAXUINT, 0 };

  for (guint i = 0; i < self->n_steps; i++)
    {
      const CnnStep *step = &self->steps[i];
      guint layer;

      if (!step->for_logits)
        continue;

      live_at (self, lives, step->output, i);
      for (guint j = 0; cnn_plan_get_step_input (self, step, j, &layer); j++)
        live_at (self, lives, layer, i);
    }

  live_at (self, lives, self->logits_layer, self->n_steps);
}

static int
compare_lives (gconstpointer a,
               gconstpointer b)
{
  const Life *life_a = a;
  const Life *life_b = b;

  if (life_a->first != life_b->first)
    return life_a->first < life_b->first ? -1 : 1;

  return life_a->buffer < life_b->buffer ? -1 : 1;
}

/* The lowest place where a buffer fits between those of the lives before it that
 * have not ended when its own begins. */
static gsize
find_gap (CnnPlan   *self,
          CnnLayout *layout,
          Life      *lives,
          guint      n)
{
  gsize size = self->buffers[lives[n].buffer].size;
  gsize offset = 0;
  gboolean moved = TRUE;

  while (moved)
    {
      moved = FALSE;
      for (guint i = 0; i < n; i++)
        {
          gsize begin = layout->offsets[lives[i].buffer];
          gsize end = begin + self->buffers[lives[i].buffer].size;

          if (lives[i].last >= lives[n].first && begin < offset + size && offset < end)
            {
              offset = end;
              moved = TRUE;
            }
        }
    }

  return offset;
}

static void
lay_out_plain (CnnPlan *self)
{
  CnnLayout *layout = &self->layouts[CNN_RUN_PLAIN];
  g_autofree Life *lives = g_new (Life, self->n_layers);

  find_lives (self, lives);
  qsort (lives, self->n_layers, sizeof *lives, compare_lives);

  layout->offsets = g_new (gsize, self->n_layers);
  for (guint i = 0; i < self->n_layers; i++)
    {
      guint buffer = lives[i].buffer;

      layout->offsets[buffer] = CNN_NOWHERE;
      if (lives[i].first == G_MAXUINT)
        continue;

      layout->offsets[buffer] = find_gap (self, layout, lives, i);
      layout->size = MAX (layout->size, layout->offsets[buffer] + self->buffers[buffer].size);
    }
}

static void
lay_out_looking (CnnPlan *self)
{
  CnnLayout *layout = &self->layouts[CNN_RUN_LOOKING];

  layout->offsets = g_new (gsize, self->n_layers);
  for (guint i = 0; i < self->n_layers; i++)
    {
      layout->offsets[i] = self->places[i].buffer == i ? layout->size : CNN_NOWHERE;
      layout->size += self->places[i].buffer == i ? self->buffers[i].size : 0;
    }
}

static void
find_first_steps (CnnPlan *self)
{
  for (guint i = self->n_steps; i-- > 0;)
    {
      CnnBuffer *buffer = &self->buffers[self->places[self->steps[i].output].buffer];

      buffer->first_step[CNN_RUN_LOOKING] = i;
      if (self->steps[i].for_logits)
        buffer->first_step[CNN_RUN_PLAIN] = i;
    }
}

static void
find_scratch_size (CnnPlan *self)
{
  for (guint i = 0; i < self->n_steps; i++)
    {
      const CnnStep *step = &self->steps[i];

      if (step->algorithm != CNN_ALGORITHM_DIRECT)
        self->scratch_size =
          MAX (self->scratch_size,
               cnn_winograd_get_scratch_size (cnn_algorithm_get_winograd_size (step->algorithm),
                                              cnn_n_blocks (self->places[step->input].channels)));
    }
}

/* Fills places, buffers and layouts. */
gboolean
cnn_plan_make_layout (CnnPlan  *self,
                      GError  **error)
{
  if (!fill_places (self))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, "%s: a layer is too large",
                   cnn_network_get_name (self->network));
      return FALSE;
    }

  place_concatenations (self);
  find_borders (self);
  if (!size_buffers (self, error))
    return FALSE;

  find_scratch_size (self);
  find_first_steps (self);
  lay_out_plain (self);
  lay_out_looking (self);

  return TRUE;
}

/* Where a layer's output lies in a workspace's memory; data is NULL where a run
 * of that mode does not keep it. */
void
cnn_plan_get_map (CnnPlan    *self,
                  CnnRunMode  mode,
                  float      *memory,
                  guint       layer,
                  CnnMap     *map)
{
  const CnnPlace *place = &self->places[layer];
  const CnnBuffer *buffer = &self->buffers[place->buffer];
  gsize offset = self->layouts[mode].offsets[place->buffer];

  map->pixel = buffer->pixel;
  map->row = (ptrdiff_t) (buffer->border[1] + buffer->width + buffer->border[3]) * map->pixel;
  map->block = (buffer->border[0] + buffer->height + buffer->border[2]) * map->row;
  map->channels = place->channels;
  map->height = place->height;
  map->width = place->width;
  map->data = offset == CNN_NOWHERE ? NULL
    : memory + offset + place->first_block * map->block +
      buffer->border[0] * map->row + buffer->border[1] * map->pixel;
}
