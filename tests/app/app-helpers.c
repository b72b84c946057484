#include "app-helpers.h"

#include <gtk/gtk.h>

#include "fovea-ui.h"

gboolean
wait_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Lets the main loop do what it has to do at once. */
void
wait_idle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
app_test_init (int    *argc,
               char ***argv)
{
  g_test_init (argc, argv, NULL);
  gtk_disable_setlocale ();
  if (gtk_init_check ())
    fovea_ui_init ();
}

/* Skips the running test where there is no display. */
gboolean
app_test_display (void)
{
  if (gdk_display_get_default () == NULL)
    g_test_skip ("no display: run the tests under xvfb-run");

  return gdk_display_get_default () != NULL;
}
