#define G_LOG_DOMAIN "cnn-report"

#include "evaluate/cnn-report.h"

#include <string.h>

#include "core/cnn-file.h"
#include "core/cnn-json-writer.h"

/**
 * cnn_report_dup_heading:
 * @run: a run, which need not have started
 *
 * Gets the line with which the homework says what it runs over: how many
 * pictures, and the shape that one is prepared to.
 *
 * Returns: (transfer full): such as `dataset length 250 [3, 224, 224]`
 */
char *
cnn_report_dup_heading (CnnRun *run)
{
  const CnnRunSettings *settings = cnn_run_get_settings (run);
  guint n_crops = cnn_crop_mode_get_n_crops (settings->crops);
  guint size = settings->recipe.crop_size;
  CnnRunSummary summary;

  cnn_run_get_summary (run, &summary);

  if (n_crops == 1)
    return g_strdup_printf ("dataset length %u [3, %u, %u]", summary.n_total, size, size);

  return g_strdup_printf ("dataset length %u [%u, 3, %u, %u]", summary.n_total, n_crops, size, size);
}

/**
 * cnn_report_dup_result:
 * @run: a run
 *
 * Gets the line with which the homework says how the run went.
 *
 * Returns: (transfer full): such as
 *   `>> Epoch loss 0.33772 accuracy 0.664 in 8.3146s`
 */
char *
cnn_report_dup_result (CnnRun *run)
{
  CnnRunSummary summary;
  char loss[G_ASCII_DTOSTR_BUF_SIZE], accuracy[G_ASCII_DTOSTR_BUF_SIZE];
  char seconds[G_ASCII_DTOSTR_BUF_SIZE];

  cnn_run_get_summary (run, &summary);
  g_ascii_formatd (seconds, sizeof seconds, "%.4f", summary.seconds);
  if (summary.n_scored == 0)
    return g_strdup_printf (">> Epoch with no labelled picture of %u in %ss",
                            summary.n_done, seconds);

  g_ascii_formatd (loss, sizeof loss, "%.5f", summary.loss);
  g_ascii_formatd (accuracy, sizeof accuracy, "%.3f",
                   (double) summary.n_correct / summary.n_scored);

  return g_strdup_printf (">> Epoch loss %s accuracy %s in %ss", loss, accuracy, seconds);
}

/**
 * cnn_report_to_text:
 * @run: a run
 *
 * Returns: (transfer full): the lines that the homework prints for a run
 */
char *
cnn_report_to_text (CnnRun *run)
{
  g_autofree char *heading = cnn_report_dup_heading (run);
  g_autofree char *result = cnn_report_dup_result (run);

  return g_strdup_printf ("%s\n%s\n%s\n", heading, CNN_REPORT_EPOCH, result);
}

static void
write_share (CnnJsonWriter *writer,
             const char    *key,
             guint          part,
             guint          whole)
{
  if (whole > 0)
    cnn_json_writer_add_double (writer, key, (double) part / whole);
  else
    cnn_json_writer_add_null (writer, key);
}

static void
write_head (CnnJsonWriter *writer,
            CnnRun *run)
{
  const CnnRunSettings *settings = cnn_run_get_settings (run);
  CnnRunSummary summary;

  cnn_run_get_summary (run, &summary);

  cnn_json_writer_add_string (writer, "model", cnn_run_get_model (run));
  cnn_json_writer_add_string (writer, "dataset", cnn_run_get_dataset (run));
  cnn_json_writer_add_string (writer, "preset", settings->recipe.name);
  cnn_json_writer_add_string (writer, "crops", cnn_crop_mode_get_name (settings->crops));
  cnn_json_writer_add_int (writer, "batch_size", settings->batch_size);
  cnn_json_writer_add_boolean (writer, "complete", summary.n_done == summary.n_total);
  cnn_json_writer_add_int (writer, "images", summary.n_done);
  cnn_json_writer_add_int (writer, "scored", summary.n_scored);

  if (summary.n_scored > 0)
    {
      cnn_json_writer_add_double (writer, "loss", summary.loss);
      cnn_json_writer_add_double (writer, "mean_cross_entropy", summary.mean_cross_entropy);
    }
  else
    {
      cnn_json_writer_add_null (writer, "loss");
      cnn_json_writer_add_null (writer, "mean_cross_entropy");
    }
  write_share (writer, "accuracy", summary.n_correct, summary.n_scored);
  write_share (writer, "top5_accuracy", summary.n_top5, summary.n_scored);
  cnn_json_writer_add_double (writer, "seconds", summary.seconds);
  cnn_json_writer_add_double (writer, "images_per_second", summary.images_per_second);
}

