#define G_LOG_DOMAIN "cnn-onnx"

/* Operators that give the same numbers in another shape or order. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include "core/cnn-error.h"

/* The shape that an operator makes of its input's. */
typedef gboolean (*Reshape) (CnnOnnxImporter    *self,
                             const CnnOnnxNode  *node,
                             const CnnShape     *input,
                             CnnShape           *result,
                             GError            **error);

/* A picture's N is what the dimension before all others is that is 1; where there
 * is none, one is put there that the graph does not know of. */
static gboolean
emit_reshape (CnnOnnxImporter     *self,
              const CnnOnnxNode   *node,
              const CnnOnnxLayer  *layer,
              const CnnShape      *shape,
              GError             **error)
{
  gboolean has_n = shape->n_dims > 0 && shape->dims[0] == 1 && shape->n_dims > 1;
  guint lead = has_n ? 0 : 1;
  CnnAttributes attributes;
  CnnShape now;
  guint index;

  cnn_onnx_importer_get_shape (self, layer, &now);
  if (layer->lead == lead && cnn_shape_equal (&now, shape))
    return cnn_onnx_importer_pass (self, node, 0, error);

  if (shape->n_dims + lead > CNN_MAX_DIMS)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "makes %u dimensions, expected up to %u", shape->n_dims, CNN_MAX_DIMS - lead);
      return FALSE;
    }

  cnn_attributes_init (&attributes);
  attributes.shape.n_dims = shape->n_dims + lead;
  attributes.shape.dims[0] = 1;
  for (guint i = 0; i < shape->n_dims; i++)
    attributes.shape.dims[i + lead] = shape->dims[i];

  index = cnn_onnx_importer_add_layer (self, node, "", shape->n_dims == 2 && has_n && layer->lead == 0 && now.n_dims > 2
                                                         ? CNN_KIND_FLATTEN : CNN_KIND_RESHAPE,
                                       &attributes, &layer->index, 1, NULL, error);

  return index != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, 0, index, lead, error);
}

static gboolean
import_in_shape (CnnOnnxImporter    *self,
                 const CnnOnnxNode  *node,
                 Reshape             reshape,
                 GError            **error)
{
  CnnOnnxLayer layer;
  CnnShape input, shape = { 0 };

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, &layer, &input);

  return reshape (self, node, &input, &shape, error) && emit_reshape (self, node, &layer, &shape, error);
}

static gboolean
fold_in_shape (CnnOnnxImporter    *self,
               const CnnOnnxNode  *node,
               Reshape             reshape,
               GError            **error)
{
  CnnOnnxConstant *constant = cnn_onnx_importer_get_constant (self, node, 0, error);
  CnnOnnxConstant *result;
  CnnShape shape = { 0 };

  if (constant == NULL || !reshape (self, node, &constant->shape, &shape, error))
    return FALSE;

  result = cnn_onnx_constant_reshape (constant, &shape, &self->files.own, error);

  return result != NULL && cnn_onnx_importer_set_constant (self, node, 0, result, error);
}

static gboolean
check_n_dims (guint    n_dims,
              GError **error)
{
  if (n_dims <= CNN_MAX_DIMS)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "makes %u dimensions, expected up to %d", n_dims, CNN_MAX_DIMS);

  return FALSE;
}

/* 0 is as it is, unless allowzero says that it is 0; -1 is what is left. A batch
 * size that the graph was made for counts as 1. */
static gboolean
get_reshape (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             const CnnShape     *input,
             CnnShape           *result,
             GError            **error)
{
  gboolean allow_zero = cnn_onnx_node_get_integer (node, "allowzero", 0) != 0;
  gsize n = cnn_shape_get_n_elements (input);
  gsize known = 1;
  gint open = -1;
  GArray *wanted;

  if (!cnn_onnx_importer_get_list (self, node, "shape", 1, &wanted, error) ||
      (wanted != NULL && !check_n_dims (wanted->len, error)))
    return FALSE;

  result->n_dims = wanted != NULL ? wanted->len : 0;
  for (guint i = 0; i < result->n_dims; i++)
    {
      gint64 extent = g_array_index (wanted, gint64, i);

      if (extent == 0 && !allow_zero && i < input->n_dims)
        extent = input->dims[i];
      if (i == 0 && self->batch > 1 && extent == (gint64) self->batch)
        extent = 1;

      result->dims[i] = MAX (extent, 0);
      if (extent == -1 && open < 0)
        open = i;
      else if (extent < 0 || !g_size_checked_mul (&known, known, extent))
        open = G_MAXINT;
    }

  if (open >= 0 && open < G_MAXINT && known > 0)
    result->dims[open] = n / known;

  if (open < G_MAXINT && cnn_shape_is_valid (result) && cnn_shape_get_n_elements (result) == n)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "the shape that is wanted does not hold the %" G_GSIZE_FORMAT " numbers of the input", n);

  return FALSE;
}

