#define G_LOG_DOMAIN "cnn-onnx"

/* What a node says of itself. */

#include "formats/onnx/cnn-onnx-model-private.h"

const CnnOnnxAttribute *
cnn_onnx_node_find_attribute (const CnnOnnxNode *self,
                              const char        *name)
{
  for (guint i = 0; i < self->attributes->len; i++)
    {
      const CnnOnnxAttribute *attribute = &g_array_index (self->attributes, CnnOnnxAttribute, i);

      if (g_str_equal (attribute->name, name))
        return attribute;
    }

  return NULL;
}

gint64
cnn_onnx_node_get_integer (const CnnOnnxNode *self,
                           const char        *name,
                           gint64             fallback)
{
  const CnnOnnxAttribute *attribute = cnn_onnx_node_find_attribute (self, name);

  return attribute != NULL ? attribute->integer : fallback;
}

float
cnn_onnx_node_get_number (const CnnOnnxNode *self,
                          const char        *name,
                          float              fallback)
{
  const CnnOnnxAttribute *attribute = cnn_onnx_node_find_attribute (self, name);

  return attribute != NULL ? attribute->number : fallback;
}

const char *
cnn_onnx_node_get_text (const CnnOnnxNode *self,
                        const char        *name,
                        const char        *fallback)
{
  const CnnOnnxAttribute *attribute = cnn_onnx_node_find_attribute (self, name);

  return attribute != NULL && attribute->text != NULL ? attribute->text : fallback;
}

/* The name of input i, or NULL where it is left out. */
const char *
cnn_onnx_node_get_input (const CnnOnnxNode *self,
                         guint              i)
{
  const char *name = i < self->inputs->len ? g_ptr_array_index (self->inputs, i) : "";

  return *name != '\0' ? name : NULL;
}
