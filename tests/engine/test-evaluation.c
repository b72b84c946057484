#include "evaluate/cnn-evaluation.h"
#include "evaluate/cnn-report.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "core/cnn-error.h"
#include "network/cnn-network-builder.h"
#include "support/folder.h"

#define N_CLASSES 7
#define CROP_SIZE 24

static const char *const class_names[] = { "ant", "bee", "cat" };

/* A run to its end, and what was heard of it. */
typedef struct
{
  CnnEvaluation *evaluation;
  CnnRun *found;                /* borrowed from it */
  GMainLoop *loop;
  GError *error;
  gboolean is_complete;
  GString *heard;               /* n_done at each ::progress */
  GCancellable *cancel_at_progress;
} Run;

static CnnTensor *
new_random_tensor (GRand          *rand,
                   const CnnShape *shape,
                   double          reach)
{
  CnnTensor *tensor = cnn_tensor_new (shape);
  float *data = cnn_tensor_get_mutable_data (tensor);

  for (gsize i = 0; i < cnn_tensor_get_n_elements (tensor); i++)
    data[i] = g_rand_double_range (rand, -reach, reach);

  return tensor;
}

/* Convolution, ReLU, global average, linear: enough for each picture to get an
 * answer of its own. */
static CnnPredictor *
new_predictor (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2026);
  const CnnShape input = CNN_SHAPE_4 (1, 3, CROP_SIZE, CROP_SIZE);
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("tiny", &input);
  g_autoptr (CnnTensor) kernels = new_random_tensor (rand, &CNN_SHAPE_4 (8, 3, 3, 3), 0.5);
  g_autoptr (CnnTensor) matrix = new_random_tensor (rand, &CNN_SHAPE_2 (N_CLASSES, 8), 2);
  CnnTensor *convolution[CNN_N_PARAMETERS] = { kernels };
  CnnTensor *linear[CNN_N_PARAMETERS] = { matrix };
  CnnAttributes attributes;
  g_autoptr (CnnNetwork) network = NULL;
  g_autoptr (GError) error = NULL;
  guint last = 0;

  cnn_attributes_init (&attributes);
  attributes.kernel[0] = attributes.kernel[1] = 3;
  last = cnn_network_builder_add (builder, "conv", CNN_KIND_CONVOLUTION, &attributes, &last, 1,
                                  convolution, &error);
  g_assert_no_error (error);

  cnn_attributes_init (&attributes);
  attributes.output_size[0] = attributes.output_size[1] = 1;
  last = cnn_network_builder_add (builder, "relu", CNN_KIND_RELU, NULL, &last, 1, NULL, &error);
  last = cnn_network_builder_add (builder, "pool", CNN_KIND_ADAPTIVE_AVERAGE_POOL, &attributes,
                                  &last, 1, NULL, &error);
  last = cnn_network_builder_add (builder, "flatten", CNN_KIND_FLATTEN, NULL, &last, 1, NULL, &error);
  cnn_network_builder_add (builder, "fc", CNN_KIND_LINEAR, NULL, &last, 1, linear, &error);
  g_assert_no_error (error);

  network = cnn_network_builder_freeze (builder, NULL, &error);
  g_assert_no_error (error);

  return cnn_predictor_new (network);
}

static void
save_picture (Folder     *folder,
              const char *name,
              guint       seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint width = g_rand_int_range (rand, 20, 60), height = g_rand_int_range (rand, 20, 60);
  g_autofree guint8 *pixels = g_malloc (3 * width * height);
  int base[3], slope[3];
  g_autofree char *path = folder_build (folder, name);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (CnnImage) image = NULL;
  g_autoptr (GError) error = NULL;

  for (guint c = 0; c < 3; c++)
    {
      base[c] = g_rand_int_range (rand, 0, 128);
      slope[c] = g_rand_int_range (rand, 0, 128);
    }
  for (guint i = 0; i < 3 * width * height; i++)
    pixels[i] = base[i % 3] + slope[i % 3] * (i / 3 % width) / width;

  image = cnn_image_new (width, height, pixels);
  cnn_image_save_png (image, file, NULL, &error);
  g_assert_no_error (error);
}

