#define G_LOG_DOMAIN "fovea-picture-pane"

#include "config.h"

#include "fovea-picture-pane.h"

#include <glib/gi18n.h>

#include "fovea-pane-layout.h"
#include "fovea-ui.h"

/* Two cards of crops fit beside each other, in pixels. */
#define NATURAL_WIDTH 450

struct _FoveaPicturePane
{
  AdwBin parent_instance;

  /* Whether it is the session that changes what widgets show, not a person. */
  gboolean showing;

  /* Owned. */
  FoveaSession *session;

  /* Template widgets. */
  GtkStack *stack;
  GtkLabel *class_label;
  GtkLabel *file_label;
  GtkLabel *size_label;
  GtkWidget *inside_button;
  GtkStack *picture_stack;
  FoveaPictureView *picture_view;
  FoveaCropStrip *crop_strip;
  AdwStatusPage *picture_problem;
  GtkStack *answer_stack;
  FoveaTopList *top_list;
  GtkLabel *answer_problem;
};

G_DEFINE_FINAL_TYPE (FoveaPicturePane, fovea_picture_pane, ADW_TYPE_BIN)

enum
{
  SIGNAL_LOOK_INSIDE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static GdkTexture *
new_texture (CnnImage *image)
{
  g_autoptr (GBytes) bytes = cnn_image_dup_bytes (image);
  guint width = cnn_image_get_width (image);

  return gdk_memory_texture_new (width, cnn_image_get_height (image), GDK_MEMORY_R8G8B8,
                                 bytes, (gsize) width * 3);
}

/* ---- The picture ---- */

/* How large the picture was and is now. */
static char *
dup_size (CnnPrepared *prepared)
{
  CnnImage *image, *resized;

  if (prepared == NULL)
    return g_strdup ("");

  image = cnn_prepared_get_image (prepared);
  resized = cnn_prepared_get_resized (prepared);

  /* Translators: a picture's size and that after resizing, in pixels */
  return g_strdup_printf (_("%u × %u → %u × %u"),
                          cnn_image_get_width (image), cnn_image_get_height (image),
                          cnn_image_get_width (resized), cnn_image_get_height (resized));
}

static void
update_heading (FoveaPicturePane *self)
{
  CnnSample *sample = fovea_session_get_sample (self->session);
  CnnLabels *labels = fovea_session_get_labels (self->session);
  g_autofree char *class_name = NULL;
  g_autofree char *file_name = NULL;
  g_autofree char *size = NULL;
  const char *tooltip;
  int label;

  if (sample == NULL)
    return;

  label = cnn_sample_get_label (sample);
  if (label >= 0 && (guint) label < cnn_labels_get_size (labels))
    {
      class_name = cnn_labels_dup_short_name (labels, label);
      tooltip = cnn_labels_get_name (labels, label);
    }
  else
    {
      class_name = g_strdup (_("Unknown class"));
      tooltip = cnn_sample_get_problem (sample);
    }
  gtk_label_set_label (self->class_label, class_name);
  fovea_tooltip_set (GTK_WIDGET (self->class_label), tooltip);

  file_name = g_filename_display_name (cnn_sample_get_name (sample));
  gtk_label_set_label (self->file_label, file_name);
  size = dup_size (fovea_session_get_prepared (self->session));
  gtk_label_set_label (self->size_label, size);
}

static void
update_picture (FoveaPicturePane *self)
{
  CnnPrepared *prepared = fovea_session_get_prepared (self->session);
  const char *problem = fovea_session_get_picture_problem (self->session);
  CnnCrop crops[CNN_MAX_CROPS];
  g_autoptr (GdkTexture) texture = NULL;
  guint n_crops = 0;

  if (prepared != NULL)
    {
      texture = new_texture (cnn_prepared_get_resized (prepared));
      n_crops = cnn_prepared_get_n_crops (prepared);
      for (guint i = 0; i < n_crops; i++)
        crops[i] = *cnn_prepared_get_crop (prepared, i);
    }

  fovea_picture_view_set_texture (self->picture_view, texture);
  fovea_picture_view_set_crops (self->picture_view, crops, n_crops);
  fovea_crop_strip_set_prepared (self->crop_strip, prepared);

  if (problem != NULL)
    {
      g_autofree char *escaped = g_markup_escape_text (problem, -1);

      adw_status_page_set_description (self->picture_problem, escaped);
    }
  gtk_stack_set_visible_child_name (self->picture_stack, problem != NULL ? "problem" : "picture");
  gtk_stack_set_visible_child_name (self->stack,
                                    prepared != NULL || problem != NULL ? "picture" : "empty");
}

/* ---- The answer ---- */

static const char *
get_answer_page (FoveaPicturePane *self)
{
  if (fovea_session_get_picture_problem (self->session) != NULL)
    return "nothing";
  if (fovea_session_get_answer_problem (self->session) != NULL)
    return "problem";
  if (fovea_session_get_network (self->session) == NULL)
    return "no-model";

  return "answer";
}

static void
update_answer (FoveaPicturePane *self)
{
  CnnPrediction *prediction = fovea_session_get_prediction (self->session);
  CnnLabels *labels = fovea_session_get_answer_labels (self->session);
  CnnSample *sample = fovea_session_get_sample (self->session);
  const char *problem = fovea_session_get_answer_problem (self->session);
  int true_label = sample != NULL && labels != NULL ? cnn_sample_get_label (sample) : CNN_NO_LABEL;

  fovea_crop_strip_set_labels (self->crop_strip, labels);
  fovea_crop_strip_set_true_label (self->crop_strip, true_label);
  fovea_crop_strip_set_prediction (self->crop_strip, prediction);

  fovea_top_list_set_labels (self->top_list, labels);
  fovea_top_list_set_true_label (self->top_list, true_label);
  fovea_top_list_set_prediction (self->top_list, prediction);

  gtk_label_set_label (self->answer_problem, problem != NULL ? problem : "");
  gtk_stack_set_visible_child_name (self->answer_stack, get_answer_page (self));
}

/* ---- What the session tells ---- */

static void
show_crop (FoveaPicturePane *self)
{
  int crop = fovea_session_get_crop (self->session);

  fovea_picture_view_set_selected_crop (self->picture_view, crop);
  fovea_crop_strip_set_selected_crop (self->crop_strip, crop);
  fovea_top_list_set_crop (self->top_list, crop);
}

/* What was found belongs together, and is shown together: the session tells of
 * all of it at once. */
static void
findings_cb (FoveaPicturePane *self)
{
  self->showing = TRUE;
  update_heading (self);
  update_picture (self);
  update_answer (self);
  show_crop (self);
  self->showing = FALSE;
}

static void
answer_cb (FoveaPicturePane *self)
{
  self->showing = TRUE;
  update_answer (self);
  self->showing = FALSE;
}

static void
crop_cb (FoveaPicturePane *self)
{
  self->showing = TRUE;
  show_crop (self);
  self->showing = FALSE;
}

/* ---- What people do ---- */

static void
crop_selected_cb (GtkWidget        *widget,
                  GParamSpec       *pspec,
                  FoveaPicturePane *self)
{
  int crop;

  g_object_get (widget, "selected-crop", &crop, NULL);

  /* While crops come and go, a widget may fall back to the mean; what people
   * chose stays chosen. */
  if (!self->showing)
    fovea_session_set_crop (self->session, crop);
}

static void
inside_clicked_cb (FoveaPicturePane *self)
{
  g_signal_emit (self, signals[SIGNAL_LOOK_INSIDE], 0);
}

/* ---- Being an object ---- */

static void
fovea_picture_pane_dispose (GObject *object)
{
  FoveaPicturePane *self = FOVEA_PICTURE_PANE (object);

  g_clear_object (&self->session);

  G_OBJECT_CLASS (fovea_picture_pane_parent_class)->dispose (object);
}

static void
fovea_picture_pane_class_init (FoveaPicturePaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fovea_picture_pane_dispose;

  /**
   * FoveaPicturePane::look-inside:
   *
   * Someone wants to see the layers.
   */
  signals[SIGNAL_LOOK_INSIDE] =
    g_signal_new ("look-inside", FOVEA_TYPE_PICTURE_PANE, G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/fovea-picture-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaPicturePane, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaPicturePane, class_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaPicturePane, file_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaPicturePane, size_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaPicturePane, inside_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaPicturePane, picture_stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaPicturePane, picture_view);
  gtk_widget_class_bind_template_child (widget_class, FoveaPicturePane, crop_strip);
  gtk_widget_class_bind_template_child (widget_class, FoveaPicturePane, picture_problem);
  gtk_widget_class_bind_template_child (widget_class, FoveaPicturePane, answer_stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaPicturePane, top_list);
  gtk_widget_class_bind_template_child (widget_class, FoveaPicturePane, answer_problem);
  gtk_widget_class_bind_template_callback (widget_class, crop_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, inside_clicked_cb);
}

static void
fovea_picture_pane_init (FoveaPicturePane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_layout_manager (GTK_WIDGET (self),
                                 fovea_pane_layout_new (NATURAL_WIDTH));
}

/**
 * fovea_picture_pane_set_session:
 * @self: a pane without a session
 * @session: the session whose picture it shows
 */
void
fovea_picture_pane_set_session (FoveaPicturePane *self,
                                FoveaSession     *session)
{
  const char *findings[] = { "notify::prepared", "notify::picture-problem" };
  const char *answers[] = { "notify::prediction", "notify::answer-problem", "notify::network" };

  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  for (gsize i = 0; i < G_N_ELEMENTS (findings); i++)
    g_signal_connect_object (session, findings[i], G_CALLBACK (findings_cb), self, G_CONNECT_SWAPPED);
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    g_signal_connect_object (session, answers[i], G_CALLBACK (answer_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::crop", G_CALLBACK (crop_cb), self, G_CONNECT_SWAPPED);

  findings_cb (self);
}

/**
 * fovea_picture_pane_set_narrow:
 * @self: a pane
 * @narrow: whether the layers are not beside it, so that a button must lead there
 */
void
fovea_picture_pane_set_narrow (FoveaPicturePane *self,
                               gboolean          narrow)
{
  gtk_widget_set_visible (self->inside_button, narrow);
}

/* The answer in words, a line for each class. */
static char *
dup_answer_text (FoveaPicturePane *self)
{
  CnnPrediction *prediction = fovea_session_get_prediction (self->session);
  CnnLabels *labels = fovea_session_get_answer_labels (self->session);
  GString *text = g_string_new (NULL);
  CnnRanked top[FOVEA_TOP_LIST_SIZE];
  guint n;

  g_string_append_printf (text, "%s\n", gtk_label_get_label (self->file_label));
  if (prediction == NULL)
    return g_string_free (text, FALSE);

  n = cnn_prediction_get_top (prediction, fovea_session_get_crop (self->session),
                              top, G_N_ELEMENTS (top));
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%u %s\t%.2f %%\n", top[i].index,
                            labels != NULL ? cnn_labels_get_name (labels, top[i].index) : "",
                            100 * top[i].probability);

  return g_string_free (text, FALSE);
}

/**
 * fovea_picture_pane_dup_content:
 * @self: a pane
 *
 * Returns: (transfer full) (nullable): the chosen crop as a picture, and the
 *   answer about it as text; %NULL while there is no picture
 */
GdkContentProvider *
fovea_picture_pane_dup_content (FoveaPicturePane *self)
{
  CnnPrepared *prepared = fovea_session_get_prepared (self->session);
  g_autoptr (CnnImage) crop = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *text = NULL;
  GdkContentProvider *providers[2];

  if (prepared == NULL)
    return NULL;

  crop = cnn_prepared_dup_crop_image (prepared, MAX (fovea_session_get_crop (self->session), 0));
  texture = new_texture (crop);
  text = dup_answer_text (self);
  providers[0] = gdk_content_provider_new_typed (GDK_TYPE_TEXTURE, texture);
  providers[1] = gdk_content_provider_new_typed (G_TYPE_STRING, text);

  return gdk_content_provider_new_union (providers, G_N_ELEMENTS (providers));
}
