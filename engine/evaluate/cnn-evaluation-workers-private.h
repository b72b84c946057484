#pragma once

#include "evaluate/cnn-evaluation.h"

G_BEGIN_DECLS

/* The threads of an evaluation. Each takes the next picture that nobody has
 * taken yet; what they find waits in one place until the task's main context,
 * told by a call of `publish` there, takes it. When the last of them is out of
 * work, `finished` is called there, once. */
typedef struct _CnnEvaluationWorkers CnnEvaluationWorkers;

CnnEvaluationWorkers *cnn_evaluation_workers_new   (CnnDataset                  *dataset,
                                                    CnnPredictor                *predictor,
                                                    const CnnEvaluationOptions  *options,
                                                    GArray                      *todo);
void                  cnn_evaluation_workers_free  (CnnEvaluationWorkers        *self);
gboolean              cnn_evaluation_workers_start (CnnEvaluationWorkers        *self,
                                                    GTask                       *task,
                                                    GSourceFunc                  publish,
                                                    GSourceFunc                  finished,
                                                    GError                     **error);
GArray               *cnn_evaluation_workers_take  (CnnEvaluationWorkers        *self);
gboolean              cnn_evaluation_workers_join  (CnnEvaluationWorkers        *self,
                                                    GError                     **error);

G_END_DECLS
