/* Operators as exporters write them, each against numbers worked out by hand or by
 * PyTorch and NumPy. The vectors of ONNX have the rest. */

#include "core/cnn-error.h"
#include "formats/cnn-model-file.h"
#include "run/cnn-predictor.h"
#include "support/onnx-writer.h"
#include "support/temporary.h"

#include <math.h>
#include <string.h>

#define INTS(...) G_N_ELEMENTS (((const gint64[]) { __VA_ARGS__ })), (const gint64[]) { __VA_ARGS__ }
#define FLOATS(...) (const float[]) { __VA_ARGS__ }

/* The graphs take x and give y. */
static const float counting[] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static GByteArray *
new_graph (guint         n_dims,
           const gint64 *dims)
{
  GByteArray *graph = onnx_graph ();

  onnx_graph_input (graph, "x", n_dims, dims);
  onnx_graph_output (graph, "y");

  return graph;
}

/* Runs a graph on a picture of that shape that counts from 1 on. */
static void
assert_gives (GByteArray     *graph,
              gint64          opset,
              const CnnShape *picture,
              guint           n,
              const float    *expected)
{
  g_autoptr (GBytes) bytes = onnx_model (graph, opset);
  GFile *file = temporary_new ("small.onnx", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnNetwork) network = cnn_network_load (file, NULL, &error);
  g_autoptr (CnnTensor) input = cnn_tensor_new_from_data (picture, counting);
  g_autoptr (CnnPredictor) predictor = NULL;
  g_autoptr (CnnTensor) output = NULL;

  temporary_free (file);
  g_assert_no_error (error);
  predictor = cnn_predictor_new (network);
  output = cnn_predictor_run (predictor, input, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cnn_tensor_get_n_elements (output), ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (cnn_tensor_get_data (output)[i], expected[i], 1e-5);
}

#define GIVES(graph, opset, c, h, w, ...) \
  assert_gives (graph, opset, &CNN_SHAPE_4 (1, c, h, w), \
                G_N_ELEMENTS (((const float[]) { __VA_ARGS__ })), FLOATS (__VA_ARGS__))

static GByteArray *
with_integers (GByteArray   *node,
               const char   *name,
               guint         n,
               const gint64 *values)
{
  onnx_node_integers (node, name, n, values);

  return node;
}

/* TensorFlow's order: a Transpose to PyTorch's is taken back, anything else sees the
 * numbers as it wants them. x is 2×1×3 there, 3×2×1 here. */
static void
test_channels_last (void)
{
  GByteArray *graph = new_graph (INTS (0, 2, 1, 3));

  onnx_graph_node (graph, with_integers (onnx_node ("Transpose", "turn", "x", "t"), "perm", INTS (0, 3, 1, 2)));
  onnx_graph_node (graph, with_integers (onnx_node ("ReduceMean", "mean", "t", "y"), "axes", INTS (2, 3)));
  GIVES (graph, 13, 3, 2, 1, 1.5f, 3.5f, 5.5f);

  graph = new_graph (INTS (0, 2, 1, 3));
  onnx_graph_node (graph, onnx_node ("Flatten", "flat", "x", "y"));
  GIVES (graph, 13, 3, 2, 1, 1, 3, 5, 2, 4, 6);

  graph = new_graph (INTS (2, 1, 3));
  onnx_graph_node (graph, with_integers (onnx_node ("Transpose", "turn", "x", "y"), "perm", INTS (2, 0, 1)));
  GIVES (graph, 13, 3, 2, 1, 1, 2, 3, 4, 5, 6);
}

/* As torch.onnx writes them since opset 18: axes are inputs. */
static void
test_axes_as_inputs (void)
{
  GByteArray *graph = new_graph (INTS (1, 2, 2, 2));
  GByteArray *node;

  onnx_graph_constant (graph, onnx_tensor_integers ("axes", INTS (-2, -1)));
  node = onnx_node ("ReduceMean", "mean", "x axes", "y");
  onnx_node_integer (node, "keepdims", 0);
  onnx_graph_node (graph, node);
  GIVES (graph, 18, 2, 2, 2, 2.5f, 6.5f);

  graph = new_graph (INTS (1, 2, 2, 2));
  node = onnx_node ("Split", "split", "x", "a b");
  onnx_node_integer (node, "num_outputs", 2);
  onnx_node_integer (node, "axis", 1);
  onnx_graph_node (graph, node);
  onnx_graph_node (graph, onnx_node ("Sub", "sub", "b a", "y"));
  GIVES (graph, 18, 2, 2, 2, 4, 4, 4, 4);
}

/* GELU as an expression: 0.5·x·(1 + erf (x/√2)). */
static void
test_gelu_pattern (void)
{
  GByteArray *graph = new_graph (INTS (1, 1, 1, 2));

  onnx_graph_constant (graph, onnx_tensor_floats ("root", 0, NULL, FLOATS (1.41421356f)));
  onnx_graph_constant (graph, onnx_tensor_floats ("one", 0, NULL, FLOATS (1)));
  onnx_graph_constant (graph, onnx_tensor_floats ("half", 0, NULL, FLOATS (0.5f)));
  onnx_graph_node (graph, onnx_node ("Div", "", "x root", "a"));
  onnx_graph_node (graph, onnx_node ("Erf", "", "a", "b"));
  onnx_graph_node (graph, onnx_node ("Add", "", "b one", "c"));
  onnx_graph_node (graph, onnx_node ("Mul", "", "x c", "d"));
  onnx_graph_node (graph, onnx_node ("Mul", "", "d half", "y"));
  GIVES (graph, 13, 1, 1, 2, 0.84134475f, 1.95449974f);
}

/* One graph or the other, by what the shape is; x comes from around them. */
static void
test_if (void)
{
  for (gint64 extent = 1; extent <= 2; extent++)
    {
      GByteArray *graph = new_graph (INTS (1, 1, 1, 2));
      GByteArray *node = onnx_node ("If", "if", "is", "y");
      GByteArray *branches[] = { onnx_graph (), onnx_graph () };

      onnx_graph_constant (graph, onnx_tensor_integers ("extent", INTS (extent)));
      onnx_graph_constant (graph, onnx_tensor_integers ("three", INTS (3)));
      onnx_graph_node (graph, onnx_node ("Neg", "before", "x", "n"));
      onnx_graph_node (graph, onnx_node ("Shape", "", "n", "shape"));
      onnx_graph_node (graph, onnx_node ("Gather", "", "shape three", "width"));
      onnx_graph_node (graph, onnx_node ("Equal", "", "width extent", "is"));
      onnx_graph_node (branches[0], onnx_node ("Relu", "then", "n", "a"));
      onnx_graph_output (branches[0], "a");
      onnx_graph_node (branches[1], onnx_node ("Abs", "else", "n", "b"));
      onnx_graph_node (branches[1], onnx_node ("Add", "sum", "b b", "c"));
      onnx_graph_output (branches[1], "c");
      onnx_node_graph (node, "then_branch", branches[0]);
      onnx_node_graph (node, "else_branch", branches[1]);
      onnx_graph_node (graph, node);

      if (extent == 2)
        GIVES (graph, 13, 1, 1, 2, 0, 0);
      else
        GIVES (graph, 13, 1, 1, 2, 2, 4);
    }
}

/* What ends with a decision ends before it. */
static void
test_decision (void)
{
  GByteArray *graph = new_graph (INTS (1, 1, 1, 3));
  GByteArray *node;

  onnx_graph_node (graph, onnx_node ("Flatten", "", "x", "flat"));
  onnx_graph_node (graph, onnx_node ("Neg", "", "flat", "scores"));
  onnx_graph_node (graph, onnx_node ("ArgMax", "", "scores", "best"));
  node = onnx_node ("Cast", "", "best", "y");
  onnx_node_integer (node, "to", 6);
  onnx_graph_node (graph, node);
  GIVES (graph, 13, 1, 1, 3, -1, -2, -3);
}

/* What was made for eight pictures takes one. */
static void
test_fixed_batch (void)
{
  GByteArray *graph = new_graph (INTS (8, 1, 1, 2));

  onnx_graph_constant (graph, onnx_tensor_integers ("shape", INTS (8, -1)));
  onnx_graph_node (graph, onnx_node ("Reshape", "", "x shape", "y"));
  GIVES (graph, 13, 1, 1, 2, 1, 2);
}

/* QDQ: weights stand for floats, activations are rounded and clamped: x/2 to the even
 * neighbour, no more than 3 + zero point 1 … of the type's 255. */
static void
test_quantized (void)
{
  GByteArray *graph = new_graph (INTS (1, 1, 1, 5));
  GByteArray *tensor = onnx_tensor ("w", 3, INTS (1, 1, 1, 1));

  onnx_tensor_raw (tensor, "\xfd", 1);
  onnx_graph_constant (graph, tensor);
  tensor = onnx_tensor ("zero", 2, 0, NULL);
  onnx_tensor_raw (tensor, "\xfe", 1);
  onnx_graph_constant (graph, tensor);
  onnx_graph_constant (graph, onnx_tensor_floats ("two", 0, NULL, FLOATS (2)));
  onnx_graph_constant (graph, onnx_tensor_floats ("half", INTS (1), FLOATS (0.5f)));

  /* 1 2 3 4 5 → 0 1 2 2 2, and the type ends 1 above the zero point. */
  onnx_graph_node (graph, onnx_node ("QuantizeLinear", "q", "x two zero", "a"));
  onnx_graph_node (graph, onnx_node ("DequantizeLinear", "dq", "a two zero", "b"));
  onnx_graph_node (graph, onnx_node ("DequantizeLinear", "dqw", "w half", "c"));
  onnx_graph_node (graph, onnx_node ("Conv", "conv", "b c", "y"));
  GIVES (graph, 13, 1, 1, 5, 0, -3, -3, -3, -3);
}

/* Twice the size: each pixel twice, and halves between. */
static void
test_resize (void)
{
  static const struct { const char *mode; const char *where; float expected[4]; } cases[] = {
    { "nearest", "asymmetric", { 1, 1, 2, 2 } },
    { "linear", "half_pixel", { 1, 1.25f, 1.75f, 2 } },
    { "linear", "align_corners", { 1, 1.33333333f, 1.66666667f, 2 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GByteArray *graph = new_graph (INTS (1, 1, 1, 2));
      GByteArray *node = onnx_node ("Resize", "resize", "x - - sizes", "y");

      onnx_graph_constant (graph, onnx_tensor_integers ("sizes", INTS (1, 1, 1, 4)));
      onnx_node_text (node, "mode", cases[i].mode);
      onnx_node_text (node, "coordinate_transformation_mode", cases[i].where);
      onnx_node_text (node, "nearest_mode", "floor");
      onnx_graph_node (graph, node);
      assert_gives (graph, 13, &CNN_SHAPE_4 (1, 1, 1, 2), 4, cases[i].expected);
    }
}

/* A product with what the picture itself gives: x·xᵀ. */
static void
test_product_of_layers (void)
{
  GByteArray *graph = new_graph (INTS (1, 1, 2, 2));

  onnx_graph_node (graph, with_integers (onnx_node ("Transpose", "", "x", "t"), "perm", INTS (0, 1, 3, 2)));
  onnx_graph_node (graph, onnx_node ("MatMul", "", "x t", "y"));
  GIVES (graph, 13, 1, 2, 2, 5, 11, 11, 25);
}

/* A model of y = x + w, and w in a file beside it. */
static CnnNetwork *
load_external (const char  *location,
               const char  *offset,
               const char  *length,
               GError     **error)
{
  GByteArray *graph = new_graph (INTS (1, 2, 1, 1));
  GByteArray *tensor = onnx_tensor ("w", 1, INTS (2, 1, 1));
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GFile) folder = NULL;
  g_autoptr (GFile) beside = NULL;
  GFile *file;
  CnnNetwork *network;

  onnx_tensor_external (tensor, "location", location, "offset", offset, "length", length, NULL);
  onnx_graph_constant (graph, tensor);
  onnx_graph_node (graph, onnx_node ("Add", "add", "x w", "y"));
  bytes = onnx_model (graph, 13);
  file = temporary_new ("small.onnx", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  folder = g_file_get_parent (file);
  beside = g_file_get_child (folder, "small.bin");
  g_assert_true (g_file_replace_contents (beside, (const char *) counting, sizeof counting, NULL, FALSE,
                                          G_FILE_CREATE_NONE, NULL, NULL, NULL));

  network = cnn_network_load (file, NULL, error);
  g_file_delete (beside, NULL, NULL);
  temporary_free (file);

  return network;
}

static void
test_external (void)
{
  static const struct { const char *location; const char *offset; const char *length; const char *says; } bad[] = {
    { "../small.bin", "0", "8", "keeps its numbers in “../small.bin”, expected a file in the model's folder" },
    { "/etc/passwd", "0", "8", "expected a file in the model's folder" },
    { "a/../../small.bin", "0", "8", "expected a file in the model's folder" },
    { "..\\small.bin", "0", "8", "expected a file in the model's folder" },
    { "", "0", "8", "expected a file in the model's folder" },
    { "nowhere.bin", "0", "8", "nowhere.bin" },
    { "small.bin", "28", "8", "has bytes from 28 to 36 in “small.bin”, expected an end by 32" },
    { "small.bin", "18446744073709551615", "8", "expected an end by 32" },
    { "small.bin", "-1", "8", "expected an end by 32" },
    { "small.bin", "0", "12", "is 2×1×1 and has 12 bytes, expected 8" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnNetwork) network = load_external ("small.bin", "8", "8", &error);
  CnnTensor *weight;

  g_assert_no_error (error);
  weight = cnn_layer_get_parameter (cnn_network_find_layer (network, "add"), CNN_PARAMETER_WEIGHT);
  g_assert_cmpfloat (cnn_tensor_get_data (weight)[0], ==, 3);
  g_assert_cmpfloat (cnn_tensor_get_data (weight)[1], ==, 4);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) why = NULL;
      g_autoptr (CnnNetwork) none = load_external (bad[i].location, bad[i].offset, bad[i].length, &why);

      /* A place that is not allowed is shown as a layer that cannot be computed. */
      if (none != NULL)
        g_assert_false (cnn_network_check_complete (none, &why));
      g_assert_nonnull (why);
      if (strstr (why->message, bad[i].says) == NULL)
        g_error ("says “%s”, expected “%s”", why->message, bad[i].says);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/onnx-operators/channels-last", test_channels_last);
  g_test_add_func ("/engine/onnx-operators/axes-as-inputs", test_axes_as_inputs);
  g_test_add_func ("/engine/onnx-operators/gelu-pattern", test_gelu_pattern);
  g_test_add_func ("/engine/onnx-operators/if", test_if);
  g_test_add_func ("/engine/onnx-operators/decision", test_decision);
  g_test_add_func ("/engine/onnx-operators/fixed-batch", test_fixed_batch);
  g_test_add_func ("/engine/onnx-operators/quantized", test_quantized);
  g_test_add_func ("/engine/onnx-operators/resize", test_resize);
  g_test_add_func ("/engine/onnx-operators/product-of-layers", test_product_of_layers);
  g_test_add_func ("/engine/onnx-operators/external", test_external);

  return g_test_run ();
}
