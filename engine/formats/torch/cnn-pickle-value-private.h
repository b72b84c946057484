#pragma once

#include "formats/torch/cnn-pickle-private.h"

G_BEGIN_DECLS

/* Engine-internal: the steps of the pickle machine that make values of values. */

void            cnn_pickle_value_free       (CnnPickleValue         *value);
CnnPickleValue *cnn_pickle_new_value        (CnnPickle              *self,
                                             CnnPickleKind           kind);
CnnPickleValue *cnn_pickle_new_global       (CnnPickle              *self,
                                             const CnnPickleText    *module,
                                             const CnnPickleText    *name);
CnnPickleValue *cnn_pickle_reduce           (CnnPickle              *self,
                                             CnnPickleValue         *callable,
                                             CnnPickleValue         *arguments,
                                             GError                **error);
CnnPickleValue *cnn_pickle_load_persistent  (CnnPickle              *self,
                                             CnnPickleValue         *id,
                                             GError                **error);

G_END_DECLS
