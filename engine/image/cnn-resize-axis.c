#define G_LOG_DOMAIN "cnn-resize-axis"

#include "image/cnn-resize-private.h"

#include <math.h>
#include <string.h>

/* The weights of antialiased resampling, the same as Pillow's. Each output
 * position is a weighted mean of the input positions within the filter's reach,
 * which grows with the ratio when shrinking. Weights are computed in double
 * precision and then rounded to fixed point.
 *
 * That takes two sines a weight, about as long as everything that is done with
 * them on a picture. Most pictures of a data set come in a few sizes, so the last
 * axes are kept. */

#define N_KEPT 64

/* Bytes of pairs; what needs more is seldom, and not worth keeping. */
#define MAX_KEPT_SIZE (64 * 1024)

struct _CnnResizeAxis
{
  gatomicrefcount ref_count;

  guint in_size;
  guint out_size;
  CnnFilter filter;

  CnnResizeSpan *spans;
  CnnResizePair *pairs;
  CnnResizeWeights weights;     /* of these */
};

/* Those that are kept, the one used last first. */
static CnnResizeAxis *kept[N_KEPT];
static GMutex kept_mutex;

static CnnResizeAxis *
cnn_resize_axis_ref (CnnResizeAxis *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
cnn_resize_axis_unref (CnnResizeAxis *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->spans);
  g_free (self->pairs);
  g_free (self);
}

const CnnResizeWeights *
cnn_resize_axis_get_weights (CnnResizeAxis *self)
{
  return &self->weights;
}

static double
sinc (double x)
{
  if (x == 0.0)
    return 1.0;

  x *= G_PI;

  return sin (x) / x;
}

static double
filter_lanczos (double x)
{
  return x >= -3.0 && x < 3.0 ? sinc (x) * sinc (x / 3) : 0.0;
}

static double
filter_bilinear (double x)
{
  x = fabs (x);

  return x < 1.0 ? 1.0 - x : 0.0;
}

/* The piecewise cubic of Keys, as Pillow has it. */
static double
filter_bicubic (double x)
{
  const double a = -0.5;

  x = fabs (x);
  if (x < 1.0)
    return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;

  return x < 2.0 ? (((x - 5) * x + 8) * x - 4) * a : 0.0;
}

static const struct
{
  double (*weigh) (double x);
  double support;
} filters[CNN_N_FILTERS] = {
  [CNN_FILTER_BILINEAR] = { filter_bilinear, 1 },
  [CNN_FILTER_LANCZOS] = { filter_lanczos, 3 },
  [CNN_FILTER_BICUBIC] = { filter_bicubic, 2 },
};

