#define G_LOG_DOMAIN "fovea-cli"

#include "cli.h"

/* More than any machine has; a slip of the finger should not start them. */
#define MAX_THREADS 1024

static gboolean
bad_value (GError     **error,
           const char  *option,
           const char  *value,
           const char  *expected)
{
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("%s is “%s”; expected %s"), option, value, expected);

  return FALSE;
}

static gboolean
set_model (const char  *option,
           const char  *value,
           gpointer     data,
           GError     **error)
{
  CliOptions *self = data;

  g_clear_object (&self->model);
  self->model = g_file_new_for_commandline_arg (value);

  return TRUE;
}

static gboolean
set_preset (const char  *option,
            const char  *value,
            gpointer     data,
            GError     **error)
{
  CliOptions *self = data;
  const CnnRecipe *preset = cnn_recipe_get_preset (value);

  self->wants_own_recipe = g_str_equal (value, "model");
  if (preset != NULL)
    self->recipe = *preset;

  return preset != NULL || self->wants_own_recipe ||
         bad_value (error, option, value, _("homework, torchvision or model"));
}

static gboolean
set_crops (const char  *option,
           const char  *value,
           gpointer     data,
           GError     **error)
{
  CliOptions *self = data;

  return cnn_crop_mode_parse (value, &self->crops) ||
         bad_value (error, option, value, _("center, five or ten"));
}

static gboolean
set_threads (const char  *option,
             const char  *value,
             gpointer     data,
             GError     **error)
{
  CliOptions *self = data;
  guint64 n;

  if (!g_ascii_string_to_unsigned (value, 10, 1, MAX_THREADS, &n, NULL))
    return bad_value (error, option, value, _("a number from 1 to 1024"));

  self->n_threads = n;

  return TRUE;
}

static gboolean
set_json (const char  *option,
          const char  *value,
          gpointer     data,
          GError     **error)
{
  ((CliOptions *) data)->json = TRUE;

  return TRUE;
}

static gboolean
set_quiet (const char  *option,
           const char  *value,
           gpointer     data,
           GError     **error)
{
  ((CliOptions *) data)->quiet = TRUE;

  return TRUE;
}

static const GOptionEntry model_entry[] = {
  { "model", 'm', G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, set_model,
    N_("Network: a .safetensors, .pth or .onnx file"), N_("FILE") },
  { NULL }
};

static const GOptionEntry preset_entry[] = {
  { "preset", 0, 0, G_OPTION_ARG_CALLBACK, set_preset,
    N_("How pictures are prepared: homework (280, Lanczos; the default), torchvision (256, bilinear) or model (as the model's own file says)"),
    N_("NAME") },
  { NULL }
};

static const GOptionEntry crops_entry[] = {
  { "crops", 'c', 0, G_OPTION_ARG_CALLBACK, set_crops,
    N_("Crops to look at: center (the default), five or ten"), N_("MODE") },
  { NULL }
};

static const GOptionEntry json_entry[] = {
  { "json", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, set_json, N_("Write JSON"), NULL },
  { NULL }
};

static const GOptionEntry quiet_entry[] = {
  { "quiet", 'q', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, set_quiet,
    N_("Write nothing but errors"), NULL },
  { NULL }
};

static const GOptionEntry threads_entry[] = {
  { "threads", 't', 0, G_OPTION_ARG_CALLBACK, set_threads,
    N_("Threads to use; by default one a processor"), N_("N") },
  { NULL }
};

static gboolean
check_arguments (CliOptions       *self,
                 const CliSyntax  *syntax,
                 GError          **error)
{
  guint n = self->arguments != NULL ? g_strv_length (self->arguments) : 0;

  if (n > syntax->n_max)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                 _("unexpected argument “%s”"), self->arguments[syntax->n_max]);
  else if (n < syntax->n_min)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                 _("missing argument; expected %s"), _(syntax->arguments));
  else if ((syntax->shared & CLI_WITH_MODEL) != 0)
    return cli_check_given ("--model", self->model, error);
  else if (self->wants_own_recipe)
    return bad_value (error, "--preset", "model", _("homework or torchvision, as there is no model"));

  return n >= syntax->n_min && n <= syntax->n_max;
}

/**
 * cli_options_parse:
 * @self: options that were initialised with `CLI_OPTIONS_INIT`
 * @syntax: what the command line may look like
 * @entries: (nullable): options of this command alone; they come before the
 *   shared ones in the help
 * @argc: as the command got it; the command's name comes first
 * @argv: likewise
 * @error: return location for a %G_OPTION_ERROR
 *
 * Reads the command line. `--help` is answered, and ends the program.
 *
 * Returns: whether @self and the variables of @entries are set
 */
