#include "support/model-seeds.h"

#include "support/model-bytes.h"
#include "support/onnx-writer.h"

#include <string.h>

#define INTS(...) G_N_ELEMENTS (((const gint64[]) { __VA_ARGS__ })), (const gint64[]) { __VA_ARGS__ }

static const float numbers[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };

/* Two views into one storage, a wrapper with a prefix, an attribute that is
 * dropped, and a class that is not known. */
static const char pickle[] =
  "\x80\x02}q\x00(X\x0a\0\0\0state_dictq\x01" "ccollections\nOrderedDict\nq\x02)Rq\x03("
  "X\x13\0\0\0module.conv1.weightq\x04"
  "ctorch._utils\n_rebuild_tensor_v2\nq\x05((X\x07\0\0\0storageq\x06" "ctorch\nFloatStorage\nq\x07X\x01\0\0\0" "0q\x08"
  "X\x03\0\0\0cpuq\x09K\x0cNtq\x0aQK\x00(K\x02K\x03K\x01K\x01tq\x0b(K\x03K\x01K\x01K\x01tq\x0c\x89h\x02)Rq\x0dtq\x0eRq\x0f"
  "X\x11\0\0\0module.conv1.biasq\x10"
  "h\x05((h\x06h\x07h\x08h\x09K\x0cNtq\x11QM\x01\x00K\x02\x85q\x12K\x06\x85q\x13\x89h\x02)Rq\x14tq\x15Rq\x16"
  "u}q\x17X\x09\0\0\0_metadataq\x18}q\x19sbX\x05\0\0\0epochq\x1aK\x05X\x02\0\0\0lrq\x1bG?\xf0\0\0\0\0\0\0"
  "X\x04\0\0\0argsq\x1c" "cargparse\nNamespace\nq\x1d)\x81q\x1e}q\x1fX\x01\0\0\0aq \x8a\x01\x05sbu.";

/* Weights and their average in a class derived from dict, a tensor of another class,
 * and one whose storage has no type. */
static const char checkpoint[] =
  "\x80\x02}q\x00(X\x05\0\0\0modelq\x01}X\x01\0\0\0wq\x02"
  "ctorch._utils\n_rebuild_tensor_v2\nq\x03((X\x07\0\0\0storageq\x04" "ctorch\nFloatStorage\nq\x05X\x01\0\0\0" "0q\x06"
  "X\x03\0\0\0cpuq\x07K\x0cNtq\x08QK\x00K\x02\x85q\x09K\x01\x85q\x0a\x89h\x00tq\x0bRq\x0c" "s"
  "X\x03\0\0\0ema" "cmy\nDict\n)\x81(X\x01\0\0\0w"
  "ctorch._tensor\n_rebuild_from_type_v2\n(h\x03" "cmy\nTensor\n((h\x04h\x05h\x06h\x07K\x0cNtQK\x01h\x09h\x0a\x89Nt}tR"
  "X\x01\0\0\0v" "ctorch._utils\n_rebuild_tensor_v3\n((h\x04" "ctorch\nUntypedStorage\nh\x06h\x07K\x30NtQK\x02h\x09h\x0a\x89N"
  "ctorch\nint32\ntR" "X\x05\0\0\0decayG?\xf0\0\0\0\0\0\0uu.";

static GBytes *
new_safetensors (void)
{
  static const char header[] =
    "{\"__metadata__\":{\"format\":\"pt\"},"
    "\"conv1.weight\":{\"dtype\":\"F32\",\"shape\":[2,3,1,1],\"data_offsets\":[0,24]},"
    "\"conv1.bias\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[24,28]},"
    "\"bn1.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[28,36]},"
    "\"\\u00e9\\n\":{\"dtype\":\"BOOL\",\"shape\":[4,1],\"data_offsets\":[36,40]}}  ";
  guint64 length = GUINT64_TO_LE ((guint64) sizeof header - 1);
  GByteArray *file = g_byte_array_new ();

  g_byte_array_append (file, (const guint8 *) &length, sizeof length);
  g_byte_array_append (file, (const guint8 *) header, sizeof header - 1);
  g_byte_array_append (file, (const guint8 *) numbers, 40);

  return g_byte_array_free_to_bytes (file);
}

static GByteArray *
new_conv (void)
{
  GByteArray *node = onnx_node ("Conv", "conv", "padded w b", "a");

  onnx_node_integers (node, "kernel_shape", INTS (1, 1));
  onnx_node_integers (node, "strides", INTS (1, 1));
  onnx_node_integers (node, "pads", INTS (0, 0, 0, 0));
  onnx_node_integer (node, "group", 1);

  return node;
}

