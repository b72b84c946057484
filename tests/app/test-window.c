#include "fovea-window.h"

#include "app-helpers.h"

static FoveaApplication *
new_application (void)
{
  FoveaApplication *app = fovea_application_new ();
  g_autoptr (GError) error = NULL;

  /* By itself: another program of this name is not to be reached. */
  g_application_set_flags (G_APPLICATION (app), G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (app), NULL, &error);
  g_assert_no_error (error);

  return app;
}

static void
test_finalize (void)
{
  FoveaApplication *app;
  FoveaWindow *window;

  if (!app_test_display ())
    return;

  app = new_application ();
  window = fovea_window_new (app);
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  gtk_window_present (GTK_WINDOW (window));
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (window)));

  gtk_window_close (GTK_WINDOW (window));
  wait_until (window == NULL);
  g_object_unref (app);
}

int
main (int    argc,
      char **argv)
{
  app_test_init (&argc, &argv);

  g_test_add_func ("/app/window/finalize", test_finalize);

  return g_test_run ();
}
