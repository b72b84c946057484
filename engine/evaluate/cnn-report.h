#pragma once

#include "evaluate/cnn-evaluation.h"

G_BEGIN_DECLS

/* What a run leaves behind for others to read: the homework's lines, JSON and
 * CSV as docs/command-line.md describes them. */

/**
 * CNN_REPORT_EPOCH:
 *
 * The line that the homework prints when a run starts, after the heading.
 */
#define CNN_REPORT_EPOCH "Val - Epoch 0.."

char     *cnn_report_dup_heading (CnnEvaluation  *evaluation);
char     *cnn_report_dup_result  (CnnEvaluation  *evaluation);
char     *cnn_report_to_text     (CnnEvaluation  *evaluation);
gboolean  cnn_report_save_json   (CnnEvaluation  *evaluation,
                                  GFile          *file,
                                  GCancellable   *cancellable,
                                  GError        **error);
gboolean  cnn_report_save_csv    (CnnEvaluation  *evaluation,
                                  GFile          *file,
                                  GCancellable   *cancellable,
                                  GError        **error);

G_END_DECLS