static GBytes *
new_onnx (void)
{
  GByteArray *graph = onnx_graph ();
  GByteArray *node;

  onnx_graph_input (graph, "x", INTS (0, 3, 8, 8));
  onnx_graph_output (graph, "y");

  node = onnx_node ("Pad", "pad", "x", "padded");
  onnx_node_integers (node, "pads", INTS (0, 0, 1, 1, 0, 0, 1, 1));
  onnx_graph_node (graph, node);
  onnx_graph_node (graph, new_conv ());
  onnx_graph_node (graph, onnx_node ("BatchNormalization", "bn", "a b b b one", "c"));
  onnx_graph_node (graph, onnx_node ("Clip", "clip", "c min max", "d"));
  node = onnx_node ("MaxPool", "pool", "d", "e");
  onnx_node_integers (node, "kernel_shape", INTS (3, 3));
  onnx_node_integers (node, "strides", INTS (2, 2));
  onnx_node_integer (node, "ceil_mode", 1);
  onnx_node_text (node, "auto_pad", "SAME_UPPER");
  onnx_graph_node (graph, node);
  onnx_graph_node (graph, onnx_node ("Concat", "cat", "e e", "f"));
  onnx_graph_node (graph, onnx_node ("GlobalAveragePool", "average", "f", "g"));
  onnx_graph_node (graph, onnx_node ("Shape", "", "g", "shape"));
  onnx_graph_node (graph, onnx_node ("Gather", "", "shape zero", "batch"));
  onnx_graph_node (graph, onnx_node ("Concat", "", "batch rest", "wanted"));
  onnx_graph_node (graph, onnx_node ("Reshape", "", "g wanted", "row"));
  node = onnx_node ("Gemm", "fc", "row m b", "y");
  onnx_node_float (node, "alpha", 0.5f);
  onnx_graph_node (graph, node);

  onnx_graph_constant (graph, onnx_tensor_floats ("w", INTS (2, 3, 1, 1), numbers));
  onnx_graph_constant (graph, onnx_tensor_floats ("b", INTS (2), numbers));
  onnx_graph_constant (graph, onnx_tensor_floats ("one", INTS (2), numbers + 1));
  onnx_graph_constant (graph, onnx_tensor_floats ("min", 0, NULL, numbers));
  onnx_graph_constant (graph, onnx_tensor_floats ("max", 0, NULL, numbers + 6));
  onnx_graph_constant (graph, onnx_tensor_floats ("m", INTS (4, 2), numbers));
  onnx_graph_constant (graph, onnx_tensor_integers ("zero", INTS (0)));
  onnx_graph_constant (graph, onnx_tensor_integers ("rest", INTS (-1)));

  return onnx_model (graph, 11);
}

static GByteArray *
with_integers (GByteArray   *node,
               const char   *name,
               guint         n,
               const gint64 *values)
{
  onnx_node_integers (node, name, n, values);

  return node;
}

/* Numbers of many types, and nodes that are worked out when the file is read. */
static void
add_arithmetic (GByteArray *graph)
{
  GByteArray *node = onnx_tensor ("halves", 10, INTS (2, 1));

  onnx_tensor_varints (node, 5, 2, (const gint64[]) { 0x3c00, 0x4000 });
  onnx_graph_constant (graph, node);
  node = onnx_tensor ("bytes", 3, INTS (2, 2));
  onnx_tensor_raw (node, "\1\2\3\4", 4);
  onnx_graph_constant (graph, node);
  onnx_graph_constant (graph, onnx_tensor_integers ("two", INTS (2)));
  onnx_graph_constant (graph, onnx_tensor_integers ("pair", INTS (2, 2)));
  onnx_graph_constant (graph, onnx_tensor_integers ("grid", INTS (4, 3)));
  onnx_graph_constant (graph, onnx_tensor_integers ("one", INTS (1)));
  onnx_graph_constant (graph, onnx_tensor_integers ("minus", INTS (-1)));

  onnx_graph_node (graph, onnx_node ("ConstantOfShape", "", "pair", "zeros"));
  node = onnx_node ("Cast", "", "bytes", "floats");
  onnx_node_integer (node, "to", 1);
  onnx_graph_node (graph, node);
  onnx_graph_node (graph, onnx_node ("Add", "", "zeros floats", "sum"));
  onnx_graph_node (graph, onnx_node ("Greater", "", "sum halves", "truth"));
  onnx_graph_node (graph, onnx_node ("Where", "", "truth sum zeros", "chosen"));
  onnx_graph_node (graph, with_integers (onnx_node ("Transpose", "", "chosen", "turned"), "perm", INTS (1, 0)));
  onnx_graph_node (graph, onnx_node ("Tile", "", "turned pair", "tiled"));
  onnx_graph_node (graph, onnx_node ("Slice", "", "tiled minus two one minus", "part"));
  onnx_graph_node (graph, onnx_node ("Expand", "", "part grid", "wide"));
  onnx_graph_node (graph, with_integers (onnx_node ("ReduceMax", "", "wide", "row"), "axes", INTS (0)));
}

