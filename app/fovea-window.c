#define G_LOG_DOMAIN "fovea-window"

#include "config.h"

#include "fovea-window.h"

#include "fovea-settings.h"

struct _FoveaWindow
{
  AdwApplicationWindow parent_instance;

  /* Owned. NULL where no schema is installed. */
  GSettings *settings;

  /* Template widgets. */
  AdwToastOverlay *toast_overlay;
  AdwViewStack *stack;
};

G_DEFINE_FINAL_TYPE (FoveaWindow, fovea_window, ADW_TYPE_APPLICATION_WINDOW)

static void
fullscreen_cb (GSimpleAction *action,
               GVariant      *state,
               gpointer       data)
{
  if (g_variant_get_boolean (state))
    gtk_window_fullscreen (data);
  else
    gtk_window_unfullscreen (data);
}

static void
fullscreened_cb (FoveaWindow *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "fullscreen");
  gboolean fullscreen = gtk_window_is_fullscreen (GTK_WINDOW (self));

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (fullscreen));
}

static const GActionEntry actions[] = {
  { "fullscreen", NULL, NULL, "false", fullscreen_cb },
};

/* The window is as large as the last one was. */
static void
restore_size (FoveaWindow *self)
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
}

/* What is kept of a window when it is closed. */
static gboolean
fovea_window_close_request (GtkWindow *window)
{
  FoveaWindow *self = FOVEA_WINDOW (window);
  int width, height;

  if (self->settings != NULL)
    {
      gtk_window_get_default_size (window, &width, &height);
      g_settings_set_int (self->settings, "window-width", MAX (width, 300));
      g_settings_set_int (self->settings, "window-height", MAX (height, 200));
      g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));
    }

  return GTK_WINDOW_CLASS (fovea_window_parent_class)->close_request (window);
}

static void
fovea_window_dispose (GObject *object)
{
  FoveaWindow *self = FOVEA_WINDOW (object);

  g_clear_object (&self->settings);

  G_OBJECT_CLASS (fovea_window_parent_class)->dispose (object);
}

static void
fovea_window_class_init (FoveaWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fovea_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = fovea_window_close_request;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/fovea-window.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, FoveaWindow, stack);
}

static void
fovea_window_init (FoveaWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect (self, "notify::fullscreened", G_CALLBACK (fullscreened_cb), NULL);
  restore_size (self);
}

FoveaWindow *
fovea_window_new (FoveaApplication *app)
{
  return g_object_new (FOVEA_TYPE_WINDOW, "application", app, NULL);
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
  if (launch->page != NULL)
    adw_view_stack_set_visible_child_name (self->stack, launch->page);
}
