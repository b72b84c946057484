#include "core/cnn-tensor.h"

#include <string.h>

static void
test_shape (void)
{
  CnnShape shape = CNN_SHAPE_4 (1, 64, 56, 56);
  CnnShape huge = CNN_SHAPE_4 (G_MAXSIZE / 4, 4, 1, 1);
  CnnShape hidden = CNN_SHAPE_4 (G_MAXSIZE / 2, 4, 0, 1);
  CnnShape scalar = { 0 };
  g_autofree char *string = cnn_shape_to_string (&shape);
  g_autofree char *scalar_string = cnn_shape_to_string (&scalar);

  g_assert_cmpstr (string, ==, "1×64×56×56");
  g_assert_cmpstr (scalar_string, ==, "scalar");
  g_assert_cmpuint (cnn_shape_get_n_elements (&shape), ==, 200704);
  g_assert_cmpuint (cnn_shape_get_n_elements (&scalar), ==, 1);
  g_assert_true (cnn_shape_is_valid (&shape));
  g_assert_false (cnn_shape_is_valid (&huge));
  g_assert_false (cnn_shape_is_valid (&hidden));
  g_assert_false (cnn_shape_equal (&shape, &scalar));
}

static void
test_slice (void)
{
  const float numbers[] = { 1, 2, 3, 4, 5, 6 };
  CnnShape flat = CNN_SHAPE_1 (3);
  g_autoptr (CnnTensor) tensor = cnn_tensor_new_from_data (&CNN_SHAPE_2 (2, 3), numbers);
  g_autoptr (CnnTensor) row = cnn_tensor_slice (tensor, 1);
  g_autoptr (CnnTensor) vector = cnn_tensor_reshape (row, &flat);

  g_clear_pointer (&tensor, cnn_tensor_unref);
  g_clear_pointer (&row, cnn_tensor_unref);

  g_assert_cmpuint (cnn_tensor_get_n_elements (vector), ==, 3);
  g_assert_cmpfloat (cnn_tensor_get_data (vector)[0], ==, 4);
  g_assert_cmpfloat (cnn_tensor_get_data (vector)[2], ==, 6);
}

static void
test_bytes (void)
{
  float numbers[] = { 1, 2, 3 };
  g_autoptr (GBytes) bytes = g_bytes_new (numbers, sizeof numbers);
  g_autoptr (CnnTensor) shared = cnn_tensor_new_for_bytes (&CNN_SHAPE_1 (2), bytes, sizeof (float));
  const guint8 *start = g_bytes_get_data (bytes, NULL);

  g_assert_true ((const guint8 *) cnn_tensor_get_data (shared) == start + sizeof (float));
  g_assert_cmpfloat (cnn_tensor_get_data (shared)[1], ==, 3);
}

static void
test_bytes_unaligned (void)
{
  guint8 raw[1 + 2 * sizeof (float)] = { 0 };
  float numbers[] = { 7, 8 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (CnnTensor) copy = NULL;

  memcpy (raw + 1, numbers, sizeof numbers);
  bytes = g_bytes_new (raw, sizeof raw);
  copy = cnn_tensor_new_for_bytes (&CNN_SHAPE_1 (2), bytes, 1);

  g_assert_cmpfloat (cnn_tensor_get_data (copy)[0], ==, 7);
  g_assert_cmpfloat (cnn_tensor_get_data (copy)[1], ==, 8);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/tensor/shape", test_shape);
  g_test_add_func ("/engine/tensor/slice", test_slice);
  g_test_add_func ("/engine/tensor/bytes", test_bytes);
  g_test_add_func ("/engine/tensor/bytes-unaligned", test_bytes_unaligned);

  return g_test_run ();
}
