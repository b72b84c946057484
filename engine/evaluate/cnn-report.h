#pragma once

#include "evaluate/cnn-run.h"

G_BEGIN_DECLS

/* What a run leaves behind for others to read: the homework's lines, JSON and
 * CSV as docs/command-line.md describes them. */

/**
 * CNN_REPORT_EPOCH:
 *
 * The line that the homework prints when a run starts, after the heading.
 */
#define CNN_REPORT_EPOCH "Val - Epoch 0.."

char     *cnn_report_dup_heading (CnnRun         *run);
char     *cnn_report_dup_result  (CnnRun         *run);
char     *cnn_report_to_text     (CnnRun         *run);
gboolean  cnn_report_save_json   (CnnRun         *run,
                                  GFile          *file,
                                  GCancellable   *cancellable,
                                  GError        **error);
gboolean  cnn_report_save_csv    (CnnRun         *run,
                                  GFile          *file,
                                  GCancellable   *cancellable,
                                  GError        **error);

G_END_DECLS
