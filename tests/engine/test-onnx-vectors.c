/* The ONNX project's own test vectors, as Debian's libonnx-testdata has them: each
 * goes through the door of any other network. */

#include "core/cnn-error.h"
#include "formats/cnn-model-file-private.h"
#include "run/cnn-predictor.h"
#include "support/onnx-vector.h"

#include <math.h>
#include <string.h>

/* As ONNX's own runner compares. */
#define RELATIVE 1e-3
#define ABSOLUTE 1e-7

/* How many vectors have to pass; more are welcome, and then belong here. */
#define N_PASSED 370

static gboolean
is_close (float found,
          float expected)
{
  if (!isfinite (expected))
    return isnan (expected) ? isnan (found) : found == expected;

  return fabs (found - expected) <= ABSOLUTE + RELATIVE * fabs (expected);
}

/* Tells how the tensors differ, or NULL where they do not. */
static char *
compare (CnnTensor *found,
         CnnTensor *expected)
{
  gsize n = cnn_tensor_get_n_elements (expected);
  g_autofree char *shape = cnn_shape_to_string (cnn_tensor_get_shape (found));

  if (cnn_tensor_get_n_elements (found) != n)
    return g_strdup_printf ("is %s, expected %zu numbers", shape, n);

  for (gsize i = 0; i < n; i++)
    if (!is_close (cnn_tensor_get_data (found)[i], cnn_tensor_get_data (expected)[i]))
      return g_strdup_printf ("element %zu of %s is %.9g, expected %.9g", i, shape,
                              cnn_tensor_get_data (found)[i], cnn_tensor_get_data (expected)[i]);

  return NULL;
}

/* Opens and runs a vector. Where it cannot be, the reason is told. */
static CnnTensor *
run (const OnnxVector  *vector,
     char             **reason)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/vector.onnx");
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnNetwork) network = cnn_network_read (vector->model, file, NULL, NULL, &error);
  g_autoptr (CnnPredictor) predictor = NULL;
  CnnTensor *output = NULL;

  if (network != NULL)
    {
      predictor = cnn_predictor_new (network);
      output = cnn_predictor_run (predictor, vector->input, 1, NULL, &error);
    }

  if (output == NULL)
    *reason = g_strdup (error->message);

  return output;
}

typedef enum { PASSED, WRONG, NOT_SUPPORTED } Outcome;

/* A vector in one form. */
static Outcome
try_form (const char      *path,
          OnnxVectorForm   form,
          char           **reason)
{
  g_autoptr (OnnxVector) vector = onnx_vector_load (path, form, reason);
  g_autoptr (CnnTensor) found = vector != NULL ? run (vector, reason) : NULL;

  if (found == NULL)
    return NOT_SUPPORTED;

  *reason = compare (found, vector->expected);

  return *reason == NULL ? PASSED : WRONG;
}

/* A vector in the forms that it can have, each of which must be right. A batch is
 * for what works on each picture by itself, as its other forms say by not being
 * supported. */
static void
try_vector (const char *folder,
            const char *name,
            guint      *n_passed,
            guint      *n_wrong)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *reason = NULL;
  guint n[NOT_SUPPORTED + 1] = { 0 };

  for (guint form = 0; form < N_ONNX_VECTOR_FORMS && (form < ONNX_VECTOR_BATCH || n[PASSED] + n[WRONG] == 0); form++)
    {
      g_autofree char *why = NULL;
      Outcome outcome = try_form (path, form, &why);

      n[outcome]++;
      if (outcome == WRONG)
        g_test_message ("%s: WRONG: %s", name, why);
      else if (outcome == NOT_SUPPORTED && reason == NULL)
        reason = g_steal_pointer (&why);
    }

  if (n[PASSED] + n[WRONG] == 0)
    g_test_message ("%s: not supported: %s", name, reason);

  *n_passed += n[WRONG] == 0 && n[PASSED] > 0;
  *n_wrong += n[WRONG] > 0;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
test_vectors (void)
{
  g_autofree char *folder = onnx_vector_find_all ();
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = NULL;
  guint n_passed = 0, n_wrong = 0;
  const char *name;

  if (folder == NULL)
    {
      g_test_skip ("libonnx-testdata is not installed");
      return;
    }

  dir = g_dir_open (folder, 0, NULL);
  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);

  for (guint i = 0; i < names->len; i++)
    try_vector (folder, g_ptr_array_index (names, i), &n_passed, &n_wrong);

  g_test_message ("%u of %u vectors passed, %u differ", n_passed, names->len, n_wrong);
  g_assert_cmpuint (n_wrong, ==, 0);
  g_assert_cmpuint (n_passed, >=, N_PASSED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/onnx-vectors", test_vectors);

  return g_test_run ();
}
