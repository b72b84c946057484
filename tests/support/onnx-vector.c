#include "support/onnx-vector.h"

#include "formats/onnx/cnn-onnx-tensor-private.h"
#include "support/onnx-writer.h"

#define TAG CNN_PROTOBUF_TAG

/* Where Debian's libonnx-testdata has them. */
#define FOLDER "/usr/share/libonnx-testdata/data/node"

#define FLOAT 1

/* Names in a rewritten graph. */
#define PICTURE "vector.picture"
#define ROW "vector.row"
#define FLAT "vector.flat"
#define ZERO "vector.zero"
#define SUM "vector.sum"

/* An input of the engine has no longer side. */
#define MAX_SIDE 4096

/* The folder with a folder for each vector, or NULL where they are not installed. */
char *
onnx_vector_find_all (void)
{
  return g_file_test (FOLDER, G_FILE_TEST_IS_DIR) ? g_strdup (FOLDER) : NULL;
}

void
onnx_vector_free (OnnxVector *self)
{
  g_clear_pointer (&self->model, g_bytes_unref);
  g_clear_pointer (&self->input, cnn_tensor_unref);
  g_clear_pointer (&self->expected, cnn_tensor_unref);
  g_free (self);
}

static GBytes *
load_file (const char *folder,
           const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *contents;
  gsize size;

  return g_file_get_contents (path, &contents, &size, NULL) ? g_bytes_new_take (contents, size) : NULL;
}

static CnnProtobufSpan
span_of_bytes (GBytes *bytes)
{
  CnnProtobufSpan span;

  span.start = g_bytes_get_data (bytes, &span.size);

  return span;
}

static CnnProtobufSpan
find_message (const CnnProtobufSpan *message,
              guint32                tag)
{
  CnnProtobuf reader;
  CnnProtobufField field;

  cnn_protobuf_init (&reader, message);
  while (cnn_protobuf_next (&reader, &field))
    if (field.tag == tag)
      return field.bytes;

  return (CnnProtobufSpan) { message->start, 0 };
}

static guint64
find_number (const CnnProtobufSpan *message,
             guint32                tag)
{
  CnnProtobuf reader;
  CnnProtobufField field;

  cnn_protobuf_init (&reader, message);
  while (cnn_protobuf_next (&reader, &field))
    if (field.tag == tag)
      return field.number;

  return 0;
}

/* A tensor of the data set, or NULL where it is not one of floats. */
static CnnTensor *
read_floats (GBytes *bytes)
{
  CnnProtobufSpan span = span_of_bytes (bytes);
  g_autoptr (CnnOnnxConstant) constant = NULL;
  CnnOnnxFiles files;

  if (find_number (&span, TAG (2, VARINT)) != FLOAT)
    return NULL;

  cnn_onnx_files_init (&files, bytes, NULL, NULL);
  constant = cnn_onnx_tensor_read (&span, &files, NULL);
  cnn_onnx_files_clear (&files);

  return constant != NULL ? cnn_tensor_ref (constant->tensor) : NULL;
}

/* A picture, or batch of them, of as many numbers. */
static CnnTensor *
lay_out (CnnTensor *tensor,
         gsize      batch)
{
  gsize n = cnn_tensor_get_n_elements (tensor) / batch;
  gsize height = MIN (n, MAX_SIDE);

  while (n % height != 0)
    height--;

  return cnn_tensor_reshape (tensor, &CNN_SHAPE_4 (batch, 1, n / height, height));
}

/* Copies a message's fields but those of one number. */
static GByteArray *
copy_without (const CnnProtobufSpan *message,
              guint                  number)
{
  GByteArray *copy = g_byte_array_new ();
  CnnProtobuf reader;
  CnnProtobufField field;
  const guint8 *start = message->start;

  cnn_protobuf_init (&reader, message);
  while (cnn_protobuf_next (&reader, &field))
    {
      if (field.tag >> 3 != number)
        g_byte_array_append (copy, start, reader.at - start);
      start = reader.at;
    }

  return copy;
}

/* Makes the tensor of data set file i the initializer called name. */
static void
add_initializer (GByteArray            *graph,
                 GBytes                *bytes,
                 const char            *name)
{
  CnnProtobufSpan span = span_of_bytes (bytes);
  GByteArray *tensor = copy_without (&span, 8);

  onnx_tensor_name (tensor, name);
  onnx_graph_constant (graph, tensor);
}

/* Brings numbers of the picture, from start on, to the shape of an input. */
static void
add_part (GByteArray *graph,
          CnnTensor  *tensor,
          gboolean    is_one_of_batch,
          gsize       start,
          const char *name)
{
  g_autofree char *part = g_strconcat (name, ".part", NULL);
  g_autofree char *begin = g_strconcat (name, ".begin", NULL);
  g_autofree char *end = g_strconcat (name, ".end", NULL);
  g_autofree char *axes = g_strconcat (name, ".axes", NULL);
  g_autofree char *shape_name = g_strconcat (name, ".shape", NULL);
  g_autofree char *slice = g_strjoin (" ", FLAT, begin, end, axes, NULL);
  g_autofree char *reshape = g_strjoin (" ", part, shape_name, NULL);
  const CnnShape *shape = cnn_tensor_get_shape (tensor);
  gint64 dims[CNN_MAX_DIMS];
  gint64 n = 1;

  for (guint i = 0; i < shape->n_dims; i++)
    {
      dims[i] = i == 0 && is_one_of_batch ? 1 : shape->dims[i];
      n *= dims[i];
    }

  onnx_graph_constant (graph, onnx_tensor_integers (begin, 1, &(const gint64) { start }));
  onnx_graph_constant (graph, onnx_tensor_integers (end, 1, &(const gint64) { start + n }));
  onnx_graph_constant (graph, onnx_tensor_integers (axes, 1, &(const gint64) { 1 }));
  onnx_graph_constant (graph, onnx_tensor_integers (shape_name, shape->n_dims, dims));
  onnx_graph_node (graph, onnx_node ("Slice", part, slice, part));
  onnx_graph_node (graph, onnx_node ("Reshape", shape_name, reshape, name));
}

