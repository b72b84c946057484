#include "fovea-run-store-private.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "support/folder.h"

#define N_SAMPLES 10

/* A store in a folder of its own. */
typedef struct
{
  Folder *folder;
  char *path;
  FoveaRunStore *store;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = folder_new ();
  fixture->path = folder_build (fixture->folder, "data/runs.sqlite");
  fixture->store = fovea_run_store_open (fixture->path, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_pointer (&fixture->store, fovea_run_store_close);
  g_clear_pointer (&fixture->folder, folder_free);
  g_clear_pointer (&fixture->path, g_free);
}

static const FoveaRunIdentity identity = { (char *) "m0de1", (char *) "da7a", (char *) "key" };

/* Pictures of three classes; every fourth has no label. */
static CnnRun *
new_run (guint shard,
         guint n_shards)
{
  static const char *const files[N_SAMPLES] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "ü \"j\"" };
  g_autoptr (GPtrArray) classes = g_ptr_array_new_with_free_func (g_object_unref);
  CnnRunSample samples[N_SAMPLES];

  for (guint i = 0; i < N_SAMPLES; i++)
    samples[i] = (CnnRunSample) { files[i], i % 4 == 3 ? CNN_NO_LABEL : (int) i % 3 };
  g_ptr_array_add (classes, cnn_class_statistics_new (0, "n01440764", "tench, Tinca tinca"));
  g_ptr_array_add (classes, cnn_class_statistics_new (1, NULL, "goldfish"));
  g_ptr_array_add (classes, cnn_class_statistics_new (2, "n01484850", NULL));

  return cnn_run_new (&(CnnRunDescription) {
                        .model = "/models/net.pth",
                        .network = "Net",
                        .dataset = "/pictures/birds",
                        .settings = {
                          .recipe = *cnn_recipe_get_preset ("torchvision"),
                          .crops = CNN_CROPS_FIVE,
                          .limit = 12,
                          .batch_size = 4,
                          .shard = shard,
                          .n_shards = n_shards,
                        },
                        .samples = samples,
                        .n_samples = N_SAMPLES,
                        .classes = (CnnClassStatistics *const *) classes->pdata,
                        .n_classes = classes->len,
                      });
}

/* Numbers that do not come out even in decimal. */
static CnnSampleResult
new_result (CnnRun *run,
            guint   sample)
{
  CnnSampleResult result = {
    .sample = sample,
    .label = cnn_run_get_sample (run, sample)->label,
    .prediction = (sample + sample / 4) % 3,
    .cross_entropy = NAN,
    .n_top = sample == 6 ? 3 : 5,
    .seconds = 0.1 * sample,
  };

  if (result.label != CNN_NO_LABEL)
    result.cross_entropy = (float) (1 / (1.0 + sample));
  for (guint i = 0; i < result.n_top; i++)
    {
      result.top[i].index = (result.prediction + i) % 7;
      result.top[i].probability = 1 / (3.0f + i + sample);
    }

  return result;
}

/* Finds and keeps the pictures from begin to end, of which number 2 cannot be
 * read. */
static void
find (FoveaRunStore  *store,
      gint64          id,
      CnnRun         *run,
      guint           begin,
      guint           end,
      GError        **error)
{
  CnnSampleResult results[N_SAMPLES];
  const char *files[N_SAMPLES];
  FoveaStamp stamps[N_SAMPLES];
  CnnRunSummary summary;
  guint n = 0;

  for (guint i = begin; i < end; i++, n++)
    {
      results[n] = new_result (run, i);
      results[n].skipped = i == 2 ? (char *) "is no picture" : NULL;
      files[n] = cnn_run_get_sample (run, i)->file;
      stamps[n] = (FoveaStamp) { 100 + i, G_GINT64_CONSTANT (1700000000123456789) + i, 0xfedcba98u + i };
    }

  g_assert_true (cnn_run_add_results (run, results, n, NULL));
  cnn_run_get_summary (run, &summary);
  summary.seconds = end;
  fovea_run_store_write (store, id, results, files, stamps, n, &summary, error);
}

