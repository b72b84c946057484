#pragma once

#include "core/cnn-tensor.h"

G_BEGIN_DECLS

/**
 * CnnPrediction:
 *
 * What a network answers for one or several crops of a picture: a row of logits
 * for each crop, and their mean (of logits, not of probabilities; the softmax
 * comes afterwards). Reference-counted and immutable.
 *
 * Rows are counted by `crop`; %CNN_MEAN_OF_CROPS stands for the mean.
 */
typedef struct _CnnPrediction CnnPrediction;

#define CNN_TYPE_PREDICTION (cnn_prediction_get_type ())
#define CNN_MEAN_OF_CROPS   (-1)

/**
 * CnnRanked:
 * @index: the class
 * @logit: its logit
 * @probability: its softmax probability
 *
 * One place of a ranking.
 */
typedef struct
{
  guint index;
  float logit;
  float probability;
} CnnRanked;

GType          cnn_prediction_get_type          (void) G_GNUC_CONST;
CnnPrediction *cnn_prediction_new               (CnnTensor           *logits);
CnnPrediction *cnn_prediction_new_from_rows     (CnnTensor           *logits,
                                                 gsize                first,
                                                 guint                n_crops);
CnnPrediction *cnn_prediction_ref               (CnnPrediction       *self);
void           cnn_prediction_unref             (CnnPrediction       *self);
guint          cnn_prediction_get_n_crops       (const CnnPrediction *self);
guint          cnn_prediction_get_n_classes     (const CnnPrediction *self);
const float   *cnn_prediction_get_logits        (const CnnPrediction *self,
                                                 int                  crop);
guint          cnn_prediction_get_top           (const CnnPrediction *self,
                                                 int                  crop,
                                                 CnnRanked           *ranked,
                                                 guint                n_ranked);
double         cnn_prediction_get_cross_entropy (const CnnPrediction *self,
                                                 int                  crop,
                                                 guint                class_index);
guint          cnn_prediction_get_rank          (const CnnPrediction *self,
                                                 int                  crop,
                                                 guint                class_index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnPrediction, cnn_prediction_unref)

G_END_DECLS
