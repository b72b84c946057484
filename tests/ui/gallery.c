/* A look at the widgets with made-up data, for people who change them:
 *
 *     gallery PAGE [WIDTH HEIGHT] [dark]
 */

#include <math.h>
#include <stdlib.h>

#include <adwaita.h>

#include "fovea-ui.h"

#define N_CLASSES 1000

typedef GtkWidget *(*PageFunc) (void);

/* Drawn pictures */

/* A landscape of its own for each number: sky, sun, hills. */
static GdkTexture *
draw_picture (guint number,
              int   width,
              int   height)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);
  double hue = fmod (number * 0.618, 1);
  double s = MIN (width, height);
  g_autoptr (GBytes) bytes = NULL;
  GdkTexture *texture;
  cairo_pattern_t *sky = cairo_pattern_create_linear (0, 0, 0, height);
  float r, g, b;

  gtk_hsv_to_rgb (hue, 0.55, 0.95, &r, &g, &b);
  cairo_pattern_add_color_stop_rgb (sky, 0, r, g, b);
  gtk_hsv_to_rgb (fmod (hue + 0.12, 1), 0.3, 1, &r, &g, &b);
  cairo_pattern_add_color_stop_rgb (sky, 1, r, g, b);
  cairo_set_source (cr, sky);
  cairo_paint (cr);
  cairo_pattern_destroy (sky);

  cairo_set_source_rgba (cr, 1, 1, 0.85, 0.9);
  cairo_arc (cr, width * fmod (0.2 + number * 0.37, 0.9), height * 0.3, s * 0.12, 0, 2 * G_PI);
  cairo_fill (cr);

  for (int hill = 0; hill < 3; hill++)
    {
      gtk_hsv_to_rgb (fmod (hue + 0.4 + hill * 0.05, 1), 0.5, 0.62 - 0.16 * hill, &r, &g, &b);
      cairo_set_source_rgb (cr, r, g, b);
      cairo_move_to (cr, 0, height);
      for (int x = 0; x <= width; x++)
        cairo_line_to (cr, x, height * (0.5 + 0.14 * hill) +
                              s * 0.08 * sin (x / s * (4 + hill) + number * 1.7 + hill * 2));
      cairo_line_to (cr, width, height);
      cairo_fill (cr);
    }

  cairo_surface_flush (surface);
  bytes = g_bytes_new (cairo_image_surface_get_data (surface),
                       (gsize) cairo_image_surface_get_stride (surface) * height);
  texture = gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes,
                                    cairo_image_surface_get_stride (surface));
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  return texture;
}

/* Thumbnails of drawn pictures */

#define GALLERY_TYPE_THUMBNAILS (gallery_thumbnails_get_type ())
G_DECLARE_FINAL_TYPE (GalleryThumbnails, gallery_thumbnails, GALLERY, THUMBNAILS, GObject)

struct _GalleryThumbnails
{
  GObject parent_instance;
};

static void thumbnail_source_iface_init (FoveaThumbnailSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GalleryThumbnails, gallery_thumbnails, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FOVEA_TYPE_THUMBNAIL_SOURCE,
                                                      thumbnail_source_iface_init))

static void
draw_thumbnail (GTask        *task,
                gpointer      source,
                gpointer      sample,
                GCancellable *cancellable)
{
  guint number = strtoul (cnn_sample_get_name (sample), NULL, 10);

  if (g_task_return_error_if_cancelled (task))
    return;

  if (number % 17 == 11)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "broken on purpose");
  else
    g_task_return_pointer (task, draw_picture (number, 200, 150), g_object_unref);
}

static void
gallery_thumbnails_load_async (FoveaThumbnailSource *source,
                               CnnSample            *sample,
                               int                   size,
                               GCancellable         *cancellable,
                               GAsyncReadyCallback   callback,
                               gpointer              user_data)
{
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, user_data);

  /* Number 3 never comes, to show the empty place. */
  if (g_str_has_prefix (cnn_sample_get_name (sample), "00003"))
    return;

  g_task_set_task_data (task, g_object_ref (sample), g_object_unref);
  g_task_run_in_thread (task, draw_thumbnail);
}

