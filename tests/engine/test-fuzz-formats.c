/* Cuts and damages files of every format: whatever comes of it, it is a network
 * or an error, soon, and in little memory. */

#include "core/cnn-error.h"
#include "formats/cnn-file-contents-private.h"
#include "formats/cnn-model-file-private.h"
#include "formats/cnn-state-dict-private.h"
#include "support/model-seeds.h"
#include "support/pack.h"

#include <string.h>
#include <sys/resource.h>

#define SEED 2016
#define N_FLIPS 4000

/* Address space for all of this, some of which libraries take. */
#define MAX_MEMORY (1024ul * 1024 * 1024)

static void
limit_memory (void)
{
#ifndef __SANITIZE_ADDRESS__
  const struct rlimit limit = { MAX_MEMORY, MAX_MEMORY };

  g_assert_cmpint (setrlimit (RLIMIT_AS, &limit), ==, 0);
#endif
}

static void
assert_good_error (GError *error)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/fuzzed");

  g_assert_nonnull (error);
  cnn_file_contents_prefix_error (file, &error);
  g_assert_true (error->domain == CNN_ERROR || error->domain == G_IO_ERROR);
  if (!g_utf8_validate (error->message, -1, NULL) || strchr (error->message, '\n') != NULL)
    g_error ("message is not one line of UTF-8: %s", error->message);
  g_assert_true (g_str_has_prefix (error->message, "/fuzzed: "));
}

/* Looks at all of a network that does not need it to be run. */
static void
look_at (CnnNetwork *network)
{
  for (guint i = 0; i < cnn_network_get_n_layers (network); i++)
    {
      CnnLayer *layer = cnn_network_get_layer (network, i);
      g_autofree char *description = cnn_layer_dup_description (layer);
      CnnCost cost;

      g_assert_true (g_utf8_validate (cnn_layer_get_name (layer), -1, NULL));
      g_assert_nonnull (description);
      cnn_layer_get_cost (layer, CNN_CONVENTION_FLOP, &cost);
    }
}

/* Reads bytes, of which data is a copy of its own, so that a step outside is
 * seen by the sanitizers. Returns whether they were good. */
static gboolean
try_bytes (const guint8 *data,
           gsize         size)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/fuzzed.onnx");
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) dict_error = NULL;
  g_autoptr (CnnStateDict) dict = NULL;
  g_autoptr (CnnNetwork) network = NULL;

  dict = cnn_state_dict_read (bytes, file, NULL, &dict_error);
  if (dict == NULL)
    assert_good_error (dict_error);

  network = cnn_network_read (bytes, file, NULL, NULL, &error);
  if (network != NULL)
    look_at (network);
  else
    assert_good_error (error);

  return dict != NULL || network != NULL;
}

static void
test_whole (gconstpointer data)
{
  g_autoptr (GBytes) bytes = model_seed_new (GPOINTER_TO_UINT (data));
  gsize size;
  const guint8 *start = g_bytes_get_data (bytes, &size);

  g_assert_true (try_bytes (start, size));
}

static void
test_cut (gconstpointer data)
{
  g_autoptr (GBytes) bytes = model_seed_new (GPOINTER_TO_UINT (data));
  gsize size;
  const guint8 *start = g_bytes_get_data (bytes, &size);

  for (gsize n = 1; n < size; n++)
    try_bytes (start, n);
}

/* Damages up to four bytes, most often by numbers that lengths fear. */
static void
damage (guint8 *data,
        gsize   size,
        GRand  *random)
{
  static const guint8 fears[] = { 0, 1, 0x7f, 0x80, 0xff };

  for (gint n = g_rand_int_range (random, 1, 5); n > 0; n--)
    {
      gsize at = g_rand_int_range (random, 0, size);

      switch (g_rand_int_range (random, 0, 4))
        {
        case 0:
          data[at] = g_rand_int_range (random, 0, 256);
          break;

        case 1:
          data[at] ^= 1 << g_rand_int_range (random, 0, 8);
          break;

        case 2:
          data[at] = data[g_rand_int_range (random, 0, size)];
          break;

        default:
          data[at] = fears[g_rand_int_range (random, 0, G_N_ELEMENTS (fears))];
          break;
        }
    }
}

static void
test_flip (gconstpointer data)
{
  g_autoptr (GBytes) bytes = model_seed_new (GPOINTER_TO_UINT (data));
  g_autoptr (GRand) random = g_rand_new_with_seed (SEED);
  gsize size;
  const guint8 *start = g_bytes_get_data (bytes, &size);

  for (guint i = 0; i < N_FLIPS; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (start, size);

      damage (copy, size, random);
      try_bytes (copy, size);
    }
}

/* Real files, at lengths and places all over. */
static void
test_pack (gconstpointer data)
{
  g_autofree char *path = pack_find (data);
  g_autofree char *contents = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (SEED);
  gsize size;

  if (pack_skip (path))
    return;

  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  for (guint i = 0; i < 40; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (contents, size);

      try_bytes (copy, g_rand_int_range (random, 1, size));

      /* Headers lie at the front or, of zip archives, at the back. */
      damage (copy, MIN (size, 4096), random);
      if (i % 2 == 0)
        damage (copy + size - MIN (size, 4096), MIN (size, 4096), random);
      try_bytes (copy, size);
    }
}

int
main (int   argc,
      char *argv[])
{
  static const char *const pack[] = {
    "zoo/variants/resnet18-eighth-f16.safetensors",
    "zoo/variants/resnet18-eighth-half.pth",
    "zoo/variants/resnet18-eighth-views-legacy.pth",
    "zoo/variants/resnet18-eighth-whole-module.pth",
    "zoo/variants/densenet-tiny-constants.onnx",
    "zoo/variants/caffe-like.onnx",
  };
  const struct { const char *name; GTestDataFunc test; } tests[] = {
    { "whole", test_whole }, { "cut", test_cut }, { "flip", test_flip },
  };

  g_test_init (&argc, &argv, NULL);
  limit_memory ();

  for (guint seed = 0; seed < N_MODEL_SEEDS; seed++)
    for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
      {
        g_autofree char *path = g_strdup_printf ("/engine/fuzz-formats/%s/%s", model_seed_get_name (seed), tests[i].name);

        g_test_add_data_func (path, GUINT_TO_POINTER (seed), tests[i].test);
      }

  for (guint i = 0; i < G_N_ELEMENTS (pack); i++)
    {
      g_autofree char *base = g_path_get_basename (pack[i]);
      g_autofree char *path = g_strconcat ("/engine/fuzz-formats/pack/", base, NULL);

      g_test_add_data_func (path, pack[i], test_pack);
    }

  return g_test_run ();
}
