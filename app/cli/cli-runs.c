#define G_LOG_DOMAIN "fovea-cli"

#include "cli.h"
#include "cli-table.h"

#include <string.h>

#include "fovea-chart-file.h"
#include "fovea-run-store.h"

static const CliSyntax syntax = {
  .arguments = N_("[ACTION [RUN…]]"),
  .summary = N_("Tells of the runs that were kept, and works with them:\n\n"
                "  list               every run, the newest first; the default\n"
                "  show RUN           what a run is about, and what it found\n"
                "  export RUN         save a run by --output, --csv or --chart\n"
                "  compare RUN RUN    how two runs differ\n"
                "  merge RUN…         make one run of the parts of a divided one; a store's\n"
                "                     file stands for all runs in it\n"
                "  rename RUN NAME    call it by another name\n"
                "  delete RUN…        delete runs; they can be restored for a week\n"
                "  restore RUN…       take that back; “list --deleted” shows them"),
  .n_max = G_MAXUINT,
  .shared = CLI_WITH_JSON,
};

/* The command line of one action. */
typedef struct
{
  FoveaRunStore *store;
  char **arguments;             /* after the action's name */
  guint n_arguments;
  gboolean json;
  gboolean deleted;
  GFile *json_file;
  GFile *csv_file;
  GFile *chart_file;
} Request;

typedef gboolean (*Action) (const Request  *request,
                            GError        **error);

static gboolean
parse_id (const char  *text,
          gint64      *id,
          GError     **error)
{
  if (g_ascii_string_to_signed (text, 10, 1, G_MAXINT64, id, NULL))
    return TRUE;

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("“%s” is not the number of a run"), text);

  return FALSE;
}

/* ---- Listing ---- */

static double
get_share (guint part,
           guint whole)
{
  return whole > 0 ? (double) part / whole : 0;
}

static const char *
get_state (const FoveaStoredRun *run)
{
  if (run->is_running)
    return _("running");

  return run->summary.n_done == run->summary.n_total ? _("complete") : _("cut short");
}

static void
print_table (GPtrArray *runs)
{
  const char *const headings[] = { _("Run"), _("Name"), _("Started"), _("Preset"), _("Crops"), _("Part"),
                                   _("Done"), _("Top-1"), _("Top-5"), _("Loss"), _("State"), NULL };
  g_autoptr (CliTable) table = cli_table_new ("rlllllrrrrl");

  cli_table_add (table, headings);
  cli_table_rule (table);
  for (guint i = 0; i < runs->len; i++)
    {
      const FoveaStoredRun *run = g_ptr_array_index (runs, i);
      const CnnRunSummary *summary = &run->summary;
      g_autoptr (GDateTime) created = g_date_time_new_from_unix_local (run->created);
      g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, run->id);
      g_autofree char *date = created != NULL ? g_date_time_format (created, "%F %R") : g_strdup ("");
      g_autofree char *part = g_strdup_printf ("%u/%u", run->shard + 1, run->n_shards);
      g_autofree char *done = g_strdup_printf ("%u/%u", summary->n_done, summary->n_total);
      g_autofree char *top1 = g_strdup_printf ("%.3f", get_share (summary->n_correct, summary->n_scored));
      g_autofree char *top5 = g_strdup_printf ("%.3f", get_share (summary->n_top5, summary->n_scored));
      g_autofree char *loss = g_strdup_printf ("%.5f", summary->loss);
      gboolean is_scored = summary->n_scored > 0;
      const char *const cells[] = { id, run->name, date, run->preset, run->crops,
                                    run->n_shards > 1 ? part : "", done, is_scored ? top1 : "–",
                                    is_scored ? top5 : "–", is_scored ? loss : "–", get_state (run), NULL };

      cli_table_add (table, cells);
    }
  cli_table_print (table);
}

