#include "fovea-ui.h"

#include "ui/ui-test.h"

static const CnnCrop five_crops[] = {
  { 28, 14, 100, FALSE },
  { 0, 0, 100, FALSE },
  { 56, 0, 100, FALSE },
  { 0, 28, 100, FALSE },
  { 56, 28, 100, FALSE },
};

static FoveaPictureView *
new_view (void)
{
  g_autoptr (GdkTexture) texture = ui_test_texture (156, 128);
  FoveaPictureView *view = g_object_ref_sink (FOVEA_PICTURE_VIEW (fovea_picture_view_new ()));

  fovea_picture_view_set_texture (view, texture);
  fovea_picture_view_set_crops (view, five_crops, G_N_ELEMENTS (five_crops));

  return view;
}

static void
test_life (void)
{
  FoveaPictureView *view = new_view ();
  GtkWindow *window = ui_test_window (GTK_WIDGET (view), 312, 256);

  ui_test_destroy (window);
  g_assert_finalize_object (view);
}

static void
test_properties (void)
{
  g_autoptr (FoveaPictureView) view = new_view ();
  g_autoptr (GdkTexture) texture = ui_test_texture (10, 10);
  guint n_selected = 0, n_texture = 0, n_crops = 0;

  g_signal_connect (view, "notify::selected-crop", G_CALLBACK (ui_test_count_cb), &n_selected);
  g_signal_connect (view, "notify::texture", G_CALLBACK (ui_test_count_cb), &n_texture);
  g_signal_connect (view, "notify::n-crops", G_CALLBACK (ui_test_count_cb), &n_crops);

  fovea_picture_view_set_selected_crop (view, 3);
  fovea_picture_view_set_selected_crop (view, 3);
  g_object_set (view, "texture", texture, NULL);
  g_object_set (view, "texture", texture, NULL);
  fovea_picture_view_set_crops (view, five_crops, 1);
  fovea_picture_view_set_crops (view, five_crops + 1, 1);

  g_assert_cmpuint (n_selected, ==, 1);
  g_assert_cmpuint (n_texture, ==, 1);
  g_assert_cmpuint (n_crops, ==, 1);
  g_assert_cmpint (fovea_picture_view_get_selected_crop (view), ==, 3);
  g_assert_cmpuint (fovea_picture_view_get_n_crops (view), ==, 1);
}

/* At twice the picture's size, with the picture in the middle. */
static void
test_pick (void)
{
  g_autoptr (FoveaPictureView) view = new_view ();
  GtkWindow *window = ui_test_window (GTK_WIDGET (view), 412, 256);
  double left = (gtk_widget_get_width (GTK_WIDGET (view)) - 312) / 2.0;

  g_assert_cmpint (fovea_picture_view_pick_crop (view, left + 10, 10), ==, 1);
  g_assert_cmpint (fovea_picture_view_pick_crop (view, left + 300, 10), ==, 2);
  g_assert_cmpint (fovea_picture_view_pick_crop (view, left + 10, 250), ==, 3);
  g_assert_cmpint (fovea_picture_view_pick_crop (view, left + 300, 250), ==, 4);
  g_assert_cmpint (fovea_picture_view_pick_crop (view, left + 156, 128), ==, 0);
  g_assert_cmpint (fovea_picture_view_pick_crop (view, left - 5, 10), ==, -1);

  ui_test_destroy (window);
}

static void
test_keys (void)
{
  g_autoptr (FoveaPictureView) view = new_view ();
  GtkWindow *window = ui_test_window (GTK_WIDGET (view), 312, 256);

  ui_test_press (GTK_WIDGET (view), GDK_KEY_3);
  g_assert_cmpint (fovea_picture_view_get_selected_crop (view), ==, 2);
  ui_test_press (GTK_WIDGET (view), GDK_KEY_KP_5);
  g_assert_cmpint (fovea_picture_view_get_selected_crop (view), ==, 4);

  /* There is no sixth crop. */
  ui_test_press (GTK_WIDGET (view), GDK_KEY_6);
  g_assert_cmpint (fovea_picture_view_get_selected_crop (view), ==, 4);

  ui_test_destroy (window);
}

/* The selected frame's line has its colour, inside is the picture as it was and
 * outside it is darker. */
static void
test_drawing (void)
{
  g_autoptr (FoveaPictureView) view = new_view ();
  GtkWindow *window = ui_test_window (GTK_WIDGET (view), 312, 256);
  g_autoptr (UiTestShot) plain = NULL;
  g_autoptr (UiTestShot) shot = NULL;
  GdkRGBA color;

  plain = ui_test_shoot (GTK_WIDGET (view));
  fovea_picture_view_set_selected_crop (view, 1);
  shot = ui_test_shoot (GTK_WIDGET (view));
  fovea_crop_get_color (1, &color);

  g_assert_true (ui_test_shot_is (shot, 1, 80, &color));
  g_assert_false (ui_test_shot_is (plain, 2, 80, &color));
  g_assert_cmpuint (ui_test_shot_get (shot, 40, 80), ==, ui_test_shot_get (plain, 40, 80));
  g_assert_cmpuint (ui_test_shot_brightness (shot, 220, 220), <,
                    ui_test_shot_brightness (plain, 220, 220));

  ui_test_destroy (window);
}

/* Ten crops lie at five places; the mirrored ones share the frames. */
static void
test_mirrored (void)
{
  g_autoptr (FoveaPictureView) view = new_view ();
  GtkWindow *window = ui_test_window (GTK_WIDGET (view), 312, 256);
  CnnCrop ten[CNN_MAX_CROPS];

  for (guint i = 0; i < CNN_MAX_CROPS; i++)
    ten[i] = five_crops[i % G_N_ELEMENTS (five_crops)];
  fovea_picture_view_set_crops (view, ten, CNN_MAX_CROPS);

  ui_test_press (GTK_WIDGET (view), GDK_KEY_0);
  g_assert_cmpint (fovea_picture_view_get_selected_crop (view), ==, 9);
  g_assert_cmpint (fovea_picture_view_pick_crop (view, 300, 250), ==, 4);

  ui_test_destroy (window);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  fovea_ui_init ();

  g_test_add_func ("/ui/picture-view/life", test_life);
  g_test_add_func ("/ui/picture-view/properties", test_properties);
  g_test_add_func ("/ui/picture-view/pick", test_pick);
  g_test_add_func ("/ui/picture-view/keys", test_keys);
  g_test_add_func ("/ui/picture-view/drawing", test_drawing);
  g_test_add_func ("/ui/picture-view/mirrored", test_mirrored);

  return g_test_run ();
}
