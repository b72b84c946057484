#include "run/cnn-prediction.h"

#include <math.h>

static CnnPrediction *
make_prediction (gsize        n_crops,
                 gsize        n_classes,
                 const float *logits)
{
  g_autoptr (CnnTensor) tensor = cnn_tensor_new_from_data (&CNN_SHAPE_2 (n_crops, n_classes), logits);

  return cnn_prediction_new (tensor);
}

static void
test_top (void)
{
  const float logits[] = { 1, 3, 2, 3, -1 };
  g_autoptr (CnnPrediction) prediction = make_prediction (1, 5, logits);
  double sum = exp (1) + exp (3) + exp (2) + exp (3) + exp (-1);
  CnnRanked ranked[8];

  g_assert_cmpuint (cnn_prediction_get_top (prediction, 0, ranked, 3), ==, 3);
  g_assert_cmpuint (ranked[0].index, ==, 1);
  g_assert_cmpuint (ranked[1].index, ==, 3);
  g_assert_cmpuint (ranked[2].index, ==, 2);
  g_assert_cmpfloat (ranked[2].logit, ==, 2);
  g_assert_cmpfloat_with_epsilon (ranked[0].probability, exp (3) / sum, 1e-7);
  g_assert_cmpfloat (ranked[0].probability, ==, ranked[1].probability);

  g_assert_cmpuint (cnn_prediction_get_top (prediction, 0, ranked, 8), ==, 5);
  g_assert_cmpuint (ranked[3].index, ==, 0);
  g_assert_cmpuint (ranked[4].index, ==, 4);

  g_assert_cmpuint (cnn_prediction_get_top (prediction, 0, ranked, 0), ==, 0);
}

/* The whole ranking of many classes with many ties agrees with get_rank. */
static void
test_rank (void)
{
  float logits[200];
  CnnRanked ranked[200];
  g_autoptr (CnnPrediction) prediction = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (logits); i++)
    logits[i] = g_test_rand_int_range (-20, 20);
  prediction = make_prediction (1, G_N_ELEMENTS (logits), logits);

  g_assert_cmpuint (cnn_prediction_get_top (prediction, CNN_MEAN_OF_CROPS, ranked, 200), ==, 200);
  for (guint i = 0; i < G_N_ELEMENTS (ranked); i++)
    {
      g_assert_cmpuint (cnn_prediction_get_rank (prediction, 0, ranked[i].index), ==, i);
      g_assert_true (i == 0 || ranked[i].logit <= ranked[i - 1].logit);
      g_assert_true (i == 0 || ranked[i].logit < ranked[i - 1].logit ||
                     ranked[i].index > ranked[i - 1].index);
    }
}

static void
test_mean (void)
{
  const float logits[] = { 1, 2, 3,
                           2, 4, 0,
                           9, 0, 0 };
  g_autoptr (CnnPrediction) prediction = make_prediction (3, 3, logits);
  const float *mean = cnn_prediction_get_logits (prediction, CNN_MEAN_OF_CROPS);

  g_assert_cmpuint (cnn_prediction_get_n_crops (prediction), ==, 3);
  g_assert_cmpuint (cnn_prediction_get_n_classes (prediction), ==, 3);
  g_assert_cmpfloat (mean[0], ==, 4);
  g_assert_cmpfloat (mean[1], ==, 2);
  g_assert_cmpfloat (mean[2], ==, 1);
  g_assert_cmpfloat (cnn_prediction_get_logits (prediction, 1)[1], ==, 4);
  g_assert_cmpuint (cnn_prediction_get_rank (prediction, 0, 2), ==, 0);
  g_assert_cmpuint (cnn_prediction_get_rank (prediction, 1, 2), ==, 2);
  g_assert_cmpuint (cnn_prediction_get_rank (prediction, CNN_MEAN_OF_CROPS, 0), ==, 0);
}

/* float32, in the order of the crops: 2²⁴ + 1 + 1 loses both ones. */
static void
test_mean_order (void)
{
  const float big = 16777216;
  const float down[] = { 16777216, 1, 1, 0 };
  const float up[] = { 1, 1, 16777216, 0 };
  g_autoptr (CnnPrediction) lossy = make_prediction (4, 1, down);
  g_autoptr (CnnPrediction) exact = make_prediction (4, 1, up);

  g_assert_cmpfloat (cnn_prediction_get_logits (lossy, CNN_MEAN_OF_CROPS)[0], ==, big / 4);
  g_assert_cmpfloat (cnn_prediction_get_logits (exact, CNN_MEAN_OF_CROPS)[0], ==, (big + 2) / 4);
}

static void
test_cross_entropy (void)
{
  const float logits[] = { 0, 0, 0, 0,
                           2000, -2000, 1000, 2000 };
  g_autoptr (CnnPrediction) prediction = make_prediction (2, 4, logits);

  g_assert_cmpfloat_with_epsilon (cnn_prediction_get_cross_entropy (prediction, 0, 2), log (4), 1e-12);
  g_assert_cmpfloat_with_epsilon (cnn_prediction_get_cross_entropy (prediction, 1, 0), log (2), 1e-12);
  g_assert_cmpfloat_with_epsilon (cnn_prediction_get_cross_entropy (prediction, 1, 1),
                                  4000 + log (2), 1e-9);
}

static void
test_boxed (void)
{
  const float logits[] = { 1, 2 };
  CnnPrediction *prediction = make_prediction (1, 2, logits);
  GValue value = G_VALUE_INIT;

  g_value_init (&value, CNN_TYPE_PREDICTION);
  g_value_take_boxed (&value, prediction);
  g_assert_true (g_value_get_boxed (&value) == prediction);
  g_value_unset (&value);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/prediction/top", test_top);
  g_test_add_func ("/engine/prediction/rank", test_rank);
  g_test_add_func ("/engine/prediction/mean", test_mean);
  g_test_add_func ("/engine/prediction/mean-order", test_mean_order);
  g_test_add_func ("/engine/prediction/cross-entropy", test_cross_entropy);
  g_test_add_func ("/engine/prediction/boxed", test_boxed);

  return g_test_run ();
}
