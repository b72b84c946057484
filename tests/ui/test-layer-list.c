#include "fovea-ui.h"
#include "fovea-layer-row.h"
#include "ui/made-network.h"
#include "ui/ui-test.h"

#include <string.h>

static void
test_create (void)
{
  FoveaLayerList *list = g_object_ref_sink (FOVEA_LAYER_LIST (fovea_layer_list_new ()));
  CnnNetwork *network = made_network_new ();

  fovea_layer_list_set_network (list, network);
  g_assert_finalize_object (list);
  g_assert_finalize_object (network);
}

static void
test_properties (void)
{
  g_autoptr (FoveaLayerList) list = g_object_ref_sink (FOVEA_LAYER_LIST (fovea_layer_list_new ()));
  g_autoptr (CnnNetwork) network = made_network_new ();
  g_autoptr (CnnNetwork) other = made_network_new ();
  guint n_network = 0, n_selected = 0;

  g_signal_connect (list, "notify::network", G_CALLBACK (ui_test_count_cb), &n_network);
  g_signal_connect (list, "notify::selected", G_CALLBACK (ui_test_count_cb), &n_selected);

  fovea_layer_list_set_network (list, network);
  fovea_layer_list_set_network (list, network);
  g_assert_cmpuint (n_network, ==, 1);
  g_assert_cmpuint (n_selected, ==, 1);
  g_assert_cmpuint (fovea_layer_list_get_selected (list), ==, 0);

  fovea_layer_list_set_selected (list, 7);
  fovea_layer_list_set_selected (list, 7);
  g_assert_cmpuint (n_selected, ==, 2);

  /* There is no such layer. */
  fovea_layer_list_set_selected (list, 10000);
  g_assert_cmpuint (fovea_layer_list_get_selected (list), ==, GTK_INVALID_LIST_POSITION);

  fovea_layer_list_set_selected (list, 7);
  fovea_layer_list_set_network (list, other);
  g_assert_cmpuint (fovea_layer_list_get_selected (list), ==, 0);
  g_assert_cmpuint (n_selected, ==, 5);

  fovea_layer_list_set_network (list, NULL);
  g_assert_cmpuint (fovea_layer_list_get_selected (list), ==, GTK_INVALID_LIST_POSITION);
}

static void
test_keyboard (void)
{
  GtkWidget *widget = fovea_layer_list_new ();
  FoveaLayerList *list = FOVEA_LAYER_LIST (widget);
  g_autoptr (CnnNetwork) network = made_network_new ();
  GtkWindow *window = ui_test_window (widget, 360, 600);

  fovea_layer_list_set_network (list, network);
  ui_test_next_frame (widget);
  gtk_widget_grab_focus (widget);

  ui_test_press (gtk_window_get_focus (window), GDK_KEY_Down);
  g_assert_cmpuint (fovea_layer_list_get_selected (list), ==, 1);
  ui_test_press (gtk_window_get_focus (window), GDK_KEY_j);
  ui_test_press (gtk_window_get_focus (window), GDK_KEY_j);
  g_assert_cmpuint (fovea_layer_list_get_selected (list), ==, 3);

  /* The list's own keys go on from there. */
  ui_test_press (gtk_window_get_focus (window), GDK_KEY_Down);
  g_assert_cmpuint (fovea_layer_list_get_selected (list), ==, 4);
  ui_test_press (gtk_window_get_focus (window), GDK_KEY_Up);
  ui_test_press (gtk_window_get_focus (window), GDK_KEY_k);
  g_assert_cmpuint (fovea_layer_list_get_selected (list), ==, 2);

  for (guint i = 0; i < 5; i++)
    ui_test_press (gtk_window_get_focus (window), GDK_KEY_k);
  g_assert_cmpuint (fovea_layer_list_get_selected (list), ==, 0);

  ui_test_destroy (window);
}

static gboolean
shows_three_rows (gpointer data)
{
  GtkListView *view = data;

  return g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (view))) == 3;
}

