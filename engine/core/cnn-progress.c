#define G_LOG_DOMAIN "cnn-progress"

#include "core/cnn-progress.h"

#include <stdatomic.h>

/* Which part of the whole each phase is, as its end; a guess for a file that the
 * disk cache holds. */
static const double ends[] = {
  [CNN_PHASE_READING] = 0.3,
  [CNN_PHASE_CHECKING] = 0.5,
  [CNN_PHASE_PLANNING] = 1,
};

/* Steps of the fraction. */
#define WHOLE 10000

struct _CnnProgress
{
  gatomicrefcount ref_count;
  atomic_int phase;
  atomic_int done;              /* of WHOLE */
};

G_DEFINE_BOXED_TYPE (CnnProgress, cnn_progress, cnn_progress_ref, cnn_progress_unref)

/* What the thread works for, borrowed; as g_cancellable_get_current(), it need not
 * be handed down through every function of every reader. */
static GPrivate current;

/**
 * cnn_progress_new:
 *
 * Returns: (transfer full): the progress of a job that has not begun
 */
CnnProgress *
cnn_progress_new (void)
{
  CnnProgress *self = g_new0 (CnnProgress, 1);

  g_atomic_ref_count_init (&self->ref_count);

  return self;
}

CnnProgress *
cnn_progress_ref (CnnProgress *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
cnn_progress_unref (CnnProgress *self)
{
  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

/**
 * cnn_progress_get_fraction:
 * @self: a progress
 *
 * Returns: how much of the whole job is done, from 0 to 1; it never goes back
 */
double
cnn_progress_get_fraction (CnnProgress *self)
{
  return (double) atomic_load (&self->done) / WHOLE;
}

/**
 * cnn_progress_get_phase:
 * @self: a progress
 *
 * Returns: what is being done
 */
CnnPhase
cnn_progress_get_phase (CnnProgress *self)
{
  return atomic_load (&self->phase);
}

/**
 * cnn_progress_push_current:
 * @self: (nullable): a progress
 *
 * Makes @self what this thread's work is reported to, until
 * cnn_progress_pop_current() is called. They do not nest.
 */
void
cnn_progress_push_current (CnnProgress *self)
{
  g_private_set (&current, self);
}

/**
 * cnn_progress_pop_current:
 * @self: (nullable): what was pushed
 */
void
cnn_progress_pop_current (CnnProgress *self)
{
  g_return_if_fail (g_private_get (&current) == self);

  g_private_set (&current, NULL);
}

/**
 * cnn_progress_report:
 * @phase: what this thread does
 * @fraction: how much of that phase is done, from 0 to 1
 *
 * Tells whoever waits for this thread; nobody need wait.
 *
 * Engine-internal.
 */
void
cnn_progress_report (CnnPhase phase,
                     double   fraction)
{
  CnnProgress *self = g_private_get (&current);
  double begin = phase > 0 ? ends[phase - 1] : 0;
  int done = WHOLE * (begin + (ends[phase] - begin) * CLAMP (fraction, 0, 1));

  if (self == NULL || done < atomic_load (&self->done))
    return;

  atomic_store (&self->phase, phase);
  atomic_store (&self->done, done);
}