static void
write_classes (CnnJsonWriter *writer,
               CnnRun *run)
{
  GListModel *classes = cnn_run_get_classes (run);
  guint n = g_list_model_get_n_items (classes);

  cnn_json_writer_begin_array (writer, "classes", CNN_JSON_LINES);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CnnClassStatistics) statistics = g_list_model_get_item (classes, i);

      /* Of an unfinished run: no picture of the class had its turn. */
      if (cnn_class_statistics_get_total (statistics) == 0)
        continue;

      cnn_json_writer_begin_object (writer, NULL, CNN_JSON_INLINE);
      cnn_json_writer_add_int (writer, "index", cnn_class_statistics_get_index (statistics));
      cnn_json_writer_add_string (writer, "wnid", cnn_class_statistics_get_wnid (statistics));
      cnn_json_writer_add_string (writer, "name", cnn_class_statistics_get_name (statistics));
      cnn_json_writer_add_int (writer, "total", cnn_class_statistics_get_total (statistics));
      cnn_json_writer_add_int (writer, "correct", cnn_class_statistics_get_correct (statistics));
      cnn_json_writer_add_int (writer, "top5", cnn_class_statistics_get_top5 (statistics));
      cnn_json_writer_end (writer);
    }
  cnn_json_writer_end (writer);
}

static void
write_sample (CnnJsonWriter         *writer,
              const char            *file,
              const CnnSampleResult *result)
{
  cnn_json_writer_begin_object (writer, NULL, CNN_JSON_INLINE);
  cnn_json_writer_add_string (writer, "file", file);
  if (result->label != CNN_NO_LABEL)
    cnn_json_writer_add_int (writer, "label", result->label);
  else
    cnn_json_writer_add_null (writer, "label");
  cnn_json_writer_add_int (writer, "prediction", result->prediction);
  cnn_json_writer_add_float (writer, "cross_entropy", result->cross_entropy);

  cnn_json_writer_begin_array (writer, "top5", CNN_JSON_INLINE);
  for (guint i = 0; i < result->n_top; i++)
    cnn_json_writer_add_int (writer, NULL, result->top[i].index);
  cnn_json_writer_end (writer);

  cnn_json_writer_begin_array (writer, "probabilities", CNN_JSON_INLINE);
  for (guint i = 0; i < result->n_top; i++)
    cnn_json_writer_add_float (writer, NULL, result->top[i].probability);
  cnn_json_writer_end (writer);
  cnn_json_writer_end (writer);
}

static void
write_samples (CnnJsonWriter *writer,
               CnnRun *run)
{
  guint n = cnn_run_get_n_samples (run);

  cnn_json_writer_begin_array (writer, "samples", CNN_JSON_LINES);
  for (guint i = 0; i < n; i++)
    {
      const CnnSampleResult *result = cnn_run_get_result (run, i);

      if (result != NULL && result->skipped == NULL)
        write_sample (writer, cnn_run_get_sample (run, i)->file, result);
    }
  cnn_json_writer_end (writer);
}

static void
write_skipped (CnnJsonWriter *writer,
               CnnRun *run)
{
  guint n = cnn_run_get_n_samples (run);

  cnn_json_writer_begin_array (writer, "skipped", CNN_JSON_LINES);
  for (guint i = 0; i < n; i++)
    {
      const CnnSampleResult *result = cnn_run_get_result (run, i);

      if (result == NULL || result->skipped == NULL)
        continue;

      cnn_json_writer_begin_object (writer, NULL, CNN_JSON_INLINE);
      cnn_json_writer_add_string (writer, "file", cnn_run_get_sample (run, i)->file);
      cnn_json_writer_add_string (writer, "reason", result->skipped);
      cnn_json_writer_end (writer);
    }
  cnn_json_writer_end (writer);
}

