#pragma once

#include "run/cnn-activations.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CnnGradients:
 *
 * The derivative of one logit with respect to the output of every layer, for one
 * run. Reference-counted, immutable, and read from any thread.
 */
typedef struct _CnnGradients CnnGradients;

#define CNN_TYPE_GRADIENTS (cnn_gradients_get_type ())

GType         cnn_gradients_get_type  (void) G_GNUC_CONST;
CnnGradients *cnn_gradients_new       (CnnActivations  *activations,
                                       guint            class_index,
                                       guint            n_threads,
                                       GCancellable    *cancellable,
                                       GError         **error);
CnnGradients *cnn_gradients_ref       (CnnGradients    *self);
void          cnn_gradients_unref     (CnnGradients    *self);
CnnTensor    *cnn_gradients_get_layer (CnnGradients    *self,
                                       guint            index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnGradients, cnn_gradients_unref)

G_END_DECLS
