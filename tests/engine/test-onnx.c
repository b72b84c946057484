#include "core/cnn-error.h"
#include "formats/cnn-model-file.h"
#include "run/cnn-predictor.h"
#include "support/onnx-writer.h"
#include "support/temporary.h"

#include <math.h>
#include <string.h>

#define INTS(...) G_N_ELEMENTS (((const gint64[]) { __VA_ARGS__ })), (const gint64[]) { __VA_ARGS__ }
#define FLOATS(...) (const float[]) { __VA_ARGS__ }

/* The graphs here take x, 1×2×2×2 and counting from 1 on, and give y. */
static const float counting[] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static GByteArray *
new_graph (void)
{
  GByteArray *graph = onnx_graph ();

  onnx_graph_input (graph, "x", INTS (0, 2, 2, 2));
  onnx_graph_output (graph, "y");

  return graph;
}

static CnnNetwork *
load (GByteArray  *graph,
      gint64       opset,
      GError     **error)
{
  g_autoptr (GBytes) bytes = onnx_model (graph, opset);
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  GFile *file = temporary_new ("small.onnx", data, size);
  CnnNetwork *network = cnn_network_load (file, NULL, error);

  temporary_free (file);

  return network;
}

static void
assert_gives (GByteArray  *graph,
              gint64       opset,
              guint        n,
              const float *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnNetwork) network = load (graph, opset, &error);
  g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (&CNN_SHAPE_4 (1, 2, 2, 2), counting);
  g_autoptr (CnnPredictor) predictor = NULL;
  g_autoptr (CnnTensor) output = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (cnn_network_get_name (network), ==, "small");

  predictor = cnn_predictor_new (network);
  output = cnn_predictor_run (predictor, input, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cnn_tensor_get_n_elements (output), ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (cnn_tensor_get_data (output)[i], expected[i], 1e-5);
}

#define GIVES(graph, opset, ...) \
  assert_gives (graph, opset, G_N_ELEMENTS (((const float[]) { __VA_ARGS__ })), FLOATS (__VA_ARGS__))

static void
assert_refused (GByteArray *graph,
                gint64      opset,
                int         code,
                const char *says)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (load (graph, opset, &error));
  g_assert_error (error, CNN_ERROR, code);
  g_assert_null (strchr (error->message, '\n'));
  if (strstr (error->message, says) == NULL || strstr (error->message, "small.onnx: ") == NULL)
    g_error ("says “%s”, expected “%s”", error->message, says);
}

/* Node of one input and output, which is the whole graph. */
static GByteArray *
graph_of_node (GByteArray *node)
{
  GByteArray *graph = new_graph ();

  onnx_graph_node (graph, node);

  return graph;
}

static void
test_gemm (void)
{
  GByteArray *graph = new_graph ();
  GByteArray *node = onnx_node ("Gemm", "fc", "flat w b", "y");

  /* y = 2·(flat·w) + 3·b, w 8×2: the sum, and the first number. */
  onnx_node_float (node, "alpha", 2);
  onnx_node_float (node, "beta", 3);
  onnx_graph_node (graph, onnx_node ("Flatten", "", "x", "flat"));
  onnx_graph_node (graph, node);
  onnx_graph_constant (graph, onnx_tensor_floats ("w", INTS (8, 2), FLOATS (1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0)));
  onnx_graph_constant (graph, onnx_tensor_floats ("b", INTS (1, 2), FLOATS (10, 20)));
  GIVES (graph, 13, 2 * 36 + 30, 2 * 1 + 60);
}

static void
test_mat_mul (void)
{
  GByteArray *graph = new_graph ();

  onnx_graph_node (graph, onnx_node ("Flatten", "", "x", "flat"));
  onnx_graph_node (graph, onnx_node ("MatMul", "", "flat w", "product"));
  onnx_graph_node (graph, onnx_node ("Add", "", "b product", "y"));
  onnx_graph_constant (graph, onnx_tensor_floats ("w", INTS (8, 2), FLOATS (1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0)));
  onnx_graph_constant (graph, onnx_tensor_floats ("b", INTS (2), FLOATS (10, 20)));
  GIVES (graph, 13, 46, 21);
}