static gint64
create (FoveaRunStore *store,
        CnnRun        *run)
{
  g_autoptr (GError) error = NULL;
  gint64 id = FOVEA_NO_RUN;

  fovea_run_store_create (store, run, &identity, &id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (id, >, 0);

  return id;
}

/* As reports: every number to its last digit. */
static char *
dup_report (CnnRun *run)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *json = folder_build (folder, "run.json");
  g_autofree char *csv = folder_build (folder, "run.csv");
  g_autoptr (GFile) json_file = g_file_new_for_path (json);
  g_autoptr (GFile) csv_file = g_file_new_for_path (csv);
  g_autofree char *json_text = NULL;
  g_autofree char *csv_text = NULL;
  g_autoptr (GRegex) times = g_regex_new ("\"(seconds|images_per_second)\": [^,]*,", 0, 0, NULL);
  g_autofree char *timeless = NULL;

  g_assert_true (cnn_report_save_json (run, json_file, NULL, NULL));
  g_assert_true (cnn_report_save_csv (run, csv_file, NULL, NULL));
  g_assert_true (g_file_get_contents (json, &json_text, NULL, NULL));
  g_assert_true (g_file_get_contents (csv, &csv_text, NULL, NULL));
  timeless = g_regex_replace_literal (times, json_text, -1, 0, "", 0, NULL);

  return g_strconcat (timeless, csv_text, NULL);
}

static void
assert_same (CnnRun *a,
             CnnRun *b)
{
  g_autofree char *report_a = dup_report (a);
  g_autofree char *report_b = dup_report (b);

  g_assert_cmpstr (report_a, ==, report_b);
}

