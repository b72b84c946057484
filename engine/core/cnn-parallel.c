#define G_LOG_DOMAIN "cnn-parallel"

#include "core/cnn-parallel.h"

/* The helpers are threads that live as long as the program; there are as many
 * as the most that anyone has asked for. A caller puts a job where helpers find
 * it, works on it like everyone else, takes it away again when no piece is left,
 * and waits for those who are still at their last piece. So callers never depend
 * on a helper being free, and several can call at once.
 *
 * The layers of a network follow one another within microseconds, and waking a
 * thread takes longer than many a layer. So whoever has nothing to do looks around
 * for a while before going to sleep, and nobody calls the kernel to wake threads
 * that are awake. The while is short: when no network runs, no processor does.
 *
 * The pieces of a job are divided into as many ranges as there are threads. Each
 * thread works through a range of its own, and then helps out in those of the
 * others: with luck, what it needs from the layer before is in its own cache. */

/* More helpers than this are never made, whatever a caller asks for. */
#define MAX_HELPERS 255

/* Threads beyond this share the ranges of the others. */
#define MAX_RANGES 32

/* How long a thread looks around before it goes to sleep, in microseconds. */
#define PATIENCE 200

/* The next piece of a range that nobody has taken, and where the range ends; apart
 * from the other ranges, as each is another processor's business. */
typedef struct
{
  int next;                     /* atomic */
  int end;
} __attribute__ ((aligned (64))) Range;

typedef struct _Job Job;

struct _Job
{
  CnnParallelFunc func;
  gpointer data;

  Range ranges[MAX_RANGES];
  guint n_ranges;

  /* Helpers at work; atomic. How many have joined so far, and how many more may,
   * under the lock. */
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
static int n_published = 0;     /* ever; atomic, changed under the lock */
static guint n_helpers = 0;

/* Threads that have lost their patience. */
static guint n_asleep = 0;
static int n_waiting = 0;       /* callers; atomic */

static inline void
relax (void)
{
#if defined (__x86_64__) || defined (__i386__)
  __builtin_ia32_pause ();
#elif defined (__aarch64__)
  __asm__ volatile ("yield");
#endif
}

/* Looks at a number until it is another one, as long as patience lasts. */
static gboolean
look_for_change (int *number,
                 int  from)
{
  gint64 end = 0;

  do
    {
      for (guint i = 0; i < 32; i++)
        {
          if (g_atomic_int_get (number) != from)
            return TRUE;
          relax ();
        }

      if (end == 0)
        end = g_get_monotonic_time () + PATIENCE;
    }
  while (g_get_monotonic_time () < end);

  return FALSE;
}

static void
work_on_range (Job   *job,
               Range *range,
               guint  worker)
{
  int piece;

  /* A look first: once a range is empty, nobody writes to it any more. */
  while (g_atomic_int_get (&range->next) < range->end &&
         (piece = g_atomic_int_add (&range->next, 1)) < range->end)
    job->func (piece, worker, job->data);
}

static void
work_on (Job   *job,
         guint  worker)
{
  for (guint i = 0; i < job->n_ranges; i++)
    work_on_range (job, &job->ranges[(worker + i) % job->n_ranges], worker);
}

static gboolean
has_pieces (Job *job)
{
  for (guint i = 0; i < job->n_ranges; i++)
    if (g_atomic_int_get (&job->ranges[i].next) < job->ranges[i].end)
      return TRUE;

  return FALSE;
}

/* Called with the lock held. */
static Job *
find_job (void)
{
  for (Job *job = jobs; job != NULL; job = job->link)
    if (job->n_wanted > 0 && has_pieces (job))
      return job;

  return NULL;
}

/* Called with the lock held, which it gives up for a time. */
static void
wait_for_jobs (void)
{
  int n = g_atomic_int_get (&n_published);
  gboolean came;

  g_mutex_unlock (&lock);
  came = look_for_change (&n_published, n);
  g_mutex_lock (&lock);

  if (came || g_atomic_int_get (&n_published) != n)
    return;

  n_asleep++;
  g_cond_wait (&work_came, &lock);
  n_asleep--;
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
          wait_for_jobs ();
          continue;
        }

      job->n_wanted--;
      g_atomic_int_inc (&job->n_working);
      worker = ++job->n_joined;
      g_mutex_unlock (&lock);

      work_on (job, worker);

      /* Here the job may end, and its memory with it. */
      if (g_atomic_int_dec_and_test (&job->n_working) && g_atomic_int_get (&n_waiting) > 0)
        {
          g_mutex_lock (&lock);
          g_cond_broadcast (&work_done);
        }
      else
        g_mutex_lock (&lock);
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
  g_atomic_int_inc (&n_published);
  if (n_asleep > 0)
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

  g_mutex_unlock (&lock);
}

static void
wait_for_helpers (Job *job)
{
  int n;

  while ((n = g_atomic_int_get (&job->n_working)) > 0)
    if (!look_for_change (&job->n_working, n))
      break;

  if (n == 0)
    return;

  g_mutex_lock (&lock);
  g_atomic_int_inc (&n_waiting);
  while (g_atomic_int_get (&job->n_working) > 0)
    g_cond_wait (&work_done, &lock);
  g_atomic_int_add (&n_waiting, -1);
  g_mutex_unlock (&lock);
}

static void
divide (Job   *job,
        guint  n_threads,
        guint  n_pieces)
{
  job->n_ranges = MIN (n_threads, MAX_RANGES);

  for (guint i = 0; i < job->n_ranges; i++)
    {
      job->ranges[i].next = (guint64) n_pieces * i / job->n_ranges;
      job->ranges[i].end = (guint64) n_pieces * (i + 1) / job->n_ranges;
    }
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
  Job job;

  if (n_threads <= 1 || n_pieces <= 1)
    {
      for (guint i = 0; i < n_pieces; i++)
        func (i, 0, data);
      return;
    }

  n_threads = MIN (n_threads, n_pieces);
  job.func = func;
  job.data = data;
  job.n_working = 0;
  job.n_joined = 0;
  job.n_wanted = n_threads - 1;
  divide (&job, n_threads, n_pieces);

  publish (&job);
  work_on (&job, 0);
  retract (&job);
  wait_for_helpers (&job);
}
