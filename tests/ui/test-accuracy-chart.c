#include "fovea-accuracy-rows.h"
#include "fovea-ui.h"
#include "ui/ui-test.h"

#include <cairo.h>
#include <math.h>

/* Class i: i % 11 of 10 + i % 3 right. */
static GListStore *
make_classes (guint n_classes)
{
  GListStore *classes = g_list_store_new (CNN_TYPE_CLASS_STATISTICS);

  for (guint i = 0; i < n_classes; i++)
    {
      g_autofree char *wnid = g_strdup_printf ("n%08u", i);
      g_autofree char *name = g_strdup_printf ("%c-class %u", 'z' - (int) (i % 26), i);
      g_autoptr (CnnClassStatistics) statistics = cnn_class_statistics_new (i, wnid, name);
      guint total = 10 + i % 3, correct = i % 11;

      if (i % 7 != 3)
        cnn_class_statistics_update (statistics, total, correct, MIN (correct + 1, total));
      g_list_store_append (classes, statistics);
    }

  return classes;
}

static CnnClassStatistics *
get_class (GListStore *classes,
           guint       i)
{
  g_autoptr (CnnClassStatistics) statistics = g_list_model_get_item (G_LIST_MODEL (classes), i);

  return statistics;
}

static FoveaAccuracyPlot *
get_plot (GtkWidget *chart)
{
  return FOVEA_ACCURACY_PLOT (ui_test_find (chart, FOVEA_TYPE_ACCURACY_PLOT, 0));
}

static void
test_create (void)
{
  FoveaAccuracyChart *chart = g_object_ref_sink (FOVEA_ACCURACY_CHART (fovea_accuracy_chart_new ()));
  GListStore *classes = make_classes (20);
  CnnClassStatistics *first = g_object_ref (get_class (classes, 0));

  fovea_accuracy_chart_set_model (chart, G_LIST_MODEL (classes));
  g_assert_finalize_object (chart);
  g_assert_finalize_object (classes);
  g_assert_finalize_object (first);
}

static void
test_properties (void)
{
  g_autoptr (FoveaAccuracyChart) chart =
    g_object_ref_sink (FOVEA_ACCURACY_CHART (fovea_accuracy_chart_new ()));
  g_autoptr (GListStore) classes = make_classes (20);
  guint n_model = 0, n_order = 0, n_search = 0;

  g_signal_connect (chart, "notify::model", G_CALLBACK (ui_test_count_cb), &n_model);
  g_signal_connect (chart, "notify::order", G_CALLBACK (ui_test_count_cb), &n_order);
  g_signal_connect (chart, "notify::search", G_CALLBACK (ui_test_count_cb), &n_search);

  for (guint i = 0; i < 2; i++)
    {
      fovea_accuracy_chart_set_model (chart, G_LIST_MODEL (classes));
      fovea_accuracy_chart_set_order (chart, FOVEA_CLASS_ORDER_BEST);
      fovea_accuracy_chart_set_search (chart, "class");
    }
  g_assert_cmpuint (n_model, ==, 1);
  g_assert_cmpuint (n_order, ==, 1);
  g_assert_cmpuint (n_search, ==, 1);
  g_assert_cmpstr (fovea_accuracy_chart_get_search (chart), ==, "class");

  fovea_accuracy_chart_set_search (chart, "");
  g_assert_null (fovea_accuracy_chart_get_search (chart));
}

static guint
index_in_row (FoveaAccuracyPlot *plot,
              guint              row)
{
  return cnn_class_statistics_get_index (fovea_accuracy_plot_get_row (plot, row));
}

