#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FoveaJob:
 *
 * A thing that is done in the background for one owner, of which only the newest
 * start counts. A plain member of its owner's struct, all zeros at first; used
 * from the main loop only.
 */
typedef struct
{
  guint serial;
  GCancellable *cancellable;
} FoveaJob;

/**
 * FoveaTicket:
 *
 * One start of a job: given to the asynchronous call as its user data, and handed
 * in when it comes back. It keeps the job's owner alive in between.
 */
typedef struct _FoveaTicket FoveaTicket;

FoveaTicket  *fovea_job_start       (FoveaJob     *job,
                                     gpointer      owner);
void          fovea_job_cancel      (FoveaJob     *job);
gboolean      fovea_job_is_running  (const FoveaJob *job);
gpointer      fovea_ticket_get_owner (FoveaTicket *ticket);
gboolean      fovea_ticket_redeem   (FoveaTicket  *ticket);
void          fovea_ticket_free     (FoveaTicket  *ticket);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaTicket, fovea_ticket_free)

G_END_DECLS