/* Numbers of every type that a constant can have, in each place of a tensor. */
static void
test_tensors (void)
{
  const guint16 halves[] = { 0x3c00, 0x4000 };
  const gint64 half_bits[] = { 0x3c00, 0x4000 };
  const gint64 brain_bits[] = { 0x3f80, 0x4000 };
  const double doubles[] = { 1, 2 };
  const float floats[] = { 1, 2 };
  const gint64 integers[] = { 1, 2 };
  GByteArray *tensors[8];

  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++)
    {
      const int types[] = { 10, 10, 16, 11, 11, 1, 7, 6 };

      tensors[i] = onnx_tensor ("w", types[i], INTS (2, 1, 1, 1));
    }
  onnx_tensor_raw (tensors[0], halves, sizeof halves);
  onnx_tensor_varints (tensors[1], 5, 2, half_bits);
  onnx_tensor_varints (tensors[2], 5, 2, brain_bits);
  onnx_tensor_raw (tensors[3], doubles, sizeof doubles);
  onnx_tensor_packed (tensors[4], 10, doubles, sizeof doubles);
  onnx_tensor_packed (tensors[5], 4, floats, sizeof floats);
  onnx_tensor_varints (tensors[6], 7, 2, integers);
  onnx_tensor_packed (tensors[7], 5, "\1\2", 2);

  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++)
    {
      GByteArray *graph = new_graph ();
      GByteArray *node = onnx_node ("Conv", "conv", "x w", "y");

      onnx_node_integer (node, "group", 2);
      onnx_graph_node (graph, node);
      onnx_graph_constant (graph, tensors[i]);
      GIVES (graph, 13, 1, 2, 3, 4, 10, 12, 14, 16);
    }
}

static GByteArray *
new_conv (const char *input)
{
  GByteArray *node = onnx_node ("Conv", "conv", input, "y");

  onnx_node_integers (node, "kernel_shape", INTS (2, 2));

  return node;
}

static void
add_ones (GByteArray *graph)
{
  onnx_graph_constant (graph, onnx_tensor_floats ("w", INTS (1, 2, 2, 2), FLOATS (1, 1, 1, 1, 1, 1, 1, 1)));
}

static void
test_padding (void)
{
  GByteArray *graph = new_graph ();
  GByteArray *node = new_conv ("x w");

  add_ones (graph);
  onnx_node_text (node, "auto_pad", "SAME_UPPER");
  onnx_graph_node (graph, node);
  GIVES (graph, 13, 36, 20, 22, 12);

  graph = new_graph ();
  node = new_conv ("x w");
  add_ones (graph);
  onnx_node_text (node, "auto_pad", "SAME_LOWER");
  onnx_graph_node (graph, node);
  GIVES (graph, 13, 6, 14, 16, 36);

  /* The same by a Pad before, at opset 9 and since 11. */
  graph = new_graph ();
  node = onnx_node ("Pad", "pad", "x", "padded");
  add_ones (graph);
  onnx_node_integers (node, "pads", INTS (0, 0, 0, 0, 0, 0, 1, 1));
  onnx_graph_node (graph, node);
  onnx_graph_node (graph, new_conv ("padded w"));
  GIVES (graph, 9, 36, 20, 22, 12);

  graph = new_graph ();
  add_ones (graph);
  onnx_graph_node (graph, onnx_node ("Pad", "pad", "x pads", "padded"));
  onnx_graph_constant (graph, onnx_tensor_integers ("pads", INTS (0, 0, 1, 1, 0, 0, 0, 0)));
  onnx_graph_node (graph, new_conv ("padded w"));
  GIVES (graph, 11, 6, 14, 16, 36);
}

/* The zeros of a Pad count in an average, and are none to a maximum. */
static void
test_pad_pool (void)
{
  for (guint is_max = 0; is_max < 2; is_max++)
    {
      GByteArray *graph = new_graph ();
      GByteArray *node = onnx_node ("Pad", "pad", "x", "padded");

      onnx_node_integers (node, "pads", INTS (0, 0, 1, 1, 0, 0, 1, 1));
      onnx_graph_node (graph, node);
      node = onnx_node (is_max ? "MaxPool" : "AveragePool", "pool", "padded", "y");
      onnx_node_integers (node, "kernel_shape", INTS (4, 4));
      onnx_graph_node (graph, node);

      if (is_max)
        GIVES (graph, 9, 4, 8);
      else
        GIVES (graph, 9, 10.0f / 16, 26.0f / 16);
    }
}

static void
test_clip (void)
{
  GByteArray *node = onnx_node ("Clip", "clip", "x", "y");
  GByteArray *graph;

  onnx_node_float (node, "min", 2.5f);
  onnx_node_float (node, "max", 6);
  GIVES (graph_of_node (node), 9, 2.5f, 2.5f, 3, 4, 5, 6, 6, 6);

  graph = graph_of_node (onnx_node ("Clip", "clip", "x - max", "y"));
  onnx_graph_constant (graph, onnx_tensor_floats ("max", 0, NULL, FLOATS (6)));
  GIVES (graph, 11, 1, 2, 3, 4, 5, 6, 6, 6);
}

