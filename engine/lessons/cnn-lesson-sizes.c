#define G_LOG_DOMAIN "cnn-lesson-sizes"

#include "lessons/cnn-lesson-sizes.h"

#include "ops/cnn-op-private.h"

/* The lesson's network is a real one: sizes and counts come from the operations
 * that every network is made of. */

/* The greatest weight: 64 Mi numbers. Nothing is ever written to it. */
#define MAX_WEIGHTS ((guint64) 1 << 26)

static const struct
{
  const char *name;
  const char *formula;
} quantities[CNN_SIZES_N_QUANTITIES] = {
  [CNN_SIZES_CONV_SIZE] = { "conv_size", "⌈(M + 2r − k + 1) / s⌉" },
  [CNN_SIZES_POOL_SIZE] = { "pool_size", "⌈(O − k + 1) / s⌉" },
  [CNN_SIZES_MULTIPLICATIONS] = { "multiplications", "O² · channels · k² · filters" },
  [CNN_SIZES_ADDITIONS] = { "additions", "O² · (k² · channels − 1) · filters" },
  [CNN_SIZES_COMPARISONS] = { "comparisons", "P² · filters · (k² − 1)" },
  [CNN_SIZES_TOTAL] = { "total", "multiplications + additions + comparisons" },
};

/**
 * cnn_sizes_lesson_init:
 * @lesson: (out caller-allocates): the lesson's settings
 *
 * Sets @lesson to the homework's question: 14×14 with 30 channels, 12 filters
 * 4×4 with padding 1 and stride 2, then max pooling 3×3 with stride 2.
 */
void
cnn_sizes_lesson_init (CnnSizesLesson *lesson)
{
  *lesson = (CnnSizesLesson) {
    .input_size = 14,
    .channels = 30,
    .filters = 12,
    .kernel = 4,
    .stride = 2,
    .padding = 1,
    .pool_kernel = 3,
    .pool_stride = 2,
  };
}

static gboolean
check_settings (const CnnSizesLesson  *lesson,
                GError               **error)
{
  guint64 n;

  if (lesson->input_size == 0 || lesson->channels == 0 || lesson->filters == 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "%u×%u cells, %u channels and %u filters, expected at least one of each",
                   lesson->input_size, lesson->input_size, lesson->channels, lesson->filters);
      return FALSE;
    }

  if (!g_uint64_checked_mul (&n, lesson->filters, lesson->channels) ||
      !g_uint64_checked_mul (&n, n, lesson->kernel) ||
      !g_uint64_checked_mul (&n, n, lesson->kernel) ||
      n > MAX_WEIGHTS)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
                   "%u filters %u×%u for %u channels, expected at most %" G_GUINT64_FORMAT " numbers in all",
                   lesson->filters, lesson->kernel, lesson->kernel, lesson->channels, MAX_WEIGHTS);
      return FALSE;
    }

  return TRUE;
}

/* Lets one operation say what it makes of the input. */
static gboolean
solve_layer (CnnKind        kind,
             const char    *what,
             CnnTensor     *weight,
             guint          kernel,
             guint          stride,
             guint          padding,
             CnnShape      *shape,
             CnnCost       *cost,
             GError       **error)
{
  CnnTensor *parameters[CNN_N_PARAMETERS] = { weight };
  CnnAttributes attributes;
  CnnOpContext context = { kind, &attributes, parameters, 1 };
  CnnShape output;

  cnn_attributes_init (&attributes);
  for (guint axis = 0; axis < 2; axis++)
    {
      attributes.kernel[axis] = kernel;
      attributes.stride[axis] = stride;
      attributes.padding[axis] = attributes.padding[axis + 2] = padding;
    }

  if (!cnn_op_get (kind)->infer_shape (&context, shape, &output, error))
    {
      g_prefix_error (error, "%s: ", what);
      return FALSE;
    }

  cnn_op_get_cost (&context, shape, &output, CNN_CONVENTION_HOMEWORK, cost);
  *shape = output;

  return TRUE;
}

/**
 * cnn_sizes_lesson_solve:
 * @lesson: the settings
 * @answer: (out caller-allocates): what they come to
 * @error: return location for a #GError
 *
 * Works out sizes and counts, in the homework's convention. Settings that no
 * network can have are %CNN_ERROR_SHAPE, and the message says why.
 *
 * Returns: whether @answer was set
 */
