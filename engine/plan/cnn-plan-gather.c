#include "ops/cnn-pick-private.h"
#include "plan/cnn-plan-private.h"

#include <string.h>

/* Layers whose output channels are channels of other layers: concatenation, slices,
 * channel shuffles, padding with zeros; and a reshape, a transposition and a reshape
 * that amount to a channel shuffle. A step copies the channels at once from where
 * they were made: of slice after concat, both need not be there. */

/* More channels are left to the operation itself, and so many layers of this kind
 * after one another are looked through: a file may say anything. */
#define MAX_CHANNELS 65536
#define MAX_DEPTH 8

/* Whether all but the channels are the same in two shapes. */
static gboolean
differ_in_channels (const CnnShape *a,
                    const CnnShape *b)
{
  CnnShape same = *b;

  if (a->n_dims < 2 || a->n_dims != b->n_dims)
    return FALSE;

  same.dims[1] = a->dims[1];

  return cnn_shape_equal (a, &same);
}

static const CnnShape *
input_shape (CnnLayer *layer)
{
  return cnn_layer_get_shape (cnn_layer_get_input (layer, 0));
}

/* In how many groups a reshape shuffles its channels together with the two layers
 * before it: N×C×H×W as N×g×(C/g)×H×W, as N×(C/g)×g×H×W, as N×C×H×W. 0: it does
 * not. */
static guint
get_n_shuffled_groups (CnnLayer *layer)
{
  CnnLayer *transpose, *split;
  const CnnShape *shape = cnn_layer_get_shape (layer), *divided;
  const guint *permutation;

  if (cnn_layer_get_kind (layer) != CNN_KIND_RESHAPE)
    return 0;
  transpose = cnn_layer_get_input (layer, 0);
  if (cnn_layer_get_kind (transpose) != CNN_KIND_TRANSPOSE)
    return 0;
  split = cnn_layer_get_input (transpose, 0);
  if (cnn_layer_get_kind (split) != CNN_KIND_RESHAPE)
    return 0;

  divided = cnn_layer_get_shape (split);
  permutation = cnn_layer_get_attributes (transpose)->permutation;
  if (shape->n_dims != 4 || divided->n_dims != 5 || !cnn_shape_equal (input_shape (split), shape) ||
      divided->dims[3] != shape->dims[2] || divided->dims[4] != shape->dims[3] ||
      permutation[1] != 2 || permutation[2] != 1 || permutation[3] != 3)
    return 0;

  return divided->dims[1];
}

/* A slice of channels, all of the rest. */
static gboolean
is_channel_slice (CnnLayer *layer)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);

  for (guint i = 2; i < cnn_layer_get_shape (layer)->n_dims; i++)
    if (attributes->begin[i] != 0 || attributes->step[i] != 1)
      return FALSE;

  return differ_in_channels (cnn_layer_get_shape (layer), input_shape (layer));
}

/* Whether a layer's channels are channels of its inputs. */
gboolean
cnn_plan_is_gather (CnnLayer *layer)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);
  const CnnShape *shape = cnn_layer_get_shape (layer);

  if (shape->n_dims < 2 || shape->dims[1] > MAX_CHANNELS)
    return FALSE;

  switch (cnn_layer_get_kind (layer))
    {
    case CNN_KIND_CONCAT:
      return attributes->axis == 1;

    case CNN_KIND_CHANNEL_SHUFFLE:
      return TRUE;

    case CNN_KIND_RESHAPE:
      return get_n_shuffled_groups (layer) > 0;

    case CNN_KIND_SLICE:
      return is_channel_slice (layer);

    case CNN_KIND_EXPAND:
      return differ_in_channels (shape, input_shape (layer));

    case CNN_KIND_PAD:
      return attributes->pad_mode == CNN_PAD_CONSTANT && attributes->pad_value == 0 &&
             differ_in_channels (shape, input_shape (layer));

    default:
      return FALSE;
    }
}

/* A channel of a layer; the layer is NULL where it is zero. */
typedef struct
{
  CnnLayer *layer;
  gsize channel;
} Channel;

/* Where a channel of a layer that gathers comes from. */
static Channel
follow (Channel from)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (from.layer);
  CnnKind kind = cnn_layer_get_kind (from.layer);
  CnnAttributes shuffle;
  CnnLayer *input = NULL;
  gssize channel;

  if (kind == CNN_KIND_CONCAT)
    {
      for (guint i = 0; ; i++)
        {
          gsize n;

          input = cnn_layer_get_input (from.layer, i);
          n = cnn_layer_get_shape (input)->dims[1];
          if (from.channel < n)
            return (Channel) { input, from.channel };
          from.channel -= n;
        }
    }

  input = cnn_layer_get_input (from.layer, 0);

  if (kind == CNN_KIND_RESHAPE)
    {
      kind = CNN_KIND_CHANNEL_SHUFFLE;
      shuffle = *attributes;
      shuffle.groups = get_n_shuffled_groups (from.layer);
      attributes = &shuffle;
      input = cnn_layer_get_input (cnn_layer_get_input (input, 0), 0);
    }

  channel = cnn_pick (kind, attributes, 1, cnn_layer_get_shape (input)->dims[1], from.channel);

  return channel == CNN_PICK_NOTHING ? (Channel) { NULL } : (Channel) { input, channel };
}

