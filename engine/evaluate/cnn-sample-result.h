#pragma once

#include "dataset/cnn-sample.h"
#include "run/cnn-prediction.h"

G_BEGIN_DECLS

/**
 * CnnSampleResult:
 * @sample: index of the picture in the data set
 * @label: its true class, or %CNN_NO_LABEL
 * @prediction: the class with the greatest mean logit
 * @cross_entropy: −ln of the true class's probability; NaN without a label
 * @top: the five classes of greatest mean logit, best first (fewer where the
 *   network has fewer)
 * @n_top: how many of @top are used
 * @seconds: how long a thread worked on it
 * @skipped: (nullable): why the picture could not be used, in one line to stand
 *   beside its name; then nothing but @sample, @label and @seconds counts
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
  double seconds;
  char *skipped;
} CnnSampleResult;

GArray  *cnn_sample_results_new       (void);
void     cnn_sample_result_clear      (CnnSampleResult       *result);
gboolean cnn_sample_result_is_sound   (const CnnSampleResult *result);
gboolean cnn_sample_result_is_scored  (const CnnSampleResult *result);
gboolean cnn_sample_result_is_correct (const CnnSampleResult *result);
gboolean cnn_sample_result_is_in_top  (const CnnSampleResult *result);

G_END_DECLS