static void
add_share (CnnJsonWriter *writer,
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
write_stored_run (CnnJsonWriter        *writer,
                  const FoveaStoredRun *run)
{
  g_autoptr (GDateTime) created = g_date_time_new_from_unix_utc (run->created);
  g_autofree char *date = created != NULL ? g_date_time_format_iso8601 (created) : NULL;

  cnn_json_writer_begin_object (writer, NULL, CNN_JSON_INLINE);
  cnn_json_writer_add_int (writer, "run", run->id);
  cnn_json_writer_add_string (writer, "name", run->name);
  cnn_json_writer_add_string (writer, "created", date);
  cnn_json_writer_add_string (writer, "model", run->model);
  cnn_json_writer_add_string (writer, "dataset", run->dataset);
  cnn_json_writer_add_string (writer, "preset", run->preset);
  cnn_json_writer_add_string (writer, "crops", run->crops);
  cnn_json_writer_add_int (writer, "shard", run->shard + 1);
  cnn_json_writer_add_int (writer, "shards", run->n_shards);
  cnn_json_writer_add_int (writer, "total", run->summary.n_total);
  cnn_json_writer_add_int (writer, "images", run->summary.n_done);
  cnn_json_writer_add_int (writer, "scored", run->summary.n_scored);
  cnn_json_writer_add_int (writer, "skipped", run->summary.n_skipped);
  add_share (writer, "accuracy", run->summary.n_correct, run->summary.n_scored);
  add_share (writer, "top5_accuracy", run->summary.n_top5, run->summary.n_scored);
  if (run->summary.n_scored > 0)
    cnn_json_writer_add_double (writer, "loss", run->summary.loss);
  else
    cnn_json_writer_add_null (writer, "loss");
  cnn_json_writer_add_double (writer, "seconds", run->summary.seconds);
  cnn_json_writer_add_boolean (writer, "complete", run->summary.n_done == run->summary.n_total);
  cnn_json_writer_add_boolean (writer, "running", run->is_running);
  cnn_json_writer_end (writer);
}

static void
print_json (CnnJsonWriter *writer)
{
  gsize length;
  g_autofree char *text = cnn_json_writer_free_to_string (writer, &length);

  g_print ("%s", text);
}

static gboolean
list (const Request  *request,
      GError        **error)
{
  g_autoptr (GPtrArray) runs = fovea_run_store_list (request->store, request->deleted, error);
  CnnJsonWriter *writer;

  if (runs == NULL)
    return FALSE;

  if (!request->json)
    {
      if (runs->len > 0)
        print_table (runs);
      else
        g_print ("%s\n", request->deleted ? _("No run was deleted.") : _("No run was kept yet."));
      return TRUE;
    }

  writer = cnn_json_writer_new ();
  cnn_json_writer_begin_array (writer, NULL, CNN_JSON_LINES);
  for (guint i = 0; i < runs->len; i++)
    write_stored_run (writer, g_ptr_array_index (runs, i));
  cnn_json_writer_end (writer);
  print_json (writer);

  return TRUE;
}

/* ---- One run ---- */

static CnnRun *
load (const Request  *request,
      guint           argument,
      GError        **error)
{
  gint64 id;

  return parse_id (request->arguments[argument], &id, error)
         ? fovea_run_store_load (request->store, id, error) : NULL;
}

static gboolean
show (const Request  *request,
      GError        **error)
{
  g_autoptr (CnnRun) run = load (request, 0, error);
  g_autofree char *text = NULL;

  if (run == NULL)
    return FALSE;

  text = cnn_report_to_text (run);
  g_print (_("Model: %s\nPictures: %s\n"), cnn_run_get_model (run) != NULL ? cnn_run_get_model (run) : "–",
           cnn_run_get_dataset (run) != NULL ? cnn_run_get_dataset (run) : "–");
  g_print ("%s", text);

  return TRUE;
}

static gboolean
export (const Request  *request,
        GError        **error)
{
  g_autoptr (CnnRun) run = NULL;

  if (request->json_file == NULL && request->csv_file == NULL && request->chart_file == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   _("missing option --output, --csv or --chart"));
      return FALSE;
    }

  run = load (request, 0, error);

  return run != NULL &&
         (request->json_file == NULL || cnn_report_save_json (run, request->json_file, NULL, error)) &&
         (request->csv_file == NULL || cnn_report_save_csv (run, request->csv_file, NULL, error)) &&
         (request->chart_file == NULL || fovea_chart_save_run (run, request->chart_file, NULL, error));
}

static gboolean
rename_run (const Request  *request,
            GError        **error)
{
  gint64 id;

  return parse_id (request->arguments[0], &id, error) &&
         fovea_run_store_rename (request->store, id, request->arguments[1], error);
}

static gboolean
set_deleted (const Request  *request,
             gboolean        deleted,
             GError        **error)
{
  gint64 id;

  for (guint i = 0; i < request->n_arguments; i++)
    if (!parse_id (request->arguments[i], &id, error) ||
        !fovea_run_store_set_deleted (request->store, id, deleted, error))
      return FALSE;

  return TRUE;
}

