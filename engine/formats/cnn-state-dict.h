#pragma once

#include <gio/gio.h>

#include "core/cnn-tensor.h"

G_BEGIN_DECLS

/**
 * CnnStateDict:
 *
 * Named tensors in the order of their file: what `.pth` and `.safetensors` files
 * hold. Reference-counted; immutable once it was read.
 */
typedef struct _CnnStateDict CnnStateDict;

#define CNN_TYPE_STATE_DICT (cnn_state_dict_get_type ())

GType         cnn_state_dict_get_type (void) G_GNUC_CONST;
CnnStateDict *cnn_state_dict_new      (void);
CnnStateDict *cnn_state_dict_ref      (CnnStateDict  *self);
void          cnn_state_dict_unref    (CnnStateDict  *self);
void          cnn_state_dict_add      (CnnStateDict  *self,
                                       const char    *name,
                                       CnnTensor     *tensor);
guint         cnn_state_dict_get_size (CnnStateDict  *self);
const char   *cnn_state_dict_get_name (CnnStateDict  *self,
                                       guint          i);
CnnTensor    *cnn_state_dict_get      (CnnStateDict  *self,
                                       guint          i);
CnnTensor    *cnn_state_dict_find     (CnnStateDict  *self,
                                       const char    *name);

CnnStateDict *cnn_state_dict_load     (GFile         *file,
                                       GCancellable  *cancellable,
                                       GError       **error);
gboolean      cnn_state_dict_save     (CnnStateDict  *self,
                                       GFile         *file,
                                       GCancellable  *cancellable,
                                       GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnStateDict, cnn_state_dict_unref)

G_END_DECLS
