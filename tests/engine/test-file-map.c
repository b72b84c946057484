#include "core/cnn-error.h"
#include "core/cnn-file-map.h"
#include "formats/cnn-model-file.h"
#include "formats/cnn-state-dict.h"
#include "run/cnn-predictor.h"
#include "support/folder.h"
#include "support/pack.h"
#include "support/temporary.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE (64 * 4096 + 100)

static GFile *
make_file (void)
{
  g_autofree char *data = g_malloc (SIZE);

  memset (data, 7, SIZE);

  return temporary_new ("mapped", data, SIZE);
}

static GBytes *
map (GFile *file)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = cnn_file_map_new (g_file_peek_path (file), &error);

  g_assert_no_error (error);

  return bytes;
}

static void
test_whole (void)
{
  GFile *file = make_file ();
  g_autoptr (GBytes) bytes = map (file);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (size, ==, SIZE);
  g_assert_true (cnn_file_map_contains (data));
  g_assert_true (cnn_file_map_contains (data + size - 1));
  g_assert_false (cnn_file_map_contains (&size));
  g_assert_true (cnn_file_map_check (data + 5, &error));
  g_assert_true (cnn_file_map_check (&size, &error));

  /* Dropped pages come back. */
  cnn_file_map_drop_pages (data + 1, size - 1);
  cnn_file_map_drop_pages (&size, sizeof size);
  for (gsize i = 0; i < size; i++)
    g_assert_cmpint (data[i], ==, 7);

  g_clear_pointer (&bytes, g_bytes_unref);
  g_assert_false (cnn_file_map_contains (data));
  temporary_free (file);
}

/* Whoever saves over a file cuts it first: what was not looked at yet reads as
 * zeros, and it is told. */
static void
test_cut (void)
{
  GFile *file = make_file ();
  g_autoptr (GBytes) other_bytes = map (file);
  g_autoptr (GBytes) bytes = map (file);
  const char *data = g_bytes_get_data (bytes, NULL);
  const char *other = g_bytes_get_data (other_bytes, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other_error = NULL;
  gint64 sum = 0;

  g_assert_cmpint (truncate (g_file_peek_path (file), 4096), ==, 0);
  for (gsize i = 0; i < SIZE; i++)
    sum += data[i];
  g_assert_cmpint (sum, ==, 7 * 4096);

  g_assert_false (cnn_file_map_check (data, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_CHANGED);
  g_assert_cmpstr (error->message, ==, "changed on disk while it was open; open it again");

  /* One that nobody has read from tells by the size. */
  g_assert_false (cnn_file_map_check (other, &other_error));
  g_assert_error (other_error, CNN_ERROR, CNN_ERROR_CHANGED);

  /* It may be filled again with as much. */
  g_assert_cmpint (truncate (g_file_peek_path (file), SIZE), ==, 0);
  g_assert_false (cnn_file_map_check (data, NULL));
  temporary_free (file);
}

/* What replaces the file leaves the one that is open alone. */
static void
test_replaced (void)
{
  GFile *file = make_file ();
  g_autoptr (GBytes) bytes = map (file);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_replace_contents (file, "new", 3, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION,
                                          NULL, NULL, &error));
  g_assert_cmpint (*(const char *) g_bytes_get_data (bytes, NULL), ==, 7);
  g_assert_true (cnn_file_map_check (g_bytes_get_data (bytes, NULL), &error));
  g_assert_no_error (error);
  temporary_free (file);
}

/* A fault that is none of ours ends the program as ever. */
static void
test_foreign (void)
{
  GFile *file = make_file ();

  if (g_test_subprocess ())
    {
      g_autoptr (GBytes) bytes = map (file);
      FILE *stream = g_fopen (g_file_peek_path (file), "r+");
      volatile const char *foreign = mmap (NULL, SIZE, PROT_READ, MAP_PRIVATE, fileno (stream), 0);

      g_assert_true (foreign != MAP_FAILED);
      g_assert_cmpint (truncate (g_file_peek_path (file), 0), ==, 0);
      (void) foreign[SIZE - 1];
      return;
    }

  temporary_free (file);
  g_test_trap_subprocess (NULL, 0, 0);
  g_assert_false (g_test_trap_has_passed ());
}

/* Many threads meet the cut at once, in files that come and go. */
static gpointer
read_all (gpointer data)
{
  for (guint round = 0; round < 50; round++)
    {
      GFile *file = make_file ();
      g_autoptr (GBytes) bytes = map (file);
      const char *start = g_bytes_get_data (bytes, NULL);

      g_assert_cmpint (truncate (g_file_peek_path (file), 4096 * (round % 5)), ==, 0);
      g_assert_cmpint (start[SIZE - 1], ==, 0);
      g_assert_false (cnn_file_map_check (start, NULL));
      temporary_free (file);
    }

  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_all, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* A network whose file is saved over: what was planned before goes on to answer, and
 * whatever else is made of it says what has happened. */
static void
test_network (void)
{
  g_autofree char *path = pack_find ("models/squeezenet1_1-imagenet.safetensors");
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *copy = folder_build (folder, "model.safetensors");
  g_autoptr (GFile) file = g_file_new_for_path (copy);
  g_autoptr (CnnNetwork) network = NULL;
  g_autoptr (CnnPredictor) predictor = NULL;
  g_autoptr (CnnPredictor) late = NULL;
  g_autoptr (CnnTensor) input = cnn_tensor_new (&CNN_SHAPE_4 (1, 3, 224, 224));
  g_autoptr (CnnTensor) before = NULL;
  g_autoptr (CnnTensor) after = NULL;
  g_autoptr (GError) error = NULL;

  if (pack_skip (path))
    return;

  folder_copy (folder, "model.safetensors", path);
  network = cnn_network_load (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (cnn_network_check_file (network, &error));
  predictor = cnn_predictor_new (network);
  before = cnn_predictor_run (predictor, input, 1, NULL, &error);
  g_assert_no_error (error);

  g_assert_cmpint (truncate (copy, 0), ==, 0);

  after = cnn_predictor_run (predictor, input, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (cnn_tensor_get_data (after), 4000, cnn_tensor_get_data (before), 4000);

  g_assert_false (cnn_network_check_file (network, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_CHANGED);
  g_assert_true (g_str_has_suffix (error->message,
                                   "model.safetensors: changed on disk while it was open; open it again"));
  g_clear_error (&error);

  late = cnn_predictor_new (network);
  g_assert_null (cnn_predictor_run (late, input, 1, NULL, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_CHANGED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/file-map/whole", test_whole);
  g_test_add_func ("/engine/file-map/cut", test_cut);
  g_test_add_func ("/engine/file-map/replaced", test_replaced);
  g_test_add_func ("/engine/file-map/foreign", test_foreign);
  g_test_add_func ("/engine/file-map/threads", test_threads);
  g_test_add_func ("/engine/file-map/network", test_network);

  return g_test_run ();
}
