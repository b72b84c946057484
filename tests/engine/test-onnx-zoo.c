/* Every .onnx file of the zoo that the pack's script makes, against what PyTorch gave.
 * It is some gigabytes, and looked for in $FOVEA_ZOO. */

#include "formats/cnn-model-file.h"
#include "formats/cnn-state-dict.h"
#include "run/cnn-predictor.h"

#include <math.h>
#include <string.h>

/* Relative to the largest logit. */
#define TOLERANCE 1e-4

static CnnTensor *
load_entry (const char *folder,
            const char *name,
            const char *entry)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnStateDict) dict = cnn_state_dict_load (file, NULL, &error);

  g_assert_no_error (error);

  return cnn_tensor_ref (cnn_state_dict_find (dict, entry));
}

static void
check_network (const char *folder,
               const char *name)
{
  g_autofree char *base = g_strndup (name, strlen (name) - strlen (".onnx"));
  g_autofree char *oracle = g_strconcat (base, ".oracle.safetensors", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnNetwork) network = cnn_network_load (file, NULL, &error);
  g_autoptr (CnnPredictor) predictor = NULL;
  g_autoptr (CnnTensor) input = NULL;
  g_autoptr (CnnTensor) expected = NULL;
  g_autoptr (CnnTensor) found = NULL;
  g_autofree char *pictures = NULL;
  double largest = 0, difference = 0;

  g_assert_no_error (error);
  pictures = g_strdup_printf ("input-%zu.safetensors", cnn_network_get_input_shape (network)->dims[2]);
  input = load_entry (folder, pictures, "input");
  expected = load_entry (folder, oracle, "logits");
  predictor = cnn_predictor_new (network);
  found = cnn_predictor_run (predictor, input, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (cnn_shape_equal (cnn_tensor_get_shape (found), cnn_tensor_get_shape (expected)));

  for (gsize i = 0; i < cnn_tensor_get_n_elements (found); i++)
    {
      largest = MAX (largest, fabs (cnn_tensor_get_data (expected)[i]));
      difference = MAX (difference, fabs (cnn_tensor_get_data (expected)[i] - cnn_tensor_get_data (found)[i]));
    }
  g_test_message ("%s: off by %g of the largest logit", base, difference / largest);
  g_assert_cmpfloat (difference, <=, TOLERANCE * largest);
}

static void
test_zoo (void)
{
  const char *folder = g_getenv ("FOVEA_ZOO");
  g_autoptr (GDir) dir = NULL;
  const char *name;
  guint n = 0;

  if (folder == NULL)
    {
      g_test_skip ("no zoo: set FOVEA_ZOO");
      return;
    }

  dir = g_dir_open (folder, 0, NULL);
  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".onnx"))
      {
        check_network (folder, name);
        n++;
      }
  g_assert_cmpuint (n, >, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/onnx-zoo", test_zoo);

  return g_test_run ();
}