/* All the ways to bring maps to one row. */
static void
test_rows (void)
{
  GByteArray *graph = new_graph ();
  GByteArray *node = onnx_node ("ReduceMean", "mean", "x", "y");
  GByteArray *scalar;

  onnx_node_integers (node, "axes", INTS (-2, -1));
  onnx_node_integer (node, "keepdims", 0);
  onnx_graph_node (graph, node);
  GIVES (graph, 13, 2.5f, 6.5f);

  graph = new_graph ();
  onnx_graph_node (graph, onnx_node ("GlobalAveragePool", "", "x", "pooled"));
  node = onnx_node ("Squeeze", "", "pooled", "y");
  onnx_node_integers (node, "axes", INTS (2, 3));
  onnx_graph_node (graph, node);
  GIVES (graph, 11, 2.5f, 6.5f);

  graph = graph_of_node (onnx_node ("Reshape", "", "x shape", "y"));
  onnx_graph_constant (graph, onnx_tensor_integers ("shape", INTS (0, -1)));
  GIVES (graph, 13, 1, 2, 3, 4, 5, 6, 7, 8);

  /* x.view (x.size (0), -1) */
  scalar = onnx_tensor ("", 7, 0, NULL);
  onnx_tensor_raw (scalar, &(const gint64) { 0 }, sizeof (gint64));
  graph = new_graph ();
  onnx_graph_node (graph, onnx_node ("Shape", "", "x", "extents"));
  node = onnx_node ("Constant", "", "", "zero");
  onnx_node_tensor (node, "value", scalar);
  onnx_graph_node (graph, node);
  onnx_graph_node (graph, onnx_node ("Gather", "", "extents zero", "batch"));
  node = onnx_node ("Unsqueeze", "", "batch", "first");
  onnx_node_integers (node, "axes", INTS (0));
  onnx_graph_node (graph, node);
  onnx_graph_node (graph, onnx_node ("Concat", "", "first rest", "shape"));
  onnx_graph_constant (graph, onnx_tensor_integers ("rest", INTS (-1)));
  onnx_graph_node (graph, onnx_node ("Reshape", "", "x shape", "y"));
  GIVES (graph, 11, 1, 2, 3, 4, 5, 6, 7, 8);
}

/* Nodes in any order, with names given or made, and only those that are needed. */
static void
test_order_and_names (void)
{
  GByteArray *graph = new_graph ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnNetwork) network = NULL;

  onnx_graph_node (graph, onnx_node ("Add", "sum", "left right", "y"));
  onnx_graph_node (graph, onnx_node ("NonMaxSuppression", "unused", "left", "other"));
  onnx_graph_node (graph, onnx_node ("Relu", "same", "x", "left"));
  onnx_graph_node (graph, onnx_node ("Relu", "same", "left", "middle"));
  onnx_graph_node (graph, onnx_node ("Identity", "nothing", "middle", "copy"));
  onnx_graph_node (graph, onnx_node ("Relu", "", "copy", "right"));

  network = load (graph, 13, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cnn_network_get_n_layers (network), ==, 5);
  g_assert_cmpstr (cnn_layer_get_name (cnn_network_get_layer (network, 1)), ==, "same");
  g_assert_cmpstr (cnn_layer_get_name (cnn_network_get_layer (network, 2)), ==, "same_1");
  g_assert_cmpstr (cnn_layer_get_name (cnn_network_get_layer (network, 3)), ==, "Relu_right");
  g_assert_cmpstr (cnn_layer_get_name (cnn_network_get_layer (network, 4)), ==, "sum");
}

/* What is open is N = 1, three channels of 224×224. */
static void
test_open_input (void)
{
  GByteArray *graph = onnx_graph ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnNetwork) network = NULL;

  onnx_graph_input (graph, "x", INTS (0, 0, 0, 0));
  onnx_graph_output (graph, "y");
  onnx_graph_node (graph, onnx_node ("Relu", "", "x", "y"));
  network = load (graph, 13, &error);
  g_assert_no_error (error);
  g_assert_true (cnn_shape_equal (cnn_network_get_input_shape (network), &CNN_SHAPE_4 (1, 3, 224, 224)));
}

/* A graph that works with the size of its pictures is made for the size that is asked
 * for, where it is open; what it says itself stands. */
