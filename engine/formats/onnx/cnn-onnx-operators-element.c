#define G_LOG_DOMAIN "cnn-onnx"

/* Operators that work on each number by itself. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include <float.h>
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

FUNCTION (absolute, fabs (x[0]))
FUNCTION (ceiling, ceil (x[0]))
FUNCTION (cosine, cos (x[0]))
FUNCTION (elu, x[0] > 0 ? settings[1] * x[0] : settings[1] * settings[0] * expm1 (x[0]))
FUNCTION (error_function, erf (x[0]))
FUNCTION (exponential, exp (x[0]))
FUNCTION (floored, floor (x[0]))
FUNCTION (hard_sigmoid, CLAMP (settings[0] * x[0] + settings[1], 0, 1))
FUNCTION (leaky_relu, x[0] > 0 ? x[0] : settings[0] * x[0])
FUNCTION (logarithm, log (x[0]))
FUNCTION (negated, -x[0])
FUNCTION (not_true, x[0] == 0)
FUNCTION (reciprocal, 1 / x[0])
FUNCTION (relu, MAX (x[0], 0))
FUNCTION (rounded, rint (x[0]))
FUNCTION (same, x[0])
FUNCTION (sigmoid, 1 / (1 + exp (-x[0])))
FUNCTION (sign, (x[0] > 0) - (x[0] < 0))
FUNCTION (sine, sin (x[0]))
FUNCTION (softplus, log1p (exp (-fabs (x[0]))) + MAX (x[0], 0))
FUNCTION (softsign, x[0] / (1 + fabs (x[0])))
FUNCTION (square_root, sqrt (x[0]))
FUNCTION (hyperbolic_tangent, tanh (x[0]))

static gboolean
fold_element (CnnOnnxImporter        *self,
              const CnnOnnxNode      *node,
              const CnnOnnxOperator  *operator,
              GError                **error)
{
  CnnOnnxConstant *constant = cnn_onnx_importer_get_constant (self, node, 0, error);

  return constant != NULL && cnn_onnx_fold_elements (self, node, operator, constant->type, error);
}

static gboolean
import_element (CnnOnnxImporter        *self,
                const CnnOnnxNode      *node,
                const CnnOnnxOperator  *operator,
                GError                **error)
{
  double settings[CNN_ONNX_N_SETTINGS];
  CnnAttributes attributes;
  CnnOnnxLayer layer;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  cnn_attributes_init (&attributes);
  cnn_onnx_operator_get_settings (operator, node, settings);
  if (operator->function == leaky_relu || operator->function == hard_sigmoid || operator->function == elu)
    attributes.alpha = settings[0];
  if (operator->function == hard_sigmoid)
    attributes.beta = settings[1];
  if (operator->function == elu)
    attributes.gamma = settings[1];

  return cnn_onnx_importer_emit (self, node, operator->kind, &attributes, &layer, NULL, error);
}

/* alpha · ELU (x / alpha). */
static gboolean
import_celu (CnnOnnxImporter        *self,
             const CnnOnnxNode      *node,
             const CnnOnnxOperator  *operator,
             GError                **error)
{
  float alpha = cnn_onnx_node_get_number (node, "alpha", 1);
  g_autoptr (CnnTensor) divisor = cnn_tensor_new_from_data (&(CnnShape) { 0 }, &alpha);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { [CNN_PARAMETER_WEIGHT] = divisor };
  CnnAttributes attributes;
  CnnOnnxLayer layer;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  layer.index = cnn_onnx_importer_add_layer (self, node, ".divide", CNN_KIND_DIVIDE, NULL,
                                             &layer.index, 1, parameters, error);
  if (layer.index == CNN_NO_LAYER)
    return FALSE;

  cnn_attributes_init (&attributes);
  attributes.gamma = alpha;

  return cnn_onnx_importer_emit (self, node, CNN_KIND_ELU, &attributes, &layer, NULL, error);
}

