#define G_LOG_DOMAIN "fovea-cli"

#include "cli.h"

static const CliSyntax syntax = {
  .arguments = N_("IMAGE"),
  .summary = N_("Saves a picture as a network's input is cut from it: resized.png, center.png,\n"
                "topleft.png, topright.png, botleft.png and botright.png."),
  .n_min = 1,
  .n_max = 1,
  .shared = CLI_WITH_PRESET,
};

static gboolean
make_folder (GFile   *folder,
             GError **error)
{
  g_autofree char *name = g_file_get_parse_name (folder);

  if (g_file_query_file_type (folder, G_FILE_QUERY_INFO_NONE, NULL) == G_FILE_TYPE_DIRECTORY)
    return TRUE;

  if (g_file_make_directory_with_parents (folder, NULL, error))
    return TRUE;

  g_prefix_error (error, _("%s: cannot be made: "), name);

  return FALSE;
}

static gboolean
save (CnnImage    *image,
      GFile       *folder,
      const char  *name,
      GError     **error)
{
  g_autofree char *base = g_strconcat (name, ".png", NULL);
  g_autoptr (GFile) file = g_file_get_child (folder, base);

  return cnn_image_save_png (image, file, NULL, error);
}

static gboolean
save_all (CnnPrepared  *prepared,
          GFile        *folder,
          GError      **error)
{
  if (!save (cnn_prepared_get_resized (prepared), folder, "resized", error))
    return FALSE;

  for (guint i = 0; i < cnn_prepared_get_n_crops (prepared); i++)
    {
      g_autoptr (CnnImage) crop = cnn_prepared_dup_crop_image (prepared, i);

      if (!save (crop, folder, cli_get_crop_name (i), error))
        return FALSE;
    }

  return TRUE;
}

CliStatus
cli_preprocess (int   argc,
                char *argv[])
{
  g_auto (CliOptions) options = CLI_OPTIONS_INIT;
  g_autofree char *output = NULL;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
      N_("Folder to save in; it is made where there is none"), N_("DIR") },
    { NULL }
  };
  g_autoptr (GFile) folder = NULL;
  g_autoptr (CnnPrepared) prepared = NULL;
  g_autoptr (GError) error = NULL;

  if (!cli_options_parse (&options, &syntax, entries, argc, argv, &error) ||
      !cli_check_given ("--output", output, &error))
    return cli_fail (error);

  prepared = cli_load_picture (options.arguments[0], &options.recipe, CNN_CROPS_FIVE, &error);
  if (prepared == NULL)
    return cli_fail (error);

  folder = g_file_new_for_commandline_arg (output);
  if (!make_folder (folder, &error) || !save_all (prepared, folder, &error))
    return cli_fail (error);

  return CLI_DONE;
}
