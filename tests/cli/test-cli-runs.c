#include "cli-test.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <unistd.h>
#include <string.h>

#include "support/folder.h"
#include "support/pack.h"

#define MODEL "models/squeezenet1_1-imagenet.safetensors"

/* A home of its own for the runs that are kept. */
typedef struct
{
  Folder *folder;
  char *dataset;
  char *model;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->folder = folder_new ();
  g_setenv ("XDG_DATA_HOME", folder_get_path (fixture->folder), TRUE);
  fixture->dataset = pack_find ("imagenet");
  fixture->model = pack_find (MODEL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_unsetenv ("XDG_DATA_HOME");
  folder_free (fixture->folder);
  g_free (fixture->dataset);
  g_free (fixture->model);
}

static gboolean
has_pack (Fixture *fixture)
{
  return !pack_skip (fixture->dataset) && !pack_skip (fixture->model);
}

static void
assert_done (CliRun *run)
{
  if (run->status != 0)
    g_test_message ("%s", run->errors);
  g_assert_cmpint (run->status, ==, 0);
}

/* A run's JSON, but for the times. */
static char *
dup_timeless (const char *path)
{
  g_autoptr (GRegex) times = g_regex_new ("\"(seconds|images_per_second)\": [^,]*,", 0, 0, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  return g_regex_replace_literal (times, text, -1, 0, "", 0, NULL);
}

static void
assert_same_json (const char *path,
                  const char *expected)
{
  g_autofree char *a = dup_timeless (path);
  g_autofree char *b = dup_timeless (expected);

  g_assert_cmpstr (a, ==, b);
}

static gboolean
kill_cb (gpointer data)
{
  g_subprocess_send_signal (data, SIGKILL);

  return G_SOURCE_REMOVE;
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  g_main_loop_quit (data);
}

/* Starts the run, or goes on with it, and kills it after a while. */
static void
run_and_kill (Fixture    *fixture,
              const char *limit,
              guint       milliseconds)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                      g_getenv ("FOVEA_CLI"), "validate", fixture->dataset, "--model", fixture->model,
                      "--limit", limit, "--resume", "--quiet", NULL);
  guint source;

  g_assert_no_error (error);
  source = g_timeout_add (milliseconds, kill_cb, process);
  g_subprocess_wait_async (process, NULL, ended_cb, loop);
  g_main_loop_run (loop);
  if (g_main_context_find_source_by_id (NULL, source) != NULL)
    g_source_remove (source);
}

/* Killed twenty times, at any moment, it ends with the same bytes as if nothing
 * had happened. */
static void
test_killed (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *whole = folder_build (fixture->folder, "whole.json");
  g_autofree char *resumed = folder_build (fixture->folder, "resumed.json");
  g_auto (CliRun) plain = { 0 };
  g_auto (CliRun) last = { 0 };
  g_auto (CliRun) list = { 0 };

  if (!has_pack (fixture))
    return;

  cli_run (&plain, "validate", fixture->dataset, "--model", fixture->model, "--limit", "120",
           "--no-store", "--output", whole, NULL);
  assert_done (&plain);

  for (guint i = 0; i < 20; i++)
    run_and_kill (fixture, "120", g_test_rand_int_range (1, 300));

  cli_run (&last, "validate", fixture->dataset, "--model", fixture->model, "--limit", "120", "--resume",
           "--output", resumed, NULL);
  assert_done (&last);
  assert_same_json (resumed, whole);

  cli_run (&list, "runs", NULL);
  assert_done (&list);
  g_test_message ("%s", list.output);
  g_assert_nonnull (strstr (list.output, "120/120"));
  g_assert_nonnull (strstr (list.output, "complete"));
}

/* Model and pictures may lie elsewhere by then. */
static void
test_renamed (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *model = folder_build (fixture->folder, "renamed.safetensors");
  g_autofree char *dataset = folder_build (fixture->folder, "renamed");
  g_auto (CliRun) first = { 0 };
  g_auto (CliRun) again = { 0 };

  if (!has_pack (fixture))
    return;

  cli_run (&first, "validate", fixture->dataset, "--model", fixture->model, "--limit", "8", NULL);
  assert_done (&first);

  g_assert_cmpint (symlink (fixture->dataset, dataset), ==, 0);
  folder_copy (fixture->folder, "renamed.safetensors", fixture->model);
  cli_run (&again, "validate", dataset, "--model", model, "--limit", "8", "--resume", NULL);
  assert_done (&again);
  g_assert_nonnull (strstr (again.errors, "Run 1 goes on: 8 of 8 pictures are done"));
}

