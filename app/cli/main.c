#define G_LOG_DOMAIN "fovea-cli"

#include "cli.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

/* In the order of the help. */
static const CliCommand commands[] = {
  { "validate", N_("Measure a network's accuracy on a folder of pictures"), cli_validate },
  { "runs", N_("List, save, compare and merge the runs that were kept"), cli_runs },
  { "classify", N_("Tell what pictures show"), cli_classify },
  { "layers", N_("List a network's layers, their sizes and costs"), cli_layers },
  { "preprocess", N_("Save a picture as resized, and its crops"), cli_preprocess },
  { "activations", N_("Save what layers make of a picture"), cli_activations },
  { "convert", N_("Save a network's weights as .safetensors"), cli_convert },
  { "run", N_("Run a network on a tensor"), cli_run },
  { "bench", N_("Measure how fast a network runs"), cli_bench },
  { "homework", N_("Work out a question of the homework"), cli_homework },
  { NULL }
};

/**
 * cli_warn:
 * @format: what happened
 *
 * Writes one line on the standard error, after the command's name.
 */
void
cli_warn (const char *format,
          ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_printerr ("%s: %s\n", g_get_prgname (), message);
}

/**
 * cli_fail:
 * @error: what happened
 *
 * Says why a command could not be done, in one line on the standard error.
 *
 * Returns: the exit status: a slip on the command line is told apart from
 *   everything else
 */
CliStatus
cli_fail (const GError *error)
{
  if (error->domain != G_OPTION_ERROR)
    {
      cli_warn ("%s", error->message);
      return CLI_FAILED;
    }

  cli_warn (_("%s (see %s --help)"), error->message, g_get_prgname ());

  return CLI_MISUSED;
}

static void
print_help (void)
{
  g_print (_("Usage: fovea-cli COMMAND [OPTION…]\n\n"
             "Looks into networks that classify pictures, without a window.\n\n"
             "Commands:\n"));
  for (const CliCommand *command = commands; command->name != NULL; command++)
    g_print ("  %-13s %s\n", command->name, _(command->summary));
  g_print (_("\nOptions:\n"
             "  --help        Show this help; fovea-cli COMMAND --help shows a command's\n"
             "  --version     Show the version\n"));
}

static CliStatus
run_command (int   argc,
             char *argv[])
{
  const char *name = argc > 1 ? argv[1] : NULL;
  g_autoptr (GError) error = NULL;

  if (name == NULL)
    {
      g_set_error (&error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("missing command"));
      return cli_fail (error);
    }

  if (strcmp (name, "--help") == 0 || strcmp (name, "-h") == 0 || strcmp (name, "help") == 0)
    {
      print_help ();
      return CLI_DONE;
    }

  if (strcmp (name, "--version") == 0)
    {
      g_print ("fovea-cli %s\n", FOVEA_VERSION);
      return CLI_DONE;
    }

  for (const CliCommand *command = commands; command->name != NULL; command++)
    if (strcmp (name, command->name) == 0)
      {
        g_autofree char *program = g_strdup_printf ("fovea-cli %s", name);

        g_set_prgname (program);
        return command->run (argc - 1, argv + 1);
      }

  g_set_error (&error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
               *name == '-' ? _("unknown option “%s”") : _("unknown command “%s”"), name);

  return cli_fail (error);
}

int
main (int   argc,
      char *argv[])
{
  const char *locale_dir = g_getenv ("FOVEA_LOCALE_DIR");
  CliStatus status;

  /* Words as the user's language has them, numbers as scripts read them. */
  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("fovea-cli");

  status = run_command (argc, argv);

  /* Half an answer must not pass for a whole one. */
  if ((fflush (stdout) != 0 || ferror (stdout)) && status == CLI_DONE)
    {
      cli_warn (_("the standard output could not be written"));
      status = CLI_FAILED;
    }

  return status;
}
