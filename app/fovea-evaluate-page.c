#define G_LOG_DOMAIN "fovea-evaluate-page"

#include "config.h"

#include "fovea-evaluate-page.h"

#include <glib/gi18n.h>

#include "fovea-runs-group.h"
#include "fovea-sidebar-layout.h"
#include "fovea-duration.h"
#include "fovea-recipe-text.h"
#include "fovea-ui.h"

/* How many of the skipped pictures are listed; the saved results have them all. */
#define MAX_SKIPPED_ROWS 100

/* About so many points of a run that was there before are drawn. */
#define PAST_POINTS 200

struct _FoveaEvaluatePage
{
  AdwBin parent_instance;

  CnnCropMode crop_mode;
  guint limit;

  /* Whether it is the session that changes what widgets show, not a person. */
  gboolean showing;

  /* Owned. */
  FoveaSession *session;
  CnnRun *run;
  GPtrArray *skipped_rows;      /* borrowed elements: the expander row has them */

  /* Template widgets. */
  GtkAdjustment *limit_adjustment;
  GtkStack *stack;
  AdwStatusPage *empty_page;
  GtkWidget *open_folder_button;
  GtkWidget *open_model_button;
  AdwComboRow *crops_row;
  AdwComboRow *preset_row;
  AdwActionRow *limit_row;
  GtkButton *resume_button;
  GtkButton *start_button;
  GtkWidget *progress_box;
  GtkLabel *progress_label;
  GtkLabel *speed_label;
  GtkProgressBar *progress_bar;
  GtkLabel *time_label;
  GtkWidget *results_group;
  GtkLabel *top1_label;
  GtkLabel *top5_label;
  GtkLabel *mean_label;
  GtkLabel *loss_label;
  AdwExpanderRow *skipped_row;
  FoveaRunsGroup *runs_group;
  GtkStack *charts;
  GtkLabel *run_label;
  FoveaConvergenceChart *convergence_chart;
  FoveaAccuracyChart *accuracy_chart;
};

G_DEFINE_FINAL_TYPE (FoveaEvaluatePage, fovea_evaluate_page, ADW_TYPE_BIN)

enum
{
  SIGNAL_CLASS_ACTIVATED,
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* In the order of the rows. */
static const char *const presets[] = { "homework", "torchvision", "model", "custom" };

/* ---- What to run ---- */

/* A run that was cut short had rather go on than begin anew. */
static void
update_buttons (FoveaEvaluatePage *self)
{
  gboolean evaluating = fovea_session_get_evaluating (self->session);
  gboolean can_resume = fovea_session_can_resume (self->session);

  gtk_widget_set_visible (GTK_WIDGET (self->resume_button), can_resume);
  gtk_button_set_label (self->start_button,
                        evaluating ? _("_Pause") : can_resume ? _("_Start New") : _("_Start"));
  if (evaluating || can_resume)
    gtk_widget_remove_css_class (GTK_WIDGET (self->start_button), "suggested-action");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->start_button), "suggested-action");
}

static void
update_settings (FoveaEvaluatePage *self)
{
  const char *preset = fovea_session_get_preset (self->session);
  gboolean evaluating = fovea_session_get_evaluating (self->session);
  CnnDataset *dataset = fovea_session_get_dataset (self->session);
  guint n = dataset != NULL ? cnn_dataset_get_n_samples (dataset) : 0;
  guint limit = self->limit == 0 || self->limit > n ? n : self->limit;
  g_autofree char *subtitle = NULL;
  g_autofree char *recipe = NULL;

  self->showing = TRUE;
  adw_combo_row_set_selected (self->crops_row, self->crop_mode);
  for (guint i = 0; i < G_N_ELEMENTS (presets); i++)
    if (g_str_equal (preset, presets[i]))
      adw_combo_row_set_selected (self->preset_row, i);

  recipe = fovea_recipe_dup_text (fovea_session_get_recipe (self->session));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->preset_row), recipe);

  gtk_adjustment_set_upper (self->limit_adjustment, MAX (n, 1));
  gtk_adjustment_set_value (self->limit_adjustment, MAX (limit, 1));
  subtitle = limit == n
    ? g_strdup_printf (ngettext ("The only one", "All of them", n))
    /* Translators: how many of the pictures are used; the number beside it says which part */
    : g_strdup_printf (_("The first of %u"), n);
  adw_action_row_set_subtitle (self->limit_row, subtitle);
  self->showing = FALSE;

  gtk_widget_set_sensitive (GTK_WIDGET (self->crops_row), !evaluating);
  gtk_widget_set_sensitive (GTK_WIDGET (self->preset_row), !evaluating);
  gtk_widget_set_sensitive (GTK_WIDGET (self->limit_row), !evaluating);

  update_buttons (self);
}

