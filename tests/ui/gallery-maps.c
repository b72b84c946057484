/* Shows one widget with made-up data, or draws it into a PNG:
 *
 *   gallery-maps WIDGET [--width W] [--height H] [--dark] [--output FILE.png]
 */

#include "fovea-ui.h"
#include "ui/made-network.h"
#include "ui/ui-test.h"

#include <adwaita.h>
#include <math.h>

static int width = 900;
static int height = 600;
static gboolean dark;
static char *output;

static const GOptionEntry entries[] = {
  { "width", 0, 0, G_OPTION_ARG_INT, &width, "Width of the window", "PIXELS" },
  { "height", 0, 0, G_OPTION_ARG_INT, &height, "Height of the window", "PIXELS" },
  { "dark", 0, 0, G_OPTION_ARG_NONE, &dark, "Use the dark style", NULL },
  { "output", 0, 0, G_OPTION_ARG_FILENAME, &output, "Draw into a PNG and end", "FILE" },
  { NULL }
};

/* Waves of many directions and lengths, some of them cut off below zero as by a
 * ReLU, and a dead one here and there. */
static CnnTensor *
make_maps (guint channels,
           guint side)
{
  CnnTensor *tensor = cnn_tensor_new (&CNN_SHAPE_4 (1, channels, side, side));
  float *data = cnn_tensor_get_mutable_data (tensor);

  for (guint c = 0; c < channels; c++)
    for (guint y = 0; y < side; y++)
      for (guint x = 0; x < side; x++)
        {
          double u = (double) x / side - 0.5, v = (double) y / side - 0.5;
          double angle = c * 2.4, frequency = 6 + c % 7 * 5;
          double wave = sin (frequency * (u * cos (angle) + v * sin (angle)) + c);
          double value = (2 + c % 5) * wave * exp (-6 * (u * u + v * v));

          if (c % 11 == 7)
            value = 0;
          *data++ = c % 3 == 0 ? value : MAX (value, 0);
        }

  return tensor;
}

static GtkWidget *
make_grid (guint channels,
           guint side)
{
  GtkWidget *grid = fovea_map_grid_new ();
  g_autoptr (CnnTensor) tensor = make_maps (channels, side);

  fovea_map_grid_set_labels (FOVEA_MAP_GRID (grid), cnn_labels_get_imagenet ());
  fovea_map_grid_set_tensor (FOVEA_MAP_GRID (grid), tensor);

  return grid;
}

static GtkWidget *
grid_page (void)
{
  return make_grid (64, 55);
}

static GtkWidget *
grid_2048_page (void)
{
  return make_grid (2048, 7);
}

static GtkWidget *
grid_diverging_page (void)
{
  GtkWidget *grid = make_grid (30, 111);

  fovea_map_grid_set_color_map (FOVEA_MAP_GRID (grid), FOVEA_COLOR_MAP_DIVERGING);
  fovea_map_grid_set_shared_range (FOVEA_MAP_GRID (grid), TRUE);
  fovea_map_grid_set_selected (FOVEA_MAP_GRID (grid), 3);

  return grid;
}

static GtkWidget *
vector_page (void)
{
  return make_grid (512, 1);
}

static GtkWidget *
logits_page (void)
{
  return make_grid (1000, 1);
}

static GtkWidget *
make_map_view (guint side)
{
  GtkWidget *view = fovea_map_view_new ();
  g_autoptr (CnnTensor) tensor = make_maps (4, side);
  g_autoptr (FoveaMap) map = fovea_map_new (tensor, 3);

  fovea_map_set_colors (map, FOVEA_COLOR_MAP_DIVERGING, -3, 3);
  fovea_map_view_set_map (FOVEA_MAP_VIEW (view), map);
  fovea_map_view_set_probe (FOVEA_MAP_VIEW (view), side / 3, side / 3);

  return view;
}

static GtkWidget *
map_view_page (void)
{
  return make_map_view (55);
}

static GtkWidget *
map_view_values_page (void)
{
  return make_map_view (9);
}

static GtkWidget *
layer_list_page (void)
{
  GtkWidget *list = fovea_layer_list_new ();
  g_autoptr (CnnNetwork) network = made_network_new ();

  fovea_layer_list_set_network (FOVEA_LAYER_LIST (list), network);
  fovea_layer_list_set_selected (FOVEA_LAYER_LIST (list), 22);

  return list;
}

/* As if a run over some pictures of all classes had come half way. */
static GListStore *
make_classes (void)
{
  CnnLabels *labels = cnn_labels_get_imagenet ();
  GListStore *classes = g_list_store_new (CNN_TYPE_CLASS_STATISTICS);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint i = 0; i < cnn_labels_get_size (labels); i++)
    {
      g_autoptr (CnnClassStatistics) statistics =
        cnn_class_statistics_new (i, cnn_labels_get_wnid (labels, i), cnn_labels_get_name (labels, i));
      double accuracy = 1 - pow (g_rand_double (rand), 1.8);
      guint total = g_rand_int_range (rand, 0, 50), correct = 0, top5 = 0;

      for (guint k = 0; k < total; k++)
        {
          double luck = g_rand_double (rand);

          correct += luck < accuracy;
          top5 += luck < sqrt (accuracy);
        }
      cnn_class_statistics_update (statistics, total, correct, top5);
      g_list_store_append (classes, statistics);
    }

  return classes;
}

