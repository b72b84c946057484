#define G_LOG_DOMAIN "fovea-chart-widget"

#include "fovea-chart-widget.h"

#include "fovea-palette.h"

static FoveaChartColor
chart_color (const GdkRGBA *color)
{
  return (FoveaChartColor) { color->red, color->green, color->blue, color->alpha };
}

/**
 * fovea_chart_style_init_for_widget:
 * @self: (out caller-allocates): the style to fill
 * @widget: the widget in which the chart is drawn
 *
 * Makes the style of a chart that fits in with the widgets around it: their font
 * and size of text, light or dark. Free what is in it with
 * [method@ChartStyle.clear].
 */
void
fovea_chart_style_init_for_widget (FoveaChartStyle *self,
                                   GtkWidget       *widget)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  PangoContext *pango_context = gtk_widget_get_pango_context (widget);
  GdkRGBA ink, accent;

  gtk_style_context_get_color (context, &ink);
  if (!gtk_style_context_lookup_color (context, "accent_color", &accent))
    accent = FOVEA_BLUE;

  self->font = pango_font_description_copy (pango_context_get_font_description (pango_context));
  self->resolution = pango_cairo_context_get_resolution (pango_context);
  self->ink = chart_color (&ink);
  self->first = chart_color (&accent);
  self->second = chart_color (&FOVEA_GREEN);
  self->third = chart_color (&FOVEA_ORANGE);
}
