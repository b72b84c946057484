#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FoveaLaunch:
 * @dataset: (nullable): folder of pictures to open
 * @model: (nullable): weights file to open
 * @sample: (nullable): picture to show: its number, counted from 1, or its file
 * @sample_file: (nullable): that file, where it is not a number
 * @page: (nullable): page to show
 * @layer: (nullable): name of the layer to show
 * @files: (element-type GFile): what was named without an option, to be opened
 *   by what it is
 * @new_window: whether a window of its own was asked for
 *
 * Where the command line wants a window to open.
 */
typedef struct
{
  GFile *dataset;
  GFile *model;
  char *sample;
  GFile *sample_file;
  char *page;
  char *layer;
  GPtrArray *files;
  gboolean new_window;
} FoveaLaunch;

const GOptionEntry *fovea_launch_get_options (void);
FoveaLaunch        *fovea_launch_new         (GVariantDict             *options,
                                              GApplicationCommandLine  *command_line,
                                              GError                  **error);
void                fovea_launch_free        (FoveaLaunch              *self);
gboolean            fovea_page_is_known      (const char               *page);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaLaunch, fovea_launch_free)

G_END_DECLS
