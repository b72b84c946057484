#define G_LOG_DOMAIN "fovea-window"

#include "config.h"

#include "fovea-window-private.h"

#include <glib/gi18n.h>

#include "fovea-settings.h"

/* How long a failure stays in sight, in seconds: it has a button to press. */
#define ERROR_SECONDS 10

/* From how many seconds a run is worth a notification when it is over. */
#define NOTIFY_SECONDS 20

G_DEFINE_FINAL_TYPE (FoveaWindow, fovea_window, ADW_TYPE_APPLICATION_WINDOW)

/* ---- What the session tells ---- */

static char *
dup_title (FoveaSession *session)
{
  g_autofree char *dataset = fovea_session_dup_dataset_name (session);
  CnnNetwork *network = fovea_session_get_network (session);

  if (dataset != NULL && network != NULL)
    /* Translators: the window's title: the pictures, then the network */
    return g_strdup_printf (_("%s — %s"), dataset, cnn_network_get_name (network));
  if (dataset != NULL)
    return g_steal_pointer (&dataset);
  if (network != NULL)
    return g_strdup (cnn_network_get_name (network));

  return g_strdup ("Fovea");
}

static void
remember_file (FoveaWindow *self,
               const char  *key,
               GFile       *file)
{
  g_autofree char *uri = file != NULL ? g_file_get_uri (file) : NULL;

  if (uri != NULL && self->settings != NULL)
    g_settings_set_string (self->settings, key, uri);
}

/* What is open has changed. */
static void
opened_cb (FoveaWindow *self)
{
  CnnDataset *dataset = fovea_session_get_dataset (self->session);
  CnnNetwork *network = fovea_session_get_network (self->session);
  g_autofree char *title = dup_title (self->session);

  gtk_window_set_title (GTK_WINDOW (self), title);
  remember_file (self, "last-folder", dataset != NULL ? cnn_dataset_get_folder (dataset) : NULL);
  remember_file (self, "last-model", network != NULL ? cnn_network_get_file (network) : NULL);
}

/* Why something failed, and what to do about it: for those who want to know. */
static void
explain (FoveaWindow *self,
         const char  *title,
         const char  *body)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), title, body);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
details_cb (AdwToast    *toast,
            FoveaWindow *self)
{
  explain (self, adw_toast_get_title (toast), g_object_get_data (G_OBJECT (toast), "body"));
}

static void
error_cb (FoveaWindow *self,
          const char  *title,
          const char  *body)
{
  AdwToast *toast = adw_toast_new (title);

  adw_toast_set_timeout (toast, ERROR_SECONDS);
  adw_toast_set_button_label (toast, _("_Details"));
  g_object_set_data_full (G_OBJECT (toast), "body", g_strdup (body), g_free);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (details_cb), self, 0);
  adw_toast_overlay_add_toast (self->toast_overlay, toast);
}

static void
saved_cb (FoveaWindow *self,
          GFile       *file)
{
  g_autofree char *basename = g_file_get_basename (file);
  g_autofree char *name = g_filename_display_name (basename);
  g_autofree char *title = g_strdup_printf (_("Saved as “%s”"), name);
  g_autofree char *escaped = g_markup_escape_text (title, -1);

  adw_toast_overlay_add_toast (self->toast_overlay, adw_toast_new (escaped));
}

/* ---- A run that goes on while nobody looks ---- */

static void
notify_done (FoveaWindow    *self,
             GtkApplication *app)
{
  CnnRun *run = fovea_session_get_run (self->session);
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *body = NULL;
  CnnRunSummary summary;

  cnn_run_get_summary (run, &summary);
  if (summary.seconds < NOTIFY_SECONDS || gtk_window_is_active (GTK_WINDOW (self)) ||
      summary.n_done < summary.n_total || summary.n_scored == 0)
    return;

  body = g_strdup_printf (ngettext ("Right about %.1f %% of %u picture",
                                    "Right about %.1f %% of %u pictures", summary.n_scored),
                          100. * summary.n_correct / summary.n_scored, summary.n_scored);
  notification = g_notification_new (_("Evaluation finished"));
  g_notification_set_body (notification, body);
  g_application_send_notification (G_APPLICATION (app), "evaluation", notification);
}