static gboolean
delete_runs (const Request  *request,
             GError        **error)
{
  return set_deleted (request, TRUE, error);
}

static gboolean
restore_runs (const Request  *request,
              GError        **error)
{
  return set_deleted (request, FALSE, error);
}

/* ---- Two runs ---- */

static void
print_flips (const char *heading,
             GArray     *flips)
{
  g_print ("\n%s\n", heading);
  for (guint i = 0; i < flips->len; i++)
    {
      const CnnFlip *flip = &g_array_index (flips, CnnFlip, i);

      g_print ("  %s\n", flip->file);
    }
}

static void
print_comparison (const CnnComparison *comparison)
{
  int difference = (int) comparison->n_second - (int) comparison->n_first;
  guint n_first = comparison->n_both + comparison->n_first;
  guint n_second = comparison->n_both + comparison->n_second;

  g_print (_("%u pictures in both runs\n"), comparison->n_common);
  g_print (_("right in the first   %u (%.3f)\nright in the second  %u (%.3f)\n"),
           n_first, get_share (n_first, comparison->n_common),
           n_second, get_share (n_second, comparison->n_common));
  g_print (comparison->p_value > 0.05
           ? _("%+d right of %u: could be chance, p = %.3f\n")
           : _("%+d right of %u: hardly chance, p = %.3f\n"),
           difference, comparison->n_common, comparison->p_value);
  print_flips (_("Only the first was right about:"), comparison->first_flips);
  print_flips (_("Only the second was right about:"), comparison->second_flips);
}

static void
write_flips (CnnJsonWriter *writer,
             const char    *key,
             GArray        *flips)
{
  cnn_json_writer_begin_array (writer, key, CNN_JSON_LINES);
  for (guint i = 0; i < flips->len; i++)
    {
      const CnnFlip *flip = &g_array_index (flips, CnnFlip, i);

      cnn_json_writer_begin_object (writer, NULL, CNN_JSON_INLINE);
      cnn_json_writer_add_string (writer, "file", flip->file);
      cnn_json_writer_add_int (writer, "label", flip->first->label);
      cnn_json_writer_add_int (writer, "first", flip->first->prediction);
      cnn_json_writer_add_int (writer, "second", flip->second->prediction);
      cnn_json_writer_end (writer);
    }
  cnn_json_writer_end (writer);
}

static void
print_comparison_json (const CnnComparison *comparison)
{
  CnnJsonWriter *writer = cnn_json_writer_new ();

  cnn_json_writer_begin_object (writer, NULL, CNN_JSON_LINES);
  cnn_json_writer_add_int (writer, "images", comparison->n_common);
  cnn_json_writer_add_int (writer, "both_right", comparison->n_both);
  cnn_json_writer_add_int (writer, "first_right", comparison->n_first);
  cnn_json_writer_add_int (writer, "second_right", comparison->n_second);
  cnn_json_writer_add_int (writer, "neither_right", comparison->n_neither);
  cnn_json_writer_add_double (writer, "p_value", comparison->p_value);
  write_flips (writer, "only_first", comparison->first_flips);
  write_flips (writer, "only_second", comparison->second_flips);
  cnn_json_writer_end (writer);
  print_json (writer);
}

static gboolean
compare (const Request  *request,
         GError        **error)
{
  g_autoptr (CnnRun) first = load (request, 0, error);
  g_autoptr (CnnRun) second = first != NULL ? load (request, 1, error) : NULL;
  g_autoptr (CnnComparison) comparison = NULL;

  if (second == NULL)
    return FALSE;

  comparison = cnn_comparison_new (first, second);
  if (request->json)
    print_comparison_json (comparison);
  else
    print_comparison (comparison);

  return TRUE;
}

/* ---- Several runs ---- */

/* All runs of a store's file. */
static gboolean
add_store (const char  *path,
           GPtrArray   *stores,
           GArray      *parts,
           GError     **error)
{
  FoveaRunStore *store = fovea_run_store_open (path, error);
  g_autoptr (GPtrArray) runs = NULL;

  if (store == NULL)
    return FALSE;

  g_ptr_array_add (stores, store);
  runs = fovea_run_store_list (store, FALSE, error);
  for (guint i = 0; runs != NULL && i < runs->len; i++)
    {
      const FoveaStoredRun *run = g_ptr_array_index (runs, i);
      FoveaRunPart part = { store, run->id };

      g_array_append_val (parts, part);
    }

  return runs != NULL;
}

