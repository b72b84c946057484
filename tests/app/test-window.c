#include "fovea-recipe-dialog.h"
#include "fovea-window.h"

#include "app-fixture.h"
#include "app-helpers.h"

/* A window that shows the fixture's pictures and network. */
typedef struct
{
  FoveaWindow *window;
  FoveaSession *session;
} Scene;

/* One for all tests, as there is one in a process. */
static FoveaApplication *
get_application (void)
{
  static FoveaApplication *app = NULL;
  g_autoptr (GError) error = NULL;

  if (app != NULL)
    return app;

  app = fovea_application_new ();
  g_application_set_flags (G_APPLICATION (app), G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (app), NULL, &error);
  g_assert_no_error (error);

  return app;
}

static void
scene_set_up (Scene      *scene,
              AppFixture *fixture)
{
  scene->window = fovea_window_new (get_application ());
  scene->session = fovea_window_get_session (scene->window);
  gtk_window_present (GTK_WINDOW (scene->window));
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (scene->window)));

  if (fixture == NULL)
    return;

  fovea_session_open_dataset (scene->session, fixture->pictures);
  fovea_session_open_network (scene->session, fixture->model);
  wait_until (!fovea_session_get_busy (scene->session));
}

/* Closes the window and sees it go, with all that it had. */
static void
scene_tear_down (Scene *scene)
{
  g_object_add_weak_pointer (G_OBJECT (scene->session), (gpointer *) &scene->session);
  g_object_add_weak_pointer (G_OBJECT (scene->window), (gpointer *) &scene->window);
  gtk_window_close (GTK_WINDOW (scene->window));
  wait_until (scene->window == NULL && scene->session == NULL);
}

static void
act (Scene      *scene,
     const char *action)
{
  g_action_group_activate_action (G_ACTION_GROUP (scene->window), action, NULL);
}

static void
set (Scene      *scene,
     const char *action,
     GVariant   *state)
{
  g_action_group_change_action_state (G_ACTION_GROUP (scene->window), action, state);
}

static void
assert_state (Scene      *scene,
              const char *action,
              const char *expected)
{
  g_autoptr (GVariant) state =
    g_action_group_get_action_state (G_ACTION_GROUP (scene->window), action);
  g_autofree char *text = g_variant_print (state, FALSE);

  g_assert_cmpstr (text, ==, expected);
}

static gboolean
is_enabled (Scene      *scene,
            const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (scene->window), action);
}

static void
test_finalize (void)
{
  Scene scene;

  if (!app_test_display ())
    return;

  scene_set_up (&scene, NULL);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (scene.window)), ==, "Fovea");
  g_assert_false (is_enabled (&scene, "next-sample"));
  g_assert_false (is_enabled (&scene, "next-layer"));
  g_assert_false (is_enabled (&scene, "evaluate"));
  g_assert_false (is_enabled (&scene, "save-results"));
  g_assert_false (is_enabled (&scene, "copy"));
  scene_tear_down (&scene);
}

/* Closed in the middle of everything, it goes all the same. */
static void
test_finalize_busy (AppFixture    *fixture,
                    gconstpointer  data)
{
  Scene scene;

  if (!app_test_display ())
    return;

  scene_set_up (&scene, fixture);
  set (&scene, "evaluate", g_variant_new_boolean (TRUE));
  act (&scene, "next-sample");
  act (&scene, "next-layer");
  g_assert_true (fovea_session_get_busy (scene.session));
  scene_tear_down (&scene);
}

static void
test_pages (AppFixture    *fixture,
            gconstpointer  data)
{
  const char *pages[] = { "evaluate", "network", "learn", "explore" };
  Scene scene;

  if (!app_test_display ())
    return;

  scene_set_up (&scene, fixture);
  assert_state (&scene, "page", "'explore'");
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      set (&scene, "page", g_variant_new_string (pages[i]));
      g_assert_cmpstr (fovea_window_get_page (scene.window), ==, pages[i]);
      wait_idle ();
    }

  /* What makes no sense changes nothing. */
  set (&scene, "page", g_variant_new_string ("train"));
  assert_state (&scene, "page", "'explore'");
  scene_tear_down (&scene);
}