/* Slices and concatenations are looked through, shuffles are not: behind them,
 * every channel would come from another place. */
static gboolean
is_looked_through (CnnLayer *layer)
{
  CnnKind kind = cnn_layer_get_kind (layer);

  return (kind == CNN_KIND_SLICE || kind == CNN_KIND_CONCAT) && cnn_plan_is_gather (layer);
}

static Channel
find_origin (CnnPlan  *plan,
             CnnLayer *layer,
             gsize     channel)
{
  Channel from = { layer, channel };

  for (guint depth = 0; depth < MAX_DEPTH; depth++)
    {
      from = follow (from);
      if (from.layer == NULL)
        break;

      from.layer = cnn_network_get_layer (plan->network, plan->sources[cnn_layer_get_index (from.layer)]);
      if (!is_looked_through (from.layer))
        break;
    }

  return from;
}

static guint
find_source (GArray *sources,
             guint   layer)
{
  for (guint i = 0; i < sources->len; i++)
    if (g_array_index (sources, guint, i) == layer)
      return i;

  g_array_append_val (sources, layer);

  return sources->len - 1;
}

/* The pick from a block of a source among those of the output block that begin with
 * first. */
static CnnPick *
find_pick (GArray *picks,
           guint   first,
           int     source,
           int     block)
{
  CnnPick pick = { .source = source, .block = block };

  for (guint i = first; i < picks->len; i++)
    {
      CnnPick *found = &g_array_index (picks, CnnPick, i);

      if (found->source == source && found->block == block)
        return found;
    }

  g_array_append_val (picks, pick);

  return &g_array_index (picks, CnnPick, picks->len - 1);
}

/* Whether a pick takes the first n lanes in their places; it may as well take all. */
static gboolean
is_whole (const CnnPick *pick,
          guint          n)
{
  for (guint lane = 0; lane < n; lane++)
    if (!pick->is_taken[lane] || pick->lanes[lane] != (int) lane)
      return FALSE;

  return TRUE;
}

static void
fill_block (CnnPlan  *plan,
            CnnLayer *layer,
            gsize     block,
            GArray   *sources,
            GArray   *picks)
{
  gsize n_channels = cnn_layer_get_shape (layer)->dims[1];
  guint n_lanes = MIN (n_channels - block * CNN_BLOCK, CNN_BLOCK);
  guint first = picks->len;

  for (guint lane = 0; lane < n_lanes; lane++)
    {
      Channel from = find_origin (plan, layer, block * CNN_BLOCK + lane);
      guint source;
      CnnPick *pick;

      /* Nothing is taken where there is padding. */
      source = from.layer == NULL ? cnn_layer_get_index (cnn_layer_get_input (layer, 0))
                                  : cnn_layer_get_index (from.layer);
      pick = find_pick (picks, first, find_source (sources, plan->sources[source]),
                        from.layer == NULL ? 0 : from.channel / CNN_BLOCK);
      pick->lanes[lane] = from.channel % CNN_BLOCK;
      pick->is_taken[lane] = from.layer == NULL ? 0 : -1;
    }

  if (picks->len == first + 1)
    g_array_index (picks, CnnPick, first).is_whole = is_whole (&g_array_index (picks, CnnPick, first), n_lanes);
}

/* Finds out where each channel comes from. */
void
cnn_step_make_gather (CnnStep  *self,
                      CnnPlan  *plan,
                      CnnLayer *layer)
{
  GArray *sources = g_array_new (FALSE, FALSE, sizeof (guint));
  GArray *picks = g_array_new (FALSE, FALSE, sizeof (CnnPick));
  gsize n_blocks = cnn_n_blocks (cnn_layer_get_shape (layer)->dims[1]);

  self->first_pick = g_new (int, n_blocks + 1);
  for (gsize block = 0; block < n_blocks; block++)
    {
      self->first_pick[block] = picks->len;
      fill_block (plan, layer, block, sources, picks);
    }
  self->first_pick[n_blocks] = picks->len;

  self->n_sources = sources->len;
  self->sources = (guint *) g_array_free (sources, FALSE);
  self->picks = (CnnPick *) g_array_free (picks, FALSE);
}
