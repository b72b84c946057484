#pragma once

#include <glib/gi18n.h>

#include "cnn.h"

G_BEGIN_DECLS

/* What the commands of fovea-cli share. A command is one file, cli-NAME.c, with
 * one function for the table in main.c:
 *
 *   CliStatus
 *   cli_name (int   argc,
 *             char *argv[])
 *   {
 *     g_auto (CliOptions) options = CLI_OPTIONS_INIT;
 *     g_autoptr (GError) error = NULL;
 *
 *     if (!cli_options_parse (&options, &syntax, argc, argv, &error))
 *       return cli_fail (error);
 *     …
 *     return CLI_DONE;
 *   }
 */

/* How a command ends: the program's exit status. */
typedef enum
{
  CLI_DONE = 0,
  CLI_FAILED = 1,
  CLI_MISUSED = 2,
} CliStatus;

typedef struct
{
  const char *name;
  const char *summary;
  CliStatus (*run) (int   argc,
                    char *argv[]);
} CliCommand;

/* Options that several commands take, to be combined. All commands take
 * --threads. */
typedef enum
{
  CLI_WITH_MODEL = 1 << 0,      /* --model, which must be given */
  CLI_WITH_PRESET = 1 << 1,
  CLI_WITH_CROPS = 1 << 2,
  CLI_WITH_JSON = 1 << 3,
  CLI_WITH_QUIET = 1 << 4,
} CliShared;

/* What a command line may look like. */
typedef struct
{
  const char *arguments;        /* for the usage line, such as "IMAGE…" */
  const char *summary;
  guint n_min;                  /* how many arguments there must be */
  guint n_max;
  CliShared shared;
} CliSyntax;

typedef struct
{
  char **arguments;             /* file names, in the file system's encoding */
  GFile *model;
  CnnRecipe recipe;
  gboolean wants_own_recipe;    /* --preset model: recipe is set when the model is loaded */
  CnnModelCard *card;           /* likewise; or NULL */
  CnnCropMode crops;
  guint n_threads;              /* 0: one a processor */
  gboolean json;
  gboolean quiet;
} CliOptions;

#define CLI_OPTIONS_INIT { NULL }

gboolean    cli_options_parse   (CliOptions          *options,
                                 const CliSyntax     *syntax,
                                 const GOptionEntry  *entries,
                                 int                  argc,
                                 char                *argv[],
                                 GError             **error);
void        cli_options_clear   (CliOptions          *options);
gboolean    cli_check_count     (const char          *option,
                                 int                  value,
                                 int                  minimum,
                                 GError             **error);
gboolean    cli_check_given     (const char          *option,
                                 gconstpointer        value,
                                 GError             **error);

GFile      *cli_output_file     (const char          *path,
                                 GError             **error);
guint       cli_get_n_threads   (const CliOptions    *options);
CnnNetwork *cli_load_model      (CliOptions          *options,
                                 GError             **error);
CnnPrepared *cli_load_picture   (const char          *path,
                                 const CnnRecipe     *recipe,
                                 CnnCropMode          crops,
                                 GError             **error);
CnnTensor  *cli_load_input      (const char          *path,
                                 GError             **error);
CnnNetwork *cli_load_network_for (const char         *path,
                                 CnnTensor           *input,
                                 GError             **error);

const char *cli_get_crop_name   (guint                crop);

CliStatus   cli_fail            (const GError        *error);
void        cli_warn            (const char          *format,
                                 ...) G_GNUC_PRINTF (1, 2);

const char *cli_explain_convention (CnnConvention    convention);

/* The commands, as in the table of main.c. */
CliStatus   cli_activations     (int                  argc,
                                 char                *argv[]);
CliStatus   cli_bench           (int                  argc,
                                 char                *argv[]);
CliStatus   cli_classify        (int                  argc,
                                 char                *argv[]);
CliStatus   cli_convert         (int                  argc,
                                 char                *argv[]);
CliStatus   cli_homework        (int                  argc,
                                 char                *argv[]);
CliStatus   cli_layers          (int                  argc,
                                 char                *argv[]);
CliStatus   cli_preprocess      (int                  argc,
                                 char                *argv[]);
CliStatus   cli_run             (int                  argc,
                                 char                *argv[]);
CliStatus   cli_runs            (int                  argc,
                                 char                *argv[]);
CliStatus   cli_validate        (int                  argc,
                                 char                *argv[]);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliOptions, cli_options_clear)

G_END_DECLS
