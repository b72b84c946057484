#pragma once

#include "ops/cnn-op-private.h"

G_BEGIN_DECLS

#define CNN_PICK_NOTHING (-1)

gssize cnn_pick (CnnKind              kind,
                 const CnnAttributes *attributes,
                 guint                dimension,
                 gsize                extent,
                 gsize                element);

G_END_DECLS
