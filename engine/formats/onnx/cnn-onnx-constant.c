#define G_LOG_DOMAIN "cnn-onnx"

#include "formats/onnx/cnn-onnx-constant-private.h"

#include <math.h>

#include "core/cnn-error.h"

/* Shapes, axes and the like are short. */
#define MAX_INTEGERS 65536

static const struct
{
  CnnOnnxType type;
  gboolean is_wide;             /* needs more than a float32 holds exactly */
  double minimum;
  double maximum;
} types[] = {
  { CNN_ONNX_FLOAT, FALSE, -INFINITY, INFINITY },
  { CNN_ONNX_UINT8, FALSE, 0, G_MAXUINT8 },
  { CNN_ONNX_INT8, FALSE, G_MININT8, G_MAXINT8 },
  { CNN_ONNX_UINT16, FALSE, 0, G_MAXUINT16 },
  { CNN_ONNX_INT16, FALSE, G_MININT16, G_MAXINT16 },
  { CNN_ONNX_INT32, TRUE, G_MININT32, G_MAXINT32 },
  { CNN_ONNX_INT64, TRUE, -0x1p63, 0x1p63 },
  { CNN_ONNX_BOOL, FALSE, 0, 1 },
  { CNN_ONNX_FLOAT16, FALSE, -INFINITY, INFINITY },
  { CNN_ONNX_DOUBLE, FALSE, -INFINITY, INFINITY },
  { CNN_ONNX_UINT32, TRUE, 0, G_MAXUINT32 },
  { CNN_ONNX_UINT64, TRUE, 0, 0x1p63 },
  { CNN_ONNX_BFLOAT16, FALSE, -INFINITY, INFINITY },
};

static guint
find_type (gint64 type)
{
  guint i = 0;

  while (i < G_N_ELEMENTS (types) && (gint64) types[i].type != type)
    i++;

  return i;
}

/* Whether a number out of a file is one of the types. */
gboolean
cnn_onnx_type_check (gint64    type,
                     GError  **error)
{
  if (find_type (type) < G_N_ELEMENTS (types))
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "has numbers of ONNX's type %" G_GINT64_FORMAT ", expected floating point of 16 to 64 bits, "
               "integers of 8 to 64 bits, or booleans", type);

  return FALSE;
}

gboolean
cnn_onnx_type_is_floating (CnnOnnxType type)
{
  return types[find_type (type)].maximum == INFINITY;
}

/* What saturates a number of that type. */
void
cnn_onnx_type_get_range (CnnOnnxType  type,
                         double      *minimum,
                         double      *maximum)
{
  *minimum = types[find_type (type)].minimum;
  *maximum = types[find_type (type)].maximum;
}

/* Makes a constant to be filled, at the expense of the source's budget. */
CnnOnnxConstant *
cnn_onnx_constant_new (CnnOnnxType        type,
                       const CnnShape    *shape,
                       CnnNumberSource   *source,
                       GError           **error)
{
  CnnTensor *tensor = NULL;
  gint64 *integers = NULL;
  CnnOnnxConstant *self;

  if (!cnn_shape_is_valid (shape))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "makes a constant of more than %d dimensions, or more than fit into memory", CNN_MAX_DIMS);
      return NULL;
    }

  if (!types[find_type (type)].is_wide)
    tensor = cnn_number_source_allocate (source, shape, error);
  else if (cnn_number_source_spend (source, cnn_shape_get_n_elements (shape), sizeof (gint64), error))
    integers = g_new0 (gint64, MAX (cnn_shape_get_n_elements (shape), 1));

  if (tensor == NULL && integers == NULL)
    return NULL;

  self = g_rc_box_new0 (CnnOnnxConstant);
  self->type = type;
  self->shape = *shape;
  self->tensor = tensor;
  self->integers = integers;

  return self;
}

/* Makes a constant of numbers that a float32 holds. Takes the tensor. */
CnnOnnxConstant *
cnn_onnx_constant_take (CnnOnnxType  type,
                        CnnTensor   *tensor)
{
  CnnOnnxConstant *self = g_rc_box_new0 (CnnOnnxConstant);

  self->type = type;
  self->shape = *cnn_tensor_get_shape (tensor);
  self->tensor = tensor;

  return self;
}

/* The same numbers in another shape of as many. */
CnnOnnxConstant *
cnn_onnx_constant_reshape (CnnOnnxConstant  *self,
                           const CnnShape   *shape,
                           CnnNumberSource  *source,
                           GError          **error)
{
  CnnOnnxConstant *result;

  if (self->tensor != NULL)
    return cnn_onnx_constant_take (self->type, cnn_tensor_reshape (self->tensor, shape));

  result = cnn_onnx_constant_new (self->type, shape, source, error);
  for (gsize i = 0; result != NULL && i < cnn_onnx_constant_get_n (self); i++)
    result->integers[i] = self->integers[i];

  return result;
}

