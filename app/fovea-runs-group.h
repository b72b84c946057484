#pragma once

#include <adwaita.h>

#include "fovea-runs.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_RUNS_GROUP (fovea_runs_group_get_type ())

/**
 * FoveaRunsGroup:
 *
 * The list of the runs that are kept. What can be done with them are actions of
 * the window, which the rows name.
 */
G_DECLARE_FINAL_TYPE (FoveaRunsGroup, fovea_runs_group, FOVEA, RUNS_GROUP, AdwPreferencesGroup)

void  fovea_runs_group_set_runs (FoveaRunsGroup *self,
                                 FoveaRuns      *runs);

G_END_DECLS
