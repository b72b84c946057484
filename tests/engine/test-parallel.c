#include "core/cnn-parallel.h"

#define N_PIECES 1000

typedef struct
{
  int counts[N_PIECES];         /* atomic */
  int sum;                      /* atomic */
} Tally;

static void
count_piece (guint    index,
             guint    worker,
             gpointer data)
{
  Tally *tally = data;

  g_atomic_int_inc (&tally->counts[index]);
  g_atomic_int_add (&tally->sum, index);
}

static void
assert_once (guint n_threads,
             guint n_pieces)
{
  g_autofree Tally *tally = g_new0 (Tally, 1);

  cnn_parallel_for (n_threads, n_pieces, count_piece, tally);

  for (guint i = 0; i < N_PIECES; i++)
    g_assert_cmpint (tally->counts[i], ==, i < n_pieces ? 1 : 0);
}

/* Each piece is done once, and done when the loop returns. */
static void
test_once (void)
{
  for (guint n_threads = 0; n_threads <= 5; n_threads++)
    {
      assert_once (n_threads, 0);
      assert_once (n_threads, 1);
      assert_once (n_threads, 3);
      assert_once (n_threads, N_PIECES);
    }
}

static void
loop_piece (guint    index,
            guint    worker,
            gpointer data)
{
  cnn_parallel_for (3, 10, count_piece, data);
}

/* A piece may start a loop of its own. */
static void
test_nested (void)
{
  g_autofree Tally *tally = g_new0 (Tally, 1);

  cnn_parallel_for (3, 50, loop_piece, tally);

  for (guint i = 0; i < 10; i++)
    g_assert_cmpint (tally->counts[i], ==, 50);
}

static gpointer
caller_thread (gpointer data)
{
  for (guint i = 0; i < 500; i++)
    {
      g_autofree Tally *tally = g_new0 (Tally, 1);

      cnn_parallel_for (2 + i % 3, 20, count_piece, tally);
      g_assert_cmpint (tally->sum, ==, 20 * 19 / 2);
    }

  return NULL;
}

static void
test_callers (void)
{
  GThread *threads[6];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("caller", caller_thread, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

typedef struct
{
  GMutex lock;
  GCond changed;
  guint n_inside;
} Meeting;

static void
meet (guint    index,
      guint    worker,
      gpointer data)
{
  Meeting *meeting = data;

  g_mutex_lock (&meeting->lock);
  meeting->n_inside++;
  g_cond_broadcast (&meeting->changed);
  while (meeting->n_inside < 3)
    g_cond_wait (&meeting->changed, &meeting->lock);
  g_mutex_unlock (&meeting->lock);
}

/* Three pieces that wait for one another need three threads. */
static void
test_at_once (void)
{
  Meeting meeting = { 0 };

  cnn_parallel_for (3, 3, meet, &meeting);
  g_assert_cmpuint (meeting.n_inside, ==, 3);
}

typedef struct
{
  guint n_threads;
  int n_inside[8];              /* atomic, by worker */
} Desks;

static void
sit_down (guint    index,
          guint    worker,
          gpointer data)
{
  Desks *desks = data;

  g_assert_cmpuint (worker, <, desks->n_threads);
  g_assert_cmpint (g_atomic_int_add (&desks->n_inside[worker], 1), ==, 0);
  g_thread_yield ();
  g_atomic_int_add (&desks->n_inside[worker], -1);
}

/* No two threads are the same worker at once. */
static void
test_workers (void)
{
  for (guint n_threads = 1; n_threads <= 8; n_threads++)
    {
      Desks desks = { n_threads };

      cnn_parallel_for (n_threads, N_PIECES, sit_down, &desks);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/parallel/once", test_once);
  g_test_add_func ("/engine/parallel/nested", test_nested);
  g_test_add_func ("/engine/parallel/callers", test_callers);
  g_test_add_func ("/engine/parallel/at-once", test_at_once);
  g_test_add_func ("/engine/parallel/workers", test_workers);

  return g_test_run ();
}
