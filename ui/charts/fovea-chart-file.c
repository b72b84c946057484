#define G_LOG_DOMAIN "fovea-chart-file"

#include "fovea-chart-file.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <glib/gi18n.h>

#include "core/cnn-file.h"
#include "fovea-accuracy-rows.h"

#define WIDTH 720.0
#define MARGIN 12.0
#define LINE_HEIGHT 22.0
#define AXIS_HEIGHT 24.0

/* The most rows that a picture can hold, as Cairo counts its lines in 16 bits. */
#define MAX_ROWS 1200

typedef enum
{
  FORMAT_PNG,
  FORMAT_SVG,
  FORMAT_PDF,
  N_FORMATS,
} Format;

static const char *const endings[N_FORMATS] = { ".png", ".svg", ".pdf" };

static Format
get_format (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *lower = g_ascii_strdown (name, -1);
  Format format = 0;

  while (format < N_FORMATS && !g_str_has_suffix (lower, endings[format]))
    format++;

  return format;
}

/**
 * fovea_chart_check_name:
 * @file: where a chart is to go
 * @error: return location for an error
 *
 * Finds out whether the name of @file says how a chart is to be saved, with
 * %G_IO_ERROR_INVALID_FILENAME if not.
 *
 * Returns: whether it does
 */
gboolean
fovea_chart_check_name (GFile   *file,
                        GError **error)
{
  g_autofree char *name = NULL;

  if (get_format (file) != N_FORMATS)
    return TRUE;

  name = g_file_get_parse_name (file);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME,
               _("%s: ends in none of .png, .svg and .pdf"), name);

  return FALSE;
}

static cairo_status_t
append_cb (void                *bytes,
           const unsigned char *data,
           unsigned int         length)
{
  g_byte_array_append (bytes, data, length);

  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
create_surface (Format      format,
                GByteArray *bytes,
                double      width,
                double      height)
{
  switch (format)
    {
    case FORMAT_SVG:
      return cairo_svg_surface_create_for_stream (append_cb, bytes, width, height);

    case FORMAT_PDF:
      return cairo_pdf_surface_create_for_stream (append_cb, bytes, width, height);

    case FORMAT_PNG:
    case N_FORMATS:
    default:
      return cairo_image_surface_create (CAIRO_FORMAT_RGB24, ceil (width), ceil (height));
    }
}

/* What was run, and what came out. */
static void
draw_headline (cairo_t               *cr,
               const FoveaChartStyle *style,
               CnnRun                *run)
{
  g_autoptr (PangoLayout) layout = fovea_chart_style_new_layout (style, cr);
  const CnnRunSettings *settings = cnn_run_get_settings (run);
  g_autofree char *title = NULL;
  g_autofree char *result = NULL;
  CnnRunSummary summary;

  cnn_run_get_summary (run, &summary);

  title = g_strdup_printf (_("%s: crops %s, preset %s"), cnn_run_get_network (run),
                           cnn_crop_mode_get_name (settings->crops), settings->recipe.name);
  if (summary.n_scored > 0)
    result = g_strdup_printf (_("%u pictures, %.1f %% right, %.1f %% among the first five, loss %.5f"),
                              summary.n_scored, 100.0 * summary.n_correct / summary.n_scored,
                              100.0 * summary.n_top5 / summary.n_scored, summary.loss);
  else
    result = g_strdup (_("No picture was scored"));

  fovea_chart_set_color (cr, &style->ink, 1);
  fovea_chart_show_text (cr, layout, title, MARGIN, MARGIN + LINE_HEIGHT / 2, 0);
  fovea_chart_set_color (cr, &style->ink, 0.7);
  fovea_chart_show_text (cr, layout, result, MARGIN, MARGIN + LINE_HEIGHT * 1.5, 0);
}

static void
draw_run (cairo_t               *cr,
          const FoveaChartStyle *style,
          CnnRun                *run,
          FoveaAccuracyRows     *rows,
          guint                  n_rows)
{
  g_autofree FoveaAccuracyRow *values = g_new (FoveaAccuracyRow, n_rows);

  for (guint i = 0; i < n_rows; i++)
    values[i] = fovea_accuracy_rows_get_entry (rows, i)->target;

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);

  draw_headline (cr, style, run);
  cairo_translate (cr, 0, MARGIN + 2 * LINE_HEIGHT);
  fovea_accuracy_chart_draw_axis (cr, style, WIDTH, AXIS_HEIGHT);
  cairo_translate (cr, 0, AXIS_HEIGHT);
  fovea_accuracy_chart_draw (cr, style, values, n_rows, WIDTH);
}

/**
 * fovea_chart_save_run:
 * @run: a run
 * @file: where to save its chart: `.png`, `.svg` or `.pdf`
 * @cancellable: (nullable): to stop it
 * @error: return location for an error
 *
 * Draws the accuracy of each class, the best first, under what was run and what
 * came out. Where there are very many classes it ends after the first 1200.
 *
 * Fails with %G_IO_ERROR where @file cannot be written or does not say how.
 *
 * Returns: whether @file holds the chart
 */
gboolean
fovea_chart_save_run (CnnRun         *run,
                      GFile          *file,
                      GCancellable   *cancellable,
                      GError        **error)
{
  g_autoptr (FoveaAccuracyRows) rows = fovea_accuracy_rows_new (NULL, NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_auto (FoveaChartStyle) style;
  Format format = get_format (file);
  cairo_surface_t *surface;
  cairo_t *cr;
  guint n_rows;

  fovea_chart_style_init_paper (&style);
  if (!fovea_chart_check_name (file, error))
    return FALSE;

  fovea_accuracy_rows_set_order (rows, FOVEA_CLASS_ORDER_BEST);
  fovea_accuracy_rows_set_model (rows, cnn_run_get_classes (run));
  fovea_accuracy_rows_update (rows);
  n_rows = MIN (fovea_accuracy_rows_get_size (rows), MAX_ROWS);

  surface = create_surface (format, bytes, WIDTH,
                            2 * (MARGIN + LINE_HEIGHT) + AXIS_HEIGHT +
                            n_rows * fovea_accuracy_chart_get_row_height (&style));
  cr = cairo_create (surface);
  draw_run (cr, &style, run, rows, n_rows);
  cairo_destroy (cr);

  if (format == FORMAT_PNG)
    cairo_surface_write_to_png_stream (surface, append_cb, bytes);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);

  return cnn_file_save_bytes (file, bytes->data, bytes->len, cancellable, error);
}
