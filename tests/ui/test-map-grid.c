#include "fovea-map-cell.h"
#include "fovea-ui.h"
#include "fovea-vector-chart.h"
#include "fovea-vector-view.h"
#include "ui/ui-test.h"

#include <math.h>

/* Channel c is c + 1 in its first cell, and 0 elsewhere; channel 2 is dead. */
static CnnTensor *
make_tensor (guint channels,
             guint rows,
             guint columns)
{
  CnnTensor *tensor = cnn_tensor_new (&CNN_SHAPE_4 (1, channels, rows, columns));
  float *data = cnn_tensor_get_mutable_data (tensor);

  for (guint c = 0; c < channels; c++)
    data[(gsize) c * rows * columns] = c == 2 ? 0 : c + 1;

  return tensor;
}

static guint
count_widgets (GtkWidget *widget,
               GType      type)
{
  guint n = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? 1 : 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_widgets (child, type);

  return n;
}

static void
test_create (void)
{
  FoveaMapGrid *grid = g_object_ref_sink (FOVEA_MAP_GRID (fovea_map_grid_new ()));
  g_autoptr (CnnTensor) tensor = make_tensor (8, 4, 4);

  fovea_map_grid_set_tensor (grid, tensor);
  g_assert_finalize_object (grid);
}

static void
test_properties (void)
{
  GtkWidget *grid = g_object_ref_sink (fovea_map_grid_new ());
  FoveaMapGrid *self = FOVEA_MAP_GRID (grid);
  g_autoptr (CnnTensor) tensor = make_tensor (8, 4, 4);
  guint n_tensor = 0, n_selected = 0, n_color_map = 0, n_shared = 0, n_size = 0;

  g_signal_connect (grid, "notify::tensor", G_CALLBACK (ui_test_count_cb), &n_tensor);
  g_signal_connect (grid, "notify::selected", G_CALLBACK (ui_test_count_cb), &n_selected);
  g_signal_connect (grid, "notify::color-map", G_CALLBACK (ui_test_count_cb), &n_color_map);
  g_signal_connect (grid, "notify::shared-range", G_CALLBACK (ui_test_count_cb), &n_shared);
  g_signal_connect (grid, "notify::cell-size", G_CALLBACK (ui_test_count_cb), &n_size);

  for (guint i = 0; i < 2; i++)
    {
      fovea_map_grid_set_tensor (self, tensor);
      fovea_map_grid_set_color_map (self, FOVEA_COLOR_MAP_DIVERGING);
      fovea_map_grid_set_shared_range (self, TRUE);
      fovea_map_grid_set_cell_size (self, 64);
    }
  g_assert_cmpuint (n_tensor, ==, 1);
  g_assert_cmpuint (n_color_map, ==, 1);
  g_assert_cmpuint (n_shared, ==, 1);
  g_assert_cmpuint (n_size, ==, 1);

  /* The first tensor selects its first channel. */
  g_assert_cmpuint (n_selected, ==, 1);
  g_assert_cmpuint (fovea_map_grid_get_selected (self), ==, 0);
  fovea_map_grid_set_selected (self, 5);
  fovea_map_grid_set_selected (self, 5);
  g_assert_cmpuint (n_selected, ==, 2);

  g_assert_finalize_object (g_steal_pointer (&grid));
}

static void
test_selection_stays (void)
{
  g_autoptr (FoveaMapGrid) grid = g_object_ref_sink (FOVEA_MAP_GRID (fovea_map_grid_new ()));
  g_autoptr (CnnTensor) wide = make_tensor (8, 4, 4);
  g_autoptr (CnnTensor) narrow = make_tensor (4, 2, 2);
  g_autoptr (CnnTensor) vector = make_tensor (8, 1, 1);

  fovea_map_grid_set_tensor (grid, wide);
  fovea_map_grid_set_selected (grid, 3);

  fovea_map_grid_set_tensor (grid, narrow);
  g_assert_cmpuint (fovea_map_grid_get_selected (grid), ==, 3);
  g_assert_cmpuint (fovea_map_get_columns (fovea_map_grid_get_selected_map (grid)), ==, 2);

  fovea_map_grid_set_tensor (grid, vector);
  g_assert_cmpuint (fovea_map_grid_get_selected (grid), ==, 3);
  g_assert_null (fovea_map_grid_get_selected_map (grid));

  fovea_map_grid_set_tensor (grid, wide);
  fovea_map_grid_set_selected (grid, 7);
  fovea_map_grid_set_tensor (grid, narrow);
  g_assert_cmpuint (fovea_map_grid_get_selected (grid), ==, 0);

  fovea_map_grid_set_tensor (grid, NULL);
  g_assert_cmpuint (fovea_map_grid_get_selected (grid), ==, GTK_INVALID_LIST_POSITION);
}

