#pragma once

#include "formats/cnn-number-type-private.h"
#include "formats/cnn-state-dict.h"

G_BEGIN_DECLS

/* Engine-internal: the readers behind cnn_state_dict_load(). Their errors say
 * place, found and expected; the caller puts the file's name before them. */

gboolean      cnn_safetensors_sniff        (GBytes                *bytes);
CnnStateDict *cnn_safetensors_read         (GBytes                *bytes,
                                            GError               **error);
GBytes       *cnn_safetensors_write_header (CnnStateDict          *dict,
                                            const CnnNumberType   *types,
                                            gboolean               with_metadata);

gboolean      cnn_shard_index_sniff        (GBytes                *bytes);
CnnStateDict *cnn_shard_index_read         (GBytes                *bytes,
                                            GFile                 *file,
                                            GCancellable          *cancellable,
                                            GError               **error);

CnnStateDict *cnn_state_dict_read          (GBytes                *bytes,
                                            GFile                 *file,
                                            GCancellable          *cancellable,
                                            GError               **error);
CnnStateDict *cnn_state_dict_read_raw      (GBytes                *bytes,
                                            GFile                 *file,
                                            GCancellable          *cancellable,
                                            GError               **error);
int           cnn_state_dict_find_index    (CnnStateDict          *self,
                                            const char            *name);
void          cnn_state_dict_add_integers  (CnnStateDict          *self,
                                            const char            *name,
                                            CnnTensor             *tensor);
gboolean      cnn_state_dict_is_integer    (CnnStateDict          *self,
                                            guint                  i);
void          cnn_state_dict_set_note      (CnnStateDict          *self,
                                            const char            *note);
void          cnn_state_dict_strip_prefix  (CnnStateDict          *self);

G_END_DECLS
