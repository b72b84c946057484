#include "support/reference.h"

#include <math.h>

/* What PyTorch answers for a row of numbers, worked out by hand from its rules:
 * output sizes with and without rounding up, and divisors with and without
 * padding. */
typedef struct
{
  CnnKind kind;
  guint n;                /* the row is 1, 2 … n */
  guint kernel;
  guint stride;
  guint dilation;
  guint before;
  guint after;
  gboolean ceil_mode;
  gboolean count_include_pad;
  guint n_expected;
  float expected[8];
} RowCase;

#define MAX_POOL CNN_KIND_MAX_POOL
#define AVERAGE CNN_KIND_AVERAGE_POOL

static const RowCase row_cases[] = {
  /* 6 − 3 is no multiple of 2: the sixth number is left over… */
  { MAX_POOL, 6, 3, 2, 1, 0, 0, FALSE, FALSE, 2, { 3, 5 } },
  /* …unless rounded up. */
  { MAX_POOL, 6, 3, 2, 1, 0, 0, TRUE, FALSE, 3, { 3, 5, 6 } },
  { MAX_POOL, 7, 3, 2, 1, 0, 0, TRUE, FALSE, 3, { 3, 5, 7 } },
  /* The extra window would start at 6, in the padding behind 6 numbers: dropped. */
  { MAX_POOL, 6, 2, 3, 1, 0, 1, TRUE, FALSE, 2, { 2, 5 } },
  { MAX_POOL, 3, 1, 2, 1, 0, 0, TRUE, FALSE, 2, { 1, 3 } },
  { MAX_POOL, 5, 2, 2, 1, 1, 1, TRUE, FALSE, 3, { 1, 3, 5 } },
  { MAX_POOL, 4, 2, 2, 1, 1, 1, TRUE, FALSE, 3, { 1, 3, 4 } },
  { MAX_POOL, 4, 2, 3, 1, 1, 1, TRUE, FALSE, 2, { 1, 4 } },
  { MAX_POOL, 3, 2, 3, 1, 1, 1, TRUE, FALSE, 2, { 1, 3 } },
  { MAX_POOL, 7, 3, 1, 2, 0, 0, FALSE, FALSE, 3, { 5, 6, 7 } },
  { MAX_POOL, 4, 3, 1, 2, 2, 2, FALSE, FALSE, 4, { 3, 4, 3, 4 } },
  { AVERAGE, 4, 2, 2, 1, 0, 0, FALSE, FALSE, 2, { 1.5, 3.5 } },
  { AVERAGE, 4, 3, 2, 1, 1, 1, FALSE, FALSE, 2, { 1.5, 3 } },
  { AVERAGE, 4, 3, 2, 1, 1, 1, FALSE, TRUE, 2, { 1, 3 } },
  /* Rounded up: the cells behind the padding are in no divisor. */
  { AVERAGE, 4, 3, 2, 1, 1, 1, TRUE, TRUE, 3, { 1, 3, 2 } },
  { AVERAGE, 4, 3, 2, 1, 1, 1, TRUE, FALSE, 3, { 1.5, 3, 4 } },
  { AVERAGE, 5, 2, 2, 1, 0, 0, TRUE, TRUE, 3, { 1.5, 3.5, 5 } },
  /* Padding on one side only, as TensorFlow's SAME has it. */
  { AVERAGE, 4, 3, 2, 1, 0, 1, FALSE, FALSE, 2, { 2, 3.5 } },
  { AVERAGE, 4, 3, 2, 1, 0, 1, FALSE, TRUE, 2, { 2, 7.0 / 3 } },
};

static void
check_row (const RowCase *row,
           gboolean       vertical)
{
  CnnShape shape = vertical ? CNN_SHAPE_4 (1, 1, row->n, 1) : CNN_SHAPE_4 (1, 1, 1, row->n);
  g_autoptr (CnnTensor) input = cnn_tensor_new_uninitialized (&shape);
  g_autoptr (CnnTensor) output = NULL;
  g_autoptr (GError) error = NULL;
  guint axis = vertical ? 0 : 1;
  CnnAttributes attributes;

  for (guint i = 0; i < row->n; i++)
    cnn_tensor_get_mutable_data (input)[i] = i + 1;

  cnn_attributes_init (&attributes);
  attributes.kernel[axis] = row->kernel;
  attributes.stride[axis] = row->stride;
  attributes.dilation[axis] = row->dilation;
  attributes.padding[axis] = row->before;
  attributes.padding[axis + 2] = row->after;
  attributes.ceil_mode = row->ceil_mode;
  attributes.count_include_pad = row->count_include_pad;

  output = reference_run_op (row->kind, &attributes, &input, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cnn_tensor_get_n_elements (output), ==, row->n_expected);
  for (guint i = 0; i < row->n_expected; i++)
    g_assert_cmpfloat_with_epsilon (cnn_tensor_get_data (output)[i], row->expected[i], 1e-6);
}

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (row_cases); i++)
    {
      check_row (&row_cases[i], FALSE);
      check_row (&row_cases[i], TRUE);
    }
}

