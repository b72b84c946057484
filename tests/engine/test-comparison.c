#include "evaluate/cnn-comparison.h"

/* A run over so many pictures that is right about those whose bit is set; the
 * last has no label. */
static CnnRun *
new_run (guint       n,
         guint       right,
         const char *const *files)
{
  g_autoptr (GPtrArray) classes = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree CnnRunSample *samples = g_new (CnnRunSample, n);
  CnnRun *run;

  for (guint i = 0; i < n; i++)
    samples[i] = (CnnRunSample) { files[i], i + 1 < n ? 1 : CNN_NO_LABEL };
  g_ptr_array_add (classes, cnn_class_statistics_new (1, NULL, "bee"));
  run = cnn_run_new (&(CnnRunDescription) {
                       .network = "net",
                       .settings = { .recipe = *cnn_recipe_get_preset ("homework"), .batch_size = 4 },
                       .samples = samples,
                       .n_samples = n,
                       .classes = (CnnClassStatistics *const *) classes->pdata,
                       .n_classes = 1,
                     });

  for (guint i = 0; i < n; i++)
    {
      guint answer = (right >> i & 1) != 0 ? 1 : 2;
      CnnSampleResult result = {
        .sample = i,
        .label = samples[i].label,
        .prediction = answer,
        .top = { { .index = answer } },
        .n_top = 1,
      };

      g_assert_true (cnn_run_add_results (run, &result, 1, NULL));
    }

  return run;
}

static void
test_comparison (void)
{
  static const char *const files[] = { "a", "b", "c", "d", "e", "f" };
  static const char *const others[] = { "e", "d", "c", "b", "x", "f" };
  g_autoptr (CnnRun) first = new_run (6, 0x0b, files);    /* a b d */
  g_autoptr (CnnRun) second = new_run (6, 0x05, others);  /* e c */
  g_autoptr (CnnComparison) comparison = cnn_comparison_new (first, second);

  /* b c d e are in both; a, x, and f, which has no label, are not compared. */
  g_assert_cmpuint (comparison->n_common, ==, 4);
  g_assert_cmpuint (comparison->n_both, ==, 0);
  g_assert_cmpuint (comparison->n_first, ==, 2);
  g_assert_cmpuint (comparison->n_second, ==, 2);
  g_assert_cmpuint (comparison->n_neither, ==, 0);
  g_assert_cmpstr (g_array_index (comparison->first_flips, CnnFlip, 0).file, ==, "b");
  g_assert_cmpstr (g_array_index (comparison->first_flips, CnnFlip, 1).file, ==, "d");
  g_assert_cmpstr (g_array_index (comparison->second_flips, CnnFlip, 0).file, ==, "c");
  g_assert_cmpuint (g_array_index (comparison->second_flips, CnnFlip, 0).first->prediction, ==, 2);
  g_assert_cmpuint (g_array_index (comparison->second_flips, CnnFlip, 0).second->prediction, ==, 1);
  g_assert_cmpfloat (comparison->p_value, ==, 1);
}

/* Sums of binomial coefficients over powers of two. */
static void
test_mcnemar (void)
{
  g_assert_cmpfloat (cnn_mcnemar_p_value (0, 0), ==, 1);
  g_assert_cmpfloat (cnn_mcnemar_p_value (7, 7), ==, 1);
  g_assert_cmpfloat_with_epsilon (cnn_mcnemar_p_value (0, 10), 2.0 / 1024, 1e-12);
  g_assert_cmpfloat_with_epsilon (cnn_mcnemar_p_value (10, 0), 2.0 / 1024, 1e-12);
  g_assert_cmpfloat_with_epsilon (cnn_mcnemar_p_value (9, 1), 2.0 * 11 / 1024, 1e-12);
  g_assert_cmpfloat_with_epsilon (cnn_mcnemar_p_value (2, 6), 2.0 * (1 + 8 + 28) / 256, 1e-12);

  /* Far beyond where a power of two is a double. */
  g_assert_cmpfloat (cnn_mcnemar_p_value (10000, 10001), >, 0.99);
  g_assert_cmpfloat (cnn_mcnemar_p_value (9000, 11000), <, 1e-40);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/comparison/runs", test_comparison);
  g_test_add_func ("/engine/comparison/mcnemar", test_mcnemar);

  return g_test_run ();
}
