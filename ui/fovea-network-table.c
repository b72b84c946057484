#define G_LOG_DOMAIN "fovea-network-table"

#include "fovea-network-table.h"

#include "fovea-format.h"
#include "fovea-network-row.h"
#include "fovea-scroll-to.h"
#include "fovea-value-bar.h"

#include <glib/gi18n.h>

/* GListStore of FoveaNetworkRow, one a layer ──► GtkSortListModel, by the header
 *                                            ──► GtkSingleSelection ──► GtkColumnView
 *
 * Another convention makes other rows. */

struct _FoveaNetworkTable
{
  AdwBin parent_instance;

  CnnConvention convention;
  guint selected;
  guint64 greatest_cost;
  gboolean filling;

  /* Owned References */
  CnnNetwork *network;
  GListStore *rows;

  /* Template Widgets */
  GtkDropDown *convention_drop_down;
  GtkLabel *explanation;
  GtkColumnView *view;
  GtkSingleSelection *selection;
  GtkSortListModel *sorted;
  GtkLabel *formula;
  GtkLabel *totals;
};

enum
{
  PROP_0,
  PROP_NETWORK,
  PROP_CONVENTION,
  PROP_SELECTED,
  N_PROPS
};

enum
{
  LAYER_ACTIVATED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FoveaNetworkTable, fovea_network_table, ADW_TYPE_BIN)

static const char *
explain_convention (CnnConvention convention)
{
  switch (convention)
    {
    case CNN_CONVENTION_HOMEWORK:
      return _("One a multiplication, one an addition, n − 1 a maximum over n values; "
               "bias and ReLU are not counted.");
    case CNN_CONVENTION_MAC:
      return _("One a multiply-accumulate of a convolution or linear layer, and nothing else.");
    case CNN_CONVENTION_FLOP:
      return _("Two a multiply-accumulate, one every other operation and comparison; "
               "bias, normalisation and ReLU are counted.");
    default:
      g_return_val_if_reached ("");
    }
}

static void
network_table_update_totals (FoveaNetworkTable *self)
{
  CnnCost cost;
  guint n_layers = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  g_autofree char *layers = fovea_format_count (n_layers);
  g_autofree char *parameters = NULL;
  g_autofree char *multiplications = NULL;
  g_autofree char *additions = NULL;
  g_autofree char *comparisons = NULL;
  g_autofree char *flops = NULL;
  g_autofree char *text = NULL;

  if (self->network == NULL)
    {
      gtk_label_set_text (self->totals, "");
      return;
    }

  cnn_network_get_cost (self->network, self->convention, &cost);
  parameters = fovea_format_count (cost.parameters);
  multiplications = fovea_format_count (cost.multiplications);
  additions = fovea_format_count (cost.additions);
  comparisons = fovea_format_count (cost.comparisons);
  flops = fovea_format_count (cost.flops);
  text = g_strdup_printf (_("%s layers, %s parameters; %s multiplications, %s additions, "
                            "%s comparisons: %s operations"),
                          layers, parameters, multiplications, additions, comparisons, flops);
  gtk_label_set_text (self->totals, text);
}

static void
network_table_update_formula (FoveaNetworkTable *self)
{
  g_autoptr (FoveaNetworkRow) row = NULL;
  g_autofree char *text = NULL;

  if (self->selected != GTK_INVALID_LIST_POSITION)
    {
      row = g_list_model_get_item (G_LIST_MODEL (self->rows), self->selected);
      text = fovea_network_row_dup_formula (row);
    }

  gtk_label_set_text (self->formula, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->formula), text != NULL);
}

/* Where the sorting has put a layer. */
static guint
network_table_find_position (FoveaNetworkTable *self,
                             guint              index)
{
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->sorted));

  if (index == GTK_INVALID_LIST_POSITION)
    return index;

  for (guint i = 0; i < n_rows; i++)
    {
      g_autoptr (FoveaNetworkRow) row = g_list_model_get_item (G_LIST_MODEL (self->sorted), i);

      if (cnn_layer_get_index (fovea_network_row_get_layer (row)) == index)
        return i;
    }

  return GTK_INVALID_LIST_POSITION;
}

static void
network_table_show_selected (FoveaNetworkTable *self)
{
  guint position = network_table_find_position (self, self->selected);

  if (gtk_single_selection_get_selected (self->selection) == position)
    return;

  gtk_single_selection_set_selected (self->selection, position);
  if (position != GTK_INVALID_LIST_POSITION)
    fovea_scroll_to (gtk_widget_get_last_child (GTK_WIDGET (self->view)), position);
}