static const RowCase separable_rows = { AVERAGE, 4, 3, 2, 1, 1, 1, TRUE, TRUE, 3, { 1, 3, 2 } };
static const RowCase separable_columns = { AVERAGE, 5, 2, 2, 1, 0, 0, TRUE, TRUE, 3, { 1.5, 3.5, 5 } };

/* A pooling of a product of a row and a column is the product of the poolings:
 * a check of both axes at once, with unlike settings. */
static void
test_separable (void)
{
  const RowCase *rows = &separable_rows, *columns = &separable_columns;
  g_autoptr (CnnTensor) input = cnn_tensor_new_uninitialized (&CNN_SHAPE_4 (2, 3, rows->n, columns->n));
  g_autoptr (CnnTensor) output = NULL;
  g_autoptr (GError) error = NULL;
  CnnAttributes attributes;
  const float *data;

  for (guint i = 0; i < 6 * rows->n * columns->n; i++)
    cnn_tensor_get_mutable_data (input)[i] = (i / (rows->n * columns->n) + 1) *
                                             (i / columns->n % rows->n + 1) * (i % columns->n + 1);

  cnn_attributes_init (&attributes);
  attributes.kernel[0] = rows->kernel;
  attributes.kernel[1] = columns->kernel;
  attributes.stride[0] = rows->stride;
  attributes.stride[1] = columns->stride;
  attributes.padding[0] = rows->before;
  attributes.padding[1] = columns->before;
  attributes.padding[2] = rows->after;
  attributes.padding[3] = columns->after;
  attributes.ceil_mode = TRUE;
  attributes.count_include_pad = TRUE;

  output = reference_run_op (CNN_KIND_AVERAGE_POOL, &attributes, &input, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cnn_tensor_get_n_elements (output), ==, 6 * rows->n_expected * columns->n_expected);

  data = cnn_tensor_get_data (output);
  for (guint p = 0; p < 6; p++)
    for (guint y = 0; y < rows->n_expected; y++)
      for (guint x = 0; x < columns->n_expected; x++)
        g_assert_cmpfloat_with_epsilon (*data++, (p + 1) * rows->expected[y] * columns->expected[x], 1e-5);
}

static void
test_max_of_negative (void)
{
  const float numbers[] = { -4, -3, -2, -1 };
  g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (&CNN_SHAPE_4 (1, 1, 2, 2), numbers);
  g_autoptr (CnnTensor) output = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  for (guint axis = 0; axis < 2; axis++)
    {
      attributes.kernel[axis] = attributes.stride[axis] = 2;
      attributes.padding[axis] = attributes.padding[axis + 2] = 1;
    }

  /* Were padding zero, it would win. */
  output = reference_run_op (CNN_KIND_MAX_POOL, &attributes, &input, 1, NULL, NULL);
  g_assert_cmpmem (cnn_tensor_get_data (output), sizeof numbers, numbers, sizeof numbers);
}

static void
test_max_keeps_nan (void)
{
  const float numbers[] = { 1, NAN, 3, 2 };
  g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (&CNN_SHAPE_4 (1, 1, 2, 2), numbers);
  g_autoptr (CnnTensor) output = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.kernel[0] = attributes.kernel[1] = 2;
  output = reference_run_op (CNN_KIND_MAX_POOL, &attributes, &input, 1, NULL, NULL);
  g_assert_true (isnan (cnn_tensor_get_data (output)[0]));
}

