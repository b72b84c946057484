#define G_LOG_DOMAIN "cnn-lesson-backprop"

#include "lessons/cnn-lesson-backprop.h"

#include <math.h>

/* x ─w_x1─► z1 ─w_12─► z2        z = h (t), with the unit's weighted input t
 *              └─w_13─► z3        E = Σ (z2 − y2)² + (z3 − y3)²              */

/* Of the central differences. A power of two, so that w ± step lose nothing;
 * near the cube root of double's precision, where the error of the formula and
 * that of rounding are alike. */
#define STEP 0x1p-17

static const struct
{
  const char *name;
  const char *formula;
} texts[CNN_N_WEIGHTS] = {
  [CNN_WEIGHT_X1] = { "w_x1", "Σ [2(z2 − y2)·z2(1 − z2)·w_12 + 2(z3 − y3)·z3(1 − z3)·w_13]·z1(1 − z1)·x" },
  [CNN_WEIGHT_12] = { "w_12", "Σ 2(z2 − y2)·z2(1 − z2)·z1" },
  [CNN_WEIGHT_13] = { "w_13", "Σ 2(z3 − y3)·z3(1 − z3)·z1" },
};

static const CnnBackpropPoint default_data[] = {
  { -1.0, 0.6, 0.3 },
  { 0.5, 0.4, 0.7 },
  { 2.0, 0.2, 0.9 },
};

/**
 * cnn_backprop_weight_get_name:
 * @weight: a weight
 *
 * Returns: its name, such as `w_x1`
 */
const char *
cnn_backprop_weight_get_name (CnnBackpropWeight weight)
{
  g_return_val_if_fail (weight < CNN_N_WEIGHTS, NULL);

  return texts[weight].name;
}

/**
 * cnn_backprop_weight_get_formula:
 * @weight: a weight
 *
 * Returns: ∂E/∂w of the weight, as the homework derives it
 */
const char *
cnn_backprop_weight_get_formula (CnnBackpropWeight weight)
{
  g_return_val_if_fail (weight < CNN_N_WEIGHTS, NULL);

  return texts[weight].formula;
}

/**
 * cnn_backprop_get_default_data:
 * @n_points: (out): how many points there are
 *
 * Returns: (transfer none) (array length=n_points): the data that the lesson
 *   opens with
 */
const CnnBackpropPoint *
cnn_backprop_get_default_data (guint *n_points)
{
  *n_points = G_N_ELEMENTS (default_data);

  return default_data;
}

/**
 * cnn_backprop_get_default_weights:
 * @weights: (out caller-allocates) (array fixed-size=3): the weights that the
 *   lesson opens with
 */
void
cnn_backprop_get_default_weights (double weights[CNN_N_WEIGHTS])
{
  weights[CNN_WEIGHT_X1] = 0.5;
  weights[CNN_WEIGHT_12] = -1.0;
  weights[CNN_WEIGHT_13] = 1.5;
}

static double
sigmoid (double t)
{
  return 1 / (1 + exp (-t));
}

/**
 * cnn_backprop_forward:
 * @weights: (array fixed-size=3): the weights
 * @x: the input
 * @z: (out caller-allocates) (array fixed-size=3): what the three units answer
 */
void
cnn_backprop_forward (const double weights[CNN_N_WEIGHTS],
                      double       x,
                      double       z[3])
{
  z[0] = sigmoid (x * weights[CNN_WEIGHT_X1]);
  z[1] = sigmoid (z[0] * weights[CNN_WEIGHT_12]);
  z[2] = sigmoid (z[0] * weights[CNN_WEIGHT_13]);
}

static double
get_point_error (const CnnBackpropPoint *point,
                 const double            z[3])
{
  return (z[1] - point->y2) * (z[1] - point->y2) + (z[2] - point->y3) * (z[2] - point->y3);
}

/**
 * cnn_backprop_get_error:
 * @weights: (array fixed-size=3): the weights
 * @points: (array length=n_points): the data
 * @n_points: how many points there are
 *
 * Returns: E = Σ (z2 − y2)² + (z3 − y3)²
 */
double
cnn_backprop_get_error (const double            weights[CNN_N_WEIGHTS],
                        const CnnBackpropPoint *points,
                        guint                   n_points)
{
  double error = 0;

  for (guint i = 0; i < n_points; i++)
    {
      double z[3];

      cnn_backprop_forward (weights, points[i].x, z);
      error += get_point_error (&points[i], z);
    }

  return error;
}

/**
 * cnn_backprop_trace:
 * @weights: (array fixed-size=3): the weights
 * @point: one data point
 * @trace: (out caller-allocates): what happens to it
 *
 * Sends a point forward through the network and its error back, and keeps every
 * factor on the way.
 */
