#include "fovea-database.h"
#include "fovea-session.h"

#include <string.h>

#include "app-fixture.h"
#include "app-helpers.h"
#include "support/folder.h"

static void
error_cb (FoveaSession *session,
          const char   *title,
          const char   *body,
          GString      *errors)
{
  g_string_append_printf (errors, "%s: %s\n", title, body);
}

static FoveaSession *
new_open_session (AppFixture *fixture,
                  GString    *errors)
{
  FoveaSession *session = fovea_session_new ();

  g_signal_connect (session, "error", G_CALLBACK (error_cb), errors);
  fovea_session_open_dataset (session, fixture->pictures);
  fovea_session_open_network (session, fixture->model);
  wait_until (!fovea_session_get_busy (session));

  return session;
}

static void
wait_for_list (FoveaSession *session,
               guint         n)
{
  wait_until (g_list_model_get_n_items (fovea_runs_get_list (fovea_session_get_runs (session))) == n);
}

static const FoveaStoredRun *
get_newest (FoveaSession *session)
{
  g_autoptr (FoveaRunItem) item =
    g_list_model_get_item (fovea_runs_get_list (fovea_session_get_runs (session)), 0);

  /* The list keeps it. */
  return item != NULL ? fovea_run_item_get (item) : NULL;
}

/* Until the list tells of the end of the newest run. */
static void
wait_for_newest (FoveaSession *session)
{
  wait_until (get_newest (session) != NULL &&
              get_newest (session)->summary.n_done == FIXTURE_N_PICTURES &&
              !get_newest (session)->is_running);
}

static void
evaluate (FoveaSession *session,
          CnnCropMode   crops)
{
  fovea_session_evaluate (session, crops, 0);
  wait_until (!fovea_session_get_evaluating (session));
}

static void
finish (FoveaSession *session,
        GString      *errors)
{
  fovea_session_stop (session);
  wait_idle ();
  wait_until (G_OBJECT (session)->ref_count == 1);
  g_assert_finalize_object (session);
  g_string_free (errors, TRUE);
}

/* As if the program had been killed: the last pictures are gone. */
static void
forget_some (guint kept)
{
  g_autofree char *path = fovea_run_store_dup_default_path ();
  g_autoptr (FoveaDatabase) database = fovea_database_open (path, NULL);
  g_autofree char *sql = g_strdup_printf ("DELETE FROM results WHERE sample >= %u;"
                                          "UPDATE runs SET done = %u", kept, kept);
  g_autoptr (GError) error = NULL;

  fovea_database_execute (database, sql, &error);
  g_assert_no_error (error);
}

static void
forget_all (void)
{
  g_autofree char *path = fovea_run_store_dup_default_path ();
  g_autoptr (FoveaRunStore) store = fovea_run_store_open (NULL, NULL);
  g_autoptr (FoveaDatabase) database = fovea_database_open (path, NULL);

  g_assert_true (fovea_database_execute (database, "PRAGMA foreign_keys = ON; DELETE FROM runs", NULL));
}

/* A run is kept as it goes, and listed. */
static void
test_kept (AppFixture    *fixture,
           gconstpointer  data)
{
  GString *errors = g_string_new (NULL);
  FoveaSession *session = new_open_session (fixture, errors);
  CnnRunSummary summary;

  forget_all ();
  evaluate (session, CNN_CROPS_FIVE);
  wait_for_newest (session);
  cnn_run_get_summary (fovea_session_get_run (session), &summary);
  g_assert_cmpint (get_newest (session)->id, ==,
                   fovea_runs_get_run_id (fovea_session_get_runs (session)));
  g_assert_cmpstr (get_newest (session)->crops, ==, "five");
  g_assert_cmpuint (get_newest (session)->summary.n_done, ==, FIXTURE_N_PICTURES);
  g_assert_cmpuint (get_newest (session)->summary.n_correct, ==, summary.n_correct);
  g_assert_cmpstr (errors->str, ==, "");

  finish (session, errors);
}

/* One that was cut short, perhaps by another program, goes on to the same end. */
static void
test_resume (AppFixture    *fixture,
             gconstpointer  data)
{
  GString *errors = g_string_new (NULL);
  FoveaSession *session = new_open_session (fixture, errors);
  FoveaRuns *runs = fovea_session_get_runs (session);
  g_autoptr (CnnRun) whole = NULL;
  gint64 id;
  CnnRunSummary found, expected;

  forget_all ();
  evaluate (session, CNN_CROPS_CENTER);
  whole = g_object_ref (fovea_session_get_run (session));
  id = fovea_runs_get_run_id (runs);
  g_assert_false (fovea_session_can_resume (session));

  forget_some (5);
  fovea_runs_open (runs, id);
  wait_until (fovea_session_get_run (session) != whole);
  cnn_run_get_summary (fovea_session_get_run (session), &found);
  g_assert_cmpuint (found.n_done, ==, 5);
  g_assert_null (fovea_session_get_result (session, cnn_dataset_get_sample (fovea_session_get_dataset (session), 7)));
  g_assert_true (fovea_session_can_resume (session));

  fovea_session_resume_evaluation (session);
  wait_until (!fovea_session_get_evaluating (session));
  g_assert_cmpstr (errors->str, ==, "");
  g_assert_cmpint (fovea_runs_get_run_id (runs), ==, id);
  cnn_run_get_summary (fovea_session_get_run (session), &found);
  cnn_run_get_summary (whole, &expected);
  g_assert_cmpuint (found.n_done, ==, FIXTURE_N_PICTURES);
  g_assert_cmpfloat (found.loss, ==, expected.loss);
  g_assert_cmpuint (found.n_correct, ==, expected.n_correct);
  for (guint i = 0; i < FIXTURE_N_PICTURES; i++)
    g_assert_cmpfloat (cnn_run_get_result (fovea_session_get_run (session), i)->top[0].probability, ==,
                       cnn_run_get_result (whole, i)->top[0].probability);

  finish (session, errors);
}

