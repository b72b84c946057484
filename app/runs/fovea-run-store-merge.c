#define G_LOG_DOMAIN "fovea-run-store"

#include "fovea-run-store-private.h"

#include "core/cnn-error.h"

/* The parts of a divided run become one. */

/* What is gathered from the parts. */
typedef struct
{
  FoveaRunIdentity identity;
  CnnRunDescription description; /* strings and classes of the first part */
  CnnRun *first;
  GStringChunk *names;
  CnnRunSample *samples;        /* by picture; file NULL where no part has it */
  GArray *results;              /* of CnnSampleResult */
  GPtrArray *files;             /* of each result, in names */
  GArray *stamps;               /* of FoveaStamp, of each result */
  double seconds;
} Merger;

static void
merger_init (Merger *self)
{
  *self = (Merger) { { NULL } };
  self->names = g_string_chunk_new (4096);
  self->results = cnn_sample_results_new ();
  self->files = g_ptr_array_new ();
  self->stamps = g_array_new (FALSE, FALSE, sizeof (FoveaStamp));
}

static void
merger_clear (Merger *self)
{
  g_free (self->identity.model);
  g_free (self->identity.dataset);
  g_free (self->identity.key);
  g_clear_object (&self->first);
  g_string_chunk_free (self->names);
  g_free (self->samples);
  g_array_unref (self->results);
  g_ptr_array_unref (self->files);
  g_array_unref (self->stamps);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Merger, merger_clear)

static gboolean
read_identity (const FoveaRunPart  *part,
               FoveaRunIdentity    *identity,
               GError             **error)
{
  g_autoptr (FoveaStatement) statement =
    fovea_statement_new (part->store->database,
                         "SELECT model_sha256, dataset_sha256, key FROM runs WHERE id = ?", error);
  gboolean has_row;

  if (statement == NULL)
    return FALSE;

  fovea_statement_bind (statement, "i", part->id);
  if (!fovea_statement_step (statement, &has_row, error))
    return FALSE;

  if (!has_row)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: has no run %" G_GINT64_FORMAT,
                   part->store->path, part->id);
      return FALSE;
    }

  identity->model = fovea_statement_dup_text (statement, 0);
  identity->dataset = fovea_statement_dup_text (statement, 1);
  identity->key = fovea_statement_dup_text (statement, 2);

  return TRUE;
}

/* What the parts have in common, the first one says. */
static gboolean
add_first (Merger              *self,
           const FoveaRunPart  *part,
           GError             **error)
{
  if (!read_identity (part, &self->identity, error))
    return FALSE;

  self->first = fovea_run_store_load (part->store, part->id, error);
  if (self->first == NULL)
    return FALSE;

  self->description.model = cnn_run_get_model (self->first);
  self->description.network = cnn_run_get_network (self->first);
  self->description.dataset = cnn_run_get_dataset (self->first);
  self->description.settings = *cnn_run_get_settings (self->first);
  self->description.settings.shard = 0;
  self->description.settings.n_shards = 1;
  self->description.n_samples = cnn_run_get_n_samples (self->first);
  self->samples = g_new0 (CnnRunSample, self->description.n_samples);

  return TRUE;
}

static gboolean
check_equal (Merger              *self,
             const FoveaRunPart  *part,
             GError             **error)
{
  g_autoptr (FoveaRunIdentity) identity = g_new0 (FoveaRunIdentity, 1);

  if (!read_identity (part, identity, error))
    return FALSE;

  if (g_strcmp0 (identity->key, self->identity.key) == 0)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "%s: run %" G_GINT64_FORMAT " is not a part of the same run as the first: "
               "model, pictures, preparation or program differ", part->store->path, part->id);

  return FALSE;
}

