#pragma once

#include "evaluate/cnn-evaluation.h"

G_BEGIN_DECLS

/* What a run leaves behind for others to read: the homework's lines, JSON and
 * CSV as docs/command-line.md describes them. */

char     *cnn_report_to_text   (CnnEvaluation  *evaluation);
gboolean  cnn_report_save_json (CnnEvaluation  *evaluation,
                                GFile          *file,
                                GCancellable   *cancellable,
                                GError        **error);
gboolean  cnn_report_save_csv  (CnnEvaluation  *evaluation,
                                GFile          *file,
                                GCancellable   *cancellable,
                                GError        **error);

G_END_DECLS
