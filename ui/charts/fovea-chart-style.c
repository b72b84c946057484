#define G_LOG_DOMAIN "fovea-chart-style"

#include "fovea-chart-style.h"

/**
 * fovea_chart_style_init_paper:
 * @self: (out caller-allocates): the style to fill
 *
 * Makes the style of a chart on white paper. Free what is in it with
 * [method@ChartStyle.clear].
 */
void
fovea_chart_style_init_paper (FoveaChartStyle *self)
{
  *self = (FoveaChartStyle) {
    .font = pango_font_description_from_string ("Sans 9"),
    .resolution = 96,
    .ink = { 0.1, 0.1, 0.1, 1 },
    .first = { 0.11, 0.44, 0.85, 1 },
    .second = { 0.0, 0.62, 0.45, 1 },
    .third = { 0.835, 0.369, 0.0, 1 },
  };
}

void
fovea_chart_style_clear (FoveaChartStyle *self)
{
  g_clear_pointer (&self->font, pango_font_description_free);
}

/**
 * fovea_chart_style_new_layout:
 * @self: a style
 * @cr: what is drawn on
 *
 * Returns: (transfer full): a new layout for text of the chart
 */
PangoLayout *
fovea_chart_style_new_layout (const FoveaChartStyle *self,
                              cairo_t               *cr)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);

  pango_cairo_context_set_resolution (pango_layout_get_context (layout), self->resolution);
  pango_layout_set_font_description (layout, self->font);

  return layout;
}

/**
 * fovea_chart_set_color:
 * @cr: what is drawn on
 * @color: a colour
 * @strength: from 0, which is not to be seen, to 1
 *
 * Draws in @color from here on.
 */
void
fovea_chart_set_color (cairo_t               *cr,
                       const FoveaChartColor *color,
                       double                 strength)
{
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha * strength);
}

/**
 * fovea_chart_show_text:
 * @cr: what is drawn on
 * @layout: a layout of the style
 * @text: a line of text
 * @x: where it stands
 * @y: its vertical middle
 * @align: which part of it is at @x: 0 its start, 0.5 its middle, 1 its end
 *
 * Writes a line of text.
 */
void
fovea_chart_show_text (cairo_t     *cr,
                       PangoLayout *layout,
                       const char  *text,
                       double       x,
                       double       y,
                       double       align)
{
  int width, height;

  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_move_to (cr, x - align * width, y - height / 2.0);
  pango_cairo_show_layout (cr, layout);
}