/* What was written is what is read, in another store on the same file. */
static void
test_load (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (CnnRun) run = new_run (0, 1);
  gint64 id = create (fixture->store, run);
  g_autoptr (FoveaRunStore) other = NULL;
  g_autoptr (CnnRun) loaded = NULL;
  CnnRunSummary summary;
  g_autoptr (GError) error = NULL;

  find (fixture->store, id, run, 0, 4, &error);
  g_assert_no_error (error);
  find (fixture->store, id, run, 4, 8, &error);
  g_assert_no_error (error);

  other = fovea_run_store_open (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_null (fovea_run_store_get_aside (other));
  loaded = fovea_run_store_load (other, id, &error);
  g_assert_no_error (error);

  assert_same (loaded, run);
  g_assert_cmpstr (cnn_run_get_network (loaded), ==, "Net");
  g_assert_cmpmem (cnn_run_get_settings (loaded)->recipe.std, sizeof (float[3]),
                   cnn_run_get_settings (run)->recipe.std, sizeof (float[3]));
  g_assert_cmpuint (cnn_run_get_settings (loaded)->recipe.crop_size, ==, 224);
  g_assert_cmpuint (cnn_run_get_n_samples (loaded), ==, N_SAMPLES);
  g_assert_null (cnn_run_get_result (loaded, 8));
  g_assert_cmpfloat (cnn_run_get_result (loaded, 7)->seconds, ==, 0.1 * 7);

  cnn_run_get_summary (loaded, &summary);
  g_assert_cmpuint (summary.n_total, ==, N_SAMPLES);
  g_assert_cmpuint (summary.n_done, ==, 8);
  g_assert_cmpuint (summary.n_skipped, ==, 1);
  g_assert_cmpuint (summary.n_scored, ==, 5);
  g_assert_cmpfloat (summary.seconds, ==, 8);

  g_assert_null (fovea_run_store_load (other, id + 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* The list tells each run's figures without reading its pictures. */
static void
test_list (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (CnnRun) first = new_run (0, 1);
  g_autoptr (CnnRun) second = new_run (1, 2);
  gint64 first_id = create (fixture->store, first);
  gint64 second_id = create (fixture->store, second);
  g_autoptr (GPtrArray) runs = NULL;
  const FoveaStoredRun *line;
  CnnRunSummary summary;
  g_autoptr (GError) error = NULL;

  find (fixture->store, first_id, first, 0, N_SAMPLES, &error);
  g_assert_no_error (error);
  cnn_run_get_summary (first, &summary);

  g_assert_true (fovea_run_store_rename (fixture->store, first_id, "the good one", &error));
  runs = fovea_run_store_list (fixture->store, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (runs->len, ==, 2);

  line = g_ptr_array_index (runs, 0);
  g_assert_cmpint (line->id, ==, second_id);
  g_assert_cmpstr (line->name, ==, "Net, birds");
  g_assert_cmpuint (line->shard, ==, 1);
  g_assert_cmpuint (line->n_shards, ==, 2);
  g_assert_cmpuint (line->summary.n_total, ==, 5);
  g_assert_cmpuint (line->summary.n_done, ==, 0);

  line = g_ptr_array_index (runs, 1);
  g_assert_cmpstr (line->name, ==, "the good one");
  g_assert_cmpstr (line->preset, ==, "torchvision");
  g_assert_cmpstr (line->crops, ==, "five");
  g_assert_cmpuint (line->summary.n_done, ==, N_SAMPLES);
  g_assert_cmpuint (line->summary.n_correct, ==, summary.n_correct);
  g_assert_cmpuint (line->summary.n_top5, ==, summary.n_top5);
  g_assert_cmpfloat (line->summary.loss, ==, summary.loss);
  g_assert_cmpfloat (line->summary.mean_cross_entropy, ==, summary.mean_cross_entropy);

  g_assert_false (fovea_run_store_rename (fixture->store, 99, "none", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static guint
count (FoveaRunStore *store,
       gboolean       deleted)
{
  g_autoptr (GPtrArray) runs = fovea_run_store_list (store, deleted, NULL);

  return runs->len;
}

/* Deleting can be undone for a week. */
static void
test_delete (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (CnnRun) run = new_run (0, 1);
  gint64 id = create (fixture->store, run);
  gint64 found;
  g_autoptr (GError) error = NULL;

  find (fixture->store, id, run, 0, 3, &error);
  g_assert_no_error (error);

  g_assert_true (fovea_run_store_set_deleted (fixture->store, id, TRUE, &error));
  g_assert_cmpuint (count (fixture->store, FALSE), ==, 0);
  g_assert_cmpuint (count (fixture->store, TRUE), ==, 1);
  g_assert_true (fovea_run_store_find (fixture->store, &identity, cnn_run_get_settings (run), &found, &error));
  g_assert_cmpint (found, ==, FOVEA_NO_RUN);

  g_assert_true (fovea_run_store_set_deleted (fixture->store, id, FALSE, &error));
  g_assert_cmpuint (count (fixture->store, FALSE), ==, 1);
  g_assert_true (fovea_run_store_find (fixture->store, &identity, cnn_run_get_settings (run), &found, &error));
  g_assert_cmpint (found, ==, id);

  g_assert_true (fovea_run_store_set_deleted (fixture->store, id, TRUE, &error));
  g_assert_true (fovea_database_execute (fixture->store->database,
                                         "UPDATE runs SET deleted = deleted - 8 * 86400", &error));
  fovea_run_store_close (fixture->store);
  fixture->store = fovea_run_store_open (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count (fixture->store, TRUE), ==, 0);
}

/* Only one works on a run, and others see that somebody does. */
static void
test_lock (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (CnnRun) run = new_run (0, 1);
  gint64 id = create (fixture->store, run);
  g_autoptr (FoveaRunStore) other = fovea_run_store_open (fixture->path, NULL);
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (fovea_run_store_lock (fixture->store, id, &error));
  g_assert_false (fovea_run_store_lock (other, id, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_false (fovea_run_store_set_deleted (other, id, TRUE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);

  runs = fovea_run_store_list (other, FALSE, NULL);
  g_assert_true (((FoveaStoredRun *) g_ptr_array_index (runs, 0))->is_running);

  fovea_run_store_unlock (fixture->store, id);
  g_assert_true (fovea_run_store_lock (other, id, &error));
  g_assert_no_error (error);
}

/* Two write at the same time; neither loses anything. */
static gpointer
write_other (gpointer data)
{
  g_autoptr (FoveaRunStore) store = fovea_run_store_open (data, NULL);
  g_autoptr (CnnRun) run = new_run (0, 1);
  gint64 id = create (store, run);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < N_SAMPLES; i++)
    {
      find (store, id, run, i, i + 1, &error);
      g_assert_no_error (error);
    }

  return NULL;
}

static void
test_two_writers (Fixture       *fixture,
                  gconstpointer  data)
{
  GThread *other = g_thread_new ("other", write_other, fixture->path);
  g_autoptr (GPtrArray) runs = NULL;

  write_other (fixture->path);
  g_thread_join (other);

  runs = fovea_run_store_list (fixture->store, FALSE, NULL);
  g_assert_cmpuint (runs->len, ==, 2);
  for (guint i = 0; i < runs->len; i++)
    g_assert_cmpuint (((FoveaStoredRun *) g_ptr_array_index (runs, i))->summary.n_done, ==, N_SAMPLES);
}

/* What does not fit on the disk is refused as a whole; afterwards it goes on. */
static void
test_full_disk (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (CnnRun) run = new_run (0, 1);
  gint64 id = create (fixture->store, run);
  g_autoptr (CnnRun) before = NULL;
  g_autoptr (CnnRun) after = NULL;
  g_autofree char *name = g_strnfill (1 << 20, 'x');
  CnnSampleResult result;
  const char *file = cnn_run_get_sample (run, 5)->file;
  const FoveaStamp stamp = { 0 };
  CnnRunSummary summary;
  g_autoptr (GError) error = NULL;

  find (fixture->store, id, run, 0, 5, &error);
  g_assert_no_error (error);

  g_assert_true (fovea_database_execute (fixture->store->database, "PRAGMA max_page_count = 1", &error));
  result = new_result (run, 5);
  result.skipped = name;
  cnn_run_get_summary (run, &summary);
  g_assert_false (fovea_run_store_write (fixture->store, id, &result, &file, &stamp, 1, &summary, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_assert_nonnull (strstr (error->message, "no room is left on the disk"));
  g_clear_error (&error);
  before = fovea_run_store_load (fixture->store, id, &error);
  assert_same (before, run);

  g_assert_true (fovea_database_execute (fixture->store->database, "PRAGMA max_page_count = 1000000", &error));
  find (fixture->store, id, run, 5, N_SAMPLES, &error);
  g_assert_no_error (error);
  after = fovea_run_store_load (fixture->store, id, &error);
  assert_same (after, run);
}

/* Parts, one of them in another store, become what the whole would be. */
static void
test_merge (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *path = folder_build (fixture->folder, "other.sqlite");
  g_autoptr (FoveaRunStore) other = fovea_run_store_open (path, NULL);
  g_autoptr (CnnRun) whole = new_run (0, 1);
  g_autoptr (CnnRun) merged = NULL;
  FoveaRunPart parts[3];
  gint64 whole_id = create (fixture->store, whole);
  gint64 id = FOVEA_NO_RUN;
  g_autoptr (GError) error = NULL;

  find (fixture->store, whole_id, whole, 0, N_SAMPLES, &error);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (CnnRun) part = new_run (i, 3);

      parts[i].store = i == 1 ? other : fixture->store;
      parts[i].id = create (parts[i].store, part);
      find (parts[i].store, parts[i].id, part, N_SAMPLES * i / 3, N_SAMPLES * (i + 1) / 3, &error);
      g_assert_no_error (error);
    }

  fovea_run_store_merge (fixture->store, parts, 3, &id, &error);
  g_assert_no_error (error);
  merged = fovea_run_store_load (fixture->store, id, &error);
  g_assert_no_error (error);
  assert_same (merged, whole);

  /* A part of something else. */
  g_assert_true (fovea_database_execute (other->database, "UPDATE runs SET key = 'other'", NULL));
  g_assert_false (fovea_run_store_merge (fixture->store, parts, 3, &id, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "not a part of the same run"));
}

/* A file that is no store is kept under another name. */
static void
check_aside (Fixture *fixture)
{
  g_autofree char *garbage = NULL;
  g_autofree char *kept = NULL;
  gsize length, kept_length;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (fixture->path, &garbage, &length, NULL));
  fixture->store = fovea_run_store_open (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_nonnull (fovea_run_store_get_aside (fixture->store));
  g_assert_true (g_str_has_prefix (fovea_run_store_get_aside (fixture->store), fixture->path));
  g_assert_true (g_file_get_contents (fovea_run_store_get_aside (fixture->store), &kept, &kept_length, NULL));
  g_assert_cmpmem (kept, kept_length, garbage, length);
  g_assert_cmpuint (count (fixture->store, FALSE), ==, 0);
}

static void
test_garbage (Fixture       *fixture,
              gconstpointer  data)
{
  g_clear_pointer (&fixture->store, fovea_run_store_close);
  g_assert_true (g_file_set_contents (fixture->path, "this is no store, however long one looks at it", -1, NULL));
  check_aside (fixture);
}

static void
test_damaged (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (CnnRun) run = new_run (0, 1);
  gint64 id = create (fixture->store, run);
  g_autofree char *bytes = NULL;
  gsize length;

  find (fixture->store, id, run, 0, N_SAMPLES, NULL);
  g_clear_pointer (&fixture->store, fovea_run_store_close);
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &length, NULL));
  memset (bytes + length / 3, 0x5a, length / 3);
  g_assert_true (g_file_set_contents (fixture->path, bytes, length, NULL));
  check_aside (fixture);
}

static void
test_newer (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (fovea_database_execute (fixture->store->database, "PRAGMA user_version = 99", NULL));
  g_clear_pointer (&fixture->store, fovea_run_store_close);
  g_assert_null (fovea_run_store_open (fixture->path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "newer Fovea (version 99, expected 1)"));
}

/* What somebody wrote into the store that does not belong there. */
static void
test_nonsense (Fixture       *fixture,
               gconstpointer  data)
{
  static const char *const nonsense[] = {
    "UPDATE results SET sample = 77 WHERE sample = 1",
    "UPDATE results SET prediction = 1, top1 = 2 WHERE sample = 1",
    "UPDATE results SET label = 5 WHERE sample = 1",
    "UPDATE runs SET batch_size = 0",
    "UPDATE runs SET pictures = -1",
    "UPDATE runs SET crops = 'many'",
    "UPDATE runs SET shard = 3",
  };
  g_autoptr (CnnRun) run = new_run (0, 1);
  gint64 id = create (fixture->store, run);
  g_autoptr (GError) error = NULL;

  find (fixture->store, id, run, 0, N_SAMPLES, &error);
  for (gsize i = 0; i < G_N_ELEMENTS (nonsense); i++)
    {
      g_assert_true (fovea_database_execute (fixture->store->database, "BEGIN", NULL));
      g_assert_true (fovea_database_execute (fixture->store->database, nonsense[i], NULL));
      g_assert_null (fovea_run_store_load (fixture->store, id, &error));
      g_assert_error (error, CNN_ERROR, CNN_ERROR_DAMAGED);
      g_test_message ("%s", error->message);
      g_clear_error (&error);
      fovea_database_rollback (fixture->store->database);
    }
}

/* A picture is the same if its bytes are, whenever they were written. */
static void
test_stamp (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autofree char *path = folder_build (folder, "picture");
  g_autofree char *missing = folder_build (folder, "missing");
  FoveaStamp stamp, none;

  folder_write (folder, "picture", "123456789", -1);
  g_assert_true (fovea_stamp_read (&stamp, path));
  g_assert_cmpint (stamp.bytes, ==, 9);
  g_assert_cmphex (stamp.crc, ==, 0xcbf43926); /* the check value of CRC-32 */
  g_assert_true (fovea_stamp_is_current (&stamp, path));

  stamp.modified -= 5;
  g_assert_true (fovea_stamp_is_current (&stamp, path));
  folder_write (folder, "picture", "123456780", -1);
  g_assert_false (fovea_stamp_is_current (&stamp, path));
  folder_write (folder, "picture", "1234567890", -1);
  g_assert_false (fovea_stamp_is_current (&stamp, path));

  g_assert_false (fovea_stamp_read (&none, missing));
  g_assert_true (fovea_stamp_is_current (&none, missing));
  g_assert_false (fovea_stamp_is_current (&stamp, missing));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) \
  g_test_add ("/runs/store/" name, Fixture, NULL, set_up, function, tear_down)

  ADD ("load", test_load);
  ADD ("list", test_list);
  ADD ("delete", test_delete);
  ADD ("lock", test_lock);
  ADD ("two-writers", test_two_writers);
  ADD ("full-disk", test_full_disk);
  ADD ("merge", test_merge);
  ADD ("garbage", test_garbage);
  ADD ("damaged", test_damaged);
  ADD ("newer", test_newer);
  ADD ("nonsense", test_nonsense);
  g_test_add_func ("/runs/stamp", test_stamp);

  return g_test_run ();
}
