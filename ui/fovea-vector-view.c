#define G_LOG_DOMAIN "fovea-vector-view"

#include "fovea-vector-view.h"

#include "fovea-format.h"
#include "fovea-scroll-to.h"
#include "fovea-tooltip.h"
#include "fovea-value-bar.h"
#include "fovea-vector-chart.h"

#include <glib/gi18n.h>
#include <math.h>

/* Of the bars beside names; without names they take all there is. */
#define BAR_WIDTH 96

/* One value of the vector, for the list. */

#define FOVEA_TYPE_VECTOR_ITEM (fovea_vector_item_get_type ())
G_DECLARE_FINAL_TYPE (FoveaVectorItem, fovea_vector_item, FOVEA, VECTOR_ITEM, GObject)

struct _FoveaVectorItem
{
  GObject parent_instance;

  guint index;
  float value;
};

G_DEFINE_FINAL_TYPE (FoveaVectorItem, fovea_vector_item, G_TYPE_OBJECT)

static void
fovea_vector_item_class_init (FoveaVectorItemClass *klass)
{
}

static void
fovea_vector_item_init (FoveaVectorItem *self)
{
}

/* GListStore of items, sorted once ──► GtkSingleSelection ──► GtkListView */

struct _FoveaVectorView
{
  AdwBin parent_instance;

  guint selected;
  float low;
  float high;

  /* Owned References */
  CnnTensor *tensor;
  CnnLabels *labels;
  GListStore *items;
  guint *places;                        /* index of a value to its row */

  /* Template Widgets */
  FoveaVectorChart *chart;
  GtkListView *list;
  GtkSingleSelection *selection;
};

enum
{
  PROP_0,
  PROP_TENSOR,
  PROP_LABELS,
  PROP_SELECTED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FoveaVectorView, fovea_vector_view, ADW_TYPE_BIN)

static guint
vector_view_get_n_values (FoveaVectorView *self)
{
  return self->tensor != NULL ? cnn_tensor_get_n_elements (self->tensor) : 0;
}

/* Greatest first; equal ones in their order; what is no number at the end. */
static int
compare_items (gconstpointer a,
               gconstpointer b)
{
  const FoveaVectorItem *first = *(FoveaVectorItem *const *) a;
  const FoveaVectorItem *second = *(FoveaVectorItem *const *) b;

  if (isnan (first->value) != isnan (second->value))
    return isnan (first->value) ? 1 : -1;
  if (first->value > second->value)
    return -1;
  if (first->value < second->value)
    return 1;

  return first->index < second->index ? -1 : first->index > second->index;
}

static void
vector_view_update_items (FoveaVectorView *self)
{
  guint n_values = vector_view_get_n_values (self);
  const float *values = self->tensor != NULL ? cnn_tensor_get_data (self->tensor) : NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_full (n_values, g_object_unref);

  self->low = self->high = 0;
  for (guint i = 0; i < n_values; i++)
    {
      FoveaVectorItem *item = g_object_new (FOVEA_TYPE_VECTOR_ITEM, NULL);

      item->index = i;
      item->value = values[i];
      g_ptr_array_add (items, item);
      if (isfinite (values[i]))
        {
          self->low = MIN (self->low, values[i]);
          self->high = MAX (self->high, values[i]);
        }
    }
  g_ptr_array_sort (items, compare_items);

  g_free (self->places);
  self->places = g_new (guint, n_values);
  for (guint i = 0; i < n_values; i++)
    self->places[((FoveaVectorItem *) items->pdata[i])->index] = i;

  g_list_store_splice (self->items, 0, g_list_model_get_n_items (G_LIST_MODEL (self->items)),
                       items->pdata, items->len);
}

static void
row_setup_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *item,
              gpointer                  user_data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *index = gtk_label_new (NULL);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *bar = fovea_value_bar_new ();
  GtkWidget *value = gtk_label_new (NULL);

  gtk_widget_add_css_class (index, "numeric");
  gtk_widget_add_css_class (index, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (index), 1);
  gtk_label_set_width_chars (GTK_LABEL (index), 4);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_widget_set_size_request (bar, BAR_WIDTH, -1);
  gtk_widget_add_css_class (value, "numeric");
  gtk_label_set_xalign (GTK_LABEL (value), 1);
  gtk_label_set_width_chars (GTK_LABEL (value), 7);

  gtk_box_append (GTK_BOX (box), index);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), value);
  gtk_list_item_set_child (item, box);
}

