#include "kernels/cnn-kernel-table.h"
#include "kernels/cnn-map.h"
#include "support/field.h"
#include "support/random.h"
#include "support/reference.h"

#include <math.h>

/* The functions of a finish, for each instruction set that this processor has,
 * against the operations, which compute in double by the C library. */

#define N_CHANNELS 40
#define SIZE 25

typedef struct
{
  CnnKind kind;
  CnnFunctionId id;
  double low;
  double high;
  gboolean tanh_form;
} FunctionCase;

static const FunctionCase cases[] = {
  { CNN_KIND_ELU, CNN_FUNCTION_ELU, -20, 20 },
  { CNN_KIND_SIGMOID, CNN_FUNCTION_SIGMOID, -80, 80 },
  { CNN_KIND_HARD_SIGMOID, CNN_FUNCTION_HARD_SIGMOID, -5, 5 },
  { CNN_KIND_HARD_SWISH, CNN_FUNCTION_HARD_SWISH, -5, 5 },
  { CNN_KIND_SILU, CNN_FUNCTION_SILU, -80, 80 },
  { CNN_KIND_GELU, CNN_FUNCTION_GELU, -8, 8 },
  { CNN_KIND_GELU, CNN_FUNCTION_GELU_TANH, -8, 8, TRUE },
  { CNN_KIND_MISH, CNN_FUNCTION_MISH, -40, 40 },
  { CNN_KIND_SOFTSIGN, CNN_FUNCTION_SOFTSIGN, -100, 100 },
  { CNN_KIND_TANH, CNN_FUNCTION_TANH, -20, 20 },
  { CNN_KIND_TANH, CNN_FUNCTION_TANH, -0.01, 0.01 },
  { CNN_KIND_ERF, CNN_FUNCTION_ERF, -6, 6 },
  { CNN_KIND_ERF, CNN_FUNCTION_ERF, -0.01, 0.01 },
  { CNN_KIND_EXP, CNN_FUNCTION_EXP, -87, 88 },
  { CNN_KIND_SQRT, CNN_FUNCTION_SQRT, 0, 1000 },
  { CNN_KIND_RECIPROCAL, CNN_FUNCTION_RECIPROCAL, 0.001, 1000 },
  { CNN_KIND_ABS, CNN_FUNCTION_ABS, -5, 5 },
  { CNN_KIND_NEGATE, CNN_FUNCTION_NEGATE, -5, 5 },
};

/* Where a difference of near numbers cancels, no function can be exact to its own
 * size: then it is to that of the numbers, of which x in GELU may be 8. */
static double
get_tolerance (const FunctionCase *function_case,
               double              expected)
{
  gboolean cancels = function_case->kind == CNN_KIND_GELU || function_case->kind == CNN_KIND_HARD_SIGMOID ||
                     function_case->kind == CNN_KIND_HARD_SWISH;

  return (cancels ? 2e-6 : 1e-30) + 1e-6 * fabs (expected);
}

static CnnTensor *
compute (const FunctionCase *function_case,
         CnnAttributes      *attributes,
         const Field        *in)
{
  g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (&CNN_SHAPE_4 (1, N_CHANNELS, SIZE, SIZE), in->planes);

  cnn_attributes_init (attributes);
  attributes->alpha = function_case->kind == CNN_KIND_HARD_SIGMOID ? 0.2 : 1.5;
  attributes->beta = 0.5;
  attributes->gamma = 1.25;
  attributes->tanh_form = function_case->tanh_form;

  return reference_run_op (function_case->kind, attributes, &input, 1, NULL, NULL);
}

static void
test_values (gconstpointer data)
{
  const CnnKernels *kernels = cnn_kernels_get (GPOINTER_TO_UINT (data));

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Field) in = field_new (N_CHANNELS, SIZE, SIZE, (int[4]) { 0 }, CNN_BLOCK);
      g_autoptr (Field) out = field_new (N_CHANNELS, SIZE, SIZE, (int[4]) { 1, 2, 1, 0 }, CNN_BLOCK);
      g_autoptr (CnnTensor) expected = NULL;
      CnnAttributes attributes;
      CnnPointwise pointwise;

      for (guint k = 0; k < N_CHANNELS * SIZE * SIZE; k++)
        in->planes[k] = (float) g_test_rand_double_range (cases[i].low, cases[i].high);
      cnn_map_fill (&in->map, in->planes);
      expected = compute (&cases[i], &attributes, in);

      pointwise = (CnnPointwise) { .in = in->map, .out = out->map };
      pointwise.finish.n_functions = 1;
      pointwise.finish.functions[0] = (CnnFunction) {
        .id = cases[i].id, .alpha = attributes.alpha, .beta = attributes.beta, .gamma = attributes.gamma,
      };
      kernels->finish (&pointwise, &(CnnPart) { 0, cnn_n_blocks (N_CHANNELS), 0, SIZE });
      field_assert_border_untouched (out);

      g_test_message ("%s", cnn_kind_get_name (cases[i].kind));
      for (int c = 0; c < N_CHANNELS; c++)
        for (int k = 0; k < SIZE * SIZE; k++)
          {
            double wanted = cnn_tensor_get_data (expected)[c * SIZE * SIZE + k];

            g_assert_cmpfloat_with_epsilon (field_get (&out->map, out->map.data, c, k / SIZE, k % SIZE), wanted,
                                            get_tolerance (&cases[i], wanted));
          }
    }
}

