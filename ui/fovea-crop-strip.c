#define G_LOG_DOMAIN "fovea-crop-strip"

#include "fovea-crop-strip.h"

#include <glib/gi18n.h>

#include "fovea-crop-card.h"
#include "fovea-crop.h"
#include "fovea-format.h"

struct _FoveaCropStrip
{
  GtkWidget parent_instance;

  /* Template Widgets */
  GtkFlowBox *flow_box;

  /* Owned References */
  CnnPrepared *prepared;
  CnnPrediction *prediction;
  CnnLabels *labels;

  /* Borrowed References: the flow box's children, the mean's last */
  GPtrArray *cards;

  int true_label;
  int selected_crop;

  /* Set while the selection is shown, so that it does not come back as a wish. */
  gboolean showing_selection;
};

enum
{
  PROP_0,
  PROP_PREPARED,
  PROP_PREDICTION,
  PROP_LABELS,
  PROP_TRUE_LABEL,
  PROP_SELECTED_CROP,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FoveaCropStrip, fovea_crop_strip, GTK_TYPE_WIDGET)

static FoveaCropCard *
get_card (FoveaCropStrip *self,
          int             crop)
{
  for (guint i = 0; i < self->cards->len; i++)
    {
      FoveaCropCard *card = g_ptr_array_index (self->cards, i);

      if (fovea_crop_card_get_crop (card) == crop)
        return card;
    }

  /* The mean of a single crop is that crop. */
  if (crop == CNN_MEAN_OF_CROPS && self->cards->len == 1)
    return g_ptr_array_index (self->cards, 0);

  return NULL;
}

static void
show_selection (FoveaCropStrip *self)
{
  FoveaCropCard *card = get_card (self, self->selected_crop);

  self->showing_selection = TRUE;
  if (card != NULL)
    gtk_flow_box_select_child (self->flow_box, GTK_FLOW_BOX_CHILD (card));
  else
    gtk_flow_box_unselect_all (self->flow_box);
  self->showing_selection = FALSE;
}

static void
selected_children_changed_cb (FoveaCropStrip *self)
{
  GList *children;

  if (self->showing_selection)
    return;

  children = gtk_flow_box_get_selected_children (self->flow_box);
  if (children != NULL)
    fovea_crop_strip_set_selected_crop (self, fovea_crop_card_get_crop (children->data));
  g_list_free (children);
}

static void
show_answers (FoveaCropStrip *self)
{
  guint n_crops = self->prepared != NULL ? cnn_prepared_get_n_crops (self->prepared) : 0;
  gboolean answered = self->prediction != NULL && n_crops > 0 &&
                      cnn_prediction_get_n_crops (self->prediction) == n_crops;

  for (guint i = 0; i < self->cards->len; i++)
    {
      FoveaCropCard *card = g_ptr_array_index (self->cards, i);
      g_autofree char *name = NULL;
      g_autofree char *full_name = NULL;
      CnnRanked best;

      if (!answered ||
          cnn_prediction_get_top (self->prediction, fovea_crop_card_get_crop (card), &best, 1) != 1)
        {
          fovea_crop_card_clear_answer (card);
          continue;
        }

      name = fovea_format_class (self->labels, best.index);
      full_name = fovea_format_class_full (self->labels, best.index);
      fovea_crop_card_set_answer (card, name, full_name, best.probability,
                                  fovea_verdict_new (self->true_label, best.index));
    }
}

static void
add_card (FoveaCropStrip *self,
          int             crop,
          const char     *title)
{
  GtkWidget *card = fovea_crop_card_new (crop, title);

  gtk_flow_box_append (self->flow_box, card);
  g_ptr_array_add (self->cards, card);
}

static void
make_cards (FoveaCropStrip *self,
            guint           n_crops)
{
  guint n_cards = n_crops > 1 ? n_crops + 1 : n_crops;

  if (self->cards->len == n_cards)
    return;

  self->showing_selection = TRUE;
  for (guint i = 0; i < self->cards->len; i++)
    gtk_flow_box_remove (self->flow_box, g_ptr_array_index (self->cards, i));
  g_ptr_array_set_size (self->cards, 0);
  self->showing_selection = FALSE;

  for (guint i = 0; i < n_crops; i++)
    add_card (self, i, fovea_crop_get_title (i));
  if (n_crops == 5)
    add_card (self, CNN_MEAN_OF_CROPS, _("Mean of five"));
  else if (n_crops == 10)
    add_card (self, CNN_MEAN_OF_CROPS, _("Mean of ten"));
  else if (n_crops > 1)
    add_card (self, CNN_MEAN_OF_CROPS, _("Mean"));
}

