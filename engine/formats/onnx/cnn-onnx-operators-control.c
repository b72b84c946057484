#define G_LOG_DOMAIN "cnn-onnx"

/* If with a condition that is known once shapes are: PyTorch writes one for each
 * squeeze of a dimension that might not be 1. */

#include "formats/onnx/cnn-onnx-importer-private.h"

#include "core/cnn-error.h"

/* More graphs inside of graphs than any exporter writes. */
#define MAX_BRANCHES 256

/* The nodes of the graph that is chosen become part of this one. */
static gboolean
fold_if (CnnOnnxImporter        *self,
         const CnnOnnxNode      *node,
         const CnnOnnxOperator  *operator,
         GError                **error)
{
  const CnnOnnxAttribute *attribute;
  CnnOnnxModel *branch;
  double condition = 0;

  if (!cnn_onnx_importer_get_number (self, node, 0, &condition, error))
    return FALSE;

  attribute = cnn_onnx_node_find_attribute (node, condition != 0 ? "then_branch" : "else_branch");
  if (attribute == NULL || attribute->graph.start == NULL || self->branches->len >= MAX_BRANCHES)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "has no graph to choose, or there are over %d", MAX_BRANCHES);
      return FALSE;
    }

  branch = cnn_onnx_model_read_branch (&attribute->graph, self->model->depth + 1, error);
  if (branch == NULL)
    return FALSE;

  g_ptr_array_add (self->branches, branch);
  if (!cnn_onnx_importer_add_initializers (self, branch, error) ||
      !cnn_onnx_importer_import_nodes (self, branch->nodes, error))
    return FALSE;

  if (branch->outputs->len < node->outputs->len)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "has %u outputs, the graph that is chosen has %u", node->outputs->len, branch->outputs->len);
      return FALSE;
    }

  for (guint i = 0; i < node->outputs->len; i++)
    if (!cnn_onnx_importer_rename (self, g_ptr_array_index (branch->outputs, i),
                                   g_ptr_array_index (node->outputs, i), error))
      return FALSE;

  return TRUE;
}

const CnnOnnxOperator cnn_onnx_control_operators[] = {
  { "If", "else_branch then_branch", NULL, fold_if },
  { NULL }
};
