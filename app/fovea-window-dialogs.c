#define G_LOG_DOMAIN "fovea-window-dialogs"

#include "config.h"

#include "fovea-window-private.h"

#include <glib/gi18n.h>

#include "fovea-recipe-dialog.h"

/* Shows a dialog that asks for a file, unless one is there already. */
static void
ask (FoveaWindow          *self,
     GtkFileChooserAction  action,
     const char           *title,
     const char           *accept,
     GCallback             response_cb)
{
  GtkFileChooserNative *dialog;

  if (self->dialog != NULL)
    {
      gtk_native_dialog_show (self->dialog);
      return;
    }

  dialog = gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, accept, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  self->dialog = GTK_NATIVE_DIALOG (dialog);
  g_signal_connect_object (dialog, "response", response_cb, self, 0);
}

/* Where people were last time is where they begin. */
static void
begin_at (FoveaWindow *self,
          const char  *key)
{
  g_autofree char *uri = self->settings != NULL ? g_settings_get_string (self->settings, key) : NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFile) parent = NULL;

  if (uri == NULL || *uri == '\0')
    return;

  file = g_file_new_for_uri (uri);
  parent = g_file_get_parent (file);
  if (parent != NULL)
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->dialog), parent, NULL);
}

/* Takes what was chosen and puts the dialog away.
 * Returns: (transfer full) (nullable): the file */
static GFile *
finish (FoveaWindow *self,
        int          response)
{
  GFile *file = response == GTK_RESPONSE_ACCEPT
                ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->dialog))
                : NULL;

  g_clear_object (&self->dialog);

  return file;
}

static void
folder_cb (GtkNativeDialog *dialog,
           int              response,
           FoveaWindow     *self)
{
  g_autoptr (GFile) folder = finish (self, response);

  if (folder != NULL)
    fovea_session_open_dataset (self->session, folder);
}

void
fovea_window_choose_folder (FoveaWindow *self)
{
  ask (self, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("Open Folder of Pictures"), _("_Open"),
       G_CALLBACK (folder_cb));
  begin_at (self, "last-folder");
  gtk_native_dialog_show (self->dialog);
}

static void
model_cb (GtkNativeDialog *dialog,
          int              response,
          FoveaWindow     *self)
{
  g_autoptr (GFile) file = finish (self, response);

  if (file != NULL)
    fovea_session_open_network (self->session, file);
}

static void
add_filter (GtkFileChooser    *chooser,
            const char        *name,
            const char *const *suffixes)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  if (suffixes == NULL)
    gtk_file_filter_add_pattern (filter, "*");
  else
    for (gsize i = 0; suffixes[i] != NULL; i++)
      gtk_file_filter_add_suffix (filter, suffixes[i]);

  gtk_file_chooser_add_filter (chooser, filter);
}

void
fovea_window_choose_model (FoveaWindow *self)
{
  const char *suffixes[] = { "pth", "pt", "safetensors", "safetensors.index.json", "onnx", NULL };
  gboolean is_new = self->dialog == NULL;

  ask (self, GTK_FILE_CHOOSER_ACTION_OPEN, _("Open Model"), _("_Open"), G_CALLBACK (model_cb));
  if (is_new)
    {
      add_filter (GTK_FILE_CHOOSER (self->dialog), _("Networks"), suffixes);
      add_filter (GTK_FILE_CHOOSER (self->dialog), _("All Files"), NULL);
      begin_at (self, "last-model");
    }
  gtk_native_dialog_show (self->dialog);
}

static void
results_cb (GtkNativeDialog *dialog,
            int              response,
            FoveaWindow     *self)
{
  g_autoptr (GFile) file = finish (self, response);

  if (file != NULL && fovea_session_get_run (self->session) != NULL &&
      !fovea_runs_is_shown_going_on (fovea_session_get_runs (self->session)))
    fovea_session_save_results (self->session, file);
}

void
fovea_window_choose_results (FoveaWindow *self)
{
  const char *json[] = { "json", NULL };
  const char *csv[] = { "csv", NULL };
  gboolean is_new = self->dialog == NULL;

  ask (self, GTK_FILE_CHOOSER_ACTION_SAVE, _("Save Results"), _("_Save"), G_CALLBACK (results_cb));
  if (is_new)
    {
      add_filter (GTK_FILE_CHOOSER (self->dialog), _("JSON (everything)"), json);
      add_filter (GTK_FILE_CHOOSER (self->dialog), _("CSV (a line for each picture)"), csv);
      /* Translators: a file name; keep the ending */
      gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->dialog), _("results.json"));
    }
  gtk_native_dialog_show (self->dialog);
}

void
fovea_window_edit_recipe (FoveaWindow *self)
{
  gtk_window_present (GTK_WINDOW (fovea_recipe_dialog_new (self->session, GTK_WINDOW (self))));
}
