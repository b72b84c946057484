#include "run/cnn-prediction.h"

#include <math.h>
#include <string.h>

struct _CnnPrediction
{
  gatomicrefcount ref_count;

  guint n_crops;
  guint n_classes;

  /* A row for each crop, then one for their mean. */
  float *logits;

  /* For each row, the logarithm of the sum of exp(logit) over the classes. */
  double *log_sums;
};

G_DEFINE_BOXED_TYPE (CnnPrediction, cnn_prediction, cnn_prediction_ref, cnn_prediction_unref)

/* Taking the greatest logit out of the sum first keeps exp() from overflowing. */
static double
log_sum_exp (const float *logits,
             guint        n)
{
  double greatest = logits[0];
  double sum = 0;

  for (guint i = 1; i < n; i++)
    greatest = MAX (greatest, logits[i]);

  for (guint i = 0; i < n; i++)
    sum += exp (logits[i] - greatest);

  return greatest + log (sum);
}

static void
average_rows (const float *rows,
              guint        n_rows,
              guint        n_columns,
              float       *mean)
{
  memcpy (mean, rows, n_columns * sizeof (float));

  for (guint i = 1; i < n_rows; i++)
    for (guint j = 0; j < n_columns; j++)
      mean[j] += rows[(gsize) i * n_columns + j];

  for (guint j = 0; j < n_columns; j++)
    mean[j] /= n_rows;
}

static guint
get_row (const CnnPrediction *self,
         int                  crop)
{
  return crop == CNN_MEAN_OF_CROPS ? self->n_crops : (guint) crop;
}

static gboolean
has_row (const CnnPrediction *self,
         int                  crop)
{
  return crop >= CNN_MEAN_OF_CROPS && get_row (self, crop) <= self->n_crops;
}

/* Whether class a comes before class b: the greater logit, or the lower index
 * where the logits are equal. */
static inline gboolean
comes_before (const float *logits,
              guint        a,
              guint        b)
{
  return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
}

/**
 * cnn_prediction_new:
 * @logits: crops×classes (further dimensions of extent 1 are allowed), at least
 *   one of each, copied
 *
 * Makes a prediction from the logits of the crops of one picture.
 *
 * Returns: (transfer full): a new prediction
 */
CnnPrediction *
cnn_prediction_new (CnnTensor *logits)
{
  return cnn_prediction_new_from_rows (logits, 0, cnn_tensor_get_shape (logits)->dims[0]);
}

/**
 * cnn_prediction_new_from_rows:
 * @logits: rows×classes (further dimensions of extent 1 are allowed), copied
 * @first: the row of the picture's first crop
 * @n_crops: how many crops it has, at least one
 *
 * Makes a prediction for one of several pictures.
 *
 * Returns: (transfer full): a new prediction
 */
