#define G_LOG_DOMAIN "cnn-onnx"

/* Operators that change the height and width of maps. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include <math.h>

#include "core/cnn-error.h"

/* A word of ONNX's and what it stands for. */
typedef struct
{
  const char *word;
  int value;
} Word;

static const Word coordinates[] = {
  { "half_pixel", CNN_COORDINATES_HALF_PIXEL },
  { "pytorch_half_pixel", CNN_COORDINATES_PYTORCH_HALF_PIXEL },
  { "align_corners", CNN_COORDINATES_ALIGN_CORNERS },
  { "asymmetric", CNN_COORDINATES_ASYMMETRIC },
  { NULL }
};

static const Word nearest_modes[] = {
  { "round_prefer_floor", CNN_INTERPOLATION_NEAREST_HALF_DOWN },
  { "round_prefer_ceil", CNN_INTERPOLATION_NEAREST_HALF_UP },
  { "floor", CNN_INTERPOLATION_FLOOR },
  { "ceil", CNN_INTERPOLATION_CEIL },
  { NULL }
};

static gboolean
read_word (const CnnOnnxNode  *node,
           const char         *attribute,
           const char         *fallback,
           const Word         *words,
           int                *value,
           GError            **error)
{
  const char *word = cnn_onnx_node_get_text (node, attribute, fallback);
  g_autoptr (GString) expected = g_string_new (NULL);

  for (guint i = 0; words[i].word != NULL; i++)
    {
      if (g_str_equal (word, words[i].word))
        {
          *value = words[i].value;
          return TRUE;
        }
      g_string_append_printf (expected, "%s%s", i > 0 ? ", " : "", words[i].word);
    }

  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "%s is %s, expected one of %s", attribute, word, expected->str);

  return FALSE;
}

/* Maps, N×C×H×W, with nothing put off. */
static gboolean
get_maps (CnnOnnxImporter    *self,
          const CnnOnnxNode  *node,
          CnnOnnxLayer       *layer,
          CnnShape           *shape,
          GError            **error)
{
  g_autofree char *text = NULL;

  if (!cnn_onnx_importer_get_layer (self, node, 0, layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, layer, shape);
  if (shape->n_dims == 4 && layer->lead == 0)
    return TRUE;

  text = cnn_shape_to_string (shape);
  g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
               "input is %s, expected feature maps, N×C×H×W", text);

  return FALSE;
}

/* For each axis that the node names, or for all, one number: scales are an attribute
 * of Upsample 7, input 1 of what came before Resize 11, and input 2 since then. */
static gboolean
read_scales (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             double             *scales,
             guint              *n,
             GError            **error)
{
  const CnnOnnxAttribute *attribute = cnn_onnx_node_find_attribute (node, "scales");
  guint input = g_str_equal (node->type, "Resize") && self->model->opset >= 11 ? 2 : 1;
  CnnTensor *tensor;

  *n = 0;
  if (attribute != NULL && attribute->numbers != NULL)
    {
      for (; *n < MIN (attribute->numbers->len, CNN_MAX_DIMS); (*n)++)
        scales[*n] = g_array_index (attribute->numbers, float, *n);
      return TRUE;
    }

  if (!cnn_onnx_importer_has_input (node, input))
    return TRUE;

  tensor = cnn_onnx_importer_get_tensor (self, node, input, error);
  if (tensor == NULL)
    return FALSE;

  for (; *n < MIN (cnn_tensor_get_n_elements (tensor), CNN_MAX_DIMS); (*n)++)
    scales[*n] = cnn_tensor_get_data (tensor)[*n];

  return TRUE;
}

/* The dimension that number i of scales or sizes belongs to. */
static gboolean
get_resized_axis (const CnnOnnxNode  *node,
                  guint               i,
                  guint              *axis,
                  GError            **error)
{
  const CnnOnnxAttribute *axes = cnn_onnx_node_find_attribute (node, "axes");

  *axis = i;
  if (axes == NULL || axes->integers == NULL)
    return i < 4 || cnn_onnx_get_axis (i, 4, axis, error);

  if (i < axes->integers->len)
    return cnn_onnx_get_axis (g_array_index (axes->integers, gint64, i), 4, axis, error);

  g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "has more scales or sizes than axes");

  return FALSE;
}

static gboolean
set_extent (CnnAttributes   *attributes,
            const CnnShape  *shape,
            guint            axis,
            double           extent,
            double           scale,
            GError         **error)
{
  if (axis < 2 ? extent != shape->dims[axis] : !(extent >= 1 && extent < G_MAXINT32))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "makes %g of the %" G_GSIZE_FORMAT " elements of dimension %u, expected to resize height and width",
                   extent, shape->dims[axis], axis);
      return FALSE;
    }

  if (axis >= 2)
    {
      attributes->output_size[axis - 2] = extent;
      attributes->scale[axis - 2] = scale;
    }

  return TRUE;
}

