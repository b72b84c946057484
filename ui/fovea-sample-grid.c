/* What is stacked up under the grid:
 *
 *     model (the app's: a data set, or a filter on one)
 *       └─ GtkSingleSelection ── "selected"
 *            └─ GtkGridView ── a FoveaSampleCell for each sample in view
 */

#define G_LOG_DOMAIN "fovea-sample-grid"

#include "fovea-sample-grid.h"

#include "fovea-sample-cell.h"

struct _FoveaSampleGrid
{
  GtkWidget parent_instance;

  /* Template Widgets */
  GtkGridView *grid_view;
  GtkSingleSelection *selection;

  /* Owned References */
  CnnLabels *labels;
  FoveaThumbnailSource *thumbnail_source;
  GPtrArray *cells;             /* borrowed: those that show a sample */

  FoveaVerdictFunc verdict_func;
  gpointer verdict_data;
  GDestroyNotify verdict_destroy;
};

enum
{
  PROP_0,
  PROP_MODEL,
  PROP_LABELS,
  PROP_THUMBNAIL_SOURCE,
  PROP_SELECTED,
  N_PROPS,
};

enum
{
  SIGNAL_ACTIVATE,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FoveaSampleGrid, fovea_sample_grid, GTK_TYPE_WIDGET)

static void
update_verdict (FoveaSampleGrid *self,
                FoveaSampleCell *cell)
{
  FoveaVerdict verdict = FOVEA_VERDICT_NONE;

  if (self->verdict_func != NULL)
    verdict = self->verdict_func (fovea_sample_cell_get_sample (cell), self->verdict_data);

  fovea_sample_cell_set_verdict (cell, verdict);
}

static void
bind_again (FoveaSampleGrid *self)
{
  for (guint i = 0; i < self->cells->len; i++)
    {
      FoveaSampleCell *cell = g_ptr_array_index (self->cells, i);
      g_autoptr (CnnSample) sample = g_object_ref (fovea_sample_cell_get_sample (cell));

      fovea_sample_cell_bind (cell, sample, self->labels, self->thumbnail_source);
      update_verdict (self, cell);
    }
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          FoveaSampleGrid          *self)
{
  gtk_list_item_set_child (item, fovea_sample_cell_new ());
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         FoveaSampleGrid          *self)
{
  FoveaSampleCell *cell = FOVEA_SAMPLE_CELL (gtk_list_item_get_child (item));

  fovea_sample_cell_bind (cell, gtk_list_item_get_item (item),
                          self->labels, self->thumbnail_source);
  update_verdict (self, cell);
  g_ptr_array_add (self->cells, cell);
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           FoveaSampleGrid          *self)
{
  FoveaSampleCell *cell = FOVEA_SAMPLE_CELL (gtk_list_item_get_child (item));

  g_ptr_array_remove_fast (self->cells, cell);
  fovea_sample_cell_unbind (cell);
}

