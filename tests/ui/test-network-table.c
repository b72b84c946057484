#include "fovea-network-row.h"
#include "fovea-ui.h"
#include "ui/made-network.h"
#include "ui/ui-test.h"

#include <string.h>

static void
test_create (void)
{
  FoveaNetworkTable *table = g_object_ref_sink (FOVEA_NETWORK_TABLE (fovea_network_table_new ()));
  CnnNetwork *network = made_network_new ();

  fovea_network_table_set_network (table, network);
  g_assert_finalize_object (table);
  g_assert_finalize_object (network);
}

static void
test_properties (void)
{
  g_autoptr (FoveaNetworkTable) table =
    g_object_ref_sink (FOVEA_NETWORK_TABLE (fovea_network_table_new ()));
  g_autoptr (CnnNetwork) network = made_network_new ();
  guint n_network = 0, n_convention = 0, n_selected = 0;

  g_signal_connect (table, "notify::network", G_CALLBACK (ui_test_count_cb), &n_network);
  g_signal_connect (table, "notify::convention", G_CALLBACK (ui_test_count_cb), &n_convention);
  g_signal_connect (table, "notify::selected", G_CALLBACK (ui_test_count_cb), &n_selected);

  for (guint i = 0; i < 2; i++)
    {
      fovea_network_table_set_network (table, network);
      fovea_network_table_set_selected (table, 5);
      fovea_network_table_set_convention (table, CNN_CONVENTION_MAC);
    }
  g_assert_cmpuint (n_network, ==, 1);
  g_assert_cmpuint (n_convention, ==, 1);
  g_assert_cmpuint (n_selected, ==, 1);
  g_assert_cmpuint (fovea_network_table_get_selected (table), ==, 5);

  fovea_network_table_set_network (table, NULL);
  g_assert_cmpuint (fovea_network_table_get_selected (table), ==, GTK_INVALID_LIST_POSITION);
}

static GtkColumnView *
get_view (GtkWidget *table)
{
  return GTK_COLUMN_VIEW (ui_test_find (table, GTK_TYPE_COLUMN_VIEW, 0));
}

static CnnLayer *
layer_in_row (GtkColumnView *view,
              guint          position)
{
  GListModel *model = G_LIST_MODEL (gtk_column_view_get_model (view));
  g_autoptr (FoveaNetworkRow) row = g_list_model_get_item (model, position);

  return fovea_network_row_get_layer (row);
}

/* Sorting moves rows; what is selected is a layer. */
static void
test_sort (void)
{
  GtkWidget *table = fovea_network_table_new ();
  g_autoptr (CnnNetwork) network = made_network_new ();
  GtkWindow *window = ui_test_window (table, 1200, 600);
  GtkColumnView *view = get_view (table);
  GListModel *columns = gtk_column_view_get_columns (view);
  g_autoptr (GtkColumnViewColumn) parameters =
    g_list_model_get_item (columns, FOVEA_NETWORK_COLUMN_PARAMETERS);

  fovea_network_table_set_network (FOVEA_NETWORK_TABLE (table), network);
  fovea_network_table_set_selected (FOVEA_NETWORK_TABLE (table), 3);
  ui_test_next_frame (table);
  g_assert_cmpuint (cnn_layer_get_index (layer_in_row (view, 3)), ==, 3);

  /* The classifier has the most parameters: 65,000. */
  gtk_column_view_sort_by_column (view, parameters, GTK_SORT_DESCENDING);
  g_assert_cmpstr (cnn_layer_get_name (layer_in_row (view, 0)), ==, "fc");
  g_assert_cmpuint (fovea_network_table_get_selected (FOVEA_NETWORK_TABLE (table)), ==, 3);

  gtk_selection_model_select_item (gtk_column_view_get_model (view), 0, TRUE);
  g_assert_cmpuint (fovea_network_table_get_selected (FOVEA_NETWORK_TABLE (table)), ==,
                    cnn_network_get_n_layers (network) - 1);

  ui_test_destroy (window);
}

