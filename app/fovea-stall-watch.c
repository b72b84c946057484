#define G_LOG_DOMAIN "fovea-stalls"

#include "config.h"

#include "fovea-stall-watch.h"

#include <time.h>

#define INTERVAL_MS 5

struct _FoveaStallWatch
{
  double limit_ms;
  guint source;
  gint64 started;
  gint64 last_tick;
  gint64 last_cpu;
  FoveaStallSummary summary;
};

/* Processor time that this thread has used, in microseconds: it tells work of
 * our own from a processor that others were using. */
static gint64
get_thread_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);

  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static gboolean
tick_cb (gpointer data)
{
  FoveaStallWatch *self = data;
  gint64 now = g_get_monotonic_time ();
  gint64 cpu = get_thread_time ();
  double late_ms = (now - self->last_tick) / 1000. - INTERVAL_MS;
  double own_ms = (cpu - self->last_cpu) / 1000.;

  self->summary.n_ticks++;
  self->summary.longest_ms = MAX (self->summary.longest_ms, late_ms);
  self->summary.longest_own_ms = MAX (self->summary.longest_own_ms, own_ms);
  if (late_ms > self->limit_ms)
    {
      self->summary.n_stalls++;
      g_message ("The main loop was held up for %.0f ms at %.2f s; %.0f ms of it were its own work",
                 late_ms, (now - self->started) / (double) G_USEC_PER_SEC, own_ms);
    }

  self->last_tick = now;
  self->last_cpu = cpu;

  return G_SOURCE_CONTINUE;
}

/**
 * fovea_stall_watch_new:
 * @limit_ms: from how many milliseconds a delay is reported, as a message
 *
 * Starts to watch the default main context.
 *
 * Returns: (transfer full): a new watch
 */
FoveaStallWatch *
fovea_stall_watch_new (double limit_ms)
{
  FoveaStallWatch *self = g_new0 (FoveaStallWatch, 1);

  self->limit_ms = limit_ms;
  self->started = self->last_tick = g_get_monotonic_time ();
  self->last_cpu = get_thread_time ();
  self->source = g_timeout_add_full (G_PRIORITY_HIGH, INTERVAL_MS, tick_cb, self, NULL);
  g_source_set_name_by_id (self->source, "[fovea] stall watch");

  return self;
}

void
fovea_stall_watch_free (FoveaStallWatch *self)
{
  FoveaStallSummary summary;

  fovea_stall_watch_get_summary (self, &summary);
  g_message ("In %.1f s the main loop was looked at %u times: %u delays over %.0f ms, "
             "the longest %.0f ms; at most %.0f ms of own work in one go",
             summary.seconds, summary.n_ticks, summary.n_stalls, self->limit_ms,
             summary.longest_ms, summary.longest_own_ms);

  g_source_remove (self->source);
  g_free (self);
}

void
fovea_stall_watch_get_summary (FoveaStallWatch   *self,
                               FoveaStallSummary *summary)
{
  *summary = self->summary;
  summary->seconds = (g_get_monotonic_time () - self->started) / (double) G_USEC_PER_SEC;
}