static GdkTexture *
gallery_thumbnails_load_finish (FoveaThumbnailSource *source,
                                GAsyncResult         *result,
                                GError              **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
thumbnail_source_iface_init (FoveaThumbnailSourceInterface *iface)
{
  iface->load_async = gallery_thumbnails_load_async;
  iface->load_finish = gallery_thumbnails_load_finish;
}

static void
gallery_thumbnails_class_init (GalleryThumbnailsClass *klass)
{
}

static void
gallery_thumbnails_init (GalleryThumbnails *self)
{
}

/* Pages */

static CnnPrediction *
make_prediction (guint n_crops)
{
  g_autoptr (CnnTensor) logits = cnn_tensor_new (&CNN_SHAPE_2 (n_crops, N_CLASSES));
  float *data = cnn_tensor_get_mutable_data (logits);

  for (guint crop = 0; crop < n_crops; crop++)
    {
      float *row = data + crop * N_CLASSES;

      for (guint i = 0; i < N_CLASSES; i++)
        row[i] = 3 * sin (i * 0.7 + crop);
      row[65] = 11 - crop;
      row[62] = 9.4;
      row[52] = 8 + 1.2 * crop;
      row[986] = 7.1;
    }

  return cnn_prediction_new (logits);
}

static GtkWidget *
make_picture_view (void)
{
  static const CnnCrop crops[] = {
    { 98, 28, 224, FALSE },
    { 0, 0, 224, FALSE },
    { 196, 0, 224, FALSE },
    { 0, 56, 224, FALSE },
    { 196, 56, 224, FALSE },
  };
  g_autoptr (GdkTexture) texture = draw_picture (4, 420, 280);
  GtkWidget *view = fovea_picture_view_new ();

  fovea_picture_view_set_texture (FOVEA_PICTURE_VIEW (view), texture);
  fovea_picture_view_set_crops (FOVEA_PICTURE_VIEW (view), crops, G_N_ELEMENTS (crops));
  fovea_picture_view_set_selected_crop (FOVEA_PICTURE_VIEW (view), 1);

  return view;
}

static FoveaVerdict
get_verdict (CnnSample *sample,
             gpointer   unused)
{
  return strtoul (cnn_sample_get_name (sample), NULL, 10) % 3;
}

static GtkWidget *
make_sample_grid (void)
{
  GtkWidget *grid = fovea_sample_grid_new ();
  g_autoptr (GListStore) samples = g_list_store_new (CNN_TYPE_SAMPLE);
  g_autoptr (FoveaThumbnailSource) source = g_object_new (GALLERY_TYPE_THUMBNAILS, NULL);

  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *name = g_strdup_printf ("%05u.JPEG", i);
      g_autoptr (CnnSample) sample =
        cnn_sample_new (name, name, i % 13 == 7 ? CNN_NO_LABEL : (int) (i * 37 % N_CLASSES), NULL);

      g_list_store_append (samples, sample);
    }

  fovea_sample_grid_set_labels (FOVEA_SAMPLE_GRID (grid), cnn_labels_get_imagenet ());
  fovea_sample_grid_set_thumbnail_source (FOVEA_SAMPLE_GRID (grid), source);
  fovea_sample_grid_set_model (FOVEA_SAMPLE_GRID (grid), G_LIST_MODEL (samples));
  fovea_sample_grid_set_verdict_func (FOVEA_SAMPLE_GRID (grid), get_verdict, NULL, NULL);
  fovea_sample_grid_set_selected (FOVEA_SAMPLE_GRID (grid), 5);

  return grid;
}

static CnnPrepared *
make_prepared (CnnCropMode mode)
{
  g_autoptr (GdkTexture) texture = draw_picture (4, 420, 280);
  g_autofree guint8 *pixels = g_malloc (420 * 280 * 4);
  g_autofree guint8 *rgb = g_malloc (420 * 280 * 3);
  g_autoptr (CnnImage) image = NULL;

  gdk_texture_download (texture, pixels, 420 * 4);
  for (guint i = 0; i < 420 * 280; i++)
    {
      guint32 pixel = ((guint32 *) pixels)[i];

      rgb[3 * i] = pixel >> 16;
      rgb[3 * i + 1] = pixel >> 8;
      rgb[3 * i + 2] = pixel;
    }
  image = cnn_image_new (420, 280, rgb);

  return cnn_prepared_new (image, cnn_recipe_get_preset ("homework"), mode, NULL);
}

static GtkWidget *
make_crop_strip (CnnCropMode mode,
                 gboolean    answered,
                 int         true_label)
{
  GtkWidget *strip = fovea_crop_strip_new ();
  g_autoptr (CnnPrepared) prepared = make_prepared (mode);
  g_autoptr (CnnPrediction) prediction = make_prediction (cnn_prepared_get_n_crops (prepared));

  gtk_widget_set_valign (strip, GTK_ALIGN_START);
  fovea_crop_strip_set_labels (FOVEA_CROP_STRIP (strip), cnn_labels_get_imagenet ());
  fovea_crop_strip_set_true_label (FOVEA_CROP_STRIP (strip), true_label);
  fovea_crop_strip_set_prepared (FOVEA_CROP_STRIP (strip), prepared);
  if (answered)
    fovea_crop_strip_set_prediction (FOVEA_CROP_STRIP (strip), prediction);

  return strip;
}

static GtkWidget *
make_crop_strip_five (void)
{
  return make_crop_strip (CNN_CROPS_FIVE, TRUE, 52);
}

static GtkWidget *
make_crop_strip_ten (void)
{
  return make_crop_strip (CNN_CROPS_TEN, TRUE, 65);
}

static GtkWidget *
make_crop_strip_one (void)
{
  return make_crop_strip (CNN_CROPS_CENTER, TRUE, CNN_NO_LABEL);
}

