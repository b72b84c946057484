#include "cli-test.h"

#include <string.h>

/**
 * cli_run:
 * @run: (out): what it left
 * @first: the first argument
 *
 * Runs fovea-cli, which lies where the environment variable FOVEA_CLI says, to
 * its end. It must end by itself, with what it wrote in UTF-8.
 */
void
cli_run (CliRun     *run,
         const char *first,
         ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  va_list more;

  g_ptr_array_add (arguments, (gpointer) g_getenv ("FOVEA_CLI"));
  va_start (more, first);
  for (const char *argument = first; argument != NULL; argument = va_arg (more, const char *))
    g_ptr_array_add (arguments, (gpointer) argument);
  va_end (more);
  g_ptr_array_add (arguments, NULL);

  process = g_subprocess_newv ((const char *const *) arguments->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &run->output, &run->errors, &error);
  g_assert_no_error (error);

  g_assert_true (g_subprocess_get_if_exited (process));
  run->status = g_subprocess_get_exit_status (process);
}

void
cli_run_clear (CliRun *run)
{
  g_clear_pointer (&run->output, g_free);
  g_clear_pointer (&run->errors, g_free);
}

/* Asserts that the run failed with the given exit status and one line on the
 * standard error, in which about occurs. */
void
cli_assert_one_line (CliRun     *run,
                     int         status,
                     const char *about)
{
  const char *newline = strchr (run->errors, '\n');

  g_test_message ("%s", run->errors);
  g_assert_cmpint (run->status, ==, status);
  g_assert_true (g_str_has_prefix (run->errors, "fovea-cli"));
  g_assert_nonnull (newline);
  g_assert_cmpstr (newline, ==, "\n");
  g_assert_nonnull (strstr (run->errors, about));
}

JsonParser *
cli_load_json (const char *path)
{
  JsonParser *parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);

  return parser;
}
