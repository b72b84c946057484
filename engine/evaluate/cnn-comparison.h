#pragma once

#include "evaluate/cnn-run.h"

G_BEGIN_DECLS

/**
 * CnnFlip:
 * @file: a picture's name in the data set
 * @first: what the first run found
 * @second: what the second run found
 *
 * A picture that two runs saw in different ways: one right, the other wrong.
 */
typedef struct
{
  const char *file;
  const CnnSampleResult *first;
  const CnnSampleResult *second;
} CnnFlip;

/**
 * CnnComparison:
 * @first_run: a run
 * @second_run: another one
 * @n_common: pictures that both runs have scored
 * @n_both: those that both were right about
 * @n_first: those that only the first was right about
 * @n_second: those that only the second was right about
 * @n_neither: those that neither was right about
 * @p_value: how probable it is that two equally good networks differ at least as
 *   much as these, by McNemar's exact test
 * @first_flips: (element-type CnnFlip): those that only the first was right
 *   about, in the order of their names; results are lent by the runs
 * @second_flips: (element-type CnnFlip): those that only the second was right
 *   about
 *
 * How two runs differ on the pictures that both have scored. Pictures are the
 * same where their names are.
 */
typedef struct
{
  CnnRun *first_run;
  CnnRun *second_run;
  guint n_common;
  guint n_both;
  guint n_first;
  guint n_second;
  guint n_neither;
  double p_value;
  GArray *first_flips;
  GArray *second_flips;
} CnnComparison;

CnnComparison *cnn_comparison_new   (CnnRun         *first,
                                     CnnRun         *second);
void           cnn_comparison_free  (CnnComparison  *self);

double         cnn_mcnemar_p_value  (guint           n_first,
                                     guint           n_second);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnComparison, cnn_comparison_free)

G_END_DECLS
