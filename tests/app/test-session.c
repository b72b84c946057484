#include "fovea-session.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "app-fixture.h"
#include "app-helpers.h"

/* What a session has told about failures. */
typedef struct
{
  guint n_errors;
  char *title;
  char *body;
} Complaints;

static void
error_cb (FoveaSession *session,
          const char   *title,
          const char   *body,
          Complaints   *complaints)
{
  complaints->n_errors++;
  g_free (complaints->title);
  g_free (complaints->body);
  complaints->title = g_strdup (title);
  complaints->body = g_strdup (body);
}

static void
complaints_clear (Complaints *complaints)
{
  g_clear_pointer (&complaints->title, g_free);
  g_clear_pointer (&complaints->body, g_free);
}

static void
count_cb (FoveaSession *session,
          GParamSpec   *pspec,
          guint        *count)
{
  (*count)++;
}

static void
assert_quiet_cb (FoveaSession *session,
                 const char   *title,
                 const char   *body)
{
  g_error ("%s: %s", title, body);
}

static FoveaSession *
new_session (void)
{
  FoveaSession *session = fovea_session_new ();

  g_signal_connect (session, "error", G_CALLBACK (assert_quiet_cb), NULL);

  return session;
}

static void
wait_for (FoveaSession *session)
{
  wait_until (!fovea_session_get_busy (session));
}

static FoveaSession *
new_open_session (AppFixture *fixture)
{
  FoveaSession *session = new_session ();

  fovea_session_open_dataset (session, fixture->pictures);
  fovea_session_open_network (session, fixture->model);
  wait_for (session);
  g_assert_nonnull (fovea_session_get_dataset (session));
  g_assert_nonnull (fovea_session_get_network (session));

  return session;
}

static void
choose (FoveaSession *session,
        guint         position)
{
  gtk_single_selection_set_selected (fovea_session_get_selection (session), position);
}

/* Sees a session go, jobs and all. */
static void
finish (FoveaSession *session)
{
  g_object_add_weak_pointer (G_OBJECT (session), (gpointer *) &session);
  fovea_session_stop (session);
  g_object_unref (session);
  wait_until (session == NULL);
}

static void
test_finalize (void)
{
  FoveaSession *session = fovea_session_new ();

  g_assert_null (fovea_session_get_dataset (session));
  g_assert_null (fovea_session_get_network (session));
  g_assert_null (fovea_session_get_sample (session));
  g_assert_null (fovea_session_get_prepared (session));
  g_assert_null (fovea_session_get_prediction (session));
  g_assert_null (fovea_session_get_layer_tensor (session));
  g_assert_false (fovea_session_get_busy (session));
  g_assert_false (fovea_session_can_evaluate (session));
  g_assert_finalize_object (session);
}

/* The session's answer is the engine's. */
static void
test_answer (AppFixture    *fixture,
             gconstpointer  data)
{
  FoveaSession *session = new_open_session (fixture);
  CnnPrepared *prepared = fovea_session_get_prepared (session);
  CnnPrediction *prediction = fovea_session_get_prediction (session);
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (fovea_session_get_network (session));
  g_autoptr (CnnTensor) input = NULL;
  g_autoptr (CnnTensor) logits = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (prepared);
  g_assert_nonnull (prediction);
  g_assert_cmpuint (cnn_prepared_get_n_crops (prepared), ==, 5);
  g_assert_cmpuint (cnn_image_get_width (cnn_prepared_get_image (prepared)), ==, FIXTURE_WIDTH (0));

  input = cnn_prepared_dup_tensor (prepared);
  logits = cnn_predictor_run (predictor, input, 1, NULL, &error);
  g_assert_no_error (error);
  for (guint crop = 0; crop < 5; crop++)
    g_assert_cmpmem (cnn_prediction_get_logits (prediction, crop),
                     FIXTURE_N_CLASSES * sizeof (float),
                     cnn_tensor_get_data (logits) + crop * FIXTURE_N_CLASSES,
                     FIXTURE_N_CLASSES * sizeof (float));

  finish (session);
}

