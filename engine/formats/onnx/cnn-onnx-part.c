#define G_LOG_DOMAIN "cnn-onnx"

#include "formats/onnx/cnn-onnx-part-private.h"

void
cnn_onnx_part_init (CnnOnnxPart    *self,
                    const CnnShape *whole)
{
  *self = (CnnOnnxPart) { .shape = *whole };
  for (guint i = 0; i < whole->n_dims; i++)
    self->step[i] = 1;
}

/* Adds a layer that takes a part; N is none of what it takes parts of. */
guint
cnn_onnx_importer_add_part (CnnOnnxImporter     *self,
                            const CnnOnnxNode   *node,
                            const char          *suffix,
                            const CnnOnnxLayer  *layer,
                            const CnnOnnxPart   *part,
                            GError             **error)
{
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  attributes.shape.n_dims = part->shape.n_dims + layer->lead;
  attributes.shape.dims[0] = 1;
  for (guint i = 0; i < part->shape.n_dims; i++)
    {
      attributes.shape.dims[i + layer->lead] = part->shape.dims[i];
      attributes.begin[i + layer->lead] = part->begin[i];
      attributes.step[i + layer->lead] = part->step[i];
    }
  for (guint i = 0; i < layer->lead; i++)
    attributes.step[i] = 1;

  return cnn_onnx_importer_add_layer (self, node, suffix, CNN_KIND_SLICE, &attributes,
                                      &layer->index, 1, NULL, error);
}

/* Copies a part of a constant to a place in another. */
void
cnn_onnx_part_copy (CnnOnnxConstant       *to,
                    gsize                  to_start,
                    const CnnOnnxConstant *from,
                    const CnnOnnxPart     *part)
{
  gsize own[CNN_MAX_DIMS], to_strides[CNN_MAX_DIMS];
  gssize strides[CNN_MAX_DIMS];
  gssize start = 0;

  cnn_onnx_get_strides (&from->shape, own);
  cnn_onnx_get_strides (&to->shape, to_strides);
  for (guint i = 0; i < part->shape.n_dims; i++)
    {
      strides[i] = (gssize) own[i] * part->step[i];
      start += own[i] * part->begin[i];
    }
  cnn_onnx_constant_gather (to, to_start, to_strides, from, start, strides, &part->shape);
}

CnnOnnxConstant *
cnn_onnx_importer_fold_part (CnnOnnxImporter        *self,
                             const CnnOnnxConstant  *constant,
                             const CnnOnnxPart      *part,
                             GError                **error)
{
  CnnOnnxConstant *result = cnn_onnx_constant_new (constant->type, &part->shape, &self->files.own, error);

  if (result != NULL)
    cnn_onnx_part_copy (result, 0, constant, part);

  return result;
}
