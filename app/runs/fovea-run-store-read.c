#define G_LOG_DOMAIN "fovea-run-store"

#include "fovea-run-store-private.h"

#include <math.h>

#include "core/cnn-error.h"

/* What is read from the store. The file may have been written by anybody, so
 * that what it says is checked before it is used. */

#define RUN_COLUMNS \
  "id, name, created, model, network, dataset, preset, crops, shard, shards, total, done, scored," \
  " skipped, correct, top5, loss, mean_cross_entropy, seconds, deleted"

/**
 * fovea_stored_run_free:
 * @self: (transfer full): a line of the list of runs
 */
void
fovea_stored_run_free (FoveaStoredRun *self)
{
  g_free (self->name);
  g_free (self->model);
  g_free (self->network);
  g_free (self->dataset);
  g_free (self->preset);
  g_free (self->crops);
  g_free (self);
}

static void
read_summary (FoveaStatement *row,
              int             column,
              CnnRunSummary  *summary)
{
  *summary = (CnnRunSummary) {
    .n_total = sqlite3_column_int64 (row, column),
    .n_done = sqlite3_column_int64 (row, column + 1),
    .n_scored = sqlite3_column_int64 (row, column + 2),
    .n_skipped = sqlite3_column_int64 (row, column + 3),
    .n_correct = sqlite3_column_int64 (row, column + 4),
    .n_top5 = sqlite3_column_int64 (row, column + 5),
    .loss = sqlite3_column_double (row, column + 6),
    .mean_cross_entropy = sqlite3_column_double (row, column + 7),
    .seconds = sqlite3_column_double (row, column + 8),
  };

  if (summary->seconds > 0)
    summary->images_per_second = summary->n_done / summary->seconds;
  summary->seconds_left = summary->n_done == summary->n_total ? 0
                          : summary->images_per_second > 0
                          ? (summary->n_total - summary->n_done) / summary->images_per_second : -1;
}

static FoveaStoredRun *
read_stored_run (FoveaRunStore  *self,
                 FoveaStatement *row)
{
  FoveaStoredRun *run = g_new0 (FoveaStoredRun, 1);

  run->id = sqlite3_column_int64 (row, 0);
  run->name = fovea_statement_dup_text (row, 1);
  run->created = sqlite3_column_int64 (row, 2);
  run->model = fovea_statement_dup_text (row, 3);
  run->network = fovea_statement_dup_text (row, 4);
  run->dataset = fovea_statement_dup_text (row, 5);
  run->preset = fovea_statement_dup_text (row, 6);
  run->crops = fovea_statement_dup_text (row, 7);
  run->shard = sqlite3_column_int64 (row, 8);
  run->n_shards = sqlite3_column_int64 (row, 9);
  read_summary (row, 10, &run->summary);
  run->is_deleted = sqlite3_column_type (row, 19) != SQLITE_NULL;
  run->is_running = fovea_run_store_is_locked (self, run->id);

  return run;
}

/**
 * fovea_run_store_list:
 * @self: a store
 * @deleted: whether to list those that were deleted, instead of the others
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: (transfer full) (element-type FoveaStoredRun): the runs, the newest
 *   first
 */
GPtrArray *
fovea_run_store_list (FoveaRunStore  *self,
                      gboolean        deleted,
                      GError        **error)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_stored_run_free);
  g_autoptr (FoveaStatement) statement =
    fovea_statement_new (self->database, "SELECT " RUN_COLUMNS " FROM runs"
                         " WHERE (deleted IS NOT NULL) = ? ORDER BY id DESC", error);
  gboolean has_row = TRUE;

  if (statement == NULL)
    return NULL;

  fovea_statement_bind (statement, "i", (gint64) !!deleted);
  while (has_row)
    {
      if (!fovea_statement_step (statement, &has_row, error))
        return NULL;
      if (has_row)
        g_ptr_array_add (runs, read_stored_run (self, statement));
    }

  return g_steal_pointer (&runs);
}

