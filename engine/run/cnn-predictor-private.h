#pragma once

#include "plan/cnn-plan.h"
#include "run/cnn-predictor.h"

G_BEGIN_DECLS

CnnPlan   *cnn_predictor_get_plan  (CnnPredictor  *self,
                                    CnnTensor     *input,
                                    GError       **error);
CnnTensor *cnn_predictor_run_timed (CnnPredictor  *self,
                                    CnnTensor     *input,
                                    guint          n_threads,
                                    gint64        *times,
                                    GCancellable  *cancellable,
                                    GError       **error);

G_END_DECLS