/* The run goes on: 40 pictures now and again. */
static gboolean
score_cb (gpointer user_data)
{
  GListModel *classes = user_data;

  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (CnnClassStatistics) statistics =
        g_list_model_get_item (classes, g_random_int_range (0, g_list_model_get_n_items (classes)));
      gboolean correct = g_random_double () < 0.6;

      cnn_class_statistics_update (statistics, cnn_class_statistics_get_total (statistics) + 1,
                                   cnn_class_statistics_get_correct (statistics) + correct,
                                   cnn_class_statistics_get_top5 (statistics) + 1);
    }

  return G_SOURCE_CONTINUE;
}

static GtkWidget *
accuracy_page (void)
{
  GtkWidget *chart = fovea_accuracy_chart_new ();
  g_autoptr (GListStore) classes = make_classes ();

  fovea_accuracy_chart_set_model (FOVEA_ACCURACY_CHART (chart), G_LIST_MODEL (classes));
  fovea_accuracy_chart_set_order (FOVEA_ACCURACY_CHART (chart), FOVEA_CLASS_ORDER_BEST);

  return chart;
}

static GtkWidget *
accuracy_name_page (void)
{
  GtkWidget *chart = accuracy_page ();

  fovea_accuracy_chart_set_order (FOVEA_ACCURACY_CHART (chart), FOVEA_CLASS_ORDER_NAME);
  fovea_accuracy_chart_set_search (FOVEA_ACCURACY_CHART (chart), "dog");

  return chart;
}

static GtkWidget *
accuracy_live_page (void)
{
  GtkWidget *chart = accuracy_page ();

  g_timeout_add (200, score_cb, fovea_accuracy_chart_get_model (FOVEA_ACCURACY_CHART (chart)));

  return chart;
}

static GtkWidget *
convergence_page (void)
{
  GtkWidget *chart = fovea_convergence_chart_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  guint correct = 0, top5 = 0;
  double loss = 0;

  fovea_convergence_chart_set_total (FOVEA_CONVERGENCE_CHART (chart), 2500);
  for (guint i = 1; i <= 1700; i++)
    {
      double luck = g_rand_double (rand);

      correct += luck < 0.66;
      top5 += luck < 0.87;
      loss += -log (1 - luck) * 0.34;
      fovea_convergence_chart_append (FOVEA_CONVERGENCE_CHART (chart), i, (double) correct / i,
                                      (double) top5 / i, loss / i);
    }

  return chart;
}

static GtkWidget *
network_table_page (void)
{
  GtkWidget *table = fovea_network_table_new ();
  g_autoptr (CnnNetwork) network = made_network_new ();

  fovea_network_table_set_network (FOVEA_NETWORK_TABLE (table), network);
  fovea_network_table_set_selected (FOVEA_NETWORK_TABLE (table), 1);

  return table;
}

static const struct
{
  const char *name;
  GtkWidget *(*make) (void);
} pages[] = {
  { "grid", grid_page },
  { "grid-2048", grid_2048_page },
  { "grid-diverging", grid_diverging_page },
  { "vector", vector_page },
  { "logits", logits_page },
  { "map-view", map_view_page },
  { "map-view-values", map_view_values_page },
  { "layer-list", layer_list_page },
  { "network-table", network_table_page },
  { "convergence", convergence_page },
  { "accuracy", accuracy_page },
  { "accuracy-name", accuracy_name_page },
  { "accuracy-live", accuracy_live_page },
};

static void
save (GtkWidget *widget)
{
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));
  GdkPaintable *paintable = gtk_widget_paintable_new (widget);

  ui_test_next_frame (widget);
  ui_test_next_frame (widget);
  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (widget),
                          gtk_widget_get_height (widget));
  node = gtk_snapshot_to_node (snapshot);
  texture = gsk_renderer_render_texture (renderer, node, NULL);
  gdk_texture_save_to_png (texture, output);
  g_object_unref (paintable);
}

static GtkWidget *
make_page (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    if (g_strcmp0 (pages[i].name, name) == 0)
      return pages[i].make ();

  g_printerr ("gallery-maps: there is no widget “%s”; there are:", name);
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    g_printerr (" %s", pages[i].name);
  g_printerr ("\n");

  return NULL;
}

static gboolean
is_closed (gpointer window)
{
  return !gtk_widget_get_visible (window);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GOptionContext) options = g_option_context_new ("WIDGET");
  g_autoptr (GError) error = NULL;
  GtkWidget *page;
  GtkWindow *window;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    {
      g_printerr ("gallery-maps: %s\n", error->message);
      return 2;
    }

  gtk_init ();
  fovea_ui_init ();
  if (dark)
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                        ADW_COLOR_SCHEME_FORCE_DARK);

  page = make_page (argc > 1 ? argv[1] : NULL);
  if (page == NULL)
    return 2;

  window = ui_test_window (page, width, height);
  if (output != NULL)
    save (GTK_WIDGET (window));
  else
    while (!is_closed (window))
      g_main_context_iteration (NULL, TRUE);
  ui_test_destroy (window);

  return 0;
}