/**
 * fovea_run_store_find:
 * @self: a store
 * @identity: what tells a run from others
 * @settings: how it is run
 * @id: (out): its number, or %FOVEA_NO_RUN
 * @error: return location for a %G_IO_ERROR
 *
 * Looks for the newest run that was not deleted and whose results would be the
 * same bits.
 *
 * Returns: whether the store could be read
 */
gboolean
fovea_run_store_find (FoveaRunStore           *self,
                      const FoveaRunIdentity  *identity,
                      const CnnRunSettings    *settings,
                      gint64                  *id,
                      GError                 **error)
{
  g_autoptr (FoveaStatement) statement =
    fovea_statement_new (self->database, "SELECT id FROM runs WHERE key = ? AND shard = ? AND shards = ?"
                         " AND deleted IS NULL ORDER BY id DESC LIMIT 1", error);
  gboolean has_row;

  if (statement == NULL)
    return FALSE;

  fovea_statement_bind (statement, "sii", identity->key, (gint64) settings->shard,
                        (gint64) MAX (settings->n_shards, 1));
  if (!fovea_statement_step (statement, &has_row, error))
    return FALSE;

  *id = has_row ? sqlite3_column_int64 (statement, 0) : FOVEA_NO_RUN;

  return TRUE;
}

gboolean
fovea_run_store_set_damaged (FoveaRunStore  *self,
                             gint64          id,
                             const char     *problem,
                             GError        **error)
{
  g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "%s: run %" G_GINT64_FORMAT ": %s",
               self->path, id, problem);

  return FALSE;
}

/* The file's name lasts until the next step, the reason for skipping belongs to
 * the caller. */
void
fovea_run_store_read_result (FoveaStatement   *row,
                             CnnSampleResult  *result,
                             const char      **file,
                             FoveaStamp       *stamp)
{
  *file = (const char *) sqlite3_column_text (row, 1);
  *stamp = (FoveaStamp) {
    .bytes = sqlite3_column_int64 (row, 17),
    .modified = sqlite3_column_int64 (row, 18),
    .crc = sqlite3_column_int64 (row, 19),
  };
  *result = (CnnSampleResult) {
    .sample = sqlite3_column_int64 (row, 0),
    .label = sqlite3_column_type (row, 2) != SQLITE_NULL ? sqlite3_column_int (row, 2) : CNN_NO_LABEL,
    .prediction = sqlite3_column_int64 (row, 3),
    .cross_entropy = sqlite3_column_type (row, 4) != SQLITE_NULL ? sqlite3_column_double (row, 4) : NAN,
    .seconds = sqlite3_column_double (row, 15),
    .skipped = fovea_statement_dup_text (row, 16),
  };

  while (result->n_top < G_N_ELEMENTS (result->top) &&
         sqlite3_column_type (row, 5 + 2 * result->n_top) != SQLITE_NULL)
    {
      CnnRanked *ranked = &result->top[result->n_top];

      ranked->index = sqlite3_column_int64 (row, 5 + 2 * result->n_top);
      ranked->probability = sqlite3_column_double (row, 6 + 2 * result->n_top);
      ranked->logit = NAN;
      result->n_top++;
    }
}

FoveaStatement *
fovea_run_store_select_results (FoveaRunStore  *self,
                                gint64          id,
                                GError        **error)
{
  FoveaStatement *statement =
    fovea_statement_new (self->database,
                         "SELECT sample, file, label, prediction, cross_entropy,"
                         " top1, probability1, top2, probability2, top3, probability3,"
                         " top4, probability4, top5, probability5, seconds, reason,"
                         " bytes, modified, crc FROM results WHERE run = ? ORDER BY sample", error);

  if (statement != NULL)
    fovea_statement_bind (statement, "i", id);

  return statement;
}

/* Whether the picture of a result is there, and still what it was. */
static gboolean
is_current (CnnDataset       *dataset,
            guint             sample,
            const FoveaStamp *stamp)
{
  return sample < cnn_dataset_get_n_samples (dataset) &&
         fovea_stamp_is_current (stamp, cnn_sample_get_path (cnn_dataset_get_sample (dataset, sample)));
}

