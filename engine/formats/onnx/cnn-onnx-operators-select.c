#define G_LOG_DOMAIN "cnn-onnx"

/* Operators that take some of the numbers, or the numbers of several inputs. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include "core/cnn-error.h"

/* More parts than any layer is cut into. */
#define MAX_PARTS 1024

/* A regular part of a tensor: along each dimension n elements, from begin on, by
 * step. */
typedef struct
{
  CnnShape shape;
  gsize begin[CNN_MAX_DIMS];
  gssize step[CNN_MAX_DIMS];
} Part;

static void
part_init (Part           *self,
           const CnnShape *whole)
{
  *self = (Part) { .shape = *whole };
  for (guint i = 0; i < whole->n_dims; i++)
    self->step[i] = 1;
}

/* Adds a layer that takes a part; N is none of what it takes parts of. */
static guint
add_part (CnnOnnxImporter     *self,
          const CnnOnnxNode   *node,
          const char          *suffix,
          const CnnOnnxLayer  *layer,
          const Part          *part,
          GError             **error)
{
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.shape.n_dims = part->shape.n_dims + layer->lead;
  attributes.shape.dims[0] = 1;
  for (guint i = 0; i < part->shape.n_dims; i++)
    {
      attributes.shape.dims[i + layer->lead] = part->shape.dims[i];
      attributes.begin[i + layer->lead] = part->begin[i];
      attributes.step[i + layer->lead] = part->step[i];
    }
  for (guint i = 0; i < layer->lead; i++)
    attributes.step[i] = 1;

  return cnn_onnx_importer_add_layer (self, node, suffix, CNN_KIND_SLICE, &attributes,
                                      &layer->index, 1, NULL, error);
}

/* Copies a part of a constant to a place in another. */
static void
copy_part (CnnOnnxConstant       *to,
           gsize                  to_start,
           const CnnOnnxConstant *from,
           const Part            *part)
{
  gsize own[CNN_MAX_DIMS], to_strides[CNN_MAX_DIMS];
  gssize strides[CNN_MAX_DIMS];
  gssize start = 0;

  cnn_onnx_get_strides (&from->shape, own);
  cnn_onnx_get_strides (&to->shape, to_strides);
  for (guint i = 0; i < part->shape.n_dims; i++)
    {
      strides[i] = (gssize) own[i] * part->step[i];
      start += own[i] * part->begin[i];
    }
  cnn_onnx_constant_gather (to, to_start, to_strides, from, start, strides, &part->shape);
}

static CnnOnnxConstant *
fold_part (CnnOnnxImporter        *self,
           const CnnOnnxConstant  *constant,
           const Part             *part,
           GError                **error)
{
  CnnOnnxConstant *result = cnn_onnx_constant_new (constant->type, &part->shape, &self->files.own, error);

  if (result != NULL)
    copy_part (result, 0, constant, part);

  return result;
}

/* From start to before end, as Python slices: below 0 is from the back, beyond an
 * end is that end. */
static gboolean
set_range (Part      *part,
           guint      axis,
           gint64     start,
           gint64     end,
           gint64     step,
           GError   **error)
{
  gint64 extent = part->shape.dims[axis];
  gint64 low = step < 0 ? -1 : 0;
  gint64 high = step < 0 ? extent - 1 : extent;

  if (step == 0 || step == G_MININT64)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "goes by steps of %" G_GINT64_FORMAT " along dimension %u", step, axis);
      return FALSE;
    }

  start = CLAMP (start < 0 ? start + extent : start, low, high);
  end = CLAMP (end < 0 ? end + extent : end, low, high);
  if (step > 0)
    part->shape.dims[axis] = start < end ? (end - start - 1) / step + 1 : 0;
  else
    part->shape.dims[axis] = start > end ? (start - end - 1) / -step + 1 : 0;
  part->begin[axis] = MAX (start, 0);
  part->step[axis] = part->shape.dims[axis] > 1 ? step : 1;

  return TRUE;
}