/* The size of the output: said outright, or as a scale. */
static gboolean
read_output_size (CnnOnnxImporter    *self,
                  const CnnOnnxNode  *node,
                  const CnnShape     *shape,
                  CnnAttributes      *attributes,
                  GError            **error)
{
  GArray *sizes = NULL;
  double scales[CNN_MAX_DIMS];
  guint n, axis;

  attributes->output_size[0] = shape->dims[2];
  attributes->output_size[1] = shape->dims[3];

  if (cnn_onnx_importer_has_input (node, 3))
    {
      sizes = cnn_onnx_importer_get_integers (self, node, 3, error);
      if (sizes == NULL)
        return FALSE;
    }

  for (guint i = 0; sizes != NULL && i < sizes->len; i++)
    {
      gint64 size = g_array_index (sizes, gint64, i);

      if (!get_resized_axis (node, i, &axis, error) ||
          !set_extent (attributes, shape, axis, axis == 0 && self->batch > 1 ? 1 : size, 0, error))
        return FALSE;
    }

  if (sizes != NULL)
    return TRUE;

  if (!read_scales (self, node, scales, &n, error))
    return FALSE;

  for (guint i = 0; i < n; i++)
    if (!get_resized_axis (node, i, &axis, error) ||
        !set_extent (attributes, shape, axis, floor (scales[i] * shape->dims[axis]), scales[i], error))
      return FALSE;

  if (n > 0)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "has neither scales nor sizes");

  return FALSE;
}

static gboolean
check_resize (const CnnOnnxNode  *node,
              gboolean           *is_linear,
              GError            **error)
{
  const char *mode = cnn_onnx_node_get_text (node, "mode", "nearest");
  const char *policy = cnn_onnx_node_get_text (node, "keep_aspect_ratio_policy", "stretch");

  *is_linear = g_str_equal (mode, "linear");
  if (cnn_onnx_node_get_integer (node, "antialias", 0) != 0 || !g_str_equal (policy, "stretch") ||
      !(*is_linear || g_str_equal (mode, "nearest")))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "mode is %s, %s%s, expected nearest or linear, stretch", mode, policy,
                   cnn_onnx_node_get_integer (node, "antialias", 0) != 0 ? ", antialias" : "");
      return FALSE;
    }

  return TRUE;
}

/* Before opset 11 pictures lay with their corners on one another. */
static gboolean
import_resize (CnnOnnxImporter        *self,
               const CnnOnnxNode      *node,
               const CnnOnnxOperator  *operator,
               GError                **error)
{
  gboolean is_old = self->model->opset < 11 || g_str_equal (node->type, "Upsample");
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnShape shape;
  gboolean is_linear;
  int where, what;

  cnn_attributes_init (&attributes);
  if (!get_maps (self, node, &layer, &shape, error) ||
      !check_resize (node, &is_linear, error) ||
      !read_word (node, "coordinate_transformation_mode", is_old ? "asymmetric" : "half_pixel",
                  coordinates, &where, error) ||
      !read_word (node, "nearest_mode", is_old ? "floor" : "round_prefer_floor", nearest_modes, &what, error) ||
      !read_output_size (self, node, &shape, &attributes, error))
    return FALSE;

  attributes.coordinates = where;
  attributes.interpolation = is_linear ? CNN_INTERPOLATION_LINEAR : what;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_RESIZE, &attributes, &layer, NULL, error);
}

static gboolean
import_depth_space (CnnOnnxImporter        *self,
                    const CnnOnnxNode      *node,
                    const CnnOnnxOperator  *operator,
                    GError                **error)
{
  static const Word modes[] = { { "DCR", TRUE }, { "CRD", FALSE }, { NULL } };
  gint64 size = cnn_onnx_node_get_integer (node, "blocksize", 0);
  CnnAttributes attributes;
  CnnOnnxLayer layer;
  CnnShape shape;

  cnn_attributes_init (&attributes);
  if (!get_maps (self, node, &layer, &shape, error) ||
      !read_word (node, "mode", "DCR", modes, &attributes.places_first, error))
    return FALSE;

  if (size < 1 || size > G_MAXUINT16)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "blocksize is %" G_GINT64_FORMAT ", expected 1 to %d", size, G_MAXUINT16);
      return FALSE;
    }
  attributes.size = size;

  return cnn_onnx_importer_emit (self, node, operator->kind, &attributes, &layer, NULL, error);
}

const CnnOnnxOperator cnn_onnx_resize_operators[] = {
  { "DepthToSpace", "blocksize mode", import_depth_space, NULL, NULL, CNN_KIND_DEPTH_TO_SPACE },
  { "Resize", "antialias axes coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value "
    "keep_aspect_ratio_policy mode nearest_mode scales", import_resize },
  { "SpaceToDepth", "blocksize", import_depth_space, NULL, NULL, CNN_KIND_SPACE_TO_DEPTH },
  { "Upsample", "mode scales", import_resize },
  { NULL }
};
