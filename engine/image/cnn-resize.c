#define G_LOG_DOMAIN "cnn-resize"

#include "image/cnn-image-private.h"

#include <math.h>
#include <string.h>

#include "image/cnn-resize-kernels.h"

/* Antialiased resampling with the same bytes as Pillow's. Each output position is
 * a weighted mean of the input positions within the filter's reach, which grows
 * with the ratio when shrinking. First the rows are resampled, then the columns;
 * each pass rounds to bytes, and one that would change nothing is left out. The
 * weights are computed in double precision and then rounded to fixed point. */

typedef struct
{
  CnnResizeSpan *spans;     /* one an output position */
  gint32 *coefficients;     /* stride of them for each; fixed point */
  gsize stride;
} Axis;

static void
axis_clear (Axis *self)
{
  g_free (self->spans);
  g_free (self->coefficients);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Axis, axis_clear)

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

static gint32
to_fixed_point (double weight)
{
  double scaled = weight * (1 << CNN_RESIZE_PRECISION_BITS);

  return (gint32) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

static void
axis_init (Axis      *self,
           guint      in_size,
           guint      out_size,
           CnnFilter  filter)
{
  double (*weigh) (double) = filter == CNN_FILTER_LANCZOS ? filter_lanczos : filter_bilinear;
  double reach = filter == CNN_FILTER_LANCZOS ? 3.0 : 1.0;
  double ratio = (double) in_size / out_size;
  double widening = MAX (ratio, 1.0);
  double support = reach * widening;
  double step = 1.0 / widening;
  g_autofree double *weights = NULL;

  self->stride = (gsize) ceil (support) * 2 + 1;
  self->spans = g_new (CnnResizeSpan, out_size);
  self->coefficients = g_new0 (gint32, out_size * self->stride);
  weights = g_new (double, self->stride);

  for (guint i = 0; i < out_size; i++)
    {
      double center = (i + 0.5) * ratio;
      double sum = 0;
      int first = MAX ((int) (center - support + 0.5), 0);
      int last = MIN ((int) (center + support + 0.5), (int) in_size);

      for (int j = first; j < last; j++)
        {
          weights[j - first] = weigh ((j - center + 0.5) * step);
          sum += weights[j - first];
        }
      for (int j = first; j < last; j++)
        {
          double weight = sum != 0 ? weights[j - first] / sum : weights[j - first];

          self->coefficients[i * self->stride + j - first] = to_fixed_point (weight);
        }

      self->spans[i].start = first;
      self->spans[i].size = last - first;
    }
}

/* Resamples n_rows rows of in from row first on. */
static CnnImage *
resize_rows (CnnImage   *in,
             guint       first,
             guint       n_rows,
             guint       width,
             const Axis *axis)
{
  CnnImage *out = cnn_image_alloc (width, n_rows);
  gsize in_stride = (gsize) cnn_image_get_width (in) * 3;
  gsize out_stride = (gsize) width * 3;
  const guint8 *from = cnn_image_get_pixels (in) + first * in_stride;
  guint8 *to = cnn_image_get_mutable_pixels (out);

  for (guint y = 0; y < n_rows; y++)
    cnn_resize_row_c (to + y * out_stride, from + y * in_stride, width,
                      axis->spans, axis->coefficients, axis->stride);

  return out;
}

/* Resamples the columns of in, whose first row is row first of the picture that
 * axis speaks of. */
static CnnImage *
resize_columns (CnnImage   *in,
                guint       first,
                guint       height,
                const Axis *axis)
{
  guint width = cnn_image_get_width (in);
  CnnImage *out = cnn_image_alloc (width, height);
  gsize stride = (gsize) width * 3;
  g_autofree gint32 *sums = g_new (gint32, stride);
  const guint8 *from = cnn_image_get_pixels (in);
  guint8 *to = cnn_image_get_mutable_pixels (out);

  for (guint y = 0; y < height; y++)
    cnn_resize_column_c (to + y * stride, from + (axis->spans[y].start - first) * stride, stride,
                         axis->spans[y].size, axis->coefficients + y * axis->stride, sums);

  return out;
}

/**
 * cnn_image_resize:
 * @self: a picture
 * @width: the new width, not 0
 * @height: the new height, not 0
 * @filter: how to weigh pixels
 *
 * Resamples a picture, antialiased, in fixed point: the bytes are those of Pillow's
 * `Image.resize()` on an RGB picture.
 *
 * Returns: (transfer full): the resized picture
 */
CnnImage *
cnn_image_resize (CnnImage  *self,
                  guint      width,
                  guint      height,
                  CnnFilter  filter)
{
  g_autoptr (CnnImage) narrowed = NULL;
  g_auto (Axis) horizontal = { 0 };
  g_auto (Axis) vertical = { 0 };
  guint in_width, in_height;
  guint first = 0;
  guint n_rows;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (width > 0 && height > 0, NULL);

  in_width = cnn_image_get_width (self);
  in_height = n_rows = cnn_image_get_height (self);

  if (height != in_height)
    {
      const CnnResizeSpan *last;

      /* The rows that the second pass does not look at need no first pass. */
      axis_init (&vertical, in_height, height, filter);
      last = &vertical.spans[height - 1];
      first = vertical.spans[0].start;
      n_rows = last->start + last->size - first;
    }

  if (width != in_width)
    {
      axis_init (&horizontal, in_width, width, filter);
      narrowed = resize_rows (self, first, n_rows, width, &horizontal);
    }
  else
    {
      narrowed = cnn_image_ref (self);
      first = 0;
    }

  if (height == in_height)
    return g_steal_pointer (&narrowed);

  return resize_columns (narrowed, first, height, &vertical);
}