static void
crops_chosen_cb (FoveaEvaluatePage *self)
{
  if (!self->showing)
    fovea_evaluate_page_set_crop_mode (self, adw_combo_row_get_selected (self->crops_row));
}

static void
preset_chosen_cb (FoveaEvaluatePage *self)
{
  guint selected = adw_combo_row_get_selected (self->preset_row);

  if (!self->showing && selected < G_N_ELEMENTS (presets))
    fovea_session_set_preset (self->session, presets[selected]);

  /* There may be none of one's own yet: numbers have to be set first. */
  if (!self->showing && selected < G_N_ELEMENTS (presets) &&
      !g_str_equal (fovea_session_get_preset (self->session), presets[selected]))
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.edit-recipe", NULL);
      update_settings (self);
    }
}

static void
limit_changed_cb (FoveaEvaluatePage *self)
{
  guint value = gtk_adjustment_get_value (self->limit_adjustment);

  if (!self->showing)
    fovea_evaluate_page_set_limit (self, value >= gtk_adjustment_get_upper (self->limit_adjustment)
                                         ? 0 : value);
}

/* ---- What is missing ---- */

static char *
dup_wish (FoveaEvaluatePage *self)
{
  CnnDataset *dataset = fovea_session_get_dataset (self->session);
  CnnNetwork *network = fovea_session_get_network (self->session);

  if (dataset != NULL && cnn_dataset_get_n_labelled (dataset) == 0)
    return g_strdup (_("The classes of these pictures are not known, so answers about them cannot be "
                       "judged. Open a folder that says what its pictures show."));
  if (dataset == NULL && network == NULL)
    return g_strdup (_("Open a folder of pictures whose classes are known, and a model."));
  if (dataset == NULL)
    return g_strdup (_("Open a folder of pictures whose classes are known."));
  if (network == NULL)
    return g_strdup (_("Open a model to see how often it is right about these pictures."));

  /* Translators: two numbers of classes, that of the network and that of the pictures */
  return g_strdup_printf (_("%s tells %u classes apart, and these pictures are of %u others. "
                            "Open a model that was trained for them."),
                          cnn_network_get_name (network), cnn_network_get_n_classes (network),
                          cnn_labels_get_size (cnn_dataset_get_labels (dataset)));
}

static void
update_stack (FoveaEvaluatePage *self)
{
  CnnDataset *dataset = fovea_session_get_dataset (self->session);
  gboolean has_labels = dataset != NULL && cnn_dataset_get_n_labelled (dataset) > 0;
  GListModel *list = fovea_runs_get_list (fovea_session_get_runs (self->session));
  g_autofree char *wish = dup_wish (self);
  g_autofree char *escaped = g_markup_escape_text (wish, -1);

  adw_status_page_set_description (self->empty_page, escaped);
  gtk_widget_set_visible (self->open_folder_button, !has_labels);
  gtk_widget_set_visible (self->open_model_button, has_labels);
  gtk_stack_set_visible_child_name (self->stack,
                                    self->run != NULL || g_list_model_get_n_items (list) > 0 ||
                                    fovea_session_can_evaluate (self->session) ? "run" : "empty");
}

/* ---- How far it is ---- */