static CnnDataset *
load_dataset (Folder *folder)
{
  g_autoptr (GFile) file = g_file_new_for_path (folder_get_path (folder));
  g_autoptr (GError) error = NULL;
  CnnDataset *dataset = cnn_dataset_load (file, NULL, &error);

  g_assert_no_error (error);

  return dataset;
}

/* One folder a class, with as many pictures in each. */
static CnnDataset *
new_dataset (Folder *folder,
             guint   n_each)
{
  for (guint i = 0; i < G_N_ELEMENTS (class_names); i++)
    for (guint j = 0; j < n_each; j++)
      {
        g_autofree char *name = g_strdup_printf ("%s/%03u.png", class_names[i], j);

        save_picture (folder, name, 1000 * i + j);
      }

  return load_dataset (folder);
}

static CnnEvaluation *
new_limited (CnnDataset   *dataset,
             CnnPredictor *predictor,
             CnnCropMode   crops,
             guint         limit,
             guint         batch_size,
             guint         n_threads)
{
  CnnEvaluationOptions options = {
    .settings.recipe = *cnn_recipe_get_preset ("homework"),
    .settings.crops = crops,
    .settings.limit = limit,
    .settings.batch_size = batch_size,
    .n_threads = n_threads,
  };

  options.settings.recipe.short_side = CROP_SIZE + 6;
  options.settings.recipe.crop_size = CROP_SIZE;

  return cnn_evaluation_new (dataset, predictor, &options);
}

static CnnEvaluation *
new_evaluation (CnnDataset   *dataset,
                CnnPredictor *predictor,
                CnnCropMode   crops,
                guint         batch_size,
                guint         n_threads)
{
  return new_limited (dataset, predictor, crops, 0, batch_size, n_threads);
}

static void
progress_cb (CnnRun                *found,
             const CnnSampleResult *results,
             guint                  n_results,
             Run           *run)
{
  CnnRunSummary summary;

  cnn_run_get_summary (found, &summary);
  g_string_append_printf (run->heard, "%u ", summary.n_done);
  if (run->cancel_at_progress != NULL)
    g_cancellable_cancel (run->cancel_at_progress);
}

static void
finished_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  Run *run = data;

  run->is_complete = cnn_evaluation_run_finish (CNN_EVALUATION (source), result, &run->error);
  g_main_loop_quit (run->loop);
}

/* Takes the evaluation over. */
static Run *
run_new (CnnEvaluation *evaluation)
{
  Run *run = g_new0 (Run, 1);

  run->evaluation = evaluation;
  run->found = cnn_evaluation_get_run (evaluation);
  run->loop = g_main_loop_new (NULL, FALSE);
  run->heard = g_string_new (NULL);
  g_signal_connect (run->found, "progress", G_CALLBACK (progress_cb), run);

  return run;
}

/* The evaluation is the test's alone when the run is over: nothing of it may be
 * left behind. */
static void
run_free (Run *run)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (run->evaluation);
  g_main_loop_unref (run->loop);
  g_string_free (run->heard, TRUE);
  g_clear_error (&run->error);
  g_free (run);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

static void
run_to_end (Run          *run,
            GCancellable *cancellable)
{
  cnn_evaluation_run_async (run->evaluation, cancellable, finished_cb, run);
  g_main_loop_run (run->loop);
}

static Run *
run_complete (CnnDataset   *dataset,
              CnnPredictor *predictor,
              CnnCropMode   crops,
              guint         batch_size,
              guint         n_threads)
{
  Run *run = run_new (new_evaluation (dataset, predictor, crops, batch_size, n_threads));

  run_to_end (run, NULL);
  g_assert_no_error (run->error);
  g_assert_true (run->is_complete);

  return run;
}

static void
test_life (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnDataset) dataset = new_dataset (folder, 2);
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  CnnEvaluation *evaluation = new_evaluation (dataset, predictor, CNN_CROPS_CENTER, 4, 1);
  CnnRunSummary summary;

  cnn_run_get_summary (cnn_evaluation_get_run (evaluation), &summary);
  g_assert_true (cnn_evaluation_get_dataset (evaluation) == dataset);
  g_assert_true (cnn_evaluation_get_predictor (evaluation) == predictor);
  g_assert_cmpuint (summary.n_total, ==, 6);
  g_assert_cmpuint (summary.n_done, ==, 0);
  g_assert_cmpfloat (summary.seconds, ==, 0);
  g_assert_cmpfloat (summary.seconds_left, <, 0);
  g_assert_null (cnn_run_get_result (cnn_evaluation_get_run (evaluation), 0));
  g_assert_null (cnn_run_get_result (cnn_evaluation_get_run (evaluation), 6));

  g_assert_finalize_object (evaluation);
}

