#include "fovea-duration.h"

#include <math.h>

#include "app-helpers.h"

static void
test_left (void)
{
  const struct { double seconds; const char *text; } cases[] = {
    { -1, "Estimating the time left" },
    { NAN, "Estimating the time left" },
    { INFINITY, "Estimating the time left" },
    { 0, "A few seconds left" },
    { 9.9, "A few seconds left" },
    { 12, "About 20 seconds left" },
    { 50, "About 50 seconds left" },
    { 60, "About 1 minute left" },
    { 170, "About 3 minutes left" },
    { 5000, "About 83 minutes left" },
    { 7300, "About 2 hours left" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = fovea_duration_dup_left (cases[i].seconds);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int    argc,
      char **argv)
{
  app_test_init (&argc, &argv);

  g_test_add_func ("/app/duration/left", test_left);

  return g_test_run ();
}
