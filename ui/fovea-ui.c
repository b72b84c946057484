#include "fovea-ui.h"

#include <adwaita.h>

static void
load_style (void)
{
  GdkDisplay *display = gdk_display_get_default ();
  g_autoptr (GtkCssProvider) provider = NULL;

  if (display == NULL)
    return;

  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, "/io/github/fovea_app/Fovea/ui/style.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

/**
 * fovea_ui_init:
 *
 * Makes the widgets known to templates and loads their style. To be called once
 * the display is open, for instance at an application's startup; later calls do
 * nothing.
 */
void
fovea_ui_init (void)
{
  static gboolean initialized = FALSE;

  if (initialized)
    return;

  initialized = TRUE;
  adw_init ();

  g_type_ensure (FOVEA_TYPE_ACCURACY_CHART);
  g_type_ensure (FOVEA_TYPE_BACKPROP_LESSON);
  g_type_ensure (FOVEA_TYPE_CONVERGENCE_CHART);
  g_type_ensure (FOVEA_TYPE_CROP_STRIP);
  g_type_ensure (FOVEA_TYPE_LAYER_LIST);
  g_type_ensure (FOVEA_TYPE_MAP_GRID);
  g_type_ensure (FOVEA_TYPE_MAP_VIEW);
  g_type_ensure (FOVEA_TYPE_NETWORK_TABLE);
  g_type_ensure (FOVEA_TYPE_PICTURE_VIEW);
  g_type_ensure (FOVEA_TYPE_SAMPLE_GRID);
  g_type_ensure (FOVEA_TYPE_SIZES_LESSON);
  g_type_ensure (FOVEA_TYPE_THUMBNAIL);
  g_type_ensure (FOVEA_TYPE_TOP_LIST);

  load_style ();
}
