#pragma once

#include "formats/cnn-state-dict.h"

G_BEGIN_DECLS

/* Engine-internal: the readers behind cnn_state_dict_load(). Their errors say
 * place, found and expected; the caller puts the file's name before them. */

gboolean      cnn_safetensors_sniff        (GBytes                *bytes);
CnnStateDict *cnn_safetensors_read         (GBytes                *bytes,
                                            GError               **error);
GBytes       *cnn_safetensors_write_header (CnnStateDict          *dict);

CnnStateDict *cnn_state_dict_read          (GBytes                *bytes,
                                            GCancellable          *cancellable,
                                            GError               **error);

G_END_DECLS