static GByteArray *
new_branch (GByteArray *node,
            const char *output)
{
  GByteArray *graph = onnx_graph ();

  onnx_graph_node (graph, node);
  onnx_graph_output (graph, output);

  return graph;
}

/* i is h without a dimension that is 1. */
static void
add_choice (GByteArray *graph)
{
  GByteArray *node = onnx_node ("If", "if", "is", "i");

  onnx_graph_node (graph, onnx_node ("Shape", "", "h", "hs"));
  onnx_graph_node (graph, onnx_node ("Gather", "", "hs two", "h2"));
  onnx_graph_node (graph, onnx_node ("Equal", "", "h2 one", "is"));
  onnx_node_graph (node, "then_branch",
                   new_branch (with_integers (onnx_node ("Squeeze", "squeeze", "h", "i1"), "axes", INTS (2)), "i1"));
  onnx_node_graph (node, "else_branch", new_branch (onnx_node ("Identity", "", "h", "i2"), "i2"));
  onnx_graph_node (graph, node);
}

/* Pictures with their channels last, and layers that pick, join and reduce. */
static GBytes *
new_onnx_nhwc (void)
{
  GByteArray *graph = onnx_graph ();
  GByteArray *node;

  onnx_graph_input (graph, "x", INTS (0, 8, 8, 3));
  onnx_graph_output (graph, "y");
  add_arithmetic (graph);

  onnx_graph_node (graph, with_integers (onnx_node ("Transpose", "turn", "x", "a"), "perm", INTS (0, 3, 1, 2)));
  node = with_integers (onnx_node ("Split", "split", "a", "b c"), "split", INTS (1, 2));
  onnx_node_integer (node, "axis", 1);
  onnx_graph_node (graph, node);
  node = with_integers (onnx_node ("Pad", "pad", "b", "d"), "pads", INTS (0, 1, 0, 0, 0, 0, 0, 0));
  onnx_node_text (node, "mode", "edge");
  onnx_graph_node (graph, node);
  onnx_graph_node (graph, onnx_node ("Mul", "mul", "c d", "e"));
  node = onnx_node ("Gather", "gather", "e one", "f");
  onnx_node_integer (node, "axis", 1);
  onnx_graph_node (graph, node);
  node = onnx_node ("Concat", "cat", "e f", "g");
  onnx_node_integer (node, "axis", 1);
  onnx_graph_node (graph, node);
  onnx_graph_node (graph, with_integers (onnx_node ("ReduceL2", "norm", "g", "h"), "axes", INTS (2)));
  add_choice (graph);
  onnx_graph_node (graph, with_integers (onnx_node ("Transpose", "swap", "i", "j"), "perm", INTS (2, 0, 1)));
  onnx_graph_node (graph, with_integers (onnx_node ("Unsqueeze", "unsqueeze", "j", "k"), "axes", INTS (0)));
  node = onnx_node ("LeakyRelu", "leaky", "k", "l");
  onnx_node_float (node, "alpha", 0.5f);
  onnx_graph_node (graph, node);
  onnx_graph_node (graph, onnx_node ("Sub", "sub", "l row", "m"));
  onnx_graph_node (graph, onnx_node ("Einsum", "unknown", "m", "n"));
  onnx_graph_node (graph, onnx_node ("Add", "add", "n m", "y"));

  return onnx_model (graph, 11);
}

GBytes *
model_seed_new (ModelSeed seed)
{
  switch (seed)
    {
    case MODEL_SEED_SAFETENSORS:
      return new_safetensors ();

    case MODEL_SEED_TORCH_ZIP:
      return model_bytes_zip ("seed/data.pkl", pickle, sizeof pickle - 1,
                              "seed/byteorder", "little", (gsize) 6,
                              "seed/data/0", numbers, sizeof numbers, NULL);

    case MODEL_SEED_TORCH_DEFLATED:
      return model_bytes_zip_options ("zip:compression=deflate", "seed/data.pkl", checkpoint, sizeof checkpoint - 1,
                                      "seed/.format_version", "1", (gsize) 1,
                                      "seed/data/0", numbers, sizeof numbers, NULL);

    case MODEL_SEED_TORCH_LEGACY:
      return model_bytes_legacy (pickle, sizeof pickle - 1, numbers, G_N_ELEMENTS (numbers));

    case MODEL_SEED_ONNX:
      return new_onnx ();

    case MODEL_SEED_ONNX_NHWC:
      return new_onnx_nhwc ();

    default:
      g_return_val_if_reached (NULL);
    }
}

const char *
model_seed_get_name (ModelSeed seed)
{
  static const char *const names[] = { "safetensors", "torch-zip", "torch-deflated", "torch-legacy", "onnx", "onnx-nhwc" };

  g_return_val_if_fail (seed < G_N_ELEMENTS (names), NULL);

  return names[seed];
}
