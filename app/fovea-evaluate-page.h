#pragma once

#include <adwaita.h>

#include "fovea-session.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_EVALUATE_PAGE (fovea_evaluate_page_get_type ())

/**
 * FoveaEvaluatePage:
 *
 * The page on which a network is measured on all pictures: what to run, how far
 * it is, and what came out, as it comes.
 */
G_DECLARE_FINAL_TYPE (FoveaEvaluatePage, fovea_evaluate_page, FOVEA, EVALUATE_PAGE, AdwBin)

void         fovea_evaluate_page_set_session   (FoveaEvaluatePage *self,
                                                FoveaSession      *session);
CnnCropMode  fovea_evaluate_page_get_crop_mode (FoveaEvaluatePage *self);
void         fovea_evaluate_page_set_crop_mode (FoveaEvaluatePage *self,
                                                CnnCropMode        mode);
guint        fovea_evaluate_page_get_limit     (FoveaEvaluatePage *self);
void         fovea_evaluate_page_set_limit     (FoveaEvaluatePage *self,
                                                guint              limit);
void         fovea_evaluate_page_start         (FoveaEvaluatePage *self);

G_END_DECLS