static void
assert_same_results (CnnRun *a,
                     CnnRun *b)
{
  CnnRunSummary summary;

  cnn_run_get_summary (a, &summary);
  for (guint i = 0; i < summary.n_total; i++)
    {
      const CnnSampleResult *x = cnn_run_get_result (a, i);
      const CnnSampleResult *y = cnn_run_get_result (b, i);

      g_assert_cmpint (x->label, ==, y->label);
      g_assert_cmpuint (x->prediction, ==, y->prediction);
      g_assert_cmpmem (&x->cross_entropy, sizeof (double), &y->cross_entropy, sizeof (double));
      g_assert_cmpmem (x->top, sizeof x->top, y->top, sizeof y->top);
    }
}

/* The same bits whatever the number of threads; and whatever the batch size,
 * except for the loss that is made of batches. */
static void
test_threads (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnDataset) dataset = new_dataset (folder, 11);
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  const guint batch_sizes[] = { 1, 4, 7, 100 };

  for (CnnCropMode crops = CNN_CROPS_CENTER; crops <= CNN_CROPS_TEN; crops++)
    {
      g_autoptr (Run) reference = run_complete (dataset, predictor, crops, 4, 1);

      for (guint i = 0; i < G_N_ELEMENTS (batch_sizes); i++)
        {
          g_autoptr (Run) single = run_complete (dataset, predictor, crops, batch_sizes[i], 1);
          CnnRunSummary expected;

          cnn_run_get_summary (single->found, &expected);
          assert_same_results (single->found, reference->found);

          for (guint n_threads = 2; n_threads <= 3; n_threads++)
            {
              g_autoptr (Run) run = run_complete (dataset, predictor, crops, batch_sizes[i], n_threads);
              CnnRunSummary summary;

              cnn_run_get_summary (run->found, &summary);
              assert_same_results (run->found, reference->found);
              g_assert_cmpmem (&summary.loss, sizeof (double), &expected.loss, sizeof (double));
              g_assert_cmpmem (&summary.mean_cross_entropy, sizeof (double),
                               &expected.mean_cross_entropy, sizeof (double));
              g_assert_cmpuint (summary.n_correct, ==, expected.n_correct);
              g_assert_cmpuint (summary.n_top5, ==, expected.n_top5);
            }
        }
    }
}

/* What a run finds for a picture is, to the bit, what a window finds that looks at
 * this picture alone. */
static void
test_doors (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnDataset) dataset = new_dataset (folder, 4);
  g_autoptr (CnnPredictor) predictor = new_predictor ();

  for (CnnCropMode crops = CNN_CROPS_CENTER; crops <= CNN_CROPS_TEN; crops++)
    {
      g_autoptr (Run) run = run_complete (dataset, predictor, crops, 4, 2);
      const CnnRunSettings *settings = cnn_run_get_settings (run->found);

      for (guint i = 0; i < 12; i++)
        {
          const CnnSampleResult *result = cnn_run_get_result (run->found, i);
          g_autoptr (GFile) file = cnn_sample_dup_file (cnn_dataset_get_sample (dataset, i));
          g_autoptr (CnnPrepared) prepared =
            cnn_prepared_load (file, &settings->recipe, crops, NULL, NULL);
          g_autoptr (CnnTensor) tensor = cnn_prepared_dup_tensor (prepared);
          g_autoptr (CnnPrediction) prediction =
            cnn_predictor_predict (predictor, tensor, 2, NULL, NULL);
          CnnRanked top[5];

          g_assert_cmpuint (cnn_prediction_get_top (prediction, CNN_MEAN_OF_CROPS, top, 5), ==, 5);
          g_assert_cmpmem (result->top, sizeof result->top, top, sizeof top);
          g_assert_cmpfloat (result->cross_entropy, ==,
                             cnn_prediction_get_cross_entropy (prediction, CNN_MEAN_OF_CROPS,
                                                               result->label));
        }
    }
}