static gboolean
merge (const Request  *request,
       GError        **error)
{
  g_autoptr (GPtrArray) stores = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_run_store_close);
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (FoveaRunPart));
  gint64 id;

  for (guint i = 0; i < request->n_arguments; i++)
    {
      const char *argument = request->arguments[i];
      FoveaRunPart part = { request->store, 0 };

      if (g_file_test (argument, G_FILE_TEST_IS_REGULAR))
        {
          if (!add_store (argument, stores, parts, error))
            return FALSE;
        }
      else if (parse_id (argument, &part.id, error))
        g_array_append_val (parts, part);
      else
        return FALSE;
    }

  if (parts->len == 0)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_EMPTY, _("there are no runs to merge"));
      return FALSE;
    }

  if (!fovea_run_store_merge (request->store, (const FoveaRunPart *) (gpointer) parts->data, parts->len,
                              &id, error))
    return FALSE;

  g_print ("%" G_GINT64_FORMAT "\n", id);

  return TRUE;
}

static const struct
{
  const char *name;
  guint n_min;
  guint n_max;
  Action act;
} actions[] = {
  { "list", 0, 0, list },
  { "show", 1, 1, show },
  { "export", 1, 1, export },
  { "compare", 2, 2, compare },
  { "merge", 1, G_MAXUINT, merge },
  { "rename", 2, 2, rename_run },
  { "delete", 1, G_MAXUINT, delete_runs },
  { "restore", 1, G_MAXUINT, restore_runs },
};

static gboolean
act (const char     *name,
     const Request  *request,
     GError        **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    if (strcmp (name, actions[i].name) == 0)
      {
        if (request->n_arguments >= actions[i].n_min && request->n_arguments <= actions[i].n_max)
          return actions[i].act (request, error);

        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                     request->n_arguments < actions[i].n_min
                     ? _("“%s” is given too few arguments") : _("“%s” is given too many arguments"), name);
        return FALSE;
      }

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("unknown action “%s”"), name);

  return FALSE;
}

static gboolean
open_output (const char  *path,
             GFile      **file,
             GError     **error)
{
  return path == NULL || (*file = cli_output_file (path, error)) != NULL;
}

static void
request_clear (Request *self)
{
  g_clear_pointer (&self->store, fovea_run_store_close);
  g_clear_object (&self->json_file);
  g_clear_object (&self->csv_file);
  g_clear_object (&self->chart_file);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

CliStatus
cli_runs (int   argc,
          char *argv[])
{
  g_auto (CliOptions) options = CLI_OPTIONS_INIT;
  g_auto (Request) request = { NULL };
  g_autofree char *store_path = NULL;
  g_autofree char *json_path = NULL;
  g_autofree char *csv_path = NULL;
  g_autofree char *chart_path = NULL;
  const GOptionEntry entries[] = {
    { "deleted", 0, 0, G_OPTION_ARG_NONE, &request.deleted, N_("List those that were deleted"), NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &json_path, N_("Save everything as JSON"), N_("FILE") },
    { "csv", 0, 0, G_OPTION_ARG_FILENAME, &csv_path, N_("Save a table of the pictures"), N_("FILE") },
    { "chart", 0, 0, G_OPTION_ARG_FILENAME, &chart_path,
      N_("Draw the accuracy of each class, as .png, .svg or .pdf"), N_("FILE") },
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &store_path,
      N_("Work with the runs in this file, not with your others"), N_("FILE") },
    { NULL }
  };
  g_autoptr (GError) error = NULL;

  if (!cli_options_parse (&options, &syntax, entries, argc, argv, &error) ||
      !open_output (json_path, &request.json_file, &error) ||
      !open_output (csv_path, &request.csv_file, &error) ||
      !open_output (chart_path, &request.chart_file, &error) ||
      (request.chart_file != NULL && !fovea_chart_check_name (request.chart_file, &error)))
    return cli_fail (error);

  request.store = fovea_run_store_open (store_path, &error);
  if (request.store == NULL)
    return cli_fail (error);
  if (fovea_run_store_get_aside (request.store) != NULL)
    cli_warn (_("the runs of before could not be read; their file is now %s"),
              fovea_run_store_get_aside (request.store));

  request.json = options.json;
  request.n_arguments = options.arguments != NULL ? g_strv_length (options.arguments) : 0;
  request.arguments = options.arguments + (request.n_arguments > 0);
  request.n_arguments -= request.n_arguments > 0;

  return act (options.arguments != NULL ? options.arguments[0] : "list", &request, &error)
         ? CLI_DONE : cli_fail (error);
}
