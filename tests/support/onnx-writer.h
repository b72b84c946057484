#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writes small .onnx files, right ones and wrong ones. Messages are byte arrays;
 * whatever takes one into another frees it. Lists of names are separated by
 * spaces; "-" is a name left out. */

GByteArray *onnx_node            (const char   *type,
                                  const char   *name,
                                  const char   *inputs,
                                  const char   *outputs);
void        onnx_node_integer    (GByteArray   *node,
                                  const char   *name,
                                  gint64        value);
void        onnx_node_float      (GByteArray   *node,
                                  const char   *name,
                                  float         value);
void        onnx_node_domain     (GByteArray   *node,
                                  const char   *domain);
void        onnx_node_text       (GByteArray   *node,
                                  const char   *name,
                                  const char   *text);
void        onnx_node_integers   (GByteArray   *node,
                                  const char   *name,
                                  guint         n,
                                  const gint64 *values);
void        onnx_node_tensor     (GByteArray   *node,
                                  const char   *name,
                                  GByteArray   *tensor);

void        onnx_node_graph      (GByteArray   *node,
                                  const char   *name,
                                  GByteArray   *graph);

GByteArray *onnx_tensor          (const char   *name,
                                  int           data_type,
                                  guint         n_dims,
                                  const gint64 *dims);
void        onnx_tensor_raw      (GByteArray   *tensor,
                                  const void   *data,
                                  gsize         size);
void        onnx_tensor_varints  (GByteArray   *tensor,
                                  guint         field,
                                  guint         n,
                                  const gint64 *values);
void        onnx_tensor_packed   (GByteArray   *tensor,
                                  guint         field,
                                  const void   *data,
                                  gsize         size);
void        onnx_tensor_name     (GByteArray   *tensor,
                                  const char   *name);
void        onnx_tensor_external (GByteArray   *tensor,
                                  const char   *key,
                                  ...) G_GNUC_NULL_TERMINATED;
GByteArray *onnx_tensor_floats   (const char   *name,
                                  guint         n_dims,
                                  const gint64 *dims,
                                  const float  *values);
GByteArray *onnx_tensor_integers (const char   *name,
                                  guint         n,
                                  const gint64 *values);

GByteArray *onnx_graph           (void);
void        onnx_graph_node      (GByteArray   *graph,
                                  GByteArray   *node);
void        onnx_graph_constant  (GByteArray   *graph,
                                  GByteArray   *tensor);
void        onnx_graph_input     (GByteArray   *graph,
                                  const char   *name,
                                  guint         n_dims,
                                  const gint64 *dims);
void        onnx_graph_output    (GByteArray   *graph,
                                  const char   *name);
void        onnx_model_graph     (GByteArray   *model,
                                  GByteArray   *graph);
GBytes     *onnx_model           (GByteArray   *graph,
                                  gint64        opset);

G_END_DECLS