static gboolean
get_slice (CnnOnnxImporter    *self,
           const CnnOnnxNode  *node,
           Part               *part,
           GError            **error)
{
  gboolean seen[CNN_MAX_DIMS] = { FALSE };
  GArray *starts, *ends, *axes, *steps;

  if (!cnn_onnx_importer_get_list (self, node, "starts", 1, &starts, error) ||
      !cnn_onnx_importer_get_list (self, node, "ends", 2, &ends, error) ||
      !cnn_onnx_importer_get_list (self, node, "axes", 3, &axes, error) ||
      !cnn_onnx_importer_get_list (self, node, "steps", 4, &steps, error))
    return FALSE;

  if (starts == NULL || ends == NULL || starts->len != ends->len ||
      (axes != NULL && axes->len != starts->len) || (steps != NULL && steps->len != starts->len))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "has starts, ends, axes and steps of different lengths");
      return FALSE;
    }

  for (guint i = 0; i < starts->len; i++)
    {
      guint axis;

      if (!cnn_onnx_get_axis (axes != NULL ? g_array_index (axes, gint64, i) : i,
                              part->shape.n_dims, &axis, error))
        return FALSE;

      if (seen[axis])
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "slices dimension %u twice", axis);
          return FALSE;
        }
      seen[axis] = TRUE;

      if (!set_range (part, axis, g_array_index (starts, gint64, i), g_array_index (ends, gint64, i),
                      steps != NULL ? g_array_index (steps, gint64, i) : 1, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
import_slice (CnnOnnxImporter        *self,
              const CnnOnnxNode      *node,
              const CnnOnnxOperator  *operator,
              GError                **error)
{
  CnnOnnxLayer layer;
  CnnShape shape;
  guint index;
  Part part;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, &layer, &shape);
  part_init (&part, &shape);
  if (!get_slice (self, node, &part, error))
    return FALSE;

  if (cnn_shape_equal (&part.shape, &shape) && !(part.step[0] < 0))
    {
      gboolean is_whole = TRUE;

      for (guint i = 0; i < shape.n_dims; i++)
        is_whole = is_whole && part.step[i] == 1;
      if (is_whole)
        return cnn_onnx_importer_pass (self, node, 0, error);
    }

  if (part.shape.n_dims > 0 && part.shape.dims[0] != shape.dims[0] &&
      !cnn_onnx_importer_get_free_layer (self, node, 0, &layer, error))
    return FALSE;

  index = add_part (self, node, "", &layer, &part, error);

  return index != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, 0, index, layer.lead, error);
}

static gboolean
fold_slice (CnnOnnxImporter        *self,
            const CnnOnnxNode      *node,
            const CnnOnnxOperator  *operator,
            GError                **error)
{
  CnnOnnxConstant *constant = cnn_onnx_importer_get_constant (self, node, 0, error);
  CnnOnnxConstant *result;
  Part part;

  if (constant == NULL)
    return FALSE;

  part_init (&part, &constant->shape);
  if (!get_slice (self, node, &part, error))
    return FALSE;

  result = fold_part (self, constant, &part, error);

  return result != NULL && cnn_onnx_importer_set_constant (self, node, 0, result, error);
}

/* How many elements each output has along the axis: as said, or as equal as can
 * be, the last one smaller. */
static gboolean
get_split (CnnOnnxImporter    *self,
           const CnnOnnxNode  *node,
           gsize               extent,
           gsize              *sizes,
           GError            **error)
{
  guint n = node->outputs->len;
  gsize share, left = extent;
  GArray *list;

  if (!cnn_onnx_importer_get_list (self, node, "split", 1, &list, error))
    return FALSE;

  if (n == 0 || n > MAX_PARTS || (list != NULL && list->len != n))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "has %u outputs for %u parts, expected as many, up to %d",
                   n, list != NULL ? list->len : n, MAX_PARTS);
      return FALSE;
    }

  share = (extent + n - 1) / n;
  for (guint i = 0; i < n; i++)
    {
      gint64 size = list != NULL ? g_array_index (list, gint64, i) : (gint64) MIN (share, left);

      if (size < 0 || (gsize) size > left)
        break;
      sizes[i] = size;
      left -= size;
      if (i == n - 1 && left == 0)
        return TRUE;
    }

  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "%u parts are not the %" G_GSIZE_FORMAT " elements that there are", n, extent);

  return FALSE;
}