static GtkWidget *
make_crop_strip_waiting (void)
{
  return make_crop_strip (CNN_CROPS_FIVE, FALSE, 52);
}

static GtkWidget *
make_top_list (void)
{
  GtkWidget *list = fovea_top_list_new ();
  g_autoptr (CnnPrediction) prediction = make_prediction (5);

  fovea_top_list_set_labels (FOVEA_TOP_LIST (list), cnn_labels_get_imagenet ());
  fovea_top_list_set_true_label (FOVEA_TOP_LIST (list), 62);
  fovea_top_list_set_prediction (FOVEA_TOP_LIST (list), prediction);

  return list;
}

static GtkWidget *
make_top_list_wrong (void)
{
  GtkWidget *list = make_top_list ();

  fovea_top_list_set_true_label (FOVEA_TOP_LIST (list), 417);

  return list;
}

static GtkWidget *
make_top_list_waiting (void)
{
  return fovea_top_list_new ();
}

/* All of them as on a page, tied to one selection. */
static GtkWidget *
make_together (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *view = make_picture_view ();
  GtkWidget *strip = make_crop_strip_five ();
  GtkWidget *list = make_top_list ();

  gtk_widget_set_vexpand (view, TRUE);
  g_object_bind_property (view, "selected-crop", strip, "selected-crop",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  g_object_bind_property (strip, "selected-crop", list, "crop", G_BINDING_SYNC_CREATE);
  gtk_box_append (GTK_BOX (box), view);
  gtk_box_append (GTK_BOX (box), strip);
  gtk_box_append (GTK_BOX (box), list);

  return box;
}

static GtkWidget *
make_scrolled (GtkWidget *child)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new ();

  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 900);
  adw_clamp_set_child (ADW_CLAMP (clamp), child);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp);

  return scrolled;
}

static GtkWidget *
make_sizes_lesson (void)
{
  return make_scrolled (fovea_sizes_lesson_new ());
}

static GtkWidget *
make_sizes_lesson_impossible (void)
{
  GtkWidget *lesson = fovea_sizes_lesson_new ();
  CnnSizesLesson settings;

  cnn_sizes_lesson_init (&settings);
  settings.kernel = 20;
  fovea_sizes_lesson_set_settings (FOVEA_SIZES_LESSON (lesson), &settings);

  return make_scrolled (lesson);
}

static GtkWidget *
make_sizes_lesson_large (void)
{
  GtkWidget *lesson = fovea_sizes_lesson_new ();
  const CnnSizesLesson settings = { 224, 3, 64, 7, 2, 3, 3, 2 };

  fovea_sizes_lesson_set_settings (FOVEA_SIZES_LESSON (lesson), &settings);

  return make_scrolled (lesson);
}

static GtkWidget *
make_backprop_lesson (void)
{
  return make_scrolled (fovea_backprop_lesson_new ());
}

static const struct
{
  const char *name;
  PageFunc make;
} pages[] = {
  { "together", make_together },
  { "picture-view", make_picture_view },
  { "crop-strip", make_crop_strip_five },
  { "crop-strip-ten", make_crop_strip_ten },
  { "crop-strip-one", make_crop_strip_one },
  { "crop-strip-waiting", make_crop_strip_waiting },
  { "sample-grid", make_sample_grid },
  { "top-list", make_top_list },
  { "top-list-wrong", make_top_list_wrong },
  { "top-list-waiting", make_top_list_waiting },
  { "sizes-lesson", make_sizes_lesson },
  { "sizes-lesson-impossible", make_sizes_lesson_impossible },
  { "sizes-lesson-large", make_sizes_lesson_large },
  { "backprop-lesson", make_backprop_lesson },
};

static GtkWidget *
make_page (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    if (g_strcmp0 (pages[i].name, name) == 0)
      return pages[i].make ();

  g_printerr ("usage: gallery PAGE [WIDTH HEIGHT] [dark]\npages:");
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    g_printerr (" %s", pages[i].name);
  g_printerr ("\n");
  exit (2);
}

int
main (int   argc,
      char *argv[])
{
  gboolean sized = argc > 3;
  gboolean dark = argc > 1 && g_str_equal (argv[argc - 1], "dark");
  GtkWidget *window, *page;

  adw_init ();
  fovea_ui_init ();
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);

  page = make_page (argc > 1 ? argv[1] : NULL);
  if (!FOVEA_IS_SAMPLE_GRID (page))
    {
      gtk_widget_set_margin_top (page, 18);
      gtk_widget_set_margin_bottom (page, 18);
      gtk_widget_set_margin_start (page, 18);
      gtk_widget_set_margin_end (page, 18);
    }

  window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (window),
                               sized ? atoi (argv[2]) : 900, sized ? atoi (argv[3]) : 640);
  adw_window_set_content (ADW_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));

  while (g_list_model_get_n_items (gtk_window_get_toplevels ()) > 0)
    g_main_context_iteration (NULL, TRUE);

  return 0;
}