/* 11 pictures in batches of 4: two whole ones, and one of three whose mean
 * counts as much. */
static void
test_loss (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnDataset) dataset = new_dataset (folder, 4);
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  CnnRunSummary summary;
  double losses[11], batches;
  guint n_correct = 0;
  Run *run;

  run = run_new (new_limited (dataset, predictor, CNN_CROPS_CENTER, 11, 4, 2));
  run_to_end (run, NULL);
  g_assert_no_error (run->error);

  for (guint i = 0; i < 11; i++)
    {
      const CnnSampleResult *result = cnn_run_get_result (run->found, i);

      losses[i] = result->cross_entropy;
      n_correct += result->prediction == i / 4;
    }
  batches = (losses[0] + losses[1] + losses[2] + losses[3]) / 4 +
            (losses[4] + losses[5] + losses[6] + losses[7]) / 4 +
            (losses[8] + losses[9] + losses[10]) / 3;

  cnn_run_get_summary (run->found, &summary);
  g_assert_cmpuint (summary.n_total, ==, 11);
  g_assert_cmpuint (summary.n_scored, ==, 11);
  g_assert_cmpuint (summary.n_correct, ==, n_correct);
  g_assert_cmpfloat (summary.loss, ==, batches / 11);
  g_assert_null (cnn_run_get_result (run->found, 11));

  run_free (run);
}

static void
test_classes (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnDataset) dataset = new_dataset (folder, 5);
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  g_autoptr (Run) run = run_new (new_evaluation (dataset, predictor, CNN_CROPS_CENTER, 4, 2));
  GListModel *classes = cnn_run_get_classes (run->found);
  CnnRunSummary summary;
  guint n_correct = 0;

  /* They are there before anything was found. */
  g_assert_cmpuint (g_list_model_get_n_items (classes), ==, G_N_ELEMENTS (class_names));

  run_to_end (run, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (class_names); i++)
    {
      g_autoptr (CnnClassStatistics) statistics = g_list_model_get_item (classes, i);

      g_assert_cmpuint (cnn_class_statistics_get_index (statistics), ==, i);
      g_assert_cmpstr (cnn_class_statistics_get_name (statistics), ==, class_names[i]);
      g_assert_cmpuint (cnn_class_statistics_get_total (statistics), ==, 5);
      n_correct += cnn_class_statistics_get_correct (statistics);
    }

  cnn_run_get_summary (run->found, &summary);
  g_assert_cmpuint (summary.n_correct, ==, n_correct);
}

static void
test_progress (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnDataset) dataset = new_dataset (folder, 20);
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  g_autoptr (Run) run = run_complete (dataset, predictor, CNN_CROPS_FIVE, 4, 2);
  g_auto (GStrv) heard = g_strsplit (g_strchomp (run->heard->str), " ", -1);
  CnnRunSummary summary;
  guint last = 0;

  for (guint i = 0; heard[i] != NULL; i++)
    {
      guint n_done = g_ascii_strtoull (heard[i], NULL, 10);

      g_assert_cmpuint (n_done, >, last);
      last = n_done;
    }
  g_assert_cmpuint (last, ==, 60);

  cnn_run_get_summary (run->found, &summary);
  g_assert_cmpfloat (summary.seconds, >, 0);
  g_assert_cmpfloat (summary.seconds_left, ==, 0);
  g_assert_cmpfloat (summary.images_per_second, ==, 60 / summary.seconds);
  g_assert_cmpuint (g_strv_length (heard), <=, 2 + (guint) (summary.seconds * 10));
}

