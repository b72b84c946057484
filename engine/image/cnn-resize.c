#define G_LOG_DOMAIN "cnn-resize"

#include "image/cnn-resize-private.h"

#include "image/cnn-image-private.h"

/* Antialiased resampling with the same bytes as Pillow's. First the rows are
 * resampled, then the columns; each pass rounds to bytes, and one that would
 * change nothing is left out.
 *
 * The second pass follows close behind the first: a row of the result needs a few
 * rows of the first pass only, and those that none needs any more make room for
 * the next. So what is between the passes stays in the cache. */

/* Rows that come out of the first pass: a ring of them, or, where the width stays,
 * those of the picture itself. */
typedef struct
{
  const CnnResizeKernels *kernels;
  const CnnResizeWeights *weights;      /* NULL where the width stays */

  const guint8 *in;
  gsize in_stride;
  gsize n_in;

  guint8 *ring;
  gsize stride;                 /* of the ring */
  gsize n_ring;                 /* its rows, whole groups of CNN_RESIZE_ROWS */
  gsize first;                  /* the row that came first into it */
  gsize next;                   /* the row that comes next */
} Narrowing;

static void
narrowing_clear (Narrowing *self)
{
  g_free (self->ring);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Narrowing, narrowing_clear)

static void
narrowing_init_ring (Narrowing *self,
                     gsize      first,
                     gsize      n_wanted)
{
  if (self->weights == NULL)
    return;

  self->first = self->next = first;
  self->stride = self->weights->n_out * 3;
  self->n_ring = (n_wanted / CNN_RESIZE_ROWS + 2) * CNN_RESIZE_ROWS;
  self->ring = g_malloc_n (self->n_ring, self->stride);
}

/* Resamples the next rows, four where there are so many. Returns their number. */
static gsize
narrow (const Narrowing *self,
        guint8          *out,
        gsize            out_stride,
        gsize            row)
{
  const guint8 *in = self->in + row * self->in_stride;
  gsize n = self->n_in - row >= CNN_RESIZE_ROWS ? CNN_RESIZE_ROWS : 1;

  self->kernels->rows (out, n > 1 ? out_stride : 0, in, n > 1 ? self->in_stride : 0, self->weights);

  return n;
}

/* Returns where a row is. With a ring, those up to n_wanted before the last that was
 * asked for are still there. */
static const guint8 *
narrowing_get_row (Narrowing *self,
                   gsize      row)
{
  if (self->weights == NULL)
    return self->in + row * self->in_stride;

  while (self->next <= row)
    self->next += narrow (self, self->ring + (self->next - self->first) % self->n_ring * self->stride,
                          self->stride, self->next);

  return self->ring + (row - self->first) % self->n_ring * self->stride;
}

/* Only the width changes. */
static void
resize_rows (Narrowing           *narrowing,
             const CnnResizePart *part,
             guint8              *out)
{
  gsize stride = (gsize) part->width * 3;
  gsize end = part->top + part->height;

  /* Four rows at once, even where they are not all in the part, would need room
   * for them. */
  narrowing->n_in = end;
  for (gsize y = part->top; y < end;)
    y += narrow (narrowing, out + (y - part->top) * stride, stride, y);
}

static void
resize_columns (Narrowing              *narrowing,
                const CnnResizeWeights *weights,
                const CnnResizePart    *part,
                guint8                 *out)
{
  gsize stride = (gsize) part->width * 3;
  gsize n_wanted = 2 * weights->stride;
  g_autofree const guint8 **rows = g_new (const guint8 *, n_wanted);

  narrowing_init_ring (narrowing, weights->spans[part->top].start, n_wanted);

  for (gsize y = part->top; y < part->top + part->height; y++)
    {
      const CnnResizeSpan *span = &weights->spans[y];

      gsize n_pairs = (span->size + 1) / 2;

      /* The last of a pair has no weight where it does not belong to the span, and
       * need not be there. */
      for (gsize i = 0; i < 2 * n_pairs; i++)
        rows[i] = narrowing_get_row (narrowing, MIN (span->start + i, narrowing->n_in - 1));

      narrowing->kernels->columns (out, stride, rows, weights->pairs + y * weights->stride, n_pairs);
      out += stride;
    }
}

/*< private >
 * cnn_image_resize_part:
 * @self: a picture
 * @width: of the whole resized picture, not 0
 * @height: of the whole resized picture, not 0
 * @filter: how to weigh pixels
 * @part: which part of it is wanted
 * @kernels: what computes it
 *
 * Makes part of what [method@Image.resize] makes, and looks at no more pixels than that takes.
 *
 * Returns: (transfer full): the part
 */
CnnImage *
cnn_image_resize_part (CnnImage               *self,
                       guint                   width,
                       guint                   height,
                       CnnFilter               filter,
                       const CnnResizePart    *part,
                       const CnnResizeKernels *kernels)
{
  guint in_width = cnn_image_get_width (self);
  guint in_height = cnn_image_get_height (self);
  g_autoptr (CnnResizeAxis) across = NULL;
  g_autoptr (CnnResizeAxis) down = NULL;
  g_auto (Narrowing) narrowing = {
    .kernels = kernels,
    .in = cnn_image_get_pixels (self),
    .in_stride = (gsize) in_width * 3,
    .n_in = in_height,
  };
  CnnResizeWeights weights;
  CnnImage *resized;
  guint8 *out;

  if (width == in_width && height == in_height)
    return cnn_image_crop (self, part->left, part->top, part->width, part->height);

  resized = cnn_image_alloc (part->width, part->height);
  out = cnn_image_get_mutable_pixels (resized);

  if (width != in_width)
    {
      across = cnn_resize_axis_get (in_width, width, filter);
      weights = *cnn_resize_axis_get_weights (across);
      weights.spans += part->left;
      weights.pairs += part->left * weights.stride;
      weights.n_out = part->width;
      narrowing.weights = &weights;
    }
  else
    narrowing.in += (gsize) part->left * 3;

  if (height != in_height)
    {
      down = cnn_resize_axis_get (in_height, height, filter);
      resize_columns (&narrowing, cnn_resize_axis_get_weights (down), part, out);
    }
  else
    resize_rows (&narrowing, part, out);

  return resized;
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
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (width > 0 && height > 0, NULL);

  if (width == cnn_image_get_width (self) && height == cnn_image_get_height (self))
    return cnn_image_ref (self);

  return cnn_image_resize_part (self, width, height, filter,
                                &(CnnResizePart) { 0, 0, width, height },
                                cnn_resize_kernels_get (cnn_cpu_get_level ()));
}
