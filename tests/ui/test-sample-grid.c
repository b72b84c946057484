#include "fovea-ui.h"

#include "fovea-sample-cell.h"
#include "ui/fake-thumbnails.h"
#include "ui/ui-test.h"

static GListModel *
new_samples (guint n_samples)
{
  GListStore *store = g_list_store_new (CNN_TYPE_SAMPLE);
  g_autoptr (GPtrArray) samples = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_samples; i++)
    {
      g_autofree char *name = g_strdup_printf ("%05u.JPEG", i);
      g_autofree char *path = g_build_filename ("/nowhere", name, NULL);

      g_ptr_array_add (samples, cnn_sample_new (path, name, i % 1000, NULL));
    }
  g_list_store_splice (store, 0, 0, samples->pdata, samples->len);

  return G_LIST_MODEL (store);
}

static CnnSample *
get_sample (GListModel *samples,
            guint       position)
{
  CnnSample *sample = g_list_model_get_item (samples, position);

  g_object_unref (sample);      /* the list keeps it */

  return sample;
}

static FoveaSampleGrid *
new_grid (guint n_samples)
{
  FoveaSampleGrid *grid = g_object_ref_sink (FOVEA_SAMPLE_GRID (fovea_sample_grid_new ()));
  g_autoptr (GListModel) samples = new_samples (n_samples);

  fovea_sample_grid_set_model (grid, samples);
  fovea_sample_grid_set_labels (grid, cnn_labels_get_imagenet ());

  return grid;
}

static GdkPaintable *
get_picture (GtkWidget *cell)
{
  return fovea_thumbnail_get_paintable (FOVEA_THUMBNAIL (ui_test_find (cell, FOVEA_TYPE_THUMBNAIL, 0)));
}

static void
test_life (void)
{
  FoveaSampleGrid *grid = new_grid (100);
  g_autoptr (FakeThumbnails) thumbnails = fake_thumbnails_new ();
  GtkWindow *window = ui_test_window (GTK_WIDGET (grid), 400, 300);

  fovea_sample_grid_set_thumbnail_source (grid, FOVEA_THUMBNAIL_SOURCE (thumbnails));
  ui_test_destroy (window);

  g_assert_finalize_object (grid);
}

static void
test_properties (void)
{
  static const char *const names[] = { "model", "labels", "thumbnail-source", "selected" };
  g_autoptr (FoveaSampleGrid) grid = g_object_ref_sink (FOVEA_SAMPLE_GRID (fovea_sample_grid_new ()));
  g_autoptr (GListModel) samples = new_samples (10);
  g_autoptr (FakeThumbnails) thumbnails = fake_thumbnails_new ();
  guint counts[G_N_ELEMENTS (names)] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *signal = g_strconcat ("notify::", names[i], NULL);

      g_signal_connect (grid, signal, G_CALLBACK (ui_test_count_cb), &counts[i]);
    }

  for (guint i = 0; i < 2; i++)
    {
      g_object_set (grid,
                    "model", samples,
                    "labels", cnn_labels_get_imagenet (),
                    "thumbnail-source", thumbnails,
                    NULL);
      g_object_set (grid, "selected", 7, NULL);
    }

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpuint (counts[i], ==, 1);
  g_assert_true (fovea_sample_grid_get_selected_sample (grid) == get_sample (samples, 7));

  fovea_sample_grid_set_selected (grid, 10);
  g_assert_cmpuint (fovea_sample_grid_get_selected (grid), ==, GTK_INVALID_LIST_POSITION);
  g_assert_null (fovea_sample_grid_get_selected_sample (grid));
}

static void
test_selection_both_ways (void)
{
  g_autoptr (FoveaSampleGrid) grid = new_grid (10);
  g_autoptr (FoveaSampleGrid) other = new_grid (10);

  g_object_bind_property (grid, "selected", other, "selected",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);

  g_assert_cmpuint (fovea_sample_grid_get_selected (other), ==, GTK_INVALID_LIST_POSITION);
  fovea_sample_grid_set_selected (grid, 4);
  g_assert_cmpuint (fovea_sample_grid_get_selected (other), ==, 4);
  fovea_sample_grid_set_selected (other, 5);
  g_assert_cmpuint (fovea_sample_grid_get_selected (grid), ==, 5);
}

