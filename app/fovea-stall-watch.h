#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FoveaStallWatch:
 *
 * Watches how long the main loop keeps others waiting: a timeout asks to be
 * called every 5 ms at the highest priority, and each time that it is called
 * later than that, the main loop was busy with one thing for the difference.
 */
typedef struct _FoveaStallWatch FoveaStallWatch;

/**
 * FoveaStallSummary:
 * @n_ticks: how often the watch was called
 * @n_stalls: how often the main loop was held up for longer than the limit
 * @longest_ms: the longest that it was held up, in milliseconds
 * @longest_own_ms: the most processor time that the main loop used in one go;
 *   the rest of a delay it was waiting for a processor that others had
 * @seconds: how long was watched
 *
 * What a watch has seen.
 */
typedef struct
{
  guint n_ticks;
  guint n_stalls;
  double longest_ms;
  double longest_own_ms;
  double seconds;
} FoveaStallSummary;

FoveaStallWatch *fovea_stall_watch_new         (double             limit_ms);
void             fovea_stall_watch_free        (FoveaStallWatch   *self);
void             fovea_stall_watch_get_summary (FoveaStallWatch   *self,
                                                FoveaStallSummary *summary);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaStallWatch, fovea_stall_watch_free)

G_END_DECLS