/* The parts of a run, each in a file of its own, as jobs on several machines
 * leave them. */
static void
test_shards (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *whole = folder_build (fixture->folder, "whole.json");
  g_autofree char *merged = folder_build (fixture->folder, "merged.json");
  g_autofree char *stores[3] = { NULL };
  g_auto (CliRun) plain = { 0 };
  g_auto (CliRun) merge = { 0 };
  g_auto (CliRun) export = { 0 };

  if (!has_pack (fixture))
    return;

  cli_run (&plain, "validate", fixture->dataset, "--model", fixture->model, "--limit", "40",
           "--no-store", "--output", whole, NULL);
  assert_done (&plain);

  for (guint i = 0; i < G_N_ELEMENTS (stores); i++)
    {
      g_autofree char *name = g_strdup_printf ("part%u.sqlite", i);
      g_autofree char *part = g_strdup_printf ("%u/3", i + 1);
      g_auto (CliRun) run = { 0 };

      stores[i] = folder_build (fixture->folder, name);
      cli_run (&run, "validate", fixture->dataset, "--model", fixture->model, "--limit", "40",
               "--shard", part, "--store", stores[i], NULL);
      assert_done (&run);
      g_assert_true (g_str_has_prefix (run.output, "dataset length 13 ") ||
                     g_str_has_prefix (run.output, "dataset length 14 "));
    }

  cli_run (&merge, "runs", "merge", stores[2], stores[0], stores[1], NULL);
  assert_done (&merge);
  g_assert_cmpstr (merge.output, ==, "1\n");
  cli_run (&export, "runs", "export", "1", "--output", merged, NULL);
  assert_done (&export);
  assert_same_json (merged, whole);
}

/* A part that nobody has done is done afterwards. */
static void
test_missing_shard (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autofree char *whole = folder_build (fixture->folder, "whole.json");
  g_autofree char *resumed = folder_build (fixture->folder, "resumed.json");
  g_auto (CliRun) plain = { 0 };
  g_auto (CliRun) part = { 0 };
  g_auto (CliRun) merge = { 0 };
  g_auto (CliRun) rest = { 0 };

  if (!has_pack (fixture))
    return;

  cli_run (&plain, "validate", fixture->dataset, "--model", fixture->model, "--limit", "20",
           "--no-store", "--output", whole, NULL);
  cli_run (&part, "validate", fixture->dataset, "--model", fixture->model, "--limit", "20",
           "--shard", "2/2", NULL);
  assert_done (&part);
  cli_run (&merge, "runs", "merge", "1", NULL);
  assert_done (&merge);
  cli_run (&rest, "validate", fixture->dataset, "--model", fixture->model, "--limit", "20", "--resume",
           "--output", resumed, NULL);
  assert_done (&rest);
  g_assert_nonnull (strstr (rest.errors, "Run 2 goes on: 10 of 20 pictures are done"));
  assert_same_json (resumed, whole);
}

static void
test_compare (Fixture       *fixture,
              gconstpointer  data)
{
  g_auto (CliRun) center = { 0 };
  g_auto (CliRun) five = { 0 };
  g_auto (CliRun) compare = { 0 };
  g_autofree char *path = folder_build (fixture->folder, "comparison.json");
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *object;
  gint64 both, first, second, neither;

  if (!has_pack (fixture))
    return;

  cli_run (&center, "validate", fixture->dataset, "--model", fixture->model, "--limit", "60", NULL);
  cli_run (&five, "validate", fixture->dataset, "--model", fixture->model, "--limit", "60",
           "--crops", "five", NULL);
  assert_done (&five);
  cli_run (&compare, "runs", "compare", "1", "2", "--json", NULL);
  assert_done (&compare);
  g_assert_true (g_file_set_contents (path, compare.output, -1, NULL));

  parser = cli_load_json (path);
  object = json_node_get_object (json_parser_get_root (parser));
  both = json_object_get_int_member (object, "both_right");
  first = json_object_get_int_member (object, "first_right");
  second = json_object_get_int_member (object, "second_right");
  neither = json_object_get_int_member (object, "neither_right");
  g_assert_cmpint (json_object_get_int_member (object, "images"), ==, 60);
  g_assert_cmpint (both + first + second + neither, ==, 60);
  g_assert_cmpint (json_array_get_length (json_object_get_array_member (object, "only_first")), ==, first);
  g_assert_cmpint (json_array_get_length (json_object_get_array_member (object, "only_second")), ==, second);
  g_assert_cmpint (first + second, >, 0);
  g_assert_cmpfloat (json_object_get_double_member (object, "p_value"), >, 0);
  g_assert_cmpfloat (json_object_get_double_member (object, "p_value"), <=, 1);
}