static void
activate_cb (FoveaSampleGrid *grid,
             guint            position,
             guint           *activated)
{
  *activated = position;
}

static void
test_keys (void)
{
  g_autoptr (FoveaSampleGrid) grid = new_grid (50);
  GtkWindow *window = ui_test_window (GTK_WIDGET (grid), 500, 400);
  GtkWidget *grid_view = ui_test_find (GTK_WIDGET (grid), GTK_TYPE_GRID_VIEW, 0);
  guint activated = GTK_INVALID_LIST_POSITION;

  g_signal_connect (grid, "activate", G_CALLBACK (activate_cb), &activated);
  fovea_sample_grid_set_selected (grid, 0);
  g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (grid)));

  ui_test_press (grid_view, GDK_KEY_Right);
  g_assert_cmpuint (fovea_sample_grid_get_selected (grid), ==, 1);
  ui_test_press (grid_view, GDK_KEY_Down);
  g_assert_cmpuint (fovea_sample_grid_get_selected (grid), >, 2);
  ui_test_press (grid_view, GDK_KEY_Up);
  g_assert_cmpuint (fovea_sample_grid_get_selected (grid), ==, 1);
  ui_test_press (grid_view, GDK_KEY_End);
  g_assert_cmpuint (fovea_sample_grid_get_selected (grid), ==, 49);
  ui_test_press (grid_view, GDK_KEY_Left);
  g_assert_cmpuint (fovea_sample_grid_get_selected (grid), ==, 48);
  ui_test_press (grid_view, GDK_KEY_Home);
  g_assert_cmpuint (fovea_sample_grid_get_selected (grid), ==, 0);

  ui_test_press (gtk_root_get_focus (GTK_ROOT (window)), GDK_KEY_Return);
  g_assert_cmpuint (activated, ==, 0);

  ui_test_destroy (window);
}

/* The keys go from what was selected elsewhere, be it out of view. */
static void
test_keys_from_selected (void)
{
  g_autoptr (FoveaSampleGrid) grid = new_grid (5000);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *button = gtk_button_new ();
  GtkWidget *grid_view = ui_test_find (GTK_WIDGET (grid), GTK_TYPE_GRID_VIEW, 0);
  GtkWindow *window;

  gtk_widget_set_vexpand (GTK_WIDGET (grid), TRUE);
  gtk_box_append (GTK_BOX (box), button);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (grid));
  window = ui_test_window (box, 500, 400);
  gtk_widget_grab_focus (button);

  fovea_sample_grid_set_selected (grid, 2500);
  g_assert_true (gtk_widget_is_focus (button));
  g_assert_true (gtk_widget_child_focus (box, GTK_DIR_TAB_FORWARD));
  ui_test_settle ();
  ui_test_press (grid_view, GDK_KEY_Right);
  g_assert_cmpuint (fovea_sample_grid_get_selected (grid), ==, 2501);

  /* Elsewhere, while the focus is here. */
  fovea_sample_grid_set_selected (grid, 40);
  ui_test_settle ();
  ui_test_press (grid_view, GDK_KEY_Left);
  g_assert_cmpuint (fovea_sample_grid_get_selected (grid), ==, 39);

  ui_test_destroy (window);
}

/* Fifty thousand samples cost no more than those in view; what leaves the view
 * takes its wish back. */
static void
test_many (void)
{
  g_autoptr (FoveaSampleGrid) grid = new_grid (50000);
  g_autoptr (FakeThumbnails) thumbnails = fake_thumbnails_new ();
  GListModel *samples = fovea_sample_grid_get_model (grid);
  GtkWindow *window;
  CnnSample *sixth = get_sample (samples, 5);
  guint n_asked;

  fovea_sample_grid_set_thumbnail_source (grid, FOVEA_THUMBNAIL_SOURCE (thumbnails));
  window = ui_test_window (GTK_WIDGET (grid), 500, 400);
  ui_test_next_frame (GTK_WIDGET (grid));
  n_asked = fake_thumbnails_get_n_asked (thumbnails);

  g_assert_cmpuint (n_asked, >, 4);
  g_assert_cmpuint (n_asked, <, 1000);
  g_assert_true (fake_thumbnails_was_asked (thumbnails, sixth));
  g_assert_false (fake_thumbnails_was_cancelled (thumbnails, sixth));

  fovea_sample_grid_set_selected (grid, 49999);
  fovea_sample_grid_scroll_to_selected (grid);
  ui_test_next_frame (GTK_WIDGET (grid));

  g_assert_true (fake_thumbnails_was_asked (thumbnails, get_sample (samples, 49999)));
  g_assert_true (fake_thumbnails_was_cancelled (thumbnails, sixth));

  ui_test_destroy (window);
}

