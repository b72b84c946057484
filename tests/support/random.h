#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The test's random numbers: a failed run says its --seed. */

/* A number from low to high, both included. */
static inline int
pick (int low,
      int high)
{
  return g_test_rand_int_range (low, high + 1);
}

static inline gboolean
chance (double probability)
{
  return g_test_rand_double () < probability;
}

G_END_DECLS