/* Every choice can be made from outside, and is reported back. */
static void
test_choices (AppFixture    *fixture,
              gconstpointer  data)
{
  Scene scene;

  if (!app_test_display ())
    return;

  scene_set_up (&scene, fixture);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (scene.window)), ==,
                   "pictures — SqueezeNet 1.1");
  assert_state (&scene, "sample", "0");
  assert_state (&scene, "layer", "'features.0'");
  assert_state (&scene, "crop", "0");

  set (&scene, "sample", g_variant_new_int32 (7));
  assert_state (&scene, "sample", "7");
  act (&scene, "next-sample");
  assert_state (&scene, "sample", "8");
  act (&scene, "previous-sample");
  act (&scene, "previous-sample");
  assert_state (&scene, "sample", "6");
  set (&scene, "sample", g_variant_new_int32 (FIXTURE_N_PICTURES));
  set (&scene, "sample", g_variant_new_int32 (-3));
  assert_state (&scene, "sample", "6");

  set (&scene, "layer", g_variant_new_string ("features.3.squeeze"));
  assert_state (&scene, "layer", "'features.3.squeeze'");
  act (&scene, "previous-layer");
  assert_state (&scene, "layer", "'features.2'");
  act (&scene, "next-layer");
  assert_state (&scene, "layer", "'features.3.squeeze'");

  set (&scene, "crop", g_variant_new_int32 (4));
  act (&scene, "next-crop");
  set (&scene, "crop", g_variant_new_int32 (99));
  assert_state (&scene, "crop", "4");
  set (&scene, "crop", g_variant_new_int32 (CNN_MEAN_OF_CROPS));
  act (&scene, "previous-crop");
  assert_state (&scene, "crop", "-1");
  set (&scene, "crop-mode", g_variant_new_string ("ten"));
  assert_state (&scene, "crop-mode", "'ten'");
  set (&scene, "preset", g_variant_new_string ("torchvision"));
  assert_state (&scene, "preset", "'torchvision'");

  wait_until (!fovea_session_get_busy (scene.session));
  g_assert_cmpuint (cnn_prediction_get_n_crops (fovea_session_get_prediction (scene.session)), ==, 10);
  g_assert_cmpuint (cnn_image_get_width (cnn_prepared_get_image (fovea_session_get_prepared (scene.session))),
                    ==, FIXTURE_WIDTH (6));
  g_assert_true (is_enabled (&scene, "copy"));
  act (&scene, "copy");
  scene_tear_down (&scene);
}

static void
test_filter (AppFixture    *fixture,
             gconstpointer  data)
{
  GListModel *samples;
  Scene scene;

  if (!app_test_display ())
    return;

  scene_set_up (&scene, fixture);
  samples = G_LIST_MODEL (fovea_session_get_selection (scene.session));
  g_assert_false (is_enabled (&scene, "clear-filter"));

  /* Back and forth: the list that is seen and the session's keep in step. */
  set (&scene, "sample", g_variant_new_int32 (FIXTURE_N_PICTURES - 1));
  wait_idle ();
  for (int label = FIXTURE_N_CLASSES - 1; label >= 0; label--)
    {
      set (&scene, "class-filter", g_variant_new_int32 (label));
      wait_idle ();
      g_assert_cmpuint (g_list_model_get_n_items (samples), ==, FIXTURE_N_PICTURES / FIXTURE_N_CLASSES);
      g_assert_cmpint (cnn_sample_get_label (fovea_session_get_sample (scene.session)), ==, label);
    }

  g_assert_true (is_enabled (&scene, "clear-filter"));
  act (&scene, "search");
  act (&scene, "clear-filter");
  assert_state (&scene, "class-filter", "-1");
  g_assert_cmpuint (g_list_model_get_n_items (samples), ==, FIXTURE_N_PICTURES);
  wait_until (!fovea_session_get_busy (scene.session));
  scene_tear_down (&scene);
}

