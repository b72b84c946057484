#pragma once

#include "core/cnn-tensor.h"

G_BEGIN_DECLS

/* Engine-internal: the types of numbers that files hold, all little-endian. */
typedef enum
{
  CNN_NUMBER_F16,
  CNN_NUMBER_BF16,
  CNN_NUMBER_F32,
  CNN_NUMBER_F64,
  CNN_NUMBER_BOOL,
  CNN_NUMBER_U8,
  CNN_NUMBER_I8,
  CNN_NUMBER_U16,
  CNN_NUMBER_I16,
  CNN_NUMBER_U32,
  CNN_NUMBER_I32,
  CNN_NUMBER_U64,
  CNN_NUMBER_I64,
} CnnNumberType;

gsize  cnn_number_type_get_size (CnnNumberType  type);
void   cnn_number_type_convert  (CnnNumberType  type,
                                 const guint8  *source,
                                 gsize          stride,
                                 gsize          n,
                                 float         *target);

gboolean cnn_number_type_is_integer (CnnNumberType  type);
void   cnn_number_type_encode   (CnnNumberType  type,
                                 const float   *source,
                                 gsize          n,
                                 guint8        *target);

/* A file's bytes as the source of many tensors. Entries of a file may overlap or
 * share storage, so that a small file could ask for much memory: what is copied
 * is counted, and refused when it is out of proportion to the file. */
typedef struct
{
  GBytes *bytes;
  gboolean share;       /* aligned float32 numbers keep bytes, rather than a copy */
  gsize budget;
} CnnNumberSource;

void       cnn_number_source_init       (CnnNumberSource  *source,
                                         GBytes           *bytes,
                                         gboolean          share);
gboolean   cnn_number_source_spend      (CnnNumberSource  *source,
                                         gsize             n,
                                         gsize             size,
                                         GError          **error);
CnnTensor *cnn_number_source_allocate   (CnnNumberSource  *source,
                                         const CnnShape   *shape,
                                         GError          **error);
CnnTensor *cnn_number_source_get_tensor (CnnNumberSource  *source,
                                         CnnNumberType     type,
                                         const CnnShape   *shape,
                                         gsize             offset,
                                         const gsize      *strides,
                                         GError          **error);

G_END_DECLS
