#pragma once

#include "core/cnn-pixels.h"
#include "network/cnn-network.h"
#include "run/cnn-activations.h"
#include "run/cnn-prediction.h"

G_BEGIN_DECLS

#define CNN_TYPE_PREDICTOR (cnn_predictor_get_type ())

/**
 * CnnPredictor:
 *
 * A network made ready to run: its plan, made when it is first needed, and the
 * scratch memory of runs that are over. All methods may be called from any
 * thread, several at once; callbacks of the async ones come to the thread's
 * default main context.
 *
 * The same input gives the same bits whatever the batch size, the number of
 * threads and the door: a plain run, a looking run, one from a layer on, an async one.
 */
G_DECLARE_FINAL_TYPE (CnnPredictor, cnn_predictor, CNN, PREDICTOR, GObject)

CnnPredictor   *cnn_predictor_new            (CnnNetwork           *network);
CnnNetwork     *cnn_predictor_get_network    (CnnPredictor         *self);

gboolean        cnn_predictor_prepare        (CnnPredictor         *self,
                                              GError              **error);
CnnTensor      *cnn_predictor_run            (CnnPredictor         *self,
                                              CnnTensor            *input,
                                              guint                 n_threads,
                                              GCancellable         *cancellable,
                                              GError              **error);
CnnPrediction  *cnn_predictor_predict        (CnnPredictor         *self,
                                              CnnTensor            *crops,
                                              guint                 n_threads,
                                              GCancellable         *cancellable,
                                              GError              **error);
GPtrArray      *cnn_predictor_predict_pixels (CnnPredictor         *self,
                                              const CnnPixels      *crops,
                                              guint                 n_pictures,
                                              guint                 n_crops,
                                              guint                 n_threads,
                                              GCancellable         *cancellable,
                                              GError              **error);
CnnActivations *cnn_predictor_look           (CnnPredictor         *self,
                                              CnnTensor            *input,
                                              guint                 n_threads,
                                              GCancellable         *cancellable,
                                              GError              **error);
CnnActivations *cnn_predictor_look_from      (CnnPredictor         *self,
                                              CnnActivations       *activations,
                                              guint                 layer,
                                              CnnTensor            *output,
                                              guint                 n_threads,
                                              GCancellable         *cancellable,
                                              GError              **error);

void            cnn_predictor_predict_async  (CnnPredictor         *self,
                                              CnnTensor            *crops,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
CnnPrediction  *cnn_predictor_predict_finish (CnnPredictor         *self,
                                              GAsyncResult         *result,
                                              GError              **error);
void            cnn_predictor_look_async     (CnnPredictor         *self,
                                              CnnTensor            *input,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
CnnActivations *cnn_predictor_look_finish    (CnnPredictor         *self,
                                              GAsyncResult         *result,
                                              GError              **error);
void            cnn_predictor_look_from_async (CnnPredictor        *self,
                                              CnnActivations       *activations,
                                              guint                 layer,
                                              CnnTensor            *output,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
CnnActivations *cnn_predictor_look_from_finish (CnnPredictor       *self,
                                              GAsyncResult         *result,
                                              GError              **error);

G_END_DECLS