static void
test_order (void)
{
  g_autoptr (FoveaAccuracyPlot) plot = g_object_ref_sink (FOVEA_ACCURACY_PLOT (fovea_accuracy_plot_new ()));
  g_autoptr (GListStore) classes = make_classes (11);

  /* Class 3 and class 10 have no pictures; class 9 has 9 of 10 right. */
  fovea_accuracy_plot_set_model (plot, G_LIST_MODEL (classes));
  g_assert_cmpuint (index_in_row (plot, 0), ==, 0);

  fovea_accuracy_plot_set_order (plot, FOVEA_CLASS_ORDER_BEST);
  g_assert_cmpuint (index_in_row (plot, 0), ==, 9);
  g_assert_cmpuint (index_in_row (plot, 8), ==, 0);
  g_assert_cmpuint (index_in_row (plot, 9), ==, 3);
  g_assert_cmpuint (index_in_row (plot, 10), ==, 10);

  fovea_accuracy_plot_set_order (plot, FOVEA_CLASS_ORDER_WORST);
  g_assert_cmpuint (index_in_row (plot, 0), ==, 0);
  g_assert_cmpuint (index_in_row (plot, 8), ==, 9);
  g_assert_cmpuint (index_in_row (plot, 9), ==, 3);

  fovea_accuracy_plot_set_order (plot, FOVEA_CLASS_ORDER_NAME);
  g_assert_cmpuint (index_in_row (plot, 0), ==, 10);

  fovea_accuracy_plot_set_order (plot, FOVEA_CLASS_ORDER_COUNT);
  g_assert_cmpuint (index_in_row (plot, 0), ==, 2);

  /* What changes moves. */
  fovea_accuracy_plot_set_order (plot, FOVEA_CLASS_ORDER_BEST);
  cnn_class_statistics_update (get_class (classes, 3), 4, 4, 4);
  g_assert_cmpuint (index_in_row (plot, 0), ==, 3);
}

static void
test_search (void)
{
  g_autoptr (FoveaAccuracyPlot) plot = g_object_ref_sink (FOVEA_ACCURACY_PLOT (fovea_accuracy_plot_new ()));
  g_autoptr (GListStore) classes = make_classes (100);

  fovea_accuracy_plot_set_model (plot, G_LIST_MODEL (classes));
  fovea_accuracy_plot_set_search (plot, "N00000042");
  g_assert_cmpuint (fovea_accuracy_plot_get_n_rows (plot), ==, 1);
  g_assert_cmpuint (index_in_row (plot, 0), ==, 42);

  fovea_accuracy_plot_set_search (plot, "A-CLASS");
  g_assert_cmpuint (fovea_accuracy_plot_get_n_rows (plot), ==, 3);
  fovea_accuracy_plot_set_search (plot, "no such class");
  g_assert_cmpuint (fovea_accuracy_plot_get_n_rows (plot), ==, 0);
  g_assert_null (fovea_accuracy_plot_pick (plot, 10));
}

static void
rows_changed_cb (gboolean replaced,
                 gpointer user_data)
{
  guint *n_changes = user_data;

  *n_changes += 1;
}

/* Figures go a part of their way at a time, and arrive. */
static void
test_glide (void)
{
  guint n_changes = 0;
  g_autoptr (FoveaAccuracyRows) rows = fovea_accuracy_rows_new (rows_changed_cb, &n_changes);
  g_autoptr (GListStore) classes = make_classes (10);
  FoveaAccuracyEntry *entry;
  guint n_steps = 0;

  fovea_accuracy_rows_set_order (rows, FOVEA_CLASS_ORDER_BEST);
  fovea_accuracy_rows_set_model (rows, G_LIST_MODEL (classes));
  g_assert_true (fovea_accuracy_rows_update (rows));
  g_assert_false (fovea_accuracy_rows_glide (rows, 1));

  n_changes = 0;
  cnn_class_statistics_update (get_class (classes, 0), 20, 20, 20);
  g_assert_cmpuint (n_changes, >, 0);
  g_assert_true (fovea_accuracy_rows_update (rows));
  g_assert_false (fovea_accuracy_rows_update (rows));

  entry = fovea_accuracy_rows_get_entry (rows, 0);
  g_assert_cmpuint (entry->target.index, ==, 0);
  g_assert_cmpfloat (entry->shown.accuracy, ==, 0);

  while (fovea_accuracy_rows_glide (rows, 0.5))
    {
      g_assert_cmpfloat (entry->shown.accuracy, <=, 1);
      g_assert_cmpfloat (entry->shown.place, >=, 0);
      g_assert_cmpuint (n_steps++, <, 20);
    }
  g_assert_cmpuint (n_steps, >, 3);
  g_assert_cmpfloat (entry->shown.accuracy, ==, 1);
  g_assert_cmpfloat (entry->shown.place, ==, 0);
}