static void
test_wanted_input (void)
{
  const CnnShape small = CNN_SHAPE_4 (1, 3, 8, 6);
  g_autoptr (GError) error = NULL;

  for (guint is_open = 0; is_open < 2; is_open++)
    {
      GByteArray *graph = onnx_graph ();
      GByteArray *node = onnx_node ("Slice", "half", "x zero middle axis", "y");
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (CnnNetwork) network = NULL;
      GFile *file;

      onnx_graph_input (graph, "x", INTS (0, 3, is_open ? 0 : 32, is_open ? 0 : 32));
      onnx_graph_output (graph, "y");
      onnx_graph_constant (graph, onnx_tensor_integers ("zero", INTS (0)));
      onnx_graph_constant (graph, onnx_tensor_integers ("axis", INTS (2)));
      onnx_graph_constant (graph, onnx_tensor_integers ("two", INTS (2)));
      onnx_graph_node (graph, onnx_node ("Shape", "", "x", "shape"));
      onnx_graph_node (graph, onnx_node ("Gather", "", "shape axis", "height"));
      onnx_graph_node (graph, onnx_node ("Div", "", "height two", "middle"));
      onnx_graph_node (graph, node);

      bytes = onnx_model (graph, 13);
      file = temporary_new ("small.onnx", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      network = cnn_network_load_for_input (file, &small, NULL, &error);
      if (is_open)
        {
          g_assert_no_error (error);
          g_assert_true (cnn_shape_equal (cnn_layer_get_shape (cnn_network_find_layer (network, "half")),
                                          &CNN_SHAPE_4 (1, 3, 4, 6)));
        }
      else
        {
          g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
          g_assert_nonnull (strstr (error->message, "small.onnx: cannot take 1×3×8×6: half: "));
          g_clear_error (&error);
        }
      temporary_free (file);
    }
}

static void
test_damaged_graphs (void)
{
  GByteArray *graph, *node;

  assert_refused (graph_of_node (onnx_node ("Relu", "r", "nowhere", "y")), 13,
                  CNN_ERROR_DAMAGED, "node “r” (Relu): input 0 “nowhere” is missing");
  assert_refused (graph_of_node (onnx_node ("Relu", "r", "x", "z")), 13,
                  CNN_ERROR_DAMAGED, "graph: output “y” is given by no node");
  assert_refused (graph_of_node (onnx_node ("Relu", "r", "y", "y")), 13,
                  CNN_ERROR_DAMAGED, "node “r” (Relu): needs its own output");
  assert_refused (graph_of_node (onnx_node ("Relu", "r", "x", "y")), 0,
                  CNN_ERROR_UNSUPPORTED, "has opset 0");

  graph = graph_of_node (onnx_node ("Relu", "r", "x", "y"));
  onnx_graph_node (graph, onnx_node ("Relu", "s", "x", "y"));
  assert_refused (graph, 13, CNN_ERROR_DAMAGED, "node “s” (Relu): output “y” is given twice");

  graph = graph_of_node (onnx_node ("Relu", "r", "x", "y"));
  onnx_graph_input (graph, "z", INTS (1, 1, 1, 1));
  assert_refused (graph, 13, CNN_ERROR_UNSUPPORTED, "graph: has 2 inputs");

  graph = onnx_graph ();
  onnx_graph_input (graph, "x", INTS (1, 100000, 100000, 100000));
  onnx_graph_output (graph, "y");
  onnx_graph_node (graph, onnx_node ("Relu", "r", "x", "y"));
  assert_refused (graph, 13, CNN_ERROR_UNSUPPORTED, "input x: is 1×100000×100000×100000");

  graph = graph_of_node (onnx_node ("Conv", "c", "x w", "y"));
  node = onnx_tensor ("w", 1, INTS (1, 2, 2, 2));
  onnx_tensor_raw (node, "abc", 3);
  onnx_graph_constant (graph, node);
  assert_refused (graph, 13, CNN_ERROR_DAMAGED,
                  "node “c” (Conv): input 1 “w”: is 1×2×2×2 and has 3 bytes, expected 32");

  graph = graph_of_node (onnx_node ("Conv", "c", "x w", "y"));
  onnx_graph_constant (graph, onnx_tensor_floats ("w", INTS (1, 3, 1, 1), FLOATS (1, 1, 1)));
  assert_refused (graph, 13, CNN_ERROR_SHAPE, "node “c” (Conv): c: ");
}

/* What is not known is shown, with all that comes of it, and keeps the network from
 * being run, not from being looked at. */
static void
assert_unknown (GByteArray *graph,
                guint       index,
                const char *says)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnNetwork) network = load (graph, 13, &error);
  g_autoptr (CnnPredictor) predictor = NULL;
  g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (&CNN_SHAPE_4 (1, 2, 2, 2), counting);
  CnnLayer *layer;

  g_assert_no_error (error);
  layer = cnn_network_get_layer (network, index);
  g_assert_cmpint (cnn_layer_get_kind (layer), ==, CNN_KIND_UNKNOWN);
  g_assert_cmpstr (cnn_layer_get_problem (layer), ==, says);
  g_assert_cmpuint (cnn_network_get_n_classes (network), ==, 0);

  predictor = cnn_predictor_new (network);
  g_assert_null (cnn_predictor_run (predictor, input, 1, NULL, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, says));
}

