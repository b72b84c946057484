#pragma once

#include "core/cnn-tensor.h"

G_BEGIN_DECLS

/* Networks' answers beside those that others have computed. */

CnnTensor *logits_load_entry (const char   *path,
                              const char   *entry,
                              const char   *other_entry);
CnnTensor *logits_compute    (const char   *model,
                              CnnTensor    *input);
void       logits_check      (CnnTensor    *found,
                              CnnTensor    *expected,
                              double        tolerance);

G_END_DECLS