static void
count_cb (GObject *object,
          guint   *count)
{
  *count += 1;
}

/* A thousand changes make one drawing. */
static void
test_coalesce (void)
{
  GtkWidget *chart = fovea_accuracy_chart_new ();
  g_autoptr (GListStore) classes = make_classes (1000);
  GtkWindow *window = ui_test_window (chart, 600, 500);
  guint n_changed = 0;

  fovea_accuracy_chart_set_model (FOVEA_ACCURACY_CHART (chart), G_LIST_MODEL (classes));
  ui_test_next_frame (chart);

  g_signal_connect (get_plot (chart), "changed", G_CALLBACK (count_cb), &n_changed);
  for (guint i = 0; i < 1000; i++)
    cnn_class_statistics_update (get_class (classes, i), 50, 25, 40);
  g_assert_cmpuint (n_changed, ==, 0);
  ui_test_next_frame (chart);
  g_assert_cmpuint (n_changed, ==, 1);

  /* While it still moves. */
  ui_test_destroy (window);
}

static void
activated_cb (FoveaAccuracyChart *chart,
              guint               index,
              guint              *activated)
{
  *activated = index;
}

static void
test_keyboard (void)
{
  GtkWidget *chart = fovea_accuracy_chart_new ();
  g_autoptr (GListStore) classes = make_classes (1000);
  GtkWindow *window = ui_test_window (chart, 600, 500);
  GtkWidget *plot = GTK_WIDGET (get_plot (chart));
  GtkAdjustment *adjustment;
  guint activated = G_MAXUINT;

  fovea_accuracy_chart_set_model (FOVEA_ACCURACY_CHART (chart), G_LIST_MODEL (classes));
  g_signal_connect (chart, "class-activated", G_CALLBACK (activated_cb), &activated);
  ui_test_next_frame (chart);
  adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (plot));

  ui_test_press (plot, GDK_KEY_Return);
  g_assert_cmpuint (activated, ==, G_MAXUINT);

  ui_test_press (plot, GDK_KEY_Down);
  ui_test_press (plot, GDK_KEY_Down);
  ui_test_press (plot, GDK_KEY_Down);
  ui_test_press (plot, GDK_KEY_Up);
  ui_test_press (plot, GDK_KEY_Return);
  g_assert_cmpuint (activated, ==, 1);

  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, 0);
  ui_test_press (plot, GDK_KEY_End);
  ui_test_press (plot, GDK_KEY_Return);
  g_assert_cmpuint (activated, ==, 999);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==,
                     gtk_adjustment_get_upper (adjustment) -
                     gtk_adjustment_get_page_size (adjustment));

  ui_test_destroy (window);
}

/* What is under the pointer is the class whose row is drawn there, scrolled or
 * not. */
static void
test_pick (void)
{
  GtkWidget *chart = fovea_accuracy_chart_new ();
  g_autoptr (GListStore) classes = make_classes (1000);
  GtkWindow *window = ui_test_window (chart, 600, 500);
  FoveaAccuracyPlot *plot = get_plot (chart);
  GtkAdjustment *adjustment;
  double row_height;

  fovea_accuracy_chart_set_model (FOVEA_ACCURACY_CHART (chart), G_LIST_MODEL (classes));
  ui_test_next_frame (chart);
  adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (plot));
  row_height = gtk_adjustment_get_upper (adjustment) / 1000;

  g_assert_cmpuint (cnn_class_statistics_get_index (fovea_accuracy_plot_pick (plot, 1)), ==, 0);
  g_assert_cmpuint (cnn_class_statistics_get_index (fovea_accuracy_plot_pick (plot, 3.5 * row_height)),
                    ==, 3);
  gtk_adjustment_set_value (adjustment, 100 * row_height);
  g_assert_cmpuint (cnn_class_statistics_get_index (fovea_accuracy_plot_pick (plot, 3.5 * row_height)),
                    ==, 103);

  ui_test_destroy (window);
}