CnnOnnxConstant *
cnn_onnx_constant_ref (CnnOnnxConstant *self)
{
  return g_rc_box_acquire (self);
}

static void
constant_clear (gpointer data)
{
  CnnOnnxConstant *self = data;

  g_clear_pointer (&self->tensor, cnn_tensor_unref);
  g_clear_pointer (&self->integers, g_free);
}

void
cnn_onnx_constant_unref (CnnOnnxConstant *self)
{
  g_rc_box_release_full (self, constant_clear);
}

gsize
cnn_onnx_constant_get_n (const CnnOnnxConstant *self)
{
  return cnn_shape_get_n_elements (&self->shape);
}

/* Number i. Integers are exact up to 2⁵³, far beyond any extent; what is greater
 * stands for “to the end”. */
double
cnn_onnx_constant_get (const CnnOnnxConstant *self,
                       gsize                  i)
{
  return self->tensor != NULL ? cnn_tensor_get_data (self->tensor)[i] : (double) self->integers[i];
}

static gint64
integer_from_double (double number)
{
  if (isnan (number))
    return 0;

  if (fabs (number) < 0x1p63)
    return number;

  return number < 0 ? G_MININT64 : G_MAXINT64;
}

/* Sets number i as far as the type can hold it. */
void
cnn_onnx_constant_set (CnnOnnxConstant *self,
                       gsize            i,
                       double           number)
{
  guint type = find_type (self->type);

  if (self->type == CNN_ONNX_BOOL)
    number = number != 0;
  else if (types[type].maximum != INFINITY)
    number = CLAMP (trunc (number), types[type].minimum, types[type].maximum);

  if (self->tensor != NULL)
    cnn_tensor_get_mutable_data (self->tensor)[i] = number;
  else
    self->integers[i] = integer_from_double (number);
}

/* The numbers as float32. */
CnnTensor *
cnn_onnx_constant_to_tensor (const CnnOnnxConstant  *self,
                             CnnNumberSource        *source,
                             GError                **error)
{
  CnnTensor *tensor;

  if (self->tensor != NULL)
    return cnn_tensor_ref (self->tensor);

  tensor = cnn_number_source_allocate (source, &self->shape, error);
  for (gsize i = 0; tensor != NULL && i < cnn_onnx_constant_get_n (self); i++)
    cnn_tensor_get_mutable_data (tensor)[i] = self->integers[i];

  return tensor;
}

/* The numbers of a short tensor of integers, in their order. */
GArray *
cnn_onnx_constant_to_integers (const CnnOnnxConstant  *self,
                               GError                **error)
{
  GArray *integers;

  if (cnn_onnx_type_is_floating (self->type) || cnn_onnx_constant_get_n (self) > MAX_INTEGERS)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "is not a list of up to %d integers", MAX_INTEGERS);
      return NULL;
    }

  integers = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (gsize i = 0; i < cnn_onnx_constant_get_n (self); i++)
    {
      gint64 number = integer_from_double (cnn_onnx_constant_get (self, i));

      g_array_append_val (integers, number);
    }

  return integers;
}

/* How far apart neighbours lie along each dimension, in row-major order. */
void
cnn_onnx_get_strides (const CnnShape *shape,
                      gsize          *strides)
{
  gsize stride = 1;

  for (guint i = shape->n_dims; i-- > 0;)
    {
      strides[i] = stride;
      stride *= shape->dims[i];
    }
}

/* Copies a box of shape from one place in a constant to one in another of the
 * same storage. Strides are in numbers and may be 0 or negative on the side that
 * is read; the caller has checked that all of it lies inside. Nearly all that
 * moves numbers about comes down to this. */
void
cnn_onnx_constant_gather (CnnOnnxConstant       *self,
                          gsize                  to_start,
                          const gsize           *to_strides,
                          const CnnOnnxConstant *from,
                          gssize                 from_start,
                          const gssize          *from_strides,
                          const CnnShape        *shape)
{
  gsize n = cnn_shape_get_n_elements (shape);
  gsize index[CNN_MAX_DIMS] = { 0 };
  float *to_numbers = self->tensor != NULL ? cnn_tensor_get_mutable_data (self->tensor) : NULL;
  const float *from_numbers = from->tensor != NULL ? cnn_tensor_get_data (from->tensor) : NULL;
  gsize to = to_start;
  gssize at = from_start;

  g_return_if_fail ((to_numbers != NULL) == (from_numbers != NULL));

  for (gsize done = 0; done < n; done++)
    {
      if (to_numbers != NULL)
        to_numbers[to] = from_numbers[at];
      else
        self->integers[to] = from->integers[at];

      for (guint i = shape->n_dims; i-- > 0;)
        {
          to += to_strides[i];
          at += from_strides[i];
          if (++index[i] < shape->dims[i])
            break;

          to -= to_strides[i] * shape->dims[i];
          at -= from_strides[i] * (gssize) shape->dims[i];
          index[i] = 0;
        }
    }
}