/* How long a run was worked on so far. */
double
fovea_run_store_read_seconds (FoveaRunStore *self,
                              gint64         id)
{
  g_autoptr (FoveaStatement) statement =
    fovea_statement_new (self->database, "SELECT seconds FROM runs WHERE id = ?", NULL);
  gboolean has_row;

  if (statement == NULL)
    return 0;

  fovea_statement_bind (statement, "i", id);

  return fovea_statement_step (statement, &has_row, NULL) && has_row
         ? sqlite3_column_double (statement, 0) : 0;
}

/**
 * fovea_run_store_restore:
 * @self: a store
 * @id: a run
 * @run: an equal run that found nothing yet
 * @dataset: (nullable): its pictures: results of those that have changed since
 *   are left out
 * @error: return location for a %G_IO_ERROR or a %CNN_ERROR_DAMAGED
 *
 * Gives a run what was found before, and the time that it took.
 *
 * Returns: whether it has it
 */
gboolean
fovea_run_store_restore (FoveaRunStore  *self,
                         gint64          id,
                         CnnRun         *run,
                         CnnDataset     *dataset,
                         GError        **error)
{
  g_autoptr (GArray) results = cnn_sample_results_new ();
  g_autoptr (FoveaStatement) statement = fovea_run_store_select_results (self, id, error);
  g_autoptr (GError) problem = NULL;
  gboolean has_row = TRUE;

  if (statement == NULL)
    return FALSE;

  while (has_row)
    {
      CnnSampleResult result;
      FoveaStamp stamp;
      const char *file;

      if (!fovea_statement_step (statement, &has_row, error))
        return FALSE;
      if (!has_row)
        break;

      fovea_run_store_read_result (statement, &result, &file, &stamp);
      if (dataset == NULL || is_current (dataset, result.sample, &stamp))
        g_array_append_val (results, result);
      else
        cnn_sample_result_clear (&result);
    }

  if (!cnn_run_add_results (run, (const CnnSampleResult *) (gpointer) results->data, results->len, &problem))
    return fovea_run_store_set_damaged (self, id, problem->message, error);

  cnn_run_add_seconds (run, fovea_run_store_read_seconds (self, id));

  return TRUE;
}

static GPtrArray *
load_classes (FoveaRunStore  *self,
              gint64          id,
              GError        **error)
{
  g_autoptr (GPtrArray) classes = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (FoveaStatement) statement =
    fovea_statement_new (self->database, "SELECT class, wnid, name FROM classes WHERE run = ?"
                         " ORDER BY class", error);
  gboolean has_row = TRUE;

  if (statement == NULL)
    return NULL;

  fovea_statement_bind (statement, "i", id);
  while (has_row)
    {
      if (!fovea_statement_step (statement, &has_row, error))
        return NULL;
      if (has_row)
        g_ptr_array_add (classes,
                         cnn_class_statistics_new (sqlite3_column_int64 (statement, 0),
                                                   (const char *) sqlite3_column_text (statement, 1),
                                                   (const char *) sqlite3_column_text (statement, 2)));
    }

  return g_steal_pointer (&classes);
}

/* Names and labels of the pictures that have a result; the others are not known. */
static gboolean
load_samples (FoveaRunStore  *self,
              gint64          id,
              GStringChunk   *names,
              CnnRunSample   *samples,
              guint           n_samples,
              GError        **error)
{
  g_autoptr (FoveaStatement) statement = fovea_run_store_select_results (self, id, error);
  gboolean has_row = TRUE;

  if (statement == NULL)
    return FALSE;

  for (guint i = 0; i < n_samples; i++)
    samples[i] = (CnnRunSample) { "", CNN_NO_LABEL };

  while (has_row)
    {
      CnnSampleResult result;
      FoveaStamp stamp;
      const char *file;

      if (!fovea_statement_step (statement, &has_row, error))
        return FALSE;
      if (!has_row)
        break;

      fovea_run_store_read_result (statement, &result, &file, &stamp);
      cnn_sample_result_clear (&result);
      if (result.sample >= n_samples || file == NULL)
        return fovea_run_store_set_damaged (self, id, "a picture is not one of the run's", error);

      samples[result.sample] = (CnnRunSample) { g_string_chunk_insert (names, file), result.label };
    }

  return TRUE;
}