void
cnn_backprop_trace (const double            weights[CNN_N_WEIGHTS],
                    const CnnBackpropPoint *point,
                    CnnBackpropTrace       *trace)
{
  cnn_backprop_forward (weights, point->x, trace->z);
  trace->error = get_point_error (point, trace->z);

  for (guint unit = 0; unit < 3; unit++)
    trace->slope[unit] = trace->z[unit] * (1 - trace->z[unit]);

  trace->miss[0] = trace->z[1] - point->y2;
  trace->miss[1] = trace->z[2] - point->y3;

  trace->delta[1] = 2 * trace->miss[0] * trace->slope[1];
  trace->delta[2] = 2 * trace->miss[1] * trace->slope[2];
  trace->delta[0] = (trace->delta[1] * weights[CNN_WEIGHT_12] +
                     trace->delta[2] * weights[CNN_WEIGHT_13]) * trace->slope[0];

  trace->gradient[CNN_WEIGHT_X1] = trace->delta[0] * point->x;
  trace->gradient[CNN_WEIGHT_12] = trace->delta[1] * trace->z[0];
  trace->gradient[CNN_WEIGHT_13] = trace->delta[2] * trace->z[0];
}

/**
 * cnn_backprop_dup_working:
 * @weights: (array fixed-size=3): the weights
 * @point: one data point
 * @weight: which weight
 *
 * Fills a point's numbers into what it adds to ∂E/∂w.
 *
 * Returns: (transfer full): for example
 *   `2·(0.4068 − 0.6000)·0.4068·(1 − 0.4068)·0.3775 = -0.0352`
 */
char *
cnn_backprop_dup_working (const double            weights[CNN_N_WEIGHTS],
                          const CnnBackpropPoint *point,
                          CnnBackpropWeight       weight)
{
  CnnBackpropTrace trace;
  const double *z = trace.z;

  cnn_backprop_trace (weights, point, &trace);

  switch (weight)
    {
    case CNN_WEIGHT_X1:
      return g_strdup_printf ("[2·(%.4f − %.4f)·%.4f·(1 − %.4f)·%.4f + 2·(%.4f − %.4f)·%.4f·(1 − %.4f)·%.4f]"
                              "·%.4f·(1 − %.4f)·%.4f = %.4f",
                              z[1], point->y2, z[1], z[1], weights[CNN_WEIGHT_12],
                              z[2], point->y3, z[2], z[2], weights[CNN_WEIGHT_13],
                              z[0], z[0], point->x, trace.gradient[weight]);

    case CNN_WEIGHT_12:
      return g_strdup_printf ("2·(%.4f − %.4f)·%.4f·(1 − %.4f)·%.4f = %.4f",
                              z[1], point->y2, z[1], z[1], z[0], trace.gradient[weight]);

    case CNN_WEIGHT_13:
      return g_strdup_printf ("2·(%.4f − %.4f)·%.4f·(1 − %.4f)·%.4f = %.4f",
                              z[2], point->y3, z[2], z[2], z[0], trace.gradient[weight]);

    default:
      g_return_val_if_reached (NULL);
    }
}

/* Knows nothing of the chain rule: moves one weight up and down, and looks. */
static double
differentiate (const double            weights[CNN_N_WEIGHTS],
               const CnnBackpropPoint *points,
               guint                   n_points,
               CnnBackpropWeight       weight)
{
  double above[CNN_N_WEIGHTS], below[CNN_N_WEIGHTS];
  double distance;

  for (guint i = 0; i < CNN_N_WEIGHTS; i++)
    above[i] = below[i] = weights[i];

  above[weight] += STEP;
  below[weight] -= STEP;
  distance = above[weight] - below[weight];

  return (cnn_backprop_get_error (above, points, n_points) -
          cnn_backprop_get_error (below, points, n_points)) / distance;
}

/**
 * cnn_backprop_solve:
 * @weights: (array fixed-size=3): the weights
 * @points: (array length=n_points): the data
 * @n_points: how many points there are
 * @answer: (out caller-allocates): what they come to
 *
 * Works out the error and its three gradients, each by the chain rule and by
 * central differences.
 */
void
cnn_backprop_solve (const double            weights[CNN_N_WEIGHTS],
                    const CnnBackpropPoint *points,
                    guint                   n_points,
                    CnnBackpropAnswer      *answer)
{
  *answer = (CnnBackpropAnswer) { .step = STEP };

  for (guint i = 0; i < n_points; i++)
    {
      CnnBackpropTrace trace;

      cnn_backprop_trace (weights, &points[i], &trace);
      answer->error += trace.error;
      for (guint k = 0; k < CNN_N_WEIGHTS; k++)
        answer->gradient[k] += trace.gradient[k];
    }

  for (guint k = 0; k < CNN_N_WEIGHTS; k++)
    answer->numeric[k] = differentiate (weights, points, n_points, k);
}
