#include "support/unprivileged.h"

#include <unistd.h>

/* Debian's nobody. */
#define NOBODY 65534

static gboolean was_root;

void
unprivileged_begin (void)
{
  was_root = geteuid () == 0;

  if (was_root)
    g_assert_cmpint (seteuid (NOBODY), ==, 0);
}

void
unprivileged_end (void)
{
  if (was_root)
    g_assert_cmpint (seteuid (0), ==, 0);
}
