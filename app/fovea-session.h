#pragma once

#include <gtk/gtk.h>

#include "cnn.h"
#include "fovea-runs.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_SESSION (fovea_session_get_type ())

/**
 * FoveaSession:
 *
 * What a window has open, what of it is chosen, and what the engine found about
 * it. Setters say what is wanted; jobs run in the background, and their results
 * appear as properties that notify. A newer choice cancels the job of an older
 * one, and an old answer never takes the place of a newer one.
 *
 * What is shown of a picture belongs together: :prepared, :prediction and
 * :layer-tensor change at once, or, where the network takes long, are %NULL
 * until they are known.
 *
 * Nothing but the session starts jobs. It is used from the main loop only.
 */
G_DECLARE_FINAL_TYPE (FoveaSession, fovea_session, FOVEA, SESSION, GObject)

FoveaSession       *fovea_session_new                 (void);
void                fovea_session_stop                (FoveaSession        *self);

void                fovea_session_open                (FoveaSession        *self,
                                                       GFile              **files,
                                                       guint                n_files);
void                fovea_session_open_dataset        (FoveaSession        *self,
                                                       GFile               *folder);
void                fovea_session_open_network        (FoveaSession        *self,
                                                       GFile               *file);

CnnDataset         *fovea_session_get_dataset         (FoveaSession        *self);
gboolean            fovea_session_get_dataset_loading (FoveaSession        *self);
char               *fovea_session_dup_dataset_name    (FoveaSession        *self);
CnnNetwork         *fovea_session_get_network         (FoveaSession        *self);
gboolean            fovea_session_get_network_loading (FoveaSession        *self);
double              fovea_session_get_opening_fraction (FoveaSession       *self);
CnnPhase            fovea_session_get_opening_phase   (FoveaSession        *self);
char               *fovea_session_dup_opening_name    (FoveaSession        *self);
void                fovea_session_cancel_opening      (FoveaSession        *self);
CnnLabels          *fovea_session_get_labels          (FoveaSession        *self);
CnnLabels          *fovea_session_get_answer_labels   (FoveaSession        *self);
gboolean            fovea_session_get_busy            (FoveaSession        *self);

GtkSingleSelection *fovea_session_get_selection       (FoveaSession        *self);
CnnSample          *fovea_session_get_sample          (FoveaSession        *self);
void                fovea_session_choose_sample       (FoveaSession        *self,
                                                       const char          *name);
int                 fovea_session_get_class_filter    (FoveaSession        *self);
void                fovea_session_set_class_filter    (FoveaSession        *self,
                                                       int                  label);
const char         *fovea_session_get_search          (FoveaSession        *self);
void                fovea_session_set_search          (FoveaSession        *self,
                                                       const char          *search);

const char         *fovea_session_get_preset          (FoveaSession        *self);
void                fovea_session_set_preset          (FoveaSession        *self,
                                                       const char          *preset);
CnnModelCard       *fovea_session_get_card            (FoveaSession        *self);
gboolean            fovea_session_suits_model         (FoveaSession        *self);
void                fovea_session_set_recipe          (FoveaSession        *self,
                                                       const CnnRecipe     *recipe);
const CnnRecipe    *fovea_session_get_recipe          (FoveaSession        *self);
CnnCropMode         fovea_session_get_crop_mode       (FoveaSession        *self);
void                fovea_session_set_crop_mode       (FoveaSession        *self,
                                                       CnnCropMode          mode);
int                 fovea_session_get_crop            (FoveaSession        *self);
void                fovea_session_set_crop            (FoveaSession        *self,
                                                       int                  crop);
guint               fovea_session_get_layer           (FoveaSession        *self);
void                fovea_session_set_layer           (FoveaSession        *self,
                                                       guint                layer);
void                fovea_session_choose_layer        (FoveaSession        *self,
                                                       const char          *name);

CnnPrepared        *fovea_session_get_prepared        (FoveaSession        *self);
CnnPrediction      *fovea_session_get_prediction      (FoveaSession        *self);
CnnActivations     *fovea_session_get_activations     (FoveaSession        *self);
CnnTensor          *fovea_session_get_layer_tensor    (FoveaSession        *self);
const char         *fovea_session_get_picture_problem (FoveaSession        *self);
const char         *fovea_session_get_answer_problem  (FoveaSession        *self);

FoveaRuns          *fovea_session_get_runs            (FoveaSession        *self);
CnnRun             *fovea_session_get_run             (FoveaSession        *self);
gboolean            fovea_session_get_evaluating      (FoveaSession        *self);
gboolean            fovea_session_can_evaluate        (FoveaSession        *self);
const CnnSampleResult *
                    fovea_session_get_result          (FoveaSession        *self,
                                                       CnnSample           *sample);
void                fovea_session_evaluate            (FoveaSession        *self,
                                                       CnnCropMode          crops,
                                                       guint                limit);
gboolean            fovea_session_can_resume          (FoveaSession        *self);
void                fovea_session_resume_evaluation   (FoveaSession        *self);
void                fovea_session_pause_evaluation    (FoveaSession        *self);
void                fovea_session_save_results        (FoveaSession        *self,
                                                       GFile               *file);

G_END_DECLS
