#define G_LOG_DOMAIN "fovea-color-legend"

#include "fovea-color-legend.h"

#include "fovea-format.h"

#include <glib/gi18n.h>

#define STRIP_WIDTH 64
#define STRIP_HEIGHT 10

struct _FoveaColorLegend
{
  GtkWidget parent_instance;

  FoveaColorMap color_map;
  float low;
  float high;

  /* Children */
  GtkWidget *low_label;
  GtkWidget *strip;
  GtkWidget *high_label;
};

G_DEFINE_FINAL_TYPE (FoveaColorLegend, fovea_color_legend, GTK_TYPE_WIDGET)

static void
color_legend_draw_cb (GtkDrawingArea *area,
                      cairo_t        *cr,
                      int             width,
                      int             height,
                      gpointer        user_data)
{
  FoveaColorLegend *self = user_data;
  float span = self->high - self->low;

  for (int x = 0; x < width; x++)
    {
      float value = self->low + span * (x + 0.5f) / width;
      guint32 pixel = fovea_color_map_look_up (self->color_map, self->low, self->high, value);

      cairo_set_source_rgb (cr, (pixel >> 16 & 0xff) / 255.0, (pixel >> 8 & 0xff) / 255.0,
                            (pixel & 0xff) / 255.0);
      cairo_rectangle (cr, x, 0, 1, height);
      cairo_fill (cr);
    }

  if (self->low < 0 && self->high > 0)
    {
      double zero = width * -self->low / span;

      cairo_set_source_rgb (cr, 0, 0, 0);
      cairo_rectangle (cr, zero - 1, 0, 2, height);
      cairo_fill (cr);
      cairo_set_source_rgb (cr, 1, 1, 1);
      cairo_rectangle (cr, zero - 0.5, 0, 1, height);
      cairo_fill (cr);
    }
}

static void
fovea_color_legend_dispose (GObject *object)
{
  FoveaColorLegend *self = FOVEA_COLOR_LEGEND (object);

  g_clear_pointer (&self->low_label, gtk_widget_unparent);
  g_clear_pointer (&self->strip, gtk_widget_unparent);
  g_clear_pointer (&self->high_label, gtk_widget_unparent);

  G_OBJECT_CLASS (fovea_color_legend_parent_class)->dispose (object);
}

static void
fovea_color_legend_class_init (FoveaColorLegendClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fovea_color_legend_dispose;

  gtk_widget_class_set_css_name (widget_class, "fovea-color-legend");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static GtkWidget *
color_legend_add_label (FoveaColorLegend *self)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_set_parent (label, GTK_WIDGET (self));

  return label;
}

static void
fovea_color_legend_init (FoveaColorLegend *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);

  self->low_label = color_legend_add_label (self);
  self->strip = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (self->strip), STRIP_WIDTH);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (self->strip), STRIP_HEIGHT);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->strip), color_legend_draw_cb, self, NULL);
  gtk_widget_set_valign (self->strip, GTK_ALIGN_CENTER);
  gtk_widget_set_overflow (self->strip, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (self->strip, "strip");
  gtk_widget_set_parent (self->strip, GTK_WIDGET (self));
  self->high_label = color_legend_add_label (self);

  /* The smaller number stands on the left in every language. */
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  fovea_color_legend_set_range (self, FOVEA_COLOR_MAP_GREY, 0, 1);
}

/**
 * fovea_color_legend_new:
 *
 * Returns: (transfer floating): a new legend, of grey from 0 to 1
 */
GtkWidget *
fovea_color_legend_new (void)
{
  return g_object_new (FOVEA_TYPE_COLOR_LEGEND, NULL);
}

/**
 * fovea_color_legend_set_range:
 * @self: a legend
 * @color_map: how numbers become colours
 * @low: the value of the first colour
 * @high: the value of the last colour
 *
 * Sets what the legend explains.
 */
void
fovea_color_legend_set_range (FoveaColorLegend *self,
                              FoveaColorMap     color_map,
                              float             low,
                              float             high)
{
  g_autofree char *low_text = fovea_format_value (low);
  g_autofree char *high_text = fovea_format_value (high);
  g_autofree char *description = g_strdup_printf (_("Colours from %s to %s"), low_text, high_text);

  g_return_if_fail (FOVEA_IS_COLOR_LEGEND (self));

  self->color_map = color_map;
  self->low = low;
  self->high = high;

  gtk_label_set_text (GTK_LABEL (self->low_label), low_text);
  gtk_label_set_text (GTK_LABEL (self->high_label), high_text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
  gtk_widget_queue_draw (self->strip);
}
