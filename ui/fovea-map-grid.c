#define G_LOG_DOMAIN "fovea-map-grid"

#include "fovea-map-grid.h"

#include "fovea-color-legend.h"
#include "fovea-format.h"
#include "fovea-map-cell.h"
#include "fovea-scroll-to.h"
#include "fovea-vector-view.h"

#include <glib/gi18n.h>

/* What style.css puts around a cell, on both sides together. */
#define CELL_PADDING 10

/* GListStore of FoveaMap, one a channel ──► GtkSingleSelection ──► GtkGridView
 *
 * From tensor to tensor the maps stay, and show the same channels of the new
 * one; only those that are too many or missing come and go. */

struct _FoveaMapGrid
{
  AdwBin parent_instance;

  guint selected;
  FoveaColorMap color_map;
  gboolean shared_range;
  int cell_size;
  float minimum;
  float maximum;
  guint columns_source;

  /* Owned References */
  CnnTensor *tensor;
  GListStore *maps;

  /* Template Widgets */
  GtkLabel *summary;
  FoveaColorLegend *legend;
  GtkMenuButton *view_button;
  GtkStack *stack;
  GtkGridView *view;
  GtkSingleSelection *selection;
  FoveaVectorView *vector;
  GtkDropDown *color_map_drop_down;
  GtkDropDown *range_drop_down;
  GtkAdjustment *width_adjustment;
  GtkAdjustment *size_adjustment;
};

enum
{
  PROP_0,
  PROP_TENSOR,
  PROP_LABELS,
  PROP_SELECTED,
  PROP_SELECTED_MAP,
  PROP_COLOR_MAP,
  PROP_SHARED_RANGE,
  PROP_CELL_SIZE,
  N_PROPS
};

enum
{
  MAP_ACTIVATED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FoveaMapGrid, fovea_map_grid, ADW_TYPE_BIN)

/* Whether a tensor has maps to draw; what has no height and width is a vector. */
static gboolean
tensor_has_maps (CnnTensor *tensor)
{
  const CnnShape *shape = cnn_tensor_get_shape (tensor);

  return shape->n_dims == 4 && shape->dims[2] * shape->dims[3] > 1;
}

static FoveaMap *
map_grid_get_map (FoveaMapGrid *self,
                  guint         channel)
{
  g_autoptr (FoveaMap) map = g_list_model_get_item (G_LIST_MODEL (self->maps), channel);

  return map;                           /* the list keeps it */
}

static void
map_grid_measure_range (FoveaMapGrid *self)
{
  guint n_maps = g_list_model_get_n_items (G_LIST_MODEL (self->maps));

  for (guint i = 0; i < n_maps; i++)
    {
      const FoveaMapStatistics *statistics = fovea_map_get_statistics (map_grid_get_map (self, i));

      self->minimum = i == 0 ? statistics->minimum : MIN (self->minimum, statistics->minimum);
      self->maximum = i == 0 ? statistics->maximum : MAX (self->maximum, statistics->maximum);
    }
}

static void
map_grid_get_range (FoveaMapGrid *self,
                    FoveaMap     *map,
                    float        *low,
                    float        *high)
{
  const FoveaMapStatistics *statistics = map != NULL ? fovea_map_get_statistics (map) : NULL;

  *low = self->shared_range || statistics == NULL ? self->minimum : statistics->minimum;
  *high = self->shared_range || statistics == NULL ? self->maximum : statistics->maximum;
  fovea_color_map_fit_range (self->color_map, low, high);
}

/* The legend is that of the selected map, where each has its own. */
static void
map_grid_update_legend (FoveaMapGrid *self)
{
  FoveaMap *map = fovea_map_grid_get_selected_map (self);
  gboolean known = self->shared_range || map != NULL;
  float low, high;

  gtk_widget_set_visible (GTK_WIDGET (self->legend),
                          known && g_list_model_get_n_items (G_LIST_MODEL (self->maps)) > 0);
  map_grid_get_range (self, map, &low, &high);
  fovea_color_legend_set_range (self->legend, self->color_map, low, high);
}

