#define G_LOG_DOMAIN "fovea-job"

#include "config.h"

#include "fovea-job.h"

struct _FoveaTicket
{
  GObject *owner;
  FoveaJob *job;
  guint serial;
};

/**
 * fovea_job_start:
 * @job: a job
 * @owner: (type GObject): the object that @job is a member of
 *
 * Starts @job anew: an earlier start is cancelled, and its answer will not be
 * wanted any more.
 *
 * Returns: (transfer full): the ticket of this start; its cancellable is
 *   @job's until the next one
 */
FoveaTicket *
fovea_job_start (FoveaJob *job,
                 gpointer  owner)
{
  FoveaTicket *ticket = g_new0 (FoveaTicket, 1);

  fovea_job_cancel (job);
  job->cancellable = g_cancellable_new ();

  ticket->owner = g_object_ref (owner);
  ticket->job = job;
  ticket->serial = job->serial;

  return ticket;
}

/**
 * fovea_job_cancel:
 * @job: a job
 *
 * Asks what is running to stop, and sees to it that its answer is not wanted.
 */
void
fovea_job_cancel (FoveaJob *job)
{
  job->serial++;
  if (job->cancellable != NULL)
    g_cancellable_cancel (job->cancellable);
  g_clear_object (&job->cancellable);
}

gboolean
fovea_job_is_running (const FoveaJob *job)
{
  return job->cancellable != NULL;
}

/**
 * fovea_ticket_get_owner:
 * @ticket: a ticket
 *
 * Returns: (transfer none) (type GObject): the job's owner
 */
gpointer
fovea_ticket_get_owner (FoveaTicket *ticket)
{
  return ticket->owner;
}

/**
 * fovea_ticket_redeem:
 * @ticket: a ticket
 *
 * Hands in @ticket when its call has come back. Where it was the newest, its job
 * is over now.
 *
 * Returns: whether the answer is still wanted
 */
gboolean
fovea_ticket_redeem (FoveaTicket *ticket)
{
  if (ticket->serial != ticket->job->serial)
    return FALSE;

  g_clear_object (&ticket->job->cancellable);

  return TRUE;
}

void
fovea_ticket_free (FoveaTicket *ticket)
{
  g_object_unref (ticket->owner);
  g_free (ticket);
}