static void
test_skipped (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnDataset) dataset = NULL;
  g_autoptr (CnnDataset) all = new_dataset (folder, 4);
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  g_autofree char *gone = g_build_filename (folder_get_path (folder), "bee", "001.png", NULL);
  CnnRunSummary summary;
  Run *run;

  folder_write (folder, "ant/empty.png", "", 0);
  folder_write (folder, "cat/text.png", "no picture\n", -1);
  dataset = load_dataset (folder);

  /* It vanishes after it was listed. */
  g_assert_cmpint (g_unlink (gone), ==, 0);

  run = run_complete (dataset, predictor, CNN_CROPS_CENTER, 4, 2);
  cnn_run_get_summary (run->found, &summary);
  g_assert_cmpuint (summary.n_total, ==, 14);
  g_assert_cmpuint (summary.n_done, ==, 14);
  g_assert_cmpuint (summary.n_skipped, ==, 3);
  g_assert_cmpuint (summary.n_scored, ==, 11);

  for (guint i = 0; i < 14; i++)
    {
      const CnnSampleResult *result = cnn_run_get_result (run->found, i);
      const char *name = cnn_sample_get_name (cnn_dataset_get_sample (dataset, i));
      gboolean bad = strstr (name, "empty") || strstr (name, "text") || g_str_equal (name, "bee/001.png");

      g_assert_true (bad == (result->skipped != NULL));
      if (!bad)
        continue;

      g_test_message ("%s: %s", name, result->skipped);
      g_assert_cmpstr (result->skipped, !=, "");
      g_assert_null (strchr (result->skipped, '\n'));
      g_assert_null (strstr (result->skipped, folder_get_path (folder)));
    }

  run_free (run);
}

static void
test_unlabelled (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  g_autoptr (CnnDataset) dataset = NULL;
  g_autofree char *text = NULL;
  CnnRunSummary summary;
  Run *run;

  save_picture (folder, "a.png", 1);
  save_picture (folder, "b.png", 2);
  dataset = load_dataset (folder);

  run = run_complete (dataset, predictor, CNN_CROPS_CENTER, 4, 1);
  cnn_run_get_summary (run->found, &summary);
  g_assert_cmpuint (summary.n_done, ==, 2);
  g_assert_cmpuint (summary.n_scored, ==, 0);
  g_assert_cmpuint (summary.n_skipped, ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (cnn_run_get_classes (run->found)), ==, 0);
  g_assert_cmpuint (cnn_run_get_result (run->found, 1)->n_top, ==, 5);
  g_assert_true (isnan (cnn_run_get_result (run->found, 1)->cross_entropy));

  text = cnn_report_dup_result (run->found);
  g_assert_nonnull (strstr (text, "no labelled picture"));

  run_free (run);
}

static void
test_cancel (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnDataset) dataset = new_dataset (folder, 100);
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  CnnRunSummary summary;
  guint n_kept = 0;
  Run *run;

  run = run_new (new_evaluation (dataset, predictor, CNN_CROPS_TEN, 4, 2));
  run->cancel_at_progress = cancellable;
  run_to_end (run, cancellable);

  g_assert_error (run->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (run->is_complete);
  cnn_run_get_summary (run->found, &summary);
  g_assert_cmpuint (summary.n_done, >, 0);
  g_assert_cmpuint (summary.n_done, <, 300);
  g_assert_cmpuint (summary.n_skipped, ==, 0);
  for (guint i = 0; i < 300; i++)
    n_kept += cnn_run_get_result (run->found, i) != NULL;
  g_assert_cmpuint (n_kept, ==, summary.n_done);

  run_free (run);
}

/* Gives what one run found to another. */
static void
hand_on (CnnRun *from,
         CnnRun *to)
{
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (CnnSampleResult));
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < cnn_run_get_n_samples (from); i++)
    {
      const CnnSampleResult *result = cnn_run_get_result (from, i);

      if (result != NULL)
        g_array_append_vals (results, result, 1);
    }

  cnn_run_add_results (to, (const CnnSampleResult *) (gpointer) results->data, results->len, &error);
  g_assert_no_error (error);
}

/* A run that was cut short goes on where it was, in another evaluation. */
static void
test_resumed (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnDataset) dataset = new_dataset (folder, 40);
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (Run) whole = run_complete (dataset, predictor, CNN_CROPS_CENTER, 4, 2);
  g_autoptr (Run) first = run_new (new_evaluation (dataset, predictor, CNN_CROPS_CENTER, 4, 2));
  g_autoptr (Run) second = run_new (new_evaluation (dataset, predictor, CNN_CROPS_CENTER, 4, 2));
  CnnRunSummary before, after;

  first->cancel_at_progress = cancellable;
  run_to_end (first, cancellable);
  g_assert_error (first->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  cnn_run_get_summary (first->found, &before);
  g_assert_cmpuint (before.n_done, >, 0);
  g_assert_cmpuint (before.n_done, <, before.n_total);

  hand_on (first->found, second->found);
  cnn_run_add_seconds (second->found, 1000);
  run_to_end (second, NULL);
  g_assert_no_error (second->error);
  cnn_run_get_summary (second->found, &after);
  g_assert_cmpuint (after.n_done, ==, after.n_total);
  g_assert_cmpfloat (after.seconds, >, 1000);
  assert_same_results (second->found, whole->found);
}

