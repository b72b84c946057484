#pragma once

#include "network/cnn-network.h"
#include "run/cnn-predictor.h"

G_BEGIN_DECLS

/**
 * CnnMeasurement:
 *
 * How long a network takes on this machine, step by step. A step is a layer with
 * those that follow it and are computed on the way (batch norm, addition, ReLU).
 * Reference-counted, immutable, and read from any thread. Times are those of a
 * picture, in milliseconds.
 */
typedef struct _CnnMeasurement CnnMeasurement;

/**
 * CnnStepTime:
 * @layers: (array length=n_layers): the indices of the layers that are computed
 *   together, the first one first
 * @n_layers: how many they are
 * @algorithm: how they are computed, in a word or two that are not translated:
 *   `direct`, `1×1`, `depthwise`, `pool`
 * @median: the median over the runs, in ms a picture
 * @minimum: the least
 * @gflops: 10⁹ operations a second in the median run: two for each
 *   multiply-accumulate of a convolution or linear layer (%CNN_CONVENTION_MAC),
 *   whether the algorithm does it or knows how to do without; 0 where there is
 *   none
 *
 * How long a step takes.
 */
typedef struct
{
  const guint *layers;
  guint n_layers;
  const char *algorithm;
  double median;
  double minimum;
  double gflops;
} CnnStepTime;

#define CNN_TYPE_MEASUREMENT (cnn_measurement_get_type ())

GType              cnn_measurement_get_type         (void) G_GNUC_CONST;
CnnMeasurement    *cnn_measurement_ref              (CnnMeasurement       *self);
void               cnn_measurement_unref            (CnnMeasurement       *self);
CnnNetwork        *cnn_measurement_get_network      (CnnMeasurement       *self);
guint              cnn_measurement_get_n_threads    (CnnMeasurement       *self);
guint              cnn_measurement_get_n_runs       (CnnMeasurement       *self);
double             cnn_measurement_get_median       (CnnMeasurement       *self);
double             cnn_measurement_get_minimum      (CnnMeasurement       *self);
double             cnn_measurement_get_gflops       (CnnMeasurement       *self);
double             cnn_measurement_get_peak         (CnnMeasurement       *self);
gsize              cnn_measurement_get_memory_size  (CnnMeasurement       *self);
gsize              cnn_measurement_get_weights_size (CnnMeasurement       *self);
guint              cnn_measurement_get_n_steps      (CnnMeasurement       *self);
const CnnStepTime *cnn_measurement_get_step         (CnnMeasurement       *self,
                                                     guint                 step);
const CnnStepTime *cnn_measurement_find_layer       (CnnMeasurement       *self,
                                                     guint                 layer);

CnnMeasurement    *cnn_predictor_measure            (CnnPredictor         *self,
                                                     CnnTensor            *input,
                                                     guint                 n_threads,
                                                     guint                 n_runs,
                                                     GCancellable         *cancellable,
                                                     GError              **error);
void               cnn_predictor_measure_async      (CnnPredictor         *self,
                                                     CnnTensor            *input,
                                                     guint                 n_threads,
                                                     guint                 n_runs,
                                                     GCancellable         *cancellable,
                                                     GAsyncReadyCallback   callback,
                                                     gpointer              user_data);
CnnMeasurement    *cnn_predictor_measure_finish     (CnnPredictor         *self,
                                                     GAsyncResult         *result,
                                                     GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnMeasurement, cnn_measurement_unref)

G_END_DECLS