/* The computer stays awake for it, and whoever left is told when it is over. */
static void
evaluating_cb (FoveaWindow *self)
{
  GtkApplication *app = gtk_window_get_application (GTK_WINDOW (self));

  if (app == NULL)
    return;

  if (fovea_session_get_evaluating (self->session))
    {
      self->inhibit_cookie = gtk_application_inhibit (app, GTK_WINDOW (self),
                                                      GTK_APPLICATION_INHIBIT_SUSPEND,
                                                      _("A network is being evaluated"));
      g_application_withdraw_notification (G_APPLICATION (app), "evaluation");
      return;
    }

  if (self->inhibit_cookie != 0)
    gtk_application_uninhibit (app, self->inhibit_cookie);
  self->inhibit_cookie = 0;
  notify_done (self, app);
}

/* Whoever is back sees for themselves. */
static void
active_cb (FoveaWindow *self)
{
  GtkApplication *app = gtk_window_get_application (GTK_WINDOW (self));

  if (app != NULL && gtk_window_is_active (GTK_WINDOW (self)))
    g_application_withdraw_notification (G_APPLICATION (app), "evaluation");
}

/* ---- What is dropped on it ---- */

static gboolean
drop_cb (GtkDropTarget *target,
         const GValue  *value,
         double         x,
         double         y,
         FoveaWindow   *self)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new ();

  for (GSList *l = gdk_file_list_get_files (g_value_get_boxed (value)); l != NULL; l = l->next)
    g_ptr_array_add (files, l->data);

  fovea_session_open (self->session, (GFile **) files->pdata, files->len);

  return files->len > 0;
}

static GdkDragAction
drop_enter_cb (GtkDropTarget *target,
               double         x,
               double         y,
               FoveaWindow   *self)
{
  gtk_widget_add_css_class (self->drop_area, "drop-highlight");

  return GDK_ACTION_COPY;
}

static void
drop_leave_cb (GtkDropTarget *target,
               FoveaWindow   *self)
{
  gtk_widget_remove_css_class (self->drop_area, "drop-highlight");
}

