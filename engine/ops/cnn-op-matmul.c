#define G_LOG_DOMAIN "cnn-op-matmul"

#include "ops/cnn-field-private.h"
#include "ops/cnn-walk-private.h"

/* Products of the matrices in the last two dimensions: …×M×K by …×K×N is …×M×N. The
 * dimensions before are stretched like those of arithmetic. Both operands are layers,
 * or one is a constant of the file, the parameter weight; a constant right operand
 * of two dimensions is a linear layer, which is quicker. */

/* The shapes of the left and right operand; a constant gets dimensions of 1 in front. */
static void
get_operands (const CnnOpContext *context,
              const CnnShape     *inputs,
              CnnShape           *left,
              CnnShape           *right)
{
  const CnnTensor *constant = context->parameters[CNN_PARAMETER_WEIGHT];
  CnnShape second = constant != NULL ? *cnn_tensor_get_shape (constant) : inputs[1];
  guint missing = second.n_dims < inputs[0].n_dims ? inputs[0].n_dims - second.n_dims : 0;
  CnnShape padded = { .n_dims = second.n_dims + missing };

  for (guint i = 0; i < padded.n_dims; i++)
    padded.dims[i] = i < missing ? 1 : second.dims[i - missing];

  *left = context->attributes->constant_first ? padded : inputs[0];
  *right = context->attributes->constant_first ? inputs[0] : padded;
}

static gboolean
check_operands (const CnnShape *left,
                const CnnShape *right)
{
  guint n = left->n_dims;

  if (n != right->n_dims || n < 3 || left->dims[n - 1] != right->dims[n - 2])
    return FALSE;

  for (guint i = 0; i < n - 2; i++)
    if (left->dims[i] != right->dims[i] && left->dims[i] != 1 && right->dims[i] != 1)
      return FALSE;

  return left->dims[0] == 1 && right->dims[0] == 1;
}

static gboolean
infer_shape (const CnnOpContext  *context,
             const CnnShape      *inputs,
             CnnShape            *output,
             GError             **error)
{
  guint needed = context->parameters[CNN_PARAMETER_WEIGHT] != NULL ? 1 : 2;
  CnnShape left, right;
  guint n;

  if (!cnn_op_check_inputs (context, needed, needed, error))
    return FALSE;

  get_operands (context, inputs, &left, &right);
  if (!check_operands (&left, &right))
    {
      g_autofree char *left_text = cnn_shape_to_string (&left);
      g_autofree char *right_text = cnn_shape_to_string (&right);

      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "operands are %s and %s, expected 1×…×M×K and 1×…×K×N", left_text, right_text);
      return FALSE;
    }

  n = left.n_dims;
  *output = left;
  output->dims[n - 1] = right.dims[n - 1];
  for (guint i = 0; i < n - 2; i++)
    output->dims[i] = MAX (left.dims[i], right.dims[i]);

  return TRUE;
}

static void
count (const CnnOpContext *context,
       const CnnShape     *inputs,
       const CnnShape     *output,
       CnnConvention       convention,
       CnnCost            *cost)
{
  CnnShape left, right;

  get_operands (context, inputs, &left, &right);
  cnn_op_count_dot_products (cnn_shape_get_n_elements (output), left.dims[left.n_dims - 1], FALSE, convention, cost);
}

/* Rows and columns are mixed with all that there is. */
static void
see (const CnnOpContext      *context,
     const CnnShape          *inputs,
     const CnnReceptiveField *fields,
     CnnReceptiveField       *output)
{
  CnnReceptiveField whole[2];
  CnnShape shape;

  if (!infer_shape (context, inputs, &shape, NULL))
    g_return_if_reached ();

  for (guint i = 0; i < context->n_inputs; i++)
    {
      whole[i] = fields[i];
      cnn_field_see_everything (&inputs[i], &fields[i], &whole[i]);
      for (guint axis = 0; axis < 2; axis++)
        whole[i].stride[axis] = 0;
    }

  cnn_field_join (inputs, whole, context->n_inputs, &shape, 0, output);
}

/* One matrix of the output. */
static void
multiply (const float *left,
          const float *right,
          float       *out,
          gsize        n_rows,
          gsize        n_inner,
          gsize        n_columns)
{
  for (gsize r = 0; r < n_rows; r++)
    for (gsize c = 0; c < n_columns; c++)
      {
        double sum = 0;

        for (gsize k = 0; k < n_inner; k++)
          sum += (double) left[r * n_inner + k] * right[k * n_columns + c];

        out[r * n_columns + c] = sum;
      }
}

/* The dimensions before a matrix, walked through in numbers of matrices. */
static void
init_walk (CnnWalk        *walk,
           const CnnShape *output,
           const CnnShape *operand)
{
  CnnShape matrices = *output, own = *operand;

  matrices.n_dims -= 2;
  own.n_dims -= 2;
  cnn_walk_init (walk, &matrices, &own);
}

static void
forward (const CnnOpContext     *context,
         const CnnTensor *const *inputs,
         CnnTensor              *output)
{
  const CnnTensor *second = context->n_inputs > 1 ? inputs[1] : context->parameters[CNN_PARAMETER_WEIGHT];
  gboolean is_first = context->attributes->constant_first;
  const float *left = cnn_tensor_get_data (is_first ? second : inputs[0]);
  const float *right = cnn_tensor_get_data (is_first ? inputs[0] : second);
  float *out = cnn_tensor_get_mutable_data (output);
  CnnShape shapes[2] = { *cnn_tensor_get_shape (inputs[0]), *cnn_tensor_get_shape (second) };
  CnnShape left_shape, right_shape;
  CnnWalk left_walk, right_walk;
  gsize n_rows, n_inner, n_columns, n;

  get_operands (context, shapes, &left_shape, &right_shape);
  n_rows = left_shape.dims[left_shape.n_dims - 2];
  n_inner = left_shape.dims[left_shape.n_dims - 1];
  n_columns = right_shape.dims[right_shape.n_dims - 1];
  n = cnn_tensor_get_n_elements (output) / (n_rows * n_columns);
  init_walk (&left_walk, cnn_tensor_get_shape (output), &left_shape);
  init_walk (&right_walk, cnn_tensor_get_shape (output), &right_shape);

  for (gsize i = 0; i < n; i++, cnn_walk_step (&left_walk), cnn_walk_step (&right_walk))
    multiply (left + left_walk.offset * (gssize) (n_rows * n_inner),
              right + right_walk.offset * (gssize) (n_inner * n_columns),
              out + i * n_rows * n_columns, n_rows, n_inner, n_columns);
}

const CnnOp cnn_op_matmul = {
  .name = "matmul",
  .infer_shape = infer_shape,
  .count = count,
  .see = see,
  .forward = forward,
};