static gboolean
shows_all_rows (gpointer data)
{
  GtkListView *view = data;

  return g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (view))) > 60;
}

static void
test_search (void)
{
  GtkWidget *widget = fovea_layer_list_new ();
  FoveaLayerList *list = FOVEA_LAYER_LIST (widget);
  g_autoptr (CnnNetwork) network = made_network_new ();
  GtkWindow *window = ui_test_window (widget, 360, 600);
  GtkWidget *search = ui_test_find (widget, GTK_TYPE_SEARCH_ENTRY, 0);
  GtkWidget *view = ui_test_find (widget, GTK_TYPE_LIST_VIEW, 0);
  CnnLayer *layer;
  guint n_selected = 0;

  fovea_layer_list_set_network (list, network);
  fovea_layer_list_set_selected (list, 5);
  g_signal_connect (list, "notify::selected", G_CALLBACK (ui_test_count_cb), &n_selected);

  /* Looking around does not change what is selected. */
  gtk_editable_set_text (GTK_EDITABLE (search), "Downsample.0");
  ui_test_wait (shows_three_rows, view);
  g_assert_cmpuint (fovea_layer_list_get_selected (list), ==, 5);

  fovea_layer_list_step (list, 1);
  fovea_layer_list_step (list, 1);
  layer = cnn_network_get_layer (network, fovea_layer_list_get_selected (list));
  g_assert_cmpstr (cnn_layer_get_name (layer), ==, "layer3.0.downsample.0");
  g_assert_cmpuint (n_selected, ==, 2);

  g_signal_emit_by_name (search, "stop-search");
  ui_test_wait (shows_all_rows, view);
  g_assert_cmpuint (n_selected, ==, 2);
  g_assert_true (gtk_selection_model_is_selected (gtk_list_view_get_model (GTK_LIST_VIEW (view)),
                                                  fovea_layer_list_get_selected (list)));

  ui_test_destroy (window);
}

typedef struct
{
  GtkWidget *widget;
  CnnLayer *layer;
} Sight;

/* Whether the row of a layer lies within the list. */
static gboolean
is_in_sight (gpointer data)
{
  Sight *sight = data;
  GtkWidget *row;

  for (guint i = 0; (row = ui_test_find (sight->widget, FOVEA_TYPE_LAYER_ROW, i)) != NULL; i++)
    if (fovea_layer_row_get_layer (FOVEA_LAYER_ROW (row)) == sight->layer)
      {
        graphene_rect_t bounds;

        return gtk_widget_compute_bounds (row, sight->widget, &bounds) &&
               bounds.origin.y > 0 &&
               bounds.origin.y + bounds.size.height <= gtk_widget_get_height (sight->widget);
      }

  return FALSE;
}

static void
test_scroll (void)
{
  GtkWidget *widget = fovea_layer_list_new ();
  FoveaLayerList *list = FOVEA_LAYER_LIST (widget);
  g_autoptr (CnnNetwork) network = made_network_new ();
  guint last = cnn_network_get_n_layers (network) - 1;
  Sight sight = { widget, cnn_network_get_layer (network, last) };
  GtkWindow *window;

  /* Chosen before anything is laid out. */
  fovea_layer_list_set_network (list, network);
  fovea_layer_list_set_selected (list, last);
  window = ui_test_window (widget, 360, 600);
  ui_test_wait (is_in_sight, &sight);

  fovea_layer_list_set_selected (list, 0);
  sight.layer = cnn_network_get_layer (network, 0);
  ui_test_wait (is_in_sight, &sight);

  ui_test_destroy (window);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  fovea_ui_init ();

  g_test_add_func ("/ui/layer-list/create", test_create);
  g_test_add_func ("/ui/layer-list/properties", test_properties);
  g_test_add_func ("/ui/layer-list/keyboard", test_keyboard);
  g_test_add_func ("/ui/layer-list/search", test_search);
  g_test_add_func ("/ui/layer-list/scroll", test_scroll);

  return g_test_run ();
}