static void
notify_selected_cb (FoveaSampleGrid *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

static void
activate_cb (FoveaSampleGrid *self,
             guint            position)
{
  g_signal_emit (self, signals[SIGNAL_ACTIVATE], 0, position);
}

static void
fovea_sample_grid_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  FoveaSampleGrid *self = FOVEA_SAMPLE_GRID (object);

  switch (prop_id)
    {
    case PROP_MODEL:
      g_value_set_object (value, fovea_sample_grid_get_model (self));
      break;
    case PROP_LABELS:
      g_value_set_boxed (value, self->labels);
      break;
    case PROP_THUMBNAIL_SOURCE:
      g_value_set_object (value, self->thumbnail_source);
      break;
    case PROP_SELECTED:
      g_value_set_uint (value, fovea_sample_grid_get_selected (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_sample_grid_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  FoveaSampleGrid *self = FOVEA_SAMPLE_GRID (object);

  switch (prop_id)
    {
    case PROP_MODEL:
      fovea_sample_grid_set_model (self, g_value_get_object (value));
      break;
    case PROP_LABELS:
      fovea_sample_grid_set_labels (self, g_value_get_boxed (value));
      break;
    case PROP_THUMBNAIL_SOURCE:
      fovea_sample_grid_set_thumbnail_source (self, g_value_get_object (value));
      break;
    case PROP_SELECTED:
      fovea_sample_grid_set_selected (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static GtkWidget *
find_selected_cell (FoveaSampleGrid *self)
{
  CnnSample *selected = fovea_sample_grid_get_selected_sample (self);

  for (guint i = 0; selected != NULL && i < self->cells->len; i++)
    if (fovea_sample_cell_get_sample (g_ptr_array_index (self->cells, i)) == selected)
      return g_ptr_array_index (self->cells, i);

  return NULL;
}

/* The arrow keys go from where the focus is, so that has to be what is selected:
 * someone may have selected it elsewhere. */
static gboolean
fovea_sample_grid_grab_focus (GtkWidget *widget)
{
  FoveaSampleGrid *self = FOVEA_SAMPLE_GRID (widget);
  GtkWidget *cell;

  fovea_sample_grid_scroll_to_selected (self);
  cell = find_selected_cell (self);
  if (cell != NULL)
    return gtk_widget_grab_focus (gtk_widget_get_parent (cell));

  return gtk_widget_grab_focus (GTK_WIDGET (self->grid_view));
}

static gboolean
fovea_sample_grid_focus (GtkWidget        *widget,
                         GtkDirectionType  direction)
{
  gboolean enters = gtk_widget_get_focus_child (widget) == NULL;

  if (enters && fovea_sample_grid_get_selected (FOVEA_SAMPLE_GRID (widget)) != GTK_INVALID_LIST_POSITION)
    return gtk_widget_grab_focus (widget);

  return GTK_WIDGET_CLASS (fovea_sample_grid_parent_class)->focus (widget, direction);
}

static void
fovea_sample_grid_dispose (GObject *object)
{
  FoveaSampleGrid *self = FOVEA_SAMPLE_GRID (object);
  GtkWidget *child;

  /* While the children go, cells are unbound into self->cells. */
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  if (self->verdict_destroy != NULL)
    self->verdict_destroy (g_steal_pointer (&self->verdict_data));
  self->verdict_func = NULL;
  self->verdict_destroy = NULL;

  g_clear_object (&self->thumbnail_source);
  g_clear_pointer (&self->labels, cnn_labels_unref);

  G_OBJECT_CLASS (fovea_sample_grid_parent_class)->dispose (object);
}

static void
fovea_sample_grid_finalize (GObject *object)
{
  FoveaSampleGrid *self = FOVEA_SAMPLE_GRID (object);

  g_ptr_array_unref (self->cells);

  G_OBJECT_CLASS (fovea_sample_grid_parent_class)->finalize (object);
}

static void
fovea_sample_grid_class_init (FoveaSampleGridClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = fovea_sample_grid_get_property;
  object_class->set_property = fovea_sample_grid_set_property;
  object_class->dispose = fovea_sample_grid_dispose;
  object_class->finalize = fovea_sample_grid_finalize;

  widget_class->focus = fovea_sample_grid_focus;
  widget_class->grab_focus = fovea_sample_grid_grab_focus;

  /**
   * FoveaSampleGrid:model:
   *
   * What to show: a list of [class@Cnn.Sample].
   */
  properties[PROP_MODEL] =
    g_param_spec_object ("model", NULL, NULL, G_TYPE_LIST_MODEL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaSampleGrid:labels:
   *
   * The names of the classes.
   */
  properties[PROP_LABELS] =
    g_param_spec_boxed ("labels", NULL, NULL, CNN_TYPE_LABELS,
                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaSampleGrid:thumbnail-source:
   *
   * Who makes the small pictures.
   */
  properties[PROP_THUMBNAIL_SOURCE] =
    g_param_spec_object ("thumbnail-source", NULL, NULL, FOVEA_TYPE_THUMBNAIL_SOURCE,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaSampleGrid:selected:
   *
   * The position of the selected sample in the model, or
   * %GTK_INVALID_LIST_POSITION.
   */
  properties[PROP_SELECTED] =
    g_param_spec_uint ("selected", NULL, NULL, 0, G_MAXUINT, GTK_INVALID_LIST_POSITION,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * FoveaSampleGrid::activate:
   * @position: the sample's position in the model
   *
   * Someone wants more of a sample: by Return or a double click.
   */
  signals[SIGNAL_ACTIVATE] =
    g_signal_new ("activate", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-sample-grid.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaSampleGrid, grid_view);
  gtk_widget_class_bind_template_child (widget_class, FoveaSampleGrid, selection);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
  gtk_widget_class_bind_template_callback (widget_class, notify_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);

  gtk_widget_class_set_css_name (widget_class, "fovea-sample-grid");
}

static void
fovea_sample_grid_init (FoveaSampleGrid *self)
{
  self->cells = g_ptr_array_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fovea_sample_grid_new:
 *
 * Returns: (transfer floating): a new empty grid
 */
GtkWidget *
fovea_sample_grid_new (void)
{
  return g_object_new (FOVEA_TYPE_SAMPLE_GRID, NULL);
}

/**
 * fovea_sample_grid_get_model:
 *
 * Returns: (transfer none) (nullable): the samples
 */
GListModel *
fovea_sample_grid_get_model (FoveaSampleGrid *self)
{
  g_return_val_if_fail (FOVEA_IS_SAMPLE_GRID (self), NULL);

  return gtk_single_selection_get_model (self->selection);
}

/**
 * fovea_sample_grid_set_model:
 * @model: (nullable): a list of [class@Cnn.Sample]
 *
 * Shows other samples. The one that was selected stays so if it is among them,
 * or else none is.
 */
void
fovea_sample_grid_set_model (FoveaSampleGrid *self,
                             GListModel      *model)
{
  g_return_if_fail (FOVEA_IS_SAMPLE_GRID (self));
  g_return_if_fail (model == NULL || G_IS_LIST_MODEL (model));

  if (fovea_sample_grid_get_model (self) == model)
    return;

  gtk_single_selection_set_model (self->selection, model);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODEL]);
}

/**
 * fovea_sample_grid_get_labels:
 *
 * Returns: (transfer none) (nullable): the names of the classes
 */
CnnLabels *
fovea_sample_grid_get_labels (FoveaSampleGrid *self)
{
  g_return_val_if_fail (FOVEA_IS_SAMPLE_GRID (self), NULL);

  return self->labels;
}

/**
 * fovea_sample_grid_set_labels:
 * @labels: (nullable): the names of the classes
 */
void
fovea_sample_grid_set_labels (FoveaSampleGrid *self,
                              CnnLabels       *labels)
{
  g_return_if_fail (FOVEA_IS_SAMPLE_GRID (self));

  if (self->labels == labels)
    return;

  g_clear_pointer (&self->labels, cnn_labels_unref);
  self->labels = labels != NULL ? cnn_labels_ref (labels) : NULL;
  bind_again (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LABELS]);
}

/**
 * fovea_sample_grid_get_thumbnail_source:
 *
 * Returns: (transfer none) (nullable): who makes the small pictures
 */
FoveaThumbnailSource *
fovea_sample_grid_get_thumbnail_source (FoveaSampleGrid *self)
{
  g_return_val_if_fail (FOVEA_IS_SAMPLE_GRID (self), NULL);

  return self->thumbnail_source;
}

/**
 * fovea_sample_grid_set_thumbnail_source:
 * @source: (nullable): who makes the small pictures
 */
void
fovea_sample_grid_set_thumbnail_source (FoveaSampleGrid      *self,
                                        FoveaThumbnailSource *source)
{
  g_return_if_fail (FOVEA_IS_SAMPLE_GRID (self));
  g_return_if_fail (source == NULL || FOVEA_IS_THUMBNAIL_SOURCE (source));

  if (!g_set_object (&self->thumbnail_source, source))
    return;

  bind_again (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_THUMBNAIL_SOURCE]);
}

/**
 * fovea_sample_grid_get_selected:
 *
 * Returns: the selected position, or %GTK_INVALID_LIST_POSITION
 */
guint
fovea_sample_grid_get_selected (FoveaSampleGrid *self)
{
  g_return_val_if_fail (FOVEA_IS_SAMPLE_GRID (self), GTK_INVALID_LIST_POSITION);

  return gtk_single_selection_get_selected (self->selection);
}

/**
 * fovea_sample_grid_set_selected:
 * @position: a position; outside of the model it selects nothing
 *
 * Selects a sample, wherever it is: [method@SampleGrid.scroll_to_selected]
 * brings it into view.
 */
void
fovea_sample_grid_set_selected (FoveaSampleGrid *self,
                                guint            position)
{
  g_return_if_fail (FOVEA_IS_SAMPLE_GRID (self));

  if (fovea_sample_grid_get_selected (self) == position)
    return;

  /* The selection notifies through notify_selected_cb(). */
  gtk_single_selection_set_selected (self->selection, position);

  if (gtk_widget_get_focus_child (GTK_WIDGET (self)) != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

/**
 * fovea_sample_grid_get_selected_sample:
 *
 * Returns: (transfer none) (nullable): the selected sample
 */
CnnSample *
fovea_sample_grid_get_selected_sample (FoveaSampleGrid *self)
{
  g_return_val_if_fail (FOVEA_IS_SAMPLE_GRID (self), NULL);

  return gtk_single_selection_get_selected_item (self->selection);
}

/**
 * fovea_sample_grid_set_verdict_func:
 * @func: (nullable): says what the prediction for a sample is worth
 * @user_data: for @func
 * @destroy: (nullable): frees @user_data
 *
 * Marks samples as rightly or wrongly predicted. @func is called for samples as
 * they come into view, so it should be quick.
 */
void
fovea_sample_grid_set_verdict_func (FoveaSampleGrid  *self,
                                    FoveaVerdictFunc  func,
                                    gpointer          user_data,
                                    GDestroyNotify    destroy)
{
  g_return_if_fail (FOVEA_IS_SAMPLE_GRID (self));

  if (self->verdict_destroy != NULL)
    self->verdict_destroy (self->verdict_data);

  self->verdict_func = func;
  self->verdict_data = user_data;
  self->verdict_destroy = destroy;
  fovea_sample_grid_verdicts_changed (self);
}

/**
 * fovea_sample_grid_verdicts_changed:
 *
 * Asks the verdict function again for the samples in view.
 */
void
fovea_sample_grid_verdicts_changed (FoveaSampleGrid *self)
{
  g_return_if_fail (FOVEA_IS_SAMPLE_GRID (self));

  for (guint i = 0; i < self->cells->len; i++)
    update_verdict (self, g_ptr_array_index (self->cells, i));
}

/**
 * fovea_sample_grid_scroll_to_selected:
 *
 * Brings the selected sample into view.
 */
void
fovea_sample_grid_scroll_to_selected (FoveaSampleGrid *self)
{
  guint position;

  g_return_if_fail (FOVEA_IS_SAMPLE_GRID (self));

  position = fovea_sample_grid_get_selected (self);
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (GTK_WIDGET (self->grid_view), "list.scroll-to-item", "u", position);
}