static void
map_grid_update_colors (FoveaMapGrid *self)
{
  guint n_maps = g_list_model_get_n_items (G_LIST_MODEL (self->maps));

  for (guint i = 0; i < n_maps; i++)
    {
      FoveaMap *map = map_grid_get_map (self, i);
      float low, high;

      map_grid_get_range (self, map, &low, &high);
      fovea_map_set_colors (map, self->color_map, low, high);
    }

  map_grid_update_legend (self);
}

static void
map_grid_update_summary (FoveaMapGrid *self)
{
  guint n_maps = g_list_model_get_n_items (G_LIST_MODEL (self->maps));
  g_autofree char *count = NULL;
  g_autofree char *low = NULL;
  g_autofree char *high = NULL;
  g_autofree char *text = NULL;

  if (self->tensor == NULL)
    {
      gtk_label_set_text (self->summary, "");
      return;
    }

  if (n_maps > 0)
    {
      FoveaMap *map = map_grid_get_map (self, 0);

      low = fovea_format_value (self->minimum);
      high = fovea_format_value (self->maximum);
      count = fovea_format_count (n_maps);
      text = g_strdup_printf (ngettext ("%s map of %u×%u, range %s … %s",
                                        "%s maps of %u×%u, range %s … %s", n_maps),
                              count, fovea_map_get_rows (map), fovea_map_get_columns (map),
                              low, high);
    }
  else
    {
      FoveaMapStatistics statistics;
      gsize n_values = cnn_tensor_get_n_elements (self->tensor);

      fovea_map_statistics_init (&statistics, cnn_tensor_get_data (self->tensor), n_values);
      low = fovea_format_value (statistics.minimum);
      high = fovea_format_value (statistics.maximum);
      count = fovea_format_count (n_values);
      text = g_strdup_printf (ngettext ("%s value, range %s … %s",
                                        "%s values, range %s … %s", n_values),
                              count, low, high);
    }

  gtk_label_set_text (self->summary, text);
}

/* Makes the list as long as the tensor has channels, keeping the maps that both
 * have. */
static void
map_grid_update_maps (FoveaMapGrid *self)
{
  gboolean has_maps = self->tensor != NULL && tensor_has_maps (self->tensor);
  guint n_channels = has_maps ? cnn_tensor_get_shape (self->tensor)->dims[1] : 0;
  guint n_maps = g_list_model_get_n_items (G_LIST_MODEL (self->maps));
  guint n_kept = MIN (n_maps, n_channels);
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_kept; i++)
    fovea_map_set_tensor (map_grid_get_map (self, i), self->tensor);
  for (guint i = n_kept; i < n_channels; i++)
    g_ptr_array_add (added, fovea_map_new (self->tensor, i));

  if (n_maps != n_channels)
    g_list_store_splice (self->maps, n_kept, n_maps - n_kept, added->pdata, added->len);
}

static guint
map_grid_get_n_channels (FoveaMapGrid *self)
{
  guint n_maps = g_list_model_get_n_items (G_LIST_MODEL (self->maps));

  if (n_maps > 0 || self->tensor == NULL)
    return n_maps;

  return cnn_tensor_get_n_elements (self->tensor);
}

static void
cell_setup_cb (GtkSignalListItemFactory *factory,
               GtkListItem              *item,
               gpointer                  user_data)
{
  FoveaMapGrid *self = user_data;
  GtkWidget *cell = fovea_map_cell_new ();

  g_object_bind_property (self, "cell-size", cell, "size", G_BINDING_SYNC_CREATE);
  gtk_list_item_set_child (item, cell);
}

static void
cell_bind_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *item,
              gpointer                  user_data)
{
  fovea_map_cell_set_map (FOVEA_MAP_CELL (gtk_list_item_get_child (item)),
                          gtk_list_item_get_item (item));
}

static void
cell_unbind_cb (GtkSignalListItemFactory *factory,
                GtkListItem              *item,
                gpointer                  user_data)
{
  fovea_map_cell_set_map (FOVEA_MAP_CELL (gtk_list_item_get_child (item)), NULL);
}