/* The picture as one row, which Slice knows in the same way since opset 10. */
static void
add_picture (GByteArray *graph,
             CnnTensor  *picture)
{
  const CnnShape *shape = cnn_tensor_get_shape (picture);
  gint64 dims[4];

  for (guint i = 0; i < 4; i++)
    dims[i] = i == 0 ? 1 : shape->dims[i];

  onnx_graph_input (graph, PICTURE, 4, dims);
  onnx_graph_constant (graph, onnx_tensor_integers (ROW, 2, (const gint64[]) { 1, -1 }));
  onnx_graph_node (graph, onnx_node ("Reshape", FLAT, PICTURE " " ROW, FLAT));
}

/* Joins numbers to those that there are already. */
static void
append (GArray    *numbers,
        CnnTensor *tensor)
{
  g_array_append_vals (numbers, cnn_tensor_get_data (tensor), cnn_tensor_get_n_elements (tensor));
}

/* Replaces the graph's inputs, which are the numbers of the data set's files. */
static void
replace_inputs (GByteArray             *result,
                const char             *data,
                const CnnProtobufSpan  *graph,
                OnnxVectorForm          form,
                GArray                 *numbers,
                gsize                  *batch)
{
  CnnProtobuf reader;
  CnnProtobufField field;
  guint i = 0;

  cnn_protobuf_init (&reader, graph);
  while (cnn_protobuf_next (&reader, &field))
    {
      g_autofree char *file = g_strdup_printf ("input_%u.pb", i);
      g_autoptr (CnnTensor) tensor = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *name = NULL;
      CnnProtobufSpan span;

      if (field.tag != TAG (11, BYTES))
        continue;

      i++;
      span = find_message (&field.bytes, TAG (1, BYTES));
      name = cnn_protobuf_dup_text (&span);
      bytes = load_file (data, file);
      if (bytes == NULL)
        continue;

      tensor = numbers->len == 0 || form == ONNX_VECTOR_ALL ? read_floats (bytes) : NULL;
      if (tensor == NULL || cnn_tensor_get_n_elements (tensor) == 0)
        {
          add_initializer (result, bytes, name);
          continue;
        }

      if (form == ONNX_VECTOR_BATCH && cnn_tensor_get_shape (tensor)->n_dims > 0)
        *batch = cnn_tensor_get_shape (tensor)->dims[0];
      add_part (result, tensor, form == ONNX_VECTOR_BATCH, numbers->len, name);
      append (numbers, tensor);
    }
}

/* The first output, plus 0. */
static void
replace_output (GByteArray            *result,
                const CnnProtobufSpan *graph)
{
  CnnProtobufSpan output = find_message (graph, TAG (12, BYTES));
  CnnProtobufSpan span = find_message (&output, TAG (1, BYTES));
  g_autofree char *name = cnn_protobuf_dup_text (&span);
  g_autofree char *inputs = g_strjoin (" ", name, ZERO, NULL);

  onnx_graph_constant (result, onnx_tensor_floats (ZERO, 0, NULL, &(const float) { 0 }));
  onnx_graph_node (result, onnx_node ("Add", SUM, inputs, SUM));
  onnx_graph_output (result, SUM);
}

/* The graph as a network's; what goes into it is kept. */
static GByteArray *
rewrite_graph (OnnxVector             *self,
               const char             *data,
               const CnnProtobufSpan  *graph,
               OnnxVectorForm          form)
{
  g_autoptr (GByteArray) without_inputs = copy_without (graph, 11);
  CnnProtobufSpan span = { without_inputs->data, without_inputs->len };
  GByteArray *result = copy_without (&span, 12);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (float));
  gsize batch = 1;

  replace_inputs (result, data, graph, form, numbers, &batch);
  replace_output (result, graph);
  if (numbers->len > 0)
    {
      g_autoptr (CnnTensor) flat = cnn_tensor_new_from_data (&CNN_SHAPE_1 (numbers->len), (const float *) numbers->data);

      self->input = lay_out (flat, batch);
      add_picture (result, self->input);
    }

  return result;
}

/* Loads a vector; where it is none for a network that takes and gives floats, tells
 * the reason. */
OnnxVector *
onnx_vector_load (const char      *folder,
                  OnnxVectorForm   form,
                  char           **reason)
{
  g_autoptr (OnnxVector) self = g_new0 (OnnxVector, 1);
  g_autofree char *data = g_build_filename (folder, "test_data_set_0", NULL);
  g_autoptr (GBytes) model = load_file (folder, "model.onnx");
  g_autoptr (GBytes) output = load_file (data, "output_0.pb");
  GByteArray *result;
  CnnProtobufSpan span, graph;

  g_assert_nonnull (model);
  self->expected = output != NULL ? read_floats (output) : NULL;
  if (self->expected == NULL)
    {
      *reason = g_strdup ("its output is no tensor of floats");
      return NULL;
    }

  span = span_of_bytes (model);
  graph = find_message (&span, TAG (7, BYTES));
  result = copy_without (&span, 7);
  onnx_model_graph (result, rewrite_graph (self, data, &graph, form));
  self->model = g_byte_array_free_to_bytes (result);

  if (self->input == NULL)
    {
      *reason = g_strdup ("none of its inputs is a tensor of floats");
      return NULL;
    }

  return g_steal_pointer (&self);
}
