#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What a run of fovea-cli left. */
typedef struct
{
  int status;
  char *output;
  char *errors;
} CliRun;

void        cli_run             (CliRun     *run,
                                 const char *first,
                                 ...) G_GNUC_NULL_TERMINATED;
void        cli_run_clear       (CliRun     *run);
void        cli_assert_one_line (CliRun     *run,
                                 int         status,
                                 const char *about);
JsonParser *cli_load_json       (const char *path);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliRun, cli_run_clear)

G_END_DECLS