static void
assert_maps (FoveaSession *session,
             guint         crop)
{
  CnnNetwork *network = fovea_session_get_network (session);
  CnnTensor *tensor = fovea_session_get_layer_tensor (session);
  CnnPrepared *prepared = fovea_session_get_prepared (session);
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
  g_autoptr (CnnTensor) crops = cnn_prepared_dup_tensor (prepared);
  g_autoptr (CnnTensor) input = cnn_tensor_slice (crops, crop);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnActivations) activations = cnn_predictor_look (predictor, input, 1, NULL, &error);
  g_autoptr (CnnTensor) expected = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (tensor);
  expected = cnn_activations_dup_layer (activations, fovea_session_get_layer (session));
  g_assert_true (cnn_shape_equal (cnn_tensor_get_shape (tensor), cnn_tensor_get_shape (expected)));
  g_assert_cmpmem (cnn_tensor_get_data (tensor), cnn_tensor_get_n_elements (tensor) * sizeof (float),
                   cnn_tensor_get_data (expected), cnn_tensor_get_n_elements (expected) * sizeof (float));
}

/* The feature maps follow the layer and the crop. */
static void
test_maps (AppFixture    *fixture,
           gconstpointer  data)
{
  FoveaSession *session = new_open_session (fixture);
  CnnNetwork *network = fovea_session_get_network (session);
  guint last = cnn_network_get_n_layers (network) - 1;

  g_assert_cmpint (cnn_layer_get_kind (cnn_network_get_layer (network, fovea_session_get_layer (session))),
                   ==, CNN_KIND_CONVOLUTION);
  assert_maps (session, 0);

  fovea_session_set_layer (session, last);
  wait_for (session);
  assert_maps (session, 0);

  fovea_session_set_crop (session, 3);
  wait_for (session);
  assert_maps (session, 3);

  /* The mean of crops has no maps of its own. */
  fovea_session_set_crop (session, CNN_MEAN_OF_CROPS);
  wait_for (session);
  assert_maps (session, 0);

  fovea_session_choose_layer (session, "features.3.squeeze");
  wait_for (session);
  g_assert_cmpstr (cnn_layer_get_name (cnn_network_get_layer (network, fovea_session_get_layer (session))),
                   ==, "features.3.squeeze");
  assert_maps (session, 0);

  finish (session);
}

/* Whatever is published belongs to the picture that is chosen. */
static void
assert_fresh_cb (FoveaSession *session,
                 GParamSpec   *pspec,
                 guint        *n_published)
{
  CnnPrepared *prepared = fovea_session_get_prepared (session);
  guint position = gtk_single_selection_get_selected (fovea_session_get_selection (session));

  (*n_published)++;
  if (prepared != NULL)
    g_assert_cmpuint (cnn_image_get_width (cnn_prepared_get_image (prepared)), ==,
                      FIXTURE_WIDTH (position));
}

static void
test_stale (AppFixture    *fixture,
            gconstpointer  data)
{
  FoveaSession *session = new_open_session (fixture);
  guint n_published = 0;

  g_signal_connect (session, "notify::prepared", G_CALLBACK (assert_fresh_cb), &n_published);
  g_signal_connect (session, "notify::prediction", G_CALLBACK (assert_fresh_cb), &n_published);
  g_signal_connect (session, "notify::layer-tensor", G_CALLBACK (assert_fresh_cb), &n_published);

  /* At once, and with as much time in between as an answer may just need. */
  for (guint i = 1; i < FIXTURE_N_PICTURES; i++)
    choose (session, i);
  wait_for (session);
  g_assert_cmpuint (n_published, >, 0);
  assert_maps (session, 0);

  for (guint i = 0; i < 3 * FIXTURE_N_PICTURES; i++)
    {
      gint64 end = g_get_monotonic_time () + 4000 * (i % 10);

      choose (session, i % FIXTURE_N_PICTURES);
      while (g_get_monotonic_time () < end)
        g_main_context_iteration (NULL, FALSE);
    }
  wait_for (session);
  assert_maps (session, 0);
  g_assert_nonnull (fovea_session_get_prediction (session));

  finish (session);
}

