#pragma once

#include "ops/cnn-op.h"

G_BEGIN_DECLS

#define CNN_TYPE_LAYER (cnn_layer_get_type ())

/**
 * CnnLayer:
 *
 * One node of a network as the user's graph has it: immutable, and read from
 * any thread.
 */
G_DECLARE_FINAL_TYPE (CnnLayer, cnn_layer, CNN, LAYER, GObject)

const char              *cnn_layer_get_name            (CnnLayer      *self);
guint                    cnn_layer_get_index           (CnnLayer      *self);
CnnKind                  cnn_layer_get_kind            (CnnLayer      *self);
const CnnAttributes     *cnn_layer_get_attributes      (CnnLayer      *self);
guint                    cnn_layer_get_n_inputs        (CnnLayer      *self);
CnnLayer                *cnn_layer_get_input           (CnnLayer      *self,
                                                        guint          i);
CnnTensor               *cnn_layer_get_parameter       (CnnLayer      *self,
                                                        CnnParameter   parameter);
const CnnShape          *cnn_layer_get_shape           (CnnLayer      *self);
const CnnReceptiveField *cnn_layer_get_receptive_field (CnnLayer      *self);
const char              *cnn_layer_get_operator        (CnnLayer      *self);
const char              *cnn_layer_get_problem         (CnnLayer      *self);
void                     cnn_layer_get_cost            (CnnLayer      *self,
                                                        CnnConvention  convention,
                                                        CnnCost       *cost);
char                    *cnn_layer_dup_description     (CnnLayer      *self);

G_END_DECLS
