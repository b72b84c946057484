#define G_LOG_DOMAIN "fovea-layer-list"

#include "fovea-layer-list.h"

#include "fovea-format.h"
#include "fovea-layer-row.h"
#include "fovea-scroll-to.h"

#include <glib/gi18n.h>
#include <string.h>

/* CnnNetwork, of CnnLayer ──► GtkFilterListModel, by the search
 *                         ──► GtkSingleSelection ──► GtkListView
 *
 * What is selected is a layer of the network, whether the search shows it or
 * not. */

struct _FoveaLayerList
{
  AdwBin parent_instance;

  guint selected;
  guint64 greatest_cost;
  gboolean filtering;

  /* Owned References */
  CnnNetwork *network;
  char *needle;                         /* casefolded, or NULL */

  /* Template Widgets */
  GtkSearchEntry *search;
  GtkStack *stack;
  GtkListView *view;
  GtkSingleSelection *selection;
  GtkFilterListModel *filtered;
  GtkCustomFilter *filter;
};

enum
{
  PROP_0,
  PROP_NETWORK,
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

G_DEFINE_FINAL_TYPE (FoveaLayerList, fovea_layer_list, ADW_TYPE_BIN)

static gboolean
contains (const char *text,
          const char *needle)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  return strstr (folded, needle) != NULL;
}

static gboolean
filter_cb (gpointer item,
           gpointer user_data)
{
  FoveaLayerList *self = user_data;

  return self->needle == NULL ||
         contains (cnn_layer_get_name (item), self->needle) ||
         contains (fovea_format_kind (cnn_layer_get_kind (item)), self->needle);
}

/* Where the list shows a layer, or GTK_INVALID_LIST_POSITION. */
static guint
layer_list_find_position (FoveaLayerList *self,
                          guint           index)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));

  if (index == GTK_INVALID_LIST_POSITION)
    return index;

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (CnnLayer) layer = g_list_model_get_item (G_LIST_MODEL (self->filtered), i);

      if (cnn_layer_get_index (layer) == index)
        return i;
    }

  return GTK_INVALID_LIST_POSITION;
}

static void
layer_list_show_selected (FoveaLayerList *self)
{
  guint position = layer_list_find_position (self, self->selected);

  gtk_single_selection_set_selected (self->selection, position);
  if (position != GTK_INVALID_LIST_POSITION)
    fovea_scroll_to (GTK_WIDGET (self->view), position);
}

static void
search_changed_cb (GtkSearchEntry *search,
                   gpointer        user_data)
{
  FoveaLayerList *self = user_data;
  const char *text = gtk_editable_get_text (GTK_EDITABLE (search));

  g_clear_pointer (&self->needle, g_free);
  if (*text != '\0')
    self->needle = g_utf8_casefold (text, -1);

  /* Items that go take the list's selection with them; ours stays. */
  self->filtering = TRUE;
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  layer_list_show_selected (self);
  self->filtering = FALSE;

  gtk_stack_set_visible_child_name (self->stack,
                                    self->needle == NULL ||
                                    g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) > 0
                                    ? "layers" : "nothing");
}

