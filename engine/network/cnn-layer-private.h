#pragma once

#include "network/cnn-layer.h"

G_BEGIN_DECLS

/* Engine-internal: layers are made by the network and its builder alone. */

/* The greatest tensor that a layer may put out: 4 GiB of float32. A file of a
 * few bytes can ask for more than that, by its padding or its input's size. */
#define CNN_MAX_OUTPUT_ELEMENTS ((gsize) 1 << 30)

CnnLayer *cnn_layer_new_input (const char           *name,
                               const CnnShape       *shape,
                               GError              **error);
CnnLayer *cnn_layer_new       (const char           *name,
                               guint                 index,
                               CnnKind               kind,
                               const CnnAttributes  *attributes,
                               CnnLayer *const      *inputs,
                               guint                 n_inputs,
                               CnnTensor *const     *parameters,
                               GError              **error);
CnnLayer *cnn_layer_new_unknown (const char          *name,
                               guint                 index,
                               const char           *operator,
                               const char           *problem,
                               CnnLayer *const      *inputs,
                               guint                 n_inputs);
void      cnn_layers_free     (GPtrArray            *layers);

G_END_DECLS
