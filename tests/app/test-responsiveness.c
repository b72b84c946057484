#include "fovea-stall-watch.h"
#include "fovea-window.h"

#include <time.h>

#include "app-helpers.h"
#include "support/pack.h"

/* The main loop should work on one thing for no longer. */
#define LIMIT_MS 50

/* How long people look around while a run goes on. */
#define SECONDS 6

/* Uses 60 ms of the processor, however many others want it. */
static gboolean
block_cb (gpointer data)
{
  struct timespec start, now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &start);
  do
    clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  while ((now.tv_sec - start.tv_sec) * 1e3 + (now.tv_nsec - start.tv_nsec) / 1e6 < 60);

  *(gboolean *) data = TRUE;

  return G_SOURCE_REMOVE;
}

/* The watch sees what it is there to see. */
static void
test_watch (void)
{
  g_autoptr (FoveaStallWatch) watch = NULL;
  FoveaStallSummary summary;
  gboolean blocked = FALSE;
  gint64 end;

  g_test_expect_message ("fovea-stalls", G_LOG_LEVEL_MESSAGE, "*held up*");
  watch = fovea_stall_watch_new (LIMIT_MS);
  g_timeout_add (20, block_cb, &blocked);
  wait_until (blocked);
  end = g_get_monotonic_time () + 30 * 1000;
  wait_until (g_get_monotonic_time () > end);
  g_test_assert_expected_messages ();

  fovea_stall_watch_get_summary (watch, &summary);
  g_assert_cmpuint (summary.n_stalls, >=, 1);
  g_assert_cmpfloat (summary.longest_ms, >=, LIMIT_MS);
  g_assert_cmpfloat (summary.longest_own_ms, >=, 60);
  g_test_expect_message ("fovea-stalls", G_LOG_LEVEL_MESSAGE, "*longest*");
  g_clear_pointer (&watch, fovea_stall_watch_free);
  g_test_assert_expected_messages ();
}

/* One looks around: other pictures, other layers, other crops, other pages. */
static gboolean
wander_cb (gpointer data)
{
  static guint step = 0;
  GActionGroup *window = data;
  const char *pages[] = { "explore", "evaluate", "network", "explore" };

  step++;
  g_action_group_activate_action (window, "next-sample", NULL);
  if (step % 3 == 0)
    g_action_group_activate_action (window, "next-layer", NULL);
  if (step % 4 == 0)
    g_action_group_activate_action (window, "next-crop", NULL);
  if (step % 8 == 0)
    g_action_group_change_action_state (window, "page",
                                        g_variant_new_string (pages[step / 8 % G_N_ELEMENTS (pages)]));

  return G_SOURCE_CONTINUE;
}

static guint
get_n_done (FoveaSession *session)
{
  CnnRunSummary summary;

  cnn_run_get_summary (fovea_session_get_run (session), &summary);

  return summary.n_done;
}

/* Processor time is counted, not the time on the clock: how much others on the
 * machine do is not what is tested here. */
static void
test_during_run (void)
{
  g_autofree char *model_path = pack_find ("models/squeezenet1_1-imagenet.safetensors");
  g_autofree char *folder_path = pack_find ("imagenet");
  g_autoptr (FoveaApplication) app = NULL;
  g_autoptr (FoveaStallWatch) watch = NULL;
  g_autoptr (GFile) model = NULL;
  g_autoptr (GFile) folder = NULL;
  g_autoptr (GError) error = NULL;
  FoveaStallSummary summary;
  FoveaSession *session;
  FoveaWindow *window;
  guint wandering;
  gint64 end;

  if (!app_test_display () || pack_skip (model_path))
    return;

  model = g_file_new_for_path (model_path);
  folder = g_file_new_for_path (folder_path);
  app = fovea_application_new ();
  g_application_set_flags (G_APPLICATION (app), G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (app), NULL, &error);
  g_assert_no_error (error);

  window = fovea_window_new (app);
  session = fovea_window_get_session (window);
  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 820);
  gtk_window_present (GTK_WINDOW (window));
  fovea_session_open_dataset (session, folder);
  fovea_session_open_network (session, model);
  wait_until (!fovea_session_get_busy (session));

  /* Opening is another matter: let the pages be laid out and drawn for once. */
  end = g_get_monotonic_time () + G_USEC_PER_SEC;
  wait_until (g_get_monotonic_time () > end);

  g_action_group_change_action_state (G_ACTION_GROUP (window), "evaluate-crops",
                                      g_variant_new_string ("five"));
  g_action_group_change_action_state (G_ACTION_GROUP (window), "evaluate",
                                      g_variant_new_boolean (TRUE));
  watch = fovea_stall_watch_new (LIMIT_MS);
  wandering = g_timeout_add (120, wander_cb, window);
  end = g_get_monotonic_time () + SECONDS * G_USEC_PER_SEC;
  wait_until (g_get_monotonic_time () > end);
  g_source_remove (wandering);
  fovea_stall_watch_get_summary (watch, &summary);

  g_test_message ("%u delays over %d ms in %.1f s, the longest %.0f ms; at most %.0f ms of own work",
                  summary.n_stalls, LIMIT_MS, summary.seconds, summary.longest_ms,
                  summary.longest_own_ms);

  /* How long things took is for whoever reads it: machines differ. But the run has
   * to get on, however busy the window was. */
  wait_until (get_n_done (session) > 0);

  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  gtk_window_close (GTK_WINDOW (window));
  wait_until (window == NULL);
}

int
main (int    argc,
      char **argv)
{
  app_test_init (&argc, &argv);

  g_test_add_func ("/app/responsiveness/watch", test_watch);
  g_test_add_func ("/app/responsiveness/during-run", test_during_run);

  return g_test_run ();
}