/* The parts of a run are together the whole run. */
static void
test_shards (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnDataset) dataset = new_dataset (folder, 7);
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  g_autoptr (Run) whole = run_complete (dataset, predictor, CNN_CROPS_CENTER, 4, 2);
  g_autoptr (Run) merged = run_new (new_evaluation (dataset, predictor, CNN_CROPS_CENTER, 4, 2));
  CnnRunSummary summary;
  guint n = 0;

  for (guint i = 0; i < 4; i++)
    {
      CnnEvaluationOptions options = {
        .settings = *cnn_run_get_settings (whole->found),
        .n_threads = 2,
      };
      g_autoptr (Run) part = NULL;

      options.settings.shard = i;
      options.settings.n_shards = 4;
      part = run_new (cnn_evaluation_new (dataset, predictor, &options));
      run_to_end (part, NULL);
      g_assert_no_error (part->error);
      cnn_run_get_summary (part->found, &summary);
      g_assert_cmpuint (summary.n_done, ==, summary.n_total);
      g_assert_cmpuint (ABS ((int) summary.n_total - 5), <=, 1);
      n += summary.n_done;
      hand_on (part->found, merged->found);
    }

  g_assert_cmpuint (n, ==, 21);
  assert_same_results (merged->found, whole->found);
}

/* What another program wrote may not belong to the run. */
static void
test_foreign_results (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnDataset) dataset = new_dataset (folder, 1);
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  g_autoptr (Run) run = run_new (new_evaluation (dataset, predictor, CNN_CROPS_CENTER, 4, 1));
  const CnnSampleResult good = { .sample = 1, .label = 1, .prediction = 1, .top = { { 1 } }, .n_top = 1 };
  const struct { CnnSampleResult result; const char *problem; } bad[] = {
    { { .sample = 3, .label = 0 }, "picture 4 is not one of the run's" },
    { { .sample = 1, .label = 1 }, "picture 2 has a result already" },
    { { .sample = 0, .label = 2 }, "picture 1 has another label there" },
    { { .sample = 0, .label = 0, .prediction = 1, .top = { { 2 } }, .n_top = 1 },
      "picture 1 has a prediction that is not the first of its best classes" },
  };
  CnnRunSummary summary;
  g_autoptr (GError) error = NULL;

  g_assert_true (cnn_run_add_results (run->found, &good, 1, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (cnn_run_add_results (run->found, &bad[i].result, 1, &error));
      g_assert_error (error, CNN_ERROR, CNN_ERROR_DAMAGED);
      g_assert_cmpstr (error->message, ==, bad[i].problem);
      g_clear_error (&error);
    }

  cnn_run_get_summary (run->found, &summary);
  g_assert_cmpuint (summary.n_done, ==, 1);
  g_assert_cmpuint (summary.n_correct, ==, 1);
}

static void
test_cancelled_before (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnDataset) dataset = new_dataset (folder, 2);
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (Run) run = run_new (new_evaluation (dataset, predictor, CNN_CROPS_CENTER, 4, 2));

  g_cancellable_cancel (cancellable);
  run_to_end (run, cancellable);

  g_assert_error (run->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (run->heard->str, ==, "");
}

/* Eight classes, of which the network knows seven. */
static void
test_too_many_classes (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  g_autoptr (CnnDataset) dataset = NULL;
  Run *run;

  for (guint i = 0; i <= N_CLASSES; i++)
    {
      g_autofree char *name = g_strdup_printf ("class%u/a.png", i);

      save_picture (folder, name, i);
    }
  dataset = load_dataset (folder);

  run = run_new (new_evaluation (dataset, predictor, CNN_CROPS_CENTER, 4, 1));
  run_to_end (run, NULL);
  g_assert_error (run->error, CNN_ERROR, CNN_ERROR_SHAPE);
  g_assert_nonnull (strstr (run->error->message, "8 classes, the network answers 7"));

  run_free (run);
}