/* A session that was stopped says nothing more, and goes as soon as its jobs
 * have noticed. */
static void
test_stop (AppFixture    *fixture,
           gconstpointer  data)
{
  FoveaSession *session = new_open_session (fixture);
  guint n_notified = 0;

  choose (session, 5);
  fovea_session_stop (session);
  g_signal_connect (session, "notify::prepared", G_CALLBACK (count_cb), &n_notified);
  g_signal_connect (session, "notify::prediction", G_CALLBACK (count_cb), &n_notified);
  finish (session);
  g_assert_cmpuint (n_notified, ==, 0);
}

/* A failure is told in words, and what was open stays. */
static void
test_errors (AppFixture    *fixture,
             gconstpointer  data)
{
  FoveaSession *session = fovea_session_new ();
  g_autoptr (GFile) missing = g_file_new_for_path ("/nonexistent/pictures");
  g_autofree char *text_path = g_build_filename (fixture->path, "notes.txt", NULL);
  g_autoptr (GFile) text = g_file_new_for_path (text_path);
  Complaints complaints = { 0, };
  CnnDataset *dataset;

  app_fixture_write (fixture, "notes.txt", "this is no network");
  g_signal_connect (session, "error", G_CALLBACK (error_cb), &complaints);
  fovea_session_open_dataset (session, fixture->pictures);
  wait_for (session);
  g_assert_cmpuint (complaints.n_errors, ==, 0);
  dataset = fovea_session_get_dataset (session);

  fovea_session_open_dataset (session, missing);
  g_assert_true (fovea_session_get_dataset_loading (session));
  wait_for (session);
  g_assert_cmpuint (complaints.n_errors, ==, 1);
  g_assert_nonnull (strstr (complaints.body, "/nonexistent/pictures"));
  g_assert_true (fovea_session_get_dataset (session) == dataset);
  g_assert_false (fovea_session_get_dataset_loading (session));

  fovea_session_open_network (session, text);
  wait_for (session);
  g_assert_cmpuint (complaints.n_errors, ==, 2);
  g_assert_nonnull (strstr (complaints.body, "notes.txt"));
  g_assert_null (fovea_session_get_network (session));

  fovea_session_choose_sample (session, "nobody.png");
  g_assert_cmpuint (complaints.n_errors, ==, 3);
  g_assert_nonnull (strstr (complaints.body, "nobody.png"));

  complaints_clear (&complaints);
  finish (session);
}

/* A picture that cannot be read is said to be so; the next one is shown. */
static void
test_broken_picture (AppFixture    *fixture,
                     gconstpointer  data)
{
  FoveaSession *session;

  app_fixture_write (fixture, "pictures/blue/00.png", "not a picture at all");
  session = new_open_session (fixture);

  g_assert_null (fovea_session_get_prepared (session));
  g_assert_null (fovea_session_get_prediction (session));
  g_assert_null (fovea_session_get_layer_tensor (session));
  g_assert_nonnull (strstr (fovea_session_get_picture_problem (session), "00.png"));

  choose (session, 1);
  wait_for (session);
  g_assert_null (fovea_session_get_picture_problem (session));
  g_assert_nonnull (fovea_session_get_prediction (session));

  choose (session, 0);
  wait_for (session);
  g_assert_nonnull (fovea_session_get_picture_problem (session));
  g_assert_null (fovea_session_get_prepared (session));
  g_assert_null (fovea_session_get_prediction (session));

  finish (session);
}

/* The widths of the listed pictures tell which they are. */
static char *
list_samples (FoveaSession *session)
{
  GListModel *samples = G_LIST_MODEL (fovea_session_get_selection (session));
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (samples); i++)
    {
      g_autoptr (CnnSample) sample = g_list_model_get_item (samples, i);
      g_autofree char *basename = g_path_get_basename (cnn_sample_get_path (sample));

      g_string_append_printf (text, "%s%.2s", i > 0 ? " " : "", basename);
    }

  return g_string_free (text, FALSE);
}

