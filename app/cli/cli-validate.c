#define G_LOG_DOMAIN "fovea-cli"

#include "cli.h"

#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

#include "fovea-chart-file.h"
#include "fovea-run-recorder.h"

/* So many skipped pictures are named one by one. */
#define MAX_NAMED 10

/* A run while it goes on. */
typedef struct
{
  CnnEvaluation *evaluation;
  CnnRun *run;                  /* borrowed from it */
  GMainLoop *loop;
  GCancellable *cancellable;
  FoveaRunRecorder *recorder;   /* NULL where the run is not kept */
  gboolean shows_progress;
  gboolean is_complete;
  GError *error;
  GError *store_error;          /* what could not be kept */
} Validation;

static const CliSyntax syntax = {
  .arguments = N_("DATASET"),
  .summary = N_("Runs a network over a folder of pictures, and tells its loss and accuracy.\n"
                "Interrupted, it reports what it did until then."),
  .n_min = 1,
  .n_max = 1,
  .shared = CLI_WITH_MODEL | CLI_WITH_PRESET | CLI_WITH_CROPS | CLI_WITH_QUIET,
};

static void
progress_cb (CnnRun                *run,
             const CnnSampleResult *results,
             guint                  n_results,
             Validation            *validation)
{
  CnnRunSummary summary;

  if (!validation->shows_progress)
    return;

  cnn_run_get_summary (run, &summary);

  /* To the line's start, the text, and what is left of the last text away. */
  g_printerr ("\r");
  g_printerr (_("%u of %u pictures, %.1f a second, %.0f s left, accuracy %.3f"),
              summary.n_done, summary.n_total, summary.images_per_second, summary.seconds_left,
              summary.n_scored > 0 ? (double) summary.n_correct / summary.n_scored : 0);
  g_printerr ("\033[K");
}

static void
finished_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  Validation *validation = data;

  validation->is_complete = cnn_evaluation_run_finish (CNN_EVALUATION (source), result,
                                                       &validation->error);
  g_main_loop_quit (validation->loop);
}

/* Once: whoever insists ends the program by the signal's own force. */
static gboolean
interrupted_cb (gpointer data)
{
  g_cancellable_cancel (data);

  return G_SOURCE_REMOVE;
}

static guint
watch_signal (Validation *validation,
              int         number)
{
  g_autoptr (GSource) source = g_unix_signal_source_new (number);

  g_source_set_callback (source, interrupted_cb, validation->cancellable, NULL);

  return g_source_attach (source, NULL);
}

static void
unwatch_signal (guint id)
{
  GSource *source = g_main_context_find_source_by_id (NULL, id);

  if (source != NULL)
    g_source_destroy (source);
}

/* What cannot be kept had better not be computed. */
static void
store_failed_cb (FoveaRunRecorder *recorder,
                 const GError     *error,
                 Validation       *validation)
{
  g_cancellable_cancel (validation->cancellable);
}

static void
start_recorder (Validation *validation)
{
  if (validation->recorder == NULL)
    return;

  g_signal_connect (validation->recorder, "failed", G_CALLBACK (store_failed_cb), validation);
  fovea_run_recorder_start (validation->recorder);
}

static void
run_to_end (Validation *validation)
{
  guint interrupt = watch_signal (validation, SIGINT);
  guint terminate = watch_signal (validation, SIGTERM);

  g_signal_connect (validation->run, "progress", G_CALLBACK (progress_cb), validation);
  start_recorder (validation);
  cnn_evaluation_run_async (validation->evaluation, validation->cancellable, finished_cb, validation);
  g_main_loop_run (validation->loop);
  if (validation->recorder != NULL)
    fovea_run_recorder_finish (validation->recorder, &validation->store_error);

  if (validation->shows_progress)
    g_printerr ("\r\033[K");
  unwatch_signal (interrupt);
  unwatch_signal (terminate);
}

static void
name_skipped (CnnRun              *run,
              const CnnRunSummary *summary)
{
  guint n_samples = cnn_run_get_n_samples (run);
  guint n = 0;

  for (guint i = 0; i < n_samples && n < MAX_NAMED; i++)
    {
      const CnnSampleResult *result = cnn_run_get_result (run, i);

      if (result != NULL && result->skipped != NULL)
        {
          cli_warn (_("skipped: %s: %s"), cnn_run_get_sample (run, i)->file, result->skipped);
          n++;
        }
    }

  if (n < summary->n_skipped)
    cli_warn (ngettext ("and %u more picture was skipped; --output and --csv name them all",
                        "and %u more pictures were skipped; --output and --csv name them all",
                        summary->n_skipped - n), summary->n_skipped - n);
}