static void
row_bind_cb (GtkSignalListItemFactory *factory,
             GtkListItem              *item,
             gpointer                  user_data)
{
  FoveaVectorView *self = user_data;
  FoveaVectorItem *row = gtk_list_item_get_item (item);
  GtkWidget *index = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *name = gtk_widget_get_next_sibling (index);
  GtkWidget *bar = gtk_widget_get_next_sibling (name);
  GtkWidget *value = gtk_widget_get_next_sibling (bar);
  gboolean named = self->labels != NULL &&
                   cnn_labels_get_size (self->labels) == vector_view_get_n_values (self);
  g_autofree char *index_text = g_strdup_printf ("%u", row->index);
  g_autofree char *value_text = fovea_format_value (row->value);

  gtk_label_set_text (GTK_LABEL (index), index_text);
  gtk_widget_set_visible (name, named);
  gtk_widget_set_hexpand (name, named);
  gtk_widget_set_hexpand (bar, !named);
  if (named)
    {
      gtk_label_set_text (GTK_LABEL (name), cnn_labels_get_name (self->labels, row->index));
      fovea_tooltip_set (name, cnn_labels_get_name (self->labels, row->index));
    }
  gtk_label_set_text (GTK_LABEL (value), value_text);
  fovea_value_bar_set (FOVEA_VALUE_BAR (bar), isfinite (row->value) ? row->value : 0,
                       self->low, self->high);
}

static void
chart_notify_selected_cb (FoveaVectorChart *chart,
                          GParamSpec       *pspec,
                          gpointer          user_data)
{
  if (fovea_vector_chart_get_selected (chart) != GTK_INVALID_LIST_POSITION)
    fovea_vector_view_set_selected (user_data, fovea_vector_chart_get_selected (chart));
}

static void
list_notify_selected_cb (GtkSingleSelection *selection,
                         GParamSpec         *pspec,
                         gpointer            user_data)
{
  FoveaVectorItem *item = gtk_single_selection_get_selected_item (selection);

  if (item != NULL)
    fovea_vector_view_set_selected (user_data, item->index);
}

static void
fovea_vector_view_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  FoveaVectorView *self = FOVEA_VECTOR_VIEW (object);

  switch (property_id)
    {
    case PROP_TENSOR:
      g_value_set_boxed (value, self->tensor);
      break;
    case PROP_LABELS:
      g_value_set_boxed (value, self->labels);
      break;
    case PROP_SELECTED:
      g_value_set_uint (value, self->selected);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_vector_view_set_property (GObject      *object,
                                guint         property_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  FoveaVectorView *self = FOVEA_VECTOR_VIEW (object);

  switch (property_id)
    {
    case PROP_TENSOR:
      fovea_vector_view_set_tensor (self, g_value_get_boxed (value));
      break;
    case PROP_LABELS:
      fovea_vector_view_set_labels (self, g_value_get_boxed (value));
      break;
    case PROP_SELECTED:
      fovea_vector_view_set_selected (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
fovea_vector_view_dispose (GObject *object)
{
  FoveaVectorView *self = FOVEA_VECTOR_VIEW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), FOVEA_TYPE_VECTOR_VIEW);
  g_clear_object (&self->items);
  g_clear_pointer (&self->tensor, cnn_tensor_unref);
  g_clear_pointer (&self->labels, cnn_labels_unref);
  g_clear_pointer (&self->places, g_free);

  G_OBJECT_CLASS (fovea_vector_view_parent_class)->dispose (object);
}

static void
fovea_vector_view_class_init (FoveaVectorViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = fovea_vector_view_dispose;
  object_class->get_property = fovea_vector_view_get_property;
  object_class->set_property = fovea_vector_view_set_property;

  /**
   * FoveaVectorView:tensor:
   *
   * The vector; a tensor of any shape counts as the row of its elements.
   */
  properties[PROP_TENSOR] = g_param_spec_boxed ("tensor", NULL, NULL, CNN_TYPE_TENSOR, flags);

  /**
   * FoveaVectorView:labels:
   *
   * Names for the values of a vector that has as many.
   */
  properties[PROP_LABELS] = g_param_spec_boxed ("labels", NULL, NULL, CNN_TYPE_LABELS, flags);

  /**
   * FoveaVectorView:selected:
   *
   * The index of the selected value, or %GTK_INVALID_LIST_POSITION.
   */
  properties[PROP_SELECTED] =
    g_param_spec_uint ("selected", NULL, NULL, 0, G_MAXUINT, GTK_INVALID_LIST_POSITION, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (FOVEA_TYPE_VECTOR_CHART);

  gtk_widget_class_set_css_name (widget_class, "fovea-vector-view");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-vector-view.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaVectorView, chart);
  gtk_widget_class_bind_template_child (widget_class, FoveaVectorView, list);
  gtk_widget_class_bind_template_child (widget_class, FoveaVectorView, selection);
  gtk_widget_class_bind_template_callback (widget_class, row_setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, chart_notify_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, list_notify_selected_cb);
}

static void
fovea_vector_view_init (FoveaVectorView *self)
{
  self->selected = GTK_INVALID_LIST_POSITION;
  self->items = g_list_store_new (FOVEA_TYPE_VECTOR_ITEM);

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->items));
}

