#define G_LOG_DOMAIN "cnn-parallel"

#include "core/cnn-parallel.h"

/* The helpers are threads that live as long as the program; there are as many
 * as the most that anyone has asked for. A caller puts a job where helpers find
 * it, works on it like everyone else, takes it away again when no piece is left,
 * and waits for those who are still at their last piece. So callers never depend
 * on a helper being free, and several can call at once. */

/* More helpers than this are never made, whatever a caller asks for. */
#define MAX_HELPERS 255

/* How often a thread looks again before it goes to sleep: layers follow one
 * another within microseconds, and waking up costs more than that. */
#define SPINS 2000

typedef struct _Job Job;

struct _Job
{
  CnnParallelFunc func;
  gpointer data;
  guint n_pieces;

  /* The next piece that nobody has taken; atomic. */
  int next;

  /* Helpers at work, changed under the lock; how many have joined so far, and how
   * many more may. */
  int n_working;
  guint n_joined;
  guint n_wanted;

  Job *link;
};

static GMutex lock;
static GCond work_came;
static GCond work_done;

/* Jobs that want helpers, the newest first: it is what someone waits for. */
static Job *jobs = NULL;
static int n_jobs = 0;
static guint n_helpers = 0;

static inline void
relax (void)
{
#if defined (__x86_64__) || defined (__i386__)
  __builtin_ia32_pause ();
#endif
}

static void
work_on (Job   *job,
         guint  worker)
{
  guint piece;

  while ((piece = (guint) g_atomic_int_add (&job->next, 1)) < job->n_pieces)
    job->func (piece, worker, job->data);
}

/* Called with the lock held. */
static Job *
find_job (void)
{
  for (Job *job = jobs; job != NULL; job = job->link)
    if (job->n_wanted > 0 && (guint) g_atomic_int_get (&job->next) < job->n_pieces)
      return job;

  return NULL;
}

static void
spin_until_work (void)
{
  for (guint i = 0; i < SPINS && g_atomic_int_get (&n_jobs) == 0; i++)
    relax ();
}

static gpointer
helper_thread (gpointer data)
{
  g_mutex_lock (&lock);

  while (TRUE)
    {
      Job *job = find_job ();
      guint worker;

      if (job == NULL)
        {
          g_mutex_unlock (&lock);
          spin_until_work ();
          g_mutex_lock (&lock);

          if ((job = find_job ()) == NULL)
            {
              g_cond_wait (&work_came, &lock);
              continue;
            }
        }

      job->n_wanted--;
      job->n_working++;
      worker = ++job->n_joined;
      g_mutex_unlock (&lock);

      work_on (job, worker);

      g_mutex_lock (&lock);
      if (g_atomic_int_dec_and_test (&job->n_working))
        g_cond_broadcast (&work_done);
    }

  return NULL;
}

/* Called with the lock held. A machine that gives us fewer threads than we want
 * makes us slower, not wrong. */
static void
ensure_helpers (guint n)
{
  for (n = MIN (n, MAX_HELPERS); n_helpers < n; n_helpers++)
    {
      g_autoptr (GError) error = NULL;
      GThread *thread = g_thread_try_new ("cnn-helper", helper_thread, NULL, &error);

      if (thread == NULL)
        {
          g_debug ("No more helper threads: %s", error->message);
          return;
        }
      g_thread_unref (thread);
    }
}

static void
publish (Job *job)
{
  g_mutex_lock (&lock);
  ensure_helpers (job->n_wanted);
  job->link = jobs;
  jobs = job;
  g_atomic_int_inc (&n_jobs);
  g_cond_broadcast (&work_came);
  g_mutex_unlock (&lock);
}

static void
retract (Job *job)
{
  Job **place = &jobs;

  g_mutex_lock (&lock);

  while (*place != job)
    place = &(*place)->link;
  *place = job->link;
  g_atomic_int_add (&n_jobs, -1);

  g_mutex_unlock (&lock);
}

static void
wait_for_helpers (Job *job)
{
  for (guint i = 0; i < SPINS && g_atomic_int_get (&job->n_working) > 0; i++)
    relax ();

  /* The lock also keeps the job alive until the last helper has let go of it. */
  g_mutex_lock (&lock);
  while (g_atomic_int_get (&job->n_working) > 0)
    g_cond_wait (&work_done, &lock);
  g_mutex_unlock (&lock);
}

/**
 * cnn_parallel_for:
 * @n_threads: how many threads may work at once, this one among them
 * @n_pieces: how many pieces of work there are
 * @func: does a piece
 * @data: data for @func
 *
 * Calls @func for each index below @n_pieces, in any order and on up to
 * @n_threads threads, and returns when all are done. With one thread, or one
 * piece, it is a plain loop.
 *
 * Each thread is told which of the @n_threads it is, so that it can have memory of
 * its own in @data; the calling one is 0.
 */
void
cnn_parallel_for (guint           n_threads,
                  guint           n_pieces,
                  CnnParallelFunc func,
                  gpointer        data)
{
  Job job = { func, data, n_pieces };

  if (n_threads <= 1 || n_pieces <= 1)
    {
      for (guint i = 0; i < n_pieces; i++)
        func (i, 0, data);
      return;
    }

  job.n_wanted = MIN (n_threads, n_pieces) - 1;
  publish (&job);
  work_on (&job, 0);
  retract (&job);
  wait_for_helpers (&job);
}
