#define G_LOG_DOMAIN "fovea-run-store"

#include "fovea-run-store-private.h"

/* What changes the store. Each function is one transaction: all of it is done,
 * or nothing. */

static gboolean
begin (FoveaRunStore  *self,
       GError        **error)
{
  return fovea_database_execute (self->database, "BEGIN IMMEDIATE", error);
}

static gboolean
commit (FoveaRunStore  *self,
        GError        **error)
{
  return fovea_database_execute (self->database, "COMMIT", error) ||
         fovea_database_rollback (self->database);
}

/* A run is called after what was run on what, until somebody finds a better name. */
static char *
dup_name (CnnRun *run)
{
  const char *dataset = cnn_run_get_dataset (run);
  g_autofree char *folder = dataset != NULL ? g_path_get_basename (dataset) : NULL;

  if (folder == NULL)
    return g_strdup (cnn_run_get_network (run));

  return g_strdup_printf ("%s, %s", cnn_run_get_network (run), folder);
}

static gboolean
insert_run (FoveaRunStore           *self,
            CnnRun                  *run,
            const FoveaRunIdentity  *identity,
            GError                 **error)
{
  const CnnRunSettings *settings = cnn_run_get_settings (run);
  const CnnRecipe *recipe = &settings->recipe;
  g_autofree char *name = dup_name (run);
  g_autofree char *engine = g_strdup_printf ("%s %s", FOVEA_VERSION,
                                             cnn_cpu_level_get_name (cnn_cpu_get_level ()));
  CnnRunSummary summary;
  g_autoptr (FoveaStatement) statement =
    fovea_statement_new (self->database,
                         "INSERT INTO runs (name, created, key, model_sha256, dataset_sha256,"
                         " model, network, dataset, preset, short_side, crop_size, rounding, filter,"
                         " mean_r, mean_g, mean_b, std_r, std_g, std_b, crops, pictures,"
                         " picture_limit, batch_size, shard, shards, engine, cpu, total)"
                         " VALUES (?,?,?,?,?, ?,?,?,?,?,?,?,?, ?,?,?,?,?,?,?,?, ?,?,?,?,?,?,?)", error);

  if (statement == NULL)
    return FALSE;

  cnn_run_get_summary (run, &summary);
  fovea_statement_bind (statement, "sisss" "ssssiiii" "ddddddsi" "iiiissi",
                        name, (gint64) (g_get_real_time () / G_USEC_PER_SEC),
                        identity->key, identity->model, identity->dataset,
                        cnn_run_get_model (run), cnn_run_get_network (run), cnn_run_get_dataset (run),
                        recipe->name, (gint64) recipe->short_side, (gint64) recipe->crop_size,
                        (gint64) recipe->rounding, (gint64) recipe->filter,
                        (double) recipe->mean[0], (double) recipe->mean[1], (double) recipe->mean[2],
                        (double) recipe->std[0], (double) recipe->std[1], (double) recipe->std[2],
                        cnn_crop_mode_get_name (settings->crops), (gint64) cnn_run_get_n_samples (run),
                        (gint64) settings->limit, (gint64) settings->batch_size,
                        (gint64) settings->shard, (gint64) MAX (settings->n_shards, 1),
                        engine, cnn_cpu_get_model_name (), (gint64) summary.n_total);

  return fovea_statement_run (statement, error);
}