gboolean
cnn_sizes_lesson_solve (const CnnSizesLesson  *lesson,
                        CnnSizesAnswer        *answer,
                        GError               **error)
{
  CnnShape shape = CNN_SHAPE_4 (1, lesson->channels, lesson->input_size, lesson->input_size);
  g_autoptr (CnnTensor) weight = NULL;
  CnnCost convolution, pooling;
  guint conv_size;

  if (!check_settings (lesson, error))
    return FALSE;

  /* Only its shape is asked for: no memory is touched. */
  weight = cnn_tensor_new_uninitialized (&CNN_SHAPE_4 (lesson->filters, lesson->channels,
                                                       lesson->kernel, lesson->kernel));

  if (!solve_layer (CNN_KIND_CONVOLUTION, "convolution", weight, lesson->kernel, lesson->stride, lesson->padding,
                    &shape, &convolution, error))
    return FALSE;

  conv_size = shape.dims[2];

  if (!solve_layer (CNN_KIND_MAX_POOL, "pooling", NULL, lesson->pool_kernel, lesson->pool_stride, 0,
                    &shape, &pooling, error))
    return FALSE;

  *answer = (CnnSizesAnswer) {
    .conv_size = conv_size,
    .pool_size = shape.dims[2],
    .multiplications = convolution.multiplications,
    .additions = convolution.additions,
    .comparisons = pooling.comparisons,
    .total = convolution.flops + pooling.flops,
  };

  return TRUE;
}

/**
 * cnn_sizes_answer_get:
 * @answer: an answer
 * @quantity: what is asked for
 *
 * Returns: that part of @answer
 */
guint64
cnn_sizes_answer_get (const CnnSizesAnswer *answer,
                      CnnSizesQuantity      quantity)
{
  switch (quantity)
    {
    case CNN_SIZES_CONV_SIZE:
      return answer->conv_size;
    case CNN_SIZES_POOL_SIZE:
      return answer->pool_size;
    case CNN_SIZES_MULTIPLICATIONS:
      return answer->multiplications;
    case CNN_SIZES_ADDITIONS:
      return answer->additions;
    case CNN_SIZES_COMPARISONS:
      return answer->comparisons;
    case CNN_SIZES_TOTAL:
      return answer->total;
    default:
      g_return_val_if_reached (0);
    }
}

/**
 * cnn_sizes_quantity_get_name:
 * @quantity: what is asked for
 *
 * Returns: its name, as scripts know it, such as `conv_size`
 */
const char *
cnn_sizes_quantity_get_name (CnnSizesQuantity quantity)
{
  g_return_val_if_fail (quantity < CNN_SIZES_N_QUANTITIES, NULL);

  return quantities[quantity].name;
}

/**
 * cnn_sizes_quantity_get_formula:
 * @quantity: what is asked for
 *
 * Says how it is worked out: M is the input's side, r the padding, k the kernel,
 * s the stride, O the convolution's and P the pooling's output side.
 *
 * Returns: the homework's formula
 */
const char *
cnn_sizes_quantity_get_formula (CnnSizesQuantity quantity)
{
  g_return_val_if_fail (quantity < CNN_SIZES_N_QUANTITIES, NULL);

  return quantities[quantity].formula;
}

/**
 * cnn_sizes_lesson_dup_working:
 * @lesson: the settings
 * @answer: what they come to
 * @quantity: what is asked for
 *
 * Fills the numbers into the formula. Large ones are grouped as the locale has
 * it.
 *
 * Returns: (transfer full): for example `⌈(14 + 2·1 − 4 + 1) / 2⌉ = 7`
 */
char *
cnn_sizes_lesson_dup_working (const CnnSizesLesson *lesson,
                              const CnnSizesAnswer *answer,
                              CnnSizesQuantity      quantity)
{
  const CnnSizesLesson *l = lesson;

  switch (quantity)
    {
    case CNN_SIZES_CONV_SIZE:
      return g_strdup_printf ("⌈(%u + 2·%u − %u + 1) / %u⌉ = %u",
                              l->input_size, l->padding, l->kernel, l->stride, answer->conv_size);

    case CNN_SIZES_POOL_SIZE:
      return g_strdup_printf ("⌈(%u − %u + 1) / %u⌉ = %u",
                              answer->conv_size, l->pool_kernel, l->pool_stride, answer->pool_size);

    case CNN_SIZES_MULTIPLICATIONS:
      return g_strdup_printf ("%u² · %u · %u² · %u = %'" G_GUINT64_FORMAT,
                              answer->conv_size, l->channels, l->kernel, l->filters, answer->multiplications);

    case CNN_SIZES_ADDITIONS:
      return g_strdup_printf ("%u² · (%u² · %u − 1) · %u = %'" G_GUINT64_FORMAT,
                              answer->conv_size, l->kernel, l->channels, l->filters, answer->additions);

    case CNN_SIZES_COMPARISONS:
      return g_strdup_printf ("%u² · %u · (%u² − 1) = %'" G_GUINT64_FORMAT,
                              answer->pool_size, l->filters, l->pool_kernel, answer->comparisons);

    case CNN_SIZES_TOTAL:
      return g_strdup_printf ("%'" G_GUINT64_FORMAT " + %'" G_GUINT64_FORMAT " + %'" G_GUINT64_FORMAT
                              " = %'" G_GUINT64_FORMAT,
                              answer->multiplications, answer->additions, answer->comparisons, answer->total);

    default:
      g_return_val_if_reached (NULL);
    }
}