/* What two parts have both found, the first of them says. */
static gboolean
add_results (Merger              *self,
             const FoveaRunPart  *part,
             GError             **error)
{
  g_autoptr (FoveaStatement) row = fovea_run_store_select_results (part->store, part->id, error);
  gboolean has_row = TRUE;

  if (row == NULL)
    return FALSE;

  while (has_row)
    {
      CnnSampleResult result;
      FoveaStamp stamp;
      const char *file;
      CnnRunSample *sample;

      if (!fovea_statement_step (row, &has_row, error))
        return FALSE;
      if (!has_row)
        break;

      fovea_run_store_read_result (row, &result, &file, &stamp);
      sample = result.sample < self->description.n_samples ? &self->samples[result.sample] : NULL;
      if (sample == NULL || file == NULL || sample->file != NULL)
        {
          cnn_sample_result_clear (&result);
          if (sample == NULL || file == NULL)
            return fovea_run_store_set_damaged (part->store, part->id,
                                                "a picture is not one of the run's", error);
          continue;
        }

      *sample = (CnnRunSample) { g_string_chunk_insert (self->names, file), result.label };
      g_array_append_val (self->results, result);
      g_ptr_array_add (self->files, (gpointer) sample->file);
      g_array_append_val (self->stamps, stamp);
    }

  return TRUE;
}

/* The classes are those of all pictures, the same in each part, but counted. */
static GPtrArray *
new_classes (CnnRun *run)
{
  GPtrArray *classes = g_ptr_array_new_with_free_func (g_object_unref);
  GListModel *counted = cnn_run_get_classes (run);

  for (guint i = 0; i < g_list_model_get_n_items (counted); i++)
    {
      g_autoptr (CnnClassStatistics) statistics = g_list_model_get_item (counted, i);

      g_ptr_array_add (classes,
                       cnn_class_statistics_new (cnn_class_statistics_get_index (statistics),
                                                 cnn_class_statistics_get_wnid (statistics),
                                                 cnn_class_statistics_get_name (statistics)));
    }

  return classes;
}

static gboolean
save (Merger         *self,
      FoveaRunStore  *store,
      gint64         *id,
      GError        **error)
{
  const CnnSampleResult *results = (const CnnSampleResult *) (gpointer) self->results->data;
  g_autoptr (GPtrArray) classes = new_classes (self->first);
  g_autoptr (CnnRun) run = NULL;
  CnnRunSummary summary;

  for (guint i = 0; i < self->description.n_samples; i++)
    if (self->samples[i].file == NULL)
      self->samples[i] = (CnnRunSample) { "", CNN_NO_LABEL };

  self->description.samples = self->samples;
  self->description.classes = (CnnClassStatistics *const *) classes->pdata;
  self->description.n_classes = classes->len;
  run = cnn_run_new (&self->description);
  if (!cnn_run_add_results (run, results, self->results->len, error))
    return FALSE;

  cnn_run_add_seconds (run, self->seconds);
  cnn_run_get_summary (run, &summary);

  return fovea_run_store_create (store, run, &self->identity, id, error) &&
         fovea_run_store_write (store, *id, results, (const char *const *) self->files->pdata,
                                (const FoveaStamp *) (gpointer) self->stamps->data,
                                self->results->len, &summary, error);
}

/**
 * fovea_run_store_merge:
 * @self: a store
 * @parts: (array length=n_parts): the parts of a divided run, in this store or
 *   others
 * @n_parts: how many they are, at least one
 * @id: (out): the number of the whole in @self
 * @error: return location for a %G_IO_ERROR, or a %CNN_ERROR_SHAPE where they
 *   are not parts of the same run
 *
 * Makes a run of what the parts have found, which then is as if it had never
 * been divided. What no part has looked at is missing in it, and can be done
 * later.
 *
 * Returns: whether there is such a run now
 */
gboolean
fovea_run_store_merge (FoveaRunStore       *self,
                       const FoveaRunPart  *parts,
                       guint                n_parts,
                       gint64              *id,
                       GError             **error)
{
  g_auto (Merger) merger;

  merger_init (&merger);
  if (!add_first (&merger, &parts[0], error))
    return FALSE;

  for (guint i = 0; i < n_parts; i++)
    {
      if (!check_equal (&merger, &parts[i], error) || !add_results (&merger, &parts[i], error))
        return FALSE;
      merger.seconds += fovea_run_store_read_seconds (parts[i].store, parts[i].id);
    }

  return save (&merger, self, id, error);
}