static void
update_progress (FoveaEvaluatePage          *self,
                 const CnnRunSummary *summary)
{
  gboolean evaluating = fovea_runs_is_shown_going_on (fovea_session_get_runs (self->session));
  gboolean complete = summary->n_done == summary->n_total;
  g_autofree char *progress =
    complete && !evaluating
    ? g_strdup_printf (ngettext ("%u picture", "%u pictures", summary->n_total), summary->n_total)
    /* Translators: how far the work is, as in "13 of 250 pictures" */
    : g_strdup_printf (ngettext ("%u of %u picture", "%u of %u pictures", summary->n_total),
                       summary->n_done, summary->n_total);
  /* Translators: how fast the work goes on */
  g_autofree char *speed = g_strdup_printf (_("%.1f images/s"), summary->images_per_second);
  g_autofree char *time = NULL;

  if (evaluating)
    time = fovea_duration_dup_left (summary->seconds_left);
  else if (complete)
    time = g_strdup_printf (_("Done in %.1f seconds"), summary->seconds);
  else
    time = g_strdup_printf (_("Stopped after %.1f seconds"), summary->seconds);

  gtk_label_set_label (self->progress_label, progress);
  gtk_label_set_label (self->speed_label, summary->n_done > 0 ? speed : "");
  gtk_label_set_label (self->time_label, time);
  gtk_progress_bar_set_fraction (self->progress_bar,
                                 summary->n_total > 0 ? (double) summary->n_done / summary->n_total : 0);
}

static void
set_share (GtkLabel *label,
           guint     part,
           guint     whole)
{
  /* Translators: a share of pictures in percent; use your language's spacing */
  g_autofree char *text = whole > 0 ? g_strdup_printf (_("%.1f %%"), 100. * part / whole) : g_strdup ("–");
  g_autofree char *tooltip = g_strdup_printf (ngettext ("%u of %u picture", "%u of %u pictures", whole),
                                              part, whole);

  gtk_label_set_label (label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (label), tooltip);
}

static void
set_number (GtkLabel *label,
            double    number,
            gboolean  is_known)
{
  g_autofree char *text = is_known ? g_strdup_printf ("%.5f", number) : g_strdup ("–");

  gtk_label_set_label (label, text);
}

static void
update_results (FoveaEvaluatePage          *self,
                const CnnRunSummary *summary)
{
  set_share (self->top1_label, summary->n_correct, summary->n_scored);
  set_share (self->top5_label, summary->n_top5, summary->n_scored);
  set_number (self->mean_label, summary->mean_cross_entropy, summary->n_scored > 0);
  set_number (self->loss_label, summary->loss, summary->n_scored > 0);
}

/* ---- What was skipped ---- */

static void
clear_skipped (FoveaEvaluatePage *self)
{
  for (guint i = 0; i < self->skipped_rows->len; i++)
    adw_expander_row_remove (self->skipped_row, g_ptr_array_index (self->skipped_rows, i));
  g_ptr_array_set_size (self->skipped_rows, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->skipped_row), FALSE);
}

static void
add_skipped (FoveaEvaluatePage *self,
             const char        *file,
             const char        *reason)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *name = g_filename_display_name (file);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), reason);
  adw_expander_row_add_row (self->skipped_row, row);
  g_ptr_array_add (self->skipped_rows, row);
}

/* The pictures are gone through once, when the run is over. */
static void
list_skipped (FoveaEvaluatePage          *self,
              const CnnRunSummary *summary)
{
  guint n = cnn_run_get_n_samples (self->run);

  for (guint i = 0; i < n && self->skipped_rows->len < MAX_SKIPPED_ROWS; i++)
    {
      const CnnSampleResult *result = cnn_run_get_result (self->run, i);

      if (result != NULL && result->skipped != NULL)
        add_skipped (self, cnn_run_get_sample (self->run, i)->file, result->skipped);
    }
}

static void
update_skipped (FoveaEvaluatePage          *self,
                const CnnRunSummary *summary)
{
  g_autofree char *title = g_strdup_printf (ngettext ("%u picture skipped", "%u pictures skipped",
                                                      summary->n_skipped), summary->n_skipped);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->skipped_row), title);
  gtk_widget_set_visible (GTK_WIDGET (self->skipped_row), summary->n_skipped > 0);
  if (summary->n_skipped > 0 && self->skipped_rows->len == 0 &&
      !fovea_runs_is_shown_going_on (fovea_session_get_runs (self->session)))
    list_skipped (self, summary);
}