/* GtkGridView keeps widgets for thirty rows of as many cells as it may ever have
 * in a row: so it may have what its width has room for, and no more. */
static void
map_grid_update_columns (FoveaMapGrid *self)
{
  int width = gtk_adjustment_get_page_size (self->width_adjustment);

  gtk_grid_view_set_max_columns (self->view, MAX (1, width / (self->cell_size + CELL_PADDING)));
}

static gboolean
update_columns_cb (gpointer user_data)
{
  FoveaMapGrid *self = user_data;

  self->columns_source = 0;
  map_grid_update_columns (self);

  return G_SOURCE_REMOVE;
}

/* This comes from the midst of the view's size allocation, which would stumble
 * over a change of its cells. */
static void
width_changed_cb (GtkAdjustment *adjustment,
                  GParamSpec    *pspec,
                  gpointer       user_data)
{
  FoveaMapGrid *self = user_data;

  if (self->columns_source == 0)
    self->columns_source = g_idle_add_full (GTK_PRIORITY_RESIZE, update_columns_cb, self, NULL);
}

static void
view_activate_cb (GtkGridView  *view,
                  guint         position,
                  FoveaMapGrid *self)
{
  g_signal_emit (self, signals[MAP_ACTIVATED], 0, position);
}

static void
selection_notify_selected_cb (GtkSingleSelection *selection,
                              GParamSpec         *pspec,
                              gpointer            user_data)
{
  FoveaMapGrid *self = user_data;

  /* While the list is being spliced, the selection follows us. */
  if (gtk_single_selection_get_selected (selection) != GTK_INVALID_LIST_POSITION)
    fovea_map_grid_set_selected (self, gtk_single_selection_get_selected (selection));
}

static void
vector_notify_selected_cb (FoveaVectorView *vector,
                           GParamSpec      *pspec,
                           gpointer         user_data)
{
  if (fovea_vector_view_get_selected (vector) != GTK_INVALID_LIST_POSITION)
    fovea_map_grid_set_selected (user_data, fovea_vector_view_get_selected (vector));
}

static void
color_map_chosen_cb (GtkDropDown *drop_down,
                     GParamSpec  *pspec,
                     gpointer     user_data)
{
  fovea_map_grid_set_color_map (user_data, gtk_drop_down_get_selected (drop_down));
}

static void
range_chosen_cb (GtkDropDown *drop_down,
                 GParamSpec  *pspec,
                 gpointer     user_data)
{
  fovea_map_grid_set_shared_range (user_data, gtk_drop_down_get_selected (drop_down) == 1);
}

