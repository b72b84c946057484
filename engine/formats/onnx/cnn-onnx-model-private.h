#pragma once

#include "core/cnn-shape.h"
#include "formats/onnx/cnn-protobuf-private.h"

G_BEGIN_DECLS

/* Engine-internal: an .onnx file as its protobuf messages say it, nothing
 * interpreted yet. https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 *
 * The wire format is read here by a reader of our own, small and without copies:
 * protobuf-c copies every bytes field, so that a model's weights would lie in
 * memory once more, and it is not in the Flatpak platform. Measured on VGG-16 of
 * 553 MB: with protobuf-c 541 MB of memory besides the mapped file, here 129 MB,
 * for those weights that do not lie on a multiple of four bytes. */

typedef struct
{
  char *name;
  gint64 integer;
  float number;
  char *text;                     /* or NULL */
  CnnProtobufSpan tensor;         /* a TensorProto; start is NULL where there is none */
  CnnProtobufSpan graph;          /* a GraphProto, the same */
  GArray *integers;               /* of gint64, or NULL */
  GArray *numbers;                /* of float, or NULL */
} CnnOnnxAttribute;

typedef struct
{
  char *name;                     /* may be empty */
  char *type;                     /* the operator */
  char *domain;                   /* "" is ONNX's own */
  GPtrArray *inputs;              /* of char *; "" where one is left out */
  GPtrArray *outputs;
  GPtrArray *captures;            /* of char *: what its graphs want besides, of this graph or in them */
  GArray *attributes;             /* of CnnOnnxAttribute */
} CnnOnnxNode;

/* An input of the graph; dims are 0 where the file leaves them open. */
typedef struct
{
  char *name;
  guint n_dims;
  gsize dims[CNN_MAX_DIMS];
} CnnOnnxInput;

typedef struct
{
  gint64 opset;
  guint depth;                    /* how many graphs this one is inside of */
  GPtrArray *nodes;               /* of CnnOnnxNode */
  GPtrArray *inputs;              /* of CnnOnnxInput */
  GPtrArray *outputs;             /* of char * */
  GHashTable *initializers;       /* name → CnnProtobufSpan of a TensorProto */
} CnnOnnxModel;

CnnOnnxModel *cnn_onnx_model_read (const CnnProtobufSpan  *file,
                                   GError                **error);
CnnOnnxModel *cnn_onnx_model_read_branch (const CnnProtobufSpan  *graph,
                                          guint                   depth,
                                          GError                **error);
void          cnn_onnx_model_free (CnnOnnxModel           *self);

const CnnOnnxAttribute *cnn_onnx_node_find_attribute (const CnnOnnxNode *self,
                                                      const char        *name);
gint64                  cnn_onnx_node_get_integer    (const CnnOnnxNode *self,
                                                      const char        *name,
                                                      gint64             fallback);
float                   cnn_onnx_node_get_number     (const CnnOnnxNode *self,
                                                      const char        *name,
                                                      float              fallback);
const char             *cnn_onnx_node_get_text       (const CnnOnnxNode *self,
                                                      const char        *name,
                                                      const char        *fallback);
const char             *cnn_onnx_node_get_input      (const CnnOnnxNode *self,
                                                      guint              i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnOnnxModel, cnn_onnx_model_free)

G_END_DECLS
