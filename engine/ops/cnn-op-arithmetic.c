#define G_LOG_DOMAIN "cnn-op-arithmetic"

#include "ops/cnn-field-private.h"
#include "ops/cnn-walk-private.h"

#include <math.h>

/* Two operands or more, number by number: layers of as many dimensions, and
 * perhaps a constant of the file, the parameter weight. An operand that has an
 * extent of 1 where others have more is stretched; a constant may lack dimensions
 * at the front (NumPy's rules). The pictures of a batch lie along the first
 * dimension, so there a constant has nothing. */

static gboolean
takes_many (CnnKind kind)
{
  return kind == CNN_KIND_ADD || kind == CNN_KIND_MULTIPLY ||
         kind == CNN_KIND_MINIMUM || kind == CNN_KIND_MAXIMUM;
}

/* Lets the output grow to hold an operand. Returns: whether they fit */
static gboolean
stretch (CnnShape       *output,
         const CnnShape *operand)
{
  guint missing = output->n_dims - operand->n_dims;

  for (guint i = 0; i < operand->n_dims; i++)
    {
      gsize *extent = &output->dims[missing + i];

      if (*extent != operand->dims[i] && *extent != 1 && operand->dims[i] != 1)
        return FALSE;
      *extent = *extent == 1 ? operand->dims[i] : *extent;
    }

  return TRUE;
}

static gboolean
stretch_to_input (CnnShape        *output,
                  const CnnShape  *input,
                  guint            number,
                  GError         **error)
{
  g_autofree char *before = NULL;
  g_autofree char *text = NULL;
  CnnShape all = *output;

  if (input->n_dims == output->n_dims && input->dims[0] == output->dims[0] && stretch (output, input))
    return TRUE;

  before = cnn_shape_to_string (&all);
  text = cnn_shape_to_string (input);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "input %u is %s, which does not fit %s: expected the same extents, or 1", number, text, before);

  return FALSE;
}

static gboolean
stretch_to_constant (CnnShape        *output,
                     const CnnShape  *constant,
                     GError         **error)
{
  g_autofree char *before = NULL;
  g_autofree char *text = NULL;
  CnnShape all = *output;

  if ((constant->n_dims < output->n_dims ||
       (constant->n_dims == output->n_dims && (constant->n_dims == 0 || constant->dims[0] == 1))) &&
      stretch (output, constant))
    return TRUE;

  before = cnn_shape_to_string (&all);
  text = cnn_shape_to_string (constant);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "weight is %s, which does not fit %s: expected its last extents, or 1", text, before);

  return FALSE;
}

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  const CnnTensor *constant = context->parameters[CNN_PARAMETER_WEIGHT];
  guint needed = constant != NULL ? 1 : 2;

  if (!cnn_op_check_inputs (context, needed, takes_many (context->kind) ? G_MAXUINT : needed, error))
    return FALSE;

  *output = inputs[0];

  for (guint i = 1; i < context->n_inputs; i++)
    if (!stretch_to_input (output, &inputs[i], i + 1, error))
      return FALSE;

  return constant == NULL || stretch_to_constant (output, cnn_tensor_get_shape (constant), error);
}

static void
count (const CnnOpContext *context,
       const CnnShape     *inputs,
       const CnnShape     *output,
       CnnConvention       convention,
       CnnCost            *cost)
{
  guint n_operands = context->n_inputs + (context->parameters[CNN_PARAMETER_WEIGHT] != NULL ? 1 : 0);
  guint64 n = cnn_shape_get_n_elements (output) * (guint64) (n_operands - 1);

  switch (context->kind)
    {
    case CNN_KIND_ADD:
    case CNN_KIND_SUBTRACT:
      cost->additions = n;
      break;

    case CNN_KIND_MULTIPLY:
    case CNN_KIND_DIVIDE:
      cost->multiplications = n;
      break;

    case CNN_KIND_MINIMUM:
    case CNN_KIND_MAXIMUM:
      cost->comparisons = n;
      break;

    case CNN_KIND_POWER:
      break;

    default:
      g_assert_not_reached ();
    }
}

/* A cell sees what the cells in its place see in all branches; a constant sees
 * nothing. */
static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  CnnShape joined;

  if (!infer_shape (context, inputs, &joined, NULL))
    g_return_if_reached ();

  cnn_field_join (inputs, fields, context->n_inputs, &joined, 0, output);
}

/* Of a number and a NaN the NaN is the greater and the lesser, so that it is seen
 * at the output. */
static double
compute (CnnKind kind,
         double  a,
         double  b)
{
  switch (kind)
    {
    case CNN_KIND_ADD:
      return a + b;
    case CNN_KIND_SUBTRACT:
      return a - b;
    case CNN_KIND_MULTIPLY:
      return a * b;
    case CNN_KIND_DIVIDE:
      return a / b;
    case CNN_KIND_MINIMUM:
      return a < b || isnan (a) ? a : b;
    case CNN_KIND_MAXIMUM:
      return a > b || isnan (a) ? a : b;
    case CNN_KIND_POWER:
      return pow (a, b);
    default:
      g_return_val_if_reached (NAN);
    }
}

/* values op operand, or operand op values where it is the left one. */
static void
combine (const CnnOpContext *context,
         const CnnShape     *shape,
         const CnnTensor    *operand,
         gboolean            is_left,
         double             *values)
{
  gsize n = cnn_shape_get_n_elements (shape);
  const float *data = cnn_tensor_get_data (operand);
  CnnWalk walk;

  cnn_walk_init (&walk, shape, cnn_tensor_get_shape (operand));

  for (gsize i = 0; i < n; i++, cnn_walk_step (&walk))
    values[i] = is_left ? compute (context->kind, data[walk.offset], values[i])
                        : compute (context->kind, values[i], data[walk.offset]);
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const CnnTensor *constant = context->parameters[CNN_PARAMETER_WEIGHT];
  const CnnShape *shape = cnn_tensor_get_shape (output);
  gsize n = cnn_shape_get_n_elements (shape);
  g_autofree double *values = g_new (double, n);
  CnnWalk walk;

  cnn_walk_init (&walk, shape, cnn_tensor_get_shape (inputs[0]));
  for (gsize i = 0; i < n; i++, cnn_walk_step (&walk))
    values[i] = cnn_tensor_get_data (inputs[0])[walk.offset];

  for (guint k = 1; k < context->n_inputs; k++)
    combine (context, shape, inputs[k], FALSE, values);
  if (constant != NULL)
    combine (context, shape, constant, context->attributes->constant_first, values);

  for (gsize i = 0; i < n; i++)
    cnn_tensor_get_mutable_data (output)[i] = values[i];
}

#define ARITHMETIC(kind, name_) \
  [CNN_KIND_##kind - CNN_FIRST_ARITHMETIC] = \
    { .name = name_, .infer_shape = infer_shape, .count = count, .see = see, .forward = forward, \
      .backward = cnn_op_arithmetic_backward }

const CnnOp cnn_op_arithmetic[] = {
  ARITHMETIC (ADD, "add"),
  ARITHMETIC (SUBTRACT, "subtract"),
  ARITHMETIC (MULTIPLY, "multiply"),
  ARITHMETIC (DIVIDE, "divide"),
  ARITHMETIC (MINIMUM, "minimum"),
  ARITHMETIC (MAXIMUM, "maximum"),
  ARITHMETIC (POWER, "power"),
};