/* The crops as the pips of a die: what the mean is taken of. */
static GdkPaintable *
make_mean_paintable (GPtrArray *textures)
{
  /* Columns and rows of a 3×3 field, in the order of the crops. */
  static const guint8 places[][2] = { { 1, 1 }, { 0, 0 }, { 2, 0 }, { 0, 2 }, { 2, 2 } };
  const float pip = 32, gap = 4;
  const graphene_size_t size = GRAPHENE_SIZE_INIT (3 * pip + 4 * gap, 3 * pip + 4 * gap);
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  for (guint i = 0; i < MIN (textures->len, G_N_ELEMENTS (places)); i++)
    {
      const graphene_rect_t bounds =
        GRAPHENE_RECT_INIT (gap + places[i][0] * (pip + gap), gap + places[i][1] * (pip + gap),
                            pip, pip);
      GskRoundedRect outline;

      gsk_rounded_rect_init_from_rect (&outline, &bounds, 4);
      gtk_snapshot_push_rounded_clip (snapshot, &outline);
      gtk_snapshot_append_texture (snapshot, g_ptr_array_index (textures, i), &bounds);
      gtk_snapshot_pop (snapshot);
    }

  return gtk_snapshot_free_to_paintable (snapshot, &size);
}

static GdkTexture *
make_crop_texture (CnnPrepared *prepared,
                   guint        crop)
{
  g_autoptr (CnnImage) image = cnn_prepared_dup_crop_image (prepared, crop);
  g_autoptr (GBytes) pixels = cnn_image_dup_bytes (image);
  guint width = cnn_image_get_width (image);

  return gdk_memory_texture_new (width, cnn_image_get_height (image),
                                 GDK_MEMORY_R8G8B8, pixels, 3 * (gsize) width);
}

static void
show_crops (FoveaCropStrip *self)
{
  g_autoptr (GPtrArray) textures = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_crops = cnn_prepared_get_n_crops (self->prepared);

  make_cards (self, n_crops);

  for (guint i = 0; i < n_crops; i++)
    {
      GdkTexture *texture = make_crop_texture (self->prepared, i);

      g_ptr_array_add (textures, texture);
      fovea_crop_card_set_paintable (g_ptr_array_index (self->cards, i), GDK_PAINTABLE (texture));
    }

  if (n_crops > 1)
    {
      g_autoptr (GdkPaintable) mean = make_mean_paintable (textures);

      fovea_crop_card_set_paintable (get_card (self, CNN_MEAN_OF_CROPS), mean);
    }
}

/* The flow box's own keys go from where the focus was last, these from what is
 * selected: someone may have selected it in the picture. */
static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        state,
                FoveaCropStrip        *self)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  int last = (int) self->cards->len - 1;
  FoveaCropCard *card = get_card (self, self->selected_crop);
  int position = card != NULL ? gtk_flow_box_child_get_index (GTK_FLOW_BOX_CHILD (card)) : 0;

  if (last < 0 || (state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;

  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      position += rtl ? 1 : -1;
      break;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      position += rtl ? -1 : 1;
      break;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      position = 0;
      break;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      position = last;
      break;
    default:
      return GDK_EVENT_PROPAGATE;
    }

  card = g_ptr_array_index (self->cards, CLAMP (position, 0, last));
  fovea_crop_strip_set_selected_crop (self, fovea_crop_card_get_crop (card));
  gtk_widget_grab_focus (GTK_WIDGET (card));

  return GDK_EVENT_STOP;
}