/* ---- What the session tells ---- */

static void
progress_cb (FoveaEvaluatePage *self)
{
  CnnRunSummary summary;

  cnn_run_get_summary (self->run, &summary);
  update_progress (self, &summary);
  update_results (self, &summary);
  update_skipped (self, &summary);
  if (summary.n_scored > 0)
    fovea_convergence_chart_append (self->convergence_chart, summary.n_done,
                                    (double) summary.n_correct / summary.n_scored,
                                    (double) summary.n_top5 / summary.n_scored,
                                    summary.mean_cross_entropy);
}

/* What a run had found before it was shown: in the order of the pictures, as
 * nobody remembers that in which they were done. */
static void
plot_past (FoveaEvaluatePage *self)
{
  guint n_samples = cnn_run_get_n_samples (self->run);
  guint step = MAX (n_samples / PAST_POINTS, 1);
  guint n_done = 0, n_scored = 0, n_correct = 0, n_top5 = 0;
  double loss = 0;

  for (guint i = 0; i < n_samples; i++)
    {
      const CnnSampleResult *result = cnn_run_get_result (self->run, i);

      if (result == NULL)
        continue;

      n_done++;
      if (cnn_sample_result_is_scored (result))
        {
          n_scored++;
          n_correct += cnn_sample_result_is_correct (result);
          n_top5 += cnn_sample_result_is_in_top (result);
          loss += result->cross_entropy;
        }
      if (n_done % step == 0 && n_scored > 0)
        fovea_convergence_chart_append (self->convergence_chart, n_done, (double) n_correct / n_scored,
                                        (double) n_top5 / n_scored, loss / n_scored);
    }
}

static char *
dup_run_name (CnnRun *run)
{
  const char *dataset = cnn_run_get_dataset (run);
  g_autofree char *name = dataset != NULL ? g_path_get_basename (dataset) : NULL;

  /* Translators: which network was measured on which pictures */
  return g_strdup_printf (_("%s on %s"), cnn_run_get_network (run),
                          name != NULL ? name : _("Pictures"));
}

static void
run_cb (FoveaEvaluatePage *self)
{
  g_autofree char *name = NULL;
  CnnRunSummary summary;

  if (self->run != NULL)
    g_signal_handlers_disconnect_by_func (self->run, progress_cb, self);
  g_set_object (&self->run, fovea_session_get_run (self->session));
  if (self->run == NULL)
    return;

  update_settings (self);
  name = dup_run_name (self->run);
  gtk_label_set_label (self->run_label, name);
  clear_skipped (self);
  cnn_run_get_summary (self->run, &summary);
  fovea_convergence_chart_reset (self->convergence_chart);
  fovea_convergence_chart_set_total (self->convergence_chart, summary.n_total);
  fovea_accuracy_chart_set_model (self->accuracy_chart,
                                  cnn_run_get_classes (self->run));
  gtk_widget_set_visible (self->progress_box, TRUE);
  gtk_widget_set_visible (self->results_group, TRUE);
  gtk_stack_set_visible_child_name (self->charts, "charts");
  update_stack (self);

  g_signal_connect_object (self->run, "progress", G_CALLBACK (progress_cb),
                           self, G_CONNECT_SWAPPED);
  plot_past (self);
  progress_cb (self);
}

static void
evaluating_cb (FoveaEvaluatePage *self)
{
  update_settings (self);
  if (self->run != NULL)
    progress_cb (self);
}

static void
opened_cb (FoveaEvaluatePage *self)
{
  update_stack (self);
  update_settings (self);
}

/* ---- What people do ---- */

static void
class_activated_cb (FoveaEvaluatePage *self,
                    guint              index)
{
  g_signal_emit (self, signals[SIGNAL_CLASS_ACTIVATED], 0, index);
}

/* ---- Being an object ---- */

static void
fovea_evaluate_page_dispose (GObject *object)
{
  FoveaEvaluatePage *self = FOVEA_EVALUATE_PAGE (object);

  g_clear_object (&self->run);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fovea_evaluate_page_parent_class)->dispose (object);
}

