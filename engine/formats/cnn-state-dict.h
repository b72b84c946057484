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

/**
 * CnnFloatType:
 * @CNN_FLOAT_F32: 32 bits, the engine's own
 * @CNN_FLOAT_F16: IEEE 754 binary16: 11 bits of precision, up to 65504
 * @CNN_FLOAT_BF16: bfloat16: 8 bits of precision, the range of 32 bits
 *
 * How numbers are written to a file.
 */
typedef enum
{
  CNN_FLOAT_F32,
  CNN_FLOAT_F16,
  CNN_FLOAT_BF16,
} CnnFloatType;

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
const char   *cnn_state_dict_get_note (CnnStateDict  *self);

CnnStateDict *cnn_state_dict_load     (GFile         *file,
                                       GCancellable  *cancellable,
                                       GError       **error);
gboolean      cnn_state_dict_save     (CnnStateDict  *self,
                                       GFile         *file,
                                       GCancellable  *cancellable,
                                       GError       **error);

gboolean      cnn_state_dict_export   (CnnStateDict  *self,
                                       CnnFloatType   type,
                                       GFile         *file,
                                       GCancellable  *cancellable,
                                       GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnStateDict, cnn_state_dict_unref)

G_END_DECLS