#define assert_listed(session, expected) G_STMT_START { \
  g_autofree char *listed_ = list_samples (session); \
  g_assert_cmpstr (listed_, ==, expected); \
} G_STMT_END

static void
test_filter (AppFixture    *fixture,
             gconstpointer  data)
{
  FoveaSession *session = new_open_session (fixture);
  guint n_notified = 0;

  assert_listed (session, "00 01 02 03 04 05 06 07 08 09 10 11");

  g_signal_connect (session, "notify::class-filter", G_CALLBACK (count_cb), &n_notified);
  fovea_session_set_class_filter (session, 1);
  fovea_session_set_class_filter (session, 1);
  g_assert_cmpuint (n_notified, ==, 1);
  assert_listed (session, "04 05 06 07");

  /* One of those that are listed is chosen. */
  wait_for (session);
  g_assert_cmpint (cnn_sample_get_label (fovea_session_get_sample (session)), ==, 1);

  fovea_session_set_search (session, "06");
  assert_listed (session, "06");
  fovea_session_set_class_filter (session, CNN_NO_LABEL);
  fovea_session_set_search (session, "REd");
  assert_listed (session, "08 09 10 11");
  fovea_session_set_search (session, "no such thing");
  assert_listed (session, "");
  wait_for (session);
  g_assert_null (fovea_session_get_sample (session));
  g_assert_null (fovea_session_get_prepared (session));

  fovea_session_set_search (session, "");
  assert_listed (session, "00 01 02 03 04 05 06 07 08 09 10 11");
  wait_for (session);
  g_assert_nonnull (fovea_session_get_prediction (session));

  finish (session);
}

/* What is asked for before it is there is shown when it is. */
static void
test_wanted (AppFixture    *fixture,
             gconstpointer  data)
{
  FoveaSession *session = new_session ();
  CnnNetwork *network;

  fovea_session_choose_sample (session, "07.png");
  fovea_session_choose_layer (session, "classifier.1");
  fovea_session_open_dataset (session, fixture->pictures);
  fovea_session_open_network (session, fixture->model);
  wait_for (session);

  network = fovea_session_get_network (session);
  g_assert_cmpuint (gtk_single_selection_get_selected (fovea_session_get_selection (session)), ==, 7);
  g_assert_cmpstr (cnn_layer_get_name (cnn_network_get_layer (network, fovea_session_get_layer (session))),
                   ==, "classifier.1");

  fovea_session_choose_sample (session, "3");
  g_assert_cmpuint (gtk_single_selection_get_selected (fovea_session_get_selection (session)), ==, 2);

  finish (session);
}

/* Files are opened by what they are. */
static void
test_open (AppFixture    *fixture,
           gconstpointer  data)
{
  FoveaSession *session = new_session ();
  g_autoptr (GFile) picture = g_file_resolve_relative_path (fixture->pictures, "red/09.png");
  GFile *folder_and_model[] = { fixture->model, fixture->pictures };

  fovea_session_open (session, folder_and_model, G_N_ELEMENTS (folder_and_model));
  wait_for (session);
  g_assert_nonnull (fovea_session_get_network (session));
  assert_listed (session, "00 01 02 03 04 05 06 07 08 09 10 11");

  fovea_session_open (session, &picture, 1);
  wait_for (session);
  assert_listed (session, "09");
  g_assert_cmpuint (cnn_image_get_width (cnn_prepared_get_image (fovea_session_get_prepared (session))),
                    ==, FIXTURE_WIDTH (9));
  g_assert_false (fovea_session_can_evaluate (session));

  finish (session);
}

