#include "core/cnn-thread.h"

#include <sys/resource.h>

/* What a thread found its own priority to be, and that of one it started. */
typedef struct
{
  int own;
  int child;
} Found;

static gpointer
child_thread (gpointer data)
{
  Found *found = data;

  found->child = getpriority (PRIO_PROCESS, 0);

  return NULL;
}

static gpointer
thread (gpointer data)
{
  Found *found = data;

  cnn_thread_give_way (CNN_PRIORITY_BACKGROUND);
  cnn_thread_give_way (CNN_PRIORITY_ANSWER);
  found->own = getpriority (PRIO_PROCESS, 0);
  g_thread_join (g_thread_new ("child", child_thread, found));

  return NULL;
}

/* It gives way itself, with what it starts, and nobody else does. */
static void
test_give_way (void)
{
  int before = getpriority (PRIO_PROCESS, 0);
  Found found;

  g_thread_join (g_thread_new ("thread", thread, &found));
#ifdef __linux__
  g_assert_cmpint (found.own, ==, MAX (before, CNN_PRIORITY_BACKGROUND));
  g_assert_cmpint (found.child, ==, found.own);
#endif
  g_assert_cmpint (getpriority (PRIO_PROCESS, 0), ==, before);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/thread/give-way", test_give_way);

  return g_test_run ();
}
