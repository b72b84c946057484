#include "fovea-job.h"

#include "app-helpers.h"

/* A newer start makes an older one's answer unwanted, and cancels it. */
static void
test_newer_wins (void)
{
  g_autoptr (GObject) owner = g_object_new (G_TYPE_OBJECT, NULL);
  FoveaJob job = { 0, };
  g_autoptr (FoveaTicket) first = NULL;
  g_autoptr (FoveaTicket) second = NULL;
  g_autoptr (GCancellable) first_cancellable = NULL;

  g_assert_false (fovea_job_is_running (&job));

  first = fovea_job_start (&job, owner);
  first_cancellable = g_object_ref (job.cancellable);
  g_assert_true (fovea_job_is_running (&job));

  second = fovea_job_start (&job, owner);
  g_assert_true (g_cancellable_is_cancelled (first_cancellable));
  g_assert_false (g_cancellable_is_cancelled (job.cancellable));

  g_assert_false (fovea_ticket_redeem (first));
  g_assert_true (fovea_job_is_running (&job));
  g_assert_true (fovea_ticket_redeem (second));
  g_assert_false (fovea_job_is_running (&job));
}

static void
test_cancel (void)
{
  g_autoptr (GObject) owner = g_object_new (G_TYPE_OBJECT, NULL);
  FoveaJob job = { 0, };
  g_autoptr (FoveaTicket) ticket = fovea_job_start (&job, owner);
  g_autoptr (GCancellable) cancellable = g_object_ref (job.cancellable);

  fovea_job_cancel (&job);
  g_assert_true (g_cancellable_is_cancelled (cancellable));
  g_assert_false (fovea_job_is_running (&job));
  g_assert_false (fovea_ticket_redeem (ticket));
}

/* An owner lives as long as someone works for it. */
static void
test_keeps_owner (void)
{
  GObject *owner = g_object_new (G_TYPE_OBJECT, NULL);
  FoveaJob job = { 0, };
  FoveaTicket *ticket = fovea_job_start (&job, owner);

  g_assert_true (fovea_ticket_get_owner (ticket) == owner);
  g_object_add_weak_pointer (owner, (gpointer *) &owner);
  g_object_unref (owner);
  g_assert_nonnull (owner);
  fovea_job_cancel (&job);
  fovea_ticket_free (ticket);
  g_assert_null (owner);
}

int
main (int    argc,
      char **argv)
{
  app_test_init (&argc, &argv);

  g_test_add_func ("/app/job/newer-wins", test_newer_wins);
  g_test_add_func ("/app/job/cancel", test_cancel);
  g_test_add_func ("/app/job/keeps-owner", test_keeps_owner);

  return g_test_run ();
}
