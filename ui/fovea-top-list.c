#define G_LOG_DOMAIN "fovea-top-list"

#include "fovea-top-list.h"

#include <math.h>

#include <glib/gi18n.h>

#include "fovea-format.h"
#include "fovea-top-row.h"

struct _FoveaTopList
{
  GtkWidget parent_instance;

  /* Template Widgets */
  GtkListBox *list_box;
  GtkLabel *entropy_label;

  /* Borrowed References: the list box's children */
  FoveaTopRow *rows[FOVEA_TOP_LIST_SIZE];
  FoveaTopRow *true_row;

  /* Owned References */
  CnnPrediction *prediction;
  CnnLabels *labels;

  int crop;
  int true_label;
};

enum
{
  PROP_0,
  PROP_PREDICTION,
  PROP_CROP,
  PROP_LABELS,
  PROP_TRUE_LABEL,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FoveaTopList, fovea_top_list, GTK_TYPE_WIDGET)

static void
show_in_row (FoveaTopList *self,
             FoveaTopRow  *row,
             guint         rank,
             int           index,
             double        probability)
{
  g_autofree char *name = fovea_format_class (self->labels, index);
  g_autofree char *full_name = fovea_format_class_full (self->labels, index);

  fovea_top_row_set (row, rank + 1, name, full_name, probability, index == self->true_label);
}

/* Where the true class is, if it is not among those shown, and how far off the
 * answer is. */
static void
show_true_class (FoveaTopList *self,
                 guint         n_shown)
{
  double cross_entropy;
  guint rank;
  g_autofree char *text = NULL;

  if (self->true_label == CNN_NO_LABEL ||
      (guint) self->true_label >= cnn_prediction_get_n_classes (self->prediction))
    {
      gtk_widget_set_visible (GTK_WIDGET (self->true_row), FALSE);
      gtk_widget_set_visible (GTK_WIDGET (self->entropy_label), FALSE);
      return;
    }

  rank = cnn_prediction_get_rank (self->prediction, self->crop, self->true_label);
  cross_entropy = cnn_prediction_get_cross_entropy (self->prediction, self->crop, self->true_label);

  if (rank >= n_shown)
    show_in_row (self, self->true_row, rank, self->true_label, exp (-cross_entropy));
  gtk_widget_set_visible (GTK_WIDGET (self->true_row), rank >= n_shown);

  text = g_strdup_printf (_("Cross-entropy %.4f"), cross_entropy);
  gtk_label_set_text (self->entropy_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->entropy_label), TRUE);
}

static void
show_nothing (FoveaTopList *self)
{
  for (guint i = 0; i < FOVEA_TOP_LIST_SIZE; i++)
    {
      fovea_top_row_clear (self->rows[i], i + 1);
      gtk_widget_set_visible (GTK_WIDGET (self->rows[i]), TRUE);
    }

  gtk_widget_set_visible (GTK_WIDGET (self->true_row), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->entropy_label), FALSE);
}

static void
update (FoveaTopList *self)
{
  CnnRanked ranked[FOVEA_TOP_LIST_SIZE];
  guint n_ranked;

  if (self->prediction == NULL ||
      self->crop >= (int) cnn_prediction_get_n_crops (self->prediction))
    {
      show_nothing (self);
      return;
    }

  n_ranked = cnn_prediction_get_top (self->prediction, self->crop, ranked, FOVEA_TOP_LIST_SIZE);

  /* A network may know fewer classes than there are rows. */
  for (guint i = 0; i < FOVEA_TOP_LIST_SIZE; i++)
    {
      if (i < n_ranked)
        show_in_row (self, self->rows[i], i, ranked[i].index, ranked[i].probability);
      gtk_widget_set_visible (GTK_WIDGET (self->rows[i]), i < n_ranked);
    }

  show_true_class (self, n_ranked);
}