static gboolean
get_flatten (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             const CnnShape     *input,
             CnnShape           *result,
             GError            **error)
{
  gint64 wanted = cnn_onnx_node_get_integer (node, "axis", 1);
  guint axis = input->n_dims;

  /* Behind the last one is a place too. */
  if (wanted != (gint64) input->n_dims && !cnn_onnx_get_axis (wanted, input->n_dims, &axis, error))
    return FALSE;

  *result = CNN_SHAPE_2 (1, 1);
  for (guint i = 0; i < input->n_dims; i++)
    result->dims[i < axis ? 0 : 1] *= input->dims[i];

  return TRUE;
}

/* Which of n_dims dimensions the node's axes name; FALSE in has_axes where it has
 * none. */
static gboolean
get_axes (CnnOnnxImporter    *self,
          const CnnOnnxNode  *node,
          guint               n_dims,
          gboolean            axes[CNN_MAX_DIMS],
          gboolean           *has_axes,
          GError            **error)
{
  GArray *list;

  if (!cnn_onnx_importer_get_list (self, node, "axes", 1, &list, error))
    return FALSE;

  *has_axes = list != NULL;
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      guint axis;

      if (!cnn_onnx_get_axis (g_array_index (list, gint64, i), n_dims, &axis, error))
        return FALSE;
      axes[axis] = TRUE;
    }

  return TRUE;
}

static gboolean
get_squeeze (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             const CnnShape     *input,
             CnnShape           *result,
             GError            **error)
{
  gboolean axes[CNN_MAX_DIMS] = { FALSE };
  gboolean has_axes;

  if (!get_axes (self, node, input->n_dims, axes, &has_axes, error))
    return FALSE;

  for (guint i = 0; i < input->n_dims; i++)
    {
      if (axes[i] && input->dims[i] != 1)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                       "dimension %u has %" G_GSIZE_FORMAT " elements, expected 1", i, input->dims[i]);
          return FALSE;
        }

      if (has_axes ? !axes[i] : input->dims[i] != 1)
        result->dims[result->n_dims++] = input->dims[i];
    }

  return TRUE;
}

static gboolean
get_unsqueeze (CnnOnnxImporter    *self,
               const CnnOnnxNode  *node,
               const CnnShape     *input,
               CnnShape           *result,
               GError            **error)
{
  gboolean axes[CNN_MAX_DIMS] = { FALSE };
  gboolean has_axes;
  guint n_new = 0;
  GArray *list;

  if (!cnn_onnx_importer_get_list (self, node, "axes", 1, &list, error))
    return FALSE;

  result->n_dims = input->n_dims + (list != NULL ? MIN (list->len, CNN_MAX_DIMS + 1) : 0);
  if (!check_n_dims (result->n_dims, error) ||
      !get_axes (self, node, result->n_dims, axes, &has_axes, error))
    return FALSE;

  for (guint i = 0; i < result->n_dims; i++)
    {
      n_new += axes[i];
      result->dims[i] = axes[i] || i - n_new >= input->n_dims ? 1 : input->dims[i - n_new];
    }

  if (n_new + input->n_dims == result->n_dims)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "names an axis twice");

  return FALSE;
}

/* One pair of functions for each operator. */
#define RESHAPE(name)                                       \
  static gboolean                                           \
  import_##name (CnnOnnxImporter        *self,              \
                 const CnnOnnxNode      *node,              \
                 const CnnOnnxOperator  *operator,          \
                 GError                **error)             \
  {                                                         \
    return import_in_shape (self, node, get_##name, error); \
  }                                                         \
                                                            \
  static gboolean                                           \
  fold_##name (CnnOnnxImporter        *self,                \
               const CnnOnnxNode      *node,                \
               const CnnOnnxOperator  *operator,            \
               GError                **error)               \
  {                                                         \
    return fold_in_shape (self, node, get_##name, error);   \
  }

RESHAPE (flatten)
RESHAPE (reshape)
RESHAPE (squeeze)
RESHAPE (unsqueeze)

/* Which dimension of the input each of the output is; all backwards where the node
 * does not say. */
static gboolean
get_permutation (const CnnOnnxNode  *node,
                 guint               n_dims,
                 guint              *permutation,
                 GError            **error)
{
  const CnnOnnxAttribute *attribute = cnn_onnx_node_find_attribute (node, "perm");
  const GArray *list = attribute != NULL ? attribute->integers : NULL;
  gboolean seen[CNN_MAX_DIMS] = { FALSE };

  for (guint i = 0; i < n_dims; i++)
    {
      gint64 from = list == NULL ? n_dims - 1 - i : i < list->len ? g_array_index (list, gint64, i) : -1;

      if (from < 0 || from >= n_dims || seen[from] || (list != NULL && list->len != n_dims))
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                       "perm has %u numbers, expected each dimension of %u once",
                       list != NULL ? list->len : 0, n_dims);
          return FALSE;
        }
      seen[from] = TRUE;
      permutation[i] = from;
    }

  return TRUE;
}

