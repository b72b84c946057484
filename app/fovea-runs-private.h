#pragma once

#include "fovea-run-recorder.h"
#include "fovea-runs.h"

G_BEGIN_DECLS

/* fovea-runs.c is the run that goes on, fovea-runs-kept.c those in the store. */

struct _FoveaRuns
{
  GObject parent_instance;

  /* What is shown. Owned; the id is FOVEA_NO_RUN until the store has given one. */
  CnnRun *run;
  gint64 run_id;

  /* What goes on: NULL, FOVEA_NO_RUN and NULL while nothing does. Owned. */
  CnnEvaluation *evaluation;
  FoveaRunRecorder *recorder;
  GCancellable *cancellable;

  GListStore *list;             /* of FoveaRunItem */
  guint refresh_serial;
  guint open_serial;
};

void  fovea_runs_show (FoveaRuns    *self,
                       CnnRun       *run,
                       gint64        id);
void  fovea_runs_tell (FoveaRuns    *self,
                       const char   *title,
                       const GError *error);

G_END_DECLS