static void
test_statistics (void)
{
  const float values[] = { -2, 0, 0, 6, NAN, 1, 0, 0 };
  g_autoptr (CnnTensor) tensor = cnn_tensor_new_from_data (&CNN_SHAPE_4 (1, 2, 2, 2), values);
  g_autoptr (CnnTensor) zeros = cnn_tensor_new (&CNN_SHAPE_4 (1, 1, 2, 2));
  g_autoptr (FoveaMap) map = fovea_map_new (tensor, 0);
  g_autoptr (FoveaMap) broken = fovea_map_new (tensor, 1);
  g_autoptr (FoveaMap) dead = fovea_map_new (zeros, 0);
  const FoveaMapStatistics *statistics = fovea_map_get_statistics (map);
  g_autofree char *description = fovea_map_dup_description (map);

  g_assert_cmpfloat (statistics->minimum, ==, -2);
  g_assert_cmpfloat (statistics->maximum, ==, 6);
  g_assert_cmpfloat (statistics->mean, ==, 1);
  g_assert_cmpuint (statistics->n_zeros, ==, 2);
  g_assert_cmpstr (description, ==, "Channel 0: −2 … 6, mean 1, 50 % zeros");
  g_assert_false (fovea_map_is_dead (map));
  g_assert_cmpfloat (fovea_map_get_value (map, 1, 1), ==, 6);

  statistics = fovea_map_get_statistics (broken);
  g_assert_cmpfloat (statistics->minimum, ==, 0);
  g_assert_cmpfloat (statistics->maximum, ==, 1);
  g_assert_false (fovea_map_is_dead (broken));

  g_assert_true (fovea_map_is_dead (dead));
}

/* However many channels there are, only those about the visible part have a
 * widget. */
static void
test_bounded (void)
{
  GtkWidget *grid = fovea_map_grid_new ();
  g_autoptr (CnnTensor) few = make_tensor (512, 7, 7);
  g_autoptr (CnnTensor) many = make_tensor (2048, 7, 7);
  GtkWindow *window = ui_test_window (grid, 900, 600);
  guint n_few, n_many;

  fovea_map_grid_set_tensor (FOVEA_MAP_GRID (grid), few);
  ui_test_next_frame (grid);
  n_few = count_widgets (grid, FOVEA_TYPE_MAP_CELL);
  fovea_map_grid_set_tensor (FOVEA_MAP_GRID (grid), many);
  ui_test_next_frame (grid);
  n_many = count_widgets (grid, FOVEA_TYPE_MAP_CELL);
  g_test_message ("%u cells for 512 channels, %u for 2048", n_few, n_many);

  g_assert_cmpuint (n_few, >, 24);
  g_assert_cmpuint (n_many, <, 512);

  ui_test_destroy (window);
}

/* The grid takes other widths, cell sizes and tensors at any time. */
static void
test_resize (void)
{
  GtkWidget *grid = fovea_map_grid_new ();
  g_autoptr (CnnTensor) few = make_tensor (64, 7, 7);
  g_autoptr (CnnTensor) many = make_tensor (2048, 7, 7);
  GtkWindow *window = ui_test_window (grid, 1200, 400);

  for (guint i = 0; i < 12; i++)
    {
      gtk_window_set_default_size (window, 360 + i * 337 % 1000, 400);
      fovea_map_grid_set_tensor (FOVEA_MAP_GRID (grid), i % 3 == 1 ? few : many);
      fovea_map_grid_set_cell_size (FOVEA_MAP_GRID (grid), 32 + i * 29 % 150);
      fovea_map_grid_set_selected (FOVEA_MAP_GRID (grid), i * 997 % 2048);
      ui_test_next_frame (grid);
      ui_test_next_frame (grid);
      g_assert_cmpuint (count_widgets (grid, FOVEA_TYPE_MAP_CELL), <, 1500);
    }

  ui_test_destroy (window);
}

static void
test_keyboard (void)
{
  GtkWidget *grid = fovea_map_grid_new ();
  g_autoptr (CnnTensor) tensor = make_tensor (64, 7, 7);
  GtkWindow *window = ui_test_window (grid, 900, 600);
  GtkWidget *focus;

  fovea_map_grid_set_tensor (FOVEA_MAP_GRID (grid), tensor);
  ui_test_next_frame (grid);

  gtk_widget_child_focus (ui_test_find (grid, GTK_TYPE_GRID_VIEW, 0), GTK_DIR_TAB_FORWARD);
  focus = gtk_window_get_focus (window);
  g_assert_nonnull (focus);
  g_assert_true (FOVEA_IS_MAP_CELL (gtk_widget_get_first_child (focus)));
  ui_test_press (focus, GDK_KEY_Right);
  g_assert_cmpuint (fovea_map_grid_get_selected (FOVEA_MAP_GRID (grid)), ==, 1);

  ui_test_destroy (window);
}

