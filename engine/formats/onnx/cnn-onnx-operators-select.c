#define G_LOG_DOMAIN "cnn-onnx"

/* Operators that cut out a part of the numbers: Slice and Split. */

#include "formats/onnx/cnn-onnx-part-private.h"

#include "core/cnn-error.h"

/* More parts than any layer is cut into. */
#define MAX_PARTS 1024

/* From start to before end, as Python slices: below 0 is from the back, beyond an
 * end is that end. */
static gboolean
set_range (CnnOnnxPart      *part,
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
           CnnOnnxPart               *part,
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
  CnnOnnxPart part;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, &layer, &shape);
  cnn_onnx_part_init (&part, &shape);
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

  index = cnn_onnx_importer_add_part (self, node, "", &layer, &part, error);

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
  CnnOnnxPart part;

  if (constant == NULL)
    return FALSE;

  cnn_onnx_part_init (&part, &constant->shape);
  if (!get_slice (self, node, &part, error))
    return FALSE;

  result = cnn_onnx_importer_fold_part (self, constant, &part, error);

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
  CnnOnnxPart part;

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

  cnn_onnx_part_init (&part, &shape);
  for (guint i = 0; i < node->outputs->len; i++)
    {
      g_autofree char *suffix = g_strdup_printf (".%u", i);
      gboolean good;

      part.shape.dims[axis] = sizes[i];
      if (is_constant)
        {
          CnnOnnxConstant *result = cnn_onnx_importer_fold_part (self, constant, &part, error);

          good = result != NULL && cnn_onnx_importer_set_constant (self, node, i, result, error);
        }
      else
        {
          guint index = cnn_onnx_importer_add_part (self, node, suffix, &layer, &part, error);

          good = index != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, i, index, layer.lead, error);
        }

      if (!good)
        return FALSE;
      part.begin[axis] += sizes[i];
    }

  return TRUE;
}

const CnnOnnxOperator cnn_onnx_select_operators[] = {
  { "Slice", "axes ends starts", import_slice, fold_slice },
  { "Split", "axis num_outputs split", split, split },
  { NULL }
};
