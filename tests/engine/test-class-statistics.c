#include "evaluate/cnn-class-statistics.h"

#include <string.h>

static void
test_life (void)
{
  CnnClassStatistics *statistics = cnn_class_statistics_new (65, "n01751748", "sea snake");

  g_assert_cmpuint (cnn_class_statistics_get_index (statistics), ==, 65);
  g_assert_cmpstr (cnn_class_statistics_get_wnid (statistics), ==, "n01751748");
  g_assert_cmpstr (cnn_class_statistics_get_name (statistics), ==, "sea snake");
  g_assert_cmpuint (cnn_class_statistics_get_total (statistics), ==, 0);
  g_assert_cmpfloat (cnn_class_statistics_get_accuracy (statistics), ==, 0);

  g_assert_finalize_object (statistics);
}

static void
note_cb (GObject    *object,
         GParamSpec *pspec,
         gpointer    data)
{
  g_string_append_printf (data, "%s ", pspec->name);
}

static void
test_update (void)
{
  g_autoptr (CnnClassStatistics) statistics = cnn_class_statistics_new (0, NULL, NULL);
  g_autoptr (GString) notes = g_string_new (NULL);
  double accuracy;

  g_signal_connect (statistics, "notify", G_CALLBACK (note_cb), notes);

  cnn_class_statistics_update (statistics, 4, 1, 2);
  g_assert_nonnull (strstr (notes->str, "total "));
  g_assert_nonnull (strstr (notes->str, "correct "));
  g_assert_nonnull (strstr (notes->str, "top5 "));
  g_assert_nonnull (strstr (notes->str, "accuracy "));

  g_string_truncate (notes, 0);
  cnn_class_statistics_update (statistics, 4, 1, 2);
  g_assert_cmpstr (notes->str, ==, "");

  cnn_class_statistics_update (statistics, 4, 1, 3);
  g_assert_cmpstr (notes->str, ==, "top5 ");

  g_object_get (statistics, "accuracy", &accuracy, NULL);
  g_assert_cmpfloat (accuracy, ==, 0.25);
}

static void
assert_interval (guint  total,
                 guint  correct,
                 double expected_low,
                 double expected_high)
{
  g_autoptr (CnnClassStatistics) statistics = cnn_class_statistics_new (0, NULL, NULL);
  double low, high;

  cnn_class_statistics_update (statistics, total, correct, correct);
  cnn_class_statistics_get_interval (statistics, &low, &high);
  g_assert_cmpfloat_with_epsilon (low, expected_low, 5e-7);
  g_assert_cmpfloat_with_epsilon (high, expected_high, 5e-7);
}

/* The bounds are the roots of (p̂ − p)² = z²·p(1 − p)/n, worked out apart. */
static void
test_interval (void)
{
  assert_interval (0, 0, 0, 1);
  assert_interval (1, 0, 0, 0.793451);
  assert_interval (1, 1, 0.206549, 1);
  assert_interval (10, 5, 0.236593, 0.763407);
  assert_interval (10, 10, 0.722467, 1);
  assert_interval (50, 41, 0.692039, 0.902298);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/class-statistics/life", test_life);
  g_test_add_func ("/engine/class-statistics/update", test_update);
  g_test_add_func ("/engine/class-statistics/interval", test_interval);

  return g_test_run ();
}