/* Renaming, deleting and taking that back. */
static void
test_manage (Fixture       *fixture,
             gconstpointer  data)
{
  g_auto (CliRun) empty = { 0 };
  g_auto (CliRun) run = { 0 };
  g_auto (CliRun) rename = { 0 };
  g_auto (CliRun) named = { 0 };
  g_auto (CliRun) delete = { 0 };
  g_auto (CliRun) gone = { 0 };
  g_auto (CliRun) deleted = { 0 };
  g_auto (CliRun) restore = { 0 };
  g_auto (CliRun) show = { 0 };

  if (!has_pack (fixture))
    return;

  cli_run (&empty, "runs", NULL);
  g_assert_cmpstr (empty.output, ==, "No run was kept yet.\n");
  cli_run (&run, "validate", fixture->dataset, "--model", fixture->model, "--limit", "4", NULL);
  assert_done (&run);

  cli_run (&rename, "runs", "rename", "1", "the first", NULL);
  assert_done (&rename);
  cli_run (&named, "runs", "list", "--json", NULL);
  g_assert_nonnull (strstr (named.output, "\"name\": \"the first\""));

  cli_run (&delete, "runs", "delete", "1", NULL);
  assert_done (&delete);
  cli_run (&gone, "runs", NULL);
  g_assert_cmpstr (gone.output, ==, "No run was kept yet.\n");
  cli_run (&deleted, "runs", "list", "--deleted", NULL);
  g_assert_nonnull (strstr (deleted.output, "the first"));

  cli_run (&restore, "runs", "restore", "1", NULL);
  assert_done (&restore);
  cli_run (&show, "runs", "show", "1", NULL);
  assert_done (&show);
  g_assert_nonnull (strstr (show.output, "dataset length 4 [3, 224, 224]\nVal - Epoch 0..\n>> Epoch loss"));
}

static void
test_errors (Fixture       *fixture,
             gconstpointer  data)
{
  const struct { const char *arguments[6]; int status; const char *about; } cases[] = {
    { { "runs", "show", "7" }, 1, "runs.sqlite: has no run 7" },
    { { "runs", "show", "seven" }, 2, "“seven” is not the number of a run" },
    { { "runs", "show" }, 2, "“show” is given too few arguments" },
    { { "runs", "compare", "1" }, 2, "“compare” is given too few arguments" },
    { { "runs", "list", "1" }, 2, "“list” is given too many arguments" },
    { { "runs", "dance" }, 2, "unknown action “dance”" },
    { { "runs", "export", "1" }, 2, "missing option --output, --csv or --chart" },
    { { "runs", "rename", "3", "x" }, 1, "has no run 3" },
    { { "runs", "delete", "3" }, 1, "has no run 3" },
    { { "runs", "--store", "/proc/nowhere/runs.sqlite" }, 1, "/proc/nowhere" },
    { { "validate", "x", "--model", "y", "--shard", "0/3" }, 2, "--shard is “0/3”" },
    { { "validate", "x", "--model", "y", "--shard", "4/3" }, 2, "--shard is “4/3”" },
    { { "validate", "x", "--model", "y", "--shard", "1" }, 2, "--shard is “1”" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *const *a = cases[i].arguments;
      g_auto (CliRun) run = { 0 };

      cli_run (&run, a[0], a[1], a[2], a[3], a[4], a[5], NULL);
      cli_assert_one_line (&run, cases[i].status, cases[i].about);
    }
}

/* A store that is none is put aside, and the run is kept in a new one. */
static void
test_garbage (Fixture       *fixture,
              gconstpointer  data)
{
  g_auto (CliRun) list = { 0 };

  folder_write (fixture->folder, "fovea/runs.sqlite", "no store, but a long enough line of text", -1);
  cli_run (&list, "runs", NULL);
  assert_done (&list);
  g_assert_cmpstr (list.output, ==, "No run was kept yet.\n");
  g_assert_nonnull (strstr (list.errors, "runs.sqlite.damaged-"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) \
  g_test_add ("/cli/runs/" name, Fixture, NULL, set_up, function, tear_down)

  ADD ("killed", test_killed);
  ADD ("renamed", test_renamed);
  ADD ("shards", test_shards);
  ADD ("missing-shard", test_missing_shard);
  ADD ("compare", test_compare);
  ADD ("manage", test_manage);
  ADD ("errors", test_errors);
  ADD ("garbage", test_garbage);

  return g_test_run ();
}
