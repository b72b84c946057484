#define G_LOG_DOMAIN "fovea-launch"

#include "config.h"

#include "fovea-launch.h"

#include <glib/gi18n.h>

static const GOptionEntry options[] = {
  { "dataset", 0, 0, G_OPTION_ARG_FILENAME, NULL,
    N_("Open this folder of pictures"), N_("FOLDER") },
  { "model", 0, 0, G_OPTION_ARG_FILENAME, NULL,
    N_("Open this network (.pth, .safetensors or .onnx)"), N_("FILE") },
  { "sample", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_("Show this picture: its number in the folder, from 1, or its file name"), N_("PICTURE") },
  { "page", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_("Show this page: explore, network, evaluate or learn"), N_("PAGE") },
  { "layer", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_("Show the feature maps of this layer"), N_("NAME") },
  { "new-window", 0, 0, G_OPTION_ARG_NONE, NULL,
    N_("Open a new window"), NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL,
    N_("Print the version and exit"), NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL,
    NULL, N_("[FOLDER|PICTURE|MODEL…]") },
  { NULL }
};

const GOptionEntry *
fovea_launch_get_options (void)
{
  return options;
}

gboolean
fovea_page_is_known (const char *page)
{
  const char *pages[] = { "explore", "network", "evaluate", "learn", NULL };

  return g_strv_contains (pages, page);
}

/* A file named on the command line, which may be that of another process in
 * another folder. */
static GFile *
new_file (const char              *path,
          GApplicationCommandLine *command_line)
{
  return command_line != NULL
         ? g_application_command_line_create_file_for_arg (command_line, path)
         : g_file_new_for_commandline_arg (path);
}

static GFile *
dup_file (GVariantDict            *dict,
          const char              *option,
          GApplicationCommandLine *command_line)
{
  const char *path;

  return g_variant_dict_lookup (dict, option, "^&ay", &path)
         ? new_file (path, command_line)
         : NULL;
}

static void
add_files (FoveaLaunch             *self,
           GVariantDict            *dict,
           GApplicationCommandLine *command_line)
{
  g_autofree const char **paths = NULL;

  if (!g_variant_dict_lookup (dict, G_OPTION_REMAINING, "^a&ay", &paths))
    return;

  for (gsize i = 0; paths[i] != NULL; i++)
    g_ptr_array_add (self->files, new_file (paths[i], command_line));
}

/**
 * fovea_launch_new:
 * @options_dict: the options as GApplication parsed them
 * @command_line: (nullable): whose folder relative paths start from; this
 *   process's if %NULL
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): what the options say, or %NULL where one
 *   of them has no meaning
 */
FoveaLaunch *
fovea_launch_new (GVariantDict             *options_dict,
                  GApplicationCommandLine  *command_line,
                  GError                  **error)
{
  g_autoptr (FoveaLaunch) self = g_new0 (FoveaLaunch, 1);

  self->files = g_ptr_array_new_with_free_func (g_object_unref);
  self->dataset = dup_file (options_dict, "dataset", command_line);
  self->model = dup_file (options_dict, "model", command_line);
  g_variant_dict_lookup (options_dict, "sample", "s", &self->sample);
  if (self->sample != NULL && !g_ascii_string_to_unsigned (self->sample, 10, 0, G_MAXUINT, NULL, NULL))
    self->sample_file = new_file (self->sample, command_line);
  g_variant_dict_lookup (options_dict, "page", "s", &self->page);
  g_variant_dict_lookup (options_dict, "layer", "s", &self->layer);
  g_variant_dict_lookup (options_dict, "new-window", "b", &self->new_window);
  add_files (self, options_dict, command_line);

  if (self->page != NULL && !fovea_page_is_known (self->page))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("There is no page “%s”: the pages are explore, network, evaluate and learn"),
                   self->page);
      return NULL;
    }

  return g_steal_pointer (&self);
}

void
fovea_launch_free (FoveaLaunch *self)
{
  g_clear_object (&self->dataset);
  g_clear_object (&self->model);
  g_clear_pointer (&self->sample, g_free);
  g_clear_object (&self->sample_file);
  g_clear_pointer (&self->page, g_free);
  g_clear_pointer (&self->layer, g_free);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_free (self);
}