static void
fovea_map_grid_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  FoveaMapGrid *self = FOVEA_MAP_GRID (object);

  switch (property_id)
    {
    case PROP_TENSOR:
      g_value_set_boxed (value, self->tensor);
      break;
    case PROP_LABELS:
      g_value_set_boxed (value, fovea_map_grid_get_labels (self));
      break;
    case PROP_SELECTED:
      g_value_set_uint (value, self->selected);
      break;
    case PROP_SELECTED_MAP:
      g_value_set_object (value, fovea_map_grid_get_selected_map (self));
      break;
    case PROP_COLOR_MAP:
      g_value_set_enum (value, self->color_map);
      break;
    case PROP_SHARED_RANGE:
      g_value_set_boolean (value, self->shared_range);
      break;
    case PROP_CELL_SIZE:
      g_value_set_int (value, self->cell_size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_map_grid_set_property (GObject      *object,
                             guint         property_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  FoveaMapGrid *self = FOVEA_MAP_GRID (object);

  switch (property_id)
    {
    case PROP_TENSOR:
      fovea_map_grid_set_tensor (self, g_value_get_boxed (value));
      break;
    case PROP_LABELS:
      fovea_map_grid_set_labels (self, g_value_get_boxed (value));
      break;
    case PROP_SELECTED:
      fovea_map_grid_set_selected (self, g_value_get_uint (value));
      break;
    case PROP_COLOR_MAP:
      fovea_map_grid_set_color_map (self, g_value_get_enum (value));
      break;
    case PROP_SHARED_RANGE:
      fovea_map_grid_set_shared_range (self, g_value_get_boolean (value));
      break;
    case PROP_CELL_SIZE:
      fovea_map_grid_set_cell_size (self, g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_map_grid_dispose (GObject *object)
{
  FoveaMapGrid *self = FOVEA_MAP_GRID (object);

  g_clear_handle_id (&self->columns_source, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), FOVEA_TYPE_MAP_GRID);
  g_clear_object (&self->maps);
  g_clear_pointer (&self->tensor, cnn_tensor_unref);

  G_OBJECT_CLASS (fovea_map_grid_parent_class)->dispose (object);
}

static void
fovea_map_grid_class_init (FoveaMapGridClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = fovea_map_grid_dispose;
  object_class->get_property = fovea_map_grid_get_property;
  object_class->set_property = fovea_map_grid_set_property;

  /**
   * FoveaMapGrid:tensor:
   *
   * A layer's output for one picture: 1×C×H×W, or 1×C.
   */
  properties[PROP_TENSOR] =
    g_param_spec_boxed ("tensor", NULL, NULL, CNN_TYPE_TENSOR, flags);

  /**
   * FoveaMapGrid:labels:
   *
   * What the values of a vector are called, where they are logits.
   */
  properties[PROP_LABELS] =
    g_param_spec_boxed ("labels", NULL, NULL, CNN_TYPE_LABELS, flags);

  /**
   * FoveaMapGrid:selected:
   *
   * The selected channel, or %GTK_INVALID_LIST_POSITION. It stays from tensor to
   * tensor as long as there is such a channel.
   */
  properties[PROP_SELECTED] =
    g_param_spec_uint ("selected", NULL, NULL, 0, G_MAXUINT, GTK_INVALID_LIST_POSITION, flags);

  /**
   * FoveaMapGrid:selected-map:
   *
   * The map of the selected channel; %NULL where there are no maps.
   */
  properties[PROP_SELECTED_MAP] =
    g_param_spec_object ("selected-map", NULL, NULL, FOVEA_TYPE_MAP,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaMapGrid:color-map:
   *
   * How numbers become colours.
   */
  properties[PROP_COLOR_MAP] =
    g_param_spec_enum ("color-map", NULL, NULL, FOVEA_TYPE_COLOR_MAP, FOVEA_COLOR_MAP_VIRIDIS,
                       flags);

  /**
   * FoveaMapGrid:shared-range:
   *
   * Whether the colours of all maps stand for the same numbers, so that maps
   * compare; otherwise each map uses all colours.
   */
  properties[PROP_SHARED_RANGE] =
    g_param_spec_boolean ("shared-range", NULL, NULL, FALSE, flags);

  /**
   * FoveaMapGrid:cell-size:
   *
   * Side of a map in the grid, in logical pixels.
   */
  properties[PROP_CELL_SIZE] =
    g_param_spec_int ("cell-size", NULL, NULL, 16, 1024, 96, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * FoveaMapGrid::map-activated:
   * @self: the grid
   * @channel: the map's channel
   *
   * A map was double-clicked, or Enter was pressed on it.
   */
  signals[MAP_ACTIVATED] =
    g_signal_new ("map-activated", FOVEA_TYPE_MAP_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_UINT);

  g_type_ensure (FOVEA_TYPE_COLOR_LEGEND);
  g_type_ensure (FOVEA_TYPE_VECTOR_VIEW);

  gtk_widget_class_set_css_name (widget_class, "fovea-map-grid");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-map-grid.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaMapGrid, summary);
  gtk_widget_class_bind_template_child (widget_class, FoveaMapGrid, legend);
  gtk_widget_class_bind_template_child (widget_class, FoveaMapGrid, view_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaMapGrid, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaMapGrid, view);
  gtk_widget_class_bind_template_child (widget_class, FoveaMapGrid, selection);
  gtk_widget_class_bind_template_child (widget_class, FoveaMapGrid, vector);
  gtk_widget_class_bind_template_child (widget_class, FoveaMapGrid, color_map_drop_down);
  gtk_widget_class_bind_template_child (widget_class, FoveaMapGrid, range_drop_down);
  gtk_widget_class_bind_template_child (widget_class, FoveaMapGrid, width_adjustment);
  gtk_widget_class_bind_template_child (widget_class, FoveaMapGrid, size_adjustment);
  gtk_widget_class_bind_template_callback (widget_class, cell_setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, cell_bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, cell_unbind_cb);
  gtk_widget_class_bind_template_callback (widget_class, width_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, view_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, selection_notify_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, vector_notify_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, color_map_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, range_chosen_cb);
}

static void
map_grid_fill_color_maps (FoveaMapGrid *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  for (guint i = 0; i < FOVEA_N_COLOR_MAPS; i++)
    gtk_string_list_append (titles, fovea_color_map_get_title (i));

  gtk_drop_down_set_model (self->color_map_drop_down, G_LIST_MODEL (titles));
}

static void
fovea_map_grid_init (FoveaMapGrid *self)
{
  self->selected = GTK_INVALID_LIST_POSITION;
  self->cell_size = 96;
  self->maps = g_list_store_new (FOVEA_TYPE_MAP);

  gtk_widget_init_template (GTK_WIDGET (self));

  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->maps));
  map_grid_fill_color_maps (self);
  fovea_map_grid_set_color_map (self, FOVEA_COLOR_MAP_VIRIDIS);
  g_object_bind_property (self, "cell-size", self->size_adjustment, "value",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

/**
 * fovea_map_grid_new:
 *
 * Returns: (transfer floating): a new, empty grid
 */
GtkWidget *
fovea_map_grid_new (void)
{
  return g_object_new (FOVEA_TYPE_MAP_GRID, NULL);
}

CnnTensor *
fovea_map_grid_get_tensor (FoveaMapGrid *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP_GRID (self), NULL);

  return self->tensor;
}

/**
 * fovea_map_grid_set_tensor:
 * @self: a grid
 * @tensor: (nullable): a layer's output, 1×C×H×W or 1×C; of several pictures
 *   the first is shown
 *
 * Shows another layer. The selected channel, and the place to which the grid is
 * scrolled, stay if they can.
 */
void
fovea_map_grid_set_tensor (FoveaMapGrid *self,
                           CnnTensor    *tensor)
{
  guint n_channels, selected;

  g_return_if_fail (FOVEA_IS_MAP_GRID (self));

  if (self->tensor == tensor)
    return;

  g_clear_pointer (&self->tensor, cnn_tensor_unref);
  if (tensor != NULL && cnn_tensor_get_n_elements (tensor) > 0)
    self->tensor = cnn_tensor_ref (tensor);

  /* Splicing moves the list's selection; ours is what was chosen. */
  selected = self->selected;
  map_grid_update_maps (self);
  fovea_vector_view_set_tensor (self->vector,
                                self->tensor != NULL && !tensor_has_maps (self->tensor)
                                ? self->tensor : NULL);
  self->selected = selected;

  map_grid_measure_range (self);
  map_grid_update_colors (self);
  map_grid_update_summary (self);
  gtk_widget_set_visible (GTK_WIDGET (self->view_button),
                          g_list_model_get_n_items (G_LIST_MODEL (self->maps)) > 0);
  gtk_stack_set_visible_child_name (self->stack,
                                    self->tensor == NULL ? "empty" :
                                    tensor_has_maps (self->tensor) ? "maps" : "vector");

  n_channels = map_grid_get_n_channels (self);
  if (selected >= n_channels)
    selected = g_list_model_get_n_items (G_LIST_MODEL (self->maps)) > 0
             ? 0 : GTK_INVALID_LIST_POSITION;
  fovea_map_grid_set_selected (self, selected);

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TENSOR]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED_MAP]);
}

CnnLabels *
fovea_map_grid_get_labels (FoveaMapGrid *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP_GRID (self), NULL);

  return fovea_vector_view_get_labels (self->vector);
}

