#pragma once

#include "dataset/cnn-sample.h"
#include "evaluate/cnn-class-statistics.h"
#include "evaluate/cnn-sample-result.h"
#include "image/cnn-recipe.h"

G_BEGIN_DECLS

#define CNN_TYPE_RUN (cnn_run_get_type ())

/**
 * CnnRunSettings:
 * @recipe: how pictures are prepared
 * @crops: which crops are taken; the mean of their logits is the answer
 * @limit: at most so many pictures, from the first; 0 for all of them
 * @batch_size: how many pictures make a batch of the homework's loss
 * @shard: which part of the pictures this run looks at, from 0
 * @n_shards: into how many parts of about the same size, one after another, they
 *   are divided; 0 and 1 for a run that looks at all of them
 *
 * What decides the result of a run, beside its network and its pictures.
 */
typedef struct
{
  CnnRecipe recipe;
  CnnCropMode crops;
  guint limit;
  guint batch_size;
  guint shard;
  guint n_shards;
} CnnRunSettings;

/**
 * CnnRunSample:
 * @file: the picture's name in the data set
 * @label: its true class, or %CNN_NO_LABEL
 *
 * A picture as a run knows it.
 */
typedef struct
{
  const char *file;
  int label;
} CnnRunSample;

/**
 * CnnRunDescription:
 * @model: (nullable): the model's file
 * @network: what the network is called
 * @dataset: (nullable): the data set's folder
 * @settings: how it is run
 * @samples: the pictures, in the data set's order; those beyond the limit are
 *   left out
 * @n_samples: how many they are
 * @classes: (array length=n_classes): the classes of @samples, in the order of
 *   their indices, with nothing counted yet
 * @n_classes: how many they are
 *
 * What a run is about. File names are as for people to read, in UTF-8.
 */
typedef struct
{
  const char *model;
  const char *network;
  const char *dataset;
  CnnRunSettings settings;
  const CnnRunSample *samples;
  guint n_samples;
  CnnClassStatistics *const *classes;
  guint n_classes;
} CnnRunDescription;

/**
 * CnnRunSummary:
 * @n_total: pictures to be looked at
 * @n_done: pictures looked at so far, skipped ones too
 * @n_scored: those with a label and an answer; accuracy and loss are of these
 * @n_skipped: those that could not be used
 * @n_correct: those whose true class was ranked first
 * @n_top5: those whose true class was among the first five
 * @loss: the homework's loss: the sum over batches of the batch's mean
 *   cross-entropy, divided by @n_scored
 * @mean_cross_entropy: mean cross-entropy per picture
 * @seconds: how long it was worked on, without the model's loading; it stands
 *   still while nobody works on it
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
} CnnRunSummary;

/**
 * CnnRun:
 *
 * One validation of a network over a data set: what it is about, and what was
 * found so far. It needs neither the network nor the pictures, so that one that
 * was stored looks like one that is going on. A [class@Evaluation] carries it
 * out.
 *
 * A run belongs to one thread, in which ::progress is emitted and the class
 * statistics notify. Once nobody adds to it, any thread may read it.
 */
G_DECLARE_FINAL_TYPE (CnnRun, cnn_run, CNN, RUN, GObject)

CnnRun                *cnn_run_new          (const CnnRunDescription *description);
const char            *cnn_run_get_model    (CnnRun                  *self);
const char            *cnn_run_get_network  (CnnRun                  *self);
const char            *cnn_run_get_dataset  (CnnRun                  *self);
const CnnRunSettings  *cnn_run_get_settings (CnnRun                  *self);
guint                  cnn_run_get_n_samples (CnnRun                 *self);
const CnnRunSample    *cnn_run_get_sample   (CnnRun                  *self,
                                             guint                    sample);
gboolean               cnn_run_includes     (CnnRun                  *self,
                                             guint                    sample);
void                   cnn_run_get_summary  (CnnRun                  *self,
                                             CnnRunSummary           *summary);
GListModel            *cnn_run_get_classes  (CnnRun                  *self);
const CnnSampleResult *cnn_run_get_result   (CnnRun                  *self,
                                             guint                    sample);
gboolean               cnn_run_add_results  (CnnRun                  *self,
                                             const CnnSampleResult   *results,
                                             guint                    n_results,
                                             GError                 **error);
void                   cnn_run_add_seconds  (CnnRun                  *self,
                                             double                   seconds);

/* Engine-internal: while an evaluation works on it, time goes on. */
void                   cnn_run_start_clock  (CnnRun                  *self);
void                   cnn_run_stop_clock   (CnnRun                  *self);

G_END_DECLS
