#include "core/cnn-error.h"
#include "formats/cnn-model-file.h"
#include "formats/cnn-state-dict.h"
#include "support/folder.h"
#include "support/pack.h"

#include <string.h>

/* Writes a .safetensors file of single numbers, one for each letter of names. */
static void
write_shard (Folder     *folder,
             const char *path,
             const char *names)
{
  g_autoptr (CnnStateDict) dict = cnn_state_dict_new ();
  g_autofree char *full = folder_build (folder, path);
  g_autoptr (GFile) file = g_file_new_for_path (full);
  g_autoptr (GError) error = NULL;

  for (const char *c = names; *c != '\0'; c++)
    {
      const char name[] = { *c, '\0' };
      const float number = *c;
      g_autoptr (CnnTensor) tensor = cnn_tensor_new_from_data (&CNN_SHAPE_1 (1), &number);

      cnn_state_dict_add (dict, name, tensor);
    }

  folder_write (folder, path, "", 0);
  g_assert_true (cnn_state_dict_save (dict, file, NULL, &error));
  g_assert_no_error (error);
}

static CnnStateDict *
load (Folder      *folder,
      const char  *name,
      GError     **error)
{
  g_autofree char *path = folder_build (folder, name);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return cnn_state_dict_load (file, NULL, error);
}

#define INDEX "model.safetensors.index.json"

static Folder *
make_model (const char *index)
{
  Folder *folder = folder_new ();

  write_shard (folder, "m/1.safetensors", "ab");
  write_shard (folder, "m/sub/2.safetensors", "c");
  write_shard (folder, "elsewhere.safetensors", "d");
  folder_write (folder, "m/" INDEX, index, -1);

  return folder;
}

/* By the index, and by the folder; in the order of the index. */
static void
test_whole (void)
{
  g_autoptr (Folder) folder = make_model ("{\"metadata\": {\"total_size\": 12}, \"weight_map\": "
                                          "{\"c\": \"sub/2.safetensors\", \"a\": \"1.safetensors\", \"b\": \"1.safetensors\"}}");
  const char *const paths[] = { "m/" INDEX, "m" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CnnStateDict) dict = load (folder, paths[i], &error);

      g_assert_no_error (error);
      g_assert_cmpuint (cnn_state_dict_get_size (dict), ==, 3);
      for (guint j = 0; j < 3; j++)
        {
          g_assert_cmpint (*cnn_state_dict_get_name (dict, j), ==, "cab"[j]);
          g_assert_cmpfloat (cnn_tensor_get_data (cnn_state_dict_get (dict, j))[0], ==, "cab"[j]);
        }
    }
}

static void
test_wrong (void)
{
#define MAP(map) "{\"weight_map\": {" map "}}"
#define WHOLE "\"a\": \"1.safetensors\", \"b\": \"1.safetensors\""
  const struct { const char *index; const char *says; } cases[] = {
    { MAP (WHOLE ", \"d\": \"../elsewhere.safetensors\""), "../elsewhere.safetensors: is not inside the index's folder" },
    { MAP (WHOLE ", \"d\": \"/etc/passwd\""), "/etc/passwd: is not inside the index's folder" },
    { MAP (WHOLE ", \"d\": \"sub//2.safetensors\""), "is not inside the index's folder" },
    { MAP (WHOLE ", \"d\": \"\""), "is not inside the index's folder" },
    { MAP (WHOLE ", \"d\": \"3.safetensors\""), "3.safetensors: is missing, expected it beside the index" },
    { MAP (WHOLE ", \"d\": \"sub\""), "is a folder" },
    { MAP (WHOLE ", \"d\": \"sub/2.safetensors\""), "c: is in sub/2.safetensors, the index does not name it" },
    { MAP (WHOLE ", \"c\": \"1.safetensors\""), "c: is not in 1.safetensors, where the index says it is" },
    { MAP ("\"a\": \"1.safetensors\""), "b: is in 1.safetensors, the index does not name it" },
    { MAP ("\"a\": \"1.safetensors\", \"b\": \"sub/2.safetensors\""), "b: is in 1.safetensors, the index says sub/2.safetensors" },
    { MAP (WHOLE ", \"d\": 3"), "d: has no file in the index" },
    { MAP ("\"a\": \"" INDEX "\""), "is an index itself" },
    { "{\"weight_map\": []}", "index: weight_map: is no object" },
    { "{\"weight_map\": {", "index: " },
    { "{\"weight_map\": [[[[[[[[[[[[[[]", "index: nests deeper than 8 levels" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Folder) folder = make_model (cases[i].index);
      g_autoptr (GError) error = NULL;

      g_assert_null (load (folder, "m/" INDEX, &error));
      g_assert_nonnull (error);
      if (strstr (error->message, cases[i].says) == NULL || strchr (error->message, '\n') != NULL ||
          strstr (error->message, "m/" INDEX ": ") == NULL)
        g_error ("case %u says “%s”, expected “%s”", i, error->message, cases[i].says);
    }
}