static void
fovea_evaluate_page_finalize (GObject *object)
{
  g_ptr_array_unref (FOVEA_EVALUATE_PAGE (object)->skipped_rows);

  G_OBJECT_CLASS (fovea_evaluate_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, limit_adjustment);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, open_folder_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, open_model_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, crops_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, preset_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, limit_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, resume_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, start_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, progress_box);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, progress_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, speed_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, time_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, results_group);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, top1_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, top5_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, mean_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, loss_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, skipped_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, runs_group);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, charts);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, run_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, convergence_chart);
  gtk_widget_class_bind_template_child (widget_class, FoveaEvaluatePage, accuracy_chart);
  gtk_widget_class_bind_template_callback (widget_class, crops_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, preset_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, limit_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, class_activated_cb);
}

static void
fovea_evaluate_page_class_init (FoveaEvaluatePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fovea_evaluate_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = fovea_evaluate_page_finalize;

  /**
   * FoveaEvaluatePage::class-activated:
   * @self: the page
   * @label: a class
   *
   * Someone wants to see the pictures of a class.
   */
  signals[SIGNAL_CLASS_ACTIVATED] =
    g_signal_new ("class-activated", FOVEA_TYPE_EVALUATE_PAGE, G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  /**
   * FoveaEvaluatePage::changed:
   * @self: the page
   *
   * What is to be run has changed.
   */
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", FOVEA_TYPE_EVALUATE_PAGE, G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (FOVEA_TYPE_RUNS_GROUP);
  g_type_ensure (FOVEA_TYPE_SIDEBAR_LAYOUT);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/fovea-evaluate-page.ui");
  bind_template (widget_class);
}

static void
fovea_evaluate_page_init (FoveaEvaluatePage *self)
{
  self->skipped_rows = g_ptr_array_new ();
  self->showing = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->showing = FALSE;
}

/**
 * fovea_evaluate_page_set_session:
 * @self: a page without a session
 * @session: the session that runs evaluations
 */
void
fovea_evaluate_page_set_session (FoveaEvaluatePage *self,
                                 FoveaSession      *session)
{
  const struct { const char *signal; GCallback callback; } handlers[] = {
    { "notify::dataset", G_CALLBACK (opened_cb) },
    { "notify::network", G_CALLBACK (opened_cb) },
    { "notify::preset", G_CALLBACK (update_settings) },
    { "notify::recipe", G_CALLBACK (update_settings) },
    { "notify::run", G_CALLBACK (run_cb) },
    { "notify::evaluating", G_CALLBACK (evaluating_cb) },
  };

  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_object (session, handlers[i].signal, handlers[i].callback,
                             self, G_CONNECT_SWAPPED);
  fovea_runs_group_set_runs (self->runs_group, fovea_session_get_runs (session));
  g_signal_connect_object (fovea_runs_get_list (fovea_session_get_runs (session)), "items-changed",
                           G_CALLBACK (update_stack), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self, "map", G_CALLBACK (fovea_runs_refresh),
                           fovea_session_get_runs (session), G_CONNECT_SWAPPED);
  opened_cb (self);
}

CnnCropMode
fovea_evaluate_page_get_crop_mode (FoveaEvaluatePage *self)
{
  return self->crop_mode;
}

void
fovea_evaluate_page_set_crop_mode (FoveaEvaluatePage *self,
                                   CnnCropMode        mode)
{
  if (self->crop_mode == mode)
    return;

  self->crop_mode = mode;
  update_settings (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * fovea_evaluate_page_get_limit:
 * @self: a page
 *
 * Returns: how many pictures to use, from the first; 0 for all of them
 */
guint
fovea_evaluate_page_get_limit (FoveaEvaluatePage *self)
{
  return self->limit;
}

void
fovea_evaluate_page_set_limit (FoveaEvaluatePage *self,
                               guint              limit)
{
  if (self->limit == limit)
    return;

  self->limit = limit;
  update_settings (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * fovea_evaluate_page_start:
 * @self: a page
 *
 * Starts to run what is set, if there is something to run it on.
 */
void
fovea_evaluate_page_start (FoveaEvaluatePage *self)
{
  if (fovea_session_can_evaluate (self->session))
    fovea_session_evaluate (self->session, self->crop_mode, self->limit);
}
