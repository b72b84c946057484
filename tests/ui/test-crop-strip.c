#include "fovea-ui.h"

#include "fovea-crop-card.h"
#include "ui/ui-test.h"

#define N_CLASSES 10

static CnnPrepared *
new_prepared (CnnCropMode mode)
{
  g_autofree guint8 *pixels = g_malloc (300 * 280 * 3);
  g_autoptr (CnnImage) image = NULL;
  g_autoptr (GError) error = NULL;
  CnnPrepared *prepared;

  for (guint i = 0; i < 300 * 280; i++)
    {
      pixels[3 * i] = i % 300 * 255 / 300;
      pixels[3 * i + 1] = i / 300 * 255 / 280;
      pixels[3 * i + 2] = 128;
    }
  image = cnn_image_new (300, 280, pixels);
  prepared = cnn_prepared_new (image, cnn_recipe_get_preset ("homework"), mode, &error);
  g_assert_no_error (error);

  return prepared;
}

/* Each crop holds the class of its own number for the likeliest; the mean does
 * so for the first. */
static CnnPrediction *
new_prediction (guint n_crops)
{
  g_autoptr (CnnTensor) logits = cnn_tensor_new (&CNN_SHAPE_2 (n_crops, N_CLASSES));
  float *data = cnn_tensor_get_mutable_data (logits);

  for (guint i = 0; i < n_crops; i++)
    data[i * N_CLASSES + i] = i == 0 ? 9 : 3;

  return cnn_prediction_new (logits);
}

static FoveaCropStrip *
new_strip (CnnCropMode mode)
{
  FoveaCropStrip *strip = g_object_ref_sink (FOVEA_CROP_STRIP (fovea_crop_strip_new ()));
  g_autoptr (CnnPrepared) prepared = new_prepared (mode);

  fovea_crop_strip_set_labels (strip, cnn_labels_get_imagenet ());
  fovea_crop_strip_set_prepared (strip, prepared);

  return strip;
}

static GtkWidget *
get_card (FoveaCropStrip *strip,
          guint           nth)
{
  return ui_test_find (GTK_WIDGET (strip), FOVEA_TYPE_CROP_CARD, nth);
}

static gboolean
is_selected (FoveaCropStrip *strip,
             guint           nth)
{
  return gtk_flow_box_child_is_selected (GTK_FLOW_BOX_CHILD (get_card (strip, nth)));
}

/* Labels of a card, in the order of its template. */
enum { TITLE, CLASS, PERCENT, VERDICT };

static const char *
get_text (FoveaCropStrip *strip,
          guint           nth_card,
          guint           nth_label)
{
  return gtk_label_get_text (GTK_LABEL (ui_test_find (get_card (strip, nth_card),
                                                      GTK_TYPE_LABEL, nth_label)));
}

static gboolean
has_verdict (FoveaCropStrip *strip,
             guint           nth_card)
{
  GtkWidget *label = ui_test_find (get_card (strip, nth_card), GTK_TYPE_LABEL, VERDICT);

  return gtk_widget_get_visible (gtk_widget_get_parent (label));
}

static void
test_life (void)
{
  FoveaCropStrip *strip = new_strip (CNN_CROPS_FIVE);
  g_autoptr (CnnPrediction) prediction = new_prediction (5);
  GtkWindow *window = ui_test_window (GTK_WIDGET (strip), 400, 300);

  fovea_crop_strip_set_prediction (strip, prediction);
  ui_test_destroy (window);

  g_assert_finalize_object (strip);
}

static void
test_properties (void)
{
  static const char *const names[] = {
    "prepared", "prediction", "labels", "true-label", "selected-crop",
  };
  g_autoptr (FoveaCropStrip) strip = g_object_ref_sink (FOVEA_CROP_STRIP (fovea_crop_strip_new ()));
  g_autoptr (CnnPrepared) prepared = new_prepared (CNN_CROPS_FIVE);
  g_autoptr (CnnPrediction) prediction = new_prediction (5);
  guint counts[G_N_ELEMENTS (names)] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *signal = g_strconcat ("notify::", names[i], NULL);

      g_signal_connect (strip, signal, G_CALLBACK (ui_test_count_cb), &counts[i]);
    }

  for (guint i = 0; i < 2; i++)
    g_object_set (strip,
                  "prepared", prepared,
                  "prediction", prediction,
                  "labels", cnn_labels_get_imagenet (),
                  "true-label", 3,
                  "selected-crop", 2,
                  NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpuint (counts[i], ==, 1);
}

static void
test_answers (void)
{
  g_autoptr (FoveaCropStrip) strip = new_strip (CNN_CROPS_FIVE);
  g_autoptr (CnnPrediction) prediction = new_prediction (5);
  g_autoptr (CnnPrediction) stale = new_prediction (1);

  g_assert_cmpstr (get_text (strip, 0, TITLE), ==, "Centre");
  g_assert_cmpstr (get_text (strip, 4, TITLE), ==, "Bottom right");
  g_assert_cmpstr (get_text (strip, 5, TITLE), ==, "Mean of five");
  g_assert_null (get_card (strip, 6));
  g_assert_cmpstr (get_text (strip, 0, CLASS), ==, "…");

  /* One that belongs to another number of crops is no answer. */
  fovea_crop_strip_set_prediction (strip, stale);
  g_assert_cmpstr (get_text (strip, 0, CLASS), ==, "…");

  fovea_crop_strip_set_prediction (strip, prediction);
  g_assert_cmpstr (get_text (strip, 0, CLASS), ==, "tench");
  g_assert_cmpstr (get_text (strip, 1, CLASS), ==, "goldfish");
  g_assert_cmpstr (get_text (strip, 5, CLASS), ==, "tench");
  g_assert_cmpstr (get_text (strip, 0, PERCENT), ==, "99.9 %");
  g_assert_false (has_verdict (strip, 0));

  fovea_crop_strip_set_true_label (strip, 1);
  g_assert_cmpstr (get_text (strip, 0, VERDICT), ==, "Wrong");
  g_assert_cmpstr (get_text (strip, 1, VERDICT), ==, "Right");
  g_assert_true (has_verdict (strip, 1));

  fovea_crop_strip_set_prepared (strip, NULL);
  g_assert_cmpstr (get_text (strip, 1, CLASS), ==, "…");
  g_assert_nonnull (get_card (strip, 5));
}

