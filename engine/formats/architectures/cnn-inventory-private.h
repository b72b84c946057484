#pragma once

#include "formats/cnn-state-dict.h"

G_BEGIN_DECLS

/* Engine-internal: what a weights file has, made ready to be asked by every
 * architecture: which tensors and which modules there are, and which tensors a
 * network has to have a use for. Borrows the dict's names and tensors. */
typedef struct _CnnInventory CnnInventory;

#define CNN_NO_TENSOR G_MAXUINT

CnnInventory   *cnn_inventory_new          (CnnStateDict   *dict);
void            cnn_inventory_free         (CnnInventory   *self);
guint           cnn_inventory_get_size     (CnnInventory   *self);
const char     *cnn_inventory_get_name     (CnnInventory   *self,
                                            guint           i);
const CnnShape *cnn_inventory_get_shape    (CnnInventory   *self,
                                            guint           i);
CnnTensor      *cnn_inventory_get_tensor   (CnnInventory   *self,
                                            guint           i);
gboolean        cnn_inventory_is_harmless  (CnnInventory   *self,
                                            guint           i);
guint           cnn_inventory_find         (CnnInventory   *self,
                                            const char     *tensor);
gboolean        cnn_inventory_has_module   (CnnInventory   *self,
                                            const char     *module);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnInventory, cnn_inventory_free)

G_END_DECLS