/* Says on the standard error what stood in the way. */
static CliStatus
conclude (Validation *validation,
          gboolean    quiet)
{
  CnnRunSummary summary;

  cnn_run_get_summary (validation->run, &summary);

  if (summary.n_skipped > 0 && !quiet)
    name_skipped (validation->run, &summary);

  if (validation->store_error != NULL)
    cli_warn (_("%s; stopped after %u of %u pictures, to go on with --resume"),
              validation->store_error->message, summary.n_done, summary.n_total);
  else if (g_error_matches (validation->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    cli_warn (_("interrupted after %u of %u pictures"), summary.n_done, summary.n_total);
  else if (validation->error != NULL)
    return cli_fail (validation->error);
  else if (summary.n_skipped == summary.n_total)
    cli_warn (_("none of %u pictures could be used"), summary.n_total);
  else
    return CLI_DONE;

  return CLI_FAILED;
}

/* Where the reports go; NULL for one that nobody wants. */
typedef struct
{
  GFile *json;
  GFile *csv;
  GFile *chart;
} Reports;

static void
reports_clear (Reports *self)
{
  g_clear_object (&self->json);
  g_clear_object (&self->csv);
  g_clear_object (&self->chart);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reports, reports_clear)

static gboolean
save_reports (CnnRun         *run,
              const Reports  *reports,
              GError        **error)
{
  return (reports->json == NULL || cnn_report_save_json (run, reports->json, NULL, error)) &&
         (reports->csv == NULL || cnn_report_save_csv (run, reports->csv, NULL, error)) &&
         (reports->chart == NULL || fovea_chart_save_run (run, reports->chart, NULL, error));
}

static gboolean
open_report (const char  *path,
             GFile      **file,
             GError     **error)
{
  return path == NULL || (*file = cli_output_file (path, error)) != NULL;
}

/* A data set whose labels are there but cannot be read is nothing to measure
 * by; one that has none is. */
static CnnDataset *
load_dataset (const char  *path,
              GError     **error)
{
  g_autoptr (GFile) folder = g_file_new_for_commandline_arg (path);
  g_autoptr (CnnDataset) dataset = cnn_dataset_load (folder, NULL, error);

  if (dataset != NULL && cnn_dataset_get_problem (dataset) != NULL)
    {
      g_set_error_literal (error, CNN_ERROR, CNN_ERROR_NO_LABEL, cnn_dataset_get_problem (dataset));
      return NULL;
    }

  return g_steal_pointer (&dataset);
}

/* Runs, prints and saves. What was found is reported even if the run did not
 * come to its end. */
static CliStatus
validate (CnnEvaluation    *evaluation,
          FoveaRunRecorder *recorder,
          const Reports    *reports,
          gboolean          quiet)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  CnnRun *run = cnn_evaluation_get_run (evaluation);
  g_autofree char *heading = cnn_report_dup_heading (run);
  g_autoptr (GError) error = NULL;
  Validation validation = {
    .evaluation = evaluation,
    .run = run,
    .loop = loop,
    .cancellable = cancellable,
    .recorder = recorder,
    .shows_progress = !quiet && isatty (STDERR_FILENO),
  };
  CnnRunSummary summary;
  gboolean has_report;
  CliStatus status;

  if (!quiet)
    g_print ("%s\n%s\n", heading, CNN_REPORT_EPOCH);

  run_to_end (&validation);

  cnn_run_get_summary (run, &summary);
  if (summary.n_done > 0 && !quiet)
    {
      g_autofree char *line = cnn_report_dup_result (run);

      g_print ("%s\n", line);
    }

  /* A run that could not start at all leaves nothing to report. */
  has_report = summary.n_done > 0 ||
               g_error_matches (validation.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  status = conclude (&validation, quiet);
  g_clear_error (&validation.error);
  g_clear_error (&validation.store_error);

  if (has_report && !save_reports (run, reports, &error))
    return cli_fail (error);

  return status;
}

/* "3/8": the third of eight parts. */
static gboolean
parse_shard (const char      *text,
             CnnRunSettings  *settings,
             GError         **error)
{
  g_auto (GStrv) numbers = g_strsplit (text, "/", 3);
  guint64 shard, n_shards;

  if (g_strv_length (numbers) == 2 &&
      g_ascii_string_to_unsigned (numbers[1], 10, 1, G_MAXINT, &n_shards, NULL) &&
      g_ascii_string_to_unsigned (numbers[0], 10, 1, n_shards, &shard, NULL))
    {
      settings->shard = shard - 1;
      settings->n_shards = n_shards;
      return TRUE;
    }

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("--shard is “%s”; expected a part and how many there are, such as 1/4"), text);

  return FALSE;
}

/* How the run is kept. */
typedef struct
{
  char *path;                   /* NULL: in the user's own store */
  gboolean is_off;
  gboolean resumes;
} Keeping;

/* A run that cannot be kept is done all the same, unless it shall go on with one
 * that was. */
static gboolean
begin_recorder (const Keeping     *keeping,
                CnnEvaluation     *evaluation,
                gboolean           quiet,
                FoveaRunRecorder **recorder,
                GError           **error)
{
  g_autoptr (GError) problem = NULL;
  CnnRunSummary summary;

  if (keeping->is_off)
    return TRUE;

  *recorder = fovea_run_recorder_begin (keeping->path, evaluation, keeping->resumes, FOVEA_NO_RUN,
                                         NULL, &problem);
  if (*recorder == NULL && (keeping->resumes || keeping->path != NULL))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  if (*recorder == NULL)
    cli_warn (_("the run is not kept: %s"), problem->message);
  else if (fovea_run_recorder_get_aside (*recorder) != NULL)
    cli_warn (_("the runs of before could not be read; their file is now %s"),
              fovea_run_recorder_get_aside (*recorder));

  if (*recorder == NULL || !keeping->resumes || quiet)
    return TRUE;

  cnn_run_get_summary (cnn_evaluation_get_run (evaluation), &summary);
  if (fovea_run_recorder_is_resumed (*recorder))
    g_printerr (_("Run %d goes on: %u of %u pictures are done\n"),
                (int) fovea_run_recorder_get_id (*recorder), summary.n_done, summary.n_total);
  else
    g_printerr (_("There is no such run to go on with: run %d starts\n"),
                (int) fovea_run_recorder_get_id (*recorder));

  return TRUE;
}

CliStatus
cli_validate (int   argc,
              char *argv[])
{
  g_auto (CliOptions) options = CLI_OPTIONS_INIT;
  g_autofree char *json_path = NULL;
  g_autofree char *csv_path = NULL;
  g_autofree char *chart_path = NULL;
  g_autofree char *store_path = NULL;
  g_autofree char *shard = NULL;
  Keeping keeping = { NULL };
  int limit = 0;
  int batch_size = 4;
  const GOptionEntry entries[] = {
    { "limit", 'n', 0, G_OPTION_ARG_INT, &limit, N_("Look at the first N pictures only"), N_("N") },
    { "batch-size", 0, 0, G_OPTION_ARG_INT, &batch_size,
      N_("Pictures in a batch of the homework's loss; 4 by default"), N_("N") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &json_path, N_("Save everything as JSON"), N_("FILE") },
    { "csv", 0, 0, G_OPTION_ARG_FILENAME, &csv_path, N_("Save a table of the pictures"), N_("FILE") },
    { "chart", 0, 0, G_OPTION_ARG_FILENAME, &chart_path,
      N_("Draw the accuracy of each class, as .png, .svg or .pdf"), N_("FILE") },
    { "resume", 'r', 0, G_OPTION_ARG_NONE, &keeping.resumes,
      N_("Go on with an equal run that was cut short, or say again what it found"), NULL },
    { "shard", 0, 0, G_OPTION_ARG_STRING, &shard,
      N_("Look at one part of the pictures only, such as 1/4"), N_("I/N") },
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &store_path,
      N_("Keep the run in this file, not among your others"), N_("FILE") },
    { "no-store", 0, 0, G_OPTION_ARG_NONE, &keeping.is_off, N_("Do not keep the run"), NULL },
    { NULL }
  };
  g_auto (Reports) reports = { NULL };
  g_autoptr (CnnDataset) dataset = NULL;
  g_autoptr (CnnNetwork) network = NULL;
  g_autoptr (CnnPredictor) predictor = NULL;
  g_autoptr (CnnEvaluation) evaluation = NULL;
  g_autoptr (FoveaRunRecorder) recorder = NULL;
  CnnRunSettings settings = { 0 };
  g_autoptr (GError) error = NULL;

  if (!cli_options_parse (&options, &syntax, entries, argc, argv, &error) ||
      !cli_check_count ("--limit", limit, 0, &error) ||
      !cli_check_count ("--batch-size", batch_size, 1, &error) ||
      (shard != NULL && !parse_shard (shard, &settings, &error)))
    return cli_fail (error);

  if (!open_report (json_path, &reports.json, &error) ||
      !open_report (csv_path, &reports.csv, &error) ||
      !open_report (chart_path, &reports.chart, &error) ||
      (reports.chart != NULL && !fovea_chart_check_name (reports.chart, &error)))
    return cli_fail (error);

  dataset = load_dataset (options.arguments[0], &error);
  if (dataset == NULL)
    return cli_fail (error);

  network = cli_load_model (&options, &error);
  if (network == NULL)
    return cli_fail (error);

  predictor = cnn_predictor_new (network);
  settings.recipe = options.recipe;
  settings.crops = options.crops;
  settings.limit = limit;
  settings.batch_size = batch_size;
  evaluation = cnn_evaluation_new (dataset, predictor, &(CnnEvaluationOptions) {
                                     .settings = settings,
                                     .n_threads = cli_get_n_threads (&options),
                                   });

  keeping.path = store_path;
  if (!begin_recorder (&keeping, evaluation, options.quiet, &recorder, &error))
    return cli_fail (error);

  return validate (evaluation, recorder, &reports, options.quiet);
}