static FoveaStatement *
select_run (FoveaRunStore  *self,
            gint64          id,
            GError        **error)
{
  g_autoptr (FoveaStatement) statement =
    fovea_statement_new (self->database,
                         "SELECT model, network, dataset, preset, short_side, crop_size, rounding,"
                         " filter, mean_r, mean_g, mean_b, std_r, std_g, std_b, crops, pictures,"
                         " picture_limit, batch_size, shard, shards FROM runs WHERE id = ?", error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  fovea_statement_bind (statement, "i", id);
  if (!fovea_statement_step (statement, &has_row, error))
    return NULL;

  if (!has_row)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: has no run %" G_GINT64_FORMAT,
                   self->path, id);
      return NULL;
    }

  return g_steal_pointer (&statement);
}

static gboolean
read_settings (FoveaStatement *row,
               CnnRunSettings *settings)
{
  *settings = (CnnRunSettings) {
    .recipe = {
      .name = g_intern_string ((const char *) sqlite3_column_text (row, 3)),
      .short_side = sqlite3_column_int64 (row, 4),
      .crop_size = sqlite3_column_int64 (row, 5),
      .rounding = sqlite3_column_int64 (row, 6),
      .filter = sqlite3_column_int64 (row, 7),
    },
    .limit = sqlite3_column_int64 (row, 16),
    .batch_size = sqlite3_column_int64 (row, 17),
    .shard = sqlite3_column_int64 (row, 18),
    .n_shards = sqlite3_column_int64 (row, 19),
  };

  for (guint i = 0; i < 3; i++)
    {
      settings->recipe.mean[i] = sqlite3_column_double (row, 8 + i);
      settings->recipe.std[i] = sqlite3_column_double (row, 11 + i);
    }

  return settings->batch_size > 0 && settings->shard < settings->n_shards &&
         cnn_crop_mode_parse ((const char *) sqlite3_column_text (row, 14), &settings->crops);
}

/**
 * fovea_run_store_load:
 * @self: a store
 * @id: a run
 * @error: return location for a %G_IO_ERROR, %G_IO_ERROR_NOT_FOUND among them,
 *   or a %CNN_ERROR_DAMAGED
 *
 * Reads a run with all that it found. Neither model nor pictures are needed.
 *
 * Returns: (transfer full): the run
 */
CnnRun *
fovea_run_store_load (FoveaRunStore  *self,
                      gint64          id,
                      GError        **error)
{
  g_autoptr (FoveaStatement) row = select_run (self, id, error);
  g_autoptr (GStringChunk) names = g_string_chunk_new (4096);
  g_autoptr (GPtrArray) classes = NULL;
  g_autofree CnnRunSample *samples = NULL;
  g_autoptr (CnnRun) run = NULL;
  CnnRunDescription description = { NULL };
  gint64 n_samples;

  if (row == NULL)
    return NULL;

  n_samples = sqlite3_column_int64 (row, 15);
  if (!read_settings (row, &description.settings) || n_samples < 0 || n_samples > G_MAXINT)
    {
      fovea_run_store_set_damaged (self, id, "its settings make no sense", error);
      return NULL;
    }

  samples = g_try_new (CnnRunSample, n_samples);
  classes = load_classes (self, id, error);
  if (classes == NULL || (samples == NULL && n_samples > 0) ||
      !load_samples (self, id, names, samples, n_samples, error))
    return NULL;

  description.model = (const char *) sqlite3_column_text (row, 0);
  description.network = (const char *) sqlite3_column_text (row, 1);
  description.dataset = (const char *) sqlite3_column_text (row, 2);
  description.samples = samples;
  description.n_samples = n_samples;
  description.classes = (CnnClassStatistics *const *) classes->pdata;
  description.n_classes = classes->len;
  run = cnn_run_new (&description);

  return fovea_run_store_restore (self, id, run, NULL, error) ? g_steal_pointer (&run) : NULL;
}
