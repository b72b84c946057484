#pragma once

#include <cairo.h>
#include <pango/pangocairo.h>

#include "cnn.h"

G_BEGIN_DECLS

/* What the charts are drawn with. No toolkit is in it, nor in the drawing: the
 * same chart goes to a window, a PNG, an SVG or a PDF. */

/**
 * FoveaChartColor:
 * @red: from 0 to 1
 * @green: from 0 to 1
 * @blue: from 0 to 1
 * @alpha: from 0 to 1
 *
 * A colour.
 */
typedef struct
{
  double red;
  double green;
  double blue;
  double alpha;
} FoveaChartColor;

/**
 * FoveaChartStyle:
 * @font: the font of all text
 * @resolution: pixels per inch, for the font's size
 * @ink: text, axes and whiskers
 * @first: bars and lines of what was right at the first guess
 * @second: the same among the first five guesses
 * @third: loss
 *
 * The look of a chart.
 */
typedef struct
{
  PangoFontDescription *font;
  double resolution;
  FoveaChartColor ink;
  FoveaChartColor first;
  FoveaChartColor second;
  FoveaChartColor third;
} FoveaChartStyle;

void         fovea_chart_style_init_paper (FoveaChartStyle       *self);
void         fovea_chart_style_clear      (FoveaChartStyle       *self);
PangoLayout *fovea_chart_style_new_layout (const FoveaChartStyle *self,
                                           cairo_t               *cr);
void         fovea_chart_set_color        (cairo_t               *cr,
                                           const FoveaChartColor *color,
                                           double                 strength);
void         fovea_chart_show_text        (cairo_t               *cr,
                                           PangoLayout           *layout,
                                           const char            *text,
                                           double                 x,
                                           double                 y,
                                           double                 align);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaChartStyle, fovea_chart_style_clear)

G_END_DECLS
