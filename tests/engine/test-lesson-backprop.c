#include "lessons/cnn-lesson-backprop.h"

#include <math.h>

static void
test_forward (void)
{
  /* All weights zero: every unit answers h (0) = ½. */
  const double zeros[CNN_N_WEIGHTS] = { 0 };
  const double weights[CNN_N_WEIGHTS] = { 2, -1, 3 };
  double z[3];

  cnn_backprop_forward (zeros, 7, z);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpfloat (z[i], ==, 0.5);

  cnn_backprop_forward (weights, 0, z);
  g_assert_cmpfloat (z[0], ==, 0.5);
  g_assert_cmpfloat_with_epsilon (z[1], 0.37754066879814546, 1e-15);
  g_assert_cmpfloat_with_epsilon (z[2], 0.8175744761936437, 1e-15);
}

/* By hand: with zero weights the misses are ½ and −½, each slope is ¼, so that
 * ∂E/∂w_12 = 2·½·¼·½, ∂E/∂w_13 is its opposite, and nothing flows back to z1. */
static void
test_by_hand (void)
{
  const double zeros[CNN_N_WEIGHTS] = { 0 };
  const CnnBackpropPoint point = { 3, 0, 1 };
  CnnBackpropAnswer answer;

  cnn_backprop_solve (zeros, &point, 1, &answer);
  g_assert_cmpfloat (answer.error, ==, 0.5);
  g_assert_cmpfloat (answer.gradient[CNN_WEIGHT_12], ==, 0.125);
  g_assert_cmpfloat (answer.gradient[CNN_WEIGHT_13], ==, -0.125);
  g_assert_cmpfloat (answer.gradient[CNN_WEIGHT_X1], ==, 0);
}

static void
assert_agree (const CnnBackpropAnswer *answer)
{
  double largest = 0;

  for (guint i = 0; i < CNN_N_WEIGHTS; i++)
    largest = MAX (largest, fabs (answer->gradient[i]));

  for (guint i = 0; i < CNN_N_WEIGHTS; i++)
    g_assert_cmpfloat_with_epsilon (answer->gradient[i], answer->numeric[i], 1e-8 * largest);
}

static void
test_defaults (void)
{
  double weights[CNN_N_WEIGHTS];
  guint n_points;
  const CnnBackpropPoint *points = cnn_backprop_get_default_data (&n_points);
  CnnBackpropAnswer answer;

  cnn_backprop_get_default_weights (weights);
  cnn_backprop_solve (weights, points, n_points, &answer);

  g_assert_cmpuint (n_points, >=, 2);
  g_assert_cmpfloat (answer.error, >, 0);
  g_assert_cmpfloat (answer.error, ==, cnn_backprop_get_error (weights, points, n_points));
  for (guint i = 0; i < CNN_N_WEIGHTS; i++)
    {
      g_assert_cmpfloat (fabs (answer.gradient[i]), >, 1e-4);
      g_assert_cmpfloat_with_epsilon (answer.numeric[i] / answer.gradient[i], 1, 1e-8);
    }
}

static void
test_random (void)
{
  for (guint round = 0; round < 500; round++)
    {
      CnnBackpropPoint points[5];
      double weights[CNN_N_WEIGHTS];
      CnnBackpropAnswer answer;

      for (guint i = 0; i < CNN_N_WEIGHTS; i++)
        weights[i] = g_test_rand_double_range (-2, 2);
      for (guint i = 0; i < 5; i++)
        points[i] = (CnnBackpropPoint) {
          g_test_rand_double_range (-2, 2), g_test_rand_double_range (2, 3), g_test_rand_double_range (2, 3),
        };

      cnn_backprop_solve (weights, points, 5, &answer);
      assert_agree (&answer);
    }
}

/* Points add up, and a step down the gradient lessens the error. */
static void
test_descends (void)
{
  double weights[CNN_N_WEIGHTS], next[CNN_N_WEIGHTS], sum[CNN_N_WEIGHTS] = { 0 };
  guint n_points;
  const CnnBackpropPoint *points = cnn_backprop_get_default_data (&n_points);
  CnnBackpropAnswer answer;

  cnn_backprop_get_default_weights (weights);
  cnn_backprop_solve (weights, points, n_points, &answer);

  for (guint i = 0; i < n_points; i++)
    {
      CnnBackpropAnswer alone;

      cnn_backprop_solve (weights, &points[i], 1, &alone);
      for (guint k = 0; k < CNN_N_WEIGHTS; k++)
        sum[k] += alone.gradient[k];
    }

  for (guint k = 0; k < CNN_N_WEIGHTS; k++)
    {
      g_assert_cmpfloat_with_epsilon (sum[k], answer.gradient[k], 1e-15);
      next[k] = weights[k] - 0.1 * answer.gradient[k];
    }

  g_assert_cmpfloat (cnn_backprop_get_error (next, points, n_points), <, answer.error);
}

/* Far out on the sigmoid everything stays finite. */
static void
test_saturated (void)
{
  const double weights[CNN_N_WEIGHTS] = { 1e6, -1e6, 1e6 };
  const CnnBackpropPoint points[] = { { -1e6, 0, 1 }, { 1e6, 1, 0 } };
  CnnBackpropAnswer answer;

  cnn_backprop_solve (weights, points, 2, &answer);
  g_assert_true (isfinite (answer.error));
  for (guint k = 0; k < CNN_N_WEIGHTS; k++)
    {
      g_assert_true (isfinite (answer.gradient[k]));
      g_assert_true (isfinite (answer.numeric[k]));
    }
}

static void
test_working (void)
{
  const double zeros[CNN_N_WEIGHTS] = { 0 };
  const CnnBackpropPoint point = { 3, 0, 1 };
  g_autofree char *second = cnn_backprop_dup_working (zeros, &point, CNN_WEIGHT_12);
  g_autofree char *third = cnn_backprop_dup_working (zeros, &point, CNN_WEIGHT_13);
  g_autofree char *first = cnn_backprop_dup_working (zeros, &point, CNN_WEIGHT_X1);

  g_assert_cmpstr (second, ==, "2·(0.5000 − 0.0000)·0.5000·(1 − 0.5000)·0.5000 = 0.1250");
  g_assert_cmpstr (third, ==, "2·(0.5000 − 1.0000)·0.5000·(1 − 0.5000)·0.5000 = -0.1250");
  g_assert_cmpstr (first, ==,
                   "[2·(0.5000 − 0.0000)·0.5000·(1 − 0.5000)·0.0000 + 2·(0.5000 − 1.0000)·0.5000·(1 − 0.5000)·0.0000]"
                   "·0.5000·(1 − 0.5000)·3.0000 = 0.0000");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/lesson-backprop/forward", test_forward);
  g_test_add_func ("/engine/lesson-backprop/by-hand", test_by_hand);
  g_test_add_func ("/engine/lesson-backprop/defaults", test_defaults);
  g_test_add_func ("/engine/lesson-backprop/random", test_random);
  g_test_add_func ("/engine/lesson-backprop/descends", test_descends);
  g_test_add_func ("/engine/lesson-backprop/saturated", test_saturated);
  g_test_add_func ("/engine/lesson-backprop/working", test_working);

  return g_test_run ();
}
