#pragma once

#include <gtk/gtk.h>

#include "fovea-thumbnail-source.h"
#include "fovea-verdict.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_SAMPLE_CELL (fovea_sample_cell_get_type ())

/**
 * FoveaSampleCell:
 *
 * One place of a sample grid: recycled for one sample after the other. It loads
 * a thumbnail while it has a sample, and takes no answer that another one asked
 * for.
 */
G_DECLARE_FINAL_TYPE (FoveaSampleCell, fovea_sample_cell, FOVEA, SAMPLE_CELL, GtkWidget)

GtkWidget *fovea_sample_cell_new         (void);
CnnSample *fovea_sample_cell_get_sample  (FoveaSampleCell      *self);
void       fovea_sample_cell_bind        (FoveaSampleCell      *self,
                                          CnnSample            *sample,
                                          CnnLabels            *labels,
                                          FoveaThumbnailSource *source);
void       fovea_sample_cell_unbind      (FoveaSampleCell      *self);
void       fovea_sample_cell_set_verdict (FoveaSampleCell      *self,
                                          FoveaVerdict          verdict);

G_END_DECLS
