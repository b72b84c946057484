#pragma once

#include "network/cnn-network.h"

G_BEGIN_DECLS

/**
 * CnnActivations:
 *
 * The output of every layer for one input: what a looking run leaves, or one from a
 * layer on.
 * Reference-counted, immutable, and read from any thread.
 */
typedef struct _CnnActivations CnnActivations;

#define CNN_TYPE_ACTIVATIONS (cnn_activations_get_type ())

GType           cnn_activations_get_type    (void) G_GNUC_CONST;
CnnActivations *cnn_activations_ref         (CnnActivations *self);
void            cnn_activations_unref       (CnnActivations *self);
CnnNetwork     *cnn_activations_get_network (CnnActivations *self);
guint           cnn_activations_get_n_pictures (CnnActivations *self);
CnnTensor      *cnn_activations_dup_layer   (CnnActivations *self,
                                             guint           index);
CnnTensor      *cnn_activations_dup_logits  (CnnActivations *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnActivations, cnn_activations_unref)

G_END_DECLS
