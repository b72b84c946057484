/* All of the zoo's networks give the logits that PyTorch gave. */

#include "support/logits.h"
#include "support/zoo.h"

#include <string.h>

/* Relative to the largest logit. */
#define TOLERANCE 1e-4

static const char *const networks[] = {
  "resnet18", "resnet34", "resnet50", "vgg11_bn", "vgg16", "alexnet", "squeezenet1_0", "squeezenet1_1",
  "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "shufflenet_v2_x1_0", "densenet121", "googlenet",
  "inception_v3", "efficientnet_b0", "mnasnet1_0", "regnet_y_400mf", "resnext50_32x4d", "wide_resnet50_2",
};

static const char *const formats[] = { "pth", "safetensors" };

/* data is the name of a model file. */
static void
test_network (gconstpointer data)
{
  const char *name = data;
  g_autofree char *stem = g_strndup (name, strcspn (name, "."));
  g_autofree char *oracle_name = g_strconcat (stem, ".oracle.safetensors", NULL);
  gboolean is_inception = g_str_has_prefix (name, "inception");
  g_autofree char *model = zoo_find (name);
  g_autofree char *input_path = zoo_find (is_inception ? "input-299.safetensors" : "input-224.safetensors");
  g_autofree char *oracle = zoo_find (oracle_name);
  g_autoptr (CnnTensor) input = NULL;
  g_autoptr (CnnTensor) expected = NULL;
  g_autoptr (CnnTensor) found = NULL;

  if (zoo_skip (model))
    return;

  input = logits_load_entry (input_path, "input", NULL);
  expected = logits_load_entry (oracle, "logits", NULL);
  found = logits_compute (model, input);
  logits_check (found, expected, TOLERANCE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  /* One word for all that is missed. */
  if (g_getenv ("FOVEA_ZOO") == NULL)
    {
      g_test_add_data_func ("/engine/zoo", "resnet18.pth", test_network);
      return g_test_run ();
    }

  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    for (guint k = 0; k < G_N_ELEMENTS (formats); k++)
      {
        char *name = g_strdup_printf ("%s.%s", networks[i], formats[k]);
        g_autofree char *path = g_strconcat ("/engine/zoo/", name, NULL);

        g_test_add_data_func_full (path, name, test_network, g_free);
      }

  return g_test_run ();
}
