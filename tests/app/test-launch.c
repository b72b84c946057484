#include "fovea-launch.h"

#include "app-helpers.h"

/* Parses words as the program does, into what GApplication hands over. */
static GVariantDict *
parse (const char *words)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = NULL;
  GVariantDict *dict = g_variant_dict_new (NULL);
  char *dataset = NULL, *model = NULL, *sample = NULL, *page = NULL, *layer = NULL;
  gboolean new_window = FALSE;
  char **files = NULL;
  GOptionEntry entries[16];
  struct { const char *name; gpointer place; } places[] = {
    { "dataset", &dataset }, { "model", &model }, { "sample", &sample },
    { "page", &page }, { "layer", &layer }, { "new-window", &new_window },
    { G_OPTION_REMAINING, &files },
  };
  gboolean version;
  gsize n = 0;

  for (const GOptionEntry *entry = fovea_launch_get_options (); entry->long_name != NULL; entry++, n++)
    {
      g_assert_cmpuint (n, <, G_N_ELEMENTS (entries) - 1);
      entries[n] = *entry;
      entries[n].arg_data = &version;
      for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
        if (g_str_equal (places[i].name, entry->long_name))
          entries[n].arg_data = places[i].place;
    }
  entries[n] = (GOptionEntry) { NULL };

  g_option_context_add_main_entries (context, entries, NULL);
  argv = g_strsplit (words, " ", -1);
  g_assert_true (g_option_context_parse_strv (context, &argv, &error));
  g_assert_no_error (error);

  if (dataset != NULL)
    g_variant_dict_insert (dict, "dataset", "^ay", dataset);
  if (model != NULL)
    g_variant_dict_insert (dict, "model", "^ay", model);
  if (sample != NULL)
    g_variant_dict_insert (dict, "sample", "s", sample);
  if (page != NULL)
    g_variant_dict_insert (dict, "page", "s", page);
  if (layer != NULL)
    g_variant_dict_insert (dict, "layer", "s", layer);
  if (new_window)
    g_variant_dict_insert (dict, "new-window", "b", TRUE);
  if (files != NULL)
    g_variant_dict_insert (dict, G_OPTION_REMAINING, "^aay", files);

  g_free (dataset);
  g_free (model);
  g_free (sample);
  g_free (page);
  g_free (layer);
  g_strfreev (files);

  return dict;
}

static void
assert_path (GFile      *file,
             const char *path)
{
  g_assert_nonnull (file);
  g_assert_cmpstr (g_file_peek_path (file), ==, path);
}

static void
test_all (void)
{
  g_autoptr (GVariantDict) dict =
    parse ("fovea --dataset /data/pictures --model /data/net.pth --sample 7 "
           "--page evaluate --layer layer1.0.conv1 --new-window");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaLaunch) launch = fovea_launch_new (dict, NULL, &error);

  g_assert_no_error (error);
  assert_path (launch->dataset, "/data/pictures");
  assert_path (launch->model, "/data/net.pth");
  g_assert_cmpstr (launch->sample, ==, "7");
  g_assert_cmpstr (launch->page, ==, "evaluate");
  g_assert_cmpstr (launch->layer, ==, "layer1.0.conv1");
  g_assert_true (launch->new_window);
  g_assert_cmpuint (launch->files->len, ==, 0);
}

static void
test_none (void)
{
  g_autoptr (GVariantDict) dict = parse ("fovea");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaLaunch) launch = fovea_launch_new (dict, NULL, &error);

  g_assert_no_error (error);
  g_assert_null (launch->dataset);
  g_assert_null (launch->model);
  g_assert_null (launch->sample);
  g_assert_null (launch->page);
  g_assert_null (launch->layer);
  g_assert_false (launch->new_window);
  g_assert_cmpuint (launch->files->len, ==, 0);
}

static void
test_files (void)
{
  g_autoptr (GVariantDict) dict = parse ("fovea /data/pictures /data/net.onnx");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaLaunch) launch = fovea_launch_new (dict, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (launch->files->len, ==, 2);
  assert_path (g_ptr_array_index (launch->files, 0), "/data/pictures");
  assert_path (g_ptr_array_index (launch->files, 1), "/data/net.onnx");
}

static void
test_unknown_page (void)
{
  g_autoptr (GVariantDict) dict = parse ("fovea --page train");
  g_autoptr (GError) error = NULL;

  g_assert_null (fovea_launch_new (dict, NULL, &error));
  g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
  g_assert_nonnull (strstr (error->message, "train"));
}

int
main (int    argc,
      char **argv)
{
  app_test_init (&argc, &argv);

  g_test_add_func ("/app/launch/all", test_all);
  g_test_add_func ("/app/launch/none", test_none);
  g_test_add_func ("/app/launch/files", test_files);
  g_test_add_func ("/app/launch/unknown-page", test_unknown_page);

  return g_test_run ();
}