static void
test_unknown (void)
{
  GByteArray *node = onnx_node ("Relu", "r", "x", "y");

  assert_unknown (graph_of_node (onnx_node ("Einsum", "e", "x", "y")), 1,
                  "node “e” (Einsum): operator Einsum is not one that Fovea knows");
  assert_unknown (graph_of_node (onnx_node ("Einsum", "", "x", "y")), 1,
                  "node “y” (Einsum): operator Einsum is not one that Fovea knows");

  onnx_node_integer (node, "slope", 3);
  assert_unknown (graph_of_node (node), 1,
                  "node “r” (Relu): attribute slope is not one that Fovea knows");

  node = onnx_node ("Relu", "r", "x", "y");
  onnx_node_domain (node, "org.example");
  assert_unknown (graph_of_node (node), 1,
                  "node “r” (Relu): operator org.example.Relu is not one that Fovea knows");
}

/* Layers before it are as ever, those after it are listed. */
static void
test_around_unknown (void)
{
  GByteArray *graph = new_graph ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnNetwork) network = NULL;
  g_autoptr (CnnNetwork) resized = NULL;
  g_autofree char *description = NULL;
  CnnLayer *layer;

  onnx_graph_node (graph, onnx_node ("Relu", "before", "x", "a"));
  onnx_graph_node (graph, onnx_node ("Einsum", "unknown", "a", "b c"));
  onnx_graph_node (graph, onnx_node ("Relu", "beside", "a", "d"));
  onnx_graph_node (graph, onnx_node ("Concat", "after", "c b d", "y"));
  network = load (graph, 13, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cnn_network_get_n_layers (network), ==, 5);

  layer = cnn_network_find_layer (network, "before");
  g_assert_true (cnn_shape_equal (cnn_layer_get_shape (layer), &CNN_SHAPE_4 (1, 2, 2, 2)));
  layer = cnn_network_find_layer (network, "after");
  g_assert_cmpint (cnn_layer_get_kind (layer), ==, CNN_KIND_UNKNOWN);
  g_assert_cmpstr (cnn_layer_get_operator (layer), ==, "Concat");
  g_assert_null (cnn_layer_get_problem (layer));
  g_assert_cmpuint (cnn_layer_get_n_inputs (layer), ==, 3);
  description = cnn_layer_dup_description (layer);
  g_assert_cmpstr (description, ==, "Concat, after a layer that is not known");

  resized = cnn_network_resize (network, &CNN_SHAPE_4 (1, 2, 4, 4), &error);
  g_assert_no_error (error);
  g_assert_false (cnn_network_check_complete (resized, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED);
}

/* A chain as long as the limit allows is walked without recursion; a longer one
 * is refused. */
static void
test_long_chain (void)
{
  GByteArray *graph = new_graph ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 40000; i++)
    {
      g_autofree char *from = g_strdup_printf ("%u", i);
      g_autofree char *to = g_strdup_printf ("%u", i + 1);

      onnx_graph_node (graph, onnx_node ("Relu", "", i == 0 ? "x" : from, i == 39999 ? "y" : to));
    }

  g_assert_null (load (graph, 13, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_UNSUPPORTED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/onnx/gemm", test_gemm);
  g_test_add_func ("/engine/onnx/mat-mul", test_mat_mul);
  g_test_add_func ("/engine/onnx/tensors", test_tensors);
  g_test_add_func ("/engine/onnx/padding", test_padding);
  g_test_add_func ("/engine/onnx/pad-pool", test_pad_pool);
  g_test_add_func ("/engine/onnx/clip", test_clip);
  g_test_add_func ("/engine/onnx/rows", test_rows);
  g_test_add_func ("/engine/onnx/order-and-names", test_order_and_names);
  g_test_add_func ("/engine/onnx/open-input", test_open_input);
  g_test_add_func ("/engine/onnx/wanted-input", test_wanted_input);
  g_test_add_func ("/engine/onnx/damaged-graphs", test_damaged_graphs);
  g_test_add_func ("/engine/onnx/unknown", test_unknown);
  g_test_add_func ("/engine/onnx/around-unknown", test_around_unknown);
  g_test_add_func ("/engine/onnx/long-chain", test_long_chain);

  return g_test_run ();
}