gboolean
cli_options_parse (CliOptions          *self,
                   const CliSyntax     *syntax,
                   const GOptionEntry  *entries,
                   int                  argc,
                   char                *argv[],
                   GError             **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (_(syntax->arguments));
  const GOptionEntry remaining[] = {
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->arguments, NULL, NULL },
    { NULL }
  };
  const GOptionEntry *const shared_entries[] = {
    model_entry, preset_entry, crops_entry, json_entry, quiet_entry
  };
  GOptionGroup *group = g_option_group_new ("fovea", NULL, NULL, self, NULL);

  self->recipe = *cnn_recipe_get_preset ("homework");
  self->crops = CNN_CROPS_CENTER;

  g_option_group_set_translation_domain (group, GETTEXT_PACKAGE);
  if (entries != NULL)
    g_option_group_add_entries (group, entries);
  for (guint i = 0; i < G_N_ELEMENTS (shared_entries); i++)
    if ((syntax->shared & (1u << i)) != 0)
      g_option_group_add_entries (group, shared_entries[i]);
  g_option_group_add_entries (group, threads_entry);
  g_option_group_add_entries (group, remaining);

  g_option_context_set_summary (context, syntax->summary);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_main_group (context, group);

  return g_option_context_parse (context, &argc, &argv, error) &&
         check_arguments (self, syntax, error);
}

void
cli_options_clear (CliOptions *self)
{
  g_clear_pointer (&self->arguments, g_strfreev);
  g_clear_object (&self->model);
  g_clear_pointer (&self->card, cnn_model_card_unref);
}

/**
 * cli_check_count:
 * @option: the option's name, such as `--limit`
 * @value: what was given
 * @minimum: the least that makes sense
 * @error: return location for a %G_OPTION_ERROR
 *
 * Returns: whether @value is at least @minimum
 */
gboolean
cli_check_count (const char  *option,
                 int          value,
                 int          minimum,
                 GError     **error)
{
  if (value < minimum)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("%s is %d; expected %d or more"), option, value, minimum);

  return value >= minimum;
}

/**
 * cli_check_given:
 * @option: the option's name, such as `--output`
 * @value: (nullable): what was given
 * @error: return location for a %G_OPTION_ERROR
 *
 * Returns: whether an option that a command cannot do without is there
 */
gboolean
cli_check_given (const char     *option,
                 gconstpointer   value,
                 GError        **error)
{
  if (value == NULL)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("missing option %s"), option);

  return value != NULL;
}

/**
 * cli_output_file:
 * @path: where to write, in the file system's encoding
 * @error: return location for a %G_IO_ERROR
 *
 * Makes sure, as far as can be told beforehand, that a file can be written
 * there: better now than after an hour's work.
 *
 * Returns: (transfer full) (nullable): the file
 */
GFile *
cli_output_file (const char  *path,
                 GError     **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autoptr (GFileInfo) info = NULL;
  GFileType type = g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL);

  if (folder == NULL || type == G_FILE_TYPE_DIRECTORY)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY,
                   _("%s: is a folder; expected a file to write"), path);
      return NULL;
    }

  if (type == G_FILE_TYPE_SPECIAL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                   _("%s: is a device or a pipe; expected a file to write"), path);
      return NULL;
    }

  info = g_file_query_info (folder, G_FILE_ATTRIBUTE_STANDARD_TYPE ","
                            G_FILE_ATTRIBUTE_ACCESS_CAN_WRITE,
                            G_FILE_QUERY_INFO_NONE, NULL, NULL);
  if (info == NULL || g_file_info_get_file_type (info) != G_FILE_TYPE_DIRECTORY)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY,
                   _("%s: cannot be written: there is no such folder"), path);
      return NULL;
    }

  if (!g_file_info_get_attribute_boolean (info, G_FILE_ATTRIBUTE_ACCESS_CAN_WRITE))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                   _("%s: cannot be written: its folder may not be written to"), path);
      return NULL;
    }

  return g_steal_pointer (&file);
}

/**
 * cli_get_n_threads:
 * @options: options that were parsed
 *
 * Returns: how many threads to use, at least 1
 */
guint
cli_get_n_threads (const CliOptions *options)
{
  return options->n_threads > 0 ? options->n_threads : cnn_cpu_get_n_threads ();
}

/**
 * cli_load_picture:
 * @path: where it lies, in the file system's encoding
 * @recipe: how it is prepared
 * @crops: which crops are taken
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the picture, decoded and resized
 */
CnnPrepared *
cli_load_picture (const char       *path,
                  const CnnRecipe  *recipe,
                  CnnCropMode       crops,
                  GError          **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (CnnImage) image = cnn_image_load (file, NULL, error);
  CnnPrepared *prepared;

  if (image == NULL)
    return NULL;

  prepared = cnn_prepared_new (image, recipe, crops, error);
  if (prepared == NULL)
    g_prefix_error (error, "%s: ", path);

  return prepared;
}

/**
 * cli_get_crop_name:
 * @crop: which crop, in the order of [enum@CropMode]
 *
 * Returns: its name for other programs; it does not depend on the language
 */
const char *
cli_get_crop_name (guint crop)
{
  static const char *const names[CNN_MAX_CROPS] = {
    "center", "topleft", "topright", "botleft", "botright",
    "center-mirrored", "topleft-mirrored", "topright-mirrored", "botleft-mirrored",
    "botright-mirrored"
  };

  return names[crop];
}
