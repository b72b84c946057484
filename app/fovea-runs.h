#pragma once

#include "cnn.h"
#include "fovea-run-item.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_RUNS (fovea_runs_get_type ())

/**
 * FoveaRuns:
 *
 * The runs that a window knows: the one that goes on, the one that is shown,
 * which need not be the same, and all those that were kept. Everything that
 * takes time is done in threads. It is used from the main loop only.
 */
G_DECLARE_FINAL_TYPE (FoveaRuns, fovea_runs, FOVEA, RUNS, GObject)

FoveaRuns  *fovea_runs_new            (void);
CnnRun     *fovea_runs_get_run        (FoveaRuns           *self);
gint64      fovea_runs_get_run_id     (FoveaRuns           *self);
gboolean    fovea_runs_get_evaluating (FoveaRuns           *self);
gboolean    fovea_runs_is_shown_going_on (FoveaRuns        *self);
GListModel *fovea_runs_get_list       (FoveaRuns           *self);

void        fovea_runs_start          (FoveaRuns           *self,
                                       CnnEvaluation       *evaluation);
void        fovea_runs_resume         (FoveaRuns           *self,
                                       CnnEvaluation       *evaluation);
void        fovea_runs_pause          (FoveaRuns           *self);

void        fovea_runs_refresh        (FoveaRuns           *self);
void        fovea_runs_open           (FoveaRuns           *self,
                                       gint64               id);
void        fovea_runs_rename         (FoveaRuns           *self,
                                       gint64               id,
                                       const char          *name);
void        fovea_runs_set_deleted    (FoveaRuns           *self,
                                       gint64               id,
                                       gboolean             deleted);
void        fovea_runs_compare_async  (FoveaRuns           *self,
                                       gint64               first,
                                       gint64               second,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data);
CnnComparison *
            fovea_runs_compare_finish (FoveaRuns           *self,
                                       GAsyncResult        *result,
                                       GError             **error);

G_END_DECLS