/* The answer for a sample that the cell showed before is dropped, whichever
 * comes first. */
static void
test_recycled_cell (void)
{
  GtkWidget *cell = g_object_ref_sink (fovea_sample_cell_new ());
  g_autoptr (FakeThumbnails) thumbnails = fake_thumbnails_new ();
  FoveaThumbnailSource *source = FOVEA_THUMBNAIL_SOURCE (thumbnails);
  g_autoptr (GListModel) samples = new_samples (2);
  g_autoptr (GdkTexture) old = ui_test_texture (10, 10);
  g_autoptr (GdkTexture) new = ui_test_texture (10, 10);

  fovea_sample_cell_bind (FOVEA_SAMPLE_CELL (cell), get_sample (samples, 0), NULL, source);
  fovea_sample_cell_unbind (FOVEA_SAMPLE_CELL (cell));
  fovea_sample_cell_bind (FOVEA_SAMPLE_CELL (cell), get_sample (samples, 1), NULL, source);
  g_assert_true (fake_thumbnails_was_cancelled (thumbnails, get_sample (samples, 0)));

  fake_thumbnails_answer (thumbnails, get_sample (samples, 0), old);
  ui_test_settle ();
  g_assert_null (get_picture (cell));

  fake_thumbnails_answer (thumbnails, get_sample (samples, 1), new);
  ui_test_settle ();
  g_assert_true (get_picture (cell) == GDK_PAINTABLE (new));

  /* The same sample again: the first wish is still not this one. */
  fovea_sample_cell_bind (FOVEA_SAMPLE_CELL (cell), get_sample (samples, 0), NULL, source);
  fovea_sample_cell_bind (FOVEA_SAMPLE_CELL (cell), get_sample (samples, 0), NULL, source);
  fake_thumbnails_answer (thumbnails, get_sample (samples, 0), old);
  ui_test_settle ();
  g_assert_null (get_picture (cell));
  fake_thumbnails_answer (thumbnails, get_sample (samples, 0), new);
  ui_test_settle ();
  g_assert_true (get_picture (cell) == GDK_PAINTABLE (new));

  /* An answer for a cell that is gone. */
  fovea_sample_cell_bind (FOVEA_SAMPLE_CELL (cell), get_sample (samples, 0), NULL, source);
  fovea_sample_cell_unbind (FOVEA_SAMPLE_CELL (cell));
  fake_thumbnails_answer (thumbnails, get_sample (samples, 0), old);
  ui_test_settle ();

  g_assert_finalize_object (cell);
}

static void
test_broken_and_kept (void)
{
  GtkWidget *cell = g_object_ref_sink (fovea_sample_cell_new ());
  g_autoptr (FakeThumbnails) thumbnails = fake_thumbnails_new ();
  FoveaThumbnailSource *source = FOVEA_THUMBNAIL_SOURCE (thumbnails);
  g_autoptr (GListModel) samples = new_samples (2);
  g_autoptr (GdkTexture) texture = ui_test_texture (10, 10);
  GtkWidget *broken = ui_test_find (cell, GTK_TYPE_IMAGE, 0);

  fovea_sample_cell_bind (FOVEA_SAMPLE_CELL (cell), get_sample (samples, 0), NULL, source);
  g_assert_false (gtk_widget_get_visible (broken));
  fake_thumbnails_answer (thumbnails, get_sample (samples, 0), NULL);
  ui_test_settle ();
  g_assert_true (gtk_widget_get_visible (broken));

  fake_thumbnails_keep (thumbnails, get_sample (samples, 1), texture);
  fovea_sample_cell_bind (FOVEA_SAMPLE_CELL (cell), get_sample (samples, 1), NULL, source);
  g_assert_false (gtk_widget_get_visible (broken));
  g_assert_true (get_picture (cell) == GDK_PAINTABLE (texture));
  g_assert_cmpuint (fake_thumbnails_get_n_asked (thumbnails), ==, 0);

  g_assert_finalize_object (cell);
}