static void
fovea_crop_strip_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  FoveaCropStrip *self = FOVEA_CROP_STRIP (object);

  switch (prop_id)
    {
    case PROP_PREPARED:
      g_value_set_boxed (value, self->prepared);
      break;
    case PROP_PREDICTION:
      g_value_set_boxed (value, self->prediction);
      break;
    case PROP_LABELS:
      g_value_set_boxed (value, self->labels);
      break;
    case PROP_TRUE_LABEL:
      g_value_set_int (value, self->true_label);
      break;
    case PROP_SELECTED_CROP:
      g_value_set_int (value, self->selected_crop);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_crop_strip_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  FoveaCropStrip *self = FOVEA_CROP_STRIP (object);

  switch (prop_id)
    {
    case PROP_PREPARED:
      fovea_crop_strip_set_prepared (self, g_value_get_boxed (value));
      break;
    case PROP_PREDICTION:
      fovea_crop_strip_set_prediction (self, g_value_get_boxed (value));
      break;
    case PROP_LABELS:
      fovea_crop_strip_set_labels (self, g_value_get_boxed (value));
      break;
    case PROP_TRUE_LABEL:
      fovea_crop_strip_set_true_label (self, g_value_get_int (value));
      break;
    case PROP_SELECTED_CROP:
      fovea_crop_strip_set_selected_crop (self, g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static gboolean
fovea_crop_strip_grab_focus (GtkWidget *widget)
{
  FoveaCropStrip *self = FOVEA_CROP_STRIP (widget);
  FoveaCropCard *card = get_card (self, self->selected_crop);

  return card != NULL && gtk_widget_grab_focus (GTK_WIDGET (card));
}

static void
fovea_crop_strip_dispose (GObject *object)
{
  FoveaCropStrip *self = FOVEA_CROP_STRIP (object);
  GtkWidget *child;

  self->showing_selection = TRUE;
  g_ptr_array_set_size (self->cards, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  g_clear_pointer (&self->prepared, cnn_prepared_unref);
  g_clear_pointer (&self->prediction, cnn_prediction_unref);
  g_clear_pointer (&self->labels, cnn_labels_unref);

  G_OBJECT_CLASS (fovea_crop_strip_parent_class)->dispose (object);
}

static void
fovea_crop_strip_finalize (GObject *object)
{
  FoveaCropStrip *self = FOVEA_CROP_STRIP (object);

  g_ptr_array_unref (self->cards);

  G_OBJECT_CLASS (fovea_crop_strip_parent_class)->finalize (object);
}

static void
fovea_crop_strip_class_init (FoveaCropStripClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = fovea_crop_strip_get_property;
  object_class->set_property = fovea_crop_strip_set_property;
  object_class->dispose = fovea_crop_strip_dispose;
  object_class->finalize = fovea_crop_strip_finalize;

  widget_class->grab_focus = fovea_crop_strip_grab_focus;

  /**
   * FoveaCropStrip:prepared:
   *
   * The picture and its crops.
   */
  properties[PROP_PREPARED] =
    g_param_spec_boxed ("prepared", NULL, NULL, CNN_TYPE_PREPARED,
                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaCropStrip:prediction:
   *
   * What the network says to the crops, or %NULL as long as it has not. One of
   * another number of crops is not shown.
   */
  properties[PROP_PREDICTION] =
    g_param_spec_boxed ("prediction", NULL, NULL, CNN_TYPE_PREDICTION,
                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaCropStrip:labels:
   *
   * The names of the classes.
   */
  properties[PROP_LABELS] =
    g_param_spec_boxed ("labels", NULL, NULL, CNN_TYPE_LABELS,
                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaCropStrip:true-label:
   *
   * The picture's true class, or %CNN_NO_LABEL.
   */
  properties[PROP_TRUE_LABEL] =
    g_param_spec_int ("true-label", NULL, NULL, CNN_NO_LABEL, G_MAXINT, CNN_NO_LABEL,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaCropStrip:selected-crop:
   *
   * The selected crop's number, or %CNN_MEAN_OF_CROPS.
   */
  properties[PROP_SELECTED_CROP] =
    g_param_spec_int ("selected-crop", NULL, NULL,
                      CNN_MEAN_OF_CROPS, CNN_MAX_CROPS - 1, CNN_MEAN_OF_CROPS,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-crop-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaCropStrip, flow_box);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_children_changed_cb);

  gtk_widget_class_set_css_name (widget_class, "fovea-crop-strip");
}

static void
fovea_crop_strip_init (FoveaCropStrip *self)
{
  self->cards = g_ptr_array_new ();
  self->true_label = CNN_NO_LABEL;
  self->selected_crop = CNN_MEAN_OF_CROPS;

  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fovea_crop_strip_new:
 *
 * Returns: (transfer floating): a new strip without crops
 */
GtkWidget *
fovea_crop_strip_new (void)
{
  return g_object_new (FOVEA_TYPE_CROP_STRIP, NULL);
}

/**
 * fovea_crop_strip_get_prepared:
 *
 * Returns: (transfer none) (nullable): the picture and its crops
 */
CnnPrepared *
fovea_crop_strip_get_prepared (FoveaCropStrip *self)
{
  g_return_val_if_fail (FOVEA_IS_CROP_STRIP (self), NULL);

  return self->prepared;
}

/**
 * fovea_crop_strip_set_prepared:
 * @prepared: (nullable): the picture and its crops
 *
 * Shows a picture's crops. With %NULL the cards stay, empty, so that nothing
 * jumps while the next picture is on its way. A selected crop that the picture
 * does not have gives way to the centre.
 */
void
fovea_crop_strip_set_prepared (FoveaCropStrip *self,
                               CnnPrepared    *prepared)
{
  g_return_if_fail (FOVEA_IS_CROP_STRIP (self));

  if (self->prepared == prepared)
    return;

  g_clear_pointer (&self->prepared, cnn_prepared_unref);
  self->prepared = prepared != NULL ? cnn_prepared_ref (prepared) : NULL;

  if (prepared != NULL)
    show_crops (self);
  else
    for (guint i = 0; i < self->cards->len; i++)
      fovea_crop_card_set_paintable (g_ptr_array_index (self->cards, i), NULL);

  show_answers (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PREPARED]);

  if (prepared != NULL && self->selected_crop >= (int) cnn_prepared_get_n_crops (prepared))
    fovea_crop_strip_set_selected_crop (self, 0);
  else
    show_selection (self);
}

/**
 * fovea_crop_strip_get_prediction:
 *
 * Returns: (transfer none) (nullable): what the network says to the crops
 */
CnnPrediction *
fovea_crop_strip_get_prediction (FoveaCropStrip *self)
{
  g_return_val_if_fail (FOVEA_IS_CROP_STRIP (self), NULL);

  return self->prediction;
}

/**
 * fovea_crop_strip_set_prediction:
 * @prediction: (nullable): what the network says to the crops
 */
void
fovea_crop_strip_set_prediction (FoveaCropStrip *self,
                                 CnnPrediction  *prediction)
{
  g_return_if_fail (FOVEA_IS_CROP_STRIP (self));

  if (self->prediction == prediction)
    return;

  g_clear_pointer (&self->prediction, cnn_prediction_unref);
  self->prediction = prediction != NULL ? cnn_prediction_ref (prediction) : NULL;
  show_answers (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PREDICTION]);
}

/**
 * fovea_crop_strip_get_labels:
 *
 * Returns: (transfer none) (nullable): the names of the classes
 */
CnnLabels *
fovea_crop_strip_get_labels (FoveaCropStrip *self)
{
  g_return_val_if_fail (FOVEA_IS_CROP_STRIP (self), NULL);

  return self->labels;
}

/**
 * fovea_crop_strip_set_labels:
 * @labels: (nullable): the names of the classes
 */
void
fovea_crop_strip_set_labels (FoveaCropStrip *self,
                             CnnLabels      *labels)
{
  g_return_if_fail (FOVEA_IS_CROP_STRIP (self));

  if (self->labels == labels)
    return;

  g_clear_pointer (&self->labels, cnn_labels_unref);
  self->labels = labels != NULL ? cnn_labels_ref (labels) : NULL;
  show_answers (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LABELS]);
}

/**
 * fovea_crop_strip_get_true_label:
 *
 * Returns: the picture's true class, or %CNN_NO_LABEL
 */
int
fovea_crop_strip_get_true_label (FoveaCropStrip *self)
{
  g_return_val_if_fail (FOVEA_IS_CROP_STRIP (self), CNN_NO_LABEL);

  return self->true_label;
}

/**
 * fovea_crop_strip_set_true_label:
 * @true_label: the picture's true class, or %CNN_NO_LABEL
 */
void
fovea_crop_strip_set_true_label (FoveaCropStrip *self,
                                 int             true_label)
{
  g_return_if_fail (FOVEA_IS_CROP_STRIP (self));
  g_return_if_fail (true_label >= CNN_NO_LABEL);

  if (self->true_label == true_label)
    return;

  self->true_label = true_label;
  show_answers (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TRUE_LABEL]);
}

/**
 * fovea_crop_strip_get_selected_crop:
 *
 * Returns: the selected crop's number, or %CNN_MEAN_OF_CROPS
 */
int
fovea_crop_strip_get_selected_crop (FoveaCropStrip *self)
{
  g_return_val_if_fail (FOVEA_IS_CROP_STRIP (self), CNN_MEAN_OF_CROPS);

  return self->selected_crop;
}

/**
 * fovea_crop_strip_set_selected_crop:
 * @crop: a crop's number, or %CNN_MEAN_OF_CROPS
 *
 * Selects a crop, and brings its card into view.
 */
void
fovea_crop_strip_set_selected_crop (FoveaCropStrip *self,
                                    int             crop)
{
  g_return_if_fail (FOVEA_IS_CROP_STRIP (self));
  g_return_if_fail (crop >= CNN_MEAN_OF_CROPS && crop < CNN_MAX_CROPS);

  if (self->selected_crop == crop)
    return;

  self->selected_crop = crop;
  show_selection (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED_CROP]);
}
