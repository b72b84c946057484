#define G_LOG_DOMAIN "cnn-onnx"

/* Gather: elements in any order. */

#include "formats/onnx/cnn-onnx-part-private.h"

#include "core/cnn-error.h"

/* More runs than any layer picks. */
#define MAX_PARTS 1024

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
  CnnOnnxPart part;

  if (list == NULL)
    return FALSE;

  indices = get_indices (self, node, &constant->shape, &axis, error);
  if (indices == NULL || !get_gather_shape (&constant->shape, axis, &list->shape, &shape, error))
    return FALSE;

  cnn_onnx_part_init (&part, &constant->shape);
  part.shape.dims[axis] = cnn_onnx_constant_get_n (list);
  joined = cnn_onnx_constant_new (constant->type, &part.shape, &self->files.own, error);
  if (joined == NULL)
    return FALSE;

  part.shape.dims[axis] = 1;
  cnn_onnx_get_strides (&joined->shape, strides);
  for (gsize i = 0; i < cnn_onnx_constant_get_n (list); i++)
    {
      part.begin[axis] = indices[i];
      cnn_onnx_part_copy (joined, i * strides[axis], constant, &part);
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
            CnnOnnxPart                *part,
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
      parts[n_parts] = cnn_onnx_importer_add_part (self, node, i == 0 && length == n ? "" : suffix, layer, part, error);
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
  CnnOnnxPart part;

  if (list == NULL || !cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, &layer, &shape);
  indices = get_indices (self, node, &shape, &axis, error);
  if (indices == NULL || !get_gather_shape (&shape, axis, &list->shape, &result, error) ||
      (axis == 0 && !cnn_onnx_importer_get_free_layer (self, node, 0, &layer, error)))
    return FALSE;

  cnn_onnx_part_init (&part, &shape);
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

const CnnOnnxOperator cnn_onnx_gather_operators[] = {
  { "Gather", "axis", import_gather, fold_gather },
  { NULL }
};