/**
 * fovea_map_grid_set_labels:
 * @self: a grid
 * @labels: (nullable): names for the values of a vector with as many values
 *
 * Sets what logits are called. Vectors of another length go by number.
 */
void
fovea_map_grid_set_labels (FoveaMapGrid *self,
                           CnnLabels    *labels)
{
  g_return_if_fail (FOVEA_IS_MAP_GRID (self));

  if (fovea_map_grid_get_labels (self) == labels)
    return;

  fovea_vector_view_set_labels (self->vector, labels);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LABELS]);
}

guint
fovea_map_grid_get_selected (FoveaMapGrid *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP_GRID (self), GTK_INVALID_LIST_POSITION);

  return self->selected;
}

/**
 * fovea_map_grid_set_selected:
 * @self: a grid
 * @channel: a channel, or %GTK_INVALID_LIST_POSITION
 *
 * Selects a channel and scrolls it into view.
 */
void
fovea_map_grid_set_selected (FoveaMapGrid *self,
                             guint         channel)
{
  gboolean has_maps;

  g_return_if_fail (FOVEA_IS_MAP_GRID (self));

  if (channel >= map_grid_get_n_channels (self))
    channel = GTK_INVALID_LIST_POSITION;

  has_maps = g_list_model_get_n_items (G_LIST_MODEL (self->maps)) > 0;
  gtk_single_selection_set_selected (self->selection,
                                     has_maps ? channel : GTK_INVALID_LIST_POSITION);
  fovea_vector_view_set_selected (self->vector, has_maps ? GTK_INVALID_LIST_POSITION : channel);

  if (self->selected == channel)
    return;

  self->selected = channel;
  if (has_maps && channel != GTK_INVALID_LIST_POSITION)
    fovea_scroll_to (GTK_WIDGET (self->view), channel);
  map_grid_update_legend (self);

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED_MAP]);
}