static void
network_table_fill (FoveaNetworkTable *self)
{
  guint n_layers = self->network != NULL ? cnn_network_get_n_layers (self->network) : 0;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_full (n_layers, g_object_unref);

  self->greatest_cost = 0;
  for (guint i = 0; i < n_layers; i++)
    {
      FoveaNetworkRow *row = fovea_network_row_new (cnn_network_get_layer (self->network, i),
                                                    self->convention);
      guint64 flops = fovea_network_row_get_number (row, FOVEA_NETWORK_COLUMN_FLOPS);

      g_ptr_array_add (rows, row);
      self->greatest_cost = MAX (self->greatest_cost, flops);
    }

  /* The old rows take the list's selection with them; ours stays. */
  self->filling = TRUE;
  g_list_store_splice (self->rows, 0, g_list_model_get_n_items (G_LIST_MODEL (self->rows)),
                       rows->pdata, rows->len);
  network_table_show_selected (self);
  self->filling = FALSE;

  gtk_label_set_text (self->explanation, explain_convention (self->convention));
  network_table_update_totals (self);
  network_table_update_formula (self);
}

/* A column of the view: what its cells and its sorter need to know. */
typedef struct
{
  FoveaNetworkTable *table;
  FoveaNetworkColumn column;
} Column;

static void
cell_setup_cb (GtkSignalListItemFactory *factory,
               GtkListItem              *item,
               gpointer                  user_data)
{
  Column *column = user_data;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *label = gtk_label_new (NULL);
  gboolean numeric = fovea_network_column_is_numeric (column->column);

  gtk_label_set_xalign (GTK_LABEL (label), numeric ? 1 : 0);
  gtk_widget_set_vexpand (label, TRUE);
  if (numeric)
    gtk_widget_add_css_class (label, "numeric");
  if (column->column == FOVEA_NETWORK_COLUMN_NAME)
    gtk_widget_add_css_class (label, "monospace");
  gtk_box_append (GTK_BOX (box), label);
  if (column->column == FOVEA_NETWORK_COLUMN_FLOPS)
    gtk_box_append (GTK_BOX (box), fovea_value_bar_new ());

  gtk_list_item_set_child (item, box);
}

static void
cell_bind_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *item,
              gpointer                  user_data)
{
  Column *column = user_data;
  FoveaNetworkRow *row = gtk_list_item_get_item (item);
  GtkWidget *label = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *bar = gtk_widget_get_next_sibling (label);
  g_autofree char *text = fovea_network_row_dup_text (row, column->column);

  gtk_label_set_text (GTK_LABEL (label), text);
  if (bar != NULL)
    {
      guint64 flops = fovea_network_row_get_number (row, FOVEA_NETWORK_COLUMN_FLOPS);

      gtk_widget_set_opacity (bar, flops > 0 ? 1 : 0);
      fovea_value_bar_set (FOVEA_VALUE_BAR (bar), flops, 0, column->table->greatest_cost);
    }
}

static int
compare_cb (gconstpointer a,
            gconstpointer b,
            gpointer      user_data)
{
  Column *column = user_data;

  return fovea_network_row_compare ((FoveaNetworkRow *) a, (FoveaNetworkRow *) b, column->column);
}

static void
network_table_add_column (FoveaNetworkTable  *self,
                          FoveaNetworkColumn  id)
{
  Column *column = g_new (Column, 1);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) view_column =
    gtk_column_view_column_new (fovea_network_column_get_title (id), factory);
  g_autoptr (GtkSorter) sorter = NULL;

  *column = (Column) { self, id };
  g_signal_connect (factory, "setup", G_CALLBACK (cell_setup_cb), column);
  g_signal_connect (factory, "bind", G_CALLBACK (cell_bind_cb), column);

  sorter = GTK_SORTER (gtk_custom_sorter_new (compare_cb, column, NULL));
  gtk_column_view_column_set_sorter (view_column, sorter);
  g_object_set_data_full (G_OBJECT (view_column), "fovea-column", column, g_free);
  gtk_column_view_column_set_resizable (view_column, TRUE);
  gtk_column_view_column_set_expand (view_column, id == FOVEA_NETWORK_COLUMN_FLOPS);
  gtk_column_view_append_column (self->view, view_column);
}

static void
selection_notify_selected_cb (GtkSingleSelection *selection,
                              GParamSpec         *pspec,
                              gpointer            user_data)
{
  FoveaNetworkTable *self = user_data;
  FoveaNetworkRow *row = gtk_single_selection_get_selected_item (selection);

  if (row != NULL && !self->filling)
    fovea_network_table_set_selected (self, cnn_layer_get_index (fovea_network_row_get_layer (row)));
}

