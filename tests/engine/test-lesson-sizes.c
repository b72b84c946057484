#include "core/cnn-error.h"
#include "lessons/cnn-lesson-sizes.h"

static void
test_homework (void)
{
  g_autoptr (GError) error = NULL;
  CnnSizesLesson lesson;
  CnnSizesAnswer answer;

  cnn_sizes_lesson_init (&lesson);
  g_assert_true (cnn_sizes_lesson_solve (&lesson, &answer, &error));
  g_assert_no_error (error);

  g_assert_cmpuint (answer.conv_size, ==, 7);
  g_assert_cmpuint (answer.pool_size, ==, 3);
  g_assert_cmpuint (answer.multiplications, ==, 282240);
  g_assert_cmpuint (answer.additions, ==, 281652);
  g_assert_cmpuint (answer.comparisons, ==, 864);
  g_assert_cmpuint (answer.total, ==, 564756);
}

static guint
divide_up (guint a,
           guint b)
{
  return (a + b - 1) / b;
}

/* The homework's formulas, taken literally, for other settings. */
static void
test_formulas (void)
{
  guint n_possible = 0;

  for (guint round = 0; round < 2000; round++)
    {
      CnnSizesLesson l = {
        .input_size = g_test_rand_int_range (1, 40),
        .channels = g_test_rand_int_range (1, 20),
        .filters = g_test_rand_int_range (1, 20),
        .kernel = g_test_rand_int_range (1, 8),
        .stride = g_test_rand_int_range (1, 5),
        .padding = g_test_rand_int_range (0, 4),
        .pool_kernel = g_test_rand_int_range (1, 6),
        .pool_stride = g_test_rand_int_range (1, 4),
      };
      g_autoptr (GError) error = NULL;
      gboolean fits = l.input_size + 2 * l.padding >= l.kernel;
      guint o = fits ? divide_up (l.input_size + 2 * l.padding - l.kernel + 1, l.stride) : 0;
      guint p = o >= l.pool_kernel ? divide_up (o - l.pool_kernel + 1, l.pool_stride) : 0;
      CnnSizesAnswer answer;

      if (!cnn_sizes_lesson_solve (&l, &answer, &error))
        {
          g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
          g_assert_cmpuint (p, ==, 0);
          continue;
        }

      n_possible++;
      g_assert_cmpuint (answer.conv_size, ==, o);
      g_assert_cmpuint (answer.pool_size, ==, p);
      g_assert_cmpuint (answer.multiplications, ==, o * o * l.channels * l.kernel * l.kernel * l.filters);
      g_assert_cmpuint (answer.additions, ==, o * o * (l.kernel * l.kernel * l.channels - 1) * l.filters);
      g_assert_cmpuint (answer.comparisons, ==, p * p * l.filters * (l.pool_kernel * l.pool_kernel - 1));
      g_assert_cmpuint (answer.total, ==, answer.multiplications + answer.additions + answer.comparisons);
    }

  g_assert_cmpuint (n_possible, >, 500);
}

static void
test_working (void)
{
  static const char *const expected[] = {
    "⌈(14 + 2·1 − 4 + 1) / 2⌉ = 7",
    "⌈(7 − 3 + 1) / 2⌉ = 3",
    "7² · 30 · 4² · 12 = 282240",
    "7² · (4² · 30 − 1) · 12 = 281652",
    "3² · 12 · (3² − 1) = 864",
    "282240 + 281652 + 864 = 564756",
  };
  CnnSizesLesson lesson;
  CnnSizesAnswer answer;

  cnn_sizes_lesson_init (&lesson);
  g_assert_true (cnn_sizes_lesson_solve (&lesson, &answer, NULL));

  for (CnnSizesQuantity i = 0; i < CNN_SIZES_N_QUANTITIES; i++)
    {
      g_autofree char *working = cnn_sizes_lesson_dup_working (&lesson, &answer, i);
      g_autofree char *end = g_strdup_printf (" = %" G_GUINT64_FORMAT, cnn_sizes_answer_get (&answer, i));

      g_assert_cmpstr (working, ==, expected[i]);
      g_assert_true (g_str_has_suffix (working, end));
    }
}

static void
test_impossible (void)
{
  const CnnSizesLesson homework = { 14, 30, 12, 4, 2, 1, 3, 2 };
  const struct
  {
    gsize offset;
    guint value;
    const char *message;
  } cases[] = {
    { G_STRUCT_OFFSET (CnnSizesLesson, kernel), 17,
      "convolution: kernel 17 is larger than the padded input, whose height is 16 (14 and padding 1 + 1)" },
    { G_STRUCT_OFFSET (CnnSizesLesson, pool_kernel), 8,
      "pooling: kernel 8 is larger than the padded input, whose height is 7 (7 and padding 0 + 0)" },
    { G_STRUCT_OFFSET (CnnSizesLesson, stride), 0,
      "convolution: stride is 0 along the height, expected 1 to 65535" },
    { G_STRUCT_OFFSET (CnnSizesLesson, pool_stride), 0,
      "pooling: stride is 0 along the height, expected 1 to 65535" },
    { G_STRUCT_OFFSET (CnnSizesLesson, pool_kernel), 0,
      "pooling: kernel is 0 along the height, expected 1 to 65535" },
    { G_STRUCT_OFFSET (CnnSizesLesson, kernel), 0,
      "convolution: kernel is 0 along the height, expected 1 to 65535" },
    { G_STRUCT_OFFSET (CnnSizesLesson, input_size), 0,
      "0×0 cells, 30 channels and 12 filters, expected at least one of each" },
    { G_STRUCT_OFFSET (CnnSizesLesson, filters), 4000000000u,
      "4000000000 filters 4×4 for 30 channels, expected at most 67108864 numbers in all" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CnnSizesLesson lesson = homework;
      g_autoptr (GError) error = NULL;
      CnnSizesAnswer answer;

      G_STRUCT_MEMBER (guint, &lesson, cases[i].offset) = cases[i].value;
      g_assert_false (cnn_sizes_lesson_solve (&lesson, &answer, &error));
      g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/lesson-sizes/homework", test_homework);
  g_test_add_func ("/engine/lesson-sizes/formulas", test_formulas);
  g_test_add_func ("/engine/lesson-sizes/working", test_working);
  g_test_add_func ("/engine/lesson-sizes/impossible", test_impossible);

  return g_test_run ();
}