/* Whatever an index says, it is answered with tensors or one line. */
static void
test_damaged (void)
{
  static const char index[] = MAP (WHOLE ", \"c\": \"sub/2.safetensors\"");
  g_autoptr (Folder) folder = make_model (index);
  g_autoptr (GRand) random = g_rand_new_with_seed (2016);
  const gsize size = sizeof index - 1;

  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *copy = g_strdup (index);
      g_autoptr (GError) error = NULL;
      g_autoptr (CnnStateDict) dict = NULL;

      for (int n = g_rand_int_range (random, 0, 4); n > 0; n--)
        copy[g_rand_int_range (random, 0, size)] = "{}[]\":,/.\\\x80\0" "1a"[g_rand_int_range (random, 0, 14)];
      folder_write (folder, "m/" INDEX, copy, g_rand_int_range (random, size / 2, size + 1));

      dict = load (folder, "m/" INDEX, &error);
      if (dict == NULL && (strchr (error->message, '\n') != NULL || !g_utf8_validate (error->message, -1, NULL)))
        g_error ("message is not one line of UTF-8: %s", error->message);
    }
}

/* A folder that is no model, or several. */
static void
test_folders (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnStateDict) dict = NULL;

  folder_write (folder, "m/readme.txt", "hello", -1);
  g_assert_null (load (folder, "m", &error));
  g_assert_nonnull (strstr (error->message, "/m: is a folder without a model, expected a model"));
  g_clear_error (&error);

  write_shard (folder, "m/one.safetensors", "a");
  dict = load (folder, "m", &error);
  g_assert_no_error (error);
  g_assert_nonnull (cnn_state_dict_find (dict, "a"));

  write_shard (folder, "m/two.safetensors", "b");
  g_assert_null (load (folder, "m", &error));
  g_assert_nonnull (strstr (error->message, "/m: is a folder with 2 files *.safetensors, expected one model"));
}

/* A real network, in two parts. */
static void
test_network (void)
{
  g_autofree char *path = pack_find ("zoo/variants/resnet18-eighth.safetensors");
  g_autoptr (GFile) file = NULL;
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnStateDict) whole = NULL;
  g_autoptr (GString) index = g_string_new ("{\"weight_map\":{");
  g_autofree char *model = folder_build (folder, "model");
  g_autoptr (GFile) model_file = g_file_new_for_path (model);
  g_autoptr (CnnNetwork) network = NULL;
  g_autoptr (GError) error = NULL;

  if (pack_skip (path))
    return;

  file = g_file_new_for_path (path);
  whole = cnn_state_dict_load (file, NULL, &error);
  g_assert_no_error (error);

  for (guint part = 0; part < 2; part++)
    {
      g_autoptr (CnnStateDict) dict = cnn_state_dict_new ();
      g_autofree char *name = g_strdup_printf ("model/part-%u.safetensors", part);
      g_autofree char *part_path = folder_build (folder, name);
      g_autoptr (GFile) part_file = g_file_new_for_path (part_path);

      for (guint i = part; i < cnn_state_dict_get_size (whole); i += 2)
        {
          cnn_state_dict_add (dict, cnn_state_dict_get_name (whole, i), cnn_state_dict_get (whole, i));
          g_string_append_printf (index, "%s\"%s\":\"part-%u.safetensors\"", i + part > 0 ? "," : "",
                                  cnn_state_dict_get_name (whole, i), part);
        }
      folder_write (folder, name, "", 0);
      g_assert_true (cnn_state_dict_save (dict, part_file, NULL, &error));
    }
  g_string_append (index, "}}");
  folder_write (folder, "model/" INDEX, index->str, -1);

  network = cnn_network_load (model_file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cnn_network_get_n_classes (network), ==, 10);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/shard-index/whole", test_whole);
  g_test_add_func ("/engine/shard-index/wrong", test_wrong);
  g_test_add_func ("/engine/shard-index/damaged", test_damaged);
  g_test_add_func ("/engine/shard-index/folders", test_folders);
  g_test_add_func ("/engine/shard-index/network", test_network);

  return g_test_run ();
}
