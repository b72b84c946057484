#pragma once

#include "fovea-run-store.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_RUN_RECORDER (fovea_run_recorder_get_type ())

/**
 * FoveaRunRecorder:
 *
 * Keeps what an evaluation finds, as it finds it, in a thread of its own.
 */
G_DECLARE_FINAL_TYPE (FoveaRunRecorder, fovea_run_recorder, FOVEA, RUN_RECORDER, GObject)

FoveaRunRecorder *fovea_run_recorder_begin      (const char        *path,
                                                 CnnEvaluation     *evaluation,
                                                 gboolean           resume,
                                                 gint64             wanted,
                                                 GCancellable      *cancellable,
                                                 GError           **error);
gint64            fovea_run_recorder_get_id     (FoveaRunRecorder  *self);
gboolean          fovea_run_recorder_is_resumed (FoveaRunRecorder  *self);
const char       *fovea_run_recorder_get_aside  (FoveaRunRecorder  *self);
void              fovea_run_recorder_start      (FoveaRunRecorder  *self);
gboolean          fovea_run_recorder_finish     (FoveaRunRecorder  *self,
                                                 GError           **error);

G_END_DECLS