static void
fovea_top_list_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  FoveaTopList *self = FOVEA_TOP_LIST (object);

  switch (prop_id)
    {
    case PROP_PREDICTION:
      g_value_set_boxed (value, self->prediction);
      break;
    case PROP_CROP:
      g_value_set_int (value, self->crop);
      break;
    case PROP_LABELS:
      g_value_set_boxed (value, self->labels);
      break;
    case PROP_TRUE_LABEL:
      g_value_set_int (value, self->true_label);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_top_list_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  FoveaTopList *self = FOVEA_TOP_LIST (object);

  switch (prop_id)
    {
    case PROP_PREDICTION:
      fovea_top_list_set_prediction (self, g_value_get_boxed (value));
      break;
    case PROP_CROP:
      fovea_top_list_set_crop (self, g_value_get_int (value));
      break;
    case PROP_LABELS:
      fovea_top_list_set_labels (self, g_value_get_boxed (value));
      break;
    case PROP_TRUE_LABEL:
      fovea_top_list_set_true_label (self, g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_top_list_dispose (GObject *object)
{
  FoveaTopList *self = FOVEA_TOP_LIST (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  g_clear_pointer (&self->prediction, cnn_prediction_unref);
  g_clear_pointer (&self->labels, cnn_labels_unref);

  G_OBJECT_CLASS (fovea_top_list_parent_class)->dispose (object);
}

static void
fovea_top_list_class_init (FoveaTopListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = fovea_top_list_get_property;
  object_class->set_property = fovea_top_list_set_property;
  object_class->dispose = fovea_top_list_dispose;

  /**
   * FoveaTopList:prediction:
   *
   * What the network says, or %NULL as long as it has not.
   */
  properties[PROP_PREDICTION] =
    g_param_spec_boxed ("prediction", NULL, NULL, CNN_TYPE_PREDICTION,
                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaTopList:crop:
   *
   * The crop whose answer is shown, or %CNN_MEAN_OF_CROPS.
   */
  properties[PROP_CROP] =
    g_param_spec_int ("crop", NULL, NULL,
                      CNN_MEAN_OF_CROPS, CNN_MAX_CROPS - 1, CNN_MEAN_OF_CROPS,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaTopList:labels:
   *
   * The names of the classes.
   */
  properties[PROP_LABELS] =
    g_param_spec_boxed ("labels", NULL, NULL, CNN_TYPE_LABELS,
                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaTopList:true-label:
   *
   * The true class, or %CNN_NO_LABEL.
   */
  properties[PROP_TRUE_LABEL] =
    g_param_spec_int ("true-label", NULL, NULL, CNN_NO_LABEL, G_MAXINT, CNN_NO_LABEL,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-top-list.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaTopList, list_box);
  gtk_widget_class_bind_template_child (widget_class, FoveaTopList, entropy_label);

  gtk_widget_class_set_css_name (widget_class, "fovea-top-list");
}

static FoveaTopRow *
add_row (FoveaTopList *self)
{
  GtkWidget *row = fovea_top_row_new ();

  gtk_list_box_append (self->list_box, row);

  return FOVEA_TOP_ROW (row);
}

static void
fovea_top_list_init (FoveaTopList *self)
{
  self->crop = CNN_MEAN_OF_CROPS;
  self->true_label = CNN_NO_LABEL;

  gtk_widget_init_template (GTK_WIDGET (self));

  for (guint i = 0; i < FOVEA_TOP_LIST_SIZE; i++)
    self->rows[i] = add_row (self);
  self->true_row = add_row (self);
  gtk_widget_add_css_class (GTK_WIDGET (self->true_row), "apart");

  update (self);
}

/**
 * fovea_top_list_new:
 *
 * Returns: (transfer floating): a new list without an answer
 */
GtkWidget *
fovea_top_list_new (void)
{
  return g_object_new (FOVEA_TYPE_TOP_LIST, NULL);
}

/**
 * fovea_top_list_get_prediction:
 *
 * Returns: (transfer none) (nullable): what the network says
 */
CnnPrediction *
fovea_top_list_get_prediction (FoveaTopList *self)
{
  g_return_val_if_fail (FOVEA_IS_TOP_LIST (self), NULL);

  return self->prediction;
}

/**
 * fovea_top_list_set_prediction:
 * @prediction: (nullable): what the network says
 */
void
fovea_top_list_set_prediction (FoveaTopList  *self,
                               CnnPrediction *prediction)
{
  g_return_if_fail (FOVEA_IS_TOP_LIST (self));

  if (self->prediction == prediction)
    return;

  g_clear_pointer (&self->prediction, cnn_prediction_unref);
  self->prediction = prediction != NULL ? cnn_prediction_ref (prediction) : NULL;
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PREDICTION]);
}

/**
 * fovea_top_list_get_crop:
 *
 * Returns: the crop whose answer is shown, or %CNN_MEAN_OF_CROPS
 */
int
fovea_top_list_get_crop (FoveaTopList *self)
{
  g_return_val_if_fail (FOVEA_IS_TOP_LIST (self), CNN_MEAN_OF_CROPS);

  return self->crop;
}

/**
 * fovea_top_list_set_crop:
 * @crop: a crop's number, or %CNN_MEAN_OF_CROPS
 *
 * Chooses the crop whose answer is shown. One that the prediction does not have
 * is shown as not answered.
 */
void
fovea_top_list_set_crop (FoveaTopList *self,
                         int           crop)
{
  g_return_if_fail (FOVEA_IS_TOP_LIST (self));
  g_return_if_fail (crop >= CNN_MEAN_OF_CROPS && crop < CNN_MAX_CROPS);

  if (self->crop == crop)
    return;

  self->crop = crop;
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CROP]);
}

/**
 * fovea_top_list_get_labels:
 *
 * Returns: (transfer none) (nullable): the names of the classes
 */
CnnLabels *
fovea_top_list_get_labels (FoveaTopList *self)
{
  g_return_val_if_fail (FOVEA_IS_TOP_LIST (self), NULL);

  return self->labels;
}

/**
 * fovea_top_list_set_labels:
 * @labels: (nullable): the names of the classes
 */
void
fovea_top_list_set_labels (FoveaTopList *self,
                           CnnLabels    *labels)
{
  g_return_if_fail (FOVEA_IS_TOP_LIST (self));

  if (self->labels == labels)
    return;

  g_clear_pointer (&self->labels, cnn_labels_unref);
  self->labels = labels != NULL ? cnn_labels_ref (labels) : NULL;
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LABELS]);
}

/**
 * fovea_top_list_get_true_label:
 *
 * Returns: the true class, or %CNN_NO_LABEL
 */
int
fovea_top_list_get_true_label (FoveaTopList *self)
{
  g_return_val_if_fail (FOVEA_IS_TOP_LIST (self), CNN_NO_LABEL);

  return self->true_label;
}

/**
 * fovea_top_list_set_true_label:
 * @true_label: the true class, or %CNN_NO_LABEL
 */
void
fovea_top_list_set_true_label (FoveaTopList *self,
                               int           true_label)
{
  g_return_if_fail (FOVEA_IS_TOP_LIST (self));
  g_return_if_fail (true_label >= CNN_NO_LABEL);

  if (self->true_label == true_label)
    return;

  self->true_label = true_label;
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TRUE_LABEL]);
}