static gint32
to_fixed_point (double weight)
{
  double scaled = weight * (1 << CNN_RESIZE_PRECISION_BITS);

  return (gint32) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

/* What reaches how far, for in_size positions that become out_size. */
typedef struct
{
  double (*weigh) (double);
  double ratio;
  double support;
  double step;
  int in_size;
} Reach;

static void
reach_init (Reach     *self,
            guint      in_size,
            guint      out_size,
            CnnFilter  filter)
{
  double widening;

  self->weigh = filters[filter].weigh;
  self->ratio = (double) in_size / out_size;
  self->in_size = in_size;

  widening = MAX (self->ratio, 1.0);
  self->support = filters[filter].support * widening;
  self->step = 1.0 / widening;
}

/* Finds out which input positions output position i is made of. */
static void
reach_get_span (const Reach   *self,
                guint          i,
                CnnResizeSpan *span)
{
  double center = (i + 0.5) * self->ratio;
  int end = MIN ((int) (center + self->support + 0.5), self->in_size);

  span->start = MAX ((int) (center - self->support + 0.5), 0);
  span->size = end - span->start;
}

static void
reach_weigh (const Reach         *self,
             guint                i,
             const CnnResizeSpan *span,
             double              *weights)
{
  double center = (i + 0.5) * self->ratio;
  double sum = 0;

  for (int j = 0; j < span->size; j++)
    {
      weights[j] = self->weigh ((j + span->start - center + 0.5) * self->step);
      sum += weights[j];
    }

  if (sum != 0)
    for (int j = 0; j < span->size; j++)
      weights[j] /= sum;
}

static void
put_coefficient (CnnResizePair *pairs,
                 gsize          i,
                 gint32         coefficient)
{
  pairs[i / 2].low[i % 2] = coefficient & ((1 << CNN_RESIZE_LOW_BITS) - 1);
  pairs[i / 2].high[i % 2] = coefficient >> CNN_RESIZE_LOW_BITS;
}

static CnnResizeAxis *
cnn_resize_axis_new (guint     in_size,
                     guint     out_size,
                     CnnFilter filter)
{
  CnnResizeAxis *self = g_new0 (CnnResizeAxis, 1);
  g_autofree double *weights = NULL;
  gint32 greatest = 0;
  gsize stride;
  Reach reach;

  g_atomic_ref_count_init (&self->ref_count);
  self->in_size = in_size;
  self->out_size = out_size;
  self->filter = filter;
  self->spans = g_new (CnnResizeSpan, out_size);

  reach_init (&reach, in_size, out_size, filter);
  for (guint i = 0; i < out_size; i++)
    {
      reach_get_span (&reach, i, &self->spans[i]);
      greatest = MAX (greatest, self->spans[i].size);
    }

  stride = (greatest + 3) / 4 * 2;
  weights = g_new (double, greatest);
  self->pairs = g_new0 (CnnResizePair, out_size * stride);
  self->weights = (CnnResizeWeights) { out_size, self->spans, self->pairs, stride };

  for (guint i = 0; i < out_size; i++)
    {
      reach_weigh (&reach, i, &self->spans[i], weights);
      for (gint32 j = 0; j < self->spans[i].size; j++)
        put_coefficient (self->pairs + i * stride, j, to_fixed_point (weights[j]));
    }

  return self;
}

/* Called with the mutex held. Returns its place among those that are kept, or
 * N_KEPT. */
static guint
find_kept (guint     in_size,
           guint     out_size,
           CnnFilter filter)
{
  for (guint i = 0; i < N_KEPT; i++)
    if (kept[i] != NULL && kept[i]->in_size == in_size && kept[i]->out_size == out_size &&
        kept[i]->filter == filter)
      return i;

  return N_KEPT;
}

/* Called with the mutex held. Takes the place of the one at index, or of the one
 * that was not used for longest. */
static void
move_to_front (CnnResizeAxis *axis,
               guint          index)
{
  memmove (kept + 1, kept, MIN (index, N_KEPT - 1) * sizeof kept[0]);
  kept[0] = axis;
}

/* Returns: (transfer full): the weights that make out_size positions of in_size */
CnnResizeAxis *
cnn_resize_axis_get (guint     in_size,
                     guint     out_size,
                     CnnFilter filter)
{
  g_autoptr (CnnResizeAxis) dropped = NULL;
  CnnResizeAxis *axis = NULL;
  guint index;

  g_mutex_lock (&kept_mutex);
  index = find_kept (in_size, out_size, filter);
  if (index < N_KEPT)
    {
      axis = cnn_resize_axis_ref (kept[index]);
      move_to_front (kept[index], index);
    }
  g_mutex_unlock (&kept_mutex);

  if (axis != NULL)
    return axis;

  axis = cnn_resize_axis_new (in_size, out_size, filter);
  if (out_size * axis->weights.stride * sizeof (CnnResizePair) > MAX_KEPT_SIZE)
    return axis;

  /* Another thread may have made the same in the meantime: no harm. */
  g_mutex_lock (&kept_mutex);
  dropped = kept[N_KEPT - 1];
  move_to_front (cnn_resize_axis_ref (axis), N_KEPT);
  g_mutex_unlock (&kept_mutex);

  return axis;
}