static void
test_modes (void)
{
  g_autoptr (FoveaCropStrip) strip = new_strip (CNN_CROPS_TEN);
  g_autoptr (CnnPrepared) one = new_prepared (CNN_CROPS_CENTER);

  g_assert_cmpstr (get_text (strip, 10, TITLE), ==, "Mean of ten");
  fovea_crop_strip_set_selected_crop (strip, 9);
  g_assert_true (is_selected (strip, 9));

  /* A single crop is its own mean; a crop that is no more gives way to it. */
  fovea_crop_strip_set_prepared (strip, one);
  g_assert_null (get_card (strip, 1));
  g_assert_cmpint (fovea_crop_strip_get_selected_crop (strip), ==, 0);
  g_assert_true (is_selected (strip, 0));
  fovea_crop_strip_set_selected_crop (strip, CNN_MEAN_OF_CROPS);
  g_assert_true (is_selected (strip, 0));
}

static void
test_keys (void)
{
  g_autoptr (FoveaCropStrip) strip = new_strip (CNN_CROPS_FIVE);
  GtkWindow *window = ui_test_window (GTK_WIDGET (strip), 400, 300);
  GtkWidget *flow_box = ui_test_find (GTK_WIDGET (strip), GTK_TYPE_FLOW_BOX, 0);

  g_assert_cmpint (fovea_crop_strip_get_selected_crop (strip), ==, CNN_MEAN_OF_CROPS);
  g_assert_true (is_selected (strip, 5));
  gtk_widget_grab_focus (GTK_WIDGET (strip));

  ui_test_press (flow_box, GDK_KEY_Left);
  g_assert_cmpint (fovea_crop_strip_get_selected_crop (strip), ==, 4);
  g_assert_true (is_selected (strip, 4));
  ui_test_press (flow_box, GDK_KEY_Home);
  g_assert_cmpint (fovea_crop_strip_get_selected_crop (strip), ==, 0);
  ui_test_press (flow_box, GDK_KEY_Right);
  g_assert_cmpint (fovea_crop_strip_get_selected_crop (strip), ==, 1);

  ui_test_destroy (window);
}

/* Strip and picture, one selection. */
static void
test_selection_both_ways (void)
{
  g_autoptr (FoveaCropStrip) strip = new_strip (CNN_CROPS_FIVE);
  g_autoptr (GtkWidget) view = g_object_ref_sink (fovea_picture_view_new ());
  GtkWindow *window = ui_test_window (GTK_WIDGET (strip), 300, 300);

  g_object_bind_property (view, "selected-crop", strip, "selected-crop", G_BINDING_BIDIRECTIONAL);

  fovea_picture_view_set_selected_crop (FOVEA_PICTURE_VIEW (view), 0);
  g_assert_true (is_selected (strip, 0));

  fovea_crop_strip_set_selected_crop (strip, 4);
  g_assert_cmpint (fovea_picture_view_get_selected_crop (FOVEA_PICTURE_VIEW (view)), ==, 4);

  ui_test_destroy (window);
}

/* Every card is in sight, however narrow the strip. */
static void
test_lines (void)
{
  static const struct { int width; guint n_lines; } cases[] = { { 240, 6 }, { 420, 3 }, { 1300, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FoveaCropStrip) strip = new_strip (CNN_CROPS_FIVE);
      GtkWindow *window = ui_test_window (GTK_WIDGET (strip), cases[i].width, 400);
      GtkWidget *flow_box = ui_test_find (GTK_WIDGET (strip), GTK_TYPE_FLOW_BOX, 0);
      guint n_lines = 0;
      double line = -1;

      for (guint card = 0; card < 6; card++)
        {
          GtkWidget *child = GTK_WIDGET (gtk_flow_box_get_child_at_index (GTK_FLOW_BOX (flow_box), card));
          graphene_rect_t bounds;

          g_assert_true (gtk_widget_compute_bounds (child, GTK_WIDGET (strip), &bounds));
          g_assert_cmpfloat (bounds.origin.x, >=, 0);
          g_assert_cmpfloat (bounds.origin.x + bounds.size.width, <=, cases[i].width);
          if (bounds.origin.y > line)
            n_lines++;
          line = bounds.origin.y;
        }
      g_assert_cmpuint (n_lines, ==, cases[i].n_lines);

      ui_test_destroy (window);
    }
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  fovea_ui_init ();

  g_test_add_func ("/ui/crop-strip/life", test_life);
  g_test_add_func ("/ui/crop-strip/properties", test_properties);
  g_test_add_func ("/ui/crop-strip/answers", test_answers);
  g_test_add_func ("/ui/crop-strip/modes", test_modes);
  g_test_add_func ("/ui/crop-strip/keys", test_keys);
  g_test_add_func ("/ui/crop-strip/selection-both-ways", test_selection_both_ways);
  g_test_add_func ("/ui/crop-strip/lines", test_lines);

  return g_test_run ();
}