static void
test_evaluate (AppFixture    *fixture,
               gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->path, "results.json", NULL);
  CnnRunSummary summary;
  Scene scene;

  if (!app_test_display ())
    return;

  scene_set_up (&scene, fixture);
  set (&scene, "page", g_variant_new_string ("evaluate"));
  set (&scene, "evaluate-crops", g_variant_new_string ("five"));
  set (&scene, "evaluate-limit", g_variant_new_int32 (7));
  assert_state (&scene, "evaluate-crops", "'five'");
  assert_state (&scene, "evaluate-limit", "7");
  assert_state (&scene, "evaluate", "false");

  set (&scene, "evaluate", g_variant_new_boolean (TRUE));
  assert_state (&scene, "evaluate", "true");
  g_assert_false (is_enabled (&scene, "save-results"));
  wait_until (!fovea_session_get_evaluating (scene.session));
  assert_state (&scene, "evaluate", "false");

  cnn_run_get_summary (fovea_session_get_run (scene.session), &summary);
  g_assert_cmpuint (summary.n_done, ==, 7);
  g_assert_cmpint (cnn_run_get_settings (fovea_session_get_run (scene.session))->crops,
                   ==, CNN_CROPS_FIVE);

  g_assert_true (is_enabled (&scene, "save-results"));
  g_action_group_activate_action (G_ACTION_GROUP (scene.window), "save-results-to",
                                  g_variant_new_string (path));
  wait_until (!fovea_session_get_busy (scene.session));
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));

  set (&scene, "evaluate-crops", g_variant_new_string ("ten"));
  set (&scene, "evaluate-limit", g_variant_new_int32 (0));
  set (&scene, "evaluate", g_variant_new_boolean (TRUE));
  set (&scene, "evaluate", g_variant_new_boolean (FALSE));
  wait_until (!fovea_session_get_evaluating (scene.session));
  cnn_run_get_summary (fovea_session_get_run (scene.session), &summary);
  g_assert_cmpuint (summary.n_done, <, FIXTURE_N_PICTURES);
  scene_tear_down (&scene);
}

/* What the command line asked for. */
static void
test_launch (AppFixture    *fixture,
             gconstpointer  data)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  FoveaLaunch launch = {
    .dataset = fixture->pictures,
    .model = fixture->model,
    .sample = (char *) "09.png",
    .page = (char *) "evaluate",
    .layer = (char *) "classifier.1",
    .files = files,
  };
  g_autoptr (GFile) picture = g_file_resolve_relative_path (fixture->pictures, "green/05.png");
  FoveaLaunch single = {
    .sample = (char *) "05.png",
    .sample_file = picture,
    .files = files,
  };
  Scene scene;

  if (!app_test_display ())
    return;

  scene_set_up (&scene, NULL);
  fovea_window_launch (scene.window, &single);
  wait_until (!fovea_session_get_busy (scene.session));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fovea_session_get_dataset (scene.session))),
                    ==, 1);

  fovea_window_launch (scene.window, &launch);
  wait_until (!fovea_session_get_busy (scene.session));
  assert_state (&scene, "page", "'evaluate'");
  assert_state (&scene, "sample", "9");
  assert_state (&scene, "layer", "'classifier.1'");
  scene_tear_down (&scene);
}

/* From very narrow to wide and back, on every page. */
/* No window gets wider than this. */
static int
get_monitor_width (Scene *scene)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (scene->window));
  GdkMonitor *monitor = gdk_display_get_monitor_at_surface (gdk_surface_get_display (surface), surface);
  GdkRectangle geometry;

  gdk_monitor_get_geometry (monitor, &geometry);

  return geometry.width;
}

static void
test_sizes (AppFixture    *fixture,
            gconstpointer  data)
{
  const char *pages[] = { "explore", "network", "evaluate", "learn" };
  const int widths[] = { 360, 600, 900, 1600, 360 };
  Scene scene;

  if (!app_test_display ())
    return;

  scene_set_up (&scene, fixture);
  set (&scene, "evaluate", g_variant_new_boolean (TRUE));
  wait_until (!fovea_session_get_evaluating (scene.session));
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (widths); j++)
      {
        set (&scene, "page", g_variant_new_string (pages[i]));
        if (widths[j] > get_monitor_width (&scene))
          continue;
        gtk_window_set_default_size (GTK_WINDOW (scene.window), widths[j], 640);
        /* Without a window manager, what is drawn around the window counts. */
        wait_until (ABS (gtk_widget_get_width (GTK_WIDGET (scene.window)) - widths[j]) < 32);
        if (is_enabled (&scene, "back"))
          act (&scene, "back");
      }
  scene_tear_down (&scene);
}

