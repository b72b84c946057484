#include "fovea-thumbnailer.h"

#include "app-fixture.h"
#include "app-helpers.h"

#define SIZE 32
#define BYTES ((gsize) SIZE * SIZE * 3)

/* Which pictures came, in their order. */
typedef struct
{
  GArray *order;
  guint n_cancelled;
  guint n_failed;
} Record;

typedef struct
{
  Record *record;
  guint position;
} Wish;

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autofree Wish *wish = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture =
    fovea_thumbnail_source_load_finish (FOVEA_THUMBNAIL_SOURCE (source), result, &error);

  if (texture == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      wish->record->n_cancelled++;
      return;
    }
  if (texture == NULL)
    {
      wish->record->n_failed++;
      return;
    }

  g_assert_cmpint (gdk_texture_get_width (texture), ==, SIZE);
  g_assert_cmpint (gdk_texture_get_height (texture), ==, SIZE);
  g_array_append_val (wish->record->order, wish->position);
}

static void
load (FoveaThumbnailer *thumbnailer,
      CnnDataset       *dataset,
      guint             position,
      GCancellable     *cancellable,
      Record           *record)
{
  Wish *wish = g_new0 (Wish, 1);

  wish->record = record;
  wish->position = position;
  fovea_thumbnail_source_load_async (FOVEA_THUMBNAIL_SOURCE (thumbnailer),
                                     cnn_dataset_get_sample (dataset, position), SIZE,
                                     cancellable, loaded_cb, wish);
}

static CnnDataset *
load_dataset (AppFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  CnnDataset *dataset = cnn_dataset_load (fixture->pictures, NULL, &error);

  g_assert_no_error (error);

  return dataset;
}

/* Those that were asked for last come first, after the one that is being made
 * already. */
static void
test_newest_first (AppFixture    *fixture,
                   gconstpointer  data)
{
  g_autoptr (CnnDataset) dataset = load_dataset (fixture);
  g_autoptr (FoveaThumbnailer) thumbnailer = fovea_thumbnailer_new (1, 1 << 20);
  Record record = { g_array_new (FALSE, FALSE, sizeof (guint)), 0, 0 };

  for (guint i = 0; i < FIXTURE_N_PICTURES; i++)
    load (thumbnailer, dataset, i, NULL, &record);
  g_assert_cmpuint (record.order->len, ==, 0);
  wait_until (record.order->len == FIXTURE_N_PICTURES);

  g_assert_cmpuint (g_array_index (record.order, guint, 0), ==, 0);
  for (guint i = 1; i < FIXTURE_N_PICTURES; i++)
    g_assert_cmpuint (g_array_index (record.order, guint, i), ==, FIXTURE_N_PICTURES - i);

  g_array_unref (record.order);
}

static void
test_cancel (AppFixture    *fixture,
             gconstpointer  data)
{
  g_autoptr (CnnDataset) dataset = load_dataset (fixture);
  g_autoptr (FoveaThumbnailer) thumbnailer = fovea_thumbnailer_new (2, 1 << 20);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Record record = { g_array_new (FALSE, FALSE, sizeof (guint)), 0, 0 };

  for (guint i = 0; i < 8; i++)
    load (thumbnailer, dataset, i, cancellable, &record);
  load (thumbnailer, dataset, 8, NULL, &record);
  g_cancellable_cancel (cancellable);
  wait_until (record.n_cancelled + record.order->len == 9);
  g_assert_cmpuint (record.n_cancelled, ==, 8);
  g_assert_cmpuint (g_array_index (record.order, guint, 0), ==, 8);
  g_assert_cmpuint (fovea_thumbnailer_get_used_bytes (thumbnailer), ==, BYTES);

  g_array_unref (record.order);
}

static gboolean
is_kept (FoveaThumbnailer *thumbnailer,
         CnnDataset       *dataset,
         guint             position)
{
  g_autoptr (GdkTexture) texture =
    fovea_thumbnail_source_lookup (FOVEA_THUMBNAIL_SOURCE (thumbnailer),
                                   cnn_dataset_get_sample (dataset, position), SIZE);

  return texture != NULL;
}

/* No more is kept than was allowed: what was not used for longest goes first. */
static void
test_bounded (AppFixture    *fixture,
              gconstpointer  data)
{
  g_autoptr (CnnDataset) dataset = load_dataset (fixture);
  g_autoptr (FoveaThumbnailer) thumbnailer = fovea_thumbnailer_new (2, 3 * BYTES);
  Record record = { g_array_new (FALSE, FALSE, sizeof (guint)), 0, 0 };

  for (guint i = 0; i < 3; i++)
    {
      load (thumbnailer, dataset, i, NULL, &record);
      wait_until (record.order->len == i + 1);
    }
  g_assert_cmpuint (fovea_thumbnailer_get_used_bytes (thumbnailer), ==, 3 * BYTES);

  /* Looked at again, the first one is newer than the second. */
  g_assert_true (is_kept (thumbnailer, dataset, 0));
  load (thumbnailer, dataset, 3, NULL, &record);
  wait_until (record.order->len == 4);
  g_assert_cmpuint (fovea_thumbnailer_get_used_bytes (thumbnailer), ==, 3 * BYTES);
  g_assert_true (is_kept (thumbnailer, dataset, 0));
  g_assert_false (is_kept (thumbnailer, dataset, 1));
  g_assert_true (is_kept (thumbnailer, dataset, 2));
  g_assert_true (is_kept (thumbnailer, dataset, 3));

  g_array_unref (record.order);
}

static void
test_broken (AppFixture    *fixture,
             gconstpointer  data)
{
  g_autoptr (CnnDataset) dataset = NULL;
  g_autoptr (FoveaThumbnailer) thumbnailer = fovea_thumbnailer_new (2, 1 << 20);
  Record record = { g_array_new (FALSE, FALSE, sizeof (guint)), 0, 0 };

  app_fixture_write (fixture, "pictures/blue/00.png", "not a picture at all");
  dataset = load_dataset (fixture);
  load (thumbnailer, dataset, 0, NULL, &record);
  wait_until (record.n_failed == 1);
  g_assert_cmpuint (fovea_thumbnailer_get_used_bytes (thumbnailer), ==, 0);

  g_array_unref (record.order);
}

static void
test_finalize (AppFixture    *fixture,
               gconstpointer  data)
{
  g_autoptr (CnnDataset) dataset = load_dataset (fixture);
  FoveaThumbnailer *thumbnailer = fovea_thumbnailer_new (2, 1 << 20);
  Record record = { g_array_new (FALSE, FALSE, sizeof (guint)), 0, 0 };

  /* It lives until it has done what it was asked for. */
  for (guint i = 0; i < 4; i++)
    load (thumbnailer, dataset, i, NULL, &record);
  g_object_add_weak_pointer (G_OBJECT (thumbnailer), (gpointer *) &thumbnailer);
  g_object_unref (thumbnailer);
  wait_until (thumbnailer == NULL);
  g_assert_cmpuint (record.order->len, ==, 4);

  g_array_unref (record.order);
}

#define add(path, function) \
  g_test_add (path, AppFixture, NULL, app_fixture_set_up, function, app_fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  app_test_init (&argc, &argv);

  add ("/app/thumbnailer/newest-first", test_newest_first);
  add ("/app/thumbnailer/cancel", test_cancel);
  add ("/app/thumbnailer/bounded", test_bounded);
  add ("/app/thumbnailer/broken", test_broken);
  add ("/app/thumbnailer/finalize", test_finalize);

  return g_test_run ();
}
