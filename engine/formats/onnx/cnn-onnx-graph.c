#define G_LOG_DOMAIN "cnn-onnx"

/* The graph as a whole: where it starts, where it ends, and in which order. */

#include "formats/onnx/cnn-onnx-graph-private.h"

#include "core/cnn-error.h"

/* How messages call a node. */
void
cnn_onnx_node_prefix_error (const CnnOnnxNode  *self,
                            GError            **error)
{
  const char *name = self->name;

  if (*name == '\0' && self->outputs->len > 0)
    name = g_ptr_array_index (self->outputs, 0);

  g_prefix_error (error, "node “%s” (%s): ", name, self->type);
}

/* Which node gives each name; each is given once. */
GHashTable *
cnn_onnx_graph_find_producers (const CnnOnnxModel  *model,
                               GError             **error)
{
  g_autoptr (GHashTable) producers = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < model->nodes->len; i++)
    {
      CnnOnnxNode *node = g_ptr_array_index (model->nodes, i);

      for (guint j = 0; j < node->outputs->len; j++)
        {
          char *name = g_ptr_array_index (node->outputs, j);

          if (*name == '\0')
            continue;

          if (!g_hash_table_insert (producers, name, node))
            {
              g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                           "output “%s” is given twice, expected once", name);
              cnn_onnx_node_prefix_error (node, error);
              return NULL;
            }
        }
    }

  return g_steal_pointer (&producers);
}

/* A node under way in the walk, and which of its inputs is next. */
typedef struct
{
  CnnOnnxNode *node;
  guint next;
} Visit;

/* What a node needs: its inputs, and what the graphs in it want. */
static const char *
get_need (const CnnOnnxNode *node,
          guint              i)
{
  return i < node->inputs->len ? g_ptr_array_index (node->inputs, i)
                               : g_ptr_array_index (node->captures, i - node->inputs->len);
}

/* Puts the nodes that lead to output into an order in which inputs come first. A
 * walk from the back, without recursion: a chain may be as long as the file. */
GPtrArray *
cnn_onnx_graph_sort (GHashTable  *producers,
                     const char  *output,
                     GError     **error)
{
  enum { UNDER_WAY = 1, DONE = 2 };
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  g_autoptr (GHashTable) states = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (Visit));
  Visit first = { g_hash_table_lookup (producers, output), 0 };

  if (first.node == NULL)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "graph: output “%s” is given by no node", output);
      return NULL;
    }

  g_array_append_val (stack, first);
  g_hash_table_insert (states, first.node, GUINT_TO_POINTER (UNDER_WAY));

  while (stack->len > 0)
    {
      Visit *visit = &g_array_index (stack, Visit, stack->len - 1);
      Visit next = { 0 };
      guint state;

      if (visit->next >= visit->node->inputs->len + visit->node->captures->len)
        {
          g_ptr_array_add (order, visit->node);
          g_hash_table_insert (states, visit->node, GUINT_TO_POINTER (DONE));
          g_array_set_size (stack, stack->len - 1);
          continue;
        }

      next.node = g_hash_table_lookup (producers, get_need (visit->node, visit->next++));
      if (next.node == NULL)
        continue;

      state = GPOINTER_TO_UINT (g_hash_table_lookup (states, next.node));
      if (state == UNDER_WAY)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "needs its own output: the graph has a cycle");
          cnn_onnx_node_prefix_error (next.node, error);
          return NULL;
        }

      if (state != DONE)
        {
          g_hash_table_insert (states, next.node, GUINT_TO_POINTER (UNDER_WAY));
          g_array_append_val (stack, next);
        }
    }

  return g_steal_pointer (&order);
}

/* What only dresses up a decision that was made before. */
static gboolean
is_dressing (const CnnOnnxNode *node)
{
  static const char *const types[] = { "Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze", NULL };

  return g_strv_contains (types, node->type);
}

/* The name before the ArgMax or TopK that a name comes from, or NULL where it comes
 * from none. */
static const char *
find_undecided (const CnnOnnxModel *model,
                GHashTable         *producers,
                const char         *name)
{
  for (guint i = 0; i < model->nodes->len; i++)
    {
      const CnnOnnxNode *node = g_hash_table_lookup (producers, name);

      if (node == NULL || node->inputs->len == 0)
        return NULL;

      name = g_ptr_array_index (node->inputs, 0);
      if (g_str_equal (node->type, "ArgMax") || g_str_equal (node->type, "TopK"))
        return name;

      if (!is_dressing (node))
        return NULL;
    }

  return NULL;
}

/* The name that the network ends with: the first output that is not a decision
 * already, or what the first one decides on. */
const char *
cnn_onnx_graph_find_output (const CnnOnnxModel *model,
                            GHashTable         *producers)
{
  for (guint i = 0; i < model->outputs->len; i++)
    if (find_undecided (model, producers, g_ptr_array_index (model->outputs, i)) == NULL)
      return g_ptr_array_index (model->outputs, i);

  return find_undecided (model, producers, g_ptr_array_index (model->outputs, 0));
}

/* The one input that is a picture: older files list initializers as inputs too. */
const CnnOnnxInput *
cnn_onnx_graph_find_input (const CnnOnnxModel  *model,
                           GError             **error)
{
  const CnnOnnxInput *found = NULL;
  guint n = 0;

  for (guint i = 0; i < model->inputs->len; i++)
    {
      const CnnOnnxInput *input = g_ptr_array_index (model->inputs, i);

      if (!g_hash_table_contains (model->initializers, input->name))
        {
          found = input;
          n++;
        }
    }

  if (n != 1 || (found->n_dims != 3 && found->n_dims != 4))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED,
                   "graph: has %u inputs%s, expected one, of pictures N×C×H×W or N×H×W×C",
                   n, n == 1 ? " of another shape" : "");
      return NULL;
    }

  return found;
}

static gboolean
counts_channels (gsize extent)
{
  return extent == 1 || extent == 3;
}

/* TensorFlow's pictures have their channels last; they are told by there being one
 * or three, and something else where PyTorch's would be. */
gboolean
cnn_onnx_input_is_nhwc (const CnnOnnxInput *input)
{
  const gsize *picture = input->dims + input->n_dims - 3;

  return counts_channels (picture[2]) && !counts_channels (picture[0]);
}