static gboolean
import_gelu (CnnOnnxImporter        *self,
             const CnnOnnxNode      *node,
             const CnnOnnxOperator  *operator,
             GError                **error)
{
  const char *form = cnn_onnx_node_get_text (node, "approximate", "none");
  CnnAttributes attributes;
  CnnOnnxLayer layer;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error))
    return FALSE;

  if (!g_str_equal (form, "none") && !g_str_equal (form, "tanh"))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "approximate is %s, expected none or tanh", form);
      return FALSE;
    }

  cnn_attributes_init (&attributes);
  attributes.tanh_form = g_str_equal (form, "tanh");

  return cnn_onnx_importer_emit (self, node, CNN_KIND_GELU, &attributes, &layer, NULL, error);
}

/* The bounds of Clip: attributes, since opset 11 inputs; either may be left out. */
static gboolean
read_bounds (CnnOnnxImporter    *self,
             const CnnOnnxNode  *node,
             double             *minimum,
             double             *maximum,
             GError            **error)
{
  *minimum = cnn_onnx_node_get_number (node, "min", -FLT_MAX);
  *maximum = cnn_onnx_node_get_number (node, "max", FLT_MAX);
  if (!cnn_onnx_importer_get_number (self, node, 1, minimum, error) ||
      !cnn_onnx_importer_get_number (self, node, 2, maximum, error))
    return FALSE;

  if (*minimum <= *maximum)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "clips to %g … %g", *minimum, *maximum);

  return FALSE;
}

static gboolean
import_clip (CnnOnnxImporter        *self,
             const CnnOnnxNode      *node,
             const CnnOnnxOperator  *operator,
             GError                **error)
{
  double minimum, maximum;
  CnnAttributes attributes;
  CnnOnnxLayer layer;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error) ||
      !read_bounds (self, node, &minimum, &maximum, error))
    return FALSE;

  cnn_attributes_init (&attributes);
  attributes.minimum = CLAMP (minimum, -FLT_MAX, FLT_MAX);
  attributes.maximum = CLAMP (maximum, -FLT_MAX, FLT_MAX);

  return cnn_onnx_importer_emit (self, node, CNN_KIND_CLIP, &attributes, &layer, NULL, error);
}

static gboolean
fold_clip (CnnOnnxImporter        *self,
           const CnnOnnxNode      *node,
           const CnnOnnxOperator  *operator,
           GError                **error)
{
  CnnOnnxConstant *constant = cnn_onnx_importer_get_constant (self, node, 0, error);
  CnnOnnxConstant *result;
  double minimum, maximum;

  if (constant == NULL || !read_bounds (self, node, &minimum, &maximum, error))
    return FALSE;

  result = cnn_onnx_constant_new (constant->type, &constant->shape, &self->files.own, error);
  if (result == NULL)
    return FALSE;

  for (gsize i = 0; i < cnn_onnx_constant_get_n (result); i++)
    cnn_onnx_constant_set (result, i, CLAMP (cnn_onnx_constant_get (constant, i), minimum, maximum));

  return cnn_onnx_importer_set_constant (self, node, 0, result, error);
}

/* In a network that is only run it does nothing, and is shown. */
static gboolean
import_dropout (CnnOnnxImporter        *self,
                const CnnOnnxNode      *node,
                const CnnOnnxOperator  *operator,
                GError                **error)
{
  double training = 0;
  CnnOnnxLayer layer;

  if (!cnn_onnx_importer_get_layer (self, node, 0, &layer, error) ||
      !cnn_onnx_importer_get_number (self, node, 2, &training, error))
    return FALSE;

  if (training != 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "is in training mode: export the model after model.eval()");
      return FALSE;
    }

  return cnn_onnx_importer_emit (self, node, CNN_KIND_DROPOUT, NULL, &layer, NULL, error);
}

static gboolean
pass (CnnOnnxImporter        *self,
      const CnnOnnxNode      *node,
      const CnnOnnxOperator  *operator,
      GError                **error)
{
  return cnn_onnx_importer_pass (self, node, 0, error);
}

/* All floating-point numbers of a layer are float32. */
static gboolean
import_cast (CnnOnnxImporter        *self,
             const CnnOnnxNode      *node,
             const CnnOnnxOperator  *operator,
             GError                **error)
{
  gint64 to = cnn_onnx_node_get_integer (node, "to", CNN_ONNX_FLOAT);

  if (!cnn_onnx_type_check (to, error))
    return FALSE;

  if (!cnn_onnx_type_is_floating (to))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "makes ONNX's type %" G_GINT64_FORMAT " of a layer's output, expected floating point", to);
      return FALSE;
    }

  return cnn_onnx_importer_pass (self, node, 0, error);
}

