#include "support/onnx-writer.h"

#include <string.h>

static void
put_varint (GByteArray *message,
            guint64     value)
{
  do
    {
      guint8 byte = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);

      g_byte_array_append (message, &byte, 1);
      value >>= 7;
    }
  while (value > 0);
}

static void
put_integer (GByteArray *message,
             guint       field,
             gint64      value)
{
  put_varint (message, field << 3);
  put_varint (message, value);
}

static void
put_bytes (GByteArray *message,
           guint       field,
           const void *data,
           gsize       size)
{
  put_varint (message, field << 3 | 2);
  put_varint (message, size);
  g_byte_array_append (message, data, size);
}

static void
put_text (GByteArray *message,
          guint       field,
          const char *text)
{
  put_bytes (message, field, text, strlen (text));
}

static void
put_message (GByteArray *message,
             guint       field,
             GByteArray *inner)
{
  put_bytes (message, field, inner->data, inner->len);
  g_byte_array_unref (inner);
}

static void
put_names (GByteArray *message,
           guint       field,
           const char *names)
{
  g_auto (GStrv) list = g_strsplit (names, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    put_text (message, field, g_str_equal (list[i], "-") ? "" : list[i]);
}

GByteArray *
onnx_node (const char *type,
           const char *name,
           const char *inputs,
           const char *outputs)
{
  GByteArray *node = g_byte_array_new ();

  put_names (node, 1, inputs);
  put_names (node, 2, outputs);
  put_text (node, 3, name);
  put_text (node, 4, type);

  return node;
}

static GByteArray *
new_attribute (const char *name)
{
  GByteArray *attribute = g_byte_array_new ();

  put_text (attribute, 1, name);

  return attribute;
}

void
onnx_node_integer (GByteArray *node,
                   const char *name,
                   gint64      value)
{
  GByteArray *attribute = new_attribute (name);

  put_integer (attribute, 3, value);
  put_message (node, 5, attribute);
}

void
onnx_node_float (GByteArray *node,
                 const char *name,
                 float       value)
{
  GByteArray *attribute = new_attribute (name);
  union { float f; guint32 u; } bits = { .f = value };

  bits.u = GUINT32_TO_LE (bits.u);
  put_varint (attribute, 2 << 3 | 5);
  g_byte_array_append (attribute, (const guint8 *) &bits.u, sizeof bits.u);
  put_message (node, 5, attribute);
}

void
onnx_node_domain (GByteArray *node,
                  const char *domain)
{
  put_text (node, 7, domain);
}

void
onnx_node_text (GByteArray *node,
                const char *name,
                const char *text)
{
  GByteArray *attribute = new_attribute (name);

  put_text (attribute, 4, text);
  put_message (node, 5, attribute);
}

void
onnx_node_integers (GByteArray   *node,
                    const char   *name,
                    guint         n,
                    const gint64 *values)
{
  GByteArray *attribute = new_attribute (name);

  for (guint i = 0; i < n; i++)
    put_integer (attribute, 8, values[i]);
  put_message (node, 5, attribute);
}

void
onnx_node_tensor (GByteArray *node,
                  const char *name,
                  GByteArray *tensor)
{
  GByteArray *attribute = new_attribute (name);

  put_message (attribute, 5, tensor);
  put_message (node, 5, attribute);
}

void
onnx_node_graph (GByteArray *node,
                 const char *name,
                 GByteArray *graph)
{
  GByteArray *attribute = new_attribute (name);

  put_message (attribute, 6, graph);
  put_message (node, 5, attribute);
}

GByteArray *
onnx_tensor (const char   *name,
             int           data_type,
             guint         n_dims,
             const gint64 *dims)
{
  GByteArray *tensor = g_byte_array_new ();

  for (guint i = 0; i < n_dims; i++)
    put_integer (tensor, 1, dims[i]);
  put_integer (tensor, 2, data_type);
  put_text (tensor, 8, name);

  return tensor;
}

void
onnx_tensor_raw (GByteArray *tensor,
                 const void *data,
                 gsize       size)
{
  put_bytes (tensor, 9, data, size);
}

void
onnx_tensor_varints (GByteArray   *tensor,
                     guint         field,
                     guint         n,
                     const gint64 *values)
{
  for (guint i = 0; i < n; i++)
    put_integer (tensor, field, values[i]);
}

void
onnx_tensor_packed (GByteArray *tensor,
                    guint       field,
                    const void *data,
                    gsize       size)
{
  put_bytes (tensor, field, data, size);
}

void
onnx_tensor_name (GByteArray *tensor,
                  const char *name)
{
  put_text (tensor, 8, name);
}

/* Keeps the numbers in a file beside the model; keys and values, ended by NULL. */
void
onnx_tensor_external (GByteArray *tensor,
                      const char *key,
                      ...)
{
  va_list rest;

  va_start (rest, key);
  for (; key != NULL; key = va_arg (rest, const char *))
    {
      GByteArray *entry = g_byte_array_new ();

      put_text (entry, 1, key);
      put_text (entry, 2, va_arg (rest, const char *));
      put_message (tensor, 13, entry);
    }
  va_end (rest);

  put_integer (tensor, 14, 1);
}

GByteArray *
onnx_tensor_floats (const char   *name,
                    guint         n_dims,
                    const gint64 *dims,
                    const float  *values)
{
  GByteArray *tensor = onnx_tensor (name, 1, n_dims, dims);
  gsize n = 1;

  for (guint i = 0; i < n_dims; i++)
    n *= dims[i];
  onnx_tensor_raw (tensor, values, n * sizeof (float));

  return tensor;
}

GByteArray *
onnx_tensor_integers (const char   *name,
                      guint         n,
                      const gint64 *values)
{
  GByteArray *tensor = onnx_tensor (name, 7, 1, &(const gint64) { n });

  onnx_tensor_raw (tensor, values, n * sizeof (gint64));

  return tensor;
}

GByteArray *
onnx_graph (void)
{
  return g_byte_array_new ();
}

void
onnx_graph_node (GByteArray *graph,
                 GByteArray *node)
{
  put_message (graph, 1, node);
}

void
onnx_graph_constant (GByteArray *graph,
                     GByteArray *tensor)
{
  put_message (graph, 5, tensor);
}

/* A dimension that is not over 0 is left open. */
void
onnx_graph_input (GByteArray   *graph,
                  const char   *name,
                  guint         n_dims,
                  const gint64 *dims)
{
  GByteArray *value = g_byte_array_new ();
  GByteArray *type = g_byte_array_new ();
  GByteArray *tensor = g_byte_array_new ();
  GByteArray *shape = g_byte_array_new ();

  for (guint i = 0; i < n_dims; i++)
    {
      GByteArray *dim = g_byte_array_new ();

      if (dims[i] > 0)
        put_integer (dim, 1, dims[i]);
      else
        put_text (dim, 2, "open");
      put_message (shape, 1, dim);
    }

  put_integer (tensor, 1, 1);
  put_message (tensor, 2, shape);
  put_message (type, 1, tensor);
  put_text (value, 1, name);
  put_message (value, 2, type);
  put_message (graph, 11, value);
}

void
onnx_graph_output (GByteArray *graph,
                   const char *name)
{
  GByteArray *value = g_byte_array_new ();

  put_text (value, 1, name);
  put_message (graph, 12, value);
}

/* Puts the graph into a model that has none. */
void
onnx_model_graph (GByteArray *model,
                  GByteArray *graph)
{
  put_message (model, 7, graph);
}

GBytes *
onnx_model (GByteArray *graph,
            gint64      opset)
{
  GByteArray *model = g_byte_array_new ();
  GByteArray *version = g_byte_array_new ();

  put_integer (model, 1, 8);
  onnx_model_graph (model, graph);
  put_text (version, 1, "");
  put_integer (version, 2, opset);
  put_message (model, 8, version);

  return g_byte_array_free_to_bytes (model);
}