static void
accept_drops (FoveaWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), self);
  g_signal_connect (target, "enter", G_CALLBACK (drop_enter_cb), self);
  g_signal_connect (target, "leave", G_CALLBACK (drop_leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/* ---- What it remembers ---- */

/* The window is as large as the last one was. */
static void
restore_state (FoveaWindow *self)
{
  GtkWindow *window = GTK_WINDOW (self);

  self->settings = fovea_settings_new ();
  if (self->settings == NULL)
    return;

  gtk_window_set_default_size (window,
                               g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (window);

  g_settings_bind (self->settings, "side-panel", self->explore_page, "side-panel",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "preset", self->session, "preset", G_SETTINGS_BIND_DEFAULT);
}

/* What is kept of a window when it is closed. */
static gboolean
fovea_window_close_request (GtkWindow *window)
{
  FoveaWindow *self = FOVEA_WINDOW (window);
  int width, height;

  fovea_session_stop (self->session);

  if (self->settings != NULL)
    {
      gtk_window_get_default_size (window, &width, &height);
      g_settings_set_int (self->settings, "window-width", MAX (width, 300));
      g_settings_set_int (self->settings, "window-height", MAX (height, 200));
      g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));
    }

  return GTK_WINDOW_CLASS (fovea_window_parent_class)->close_request (window);
}

/* ---- The pages ---- */

/* Someone wants to see the pictures of a class that the evaluation counted. */
static void
class_activated_cb (FoveaWindow *self,
                    guint        label)
{
  fovea_session_set_search (self->session, "");
  fovea_session_set_class_filter (self->session, label);
  fovea_window_set_page (self, "explore");
}

/* Someone wants to see what a layer of the table makes of the picture. */
static void
layer_activated_cb (FoveaWindow *self,
                    guint        layer)
{
  fovea_session_set_layer (self->session, layer);
  fovea_window_set_page (self, "explore");
  fovea_explore_page_show_maps (self->explore_page);
}

/* The way back is only for the page that has one. In a narrow window it takes the
 * place of what the menu has as well. */
static void
update_header (FoveaWindow *self)
{
  gboolean has_way_back = g_str_equal (fovea_window_get_page (self), "explore") &&
                          fovea_explore_page_can_go_back (self->explore_page);
  gboolean is_narrow = adw_view_switcher_title_get_title_visible (self->switcher_title);

  gtk_widget_set_visible (self->back_button, has_way_back);
  gtk_widget_set_visible (self->open_folder_button, !(has_way_back && is_narrow));
  gtk_widget_set_visible (self->open_model_button, !(has_way_back && is_narrow));
}

static void
changed_cb (FoveaWindow *self)
{
  gtk_spinner_set_spinning (self->spinner,
                            fovea_session_get_dataset_loading (self->session) ||
                            fovea_session_get_network_loading (self->session));
  fovea_window_update_actions (self);
  update_header (self);
}

static void
fovea_window_dispose (GObject *object)
{
  FoveaWindow *self = FOVEA_WINDOW (object);

  fovea_window_clear_bars (self);
  if (self->session != NULL)
    {
      fovea_session_stop (self->session);
      g_signal_handlers_disconnect_by_data (self->session, self);
      g_signal_handlers_disconnect_by_data (fovea_session_get_selection (self->session), self);
    }
  if (self->dialog != NULL)
    gtk_native_dialog_destroy (self->dialog);
  g_clear_object (&self->dialog);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (fovea_window_parent_class)->dispose (object);
}

static void
fovea_window_class_init (FoveaWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fovea_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = fovea_window_close_request;

  g_type_ensure (FOVEA_TYPE_EXPLORE_PAGE);
  g_type_ensure (FOVEA_TYPE_NETWORK_PAGE);
  g_type_ensure (FOVEA_TYPE_EVALUATE_PAGE);
  g_type_ensure (FOVEA_TYPE_LEARN_PAGE);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/fovea-window.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, switcher_title);
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, open_folder_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, open_model_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, opening_bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, opening_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, opening_progress);
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, recipe_bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, recipe_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, drop_area);
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, explore_page);
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, network_page);
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, evaluate_page);
  gtk_widget_class_bind_template_callback (widget_class, class_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, layer_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
fovea_window_init (FoveaWindow *self)
{
  self->session = fovea_session_new ();
  gtk_widget_init_template (GTK_WIDGET (self));

  fovea_explore_page_set_session (self->explore_page, self->session);
  fovea_network_page_set_session (self->network_page, self->session);
  fovea_evaluate_page_set_session (self->evaluate_page, self->session);

  g_signal_connect_swapped (self->session, "error", G_CALLBACK (error_cb), self);
  g_signal_connect_swapped (self->session, "saved", G_CALLBACK (saved_cb), self);
  g_signal_connect_swapped (self->session, "notify::dataset", G_CALLBACK (opened_cb), self);
  g_signal_connect_swapped (self->session, "notify::network", G_CALLBACK (opened_cb), self);
  g_signal_connect_swapped (self->session, "notify::evaluating", G_CALLBACK (evaluating_cb), self);
  g_signal_connect_swapped (self->session, "notify", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (fovea_session_get_selection (self->session), "notify::selected",
                            G_CALLBACK (changed_cb), self);

  g_signal_connect (self, "notify::is-active", G_CALLBACK (active_cb), NULL);

  fovea_window_connect_bars (self);
  fovea_window_install_actions (self);
  accept_drops (self);
  restore_state (self);
  changed_cb (self);
}

FoveaWindow *
fovea_window_new (FoveaApplication *app)
{
  return g_object_new (FOVEA_TYPE_WINDOW, "application", app, NULL);
}

FoveaSession *
fovea_window_get_session (FoveaWindow *self)
{
  return self->session;
}

const char *
fovea_window_get_page (FoveaWindow *self)
{
  return adw_view_stack_get_visible_child_name (self->stack);
}

/**
 * fovea_window_set_page:
 * @self: a window
 * @page: explore, network, evaluate or learn
 */
void
fovea_window_set_page (FoveaWindow *self,
                       const char  *page)
{
  g_return_if_fail (fovea_page_is_known (page));

  adw_view_stack_set_visible_child_name (self->stack, page);
}

/* Whether a picture can be chosen from the folder that is open or coming. */
static gboolean
has_folder (FoveaWindow       *self,
            const FoveaLaunch *launch)
{
  return launch->dataset != NULL || launch->files->len > 0 ||
         fovea_session_get_dataset (self->session) != NULL;
}

/**
 * fovea_window_launch:
 * @self: a window
 * @launch: where the command line wants it to open
 */
void
fovea_window_launch (FoveaWindow       *self,
                     const FoveaLaunch *launch)
{
  FoveaSession *session = self->session;
  GFile *sample_file = launch->sample_file;

  if (launch->dataset != NULL)
    fovea_session_open_dataset (session, launch->dataset);
  if (launch->model != NULL)
    fovea_session_open_network (session, launch->model);
  fovea_session_open (session, (GFile **) launch->files->pdata, launch->files->len);

  if (sample_file != NULL && !has_folder (self, launch))
    fovea_session_open (session, &sample_file, 1);
  else if (launch->sample != NULL)
    fovea_session_choose_sample (session, launch->sample);
  if (launch->layer != NULL)
    fovea_session_choose_layer (session, launch->layer);

  if (launch->page != NULL)
    fovea_window_set_page (self, launch->page);
}