/* One Slice for each output. */
static gboolean
split (CnnOnnxImporter        *self,
       const CnnOnnxNode      *node,
       const CnnOnnxOperator  *operator,
       GError                **error)
{
  gboolean is_constant = cnn_onnx_importer_is_constant (self, node, 0);
  CnnOnnxConstant *constant = NULL;
  g_autofree gsize *sizes = g_new0 (gsize, MAX (node->outputs->len, 1));
  CnnOnnxLayer layer = { 0 };
  CnnShape shape;
  guint axis;
  Part part;

  if (is_constant)
    constant = cnn_onnx_importer_get_constant (self, node, 0, error);
  if (is_constant ? constant == NULL : !cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  if (is_constant)
    shape = constant->shape;
  else
    cnn_onnx_importer_get_shape (self, &layer, &shape);

  if (!cnn_onnx_get_axis (cnn_onnx_node_get_integer (node, "axis", 0), shape.n_dims, &axis, error) ||
      !get_split (self, node, shape.dims[axis], sizes, error) ||
      (!is_constant && axis == 0 && !cnn_onnx_importer_get_free_layer (self, node, 0, &layer, error)))
    return FALSE;

  part_init (&part, &shape);
  for (guint i = 0; i < node->outputs->len; i++)
    {
      g_autofree char *suffix = g_strdup_printf (".%u", i);
      gboolean good;

      part.shape.dims[axis] = sizes[i];
      if (is_constant)
        {
          CnnOnnxConstant *result = fold_part (self, constant, &part, error);

          good = result != NULL && cnn_onnx_importer_set_constant (self, node, i, result, error);
        }
      else
        {
          guint index = add_part (self, node, suffix, &layer, &part, error);

          good = index != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, i, index, layer.lead, error);
        }

      if (!good)
        return FALSE;
      part.begin[axis] += sizes[i];
    }

  return TRUE;
}

/* The elements that Gather takes along its axis, counted from the front. */
static gsize *
get_indices (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             const CnnShape     *shape,
             guint              *axis,
             GError            **error)
{
  GArray *list = cnn_onnx_importer_get_integers (self, node, 1, error);
  g_autofree gsize *indices = NULL;

  if (list == NULL ||
      !cnn_onnx_get_axis (cnn_onnx_node_get_integer (node, "axis", 0), shape->n_dims, axis, error))
    return NULL;

  indices = g_new (gsize, MAX (list->len, 1));
  for (guint i = 0; i < list->len; i++)
    {
      gint64 extent = shape->dims[*axis];
      gint64 index = g_array_index (list, gint64, i);

      if (index < -extent || index >= extent)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                       "takes element %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, index, extent);
          return NULL;
        }
      indices[i] = index < 0 ? index + extent : index;
    }

  return g_steal_pointer (&indices);
}

/* The axis is replaced by what shape the indices have. */
static gboolean
get_gather_shape (const CnnShape  *shape,
                  guint            axis,
                  const CnnShape  *indices,
                  CnnShape        *result,
                  GError         **error)
{
  if (shape->n_dims - 1 + indices->n_dims > CNN_MAX_DIMS)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "makes more than %d dimensions", CNN_MAX_DIMS);
      return FALSE;
    }

  *result = (CnnShape) { 0 };
  for (guint i = 0; i < axis; i++)
    result->dims[result->n_dims++] = shape->dims[i];
  for (guint i = 0; i < indices->n_dims; i++)
    result->dims[result->n_dims++] = indices->dims[i];
  for (guint i = axis + 1; i < shape->n_dims; i++)
    result->dims[result->n_dims++] = shape->dims[i];

  return TRUE;
}

static gboolean
fold_gather (CnnOnnxImporter        *self,
             const CnnOnnxNode      *node,
             const CnnOnnxOperator  *operator,
             GError                **error)
{
  CnnOnnxConstant *constant = cnn_onnx_importer_get_constant (self, node, 0, error);
  CnnOnnxConstant *list = constant != NULL ? cnn_onnx_importer_get_constant (self, node, 1, error) : NULL;
  g_autofree gsize *indices = NULL;
  g_autoptr (CnnOnnxConstant) joined = NULL;
  gsize strides[CNN_MAX_DIMS];
  CnnOnnxConstant *result;
  CnnShape shape;
  guint axis;
  Part part;

  if (list == NULL)
    return FALSE;

  indices = get_indices (self, node, &constant->shape, &axis, error);
  if (indices == NULL || !get_gather_shape (&constant->shape, axis, &list->shape, &shape, error))
    return FALSE;

  part_init (&part, &constant->shape);
  part.shape.dims[axis] = cnn_onnx_constant_get_n (list);
  joined = cnn_onnx_constant_new (constant->type, &part.shape, &self->files.own, error);
  if (joined == NULL)
    return FALSE;

  part.shape.dims[axis] = 1;
  cnn_onnx_get_strides (&joined->shape, strides);
  for (gsize i = 0; i < cnn_onnx_constant_get_n (list); i++)
    {
      part.begin[axis] = indices[i];
      copy_part (joined, i * strides[axis], constant, &part);
    }

  result = cnn_onnx_constant_reshape (joined, &shape, &self->files.own, error);

  return result != NULL && cnn_onnx_importer_set_constant (self, node, 0, result, error);
}