/* A network for another size of picture: nothing that skipping would mend. */
static void
test_wrong_size (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnDataset) dataset = new_dataset (folder, 2);
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  CnnEvaluationOptions options = {
    .settings.recipe = *cnn_recipe_get_preset ("homework"),
    .settings.batch_size = 4,
    .n_threads = 2,
  };
  g_autoptr (Run) run = run_new (cnn_evaluation_new (dataset, predictor, &options));

  run_to_end (run, NULL);
  g_assert_error (run->error, CNN_ERROR, CNN_ERROR_SHAPE);
  g_assert_cmpstr (run->heard->str, ==, "");
}

static JsonObject *
load_json (GFile       *file,
           JsonParser **parser)
{
  g_autoptr (GError) error = NULL;

  *parser = json_parser_new ();
  json_parser_load_from_file (*parser, g_file_peek_path (file), &error);
  g_assert_no_error (error);

  return json_node_get_object (json_parser_get_root (*parser));
}

static void
test_json (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (Folder) out = folder_new ();
  g_autoptr (CnnDataset) dataset = NULL;
  g_autoptr (CnnDataset) all = new_dataset (folder, 3);
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  g_autoptr (GFile) file = g_file_new_build_filename (folder_get_path (out), "run.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = NULL;
  CnnRunSummary summary;
  const CnnSampleResult *result;
  JsonObject *root, *object;
  JsonArray *samples;
  Run *run;

  folder_write (folder, "bee/zzz.png", "no picture\n", -1);
  dataset = load_dataset (folder);
  run = run_complete (dataset, predictor, CNN_CROPS_FIVE, 4, 2);
  cnn_run_get_summary (run->found, &summary);
  cnn_report_save_json (run->found, file, NULL, &error);
  g_assert_no_error (error);
  root = load_json (file, &parser);

  g_assert_true (json_object_get_null_member (root, "model"));
  g_assert_cmpstr (json_object_get_string_member (root, "dataset"), ==, folder_get_path (folder));
  g_assert_cmpstr (json_object_get_string_member (root, "preset"), ==, "homework");
  g_assert_cmpstr (json_object_get_string_member (root, "crops"), ==, "five");
  g_assert_true (json_object_get_boolean_member (root, "complete"));
  g_assert_cmpint (json_object_get_int_member (root, "images"), ==, 10);
  g_assert_cmpint (json_object_get_int_member (root, "scored"), ==, 9);
  g_assert_cmpfloat (json_object_get_double_member (root, "loss"), ==, summary.loss);
  g_assert_cmpfloat (json_object_get_double_member (root, "accuracy"), ==, summary.n_correct / 9.0);
  g_assert_cmpfloat (json_object_get_double_member (root, "top5_accuracy"), ==, summary.n_top5 / 9.0);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "classes")), ==, 3);

  samples = json_object_get_array_member (root, "samples");
  g_assert_cmpuint (json_array_get_length (samples), ==, 9);
  object = json_array_get_object_element (samples, 8);
  result = cnn_run_get_result (run->found, 9);
  g_assert_cmpstr (json_object_get_string_member (object, "file"), ==, "cat/002.png");
  g_assert_cmpint (json_object_get_int_member (object, "label"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (object, "prediction"), ==, result->prediction);
  g_assert_cmpfloat ((float) json_object_get_double_member (object, "cross_entropy"), ==,
                     (float) result->cross_entropy);
  for (guint i = 0; i < 5; i++)
    {
      JsonArray *top5 = json_object_get_array_member (object, "top5");
      JsonArray *probabilities = json_object_get_array_member (object, "probabilities");

      g_assert_cmpint (json_array_get_int_element (top5, i), ==, result->top[i].index);
      g_assert_cmpfloat ((float) json_array_get_double_element (probabilities, i), ==,
                         result->top[i].probability);
    }

  object = json_array_get_object_element (json_object_get_array_member (root, "skipped"), 0);
  g_assert_cmpstr (json_object_get_string_member (object, "file"), ==, "bee/zzz.png");
  g_assert_cmpstr (json_object_get_string_member (object, "reason"), ==,
                   cnn_run_get_result (run->found, 6)->skipped);

  run_free (run);
}

