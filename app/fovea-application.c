#define G_LOG_DOMAIN "fovea-application"

#include "config.h"

#include "fovea-application.h"

#include <glib/gi18n.h>

#include "fovea-launch.h"
#include "fovea-stall-watch.h"
#include "fovea-ui.h"
#include "fovea-window.h"

/* From how many milliseconds FOVEA_DEBUG=stalls reports a delay. */
#define STALL_LIMIT_MS 50

struct _FoveaApplication
{
  AdwApplication parent_instance;

  /* Owned, where FOVEA_DEBUG asks for it. */
  FoveaStallWatch *stall_watch;
};

G_DEFINE_FINAL_TYPE (FoveaApplication, fovea_application, ADW_TYPE_APPLICATION)

/* What every action can be reached by; win.show-help-overlay gets its keys from
 * GtkApplication. */
static const struct
{
  const char *action;
  const char *accels[4];
} accels[] = {
  { "app.quit", { "<Primary>q" } },
  { "app.new-window", { "<Primary>n" } },
  { "window.close", { "<Primary>w" } },
  { "win.open-folder", { "<Primary>o" } },
  { "win.open-model", { "<Primary>m", "<Primary><Shift>o" } },
  { "win.page::explore", { "<Alt>1" } },
  { "win.page::network", { "<Alt>2" } },
  { "win.page::evaluate", { "<Alt>3" } },
  { "win.page::learn", { "<Alt>4" } },
  { "win.fullscreen", { "F11" } },
  { "win.side-panel", { "F9" } },
  { "win.next-sample", { "<Alt>Right" } },
  { "win.previous-sample", { "<Alt>Left" } },
  { "win.search", { "<Primary>f" } },
  { "win.clear-filter", { "<Primary><Shift>f" } },
  { "win.next-layer", { "<Alt>Down" } },
  { "win.previous-layer", { "<Alt>Up" } },
  { "win.next-crop", { "<Alt>Page_Down" } },
  { "win.previous-crop", { "<Alt>Page_Up" } },
  { "win.edit-recipe", { "<Primary>r" } },
  { "win.copy", { "<Primary>c" } },
  { "win.evaluate", { "<Primary>e" } },
  { "win.save-results", { "<Primary>s" } },
};

static void
new_window_cb (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       data)
{
  gtk_window_present (GTK_WINDOW (fovea_window_new (data)));
}

static void
quit_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  GtkApplication *app = data;
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (app));

  /* Closing, not destroying: windows remember their size then. */
  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (GTK_WINDOW (l->data));
}

static void
about_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       data)
{
  GtkApplication *app = data;

  adw_show_about_window (gtk_application_get_active_window (app),
                         "application-name", "Fovea",
                         "application-icon", APP_ID,
                         "version", VERSION,
                         "developer-name", _("The Fovea Contributors"),
                         "comments", _("See inside image networks: their crops, their answers and "
                                       "every feature map. Everything is computed here; Fovea "
                                       "does not use the network."),
                         "website", "https://github.com/fovea-app/fovea",
                         "issue-url", "https://github.com/fovea-app/fovea/issues",
                         "license-type", GTK_LICENSE_GPL_3_0,
                         /* Translators: your name, and those of whoever else translated */
                         "translator-credits", _("translator-credits"),
                         NULL);
}

static const GActionEntry actions[] = {
  { "new-window", new_window_cb },
  { "quit", quit_cb },
  { "about", about_cb },
};

/* The window that a request from outside is for: the one used last. */
static FoveaWindow *
get_window (FoveaApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  return FOVEA_IS_WINDOW (window) ? FOVEA_WINDOW (window) : fovea_window_new (self);
}

static void
fovea_application_startup (GApplication *app)
{
  FoveaApplication *self = FOVEA_APPLICATION (app);
  const GDebugKey keys[] = { { "stalls", 1 } };

  G_APPLICATION_CLASS (fovea_application_parent_class)->startup (app);
  fovea_ui_init ();

  g_action_map_add_action_entries (G_ACTION_MAP (app), actions, G_N_ELEMENTS (actions), app);
  for (gsize i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (app),
                                           accels[i].action, accels[i].accels);

  gtk_window_set_default_icon_name (APP_ID);

  if (g_parse_debug_string (g_getenv ("FOVEA_DEBUG"), keys, G_N_ELEMENTS (keys)) != 0)
    self->stall_watch = fovea_stall_watch_new (STALL_LIMIT_MS);
}

static void
fovea_application_shutdown (GApplication *app)
{
  FoveaApplication *self = FOVEA_APPLICATION (app);

  g_clear_pointer (&self->stall_watch, fovea_stall_watch_free);

  G_APPLICATION_CLASS (fovea_application_parent_class)->shutdown (app);
}

static void
fovea_application_activate (GApplication *app)
{
  gtk_window_present (GTK_WINDOW (get_window (FOVEA_APPLICATION (app))));
}

static void
fovea_application_open (GApplication  *app,
                        GFile        **files,
                        int            n_files,
                        const char    *hint)
{
  FoveaWindow *window = get_window (FOVEA_APPLICATION (app));

  fovea_session_open (fovea_window_get_session (window), files, n_files);
  gtk_window_present (GTK_WINDOW (window));
}

static int
fovea_application_handle_local_options (GApplication *app,
                                        GVariantDict *options)
{
  if (!g_variant_dict_contains (options, "version"))
    return -1;

  g_print ("Fovea %s\n", VERSION);

  return EXIT_SUCCESS;
}

static int
fovea_application_command_line (GApplication            *app,
                                GApplicationCommandLine *command_line)
{
  FoveaApplication *self = FOVEA_APPLICATION (app);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaLaunch) launch =
    fovea_launch_new (g_application_command_line_get_options_dict (command_line),
                      command_line, &error);
  FoveaWindow *window;

  if (launch == NULL)
    {
      g_application_command_line_printerr (command_line, "fovea: %s\n", error->message);
      return 2;
    }

  window = launch->new_window ? fovea_window_new (self) : get_window (self);
  fovea_window_launch (window, launch);
  gtk_window_present (GTK_WINDOW (window));

  return EXIT_SUCCESS;
}

static void
fovea_application_class_init (FoveaApplicationClass *klass)
{
  GApplicationClass *app_class = G_APPLICATION_CLASS (klass);

  app_class->startup = fovea_application_startup;
  app_class->shutdown = fovea_application_shutdown;
  app_class->activate = fovea_application_activate;
  app_class->open = fovea_application_open;
  app_class->handle_local_options = fovea_application_handle_local_options;
  app_class->command_line = fovea_application_command_line;
}

static void
fovea_application_init (FoveaApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), fovea_launch_get_options ());
  g_application_set_option_context_summary (G_APPLICATION (self),
                                            _("Look inside networks that recognise pictures."));
}

FoveaApplication *
fovea_application_new (void)
{
  return g_object_new (FOVEA_TYPE_APPLICATION,
                       "application-id", APP_ID,
                       "flags", G_APPLICATION_HANDLES_OPEN | G_APPLICATION_HANDLES_COMMAND_LINE,
                       "resource-base-path", "/io/github/fovea_app/Fovea",
                       NULL);
}