static GtkWidget *
find_row (GtkWidget  *widget,
          const char *title)
{
  GtkWidget *found = NULL;

  if (ADW_IS_PREFERENCES_ROW (widget) &&
      g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title) == 0)
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_row (child, title);

  return found;
}

static GtkWindow *
find_dialog (Scene *scene)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (FOVEA_IS_RECIPE_DIALOG (window) &&
          gtk_window_get_transient_for (window) == GTK_WINDOW (scene->window))
        return window;
    }

  return NULL;
}

/* Whether the bar that warns of a recipe is there. */
static gboolean
is_warned (GtkWidget *widget)
{
  if (GTK_IS_REVEALER (widget) && gtk_widget_has_css_class (gtk_revealer_get_child (GTK_REVEALER (widget)), "warning"))
    return gtk_revealer_get_reveal_child (GTK_REVEALER (widget));

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (is_warned (child))
      return TRUE;

  return FALSE;
}

/* A model that wants other pictures: it is told, and one step puts it right. */
static void
test_recipe (AppFixture    *fixture,
             gconstpointer  data)
{
  Scene scene;

  if (!app_test_display ())
    return;

  app_fixture_write (fixture, "small.json", "{\"std\": [0.5, 0.5, 0.5]}");
  scene_set_up (&scene, fixture);
  g_assert_true (is_warned (GTK_WIDGET (scene.window)));
  set (&scene, "preset", g_variant_new_string ("model"));
  g_assert_false (is_warned (GTK_WIDGET (scene.window)));
  assert_state (&scene, "preset", "'model'");

  set (&scene, "preset", g_variant_new_string ("homework"));
  g_assert_true (is_warned (GTK_WIDGET (scene.window)));
  act (&scene, "close-recipe-bar");
  g_assert_false (is_warned (GTK_WIDGET (scene.window)));
  wait_until (!fovea_session_get_busy (scene.session));
  scene_tear_down (&scene);
}

/* Numbers can be set by hand; those that make no sense cannot be applied. */
static void
test_recipe_dialog (AppFixture    *fixture,
                    gconstpointer  data)
{
  Scene scene;
  GtkWindow *dialog;
  GtkWidget *apply;
  GtkEditable *mean;

  if (!app_test_display ())
    return;

  scene_set_up (&scene, fixture);
  act (&scene, "edit-recipe");
  dialog = find_dialog (&scene);
  g_assert_nonnull (dialog);
  apply = gtk_window_get_default_widget (dialog);
  mean = GTK_EDITABLE (find_row (GTK_WIDGET (dialog), "Mean"));

  g_assert_cmpstr (gtk_editable_get_text (mean), ==, "0.485 0.456 0.406");
  g_assert_true (gtk_widget_get_sensitive (apply));
  gtk_editable_set_text (mean, "0.5 0.5");
  g_assert_false (gtk_widget_get_sensitive (apply));
  gtk_editable_set_text (mean, "0,5; 0.25 0");
  g_assert_true (gtk_widget_get_sensitive (apply));
  gtk_editable_set_text (mean, "0.5, 0.25, 0");
  g_assert_true (gtk_widget_get_sensitive (apply));

  g_signal_emit_by_name (apply, "clicked");
  assert_state (&scene, "preset", "'custom'");
  g_assert_cmpfloat (fovea_session_get_recipe (scene.session)->mean[1], ==, 0.25f);
  wait_until (find_dialog (&scene) == NULL && !fovea_session_get_busy (scene.session));
  scene_tear_down (&scene);
}

#define add(path, function) \
  g_test_add (path, AppFixture, NULL, app_fixture_set_up, function, app_fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  app_test_init (&argc, &argv);

  g_test_add_func ("/app/window/finalize", test_finalize);
  add ("/app/window/finalize-busy", test_finalize_busy);
  add ("/app/window/pages", test_pages);
  add ("/app/window/choices", test_choices);
  add ("/app/window/filter", test_filter);
  add ("/app/window/evaluate", test_evaluate);
  add ("/app/window/recipe", test_recipe);
  add ("/app/window/recipe-dialog", test_recipe_dialog);
  add ("/app/window/launch", test_launch);
  add ("/app/window/sizes", test_sizes);

  return g_test_run ();
}