/* Another recipe, other crops: everything follows. */
static void
test_recipe (AppFixture    *fixture,
             gconstpointer  data)
{
  FoveaSession *session = new_open_session (fixture);
  guint n_notified = 0;
  CnnImage *resized;

  g_signal_connect (session, "notify::preset", G_CALLBACK (count_cb), &n_notified);
  fovea_session_set_preset (session, "torchvision");
  fovea_session_set_preset (session, "torchvision");
  fovea_session_set_preset (session, "unheard of");
  g_assert_cmpuint (n_notified, ==, 1);
  wait_for (session);
  resized = cnn_prepared_get_resized (fovea_session_get_prepared (session));
  g_assert_cmpuint (MIN (cnn_image_get_width (resized), cnn_image_get_height (resized)), ==, 256);

  fovea_session_set_crop_mode (session, CNN_CROPS_TEN);
  wait_for (session);
  g_assert_cmpuint (cnn_prediction_get_n_crops (fovea_session_get_prediction (session)), ==, 10);

  fovea_session_set_crop (session, 8);
  fovea_session_set_crop_mode (session, CNN_CROPS_CENTER);
  g_assert_cmpint (fovea_session_get_crop (session), ==, 0);
  wait_for (session);
  g_assert_cmpuint (cnn_prediction_get_n_crops (fovea_session_get_prediction (session)), ==, 1);

  finish (session);
}

static guint
get_short_side (FoveaSession *session)
{
  CnnImage *resized = cnn_prepared_get_resized (fovea_session_get_prepared (session));

  return MIN (cnn_image_get_width (resized), cnn_image_get_height (resized));
}

/* What lies beside the model is known, and used by whoever likes; pictures and network
 * have the size that it says. */
static void
test_own_recipe (AppFixture    *fixture,
                 gconstpointer  data)
{
  FoveaSession *session = NULL;
  const CnnRecipe *recipe;

  app_fixture_write (fixture, "small.json",
                     "{\"resize\": 120, \"crop\": 96, \"mean\": [0.5, 0.5, 0.5], \"labels\": [\"sky\", \"grass\", \"fire\"]}");
  session = new_open_session (fixture);
  g_assert_nonnull (cnn_model_card_get_recipe (fovea_session_get_card (session)));
  g_assert_cmpstr (fovea_session_get_preset (session), ==, "homework");
  g_assert_false (fovea_session_suits_model (session));
  g_assert_cmpuint (get_short_side (session), ==, 280);

  fovea_session_set_preset (session, "model");
  g_assert_true (fovea_session_suits_model (session));
  wait_for (session);
  g_assert_cmpuint (get_short_side (session), ==, 120);
  g_assert_cmpuint (cnn_network_get_input_shape (fovea_session_get_network (session))->dims[2], ==, 96);
  g_assert_nonnull (fovea_session_get_prediction (session));
  g_assert_null (fovea_session_get_answer_problem (session));

  fovea_session_set_preset (session, "torchvision");
  wait_for (session);
  recipe = fovea_session_get_recipe (session);
  g_assert_cmpuint (recipe->crop_size, ==, 224);
  g_assert_cmpuint (cnn_network_get_input_shape (fovea_session_get_network (session))->dims[2], ==, 224);
  g_assert_nonnull (fovea_session_get_prediction (session));

  finish (session);
}

/* Numbers of one's own, and a preset that is kept in mind until something is known. */
static void
test_custom_recipe (AppFixture    *fixture,
                    gconstpointer  data)
{
  FoveaSession *session = new_open_session (fixture);
  CnnRecipe recipe = *cnn_recipe_get_preset ("torchvision");

  fovea_session_set_preset (session, "custom");
  g_assert_cmpstr (fovea_session_get_preset (session), ==, "homework");

  recipe.short_side = 300;
  recipe.crop_size = 128;
  recipe.mean[0] = 0;
  fovea_session_set_recipe (session, &recipe);
  wait_for (session);
  g_assert_cmpstr (fovea_session_get_preset (session), ==, "custom");
  g_assert_cmpuint (get_short_side (session), ==, 300);
  g_assert_cmpuint (cnn_prepared_get_crop (fovea_session_get_prepared (session), 0)->size, ==, 128);
  g_assert_false (fovea_session_suits_model (session));

  fovea_session_set_preset (session, "homework");
  fovea_session_set_preset (session, "custom");
  g_assert_cmpuint (fovea_session_get_recipe (session)->short_side, ==, 300);
  wait_for (session);

  finish (session);
}