/* The drawing knows no widget: here it goes to an image. */
static void
test_drawing (void)
{
  const int width = 600;
  g_autoptr (GListStore) classes = make_classes (3);
  g_auto (FoveaChartStyle) style = { 0 };
  FoveaAccuracyRow rows[3];
  cairo_surface_t *surface;
  cairo_t *cr;
  guint filled[3] = { 0 };
  int row_height;

  fovea_chart_style_init_paper (&style);
  row_height = fovea_accuracy_chart_get_row_height (&style);
  for (guint i = 0; i < 3; i++)
    fovea_accuracy_row_init (&rows[i], get_class (classes, i), i);

  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, 3 * row_height);
  cr = cairo_create (surface);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  fovea_accuracy_chart_draw (cr, &style, rows, 3, width);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  /* The bars' blue, three pixels above the whisker, grows with the accuracy:
   * 0 of 10, 1 of 11, 2 of 12. */
  for (guint row = 0; row < 3; row++)
    {
      const guchar *data = cairo_image_surface_get_data (surface);
      int y = row * row_height + row_height / 2 - 3;
      const guint32 *line = (gconstpointer) (data + (gsize) y * cairo_image_surface_get_stride (surface));

      for (int x = 0; x < width; x++)
        if ((line[x] & 0xffffff) == 0x1c70d9)
          filled[row]++;
    }
  g_test_message ("%u, %u, %u pixels", filled[0], filled[1], filled[2]);
  g_assert_cmpuint (filled[0], ==, 0);
  g_assert_cmpuint (filled[1], >, 5);
  g_assert_cmpfloat (fabs (filled[2] / (double) filled[1] - (2 / 12.0) / (1 / 11.0)), <, 0.4);

  cairo_surface_destroy (surface);
}

static void
test_overview (void)
{
  const double accuracies[] = { 1, -1, 0.5, 0 };
  g_auto (FoveaChartStyle) style = { 0 };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 40, 20);
  cairo_t *cr = cairo_create (surface);
  const guint32 *pixels;

  fovea_chart_style_init_paper (&style);
  fovea_accuracy_chart_draw_overview (cr, &style, accuracies, 4, 40, 20);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  pixels = (gconstpointer) cairo_image_surface_get_data (surface);
  g_assert_cmphex (pixels[5 * 40 + 5], !=, 0);
  g_assert_cmphex (pixels[5 * 40 + 15], ==, 0);
  g_assert_cmphex (pixels[5 * 40 + 25], ==, 0);
  g_assert_cmphex (pixels[15 * 40 + 25], !=, 0);
  g_assert_cmphex (pixels[15 * 40 + 35], ==, 0);

  cairo_surface_destroy (surface);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  fovea_ui_init ();

  g_test_add_func ("/ui/accuracy-chart/create", test_create);
  g_test_add_func ("/ui/accuracy-chart/properties", test_properties);
  g_test_add_func ("/ui/accuracy-chart/order", test_order);
  g_test_add_func ("/ui/accuracy-chart/search", test_search);
  g_test_add_func ("/ui/accuracy-chart/glide", test_glide);
  g_test_add_func ("/ui/accuracy-chart/coalesce", test_coalesce);
  g_test_add_func ("/ui/accuracy-chart/keyboard", test_keyboard);
  g_test_add_func ("/ui/accuracy-chart/pick", test_pick);
  g_test_add_func ("/ui/accuracy-chart/drawing", test_drawing);
  g_test_add_func ("/ui/accuracy-chart/overview", test_overview);

  return g_test_run ();
}
