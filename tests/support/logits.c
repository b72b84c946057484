#include "support/logits.h"

#include "formats/cnn-model-file.h"
#include "formats/cnn-state-dict.h"
#include "run/cnn-predictor.h"

#include <math.h>

/* The tensor of that name, or else of the other, which may be NULL. */
CnnTensor *
logits_load_entry (const char *path,
                   const char *entry,
                   const char *other_entry)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnStateDict) dict = cnn_state_dict_load (file, NULL, &error);
  CnnTensor *tensor;

  g_assert_no_error (error);
  tensor = cnn_state_dict_find (dict, entry);
  if (tensor == NULL)
    tensor = cnn_state_dict_find (dict, other_entry);

  return cnn_tensor_ref (tensor);
}

/* The network at path, made for inputs of that shape. */
static CnnNetwork *
load_network (const char     *path,
              const CnnShape *input)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnNetwork) network = NULL;
  CnnShape picture = *input;
  CnnNetwork *resized;

  network = cnn_network_load (file, NULL, &error);
  g_assert_no_error (error);

  picture.dims[0] = 1;
  resized = cnn_network_resize (network, &picture, &error);
  g_assert_no_error (error);

  return resized;
}

CnnTensor *
logits_compute (const char *model,
                CnnTensor  *input)
{
  g_autoptr (CnnNetwork) network = load_network (model, cnn_tensor_get_shape (input));
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
  g_autoptr (GError) error = NULL;
  CnnTensor *logits = cnn_predictor_run (predictor, input, 1, NULL, &error);

  g_assert_no_error (error);

  return logits;
}

/* The tolerance is relative to the largest logit. */
void
logits_check (CnnTensor *found,
              CnnTensor *expected,
              double     tolerance)
{
  const float *f = cnn_tensor_get_data (found);
  const float *e = cnn_tensor_get_data (expected);
  gsize n = cnn_tensor_get_n_elements (found);
  double largest = 0, difference = 0;

  g_assert_true (cnn_shape_equal (cnn_tensor_get_shape (found), cnn_tensor_get_shape (expected)));

  for (gsize i = 0; i < n; i++)
    {
      largest = MAX (largest, fabs (e[i]));
      difference = MAX (difference, fabs (e[i] - f[i]));
      g_assert_true (isfinite (f[i]));
    }

  g_test_message ("logits to %g, off by %g of that", largest, difference / largest);
  g_assert_cmpfloat (difference, <=, tolerance * largest);
}
