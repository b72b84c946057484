#pragma once

#include "formats/onnx/cnn-onnx-model-private.h"
#include "formats/onnx/cnn-onnx-tensor-private.h"
#include "network/cnn-network-builder.h"

G_BEGIN_DECLS

/* Engine-internal: what the operators' importers share. The importer goes
 * through the nodes in an order in which inputs come first, and knows of each
 * name that a node has given what it stands for. A node whose inputs are all
 * constants is worked out at once (folded); any other becomes a layer. */
typedef struct _CnnOnnxImporter CnnOnnxImporter;
typedef struct _CnnOnnxOperator CnnOnnxOperator;

/* The output of a layer. Tensors of a network have one picture's N = 1 first.
 * Those of the graph that do not, such as one that was transposed to W×H×C, have
 * it put before (lead is 1), so that no operator ever touches N. */
typedef struct
{
  guint index;                  /* CNN_NO_LAYER where there is none */
  guint lead;                   /* dimensions that the graph does not know of, 0 or 1 */
} CnnOnnxLayer;

/* What a name in the graph stands for: a layer's output, or a constant. */
typedef struct
{
  CnnOnnxLayer layer;
  gboolean is_unknown;          /* cannot be computed: comes of an unknown operator */

  /* What is still to be done to the layer's output, in the hope that whoever uses
   * it does it for nothing. */
  guint padding[4];             /* zeros that pad puts around it */
  const CnnOnnxNode *pad;
  gboolean is_nhwc;             /* the graph wants N×H×W×C, the layer gives N×C×H×W */

  CnnProtobufSpan message;      /* a constant's TensorProto, until it is asked for */
  CnnOnnxConstant *constant;
  CnnTensor *tensor;            /* the constant as float32, and as integers, */
  GArray *integers;             /* once they were asked for */
} CnnOnnxValue;

struct _CnnOnnxImporter
{
  CnnOnnxModel *model;
  CnnNetworkBuilder *builder;
  CnnOnnxFiles files;
  gsize batch;                  /* the N that the graph was made for, or 0 */

  GHashTable *values;           /* name, borrowed from the model → CnnOnnxValue */
  GHashTable *consumers;        /* name, borrowed → CnnOnnxNode, the last one that wants it */
  GHashTable *n_consumers;      /* name, borrowed → how many times it is wanted */
  GHashTable *absorbed;         /* a set of CnnOnnxNode: done by the node before */
  GHashTable *layer_names;      /* a set of char * */
  GPtrArray *branches;          /* of CnnOnnxModel, whose names are borrowed too */
};

typedef gboolean (*CnnOnnxImport) (CnnOnnxImporter        *self,
                                   const CnnOnnxNode      *node,
                                   const CnnOnnxOperator  *operator,
                                   GError                **error);

/* What an operator makes of n numbers, one of each input, by its settings. */
typedef double (*CnnOnnxFunction) (const double *x,
                                   guint         n,
                                   const double *settings);

#define CNN_ONNX_N_SETTINGS 2

/* One operator of ONNX. The attributes are those that it can have and that are
 * understood, separated by spaces: any other is an error, not a surprise. */
struct _CnnOnnxOperator
{
  const char *type;
  const char *attributes;
  CnnOnnxImport import;         /* adds a layer, or is NULL */
  CnnOnnxImport fold;           /* works constants out, or is NULL */
  CnnOnnxFunction function;     /* of what works number by number */
  int kind;                     /* what import and fold go by where several share them */
  double settings[CNN_ONNX_N_SETTINGS]; /* defaults of “alpha” and “beta”, or the like */
};

/* Each ends with an operator without a type. */
extern const CnnOnnxOperator cnn_onnx_element_operators[];      /* number by number */
extern const CnnOnnxOperator cnn_onnx_arithmetic_operators[];   /* several inputs, number by number */
extern const CnnOnnxOperator cnn_onnx_constant_operators[];     /* constants and shapes */
extern const CnnOnnxOperator cnn_onnx_layout_operators[];       /* the same numbers in another shape */
extern const CnnOnnxOperator cnn_onnx_select_operators[];       /* some of the numbers */
extern const CnnOnnxOperator cnn_onnx_control_operators[];      /* one graph or another */
extern const CnnOnnxOperator cnn_onnx_gather_operators[];
extern const CnnOnnxOperator cnn_onnx_join_operators[];         /* more of the numbers */
extern const CnnOnnxOperator cnn_onnx_reduce_operators[];       /* along axes */
extern const CnnOnnxOperator cnn_onnx_norm_operators[];
extern const CnnOnnxOperator cnn_onnx_matrix_operators[];
extern const CnnOnnxOperator cnn_onnx_pool_operators[];
extern const CnnOnnxOperator cnn_onnx_quantize_operators[];
extern const CnnOnnxOperator cnn_onnx_resize_operators[];
extern const CnnOnnxOperator cnn_onnx_window_operators[];

/* Inputs */
CnnOnnxValue    *cnn_onnx_importer_get_value    (CnnOnnxImporter      *self,
                                                 const CnnOnnxNode    *node,
                                                 guint                 i,
                                                 GError              **error);
gboolean         cnn_onnx_importer_has_input    (const CnnOnnxNode    *node,
                                                 guint                 i);
gboolean         cnn_onnx_importer_is_constant  (CnnOnnxImporter      *self,
                                                 const CnnOnnxNode    *node,
                                                 guint                 i);
