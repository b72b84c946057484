#pragma once

#include "dataset/cnn-dataset.h"
#include "evaluate/cnn-class-statistics.h"
#include "image/cnn-recipe.h"
#include "run/cnn-predictor.h"

G_BEGIN_DECLS

#define CNN_TYPE_EVALUATION (cnn_evaluation_get_type ())

/**
 * CnnEvaluationOptions:
 * @recipe: how pictures are prepared
 * @crops: which crops are taken; the mean of their logits is the answer
 * @limit: at most so many pictures, from the first; 0 for all of them
 * @batch_size: how many pictures make a batch of the homework's loss
 * @n_threads: how many pictures are worked on at once; 0 for one a processor
 * @background: whether they give way to everything else that wants a processor
 *
 * What to run.
 */
typedef struct
{
  CnnRecipe recipe;
  CnnCropMode crops;
  guint limit;
  guint batch_size;
  guint n_threads;
  gboolean background;
} CnnEvaluationOptions;

/**
 * CnnSampleResult:
 * @sample: index of the picture in the data set
 * @label: its true class, or %CNN_NO_LABEL
 * @prediction: the class with the greatest mean logit
 * @cross_entropy: −ln of the true class's probability; NaN without a label
 * @top: the five classes of greatest mean logit, best first (fewer where the
 *   network has fewer)
 * @n_top: how many of @top are used
 * @skipped: (nullable): why the picture could not be used, in one line to stand
 *   beside its name; then nothing but @sample and @label counts
 *
 * What a run found for one picture.
 */
typedef struct
{
  guint sample;
  int label;
  guint prediction;
  double cross_entropy;
  CnnRanked top[5];
  guint n_top;
  char *skipped;
} CnnSampleResult;

/**
 * CnnEvaluationSummary:
 * @n_total: pictures to be looked at
 * @n_done: pictures looked at so far, skipped ones too
 * @n_scored: those with a label and an answer; accuracy and loss are of these
 * @n_skipped: those that could not be used
 * @n_correct: those whose true class was ranked first
 * @n_top5: those whose true class was among the first five
 * @loss: the homework's loss: the sum over batches of the batch's mean
 *   cross-entropy, divided by @n_scored
 * @mean_cross_entropy: mean cross-entropy per picture
 * @seconds: time since the run started, without the model's loading; it stands
 *   still once the run is over
 * @images_per_second: @n_done over @seconds
 * @seconds_left: how much longer the run will take at this speed; negative
 *   before there is any
 *
 * The figures of a run, or of the part of it that is done: then @loss is what
 * it would be if the run ended here.
 */
typedef struct
{
  guint n_total;
  guint n_done;
  guint n_scored;
  guint n_skipped;
  guint n_correct;
  guint n_top5;
  double loss;
  double mean_cross_entropy;
  double seconds;
  double images_per_second;
  double seconds_left;
} CnnEvaluationSummary;

/**
 * CnnEvaluation:
 *
 * One run of a network over a data set. Workers decode, prepare and predict;
 * what the run has found so far is published in the main context in which the
 * run was started: ::progress a few times a second, with everything that was
 * found since the last time, and the class statistics notifying as they change.
 * Its methods belong to that context. An evaluation runs once.
 *
 * A picture whose class ought to be known but is not (see
 * cnn_sample_get_problem()), or that cannot be decoded, is skipped, with the
 * reason. One of which nobody said what it shows is predicted but not scored.
 *
 * The result is the same bits whatever @n_threads and the order in which
 * workers finish.
 */
G_DECLARE_FINAL_TYPE (CnnEvaluation, cnn_evaluation, CNN, EVALUATION, GObject)

CnnEvaluation              *cnn_evaluation_new           (CnnDataset                 *dataset,
                                                          CnnPredictor               *predictor,
                                                          const CnnEvaluationOptions *options);
CnnDataset                 *cnn_evaluation_get_dataset   (CnnEvaluation              *self);
CnnPredictor               *cnn_evaluation_get_predictor (CnnEvaluation              *self);
const CnnEvaluationOptions *cnn_evaluation_get_options   (CnnEvaluation              *self);
void                        cnn_evaluation_run_async     (CnnEvaluation              *self,
                                                          GCancellable               *cancellable,
                                                          GAsyncReadyCallback         callback,
                                                          gpointer                    user_data);
gboolean                    cnn_evaluation_run_finish    (CnnEvaluation              *self,
                                                          GAsyncResult               *result,
                                                          GError                    **error);
void                        cnn_evaluation_get_summary   (CnnEvaluation              *self,
                                                          CnnEvaluationSummary       *summary);
GListModel                 *cnn_evaluation_get_classes   (CnnEvaluation              *self);
const CnnSampleResult      *cnn_evaluation_get_result    (CnnEvaluation              *self,
                                                          guint                       sample);

G_END_DECLS