static void
view_activate_cb (GtkColumnView *view,
                  guint          position,
                  gpointer       user_data)
{
  FoveaNetworkTable *self = user_data;
  g_autoptr (FoveaNetworkRow) row =
    g_list_model_get_item (G_LIST_MODEL (gtk_column_view_get_model (view)), position);

  if (row != NULL)
    g_signal_emit (self, signals[LAYER_ACTIVATED], 0,
                   cnn_layer_get_index (fovea_network_row_get_layer (row)));
}

static void
convention_chosen_cb (GtkDropDown *drop_down,
                      GParamSpec  *pspec,
                      gpointer     user_data)
{
  fovea_network_table_set_convention (user_data, gtk_drop_down_get_selected (drop_down));
}

static void
copy_csv (GtkWidget  *widget,
          const char *action_name,
          GVariant   *parameter)
{
  g_autofree char *csv = fovea_network_table_dup_csv (FOVEA_NETWORK_TABLE (widget));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), csv);
}

static void
fovea_network_table_get_property (GObject    *object,
                                  guint       property_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  FoveaNetworkTable *self = FOVEA_NETWORK_TABLE (object);

  switch (property_id)
    {
    case PROP_NETWORK:
      g_value_set_object (value, self->network);
      break;
    case PROP_CONVENTION:
      g_value_set_uint (value, self->convention);
      break;
    case PROP_SELECTED:
      g_value_set_uint (value, self->selected);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_network_table_set_property (GObject      *object,
                                  guint         property_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  FoveaNetworkTable *self = FOVEA_NETWORK_TABLE (object);

  switch (property_id)
    {
    case PROP_NETWORK:
      fovea_network_table_set_network (self, g_value_get_object (value));
      break;
    case PROP_CONVENTION:
      fovea_network_table_set_convention (self, g_value_get_uint (value));
      break;
    case PROP_SELECTED:
      fovea_network_table_set_selected (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_network_table_dispose (GObject *object)
{
  FoveaNetworkTable *self = FOVEA_NETWORK_TABLE (object);

  /* What the list does to its selection from here on is no choice. */
  self->filling = TRUE;
  gtk_widget_dispose_template (GTK_WIDGET (self), FOVEA_TYPE_NETWORK_TABLE);
  g_clear_object (&self->rows);
  g_clear_object (&self->network);

  G_OBJECT_CLASS (fovea_network_table_parent_class)->dispose (object);
}

static void
fovea_network_table_class_init (FoveaNetworkTableClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = fovea_network_table_dispose;
  object_class->get_property = fovea_network_table_get_property;
  object_class->set_property = fovea_network_table_set_property;

  /**
   * FoveaNetworkTable:network:
   *
   * The network whose layers are shown.
   */
  properties[PROP_NETWORK] =
    g_param_spec_object ("network", NULL, NULL, CNN_TYPE_NETWORK, flags);

  /**
   * FoveaNetworkTable:convention:
   *
   * How operations are counted, a [enum@Cnn.Convention].
   */
  properties[PROP_CONVENTION] =
    g_param_spec_uint ("convention", NULL, NULL, CNN_CONVENTION_HOMEWORK, CNN_CONVENTION_FLOP,
                       CNN_CONVENTION_HOMEWORK, flags);

  /**
   * FoveaNetworkTable:selected:
   *
   * The index of the selected layer, or %GTK_INVALID_LIST_POSITION. It does not
   * change with the order of the rows.
   */
  properties[PROP_SELECTED] =
    g_param_spec_uint ("selected", NULL, NULL, 0, G_MAXUINT, GTK_INVALID_LIST_POSITION, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * FoveaNetworkTable::layer-activated:
   * @self: the table
   * @layer: a layer's index
   *
   * Emitted when a layer is double-clicked or entered by key.
   */
  signals[LAYER_ACTIVATED] =
    g_signal_new ("layer-activated", FOVEA_TYPE_NETWORK_TABLE, G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  /**
   * FoveaNetworkTable|network-table.copy-csv:
   *
   * Puts the table into the clipboard, as CSV.
   */
  gtk_widget_class_install_action (widget_class, "network-table.copy-csv", NULL, copy_csv);

  gtk_widget_class_set_css_name (widget_class, "fovea-network-table");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-network-table.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkTable, convention_drop_down);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkTable, explanation);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkTable, view);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkTable, selection);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkTable, sorted);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkTable, formula);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkTable, totals);
  gtk_widget_class_bind_template_callback (widget_class, selection_notify_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, view_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, convention_chosen_cb);
}

