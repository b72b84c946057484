#include "fovea-convergence-drawing.h"
#include "fovea-ui.h"
#include "ui/ui-test.h"

#include <cairo.h>
#include <math.h>

#define WIDTH 400
#define HEIGHT 240

static void
test_create (void)
{
  FoveaConvergenceChart *chart =
    g_object_ref_sink (FOVEA_CONVERGENCE_CHART (fovea_convergence_chart_new ()));

  fovea_convergence_chart_append (chart, 10, 0.5, 0.8, 1.2);
  g_assert_finalize_object (chart);
}

static void
test_points (void)
{
  g_autoptr (FoveaConvergenceChart) chart =
    g_object_ref_sink (FOVEA_CONVERGENCE_CHART (fovea_convergence_chart_new ()));
  guint n_total = 0;

  fovea_convergence_chart_append (chart, 0, 0, 0, NAN);
  g_assert_cmpuint (fovea_convergence_chart_get_n_points (chart), ==, 0);
  fovea_convergence_chart_append (chart, 10, 0.5, 0.8, 1.2);
  fovea_convergence_chart_append (chart, 20, 0.6, 0.8, 1.1);
  fovea_convergence_chart_append (chart, 20, 0.65, 0.8, 1.1);
  g_assert_cmpuint (fovea_convergence_chart_get_n_points (chart), ==, 2);
  fovea_convergence_chart_reset (chart);
  g_assert_cmpuint (fovea_convergence_chart_get_n_points (chart), ==, 0);

  /* Another run begins from the start. */
  fovea_convergence_chart_append (chart, 1, 1, 1, 0.1);
  g_assert_cmpuint (fovea_convergence_chart_get_n_points (chart), ==, 1);

  g_signal_connect (chart, "notify::total", G_CALLBACK (ui_test_count_cb), &n_total);
  fovea_convergence_chart_set_total (chart, 250);
  fovea_convergence_chart_set_total (chart, 250);
  g_assert_cmpuint (n_total, ==, 1);
}

static guint
count_color (cairo_surface_t *surface,
             guint32          rgb)
{
  const guint32 *pixels = (gconstpointer) cairo_image_surface_get_data (surface);
  guint n = 0;

  for (guint i = 0; i < WIDTH * HEIGHT; i++)
    n += (pixels[i] & 0xffffff) == rgb;

  return n;
}

/* Draws a run of so many points that leaves the margin alone, and returns how many pixels have the pure
 * colour of the loss. */
static guint
draw_loss_pixels (guint    n_points,
                  gboolean loss)
{
  g_autofree FoveaConvergencePoint *points = g_new (FoveaConvergencePoint, n_points + 1);
  g_auto (FoveaChartStyle) style = { 0 };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  guint n_pixels;

  for (guint i = 0; i < n_points; i++)
    points[i] = (FoveaConvergencePoint) { i + 1, 0.6, 0.8, loss ? 1 : NAN, 0.5, 0.7 };

  fovea_chart_style_init_paper (&style);
  style.third = (FoveaChartColor) { 1, 0, 0, 1 };
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  fovea_convergence_chart_draw (cr, &style, points, n_points, n_points, WIDTH, HEIGHT);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < 4; x++)
      g_assert_cmphex (((const guint32 *) (gconstpointer) cairo_image_surface_get_data (surface))[y * WIDTH + x],
                       ==, 0xffffffff);

  n_pixels = count_color (surface, 0xff0000);
  cairo_surface_destroy (surface);

  return n_pixels;
}

static void
test_drawing (void)
{
  guint dot = draw_loss_pixels (10, FALSE);

  g_assert_cmpuint (draw_loss_pixels (0, TRUE), ==, 0);
  /* A line over the width, whether of 2 points or of more than pixels. */
  g_assert_cmpuint (draw_loss_pixels (2, TRUE), >, dot + 100);
  g_assert_cmpuint (draw_loss_pixels (5000, TRUE), >, dot + 300);
}

static void
test_widget (void)
{
  GtkWidget *chart = fovea_convergence_chart_new ();
  GtkWindow *window = ui_test_window (chart, WIDTH, HEIGHT);
  g_autoptr (UiTestShot) empty = NULL;
  g_autoptr (UiTestShot) full = NULL;
  guint n_different = 0;

  empty = ui_test_shoot (chart);
  for (guint i = 1; i <= 50; i++)
    fovea_convergence_chart_append (FOVEA_CONVERGENCE_CHART (chart), i, 0.6, 0.8, 1.0 / i);
  full = ui_test_shoot (chart);

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      n_different += ui_test_shot_get (empty, x, y) != ui_test_shot_get (full, x, y);
  g_assert_cmpuint (n_different, >, 1000);

  ui_test_destroy (window);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  fovea_ui_init ();

  g_test_add_func ("/ui/convergence-chart/create", test_create);
  g_test_add_func ("/ui/convergence-chart/points", test_points);
  g_test_add_func ("/ui/convergence-chart/drawing", test_drawing);
  g_test_add_func ("/ui/convergence-chart/widget", test_widget);

  return g_test_run ();
}
