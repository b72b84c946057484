#include "cli-test.h"

#include <string.h>

static void
test_help (void)
{
  g_auto (CliRun) run = { 0 };

  cli_run (&run, "--help", NULL);

  g_assert_cmpint (run.status, ==, 0);
  g_assert_cmpstr (run.errors, ==, "");
  g_assert_nonnull (strstr (run.output, "fovea-cli COMMAND"));
}

static void
test_version (void)
{
  g_auto (CliRun) run = { 0 };

  cli_run (&run, "--version", NULL);

  g_assert_cmpint (run.status, ==, 0);
  g_assert_cmpstr (run.output, ==, "fovea-cli " FOVEA_VERSION "\n");
}

static void
test_no_command (void)
{
  g_auto (CliRun) run = { 0 };

  cli_run (&run, NULL, NULL);

  cli_assert_one_line (&run, 2, "missing command");
  g_assert_cmpstr (run.output, ==, "");
}

static void
test_unknown (void)
{
  g_auto (CliRun) command = { 0 };
  g_auto (CliRun) option = { 0 };

  cli_run (&command, "validaet", NULL);
  cli_assert_one_line (&command, 2, "unknown command “validaet”");

  cli_run (&option, "--colour", NULL);
  cli_assert_one_line (&option, 2, "unknown option “--colour”");
}

static char *
read_source (const char *folder,
             const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  return text;
}

/* Every command of the help has its place in the manuals. */
static void
test_manuals (void)
{
  g_autofree char *reference = read_source ("docs", "command-line.md");
  g_autofree char *page = read_source ("data", "fovea-cli.1");
  g_auto (CliRun) run = { 0 };
  g_auto (GStrv) lines = NULL;
  guint n_commands = 0;

  cli_run (&run, "--help", NULL);
  lines = g_strsplit (strstr (run.output, "Commands:\n"), "\n", -1);
  for (guint i = 1; g_str_has_prefix (lines[i], "  "); i++)
    {
      g_autofree char *name = g_strndup (lines[i] + 2, strcspn (lines[i] + 2, " "));
      g_autofree char *heading = g_strdup_printf ("\n## %s\n", name);
      g_autofree char *tag = g_strdup_printf ("\n.B %s\n", name);

      g_test_message ("%s", name);
      g_assert_nonnull (strstr (reference, heading));
      g_assert_nonnull (strstr (page, tag));
      n_commands++;
    }
  g_assert_cmpuint (n_commands, >=, 6);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/help", test_help);
  g_test_add_func ("/cli/version", test_version);
  g_test_add_func ("/cli/no-command", test_no_command);
  g_test_add_func ("/cli/unknown", test_unknown);
  g_test_add_func ("/cli/manuals", test_manuals);

  return g_test_run ();
}
