#pragma once

#include "dataset/cnn-dataset.h"
#include "evaluate/cnn-run.h"
#include "run/cnn-predictor.h"

G_BEGIN_DECLS

#define CNN_TYPE_EVALUATION (cnn_evaluation_get_type ())

/**
 * CnnEvaluationOptions:
 * @settings: what decides the result
 * @n_threads: how many pictures are worked on at once; 0 for one a processor
 * @background: whether they give way to everything else that wants a processor
 *
 * What to run, and with what force.
 */
typedef struct
{
  CnnRunSettings settings;
  guint n_threads;
  gboolean background;
} CnnEvaluationOptions;

/**
 * CnnEvaluation:
 *
 * Carries out a run of a network over a data set. Workers decode, prepare and
 * predict; what they have found is added to the run in the main context in which
 * the evaluation was started, at most ten times a second, and once more before
 * it ends. Its methods belong to that context. An evaluation runs once; a run
 * that was cut short goes on in another one, which is given the results of the
 * first before it starts.
 *
 * A picture whose class ought to be known but is not (see
 * cnn_sample_get_problem()), or that cannot be decoded, is skipped, with the
 * reason. One of which nobody said what it shows is predicted but not scored.
 *
 * The result is the same bits whatever @n_threads, the order in which workers
 * finish, and how often the run was cut short.
 */
G_DECLARE_FINAL_TYPE (CnnEvaluation, cnn_evaluation, CNN, EVALUATION, GObject)

CnnEvaluation *cnn_evaluation_new           (CnnDataset                 *dataset,
                                             CnnPredictor               *predictor,
                                             const CnnEvaluationOptions *options);
CnnRun        *cnn_evaluation_get_run       (CnnEvaluation              *self);
CnnDataset    *cnn_evaluation_get_dataset   (CnnEvaluation              *self);
CnnPredictor  *cnn_evaluation_get_predictor (CnnEvaluation              *self);
void           cnn_evaluation_run_async     (CnnEvaluation              *self,
                                             GCancellable               *cancellable,
                                             GAsyncReadyCallback         callback,
                                             gpointer                    user_data);
gboolean       cnn_evaluation_run_finish    (CnnEvaluation              *self,
                                             GAsyncResult               *result,
                                             GError                    **error);

G_END_DECLS
