#include "core/cnn-tensor.h"

#include <string.h>

/* A cache line, and the widest vector register. */
#define ALIGNMENT 64

struct _CnnTensor
{
  gatomicrefcount ref_count;
  CnnShape shape;
  float *data;

  /* Who keeps data alive: one of the two, or neither (data is our own). */
  CnnTensor *parent;
  GBytes *bytes;
};

G_DEFINE_BOXED_TYPE (CnnTensor, cnn_tensor, cnn_tensor_ref, cnn_tensor_unref)

static CnnTensor *
tensor_alloc (const CnnShape *shape)
{
  CnnTensor *self = g_new0 (CnnTensor, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->shape = *shape;

  return self;
}

/**
 * cnn_tensor_new_uninitialized:
 * @shape: a valid shape
 *
 * Makes a tensor whose elements are not set yet: for a caller that writes every
 * one of them.
 *
 * Returns: (transfer full): a new tensor
 */
CnnTensor *
cnn_tensor_new_uninitialized (const CnnShape *shape)
{
  CnnTensor *self;
  gsize size;

  g_return_val_if_fail (cnn_shape_is_valid (shape), NULL);

  self = tensor_alloc (shape);
  size = cnn_shape_get_n_elements (shape) * sizeof (float);
  self->data = g_aligned_alloc (1, MAX (size, 1), ALIGNMENT);

  return self;
}

/**
 * cnn_tensor_new:
 * @shape: a valid shape
 *
 * Returns: (transfer full): a new tensor of zeros
 */
CnnTensor *
cnn_tensor_new (const CnnShape *shape)
{
  CnnTensor *self = cnn_tensor_new_uninitialized (shape);

  if (self != NULL)
    memset (self->data, 0, cnn_tensor_get_n_elements (self) * sizeof (float));

  return self;
}

/**
 * cnn_tensor_new_from_data:
 * @shape: a valid shape
 * @data: (array): as many numbers as @shape has elements, row-major; copied
 *
 * Returns: (transfer full): a new tensor
 */
CnnTensor *
cnn_tensor_new_from_data (const CnnShape *shape,
                          const float    *data)
{
  CnnTensor *self = cnn_tensor_new_uninitialized (shape);

  if (self != NULL)
    memcpy (self->data, data, cnn_tensor_get_n_elements (self) * sizeof (float));

  return self;
}

/**
 * cnn_tensor_new_for_bytes:
 * @shape: a valid shape
 * @bytes: bytes that hold native-endian float32 numbers, typically a mapped file
 * @offset: where in @bytes the first number starts, in bytes
 *
 * Makes a tensor of numbers that lie in @bytes, without copying them where they
 * are aligned to 4 bytes. The caller has checked that @bytes is long enough.
 *
 * Returns: (transfer full): a new tensor, which keeps @bytes alive
 */
CnnTensor *
cnn_tensor_new_for_bytes (const CnnShape *shape,
                          GBytes         *bytes,
                          gsize           offset)
{
  gsize size, length;
  const guint8 *start = g_bytes_get_data (bytes, &length);
  CnnTensor *self;

  g_return_val_if_fail (cnn_shape_is_valid (shape), NULL);

  size = cnn_shape_get_n_elements (shape) * sizeof (float);
  g_return_val_if_fail (offset <= length && size <= length - offset, NULL);

  if ((guintptr) (start + offset) % sizeof (float) != 0)
    {
      self = cnn_tensor_new_uninitialized (shape);
      memcpy (self->data, start + offset, size);
      return self;
    }

  self = tensor_alloc (shape);
  self->bytes = g_bytes_ref (bytes);
  self->data = (float *) (gpointer) (start + offset);

  return self;
}

CnnTensor *
cnn_tensor_ref (CnnTensor *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
cnn_tensor_unref (CnnTensor *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->parent == NULL && self->bytes == NULL)
    g_aligned_free (self->data);
  g_clear_pointer (&self->parent, cnn_tensor_unref);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

const CnnShape *
cnn_tensor_get_shape (const CnnTensor *self)
{
  return &self->shape;
}

gsize
cnn_tensor_get_n_elements (const CnnTensor *self)
{
  return cnn_shape_get_n_elements (&self->shape);
}

const float *
cnn_tensor_get_data (const CnnTensor *self)
{
  return self->data;
}

/**
 * cnn_tensor_get_mutable_data:
 * @self: a tensor that its maker has not handed out yet, and that owns its
 *   numbers
 *
 * Returns: the numbers of @self, to be written
 */
float *
cnn_tensor_get_mutable_data (CnnTensor *self)
{
  g_return_val_if_fail (self->parent == NULL && self->bytes == NULL, NULL);

  return self->data;
}

static CnnTensor *
tensor_new_view (CnnTensor      *self,
                 const CnnShape *shape,
                 gsize           offset)
{
  CnnTensor *view = tensor_alloc (shape);

  view->parent = cnn_tensor_ref (self);
  view->data = self->data + offset;

  return view;
}

/**
 * cnn_tensor_slice:
 * @self: a tensor N×…
 * @index: which of the N, from 0
 *
 * Returns: (transfer full): a tensor 1×… that shares the numbers of @self
 */
CnnTensor *
cnn_tensor_slice (CnnTensor *self,
                  gsize      index)
{
  CnnShape shape = self->shape;

  g_return_val_if_fail (shape.n_dims > 0 && index < shape.dims[0], NULL);

  shape.dims[0] = 1;

  return tensor_new_view (self, &shape, index * cnn_shape_get_n_elements (&shape));
}

/**
 * cnn_tensor_reshape:
 * @self: a tensor
 * @shape: a shape with as many elements
 *
 * Returns: (transfer full): a tensor of @shape that shares the numbers of @self
 */
CnnTensor *
cnn_tensor_reshape (CnnTensor      *self,
                    const CnnShape *shape)
{
  g_return_val_if_fail (cnn_shape_get_n_elements (shape) == cnn_tensor_get_n_elements (self), NULL);

  return tensor_new_view (self, shape, 0);
}