/* Whether all that has more than one element stays in order. */
static gboolean
keeps_order (const CnnShape *shape,
             const guint    *permutation)
{
  guint last = 0;

  for (guint i = 0; i < shape->n_dims; i++)
    if (shape->dims[permutation[i]] != 1)
      {
        if (permutation[i] < last)
          return FALSE;
        last = permutation[i];
      }

  return TRUE;
}

/* A Transpose to N×C×H×W takes back what the input's order would cost. */
static gboolean
take_back_nhwc (CnnOnnxImporter    *self,
                const CnnOnnxNode  *node,
                gboolean           *done,
                GError            **error)
{
  static const guint to_nchw[] = { 0, 3, 1, 2 };
  CnnOnnxValue *value = cnn_onnx_importer_get_value (self, node, 0, error);
  guint permutation[CNN_MAX_DIMS];

  *done = FALSE;
  if (value == NULL)
    return FALSE;

  if (!value->is_nhwc || value->layer.lead > 0)
    return TRUE;

  if (!get_permutation (node, G_N_ELEMENTS (to_nchw), permutation, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (to_nchw); i++)
    if (permutation[i] != to_nchw[i])
      return TRUE;

  *done = TRUE;

  return cnn_onnx_importer_set_layer (self, node, 0, value->layer.index, 0, error);
}

static gboolean
import_transpose (CnnOnnxImporter        *self,
                  const CnnOnnxNode      *node,
                  const CnnOnnxOperator  *operator,
                  GError                **error)
{
  guint permutation[CNN_MAX_DIMS];
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnShape shape, result;
  gboolean done;

  if (!take_back_nhwc (self, node, &done, error))
    return FALSE;

  if (done)
    return TRUE;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, &layer, &shape);
  if (!get_permutation (node, shape.n_dims, permutation, error))
    return FALSE;

  /* N×C×1×1 to N×1×1×C and the like. */
  if (keeps_order (&shape, permutation))
    {
      result = shape;
      for (guint i = 0; i < shape.n_dims; i++)
        result.dims[i] = shape.dims[permutation[i]];
      return emit_reshape (self, node, &layer, &result, error);
    }

  if (permutation[0] != 0 && !cnn_onnx_importer_get_free_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_attributes_init (&attributes);
  attributes.permutation[0] = 0;
  for (guint i = 0; i < shape.n_dims; i++)
    attributes.permutation[i + layer.lead] = permutation[i] + layer.lead;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_TRANSPOSE, &attributes, &layer, NULL, error);
}

static gboolean
fold_transpose (CnnOnnxImporter        *self,
                const CnnOnnxNode      *node,
                const CnnOnnxOperator  *operator,
                GError                **error)
{
  CnnOnnxConstant *constant = cnn_onnx_importer_get_constant (self, node, 0, error);
  guint permutation[CNN_MAX_DIMS];
  gsize own[CNN_MAX_DIMS], to[CNN_MAX_DIMS];
  gssize from[CNN_MAX_DIMS];
  CnnOnnxConstant *result;
  CnnShape shape;

  if (constant == NULL || !get_permutation (node, constant->shape.n_dims, permutation, error))
    return FALSE;

  shape = constant->shape;
  cnn_onnx_get_strides (&constant->shape, own);
  for (guint i = 0; i < shape.n_dims; i++)
    {
      shape.dims[i] = constant->shape.dims[permutation[i]];
      from[i] = own[permutation[i]];
    }

  result = cnn_onnx_constant_new (constant->type, &shape, &self->files.own, error);
  if (result == NULL)
    return FALSE;

  cnn_onnx_get_strides (&shape, to);
  cnn_onnx_constant_gather (result, 0, to, constant, 0, from, &shape);

  return cnn_onnx_importer_set_constant (self, node, 0, result, error);
}

const CnnOnnxOperator cnn_onnx_layout_operators[] = {
  { "Flatten", "axis", import_flatten, fold_flatten },
  { "Reshape", "allowzero shape", import_reshape, fold_reshape },
  { "Squeeze", "axes", import_squeeze, fold_squeeze },
  { "Transpose", "perm", import_transpose, fold_transpose },
  { "Unsqueeze", "axes", import_unsqueeze, fold_unsqueeze },
  { NULL }
};