static void
fovea_network_table_init (FoveaNetworkTable *self)
{
  self->selected = GTK_INVALID_LIST_POSITION;
  self->rows = g_list_store_new (FOVEA_TYPE_NETWORK_ROW);

  gtk_widget_init_template (GTK_WIDGET (self));

  for (guint i = 0; i < FOVEA_N_NETWORK_COLUMNS; i++)
    network_table_add_column (self, i);
  gtk_sort_list_model_set_sorter (self->sorted, gtk_column_view_get_sorter (self->view));
  gtk_sort_list_model_set_model (self->sorted, G_LIST_MODEL (self->rows));
  network_table_fill (self);
}

/**
 * fovea_network_table_new:
 *
 * Returns: (transfer floating): a new, empty table
 */
GtkWidget *
fovea_network_table_new (void)
{
  return g_object_new (FOVEA_TYPE_NETWORK_TABLE, NULL);
}

CnnNetwork *
fovea_network_table_get_network (FoveaNetworkTable *self)
{
  g_return_val_if_fail (FOVEA_IS_NETWORK_TABLE (self), NULL);

  return self->network;
}

/**
 * fovea_network_table_set_network:
 * @self: a table
 * @network: (nullable): a network
 *
 * Shows the layers of another network, none of them selected.
 */
void
fovea_network_table_set_network (FoveaNetworkTable *self,
                                 CnnNetwork        *network)
{
  g_return_if_fail (FOVEA_IS_NETWORK_TABLE (self));
  g_return_if_fail (network == NULL || CNN_IS_NETWORK (network));

  if (!g_set_object (&self->network, network))
    return;

  fovea_network_table_set_selected (self, GTK_INVALID_LIST_POSITION);
  network_table_fill (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORK]);
}

CnnConvention
fovea_network_table_get_convention (FoveaNetworkTable *self)
{
  g_return_val_if_fail (FOVEA_IS_NETWORK_TABLE (self), CNN_CONVENTION_HOMEWORK);

  return self->convention;
}

/**
 * fovea_network_table_set_convention:
 * @self: a table
 * @convention: how operations are counted
 *
 * Counts again. The selected layer stays selected.
 */
void
fovea_network_table_set_convention (FoveaNetworkTable *self,
                                    CnnConvention      convention)
{
  g_return_if_fail (FOVEA_IS_NETWORK_TABLE (self));
  g_return_if_fail (convention <= CNN_CONVENTION_FLOP);

  if (self->convention == convention)
    return;

  self->convention = convention;
  network_table_fill (self);
  gtk_drop_down_set_selected (self->convention_drop_down, convention);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONVENTION]);
}

guint
fovea_network_table_get_selected (FoveaNetworkTable *self)
{
  g_return_val_if_fail (FOVEA_IS_NETWORK_TABLE (self), GTK_INVALID_LIST_POSITION);

  return self->selected;
}

/**
 * fovea_network_table_set_selected:
 * @self: a table
 * @selected: the index of a layer, or %GTK_INVALID_LIST_POSITION
 *
 * Selects a layer, and shows where the size of its output comes from.
 */
void
fovea_network_table_set_selected (FoveaNetworkTable *self,
                                  guint              selected)
{
  g_return_if_fail (FOVEA_IS_NETWORK_TABLE (self));

  if (selected >= g_list_model_get_n_items (G_LIST_MODEL (self->rows)))
    selected = GTK_INVALID_LIST_POSITION;
  if (self->selected == selected)
    return;

  self->selected = selected;
  network_table_show_selected (self);
  network_table_update_formula (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

/**
 * fovea_network_table_dup_csv:
 * @self: a table
 *
 * Returns: (transfer full): the table as CSV: a line of column names, then a line
 *   a layer in the order of the network; the convention is in the name of its column
 */
char *
fovea_network_table_dup_csv (FoveaNetworkTable *self)
{
  GString *csv;

  g_return_val_if_fail (FOVEA_IS_NETWORK_TABLE (self), NULL);

  csv = g_string_new ("name,kind,kernel,stride,padding,output,parameters,"
                      "multiplications,additions,comparisons,");
  g_string_append_printf (csv, "operations (%s),receptive field\n",
                          cnn_convention_get_name (self->convention));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rows)); i++)
    {
      g_autoptr (FoveaNetworkRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);

      for (guint column = 0; column < FOVEA_N_NETWORK_COLUMNS; column++)
        {
          g_autofree char *field = fovea_network_row_dup_csv (row, column);

          g_string_append_printf (csv, "%s%s", column > 0 ? "," : "", field);
        }
      g_string_append_c (csv, '\n');
    }

  return g_string_free (csv, FALSE);
}
