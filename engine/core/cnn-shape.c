#include "core/cnn-shape.h"

/**
 * cnn_shape_equal:
 * @a: a shape
 * @b: another shape
 *
 * Returns: whether @a and @b have the same number of dimensions, each of the
 *   same extent
 */
gboolean
cnn_shape_equal (const CnnShape *a,
                 const CnnShape *b)
{
  if (a->n_dims != b->n_dims)
    return FALSE;

  for (guint i = 0; i < a->n_dims; i++)
    if (a->dims[i] != b->dims[i])
      return FALSE;

  return TRUE;
}

/**
 * cnn_shape_is_valid:
 * @shape: a shape, possibly read from a file
 *
 * A valid shape has at most %CNN_MAX_DIMS dimensions, and the float32 tensor of
 * that shape can be addressed: the product of the extents does not overflow.
 *
 * Returns: whether @shape may be used with the other functions
 */
gboolean
cnn_shape_is_valid (const CnnShape *shape)
{
  gsize n = sizeof (float);

  if (shape->n_dims > CNN_MAX_DIMS)
    return FALSE;

  /* An extent of 0 makes the product 0 and would hide an overflow elsewhere. */
  for (guint i = 0; i < shape->n_dims; i++)
    if (!g_size_checked_mul (&n, n, MAX (shape->dims[i], 1)))
      return FALSE;

  return n <= G_MAXSSIZE;
}

/**
 * cnn_shape_get_n_elements:
 * @shape: a valid shape
 *
 * Returns: the number of elements of a tensor of this shape; 1 for a scalar
 */
gsize
cnn_shape_get_n_elements (const CnnShape *shape)
{
  gsize n = 1;

  for (guint i = 0; i < shape->n_dims; i++)
    n *= shape->dims[i];

  return n;
}

/**
 * cnn_shape_to_string:
 * @shape: a shape
 *
 * Returns: (transfer full): the shape as people write it, such as `1×64×56×56`,
 *   or `scalar`
 */
char *
cnn_shape_to_string (const CnnShape *shape)
{
  GString *string = g_string_new (NULL);

  for (guint i = 0; i < shape->n_dims; i++)
    g_string_append_printf (string, "%s%" G_GSIZE_FORMAT, i > 0 ? "×" : "", shape->dims[i]);

  if (shape->n_dims == 0)
    g_string_append (string, "scalar");

  return g_string_free (string, FALSE);
}