CnnPrediction *
cnn_prediction_new_from_rows (CnnTensor *logits,
                              gsize      first,
                              guint      n_crops)
{
  const CnnShape *shape = cnn_tensor_get_shape (logits);
  gsize n_classes, n;
  CnnPrediction *self;

  g_return_val_if_fail (shape->n_dims >= 2 && shape->dims[1] > 0, NULL);
  g_return_val_if_fail (cnn_tensor_get_n_elements (logits) == shape->dims[0] * shape->dims[1], NULL);
  g_return_val_if_fail (n_crops > 0 && first + n_crops <= shape->dims[0], NULL);

  n_classes = shape->dims[1];
  n = n_crops * n_classes;
  g_return_val_if_fail (n < G_MAXUINT, NULL);

  self = g_new0 (CnnPrediction, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->n_crops = n_crops;
  self->n_classes = n_classes;

  self->logits = g_new (float, n + n_classes);
  memcpy (self->logits, cnn_tensor_get_data (logits) + first * n_classes, n * sizeof (float));
  average_rows (self->logits, n_crops, n_classes, self->logits + n);

  self->log_sums = g_new (double, n_crops + 1);
  for (guint i = 0; i <= n_crops; i++)
    self->log_sums[i] = log_sum_exp (self->logits + i * n_classes, n_classes);

  return self;
}

CnnPrediction *
cnn_prediction_ref (CnnPrediction *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
cnn_prediction_unref (CnnPrediction *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->logits);
  g_free (self->log_sums);
  g_free (self);
}

guint
cnn_prediction_get_n_crops (const CnnPrediction *self)
{
  return self->n_crops;
}

guint
cnn_prediction_get_n_classes (const CnnPrediction *self)
{
  return self->n_classes;
}

/**
 * cnn_prediction_get_logits:
 * @self: a prediction
 * @crop: a crop, or %CNN_MEAN_OF_CROPS
 *
 * The mean is summed in float32 in the order of the crops and then divided by
 * their number.
 *
 * Returns: (transfer none): as many logits as there are classes
 */
const float *
cnn_prediction_get_logits (const CnnPrediction *self,
                           int                  crop)
{
  g_return_val_if_fail (has_row (self, crop), NULL);

  return self->logits + (gsize) get_row (self, crop) * self->n_classes;
}

/**
 * cnn_prediction_get_top:
 * @self: a prediction
 * @crop: a crop, or %CNN_MEAN_OF_CROPS
 * @ranked: (array length=n_ranked) (out caller-allocates): the best classes, the
 *   likeliest first; of equal ones the lower index comes first
 * @n_ranked: how many places @ranked has
 *
 * Returns: how many places were filled: @n_ranked, or the number of classes
 *   where that is less
 */
guint
cnn_prediction_get_top (const CnnPrediction *self,
                        int                  crop,
                        CnnRanked           *ranked,
                        guint                n_ranked)
{
  const float *logits;
  double log_sum;
  guint n = 0;

  g_return_val_if_fail (has_row (self, crop), 0);

  logits = cnn_prediction_get_logits (self, crop);
  log_sum = self->log_sums[get_row (self, crop)];

  for (guint i = 0; i < self->n_classes; i++)
    {
      guint place = n;

      while (place > 0 && comes_before (logits, i, ranked[place - 1].index))
        place--;

      if (place == n_ranked)
        continue;

      n = MIN (n + 1, n_ranked);
      memmove (ranked + place + 1, ranked + place, (n - place - 1) * sizeof *ranked);
      ranked[place].index = i;
    }

  for (guint i = 0; i < n; i++)
    {
      ranked[i].logit = logits[ranked[i].index];
      ranked[i].probability = exp (ranked[i].logit - log_sum);
    }

  return n;
}

/**
 * cnn_prediction_get_cross_entropy:
 * @self: a prediction
 * @crop: a crop, or %CNN_MEAN_OF_CROPS
 * @class_index: the true class
 *
 * Returns: −ln of the softmax probability of @class_index
 */
double
cnn_prediction_get_cross_entropy (const CnnPrediction *self,
                                  int                  crop,
                                  guint                class_index)
{
  g_return_val_if_fail (has_row (self, crop) && class_index < self->n_classes, NAN);

  return self->log_sums[get_row (self, crop)] -
         cnn_prediction_get_logits (self, crop)[class_index];
}

/**
 * cnn_prediction_get_rank:
 * @self: a prediction
 * @crop: a crop, or %CNN_MEAN_OF_CROPS
 * @class_index: a class
 *
 * Returns: how many classes come before @class_index in the ranking: 0 where it
 *   is the answer, below 5 where it is among the top five
 */
guint
cnn_prediction_get_rank (const CnnPrediction *self,
                         int                  crop,
                         guint                class_index)
{
  const float *logits;
  guint rank = 0;

  g_return_val_if_fail (has_row (self, crop) && class_index < self->n_classes, G_MAXUINT);

  logits = cnn_prediction_get_logits (self, crop);
  for (guint i = 0; i < self->n_classes; i++)
    rank += comes_before (logits, i, class_index);

  return rank;
}
