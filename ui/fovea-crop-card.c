#define G_LOG_DOMAIN "fovea-crop-card"

#include "fovea-crop-card.h"

#include <glib/gi18n.h>

#include "fovea-crop-badge.h"
#include "fovea-crop.h"
#include "fovea-format.h"
#include "fovea-thumbnail.h"
#include "fovea-tooltip.h"

struct _FoveaCropCard
{
  GtkFlowBoxChild parent_instance;

  /* Template Widgets */
  FoveaCropBadge *badge;
  FoveaThumbnail *thumbnail;
  GtkLabel *title_label;
  GtkLabel *class_label;
  GtkLabel *percent_label;
  GtkWidget *verdict_box;
  GtkImage *verdict_image;
  GtkLabel *verdict_label;

  int crop;
};

G_DEFINE_FINAL_TYPE (FoveaCropCard, fovea_crop_card, GTK_TYPE_FLOW_BOX_CHILD)

static void
show_verdict (FoveaCropCard *self,
              FoveaVerdict   verdict)
{
  const char *text = fovea_verdict_get_text (verdict);

  gtk_image_set_from_icon_name (self->verdict_image, fovea_verdict_get_icon_name (verdict));
  gtk_label_set_text (self->verdict_label, text != NULL ? text : "");
  gtk_widget_set_css_classes (self->verdict_box, fovea_verdict_get_css_classes (verdict));
  gtk_widget_set_visible (self->verdict_box, text != NULL);
}

static void
set_accessible_label (FoveaCropCard *self,
                      const char    *label)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
fovea_crop_card_class_init (FoveaCropCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (FOVEA_TYPE_CROP_BADGE);
  g_type_ensure (FOVEA_TYPE_THUMBNAIL);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-crop-card.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaCropCard, badge);
  gtk_widget_class_bind_template_child (widget_class, FoveaCropCard, thumbnail);
  gtk_widget_class_bind_template_child (widget_class, FoveaCropCard, title_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaCropCard, class_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaCropCard, percent_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaCropCard, verdict_box);
  gtk_widget_class_bind_template_child (widget_class, FoveaCropCard, verdict_image);
  gtk_widget_class_bind_template_child (widget_class, FoveaCropCard, verdict_label);
}

static void
fovea_crop_card_init (FoveaCropCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fovea_crop_card_new:
 * @crop: the crop's number, or %CNN_MEAN_OF_CROPS
 * @title: what the card is called
 *
 * Returns: (transfer floating): a new card without picture and answer
 */
GtkWidget *
fovea_crop_card_new (int         crop,
                     const char *title)
{
  FoveaCropCard *self = g_object_new (FOVEA_TYPE_CROP_CARD, NULL);

  g_return_val_if_fail (crop >= CNN_MEAN_OF_CROPS && crop < CNN_MAX_CROPS, NULL);

  self->crop = crop;
  gtk_label_set_text (self->title_label, title);
  if (crop != CNN_MEAN_OF_CROPS)
    fovea_crop_badge_set_crop (self->badge, crop);
  else
    gtk_widget_set_visible (GTK_WIDGET (self->badge), FALSE);
  fovea_crop_card_clear_answer (self);

  return GTK_WIDGET (self);
}

/**
 * fovea_crop_card_get_crop:
 *
 * Returns: the crop's number, or %CNN_MEAN_OF_CROPS
 */
int
fovea_crop_card_get_crop (FoveaCropCard *self)
{
  g_return_val_if_fail (FOVEA_IS_CROP_CARD (self), CNN_MEAN_OF_CROPS);

  return self->crop;
}

/**
 * fovea_crop_card_set_paintable:
 * @paintable: (nullable): the crop's picture
 */
void
fovea_crop_card_set_paintable (FoveaCropCard *self,
                               GdkPaintable  *paintable)
{
  g_return_if_fail (FOVEA_IS_CROP_CARD (self));

  fovea_thumbnail_set_paintable (self->thumbnail, paintable);
}

/**
 * fovea_crop_card_set_answer:
 * @class_name: the predicted class, in short
 * @full_name: the predicted class with all its names
 * @probability: how probable the network holds it
 * @verdict: whether that is right
 *
 * Shows what the network says to the crop.
 */
void
fovea_crop_card_set_answer (FoveaCropCard *self,
                            const char    *class_name,
                            const char    *full_name,
                            double         probability,
                            FoveaVerdict   verdict)
{
  const char *title = gtk_label_get_text (self->title_label);
  g_autofree char *percent = fovea_format_percent (probability);
  g_autofree char *tooltip = g_strjoin ("\n", title, full_name, NULL);
  g_autofree char *label = NULL;

  g_return_if_fail (FOVEA_IS_CROP_CARD (self));

  gtk_label_set_text (self->class_label, class_name);
  gtk_widget_remove_css_class (GTK_WIDGET (self->class_label), "dim-label");
  gtk_label_set_text (self->percent_label, percent);
  fovea_tooltip_set (GTK_WIDGET (self), tooltip);
  show_verdict (self, verdict);

  label = g_strjoin (", ", title, class_name, percent,
                     fovea_verdict_get_text (verdict), NULL);
  set_accessible_label (self, label);
}

/**
 * fovea_crop_card_clear_answer:
 *
 * Shows that there is no answer yet.
 */
void
fovea_crop_card_clear_answer (FoveaCropCard *self)
{
  g_return_if_fail (FOVEA_IS_CROP_CARD (self));

  gtk_label_set_text (self->class_label, "…");
  gtk_widget_add_css_class (GTK_WIDGET (self->class_label), "dim-label");
  gtk_label_set_text (self->percent_label, "");
  fovea_tooltip_set (GTK_WIDGET (self), gtk_label_get_text (self->title_label));
  show_verdict (self, FOVEA_VERDICT_NONE);
  set_accessible_label (self, gtk_label_get_text (self->title_label));
}