static void
stop_search_cb (GtkSearchEntry *search,
                gpointer        user_data)
{
  FoveaLayerList *self = user_data;

  gtk_editable_set_text (GTK_EDITABLE (search), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
selection_notify_selected_cb (GtkSingleSelection *selection,
                              GParamSpec         *pspec,
                              gpointer            user_data)
{
  FoveaLayerList *self = user_data;
  CnnLayer *layer = gtk_single_selection_get_selected_item (selection);

  if (layer != NULL && !self->filtering)
    fovea_layer_list_set_selected (self, cnn_layer_get_index (layer));
}

static void
row_setup_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *item,
              gpointer                  user_data)
{
  gtk_list_item_set_child (item, fovea_layer_row_new ());
}

/* The block of a layer is what comes before the last dot of its name. */
static gboolean
layer_starts_block (FoveaLayerList *self,
                    CnnLayer       *layer)
{
  guint index = cnn_layer_get_index (layer);
  const char *name = cnn_layer_get_name (layer);
  const char *dot = strrchr (name, '.');
  const char *before;
  gsize length = dot != NULL ? dot - name + 1 : 0;

  if (index == 0)
    return FALSE;

  before = cnn_layer_get_name (cnn_network_get_layer (self->network, index - 1));
  dot = strrchr (before, '.');

  return length != (gsize) (dot != NULL ? dot - before + 1 : 0) ||
         strncmp (name, before, length) != 0;
}

static void
row_bind_cb (GtkSignalListItemFactory *factory,
             GtkListItem              *item,
             gpointer                  user_data)
{
  FoveaLayerList *self = user_data;
  GtkWidget *row = gtk_list_item_get_child (item);
  CnnLayer *layer = gtk_list_item_get_item (item);

  fovea_layer_row_set_layer (FOVEA_LAYER_ROW (row), layer, self->greatest_cost);
  if (self->needle == NULL && layer_starts_block (self, layer))
    gtk_widget_add_css_class (row, "block-start");
  else
    gtk_widget_remove_css_class (row, "block-start");
}

/* The keys of GtkListView go on from the row that has the focus, so it comes
 * along when ours have moved the selection. */
static void
layer_list_focus_selected (FoveaLayerList *self)
{
  for (GtkWidget *item = gtk_widget_get_first_child (GTK_WIDGET (self->view));
       item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      FoveaLayerRow *row = FOVEA_LAYER_ROW (gtk_widget_get_first_child (item));
      CnnLayer *layer = fovea_layer_row_get_layer (row);

      if (layer != NULL && cnn_layer_get_index (layer) == self->selected)
        {
          gtk_widget_grab_focus (item);
          return;
        }
    }
}

static gboolean
step_cb (GtkWidget *widget,
         GVariant  *arguments,
         gpointer   user_data)
{
  FoveaLayerList *self = FOVEA_LAYER_LIST (widget);

  fovea_layer_list_step (self, g_variant_get_int32 (arguments));
  if (gtk_widget_get_focus_child (GTK_WIDGET (self->view)) != NULL)
    layer_list_focus_selected (self);

  return TRUE;
}

static gboolean
step_key_cb (GtkWidget *view,
             GVariant  *arguments,
             gpointer   user_data)
{
  return step_cb (GTK_WIDGET (user_data), arguments, NULL);
}

/* J and K belong to the rows: above them they would start a search. */
static void
layer_list_add_step_keys (FoveaLayerList *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();
  const struct
  {
    guint keyval;
    int step;
  } keys[] = {
    { GDK_KEY_k, -1 },
    { GDK_KEY_j, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      GtkShortcut *shortcut =
        gtk_shortcut_new (gtk_keyval_trigger_new (keys[i].keyval, 0),
                          gtk_callback_action_new (step_key_cb, self, NULL));

      gtk_shortcut_set_arguments (shortcut, g_variant_new_int32 (keys[i].step));
      gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
    }

  gtk_widget_add_controller (GTK_WIDGET (self->view), controller);
}

static gboolean
fovea_layer_list_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (FOVEA_LAYER_LIST (widget)->view));
}

static void
fovea_layer_list_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  FoveaLayerList *self = FOVEA_LAYER_LIST (object);

  switch (property_id)
    {
    case PROP_NETWORK:
      g_value_set_object (value, self->network);
      break;
    case PROP_SELECTED:
      g_value_set_uint (value, self->selected);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_layer_list_set_property (GObject      *object,
                               guint         property_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  FoveaLayerList *self = FOVEA_LAYER_LIST (object);

  switch (property_id)
    {
    case PROP_NETWORK:
      fovea_layer_list_set_network (self, g_value_get_object (value));
      break;
    case PROP_SELECTED:
      fovea_layer_list_set_selected (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
view_activate_cb (GtkListView    *view,
                  guint           position,
                  FoveaLayerList *self)
{
  g_autoptr (CnnLayer) layer = g_list_model_get_item (G_LIST_MODEL (self->filtered), position);

  if (layer != NULL)
    g_signal_emit (self, signals[LAYER_ACTIVATED], 0, cnn_layer_get_index (layer));
}

static void
fovea_layer_list_dispose (GObject *object)
{
  FoveaLayerList *self = FOVEA_LAYER_LIST (object);

  if (self->filter != NULL)
    gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), FOVEA_TYPE_LAYER_LIST);
  g_clear_object (&self->network);
  g_clear_pointer (&self->needle, g_free);

  G_OBJECT_CLASS (fovea_layer_list_parent_class)->dispose (object);
}

static void
fovea_layer_list_class_init (FoveaLayerListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = fovea_layer_list_dispose;
  object_class->get_property = fovea_layer_list_get_property;
  object_class->set_property = fovea_layer_list_set_property;
  widget_class->grab_focus = fovea_layer_list_grab_focus;

  /**
   * FoveaLayerList:network:
   *
   * The network whose layers are listed.
   */
  properties[PROP_NETWORK] =
    g_param_spec_object ("network", NULL, NULL, CNN_TYPE_NETWORK, flags);

  /**
   * FoveaLayerList:selected:
   *
   * The index of the selected layer, or %GTK_INVALID_LIST_POSITION. A new
   * network selects its first layer.
   */
  properties[PROP_SELECTED] =
    g_param_spec_uint ("selected", NULL, NULL, 0, G_MAXUINT, GTK_INVALID_LIST_POSITION, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * FoveaLayerList::layer-activated:
   * @self: the list
   * @layer: a layer's index
   *
   * Emitted when a layer is double-clicked or entered by key.
   */
  signals[LAYER_ACTIVATED] =
    g_signal_new ("layer-activated", FOVEA_TYPE_LAYER_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_UINT);

  /* From the search, too. */
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Up, 0, step_cb, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Down, 0, step_cb, "i", 1);

  gtk_widget_class_set_css_name (widget_class, "fovea-layer-list");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-layer-list.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerList, search);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerList, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerList, view);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerList, selection);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerList, filtered);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerList, filter);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, selection_notify_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, view_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_bind_cb);
}