/**
 * fovea_vector_view_new:
 *
 * Returns: (transfer floating): a new, empty view
 */
GtkWidget *
fovea_vector_view_new (void)
{
  return g_object_new (FOVEA_TYPE_VECTOR_VIEW, NULL);
}

CnnTensor *
fovea_vector_view_get_tensor (FoveaVectorView *self)
{
  g_return_val_if_fail (FOVEA_IS_VECTOR_VIEW (self), NULL);

  return self->tensor;
}

/**
 * fovea_vector_view_set_tensor:
 * @self: a view
 * @tensor: (nullable): the vector
 *
 * Shows another vector. The selected index stays if there is such a value.
 */
void
fovea_vector_view_set_tensor (FoveaVectorView *self,
                              CnnTensor       *tensor)
{
  guint selected;

  g_return_if_fail (FOVEA_IS_VECTOR_VIEW (self));

  if (self->tensor == tensor)
    return;

  selected = self->selected;
  self->selected = GTK_INVALID_LIST_POSITION;
  g_clear_pointer (&self->tensor, cnn_tensor_unref);
  if (tensor != NULL)
    self->tensor = cnn_tensor_ref (tensor);

  vector_view_update_items (self);
  fovea_vector_chart_set_values (self->chart,
                                 tensor != NULL ? cnn_tensor_get_data (tensor) : NULL,
                                 vector_view_get_n_values (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TENSOR]);

  if (selected < vector_view_get_n_values (self))
    fovea_vector_view_set_selected (self, selected);
  else if (selected != GTK_INVALID_LIST_POSITION)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

CnnLabels *
fovea_vector_view_get_labels (FoveaVectorView *self)
{
  g_return_val_if_fail (FOVEA_IS_VECTOR_VIEW (self), NULL);

  return self->labels;
}

void
fovea_vector_view_set_labels (FoveaVectorView *self,
                              CnnLabels       *labels)
{
  g_return_if_fail (FOVEA_IS_VECTOR_VIEW (self));

  if (self->labels == labels)
    return;

  g_clear_pointer (&self->labels, cnn_labels_unref);
  if (labels != NULL)
    self->labels = cnn_labels_ref (labels);

  /* The rows that are there bear the old names. */
  vector_view_update_items (self);
  if (self->selected != GTK_INVALID_LIST_POSITION)
    gtk_single_selection_set_selected (self->selection, self->places[self->selected]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LABELS]);
}

guint
fovea_vector_view_get_selected (FoveaVectorView *self)
{
  g_return_val_if_fail (FOVEA_IS_VECTOR_VIEW (self), GTK_INVALID_LIST_POSITION);

  return self->selected;
}

/**
 * fovea_vector_view_set_selected:
 * @self: a view
 * @selected: the index of a value, or %GTK_INVALID_LIST_POSITION
 *
 * Selects a value in the chart and in the list. The list goes to its row if it
 * was chosen in the chart; else it goes on showing the greatest.
 */
void
fovea_vector_view_set_selected (FoveaVectorView *self,
                                guint            selected)
{
  g_return_if_fail (FOVEA_IS_VECTOR_VIEW (self));

  if (selected >= vector_view_get_n_values (self))
    selected = GTK_INVALID_LIST_POSITION;
  if (self->selected == selected)
    return;

  self->selected = selected;
  fovea_vector_chart_set_selected (self->chart, selected);
  if (selected == GTK_INVALID_LIST_POSITION)
    {
      gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
    }
  else
    {
      gtk_single_selection_set_selected (self->selection, self->places[selected]);
      if (gtk_widget_has_focus (GTK_WIDGET (self->chart)))
        fovea_scroll_to (GTK_WIDGET (self->list), self->places[selected]);
    }

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}