static gboolean
fold_cast (CnnOnnxImporter        *self,
           const CnnOnnxNode      *node,
           const CnnOnnxOperator  *operator,
           GError                **error)
{
  CnnOnnxConstant *constant = cnn_onnx_importer_get_constant (self, node, 0, error);
  gint64 to = cnn_onnx_node_get_integer (node, "to", CNN_ONNX_FLOAT);

  if (constant == NULL || !cnn_onnx_type_check (to, error))
    return FALSE;

  /* A half, say, is a float32 here already. */
  if (cnn_onnx_type_is_floating (to) && cnn_onnx_type_is_floating (constant->type))
    return cnn_onnx_importer_pass (self, node, 0, error);

  return cnn_onnx_fold_elements (self, node, operator, to, error);
}

static gboolean
import_cast_like (CnnOnnxImporter        *self,
                  const CnnOnnxNode      *node,
                  const CnnOnnxOperator  *operator,
                  GError                **error)
{
  /* What is floating point stays so; there is nothing else to make of a layer. */
  return cnn_onnx_importer_pass (self, node, 0, error);
}

#define ELEMENT(type, attributes, kind, function, ...) \
  { type, attributes, import_element, fold_element, function, kind, { __VA_ARGS__ } }
#define FOLDED(type, function) { type, "", NULL, fold_element, function }

const CnnOnnxOperator cnn_onnx_element_operators[] = {
  ELEMENT ("Abs", "", CNN_KIND_ABS, absolute),
  { "Cast", "saturate to", import_cast, fold_cast, same },
  { "CastLike", "saturate", import_cast_like },

  ELEMENT ("Ceil", "", CNN_KIND_CEIL, ceiling),
  { "Celu", "alpha", import_celu },
  { "Clip", "max min", import_clip, fold_clip },
  FOLDED ("Cos", cosine),
  { "Dropout", "is_test ratio seed", import_dropout, pass },
  ELEMENT ("Elu", "alpha", CNN_KIND_ELU, elu, 1, 1),
  ELEMENT ("Erf", "", CNN_KIND_ERF, error_function),
  ELEMENT ("Exp", "", CNN_KIND_EXP, exponential),
  ELEMENT ("Floor", "", CNN_KIND_FLOOR, floored),
  { "Gelu", "approximate", import_gelu },
  ELEMENT ("HardSigmoid", "alpha beta", CNN_KIND_HARD_SIGMOID, hard_sigmoid, 0.2, 0.5),
  { "HardSwish", "", import_element, NULL, NULL, CNN_KIND_HARD_SWISH },
  { "Identity", "", pass, pass },
  ELEMENT ("LeakyRelu", "alpha", CNN_KIND_LEAKY_RELU, leaky_relu, 0.01),
  ELEMENT ("Log", "", CNN_KIND_LOG, logarithm),
  { "Mish", "", import_element, NULL, NULL, CNN_KIND_MISH },
  ELEMENT ("Neg", "", CNN_KIND_NEGATE, negated),
  FOLDED ("Not", not_true),
  ELEMENT ("Reciprocal", "", CNN_KIND_RECIPROCAL, reciprocal),
  ELEMENT ("Relu", "", CNN_KIND_RELU, relu),
  ELEMENT ("Round", "", CNN_KIND_ROUND, rounded),
  ELEMENT ("Selu", "alpha gamma", CNN_KIND_ELU, elu, 1.67326319217681884765625, 1.05070102214813232421875),
  ELEMENT ("Sigmoid", "", CNN_KIND_SIGMOID, sigmoid),
  FOLDED ("Sign", sign),
  FOLDED ("Sin", sine),
  ELEMENT ("Softplus", "", CNN_KIND_SOFTPLUS, softplus),
  ELEMENT ("Softsign", "", CNN_KIND_SOFTSIGN, softsign),
  ELEMENT ("Sqrt", "", CNN_KIND_SQRT, square_root),
  ELEMENT ("Tanh", "", CNN_KIND_TANH, hyperbolic_tangent),
  { NULL }
};
