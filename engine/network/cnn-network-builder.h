#pragma once

#include "network/cnn-network.h"

G_BEGIN_DECLS

/* Engine-internal: how a reader makes a network, node by node. Each node's
 * shape is inferred as it is added, so that an error names the node at fault. */
typedef struct _CnnNetworkBuilder CnnNetworkBuilder;

/* What the add functions return instead of a layer's index when they fail. */
#define CNN_NO_LAYER G_MAXUINT

CnnNetworkBuilder *cnn_network_builder_new    (const char           *name,
                                               const CnnShape       *input);
void               cnn_network_builder_free   (CnnNetworkBuilder    *self);
guint              cnn_network_builder_add    (CnnNetworkBuilder    *self,
                                               const char           *name,
                                               CnnKind               kind,
                                               const CnnAttributes  *attributes,
                                               const guint          *inputs,
                                               guint                 n_inputs,
                                               CnnTensor *const     *parameters,
                                               GError              **error);
guint              cnn_network_builder_add_unknown (CnnNetworkBuilder *self,
                                               const char           *name,
                                               const char           *operator,
                                               const char           *problem,
                                               const guint          *inputs,
                                               guint                 n_inputs,
                                               GError              **error);
guint              cnn_network_builder_get_n_layers (CnnNetworkBuilder *self);
const CnnShape    *cnn_network_builder_get_shape (CnnNetworkBuilder *self,
                                               guint                 index);
CnnNetwork        *cnn_network_builder_freeze (CnnNetworkBuilder    *self,
                                               GFile                *file,
                                               GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnNetworkBuilder, cnn_network_builder_free)

G_END_DECLS