static void
test_adaptive (void)
{
  /* PyTorch on 1…n along the width. */
  static const struct { guint n, n_out; float expected[7]; } cases[] = {
    { 6, 1, { 3.5 } },
    { 6, 2, { 2, 5 } },
    { 5, 2, { 2, 4 } },                 /* windows 0–2 and 2–4 share a cell */
    { 7, 3, { 2, 4, 6 } },
    { 10, 4, { 2, 4, 7, 9 } },
    { 2, 7, { 1, 1, 1, 1.5, 2, 2, 2 } },
    { 4, 4, { 1, 2, 3, 4 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CnnTensor) input = cnn_tensor_new_uninitialized (&CNN_SHAPE_4 (1, 1, 3, cases[i].n));
      g_autoptr (CnnTensor) output = NULL;
      g_autoptr (GError) error = NULL;
      CnnAttributes attributes;

      for (guint k = 0; k < 3 * cases[i].n; k++)
        cnn_tensor_get_mutable_data (input)[k] = k % cases[i].n + 1;

      cnn_attributes_init (&attributes);
      attributes.output_size[1] = cases[i].n_out;
      output = reference_run_op (CNN_KIND_ADAPTIVE_AVERAGE_POOL, &attributes, &input, 1, NULL, &error);
      g_assert_no_error (error);
      for (guint k = 0; k < cases[i].n_out; k++)
        g_assert_cmpfloat_with_epsilon (cnn_tensor_get_data (output)[k], cases[i].expected[k], 1e-6);
    }
}

static void
test_errors (void)
{
  static const struct { guint n, kernel, dilation, before, after; const char *message; } cases[] = {
    { 4, 3, 1, 3, 0, "kernel 3 with padding 3 + 0 along the height: window 0 would see nothing but padding" },
    { 4, 3, 1, 0, 3, "kernel 3 with padding 0 + 3 along the height: window 4 would see nothing but padding" },
    { 1, 2, 3, 1, 2, "kernel 2 with padding 1 + 2 along the height: window 0 would see nothing but padding" },
    { 4, 5, 1, 0, 0, "kernel 5 is larger than the padded input, whose height is 4 (4 and padding 0 + 0)" },
    { 4, 0, 1, 0, 0, "kernel is 0 along the height, expected 1 to 65535" },
  };
  static const CnnKind kinds[] = { CNN_KIND_MAX_POOL, CNN_KIND_AVERAGE_POOL };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
      {
        g_autoptr (CnnTensor) input = cnn_tensor_new (&CNN_SHAPE_4 (1, 1, cases[i].n, 4));
        g_autoptr (GError) error = NULL;
        CnnAttributes attributes;

        cnn_attributes_init (&attributes);
        attributes.kernel[0] = cases[i].kernel;
        attributes.dilation[0] = cases[i].dilation;
        attributes.padding[0] = cases[i].before;
        attributes.padding[2] = cases[i].after;

        g_assert_null (reference_run_op (kinds[k], &attributes, &input, 1, NULL, &error));
        g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
        g_assert_cmpstr (error->message, ==, cases[i].message);
      }
}

static void
test_adaptive_errors (void)
{
  g_autoptr (CnnTensor) maps = cnn_tensor_new (&CNN_SHAPE_4 (1, 2, 4, 4));
  g_autoptr (CnnTensor) flat = cnn_tensor_new (&CNN_SHAPE_2 (1, 32));
  g_autoptr (GError) size_error = NULL;
  g_autoptr (GError) maps_error = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  g_assert_null (reference_run_op (CNN_KIND_ADAPTIVE_AVERAGE_POOL, &attributes, &flat, 1, NULL, &maps_error));
  g_assert_cmpstr (maps_error->message, ==, "input is 1×32, expected four dimensions N×C×H×W");

  attributes.output_size[1] = 0;
  g_assert_null (reference_run_op (CNN_KIND_ADAPTIVE_AVERAGE_POOL, &attributes, &maps, 1, NULL, &size_error));
  g_assert_cmpstr (size_error->message, ==, "output size is 1×0, expected 1 to 65535 each way");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/op-pool/rows", test_rows);
  g_test_add_func ("/engine/op-pool/separable", test_separable);
  g_test_add_func ("/engine/op-pool/max-of-negative", test_max_of_negative);
  g_test_add_func ("/engine/op-pool/max-keeps-nan", test_max_keeps_nan);
  g_test_add_func ("/engine/op-pool/adaptive", test_adaptive);
  g_test_add_func ("/engine/op-pool/errors", test_errors);
  g_test_add_func ("/engine/op-pool/adaptive-errors", test_adaptive_errors);

  return g_test_run ();
}
