#define G_LOG_DOMAIN "fovea-window"

#include "config.h"

#include "fovea-window-private.h"

#include <glib/gi18n.h>

#include "fovea-comparison-window.h"

/* What can be done with the runs that are kept. */

static FoveaRuns *
get_runs (FoveaWindow *self)
{
  return fovea_session_get_runs (self->session);
}

static void
resume_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       data)
{
  fovea_session_resume_evaluation (FOVEA_WINDOW (data)->session);
}

static void
open_run_cb (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       data)
{
  fovea_runs_open (get_runs (data), g_variant_get_int64 (parameter));
}

/* ---- Deleting ---- */

static void
delete_run_cb (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       data)
{
  FoveaWindow *self = data;
  AdwToast *toast = adw_toast_new (_("Run deleted"));

  fovea_runs_set_deleted (get_runs (self), g_variant_get_int64 (parameter), TRUE);

  adw_toast_set_button_label (toast, _("_Undo"));
  adw_toast_set_action_name (toast, "win.restore-run");
  adw_toast_set_action_target_value (toast, parameter);
  adw_toast_overlay_add_toast (self->toast_overlay, toast);
}

static void
restore_run_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  fovea_runs_set_deleted (get_runs (data), g_variant_get_int64 (parameter), FALSE);
}

/* ---- Renaming ---- */

typedef struct
{
  FoveaRuns *runs;              /* owned */
  gint64 id;
  GtkEditable *entry;           /* borrowed: the dialog has it */
} Renaming;

static void
renaming_free (gpointer  data,
               GClosure *closure)
{
  g_object_unref (((Renaming *) data)->runs);
  g_free (data);
}

static void
rename_response_cb (AdwMessageDialog *dialog,
                    const char       *response,
                    Renaming         *renaming)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (renaming->entry)));

  if (g_str_equal (response, "rename") && *name != '\0')
    fovea_runs_rename (renaming->runs, renaming->id, name);
}

static const char *
get_name (FoveaRuns *runs,
          gint64     id)
{
  GListModel *list = fovea_runs_get_list (runs);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (FoveaRunItem) item = g_list_model_get_item (list, i);

      if (fovea_run_item_get (item)->id == id)
        return fovea_run_item_get (item)->name;
    }

  return "";
}

static void
rename_run_cb (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       data)
{
  FoveaWindow *self = data;
  Renaming *renaming = g_new (Renaming, 1);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Rename Run"), NULL);
  GtkWidget *entry = gtk_entry_new ();

  renaming->runs = g_object_ref (get_runs (self));
  renaming->id = g_variant_get_int64 (parameter);
  renaming->entry = GTK_EDITABLE (entry);

  gtk_editable_set_text (GTK_EDITABLE (entry), get_name (renaming->runs, renaming->id));
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name"), -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), entry);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"),
                                    "rename", _("_Rename"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "rename");
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "rename",
                                              ADW_RESPONSE_SUGGESTED);
  g_signal_connect_data (dialog, "response", G_CALLBACK (rename_response_cb), renaming, renaming_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- Comparing ---- */

static void
compare_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (FoveaWindow) self = data;
  g_autoptr (GError) error = NULL;
  CnnComparison *comparison = fovea_runs_compare_finish (FOVEA_RUNS (source), result, &error);

  if (comparison != NULL)
    gtk_window_present (GTK_WINDOW (fovea_comparison_window_new (GTK_WINDOW (self), comparison)));
  else
    g_signal_emit_by_name (source, "error", _("The runs could not be compared"), error);
}

static void
compare_run_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  FoveaWindow *self = data;
  FoveaRuns *runs = get_runs (self);

  if (fovea_runs_get_run_id (runs) != FOVEA_NO_RUN)
    fovea_runs_compare_async (runs, fovea_runs_get_run_id (runs), g_variant_get_int64 (parameter), NULL,
                              compare_cb, g_object_ref (self));
}

static void
show_sample_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  FoveaWindow *self = data;

  fovea_session_set_class_filter (self->session, CNN_NO_LABEL);
  fovea_session_set_search (self->session, "");
  fovea_session_choose_sample (self->session, g_variant_get_string (parameter, NULL));
  fovea_window_set_page (self, "explore");
}

static const GActionEntry actions[] = {
  { "resume", resume_cb },
  { "open-run", open_run_cb, "x" },
  { "delete-run", delete_run_cb, "x" },
  { "restore-run", restore_run_cb, "x" },
  { "rename-run", rename_run_cb, "x" },
  { "compare-run", compare_run_cb, "x" },
  { "show-sample", show_sample_cb, "s" },
};

void
fovea_window_install_run_actions (FoveaWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
