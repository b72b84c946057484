#pragma once

#include <gtk/gtk.h>

#include "fovea-verdict.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_CROP_CARD (fovea_crop_card_get_type ())

/**
 * FoveaCropCard:
 *
 * A crop with the answer for it: one place of a crop strip.
 */
G_DECLARE_FINAL_TYPE (FoveaCropCard, fovea_crop_card, FOVEA, CROP_CARD, GtkFlowBoxChild)

GtkWidget  *fovea_crop_card_new           (int            crop,
                                           const char    *title);
int         fovea_crop_card_get_crop      (FoveaCropCard *self);
void        fovea_crop_card_set_paintable (FoveaCropCard *self,
                                           GdkPaintable  *paintable);
void        fovea_crop_card_set_answer    (FoveaCropCard *self,
                                           const char    *class_name,
                                           const char    *full_name,
                                           double         probability,
                                           FoveaVerdict   verdict);
void        fovea_crop_card_clear_answer  (FoveaCropCard *self);

G_END_DECLS