/**
 * cnn_report_save_json:
 * @run: a run
 * @file: where to; what is there is replaced, as a whole or not at all
 * @cancellable: (nullable): to stop it
 * @error: return location for a %G_IO_ERROR
 *
 * Saves all that a run found. Its keys are described in
 * `docs/command-line.md`; what is not known, such as the label of a picture
 * that has none, is null.
 *
 * Returns: whether it was saved
 */
gboolean
cnn_report_save_json (CnnRun         *run,
                      GFile          *file,
                      GCancellable   *cancellable,
                      GError        **error)
{
  CnnJsonWriter *writer;
  g_autofree char *text = NULL;
  gsize length;

  g_return_val_if_fail (CNN_IS_RUN (run), FALSE);
  g_return_val_if_fail (G_IS_FILE (file), FALSE);

  writer = cnn_json_writer_new ();
  cnn_json_writer_begin_object (writer, NULL, CNN_JSON_LINES);
  write_head (writer, run);
  write_classes (writer, run);
  write_samples (writer, run);
  write_skipped (writer, run);
  cnn_json_writer_end (writer);
  text = cnn_json_writer_free_to_string (writer, &length);

  return cnn_file_save_bytes (file, text, length, cancellable, error);
}

/* RFC 4180: quotes around what would otherwise be read as more than one field. */
static void
append_field (GString    *text,
              const char *field)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *doubled = NULL;

  if (field[strcspn (field, ",\"\r\n")] == '\0')
    {
      g_string_append (text, field);
      return;
    }

  parts = g_strsplit (field, "\"", -1);
  doubled = g_strjoinv ("\"\"", parts);
  g_string_append_printf (text, "\"%s\"", doubled);
}

static void
append_float (GString *text,
              float    value)
{
  g_autofree char *number = cnn_float_to_string (value);

  g_string_append_printf (text, ",%s", number);
}

static void
append_answer (GString               *text,
               const CnnSampleResult *result)
{
  if (result->label != CNN_NO_LABEL)
    g_string_append_printf (text, ",%d,%u", result->label, result->prediction);
  else
    g_string_append_printf (text, ",,%u", result->prediction);

  if (result->label != CNN_NO_LABEL)
    append_float (text, result->cross_entropy);
  else
    g_string_append_c (text, ',');

  for (guint i = 0; i < G_N_ELEMENTS (result->top); i++)
    if (i < result->n_top)
      {
        g_string_append_printf (text, ",%u", result->top[i].index);
        append_float (text, result->top[i].probability);
      }
    else
      g_string_append (text, ",,");

  g_string_append_c (text, ',');
}

static void
append_skipped (GString               *text,
                const CnnSampleResult *result)
{
  g_string_append_c (text, ',');
  if (result->label != CNN_NO_LABEL)
    g_string_append_printf (text, "%d", result->label);
  for (guint i = 0; i < 2 + 2 * G_N_ELEMENTS (result->top); i++)
    g_string_append_c (text, ',');
  g_string_append_c (text, ',');
  append_field (text, result->skipped);
}

/**
 * cnn_report_save_csv:
 * @run: a run
 * @file: where to; what is there is replaced, as a whole or not at all
 * @cancellable: (nullable): to stop it
 * @error: return location for a %G_IO_ERROR
 *
 * Saves what a run found for each picture as a table: a line of headings, then a
 * line a picture, skipped ones too. What is not known is empty.
 *
 * Returns: whether it was saved
 */
gboolean
cnn_report_save_csv (CnnRun         *run,
                     GFile          *file,
                     GCancellable   *cancellable,
                     GError        **error)
{
  g_autoptr (GString) text = g_string_new ("file,label,prediction,cross_entropy,"
                                           "top1,probability1,top2,probability2,top3,probability3,"
                                           "top4,probability4,top5,probability5,skipped\n");
  guint n;

  g_return_val_if_fail (CNN_IS_RUN (run), FALSE);
  g_return_val_if_fail (G_IS_FILE (file), FALSE);

  n = cnn_run_get_n_samples (run);
  for (guint i = 0; i < n; i++)
    {
      const CnnSampleResult *result = cnn_run_get_result (run, i);

      if (result == NULL)
        continue;

      append_field (text, cnn_run_get_sample (run, i)->file);
      if (result->skipped == NULL)
        append_answer (text, result);
      else
        append_skipped (text, result);
      g_string_append_c (text, '\n');
    }

  return cnn_file_save_bytes (file, text->str, text->len, cancellable, error);
}
