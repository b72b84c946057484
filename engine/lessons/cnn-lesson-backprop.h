#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CnnBackpropWeight:
 * @CNN_WEIGHT_X1: from x to the first unit
 * @CNN_WEIGHT_12: from the first unit to the second
 * @CNN_WEIGHT_13: from the first unit to the third
 *
 * The weights of the second lesson's network (homework Q2).
 */
typedef enum
{
  CNN_WEIGHT_X1,
  CNN_WEIGHT_12,
  CNN_WEIGHT_13,
} CnnBackpropWeight;

#define CNN_N_WEIGHTS (CNN_WEIGHT_13 + 1)

/**
 * CnnBackpropPoint:
 * @x: the input
 * @y2: what the second unit should answer
 * @y3: what the third unit should answer
 *
 * One data point.
 */
typedef struct
{
  double x;
  double y2;
  double y3;
} CnnBackpropPoint;

/**
 * CnnBackpropAnswer:
 * @error: E = Σ (z2 − y2)² + (z3 − y3)²
 * @gradient: ∂E/∂w of each weight, by the chain rule
 * @numeric: the same by central differences of E
 * @step: the ε of the central differences
 *
 * What a set of weights and data comes to.
 */
typedef struct
{
  double error;
  double gradient[CNN_N_WEIGHTS];
  double numeric[CNN_N_WEIGHTS];
  double step;
} CnnBackpropAnswer;

/**
 * CnnBackpropTrace:
 * @z: what the three units answer, z1 to z3
 * @slope: h′ of each unit, z(1 − z)
 * @miss: how far the second and third unit are off, z2 − y2 and z3 − y3
 * @delta: what flows back into each unit: ∂E/∂t for its weighted input t
 * @error: what the point adds to E
 * @gradient: what the point adds to ∂E/∂w of each weight
 *
 * Every factor of the chain rule for one data point.
 */
typedef struct
{
  double z[3];
  double slope[3];
  double miss[2];
  double delta[3];
  double error;
  double gradient[CNN_N_WEIGHTS];
} CnnBackpropTrace;

const char             *cnn_backprop_weight_get_name  (CnnBackpropWeight       weight);
const char             *cnn_backprop_weight_get_formula (CnnBackpropWeight    weight);
const CnnBackpropPoint *cnn_backprop_get_default_data (guint                  *n_points);
void                    cnn_backprop_get_default_weights (double               weights[CNN_N_WEIGHTS]);
void                    cnn_backprop_forward          (const double            weights[CNN_N_WEIGHTS],
                                                       double                  x,
                                                       double                  z[3]);
double                  cnn_backprop_get_error        (const double            weights[CNN_N_WEIGHTS],
                                                       const CnnBackpropPoint *points,
                                                       guint                   n_points);
void                    cnn_backprop_trace            (const double            weights[CNN_N_WEIGHTS],
                                                       const CnnBackpropPoint *point,
                                                       CnnBackpropTrace       *trace);
char                   *cnn_backprop_dup_working      (const double            weights[CNN_N_WEIGHTS],
                                                       const CnnBackpropPoint *point,
                                                       CnnBackpropWeight       weight);
void                    cnn_backprop_solve            (const double            weights[CNN_N_WEIGHTS],
                                                       const CnnBackpropPoint *points,
                                                       guint                   n_points,
                                                       CnnBackpropAnswer      *answer);

G_END_DECLS
