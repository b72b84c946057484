#define G_LOG_DOMAIN "cnn-onnx"

/* Operators that take one number of each of several inputs. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include <math.h>

#include "core/cnn-error.h"

#define FUNCTION(name, expression)          \
  static double                             \
  name (const double *x,                    \
        guint         n,                    \
        const double *settings)             \
  {                                         \
    return expression;                      \
  }

#define REDUCE(name, expression)            \
  static double                             \
  name (const double *x,                    \
        guint         n,                    \
        const double *settings)             \
  {                                         \
    double sum = x[0];                      \
                                            \
    for (guint i = 1; i < n; i++)           \
      sum = expression;                     \
                                            \
    return sum;                             \
  }

REDUCE (added, sum + x[i])
REDUCE (greatest, MAX (sum, x[i]))
REDUCE (least, MIN (sum, x[i]))
FUNCTION (mean, added (x, n, settings) / n)

FUNCTION (subtracted, x[0] - x[1])
FUNCTION (multiplied, x[0] * x[1])
FUNCTION (divided, x[0] / x[1])
FUNCTION (power, pow (x[0], x[1]))
FUNCTION (remainder_of, settings[0] != 0 ? fmod (x[0], x[1]) : x[0] - x[1] * floor (x[0] / x[1]))
FUNCTION (equal, x[0] == x[1])
FUNCTION (less, x[0] < x[1])
FUNCTION (less_or_equal, x[0] <= x[1])
FUNCTION (greater, x[0] > x[1])
FUNCTION (greater_or_equal, x[0] >= x[1])
FUNCTION (both, x[0] != 0 && x[1] != 0)
FUNCTION (either, x[0] != 0 || x[1] != 0)
FUNCTION (one_of_two, (x[0] != 0) != (x[1] != 0))
FUNCTION (chosen, x[0] != 0 ? x[1] : x[2])

static gboolean
fold_same_type (CnnOnnxImporter        *self,
                const CnnOnnxNode      *node,
                const CnnOnnxOperator  *operator,
                GError                **error)
{
  /* Where's first input is its condition. */
  CnnOnnxConstant *constant = cnn_onnx_importer_get_constant (self, node, operator->function == chosen ? 1 : 0, error);

  return constant != NULL && cnn_onnx_fold_elements (self, node, operator, constant->type, error);
}

static gboolean
fold_truth (CnnOnnxImporter        *self,
            const CnnOnnxNode      *node,
            const CnnOnnxOperator  *operator,
            GError                **error)
{
  return cnn_onnx_fold_elements (self, node, operator, CNN_ONNX_BOOL, error);
}

/* The shape of what the inputs make together, as the graph knows it, and how many
 * dimensions come before. N is left alone if it is first in the largest layer and
 * nothing else has anything there. */
static gboolean
get_joint_shape (CnnOnnxImporter    *self,
                 const CnnOnnxNode  *node,
                 CnnShape           *joint,
                 guint              *lead,
                 GError            **error)
{
  guint n_layer_dims = 0;

  *lead = 0;
  for (guint i = 0; i < node->inputs->len; i++)
    {
      gboolean is_constant = cnn_onnx_importer_is_constant (self, node, i);
      CnnOnnxConstant *constant = is_constant ? cnn_onnx_importer_get_constant (self, node, i, error) : NULL;
      CnnOnnxLayer layer;
      CnnShape shape;

      if (is_constant ? constant == NULL : !cnn_onnx_importer_get_layer (self, node, i, &layer, error))
        return FALSE;

      if (is_constant)
        shape = constant->shape;
      else
        {
          cnn_onnx_importer_get_shape (self, &layer, &shape);
          n_layer_dims = MAX (n_layer_dims, shape.n_dims);
          *lead |= layer.lead;
        }

      if (!cnn_onnx_broadcast (joint, &shape, error))
        return FALSE;
    }

  if (joint->n_dims != n_layer_dims || n_layer_dims == 0 || joint->dims[0] != 1)
    *lead = 1;

  return TRUE;
}

/* Adds a layer of a layer and input i, a constant; a dimension that the graph does
 * not know of needs nothing of it. */
static guint
add_constant (CnnOnnxImporter    *self,
              const CnnOnnxNode  *node,
              const char         *suffix,
              CnnKind             kind,
              guint               layer,
              guint               i,
              GError            **error)
{
  CnnTensor *operand = cnn_onnx_importer_get_tensor (self, node, i, error);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { [CNN_PARAMETER_WEIGHT] = operand };
  CnnAttributes attributes;

  if (operand == NULL)
    return CNN_NO_LAYER;

  cnn_attributes_init (&attributes);
  attributes.constant_first = i == 0;

  return cnn_onnx_importer_add_layer (self, node, suffix, kind, &attributes, &layer, 1, parameters, error);
}