static void
test_text (void)
{
  GtkWidget *cell = g_object_ref_sink (fovea_sample_cell_new ());
  g_autoptr (CnnSample) snake = cnn_sample_new ("/a/b.JPEG", "b.JPEG", 65, NULL);
  g_autoptr (CnnSample) nameless = cnn_sample_new ("/a/c.JPEG", "c.JPEG", CNN_NO_LABEL, "no class in c.xml");
  GtkLabel *label = GTK_LABEL (ui_test_find (cell, GTK_TYPE_LABEL, 0));

  fovea_sample_cell_bind (FOVEA_SAMPLE_CELL (cell), snake, cnn_labels_get_imagenet (), NULL);
  g_assert_cmpstr (gtk_label_get_text (label), ==, "sea snake");
  g_assert_cmpstr (fovea_tooltip_get (cell), ==, "b.JPEG\n65  sea snake");

  fovea_sample_cell_bind (FOVEA_SAMPLE_CELL (cell), snake, NULL, NULL);
  g_assert_cmpstr (gtk_label_get_text (label), ==, "Class 65");

  fovea_sample_cell_bind (FOVEA_SAMPLE_CELL (cell), nameless, cnn_labels_get_imagenet (), NULL);
  g_assert_cmpstr (gtk_label_get_text (label), ==, "c.JPEG");
  g_assert_cmpstr (fovea_tooltip_get (cell), ==, "c.JPEG\nNo class\nno class in c.xml");

  g_assert_finalize_object (cell);
}

static FoveaVerdict
verdict_func (CnnSample *sample,
              gpointer   user_data)
{
  return fovea_verdict_new (cnn_sample_get_label (sample), *(int *) user_data);
}

static void
free_flag (gpointer data)
{
  *(int *) data = -2;
}

static void
test_verdicts (void)
{
  g_autoptr (FoveaSampleGrid) grid = new_grid (2);
  GtkWindow *window = ui_test_window (GTK_WIDGET (grid), 500, 400);
  GtkWidget *cell = ui_test_find (GTK_WIDGET (grid), FOVEA_TYPE_SAMPLE_CELL, 0);
  GtkWidget *mark = ui_test_find (cell, GTK_TYPE_IMAGE, 1);
  int predicted = 0;

  g_assert_false (gtk_widget_get_visible (mark));

  fovea_sample_grid_set_verdict_func (grid, verdict_func, &predicted, free_flag);
  g_assert_true (gtk_widget_get_visible (mark));
  g_assert_true (gtk_widget_has_css_class (mark, "right"));

  predicted = 1;
  fovea_sample_grid_verdicts_changed (grid);
  g_assert_true (gtk_widget_has_css_class (mark, "wrong"));

  fovea_sample_grid_set_verdict_func (grid, NULL, NULL, NULL);
  g_assert_false (gtk_widget_get_visible (mark));
  g_assert_cmpint (predicted, ==, -2);

  ui_test_destroy (window);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  fovea_ui_init ();

  g_test_add_func ("/ui/sample-grid/life", test_life);
  g_test_add_func ("/ui/sample-grid/properties", test_properties);
  g_test_add_func ("/ui/sample-grid/selection-both-ways", test_selection_both_ways);
  g_test_add_func ("/ui/sample-grid/keys", test_keys);
  g_test_add_func ("/ui/sample-grid/keys-from-selected", test_keys_from_selected);
  g_test_add_func ("/ui/sample-grid/many", test_many);
  g_test_add_func ("/ui/sample-grid/verdicts", test_verdicts);
  g_test_add_func ("/ui/sample-cell/recycled", test_recycled_cell);
  g_test_add_func ("/ui/sample-cell/broken-and-kept", test_broken_and_kept);
  g_test_add_func ("/ui/sample-cell/text", test_text);

  return g_test_run ();
}