/**
 * fovea_map_grid_get_selected_map:
 * @self: a grid
 *
 * Returns: (transfer none) (nullable): the map of the selected channel
 */
FoveaMap *
fovea_map_grid_get_selected_map (FoveaMapGrid *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP_GRID (self), NULL);

  if (self->selected >= g_list_model_get_n_items (G_LIST_MODEL (self->maps)))
    return NULL;

  return map_grid_get_map (self, self->selected);
}

FoveaColorMap
fovea_map_grid_get_color_map (FoveaMapGrid *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP_GRID (self), FOVEA_COLOR_MAP_GREY);

  return self->color_map;
}

void
fovea_map_grid_set_color_map (FoveaMapGrid  *self,
                              FoveaColorMap  color_map)
{
  g_return_if_fail (FOVEA_IS_MAP_GRID (self));
  g_return_if_fail (color_map < FOVEA_N_COLOR_MAPS);

  if (self->color_map == color_map)
    return;

  self->color_map = color_map;
  map_grid_update_colors (self);
  gtk_drop_down_set_selected (self->color_map_drop_down, color_map);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLOR_MAP]);
}

gboolean
fovea_map_grid_get_shared_range (FoveaMapGrid *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP_GRID (self), FALSE);

  return self->shared_range;
}

void
fovea_map_grid_set_shared_range (FoveaMapGrid *self,
                                 gboolean      shared_range)
{
  g_return_if_fail (FOVEA_IS_MAP_GRID (self));

  shared_range = !!shared_range;
  if (self->shared_range == shared_range)
    return;

  self->shared_range = shared_range;
  map_grid_update_colors (self);
  gtk_drop_down_set_selected (self->range_drop_down, shared_range);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHARED_RANGE]);
}

int
fovea_map_grid_get_cell_size (FoveaMapGrid *self)
{
  g_return_val_if_fail (FOVEA_IS_MAP_GRID (self), 0);

  return self->cell_size;
}

void
fovea_map_grid_set_cell_size (FoveaMapGrid *self,
                              int           cell_size)
{
  g_return_if_fail (FOVEA_IS_MAP_GRID (self));

  if (self->cell_size == cell_size)
    return;

  self->cell_size = cell_size;
  map_grid_update_columns (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CELL_SIZE]);
}