static void
test_csv (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (Folder) out = folder_new ();
  g_autoptr (CnnDataset) dataset = NULL;
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  g_autoptr (GFile) file = g_file_new_build_filename (folder_get_path (out), "run.csv", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  Run *run;

  save_picture (folder, "ant/a, \"b\".png", 1);
  save_picture (folder, "bee/c.png", 2);
  folder_write (folder, "bee/d.png", "", 0);
  dataset = load_dataset (folder);
  run = run_complete (dataset, predictor, CNN_CROPS_CENTER, 4, 1);
  cnn_report_save_csv (run->found, file, NULL, &error);
  g_assert_no_error (error);

  g_assert_true (g_file_load_contents (file, NULL, &text, NULL, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 5);
  g_assert_true (g_str_has_prefix (lines[0], "file,label,prediction,cross_entropy,top1,"));
  g_assert_true (g_str_has_prefix (lines[1], "\"ant/a, \"\"b\"\".png\",0,"));
  g_assert_true (g_str_has_prefix (lines[2], "bee/c.png,1,"));
  g_assert_true (g_str_has_prefix (lines[3], "bee/d.png,1,,,,,,,,,,,,,"));
  g_assert_cmpstr (lines[4], ==, "");
  for (guint i = 0; i < 3; i += 2)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], ",", -1);

      g_assert_cmpuint (g_strv_length (fields), ==, 15);
    }

  run_free (run);
}

static void
test_unwritable (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnDataset) dataset = new_dataset (folder, 1);
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  g_autoptr (Run) run = run_complete (dataset, predictor, CNN_CROPS_CENTER, 4, 1);
  g_autoptr (GFile) file = g_file_new_build_filename (folder_get_path (folder), "none", "x.json", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (cnn_report_save_json (run->found, file, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "x.json: cannot be written: "));
  g_clear_error (&error);

  g_assert_false (cnn_report_save_csv (run->found, file, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_text (void)
{
  g_autoptr (Folder) folder = folder_new ();
  g_autoptr (CnnDataset) dataset = new_dataset (folder, 2);
  g_autoptr (CnnPredictor) predictor = new_predictor ();
  g_autoptr (Run) center = run_complete (dataset, predictor, CNN_CROPS_CENTER, 4, 1);
  g_autoptr (Run) five = run_complete (dataset, predictor, CNN_CROPS_FIVE, 4, 1);
  g_autofree char *center_text = cnn_report_to_text (center->found);
  g_autofree char *five_text = cnn_report_to_text (five->found);

  g_assert_true (g_str_has_prefix (center_text,
                                   "dataset length 6 [3, 24, 24]\nVal - Epoch 0..\n>> Epoch loss "));
  g_assert_true (g_str_has_prefix (five_text, "dataset length 6 [5, 3, 24, 24]\n"));
  g_assert_true (g_regex_match_simple ("\n>> Epoch loss \\d+\\.\\d{5} accuracy \\d\\.\\d{3} in "
                                       "\\d+\\.\\d{4}s\n$", center_text, 0, 0));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/evaluation/life", test_life);
  g_test_add_func ("/engine/evaluation/threads", test_threads);
  g_test_add_func ("/engine/evaluation/doors", test_doors);
  g_test_add_func ("/engine/evaluation/loss", test_loss);
  g_test_add_func ("/engine/evaluation/classes", test_classes);
  g_test_add_func ("/engine/evaluation/progress", test_progress);
  g_test_add_func ("/engine/evaluation/skipped", test_skipped);
  g_test_add_func ("/engine/evaluation/unlabelled", test_unlabelled);
  g_test_add_func ("/engine/evaluation/cancel", test_cancel);
  g_test_add_func ("/engine/evaluation/cancelled-before", test_cancelled_before);
  g_test_add_func ("/engine/evaluation/resumed", test_resumed);
  g_test_add_func ("/engine/evaluation/shards", test_shards);
  g_test_add_func ("/engine/evaluation/foreign-results", test_foreign_results);
  g_test_add_func ("/engine/evaluation/too-many-classes", test_too_many_classes);
  g_test_add_func ("/engine/evaluation/wrong-size", test_wrong_size);
  g_test_add_func ("/engine/report/json", test_json);
  g_test_add_func ("/engine/report/csv", test_csv);
  g_test_add_func ("/engine/report/unwritable", test_unwritable);
  g_test_add_func ("/engine/report/text", test_text);

  return g_test_run ();
}
