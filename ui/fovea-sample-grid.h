#pragma once

#include <gtk/gtk.h>

#include "fovea-thumbnail-source.h"
#include "fovea-verdict.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_SAMPLE_GRID (fovea_sample_grid_get_type ())

/**
 * FoveaVerdictFunc:
 * @sample: a sample
 * @user_data: what was given with the function
 *
 * Returns: what the prediction for @sample is worth
 */
typedef FoveaVerdict (*FoveaVerdictFunc) (CnnSample *sample,
                                          gpointer   user_data);

/**
 * FoveaSampleGrid:
 *
 * A grid of samples: small picture and class. Only what can be seen is there, so
 * that it may have fifty thousand. One of them is selected; the arrow keys, Home
 * and End move the selection, and Return or a double click activates it.
 */
G_DECLARE_FINAL_TYPE (FoveaSampleGrid, fovea_sample_grid, FOVEA, SAMPLE_GRID, GtkWidget)

GtkWidget            *fovea_sample_grid_new                  (void);
GListModel           *fovea_sample_grid_get_model            (FoveaSampleGrid      *self);
void                  fovea_sample_grid_set_model            (FoveaSampleGrid      *self,
                                                              GListModel           *model);
CnnLabels            *fovea_sample_grid_get_labels           (FoveaSampleGrid      *self);
void                  fovea_sample_grid_set_labels           (FoveaSampleGrid      *self,
                                                              CnnLabels            *labels);
FoveaThumbnailSource *fovea_sample_grid_get_thumbnail_source (FoveaSampleGrid      *self);
void                  fovea_sample_grid_set_thumbnail_source (FoveaSampleGrid      *self,
                                                              FoveaThumbnailSource *source);
guint                 fovea_sample_grid_get_selected         (FoveaSampleGrid      *self);
void                  fovea_sample_grid_set_selected         (FoveaSampleGrid      *self,
                                                              guint                 position);
CnnSample            *fovea_sample_grid_get_selected_sample  (FoveaSampleGrid      *self);
void                  fovea_sample_grid_set_verdict_func     (FoveaSampleGrid      *self,
                                                              FoveaVerdictFunc      func,
                                                              gpointer              user_data,
                                                              GDestroyNotify        destroy);
void                  fovea_sample_grid_verdicts_changed     (FoveaSampleGrid      *self);
void                  fovea_sample_grid_scroll_to_selected   (FoveaSampleGrid      *self);

G_END_DECLS