/* One layer of all inputs that are none, then one for each constant. */
static guint
add_joint (CnnOnnxImporter    *self,
           const CnnOnnxNode  *node,
           CnnKind             kind,
           guint               n_dims,
           guint               lead,
           GError            **error)
{
  g_autofree guint *layers = g_new (guint, node->inputs->len);
  guint n = node->inputs->len;
  guint n_layers = 0;
  guint result;

  for (guint i = 0; i < n; i++)
    if (!cnn_onnx_importer_is_constant (self, node, i))
      {
        CnnOnnxLayer layer;

        if (!cnn_onnx_importer_get_aligned_layer (self, node, i, n_dims, lead, &layer, error))
          return CNN_NO_LAYER;
        layers[n_layers++] = layer.index;
      }

  result = layers[0];
  if (n_layers > 1)
    result = cnn_onnx_importer_add_layer (self, node, n_layers < n ? ".layers" : "", kind, NULL,
                                          layers, n_layers, NULL, error);

  for (guint i = 0; i < n && result != CNN_NO_LAYER; i++)
    if (cnn_onnx_importer_is_constant (self, node, i))
      {
        g_autofree char *suffix = g_strdup_printf (".%u", i);

        n_layers++;
        result = add_constant (self, node, n_layers < n ? suffix : "", kind, result, i, error);
      }

  return result;
}

static gboolean
import_arithmetic (CnnOnnxImporter        *self,
                   const CnnOnnxNode      *node,
                   const CnnOnnxOperator  *operator,
                   GError                **error)
{
  CnnShape joint = { 0 };
  guint lead, index;

  if (!get_joint_shape (self, node, &joint, &lead, error))
    return FALSE;

  index = add_joint (self, node, operator->kind, joint.n_dims, lead, error);

  return index != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, 0, index, lead, error);
}

/* The sum, and 1/n of that. */
static gboolean
import_mean (CnnOnnxImporter        *self,
             const CnnOnnxNode      *node,
             const CnnOnnxOperator  *operator,
             GError                **error)
{
  float share = 1.0f / MAX (node->inputs->len, 1);
  g_autoptr (CnnTensor) factor = cnn_tensor_new_from_data (&(CnnShape) { 0 }, &share);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { [CNN_PARAMETER_WEIGHT] = factor };
  CnnShape joint = { 0 };
  guint lead, index;

  if (!get_joint_shape (self, node, &joint, &lead, error))
    return FALSE;

  index = add_joint (self, node, CNN_KIND_ADD, joint.n_dims, lead, error);
  if (index != CNN_NO_LAYER)
    index = cnn_onnx_importer_add_layer (self, node, ".share", CNN_KIND_MULTIPLY, NULL,
                                         &index, 1, parameters, error);

  return index != CNN_NO_LAYER && cnn_onnx_importer_set_layer (self, node, 0, index, lead, error);
}

/* One slope for all, or one a channel: N is not there, H and W are 1. */
static gboolean
import_prelu (CnnOnnxImporter        *self,
              const CnnOnnxNode      *node,
              const CnnOnnxOperator  *operator,
              GError                **error)
{
  CnnTensor *slope = cnn_onnx_importer_get_tensor (self, node, 1, error);
  g_autoptr (CnnTensor) vector = NULL;
  CnnTensor *parameters[CNN_N_PARAMETERS] = { NULL };
  CnnOnnxLayer layer;
  CnnShape shape, whole = { 0 };
  gsize n;

  if (slope == NULL || !cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_onnx_importer_get_shape (self, &layer, &shape);
  n = cnn_tensor_get_n_elements (slope);
  if (n != 1 && (shape.n_dims < 2 || layer.lead != 0 || n != shape.dims[1] ||
                 cnn_tensor_get_shape (slope)->n_dims + 1 < shape.n_dims ||
                 cnn_tensor_get_shape (slope)->dims[cnn_tensor_get_shape (slope)->n_dims + 1 - shape.n_dims] != n))
    {
      g_autofree char *text = cnn_shape_to_string (cnn_tensor_get_shape (slope));

      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "slope is %s, expected one number, or one a channel", text);
      return FALSE;
    }

  whole = CNN_SHAPE_1 (n);
  vector = cnn_tensor_reshape (slope, &whole);
  parameters[CNN_PARAMETER_WEIGHT] = vector;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_PRELU, NULL, &layer, parameters, error);
}

#define ARITHMETIC(type, kind, function) { type, "", import_arithmetic, fold_same_type, function, kind }
#define TRUTH(type, function) { type, "", NULL, fold_truth, function }

const CnnOnnxOperator cnn_onnx_arithmetic_operators[] = {
  ARITHMETIC ("Add", CNN_KIND_ADD, added),
  TRUTH ("And", both),
  ARITHMETIC ("Div", CNN_KIND_DIVIDE, divided),
  TRUTH ("Equal", equal),
  TRUTH ("Greater", greater),
  TRUTH ("GreaterOrEqual", greater_or_equal),
  TRUTH ("Less", less),
  TRUTH ("LessOrEqual", less_or_equal),
  ARITHMETIC ("Max", CNN_KIND_MAXIMUM, greatest),
  { "Mean", "", import_mean, fold_same_type, mean },
  ARITHMETIC ("Min", CNN_KIND_MINIMUM, least),
  { "Mod", "fmod", NULL, fold_same_type, remainder_of },
  ARITHMETIC ("Mul", CNN_KIND_MULTIPLY, multiplied),
  TRUTH ("Or", either),
  { "PRelu", "", import_prelu },
  ARITHMETIC ("Pow", CNN_KIND_POWER, power),
  ARITHMETIC ("Sub", CNN_KIND_SUBTRACT, subtracted),
  ARITHMETIC ("Sum", CNN_KIND_ADD, added),
  { "Where", "", NULL, fold_same_type, chosen },
  TRUTH ("Xor", one_of_two),
  { NULL }
};
