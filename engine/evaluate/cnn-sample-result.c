#include "evaluate/cnn-sample-result.h"

/**
 * cnn_sample_result_clear:
 * @result: a result that has its own reason for being skipped, if any
 *
 * Frees what belongs to it.
 */
void
cnn_sample_result_clear (CnnSampleResult *result)
{
  g_clear_pointer (&result->skipped, g_free);
}

/**
 * cnn_sample_results_new:
 *
 * Returns: (transfer full) (element-type CnnSampleResult): an array without
 *   results, which clears what is put into it
 */
GArray *
cnn_sample_results_new (void)
{
  GArray *results = g_array_new (FALSE, FALSE, sizeof (CnnSampleResult));

  g_array_set_clear_func (results, (GDestroyNotify) cnn_sample_result_clear);

  return results;
}

/**
 * cnn_sample_result_is_sound:
 * @result: what a run found for a picture that was not skipped
 *
 * Returns: whether @result does not contradict itself: the prediction is the
 *   first of the best classes
 */
gboolean
cnn_sample_result_is_sound (const CnnSampleResult *result)
{
  return result->n_top >= 1 && result->n_top <= G_N_ELEMENTS (result->top) &&
         result->prediction == result->top[0].index;
}

/**
 * cnn_sample_result_is_scored:
 * @result: what a run found
 *
 * Returns: whether it counts in accuracy and loss
 */
gboolean
cnn_sample_result_is_scored (const CnnSampleResult *result)
{
  return result->skipped == NULL && result->label != CNN_NO_LABEL;
}

/**
 * cnn_sample_result_is_correct:
 * @result: what a run found for a picture that is scored
 *
 * Returns: whether the true class was ranked first
 */
gboolean
cnn_sample_result_is_correct (const CnnSampleResult *result)
{
  return result->prediction == (guint) result->label;
}

/**
 * cnn_sample_result_is_in_top:
 * @result: what a run found for a picture that is scored
 *
 * Returns: whether the true class was among the first five
 */
gboolean
cnn_sample_result_is_in_top (const CnnSampleResult *result)
{
  for (guint i = 0; i < result->n_top; i++)
    if (result->top[i].index == (guint) result->label)
      return TRUE;

  return FALSE;
}