gboolean         cnn_onnx_importer_get_layer    (CnnOnnxImporter      *self,
                                                 const CnnOnnxNode    *node,
                                                 guint                 i,
                                                 CnnOnnxLayer         *layer,
                                                 GError              **error);
gboolean         cnn_onnx_importer_get_aligned_layer (CnnOnnxImporter *self,
                                                 const CnnOnnxNode    *node,
                                                 guint                 i,
                                                 guint                 n_dims,
                                                 guint                 lead,
                                                 CnnOnnxLayer         *layer,
                                                 GError              **error);
gboolean         cnn_onnx_importer_get_free_layer (CnnOnnxImporter    *self,
                                                 const CnnOnnxNode    *node,
                                                 guint                 i,
                                                 CnnOnnxLayer         *layer,
                                                 GError              **error);
CnnOnnxConstant *cnn_onnx_importer_get_constant (CnnOnnxImporter      *self,
                                                 const CnnOnnxNode    *node,
                                                 guint                 i,
                                                 GError              **error);
CnnTensor       *cnn_onnx_importer_get_tensor   (CnnOnnxImporter      *self,
                                                 const CnnOnnxNode    *node,
                                                 guint                 i,
                                                 GError              **error);
gboolean         cnn_onnx_importer_get_number   (CnnOnnxImporter      *self,
                                                 const CnnOnnxNode    *node,
                                                 guint                 i,
                                                 double               *number,
                                                 GError              **error);
GArray          *cnn_onnx_importer_get_integers (CnnOnnxImporter      *self,
                                                 const CnnOnnxNode    *node,
                                                 guint                 i,
                                                 GError              **error);
gboolean         cnn_onnx_importer_get_list     (CnnOnnxImporter      *self,
                                                 const CnnOnnxNode    *node,
                                                 const char           *attribute,
                                                 guint                 i,
                                                 GArray              **list,
                                                 GError              **error);
void             cnn_onnx_importer_get_shape    (CnnOnnxImporter      *self,
                                                 const CnnOnnxLayer   *layer,
                                                 CnnShape             *shape);
void             cnn_onnx_operator_get_settings (const CnnOnnxOperator *self,
                                                 const CnnOnnxNode    *node,
                                                 double               *settings);

/* Outputs */
gboolean         cnn_onnx_importer_set_value    (CnnOnnxImporter      *self,
                                                 const char           *name,
                                                 const CnnOnnxValue   *value,
                                                 GError              **error);
gboolean         cnn_onnx_importer_pass         (CnnOnnxImporter      *self,
                                                 const CnnOnnxNode    *node,
                                                 guint                 i,
                                                 GError              **error);
gboolean         cnn_onnx_importer_set_constant (CnnOnnxImporter      *self,
                                                 const CnnOnnxNode    *node,
                                                 guint                 output,
                                                 CnnOnnxConstant      *constant,
                                                 GError              **error);
gboolean         cnn_onnx_importer_set_layer    (CnnOnnxImporter      *self,
                                                 const CnnOnnxNode    *node,
                                                 guint                 output,
                                                 guint                 index,
                                                 guint                 lead,
                                                 GError              **error);
guint            cnn_onnx_importer_add_layer    (CnnOnnxImporter      *self,
                                                 const CnnOnnxNode    *node,
                                                 const char           *suffix,
                                                 CnnKind               kind,
                                                 const CnnAttributes  *attributes,
                                                 const guint          *inputs,
                                                 guint                 n_inputs,
                                                 CnnTensor *const     *parameters,
                                                 GError              **error);
gboolean         cnn_onnx_importer_emit         (CnnOnnxImporter      *self,
                                                 const CnnOnnxNode    *node,
                                                 CnnKind               kind,
                                                 const CnnAttributes  *attributes,
                                                 const CnnOnnxLayer   *input,
                                                 CnnTensor *const     *parameters,
                                                 GError              **error);
gboolean         cnn_onnx_importer_add_unknown  (CnnOnnxImporter      *self,
                                                 const CnnOnnxNode    *node,
                                                 const char           *problem,
                                                 GError              **error);

gboolean         cnn_onnx_importer_import_nodes (CnnOnnxImporter      *self,
                                                 const GPtrArray      *order,
                                                 GError              **error);
gboolean         cnn_onnx_importer_add_initializers (CnnOnnxImporter  *self,
                                                 const CnnOnnxModel   *model,
                                                 GError              **error);
gboolean         cnn_onnx_importer_rename       (CnnOnnxImporter      *self,
                                                 const char           *from,
                                                 const char           *to,
                                                 GError              **error);

/* What several families do */
gboolean         cnn_onnx_get_axis              (gint64                axis,
                                                 guint                 n_dims,
                                                 guint                *result,
                                                 GError              **error);
gboolean         cnn_onnx_broadcast             (CnnShape             *shape,
                                                 const CnnShape       *other,
                                                 GError              **error);
void             cnn_onnx_get_broadcast_strides (const CnnShape       *shape,
                                                 const CnnShape       *result,
                                                 gssize               *strides);
gboolean         cnn_onnx_fold_elements         (CnnOnnxImporter      *self,
                                                 const CnnOnnxNode    *node,
                                                 const CnnOnnxOperator *operator,
                                                 CnnOnnxType           type,
                                                 GError              **error);

G_END_DECLS
