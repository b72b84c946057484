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

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/help", test_help);
  g_test_add_func ("/cli/version", test_version);
  g_test_add_func ("/cli/no-command", test_no_command);
  g_test_add_func ("/cli/unknown", test_unknown);

  return g_test_run ();
}
