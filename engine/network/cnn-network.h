#pragma once

#include <gio/gio.h>

#include "network/cnn-layer.h"

G_BEGIN_DECLS

#define CNN_TYPE_NETWORK (cnn_network_get_type ())

/**
 * CnnNetwork:
 *
 * A frozen graph: a [iface@Gio.ListModel] of [class@Layer], inputs before those
 * that use them; the first is the input, the last the output (the logits, or
 * their softmax where the file has one). Immutable, and read from any thread.
 */
G_DECLARE_FINAL_TYPE (CnnNetwork, cnn_network, CNN, NETWORK, GObject)

const char     *cnn_network_get_name        (CnnNetwork      *self);
GFile          *cnn_network_get_file        (CnnNetwork      *self);
const char     *cnn_network_get_note        (CnnNetwork      *self);
guint           cnn_network_get_n_layers    (CnnNetwork      *self);
CnnLayer       *cnn_network_get_layer       (CnnNetwork      *self,
                                             guint            index);
CnnLayer       *cnn_network_find_layer      (CnnNetwork      *self,
                                             const char      *name);
const CnnShape *cnn_network_get_input_shape (CnnNetwork      *self);
guint           cnn_network_get_n_classes   (CnnNetwork      *self);
void            cnn_network_get_cost        (CnnNetwork      *self,
                                             CnnConvention    convention,
                                             CnnCost         *cost);
gboolean        cnn_network_check_file      (CnnNetwork      *self,
                                             GError         **error);
gboolean        cnn_network_check_complete (CnnNetwork   *self,
                                             GError         **error);
CnnNetwork     *cnn_network_resize          (CnnNetwork      *self,
                                             const CnnShape  *input,
                                             GError         **error);

G_END_DECLS
