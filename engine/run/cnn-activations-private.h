#pragma once

#include "plan/cnn-plan.h"
#include "run/cnn-activations.h"

G_BEGIN_DECLS

CnnActivations *cnn_activations_new            (CnnPlan        *plan,
                                                GPtrArray      *workspaces);
CnnActivations *cnn_activations_new_changed    (CnnActivations *unchanged,
                                                GPtrArray      *workspaces,
                                                const gboolean *is_changed);
CnnPlan        *cnn_activations_get_plan       (CnnActivations *self);
guint           cnn_activations_get_n_runs     (CnnActivations *self);
CnnWorkspace   *cnn_activations_get_workspace  (CnnActivations *self,
                                                guint           run,
                                                guint           layer);
guint           cnn_activations_get_logits_layer (CnnActivations *self);

G_END_DECLS