/* A file beside the model that makes no sense is told of; the model opens all the
 * same. */
static void
test_wrong_card (AppFixture    *fixture,
                 gconstpointer  data)
{
  FoveaSession *session = fovea_session_new ();
  Complaints complaints = { 0 };

  app_fixture_write (fixture, "small.json", "{\"mean\": \"grey\"}");
  g_signal_connect (session, "error", G_CALLBACK (error_cb), &complaints);
  fovea_session_open_network (session, fixture->model);
  wait_for (session);

  g_assert_nonnull (fovea_session_get_network (session));
  g_assert_null (fovea_session_get_card (session));
  g_assert_cmpuint (complaints.n_errors, ==, 1);
  g_assert_nonnull (strstr (complaints.body, "small.json: mean: is something else, expected three numbers"));

  complaints_clear (&complaints);
  finish (session);
}

/* Whoever changes their mind keeps what they had. */
static void
test_cancel_opening (AppFixture    *fixture,
                     gconstpointer  data)
{
  FoveaSession *session = new_open_session (fixture);
  CnnNetwork *network = fovea_session_get_network (session);
  g_autofree char *name = NULL;
  guint n_notified = 0;

  g_signal_connect (session, "notify::network-loading", G_CALLBACK (count_cb), &n_notified);
  fovea_session_open_network (session, fixture->model);
  name = fovea_session_dup_opening_name (session);
  g_assert_cmpstr (name, ==, "small.safetensors");
  g_assert_true (fovea_session_get_network_loading (session));
  fovea_session_cancel_opening (session);
  fovea_session_cancel_opening (session);
  g_assert_false (fovea_session_get_network_loading (session));
  g_assert_cmpuint (n_notified, ==, 2);
  wait_for (session);
  g_assert_true (fovea_session_get_network (session) == network);

  finish (session);
}

