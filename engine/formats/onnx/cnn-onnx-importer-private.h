#pragma once

#include "formats/onnx/cnn-onnx-model-private.h"
#include "network/cnn-network-builder.h"

G_BEGIN_DECLS

/* Engine-internal: what the operators' importers share. The importer goes
 * through the nodes in an order in which inputs come first, and knows of each
 * name that a node has given what it stands for. */
typedef struct _CnnOnnxImporter CnnOnnxImporter;

/* What a name in the graph stands for: a layer's output, or a constant, which is
 * a tensor in the file or small integers that were worked out. */
typedef struct
{
  guint layer;                  /* CNN_NO_LAYER for a constant */
  guint padding[4];             /* zeros that a Pad puts around the layer's output */
  CnnProtobufSpan constant;     /* a TensorProto; start is NULL where there is none */
  GArray *integers;             /* of gint64, or NULL */
  CnnTensor *tensor;            /* the constant as float32, once it was asked for */
} CnnOnnxValue;

struct _CnnOnnxImporter
{
  CnnOnnxModel *model;
  CnnNetworkBuilder *builder;
  CnnNumberSource source;
  gsize batch;                  /* the N that the graph was made for, or 0 */
  guint last_layer;             /* that was added */

  GHashTable *values;           /* name, borrowed from the model → CnnOnnxValue */
  GHashTable *consumers;        /* name, borrowed → CnnOnnxNode, the last one that wants it */
  GHashTable *n_consumers;      /* name, borrowed → how many times it is wanted */
  GHashTable *absorbed;         /* a set of CnnOnnxNode: done by the node before */
  GHashTable *layer_names;      /* a set of char * */
};

/* One operator of ONNX. The attributes are those that it can have and that are
 * understood, separated by spaces: any other is an error, not a surprise. */
typedef struct
{
  const char *type;
  gboolean (*import) (CnnOnnxImporter    *self,
                      const CnnOnnxNode  *node,
                      GError            **error);
  const char *attributes;
} CnnOnnxOperator;

extern const CnnOnnxOperator cnn_onnx_operators[];          /* layers; ends with NULL */
extern const CnnOnnxOperator cnn_onnx_row_operators[];      /* layers of one row a picture */
extern const CnnOnnxOperator cnn_onnx_window_operators[];   /* layers with a window */
extern const CnnOnnxOperator cnn_onnx_shape_operators[];    /* arithmetic on shapes */

CnnOnnxValue   *cnn_onnx_importer_get_value    (CnnOnnxImporter      *self,
                                                const CnnOnnxNode    *node,
                                                guint                 i,
                                                GError              **error);
gboolean        cnn_onnx_importer_is_constant  (CnnOnnxImporter      *self,
                                                const CnnOnnxNode    *node,
                                                guint                 i);
gboolean        cnn_onnx_importer_get_layer    (CnnOnnxImporter      *self,
                                                const CnnOnnxNode    *node,
                                                guint                 i,
                                                guint                *layer,
                                                GError              **error);
CnnTensor      *cnn_onnx_importer_get_tensor   (CnnOnnxImporter      *self,
                                                const CnnOnnxNode    *node,
                                                guint                 i,
                                                GError              **error);
GArray         *cnn_onnx_importer_get_integers (CnnOnnxImporter      *self,
                                                const CnnOnnxNode    *node,
                                                guint                 i,
                                                GError              **error);
gboolean        cnn_onnx_importer_get_axis     (gint64                axis,
                                                guint                 n_dims,
                                                guint                *result,
                                                GError              **error);
const CnnShape *cnn_onnx_importer_get_shape    (CnnOnnxImporter      *self,
                                                guint                 layer);
gboolean        cnn_onnx_importer_set_value    (CnnOnnxImporter      *self,
                                                const char           *name,
                                                const CnnOnnxValue   *value,
                                                GError              **error);
gboolean        cnn_onnx_importer_pass         (CnnOnnxImporter      *self,
                                                const CnnOnnxNode    *node,
                                                guint                 i,
                                                GError              **error);
gboolean        cnn_onnx_importer_set_integers (CnnOnnxImporter      *self,
                                                const CnnOnnxNode    *node,
                                                GArray               *integers,
                                                GError              **error);
guint           cnn_onnx_importer_add_layer    (CnnOnnxImporter      *self,
                                                const CnnOnnxNode    *node,
                                                const char           *suffix,
                                                CnnKind               kind,
                                                const CnnAttributes  *attributes,
                                                const guint          *inputs,
                                                guint                 n_inputs,
                                                CnnTensor *const     *parameters,
                                                GError              **error);
gboolean        cnn_onnx_importer_emit         (CnnOnnxImporter      *self,
                                                const CnnOnnxNode    *node,
                                                CnnKind               kind,
                                                const CnnAttributes  *attributes,
                                                const guint          *inputs,
                                                guint                 n_inputs,
                                                CnnTensor *const     *parameters,
                                                GError              **error);
gboolean        cnn_onnx_importer_emit_simple  (CnnOnnxImporter      *self,
                                                const CnnOnnxNode    *node,
                                                CnnKind               kind,
                                                guint                 axis,
                                                GError              **error);
gboolean        cnn_onnx_importer_set_layer    (CnnOnnxImporter      *self,
                                                const CnnOnnxNode    *node,
                                                guint                 layer,
                                                GError              **error);

G_END_DECLS