/* A NaN comes out as one, and what is far beyond the range is at the limit. */
static void
test_limits (gconstpointer data)
{
  const CnnKernels *kernels = cnn_kernels_get (GPOINTER_TO_UINT (data));
  const struct { CnnFunctionId id; float below, above; } limits[] = {
    { CNN_FUNCTION_SIGMOID, 0, 1 },
    { CNN_FUNCTION_TANH, -1, 1 },
    { CNN_FUNCTION_ERF, -1, 1 },
    { CNN_FUNCTION_EXP, 0, INFINITY },
    { CNN_FUNCTION_SILU, 0, 1000 },
    { CNN_FUNCTION_GELU, 0, 1000 },
    { CNN_FUNCTION_MISH, 0, 1000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autoptr (Field) in = field_new (3, 1, 1, (int[4]) { 0 }, CNN_BLOCK);
      g_autoptr (Field) out = field_new (3, 1, 1, (int[4]) { 0 }, CNN_BLOCK);
      CnnPointwise pointwise = { .in = in->map, .out = out->map };

      in->planes[0] = -1000;
      in->planes[1] = 1000;
      in->planes[2] = NAN;
      cnn_map_fill (&in->map, in->planes);
      pointwise.finish.n_functions = 1;
      pointwise.finish.functions[0].id = limits[i].id;
      kernels->finish (&pointwise, &(CnnPart) { 0, 1, 0, 1 });

      g_test_message ("function %u", limits[i].id);
      g_assert_true (fabs (out->map.data[0] - limits[i].below) < 1e-6);
      g_assert_cmpfloat (out->map.data[1], ==, limits[i].above);
      g_assert_true (isnan (out->map.data[2]));
    }
}

/* (a + operand) · a, with the sum kept, where the operand is a map, a map of one
 * pixel, or a number for each channel. */
static void
test_operands (gconstpointer data)
{
  const CnnKernels *kernels = cnn_kernels_get (GPOINTER_TO_UINT (data));

  for (guint round = 0; round < 60; round++)
    {
      int n = pick (1, 40), height = pick (1, 9), width = pick (1, 40);
      gboolean is_stretched = chance (0.5);
      const int border[4] = { pick (0, 2), pick (0, 2), 0, 1 };
      g_autoptr (Field) in = field_new_random (n, height, width, (int[4]) { 0, 1, 2, 0 }, CNN_BLOCK);
      g_autoptr (Field) out = field_new (n, height, width, border, CNN_BLOCK);
      g_autoptr (Field) kept = field_new (n, height, width, border, CNN_BLOCK);
      g_autoptr (Field) operand = field_new_random (n, is_stretched ? 1 : height, is_stretched ? 1 : width,
                                                    (int[4]) { 1, 0, 0, 0 }, CNN_BLOCK);
      CnnPointwise pointwise = { .in = in->map, .out = out->map };
      CnnFunction *sum = &pointwise.finish.functions[0];

      pointwise.finish.n_functions = 2;
      *sum = (CnnFunction) { .id = CNN_FUNCTION_ADD, .a = 0, .b = CNN_OPERAND, .kept = kept->map.data };
      sum->operand.data = operand->map.data;
      sum->operand.block = operand->map.block;
      sum->operand.row = is_stretched ? 0 : operand->map.row;
      sum->operand.pixel = is_stretched ? 0 : operand->map.pixel;
      pointwise.finish.functions[1] = (CnnFunction) { .id = CNN_FUNCTION_MULTIPLY, .a = 1, .b = 0 };
      kernels->finish (&pointwise, &(CnnPart) { 0, cnn_n_blocks (n), 0, height });
      field_assert_border_untouched (out);

      for (int c = 0; c < n; c++)
        for (int y = 0; y < height; y++)
          for (int x = 0; x < width; x++)
            {
              float a = field_look_up (in, c, y, x);
              float b = field_look_up (operand, c, is_stretched ? 0 : y, is_stretched ? 0 : x);

              g_assert_cmpfloat (field_get (&kept->map, kept->map.data, c, y, x), ==, a + b);
              g_assert_cmpfloat (field_get (&out->map, out->map.data, c, y, x), ==, (a + b) * a);
            }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (CnnCpuLevel level = CNN_CPU_C; level <= cnn_cpu_get_level (); level++)
    {
      const struct { const char *name; GTestDataFunc test; } tests[] = {
        { "values", test_values }, { "limits", test_limits }, { "operands", test_operands },
      };

      for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
        {
          g_autofree char *path = g_strdup_printf ("/engine/kernel-functions/%s/%s",
                                                   cnn_cpu_level_get_name (level), tests[i].name);

          g_test_add_data_func (path, GUINT_TO_POINTER (level), tests[i].test);
        }
    }

  return g_test_run ();
}
