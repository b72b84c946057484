#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "fovea-application.h"

/* Where the translations are: beside the program when it runs uninstalled. */
static const char *
get_locale_dir (void)
{
  const char *dir = g_getenv ("FOVEA_LOCALE_DIR");

  return dir != NULL ? dir : LOCALEDIR;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (FoveaApplication) app = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, get_locale_dir ());
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  app = fovea_application_new ();

  return g_application_run (G_APPLICATION (app), argc, argv);
}
