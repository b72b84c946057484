#define G_LOG_DOMAIN "cnn-thread"

#include "core/cnn-thread.h"

#include <errno.h>

#ifdef __linux__
#include <sys/resource.h>
#endif

/**
 * cnn_thread_give_way:
 * @priority: how far, as in nice(1): 0 is not at all, 19 as far as can be
 *
 * Lets other threads go before the calling one, and before those that it starts
 * from now on, where there are fewer processors than work. A window stays quick
 * to answer this way while the engine uses all that is left. There is no way
 * back, and nothing happens to a thread that gives way further already.
 *
 * Only Linux has a priority for each thread; elsewhere this does nothing.
 */
void
cnn_thread_give_way (int priority)
{
#ifdef __linux__
  /* On Linux, 0 is not the process but the calling thread. */
  if (getpriority (PRIO_PROCESS, 0) < priority &&
      setpriority (PRIO_PROCESS, 0, priority) != 0)
    g_debug ("The priority stays as it is: %s", g_strerror (errno));
#endif
}