static void
test_vector (void)
{
  const float values[] = { 0.5f, -1, 3, 2 };
  GtkWidget *grid = fovea_map_grid_new ();
  GtkWindow *window = ui_test_window (grid, 400, 500);
  g_autoptr (CnnTensor) tensor = cnn_tensor_new_from_data (&CNN_SHAPE_2 (1, 4), values);
  GtkWidget *vector, *list, *chart;
  GtkSelectionModel *model;

  fovea_map_grid_set_tensor (FOVEA_MAP_GRID (grid), tensor);
  ui_test_next_frame (grid);

  /* The list goes from 3 (channel 2) over 2 and 0.5 to −1. */
  vector = ui_test_find (grid, FOVEA_TYPE_VECTOR_VIEW, 0);
  list = ui_test_find (vector, GTK_TYPE_LIST_VIEW, 0);
  model = gtk_list_view_get_model (GTK_LIST_VIEW (list));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 4);
  gtk_selection_model_select_item (model, 3, TRUE);
  g_assert_cmpuint (fovea_map_grid_get_selected (FOVEA_MAP_GRID (grid)), ==, 1);

  chart = ui_test_find (grid, FOVEA_TYPE_VECTOR_CHART, 0);
  ui_test_press (chart, GDK_KEY_Right);
  g_assert_cmpuint (fovea_map_grid_get_selected (FOVEA_MAP_GRID (grid)), ==, 2);
  g_assert_true (gtk_selection_model_is_selected (model, 0));
  ui_test_press (chart, GDK_KEY_End);
  g_assert_cmpuint (fovea_map_grid_get_selected (FOVEA_MAP_GRID (grid)), ==, 3);

  ui_test_destroy (window);
}

static void
test_view_probe (void)
{
  GtkWidget *widget = fovea_map_view_new ();
  FoveaMapView *view = FOVEA_MAP_VIEW (widget);
  GtkWindow *window = ui_test_window (widget, 400, 430);
  g_autoptr (CnnTensor) tensor = make_tensor (3, 8, 8);
  g_autoptr (CnnTensor) small = make_tensor (3, 2, 2);
  g_autoptr (FoveaMap) map = fovea_map_new (tensor, 1);
  guint n_map = 0, n_column = 0;
  int column, row;

  g_signal_connect (view, "notify::map", G_CALLBACK (ui_test_count_cb), &n_map);
  g_signal_connect (view, "notify::column", G_CALLBACK (ui_test_count_cb), &n_column);
  fovea_map_view_set_map (view, map);
  fovea_map_view_set_map (view, map);
  g_assert_cmpuint (n_map, ==, 1);
  ui_test_next_frame (widget);

  g_assert_false (fovea_map_view_pick (view, 200, 429, &column, &row));
  g_assert_true (fovea_map_view_pick (view, 200 - 4, 200 - 4, &column, &row));
  g_assert_cmpint (column, ==, 3);

  ui_test_press (widget, GDK_KEY_Right);
  g_assert_cmpint (fovea_map_view_get_column (view), ==, 4);
  g_assert_cmpint (fovea_map_view_get_row (view), ==, 4);
  ui_test_press (widget, GDK_KEY_Right);
  ui_test_press (widget, GDK_KEY_Up);
  g_assert_cmpint (fovea_map_view_get_column (view), ==, 5);
  g_assert_cmpint (fovea_map_view_get_row (view), ==, 3);
  g_assert_cmpuint (n_column, ==, 3);

  /* There is no such cell in a map of 2×2. */
  fovea_map_set_tensor (map, small);
  g_assert_cmpint (fovea_map_view_get_column (view), ==, -1);

  ui_test_destroy (window);
}

/* The first cell of channel 1 is its greatest, and painted so. */
static void
test_view_pixels (void)
{
  GtkWidget *widget = fovea_map_view_new ();
  GtkWindow *window = ui_test_window (widget, 400, 430);
  g_autoptr (CnnTensor) tensor = make_tensor (3, 100, 100);
  g_autoptr (FoveaMap) map = fovea_map_new (tensor, 1);
  g_autoptr (UiTestShot) shot = NULL;

  fovea_map_view_set_map (FOVEA_MAP_VIEW (widget), map);
  shot = ui_test_shoot (widget);

  for (int y = 0; y < 430; y++)
    for (int x = 0; x < 400; x++)
      {
        int column, row;

        if (fovea_map_view_pick (FOVEA_MAP_VIEW (widget), x + 0.5, y + 0.5, &column, &row))
          g_assert_cmphex (ui_test_shot_get (shot, x, y), ==, fovea_map_get_pixel (map, column, row));
      }

  ui_test_destroy (window);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  fovea_ui_init ();

  g_test_add_func ("/ui/map-grid/create", test_create);
  g_test_add_func ("/ui/map-grid/properties", test_properties);
  g_test_add_func ("/ui/map-grid/selection-stays", test_selection_stays);
  g_test_add_func ("/ui/map-grid/statistics", test_statistics);
  g_test_add_func ("/ui/map-grid/bounded", test_bounded);
  g_test_add_func ("/ui/map-grid/resize", test_resize);
  g_test_add_func ("/ui/map-grid/keyboard", test_keyboard);
  g_test_add_func ("/ui/map-grid/vector", test_vector);
  g_test_add_func ("/ui/map-view/probe", test_view_probe);
  g_test_add_func ("/ui/map-view/pixels", test_view_pixels);

  return g_test_run ();
}