static gboolean
insert_classes (FoveaRunStore  *self,
                gint64          id,
                CnnRun         *run,
                GError        **error)
{
  GListModel *classes = cnn_run_get_classes (run);
  guint n = g_list_model_get_n_items (classes);
  g_autoptr (FoveaStatement) statement =
    fovea_statement_new (self->database, "INSERT INTO classes VALUES (?, ?, ?, ?)", error);

  if (statement == NULL)
    return FALSE;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CnnClassStatistics) statistics = g_list_model_get_item (classes, i);

      fovea_statement_bind (statement, "iiss", id, (gint64) cnn_class_statistics_get_index (statistics),
                            cnn_class_statistics_get_wnid (statistics),
                            cnn_class_statistics_get_name (statistics));
      if (!fovea_statement_run (statement, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * fovea_run_store_create:
 * @self: a store
 * @run: a run; what it found is not written
 * @identity: what tells it from others
 * @id: (out): its number
 * @error: return location for a %G_IO_ERROR
 *
 * Starts to keep a run.
 *
 * Returns: whether it is kept
 */
gboolean
fovea_run_store_create (FoveaRunStore           *self,
                        CnnRun                  *run,
                        const FoveaRunIdentity  *identity,
                        gint64                  *id,
                        GError                 **error)
{
  if (!begin (self, error))
    return FALSE;

  if (!insert_run (self, run, identity, error))
    return fovea_database_rollback (self->database);

  *id = sqlite3_last_insert_rowid (self->database);
  if (!insert_classes (self, *id, run, error))
    return fovea_database_rollback (self->database);

  return commit (self, error);
}

/* The five best classes with their probabilities. */
static void
bind_top (FoveaStatement        *statement,
          int                    parameter,
          const CnnSampleResult *result)
{
  for (guint i = 0; i < G_N_ELEMENTS (result->top); i++, parameter += 2)
    if (result->skipped == NULL && i < result->n_top)
      {
        sqlite3_bind_int64 (statement, parameter, result->top[i].index);
        sqlite3_bind_double (statement, parameter + 1, result->top[i].probability);
      }
    else
      {
        sqlite3_bind_null (statement, parameter);
        sqlite3_bind_null (statement, parameter + 1);
      }
}

static gboolean
insert_result (FoveaStatement         *statement,
               gint64                  id,
               const CnnSampleResult  *result,
               const char             *file,
               const FoveaStamp       *stamp,
               GError                **error)
{
  gint64 label = result->label;

  fovea_statement_bind (statement, result->label != CNN_NO_LABEL ? "iisi" : "iis-",
                        id, (gint64) result->sample, file, label);
  if (result->skipped == NULL)
    {
      sqlite3_bind_int64 (statement, 5, result->prediction);
      sqlite3_bind_double (statement, 6, result->cross_entropy);
    }
  else
    {
      sqlite3_bind_null (statement, 5);
      sqlite3_bind_null (statement, 6);
    }
  bind_top (statement, 7, result);
  sqlite3_bind_double (statement, 17, result->seconds);
  sqlite3_bind_text (statement, 18, result->skipped, -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64 (statement, 19, stamp->bytes);
  sqlite3_bind_int64 (statement, 20, stamp->modified);
  sqlite3_bind_int64 (statement, 21, stamp->crc);

  return fovea_statement_run (statement, error);
}

static gboolean
update_summary (FoveaRunStore        *self,
                gint64                id,
                const CnnRunSummary  *summary,
                GError              **error)
{
  g_autoptr (FoveaStatement) statement =
    fovea_statement_new (self->database,
                         "UPDATE runs SET done = ?, scored = ?, skipped = ?, correct = ?, top5 = ?,"
                         " loss = ?, mean_cross_entropy = ?, seconds = ? WHERE id = ?", error);

  if (statement == NULL)
    return FALSE;

  fovea_statement_bind (statement, "iiiiidddi", (gint64) summary->n_done, (gint64) summary->n_scored,
                        (gint64) summary->n_skipped, (gint64) summary->n_correct,
                        (gint64) summary->n_top5, summary->loss, summary->mean_cross_entropy,
                        summary->seconds, id);

  return fovea_statement_run (statement, error);
}

/**
 * fovea_run_store_write:
 * @self: a store
 * @id: a run
 * @results: (array length=n_results): what was found
 * @files: (array length=n_results): the pictures' names
 * @stamps: (array length=n_results): what their files were like
 * @n_results: how many they are
 * @summary: the run's figures, these results among them
 * @error: return location for a %G_IO_ERROR, %G_IO_ERROR_NO_SPACE among them
 *
 * Keeps what a run found. Nothing that was written before is touched if this
 * fails; it can be tried again.
 *
 * Returns: whether it is kept
 */
gboolean
fovea_run_store_write (FoveaRunStore          *self,
                       gint64                  id,
                       const CnnSampleResult  *results,
                       const char *const      *files,
                       const FoveaStamp       *stamps,
                       guint                   n_results,
                       const CnnRunSummary    *summary,
                       GError                **error)
{
  g_autoptr (FoveaStatement) statement =
    fovea_statement_new (self->database, "INSERT OR REPLACE INTO results VALUES"
                         " (?,?,?,?,?,?, ?,?,?,?,?,?,?,?,?,?, ?,?,?,?,?)", error);

  if (statement == NULL || !begin (self, error))
    return FALSE;

  for (guint i = 0; i < n_results; i++)
    if (!insert_result (statement, id, &results[i], files[i], &stamps[i], error))
      return fovea_database_rollback (self->database);

  if (!update_summary (self, id, summary, error))
    return fovea_database_rollback (self->database);

  return commit (self, error);
}

/* Fails with %G_IO_ERROR_NOT_FOUND where the statement before changed no run. */
static gboolean
check_changed (FoveaRunStore  *self,
               gint64          id,
               GError        **error)
{
  if (sqlite3_changes (self->database) == 1)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: has no run %" G_GINT64_FORMAT,
               self->path, id);

  return FALSE;
}

/**
 * fovea_run_store_rename:
 * @self: a store
 * @id: a run
 * @name: what it shall be called
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: whether it is called so now
 */
gboolean
fovea_run_store_rename (FoveaRunStore  *self,
                        gint64          id,
                        const char     *name,
                        GError        **error)
{
  g_autoptr (FoveaStatement) statement =
    fovea_statement_new (self->database, "UPDATE runs SET name = ? WHERE id = ?", error);

  if (statement == NULL)
    return FALSE;

  fovea_statement_bind (statement, "si", name, id);

  return fovea_statement_run (statement, error) && check_changed (self, id, error);
}

/**
 * fovea_run_store_set_deleted:
 * @self: a store
 * @id: a run that nobody works on
 * @deleted: whether it is deleted
 * @error: return location for a %G_IO_ERROR
 *
 * Deletes a run, or takes that back. A deleted run is gone for good after a week.
 *
 * Returns: whether it was done
 */
gboolean
fovea_run_store_set_deleted (FoveaRunStore  *self,
                             gint64          id,
                             gboolean        deleted,
                             GError        **error)
{
  g_autoptr (FoveaStatement) statement =
    fovea_statement_new (self->database, "UPDATE runs SET deleted = ? WHERE id = ?", error);
  gboolean done;

  if (statement == NULL)
    return FALSE;

  if (deleted && !fovea_run_store_lock (self, id, error))
    return FALSE;

  if (deleted)
    fovea_statement_bind (statement, "ii", (gint64) (g_get_real_time () / G_USEC_PER_SEC), id);
  else
    fovea_statement_bind (statement, "-i", id);
  done = fovea_statement_run (statement, error) && check_changed (self, id, error);
  if (deleted)
    fovea_run_store_unlock (self, id);

  return done;
}
