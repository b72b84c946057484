#define G_LOG_DOMAIN "cnn-comparison"

#include "evaluate/cnn-comparison.h"

#include <math.h>
#include <string.h>

/**
 * cnn_mcnemar_p_value:
 * @n_first: pictures that only the first network was right about
 * @n_second: pictures that only the second was right about
 *
 * McNemar's test, exact and two-sided: if both were equally good, each picture
 * that they differ on would fall to either like a coin. Numbers of any size: sums
 * are of logarithms.
 *
 * Source: McNemar, "Note on the sampling error of the difference between
 * correlated proportions or percentages", Psychometrika 12, 1947.
 *
 * Returns: the probability of a division at least as uneven, from 0 to 1
 */
double
cnn_mcnemar_p_value (guint n_first,
                     guint n_second)
{
  double n = (double) n_first + n_second;
  guint fewer = MIN (n_first, n_second);
  double sum = 0;

  for (guint k = 0; k <= fewer; k++)
    sum += exp (lgamma (n + 1) - lgamma (k + 1.0) - lgamma (n - k + 1) - n * M_LN2);

  return MIN (1, 2 * sum);
}

static const CnnSampleResult *
get_scored (CnnRun *run,
            guint   sample)
{
  const CnnSampleResult *result = cnn_run_get_result (run, sample);

  return result != NULL && cnn_sample_result_is_scored (result) ? result : NULL;
}

static GHashTable *
index_by_file (CnnRun *run)
{
  GHashTable *index = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = cnn_run_get_n_samples (run);

  for (guint i = 0; i < n; i++)
    {
      const CnnSampleResult *result = get_scored (run, i);

      if (result != NULL)
        g_hash_table_insert (index, (gpointer) cnn_run_get_sample (run, i)->file, (gpointer) result);
    }

  return index;
}

static void
count (CnnComparison *self,
       const CnnFlip *pair)
{
  gboolean first = cnn_sample_result_is_correct (pair->first);
  gboolean second = cnn_sample_result_is_correct (pair->second);

  self->n_common++;
  self->n_both += first && second;
  self->n_neither += !first && !second;
  if (first && !second)
    g_array_append_vals (self->first_flips, pair, 1);
  if (second && !first)
    g_array_append_vals (self->second_flips, pair, 1);
}

static int
compare_flips (gconstpointer a,
               gconstpointer b)
{
  return strcmp (((const CnnFlip *) a)->file, ((const CnnFlip *) b)->file);
}

/**
 * cnn_comparison_new:
 * @first: a run
 * @second: another one
 *
 * Compares what two runs found.
 *
 * Returns: (transfer full): how they differ
 */
CnnComparison *
cnn_comparison_new (CnnRun *first,
                    CnnRun *second)
{
  CnnComparison *self = g_new0 (CnnComparison, 1);
  g_autoptr (GHashTable) others = index_by_file (second);
  guint n = cnn_run_get_n_samples (first);

  self->first_run = g_object_ref (first);
  self->second_run = g_object_ref (second);
  self->first_flips = g_array_new (FALSE, FALSE, sizeof (CnnFlip));
  self->second_flips = g_array_new (FALSE, FALSE, sizeof (CnnFlip));

  for (guint i = 0; i < n; i++)
    {
      CnnFlip pair = { cnn_run_get_sample (first, i)->file, get_scored (first, i), NULL };

      pair.second = g_hash_table_lookup (others, pair.file);
      if (pair.first != NULL && pair.second != NULL)
        count (self, &pair);
    }

  g_array_sort (self->first_flips, compare_flips);
  g_array_sort (self->second_flips, compare_flips);
  self->n_first = self->first_flips->len;
  self->n_second = self->second_flips->len;
  self->p_value = cnn_mcnemar_p_value (self->n_first, self->n_second);

  return self;
}

void
cnn_comparison_free (CnnComparison *self)
{
  g_array_unref (self->first_flips);
  g_array_unref (self->second_flips);
  g_object_unref (self->first_run);
  g_object_unref (self->second_run);
  g_free (self);
}