static void
fovea_layer_list_init (FoveaLayerList *self)
{
  self->selected = GTK_INVALID_LIST_POSITION;

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_custom_filter_set_filter_func (self->filter, filter_cb, self, NULL);
  layer_list_add_step_keys (self);
  gtk_search_entry_set_key_capture_widget (self->search, GTK_WIDGET (self));
}

/**
 * fovea_layer_list_new:
 *
 * Returns: (transfer floating): a new, empty list
 */
GtkWidget *
fovea_layer_list_new (void)
{
  return g_object_new (FOVEA_TYPE_LAYER_LIST, NULL);
}

CnnNetwork *
fovea_layer_list_get_network (FoveaLayerList *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER_LIST (self), NULL);

  return self->network;
}

static guint64
network_get_greatest_cost (CnnNetwork *network)
{
  guint64 greatest = 0;

  for (guint i = 0; i < cnn_network_get_n_layers (network); i++)
    {
      CnnCost cost;

      cnn_layer_get_cost (cnn_network_get_layer (network, i), CNN_CONVENTION_FLOP, &cost);
      greatest = MAX (greatest, cost.flops);
    }

  return greatest;
}

/**
 * fovea_layer_list_set_network:
 * @self: a list
 * @network: (nullable): a network
 *
 * Lists the layers of another network, and selects the first.
 */
void
fovea_layer_list_set_network (FoveaLayerList *self,
                              CnnNetwork     *network)
{
  g_return_if_fail (FOVEA_IS_LAYER_LIST (self));
  g_return_if_fail (network == NULL || CNN_IS_NETWORK (network));

  if (!g_set_object (&self->network, network))
    return;

  self->greatest_cost = network != NULL ? network_get_greatest_cost (network) : 0;
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");

  self->filtering = TRUE;
  gtk_filter_list_model_set_model (self->filtered, G_LIST_MODEL (network));
  self->filtering = FALSE;

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORK]);

  /* Another network's first layer is another layer. */
  self->selected = GTK_INVALID_LIST_POSITION;
  if (network != NULL)
    fovea_layer_list_set_selected (self, 0);
  else
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

guint
fovea_layer_list_get_selected (FoveaLayerList *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER_LIST (self), GTK_INVALID_LIST_POSITION);

  return self->selected;
}

/**
 * fovea_layer_list_set_selected:
 * @self: a list
 * @selected: the index of a layer, or %GTK_INVALID_LIST_POSITION
 *
 * Selects a layer, and scrolls it into view.
 */
void
fovea_layer_list_set_selected (FoveaLayerList *self,
                               guint           selected)
{
  g_return_if_fail (FOVEA_IS_LAYER_LIST (self));

  if (self->network == NULL || selected >= cnn_network_get_n_layers (self->network))
    selected = GTK_INVALID_LIST_POSITION;
  if (self->selected == selected)
    return;

  self->selected = selected;
  layer_list_show_selected (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

/**
 * fovea_layer_list_step:
 * @self: a list
 * @step: how far to go, negative is up
 *
 * Selects another of the layers that the search shows.
 *
 * Returns: whether the selection moved
 */
gboolean
fovea_layer_list_step (FoveaLayerList *self,
                       int             step)
{
  g_autoptr (CnnLayer) layer = NULL;
  gint64 position, n_items;

  g_return_val_if_fail (FOVEA_IS_LAYER_LIST (self), FALSE);

  n_items = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
  if (n_items == 0)
    return FALSE;

  position = gtk_single_selection_get_selected (self->selection);
  if (position == GTK_INVALID_LIST_POSITION)
    position = 0;
  else
    position = CLAMP (position + step, 0, n_items - 1);

  layer = g_list_model_get_item (G_LIST_MODEL (self->filtered), position);
  if (cnn_layer_get_index (layer) == self->selected)
    return FALSE;

  fovea_layer_list_set_selected (self, cnn_layer_get_index (layer));

  return TRUE;
}

/**
 * fovea_layer_list_start_search:
 * @self: a list
 *
 * Takes the focus to the search.
 */
void
fovea_layer_list_start_search (FoveaLayerList *self)
{
  g_return_if_fail (FOVEA_IS_LAYER_LIST (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}