static void
check_text (CnnNetwork         *network,
            const char         *layer,
            FoveaNetworkColumn  column,
            const char         *expected)
{
  g_autoptr (FoveaNetworkRow) row =
    fovea_network_row_new (cnn_network_find_layer (network, layer), CNN_CONVENTION_HOMEWORK);
  g_autofree char *text = fovea_network_row_dup_text (row, column);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_cells (void)
{
  g_autoptr (CnnNetwork) network = made_network_new ();

  check_text (network, "conv1", FOVEA_NETWORK_COLUMN_KERNEL, "7×7");
  check_text (network, "conv1", FOVEA_NETWORK_COLUMN_STRIDE, "2");
  check_text (network, "conv1", FOVEA_NETWORK_COLUMN_PADDING, "3");
  check_text (network, "conv1", FOVEA_NETWORK_COLUMN_OUTPUT, "8×112×112");
  check_text (network, "conv1", FOVEA_NETWORK_COLUMN_PARAMETERS, "1,176");
  check_text (network, "conv1", FOVEA_NETWORK_COLUMN_MULTIPLICATIONS, "14,751,744");
  check_text (network, "conv1", FOVEA_NETWORK_COLUMN_FIELD, "7×7");
  check_text (network, "maxpool", FOVEA_NETWORK_COLUMN_COMPARISONS, "200,704");
  check_text (network, "maxpool", FOVEA_NETWORK_COLUMN_FIELD, "11×11");
  check_text (network, "flatten", FOVEA_NETWORK_COLUMN_KERNEL, "");
  check_text (network, "flatten", FOVEA_NETWORK_COLUMN_FLOPS, "");
}

static void
check_formula (CnnNetwork *network,
               const char *layer,
               const char *expected)
{
  g_autoptr (FoveaNetworkRow) row =
    fovea_network_row_new (cnn_network_find_layer (network, layer), CNN_CONVENTION_HOMEWORK);
  g_autofree char *text = fovea_network_row_dup_formula (row);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_formula (void)
{
  g_autoptr (CnnNetwork) network = made_network_new ();

  check_formula (network, "conv1",
                 "conv1: side ⌊(224 + 6 − 7) / 2⌋ + 1 = 112\n"
                 "112·112 cells · 3 channels · 7·7 kernel · 8 filters = 14,751,744 products");
  check_formula (network, "maxpool", "maxpool: side ⌊(112 + 2 − 3) / 2⌋ + 1 = 56");
  check_formula (network, "fc", "fc: 64 inputs · 1000 outputs = 64,000 products");
  check_formula (network, "relu", "relu: 8×112×112");
}

static void
test_csv (void)
{
  g_autoptr (FoveaNetworkTable) table =
    g_object_ref_sink (FOVEA_NETWORK_TABLE (fovea_network_table_new ()));
  g_autoptr (CnnNetwork) network = made_network_new ();
  g_autofree char *csv = NULL;
  g_auto (GStrv) lines = NULL;

  fovea_network_table_set_network (table, network);
  csv = fovea_network_table_dup_csv (table);
  lines = g_strsplit (csv, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, cnn_network_get_n_layers (network) + 2);
  g_assert_true (g_str_has_prefix (lines[0], "name,kind,kernel,"));
  g_assert_true (g_str_has_prefix (lines[2], "conv1,"));
  g_assert_nonnull (strstr (lines[2], ",7×7,2,3,8×112×112,1176,14751744,"));
  g_assert_true (g_str_has_suffix (lines[2], ",7×7"));
}

static void
read_text_cb (GObject      *clipboard,
              GAsyncResult *result,
              gpointer      user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

static gboolean
has_text (gpointer data)
{
  return *(char **) data != NULL;
}

static void
test_copy (void)
{
  GtkWidget *table = fovea_network_table_new ();
  g_autoptr (CnnNetwork) network = made_network_new ();
  GtkWindow *window = ui_test_window (table, 600, 400);
  g_autofree char *csv = NULL;
  g_autofree char *copied = NULL;

  fovea_network_table_set_network (FOVEA_NETWORK_TABLE (table), network);
  csv = fovea_network_table_dup_csv (FOVEA_NETWORK_TABLE (table));

  g_assert_true (gtk_widget_activate_action (table, "network-table.copy-csv", NULL));
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (table), NULL, read_text_cb, &copied);
  ui_test_wait (has_text, &copied);
  g_assert_cmpstr (copied, ==, csv);

  ui_test_destroy (window);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  fovea_ui_init ();

  g_test_add_func ("/ui/network-table/create", test_create);
  g_test_add_func ("/ui/network-table/properties", test_properties);
  g_test_add_func ("/ui/network-table/sort", test_sort);
  g_test_add_func ("/ui/network-table/cells", test_cells);
  g_test_add_func ("/ui/network-table/formula", test_formula);
  g_test_add_func ("/ui/network-table/csv", test_csv);
  g_test_add_func ("/ui/network-table/copy", test_copy);

  return g_test_run ();
}
