#pragma once

#include "plan/cnn-plan.h"
#include "run/cnn-activations.h"

G_BEGIN_DECLS

CnnActivations *cnn_activations_new (CnnPlan   *plan,
                                     GPtrArray *workspaces);

G_END_DECLS