/* With another model it does not. */
static void
test_resume_other (AppFixture    *fixture,
                   gconstpointer  data)
{
  GString *errors = g_string_new (NULL);
  FoveaSession *session = new_open_session (fixture, errors);
  FoveaRuns *runs = fovea_session_get_runs (session);
  CnnRun *whole;
  gint64 id;

  forget_all ();
  evaluate (session, CNN_CROPS_CENTER);
  whole = fovea_session_get_run (session);
  id = fovea_runs_get_run_id (runs);
  forget_some (5);
  {
    g_autofree char *path = fovea_run_store_dup_default_path ();
    g_autoptr (FoveaDatabase) database = fovea_database_open (path, NULL);

    g_assert_true (fovea_database_execute (database, "UPDATE runs SET key = 'another'", NULL));
  }

  fovea_runs_open (runs, id);
  wait_until (fovea_session_get_run (session) != whole);
  fovea_session_resume_evaluation (session);
  wait_until (!fovea_session_get_evaluating (session));
  g_assert_nonnull (strstr (errors->str, "another model, other pictures or another version"));

  finish (session, errors);
}

/* Looking at another run does not stop the one that goes on. */
static void
test_open (AppFixture    *fixture,
           gconstpointer  data)
{
  GString *errors = g_string_new (NULL);
  FoveaSession *session = new_open_session (fixture, errors);
  FoveaRuns *runs = fovea_session_get_runs (session);
  CnnRun *second;
  gint64 first_id, second_id;

  forget_all ();
  evaluate (session, CNN_CROPS_CENTER);
  first_id = fovea_runs_get_run_id (runs);

  fovea_session_evaluate (session, CNN_CROPS_TEN, 0);
  second = fovea_session_get_run (session);
  g_assert_true (fovea_runs_is_shown_going_on (runs));
  fovea_runs_open (runs, first_id);
  wait_until (fovea_session_get_run (session) != second);
  g_assert_cmpint (fovea_runs_get_run_id (runs), ==, first_id);
  g_assert_false (fovea_runs_is_shown_going_on (runs));
  wait_until (!fovea_session_get_evaluating (session));
  g_assert_cmpint (fovea_runs_get_run_id (runs), ==, first_id);

  wait_for_list (session, 2);
  wait_for_newest (session);
  second_id = get_newest (session)->id;
  g_assert_cmpint (second_id, !=, first_id);

  fovea_runs_open (runs, 12345);
  wait_until (errors->len > 0);
  g_assert_nonnull (strstr (errors->str, "The run could not be opened"));

  finish (session, errors);
}

static void
test_change (AppFixture    *fixture,
             gconstpointer  data)
{
  GString *errors = g_string_new (NULL);
  FoveaSession *session = new_open_session (fixture, errors);
  FoveaRuns *runs = fovea_session_get_runs (session);
  gint64 id;

  forget_all ();
  evaluate (session, CNN_CROPS_CENTER);
  wait_for_newest (session);
  id = fovea_runs_get_run_id (runs);

  fovea_runs_rename (runs, id, "renamed");
  wait_until (get_newest (session) != NULL && g_str_equal (get_newest (session)->name, "renamed"));

  fovea_runs_set_deleted (runs, id, TRUE);
  wait_for_list (session, 0);
  fovea_runs_set_deleted (runs, id, FALSE);
  wait_for_list (session, 1);
  g_assert_cmpstr (errors->str, ==, "");

  finish (session, errors);
}

static void
compared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  CnnComparison **comparison = data;
  g_autoptr (GError) error = NULL;

  *comparison = fovea_runs_compare_finish (FOVEA_RUNS (source), result, &error);
  g_assert_no_error (error);
}

static void
test_compare (AppFixture    *fixture,
              gconstpointer  data)
{
  GString *errors = g_string_new (NULL);
  FoveaSession *session = new_open_session (fixture, errors);
  FoveaRuns *runs = fovea_session_get_runs (session);
  g_autoptr (CnnComparison) comparison = NULL;
  gint64 first, second;

  forget_all ();
  evaluate (session, CNN_CROPS_CENTER);
  first = fovea_runs_get_run_id (runs);
  evaluate (session, CNN_CROPS_FIVE);
  second = fovea_runs_get_run_id (runs);
  fovea_runs_compare_async (runs, first, second, NULL, compared_cb, &comparison);
  wait_until (comparison != NULL);
  g_assert_cmpuint (comparison->n_common, ==, FIXTURE_N_PICTURES);
  g_assert_cmpint (cnn_run_get_settings (comparison->second_run)->crops, ==, CNN_CROPS_FIVE);

  finish (session, errors);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (Folder) folder = folder_new ();

  /* Before anybody asks where the user's data are. */
  g_setenv ("XDG_DATA_HOME", folder_get_path (folder), TRUE);
  app_test_init (&argc, &argv);

#define ADD(name, function) \
  g_test_add ("/app/runs/" name, AppFixture, NULL, app_fixture_set_up, function, app_fixture_tear_down)

  ADD ("kept", test_kept);
  ADD ("resume", test_resume);
  ADD ("resume-other", test_resume_other);
  ADD ("open", test_open);
  ADD ("change", test_change);
  ADD ("compare", test_compare);

  return g_test_run ();
}
