#define G_LOG_DOMAIN "fovea-pane-layout"

#include "config.h"

#include "fovea-pane-layout.h"

struct _FoveaPaneLayout
{
  GtkLayoutManager parent_instance;

  int natural_width;
};

G_DEFINE_FINAL_TYPE (FoveaPaneLayout, fovea_pane_layout, GTK_TYPE_LAYOUT_MANAGER)

static GtkSizeRequestMode
fovea_pane_layout_get_request_mode (GtkLayoutManager *layout,
                                    GtkWidget        *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
fovea_pane_layout_measure (GtkLayoutManager *layout,
                           GtkWidget        *widget,
                           GtkOrientation    orientation,
                           int               for_size,
                           int              *minimum,
                           int              *natural,
                           int              *minimum_baseline,
                           int              *natural_baseline)
{
  gtk_widget_measure (gtk_widget_get_first_child (widget), orientation, for_size,
                      minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = MAX (*minimum, FOVEA_PANE_LAYOUT (layout)->natural_width);
}

static void
fovea_pane_layout_allocate (GtkLayoutManager *layout,
                            GtkWidget        *widget,
                            int               width,
                            int               height,
                            int               baseline)
{
  gtk_widget_allocate (gtk_widget_get_first_child (widget), width, height, baseline, NULL);
}

static void
fovea_pane_layout_class_init (FoveaPaneLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = fovea_pane_layout_get_request_mode;
  layout_class->measure = fovea_pane_layout_measure;
  layout_class->allocate = fovea_pane_layout_allocate;
}

static void
fovea_pane_layout_init (FoveaPaneLayout *self)
{
}

/**
 * fovea_pane_layout_new:
 * @natural_width: how wide the pane would like to be, in pixels
 *
 * Returns: (transfer full): a new layout manager
 */
GtkLayoutManager *
fovea_pane_layout_new (int natural_width)
{
  FoveaPaneLayout *self = g_object_new (FOVEA_TYPE_PANE_LAYOUT, NULL);

  self->natural_width = natural_width;

  return GTK_LAYOUT_MANAGER (self);
}