/* Slices of as many elements as follow one another in equal steps, joined where
 * there are several. */
static guint
add_gather (CnnOnnxImporter     *self,
            const CnnOnnxNode   *node,
            const CnnOnnxLayer  *layer,
            Part                *part,
            guint                axis,
            const gsize         *indices,
            gsize                n,
            GError             **error)
{
  guint parts[MAX_PARTS];
  guint n_parts = 0;
  CnnAttributes attributes;

  for (gsize i = 0; i < n;)
    {
      g_autofree char *suffix = g_strdup_printf (".%u", n_parts);
      gssize step = i + 1 < n ? (gssize) indices[i + 1] - (gssize) indices[i] : 1;
      gsize length = 1;

      while (step != 0 && i + length < n && indices[i + length] == indices[i + length - 1] + step)
        length++;

      part->begin[axis] = indices[i];
      part->step[axis] = length > 1 ? step : 1;
      part->shape.dims[axis] = length;
      parts[n_parts] = add_part (self, node, i == 0 && length == n ? "" : suffix, layer, part, error);
      if (parts[n_parts++] == CNN_NO_LAYER)
        return CNN_NO_LAYER;
      i += length;

      if (n_parts == MAX_PARTS && i < n)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                       "takes elements in no order, expected up to %d runs", MAX_PARTS);
          return CNN_NO_LAYER;
        }
    }

  if (n_parts == 1)
    return parts[0];

  cnn_attributes_init (&attributes);
  attributes.axis = axis + layer->lead;

  return cnn_onnx_importer_add_layer (self, node, "", CNN_KIND_CONCAT, &attributes, parts, n_parts, NULL, error);
}

static gboolean
import_gather (CnnOnnxImporter        *self,
               const CnnOnnxNode      *node,
               const CnnOnnxOperator  *operator,
               GError                **error)
{
  CnnOnnxConstant *list = cnn_onnx_importer_get_constant (self, node, 1, error);
  g_autofree gsize *indices = NULL;
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnShape shape, result;
  guint axis;
  Part part;

  if (list == NULL || !cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, &layer, &shape);
  indices = get_indices (self, node, &shape, &axis, error);
  if (indices == NULL || !get_gather_shape (&shape, axis, &list->shape, &result, error) ||
      (axis == 0 && !cnn_onnx_importer_get_free_layer (self, node, 0, &layer, error)))
    return FALSE;

  part_init (&part, &shape);
  layer.index = add_gather (self, node, &layer, &part, axis, indices, cnn_onnx_constant_get_n (list), error);
  if (layer.index == CNN_NO_LAYER)
    return FALSE;

  cnn_attributes_init (&attributes);
  attributes.shape = (CnnShape) { .n_dims = result.n_dims + layer.lead, .dims = { 1 } };
  for (guint i = 0; i < result.n_dims && i + layer.lead < CNN_MAX_DIMS; i++)
    attributes.shape.dims[i + layer.lead] = result.dims[i];
  if (list->shape.n_dims != 1)
    layer.index = cnn_onnx_importer_add_layer (self, node, ".shape", CNN_KIND_RESHAPE, &attributes,
                                               &layer.index, 1, NULL, error);

  return layer.index != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, 0, layer.index, layer.lead, error);
}

const CnnOnnxOperator cnn_onnx_select_operators[] = {
  { "Gather", "axis", import_gather, fold_gather },
  { "Slice", "axes ends starts", import_slice, fold_slice },
  { "Split", "axis num_outputs split", split, split },
  { NULL }
};