/* ---- Evaluations ---- */

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GError) error = NULL;

  cnn_evaluation_run_finish (CNN_EVALUATION (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
test_evaluate (AppFixture    *fixture,
               gconstpointer  data)
{
  FoveaSession *session = new_open_session (fixture);
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (fovea_session_get_network (session));
  g_autoptr (CnnEvaluation) other = NULL;
  CnnEvaluationOptions options = {
    .settings.recipe = *cnn_recipe_get_preset ("homework"),
    .settings.crops = CNN_CROPS_FIVE,
    .settings.batch_size = 4,
    .n_threads = 1,
  };
  CnnRunSummary found, expected;
  gboolean done = FALSE;

  g_assert_true (fovea_session_can_evaluate (session));
  fovea_session_evaluate (session, CNN_CROPS_FIVE, 0);
  g_assert_true (fovea_session_get_evaluating (session));

  /* One goes on exploring meanwhile. */
  choose (session, 6);
  wait_for (session);
  g_assert_cmpuint (cnn_image_get_width (cnn_prepared_get_image (fovea_session_get_prepared (session))),
                    ==, FIXTURE_WIDTH (6));
  wait_until (!fovea_session_get_evaluating (session));

  other = cnn_evaluation_new (fovea_session_get_dataset (session), predictor, &options);
  cnn_evaluation_run_async (other, NULL, done_cb, &done);
  wait_until (done);

  cnn_run_get_summary (fovea_session_get_run (session), &found);
  cnn_run_get_summary (cnn_evaluation_get_run (other), &expected);
  g_assert_cmpuint (found.n_done, ==, FIXTURE_N_PICTURES);
  g_assert_cmpuint (found.n_scored, ==, FIXTURE_N_PICTURES);
  g_assert_cmpuint (found.n_correct, ==, expected.n_correct);
  g_assert_cmpuint (found.n_top5, ==, expected.n_top5);
  g_assert_cmpfloat (found.loss, ==, expected.loss);
  g_assert_cmpfloat (found.mean_cross_entropy, ==, expected.mean_cross_entropy);

  /* What the run said about the chosen picture is what the session says. */
  {
    const CnnSampleResult *result =
      fovea_session_get_result (session, fovea_session_get_sample (session));
    CnnRanked best;

    cnn_prediction_get_top (fovea_session_get_prediction (session), CNN_MEAN_OF_CROPS, &best, 1);
    g_assert_nonnull (result);
    g_assert_cmpuint (result->sample, ==, 6);
    g_assert_cmpuint (result->prediction, ==, best.index);
  }

  finish (session);
}

static void
test_cancel_evaluation (AppFixture    *fixture,
                        gconstpointer  data)
{
  FoveaSession *session = new_open_session (fixture);
  CnnRunSummary summary;

  fovea_session_evaluate (session, CNN_CROPS_TEN, 0);
  fovea_session_pause_evaluation (session);
  wait_until (!fovea_session_get_evaluating (session));
  cnn_run_get_summary (fovea_session_get_run (session), &summary);
  g_assert_cmpuint (summary.n_total, ==, FIXTURE_N_PICTURES);
  g_assert_cmpuint (summary.n_done, <, FIXTURE_N_PICTURES);

  /* It can be started again, and goes to its end. */
  fovea_session_evaluate (session, CNN_CROPS_CENTER, 5);
  wait_until (!fovea_session_get_evaluating (session));
  cnn_run_get_summary (fovea_session_get_run (session), &summary);
  g_assert_cmpuint (summary.n_done, ==, 5);

  finish (session);
}

static void
saved_cb (FoveaSession *session,
          GFile        *file,
          guint        *n_saved)
{
  (*n_saved)++;
}

static void
test_save (AppFixture    *fixture,
           gconstpointer  data)
{
  FoveaSession *session = new_open_session (fixture);
  g_autofree char *json_path = g_build_filename (fixture->path, "results.json", NULL);
  g_autofree char *csv_path = g_build_filename (fixture->path, "results.csv", NULL);
  g_autoptr (GFile) json = g_file_new_for_path (json_path);
  g_autoptr (GFile) csv = g_file_new_for_path (csv_path);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint n_saved = 0;

  g_signal_connect (session, "saved", G_CALLBACK (saved_cb), &n_saved);
  fovea_session_evaluate (session, CNN_CROPS_CENTER, 0);
  wait_until (!fovea_session_get_evaluating (session));

  fovea_session_save_results (session, json);
  wait_for (session);
  g_assert_cmpuint (n_saved, ==, 1);
  json_parser_load_from_file (parser, json_path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (json_parser_get_root (parser)),
                                               "images"), ==, FIXTURE_N_PICTURES);

  fovea_session_save_results (session, csv);
  wait_for (session);
  g_assert_cmpuint (n_saved, ==, 2);
  g_file_get_contents (csv_path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strchr (text, ','));
  g_assert_null (strchr (text, '{'));

  finish (session);
}

#define add(path, function) \
  g_test_add (path, AppFixture, NULL, app_fixture_set_up, function, app_fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  app_test_init (&argc, &argv);

  g_test_add_func ("/app/session/finalize", test_finalize);
  add ("/app/session/answer", test_answer);
  add ("/app/session/maps", test_maps);
  add ("/app/session/stale", test_stale);
  add ("/app/session/stop", test_stop);
  add ("/app/session/errors", test_errors);
  add ("/app/session/broken-picture", test_broken_picture);
  add ("/app/session/filter", test_filter);
  add ("/app/session/wanted", test_wanted);
  add ("/app/session/open", test_open);
  add ("/app/session/recipe", test_recipe);
  add ("/app/session/own-recipe", test_own_recipe);
  add ("/app/session/custom-recipe", test_custom_recipe);
  add ("/app/session/wrong-card", test_wrong_card);
  add ("/app/session/cancel-opening", test_cancel_opening);
  add ("/app/session/evaluate", test_evaluate);
  add ("/app/session/cancel-evaluation", test_cancel_evaluation);
  add ("/app/session/save", test_save);

  return g_test_run ();
}
